/* How one context reaches its API server, and who it is there. Within kube/client.
 *
 * Texts lie in the arena of the access and borrow nothing of the kubeconfig, which may go.
 */
#ifndef FOTHER_KUBE_CLIENT_ACCESS_INTERNAL_H
#define FOTHER_KUBE_CLIENT_ACCESS_INTERNAL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "kube/client/kubeconfig_internal.h"

struct exec_plugin;

/* A certificate and its key, each from the kubeconfig or a file, or both from an exec plugin. */
struct login_certificate {
	const char *certificate_file, *key_file; /* NULL: from the kubeconfig */
	struct slice given_pem;                  /* in the arena */
	struct secret_bytes given_key;
	struct strbuf pem;
	struct secret_bytes key;
	int64_t read_at; /* steady time */
};

/* What the requests show. One of these kinds gives the authorization; the certificate comes beside it. */
struct login {
	struct secret_bytes authorization;
	const char *token_file; /* NULL: none */
	int64_t token_read_at;  /* steady time */
	struct login_certificate certificate;
	struct exec_plugin *plugin; /* NULL: none */
	bool certificate_changed;   /* since it was last handed out */
	bool handed_out;
};

/* Real clocks, but in tests. Microseconds. */
struct access_clock {
	int64_t (*wall)(void);   /* as time_now */
	int64_t (*steady)(void); /* goes on while the machine sleeps, and never back */
};

struct kube_access {
	struct arena arena;
	struct kube_access_facts facts;
	struct secret_bytes proxy_url;
	bool proxy_given;         /* by the kubeconfig, not the environment */
	struct slice exec_config; /* JSON, for an exec plugin: what the cluster says to it */
	struct login login;
	struct access_clock clock;
};

/* PEM of an access: certificates of authorities, and the client's chain. */
#define ACCESS_TEXT_BYTES (8 * LIMIT_CREDENTIAL_FILE_BYTES)

/* --- access.c --- */
struct kube_access *kube_access_new(struct slice name, struct error **err);

/* --- access_cluster.c --- */
/* Server, authorities, proxy. `cluster` stands in `config`. */
int access_take_cluster(struct kube_access *access, const struct kubeconfig *config,
			const struct kubeconfig_cluster *cluster, struct error **err);
/* The same for the server of the pod that we run in; `server` lies in the arena. */
int access_take_pod_server(struct kube_access *access, struct slice server, struct slice ca_pem, struct error **err);
/* Requests go through TLS. Without it no login is sent, as kubectl does it. */
bool access_is_secure(const struct kube_access *access);

/* --- access_headers.c --- */
/* Impersonation. */
int access_take_headers(struct kube_access *access, const struct kubeconfig_user *user, struct error **err);

/* Holds no byte that a header cannot. */
bool access_fits_header(struct slice text);

/* --- access_user.c --- */
int access_take_user(struct kube_access *access, const struct kubeconfig *config, const struct kubeconfig_user *user,
		     const struct kube_access_options *options, struct error **err);

/* --- access_pem.c --- */
enum pem_kind { PEM_CERTIFICATE, PEM_KEY };
/* `what`: the member that holds it, for the message. Encrypted keys are refused (ERROR_UNSUPPORTED). */
int access_check_pem(struct slice pem, enum pem_kind kind, const char *what, struct error **err);

/* --- login.c --- */
void login_release(struct login *login);
/* "Bearer " and the token without blanks around it. ERROR_SYNTAX where it is empty or no header can hold it. */
int login_set_bearer(struct login *login, struct slice token, struct error **err);
int login_set_basic(struct login *login, struct slice username, struct slice password, struct error **err);
/* Takes effect with the next kube_access_login. Both are copied. */
int login_set_certificate(struct login *login, struct slice pem, struct slice key, struct error **err);

/* --- login_file.c: logins from files, which change --- */
/* Reads the token's file. 1: it holds another one than before; 0: the same. */
int login_read_token(struct kube_access *access, struct error **err);
/* Reads the files of certificate and key; what stands in the kubeconfig stays. 1: they changed, 0: the same. */
int login_read_certificate(struct kube_access *access, struct error **err);
/* Reads what is old, or everything where the server rejected it. 1: something is new. A file that cannot be read leaves
 * what was there, unless that was rejected. */
int login_renew_files(struct kube_access *access, bool rejected, struct error **err);

#endif
