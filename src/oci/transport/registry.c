#include "oci/transport/registry.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "model/field.h"
#include "oci/transport/registry_internal.h"

#define WIDTH_DEFAULT 32
#define RETRIES_DEFAULT 4
#define PATIENCE_MS_DEFAULT 120000
/* What an ask that is not in use keeps of a large body. */
#define KEPT_BODY_BYTES (64 * LIMIT_KIB)

/* --- lines --- */

void line_push(struct ask_line *line, struct ask *ask)
{
	ask->next = NULL;
	if (line->last)
		line->last->next = ask;
	else
		line->first = ask;
	line->last = ask;
}

void line_push_first(struct ask_line *line, struct ask *ask)
{
	ask->next = line->first;
	line->first = ask;
	if (!line->last)
		line->last = ask;
}

void line_move_first(struct ask_line *to, struct ask_line *from)
{
	if (!from->first)
		return;
	from->last->next = to->first;
	to->first = from->first;
	if (!to->last)
		to->last = from->last;
	*from = (struct ask_line){ 0 };
}

struct ask *line_pop(struct ask_line *line)
{
	struct ask *ask = line->first;
	if (!ask)
		return NULL;
	line->first = ask->next;
	if (!line->first)
		line->last = NULL;
	ask->next = NULL;
	return ask;
}

/* --- asks --- */

static void ask_free(struct ask *ask)
{
	strbuf_release(&ask->exchange.head);
	strbuf_release(&ask->exchange.date);
	strbuf_release(&ask->words);
	strbuf_release(&ask->path);
	strbuf_release(&ask->url);
	strbuf_release(&ask->content_type);
	strbuf_release(&ask->body);
	strbuf_release(&ask->merged);
	strbuf_release(&ask->why);
	map_release(&ask->met);
	arena_release(&ask->arena);
	mem_free(ask);
}

static struct ask *ask_new(struct registry *registry)
{
	struct ask *ask = mem_alloc_zeroed(1, sizeof *ask);
	if (!ask)
		return NULL;
	ask->older = registry->asks;
	registry->asks = ask;
	ask->exchange.head = (struct strbuf)STRBUF_INIT(LIMIT_HTTP_HEAD_BYTES);
	ask->exchange.date = (struct strbuf)STRBUF_INIT(LIMIT_KIB);
	ask->words = ask->path = ask->url = (struct strbuf)STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	ask->content_type = (struct strbuf)STRBUF_INIT(LIMIT_KIB);
	ask->body = (struct strbuf)STRBUF_INIT(LIMIT_LIST_BODY_BYTES);
	ask->merged = (struct strbuf)STRBUF_INIT(LIMIT_MANIFEST_BODY_BYTES);
	ask->why = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	ask->arena = (struct arena)ARENA_INIT(2 * LIMIT_LIST_BODY_BYTES);
	return ask;
}

/* What the next one may not see; its memory stays. */
static void ask_reset(struct ask *ask)
{
	struct ask kept = *ask;
	if (kept.body.capacity > KEPT_BODY_BYTES)
		strbuf_release(&kept.body);
	strbuf_clear(&kept.merged);
	map_clear(&kept.met);
	*ask = (struct ask){
		.older = kept.older,
		.exchange = kept.exchange,
		.words = kept.words,
		.path = kept.path,
		.url = kept.url,
		.content_type = kept.content_type,
		.body = kept.body,
		.merged = kept.merged,
		.met = kept.met,
		.why = kept.why,
		.arena = kept.arena,
	};
	strbuf_clear(&ask->words);
	strbuf_clear(&ask->why);
}

static void add_word(struct strbuf *words, struct slice word, size_t *ret_at)
{
	*ret_at = words->len;
	strbuf_add_slice(words, word);
}

static struct slice word_at(const struct strbuf *words, struct slice word, size_t at)
{
	return word.data ? (struct slice){ strbuf_text(words) + at, word.len } : word;
}

static int copy_words(struct ask *ask, const struct image_ask *asked, struct error **err)
{
	size_t repository, reference, media_type;
	add_word(&ask->words, asked->repository, &repository);
	add_word(&ask->words, asked->reference, &reference);
	add_word(&ask->words, asked->media_type, &media_type);
	if (strbuf_failed(&ask->words, err))
		return -1;
	ask->repository = word_at(&ask->words, asked->repository, repository);
	ask->reference = word_at(&ask->words, asked->reference, reference);
	ask->media_type = word_at(&ask->words, asked->media_type, media_type);
	return 0;
}

static int source_ask(struct image_source *source, const struct image_ask *asked, void *owner, struct error **err)
{
	struct registry *registry = (struct registry *)source;
	struct ask *ask = line_pop(&registry->free);

	if (!ask && !(ask = ask_new(registry)))
		return error_no_memory(err);
	ask_reset(ask);
	ask->type = asked->type;
	ask->owner = owner;
	ask->size = asked->size;
	ask->tags_listed = asked->tags_listed;
	if (copy_words(ask, asked, err) < 0 || (ask_is_sound(ask) && ask_begin(registry, ask, err) < 0)) {
		line_push_first(&registry->free, ask);
		return -1;
	}
	if (!ask_is_sound(ask))
		return ask_finish(registry, ask, IMAGE_INVALID, "the name is none that a registry has");
	line_push(&registry->waiting, ask);
	return registry_send_waiting(registry, err);
}

/* --- answers --- */

static void ask_give_broken(struct registry *registry, struct ask *ask)
{
	ask->answer = (struct image_answer){ .outcome = IMAGE_FAILED, .last = true, .why = strbuf_slice(&ask->why) };
	line_push(&registry->ready, ask);
}

/* What the last call gave out: it goes on with its next page, or is free. */
static void take_back(struct registry *registry)
{
	struct ask *ask = TAKE_PTR(registry->given);
	if (!ask)
		return;
	arena_clear(&ask->arena);
	if (ask->answer.last)
		auth_leave(ask);
	if (ask->answer.last)
		line_push_first(&registry->free, ask);
	else if (ask->broken)
		ask_give_broken(registry, ask);
	else
		line_push_first(&registry->waiting, ask);
}

static bool give(struct registry *registry, struct image_answer *ret_answer)
{
	struct ask *ask = line_pop(&registry->ready);
	if (!ask)
		return false;
	registry->given = ask;
	*ret_answer = ask->answer;
	ret_answer->owner = ask->owner;
	return true;
}

static int time_left(int timeout_ms, int64_t until_ms)
{
	int64_t left = until_ms - clock_ms();
	if (timeout_ms < 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

static int source_next(struct image_source *source, int timeout_ms, struct image_answer *ret_answer, struct error **err)
{
	struct registry *registry = (struct registry *)source;
	int64_t until_ms = clock_ms() + (timeout_ms > 0 ? timeout_ms : 0);
	struct http_event event;

	take_back(registry);
	for (;;) {
		if (registry_send_waiting(registry, err) < 0)
			return -1;
		if (give(registry, ret_answer))
			return 1;
		int left = time_left(timeout_ms, until_ms),
		    alone = registry->waiting.first ? registry_unknown_ms(registry) : 0;
		bool shorter = alone && (left < 0 || alone < left);
		int got = http_next(registry->queue, shorter ? alone : left, &event, err);
		if (got == 0 && shorter && registry->under_way)
			continue;
		if (got <= 0)
			return got;
		if (registry_receive(registry, &event, err) < 0)
			return -1;
	}
}

static size_t source_width(const struct image_source *source)
{
	return ((const struct registry *)source)->options.width;
}

static void source_close(struct image_source *source)
{
	registry_free((struct registry *)source);
}

/* --- making one --- */

static struct slice real_host(struct slice host)
{
	if (slice_equal_nocase(host, SLICE("docker.io")) || slice_equal_nocase(host, SLICE("index.docker.io")))
		return SLICE("registry-1.docker.io");
	return host;
}

static int copy_text(struct strbuf *texts, struct slice *text, struct error **err)
{
	size_t at = texts->len;
	strbuf_add_slice(texts, *text);
	if (strbuf_failed(texts, err))
		return -1;
	*text = word_at(texts, *text, at);
	return 0;
}

static int copy_token_hosts(struct registry *registry, struct error **err)
{
	struct slice_list given = registry->options.token_hosts;
	struct slice *hosts = arena_zeroed(&registry->arena, given.len + 1, sizeof *hosts);
	registry->options.token_hosts = (struct slice_list){ 0 };
	if (!hosts)
		return arena_fail(&registry->arena, err);
	for (size_t i = 0; i < given.len; i++)
		if (arena_copy(&registry->arena, given.items[i], &hosts[i]) < 0)
			return arena_fail(&registry->arena, err);
	registry->options.token_hosts = (struct slice_list){ hosts, given.len };
	return 0;
}

/* All texts are added before the first is pointed to: the buffer moves while it grows. */
static int copy_options(struct registry *registry, const struct registry_options *options, struct error **err)
{
	struct registry_options *own = &registry->options;
	*own = *options;
	own->host = real_host(options->host);
	if (!own->login_registry.data)
		own->login_registry = options->host;
	registry->texts = (struct strbuf)STRBUF_INIT(LIMIT_CREDENTIAL_FILE_BYTES * 4);
	struct slice *const texts[] = { &own->host, &own->login_registry, &own->ca_pem, &own->proxy };
	size_t all = 0;
	if (copy_token_hosts(registry, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		all += texts[i]->len;
	strbuf_add_repeat(&registry->texts, ' ', all + 1);
	strbuf_cut(&registry->texts, 0);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (copy_text(&registry->texts, texts[i], err) < 0)
			return -1;
	own->width = own->width ? own->width : WIDTH_DEFAULT;
	own->retries = own->retries ? own->retries : RETRIES_DEFAULT;
	own->patience_ms = own->patience_ms ? own->patience_ms : PATIENCE_MS_DEFAULT;
	own->secret_bytes = own->secret_bytes ? own->secret_bytes : LIMIT_REGISTRY_SECRET_BYTES;
	own->proxy_url = &registry->proxy_url;
	if (!options->proxy_url || !secret_is_set(options->proxy_url))
		return 0;
	return secret_copy(&registry->proxy_url, secret_reveal(options->proxy_url), err);
}

static int start(struct registry *registry, const struct registry_options *options, struct error **err)
{
	if (copy_options(registry, options, err) < 0)
		return -1;
	if (!url_parse_host(registry->options.host, !options->plain_http, &registry->url))
		return error_set(err, ERROR_USAGE, "the registry's name is none: %.*s", SLICE_ARG(options->host));
	if (http_queue_new(registry->http, LIMIT_HTTP_QUEUE_BYTES, &registry->queue, err) < 0)
		return -1;
	int got = registry_endpoint(registry, &registry->url, false, &registry->home, err);
	return got ? got < 0 ? -1 : 0 : error_set(err, ERROR_USAGE, "%s", strbuf_text(&registry->endpoint_why));
}

int registry_new(struct http *http, const struct registry_options *options, struct registry **ret_registry,
		 struct error **err)
{
	static const struct image_source_ops ops = {
		.ask = source_ask,
		.next = source_next,
		.width = source_width,
		.close = source_close,
	};
	struct registry *registry = mem_alloc_zeroed(1, sizeof *registry);
	if (!registry)
		return error_no_memory(err);
	registry->source.ops = &ops;
	registry->http = http;
	registry->arena = (struct arena)ARENA_INIT(LIMIT_CREDENTIAL_FILE_BYTES);
	registry->warning = registry->down_why = registry->auth.down_why = registry->endpoint_why =
		(struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	registry->auth.realm = registry->auth.service = registry->auth.catalog_scope = registry->auth.login =
		(struct strbuf)STRBUF_INIT(LIMIT_HTTP_HEAD_BYTES);
	registry->facts =
		(struct registry_facts){ .limit = INT_UNKNOWN, .remaining = INT_UNKNOWN, .limit_seconds = INT_UNKNOWN };
	if (start(registry, options, err) < 0) {
		registry_free(registry);
		return -1;
	}
	registry->open = registry->options.width;
	*ret_registry = registry;
	return 0;
}

struct image_source *registry_source(struct registry *registry)
{
	return &registry->source;
}

const struct registry_facts *registry_facts(const struct registry *registry)
{
	return &registry->facts;
}

static void free_endpoints(struct registry *registry)
{
	while (registry->endpoints) {
		struct endpoint *endpoint = registry->endpoints;
		registry->endpoints = endpoint->next;
		http_origin_free(endpoint->origin);
		mem_free(endpoint->name);
		mem_free(endpoint);
	}
}

struct registry *registry_free(struct registry *registry)
{
	if (!registry)
		return NULL;
	/* First of all: events in it point to asks. */
	http_queue_free(registry->queue);
	free_endpoints(registry);
	auth_release(registry);
	limit_release(registry);
	while (registry->asks) {
		struct ask *ask = registry->asks;
		registry->asks = ask->older;
		ask_free(ask);
	}
	strbuf_release(&registry->texts);
	arena_release(&registry->arena);
	strbuf_release(&registry->warning);
	strbuf_release(&registry->down_why);
	strbuf_release(&registry->endpoint_why);
	secret_release(&registry->proxy_url);
	return mem_free(registry);
}
