#include "cli/output.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/options.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "model/text.h"

#define FLUSH_BYTES (64 * LIMIT_KIB)

static const char *const format_names[] = {
	[OUTPUT_TABLE] = "table",   [OUTPUT_WIDE] = "wide", [OUTPUT_JSON] = "json",
	[OUTPUT_NDJSON] = "ndjson", [OUTPUT_CSV] = "csv",
};

int output_init(struct output *output, const struct options *options, struct error **err)
{
	*output = (struct output){ .quiet = options->quiet, .width = terminal_width() };
	output->last.max = LIMIT_ROW_BYTES;
	output->text.max = LIMIT_WORLD_BYTES; /* a table is written whole, and an image row with all its sightings */
	output->json.out = &output->text;
	if (!options->output)
		return 0;
	for (size_t i = 0; i < sizeof format_names / sizeof format_names[0]; i++)
		if (strcmp(options->output, format_names[i]) == 0) {
			output->format = (enum output_format)i;
			return 0;
		}
	return error_set(err, ERROR_USAGE, "-o %s: use table, wide, json, ndjson or csv", options->output);
}

void output_release(struct output *output)
{
	strbuf_release(&output->text);
	strbuf_release(&output->last);
}

bool output_is_screen(const struct output *output)
{
	return !output->quiet && (output->format == OUTPUT_TABLE || output->format == OUTPUT_WIDE);
}

static int flush(struct output *output, size_t above, struct error **err)
{
	if (output->text.len <= above && !output->text.failure)
		return 0;
	return terminal_write(&output->text, err);
}

static void write_reads(struct output *output, const struct envelope *envelope)
{
	const struct read *reads = envelope->reads.items;

	json_key(&output->json, "reads");
	json_array_begin(&output->json);
	for (size_t i = 0; i < envelope->reads.len; i++) {
		struct read read = reads[i];
		if (envelope->reproducible)
			read.started = read.ended = TIME_UNSET;
		record_write_json(&read_type, &read, &output->json);
	}
	json_array_end(&output->json);
}

static void write_envelope(struct output *output, const struct envelope *envelope)
{
	struct json_writer *w = &output->json;

	json_member_text(w, "schema", slice_of(envelope->schema));
	json_member_text(w, "tool", slice_of("fother " FOTHER_VERSION));
	json_key(w, "generated");
	json_time(w, envelope->generated);
	json_key(w, "incident");
	if (envelope->incident)
		record_write_json(&incident_type, envelope->incident, w);
	else
		json_null(w);
	json_key(w, "complete");
	json_bool(w, envelope->complete);
	write_reads(output, envelope);
	json_key(w, "errors");
	json_array_begin(w);
	for (size_t i = 0; i < envelope->errors.len; i++)
		json_text(w, envelope->errors.items[i]);
	json_array_end(w);
}

int output_begin(struct output *output, const struct envelope *envelope, struct error **err)
{
	if (output->quiet || output->format != OUTPUT_JSON)
		return 0;
	json_object_begin(&output->json);
	write_envelope(output, envelope);
	json_key(&output->json, "items");
	json_array_begin(&output->json);
	return flush(output, FLUSH_BYTES, err);
}

static void write_json_item(struct output *output, const struct record_type *type, const void *item)
{
	json_object_begin(&output->json);
	json_member_text(&output->json, "record", slice_of(type->name));
	record_write_members(type, item, &output->json);
	json_object_end(&output->json);
}

static void write_ndjson_item(struct output *output, const struct record_type *type, const void *item)
{
	output->json = (struct json_writer){ .out = &output->text };
	write_json_item(output, type, item);
	strbuf_add_char(&output->text, '\n');
}

static void write_quiet_item(struct output *output, const struct record_type *type, const void *item)
{
	size_t start = output->text.len;

	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!(field->flags & FIELD_QUIET) || (field->type == FIELD_TEXT && !field_text(field, item).data))
			continue;
		strbuf_add_text(&output->text, output->text.len > start ? "/" : "");
		field_write_cell(field, item, &output->text);
	}
	struct slice line = slice_part(strbuf_slice(&output->text), start, output->text.len);
	if (line.len == 0 || slice_equal(line, strbuf_slice(&output->last))) {
		strbuf_cut(&output->text, start);
		return;
	}
	strbuf_clear(&output->last);
	strbuf_add_slice(&output->last, line);
	strbuf_add_char(&output->text, '\n');
}

static void write_item(struct output *output, const struct record_type *type, const void *item)
{
	if (output->quiet)
		write_quiet_item(output, type, item);
	else if (output->format == OUTPUT_JSON)
		write_json_item(output, type, item);
	else if (output->format == OUTPUT_NDJSON)
		write_ndjson_item(output, type, item);
	else
		record_write_csv(type, item, &output->text);
	output->items++;
}

/* Titles that say less than their names, where 80 columns are few. */
static const char *const short_titles[][2] = {
	{ "not_changed_since", "UNCHANGED" }, { "cred_kind", "KIND" },      { "fingerprint", "ID" },
	{ "data_written", "WRITTEN" },        { "from_time", "FROM" },      { "to_time", "TO" },
	{ "workload_kind", "KIND" },          { "blocks_pulls", "BLOCKS" }, { "username", "USER" },
};

/* "managed_by" reads as "MANAGED BY". */
static const char *title_of(const struct field *field, struct arena *arena)
{
	size_t len = strlen(field->name);

	for (size_t i = 0; i < sizeof short_titles / sizeof short_titles[0]; i++)
		if (strcmp(field->name, short_titles[i][0]) == 0)
			return short_titles[i][1];
	char *title = arena_bytes(arena, len + 1);
	for (size_t i = 0; title && i <= len; i++) {
		char c = field->name[i];
		title[i] = c == '_' ? ' ' : ascii_is_lower(c) ? (char)(c - 'a' + 'A') : c;
	}
	return title;
}

/* Columns further right are less important: they give way first; what -q prints never does. */
static size_t choose_columns(const struct output *output, const struct record_type *type, struct arena *arena,
			     struct table_column *columns, const struct field **fields)
{
	size_t count = 0;
	unsigned shown = FIELD_COLUMN | (output->format == OUTPUT_WIDE ? FIELD_WIDE : 0);

	for (size_t i = 0; i < type->field_count && count < TABLE_MOST_COLUMNS; i++) {
		const struct field *field = &type->fields[i];
		if (!(field->flags & shown))
			continue;
		fields[count] = field;
		columns[count] = (struct table_column){
			.title = title_of(field, arena),
			.drop = field->flags & FIELD_QUIET ? 0 : (unsigned)count + 1, /* what stands first goes last */
			.flags = (field->flags & FIELD_ELASTIC ? TABLE_ELASTIC : 0) |
				 (field->type == FIELD_INT ? TABLE_RIGHT : 0),
		};
		if (!columns[count++].title)
			return 0;
	}
	return count;
}

/* An age of months needs no hours. */
static bool is_age(const struct field *field)
{
	return strcmp(field->name, "not_changed_since") == 0 || strcmp(field->name, "data_written") == 0 ||
	       strcmp(field->name, "created") == 0;
}

static struct slice cell_of(struct table *table, const struct field *field, const void *item)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct arena *arena = table->arena;
	struct slice copy = SLICE_NONE;

	if (field->type == FIELD_TIME)
		return is_age(field) ? table_date(table, field_int(field, item))
				     : table_minute(table, field_int(field, item));
	field_write_cell(field, item, &text);
	if (text.failure || arena_copy(arena, slice_of(strbuf_text(&text)), &copy) < 0)
		return SLICE_NONE;
	/* A digest or fingerprint is told by its first digits; JSON has all of it. */
	if (strcmp(field->name, "fingerprint") == 0 && copy.len > 8)
		copy.len = 8;
	if (strcmp(field->name, "digest") == 0 && copy.len > 19)
		copy.len = 19;
	return copy;
}

/* Columns that give way are told in a line below it. */
static int write_table(struct output *output, const struct record_type *type, struct record_list items,
		       struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
	struct table_column columns[TABLE_MOST_COLUMNS];
	const struct field *fields[TABLE_MOST_COLUMNS];
	struct table table = { .columns = columns, .arena = &arena };
	size_t left_out = 0;

	table.column_count = choose_columns(output, type, &arena, columns, fields);
	if (table.column_count == 0)
		return arena_fail(&arena, err);
	for (size_t r = 0; r < items.len; r++) {
		struct slice *cells = table_row(&table);
		for (size_t c = 0; cells && c < table.column_count; c++)
			if (!(cells[c] = cell_of(&table, fields[c], (const char *)items.items + r * type->size)).data)
				cells = NULL;
		if (!cells)
			return arena_fail(&arena, err);
	}
	if (table_leave_out_unknown(&table, columns) < 0)
		return arena_fail(&arena, err);
	/* Wide is as wide as it must be: nothing is left out or shortened. */
	size_t width = output->format == OUTPUT_WIDE ? TABLE_UNBOUNDED : output->width;
	table_render(&table, width, 0, &output->text, &left_out);
	if (left_out)
		strbuf_addf(&output->text, "(%zu column%s left out to fit %zu: -o wide shows all)\n", left_out,
			    left_out == 1 ? "" : "s", output->width);
	return strbuf_failed(&output->text, err) ? -1 : 0;
}

int output_items(struct output *output, const struct record_type *type, struct record_list items, struct error **err)
{
	if (output_is_screen(output))
		return write_table(output, type, items, err);
	if (!output->quiet && output->format == OUTPUT_CSV && output->items == 0)
		record_write_csv_header(type, &output->text);
	for (size_t i = 0; i < items.len; i++) {
		write_item(output, type, (const char *)items.items + i * type->size);
		if (flush(output, FLUSH_BYTES, err) < 0)
			return -1;
	}
	return 0;
}

int output_follow(struct output *output, const struct record_type *type, const void *item, bool first,
		  struct error **err)
{
	if (first && !output->quiet && output->format == OUTPUT_CSV)
		record_write_csv_header(type, &output->text);
	write_item(output, type, item);
	return flush(output, 0, err);
}

/* The line of its read says it already. */
static bool is_told_of_read(const struct envelope *envelope, struct slice failure)
{
	const struct read *reads = envelope->reads.items;

	for (size_t i = 0; i < envelope->reads.len; i++) {
		struct slice why = reads[i].why;
		if (slice_equal_text(reads[i].outcome, "failed") && why.len && failure.len >= why.len &&
		    slice_equal(slice_part(failure, failure.len - why.len, why.len), why))
			return true;
	}
	return false;
}

/* A person must not take a part for the whole. */
static void write_incomplete(struct output *output, const struct envelope *envelope)
{
	const struct read *reads = envelope->reads.items;

	for (size_t i = 0; i < envelope->reads.len; i++) {
		if (slice_equal_text(reads[i].outcome, "complete"))
			continue;
		strbuf_add_text(&output->text, "(incomplete: ");
		utf8_add_printable(&output->text, reads[i].source);
		strbuf_add_text(&output->text, reads[i].why.data ? ": " : "");
		utf8_add_printable(&output->text, reads[i].why);
		strbuf_add_text(&output->text, ")\n");
	}
	for (size_t i = 0; i < envelope->errors.len; i++) {
		if (is_told_of_read(envelope, envelope->errors.items[i]))
			continue;
		strbuf_add_text(&output->text, "(not read: ");
		utf8_add_printable(&output->text, envelope->errors.items[i]);
		strbuf_add_text(&output->text, ")\n");
	}
	if (envelope->lacks_values)
		strbuf_add_text(&output->text,
				"(incomplete: read with --metadata-only, so not which logins there are)\n");
}

int output_end(struct output *output, const struct envelope *envelope, struct error **err)
{
	if (output_is_screen(output) && envelope->schema && !envelope->complete)
		write_incomplete(output, envelope);
	if (!output->quiet && output->format == OUTPUT_JSON) {
		json_array_end(&output->json);
		json_object_end(&output->json);
		strbuf_add_char(&output->text, '\n');
	} else if (!output->quiet && output->format == OUTPUT_NDJSON) {
		output->json = (struct json_writer){ .out = &output->text };
		json_object_begin(&output->json);
		write_envelope(output, envelope);
		json_object_end(&output->json);
		strbuf_add_char(&output->text, '\n');
	}
	return flush(output, 0, err);
}
