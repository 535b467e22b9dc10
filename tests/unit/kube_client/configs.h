/* Kubeconfigs in, facts out: what the tests of kubeconfigs and logins share. */
#ifndef FOTHER_TESTS_UNIT_KUBE_CLIENT_CONFIGS_H
#define FOTHER_TESTS_UNIT_KUBE_CLIENT_CONFIGS_H

#include "kube/client/access_internal.h"

#define MADE_UP_CERTIFICATE "-----BEGIN CERTIFICATE-----\nbWFkZS11cA==\n-----END CERTIFICATE-----\n"
#define MADE_UP_CERTIFICATE_BASE64                                                                                     \
	"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmJXRmtaUzExY0E9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg=="
#define MADE_UP_KEY "-----BEGIN PRIVATE KEY-----\nbWFkZS11cC1rZXk=\n-----END PRIVATE KEY-----\n"
#define MADE_UP_KEY_BASE64                                                                                             \
	"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCmJXRmtaUzExY0MxclpYaz0KLS0tLS1FTkQgUFJJVkFURSBLRVktLS0tLQo="

/* One context `c`, of cluster `k` with this flow mapping and user `u` with that one. */
#define CONFIG_OF(cluster, user)                                                                                       \
	"current-context: c\n"                                                                                         \
	"contexts: [{name: c, context: {cluster: k, user: u}}]\n"                                                      \
	"clusters: [{name: k, cluster: {" cluster "}}]\n"                                                              \
	"users: [{name: u, user: {" user "}}]\n"
#define SERVER "server: 'https://api.example.com:6443'"

/* Forgets KUBECONFIG and the proxies of whoever runs the tests. */
int configs_setup(void **state);

/* One file, /made-up/config. Fails the test where it cannot be read. */
struct kubeconfig *config_of(const char *text);
/* The access of the current context, or of the named one. */
struct kube_access *access_of(const char *text, const char *context);

/* The same where commands may be run. */
struct kube_access *access_allowing(const char *text, const char *const *allowed, size_t count);

/* Everything that an access says and shows, but the name of its context: "server=... user=... auth=..."; only what is
 * there. In a buffer that the next call overwrites. */
const char *access_text(struct kube_access *access);

/* The current context's access_text. */
void check_access(const char *text, const char *expected);
/* Shows it: after a rejection, or not. */
struct kube_login login_of(struct kube_access *access, bool rejected);

/* The current context is refused. */
void check_refused(const char *text, enum error_code code, const char *part);
/* The file itself is refused. */
void check_unreadable(const char *text, enum error_code code, const char *part);

#endif
