/* A kubeconfig, twice as if it stood in two files, and an access to each of its contexts that points to no file. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

/* Files of this machine are none of the input. */
static bool stands_alone(const struct kubeconfig *config, const struct kubeconfig_context *context)
{
	const struct kubeconfig_cluster *cluster = map_get(&config->clusters, context->cluster);
	const struct kubeconfig_user *user = map_get(&config->users, context->user);
	return !(cluster && cluster->ca_file.len) &&
	       !(user && (user->certificate_file.len || user->key_file.len || user->token_file.len));
}

static void use_access(struct kube_access *access)
{
	CLEANUP(error_freep) struct error *err = NULL;
	struct kube_login login;
	const struct kube_access_facts *facts = kube_access_facts(access);
	require(facts->server.len > 0 && !facts->runs_command);
	for (size_t i = 0; i < facts->header_count; i++)
		require(!slice_contains(facts->headers[i].value, "\n"));
	require(kube_access_login(access, true, &login, &err) == 0 && !login.can_retry);
	require(!login.authorization || slice_equal_nocase(slice_part(facts->server, 0, 8), SLICE("https://")));
}

static void use_context(const struct kubeconfig *config, const struct kubeconfig_context *context)
{
	CLEANUP(error_freep) struct error *err = NULL;
	const struct kube_access_options options = { 0 };
	struct kube_access *access = NULL;
	if (!stands_alone(config, context))
		return;
	if (kubeconfig_access(config, context->entry.name, &options, &access, &err) == 0)
		use_access(access);
	else
		require(err && !access);
	kube_access_free(access);
}

static size_t count_of(const struct kubeconfig *config)
{
	return config->clusters.len + config->users.len + config->contexts.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(error_freep) struct error *err = NULL;
	const struct slice text = { (const char *)data, size };
	struct kubeconfig *config = kubeconfig_new();
	require(config != NULL);
	if (kubeconfig_parse(config, SLICE("/made-up/a"), text, &err) == 0) {
		size_t count = count_of(config);
		require(kubeconfig_parse(config, SLICE("/made-up/b"), text, &err) == 0);
		require(count_of(config) == count);
		for (size_t i = 0; i < config->contexts.len; i++)
			use_context(config, config->contexts.items[i].value);
	}
	kubeconfig_free(config);
	return 0;
}
