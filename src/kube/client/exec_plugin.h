/* Exec credential plugins: a command that a kubeconfig names prints the login. Within kube/client.
 *
 * Source: "client-go credential plugins" in the Kubernetes documentation, client-go plugin/pkg/client/auth/exec, API
 * client.authentication.k8s.io/v1 and v1beta1.
 *
 * Running a command out of a file is running the file's code: only what the person at the terminal allowed is run.
 * A command without a slash is the one that PATH finds, other relative ones start at the folder of their kubeconfig. An
 * allowed name means the file that PATH finds under it, whichever way the kubeconfig names it.
 *
 * It gets our environment, what the kubeconfig adds, and KUBERNETES_EXEC_INFO; no file but 0, 1 and 2. Never and
 * IfAvailable: standard input is empty, so that plugins of many contexts can run at once. Always: it gets the terminal,
 * one at a time.
 *
 * What it prints is secret: it is read into the secure heap, and no message holds a byte of it.
 */
#ifndef FOTHER_KUBE_CLIENT_EXEC_PLUGIN_H
#define FOTHER_KUBE_CLIENT_EXEC_PLUGIN_H

#include "kube/client/access_internal.h"

/* The plugin of a user, into access->login. Refuses (ERROR_USAGE, ERROR_UNSUPPORTED) what cannot or may not be run. */
int exec_plugin_take(struct kube_access *access, const struct kubeconfig *config, const struct kubeconfig_user *user,
		     const struct kube_access_options *options, struct error **err);
/* Runs it where there is no login yet, or it is about to expire, or was just rejected. 1: there is a new one. 0: none
 * was needed, or got. */
int exec_plugin_renew(struct kube_access *access, bool rejected, struct error **err);
struct exec_plugin *exec_plugin_free(struct exec_plugin *plugin);

/* --- exec_plugin_path.c --- */
/* `command`, which means the file `path`, is on the list. */
int exec_plugin_is_allowed(struct arena *arena, const struct kube_access_options *options, struct slice command,
			   struct slice path, bool *ret_allowed, struct error **err);

/* --- exec_plugin_environment.c --- */
/* "NAME=value" and its NUL. */
int exec_plugin_variable(struct slice name, struct slice value, struct secret_bytes *ret_entry, struct error **err);
/* KUBERNETES_EXEC_INFO=... */
int exec_plugin_info(const struct kube_access *access, struct slice api_version, bool with_cluster, bool interactive,
		     struct secret_bytes *ret_entry, struct error **err);
/* Ours without the names that are added, then those; ends with NULL. The texts are borrowed. NULL: no memory. */
char **exec_plugin_environment(struct secret_bytes *entries, size_t count);

/* --- exec_plugin_reply.c --- */
struct exec_reply {
	struct secret_bytes token, key; /* not there: none */
	struct slice certificate_pem;   /* in the arena */
	int64_t expires;                /* TIME_UNSET: not told */
};
/* An ExecCredential of api_version with a status. Messages hold nothing of `output`. */
int exec_reply_parse(struct slice output, struct slice api_version, struct arena *arena, struct exec_reply *ret_reply,
		     struct error **err);
void exec_reply_release(struct exec_reply *reply);

#endif
