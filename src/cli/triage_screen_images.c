#include "base/limits.h"
#include "cli/triage_screen_internal.h"

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
	cells[1] = screen_place_cell(table, first->cluster, first->namespace);
	cells[2] = first->workload.data
			   ? table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(first->workload_kind),
							    SLICE_ARG(first->workload)))
			   : table_text(table, arena_printf(table->arena, "node %.*s", SLICE_ARG(first->node)));
	cells[3] = table_text(table, first->image);
	cells[4] = screen_digest_cell(table, first->digest);
	cells[5] = screen_number_cell(table, (int64_t)group->places);
	cells[6] = screen_time_cell(table, group->from);
	cells[7] = screen_time_cell(table, group->to);
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

int screen_bad_images(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, sighting_columns);
	size_t count;
	struct sighting_group *groups = group_sightings(s, &count, err);

	if (!groups)
		return -1;
	if (s->triage->incident.indicators.len == 0) {
		screen_heading(s, "BAD IMAGES", "no --bad given: nothing to look for");
		return 0;
	}
	screen_heading(s, "BAD IMAGES", "%zu run   %zu wait   %zu ended   %zu cached   %zu in templates",
		       count_state(groups, count, "runs"), count_state(groups, count, "waits"),
		       count_state(groups, count, "ran"), count_state(groups, count, "cached"),
		       count_state(groups, count, "template"));
	for (size_t i = 0; i < screen_shown_rows(s, count); i++)
		if (sighting_row(&table, &groups[i], err) < 0)
			return -1;
	if (count && screen_table(s, &table, err) < 0)
		return -1;
	if (!count)
		strbuf_add_text(s->out, " not seen in what was read\n");
	screen_more_line(s, count);
	return 0;
}

/* --- images of the scope --- */

static const struct table_column image_columns[] = {
	{ "RUNS", 0, TABLE_RIGHT },    { "RAN", 0, TABLE_RIGHT },    { "CACHED", 0, TABLE_RIGHT }, { "BAD", 3, 0 },
	{ "IMAGE", 0, TABLE_ELASTIC }, { "TAGS", 1, TABLE_ELASTIC }, { "DIGEST", 2, 0 },
};

static int image_row(struct table *table, const struct image *image, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	screen_add_list(&tags, image->tags, ",");
	cells[0] = screen_number_cell(table, image->runs);
	cells[1] = screen_number_cell(table, image->ran);
	cells[2] = screen_number_cell(table, image->cached);
	cells[3] = slice_of(image->bad == BOOL_TRUE ? "BAD" : "");
	cells[4] = table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(image->registry),
						  SLICE_ARG(image->repository)));
	cells[5] = table_text(table, slice_of(strbuf_text(&tags)));
	cells[6] = screen_digest_cell(table, image->digest);
	return 0;
}

int screen_images(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, image_columns);
	const struct image *items = s->triage->images.items;
	size_t rows = s->triage->images.len, run = 0;

	for (size_t i = 0; i < rows; i++)
		run += items[i].runs > 0;
	screen_heading(s, "IMAGES IN SCOPE", "%zu, of which %zu run; build dates not known (no registry read)", rows,
		       run);
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++)
		if (image_row(&table, &items[i], err) < 0)
			return -1;
	if (rows && screen_table(s, &table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	return 0;
}
