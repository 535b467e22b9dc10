#include "base/base64.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/path.h"
#include "kube/client/access_file.h"
#include "kube/client/access_internal.h"
#include "net/proxy_env.h"

/* --- the server --- */

static int copy(struct kube_access *access, struct slice text, struct slice *ret_text, struct error **err)
{
	if (!text.len) {
		*ret_text = SLICE_NONE;
		return 0;
	}
	return arena_copy(&access->arena, text, ret_text) < 0 ? arena_fail(&access->arena, err) : 0;
}

static bool is_url_byte(char byte)
{
	return byte > ' ' && byte != 0x7f && !strchr("\"\\<>^`{|}", byte);
}

static bool is_url_text(struct slice url)
{
	for (size_t i = 0; i < url.len; i++)
		if (!is_url_byte(url.data[i]))
			return false;
	return url.len > 0;
}

/* Go: https where something in the cluster is about TLS, else http. */
static const char *scheme_without_one(const struct kubeconfig_cluster *cluster)
{
	return cluster->insecure || cluster->ca_data.len || cluster->ca_file.len ? "https://" : "http://";
}

/* The slashes of the scheme stay. */
static struct slice without_slashes_at_end(struct slice url)
{
	while (slice_ends_with(url, "/") && !slice_ends_with(url, "://"))
		url.len--;
	return url;
}

/* Behind the scheme: a host, and no login, query or fragment, which have no place here. */
static int check_server(struct slice rest, struct error **err)
{
	struct slice host, path;
	slice_cut(rest, '/', &host, &path);
	if (!host.len || host.data[0] == ':')
		return error_set(err, ERROR_SYNTAX, "server names no host");
	if (memchr(rest.data, '@', rest.len))
		return error_set(err, ERROR_UNSUPPORTED,
				 "server holds a login, which belongs to the user (username, password)");
	if (memchr(rest.data, '?', rest.len) || memchr(rest.data, '#', rest.len))
		return error_set(err, ERROR_SYNTAX, "server holds a query or fragment");
	return 0;
}

static int take_server(struct kube_access *access, const struct kubeconfig_cluster *cluster, struct error **err)
{
	struct slice url = without_slashes_at_end(slice_trim(cluster->server));
	const char *scheme = "";
	if (!url.len)
		return error_set(err, ERROR_USAGE, "it names no server");
	if (!is_url_text(url))
		return error_set(err, ERROR_SYNTAX, "server is no URL");
	if (!slice_contains(url, "://"))
		scheme = scheme_without_one(cluster);
	access->facts.server = arena_printf(&access->arena, "%s%.*s", scheme, SLICE_ARG(url));
	if (!access->facts.server.data)
		return arena_fail(&access->arena, err);
	url = access->facts.server;
	size_t scheme_bytes = access_is_secure(access) ? 8 : 7;
	if (!access_is_secure(access) && !slice_equal_nocase(slice_part(url, 0, 7), SLICE("http://")))
		return error_set(err, ERROR_UNSUPPORTED, "server is neither https:// nor http://");
	return check_server(slice_part(url, scheme_bytes, url.len), err);
}

bool access_is_secure(const struct kube_access *access)
{
	return slice_equal_nocase(slice_part(access->facts.server, 0, 8), SLICE("https://"));
}

/* --- its authorities --- */

static int keep_ca(struct kube_access *access, struct slice pem, const char *what, struct error **err)
{
	if (access_check_pem(pem, PEM_CERTIFICATE, what, err) < 0)
		return -1;
	return copy(access, pem, &access->facts.ca_pem, err);
}

static int read_ca(struct kube_access *access, const struct kubeconfig_cluster *cluster, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct slice path;
	if (path_join(&access->arena, path_folder(cluster->entry.file), cluster->ca_file, &path, err) < 0)
		return error_context(err, "certificate-authority");
	int got = access_file_read(path.data, LIMIT_CREDENTIAL_FILE_BYTES, &bytes, err);
	if (got < 0)
		return error_context(err, "certificate-authority");
	if (got == 0)
		return error_set(err, ERROR_USAGE, "certificate-authority: %s: there is no such file", path.data);
	if (keep_ca(access, file_slice(&bytes), "it", err) < 0)
		return error_context(err, "certificate-authority: %s", path.data);
	return 0;
}

static int decode_ca(struct kube_access *access, const struct kubeconfig_cluster *cluster, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	if (base64_decode_secret(cluster->ca_data, BASE64_PADDED, &bytes, err) < 0)
		return error_context(err, "certificate-authority-data");
	return keep_ca(access, secret_reveal(&bytes), "certificate-authority-data", err);
}

static int take_ca(struct kube_access *access, const struct kubeconfig_cluster *cluster, struct error **err)
{
	bool has_ca = cluster->ca_data.len || cluster->ca_file.len;
	access->facts.insecure = cluster->insecure && access_is_secure(access);
	if (cluster->insecure && has_ca)
		return error_set(err, ERROR_USAGE,
				 "insecure-skip-tls-verify and certificate-authority exclude each other");
	if (!has_ca)
		return 0;
	return cluster->ca_data.len ? decode_ca(access, cluster, err) : read_ca(access, cluster, err);
}

/* --- the way to it --- */

static void keep_proxy(struct kube_access *access, struct proxy_url *url)
{
	access->facts.proxy = url->shown;
	access->proxy_url = url->whole;
	if (secret_is_set(&access->proxy_url))
		access->facts.proxy_url = &access->proxy_url;
}

static int take_proxy_variable(struct kube_access *access, struct error **err)
{
	struct proxy_url url = { 0 };
	int found = proxy_url_of_environment(access->facts.server, &access->arena, &url, err);
	if (found <= 0)
		return found;
	keep_proxy(access, &url);
	return 0;
}

static int take_proxy(struct kube_access *access, struct slice given, struct error **err)
{
	struct proxy_url url = { 0 };
	if (!given.len)
		return take_proxy_variable(access, err);
	if (proxy_url_parse(given, &access->arena, &url, err) < 0)
		return error_context(err, "proxy-url");
	keep_proxy(access, &url);
	access->proxy_given = true;
	return 0;
}

int access_take_cluster(struct kube_access *access, const struct kubeconfig *config,
			const struct kubeconfig_cluster *cluster, struct error **err)
{
	struct kube_access_facts *facts = &access->facts;
	if (cluster->entry.defect.data)
		return error_set(err, ERROR_SYNTAX, "%.*s", SLICE_ARG(cluster->entry.defect));
	facts->no_compression = cluster->no_compression;
	if (take_server(access, cluster, err) < 0 || take_ca(access, cluster, err) < 0)
		return -1;
	if (copy(access, cluster->tls_server_name, &facts->tls_server_name, err) < 0 ||
	    copy(access, cluster->exec_config, &access->exec_config, err) < 0)
		return -1;
	return take_proxy(access, kubeconfig_vault_reveal(config, cluster->proxy_url), err);
}

int access_take_pod_server(struct kube_access *access, struct slice server, struct slice ca_pem, struct error **err)
{
	access->facts.server = server;
	if (copy(access, ca_pem, &access->facts.ca_pem, err) < 0)
		return -1;
	return take_proxy_variable(access, err);
}
