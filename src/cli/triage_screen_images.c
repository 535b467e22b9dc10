#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "cli/triage_screen_internal.h"

/* --- bad images --- */

/* Replicas of one workload that run one digest are one line. */
struct sighting_group {
	const struct sighting *first;
	size_t places;
	int64_t from, to;
};

/* Made while the sightings are gone through: what was met already, so that thousands of replicas cost one look each. */
struct sighting_groups {
	struct sighting_group *items;
	size_t len;
	struct map by_key;    /* state, workload or node, digest -> struct sighting_group * */
	struct map workloads; /* those that run or wait: their template needs no line of its own */
};

static struct slice workload_key(const struct sighting *s, struct arena *arena)
{
	return arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s", SLICE_ARG(s->cluster), SLICE_ARG(s->namespace),
			    SLICE_ARG(s->workload_kind), SLICE_ARG(s->workload));
}

static struct slice group_key(const struct sighting *s, struct slice workload, struct arena *arena)
{
	struct slice node = s->workload.data ? SLICE_NONE : s->node;
	return arena_printf(arena, "%.*s\n%.*s\n%.*s\n%.*s", SLICE_ARG(workload), SLICE_ARG(s->state), SLICE_ARG(node),
			    SLICE_ARG(s->digest));
}

static void join_group(struct sighting_group *group, const struct sighting *sighting)
{
	group->places++;
	if (sighting->from_time != TIME_UNSET && (group->from == TIME_UNSET || sighting->from_time < group->from))
		group->from = sighting->from_time;
	if (sighting->to_time != TIME_UNSET && (group->to == TIME_UNSET || sighting->to_time > group->to))
		group->to = sighting->to_time;
}

static int add_to_groups(struct sighting_groups *groups, const struct sighting *sighting, struct arena *arena)
{
	struct slice workload = workload_key(sighting, arena);
	struct slice key = workload.data ? group_key(sighting, workload, arena) : SLICE_NONE;
	if (!key.data)
		return -1;
	if (slice_equal_text(sighting->state, "template") && map_get(&groups->workloads, workload))
		return 0;
	void **place = map_put(&groups->by_key, key);
	if (!place)
		return -1;
	if (!*place) {
		*place = &groups->items[groups->len++];
		*(struct sighting_group *)*place = (struct sighting_group){ sighting, 0, TIME_UNSET, TIME_UNSET };
	}
	join_group(*place, sighting);
	if (!slice_equal_text(sighting->state, "runs") && !slice_equal_text(sighting->state, "waits"))
		return 0;
	void **running = map_put(&groups->workloads, workload);
	if (running)
		*running = groups;
	return running ? 0 : -1;
}

/* The sightings come most urgent first: what runs stands before the templates. */
static int group_sightings(struct screen *s, struct sighting_groups *groups, struct error **err)
{
	struct arena *arena = &s->session->arena;
	const struct sighting *items = s->triage->sightings.items;
	size_t len = s->triage->sightings.len;

	groups->items = arena_zeroed(arena, len + 1, sizeof *groups->items);
	int result = groups->items ? 0 : -1;
	for (size_t i = 0; result == 0 && i < len; i++)
		result = add_to_groups(groups, &items[i], arena);
	map_release(&groups->by_key);
	map_release(&groups->workloads);
	return result < 0 ? error_no_memory(err) : 0;
}

static const struct table_column sighting_columns[] = {
	{ "STATE", 0, 0 },
	{ "WHERE", 0, TABLE_ELASTIC },
	{ "WORKLOAD OR NODE", 0, TABLE_ELASTIC },
	{ "IMAGE", 4, TABLE_ELASTIC },
	{ "DIGEST OR TAG", 0, TABLE_ELASTIC },
	{ "N", 5, TABLE_RIGHT },
	{ "FROM", 2, 0 },
	{ "TO", 3, 0 },
	{ "PROOF", 6, TABLE_ELASTIC },
};

/* Where there is no digest, what it is called: "report:2.2". */
static struct slice last_of_name(struct table *table, const struct sighting *sighting)
{
	struct slice head, tail;
	return table_text(table, slice_cut_last(sighting->image, '/', &head, &tail) ? tail : sighting->image);
}

static int sighting_row(struct table *table, const struct sighting_group *group, struct error **err)
{
	const struct sighting *first = group->first;
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = first->state;
	cells[1] = cell_place(table, first->cluster, first->namespace);
	cells[2] = first->workload.data
			   ? table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(first->workload_kind),
							    SLICE_ARG(first->workload)))
			   : table_text(table, arena_printf(table->arena, "node %.*s", SLICE_ARG(first->node)));
	cells[3] = table_text(table, first->image);
	cells[4] = first->digest.data ? cell_digest(table, first->digest) : last_of_name(table, first);
	cells[5] = cell_number(table, (int64_t)group->places);
	cells[6] = table_minute(table, group->from);
	cells[7] = table_minute(table, group->to);
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

static bool is_in_registries(const struct screen *s)
{
	return s->triage->counts.bad + s->triage->counts.built_on_bad > 0;
}

int screen_bad_images(struct screen *s, struct error **err)
{
	struct table table = NEW_TABLE(s, sighting_columns);
	struct sighting_groups grouped = { 0 };

	if (group_sightings(s, &grouped, err) < 0)
		return -1;
	const struct sighting_group *groups = grouped.items;
	size_t count = grouped.len;
	if (s->triage->incident.indicators.len == 0) {
		screen_heading(s, "BAD IMAGES", "no --bad given: nothing to look for");
		return 0;
	}
	screen_heading(s, "BAD IMAGES", "%zu run   %zu wait   %zu ended   %zu cached   %zu pulled   %zu in templates",
		       count_state(groups, count, "runs"), count_state(groups, count, "waits"),
		       count_state(groups, count, "ran"), count_state(groups, count, "cached"),
		       count_state(groups, count, "pulled"), count_state(groups, count, "template"));
	for (size_t i = 0; i < screen_shown_rows(s, count); i++)
		if (sighting_row(&table, &groups[i], err) < 0)
			return -1;
	if (count && screen_table(s, &table, err) < 0)
		return -1;
	if (!count && is_in_registries(s))
		strbuf_add_text(s->out, " no cluster that was read has them: they lie in registries, see below\n");
	else if (!count)
		strbuf_add_text(s->out, " not seen in what was read\n");
	screen_more_line(s, count);
	return 0;
}

/* --- images of the scope --- */

/* Before a registry or layout was read there are no dates to show. */
static const struct table_column image_columns[] = {
	{ "RUNS", 0, TABLE_RIGHT },    { "RAN", 0, TABLE_RIGHT },    { "CACHED", 0, TABLE_RIGHT }, { "BAD", 3, 0 },
	{ "IMAGE", 0, TABLE_ELASTIC }, { "TAGS", 1, TABLE_ELASTIC }, { "DIGEST", 2, 0 },
};
static const struct table_column dated_columns[] = {
	{ "RUNS", 0, TABLE_RIGHT },     { "RAN", 0, TABLE_RIGHT },
	{ "CACHED", 0, TABLE_RIGHT },   { "BAD", 0, 0 },
	{ "IMAGE", 0, TABLE_ELASTIC },  { "BUILT", 0, 0 },
	{ "IN WINDOW", 0, TABLE_WRAP }, { "DIGEST", 2, 0 },
	{ "TAGS", 3, TABLE_ELASTIC },   { "BASE", 5, TABLE_ELASTIC },
};

/* One whose name cannot be parsed is called as it was written where it was seen. The only registry of the scope is in
 * the head already. */
static struct slice image_name(const struct screen *s, struct table *table, const struct image *image)
{
	const struct sighting *seen = image->sightings.items;
	struct slice_list registries = s->triage->incident.registries;

	if (!image->registry.data)
		return table_text(table, image->sightings.len ? seen->image : SLICE_NONE);
	if (screen_images_read(s) && registries.len == 1 && slice_equal(registries.items[0], image->registry))
		return table_text(table, image->repository);
	return table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(image->registry),
					      SLICE_ARG(image->repository)));
}

static struct slice bad_cell(const struct image *image)
{
	return slice_of(image->bad == BOOL_TRUE ? "BAD" : image->built_on.len ? "BASE" : "");
}

static struct slice list_or_blank(struct table *table, struct slice_list list, const char *separator)
{
	return list.len ? cell_list(table, list, separator) : SLICE("");
}

static void image_cells(const struct screen *s, struct table *table, const struct image *image, struct slice *cells)
{
	cells[0] = cell_number(table, image->runs);
	cells[1] = cell_number(table, image->ran);
	cells[2] = cell_number(table, image->cached);
	cells[3] = bad_cell(image);
	cells[4] = image_name(s, table, image);
	if (!screen_images_read(s)) {
		cells[5] = list_or_blank(table, image->tags, ",");
		cells[6] = cell_digest(table, image->digest);
		return;
	}
	cells[5] = cell_built(table, image->built, image->dating);
	cells[6] = list_or_blank(table, image->in_window, ", ");
	cells[7] = cell_digest(table, image->digest);
	cells[8] = list_or_blank(table, image->tags, ",");
	cells[9] = table_text(table, image->base);
}

static void images_heading(struct screen *s)
{
	const struct triage_counts *counts = &s->triage->counts;
	const struct image *items = s->triage->images.items;
	size_t rows = s->triage->images.len, run = 0;

	for (size_t i = 0; i < rows; i++)
		run += items[i].runs > 0;
	if (!screen_images_read(s))
		screen_heading(s, "IMAGES IN SCOPE", "%zu, of which %zu run; build dates not known (no registry read)",
			       rows, run);
	else
		screen_heading(s, "IMAGES IN SCOPE", "%zu, %zu run   %zu in the window   %zu bad   %zu built on bad",
			       rows, run, counts->in_window, counts->bad, counts->built_on_bad);
}

/* No class without a date is left out in silence. */
static void undated_line(struct screen *s)
{
	const struct triage_counts *counts = &s->triage->counts;

	if (screen_images_read(s) && counts->dated < s->triage->images.len)
		strbuf_addf(s->out,
			    " no date tells of %zu undated, %zu epoch (reproducible), %zu future, %zu not read\n",
			    counts->undated, counts->reproducible, counts->future, counts->not_read);
}

int screen_images(struct screen *s, struct error **err)
{
	struct table plain = NEW_TABLE(s, image_columns), dated = NEW_TABLE(s, dated_columns);
	struct table *table = screen_images_read(s) ? &dated : &plain;
	const struct image *items = s->triage->images.items;
	size_t rows = s->triage->images.len;

	images_heading(s);
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++) {
		struct slice *cells = table_row(table);
		if (!cells)
			return arena_fail(table->arena, err);
		image_cells(s, table, &items[i], cells);
	}
	if (rows && screen_table(s, table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	undated_line(s);
	return 0;
}

/* --- tags --- */

static const struct table_column tag_columns[] = {
	{ "STATE", 0, 0 },          { "TAG", 0, TABLE_ELASTIC, 21 }, { "CHANGE", 0, 0 }, { "WHEN", 1, 0 },
	{ "RUN", 0, TABLE_RIGHT },  { "OTHER", 3, TABLE_RIGHT },     { "NOW", 4, 0 },    { "BEFORE", 5, 0 },
	{ "BY", 2, TABLE_ELASTIC }, { "WHY", 6, TABLE_WRAP },
};

static struct slice tag_name(const struct screen *s, struct table *table, const struct tag_row *tag)
{
	struct slice_list registries = s->triage->incident.registries;

	if (registries.len == 1 && slice_equal(registries.items[0], tag->registry))
		return table_text(table, arena_printf(table->arena, "%.*s:%.*s", SLICE_ARG(tag->repository),
						      SLICE_ARG(tag->tag)));
	return table_text(table, arena_printf(table->arena, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry),
					      SLICE_ARG(tag->repository), SLICE_ARG(tag->tag)));
}

static int tag_line(struct screen *s, struct table *table, const struct tag_row *tag, struct error **err)
{
	struct slice *cells = table_row(table);

	if (!cells)
		return arena_fail(table->arena, err);
	cells[0] = tag->bad == BOOL_TRUE
			   ? table_text(table, arena_printf(table->arena, "BAD, %.*s", SLICE_ARG(tag->state)))
			   : table_text(table, tag->state);
	cells[1] = tag_name(s, table, tag);
	cells[2] = table_text(table, tag->change);
	cells[3] = table_minute(table, tag->moved_by);
	cells[4] = cell_number(table, tag->runs_now);
	cells[5] = cell_number(table, tag->runs_other);
	cells[6] = cell_digest(table, tag->digest);
	cells[7] = cell_digest(table, tag->digest_before);
	cells[8] = table_text(table, tag->moved_by_whom);
	cells[9] = table_text(table, tag->why);
	return 0;
}

int screen_tags(struct screen *s, struct error **err)
{
	struct table_column columns[sizeof tag_columns / sizeof *tag_columns];
	struct table table = NEW_TABLE(s, tag_columns);
	const struct triage_counts *counts = &s->triage->counts;
	const struct tag_row *items = s->triage->tags.items;
	size_t rows = s->triage->tags.len;

	if (rows == 0) {
		screen_heading(s, "TAGS MOVED",
			       screen_images_read(s) ? "none in what was read"
						     : "not known: no registry was read (--read-registry)");
		return 0;
	}
	screen_heading(s, "TAGS MOVED", "%s%zu in the window, %zu since put back%s   %zu bad",
		       screen_images_read(s) ? "" : "no registry was read: ", counts->tags_in_window,
		       counts->tags_put_back, counts->tags_put_back ? " (no proof of clean)" : "", counts->tags_bad);
	for (size_t i = 0; i < screen_shown_rows(s, rows); i++)
		if (tag_line(s, &table, &items[i], err) < 0)
			return -1;
	memcpy(columns, tag_columns, sizeof columns);
	table.columns = columns;
	if (!s->wide && table_leave_out_unknown(&table, columns) < 0)
		return arena_fail(table.arena, err);
	if (screen_table(s, &table, err) < 0)
		return -1;
	screen_more_line(s, rows);
	return 0;
}
