#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "kube/client/exec_plugin.h"

/* The pieces one after the other, and a NUL. */
static int join(const struct slice *pieces, size_t count, struct secret_bytes *ret_entry, struct error **err)
{
	size_t len = 0;
	for (size_t i = 0; i < count; i++)
		len += pieces[i].len;
	if (secret_alloc(ret_entry, len + 1, err) < 0)
		return -1;
	unsigned char *out = secret_room(ret_entry);
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].len)
			memcpy(out, pieces[i].data, pieces[i].len);
		out += pieces[i].len;
	}
	*out = '\0';
	secret_set_length(ret_entry, len + 1);
	return 0;
}

int exec_plugin_variable(struct slice name, struct slice value, struct secret_bytes *ret_entry, struct error **err)
{
	if (!name.len || memchr(name.data, '=', name.len) || memchr(name.data, '\0', name.len))
		return error_set(err, ERROR_SYNTAX, "exec: env: a variable needs a name without = in it");
	if (value.len && memchr(value.data, '\0', value.len))
		return error_set(err, ERROR_SYNTAX, "exec: env: %.*s: the value holds a NUL", SLICE_ARG(name));
	return join((const struct slice[]){ name, SLICE("="), value }, 3, ret_entry, err);
}

/* --- KUBERNETES_EXEC_INFO --- */

/* All of spec.cluster but the proxy, which may hold a password, and config, which is JSON already. */
static void add_cluster(struct json_writer *w, const struct kube_access_facts *facts)
{
	json_key(w, "server");
	json_text(w, facts->server);
	if (facts->tls_server_name.data) {
		json_key(w, "tls-server-name");
		json_text(w, facts->tls_server_name);
	}
	if (facts->insecure) {
		json_key(w, "insecure-skip-tls-verify");
		json_bool(w, true);
	}
	if (facts->ca_pem.data) {
		json_key(w, "certificate-authority-data");
		json_base64(w, facts->ca_pem);
	}
	if (facts->no_compression) {
		json_key(w, "disable-compression");
		json_bool(w, true);
	}
}

/* A URL that was checked needs no escapes. */
static struct slice proxy_of(const struct kube_access *access)
{
	if (!access->proxy_given)
		return SLICE_NONE;
	return access->facts.proxy_url ? secret_reveal(access->facts.proxy_url) : access->facts.proxy;
}

static int join_info(const struct kube_access *access, struct slice beginning, bool with_cluster, bool interactive,
		     struct secret_bytes *ret_entry, struct error **err)
{
	struct slice proxy = with_cluster ? proxy_of(access) : SLICE_NONE;
	struct slice config = with_cluster ? access->exec_config : SLICE_NONE;
	const struct slice pieces[] = {
		SLICE("KUBERNETES_EXEC_INFO="),
		beginning,
		proxy.data ? SLICE(",\"proxy-url\":\"") : SLICE(""),
		proxy,
		proxy.data ? SLICE("\"") : SLICE(""),
		config.data ? SLICE(",\"config\":") : SLICE(""),
		config,
		with_cluster ? SLICE("},") : SLICE(""),
		interactive ? SLICE("\"interactive\":true}}") : SLICE("\"interactive\":false}}"),
	};
	return join(pieces, sizeof pieces / sizeof *pieces, ret_entry, err);
}

int exec_plugin_info(const struct kube_access *access, struct slice api_version, bool with_cluster, bool interactive,
		     struct secret_bytes *ret_entry, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf beginning = STRBUF_INIT(LIMIT_SECRET_BYTES);
	struct json_writer w = { .out = &beginning };
	json_object_begin(&w);
	json_key(&w, "kind");
	json_text(&w, SLICE("ExecCredential"));
	json_key(&w, "apiVersion");
	json_text(&w, api_version);
	json_key(&w, "spec");
	json_object_begin(&w);
	if (with_cluster) {
		json_key(&w, "cluster");
		json_object_begin(&w);
		add_cluster(&w, &access->facts);
	}
	if (strbuf_failed(&beginning, err))
		return -1;
	return join_info(access, strbuf_slice(&beginning), with_cluster, interactive, ret_entry, err);
}

/* --- all of it --- */

/* Both are NAME=value. */
static bool same_name(const char *variable, struct slice entry)
{
	size_t len = strcspn(variable, "=");
	return len < entry.len && entry.data[len] == '=' && memcmp(variable, entry.data, len) == 0;
}

static bool is_replaced(const char *variable, const struct secret_bytes *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (same_name(variable, secret_reveal(&entries[i])))
			return true;
	return false;
}

char **exec_plugin_environment(struct secret_bytes *entries, size_t count)
{
	size_t ours = 0, len = 0;
	while (environ && environ[ours])
		ours++;
	char **environment = mem_alloc_zeroed(ours + count + 1, sizeof *environment);
	if (!environment)
		return NULL;
	for (size_t i = 0; i < ours; i++)
		if (!is_replaced(environ[i], entries, count))
			environment[len++] = environ[i];
	/* The last one of a name counts, as in Go. */
	for (size_t i = 0; i < count; i++) {
		struct slice entry = secret_reveal(&entries[i]);
		if (!is_replaced(entry.data, entries + i + 1, count - i - 1))
			environment[len++] = (char *)secret_room(&entries[i]);
	}
	return environment;
}
