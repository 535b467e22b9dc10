#include "breach.h"

#include <stdarg.h>

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

static struct slice registry_identity(struct breach *b, const char *host)
{
	return arena_printf(&b->world.arena, REGISTRY_IDENTITY "%s", host);
}

struct read *add_registry(struct breach *b, const char *host)
{
	struct scenario *s = &b->world;
	struct slice before = s->cluster;
	bool known = false;
	s->cluster = registry_identity(b, host);
	for (size_t i = 0; i < s->len; i++)
		known |= s->records[i].type == &cluster_type &&
			 slice_equal(((const struct cluster *)s->records[i].record)->cluster, s->cluster);
	if (!known)
		((struct cluster *)add_record(s, &cluster_type))->name = slice_of(host);
	struct read *read = add_record(s, &read_type);
	read->id = ++s->read;
	read->cluster = s->cluster;
	read->source = slice_of(host);
	read->source_kind = SLICE("registry");
	read->as_of = s->now;
	read->outcome = SLICE("complete");
	s->cluster = before;
	return read;
}

static void *add_of_registry(struct breach *b, const char *host, const struct record_type *type)
{
	struct slice before = b->world.cluster;
	b->world.cluster = registry_identity(b, host);
	void *record = add_record(&b->world, type);
	b->world.cluster = before;
	return record;
}

struct tag *add_tag(struct breach *b, const char *repository, const char *tag, const char *digest, int64_t since,
		    int64_t last_seen)
{
	struct tag *row = add_of_registry(b, "docker.io", &tag_type);
	row->registry = SLICE("docker.io");
	row->repository = slice_of(repository);
	row->tag = slice_of(tag);
	row->digest = slice_of(digest);
	row->since = row->first_seen = since;
	row->last_seen = last_seen;
	row->gone = BOOL_FALSE;
	return row;
}

/* Letters stand for layers: any digest will do for a diff ID. */
static struct slice_list layers_of(struct breach *b, const char *letters)
{
	size_t len = strlen(letters);
	struct slice *items = arena_zeroed(&b->world.arena, len + 1, sizeof *items);
	assert_non_null(items);
	for (size_t i = 0; i < len; i++)
		items[i] = arena_printf(&b->world.arena, "sha256:%063d%c", 0, letters[i]);
	return (struct slice_list){ items, len };
}

struct manifest *add_image(struct breach *b, const char *digest, const char *layers, int64_t built)
{
	struct manifest *image = add_record(&b->world, &manifest_type);
	image->digest = slice_of(digest);
	image->kind = SLICE("image");
	image->config_read = BOOL_TRUE;
	image->os = SLICE("linux");
	image->architecture = SLICE("amd64");
	image->diff_ids = layers_of(b, layers);
	image->created = built;
	image->dating = built == TIME_UNSET ? SLICE("undated") : SLICE("dated");
	return image;
}

void add_index(struct breach *b, const char *digest, ...)
{
	struct manifest *index = add_record(&b->world, &manifest_type);
	va_list members;
	int64_t ordinal = 0;
	index->digest = slice_of(digest);
	index->kind = SLICE("index");
	va_start(members, digest);
	for (const char *name; (name = va_arg(members, const char *));) {
		struct index_member *member = add_record(&b->world, &index_member_type);
		member->index = slice_of(digest);
		member->digest = slice_of(name);
		member->ordinal = ordinal++;
	}
	va_end(members);
}

struct registry_answer *add_answer(struct breach *b, const char *repository, const char *reference, const char *outcome)
{
	struct registry_answer *answer = add_of_registry(b, "docker.io", &registry_answer_type);
	answer->registry = SLICE("docker.io");
	answer->repository = slice_of(repository);
	answer->reference = slice_of(reference);
	answer->outcome = slice_of(outcome);
	return answer;
}

struct coverage *add_registry_list(struct breach *b, const char *host, const char *kind, const char *repository,
				   const char *outcome)
{
	struct coverage *coverage = add_of_registry(b, host, &coverage_type);
	coverage->read = b->world.read;
	coverage->kind = slice_of(kind);
	coverage->namespace = slice_of(repository);
	coverage->subtype = SLICE("*");
	coverage->outcome = slice_of(outcome);
	return coverage;
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
