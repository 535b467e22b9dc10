#include "oci/walk/walk_internal.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "model/reference.h"

/* --- the lists that a repository is in --- */
static void link_waiting(struct image_walk *walk, struct walk_repository *repository)
{
	repository->previous = walk->waiting_last;
	if (walk->waiting_last)
		walk->waiting_last->next = repository;
	else
		walk->waiting = repository;
	walk->waiting_last = repository;
}

static void unlink_waiting(struct image_walk *walk, struct walk_repository *repository)
{
	void **place = map_put(&walk->given, repository->name);
	if (place) /* it is there: a put cannot fail */
		*place = NULL;
	walk->waiting = repository->next;
	if (walk->waiting)
		walk->waiting->previous = NULL;
	else
		walk->waiting_last = NULL;
	repository->previous = repository->next = NULL;
}

static void link_open(struct image_walk *walk, struct walk_repository *repository)
{
	repository->next = walk->opened;
	if (walk->opened)
		walk->opened->previous = repository;
	walk->opened = repository;
	walk->open_count++;
	if (walk->open_count > walk->most_open)
		walk->most_open = walk->open_count;
	walk->result.repositories++;
}

static void unlink_open(struct image_walk *walk, struct walk_repository *repository)
{
	if (repository->previous)
		repository->previous->next = repository->next;
	else
		walk->opened = repository->next;
	if (repository->next)
		repository->next->previous = repository->previous;
	walk->open_count--;
}

/* --- a repository --- */
static struct walk_repository *repository_free(struct walk_repository *repository)
{
	arena_release(&repository->arena);
	name_queue_release(&repository->names);
	return mem_free(repository);
}

static struct walk_repository *repository_new(const struct image_walk *walk, struct slice name, struct error **err)
{
	const struct image_walk_options *options = &walk->options;
	struct walk_repository *repository = mem_alloc_zeroed(1, sizeof *repository);
	if (!repository) {
		error_no_memory(err);
		return NULL;
	}
	repository->arena = (struct arena)ARENA_INIT(LIMIT_IMAGE_BYTES);
	repository->names = (struct name_queue)NAME_QUEUE_INIT;
	if (arena_copy(&repository->arena, name, &repository->name) < 0) {
		arena_fail(&repository->arena, err);
		return repository_free(repository);
	}
	struct slice registry = options->registry, path = repository->name;
	if (options->split)
		options->split(options->split_data, repository->name, &registry, &path);
	if (arena_copy(&repository->arena, registry, &repository->registry) < 0 ||
	    arena_copy(&repository->arena, path, &repository->path) < 0) {
		arena_fail(&repository->arena, err);
		return repository_free(repository);
	}
	return repository;
}

struct walk_repository *repository_given(struct image_walk *walk, struct slice name, struct error **err)
{
	void **place = map_put(&walk->given, name);
	if (!place) {
		error_no_memory(err);
		return NULL;
	}
	if (*place)
		return *place;
	struct walk_repository *repository = repository_new(walk, name, err);
	if (!repository)
		return NULL;
	link_waiting(walk, repository);
	return *place = repository;
}

void repository_free_all(struct image_walk *walk)
{
	struct walk_repository *lists[] = { walk->waiting, walk->opened };
	for (size_t i = 0; i < 2; i++)
		while (lists[i]) {
			struct walk_repository *next = lists[i]->next;
			repository_free(lists[i]);
			lists[i] = next;
		}
	walk->waiting = walk->waiting_last = walk->opened = NULL;
}

/* --- what is said at its end --- */
int repository_lose(struct image_walk *walk, struct walk_repository *repository, struct loss *loss,
		    struct slice reference, const char *outcome, struct slice why, struct error **err)
{
	if (walk_lose(walk, repository, reference, outcome, why, err) < 0)
		return -1;
	if (loss->count++)
		return 0;
	loss->first = arena_printf(&repository->arena, "%.*s: %s%s%.*s", SLICE_ARG(reference), outcome,
				   why.len ? ": " : "", SLICE_ARG(why));
	return loss->first.data ? 0 : arena_fail(&repository->arena, err);
}

static const char *list_outcome(const struct walk_repository *repository)
{
	if (!repository->list_ended)
		return "interrupted";
	return repository->seen_page ? "partial" : list_outcome_text(repository->list_outcome);
}

static bool list_is_whole(const struct walk_repository *repository)
{
	return repository->list_ended && repository->list_outcome == IMAGE_PRESENT;
}

static int put_tags_covered(struct image_walk *walk, struct walk_repository *repository, bool interrupted,
			    struct error **err)
{
	const struct loss *lost = &repository->lost_tags;
	const char *outcome = "complete";
	struct slice why = SLICE_NONE;
	if (!list_is_whole(repository)) {
		outcome = list_outcome(repository);
		why = repository->list_why;
	} else if (interrupted) {
		outcome = "interrupted";
	} else if (lost->count) {
		outcome = "partial";
		why = arena_printf(&repository->arena, "%zu of %zu tags: %.*s", lost->count, repository->named,
				   SLICE_ARG(lost->first));
		if (!why.data)
			return arena_fail(&repository->arena, err);
	}
	return put_coverage(walk, "Tag", repository->path, "*", outcome, why, repository->tags, err);
}

/* Why not all that the repository leads to was read; not there: it was. */
static struct slice why_lost(struct walk_repository *repository)
{
	if (repository->lost.count)
		return arena_printf(&repository->arena, "%zu that it leads to could not be read, first %.*s",
				    repository->lost.count, SLICE_ARG(repository->lost.first));
	if (repository->lost_tags.count)
		return arena_printf(&repository->arena, "%zu of %zu tags: %.*s", repository->lost_tags.count,
				    repository->named, SLICE_ARG(repository->lost_tags.first));
	if (repository->listed && !list_is_whole(repository))
		return SLICE("its list of tags is not whole");
	if (repository->broken)
		return SLICE("something that it leads to was not read whole");
	return SLICE_NONE;
}

static int put_manifests_covered(struct image_walk *walk, struct walk_repository *repository, bool interrupted,
				 struct error **err)
{
	struct slice why = why_lost(repository);
	const char *outcome = interrupted ? "interrupted" : why.data ? "partial" : "complete";
	if (repository->arena.failure)
		return arena_fail(&repository->arena, err);
	return put_coverage(walk, "Manifest", repository->path, repository->listed ? "*" : "given", outcome, why,
			    repository->digests, err);
}

static int put_covered(struct image_walk *walk, struct walk_repository *repository, bool interrupted,
		       struct error **err)
{
	if (repository->listed && put_tags_covered(walk, repository, interrupted, err) < 0)
		return -1;
	return put_manifests_covered(walk, repository, interrupted, err);
}

/* --- one that is begun twice: by names, and by the catalog --- */
static int keep_loss(struct image_walk *walk, struct loss *loss, struct error **err)
{
	return arena_copy(&walk->arena, loss->first, &loss->first) < 0 ? arena_fail(&walk->arena, err) : 0;
}

/* What was named is not asked for again when the list has it too; what came of it is still true. */
static int keep(struct image_walk *walk, const struct walk_repository *repository, struct error **err)
{
	struct kept *kept = arena_zeroed(&walk->arena, 1, sizeof *kept);
	void **place = kept ? map_put(&walk->ended, repository->name) : NULL;
	if (!place)
		return kept ? error_no_memory(err) : arena_fail(&walk->arena, err);
	*kept = (struct kept){ repository->tags,      repository->named, repository->digests,
			       repository->lost_tags, repository->lost,  repository->broken };
	*place = kept;
	return keep_loss(walk, &kept->lost_tags, err) < 0 ? -1 : keep_loss(walk, &kept->lost, err);
}

static void go_on_from(const struct image_walk *walk, struct walk_repository *repository)
{
	const struct kept *kept = map_get(&walk->ended, repository->name);
	if (!kept)
		return;
	repository->tags = kept->tags;
	repository->named = kept->named;
	repository->digests = kept->digests;
	repository->lost_tags = kept->lost_tags;
	repository->lost = kept->lost;
	repository->broken = kept->broken;
}

static struct walk_repository *find_open(const struct image_walk *walk, struct slice name)
{
	struct walk_repository *repository = walk->opened;
	while (repository && !slice_equal(repository->name, name))
		repository = repository->next;
	return repository;
}

/* --- its end --- */
static bool is_ended(const struct walk_repository *repository)
{
	return !repository->open && !repository->names.len && (!repository->listed || repository->list_ended);
}

int repository_settle(struct image_walk *walk, struct walk_repository *repository, size_t count, struct error **err)
{
	repository->open -= count;
	if (!is_ended(repository))
		return 0;
	if (repository->broken && walk_lose(walk, repository, SLICE(""), "not read whole", SLICE_NONE, err) < 0)
		return -1;
	if (put_covered(walk, repository, false, err) < 0 || (!repository->listed && keep(walk, repository, err) < 0))
		return -1;
	unlink_open(walk, repository);
	repository_free(repository);
	return 0;
}

int repository_interrupt_all(struct image_walk *walk, struct error **err)
{
	struct slice name;
	while (name_queue_take(&walk->catalog_names, &name)) {
		struct walk_repository *repository = repository_given(walk, name, err);
		if (!repository)
			return -1;
		repository->listed = true;
	}
	struct walk_repository *lists[] = { walk->opened, walk->waiting };
	for (size_t i = 0; i < 2; i++)
		for (struct walk_repository *repository = lists[i]; repository; repository = repository->next)
			if (put_covered(walk, repository, true, err) < 0)
				return -1;
	repository_free_all(walk);
	map_clear(&walk->given);
	walk->open_count = walk->lists_under_way = 0;
	return 0;
}

/* --- its beginning --- */
static int begin_list(struct image_walk *walk, struct walk_repository *repository, struct error **err)
{
	if (repository->listed) {
		struct digest_state *state = digest_set_put(&walk->seen,
							    digest_key_of('l', SLICE(""), repository->name));
		if (!state && !digest_set_full(&walk->seen))
			return error_no_memory(err);
		repository->listed = !state || !state->kind;
		if (state)
			state->kind = 1;
	}
	if (!repository->listed)
		return 0;
	go_on_from(walk, repository);
	struct task *task = task_take(walk, TASK_TAGS, repository, SLICE(""), err);
	if (!task)
		return -1;
	repository->open++;
	walk->lists_under_way++;
	task_push(&walk->ready, task);
	return 0;
}

static int begin(struct image_walk *walk, struct walk_repository *repository, struct error **err)
{
	link_open(walk, repository);
	return begin_list(walk, repository, err);
}

/* Nothing to do for it: it was there before. */
static void forget_if_idle(struct image_walk *walk, struct walk_repository *repository)
{
	if (repository->listed || repository->names.len)
		return;
	unlink_open(walk, repository);
	walk->result.repositories--;
	repository_free(repository);
}

static int begin_listed(struct image_walk *walk, struct slice name, struct error **err)
{
	struct walk_repository *repository = find_open(walk, name);
	if (repository && repository->listed)
		return 1;
	if (repository) {
		repository->listed = repository->from_catalog = true;
		return begin_list(walk, repository, err) < 0 ? -1 : 1;
	}
	repository = repository_new(walk, name, err);
	if (!repository)
		return -1;
	repository->listed = repository->from_catalog = true;
	if (begin(walk, repository, err) < 0)
		return -1;
	forget_if_idle(walk, repository);
	return 1;
}

int repository_begin_next(struct image_walk *walk, struct error **err)
{
	size_t width = walk->options.source->ops->width(walk->options.source);
	struct walk_repository *repository = walk->waiting;
	struct slice name;
	if (walk->open_count >= OPEN_REPOSITORIES_FOR_EACH_ASK * (width ? width : 1) ||
	    walk->lists_under_way >= LISTS_UNDER_WAY)
		return 0;
	if (repository) {
		unlink_waiting(walk, repository);
		if (begin(walk, repository, err) < 0)
			return -1;
		forget_if_idle(walk, repository);
		return 1;
	}
	return name_queue_take(&walk->catalog_names, &name) ? begin_listed(walk, name, err) : 0;
}

/* --- its names --- */
/* Whether the tag or digest is asked for the first time in this walk. 1, 0, -1. */
static int is_new_name(struct image_walk *walk, const struct walk_repository *repository, struct slice name,
		       struct error **err)
{
	struct digest_state *state = digest_set_put(&walk->seen, digest_key_of('t', repository->name, name));
	if (!state)
		return digest_set_full(&walk->seen) ? 1 : error_no_memory(err);
	return state->kind++ == 0;
}

static int take_digest(struct image_walk *walk, struct walk_repository *repository, struct slice digest,
		       struct error **err)
{
	struct lead lead = { .digest = digest, .size = INT_UNKNOWN, .direct = true };
	int is_new = is_new_name(walk, repository, digest, err);
	if (is_new <= 0)
		return is_new < 0 ? -1 : repository_settle(walk, repository, 1, err);
	int is_met = digest_is_met(walk, digest, err);
	if (is_met < 0)
		return -1;
	if (!is_met) {
		if (digest_ask_referrers(walk, repository, digest, err) < 0)
			return -1;
		return digest_lead(walk, repository, NULL, 0, &lead, err);
	}
	struct task *task = task_take(walk, TASK_HELD, repository, digest, err);
	if (!task)
		return -1;
	task_push(&walk->ready, task);
	return 0;
}

static int take_tag(struct image_walk *walk, struct walk_repository *repository, struct slice tag, struct error **err)
{
	int is_new = is_new_name(walk, repository, tag, err);
	if (is_new <= 0)
		return is_new < 0 ? -1 : repository_settle(walk, repository, 1, err);
	repository->named++;
	struct task *task = task_take(walk, TASK_TAG, repository, tag, err);
	if (!task)
		return -1;
	task_push(&walk->ready, task);
	return 0;
}

static int refuse_tag(struct image_walk *walk, struct walk_repository *repository, struct slice name,
		      struct error **err)
{
	if (list_refuse_tag(walk, repository, name, err) < 0)
		return -1;
	return repository_settle(walk, repository, 1, err);
}

int repository_take_name(struct image_walk *walk, struct error **err)
{
	struct slice name;
	struct walk_repository *repository = walk->opened;
	while (repository && !repository->names.len)
		repository = repository->next;
	if (!repository)
		return 0;
	/* It is open for this name before the name is taken, so that nothing ends it in between. */
	repository->open++;
	name_queue_take(&repository->names, &name);
	int result = digest_valid(name)             ? take_digest(walk, repository, name, err)
		     : list_name_is_tag(walk, name) ? take_tag(walk, repository, name, err)
						    : refuse_tag(walk, repository, name, err);
	return result < 0 ? -1 : 1;
}
