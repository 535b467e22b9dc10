#include "collect/registry/dialect.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "collect/registry/dialect_internal.h"
#include "credential/registry_name.h"
#include "net/proxy_env.h"

#define HUB "docker.io"
#define HUB_API "hub.docker.com"
#define CONNECTIONS 1 /* one question after the other */

/* --- which one --- */

struct known_host {
	const char *suffix;
	const struct dialect_ops *ops;
};

static const struct known_host known_hosts[] = {
	{ "docker.io", &dialect_hub },
	{ "gcr.io", &dialect_gcr },
	{ "pkg.dev", &dialect_gcr },
	{ "quay.io", &dialect_quay },
};

/* host itself, or a host of that domain. */
static bool is_below(struct slice host, const char *suffix)
{
	size_t len = strlen(suffix);
	return slice_equal_text(host, suffix) ||
	       (host.len > len && host.data[host.len - len - 1] == '.' && slice_ends_with(host, suffix));
}

static const struct dialect_ops *ops_of_name(struct slice registry)
{
	for (size_t i = 0; i < sizeof known_hosts / sizeof *known_hosts; i++)
		if (is_below(registry, known_hosts[i].suffix))
			return known_hosts[i].ops;
	return NULL;
}

/* 1: it answers with 200 and `sign`. */
static int answers(struct registry_dialect *dialect, const char *path, const char *sign, struct error **err)
{
	int got = dialect_send(dialect, slice_of(path), NULL, NULL, err);
	return got > 0 ? dialect->status == 200 && slice_contains(strbuf_slice(&dialect->body), sign) : got;
}

/* What only Harbor and Quay have, and give to everybody. */
static int probe(struct registry_dialect *dialect, struct error **err)
{
	int got = answers(dialect, "/api/v2.0/ping", "Pong", err);
	if (got > 0)
		dialect->ops = &dialect_harbor;
	if (got != 0)
		return got;
	got = answers(dialect, "/api/v1/discovery", "/api/v1/repository", err);
	if (got > 0)
		dialect->ops = &dialect_quay;
	return got;
}

/* --- where it is asked, and whose login it gets --- */

static bool is_own_host(const struct dialect_context *context)
{
	return slice_equal(context->host, context->registry) ||
	       (slice_equal_text(context->registry, HUB) && registry_name_is_docker_hub(context->host));
}

static struct slice api_host(const struct dialect_context *context, const struct dialect_ops *ops)
{
	if (context->api_host.data)
		return context->api_host;
	bool is_laboratory = !is_own_host(context) && slice_list_has(context->options->plain_http, context->host);
	return ops == &dialect_hub && !is_laboratory ? SLICE(HUB_API) : context->host;
}

static int copy_context(struct registry_dialect *dialect, const struct dialect_context *context, struct error **err)
{
	struct arena *kept = &dialect->kept;
	dialect->context = *context;
	if (arena_copy(kept, context->registry, &dialect->context.registry) < 0 ||
	    arena_copy(kept, context->host, &dialect->context.host) < 0 ||
	    arena_copy(kept, api_host(context, dialect->ops), &dialect->context.api_host) < 0)
		return arena_fail(kept, err);
	bool is_hub = slice_equal_text(dialect->context.api_host, HUB_API);
	bool is_own = is_own_host(context) && slice_equal(dialect->context.api_host, dialect->context.host);
	if (is_hub)
		dialect->login_registry = SLICE(HUB);
	else
		dialect->login_registry = is_own ? dialect->context.registry : dialect->context.api_host;
	return 0;
}

static int new_origin(struct registry_dialect *dialect, struct error **err)
{
	CLEANUP(proxy_url_release) struct proxy_url proxy = { 0 };
	const struct registries_options *options = dialect->context.options;
	struct slice host = dialect->context.api_host;
	bool plain = slice_list_has(options->plain_http, host);
	struct slice url = arena_printf(&dialect->kept, "%s://%.*s", plain ? "http" : "https", SLICE_ARG(host));
	if (!url.data)
		return arena_fail(&dialect->kept, err);
	if (proxy_url_of_environment(url, &dialect->kept, &proxy, err) < 0)
		return -1;
	struct http_origin_options origin = {
		.url = url,
		.ca_pem = slice_equal_text(host, HUB_API) ? SLICE_NONE : options->ca_pem,
		.proxy = proxy.shown,
		.proxy_url = &proxy.whole,
		.connections = CONNECTIONS,
	};
	return http_origin_new(dialect->context.http, &origin, &dialect->origin, err);
}

static int open_origin(struct registry_dialect *dialect, struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	if (new_origin(dialect, &failure) < 0) {
		if (failure->code == ERROR_NO_MEMORY)
			return error_move(err, &failure);
		if (arena_copy(&dialect->kept, slice_of(failure->message), &dialect->closed) < 0)
			return arena_fail(&dialect->kept, err);
	}
	return http_queue_new(dialect->context.http, LIMIT_HTTP_QUEUE_BYTES, &dialect->queue, err);
}

/* --- the interface --- */

static void dialect_closep(struct registry_dialect **dialect)
{
	*dialect = registry_dialect_close(*dialect);
}

int registry_dialect_open(const struct dialect_context *context, struct registry_dialect **ret_dialect,
			  struct error **err)
{
	CLEANUP(dialect_closep) struct registry_dialect *dialect = mem_alloc_zeroed(1, sizeof *dialect);
	if (!dialect)
		return error_no_memory(err);
	dialect->kept = (struct arena)ARENA_INIT(LIMIT_DIALECT_BYTES);
	dialect->scratch = (struct arena)ARENA_INIT(LIMIT_DIALECT_BYTES);
	dialect->body = (struct strbuf)STRBUF_INIT(LIMIT_LIST_BODY_BYTES);
	dialect->problem = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	dialect->ops = ops_of_name(context->registry);
	if (copy_context(dialect, context, err) < 0 || open_origin(dialect, err) < 0)
		return -1;
	int got = dialect->ops ? 1 : probe(dialect, err);
	if (got > 0)
		*ret_dialect = TAKE_PTR(dialect);
	return got;
}

const char *registry_dialect_name(const struct registry_dialect *dialect)
{
	return dialect->ops->name;
}

int registry_dialect_repositories(struct registry_dialect *dialect, struct slice prefix,
				  int (*found)(void *data, struct slice repository, struct error **err), void *data,
				  struct slice *ret_why, struct error **err)
{
	arena_clear(&dialect->scratch);
	return dialect->ops->repositories(dialect, prefix, found, data, ret_why, err);
}

int registry_dialect_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
			   struct error **err)
{
	arena_clear(&dialect->scratch);
	return dialect->ops->times(dialect, repository, ret_why, err);
}

struct registry_dialect *registry_dialect_close(struct registry_dialect *dialect)
{
	if (!dialect)
		return NULL;
	http_queue_free(dialect->queue);
	http_origin_free(dialect->origin);
	secret_release(&dialect->authorization);
	strbuf_release(&dialect->body);
	strbuf_release(&dialect->problem);
	arena_release(&dialect->kept);
	arena_release(&dialect->scratch);
	return mem_free(dialect);
}
