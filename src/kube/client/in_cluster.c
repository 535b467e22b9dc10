#include "kube/client/in_cluster.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "kube/client/access_file.h"

#define NAMESPACE_BYTES 4096

struct in_cluster in_cluster_of_process(void)
{
	return (struct in_cluster){
		.host = getenv("KUBERNETES_SERVICE_HOST"),
		.port = getenv("KUBERNETES_SERVICE_PORT"),
		.folder = "/var/run/secrets/kubernetes.io/serviceaccount",
	};
}

/* NULL: *err says why. */
static const char *path_in(struct arena *arena, const struct in_cluster *where, const char *name, struct error **err)
{
	struct slice path = arena_printf(arena, "%s/%s", where->folder, name);
	if (!path.data)
		arena_fail(arena, err);
	return path.data;
}

static bool is_set(const char *text)
{
	return text && *text;
}

bool in_cluster_is_there(const struct in_cluster *where)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_LINE_BYTES);
	CLEANUP(error_freep) struct error *err = NULL;
	const char *path = path_in(&arena, where, "token", &err);
	return is_set(where->host) && is_set(where->port) && path && access(path, R_OK) == 0;
}

/* --- its parts --- */

static int read_ca(struct arena *arena, const struct in_cluster *where, struct file_bytes *ret_ca, struct error **err)
{
	const char *path = path_in(arena, where, "ca.crt", err);
	if (!path)
		return -1;
	int got = access_file_read(path, LIMIT_CREDENTIAL_FILE_BYTES, ret_ca, err);
	if (got == 0)
		return error_set(err, ERROR_USAGE, "%s: there is no such file", path);
	return got < 0 ? -1 : access_check_pem(file_slice(ret_ca), PEM_CERTIFICATE, path, err);
}

static int take_server(struct kube_access *access, const struct in_cluster *where, struct error **err)
{
	CLEANUP(file_release) struct file_bytes ca = { 0 };
	bool v6 = slice_contains(slice_of(where->host), ":");
	struct slice server = arena_printf(&access->arena, v6 ? "https://[%s]:%s" : "https://%s:%s", where->host,
					   where->port);
	if (!server.data)
		return arena_fail(&access->arena, err);
	if (read_ca(&access->arena, where, &ca, err) < 0)
		return -1;
	return access_take_pod_server(access, server, file_slice(&ca), err);
}

/* Only for who asks for one; a pod without it reads all the same. */
static int take_namespace(struct kube_access *access, const struct in_cluster *where, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *problem = NULL;
	const char *path = path_in(&access->arena, where, "namespace", err);
	if (!path)
		return -1;
	if (access_file_read(path, NAMESPACE_BYTES, &bytes, &problem) <= 0)
		return 0;
	struct slice name = slice_trim(file_slice(&bytes));
	if (name.len && arena_copy(&access->arena, name, &access->facts.namespace) < 0)
		return arena_fail(&access->arena, err);
	return 0;
}

static int take_all(struct kube_access *access, const struct in_cluster *where, struct error **err)
{
	access->facts.user = SLICE("service account");
	if (take_server(access, where, err) < 0 || take_namespace(access, where, err) < 0)
		return -1;
	access->login.token_file = path_in(&access->arena, where, "token", err);
	if (!access->login.token_file)
		return -1;
	return login_read_token(access, err) < 0 ? -1 : 0;
}

/* --- the interface --- */

int in_cluster_access(const struct in_cluster *where, struct kube_access **ret_access, struct error **err)
{
	if (!is_set(where->host) || !is_set(where->port))
		return error_set(err, ERROR_USAGE,
				 "this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set");
	struct kube_access *access = kube_access_new(SLICE("in-cluster"), err);
	if (!access)
		return -1;
	if (take_all(access, where, err) < 0) {
		kube_access_free(access);
		return error_context(err, "in-cluster");
	}
	*ret_access = access;
	return 0;
}

int kube_access_in_cluster(struct kube_access **ret_access, struct error **err)
{
	struct in_cluster where = in_cluster_of_process();
	return in_cluster_access(&where, ret_access, err);
}

bool kube_is_in_cluster(void)
{
	struct in_cluster where = in_cluster_of_process();
	return in_cluster_is_there(&where);
}
