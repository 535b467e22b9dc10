#include "base/alloc.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/utf8.h"
#include "collect/cluster/live_internal.h"

/* Reasons that are told in words; the rest is counted. */
#define TOLD_IN_WORDS 3

/* --- what is known of it --- */

bool live_cluster_stopped(const struct live_cluster *cluster)
{
	return atomic_load(&cluster->live->stopped);
}

static int keep(struct live_cluster *cluster, struct slice text, struct slice *ret_kept, struct error **err)
{
	return arena_copy(&cluster->arena, text, ret_kept) < 0 ? arena_fail(&cluster->arena, err) : 0;
}

static bool has_name(const struct live_names *names, struct slice name)
{
	return slice_list_has((struct slice_list){ names->items, names->len }, name);
}

int live_cluster_add_name(struct live_cluster *cluster, struct live_names *names, struct slice name, struct error **err)
{
	struct slice kept, *place;
	if (keep(cluster, name, &kept, err) < 0)
		return -1;
	place = vec_push(names);
	if (!place)
		return error_no_memory(err);
	*place = kept;
	return 0;
}

int live_cluster_add_namespace(struct live_cluster *cluster, struct slice name, struct slice uid, struct error **err)
{
	if (!cluster->uid.len && slice_equal_text(name, "kube-system") && keep(cluster, uid, &cluster->uid, err) < 0)
		return -1;
	return name.len ? live_cluster_add_name(cluster, &cluster->namespaces, name, err) : 0;
}

void live_cluster_break(struct live_cluster *cluster, struct slice why)
{
	if (!cluster->broken.len)
		strbuf_add_slice(&cluster->broken, why);
}

static void add_reason(struct live_cluster *cluster, const char *what, struct slice why)
{
	if (cluster->reasons++ >= TOLD_IN_WORDS)
		return;
	if (cluster->why.len)
		strbuf_add_text(&cluster->why, "; ");
	strbuf_add_text(&cluster->why, what);
	utf8_add_printable(&cluster->why, why);
}

/* --- progress --- */

void live_cluster_show_waiting(struct live_cluster *cluster, const struct http_event *event)
{
	struct live_progress *progress = &cluster->progress;
	pthread_mutex_lock(&cluster->live->lock);
	if (event->status)
		snprintf(progress->waiting, sizeof progress->waiting, "HTTP %d, again in %u s", event->status,
			 (event->wait_ms + 999) / 1000);
	else
		snprintf(progress->waiting, sizeof progress->waiting, "no answer, again in %u s",
			 (event->wait_ms + 999) / 1000);
	pthread_mutex_unlock(&cluster->live->lock);
}

static void show_progress(struct live_cluster *cluster, bool answered)
{
	struct live_progress *progress = &cluster->progress;
	pthread_mutex_lock(&cluster->live->lock);
	progress->lists = cluster->lists.len;
	progress->lists_done = cluster->whole + cluster->absent + cluster->forbidden + cluster->lost +
			       cluster->interrupted;
	progress->objects = cluster->context.objects;
	if (answered)
		progress->waiting[0] = '\0';
	pthread_mutex_unlock(&cluster->live->lock);
}

/* --- the end of a list --- */

/* A namespace whose secrets may be listed, where those of all may not: each counts once, by its first list. */
static int keep_namespace(struct live_cluster *cluster, const struct live_list *list, struct error **err)
{
	struct live_result *result = cluster->result;
	struct slice name = list->about.namespace;
	if (list->secret_list > 0)
		return 0;
	char **names = mem_resize(result->secret_namespaces, result->secret_namespace_count + 1, sizeof *names);
	if (!names)
		return error_no_memory(err);
	result->secret_namespaces = names;
	names[result->secret_namespace_count] = mem_copy_text(name.data, name.len);
	if (!names[result->secret_namespace_count])
		return error_no_memory(err);
	result->secret_namespace_count++;
	return 0;
}

static int keep_version(struct live_cluster *cluster, const struct live_list *list, struct error **err)
{
	char **version = &cluster->result->secret_versions[list->secret_list];
	if (!live_is_secret(list->resource))
		return 0;
	if (!slice_equal_text(list->about.namespace, "*"))
		return keep_namespace(cluster, list, err);
	if (*version || !list->resource_version)
		return 0;
	*version = mem_copy_text(list->resource_version, strlen(list->resource_version));
	return *version ? 0 : error_no_memory(err);
}

static void add_lost(struct live_cluster *cluster, const struct live_list *list, const char *outcome, struct slice why)
{
	CLEANUP(strbuf_release) struct strbuf what = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	/* The server refuses each list with nearly the same sentence: the first is enough. */
	if (strcmp(outcome, "forbidden") == 0 && cluster->reasons)
		why = SLICE_NONE;
	cluster->lost++;
	strbuf_add_text(&what, list->resource->resource);
	if (!slice_equal_text(list->about.namespace, "*"))
		strbuf_addf(&what, " of %.*s", SLICE_ARG(list->about.namespace));
	strbuf_addf(&what, ": %s%s", outcome, why.len ? ": " : "");
	add_reason(cluster, strbuf_text(&what), why);
}

int live_cluster_note(struct live_cluster *cluster, const struct live_list *list, const char *outcome, struct slice why,
		      struct error **err)
{
	if (list->not_served) {
		cluster->absent++;
		return 0;
	}
	if (strcmp(outcome, "complete") == 0 || strcmp(outcome, "metadata") == 0) {
		cluster->whole++;
		return keep_version(cluster, list, err);
	}
	if (strcmp(outcome, "interrupted") == 0) {
		cluster->interrupted++;
		return 0;
	}
	if (list->forbidden) {
		cluster->forbidden++;
		return 0;
	}
	add_lost(cluster, list, outcome, why);
	return 0;
}

/* --- which lists --- */

static int add_list(struct live_cluster *cluster, struct live_list *list, struct error **err)
{
	struct live_list **place = list ? vec_push(&cluster->lists) : NULL;
	if (place) {
		*place = list;
		return 0;
	}
	if (!list)
		return -1;
	live_list_free(list);
	return error_no_memory(err);
}

static int add_secret_lists(struct live_cluster *cluster, struct slice namespace, struct error **err)
{
	size_t lists = cluster->live->options.all_secrets ? 1 : LIVE_SECRET_LISTS;
	for (size_t i = 0; i < lists; i++)
		if (add_list(cluster, live_list_secrets(cluster, namespace, i, err), err) < 0)
			return -1;
	return 0;
}

static int add_lists(struct live_cluster *cluster, const struct live_resource *resource, struct slice namespace,
		     struct error **err)
{
	if (live_is_secret(resource))
		return add_secret_lists(cluster, namespace, err);
	return add_list(cluster, live_list_new(cluster, resource, namespace, err), err);
}

static int plan_resource(struct live_cluster *cluster, const struct live_resource *resource, struct error **err)
{
	const struct live_options *options = &cluster->live->options;
	if (resource->custom && cluster->groups_known && !has_name(&cluster->groups, slice_of(resource->group)))
		return 0;
	if (!resource->namespaced || !options->namespace_count)
		return add_lists(cluster, resource, SLICE("*"), err);
	for (size_t i = 0; i < options->namespace_count; i++)
		if (add_lists(cluster, resource, slice_of(options->namespaces[i]), err) < 0)
			return -1;
	return 0;
}

static int plan(struct live_cluster *cluster, struct error **err)
{
	for (size_t i = 0; i < live_resource_count; i++)
		if (plan_resource(cluster, &live_resources[i], err) < 0)
			return -1;
	return 0;
}

static struct live_list *narrow(const struct live_list *list, struct slice namespace, struct error **err)
{
	struct live_list *made = live_list_new(list->cluster, list->resource, namespace, err);
	if (!made)
		return NULL;
	made->about.subtype = list->about.subtype;
	made->about.version = list->about.version;
	made->version = list->version;
	made->field_selector = list->field_selector;
	made->secret_list = list->secret_list;
	return made;
}

/* Lists of all namespaces that were forbidden, asked for namespace by namespace. Once, when the names are known. */
static int plan_forbidden(struct live_cluster *cluster, struct error **err)
{
	size_t count = cluster->lists.len;
	struct slice own = cluster->facts->namespace;
	if (own.len && !has_name(&cluster->namespaces, own) &&
	    live_cluster_add_namespace(cluster, own, SLICE_NONE, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct live_list *list = cluster->lists.items[i];
		for (size_t k = 0; list->forbidden && k < cluster->namespaces.len; k++)
			if (add_list(cluster, narrow(list, cluster->namespaces.items[k], err), err) < 0)
				return -1;
	}
	return 0;
}

static bool knows_all_namespaces(const struct live_cluster *cluster)
{
	for (size_t i = 0; i < cluster->lists.len; i++)
		if (live_is_namespace(cluster->lists.items[i]->resource) && cluster->lists.items[i]->whole)
			return true;
	return false;
}

/* What all namespaces were asked for one by one is not lost; what became of each says its own list. */
static void judge_forbidden(struct live_cluster *cluster, bool asked)
{
	bool made_good = asked && knows_all_namespaces(cluster);
	for (size_t i = 0; !made_good && i < cluster->lists.len; i++) {
		const struct live_list *list = cluster->lists.items[i];
		if (!list->forbidden)
			continue;
		cluster->forbidden--;
		add_lost(cluster, list, "forbidden", strbuf_slice(&list->why));
	}
}

/* --- the loop --- */

/* What is left is not asked for any more. */
static int give_up(struct live_cluster *cluster, struct live_list *list, struct error **err)
{
	if (live_cluster_stopped(cluster))
		return live_list_finish(list, "interrupted", SLICE("interrupted before it was read"), err);
	return live_list_finish(list, "failed", strbuf_slice(&cluster->broken), err);
}

static int start_lists(struct live_cluster *cluster, struct error **err)
{
	while (cluster->next < cluster->lists.len && cluster->under_way < LIVE_LISTS) {
		struct live_list *list = cluster->lists.items[cluster->next++];
		bool hopeless = cluster->broken.len || live_cluster_stopped(cluster);
		if ((hopeless ? give_up(cluster, list, err) : live_list_start(list, err)) < 0)
			return -1;
	}
	return 0;
}

int live_cluster_take_event(struct live_cluster *cluster, struct error **err)
{
	struct http_event event;
	int got = http_next(cluster->queue, -1, &event, err);
	if (got < 0)
		return -1;
	if (got == 0)
		return error_set(err, ERROR_SYSTEM, "transfers were lost");
	struct live_owner *owner = event.owner;
	if (owner->event(owner, &event, err) < 0)
		return -1;
	if (event.type != HTTP_WAIT)
		show_progress(cluster, true);
	return 0;
}

static int drain(struct live_cluster *cluster, struct error **err)
{
	do {
		if (start_lists(cluster, err) < 0 || (cluster->under_way && live_cluster_take_event(cluster, err) < 0))
			return -1;
	} while (cluster->under_way || cluster->next < cluster->lists.len);
	show_progress(cluster, true);
	return 0;
}

static int read_lists(struct live_cluster *cluster, struct error **err)
{
	if (plan(cluster, err) < 0 || drain(cluster, err) < 0)
		return -1;
	bool ask = !cluster->broken.len && !live_cluster_stopped(cluster);
	if (ask && (plan_forbidden(cluster, err) < 0 || drain(cluster, err) < 0))
		return -1;
	judge_forbidden(cluster, ask);
	return 0;
}

/* --- the read --- */

static int begin(struct live_cluster *cluster, struct error **err)
{
	const struct live_options *options = &cluster->live->options;
	struct sink *sink = cluster->source.sink;
	struct sink_scope scope = {
		.source = cluster->address,
		.source_kind = SLICE("cluster"),
		.cluster_name = cluster->facts->name,
		.cluster_uid = cluster->uid,
		.as_of = cluster->as_of,
		.once = true,
	};
	if (sink->ops->begin(sink, &scope, &cluster->read, err) < 0)
		return -1;
	if (object_context_init(&cluster->context, sink, cluster->read, options->key, err) < 0)
		return -1;
	cluster->context.file = scope.source;
	cluster->context.vault = options->vault;
	return 0;
}

static const char *outcome_of(const struct live_cluster *cluster)
{
	if (cluster->interrupted || live_cluster_stopped(cluster))
		return "interrupted";
	if (!cluster->whole && !cluster->context.objects)
		return "failed";
	return cluster->lost || cluster->broken.len ? "partial" : "complete";
}

static struct slice why_of(struct live_cluster *cluster)
{
	if (cluster->reasons > TOLD_IN_WORDS)
		strbuf_addf(&cluster->why, "; and %zu more", cluster->reasons - TOLD_IN_WORDS);
	if (cluster->broken.len)
		return strbuf_slice(&cluster->broken);
	if (cluster->why.len)
		return strbuf_slice(&cluster->why);
	return cluster->interrupted || live_cluster_stopped(cluster) ? SLICE("interrupted") : SLICE_NONE;
}

static struct slice notes_of(const struct live_cluster *cluster)
{
	return cluster->facts->insecure ? SLICE("the server's certificate was not verified (insecure-skip-tls-verify)")
					: SLICE_NONE;
}

static int finish(struct live_cluster *cluster, struct error **err)
{
	struct live_result *result = cluster->result;
	struct sink *sink = cluster->source.sink;
	const char *outcome = outcome_of(cluster);
	struct slice why = why_of(cluster);
	struct sink_end end = {
		.cluster_uid = cluster->uid,
		.server_version = cluster->server_version,
		.as_of = cluster->as_of,
		.as_of_from = cluster->live->options.as_of == TIME_UNSET ? SLICE("clock") : SLICE("given"),
		.outcome = slice_of(outcome),
		.why = why,
		.notes = notes_of(cluster),
		.objects = cluster->context.objects,
		.defects = cluster->context.defects,
	};
	result->objects = end.objects;
	result->defects = end.defects;
	result->outcome = mem_copy_text(outcome, strlen(outcome));
	result->why = why.data ? mem_copy_text(why.data, why.len) : NULL;
	result->cluster_uid = cluster->uid.len ? mem_copy_text(cluster->uid.data, cluster->uid.len) : NULL;
	if (!result->outcome || (why.data && !result->why) || (cluster->uid.len && !result->cluster_uid))
		return error_no_memory(err);
	return sink->ops->finish(sink, cluster->read, &end, err) < 0 ? -1 : 0;
}

static int freeze_end(struct live_cluster *cluster, struct error **err)
{
	struct frozen_end end = {
		.uid = cluster->uid,
		.server_version = cluster->server_version,
		.outcome = slice_of(cluster->result->outcome),
		.why = slice_of(cluster->result->why),
		.notes = notes_of(cluster),
	};
	return cluster->source.frozen ? frozen_writer_finish(cluster->source.frozen, &end, err) : 0;
}

static int prepare(struct live_cluster *cluster, struct error **err)
{
	const struct kube_server_limits limits = {
		.connections = cluster->live->options.follow ? LIVE_WATCH_CONNECTIONS : LIVE_LISTS,
		.rate = LIVE_RATE,
		.burst = LIVE_BURST,
		.retries = LIVE_RETRIES,
	};
	const struct live *live = cluster->live;
	size_t share = 8 * LIMIT_HTTP_QUEUE_BYTES / (live->count + 7);
	cluster->as_of = live->as_of;
	cluster->address = arena_printf(&cluster->arena, "%.*s@%.*s", SLICE_ARG(cluster->facts->name),
					SLICE_ARG(cluster->facts->server));
	if (!cluster->address.data)
		return arena_fail(&cluster->arena, err);
	if (kube_server_new(live->http, cluster->source.access, &limits, &cluster->server, err) < 0)
		return -1;
	return http_queue_new(live->http, share, &cluster->queue, err);
}

/* Who it is may have been told by the list of namespaces, which is not read again. */
static int follow(struct live_cluster *cluster, struct error **err)
{
	struct slice uid = slice_of(cluster->source.cluster_uid);
	if (!cluster->uid.len && uid.len && keep(cluster, uid, &cluster->uid, err) < 0)
		return -1;
	return live_follow_cluster(cluster, err);
}

static int read_cluster(struct live_cluster *cluster, struct error **err)
{
	if (prepare(cluster, err) < 0 || live_cluster_identify(cluster, err) < 0)
		return -1;
	if (cluster->live->options.follow)
		return follow(cluster, err);
	if (begin(cluster, err) < 0)
		return -1;
	if (!cluster->broken.len && read_lists(cluster, err) < 0)
		return -1;
	return finish(cluster, err) < 0 ? -1 : freeze_end(cluster, err);
}

static void show(struct live_cluster *cluster, bool done)
{
	pthread_mutex_lock(&cluster->live->lock);
	cluster->progress.started = true;
	cluster->progress.done = done;
	cluster->live->done += done;
	pthread_cond_broadcast(&cluster->live->changed);
	pthread_mutex_unlock(&cluster->live->lock);
}

void live_cluster_read(struct live_cluster *cluster)
{
	show(cluster, false);
	struct error *error = NULL;
	if (read_cluster(cluster, &error) < 0)
		cluster->result->error = error;
	live_cluster_release(cluster);
	show(cluster, true);
}

void live_cluster_release(struct live_cluster *cluster)
{
	cluster->queue = http_queue_free(cluster->queue); /* before what its transfers point to */
	for (size_t i = 0; i < cluster->lists.len; i++)
		live_list_free(cluster->lists.items[i]);
	vec_release(&cluster->lists);
	vec_release(&cluster->groups);
	vec_release(&cluster->namespaces);
	cluster->server = kube_server_free(cluster->server);
	object_context_release(&cluster->context);
	strbuf_release(&cluster->broken);
	strbuf_release(&cluster->why);
	arena_release(&cluster->arena);
}
