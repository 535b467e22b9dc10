#include "base/limits.h"
#include "base/strbuf.h"
#include "derive/world_images.h"
#include "triage/unknown_internal.h"

int unknown_add(struct unknown_rows *rows, struct slice cluster, const struct unknown_text *text, struct error **err)
{
	struct unknown *row = row_push(&rows->rows, &unknown_type, &rows->run->world->arena);

	if (!row || !text->subject.data || !text->why.data)
		return arena_fail(&rows->run->world->arena, err);
	row->cluster = cluster;
	row->subject = text->subject;
	row->why = text->why;
	row->fix = text->fix;
	row->incomplete = text->incomplete ? BOOL_TRUE : BOOL_FALSE;
	if (text->gap) {
		row->kind = text->gap->kind;
		row->namespaces = text->gap->namespaces;
		row->but_namespaces = text->gap->but;
		row->subtypes = text->gap->subtypes;
		row->outcome = text->gap->outcome;
		row->cause = text->gap->cause;
	}
	return 0;
}

/* --- of files and indicators --- */

static int add_file_defects(struct unknown_rows *rows, struct error **err)
{
	struct world *world = rows->run->world;

	for (size_t i = 0; i < world->file_defects.len; i++) {
		const struct world_file_defect *file = world->file_defects.items[i];
		const struct defect *defect = file->record;
		struct unknown_text text = {
			.subject = arena_printf(&world->arena, "file %.*s", SLICE_ARG(defect->object)),
			.why = defect->message,
			.fix = SLICE("make this file again"),
			.incomplete = !slice_equal_text(defect->code, "ignored"),
		};
		if (unknown_add(rows, file->cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_file_indicators(struct unknown_rows *rows, struct error **err)
{
	size_t files = 0;

	for (size_t i = 0; i < rows->run->indicators->len; i++)
		files += rows->run->indicators->items[i].kind == INDICATOR_FILE;
	if (!files)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "%zu bad %s", files, files == 1 ? "file" : "files"),
		.why = SLICE("layers were not read: files cannot be matched yet"),
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* --- of registries --- */

/* "docker.io, ghcr.io": so many as a line can hold. */
static int list_registries(const struct record_list *seen, struct strbuf *out, struct error **err)
{
	const struct registry *registries = seen->items;

	for (size_t i = 0; i < seen->len && out->len < LIMIT_KIB; i++) {
		strbuf_add_text(out, i ? ", " : "");
		strbuf_add_slice(out, registries[i].registry);
	}
	return strbuf_failed(out, err) ? -1 : 0;
}

static bool is_seen(const struct record_list *seen, struct slice registry)
{
	const struct registry *registries = seen->items;

	for (size_t i = 0; i < seen->len; i++)
		if (slice_equal(registries[i].registry, registry))
			return true;
	return false;
}

static bool was_asked(const struct world *world, struct slice registry)
{
	for (size_t i = 0; world->images && i < world->images->sources.len; i++) {
		const struct world_source *source = world->images->sources.items[i];
		if (source->is_registry && slice_equal(source->registry, registry) && source->repositories.len)
			return true;
	}
	return false;
}

/* A mistyped registry must not look like a clean one. */
static int add_unseen_registries(struct unknown_rows *rows, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	const struct slice_list wanted = rows->run->incident->registries;
	struct arena *arena = &rows->run->world->arena;
	struct record_list seen;

	if (world_registries(rows->run->world, &seen, err) < 0 || list_registries(&seen, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < wanted.len; i++) {
		if (is_seen(&seen, wanted.items[i]) || was_asked(rows->run->world, wanted.items[i]))
			continue;
		struct unknown_text text = {
			.subject = arena_printf(arena, "anything of %.*s", SLICE_ARG(wanted.items[i])),
			.why = arena_printf(arena, "no login or image of it was read; is it spelled so? seen: %s",
					    names.len ? strbuf_text(&names) : "none"),
		};
		if (unknown_add(rows, SLICE_NONE, &text, err) < 0)
			return -1;
	}
	return 0;
}

/* What no dump can tell: true for every triage until such a source is read. */
static int add_other_sources(struct unknown_rows *rows, struct error **err)
{
	static const struct unknown_text always[] = {
		{ .subject = SLICE("what executed"), .why = SLICE("no node sensor: nothing known of processes") },
		{ .subject = SLICE("copies outside Kubernetes"),
		  .why = SLICE("CI variables, laptops, nodes, registry mirrors, backups"),
		  .fix = SLICE("go through them by hand") },
	};

	if (unknown_of_registries(rows, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		if (unknown_add(rows, SLICE_NONE, &always[i], err) < 0)
			return -1;
	return 0;
}

/* --- all of it --- */

bool unknown_any_incomplete(const struct record_list *rows, size_t from)
{
	const struct unknown *items = rows->items;

	for (size_t i = from; i < rows->len; i++)
		if (items[i].incomplete == BOOL_TRUE)
			return true;
	return false;
}

static bool was_read_whole(const struct world_cluster *cluster)
{
	return cluster->read && !cluster->failed && slice_equal_text(cluster->read->outcome, "complete");
}

/* An answer from registries and layouts alone. */
static int add_no_cluster(struct unknown_rows *rows, struct error **err)
{
	struct unknown_text text = {
		.subject = SLICE("what runs, and which logins there are"),
		.why = SLICE("no cluster was read"),
		.fix = SLICE("--context NAME, or --snapshot DIR with a dump"),
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

int triage_unknown(struct triage_run *run, struct error **err)
{
	struct unknown_rows rows = { .run = run };
	const struct world_list *clusters = &run->world->clusters;

	for (size_t i = 0; i < clusters->len; i++) {
		size_t from = rows.rows.list.len;
		if (unknown_of_cluster(&rows, clusters->items[i], err) < 0)
			return -1;
		run->triage->whole_clusters += was_read_whole(clusters->items[i]) &&
					       !unknown_any_incomplete(&rows.rows.list, from);
	}
	if (clusters->len == 0 && add_no_cluster(&rows, err) < 0)
		return -1;
	if (add_file_defects(&rows, err) < 0 || add_file_indicators(&rows, err) < 0 ||
	    add_unseen_registries(&rows, err) < 0 || add_other_sources(&rows, err) < 0)
		return -1;
	run->triage->unknown = rows.rows.list;
	bool something = clusters->len > 0 || (run->world->images && run->world->images->read);
	run->triage->complete = something && !unknown_any_incomplete(&rows.rows.list, 0);
	return 0;
}
