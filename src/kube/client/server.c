#include "kube/client/server.h"

#include "base/alloc.h"
#include "base/vec.h"

struct origins {
	VEC(struct http_origin *)
};

struct kube_server {
	struct http *http;
	struct kube_access *access;
	struct kube_server_limits limits;
	struct http_header *headers; /* impersonation */
	size_t header_count;
	struct origins origins; /* the last one is in use; a new certificate needs new connections */
	struct kube_login login;
	unsigned login_number;
};

static int add_headers(struct kube_server *server, const struct kube_access_facts *facts, struct error **err)
{
	server->headers = mem_alloc_zeroed(facts->header_count + 1, sizeof *server->headers);
	if (!server->headers)
		return error_no_memory(err);
	for (size_t i = 0; i < facts->header_count; i++)
		server->headers[i] = (struct http_header){ facts->headers[i].name, facts->headers[i].value };
	server->header_count = facts->header_count;
	return 0;
}

static int add_origin(struct kube_server *server, struct error **err)
{
	const struct kube_access_facts *facts = kube_access_facts(server->access);
	struct http_origin_options options = {
		.url = facts->server,
		.tls_server_name = facts->tls_server_name,
		.insecure = facts->insecure,
		.ca_pem = facts->ca_pem,
		.certificate_pem = server->login.certificate_pem,
		.key = server->login.key,
		.proxy = facts->proxy,
		.proxy_url = facts->proxy_url,
		.connections = server->limits.connections,
		.rate = server->limits.rate,
		.burst = server->limits.burst,
	};
	struct http_origin *origin;
	if (http_origin_new(server->http, &options, &origin, err) < 0)
		return -1;
	struct http_origin **place = vec_push(&server->origins);
	if (!place) {
		http_origin_free(origin);
		return error_no_memory(err);
	}
	*place = origin;
	return 0;
}

static int log_in(struct kube_server *server, bool rejected, struct error **err)
{
	struct kube_login login = { 0 };
	if (kube_access_login(server->access, rejected, &login, err) < 0)
		return -1;
	server->login = login;
	server->login_number += login.changed;
	if (server->origins.len && !login.certificate_changed)
		return 0;
	return add_origin(server, err);
}

int kube_server_new(struct http *http, struct kube_access *access, const struct kube_server_limits *limits,
		    struct kube_server **ret_server, struct error **err)
{
	struct kube_server *server = mem_alloc_zeroed(1, sizeof *server);
	if (!server)
		return error_no_memory(err);
	server->http = http;
	server->access = access;
	server->limits = *limits;
	if (add_headers(server, kube_access_facts(access), err) < 0) {
		kube_server_free(server);
		return -1;
	}
	*ret_server = server;
	return 0;
}

struct kube_server *kube_server_free(struct kube_server *server)
{
	if (!server)
		return NULL;
	for (size_t i = 0; i < server->origins.len; i++)
		http_origin_free(server->origins.items[i]);
	vec_release(&server->origins);
	mem_free(server->headers);
	return mem_free(server);
}

/* Go's client asks for gzip unless the kubeconfig says no; on the machine itself it only costs time. */
static bool worth_compressing(const struct kube_access_facts *facts)
{
	static const char *const near[] = { "://localhost", "://127.", "://[::1]" };
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		if (slice_contains(facts->server, near[i]))
			return false;
	return !facts->no_compression;
}

int kube_server_send(struct kube_server *server, struct http_queue *queue, const struct kube_request *request,
		     void *owner, struct error **err)
{
	if (log_in(server, false, err) < 0)
		return -1;
	struct http_request asked = {
		.path = request->path,
		.accept = request->accept,
		.authorization = server->login.authorization,
		.headers = server->headers,
		.header_count = server->header_count,
		.compressed = worth_compressing(kube_access_facts(server->access)),
		.idle_ms = request->idle_ms ? request->idle_ms : server->limits.idle_ms,
		.whole_ms = request->whole_ms,
		.retries = server->limits.retries,
	};
	return http_send(queue, server->origins.items[server->origins.len - 1], &asked, owner, err);
}

unsigned kube_server_login_number(const struct kube_server *server)
{
	return server->login_number;
}

int kube_server_rejected(struct kube_server *server, unsigned number, struct error **err)
{
	if (number != server->login_number)
		return 1;
	if (log_in(server, true, err) < 0)
		return -1;
	return number != server->login_number;
}

void kube_server_hide_login(const struct kube_server *server, struct strbuf *body)
{
	kube_access_hide_login(server->access, body->data, body->len);
}
