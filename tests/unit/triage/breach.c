#include "breach.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/text.h"

void breach_init(struct breach *b)
{
	*b = (struct breach){ 0 };
	scenario_init(&b->world);
	record_init(&incident_type, &b->incident);
	b->incident.id = 4;
	b->incident.registries = texts(&b->world, "docker.io", NULL);
	b->incident.window_from = HOUR(-10);
	b->incident.window_to = HOUR(-5);
}

void breach_release(struct breach *b)
{
	indicators_release(&b->indicators);
	scenario_release(&b->world);
}

const struct triage *breach_triage(struct breach *b)
{
	struct error *err = NULL;
	struct world *world = scenario_world(&b->world);
	check_ok(triage_run(world, &b->incident, &b->indicators, &b->triage, &err), &err);
	return &b->triage;
}

void add_bad(struct breach *b, const char *line)
{
	struct error *err = NULL;
	int added = indicator_add(&b->indicators, slice_of(line), 1, HOUR(0), &b->world.arena, &err);
	check_ok(added, &err);
	assert_int_equal(added, 1);
}

void add_bad_tag(struct breach *b, const char *name, int64_t from, int64_t to)
{
	char start[TIME_TEXT_BYTES] = "", end[TIME_TEXT_BYTES] = "";
	if (from != TIME_UNSET)
		time_format(from, start);
	if (to != TIME_UNSET)
		time_format(to, end);
	add_bad(b, arena_printf(&b->world.arena, "%s %s..%s", name, start, end).data);
}

struct container *add_running(struct breach *b, const char *workload, const char *image, const char *digest)
{
	const char *pod_name = arena_printf(&b->world.arena, "%s-%zu", workload, b->world.len).data;
	struct pod *pod = add_pod(&b->world, "shop", pod_name, "Deployment", workload);
	return add_container(&b->world, pod, image, digest);
}

struct node *add_node(struct breach *b, const char *name)
{
	struct node *node = add_record(&b->world, &node_type);
	node->name = slice_of(name);
	node->image_count = 1;
	node->images_cut = BOOL_FALSE;
	return node;
}

static void add_cells(struct strbuf *out, const struct record_type *type, const void *row, const char *fields)
{
	struct slice rest = slice_of(fields), name;
	bool more = true;
	while (more) {
		more = slice_cut(rest, ' ', &name, &rest);
		const struct field *field = NULL;
		for (size_t i = 0; i < type->field_count; i++)
			if (slice_equal_text(name, type->fields[i].name))
				field = &type->fields[i];
		assert_non_null(field);
		field_write_cell(field, row, out);
		strbuf_add_char(out, more ? '|' : '\n');
	}
}

void check_rows_(struct record_list rows, const struct record_type *type, const char *fields, const char *expected,
		 const char *file, int line)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (size_t i = 0; i < rows.len; i++)
		add_cells(&text, type, (const char *)rows.items + i * type->size, fields);
	_assert_string_equal(strbuf_text(&text), expected, file, line);
}

const void *row_with(struct record_list rows, const struct record_type *type, const char *field, const char *value)
{
	const void *found = NULL;
	for (size_t i = 0; i < rows.len; i++) {
		const void *row = (const char *)rows.items + i * type->size;
		if (!slice_equal_text(field_text(record_field(type, field), row), value))
			continue;
		assert_null(found);
		found = row;
	}
	assert_non_null(found);
	return found;
}
