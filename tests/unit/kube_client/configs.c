#include "configs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"

int configs_setup(void **state)
{
	static const char *const variables[] = { "KUBECONFIG",  "HTTP_PROXY", "http_proxy", "HTTPS_PROXY",
						 "https_proxy", "NO_PROXY",   "no_proxy",   "REQUEST_METHOD" };
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	return 0;
}

struct kubeconfig *config_of(const char *text)
{
	struct error *err = NULL;
	struct kubeconfig *config = kubeconfig_new();
	assert_non_null(config);
	check_ok(kubeconfig_parse(config, SLICE("/made-up/config"), slice_of(text), &err), &err);
	return config;
}

static struct kube_access *make_access(const char *text, const char *context, const struct kube_access_options *options)
{
	struct error *err = NULL;
	struct kube_access *access = NULL;
	struct kubeconfig *config = config_of(text);
	check_ok(kubeconfig_access(config, slice_of(context), options, &access, &err), &err);
	kubeconfig_free(config); /* an access lives without it */
	return access;
}

struct kube_access *access_of(const char *text, const char *context)
{
	const struct kube_access_options options = { 0 };
	return make_access(text, context, &options);
}

struct kube_access *access_allowing(const char *text, const char *const *allowed, size_t count)
{
	const struct kube_access_options options = { allowed, count };
	return make_access(text, NULL, &options);
}

struct kube_login login_of(struct kube_access *access, bool rejected)
{
	struct error *err = NULL;
	struct kube_login login = { 0 };
	check_ok(kube_access_login(access, rejected, &login, &err), &err);
	return login;
}

static void add(struct strbuf *out, const char *name, struct slice value)
{
	if (!value.data)
		return;
	strbuf_addf(out, "%s%s=%.*s", out->len ? " " : "", name, SLICE_ARG(value));
}

static void add_pem(struct strbuf *out, const char *name, struct slice pem)
{
	if (slice_equal_text(pem, MADE_UP_CERTIFICATE) || slice_equal_text(pem, MADE_UP_KEY))
		pem = SLICE("made-up");
	add(out, name, pem);
}

static void add_login(struct strbuf *out, struct kube_access *access)
{
	struct kube_login login = login_of(access, false);
	if (login.authorization)
		add(out, "auth", secret_reveal(login.authorization));
	add_pem(out, "certificate", login.certificate_pem);
	if (login.key)
		add_pem(out, "key", secret_reveal(login.key));
}

const char *access_text(struct kube_access *access)
{
	static char text[8192];
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(sizeof text - 1);
	const struct kube_access_facts *facts = kube_access_facts(access);
	add(&out, "server", facts->server);
	add(&out, "namespace", facts->namespace);
	add(&out, "user", facts->user);
	add(&out, "tls", facts->tls_server_name);
	if (facts->insecure)
		add(&out, "insecure", SLICE("true"));
	add_pem(&out, "ca", facts->ca_pem);
	add(&out, "proxy", facts->proxy);
	if (facts->proxy_url)
		add(&out, "whole", secret_reveal(facts->proxy_url));
	if (facts->no_compression)
		add(&out, "plain", SLICE("true"));
	for (size_t i = 0; i < facts->header_count; i++)
		strbuf_addf(&out, " %.*s: %.*s", SLICE_ARG(facts->headers[i].name), SLICE_ARG(facts->headers[i].value));
	if (facts->runs_command)
		add(&out, "runs", SLICE("true"));
	add_login(&out, access);
	memcpy(text, strbuf_text(&out), out.len + 1);
	return text;
}

void check_access(const char *text, const char *expected)
{
	struct kube_access *access = access_of(text, NULL);
	assert_string_equal(access_text(access), expected);
	kube_access_free(access);
}

void check_refused(const char *text, enum error_code code, const char *part)
{
	struct error *err = NULL;
	struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	struct kubeconfig *config = config_of(text);
	assert_int_equal(kubeconfig_access(config, SLICE_NONE, &options, &access, &err), -1);
	check_error(&err, code, part);
	assert_null(access);
	kubeconfig_free(config);
}

void check_unreadable(const char *text, enum error_code code, const char *part)
{
	struct error *err = NULL;
	struct kubeconfig *config = kubeconfig_new();
	assert_non_null(config);
	assert_int_equal(kubeconfig_parse(config, SLICE("/made-up/config"), slice_of(text), &err), -1);
	check_error(&err, code, part);
	kubeconfig_free(config);
}
