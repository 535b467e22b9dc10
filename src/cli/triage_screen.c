#include "cli/triage_screen.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "cli/table.h"
#include "cli/terminal.h"

/* Rows of a section before "and N more"; -o wide shows all. */
#define SCREEN_ROWS 15

struct screen {
	struct session *session;
	struct output *output;
	const struct triage *triage;
	struct strbuf *out;
	bool wide, colour;
};

/* --- pieces --- */

static void heading(struct screen *s, const char *title, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void heading(struct screen *s, const char *title, const char *format, ...)
{
	char counts[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(counts, sizeof counts, format, arguments);
	va_end(arguments);
	strbuf_addf(s->out, s->colour ? "\n\033[1m%s\033[0m" : "\n%s", title);
	if (counts[0])
		strbuf_addf(s->out, "   %s", counts);
	strbuf_add_char(s->out, '\n');
}

static size_t shown_rows(const struct screen *s, size_t rows)
{
	/* A single row left over is shown, rather than announced. */
	return s->wide || rows <= SCREEN_ROWS + 1 ? rows : SCREEN_ROWS;
}

static void more_line(struct screen *s, size_t rows)
{
	size_t shown = shown_rows(s, rows);
	if (shown < rows)
		strbuf_addf(s->out, "  and %zu more: -o wide shows all\n", rows - shown);
}

/* "2026-11-20 09:10Z": to the minute, and said to be UTC. Seconds are in JSON. */
static const char *minute_format(int64_t time, char text[TIME_TEXT_BYTES])
{
	time_format(time, text);
	if (time == TIME_UNSET)
		return text;
	text[10] = ' ';
	memcpy(text + 16, "Z", 2);
	return text;
}

static struct slice time_cell(struct table *table, int64_t time)
{
	char text[TIME_TEXT_BYTES];
	struct slice copy = SLICE_NONE;

	return arena_copy(table->arena, slice_of(minute_format(time, text)), &copy) < 0 ? SLICE_NONE : copy;
}

/* An age in months needs no hours. */
static struct slice date_cell(struct table *table, int64_t time)
{
	struct slice text = time_cell(table, time);
	return time == TIME_UNSET ? text : slice_part(text, 0, 10);
}

static struct slice number_cell(struct table *table, int64_t number)
{
	return number == INT_UNKNOWN ? slice_of("?") : arena_printf(table->arena, "%lld", (long long)number);
}

static struct slice short_cell(struct table *table, struct slice text, size_t len)
{
	return table_text(table, text.data ? slice_part(text, 0, len) : text);
}

/* The first 12 digits, as container tools print them; `fother where` takes them so. */
static struct slice digest_cell(struct table *table, struct slice digest)
{
	struct slice algorithm, digits;
	return short_cell(table, slice_cut(digest, ':', &algorithm, &digits) ? digits : digest, 12);
}

static struct slice place_cell(struct table *table, struct slice cluster, struct slice namespace)
{
	if (!namespace.data || namespace.len == 0)
		return table_text(table, cluster);
	return table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(cluster), SLICE_ARG(namespace)));
}

static int render(struct screen *s, const struct table *table, struct error **err)
{
	for (size_t i = 0; i < table->rows * table->column_count; i++)
		if (!table->cells[i].data)
			return arena_fail(table->arena, err);
	table_render(table, s->output->width, 1, s->out, NULL);
	return strbuf_failed(s->out, err) ? -1 : 0;
}

#define NEW_TABLE(s, columns_) \
	{ .columns = (columns_), .column_count = sizeof(columns_) / sizeof *(columns_), .arena = &(s)->session->arena }

/* --- the head --- */

static void add_list(struct strbuf *out, struct slice_list list, const char *separator)
{
	for (size_t i = 0; i < list.len; i++) {
		strbuf_add_text(out, i ? separator : "");
		utf8_add_printable(out, list.items[i]);
	}
}

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
		    incident->window_to == TIME_UNSET ? "open" : minute_format(incident->window_to, to));
}

static void head(struct screen *s)
{
	const struct incident *incident = &s->triage->incident;
	char age[TIME_TEXT_BYTES], as_of[TIME_TEXT_BYTES];
	size_t bad = incident->indicators.len, clusters = s->session->world->clusters.len;
	bool complete = s->triage->complete && session_complete(s->session);

	strbuf_addf(s->out, "INC %lld  ", (long long)incident->id);
	add_list(s->out, incident->registries, ", ");
	if (incident->repositories.len) {
		strbuf_add_text(s->out, "/");
		add_list(s->out, incident->repositories, ", /");
	}
	if (incident->accounts.len) {
		strbuf_add_text(s->out, "  account ");
		add_list(s->out, incident->accounts, ", ");
	}
	int64_t open_for = s->session->world->as_of - incident->opened;
	strbuf_addf(s->out, "  %zu indicator%s  opened %s%s\n", bad, bad == 1 ? "" : "s",
		    open_for > 0 ? duration_format(open_for, age) : "now", open_for > 0 ? " ago" : "");
	add_window(s);
	strbuf_addf(s->out, s->colour && !complete ? "\n\033[1;33m%s\033[0m" : "\n%s", complete ? "COMPLETE" : "INCOMPLETE");
	strbuf_addf(s->out, "  %zu cluster%s  as of %s", clusters, clusters == 1 ? "" : "s",
		    minute_format(s->session->world->as_of, as_of));
	strbuf_add_text(s->out, complete ? "\n" : "  see NOT KNOWN\n");
}

/* --- DO NOW --- */

static const struct table_column action_columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "DO", 0, 0 },
	{ "WHAT", 0, TABLE_ELASTIC },
	{ "WHY", 0, TABLE_WRAP },
};

static int do_now(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, action_columns);
	const struct action *items = s->triage->actions.items;
	size_t rows = s->triage->actions.len;

	heading(s, "DO NOW", "%s", rows ? "" : "nothing: no bad image was seen and no login of the scope was found");
	for (size_t i = 0; i < shown_rows(s, rows); i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(table.arena, err);
		cells[0] = number_cell(&table, items[i].rank);
		cells[1] = items[i].action;
		cells[2] = table_text(&table, items[i].subject);
		cells[3] = table_text(&table, items[i].why);
	}
	if (rows && render(s, &table, err) < 0)
		return -1;
	more_line(s, rows);
	return 0;
}

/* --- bad images --- */

/* Replicas of one workload that run one digest are one line. */
struct sighting_group {
	const struct sighting *first;
	size_t places;
	int64_t from, to;
};

static bool same_group(const struct sighting *a, const struct sighting *b)
{
	return slice_equal(a->state, b->state) && slice_equal(a->cluster, b->cluster) &&
	       slice_equal(a->namespace, b->namespace) && slice_equal(a->workload_kind, b->workload_kind) &&
	       slice_equal(a->workload, b->workload) && slice_equal(a->digest, b->digest) &&
	       (a->workload.data || slice_equal(a->node, b->node));
}

static void join_group(struct sighting_group *group, const struct sighting *sighting)
{
	group->places++;
	if (sighting->from_time != TIME_UNSET && (group->from == TIME_UNSET || sighting->from_time < group->from))
		group->from = sighting->from_time;
	if (sighting->to_time != TIME_UNSET && (group->to == TIME_UNSET || sighting->to_time > group->to))
		group->to = sighting->to_time;
}

/* A workload that runs the bad image needs no second line for its template. */
static bool runs_already(const struct sighting_group *groups, size_t count, const struct sighting *template)
{
	for (size_t i = 0; i < count && slice_equal_text(template->state, "template"); i++)
		if (slice_equal(groups[i].first->cluster, template->cluster) &&
		    slice_equal(groups[i].first->namespace, template->namespace) &&
		    slice_equal(groups[i].first->workload_kind, template->workload_kind) &&
		    slice_equal(groups[i].first->workload, template->workload))
			return true;
	return false;
}

static struct sighting_group *group_sightings(struct screen *s, size_t *ret_count, struct error **err)
{
	const struct sighting *items = s->triage->sightings.items;
	size_t len = s->triage->sightings.len, count = 0;
	struct sighting_group *groups = arena_zeroed(&s->session->arena, len + 1, sizeof *groups);

	for (size_t i = 0; groups && i < len; i++) {
		size_t g = 0;
		if (runs_already(groups, count, &items[i]))
			continue;
		while (g < count && !same_group(groups[g].first, &items[i]))
			g++;
		if (g == count)
			groups[count++] = (struct sighting_group){ &items[i], 0, TIME_UNSET, TIME_UNSET };
		join_group(&groups[g], &items[i]);
	}
	if (!groups)
		arena_fail(&s->session->arena, err);
	*ret_count = count;
	return groups;
}

static const struct table_column sighting_columns[] = {
	{ "STATE", 0, 0 },
	{ "WHERE", 0, TABLE_ELASTIC },
	{ "WORKLOAD OR NODE", 0, TABLE_ELASTIC },
	{ "IMAGE", 4, TABLE_ELASTIC },
	{ "DIGEST", 1, 0 },
	{ "N", 5, TABLE_RIGHT },
	{ "FROM", 2, 0 },
	{ "TO", 3, 0 },
	{ "PROOF", 6, TABLE_ELASTIC },
};

static int sighting_row(struct table *table, const struct sighting_group *group, struct error **err)
{
	const struct sighting *first = group->first;
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = first->state;
	cells[1] = place_cell(table, first->cluster, first->namespace);
	cells[2] = first->workload.data ?
			   table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(first->workload_kind),
							  SLICE_ARG(first->workload))) :
			   table_text(table, arena_printf(table->arena, "node %.*s", SLICE_ARG(first->node)));
	cells[3] = table_text(table, first->image);
	cells[4] = digest_cell(table, first->digest);
	cells[5] = number_cell(table, (int64_t)group->places);
	cells[6] = time_cell(table, group->from);
	cells[7] = time_cell(table, group->to);
	cells[8] = table_text(table, first->proof);
	return 0;
}

static size_t count_state(const struct sighting_group *groups, size_t count, const char *state)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		found += slice_equal_text(groups[i].first->state, state);
	return found;
}

static int bad_images(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, sighting_columns);
	size_t count;
	struct sighting_group *groups = group_sightings(s, &count, err);

	if (!groups)
		return -1;
	if (s->triage->incident.indicators.len == 0) {
		heading(s, "BAD IMAGES", "no --bad given: nothing to look for");
		return 0;
	}
	heading(s, "BAD IMAGES", "%zu run   %zu wait   %zu ended   %zu cached   %zu in templates",
		count_state(groups, count, "runs"), count_state(groups, count, "waits"), count_state(groups, count, "ran"),
		count_state(groups, count, "cached"), count_state(groups, count, "template"));
	for (size_t i = 0; i < shown_rows(s, count); i++)
		if (sighting_row(&table, &groups[i], err) < 0)
			return -1;
	if (count && render(s, &table, err) < 0)
		return -1;
	if (!count)
		strbuf_add_text(s->out, " not seen in what was read\n");
	more_line(s, count);
	return 0;
}

/* --- images of the scope --- */

static const struct table_column image_columns[] = {
	{ "RUNS", 0, TABLE_RIGHT },
	{ "RAN", 0, TABLE_RIGHT },
	{ "CACHED", 0, TABLE_RIGHT },
	{ "BAD", 3, 0 },
	{ "IMAGE", 0, TABLE_ELASTIC },
	{ "TAGS", 1, TABLE_ELASTIC },
	{ "DIGEST", 2, 0 },
};

static int image_row(struct table *table, const struct image *image, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	add_list(&tags, image->tags, ",");
	cells[0] = number_cell(table, image->runs);
	cells[1] = number_cell(table, image->ran);
	cells[2] = number_cell(table, image->cached);
	cells[3] = slice_of(image->bad == BOOL_TRUE ? "BAD" : "");
	cells[4] = table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(image->registry),
						  SLICE_ARG(image->repository)));
	cells[5] = table_text(table, slice_of(strbuf_text(&tags)));
	cells[6] = digest_cell(table, image->digest);
	return 0;
}

static int images(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, image_columns);
	const struct image *items = s->triage->images.items;
	size_t rows = s->triage->images.len, run = 0;

	for (size_t i = 0; i < rows; i++)
		run += items[i].runs > 0;
	heading(s, "IMAGES IN SCOPE", "%zu, of which %zu run; build dates not known (no registry read)", rows, run);
	for (size_t i = 0; i < shown_rows(s, rows); i++)
		if (image_row(&table, &items[i], err) < 0)
			return -1;
	if (rows && render(s, &table, err) < 0)
		return -1;
	more_line(s, rows);
	return 0;
}

/* --- credentials --- */

static const struct table_column credential_columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "DO", 0, 0 },
	{ "USER", 0, TABLE_ELASTIC },
	{ "KIND", 4, TABLE_ELASTIC },
	{ "ID", 0, 0 },
	{ "STANDING", 3, 0 },
	{ "UNCHANGED", 2, 0 },
	{ "COPIES", 0, TABLE_RIGHT },
	{ "USERS", 0, TABLE_RIGHT },
	{ "REVERTED BY", 5, TABLE_ELASTIC },
	{ "WHY", 6, TABLE_WRAP },
	{ "REGISTRY", 7, TABLE_ELASTIC },
};

static int credential_row(struct table *table, const struct credential *row, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf managers = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	add_list(&managers, row->reverted_by, ", ");
	cells[0] = number_cell(table, row->rank);
	cells[1] = row->action;
	cells[2] = table_text(table, row->username.len ? row->username : SLICE("(none)"));
	cells[3] = table_text(table, row->cred_kind);
	cells[4] = short_cell(table, row->fingerprint, 8);
	cells[5] = row->standing;
	cells[6] = date_cell(table, row->not_changed_since);
	cells[7] = number_cell(table, row->secrets);
	cells[8] = number_cell(table, row->users);
	cells[9] = table_text(table, slice_of(managers.len ? strbuf_text(&managers) : "-"));
	cells[10] = table_text(table, row->why);
	cells[11] = table_text(table, row->registry);
	return 0;
}

static int credentials(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, credential_columns);
	const struct credential *items = s->triage->credentials.items;
	size_t rows = s->triage->credentials.len, burnt = 0, unproven = 0;
	int64_t copies = 0;

	for (size_t i = 0; i < rows; i++) {
		copies += items[i].secrets;
		burnt += slice_equal_text(items[i].standing, "burnt");
		unproven += slice_equal_text(items[i].standing, "unproven");
	}
	heading(s, "CREDENTIALS", "%zu login%s in %lld secret%s: %zu burnt, %zu unproven, %zu proven new", rows,
		rows == 1 ? "" : "s", (long long)copies, copies == 1 ? "" : "s", burnt, unproven,
		rows - burnt - unproven);
	for (size_t i = 0; i < shown_rows(s, rows); i++)
		if (credential_row(&table, &items[i], err) < 0)
			return -1;
	if (rows && render(s, &table, err) < 0)
		return -1;
	more_line(s, rows);
	return 0;
}

/* --- secrets that stop pulls --- */

static const struct table_column blocked_columns[] = {
	{ "WHERE", 0, TABLE_ELASTIC },
	{ "SECRET", 0, TABLE_ELASTIC },
	{ "USERS", 0, TABLE_RIGHT },
	{ "WHAT IS WRONG", 0, TABLE_WRAP },
};

static int blocked(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, blocked_columns);
	const struct secret_row *items = s->triage->blocked.items;
	size_t rows = s->triage->blocked.len;

	if (rows == 0)
		return 0;
	heading(s, "BLOCKED PULLS", "%zu malformed secret%s: every pull of a pod that lists one fails", rows,
		rows == 1 ? "" : "s");
	for (size_t i = 0; i < shown_rows(s, rows); i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(table.arena, err);
		cells[0] = place_cell(&table, items[i].cluster, items[i].namespace);
		cells[1] = table_text(&table, items[i].name);
		cells[2] = number_cell(&table, items[i].users);
		cells[3] = table_text(&table, items[i].defects.len ? items[i].defects.items[0] : SLICE_NONE);
	}
	if (render(s, &table, err) < 0)
		return -1;
	more_line(s, rows);
	return 0;
}

/* --- findings: by rule --- */

static const struct table_column finding_columns[] = {
	{ "SEVERITY", 0, 0 },
	{ "RULE", 0, 0 },
	{ "N", 0, TABLE_RIGHT },
	{ "WHAT", 0, TABLE_WRAP },
};

static int finding_row(struct table *table, const struct finding *first, size_t count, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = first->severity;
	cells[1] = first->rule;
	cells[2] = number_cell(table, (int64_t)count);
	cells[3] = table_text(table, first->title);
	return 0;
}

static int findings(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, finding_columns);
	const struct finding *items = s->session->world->findings.items;
	size_t len = s->session->world->findings.len;

	if (len == 0)
		return 0;
	heading(s, "ALSO WRONG", "%zu finding%s by rule, worst first; -o json has each", len, len == 1 ? "" : "s");
	for (size_t i = 0; i < len; i++) {
		size_t count = 0, before = 0;
		for (size_t k = 0; k < len; k++)
			if (slice_equal(items[k].rule, items[i].rule) && slice_equal(items[k].severity, items[i].severity)) {
				before += k < i;
				count++;
			}
		if (before == 0 && finding_row(&table, &items[i], count, err) < 0)
			return -1;
	}
	return render(s, &table, err);
}

/* --- NOT KNOWN --- */

static const struct table_column unknown_columns[] = {
	{ "", 0, 0 },
	{ "CLUSTER", 0, TABLE_ELASTIC },
	{ "WHAT", 0, TABLE_WRAP },
	{ "WHY", 0, TABLE_WRAP },
	{ "WHAT WOULD TELL", 1, TABLE_WRAP },
};

static int unknown_row(struct table *table, const struct unknown *row, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = slice_of(row->incomplete == BOOL_TRUE ? "!" : "");
	cells[1] = table_text(table, row->cluster);
	cells[2] = table_text(table, row->subject);
	cells[3] = table_text(table, row->why);
	cells[4] = table_text(table, row->fix);
	return 0;
}

static int not_known(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, unknown_columns);
	const struct unknown *items = s->triage->unknown.items;
	size_t rows = s->triage->unknown.len;

	heading(s, "NOT KNOWN", "! makes this answer incomplete");
	for (size_t i = 0; i < s->session->errors.len; i++) {
		strbuf_add_text(s->out, " !  ");
		utf8_add_printable(s->out, s->session->errors.items[i]);
		strbuf_add_char(s->out, '\n');
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < rows; i++)
			if ((items[i].incomplete == BOOL_TRUE) == (pass == 0) && unknown_row(&table, &items[i], err) < 0)
				return -1;
	return rows ? render(s, &table, err) : 0;
}

/* --- NEXT --- */

static void next(struct screen *s)
{
	const struct sighting *sightings = s->triage->sightings.items;
	long long id = s->triage->incident.id;

	heading(s, "NEXT", "%s", "");
	if (s->triage->sightings.len && sightings[0].digest.data)
		strbuf_addf(s->out, " fother where %.*s\n", SLICE_ARG(slice_part(sightings[0].digest, 0, 19)));
	strbuf_addf(s->out, " fother triage %lld -o wide        everything, no row left out\n", id);
	strbuf_addf(s->out, " fother triage %lld -o json        every copy, user and place, for scripts\n", id);
	strbuf_add_text(s->out, " fother credentials -o wide      every login, of every registry\n");
	if (s->triage->incident.window_to == TIME_UNSET)
		strbuf_add_text(s->out, " --window A..B in place of --since: once the breach has an end, what was set "
					"after it can be proven new\n");
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
	if (do_now(&s, err) < 0 || bad_images(&s, err) < 0 || images(&s, err) < 0 || credentials(&s, err) < 0 ||
	    blocked(&s, err) < 0 || findings(&s, err) < 0 || not_known(&s, err) < 0)
		return -1;
	next(&s);
	return strbuf_failed(s.out, err) ? -1 : 0;
}
