#include "base/alloc.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "collect/cluster/live_internal.h"

#define JSON_TYPE "application/json"
#define PROTOBUF_TYPE "application/vnd.kubernetes.protobuf"
#define METADATA ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

static int on_event(struct live_owner *owner, const struct http_event *event, struct error **err);

/* --- making it --- */

static int set_text(struct strbuf *buffer, struct slice text, struct error **err)
{
	strbuf_clear(buffer);
	strbuf_add_slice(buffer, text);
	return strbuf_failed(buffer, err) ? -1 : 0;
}

struct live_list *live_list_new(struct live_cluster *cluster, const struct live_resource *resource,
				struct slice namespace, struct error **err)
{
	struct live_list *list = mem_alloc_zeroed(1, sizeof *list);
	if (!list) {
		error_no_memory(err);
		return NULL;
	}
	list->owner.event = on_event;
	list->cluster = cluster;
	list->resource = resource;
	list->version = resource->version;
	list->about = (struct object_list_about){
		.kind = slice_of(resource->kind),
		.group = slice_of(resource->group),
		.version = slice_of(resource->version),
		.resource = slice_of(resource->resource),
		.namespace = namespace,
		.subtype = SLICE("*"),
		.metadata_only = cluster->live->options.metadata_only && live_is_secret(resource),
	};
	list->content_type = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	list->refusal = (struct strbuf)STRBUF_INIT(LIMIT_REFUSAL_BYTES);
	list->why = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	list->token = list->next_token = (struct strbuf)STRBUF_INIT(LIVE_TOKEN_BYTES);
	return list;
}

#define OTHER_TYPES "type!=kubernetes.io/service-account-token,type!=helm.sh/release.v1"

struct live_list *live_list_secrets(struct live_cluster *cluster, struct slice namespace, size_t secret_list,
				    struct error **err)
{
	static const struct {
		const char *type, *selector;
	} lists[LIVE_SECRET_LISTS] = {
		{ "kubernetes.io/dockerconfigjson", "type=kubernetes.io/dockerconfigjson" },
		{ "kubernetes.io/dockercfg", "type=kubernetes.io/dockercfg" },
	};
	struct live_list *list = live_list_new(cluster, live_resource_of("Secret"), namespace, err);
	if (!list)
		return NULL;
	list->secret_list = secret_list;
	list->field_selector = SLICE(OTHER_TYPES);
	if (cluster->live->options.all_secrets)
		return list;
	list->about.subtype = slice_of(lists[secret_list].type);
	list->field_selector = slice_of(lists[secret_list].selector);
	return list;
}

/* Where each namespace has its lists there are many: what only a page needs goes with the last one. */
static void release_page(struct live_list *list)
{
	strbuf_release(&list->content_type);
	strbuf_release(&list->refusal);
	strbuf_release(&list->token);
	strbuf_release(&list->next_token);
}

struct live_list *live_list_free(struct live_list *list)
{
	if (!list)
		return NULL;
	object_stream_free(list->stream);
	framer_free(list->framer);
	mem_free(list->resource_version);
	error_free(list->fatal);
	release_page(list);
	strbuf_release(&list->why);
	return mem_free(list);
}

static struct frozen_about frozen_about(const struct live_list *list)
{
	return (struct frozen_about){
		.kind = list->about.kind,
		.group = list->about.group,
		.version = list->about.version,
		.resource = list->about.resource,
		.namespace = list->about.namespace,
		.subtype = list->about.subtype,
		.metadata_only = list->about.metadata_only,
	};
}

static int open_streams(struct live_list *list, struct error **err)
{
	struct frozen_about about = frozen_about(list);
	if (object_stream_open(&list->cluster->context, &list->about, &list->stream, err) < 0)
		return -1;
	if (!list->cluster->source.frozen || list->frozen)
		return 0;
	return frozen_list_open(list->cluster->source.frozen, &about, &list->frozen, err);
}

/* --- its end --- */

int live_list_finish(struct live_list *list, const char *outcome, struct slice why, struct error **err)
{
	struct object_stream_end end = { .outcome = slice_of(outcome), .why = why };
	list->done = true;
	list->framer = framer_free(list->framer);
	if (!list->stream && open_streams(list, err) < 0)
		return -1;
	object_stream_judge(list->stream, &end);
	list->outcome = end.outcome;
	list->whole = slice_equal_text(end.outcome, "complete") || slice_equal_text(end.outcome, "metadata");
	utf8_add_printable(&list->why, end.why);
	if (live_cluster_note(list->cluster, list, end.outcome.data, end.why, err) < 0)
		return -1;
	struct frozen_list_end frozen = {
		.outcome = end.outcome,
		.why = end.why,
		.resource_version = slice_of(list->resource_version),
		.objects = object_stream_objects(list->stream),
	};
	if (list->frozen && frozen_list_close(TAKE_PTR(list->frozen), &frozen, err) < 0)
		return -1;
	int closed = object_stream_close(list->stream, &end, err);
	list->stream = NULL;
	release_page(list);
	return closed;
}

static int finish_under_way(struct live_list *list, const char *outcome, struct slice why, struct error **err)
{
	list->cluster->under_way--;
	return live_list_finish(list, outcome, why, err);
}

static int finish_failed(struct live_list *list, struct error *why, struct error **err)
{
	if (why->code == ERROR_NO_MEMORY)
		return error_set(err, ERROR_NO_MEMORY, "%s", why->message);
	return finish_under_way(list, "failed", slice_of(why->message), err);
}

/* --- what a page brings --- */

static bool is_kind_asked_for(const struct live_list *list, struct slice kind)
{
	struct slice asked = list->about.metadata_only ? SLICE("PartialObjectMetadata") : list->about.kind;
	if (!slice_ends_with(kind, "List"))
		return false;
	return list->resource->custom || slice_equal(slice_part(kind, 0, kind.len - 4), asked);
}

/* Something that answers {"items": []} to whatever it is asked must not pass for an empty cluster. */
static int check_head(const struct live_list *list, const struct list_head *head, struct error **err)
{
	if (!head->offered)
		return 0;
	if (!is_kind_asked_for(list, head->kind))
		return error_set(err, ERROR_SYNTAX, "%.*s in place of a %.*sList",
				 SLICE_ARG(head->kind.len ? head->kind : SLICE("a list without a kind")),
				 SLICE_ARG(list->about.kind));
	if (head->remaining > 0 && !head->continue_token.len)
		return error_set(err, ERROR_SYNTAX, "the list ends, and the server says that there are %lld more",
				 (long long)head->remaining);
	return 0;
}

static int on_head(void *data, const struct list_head *head, struct error **err)
{
	struct live_list *list = data;
	if (check_head(list, head, err) < 0)
		return -1;
	if (head->continue_token.data && set_text(&list->next_token, head->continue_token, err) < 0)
		return error_context(err, "the continue token");
	if (!list->resource_version && head->resource_version.len) {
		list->resource_version = mem_copy_text(head->resource_version.data, head->resource_version.len);
		if (!list->resource_version)
			return error_no_memory(err);
	}
	return 0;
}

static int decode(struct live_list *list, struct slice item, struct error **err)
{
	pthread_mutex_t *lock = live_is_secret(list->resource) ? &list->cluster->live->secrets : NULL;
	if (lock)
		pthread_mutex_lock(lock);
	int result = list->in_protobuf ? object_stream_protobuf(list->stream, item, err)
				       : object_stream_json(list->stream, item, err);
	if (lock)
		pthread_mutex_unlock(lock);
	return result;
}

/* Only an item that no attempt came to before shows that the next attempt may come further. */
static void count_item(struct live_list *list)
{
	if (++list->page_items <= list->page_items_most)
		return;
	list->page_items_most = list->page_items;
	list->cuts = 0;
}

static int take_item(struct live_list *list, struct slice item, struct error **err)
{
	if (decode(list, item, err) < 0)
		return -1;
	count_item(list);
	if (list->frozen && frozen_list_item(list->frozen, item, err) < 0)
		return -1;
	if (list->cluster->follower)
		return live_follow_listed(list, err);
	if (!live_is_namespace(list->resource))
		return 0;
	const struct object_stream_last *last = object_stream_last(list->stream);
	return live_cluster_add_namespace(list->cluster, last->name, last->uid, err);
}

static int on_item(void *data, struct slice item, struct error **err)
{
	struct live_list *list = data;
	if (list->passed++ < list->skip)
		return 0;
	return take_item(list, item, &list->fatal) < 0 ? error_set(err, ERROR_SYSTEM, "ended") : 0;
}

static int on_lost(void *data, uint64_t bytes, struct error **err)
{
	struct live_list *list = data;
	char text[96];
	if (list->passed++ < list->skip)
		return 0;
	count_item(list);
	snprintf(text, sizeof text, "an object of %llu bytes, larger than any may be", (unsigned long long)bytes);
	if (object_stream_lost(list->stream, "too_large", slice_of(text), &list->fatal) < 0 ||
	    (list->frozen && frozen_list_lost(list->frozen, &list->fatal) < 0))
		return error_set(err, ERROR_SYSTEM, "ended");
	return 0;
}

static const struct framer_calls calls = { .head = on_head, .item = on_item, .lost = on_lost };

/* --- a page --- */

static struct slice accept_of(const struct live_list *list)
{
	bool json = list->json_alone || list->cluster->source.frozen ||
		    list->cluster->live->options.encoding == LIVE_ENCODING_JSON || list->resource->custom;
	if (list->about.metadata_only)
		return json ? SLICE(JSON_TYPE METADATA) : SLICE(PROTOBUF_TYPE METADATA ", " JSON_TYPE METADATA);
	return json ? SLICE(JSON_TYPE) : SLICE(PROTOBUF_TYPE ", " JSON_TYPE);
}

static int send_page(struct live_list *list, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	CLEANUP(error_freep) struct error *why = NULL;
	struct live_cluster *cluster = list->cluster;
	unsigned limit = cluster->live->options.page;
	struct live_page page = {
		.resource = list->resource,
		.version = list->version,
		.namespace = list->about.namespace,
		.field_selector = list->field_selector,
		.limit = limit ? limit : LIVE_PAGE,
		.continue_token = list->token.len ? strbuf_slice(&list->token) : SLICE_NONE,
	};
	live_page_path(&page, &path);
	list->status = 0;
	list->passed = 0;
	list->framer = framer_free(list->framer);
	strbuf_clear(&list->refusal);
	strbuf_clear(&list->next_token);
	struct kube_request request = {
		.path = strbuf_slice(&path),
		.accept = accept_of(list),
		.whole_ms = LIVE_PAGE_MS,
	};
	int sent = strbuf_failed(&path, &why) ? -1
					      : kube_server_send(cluster->server, cluster->queue, &request, list, &why);
	list->login = kube_server_login_number(cluster->server);
	list->asked = sent == 0;
	if (sent == 0)
		return 0;
	live_cluster_break(cluster, slice_of(why->message));
	return finish_failed(list, why, err);
}

int live_list_start(struct live_list *list, struct error **err)
{
	list->started = true;
	if (open_streams(list, err) < 0)
		return -1;
	list->cluster->under_way++;
	if (list->cluster->follower && live_follow_began(list, err) < 0)
		return -1;
	return send_page(list, err);
}

/* From its start: what was taken is put again, and the store keeps the later state. */
static int restart(struct live_list *list, struct error **err)
{
	list->cluster->context.objects -= object_stream_objects(list->stream); /* they come again */
	list->stream = object_stream_free(list->stream);
	list->resource_version = mem_free(list->resource_version);
	list->page_items = list->skip = 0;
	if (live_is_namespace(list->resource))
		vec_clear(&list->cluster->namespaces);
	strbuf_clear(&list->token);
	if (list->frozen && frozen_list_restart(list->frozen, err) < 0)
		return -1;
	if (list->cluster->follower && live_follow_began(list, err) < 0)
		return -1;
	return open_streams(list, err) < 0 ? -1 : send_page(list, err);
}

static int next_page(struct live_list *list, struct error **err)
{
	if (++list->pages > LIMIT_LIST_PAGES)
		return finish_under_way(list, "failed", SLICE("the list does not come to an end"), err);
	if (set_text(&list->token, strbuf_slice(&list->next_token), err) < 0)
		return -1;
	list->page_items = list->page_items_most = list->skip = 0;
	list->rejections = 0;
	return send_page(list, err);
}

static int page_done(struct live_list *list, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (framer_end(list->framer, &why) < 0)
		return list->fatal ? error_move(err, &list->fatal) : finish_failed(list, why, err);
	if (list->next_token.len && slice_equal(strbuf_slice(&list->next_token), strbuf_slice(&list->token)))
		return finish_under_way(list, "failed", SLICE("the server gives the same page again and again"), err);
	list->empty_pages = list->page_items ? 0 : list->empty_pages + 1;
	if (list->next_token.len && list->empty_pages > LIVE_EMPTY_PAGES)
		return finish_under_way(list, "failed", SLICE("the server gives empty pages without end"), err);
	if (list->next_token.len)
		return next_page(list, err);
	if (list->mixed)
		return finish_under_way(list, "mixed",
					SLICE("the list expired while it was read, and goes on with a later state"),
					err);
	return finish_under_way(list, list->about.metadata_only ? "metadata" : "complete", SLICE_NONE, err);
}

/* The answer broke off. A page with a token is the same when it is asked for again; the first one is another state. */
static int ask_again(struct live_list *list, struct slice why, struct error **err)
{
	if (++list->cuts > LIVE_CUTS)
		return finish_under_way(list, "failed", why, err);
	if (!list->token.len)
		return restart(list, err);
	list->skip = list->page_items;
	return send_page(list, err);
}

/* --- refusals --- */

static int on_rejection(struct live_list *list, struct slice why, struct error **err)
{
	CLEANUP(error_freep) struct error *failed = NULL;
	if (list->rejections++)
		return finish_under_way(list, "failed", why, err);
	int again = kube_server_rejected(list->cluster->server, list->login, &failed);
	if (again < 0) {
		live_cluster_break(list->cluster, slice_of(failed->message));
		return finish_failed(list, failed, err);
	}
	if (!again)
		return finish_under_way(list, "failed", why, err);
	list->skip = list->page_items;
	return send_page(list, err);
}

/* The continue token is too old. Twice the list begins again; after that, going on with a later state is better than
 * never coming to an end. */
static int on_expired(struct live_list *list, struct slice token, struct slice why, struct error **err)
{
	CLEANUP(error_freep) struct error *too_large = NULL;
	int64_t objects = object_stream_objects(list->stream);
	if (list->restarts++ < LIVE_RESTARTS) {
		list->page_items_most = 0;
		return restart(list, err);
	}
	if (!token.len || (list->mixed && objects == list->mixed_objects))
		return finish_under_way(list, "failed", why, err);
	list->mixed = true;
	list->mixed_objects = objects;
	if (set_text(&list->next_token, token, &too_large) < 0) {
		error_context(&too_large, "the continue token");
		return finish_failed(list, too_large, err);
	}
	return next_page(list, err);
}

/* Every API server serves the other kinds: where one of them is not found, something else answers. */
static bool may_be_missing(const struct live_list *list)
{
	return list->resource->custom || list->resource->older_version;
}

static int on_not_found(struct live_list *list, struct slice why, struct error **err)
{
	const char *older = list->resource->older_version;
	if (!may_be_missing(list))
		return finish_under_way(list, "failed", why, err);
	if (!older || list->version == older) {
		list->not_served = true;
		return finish_under_way(list, "complete", SLICE("the server does not serve it: there are none"), err);
	}
	list->version = older;
	list->about.version = slice_of(older);
	return send_page(list, err);
}

/* An API server says so of a group or version that it does not have, and not with a Status. */
static bool is_unknown_path(const struct live_list *list)
{
	return slice_equal_text(strbuf_slice(&list->content_type), "text/plain") &&
	       slice_starts_with(strbuf_slice(&list->refusal), "404 page not found");
}

static int on_refusal(struct live_list *list, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(8 * LIMIT_REFUSAL_BYTES);
	struct status_text said = { 0 };
	kube_server_hide_login(list->cluster->server, &list->refusal);
	if (object_read_status(strbuf_slice(&list->refusal), strbuf_slice(&list->content_type), &arena, &said, err) < 0)
		return -1;
	struct slice why = arena_printf(&arena, "HTTP %d: %.*s", list->status,
					SLICE_ARG(said.message.len ? said.message : SLICE("no reason given")));
	if (!why.data)
		return arena_fail(&arena, err);
	switch (list->status) {
	case 401:
		return on_rejection(list, why, err);
	case 403:
		list->forbidden = said.is_status && list->resource->namespaced &&
				  slice_equal_text(list->about.namespace, "*");
		return finish_under_way(list, said.is_status ? "forbidden" : "failed", why, err);
	case 404:
		return said.is_status || is_unknown_path(list) ? on_not_found(list, why, err)
							       : finish_under_way(list, "failed", why, err);
	case 406:
		if (list->json_alone)
			break;
		list->json_alone = true;
		return send_page(list, err);
	case 410:
		return on_expired(list, said.continue_token, why, err);
	}
	return finish_under_way(list, "failed", why, err);
}

/* --- events --- */

static int on_answer(struct live_list *list, const struct http_event *event, struct error **err)
{
	list->status = event->status;
	if (set_text(&list->content_type, event->content_type, err) < 0)
		return -1;
	list->in_protobuf = slice_equal_text(event->content_type, PROTOBUF_TYPE);
	bool list_comes = event->status == 200 &&
			  (list->in_protobuf || slice_equal_text(event->content_type, JSON_TYPE));
	if (!list_comes)
		return 0;
	return framer_new(list->in_protobuf ? FRAME_PROTOBUF_LIST : FRAME_JSON_LIST, &calls, list, &list->framer, err);
}

static int on_data(struct live_list *list, const struct http_event *event, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (list->done)
		return 0;
	if (!list->framer) {
		if (list->refusal.len + event->bytes.len <= LIMIT_REFUSAL_BYTES)
			strbuf_add_slice(&list->refusal, event->bytes);
		return 0;
	}
	if (framer_feed(list->framer, event->bytes, &why) == 0)
		return 0;
	if (list->fatal)
		return error_move(err, &list->fatal);
	if (why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	int finished = live_list_finish(list, "failed", slice_of(why->message), err);
	http_cancel(list->cluster->queue, list); /* its END still comes */
	return finished;
}

static int on_end(struct live_list *list, const struct http_event *event, struct error **err)
{
	list->asked = false;
	list->cluster->result->wire_bytes += event->wire_bytes;
	if (list->done) {
		list->cluster->under_way--;
		return 0;
	}
	if (event->failure == HTTP_CANCELLED)
		return finish_under_way(list, "interrupted", SLICE("interrupted while it was read"), err);
	bool broke_off = event->failure == HTTP_CUT || event->failure == HTTP_TIMEOUT;
	if (broke_off && list->framer)
		return ask_again(list, event->message, err);
	if (event->failure != HTTP_OK)
		return finish_under_way(list, "failed", event->message, err);
	if (list->framer)
		return page_done(list, err);
	if (list->status == 200) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
		struct slice why = arena_printf(
			&arena, "HTTP 200 with %s in place of a list: is there a proxy or a login page in between?",
			list->content_type.len ? strbuf_text(&list->content_type) : "no content type");
		return why.data ? finish_under_way(list, "failed", why, err) : arena_fail(&arena, err);
	}
	return on_refusal(list, err);
}

static int on_event(struct live_owner *owner, const struct http_event *event, struct error **err)
{
	struct live_list *list = (struct live_list *)(void *)owner;
	switch (event->type) {
	case HTTP_WAIT:
		live_cluster_show_waiting(list->cluster, event);
		return 0;
	case HTTP_HEAD:
		return on_answer(list, event, err);
	case HTTP_DATA:
		return on_data(list, event, err);
	case HTTP_END:
		return on_end(list, event, err);
	}
	return 0;
}
