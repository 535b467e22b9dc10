#include "cli/triage_screen.h"

#include <errno.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "cli/terminal.h"
#include "cli/triage_screen_internal.h"
#include "derive/world_images.h"

/* --- the head --- */

static void add_window(struct screen *s)
{
	const struct incident *incident = &s->triage->incident;
	char from[TIME_TEXT_BYTES], to[TIME_TEXT_BYTES];

	if (incident->window_from == TIME_UNSET && incident->window_to == TIME_UNSET) {
		strbuf_add_text(s->out, "window not given: nothing counts as new");
		return;
	}
	strbuf_addf(s->out, "window %s .. %s",
		    incident->window_from == TIME_UNSET ? "?" : minute_format(incident->window_from, from),
		    incident->window_to == TIME_UNSET ? "open: nothing counts as new"
						      : minute_format(incident->window_to, to));
}

/* A log tells what happened, not what there is. */
static bool is_asked(const struct screen *s, const struct world_source *source)
{
	return source->is_registry && source->read && slice_equal_text(source->read->source_kind, "registry") &&
	       slice_list_has(s->triage->incident.registries, source->registry);
}

static size_t count_registries(const struct screen *s)
{
	const struct world_images *images = s->session->world->images;
	size_t count = 0;

	for (size_t i = 0; images && i < images->sources.len; i++)
		count += is_asked(s, images->sources.items[i]);
	return count;
}

/* With what is missing of clusters and registries, the line is full. */
static void add_registries(struct screen *s, bool complete)
{
	size_t registries = count_registries(s), whole = s->triage->whole_registries;

	if (!registries)
		return;
	strbuf_add_text(s->out, ", ");
	if (whole < registries)
		strbuf_addf(s->out, "%zu of ", whole);
	strbuf_addf(s->out, "%zu registr%s%s", registries, registries == 1 ? "y" : "ies",
		    whole < registries ? " complete" : "");
	if (!complete)
		strbuf_add_text(s->out, "\n          ");
}

bool screen_images_read(const struct screen *s)
{
	const struct world_images *images = s->session->world->images;

	for (size_t i = 0; images && i < images->sources.len; i++) {
		const struct world_source *source = images->sources.items[i];
		if ((!source->is_registry || is_asked(s, source)) && source->read &&
		    !slice_equal_text(source->read->outcome, "failed"))
			return true;
	}
	return false;
}

static void head(struct screen *s)
{
	const struct incident *incident = &s->triage->incident;
	char age[TIME_TEXT_BYTES], as_of[TIME_TEXT_BYTES];
	size_t bad = incident->indicators.len, clusters = s->session->world->clusters.len;
	size_t whole = s->triage->whole_clusters;
	bool complete = s->triage->complete && session_complete(s->session);

	strbuf_addf(s->out, "INC %lld  ", (long long)incident->id);
	screen_add_list(s->out, incident->registries, ", ");
	if (incident->repositories.len) {
		strbuf_add_text(s->out, "/");
		screen_add_list(s->out, incident->repositories, ", /");
	}
	if (incident->accounts.len) {
		strbuf_add_text(s->out, "  account ");
		screen_add_list(s->out, incident->accounts, ", ");
	}
	int64_t open_for = s->session->now - incident->opened;
	strbuf_addf(s->out, "  %zu indicator%s  opened %s%s\n", bad, bad == 1 ? "" : "s",
		    open_for > 0 ? duration_format(open_for, age) : "now", open_for > 0 ? " ago" : "");
	add_window(s);
	strbuf_addf(s->out, s->colour && !complete ? "\n\033[1;33m%s\033[0m" : "\n%s",
		    complete ? "COMPLETE" : "INCOMPLETE");
	strbuf_add_text(s->out, "  ");
	if (whole < clusters)
		strbuf_addf(s->out, "%zu of ", whole);
	strbuf_addf(s->out, "%zu cluster%s%s", clusters, clusters == 1 ? "" : "s", whole < clusters ? " complete" : "");
	add_registries(s, complete);
	strbuf_addf(s->out, "  as of %s", minute_format(s->session->world->as_of, as_of));
	strbuf_add_text(s->out, complete ? "\n" : "  see NOT KNOWN\n");
}

/* --- what one must know of a cluster before one believes the rest --- */

static const struct table_column note_columns[] = {
	{ "CLUSTER", 0, TABLE_ELASTIC },
	{ "TAKE NOTE", 0, TABLE_WRAP },
};

static int note_row(struct table *table, const struct world_cluster *cluster, struct slice note, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = table_text(table, cluster->name);
	cells[1] = table_text(table, note);
	return 0;
}

static int failure_row(struct table *table, const struct world_cluster *cluster, struct error **err)
{
	bool nothing = cluster->failed == cluster->read;
	struct slice why = cluster->failed->why.len ? cluster->failed->why : cluster->failed->outcome;
	struct slice note = arena_printf(table->arena, "%s: %.*s",
					 nothing ? "NOT READ" : "not read again, what follows is older",
					 SLICE_ARG(why));

	return note.data ? note_row(table, cluster, note, err) : arena_fail(table->arena, err);
}

static int notes(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, note_columns);
	const struct world_list *clusters = &s->session->world->clusters;

	for (size_t i = 0; i < clusters->len; i++) {
		const struct world_cluster *cluster = clusters->items[i];
		if (cluster->failed && failure_row(&table, cluster, err) < 0)
			return -1;
		if (cluster->read && cluster->read->notes.len &&
		    note_row(&table, cluster, cluster->read->notes, err) < 0)
			return -1;
	}
	return table.rows ? screen_table(s, &table, err) : 0;
}

/* --- DO NOW --- */

static const struct table_column action_columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "DO", 0, 0 },
	{ "WHAT", 0, TABLE_WRAP },
	{ "WHY", 0, TABLE_WRAP },
};

/* Nothing found is not the same as nothing there. */
static const char *nothing_to_do(const struct screen *s)
{
	if (!s->triage->complete || !session_complete(s->session))
		return " nothing was found in what was read, which is not all: see NOT KNOWN\n";
	if (s->triage->incident.indicators.len == 0)
		return " nothing: no login of the scope was found. No --bad was given, so no image was looked for\n";
	if (s->triage->counts.bad + s->triage->counts.built_on_bad > 0)
		return " nothing in a cluster, but bad images lie in registries: see IMAGES IN SCOPE\n";
	return " nothing: no bad image was seen, and no login of the scope needs anything\n";
}

static int do_now(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, action_columns);
	const struct action *items = s->triage->actions.items;
	size_t rows = s->triage->actions.len;

	screen_heading(s, "DO NOW", "%s", "");
	if (rows == 0)
		strbuf_add_text(s->out, nothing_to_do(s));
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(table.arena, err);
		cells[0] = cell_number(&table, items[i].rank);
		cells[1] = items[i].action;
		cells[2] = table_text(&table, items[i].subject);
		cells[3] = table_text(&table, items[i].why);
	}
	if (rows && screen_table(s, &table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	return 0;
}

/* --- NOT KNOWN --- */

static const struct table_column unknown_columns[] = {
	{ "", 0, 0 },
	{ "CLUSTER", 0, TABLE_ELASTIC },
	{ "WHAT", 0, TABLE_WRAP },
	{ "WHY", 0, TABLE_WRAP },
	{ "WHAT WOULD TELL", 1, TABLE_WRAP },
};

static int unknown_row(struct table *table, const struct unknown *row, struct slice subject, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = slice_of(row->incomplete == BOOL_TRUE ? "!" : "");
	cells[1] = table_text(table, row->cluster);
	cells[2] = table_text(table, subject);
	cells[3] = table_text(table, row->why);
	cells[4] = table_text(table, row->fix);
	return 0;
}

static bool ends_with(struct slice text, struct slice end)
{
	return text.len >= end.len && slice_equal(slice_part(text, text.len - end.len, end.len), end);
}

/* A source that could not be read, unless a row of its cluster or registry says so. */
static bool is_told_elsewhere(const struct screen *s, struct slice failure)
{
	const struct world_list *clusters = &s->session->world->clusters;
	const struct unknown *unknown = s->triage->unknown.items;

	for (size_t i = 0; i < clusters->len; i++) {
		const struct world_cluster *cluster = clusters->items[i];
		if (cluster->failed && cluster->failed->why.len && ends_with(failure, cluster->failed->why))
			return true;
	}
	for (size_t i = 0; i < s->triage->unknown.len; i++)
		if (!unknown[i].cluster.data && slice_starts_with(failure, "registry ") && unknown[i].cause.len &&
		    ends_with(failure, unknown[i].cause))
			return true;
	return false;
}

static int failed_sources(struct screen *s, struct table *table, struct error **err)
{
	const struct slice_list *errors = &s->session->errors;

	for (size_t i = 0; i < errors->len; i++) {
		struct unknown row;
		if (is_told_elsewhere(s, errors->items[i]))
			continue;
		record_init(&unknown_type, &row);
		row.subject = SLICE("a source that was given");
		row.why = errors->items[i];
		row.incomplete = BOOL_TRUE;
		if (unknown_row(table, &row, row.subject, err) < 0)
			return -1;
	}
	return 0;
}

/* Where " of all namespaces" begins in "Pods of all namespaces"; the end of "Nodes". */
static size_t place_at(struct slice subject)
{
	for (size_t at = 0; at < subject.len; at++)
		if (slice_starts_with(slice_part(subject, at, subject.len), " of "))
			return at;
	return subject.len;
}

static struct slice place_of(const struct unknown *row)
{
	return slice_part(row->subject, place_at(row->subject), row->subject.len);
}

/* A user without rights is refused each kind with the same words: one row holds them. */
static bool is_told_with(const struct unknown *row, const struct unknown *first)
{
	return row->kind.data && first->kind.data && row->incomplete == first->incomplete &&
	       slice_equal(row->cluster, first->cluster) && slice_equal(row->why, first->why) &&
	       slice_equal(row->fix, first->fix) && slice_equal(place_of(row), place_of(first));
}

static bool is_told_before(const struct unknown *items, size_t index)
{
	for (size_t i = index; i > 0 && slice_equal(items[i - 1].cluster, items[index].cluster); i--)
		if (is_told_with(&items[i - 1], &items[index]))
			return true;
	return false;
}

/* "Secrets, Pods of all namespaces" */
static struct slice joined_subject(struct screen *s, size_t index)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	const struct unknown *items = s->triage->unknown.items, *first = &items[index];
	struct slice joined = SLICE_NONE;

	for (size_t i = index; i < s->triage->unknown.len && slice_equal(items[i].cluster, first->cluster); i++)
		if (i == index || is_told_with(&items[i], first)) {
			strbuf_add_text(&text, text.len ? ", " : "");
			strbuf_add_slice(&text, slice_part(items[i].subject, 0, place_at(items[i].subject)));
		}
	strbuf_add_slice(&text, place_of(first));
	if (text.failure || arena_copy(&s->session->arena, strbuf_slice(&text), &joined) < 0)
		return SLICE_NONE;
	return joined;
}

/* Those that make the answer incomplete, or the others. */
static int unknown_rows(struct screen *s, struct table *table, enum truth incomplete, struct error **err)
{
	const struct unknown *items = s->triage->unknown.items;

	for (size_t i = 0; i < s->triage->unknown.len; i++) {
		if ((items[i].incomplete == BOOL_TRUE) != (incomplete == BOOL_TRUE) || is_told_before(items, i))
			continue;
		struct slice subject = joined_subject(s, i);
		if (!subject.data)
			return error_no_memory(err);
		if (unknown_row(table, &items[i], subject, err) < 0)
			return -1;
	}
	return 0;
}

static int not_known(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, unknown_columns);

	screen_heading(s, "NOT KNOWN", "! makes this answer incomplete");
	if (failed_sources(s, &table, err) < 0 || unknown_rows(s, &table, BOOL_TRUE, err) < 0 ||
	    unknown_rows(s, &table, BOOL_FALSE, err) < 0)
		return -1;
	return table.rows ? screen_table(s, &table, err) : 0;
}

/* --- NEXT --- */

/* Where a command of NEXT says what it is for. */
#define NEXT_COLUMN 34

/* The store and key that were given, with what is between them and the command: on a line of its own where they do not
 * fit. */
static void add_places(struct screen *s, size_t *start)
{
	const char *store = s->session->store_given, *key = s->session->key_given;
	size_t used = s->out->len - *start;
	size_t more = (store ? strlen(" --store ") + strlen(store) : 0) +
		      (key ? strlen(" --key-file ") + strlen(key) : 0);

	if (more && used + more > s->output->width) {
		strbuf_add_text(s->out, " \\\n   ");
		*start = s->out->len - 3;
	}
	if (store)
		strbuf_addf(s->out, " --store %s", store);
	if (key)
		strbuf_addf(s->out, " --key-file %s", key);
}

/* Lines that can be typed as they stand: the program as it was called, and the store and key that it was given. */
static void add_command(struct screen *s, const char *what, const char *why)
{
	const char *program = strchr(program_invocation_name, '/') ? program_invocation_name : "fother";
	size_t start = s->out->len;

	strbuf_addf(s->out, " %s %s", program, what);
	add_places(s, &start);
	size_t used = s->out->len - start;
	if (used < NEXT_COLUMN)
		strbuf_add_repeat(s->out, ' ', NEXT_COLUMN - used);
	else if (used + 2 + strlen(why) <= s->output->width)
		strbuf_add_text(s->out, "  ");
	else
		strbuf_addf(s->out, "\n%*s", NEXT_COLUMN, "");
	strbuf_addf(s->out, "%s\n", why);
}

static bool some_forbidden(const struct screen *s)
{
	const struct unknown *items = s->triage->unknown.items;

	for (size_t i = 0; i < s->triage->unknown.len; i++)
		if (slice_equal_text(items[i].outcome, "forbidden"))
			return true;
	return false;
}

static bool some_live_incomplete(const struct screen *s)
{
	const struct world_list *clusters = &s->session->world->clusters;

	for (size_t i = 0; i < clusters->len; i++) {
		const struct world_cluster *cluster = clusters->items[i];
		const struct read *last = cluster->failed ? cluster->failed : cluster->read;
		if (last && slice_equal_text(last->source_kind, "cluster") &&
		    !slice_equal_text(last->outcome, "complete"))
			return true;
	}
	return false;
}

/* The first that did not stand where it stands; else the first. NULL: there is none. */
static const struct tag_row *tag_with_a_past(struct record_list tags)
{
	const struct tag_row *rows = tags.items;

	for (size_t i = 0; i < tags.len; i++)
		if (rows[i].digest_before.data)
			return &rows[i];
	return tags.len ? rows : NULL;
}

static void next(struct screen *s)
{
	const struct sighting *sightings = s->triage->sightings.items;
	long long id = s->triage->incident.id;
	char what[LIMIT_REFERENCE_BYTES + 64];

	screen_heading(s, "NEXT", "%s", "");
	if (s->triage->sightings.len && sightings[0].digest.data) {
		snprintf(what, sizeof what, "where %.*s", SLICE_ARG(slice_part(sightings[0].digest, 0, 19)));
		add_command(s, what, "every place of it");
	}
	if (some_forbidden(s))
		add_command(s, "triage --rbac", "the rights that were missing, as YAML");
	if (count_registries(s) == 0) {
		snprintf(what, sizeof what, "triage %lld --read-registry", id);
		add_command(s, what, "dates, moved tags, pushes of images");
	}
	const struct tag_row *tag = tag_with_a_past(s->triage->tags);
	if (tag) {
		snprintf(what, sizeof what, "registry tags %.*s/%.*s --offline", SLICE_ARG(tag->registry),
			 SLICE_ARG(tag->repository));
		add_command(s, what, "what a tag pointed to, and when");
	}
	if (some_live_incomplete(s)) {
		snprintf(what, sizeof what, "triage %lld --context NAME", id);
		add_command(s, what, "reads a cluster again (-n NS: only NS)");
	}
	snprintf(what, sizeof what, "triage %lld -o wide", id);
	add_command(s, what, "no row left out, and every copy");
	snprintf(what, sizeof what, "triage %lld -o json", id);
	add_command(s, what, "every user and place, for scripts");
	add_command(s, "credentials -o wide", "every login, of every registry");
	if (s->triage->incident.window_to == TIME_UNSET)
		strbuf_add_text(s->out,
				" Once the breach has an end, --window A..B in place of --since tells what was\n"
				" set after it.\n");
}

int triage_screen(struct session *session, struct output *output, const struct triage *triage, struct error **err)
{
	struct screen s = {
		.session = session,
		.output = output,
		.triage = triage,
		.out = &output->text,
		.wide = output->format == OUTPUT_WIDE,
		.colour = terminal_colour(),
	};

	head(&s);
	if (notes(&s, err) < 0 || do_now(&s, err) < 0 || screen_bad_images(&s, err) < 0 || screen_images(&s, err) < 0 ||
	    screen_tags(&s, err) < 0 || screen_credentials(&s, err) < 0 || screen_blocked(&s, err) < 0 ||
	    screen_findings(&s, err) < 0 || not_known(&s, err) < 0)
		return -1;
	next(&s);
	return strbuf_failed(s.out, err) ? -1 : 0;
}
