/* Kubeconfig files: merged as kubectl does, and how each context reaches its API server.
 *
 *     kubeconfig_load(NULL, &config, err);                  // $KUBECONFIG, else ~/.kube/config
 *     kubeconfig_access(config, "prod", &options, &access, err);
 *     kube_access_login(access, false, &login, err);        // before requests; true after a 401
 *
 * Sources: kubernetes/client-go tools/clientcmd (types, loader, merge), and its documentation "Organizing Cluster
 * Access Using kubeconfig Files", "client-go credential plugins". Facts: which file's key wins, relative paths are
 * relative to their file, *-data wins over the path, tokenFile over token.
 *
 * YAML or JSON, bounded by limits.h. Unknown keys are passed over, as kubectl does; anchors and aliases are refused,
 * and so is a file with a syntax error, but a value of the wrong type or a name that stands twice only where it is
 * used. What is asked for and we cannot do is refused by name with the context, the user and what to do instead:
 * auth-provider (any), exec of v1alpha1, exec commands that are not allowed, interactiveMode Always without a terminal,
 * encrypted keys. Nothing of a context that is not used is checked.
 *
 * A login is never sent over http://, and no command is run for one, as kubectl does it. A token or password in the
 * file is used before a command is run.
 *
 * Tokens, passwords and keys go from the file into memory out of core dumps, and those of an access into the secure
 * heap; messages name keys of the file, never values.
 */
#ifndef FOTHER_KUBE_CLIENT_KUBECONFIG_H
#define FOTHER_KUBE_CLIENT_KUBECONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

struct kubeconfig;
struct kube_access;

/* paths: like $KUBECONFIG, separated by colons; NULL: $KUBECONFIG, else ~/.kube/config. Files that do not exist are
 * passed over where $KUBECONFIG names them, refused where --kubeconfig does. */
int kubeconfig_load(const char *paths, struct kubeconfig **ret_config, struct error **err);
struct kubeconfig *kubeconfig_free(struct kubeconfig *config);

/* Names in the order of the files; the current one may be not there. */
size_t kubeconfig_context_count(const struct kubeconfig *config);
struct slice kubeconfig_context_name(const struct kubeconfig *config, size_t index);
struct slice kubeconfig_current_context(const struct kubeconfig *config);
/* All files that were looked for, there or not, for messages: "a, b". */
struct slice kubeconfig_files(const struct kubeconfig *config);

struct kube_access_options {
	/* Commands that a kubeconfig may run: base names ("aws": the command as PATH finds it) or absolute paths. None:
	 * none. */
	const char *const *allowed_exec;
	size_t allowed_exec_count;
};

/* context not there: the current one. ERROR_USAGE names the nearest where it does not exist. */
int kubeconfig_access(const struct kubeconfig *config, struct slice context, const struct kube_access_options *options,
		      struct kube_access **ret_access, struct error **err);
/* From the environment and /var/run/secrets/kubernetes.io/serviceaccount of a pod. ERROR_USAGE where there is none. */
int kube_access_in_cluster(struct kube_access **ret_access, struct error **err);
bool kube_is_in_cluster(void);
struct kube_access *kube_access_free(struct kube_access *access);
/* Wipes its login and its proxy's, when nothing will be asked any more; the other facts stay. */
void kube_access_forget(struct kube_access *access);

/* What does not change while the access lives; all borrowed from it. */
struct kube_access_facts {
	struct slice name;      /* the context; "in-cluster" */
	struct slice server;    /* https://host:port/prefix */
	struct slice namespace; /* of the context; not there: none given */
	struct slice user;      /* the kubeconfig's name of the user */
	struct slice tls_server_name;
	bool insecure; /* said aloud in every answer that rests on it */
	struct slice ca_pem;
	struct slice proxy; /* proxy-url, else of the environment as Go reads it (HTTPS_PROXY, NO_PROXY, loopback
			       never); with no password in it */
	const struct secret_bytes *proxy_url; /* the same, whole; NULL where it holds no password */
	bool no_compression;
	/* Impersonation: Impersonate-User, -Uid, -Group (repeated), -Extra-KEY (percent-encoded). */
	const struct kube_header {
		struct slice name, value;
	} *headers;
	size_t header_count;
	bool runs_command; /* an exec plugin stands behind it */
};
const struct kube_access_facts *kube_access_facts(const struct kube_access *access);

/* What to show with the next request; borrowed until the next call. */
struct kube_login {
	const struct secret_bytes *authorization; /* "Bearer ...", "Basic ..."; NULL: none */
	struct slice certificate_pem;             /* not there: none */
	const struct secret_bytes *key;
	bool certificate_changed; /* since the last call: connections must be made anew */
	bool changed;             /* another login than the last one handed out */
	bool can_retry;           /* after a 401: a new login was got, so once more makes sense */
};
/* Reads the token's file again when a minute old, runs the exec plugin when its credential is about to expire.
 * rejected: the server just said 401 to the last one. May wait for the plugin (LIMIT_EXEC_PLUGIN_MS). One thread at a
 * time for one access; other accesses are not held up. */
int kube_access_login(struct kube_access *access, bool rejected, struct kube_login *ret_login, struct error **err);
/* Writes * over each place of a text where the login stands as it is sent, or its password: servers and proxies quote
 * the requests that they refuse. */
void kube_access_hide_login(const struct kube_access *access, char *text, size_t len);
/* From any thread, async-signal-safe: running plugins of all accesses are ended, later ones not started. */
void kube_access_stop(void);

#endif
