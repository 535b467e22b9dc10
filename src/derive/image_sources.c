/* Which registries and layouts were read, how far, and which of their reads an answer rests on. */
#include <stdlib.h>

#include "derive/images_internal.h"

static struct slice id_key(const int64_t *id)
{
	return (struct slice){ (const char *)id, sizeof *id };
}

static const struct read *read_of(const struct images_build *b, const struct coverage *coverage)
{
	return coverage ? map_get(&b->reads, id_key(&coverage->read)) : NULL;
}

static bool is_log(const struct read *read)
{
	return slice_equal_text(read->source_kind, "registry_log");
}

/* A log tells of the past, and not what is there; a read that told nothing counts where there is no other. */
static int weight(const struct read *read)
{
	if (is_log(read) || slice_equal_text(read->outcome, "reading"))
		return 0;
	return read_tells_nothing(read) ? 1 : 2;
}

static bool is_later(const struct read *read, const struct read *than)
{
	if (!than || weight(read) != weight(than))
		return !than || weight(read) > weight(than);
	return read->as_of != than->as_of ? read->as_of > than->as_of : read->id > than->id;
}

static int add_source(struct images_build *b, const struct cluster *record, struct error **err)
{
	struct slice identity = record->cluster;
	void *kept = NULL;
	if (identity_is_cluster(identity))
		return 0;
	struct world_source *source = build_new(b->build, sizeof *source, err);
	if (!source)
		return -1;
	source->identity = identity;
	source->is_registry = slice_starts_with(identity, REGISTRY_IDENTITY);
	source->registry = record->name.data ? record->name : identity;
	if (source->is_registry)
		source->registry = slice_part(identity, sizeof REGISTRY_IDENTITY - 1, identity.len);
	if (build_put(&b->sources, identity, source, &kept, err) < 0)
		return -1;
	return build_push(b->build, &b->images->sources, source, err);
}

static int add_read(struct images_build *b, const struct read *read, struct error **err)
{
	struct world_source *source = map_get(&b->sources, read->cluster);
	void *kept = NULL;
	if (!source)
		return 0;
	if (is_later(read, source->read))
		source->read = read;
	b->images->read |= weight(read) == 2;
	return build_put(&b->reads, id_key(&read->id), read, &kept, err);
}

int image_repository_put(struct images_build *b, struct slice identity, struct slice registry, struct slice repository,
			 struct world_repository **ret_repository, struct error **err)
{
	struct world_source *source = map_get(&b->sources, identity);
	struct slice parts[] = { identity, registry, repository }, key = SLICE_NONE;
	if (build_exact_key(b->build, parts, 3, &key, err) < 0)
		return -1;
	void **place = map_put(&b->repositories, key);
	if (!place)
		return error_no_memory(err);
	if (*place || !source) {
		*ret_repository = *place;
		return 0;
	}
	struct world_repository *made = build_new(b->build, sizeof *made, err);
	if (!made || build_push(b->build, &source->repositories, made, err) < 0)
		return -1;
	*made = (struct world_repository){ .registry = registry, .repository = repository, .first_read = TIME_UNSET };
	*place = *ret_repository = made;
	return 0;
}

/* A list of an earlier read that ended well stands until a later one tells of it. */
static void take_later(const struct images_build *b, const struct coverage **taken, const struct coverage *coverage)
{
	const struct read *read = read_of(b, coverage), *than = read_of(b, *taken);
	if (read && (!than || read->as_of > than->as_of || (read->as_of == than->as_of && read->id > than->id)))
		*taken = coverage;
}

static int add_coverage(struct images_build *b, const struct coverage *coverage, struct error **err)
{
	struct world_source *source = map_get(&b->sources, coverage->cluster);
	struct world_repository *repository = NULL;
	if (!source)
		return 0;
	if (slice_equal_text(coverage->kind, "Repository")) {
		take_later(b, &source->catalog, coverage);
		return 0;
	}
	bool tags = slice_equal_text(coverage->kind, "Tag");
	if (!tags && !slice_equal_text(coverage->kind, "Manifest"))
		return 0;
	if (image_repository_put(b, source->identity, source->registry, coverage->namespace, &repository, err) < 0)
		return -1;
	take_later(b, tags ? &repository->tags : &repository->manifests, coverage);
	const struct read *read = read_of(b, coverage);
	if (read && (!repository->read || is_later(read, repository->read)))
		repository->read = read;
	if (read && (repository->first_read == TIME_UNSET || read->as_of < repository->first_read))
		repository->first_read = read->as_of;
	return 0;
}

static int index_repositories(struct images_build *b, struct error **err)
{
	for (size_t i = 0; i < b->images->sources.len; i++) {
		const struct world_source *source = b->images->sources.items[i];
		for (size_t k = 0; source->is_registry && k < source->repositories.len; k++) {
			struct world_repository *repository = source->repositories.items[k];
			struct slice key = image_name_key(&b->build->key, repository->registry, repository->repository,
							  0, SLICE_NONE);
			void *kept = NULL;
			if (strbuf_failed(&b->build->key, err) ||
			    build_put(&b->images->repositories, key, repository, &kept, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* --- reads that answers rest on --- */

static int keep(struct map *kept, const struct read *read, struct error **err)
{
	void *same = NULL;
	return read ? build_put(kept, id_key(&read->id), read, &same, err) : 0;
}

static int choose_source(struct images_build *b, const struct world_source *source, struct map *kept,
			 struct error **err)
{
	if (keep(kept, source->read, err) < 0 || keep(kept, read_of(b, source->catalog), err) < 0)
		return -1;
	for (size_t i = 0; i < source->repositories.len; i++) {
		const struct world_repository *repository = source->repositories.items[i];
		if (keep(kept, read_of(b, repository->tags), err) < 0 ||
		    keep(kept, read_of(b, repository->manifests), err) < 0)
			return -1;
	}
	return 0;
}

/* Logs, and reads that failed since. */
static int choose_others(struct images_build *b, struct map *kept, struct error **err)
{
	for (size_t i = 0; i < b->reads.len; i++) {
		const struct read *read = b->reads.items[i].value;
		const struct world_source *source = map_get(&b->sources, read->cluster);
		bool failed = weight(read) == 1 && source->read && read->id > source->read->id;
		if ((failed || is_log(read)) && keep(kept, read, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_reads(const void *a, const void *b)
{
	int64_t left = ((const struct read *)a)->id, right = ((const struct read *)b)->id;
	return (left > right) - (left < right);
}

static int keep_reads(struct images_build *b, const struct map *kept, struct error **err)
{
	struct world *world = b->build->world;
	size_t count = world->reads.len;
	if (!kept->len)
		return 0;
	struct read *reads = arena_zeroed(&world->arena, count + kept->len, sizeof *reads);
	if (!reads)
		return arena_fail(&world->arena, err);
	if (count)
		memcpy(reads, world->reads.items, count * sizeof *reads);
	for (size_t i = 0; i < kept->len; i++) {
		const struct read *read = kept->items[i].value;
		reads[count++] = *read;
		if (b->build->options->as_of == TIME_UNSET && read->as_of > world->as_of)
			world->as_of = read->as_of;
	}
	qsort(reads, count, sizeof *reads, compare_reads);
	world->reads = (struct record_list){ reads, count };
	return 0;
}

static int choose_reads(struct images_build *b, struct error **err)
{
	CLEANUP(map_release) struct map kept = { 0 };
	for (size_t i = 0; i < b->images->sources.len; i++) {
		if (choose_source(b, b->images->sources.items[i], &kept, err) < 0)
			return -1;
	}
	if (choose_others(b, &kept, err) < 0)
		return -1;
	return keep_reads(b, &kept, err);
}

/* --- answers --- */

static int add_answer(struct images_build *b, const struct registry_answer *answer, struct error **err)
{
	struct slice key = image_name_key(&b->build->key, answer->registry, answer->repository, '@', answer->reference);
	if (!map_get(&b->sources, answer->cluster))
		return 0;
	if (strbuf_failed(&b->build->key, err))
		return -1;
	void **place = map_put(&b->images->answers_by_name, key);
	if (!place)
		return error_no_memory(err);
	const struct registry_answer *before = *place;
	if (!before || answer->last_seen >= before->last_seen)
		*place = (void *)(uintptr_t)answer;
	return 0;
}

/* What is not there, or could not be had: of two that asked for the same the later one counts. */
static int list_answers(struct images_build *b, struct error **err)
{
	const struct map *answers = &b->images->answers_by_name;
	struct arena *arena = &b->build->world->arena;
	struct registry_answer *list = arena_zeroed(arena, answers->len + 1, sizeof *list);
	size_t count = 0;
	if (!list)
		return arena_fail(arena, err);
	for (size_t i = 0; i < answers->len; i++) {
		const struct registry_answer *answer = answers->items[i].value;
		if (!slice_equal_text(answer->outcome, "present"))
			list[count++] = *answer;
	}
	b->images->answers = (struct record_list){ list, count };
	return 0;
}

int image_sources_build(struct images_build *b, struct error **err)
{
	const struct observed *observed = &b->build->observed;
	for (size_t i = 0; i < observed->clusters.len; i++) {
		if (add_source(b, RECORD_AT(observed->clusters, cluster, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < observed->reads.len; i++) {
		if (add_read(b, RECORD_AT(observed->reads, read, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < observed->coverage.len; i++) {
		if (add_coverage(b, RECORD_AT(observed->coverage, coverage, i), err) < 0)
			return -1;
	}
	for (size_t i = 0; i < observed->answers.len; i++) {
		if (add_answer(b, RECORD_AT(observed->answers, registry_answer, i), err) < 0)
			return -1;
	}
	if (index_repositories(b, err) < 0 || list_answers(b, err) < 0)
		return -1;
	return choose_reads(b, err);
}
