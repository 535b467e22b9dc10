#include "cli/images_table.h"

#include "base/limits.h"
#include "cli/cells.h"

static int render(struct table *table, struct table_column *columns, size_t width, struct strbuf *out,
		  struct error **err)
{
	size_t left_out = 0;

	for (size_t i = 0; i < table->rows * table->column_count; i++)
		if (!table->cells[i].data)
			return arena_fail(table->arena, err);
	if (table_leave_out_unknown(table, columns) < 0)
		return arena_fail(table->arena, err);
	table_render(table, width, 0, out, &left_out);
	if (left_out)
		strbuf_addf(out, "(%zu column%s left out to fit %zu: -o wide shows all)\n", left_out,
			    left_out == 1 ? "" : "s", width);
	return strbuf_failed(out, err) ? -1 : 0;
}

/* --- images --- */

static struct slice image_name(struct table *table, const struct image *image)
{
	if (!image->registry.data)
		return table_text(table, image->repository);
	return table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(image->registry),
					      SLICE_ARG(image->repository)));
}

/* Tags of its own repository; others are counted. */
static struct slice tags_cell(struct table *table, const struct image *image)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice own = arena_printf(table->arena, "%.*s/%.*s:", SLICE_ARG(image->registry),
					SLICE_ARG(image->repository));
	struct slice_list list = image->registry_state.data ? image->tags_now : image->tags;
	size_t others = 0;

	if (!own.data)
		return SLICE_NONE;
	for (size_t i = 0; i < list.len; i++) {
		struct slice tag = list.items[i];
		if (slice_contains(tag, "/") && !slice_starts_with(tag, own.data)) {
			others++;
			continue;
		}
		strbuf_add_text(&text, text.len ? "," : "");
		strbuf_add_slice(&text, slice_contains(tag, "/") ? slice_part(tag, own.len, tag.len) : tag);
	}
	if (others)
		strbuf_addf(&text, "%s%zu elsewhere", text.len ? ", " : "", others);
	return text.failure ? SLICE_NONE : table_text(table, text.len ? strbuf_slice(&text) : SLICE_NONE);
}

static void image_cells(struct table *table, const struct image *image, struct slice *cells)
{
	cells[0] = image_name(table, image);
	cells[1] = cell_digest(table, image->digest);
	cells[2] = cell_number(table, image->runs);
	cells[3] = cell_number(table, image->ran);
	cells[4] = cell_number(table, image->cached);
	cells[5] = cell_built(table, image->built, image->dating);
	cells[6] = tags_cell(table, image);
	cells[7] = table_text(table, image->base);
	cells[8] = table_text(table, image->registry_state);
	cells[9] = cell_list(table, image->platforms, ",");
}

int images_table(struct record_list images, size_t width, struct arena *arena, struct strbuf *out, struct error **err)
{
	struct table_column columns[] = {
		{ "IMAGE", 0, TABLE_ELASTIC, 26 },
		{ "DIGEST", 0, 0 },
		{ "RUNS", 0, TABLE_RIGHT },
		{ "RAN", 4, TABLE_RIGHT },
		{ "CACHED", 3, TABLE_RIGHT },
		{ "BUILT", 1, 0 },
		{ "TAGS", 2, TABLE_ELASTIC },
		{ "BASE", 5, TABLE_ELASTIC, 20 },
		{ "REGISTRY", 6, 0 },
		{ "PLATFORMS", 7, TABLE_ELASTIC },
	};
	struct table table = { .columns = columns, .column_count = sizeof columns / sizeof *columns, .arena = arena };
	const struct image *items = images.items;

	for (size_t i = 0; i < images.len; i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(arena, err);
		image_cells(&table, &items[i], cells);
	}
	return render(&table, columns, width, out, err);
}

/* --- tags --- */

static void tag_cells(struct table *table, const struct tag_row *tag, struct slice *cells)
{
	cells[0] = table_text(table, arena_printf(table->arena, "%.*s/%.*s:%.*s", SLICE_ARG(tag->registry),
						  SLICE_ARG(tag->repository), SLICE_ARG(tag->tag)));
	cells[1] = table_text(table, tag->state);
	cells[2] = cell_digest(table, tag->digest);
	cells[3] = cell_digest(table, tag->digest_before);
	cells[4] = table_text(table, tag->change);
	cells[5] = table_minute(table, tag->moved_by);
	cells[6] = cell_number(table, tag->runs_now);
	cells[7] = cell_number(table, tag->runs_other);
	cells[8] = cell_built(table, tag->built, SLICE_NONE);
	cells[9] = table_text(table, tag->moved_by_whom);
}

int tags_table(struct record_list tags, size_t width, struct arena *arena, struct strbuf *out, struct error **err)
{
	struct table_column columns[] = {
		{ "TAG", 0, TABLE_ELASTIC, 20 },
		{ "STATE", 0, 0 },
		{ "NOW", 0, 0 },
		{ "BEFORE", 4, 0 },
		{ "CHANGE", 1, 0 },
		{ "WHEN", 2, 0 },
		{ "RUN", 5, TABLE_RIGHT },
		{ "OTHER", 6, TABLE_RIGHT },
		{ "BUILT", 3, 0 },
		{ "BY", 7, TABLE_ELASTIC },
	};
	struct table table = { .columns = columns, .column_count = sizeof columns / sizeof *columns, .arena = arena };
	const struct tag_row *items = tags.items;

	for (size_t i = 0; i < tags.len; i++) {
		struct slice *cells = table_row(&table);
		if (!cells)
			return arena_fail(arena, err);
		tag_cells(&table, &items[i], cells);
	}
	return render(&table, columns, width, out, err);
}
