#include <stdarg.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/field.h"
#include "model/reference.h"
#include "net/address.h"
#include "oci/format/verify.h"
#include "oci/transport/registry_internal.h"

/* How long a registry that cannot be reached is not asked again. */
#define DOWN_MS 30000
/* Before an answer that broke off is asked for again: doubled each time. */
#define AGAIN_MS 250

/* --- exchanges --- */

struct slice exchange_header(const struct exchange *exchange, const char *name, size_t n)
{
	struct http_event event = { .headers = strbuf_slice(&exchange->head) };
	return http_event_header(&event, name, n);
}

int exchange_keep_head(struct exchange *exchange, const struct http_event *event, struct error **err)
{
	exchange->status = event->status;
	strbuf_clear(&exchange->head);
	strbuf_clear(&exchange->date);
	strbuf_add_slice(&exchange->head, event->headers);
	strbuf_add_slice(&exchange->date, event->server_date);
	return strbuf_failed(&exchange->head, err) || strbuf_failed(&exchange->date, err) ? -1 : 0;
}

/* --- ends --- */

int ask_finish(struct registry *registry, struct ask *ask, enum image_outcome outcome, const char *why, ...)
{
	va_list args;

	ask->answer.outcome = outcome;
	ask->answer.last = true;
	if (why) {
		strbuf_clear(&ask->why);
		va_start(args, why);
		strbuf_addf_cut(&ask->why, why, args);
		va_end(args);
		ask->answer.why = strbuf_slice(&ask->why);
	}
	line_push(&registry->ready, ask);
	return 0;
}

int ask_read_error(struct ask *ask, struct registry_error *ret_error, struct error **err)
{
	return registry_error_parse(strbuf_slice(&ask->body), &ask->arena, ret_error, err);
}

/* --- bodies --- */

static int present(struct registry *registry, struct ask *ask)
{
	ask->answer.media_type = strbuf_slice(&ask->content_type);
	if (!ask->answer.media_type.data)
		ask->answer.media_type = SLICE("");
	ask->answer.outcome = IMAGE_PRESENT;
	ask->answer.last = true;
	line_push(&registry->ready, ask);
	return 0;
}

static struct slice body_of(const struct ask *ask)
{
	struct slice bytes = strbuf_slice(&ask->body);
	return bytes.data ? bytes : SLICE("");
}

/* A registry that gives another digest than its bytes have is broken, or lies. 1 (the digest, where it is proven, and
 * what it proves), 0 (finished), -1. */
static int check_told_digest(struct registry *registry, struct ask *ask, struct slice *ret_digest,
			     struct slice *ret_bytes, struct error **err)
{
	struct slice told = exchange_header(&ask->exchange, "docker-content-digest", 0);
	enum verify_result result;

	*ret_digest = SLICE_NONE;
	*ret_bytes = body_of(ask);
	if (!told.data || !digest_valid(told))
		return 1;
	if (verify_manifest(told, body_of(ask), &ask->arena, &result, ret_bytes, err) < 0)
		return -1;
	if (result == VERIFY_EQUAL)
		*ret_digest = told;
	if (result != VERIFY_DIFFERENT)
		return 1;
	return ask_finish(registry, ask, IMAGE_INVALID,
			  "the registry says that its digest is another than it has (%.*s)", SLICE_ARG(told));
}

static int verify_asked(struct ask *ask, enum verify_result *ret_result, struct error **err)
{
	if (ask->type == IMAGE_ASK_MANIFEST)
		return verify_manifest(ask->reference, body_of(ask), &ask->arena, ret_result, &ask->answer.bytes, err);
	ask->answer.bytes = body_of(ask);
	return verify_digest(ask->reference, ask->answer.bytes, ret_result, err);
}

static int take_by_digest(struct registry *registry, struct ask *ask, struct error **err)
{
	struct slice bytes = body_of(ask);
	enum verify_result result;

	if (ask->size != INT_UNKNOWN && ask->size >= 0 && bytes.len != (uint64_t)ask->size)
		return ask_finish(registry, ask, IMAGE_INVALID, "it has %zu bytes, not %lld as its descriptor says",
				  bytes.len, (long long)ask->size);
	if (verify_asked(ask, &result, err) < 0)
		return -1;
	if (result == VERIFY_DIFFERENT)
		return ask_finish(registry, ask, IMAGE_INVALID, "the bytes that came have another digest");
	struct slice told = exchange_header(&ask->exchange, "docker-content-digest", 0), proven;
	bool another = ask->type == IMAGE_ASK_MANIFEST && !slice_equal(told, ask->reference);
	int got = another ? check_told_digest(registry, ask, &told, &proven, err) : 1;
	if (got <= 0)
		return got;
	ask->answer.digest = ask->reference;
	ask->answer.verified = result == VERIFY_EQUAL;
	return present(registry, ask);
}

static int take_by_tag(struct registry *registry, struct ask *ask, struct error **err)
{
	int got = check_told_digest(registry, ask, &ask->answer.digest, &ask->answer.bytes, err);
	if (got <= 0)
		return got;
	if (!ask->answer.digest.data && digest_of(body_of(ask), &ask->arena, &ask->answer.digest, err) < 0)
		return -1;
	ask->answer.verified = true;
	return present(registry, ask);
}

/* ECR and others have answered HEAD without a digest, or not at all. */
static int take_head(struct registry *registry, struct ask *ask, struct error **err)
{
	struct slice told = exchange_header(&ask->exchange, "docker-content-digest", 0);
	if (!told.data || !digest_valid(told)) {
		if (ask_begin_step(ask, STEP_GET, err) < 0)
			return -1;
		ask_again(registry, ask, 0);
		return 0;
	}
	ask->answer.digest = told;
	return present(registry, ask);
}

static int take_answer(struct registry *registry, struct ask *ask, struct error **err)
{
	switch (ask->step) {
	case STEP_HEAD:
		return take_head(registry, ask, err);
	case STEP_GET:
		return ask->type == IMAGE_ASK_TAG ? take_by_tag(registry, ask, err)
						  : take_by_digest(registry, ask, err);
	case STEP_LIST:
		return ask_list_page(registry, ask, err);
	default:
		return ask_referrers_page(registry, ask, err);
	}
}

/* --- refusals --- */

static bool says_absent(const struct registry_error *error)
{
	static const char *const codes[] = { "MANIFEST_UNKNOWN",      "NAME_UNKNOWN", "BLOB_UNKNOWN",
					     "MANIFEST_BLOB_UNKNOWN", "NOT_FOUND",    "TAG_INVALID" };
	/* distribution answers so where it has an index and thinks that we do not take one. */
	if (registry_error_says(error, "accept header") || registry_error_says(error, "OCI index found") ||
	    registry_error_says(error, "OCI manifest found"))
		return false;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (registry_error_has_code(error, codes[i]))
			return true;
	return false;
}

static int refuse(struct registry *registry, struct ask *ask, const struct registry_error *error, struct error **err)
{
	int status = ask->exchange.status;
	enum image_outcome outcome = IMAGE_FAILED;

	if (ask->step == STEP_LIST)
		return ask_list_refused(registry, ask, error, err);
	if (ask->step == STEP_REFERRERS || ask->step == STEP_FALLBACK)
		return ask_referrers_refused(registry, ask, error, err);
	if (status == 404 && says_absent(error))
		outcome = IMAGE_ABSENT;
	else if (status == 401 || status == 403)
		outcome = IMAGE_FORBIDDEN;
	return ask_finish(registry, ask, outcome, "status %d%s%.*s", status, error->text.len ? ": " : "",
			  SLICE_ARG(error->text));
}

/* --- redirects --- */

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* What url is relative to: where the last request went. */
static bool current_url(const struct registry *registry, const struct ask *ask, struct url *ret_url)
{
	if (!ask->endpoint)
		*ret_url = registry->url;
	else if (!url_parse(slice_of(ask->endpoint->name), ret_url))
		return false;
	ret_url->path = strbuf_slice(&ask->path);
	return true;
}

/* NULL: it may be followed. */
static const char *redirect_fault(const struct registry *registry, const struct url *from, const struct url *to)
{
	if (from->https && !to->https)
		return "the redirect leads from https to http";
	if (!url_same_host(to, &registry->url) && address_kind_of_host(to->host) == ADDRESS_INNER)
		return "the redirect leads to an address that is not public";
	return NULL;
}

static int redirect(struct registry *registry, struct ask *ask, struct error **err)
{
	struct slice location = exchange_header(&ask->exchange, "location", 0);
	struct url from, to;

	if (ask->step == STEP_HEAD) {
		if (ask_begin_step(ask, STEP_GET, err) < 0)
			return -1;
		ask_again(registry, ask, 0);
		return 0;
	}
	if (ask->step != STEP_GET)
		return ask_finish(registry, ask, IMAGE_FAILED, "status %d: lists are not followed elsewhere",
				  ask->exchange.status);
	if (++ask->redirects > LIMIT_REDIRECTS)
		return ask_finish(registry, ask, IMAGE_FAILED, "more than %d redirects", LIMIT_REDIRECTS);
	if (!location.len || !current_url(registry, ask, &from) || !url_resolve(&from, location, &ask->url) ||
	    !url_parse(strbuf_slice(&ask->url), &to))
		return ask_finish(registry, ask, IMAGE_FAILED, "the redirect leads to no URL that can be followed");
	const char *fault = redirect_fault(registry, &from, &to);
	if (fault)
		return ask_finish(registry, ask, IMAGE_FAILED, "%s", fault);
	int got = registry_endpoint(registry, &to, !url_same_host(&to, &registry->url), &ask->endpoint, err);
	if (got < 0)
		return -1;
	if (!got)
		return ask_finish(registry, ask, IMAGE_FAILED, "%s", strbuf_text(&registry->endpoint_why));
	strbuf_clear(&ask->path);
	url_add_path(&ask->path, &to);
	if (strbuf_failed(&ask->path, err))
		return -1;
	ask_again(registry, ask, 0);
	return 0;
}

/* --- the end of a request --- */

static int limited(struct registry *registry, struct ask *ask)
{
	int64_t wait_ms = limit_wait_ms(registry, &ask->exchange, &ask->patience);
	if (wait_ms < 0) {
		limit_exhaust(registry, ask);
		return ask_finish(registry, ask, IMAGE_LIMITED, "too many requests, says the registry (429)");
	}
	/* Last: where the limit is its own alone the others tell so by their answers. */
	ask->retry_at_ms = clock_ms() + wait_ms;
	line_push(&registry->waiting, ask);
	return 0;
}

/* No connection came about: the others would wait as long for nothing. */
static bool is_out_of_reach(enum http_failure failure)
{
	return failure == HTTP_RESOLVE || failure == HTTP_CONNECT || failure == HTTP_PROXY || failure == HTTP_TLS;
}

/* The first thing that goes wrong with a registry of one's own. */
#define TLS_WAYS_OUT "; --ca-file is for an authority of one's own, --plain-http for a registry without TLS"

static const char *way_out(const struct ask *ask, const struct http_event *event)
{
	return !ask->endpoint && event->failure == HTTP_TLS ? TLS_WAYS_OUT : "";
}

static int broken(struct registry *registry, struct ask *ask, const struct http_event *event)
{
	bool again = ask->exchange.status && (event->failure == HTTP_CUT || event->failure == HTTP_TIMEOUT);

	if (again && ask->retries < registry->options.retries) {
		ask_again(registry, ask, AGAIN_MS << (ask->retries < 6 ? ask->retries : 6));
		ask->retries++;
		return 0;
	}
	if (!ask->endpoint && !ask->exchange.status && is_out_of_reach(event->failure)) {
		registry->down_ms = clock_ms() + DOWN_MS;
		strbuf_clear(&registry->down_why);
		strbuf_add_slice(&registry->down_why, event->message);
		strbuf_add_text(&registry->down_why, way_out(ask, event));
	}
	return ask_finish(registry, ask, IMAGE_FAILED, "%.*s%s", SLICE_ARG(event->message), way_out(ask, event));
}

/* A signed address holds for minutes; the registry gives out another. */
static bool is_ended_address(const struct ask *ask)
{
	return ask->endpoint && !ask->restarted && (ask->exchange.status == 403 || ask->exchange.status == 400);
}

static int refused(struct registry *registry, struct ask *ask, struct error **err)
{
	struct registry_error error;
	int status = ask->exchange.status;

	if (is_ended_address(ask)) {
		ask->restarted = true;
		if (ask_begin(registry, ask, err) < 0)
			return -1;
		ask_again(registry, ask, 0);
		return 0;
	}
	/* HEAD has no body that would say why, and some registries know no HEAD. */
	if (ask->step == STEP_HEAD && status != 401) {
		if (status >= 500 && status != 501)
			return ask_finish(registry, ask, IMAGE_FAILED, "status %d", status);
		if (ask_begin_step(ask, STEP_GET, err) < 0)
			return -1;
		ask_again(registry, ask, 0);
		return 0;
	}
	if (ask_read_error(ask, &error, err) < 0)
		return -1;
	int echoed = auth_is_echoed(registry, ask, &error, err);
	if (echoed < 0)
		return -1;
	if (echoed)
		error.text = SLICE("what it says holds the login, and is not shown");
	if (!ask->endpoint && (status == 401 || auth_is_refusal(ask, status, &error)))
		return auth_refused(registry, ask, &error, err);
	return refuse(registry, ask, &error, err);
}

static int ended(struct registry *registry, struct ask *ask, const struct http_event *event, struct error **err)
{
	int status = ask->exchange.status;

	registry->under_way--;
	registry->secret_bytes -= ask->secret_bytes;
	registry->known = true;
	registry->facts.bytes += event->wire_bytes;
	limit_note(registry, &ask->exchange);
	if (ask->too_large && status / 100 == 2)
		return ask_finish(registry, ask, IMAGE_INVALID, "it is larger than %zu bytes", ask->body_max);
	if (event->failure == HTTP_CANCELLED && !ask->too_large)
		return ask_finish(registry, ask, IMAGE_INTERRUPTED, "interrupted");
	if (event->failure != HTTP_OK && !ask->too_large)
		return broken(registry, ask, event);
	if (status == 429)
		return limited(registry, ask);
	limit_over(registry, ask);
	if (status / 100 == 2 || status / 100 == 4)
		ask->patience = (struct patience){ 0 };
	if (is_redirect(status)) {
		auth_accepted(registry, ask);
		return redirect(registry, ask, err);
	}
	if (status == 200) {
		auth_accepted(registry, ask);
		return take_answer(registry, ask, err);
	}
	return refused(registry, ask, err);
}

static int head_came(struct registry *registry, struct ask *ask, const struct http_event *event, struct error **err)
{
	if (event->status != 401 && event->status != 429)
		registry->known = true;
	strbuf_add_slice(&ask->content_type, event->content_type);
	if (event->status != 200)
		ask->body_max = LIMIT_REGISTRY_ERROR_BYTES;
	if (strbuf_failed(&ask->content_type, err))
		return -1;
	return exchange_keep_head(&ask->exchange, event, err);
}

static int data_came(struct registry *registry, struct ask *ask, struct slice bytes, struct error **err)
{
	size_t room = ask->body_max - ask->body.len;

	if (ask->too_large)
		return 0;
	strbuf_add_slice(&ask->body, slice_part(bytes, 0, room));
	if (bytes.len > room) {
		ask->too_large = true;
		http_cancel(registry->queue, &ask->exchange);
	}
	return strbuf_failed(&ask->body, err) ? -1 : 0;
}

int registry_receive(struct registry *registry, const struct http_event *event, struct error **err)
{
	struct exchange *exchange = event->owner;
	struct ask *ask = (struct ask *)exchange;

	if (exchange->kind == EXCHANGE_TOKEN)
		return auth_receive(registry, exchange, event, err);
	switch (event->type) {
	case HTTP_WAIT:
		registry->facts.requests++;
		return 0;
	case HTTP_HEAD:
		return head_came(registry, ask, event, err);
	case HTTP_DATA:
		return data_came(registry, ask, event->bytes, err);
	default:
		return ended(registry, ask, event, err);
	}
}
