#include "oci/walk/walk.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "credential/mask.h"
#include "oci/walk/walk_internal.h"

/* How often `stopped` is asked while no answer comes. */
#define STOPPED_EVERY_MS 200

/* --- tasks --- */
void task_push(struct task_list *list, struct task *task)
{
	task->next = list->first;
	list->first = task;
}

static struct task *task_pop(struct task_list *list)
{
	struct task *task = list->first;
	if (task)
		list->first = task->next;
	return task;
}

static struct task *task_new(struct image_walk *walk)
{
	struct task *task = mem_alloc_zeroed(1, sizeof *task);
	struct task **place = task ? vec_push(&walk->tasks) : NULL;
	if (!place)
		return mem_free(task);
	task->arena = (struct arena)ARENA_INIT(LIMIT_IMAGE_BYTES);
	task->number = (uint32_t)(walk->tasks.len - 1);
	return *place = task;
}

struct task *task_take(struct image_walk *walk, enum task_step step, struct walk_repository *repository,
		       struct slice reference, struct error **err)
{
	struct task *task = task_pop(&walk->free);
	if (!task && !(task = task_new(walk))) {
		error_no_memory(err);
		return NULL;
	}
	struct arena arena = task->arena;
	*task = (struct task){ .number = task->number, .step = step, .repository = repository };
	arena_clear(&arena);
	task->arena = arena;
	task->size = task->found_size = INT_UNKNOWN;
	if (arena_copy(&task->arena, reference, &task->reference) < 0) {
		task_push(&walk->free, task);
		arena_fail(&task->arena, err);
		return NULL;
	}
	return task;
}

void task_give_back(struct image_walk *walk, struct task *task)
{
	task_push(&walk->free, task);
}

/* --- what to ask next --- */
static enum image_ask_type ask_type_of(enum task_step step)
{
	static const enum image_ask_type types[] = {
		[TASK_CATALOG] = IMAGE_ASK_REPOSITORIES,
		[TASK_TAGS] = IMAGE_ASK_TAGS,
		[TASK_TAG] = IMAGE_ASK_TAG,
		[TASK_HELD] = IMAGE_ASK_TAG,
		[TASK_REFERRERS] = IMAGE_ASK_REFERRERS,
		[TASK_MANIFEST] = IMAGE_ASK_MANIFEST,
		[TASK_CONFIG] = IMAGE_ASK_BLOB,
	};
	return types[step];
}

static int ask(struct image_walk *walk, struct task *task, struct error **err)
{
	struct image_source *source = walk->options.source;
	struct image_ask asked = {
		.type = ask_type_of(task->step),
		.repository = task->repository ? task->repository->name : SLICE_NONE,
		.reference = task->reference,
		.media_type = task->media_type,
		.size = task->size,
		.tags_listed = task->of_referrers && task->repository->listed,
	};
	if (task->step == TASK_HELD && walk->options.split)
		asked.type = IMAGE_ASK_MANIFEST; /* a layout knows tags only by their names, and its bytes cost nothing
						  */
	if (task->step == TASK_CONFIG) {
		asked.reference = task->manifest.config.digest;
		asked.media_type = task->manifest.config.media_type;
		asked.size = task->manifest.config.size;
	} else if (task->step == TASK_CATALOG || task->step == TASK_TAGS) {
		asked.reference = SLICE_NONE;
	}
	task->under_way = true;
	walk->under_way++;
	return source->ops->ask(source, &asked, task, err);
}

static int start_catalog(struct image_walk *walk, struct error **err)
{
	struct task *task = task_take(walk, TASK_CATALOG, NULL, SLICE_NONE, err);
	if (!task)
		return -1;
	walk->catalog_started = true;
	task_push(&walk->ready, task);
	return 1;
}

/* Makes something ready, or ends something: what is under way leads first, lists last. 1, 0 nothing is left, -1. */
static int go_on(struct image_walk *walk, struct error **err)
{
	int did = digest_next_member(walk, err);
	if (did == 0)
		did = repository_take_name(walk, err);
	if (did == 0 && walk->catalog_wanted && !walk->catalog_started)
		did = start_catalog(walk, err);
	if (did == 0)
		did = repository_begin_next(walk, err);
	return did;
}

static int fill(struct image_walk *walk, struct error **err)
{
	size_t width = walk->options.source->ops->width(walk->options.source);
	while (walk->under_way < (width ? width : 1)) {
		struct task *task = task_pop(&walk->ready);
		if (task) {
			if (ask(walk, task, err) < 0)
				return -1;
			continue;
		}
		int did = go_on(walk, err);
		if (did <= 0)
			return did;
	}
	return 0;
}

/* --- what was answered --- */
static int hand_out(struct image_walk *walk, struct image_answer *answer, struct error **err)
{
	static int (*const readers[])(struct image_walk *, struct task *, const struct image_answer *,
				      struct error **) = {
		[TASK_CATALOG] = list_answer_catalog, [TASK_TAGS] = list_answer_tags,
		[TASK_TAG] = list_answer_tag,         [TASK_HELD] = list_answer_held,
		[TASK_REFERRERS] = read_referrers,    [TASK_MANIFEST] = read_manifest,
		[TASK_CONFIG] = read_config,
	};
	struct task *task = answer->owner;
	bool is_list = task->step == TASK_CATALOG || task->step == TASK_TAGS;
	if (answer->last || !is_list || answer->outcome != IMAGE_PRESENT) {
		answer->last = true;
		task->under_way = false;
		walk->under_way--;
	}
	if (answer->why.data && mask_tokens(answer->why, &task->arena, &answer->why, err) < 0)
		return -1;
	walk->result.answered += answer->outcome == IMAGE_PRESENT || answer->outcome == IMAGE_ABSENT ||
				 answer->outcome == IMAGE_UNSUPPORTED;
	return readers[task->step](walk, task, answer, err);
}

static bool is_stopped(const struct image_walk *walk)
{
	const struct image_walk_options *options = &walk->options;
	return options->stopped && options->stopped(options->stopped_data);
}

/* 1: go on; 0: all is answered, or it was stopped; -1. */
static int take_answer(struct image_walk *walk, struct error **err)
{
	struct image_source *source = walk->options.source;
	struct image_answer answer = { 0 };
	int got = source->ops->next(source, STOPPED_EVERY_MS, &answer, err);
	if (got < 0)
		return -1;
	if (got > 0 && answer.outcome != IMAGE_INTERRUPTED && hand_out(walk, &answer, err) < 0)
		return -1;
	if ((got > 0 && answer.outcome == IMAGE_INTERRUPTED) || is_stopped(walk)) {
		walk->result.interrupted = true;
		return 0;
	}
	return 1;
}

/* --- the end --- */
static int interrupt_task(struct image_walk *walk, struct task *task, struct error **err)
{
	struct slice reference = task->step == TASK_CONFIG ? task->manifest.config.digest : task->reference;
	if (task->step == TASK_CONFIG && read_without_config(walk, task, err) < 0)
		return -1;
	if (task->step == TASK_CATALOG)
		return put_coverage(walk, "Repository", SLICE("*"), "*", "interrupted", SLICE_NONE,
				    walk->result.catalog_names, err);
	if (task->step == TASK_REFERRERS || task->step == TASK_MEMBERS)
		return 0;
	return put_answer(walk, task->repository, task->step == TASK_TAGS ? SLICE("") : reference, "interrupted",
			  SLICE_NONE, err);
}

static int end_interrupted(struct image_walk *walk, struct error **err)
{
	for (size_t i = 0; i < walk->tasks.len; i++)
		if ((walk->tasks.items[i]->under_way || walk->tasks.items[i]->follows) &&
		    interrupt_task(walk, walk->tasks.items[i], err) < 0)
			return -1;
	for (struct task *task = walk->ready.first; task; task = task->next)
		if (interrupt_task(walk, task, err) < 0)
			return -1;
	/* What is still under way will not be taken any more. */
	for (size_t i = 0; i < walk->tasks.len; i++)
		walk->tasks.items[i]->under_way = walk->tasks.items[i]->follows = false;
	walk->ready.first = walk->members.first = NULL;
	if (walk->catalog_wanted && !walk->catalog_started &&
	    put_coverage(walk, "Repository", SLICE("*"), "*", "interrupted", SLICE_NONE, 0, err) < 0)
		return -1;
	walk->catalog_started = true;
	return repository_interrupt_all(walk, err);
}

int image_walk_run(struct image_walk *walk, struct image_walk_result *ret_result, struct error **err)
{
	int go = is_stopped(walk) || walk->result.interrupted ? 0 : 1;
	walk->result.interrupted |= !go;
	while (go > 0) {
		if (fill(walk, err) < 0)
			return -1;
		if (!walk->under_way)
			break;
		go = take_answer(walk, err);
	}
	if (go < 0 || (walk->result.interrupted && end_interrupted(walk, err) < 0))
		return -1;
	walk->result.complete &= !walk->result.interrupted;
	*ret_result = walk->result;
	return 0;
}

const struct image_walk_result *image_walk_progress(const struct image_walk *walk)
{
	return &walk->result;
}

/* --- the walk --- */
int walk_lose(struct image_walk *walk, const struct walk_repository *repository, struct slice reference,
	      const char *outcome, struct slice why, struct error **err)
{
	walk->result.complete = false;
	if (walk->result.why.data)
		return 0;
	struct slice name = repository ? repository->name : SLICE("catalog");
	walk->result.why = arena_printf(&walk->arena, "%.*s%s%.*s: %s%s%.*s", SLICE_ARG(name), reference.len ? " " : "",
					SLICE_ARG(reference), outcome, why.len ? ": " : "", SLICE_ARG(why));
	return walk->result.why.data ? 0 : arena_fail(&walk->arena, err);
}

int image_walk_new(const struct image_walk_options *options, struct image_walk **ret_walk, struct error **err)
{
	struct image_walk *walk = mem_alloc_zeroed(1, sizeof *walk);
	if (!walk)
		return error_no_memory(err);
	walk->options = *options;
	walk->result.complete = true;
	walk->arena = (struct arena)ARENA_INIT(LIMIT_IMAGE_BYTES);
	walk->catalog_names = (struct name_queue)NAME_QUEUE_INIT;
	*ret_walk = walk;
	return 0;
}

int image_walk_catalog(struct image_walk *walk, bool (*wanted)(const void *data, struct slice repository),
		       const void *data, struct error **err)
{
	(void)err;
	walk->wanted = wanted;
	walk->wanted_data = data;
	walk->catalog_wanted = true;
	walk->catalog_started = false;
	return 0;
}

int image_walk_repository(struct image_walk *walk, struct slice repository, struct error **err)
{
	struct walk_repository *given = repository_given(walk, repository, err);
	if (!given)
		return -1;
	given->listed = true;
	return 0;
}

int image_walk_reference(struct image_walk *walk, struct slice repository, struct slice reference, struct error **err)
{
	if (memchr(reference.data, '\0', reference.len))
		return error_set(err, ERROR_USAGE, "a tag with a NUL in it");
	struct walk_repository *given = repository_given(walk, repository, err);
	return given ? name_queue_add(&given->names, reference, err) : -1;
}

struct image_walk *image_walk_free(struct image_walk *walk)
{
	if (!walk)
		return NULL;
	for (size_t i = 0; i < walk->tasks.len; i++) {
		arena_release(&walk->tasks.items[i]->arena);
		mem_free(walk->tasks.items[i]);
	}
	vec_release(&walk->tasks);
	repository_free_all(walk);
	digest_set_release(&walk->seen);
	config_cache_release(&walk->configs);
	arena_release(&walk->arena);
	map_release(&walk->given);
	map_release(&walk->ended);
	name_queue_release(&walk->catalog_names);
	return mem_free(walk);
}

void image_walk_freep(struct image_walk **walk)
{
	*walk = image_walk_free(*walk);
}
