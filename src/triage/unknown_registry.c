/* Rows of what registries were not asked, or did not tell. */
#include "base/limits.h"
#include "base/strbuf.h"
#include "derive/world_images.h"
#include "triage/unknown_internal.h"

/* --- whole registries --- */

static int add_not_read(struct unknown_rows *rows, struct slice registry, struct error **err)
{
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "registry %.*s", SLICE_ARG(registry)),
		.why = SLICE("not read: build dates, moved tags, pushes and pulls"),
		.fix = SLICE("--read-registry; and look at its audit log for the window"),
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* Of the clusters' secrets, now. */
static bool is_login_known(const struct world *world, struct slice registry)
{
	for (size_t i = 0; i < world->credentials.len; i++) {
		const struct world_credential *credential = world->credentials.items[i];
		if (credential->entries.len && slice_equal(credential->registry, registry))
			return true;
	}
	return false;
}

static struct slice login_fix(const struct unknown_rows *rows, struct slice registry)
{
	return is_login_known(rows->run->world, registry) ? SLICE("a login that may pull from it: --use-pull-secrets")
							  : SLICE("a login that may pull from it");
}

static int add_failed(struct unknown_rows *rows, const struct world_source *source, struct error **err)
{
	const struct read *read = source->read;
	struct arena *arena = &rows->run->world->arena;
	const struct triage_gap gap = { .outcome = read->outcome, .cause = read->why };
	bool interrupted = slice_equal_text(read->outcome, "interrupted");
	bool forbidden = source->catalog && slice_equal_text(source->catalog->outcome, "forbidden");
	struct slice why = read->why.len ? read->why : SLICE("no reason was told");
	struct unknown_text text = {
		.subject = arena_printf(arena, "%sregistry %.*s", interrupted ? "some of " : "",
					SLICE_ARG(source->registry)),
		.why = interrupted ? SLICE("interrupted before all was read")
				   : arena_printf(arena, "it could not be read: %.*s", SLICE_ARG(why)),
		.fix = forbidden && !interrupted ? login_fix(rows, source->registry) : SLICE("--read-registry again"),
		.incomplete = true,
		.gap = &gap,
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* Many registries have no such list, or not for everybody: then what runs and what was named is all that was read. */
static int add_catalog(struct unknown_rows *rows, const struct world_source *source, struct error **err)
{
	const struct coverage *catalog = source->catalog;
	struct arena *arena = &rows->run->world->arena;

	if (!catalog || coverage_is_whole(catalog))
		return 0;
	const struct triage_gap gap = { .kind = catalog->kind, .outcome = catalog->outcome, .cause = catalog->why };
	struct unknown_text text = {
		.subject = arena_printf(arena, "other repositories of %.*s", SLICE_ARG(source->registry)),
		.why = catalog->why.len ? arena_printf(arena, "it lists none: %.*s", SLICE_ARG(catalog->why))
					: SLICE("it lists none"),
		.fix = SLICE("name them: --repository PATH"),
		.incomplete = slice_equal_text(catalog->outcome, "failed") ||
			      slice_equal_text(catalog->outcome, "interrupted") ||
			      slice_equal_text(catalog->outcome, "partial"),
		.gap = &gap,
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* --- repositories --- */

/* What a later list of all repositories did not hold is none. */
static bool is_settled(const struct world_source *source, const struct coverage *tags)
{
	return source->catalog && coverage_is_whole(source->catalog) && source->catalog->read > tags->read;
}

static int add_tags(struct unknown_rows *rows, const struct world_source *source,
		    const struct world_repository *repository, struct error **err)
{
	const struct coverage *tags = repository->tags;
	struct arena *arena = &rows->run->world->arena;

	if (!tags || coverage_is_whole(tags) || slice_equal_text(tags->outcome, "absent") || is_settled(source, tags))
		return 0;
	const struct triage_gap gap = { .kind = tags->kind,
					.outcome = tags->outcome,
					.namespaces = { &repository->repository, 1 },
					.cause = tags->why };
	struct unknown_text text = {
		.subject = arena_printf(arena, "%stags of %.*s/%.*s", tags->objects > 0 ? "some " : "",
					SLICE_ARG(repository->registry), SLICE_ARG(repository->repository)),
		.why = tags->why.len ? tags->why : tags->outcome,
		.fix = slice_equal_text(tags->outcome, "forbidden") ? login_fix(rows, source->registry)
								    : SLICE("--read-registry again"),
		.incomplete = true,
		.gap = &gap,
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* Answers to the same question, from one repository. */
struct lost {
	const struct registry_answer *first;
	size_t count;
	bool digests; /* images by digest; else tags */
};

static bool config_is_told(const struct world_images *images, struct slice config)
{
	const struct world_list *with = map_get(&images->by_config, config);
	for (size_t i = 0; with && i < with->len; i++)
		if (((const struct world_manifest *)with->items[i])->record->config_read == BOOL_TRUE)
			return true;
	return false;
}

/* What was told later, or elsewhere, is not lost. */
static bool is_told(const struct world_images *images, const struct registry_answer *answer, struct arena *arena)
{
	const struct world_manifest *manifest = map_get(&images->by_digest, answer->reference);
	if (digest_valid(answer->reference))
		return manifest ? manifest->record->config_read == BOOL_TRUE ||
					  !slice_equal_text(manifest->record->kind, "image")
				: config_is_told(images, answer->reference);
	struct slice name = arena_printf(arena, "%.*s/%.*s:%.*s", SLICE_ARG(answer->registry),
					 SLICE_ARG(answer->repository), SLICE_ARG(answer->reference));
	const struct world_tag *tag = name.data ? map_get(&images->tags_by_name, name) : NULL;
	return tag && tag->listed && !tag->failure && tag->last_seen > answer->last_seen;
}

static bool stands_at(const struct world_tag *tag, const struct registry_answer *answer)
{
	const struct tag_state *latest = tag->states.len ? tag->states.items[tag->states.len - 1] : NULL;
	return tag->listed && !tag->deleted && latest && slice_equal(latest->digest, answer->reference) &&
	       slice_equal(tag->registry, answer->registry) && slice_equal(tag->repository, answer->repository);
}

/* What a tag, a manifest or an index that stands there leads to, and is not there: a broken registry, or one that was
 * asked in the middle of a deletion. That what a pod ran is gone is an answer. */
static bool is_led_to(const struct world_images *images, const struct map *members,
		      const struct registry_answer *answer)
{
	const struct world_list *tags = map_get(&images->tags_by_digest, answer->reference);
	for (size_t i = 0; tags && i < tags->len; i++)
		if (stands_at(tags->items[i], answer))
			return true;
	return map_get(&images->by_config, answer->reference) || map_get(members, answer->reference);
}

static bool is_lost(const struct world *world, const struct map *members, const struct registry_answer *answer,
		    struct arena *arena)
{
	if (slice_equal_text(answer->outcome, "present") || !answer->reference.len)
		return false;
	if (slice_equal_text(answer->outcome, "absent") && !is_led_to(world->images, members, answer))
		return false;
	return !is_told(world->images, answer, arena);
}

/* Those that nobody read. */
static int find_members(const struct world_images *images, struct map *ret_members, struct error **err)
{
	for (size_t i = 0; i < images->manifests.len; i++) {
		const struct world_manifest *index = images->manifests.items[i];
		for (size_t m = 0; m < index->members.len; m++) {
			const struct world_member *member = index->members.items[m];
			void **place = member->manifest ? NULL : map_put(ret_members, member->record->digest);
			if (!member->manifest && !place)
				return error_no_memory(err);
			if (place)
				*place = index->members.items[m];
		}
	}
	return 0;
}

static int fold_answer(struct map *folded, const struct registry_answer *answer, struct arena *arena)
{
	bool digest = digest_valid(answer->reference);
	struct slice key = arena_printf(arena, "%.*s/%.*s\n%d\n%.*s", SLICE_ARG(answer->registry),
					SLICE_ARG(answer->repository), digest, SLICE_ARG(answer->outcome));
	void **place = key.data ? map_put(folded, key) : NULL;
	if (!place)
		return -1;
	struct lost *lost = *place ? *place : arena_zeroed(arena, 1, sizeof *lost);
	if (!lost)
		return -1;
	*place = lost;
	if (!lost->count++)
		lost->first = answer;
	lost->digests = digest;
	return 0;
}

static size_t count_listed(const struct world_source *source, struct slice path)
{
	for (size_t i = 0; i < source->repositories.len; i++) {
		const struct world_repository *repository = source->repositories.items[i];
		if (slice_equal(repository->repository, path))
			return repository->listed.len;
	}
	return 0;
}

/* "3 of 30 tags of docker.io/acme/web", "image docker.io/acme/web@sha256:1f3c5e7a9b0d" */
static struct slice lost_subject(const struct lost *lost, const struct world_source *source, struct arena *arena)
{
	const struct registry_answer *first = lost->first;
	size_t listed = count_listed(source, first->repository);
	const char *what = lost->digests ? "images" : "tags";

	if (lost->count == 1 && lost->digests)
		return arena_printf(arena, "image %.*s/%.*s@%.*s", SLICE_ARG(first->registry),
				    SLICE_ARG(first->repository), SLICE_ARG(slice_part(first->reference, 0, 19)));
	if (lost->count == 1)
		return arena_printf(arena, "tag %.*s/%.*s:%.*s", SLICE_ARG(first->registry),
				    SLICE_ARG(first->repository), SLICE_ARG(first->reference));
	if (!lost->digests && listed >= lost->count)
		return arena_printf(arena, "%zu of %zu tags of %.*s/%.*s", lost->count, listed,
				    SLICE_ARG(first->registry), SLICE_ARG(first->repository));
	return arena_printf(arena, "%zu %s of %.*s/%.*s", lost->count, what, SLICE_ARG(first->registry),
			    SLICE_ARG(first->repository));
}

static struct slice lost_fix(const struct unknown_rows *rows, const struct registry_answer *first)
{
	if (slice_equal_text(first->outcome, "forbidden"))
		return login_fix(rows, first->registry);
	if (slice_equal_text(first->outcome, "absent"))
		return SLICE("look at it by hand: the registry tells of it, and does not have it");
	if (slice_equal_text(first->outcome, "invalid"))
		return SLICE("look at it by hand: it is not what its digest says");
	return slice_equal_text(first->outcome, "limited") ? SLICE("--read-registry later, or with a login")
							   : SLICE("--read-registry again");
}

static int add_lost(struct unknown_rows *rows, const struct world_source *source, const struct lost *lost,
		    struct error **err)
{
	const struct registry_answer *first = lost->first;
	const struct triage_gap gap = { .kind = lost->digests ? SLICE("Manifest") : SLICE("Tag"),
					.outcome = first->outcome,
					.namespaces = { &first->repository, 1 },
					.cause = first->why };
	struct unknown_text text = {
		.subject = lost_subject(lost, source, &rows->run->world->arena),
		.why = first->why.len ? first->why : first->outcome,
		.fix = lost_fix(rows, first),
		.incomplete = true,
		.gap = &gap,
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

static int add_answers(struct unknown_rows *rows, const struct world_source *source, struct error **err)
{
	CLEANUP(map_release) struct map folded = { 0 };
	CLEANUP(map_release) struct map members = { 0 };
	const struct record_list *answers = &rows->run->world->images->answers;
	const struct registry_answer *items = answers->items;

	if (find_members(rows->run->world->images, &members, err) < 0)
		return -1;
	for (size_t i = 0; i < answers->len; i++)
		if (slice_equal(items[i].registry, source->registry) &&
		    is_lost(rows->run->world, &members, &items[i], &rows->run->world->arena) &&
		    scope_has_image(rows->run->incident, items[i].registry, items[i].repository) &&
		    fold_answer(&folded, &items[i], &rows->run->world->arena) < 0)
			return arena_fail(&rows->run->world->arena, err);
	for (size_t i = 0; i < folded.len; i++)
		if (add_lost(rows, source, folded.items[i].value, err) < 0)
			return -1;
	return 0;
}

/* --- one registry --- */

static const struct world_source *source_of(const struct world *world, struct slice registry)
{
	for (size_t i = 0; world->images && i < world->images->sources.len; i++) {
		const struct world_source *source = world->images->sources.items[i];
		if (source->is_registry && slice_equal(source->registry, registry))
			return source;
	}
	return NULL;
}

static int add_source(struct unknown_rows *rows, const struct world_source *source, struct error **err)
{
	const struct read *read = source->read;

	/* Then each list failed for the same reason. */
	if (slice_equal_text(read->outcome, "failed"))
		return add_failed(rows, source, err);
	if (slice_equal_text(read->outcome, "interrupted") && add_failed(rows, source, err) < 0)
		return -1;
	if (add_catalog(rows, source, err) < 0)
		return -1;
	for (size_t i = 0; i < source->repositories.len; i++) {
		const struct world_repository *repository = source->repositories.items[i];
		if (scope_has_image(rows->run->incident, source->registry, repository->repository) &&
		    add_tags(rows, source, repository, err) < 0)
			return -1;
	}
	return add_answers(rows, source, err);
}

/* A log tells what happened, not what there is. */
static bool was_read(const struct world_source *source)
{
	return source && source->read && slice_equal_text(source->read->source_kind, "registry");
}

/* --- images that no date tells of --- */

static int add_without_date(struct unknown_rows *rows, struct error **err)
{
	const struct triage_counts *counts = &rows->run->triage->counts;
	size_t count = counts->undated + counts->reproducible + counts->future;

	if (!count)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "when %zu image%s %s built", count,
					count == 1 ? "" : "s", count == 1 ? "was" : "were"),
		.why = arena_printf(&rows->run->world->arena,
				    "%zu undated, %zu with an epoch (reproducible builds), %zu dated ahead of now",
				    counts->undated, counts->reproducible, counts->future),
		.fix = SLICE("their pushes and tags tell more; fother images lists them"),
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

static int add_not_told(struct unknown_rows *rows, struct error **err)
{
	size_t count = rows->run->triage->counts.not_read;

	if (!count || !rows->run->world->images || !rows->run->world->images->read)
		return 0;
	struct unknown_text text = {
		.subject = arena_printf(&rows->run->world->arena, "dates and layers of %zu image%s", count,
					count == 1 ? "" : "s"),
		.why = SLICE("neither a registry nor a layout gave them: gone there, or without a digest here"),
		.fix = SLICE("fother images: REGISTRY says why; a layout or archive would tell"),
	};
	return unknown_add(rows, SLICE_NONE, &text, err);
}

/* --- all of it --- */

int unknown_of_registries(struct unknown_rows *rows, struct error **err)
{
	const struct slice_list wanted = rows->run->incident->registries;

	for (size_t i = 0; i < wanted.len; i++) {
		const struct world_source *source = source_of(rows->run->world, wanted.items[i]);
		size_t from = rows->rows.list.len;
		if ((was_read(source) ? add_source(rows, source, err) : add_not_read(rows, wanted.items[i], err)) < 0)
			return -1;
		rows->run->triage->whole_registries += was_read(source) &&
						       !unknown_any_incomplete(&rows->rows.list, from);
	}
	return add_without_date(rows, err) < 0 ? -1 : add_not_told(rows, err);
}
