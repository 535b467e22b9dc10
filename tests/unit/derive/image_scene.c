#include "derive/image_scene.h"

#include <stdlib.h>

static struct slice text(struct scenario *s, const char *value)
{
	struct slice copy = SLICE_NONE;
	assert_int_equal(arena_copy(&s->arena, slice_of(value), &copy), 0);
	return copy;
}

static struct read *add_source(struct scenario *s, struct slice identity, const char *name, const char *kind,
			       int64_t now)
{
	bool known = false;
	for (size_t i = 0; i < s->len; i++)
		known |= s->records[i].type == &cluster_type &&
			 slice_equal(((struct cluster *)s->records[i].record)->cluster, identity);
	s->cluster = identity;
	s->now = now;
	if (!known) {
		struct cluster *record = add_record(s, &cluster_type);
		record->uid = identity;
		record->name = text(s, name);
	}
	struct read *read = add_record(s, &read_type);
	read->id = ++s->read;
	read->source = text(s, name);
	read->source_kind = text(s, kind);
	read->as_of = now;
	read->outcome = SLICE("complete");
	read->objects = 1;
	return read;
}

struct read *add_registry(struct scenario *s, const char *host, int64_t now)
{
	return add_source(s, arena_printf(&s->arena, REGISTRY_IDENTITY "%s", host), host, "registry", now);
}

struct read *add_log(struct scenario *s, const char *host, int64_t now)
{
	return add_source(s, arena_printf(&s->arena, REGISTRY_IDENTITY "%s", host), host, "registry_log", now);
}

struct read *add_layout(struct scenario *s, const char *name, int64_t now)
{
	return add_source(s, arena_printf(&s->arena, IMAGES_IDENTITY "%s", name), name, "images", now);
}

void in_cluster(struct scenario *s)
{
	s->cluster = SLICE("11111111-aaaa");
	s->now = HOUR(0);
	for (size_t i = 0; i < s->len; i++) {
		const struct read *read = s->records[i].record;
		if (s->records[i].type == &read_type && slice_equal(read->cluster, s->cluster) && read->as_of > s->now)
			s->now = read->as_of;
	}
}

void add_lists(struct scenario *s, const char *repository, const char *outcome)
{
	add_list(s, "Tag", repository, NULL, outcome);
	add_list(s, "Manifest", repository, NULL, outcome);
}

static struct slice digest_like(struct scenario *s, const char *name, char fill)
{
	char hex[65];
	size_t len = strlen(name);
	memset(hex, fill, 64);
	hex[64] = 0;
	assert_true(len < 32);
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = "0123456789abcdef"[(unsigned char)name[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[name[i] & 15];
	}
	return arena_printf(&s->arena, "sha256:%s", hex);
}

struct slice digest_for(struct scenario *s, const char *name)
{
	return digest_like(s, name, '0');
}

struct slice config_for(struct scenario *s, const char *name)
{
	return digest_like(s, name, 'c');
}

static struct slice_list layers_of(struct scenario *s, const char *names, char fill)
{
	struct slice *items = arena_zeroed(&s->arena, strlen(names) + 1, sizeof *items);
	struct slice rest = text(s, names), head;
	size_t len = 0;
	while (rest.len) {
		slice_cut(rest, ' ', &head, &rest);
		char name[32];
		snprintf(name, sizeof name, "%.*s", SLICE_ARG(head));
		items[len++] = digest_like(s, name, fill);
	}
	return (struct slice_list){ items, len };
}

static void split_platform(struct scenario *s, const char *platform, struct slice *os, struct slice *architecture,
			   struct slice *variant)
{
	struct slice rest;
	slice_cut(text(s, platform), '/', os, &rest);
	slice_cut(rest, '/', architecture, variant);
}

struct manifest *add_image(struct scenario *s, const char *name, const char *platform, const char *layers)
{
	struct manifest *manifest = add_record(s, &manifest_type);
	manifest->digest = digest_for(s, name);
	manifest->kind = SLICE("image");
	manifest->config_digest = config_for(s, name);
	manifest->config_read = BOOL_TRUE;
	split_platform(s, platform, &manifest->os, &manifest->architecture, &manifest->variant);
	manifest->dating = SLICE("undated");
	manifest->layers = layers_of(s, layers, 'b');
	manifest->diff_ids = layers_of(s, layers, 'd');
	manifest->layers_bytes = 1000 * (int64_t)manifest->layers.len;
	manifest->chain_id = arena_printf(&s->arena, "chain %s", layers);
	return manifest;
}

static const struct manifest *manifest_record(const struct scenario *s, struct slice digest)
{
	for (size_t i = 0; i < s->len; i++) {
		const struct manifest *manifest = s->records[i].record;
		if (s->records[i].type == &manifest_type && slice_equal(manifest->digest, digest))
			return manifest;
	}
	return NULL;
}

struct manifest *add_index(struct scenario *s, const char *name, ...)
{
	struct manifest *index = add_record(s, &manifest_type);
	va_list names;
	int64_t ordinal = 0;
	index->digest = digest_for(s, name);
	index->kind = SLICE("index");
	va_start(names, name);
	for (const char *member; (member = va_arg(names, const char *));) {
		struct index_member *record = add_record(s, &index_member_type);
		record->index = index->digest;
		record->digest = digest_for(s, member);
		record->ordinal = ordinal++;
		const struct manifest *known = manifest_record(s, record->digest);
		if (!known)
			continue;
		record->os = known->os;
		record->architecture = known->architecture;
		record->variant = known->variant;
	}
	va_end(names);
	return index;
}

struct tag *add_tag(struct scenario *s, const char *repository, const char *tag, const char *name, int64_t since)
{
	struct tag *record = add_record(s, &tag_type);
	bool registry = slice_starts_with(s->cluster, REGISTRY_IDENTITY);
	record->registry = registry ? slice_part(s->cluster, strlen(REGISTRY_IDENTITY), s->cluster.len)
				    : SLICE("docker.io");
	record->repository = text(s, repository);
	record->tag = text(s, tag);
	record->digest = digest_for(s, name);
	record->since = record->first_seen = since;
	record->gone = BOOL_FALSE;
	return record;
}

struct registry_answer *add_answer(struct scenario *s, const char *repository, struct slice reference,
				   const char *outcome)
{
	struct registry_answer *answer = add_record(s, &registry_answer_type);
	answer->registry = slice_part(s->cluster, strlen(REGISTRY_IDENTITY), s->cluster.len);
	answer->repository = text(s, repository);
	answer->reference = reference;
	answer->outcome = text(s, outcome);
	return answer;
}

struct registry_event *add_event(struct scenario *s, const char *action, const char *repository, const char *tag,
				 const char *name, int64_t time, const char *actor)
{
	struct registry_event *event = add_record(s, &registry_event_type);
	event->registry = slice_part(s->cluster, strlen(REGISTRY_IDENTITY), s->cluster.len);
	event->time = time;
	event->action = text(s, action);
	event->repository = text(s, repository);
	event->tag = text(s, tag);
	event->digest = name ? digest_for(s, name) : SLICE_NONE;
	event->actor = text(s, actor);
	return event;
}

struct container *start_pod(struct scenario *s, const char *pod, const char *image, struct slice digest, int64_t time)
{
	struct pod *record = add_pod(s, "shop", pod, NULL, NULL);
	struct container *container = add_container(s, record, image, digest.data);
	container->image_id = arena_printf(&s->arena, "%s@%.*s", image, SLICE_ARG(digest));
	container->started = record->created = record->started = time;
	container->pull_policy = SLICE("IfNotPresent");
	return container;
}

/* --- what was made --- */

const struct world_tag *tag_named(const struct world *world, const char *name)
{
	const struct world_tag *tag = map_get(&world->images->tags_by_name, slice_of(name));
	if (!tag)
		fail_msg("no tag %s", name);
	return tag;
}

const struct tag_state *state_at(const struct world_tag *tag, size_t index)
{
	assert_true(index < tag->states.len);
	return tag->states.items[index];
}

struct world_manifest *manifest_named(struct scenario *s, const char *name)
{
	struct world_manifest *manifest = map_get(&s->world->images->by_digest, digest_for(s, name));
	if (!manifest)
		fail_msg("no manifest %s", name);
	return manifest;
}

struct tag_row tag_row_of(struct scenario *s, const char *name)
{
	struct tag_row row;
	struct error *err = NULL;
	check_ok(world_tag_row(s->world, tag_named(s->world, name), &row, &err), &err);
	return row;
}

static struct record_list image_rows(struct scenario *s)
{
	struct record_list rows = { 0 };
	struct error *err = NULL;
	check_ok(world_images(s->world, &rows, &err), &err);
	return rows;
}

size_t image_row_count(struct scenario *s)
{
	return image_rows(s).len;
}

const struct image *image_row_of(struct scenario *s, const char *repository, struct slice digest)
{
	struct record_list rows = image_rows(s);
	for (size_t i = 0; i < rows.len; i++) {
		const struct image *row = &((const struct image *)rows.items)[i];
		if (slice_equal_text(row->repository, repository) && slice_equal(row->digest, digest))
			return row;
	}
	fail_msg("no row of %s@%.*s", repository, SLICE_ARG(digest));
	return NULL;
}

const char *joined(struct scenario *s, struct slice_list texts)
{
	struct slice all = SLICE("");
	for (size_t i = 0; i < texts.len; i++)
		all = arena_printf(&s->arena, "%.*s%s%.*s", SLICE_ARG(all), i ? "; " : "", SLICE_ARG(texts.items[i]));
	return all.data;
}

/* A name back from its digest. */
static const char *name_of(struct scenario *s, struct slice digest)
{
	char name[32] = { 0 };
	for (size_t i = 0; i < 31 && 7 + 2 * i + 1 < digest.len; i++) {
		char pair[3] = { digest.data[7 + 2 * i], digest.data[8 + 2 * i], 0 };
		long byte = strtol(pair, NULL, 16);
		if (byte < 0x20 || byte > 0x7e)
			break;
		name[i] = (char)byte;
	}
	return text(s, name[0] ? name : "?").data;
}

void check_states_(struct scenario *s, const char *tag, const char *expected, const char *file, int line)
{
	const struct world_tag *found = tag_named(s->world, tag);
	struct slice all = SLICE("");
	for (size_t i = 0; i < found->states.len; i++)
		all = arena_printf(&s->arena, "%.*s%s%s", SLICE_ARG(all), i ? " " : "",
				   name_of(s, state_at(found, i)->digest));
	if (!slice_equal_text(all, expected))
		print_error("%s:%d: %s stood at \"%.*s\", not \"%s\"\n", file, line, tag, SLICE_ARG(all), expected);
	assert_true(slice_equal_text(all, expected));
}
