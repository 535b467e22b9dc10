/* Changes of secrets: one watch for each list of secrets, from where the list stood. */

#include "base/alloc.h"
#include "base/limits.h"
#include "base/time.h"
#include "collect/cluster/live_change.h"
#include "collect/cluster/live_internal.h"
#include "collect/cluster/live_json.h"
#include "model/observed.h"

/* A batch of changes is one read of the store: closed after a quiet moment, or when it is this old. */
#define BATCH_QUIET_MS 150
#define BATCH_AGE USEC_PER_SECOND
/* A server ends its watches; this is when we ask it to, at random so that a thousand watches do not end together. */
#define WATCH_SECONDS 240
#define WATCH_SECONDS_MORE 120
#define IDLE_MORE_MS 30000
/* A watch that lasted so long was no failure, even when nothing happened in it. */
#define WATCH_WORTH (10 * USEC_PER_SECOND)
/* How long a failed watch waits at most before it tries again. */
#define PAUSE_MOST (30 * USEC_PER_SECOND)
#define LOOK_MS 200

enum state { WAITING, LISTING, WATCHING };

struct watch {
	struct live_owner owner; /* first */
	struct follower *follower;
	struct object_list_about about;
	struct slice field_selector;
	size_t secret_list;
	enum state state;
	struct live_list *list;       /* LISTING */
	struct object_stream *stream; /* WATCHING */
	struct framer *framer;
	struct strbuf version; /* empty: a list comes first */
	struct strbuf content_type, refusal;
	unsigned login, rejections, failures;
	int status;
	bool asked; /* a transfer's END has not come yet */
	bool expired, told;
	bool gap;      /* the server had forgotten what changed, and no list was read since */
	unsigned vain; /* short watches in a row that brought no event */
	int64_t began; /* WATCHING */
	int64_t due;   /* WAITING: when to begin */
	int64_t since; /* what happened until then is known */
	struct error *fatal;
};

struct watches {
	VEC(struct watch)
};

struct follower {
	struct live_cluster *cluster;
	struct live_change_sink sink;
	struct watches watches;
	bool open; /* a batch is */
	int64_t opened;
};

/* --- batches --- */

static int batch_open(struct follower *follower, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	struct sink_scope scope = {
		.source = cluster->address,
		.source_kind = SLICE("watch"),
		.cluster_name = cluster->facts->name,
		.cluster_uid = cluster->uid,
		.as_of = time_now(),
		.once = true,
	};
	if (follower->open)
		return 0;
	if (follower->sink.sink.ops->begin(&follower->sink.sink, &scope, &cluster->read, err) < 0)
		return -1;
	cluster->context.read = cluster->read;
	follower->open = true;
	follower->opened = cluster->as_of = scope.as_of;
	return 0;
}

static int batch_close(struct follower *follower, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	struct sink *sink = &follower->sink.sink;
	struct sink_end end = {
		.cluster_uid = cluster->uid,
		.as_of = cluster->as_of,
		.as_of_from = SLICE("clock"),
		.outcome = SLICE("complete"),
		.objects = cluster->context.objects,
		.defects = cluster->context.defects,
	};
	if (!follower->open)
		return 0;
	for (size_t i = 0; i < follower->watches.len; i++)
		if (follower->watches.items[i].state == LISTING)
			return 0; /* its coverage belongs to the same read */
	follower->open = false;
	cluster->context.objects = cluster->context.defects = 0;
	if (sink->ops->finish(sink, cluster->read, &end, err) < 0)
		return -1;
	return sink->ops->commit(sink, err);
}

/* --- telling --- */

static int tell(struct follower *follower, struct live_change *change, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	const struct live_follow *follow = cluster->live->options.follow;
	change->source = cluster->index;
	change->time = time_now();
	change->cluster = cluster->facts->name;
	change->cluster_uid = cluster->uid;
	pthread_mutex_lock(&cluster->live->telling);
	int result = follow->change(follow->data, change, err);
	pthread_mutex_unlock(&cluster->live->telling);
	return result;
}

static int tell_object(struct follower *follower, const struct watch *watch, enum live_change_kind kind,
		       const struct object_stream_last *last, struct error **err)
{
	struct live_change change = {
		.kind = kind,
		.namespace = last->namespace,
		.name = last->name,
		.uid = last->uid,
		.resource_version = last->resource_version,
		.type = follower->sink.type.data ? follower->sink.type : watch->about.subtype,
		.is_pull_secret = follower->sink.holds_secret,
		.entries = follower->sink.entries.items,
		.entry_count = follower->sink.entries.len,
	};
	return tell(follower, &change, err);
}

static void notice(struct follower *follower, const char *text)
{
	struct live_cluster *cluster = follower->cluster;
	const struct live_follow *follow = cluster->live->options.follow;
	pthread_mutex_lock(&cluster->live->telling);
	follow->notice(follow->data, cluster->index, text);
	pthread_mutex_unlock(&cluster->live->telling);
}

/* --- failures --- */

/* Twice as long each time, at random in its second half, so that a thousand watches do not come back together. */
static int64_t pause_after(unsigned failures)
{
	int64_t pause = USEC_PER_SECOND << (failures < 5 ? failures : 5);
	pause = pause < PAUSE_MOST ? pause : PAUSE_MOST;
	return pause / 2 + time_now() % (pause / 2);
}

static void fail(struct watch *watch, struct slice why)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	watch->state = WAITING;
	watch->due = time_now() + pause_after(watch->failures++);
	strbuf_clear(&watch->follower->cluster->broken);
	if (watch->told)
		return;
	watch->told = true;
	strbuf_addf(&text, "secrets are not followed at the moment, trying again: %.*s", SLICE_ARG(why));
	notice(watch->follower, strbuf_text(&text));
}

static void well(struct watch *watch)
{
	watch->failures = watch->rejections = 0;
	if (!watch->told)
		return;
	watch->told = false;
	notice(watch->follower, "secrets are followed again");
}

/* --- events --- */

/* metadata.resourceVersion, wherever it stands: of a bookmark there is nothing else. */
static int keep_version(struct watch *watch, struct slice object, struct error **err)
{
	static const char *const names[] = { "metadata", "resourceVersion", NULL };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice version = SLICE_NONE;
	int found = live_json_text(object, names, &arena, &version, err);
	if (found <= 0 || !version.len)
		return found < 0 ? -1 : 0;
	strbuf_clear(&watch->version);
	strbuf_add_slice(&watch->version, version);
	return strbuf_failed(&watch->version, err) ? -1 : 0;
}

static int put_deletion(struct follower *follower, const struct object_stream_last *last, struct error **err)
{
	struct deletion deletion;
	record_init(&deletion_type, &deletion);
	deletion.kind = SLICE("Secret");
	deletion.uid = last->uid;
	deletion.namespace = last->namespace;
	deletion.name = last->name;
	deletion.deleted = time_now();
	return follower->sink.sink.ops->put(&follower->sink.sink, follower->cluster->read, &deletion_type, &deletion,
					    err);
}

static int decode(struct follower *follower, struct object_stream *stream, struct slice object, struct error **err)
{
	pthread_mutex_t *lock = &follower->cluster->live->secrets;
	live_change_sink_clear(&follower->sink);
	pthread_mutex_lock(lock);
	int result = object_stream_json(stream, object, err);
	pthread_mutex_unlock(lock);
	return result;
}

static int take_change(struct watch *watch, enum live_change_kind kind, struct slice object, struct error **err)
{
	struct follower *follower = watch->follower;
	if (batch_open(follower, err) < 0 || decode(follower, watch->stream, object, err) < 0)
		return -1;
	const struct object_stream_last *last = object_stream_last(watch->stream);
	if (!last->name.len)
		return 0; /* a defect was put */
	if (kind == LIVE_DELETED && put_deletion(follower, last, err) < 0)
		return -1;
	int told = tell_object(follower, watch, kind, last, err);
	live_change_sink_clear(&follower->sink); /* the next one may be an item of another watch's list */
	return told;
}

/* The server gave up: 410 when it has forgotten what we want to go on from. */
static int take_error(struct watch *watch, struct slice object, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct status_text said = { 0 };
	if (object_read_status(object, SLICE("application/json"), &arena, &said, err) < 0)
		return -1;
	watch->expired = said.code == 410;
	if (!watch->expired)
		fail(watch, said.message.len ? said.message : SLICE("the server ended the watch with an error"));
	return 0;
}

static int take_event(struct watch *watch, struct slice type, struct slice object, struct error **err)
{
	int result = 0;
	if (slice_equal_text(type, "ERROR"))
		return take_error(watch, object, err);
	well(watch);
	watch->vain = 0;
	watch->since = time_now();
	if (slice_equal_text(type, "ADDED"))
		result = take_change(watch, LIVE_ADDED, object, err);
	else if (slice_equal_text(type, "MODIFIED"))
		result = take_change(watch, LIVE_MODIFIED, object, err);
	else if (slice_equal_text(type, "DELETED"))
		result = take_change(watch, LIVE_DELETED, object, err);
	return result < 0 ? -1 : keep_version(watch, object, err);
}

static int on_watch_event(void *data, struct slice type, struct slice api_version, struct slice kind,
			  struct slice object, struct error **err)
{
	struct watch *watch = data;
	(void)api_version;
	(void)kind;
	if (take_event(watch, type, object, &watch->fatal) < 0)
		return error_set(err, ERROR_SYSTEM, "ended");
	return 0;
}

/* Too large to be a Secret: what it changed is not known, so the list tells. */
static int on_lost(void *data, uint64_t bytes, struct error **err)
{
	struct watch *watch = data;
	(void)bytes;
	(void)err;
	watch->expired = true;
	return 0;
}

static const struct framer_calls calls = { .event = on_watch_event, .lost = on_lost };

/* --- lists --- */

/* From the last event to now. Put when it is found, and again, longer, when a list has told the state after it: its
 * start is part of its identity. */
static int put_gap(struct watch *watch, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	struct follower *follower = watch->follower;
	char from[TIME_TEXT_BYTES];
	struct gap gap;
	record_init(&gap_type, &gap);
	time_format(watch->since, from);
	strbuf_addf(&source, "watch of secrets, type %.*s, from %s", SLICE_ARG(watch->about.subtype), from);
	if (strbuf_failed(&source, err))
		return -1;
	gap.source = strbuf_slice(&source);
	gap.kind = SLICE("Secret");
	gap.cause = SLICE("the server had forgotten what changed: only the state after it is known");
	gap.from_time = watch->since;
	gap.to_time = time_now();
	return follower->sink.sink.ops->put(&follower->sink.sink, follower->cluster->read, &gap_type, &gap, err);
}

static int start_list(struct watch *watch, struct error **err)
{
	struct live_cluster *cluster = watch->follower->cluster;
	watch->gap = watch->gap || watch->expired;
	watch->expired = false;
	watch->stream = object_stream_free(watch->stream);
	if (batch_open(watch->follower, err) < 0 || (watch->gap && put_gap(watch, err) < 0))
		return -1;
	watch->list = live_list_secrets(cluster, watch->about.namespace, watch->secret_list, err);
	if (!watch->list)
		return -1;
	watch->state = LISTING;
	return live_list_start(watch->list, err);
}

static struct watch *watch_of(const struct live_list *list)
{
	struct follower *follower = list->cluster->follower;
	for (size_t i = 0; i < follower->watches.len; i++)
		if (follower->watches.items[i].list == list)
			return &follower->watches.items[i];
	return NULL;
}

int live_follow_began(struct live_list *list, struct error **err)
{
	struct live_change change = { .kind = LIVE_LIST_BEGIN,
				      .namespace = list->about.namespace,
				      .type = list->about.subtype };
	return tell(list->cluster->follower, &change, err);
}

int live_follow_listed(struct live_list *list, struct error **err)
{
	struct follower *follower = list->cluster->follower;
	const struct watch *watch = watch_of(list);
	const struct object_stream_last *last = object_stream_last(list->stream);
	int told = watch && last->name.len ? tell_object(follower, watch, LIVE_LISTED, last, err) : 0;
	live_change_sink_clear(&follower->sink);
	return told;
}

/* Whatever became of it. */
static int list_done(struct watch *watch, struct error **err)
{
	struct live_list *list = watch->list;
	struct live_change change = { .kind = LIVE_LIST_END,
				      .namespace = watch->about.namespace,
				      .type = watch->about.subtype };
	bool whole = list->whole && list->resource_version;
	/* What could not be decoded is a defect by now: it would not be better the next time. */
	bool readable = list->resource_version && (whole || slice_equal_text(list->outcome, "partial"));
	watch->state = WAITING;
	watch->due = 0;
	strbuf_clear(&watch->version);
	if (readable)
		strbuf_add_text(&watch->version, list->resource_version);
	else
		fail(watch, list->why.len ? strbuf_slice(&list->why) : SLICE("the list could not be read"));
	watch->list = live_list_free(list);
	if (!readable)
		return 0;
	well(watch);
	if (watch->gap && put_gap(watch, err) < 0)
		return -1;
	watch->gap = false;
	watch->since = time_now();
	return whole ? tell(watch->follower, &change, err) : 0; /* what a list has lost is not gone */
}

/* --- watching --- */

static void add_path(const struct watch *watch, struct strbuf *path)
{
	struct live_page page = {
		.resource = live_resource_of("Secret"),
		.version = "v1",
		.namespace = watch->about.namespace,
		.field_selector = watch->field_selector,
	};
	live_watch_path(&page, strbuf_slice(&watch->version),
			WATCH_SECONDS + (unsigned)(time_now() % WATCH_SECONDS_MORE), path);
}

static int send_watch(struct watch *watch, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *why = NULL;
	struct live_cluster *cluster = watch->follower->cluster;
	struct kube_request request = { .accept = SLICE("application/json"),
					.idle_ms = (WATCH_SECONDS + WATCH_SECONDS_MORE) * 1000 + IDLE_MORE_MS };
	if (!watch->stream && object_stream_open(&cluster->context, &watch->about, &watch->stream, err) < 0)
		return -1;
	add_path(watch, &path);
	if (strbuf_failed(&path, err))
		return -1;
	request.path = strbuf_slice(&path);
	watch->status = 0;
	watch->framer = framer_free(watch->framer);
	strbuf_clear(&watch->refusal);
	int sent = kube_server_send(cluster->server, cluster->queue, &request, watch, &why);
	watch->login = kube_server_login_number(cluster->server);
	watch->asked = sent == 0;
	if (sent < 0 && why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	if (sent < 0)
		fail(watch, slice_of(why->message));
	else
		watch->state = WATCHING;
	return 0;
}

static int on_refusal(struct watch *watch, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *failed = NULL;
	struct status_text said = { 0 };
	kube_server_hide_login(watch->follower->cluster->server, &watch->refusal);
	if (object_read_status(strbuf_slice(&watch->refusal), strbuf_slice(&watch->content_type), &arena, &said, err) <
	    0)
		return -1;
	watch->due = 0;
	if (watch->status == 410) {
		watch->expired = true;
		watch->due = watch->vain++ ? time_now() + pause_after(watch->vain - 2) : 0;
		return 0;
	}
	/* Also after a failure: the login may be renewed while we wait. */
	if (watch->status == 401 && kube_server_rejected(watch->follower->cluster->server, watch->login, &failed) > 0 &&
	    watch->rejections++ == 0)
		return 0;
	struct slice why = arena_printf(&arena, "HTTP %d: %.*s", watch->status,
					SLICE_ARG(failed ? slice_of(failed->message) : said.message));
	fail(watch, why.data ? why : SLICE("refused"));
	return 0;
}

/* A server whose watches end at once is not asked again at once. */
static int64_t due_after_end(struct watch *watch, const struct http_event *event)
{
	int64_t now = time_now();
	if (now - watch->began > WATCH_WORTH)
		watch->vain = 0;
	if (watch->vain++)
		return now + pause_after(watch->vain - 2);
	return event->failure == HTTP_OK || watch->expired ? 0 : now + USEC_PER_SECOND / 10;
}

/* A watch ends: by the server's clock, by a restart, by a cable. It goes on from the last version that came. */
static int on_watch_end(struct watch *watch, const struct http_event *event, struct error **err)
{
	bool streamed = watch->framer;
	watch->asked = false;
	watch->framer = framer_free(watch->framer);
	if (watch->state != WATCHING) /* a failure was told */
		return 0;
	watch->state = WAITING;
	watch->due = 0;
	if (streamed) {
		watch->due = due_after_end(watch, event);
		return 0;
	}
	if (event->failure != HTTP_OK) {
		fail(watch, event->message);
		return 0;
	}
	return on_refusal(watch, err);
}

static int on_answer(struct watch *watch, const struct http_event *event, struct error **err)
{
	watch->status = event->status;
	strbuf_clear(&watch->content_type);
	strbuf_add_slice(&watch->content_type, event->content_type);
	if (event->status != 200 || !slice_equal_text(event->content_type, "application/json"))
		return 0;
	watch->began = time_now();
	well(watch);
	return framer_new(FRAME_JSON_WATCH, &calls, watch, &watch->framer, err);
}

static int on_data(struct watch *watch, const struct http_event *event, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	if (watch->state != WATCHING)
		return 0;
	if (!watch->framer) {
		if (watch->refusal.len + event->bytes.len <= LIMIT_REFUSAL_BYTES)
			strbuf_add_slice(&watch->refusal, event->bytes);
		return 0;
	}
	if (framer_feed(watch->framer, event->bytes, &why) == 0) {
		if (watch->expired)
			http_cancel(watch->follower->cluster->queue, watch);
		return 0;
	}
	if (watch->fatal)
		return error_move(err, &watch->fatal);
	if (why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	fail(watch, slice_of(why->message));
	http_cancel(watch->follower->cluster->queue, watch);
	return 0;
}

static int on_event(struct live_owner *owner, const struct http_event *event, struct error **err)
{
	struct watch *watch = (struct watch *)(void *)owner;
	switch (event->type) {
	case HTTP_WAIT:
		return 0;
	case HTTP_HEAD:
		return on_answer(watch, event, err);
	case HTTP_DATA:
		return on_data(watch, event, err);
	case HTTP_END:
		return on_watch_end(watch, event, err);
	}
	return 0;
}

/* --- all of it --- */

static int add_watch(struct follower *follower, struct slice namespace, size_t secret_list, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	const char *version = cluster->source.secret_versions[secret_list];
	struct watch *watch = vec_push(&follower->watches);
	struct live_list *list = live_list_secrets(cluster, namespace, secret_list, err);
	if (!list)
		return -1;
	if (!watch) {
		live_list_free(list);
		return error_no_memory(err);
	}
	*watch = (struct watch){
		.owner = { on_event },
		.follower = follower,
		.about = list->about,
		.field_selector = list->field_selector,
		.secret_list = secret_list,
		.version = STRBUF_INIT(LIMIT_MESSAGE_BYTES),
		.content_type = STRBUF_INIT(LIMIT_MESSAGE_BYTES),
		.refusal = STRBUF_INIT(LIMIT_REFUSAL_BYTES),
		.since = time_now(),
	};
	if (version && slice_equal_text(namespace, "*"))
		strbuf_add_text(&watch->version, version);
	live_list_free(list);
	return 0;
}

static int add_watches_of(struct follower *follower, struct slice namespace, struct error **err)
{
	size_t lists = follower->cluster->live->options.all_secrets ? 1 : LIVE_SECRET_LISTS;
	for (size_t i = 0; i < lists; i++)
		if (add_watch(follower, namespace, i, err) < 0)
			return -1;
	return 0;
}

/* Those that were asked for; else those that may be read, where not all may; else all. */
static int add_watches(struct follower *follower, struct error **err)
{
	const struct live_options *options = &follower->cluster->live->options;
	const struct live_source *source = &follower->cluster->source;
	for (size_t i = 0; i < options->namespace_count; i++)
		if (add_watches_of(follower, slice_of(options->namespaces[i]), err) < 0)
			return -1;
	if (options->namespace_count)
		return 0;
	for (size_t i = 0; i < source->secret_namespace_count; i++)
		if (add_watches_of(follower, slice_of(source->secret_namespaces[i]), err) < 0)
			return -1;
	if (!source->secret_namespace_count)
		return add_watches_of(follower, SLICE("*"), err);
	notice(follower, "the secrets of all namespaces may not be listed: only namespaces that may be read, and are "
			 "there now, are followed");
	return 0;
}

static int start_due(struct follower *follower, struct error **err)
{
	for (size_t i = 0; i < follower->watches.len; i++) {
		struct watch *watch = &follower->watches.items[i];
		if (watch->state == LISTING && watch->list->done && !watch->list->asked && list_done(watch, err) < 0)
			return -1;
		if (watch->state != WAITING || watch->asked || watch->due > time_now())
			continue;
		bool list_first = !watch->version.len || watch->expired;
		if ((list_first ? start_list(watch, err) : send_watch(watch, err)) < 0)
			return -1;
	}
	return 0;
}

static void pause_a_moment(void)
{
	struct timespec moment = { .tv_nsec = LOOK_MS * 1000000L };
	nanosleep(&moment, NULL);
}

static int step(struct follower *follower, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	struct http_event event;
	if (start_due(follower, err) < 0)
		return -1;
	int got = http_next(cluster->queue, follower->open ? BATCH_QUIET_MS : LOOK_MS, &event, err);
	if (got < 0)
		return -1;
	if (got > 0) {
		struct live_owner *owner = event.owner;
		if (owner->event(owner, &event, err) < 0)
			return -1;
	}
	if (got == 0 || time_now() - follower->opened > BATCH_AGE)
		if (batch_close(follower, err) < 0)
			return -1;
	if (got == 0 && !http_pending(cluster->queue) && !live_cluster_stopped(cluster))
		pause_a_moment();
	return 0;
}

static void follower_release(struct follower *follower)
{
	for (size_t i = 0; i < follower->watches.len; i++) {
		struct watch *watch = &follower->watches.items[i];
		live_list_free(watch->list);
		object_stream_free(watch->stream);
		framer_free(watch->framer);
		error_free(watch->fatal);
		strbuf_release(&watch->version);
		strbuf_release(&watch->content_type);
		strbuf_release(&watch->refusal);
	}
	vec_release(&follower->watches);
	live_change_sink_release(&follower->sink);
}

static int follow(struct follower *follower, struct error **err)
{
	struct live_cluster *cluster = follower->cluster;
	if (object_context_init(&cluster->context, &follower->sink.sink, 0, cluster->live->options.key, err) < 0 ||
	    add_watches(follower, err) < 0)
		return -1;
	cluster->context.file = cluster->facts->name;
	while (!live_cluster_stopped(cluster))
		if (step(follower, err) < 0)
			return -1;
	/* Lists that were under way end with what they have; the batch with them. */
	while (http_pending(cluster->queue)) {
		struct http_event event;
		if (http_next(cluster->queue, -1, &event, err) <= 0)
			break;
		struct live_owner *owner = event.owner;
		if (owner->event(owner, &event, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < follower->watches.len; i++)
		follower->watches.items[i].state = WAITING;
	return batch_close(follower, err);
}

int live_follow_cluster(struct live_cluster *cluster, struct error **err)
{
	struct follower follower = { .cluster = cluster };
	live_change_sink_init(&follower.sink, cluster->source.sink);
	cluster->follower = &follower;
	int result = follow(&follower, err);
	cluster->queue = http_queue_free(cluster->queue);
	object_context_release(&cluster->context);
	cluster->context = (struct object_context){ 0 };
	follower_release(&follower);
	cluster->follower = NULL;
	return result;
}
