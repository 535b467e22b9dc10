#include "screen.h"

#include <stdlib.h>

#include "base/limits.h"
#include "cli/options.h"
#include "model/answer.h"

void screening_init(struct screening *s, const char *format)
{
	*s = (struct screening){ .session = { .arena = ARENA_INIT(LIMIT_WORLD_BYTES) } };
	setenv("COLUMNS", "80", 1);
	s->world.as_of = s->session.now = HOUR(1);
	s->session.world = &s->world;
	check_ok(output_init(&s->output, &(struct options){ .output = format }, &s->err), &s->err);
	record_init(&incident_type, &s->triage.incident);
	s->triage.incident.id = 4;
	s->triage.incident.opened = HOUR(0);
	struct slice *registry = arena_zeroed(&s->session.arena, 1, sizeof *registry);
	assert_non_null(registry);
	*registry = SLICE("docker.io");
	s->triage.incident.registries = (struct slice_list){ registry, 1 };
	s->triage.complete = true;
	s->screen = (struct screen){ .session = &s->session,
				     .output = &s->output,
				     .triage = &s->triage,
				     .out = &s->output.text,
				     .wide = s->output.format == OUTPUT_WIDE };
}

void screening_release(struct screening *s)
{
	output_release(&s->output);
	arena_release(&s->session.arena);
	error_free(s->err);
}

void *add_row(struct screening *s, struct record_list *list, const struct record_type *type)
{
	char *items = arena_zeroed(&s->session.arena, list->len + 1, type->size);
	assert_non_null(items);
	if (list->len)
		memcpy(items, list->items, list->len * type->size);
	void *row = items + list->len * type->size;
	record_init(type, row);
	*list = (struct record_list){ items, list->len + 1 };
	return row;
}

struct sighting *add_sighting(struct screening *s, const char *state, const char *workload, const char *digest)
{
	struct sighting *row = add_row(s, &s->triage.sightings, &sighting_type);
	row->state = slice_of(state);
	row->cluster = SLICE("prod");
	row->node = SLICE("n1");
	row->digest = slice_of(digest);
	row->proof = SLICE("pod status");
	if (workload) {
		row->namespace = SLICE("shop");
		row->workload_kind = SLICE("Deployment");
		row->workload = slice_of(workload);
	}
	return row;
}

const char *screen_text(struct screening *s)
{
	struct slice copy;
	assert_int_equal(arena_copy(&s->session.arena, slice_of(strbuf_text(&s->output.text)), &copy), 0);
	strbuf_clear(&s->output.text);
	return copy.data;
}

static void squeeze(struct slice line, char *ret_text, size_t size)
{
	size_t len = 0;
	line = slice_trim(line);
	for (size_t i = 0; i < line.len && len + 1 < size; i++)
		if (line.data[i] != ' ' || line.data[i - 1] != ' ')
			ret_text[len++] = line.data[i];
	ret_text[len] = '\0';
}

void check_line_(const char *text, const char *line, const char *file, int line_number)
{
	struct slice rest = slice_of(text), one;
	bool more = true;
	while (more) {
		char squeezed[512];
		more = slice_cut(rest, '\n', &one, &rest);
		squeeze(one, squeezed, sizeof squeezed);
		if (strcmp(squeezed, line) == 0)
			return;
	}
	print_error("no line \"%s\" in:\n%s", line, text);
	_fail(file, line_number);
}

int cells_set_up(void **state)
{
	static const struct table_column one_column[] = { { "X", 0, 0 } };
	static struct cells c;
	screening_init(&c.s, NULL);
	c.table = (struct table)NEW_TABLE(&c.s.screen, one_column);
	*state = &c;
	return 0;
}

int cells_tear_down(void **state)
{
	screening_release(&((struct cells *)*state)->s);
	return 0;
}
