/* One API server, asked as one user: the connection settings of a kube_access, its login, and requests with both.
 *
 *     kube_server_new(http, access, &limits, &server, err);
 *     kube_server_send(server, queue, &request, owner, err);
 *     ... 401 ...   kube_server_rejected(server, sent_with, err)       // 1: ask once more
 *
 * Used by one thread; a login may wait for an exec plugin.
 */
#ifndef FOTHER_KUBE_CLIENT_SERVER_H
#define FOTHER_KUBE_CLIENT_SERVER_H

#include "base/strbuf.h"
#include "kube/client/kubeconfig.h"
#include "net/http.h"

struct kube_server;

struct kube_server_limits {
	unsigned connections; /* at once; 0: 4 */
	double rate;          /* requests per second; 0: no limit */
	unsigned burst;
	unsigned retries; /* of each request, before any byte of an answer */
	unsigned idle_ms; /* 0: 60 s */
};

/* http and access are borrowed and must outlive the server. */
int kube_server_new(struct http *http, struct kube_access *access, const struct kube_server_limits *limits,
		    struct kube_server **ret_server, struct error **err);
/* None of its transfers may be under way. NULL allowed. Returns NULL. */
struct kube_server *kube_server_free(struct kube_server *server);

struct kube_request {
	struct slice path; /* "/api/v1/pods?limit=500" */
	struct slice accept;
	unsigned idle_ms;  /* 0: the limits' */
	unsigned whole_ms; /* of one attempt; 0: no limit */
};
int kube_server_send(struct kube_server *server, struct http_queue *queue, const struct kube_request *request,
		     void *owner, struct error **err);

/* Logins so far: who was sent with an older one than the latest may simply ask again. */
unsigned kube_server_login_number(const struct kube_server *server);
/* A request that was sent under login `number` was answered with 401. 1: there is a newer login, ask again. 0: there is
 * none. -1: the plugin or file failed. */
int kube_server_rejected(struct kube_server *server, unsigned number, struct error **err);

/* Of a refusal that will be shown: see kube_access_hide_login. */
void kube_server_hide_login(const struct kube_server *server, struct strbuf *body);

#endif
