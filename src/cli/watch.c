#include "cli/watch.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/utf8.h"
#include "cli/terminal.h"
#include "model/answer.h"
#include "model/sink_thread.h"

/* A secret as it was last seen. Owned by the map of those that are known. */
struct known {
	char *uid, *cluster_uid, *cluster, *namespace, *name, *type;
	char *fingerprints; /* joined by commas, each with its registry and user before it */
	char *shown;        /* the fingerprints alone */
	bool listed;        /* in the list of its kind that is under way */
	bool gone;
};

struct watching {
	struct session *session;
	struct output *output;
	const struct filter *filter;
	struct map known; /* uid -> struct known * */
	bool any;
};

int watch_check(const struct options *options, struct error **err)
{
	if (!options->watch)
		return 0;
	if (!contexts_given(options))
		return error_set(err, ERROR_USAGE,
				 "--watch follows a live cluster: give --context NAME, --all-contexts or --in-cluster");
	if (options->metadata_only)
		return error_set(err, ERROR_USAGE, "--watch compares logins, and --metadata-only asks for none");
	if (options->output && strcmp(options->output, "json") == 0)
		return error_set(err, ERROR_USAGE, "--watch goes on for ever: use -o ndjson in place of json");
	return 0;
}

/* --- what is known --- */

static void known_free(struct known *known)
{
	if (!known)
		return;
	mem_free(known->uid);
	mem_free(known->cluster_uid);
	mem_free(known->cluster);
	mem_free(known->namespace);
	mem_free(known->name);
	mem_free(known->type);
	mem_free(known->fingerprints);
	mem_free(known->shown);
	mem_free(known);
}

static void watching_release(struct watching *watching)
{
	for (size_t i = 0; i < watching->known.len; i++)
		known_free(watching->known.items[i].value);
	map_release(&watching->known);
}

static int set(char **text, struct slice value, struct error **err)
{
	char *copy = mem_copy_text(value.data ? value.data : "", value.len);
	if (!copy)
		return error_no_memory(err);
	mem_free(*text);
	*text = copy;
	return 0;
}

static struct known *known_of(struct watching *watching, struct slice uid, struct error **err)
{
	void **place = map_put(&watching->known, uid);
	if (place && *place)
		return *place;
	if (!place || !(*place = mem_alloc_zeroed(1, sizeof(struct known)))) {
		error_no_memory(err);
		return NULL;
	}
	struct known *known = *place;
	known->gone = true;
	return set(&known->uid, uid, err) < 0 ? NULL : known;
}

static int remember(struct known *known, const struct live_change *change, struct slice logins, struct slice shown,
		    struct error **err)
{
	if (set(&known->cluster_uid, change->cluster_uid, err) < 0 || set(&known->cluster, change->cluster, err) < 0 ||
	    set(&known->namespace, change->namespace, err) < 0 || set(&known->name, change->name, err) < 0 ||
	    set(&known->type, change->type, err) < 0 || set(&known->fingerprints, logins, err) < 0)
		return -1;
	return set(&known->shown, shown, err);
}

/* Every login as one text: what is the same in it is the same login. */
static void add_login(struct strbuf *logins, struct strbuf *shown, const struct live_change_entry *entry)
{
	strbuf_add_slice(logins, entry->registry);
	strbuf_add_char(logins, '\n');
	strbuf_add_slice(logins, entry->username);
	strbuf_add_char(logins, '\n');
	strbuf_add_slice(logins, entry->fingerprint);
	strbuf_add_char(logins, '\n');
	if (shown->len)
		strbuf_add_char(shown, ',');
	strbuf_add_slice(shown, entry->fingerprint);
}

static int join_logins(const struct live_change *change, struct strbuf *logins, struct strbuf *shown,
		       struct error **err)
{
	for (size_t i = 0; i < change->entry_count; i++)
		add_login(logins, shown, &change->entries[i]);
	return strbuf_failed(logins, err) || strbuf_failed(shown, err) ? -1 : 0;
}

/* What the answer before the watch showed. */
static int learn_secret(struct watching *watching, const struct world_secret *secret, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf logins = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct live_change change = {
		.cluster_uid = secret->cluster->record->uid,
		.cluster = secret->cluster->record->name,
		.namespace = secret->record->namespace,
		.name = secret->record->name,
		.type = secret->record->type,
	};
	if (!secret->current)
		return 0;
	struct known *known = known_of(watching, secret->record->uid, err);
	if (!known)
		return -1;
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct entry *record = ((const struct world_entry *)secret->entries.items[i])->record;
		struct live_change_entry entry = { record->registry, record->username, record->cred_kind,
						   record->fingerprint };
		add_login(&logins, &shown, &entry);
	}
	if (strbuf_failed(&logins, err) || strbuf_failed(&shown, err))
		return -1;
	known->gone = false;
	return remember(known, &change, strbuf_slice(&logins), strbuf_slice(&shown), err);
}

/* --- telling --- */

static struct slice_list texts_of(const struct live_change *change, size_t offset, struct arena *arena)
{
	struct slice *items = arena_zeroed(arena, change->entry_count + 1, sizeof *items);
	for (size_t i = 0; items && i < change->entry_count; i++)
		memcpy(&items[i], (const char *)&change->entries[i] + offset, sizeof *items);
	return (struct slice_list){ items, items ? change->entry_count : 0 };
}

static struct slice_list split(const char *joined, struct arena *arena)
{
	struct slice rest = slice_of(joined), head;
	size_t count = 1;
	for (size_t i = 0; i < rest.len; i++)
		count += rest.data[i] == ',';
	struct slice *items = arena_zeroed(arena, count, sizeof *items);
	struct slice_list list = { items, 0 };
	while (items && rest.len) {
		slice_cut(rest, ',', &head, &rest);
		items[list.len++] = head;
	}
	return list;
}

/* "2026-11-25 12:05:10Z  changed  prod  shop/hub  docker.io acme 7f3a0001 -> 01c90002" */
static void add_line(const struct secret_change *row, struct strbuf *out)
{
	char time[TIME_TEXT_BYTES];
	time_format(row->time / USEC_PER_SECOND * USEC_PER_SECOND, time);
	strbuf_addf(out, "%s  %-8.*s  ", time, SLICE_ARG(row->change));
	utf8_add_printable(out, row->cluster);
	strbuf_add_text(out, "  ");
	utf8_add_printable(out, row->namespace);
	strbuf_add_char(out, '/');
	utf8_add_printable(out, row->secret);
	strbuf_add_char(out, '\n');
	for (size_t i = 0; i < row->fingerprints.len; i++) {
		strbuf_add_text(out, "      ");
		utf8_add_printable(out, row->registries.items[i]);
		strbuf_add_char(out, ' ');
		utf8_add_printable(out, row->usernames.items[i]);
		strbuf_addf(out, " %.8s", row->fingerprints.items[i].len ? row->fingerprints.items[i].data : "-");
		if (slice_list_has(row->fingerprints_before, row->fingerprints.items[i]))
			strbuf_add_text(out, " (as before)");
		strbuf_add_char(out, '\n');
	}
	for (size_t i = 0; i < row->fingerprints_before.len; i++)
		if (!slice_list_has(row->fingerprints, row->fingerprints_before.items[i]))
			strbuf_addf(out, "      no longer %.8s\n", row->fingerprints_before.items[i].data);
}

static int tell(struct watching *watching, const struct live_change *change, const char *what,
		const struct known *before, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_ROW_BYTES);
	struct secret_change row;
	record_init(&secret_change_type, &row);
	row.time = change->time;
	row.change = slice_of(what);
	row.cluster = change->cluster;
	row.cluster_uid = change->cluster_uid;
	row.namespace = change->namespace;
	row.secret = change->name;
	row.uid = change->uid;
	row.type = change->type;
	row.resource_version = change->resource_version;
	row.registries = texts_of(change, offsetof(struct live_change_entry, registry), &arena);
	row.usernames = texts_of(change, offsetof(struct live_change_entry, username), &arena);
	row.fingerprints = texts_of(change, offsetof(struct live_change_entry, fingerprint), &arena);
	if (before->shown)
		row.fingerprints_before = split(before->shown, &arena);
	if (!filter_any_registry(watching->filter, row.registries))
		return 0;
	if (output_is_screen(watching->output)) {
		add_line(&row, &watching->output->text);
		return terminal_write(&watching->output->text, err);
	}
	bool first = !watching->any;
	watching->any = true;
	return output_follow(watching->output, &secret_change_type, &row, first, err);
}

/* --- changes --- */

static int on_deleted(struct watching *watching, struct known *known, const struct live_change *change,
		      struct error **err)
{
	struct live_change without = *change;
	without.entries = NULL;
	without.entry_count = 0;
	if (known->gone)
		return 0;
	known->gone = true;
	return tell(watching, &without, "deleted", known, err);
}

static int on_seen(struct watching *watching, struct known *known, const struct live_change *change, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf logins = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT(LIMIT_ROW_BYTES);
	if (join_logins(change, &logins, &shown, err) < 0)
		return -1;
	bool listed = change->kind == LIVE_LISTED;
	bool same = !known->gone && known->fingerprints && slice_equal_text(strbuf_slice(&logins), known->fingerprints);
	const char *what = known->gone ? "added" : same ? "touched" : listed ? "lost" : "changed";
	known->listed = listed;
	int told = listed && same ? 0 : tell(watching, change, what, known, err);
	known->gone = false;
	return told < 0 ? -1 : remember(known, change, strbuf_slice(&logins), strbuf_slice(&shown), err);
}

/* Clusters whose UID may not be read are told apart by their contexts. */
static bool same_cluster(const struct known *known, const struct live_change *list)
{
	const char *uid = known->cluster_uid ? known->cluster_uid : "";
	if (*uid || list->cluster_uid.len)
		return slice_equal_text(list->cluster_uid, uid);
	return slice_equal_text(list->cluster, known->cluster ? known->cluster : "");
}

static bool in_list(const struct known *known, const struct live_change *list)
{
	return same_cluster(known, list) &&
	       (slice_equal_text(list->namespace, "*") || slice_equal_text(list->namespace, known->namespace)) &&
	       (slice_equal_text(list->type, "*") || slice_equal_text(list->type, known->type));
}

static void on_list_begin(struct watching *watching, const struct live_change *list)
{
	for (size_t i = 0; i < watching->known.len; i++) {
		struct known *known = watching->known.items[i].value;
		if (in_list(known, list))
			known->listed = false;
	}
}

/* What the list did not hold any more. */
static int on_list_end(struct watching *watching, const struct live_change *list, struct error **err)
{
	for (size_t i = 0; i < watching->known.len; i++) {
		struct known *known = watching->known.items[i].value;
		if (known->gone || known->listed || !in_list(known, list))
			continue;
		struct live_change change = *list;
		change.namespace = slice_of(known->namespace);
		change.name = slice_of(known->name);
		change.uid = slice_of(known->uid);
		change.type = slice_of(known->type);
		if (on_deleted(watching, known, &change, err) < 0)
			return -1;
	}
	return 0;
}

static int on_change(void *data, const struct live_change *change, struct error **err)
{
	struct watching *watching = data;
	if (change->kind == LIVE_LIST_BEGIN) {
		on_list_begin(watching, change);
		return 0;
	}
	if (change->kind == LIVE_LIST_END)
		return on_list_end(watching, change, err);
	if (!change->is_pull_secret && !map_get(&watching->known, change->uid))
		return 0; /* no login was ever seen in it */
	struct known *known = known_of(watching, change->uid, err);
	if (!known)
		return -1;
	return change->kind == LIVE_DELETED ? on_deleted(watching, known, change, err)
					    : on_seen(watching, known, change, err);
}

static void on_notice(void *data, size_t source, const char *text)
{
	struct watching *watching = data;
	const struct kube_access_facts *facts = kube_access_facts(watching->session->contexts.accesses.items[source]);
	log_warn("context %.*s: %s", SLICE_ARG(facts->name), text);
}

/* --- all of it --- */

static int follow(struct watching *watching, struct error **err)
{
	struct session *session = watching->session;
	CLEANUP(sink_thread_freep) struct sink_thread *writer = NULL;
	struct live_follow follow = { .change = on_change, .notice = on_notice, .data = watching };
	struct contexts_reading reading = {
		.options = watching->filter->options,
		.key = &session->key,
		.as_of = TIME_UNSET,
		.follow = &follow,
		.results = session->live,
	};
	if (sink_thread_new(store_sink(session->store), &writer, err) < 0)
		return -1;
	reading.sink = sink_thread_sink(writer);
	return contexts_follow(&session->contexts, &reading, err);
}

int watch_secrets(struct session *session, struct output *output, const struct filter *filter, struct error **err)
{
	CLEANUP(watching_release)
	struct watching watching = { .session = session, .output = output, .filter = filter };
	const struct world *world = session->world;
	for (size_t i = 0; i < world->secrets.len; i++)
		if (learn_secret(&watching, world->secrets.items[i], err) < 0)
			return -1;
	if (output_is_screen(output)) {
		strbuf_add_text(&output->text, "(watching: each change follows; ^C ends)\n");
		if (terminal_write(&output->text, err) < 0)
			return -1;
	}
	return follow(&watching, err) < 0 ? -1 : session_exit_code(session);
}
