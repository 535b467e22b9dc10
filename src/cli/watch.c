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
	char *logins; /* of all entries, see join_logins; NULL: never seen */
	size_t logins_len;
	bool listed; /* in the list of its kind that is under way */
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
	mem_free(known->logins);
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

static int remember(struct known *known, const struct live_change *change, struct slice logins, struct error **err)
{
	if (set(&known->cluster_uid, change->cluster_uid, err) < 0 || set(&known->cluster, change->cluster, err) < 0 ||
	    set(&known->namespace, change->namespace, err) < 0 || set(&known->name, change->name, err) < 0 ||
	    set(&known->type, change->type, err) < 0 || set(&known->logins, logins, err) < 0)
		return -1;
	known->logins_len = logins.len;
	return 0;
}

/* --- logins as one text --- */

/* Registry, user and fingerprint of each entry, every one as LENGTH:BYTES, in an order that is the entries' own: the
 * same text is the same logins. A user name may hold any byte. */
static int compare_entries(const void *a, const void *b)
{
	const struct live_change_entry *left = a, *right = b;
	int order = slice_compare(left->registry, right->registry);
	order = order ? order : slice_compare(left->username, right->username);
	return order ? order : slice_compare(left->fingerprint, right->fingerprint);
}

static void add_text(struct strbuf *out, struct slice text)
{
	strbuf_addf(out, "%zu:", text.len);
	strbuf_add_slice(out, text);
}

static int join_logins(const struct live_change_entry *entries, size_t count, struct strbuf *out, struct error **err)
{
	CLEANUP(mem_freep) struct live_change_entry *sorted = mem_alloc_zeroed(count + 1, sizeof *sorted);
	if (!sorted)
		return error_no_memory(err);
	if (count)
		memcpy(sorted, entries, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare_entries);
	for (size_t i = 0; i < count; i++) {
		add_text(out, sorted[i].registry);
		add_text(out, sorted[i].username);
		add_text(out, sorted[i].fingerprint);
	}
	return strbuf_failed(out, err) ? -1 : 0;
}

static struct slice take_text(struct slice *rest)
{
	size_t len = 0, i = 0;
	while (i < rest->len && rest->data[i] != ':')
		len = len * 10 + (size_t)(rest->data[i++] - '0');
	struct slice text = slice_part(*rest, i + 1, len);
	*rest = slice_part(*rest, i + 1 + len, rest->len);
	return text;
}

struct logins {
	struct slice_list registries, usernames, fingerprints;
};

static int split_logins(const struct known *known, struct arena *arena, struct logins *ret_logins, struct error **err)
{
	struct slice rest = { known->logins, known->logins_len };
	size_t room = known->logins_len / strlen("0:0:0:") + 1, count = 0;
	struct slice *texts = arena_zeroed(arena, 3 * room, sizeof *texts);
	if (!texts)
		return arena_fail(arena, err);
	for (; rest.len && count < room; count++) {
		texts[count] = take_text(&rest);
		texts[room + count] = take_text(&rest);
		texts[2 * room + count] = take_text(&rest);
	}
	*ret_logins = (struct logins){ { texts, count }, { texts + room, count }, { texts + 2 * room, count } };
	return 0;
}

/* What the answer before the watch showed. */
static int learn_secret(struct watching *watching, const struct world_secret *secret, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf logins = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(mem_freep)
	struct live_change_entry *entries = mem_alloc_zeroed(secret->entries.len + 1, sizeof *entries);
	struct live_change change = {
		.cluster_uid = secret->cluster->record->uid,
		.cluster = secret->cluster->record->name,
		.namespace = secret->record->namespace,
		.name = secret->record->name,
		.type = secret->record->type,
	};
	if (!entries)
		return error_no_memory(err);
	if (!secret->current)
		return 0;
	struct known *known = known_of(watching, secret->record->uid, err);
	if (!known)
		return -1;
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct entry *record = ((const struct world_entry *)secret->entries.items[i])->record;
		entries[i] = (struct live_change_entry){ record->registry, record->username, record->cred_kind,
							 record->fingerprint };
	}
	if (join_logins(entries, secret->entries.len, &logins, err) < 0)
		return -1;
	known->gone = false;
	return remember(known, &change, strbuf_slice(&logins), err);
}

/* --- telling --- */

static struct slice_list texts_of(const struct live_change *change, size_t offset, struct arena *arena)
{
	struct slice *items = arena_zeroed(arena, change->entry_count + 1, sizeof *items);
	for (size_t i = 0; items && i < change->entry_count; i++)
		memcpy(&items[i], (const char *)&change->entries[i] + offset, sizeof *items);
	return (struct slice_list){ items, items ? change->entry_count : 0 };
}

/* Other secrets that hold it: what is left to rotate. */
static size_t count_holders(const struct watching *watching, struct slice uid, struct slice fingerprint)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	size_t holders = 0;
	add_text(&text, fingerprint);
	for (size_t i = 0; fingerprint.len && i < watching->known.len; i++) {
		const struct known *known = watching->known.items[i].value;
		if (!known->gone && known->logins_len && !slice_equal_text(uid, known->uid))
			holders += memmem(known->logins, known->logins_len, text.data, text.len) != NULL;
	}
	return holders;
}

static void add_login(struct slice registry, struct slice username, struct slice fingerprint, struct strbuf *out)
{
	utf8_add_printable(out, registry);
	strbuf_add_char(out, ' ');
	utf8_add_printable(out, username.data ? username : SLICE("(no user)"));
	strbuf_addf(out, " %.*s", (int)(fingerprint.len < 8 ? fingerprint.len : 8), fingerprint.data);
}

static void add_logins(const struct watching *watching, const struct secret_change *row, const struct logins *before,
		       struct strbuf *out)
{
	for (size_t i = 0; i < row->fingerprints.len; i++) {
		strbuf_add_text(out, "      ");
		add_login(row->registries.items[i], row->usernames.items[i], row->fingerprints.items[i], out);
		bool same = slice_list_has(before->fingerprints, row->fingerprints.items[i]);
		strbuf_add_text(out, same ? " (as before)\n" : "\n");
	}
	for (size_t i = 0; i < before->fingerprints.len; i++) {
		struct slice fingerprint = before->fingerprints.items[i];
		if (slice_list_has(row->fingerprints, fingerprint))
			continue;
		strbuf_add_text(out, "      no longer ");
		add_login(before->registries.items[i], before->usernames.items[i], fingerprint, out);
		size_t holders = count_holders(watching, row->uid, fingerprint);
		strbuf_addf(out, ": %zu other %s still %s it\n", holders, holders == 1 ? "secret" : "secrets",
			    holders == 1 ? "holds" : "hold");
	}
}

/* "2026-11-25T12:05:10Z  changed  prod  shop/hub", and below it its logins. */
static void add_change(const struct watching *watching, const struct secret_change *row, const struct logins *before,
		       struct strbuf *out)
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
	add_logins(watching, row, before, out);
}

static int tell(struct watching *watching, const struct live_change *change, const char *what,
		const struct known *before, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_ROW_BYTES);
	struct secret_change row;
	struct logins logins = { 0 };
	if (before->logins && split_logins(before, &arena, &logins, err) < 0)
		return -1;
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
	if (before->logins)
		row.fingerprints_before = logins.fingerprints;
	if (!filter_any_registry(watching->filter, row.registries) &&
	    !filter_any_registry(watching->filter, logins.registries))
		return 0;
	if (output_is_screen(watching->output)) {
		add_change(watching, &row, &logins, &watching->output->text);
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
	if (join_logins(change->entries, change->entry_count, &logins, err) < 0)
		return -1;
	bool listed = change->kind == LIVE_LISTED;
	struct slice before = { known->logins, known->logins_len };
	bool same = !known->gone && known->logins && slice_equal(strbuf_slice(&logins), before);
	const char *what = known->gone ? "added" : same ? "touched" : listed ? "lost" : "changed";
	known->listed = listed;
	int told = listed && same ? 0 : tell(watching, change, what, known, err);
	known->gone = false;
	return told < 0 ? -1 : remember(known, change, strbuf_slice(&logins), err);
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
