#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "model/field.h"
#include "model/reference.h"
#include "net/proxy_env.h"
#include "oci/format/media_type.h"
#include "oci/transport/registry_internal.h"

/* One answer from its connection to its end: a peer that drips bytes ends some time. */
#define WHOLE_MS 120000
#define WHOLE_LIST_MS 600000
/* How long the first request of all goes alone. */
#define AHEAD_MS 2000
/* Names on a page: more is refused by some (ECR, distribution). */
#define PAGE_NAMES "1000"
/* Token servers and stores of blobs of one registry. */
#define ENDPOINTS_MAX 64

static const struct slice accept_index = { "application/vnd.oci.image.index.v1+json", 39 };

/* --- names --- */

static bool is_repository(struct slice name)
{
	struct slice part, rest = name;
	if (!name.len || name.len > LIMIT_REPOSITORY_BYTES)
		return false;
	do {
		bool more = slice_cut(rest, '/', &part, &rest);
		if (!part.len || !ascii_is_alphanumeric(part.data[0]))
			return false;
		for (size_t i = 0; i < part.len; i++)
			if (!ascii_is_alphanumeric(part.data[i]) && !memchr("._-", part.data[i], 3))
				return false;
		if (!more)
			return true;
	} while (true);
}

static bool is_tag(struct slice tag)
{
	if (!tag.len || tag.len > 128 || tag.data[0] == '.' || tag.data[0] == '-')
		return false;
	for (size_t i = 0; i < tag.len; i++)
		if (!ascii_is_alphanumeric(tag.data[i]) && !memchr("._-", tag.data[i], 3))
			return false;
	return true;
}

bool ask_is_sound(const struct ask *ask)
{
	if (ask->type == IMAGE_ASK_REPOSITORIES)
		return true;
	if (!is_repository(ask->repository))
		return false;
	if (ask->type == IMAGE_ASK_TAGS)
		return true;
	/* Whether a digest is there is asked as a tag is: by its name, without its bytes. */
	return digest_valid(ask->reference) || (ask->type == IMAGE_ASK_TAG && is_tag(ask->reference));
}

/* --- paths --- */

/* referrers tag schema (distribution spec): the algorithm cut to 32 characters, the hash to 64. */
static void add_fallback_tag(struct strbuf *path, struct slice digest)
{
	struct slice algorithm, encoded;
	slice_cut(digest, ':', &algorithm, &encoded);
	strbuf_add_slice(path, slice_part(algorithm, 0, 32));
	strbuf_add_char(path, '-');
	strbuf_add_slice(path, slice_part(encoded, 0, 64));
}

static void add_path(struct ask *ask)
{
	struct strbuf *path = &ask->path;
	const char *paging = ask->unpaged ? "" : "?n=" PAGE_NAMES;

	strbuf_clear(path);
	strbuf_add_text(path, "/v2/");
	if (ask->type == IMAGE_ASK_REPOSITORIES) {
		strbuf_add_text(path, "_catalog");
		strbuf_add_text(path, paging);
		return;
	}
	strbuf_add_slice(path, ask->repository);
	if (ask->step == STEP_LIST) {
		strbuf_add_text(path, "/tags/list");
		strbuf_add_text(path, paging);
	} else if (ask->step == STEP_REFERRERS) {
		strbuf_add_text(path, "/referrers/");
		strbuf_add_slice(path, ask->reference);
	} else {
		strbuf_add_text(path, ask->type == IMAGE_ASK_BLOB ? "/blobs/" : "/manifests/");
		if (ask->step == STEP_FALLBACK)
			add_fallback_tag(path, ask->reference);
		else
			strbuf_add_slice(path, ask->reference);
	}
}

int ask_begin_step(struct ask *ask, enum ask_step step, struct error **err)
{
	ask->step = step;
	ask->endpoint = NULL;
	ask->redirects = 0;
	add_path(ask);
	return strbuf_failed(&ask->path, err) ? -1 : 0;
}

int ask_begin(struct registry *registry, struct ask *ask, struct error **err)
{
	static const enum ask_step first[] = {
		[IMAGE_ASK_REPOSITORIES] = STEP_LIST, [IMAGE_ASK_TAGS] = STEP_LIST,
		[IMAGE_ASK_TAG] = STEP_HEAD,          [IMAGE_ASK_MANIFEST] = STEP_GET,
		[IMAGE_ASK_BLOB] = STEP_GET,          [IMAGE_ASK_REFERRERS] = STEP_REFERRERS,
	};
	enum ask_step step = first[ask->type];
	if (step == STEP_REFERRERS && registry->no_referrers && !ask->tags_listed)
		step = STEP_FALLBACK;
	return ask_begin_step(ask, step, err);
}

/* --- endpoints --- */

static int origin_new(struct registry *registry, struct slice name, bool public_only, struct http_origin **ret_origin,
		      struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_HTTP_REQUEST_BYTES);
	CLEANUP(proxy_url_release) struct proxy_url proxy = { 0 };
	const struct registry_options *options = &registry->options;
	bool ours = options->environment_proxies;

	if (ours && proxy_url_of_environment(name, &arena, &proxy, err) < 0)
		return -1;
	struct http_origin_options origin = {
		.url = name,
		.ca_pem = options->ca_pem,
		.proxy = ours ? proxy.shown : options->proxy,
		.proxy_url = ours ? &proxy.whole : options->proxy_url,
		.connections = options->connections,
		.rate = options->rate,
		.burst = options->rate > 1 ? (unsigned)options->rate : 1,
		.public_only = public_only,
	};
	return http_origin_new(registry->http, &origin, ret_origin, err);
}

static int endpoint_new(struct registry *registry, struct slice name, bool public_only, struct endpoint **ret_endpoint,
			struct error **err)
{
	struct endpoint *endpoint = mem_alloc_zeroed(1, sizeof *endpoint);

	if (!endpoint)
		return error_no_memory(err);
	endpoint->name = mem_copy_text(name.data, name.len);
	if (!endpoint->name || origin_new(registry, name, public_only, &endpoint->origin, err) < 0) {
		if (!endpoint->name)
			error_no_memory(err);
		mem_free(endpoint->name);
		mem_free(endpoint);
		return -1;
	}
	endpoint->public_only = public_only;
	endpoint->next = registry->endpoints;
	registry->endpoints = endpoint;
	*ret_endpoint = endpoint;
	return 1;
}

static int say_endpoint(struct registry *registry, const char *why)
{
	strbuf_clear(&registry->endpoint_why);
	strbuf_add_text(&registry->endpoint_why, why);
	return 0;
}

int registry_endpoint(struct registry *registry, const struct url *url, bool public_only,
		      struct endpoint **ret_endpoint, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_KIB);
	struct error *failure = NULL;
	size_t count = 0;

	url_add_origin(&name, url);
	if (strbuf_failed(&name, err))
		return -1;
	for (struct endpoint *e = registry->endpoints; e; e = e->next) {
		count++;
		if (slice_equal_text(strbuf_slice(&name), e->name) && e->public_only == public_only) {
			*ret_endpoint = e;
			return 1;
		}
	}
	if (count == ENDPOINTS_MAX)
		return say_endpoint(registry, "the registry names too many hosts");
	int got = endpoint_new(registry, strbuf_slice(&name), public_only, ret_endpoint, &failure);
	if (got > 0)
		return 1;
	if (failure->code == ERROR_NO_MEMORY)
		return error_move(err, &failure);
	say_endpoint(registry, failure->message);
	error_free(failure);
	return 0;
}

/* --- sending --- */

static size_t most_bytes(const struct ask *ask)
{
	size_t most = ask->type == IMAGE_ASK_BLOB ? LIMIT_IMAGE_CONFIG_BYTES : LIMIT_MANIFEST_BODY_BYTES;
	if (ask->step == STEP_LIST)
		return LIMIT_LIST_BODY_BYTES;
	bool told = ask->size != INT_UNKNOWN && ask->size >= 0 && ask->step == STEP_GET;
	return told && (uint64_t)ask->size < most ? (size_t)ask->size : most;
}

static struct slice accepted_types(const struct ask *ask)
{
	if (ask->step == STEP_REFERRERS)
		return accept_index;
	if (ask->step == STEP_LIST)
		return SLICE("application/json");
	return ask->type == IMAGE_ASK_BLOB ? SLICE_NONE : media_type_accept();
}

static int send(struct registry *registry, struct ask *ask, const struct secret_bytes *login, struct error **err)
{
	struct endpoint *endpoint = ask->endpoint ? ask->endpoint : registry->home;
	int64_t now_ms = clock_ms();
	unsigned pause_ms = limit_delay_ms(registry, now_ms);
	unsigned retry_ms = ask->retry_at_ms > now_ms ? (unsigned)(ask->retry_at_ms - now_ms) : 0;
	struct http_request request = {
		.method = ask->step == STEP_HEAD ? "HEAD" : NULL,
		.path = strbuf_slice(&ask->path),
		.accept = accepted_types(ask),
		.authorization = login,
		.compressed = ask->step == STEP_LIST,
		.whole_ms = ask->step == STEP_LIST ? WHOLE_LIST_MS : WHOLE_MS,
		.retries = registry->options.retries,
		.delay_ms = pause_ms > retry_ms ? pause_ms : retry_ms,
		.limits_are_answers = true,
	};
	ask->retry_at_ms = 0;
	ask->exchange.kind = EXCHANGE_ASK;
	ask->exchange.status = 0;
	strbuf_clear(&ask->body);
	strbuf_clear(&ask->content_type);
	strbuf_clear(&ask->exchange.head);
	strbuf_clear(&ask->exchange.date);
	ask->body_max = most_bytes(ask);
	ask->too_large = false;
	if (http_send(registry->queue, endpoint->origin, &request, &ask->exchange, err) < 0)
		return -1;
	registry->under_way++;
	ask->secret_bytes = login ? auth_piece(secret_length(login)) : 0;
	registry->secret_bytes += ask->secret_bytes;
	registry->facts.requests++;
	if (!registry->first_ms)
		registry->first_ms = clock_ms();
	return 0;
}

void ask_again(struct registry *registry, struct ask *ask, unsigned wait_ms)
{
	ask->retry_at_ms = clock_ms() + wait_ms;
	line_push_first(&registry->waiting, ask);
}

/* 1: sent, or it waits elsewhere, or is over. */
static int send_one(struct registry *registry, struct ask *ask, struct error **err)
{
	const struct secret_bytes *login = NULL;

	if (registry->down_ms > clock_ms())
		return ask_finish(registry, ask, IMAGE_FAILED, "%s", strbuf_text(&registry->down_why));
	if (limit_is_exhausted(registry, ask))
		return ask_finish(registry, ask, IMAGE_LIMITED, "too many requests, says the registry (429)");
	ask->generation = 0;
	if (!ask->endpoint) {
		switch (auth_prepare(registry, ask, &login, err)) {
		case AUTH_SEND:
			break;
		case AUTH_WAIT:
		case AUTH_OVER:
			return 0;
		case AUTH_ERROR:
			return -1;
		}
	}
	return send(registry, ask, login, err);
}

int registry_unknown_ms(const struct registry *registry)
{
	if (registry->known || !registry->first_ms)
		return 0;
	int64_t left = registry->first_ms + AHEAD_MS - clock_ms();
	return left > 0 ? (int)left : 0;
}

/* Until something was answered one goes ahead: a login that all need is then asked for once. But not for long. */
static bool registry_is_known(const struct registry *registry)
{
	return registry->known || (registry->first_ms && !registry_unknown_ms(registry));
}

/* Each request on its way has a copy of its token. */
static bool secrets_fit(const struct registry *registry)
{
	return registry->secret_bytes < registry->options.secret_bytes;
}

int registry_send_waiting(struct registry *registry, struct error **err)
{
	while (registry->waiting.first && secrets_fit(registry) &&
	       registry->under_way < (registry_is_known(registry) ? registry->open : 1)) {
		struct ask *ask = line_pop(&registry->waiting);
		if (send_one(registry, ask, err) < 0) {
			line_push_first(&registry->waiting, ask);
			return -1;
		}
	}
	return 0;
}
