#include "oci/walk/walk_internal.h"

#include "base/limits.h"
#include "model/reference.h"

static struct digest_state *state_of(struct image_walk *walk, struct slice digest)
{
	return digest_set_put(&walk->seen, digest_key_of('d', SLICE(""), digest));
}

static uint32_t repository_number(const struct walk_repository *repository)
{
	return (uint32_t)hash_bytes(repository->name);
}

/* --- who waits --- */
static struct waiter *waiter_take(struct image_walk *walk, struct error **err)
{
	struct waiter *waiter = walk->free_waiters;
	if (waiter) {
		walk->free_waiters = waiter->next;
		return waiter;
	}
	waiter = arena_zeroed(&walk->arena, 1, sizeof *waiter);
	if (!waiter)
		arena_fail(&walk->arena, err);
	return waiter;
}

static int add_waiter(struct image_walk *walk, struct task *task, const struct waiter *who, struct error **err)
{
	struct waiter **place = &task->waiters;
	for (; *place; place = &(*place)->next)
		if ((*place)->repository == who->repository && (*place)->parent == who->parent &&
		    (*place)->depth == who->depth) {
			(*place)->count += who->count;
			return 0;
		}
	struct waiter *waiter = waiter_take(walk, err);
	if (!waiter)
		return -1;
	*waiter = *who;
	waiter->next = NULL;
	*place = waiter;
	return 0;
}

static bool all_members_ended(const struct task *task)
{
	return task->step == TASK_MEMBERS && task->member == task->manifest.member_count && task->members_open == 0;
}

/* Tells one who waited. what: how it ended. */
static int tell(struct image_walk *walk, const struct waiter *who, bool whole, bool too_deep, struct error **err)
{
	if (!who->parent) {
		who->repository->broken |= !whole;
		return repository_settle(walk, who->repository, who->count, err);
	}
	who->parent->members_open -= who->count;
	who->parent->broken |= !whole;
	who->parent->too_deep |= too_deep;
	return all_members_ended(who->parent) ? digest_end(walk, who->parent, err) : 0;
}

static int tell_all(struct image_walk *walk, struct waiter *waiters, bool whole, bool too_deep, struct error **err)
{
	while (waiters) {
		struct waiter who = *waiters;
		waiters->next = walk->free_waiters;
		walk->free_waiters = waiters;
		waiters = who.next;
		if (tell(walk, &who, whole, too_deep, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the end of a digest --- */
/* The next through whose repository, or at whose depth, it was not tried yet. */
static struct waiter *untried(struct task *task)
{
	struct waiter *next = NULL;
	for (struct waiter *who = task->waiters; who; who = who->next) {
		who->tried |= slice_equal(who->repository->name, task->repository->name) &&
			      !(task->too_deep && who->depth < task->depth);
		if (!who->tried && !next)
			next = who;
	}
	return next;
}

static int try_again(struct image_walk *walk, struct task *task, struct waiter *through, struct error **err)
{
	through->tried = true;
	task->repository = through->repository;
	task->depth = through->depth;
	task->direct = task->broken = task->too_deep = false;
	if (task->step == TASK_MEMBERS)
		return digest_open_members(walk, task, err);
	task_push(&walk->ready, task);
	return 0;
}

static void note_end(struct image_walk *walk, const struct task *task)
{
	struct digest_state *state = state_of(walk, task->reference);
	if (!state) /* it is there since the task began: a put cannot fail */
		return;
	*state = (struct digest_state){
		.number = repository_number(task->repository),
		.kind = !task->broken    ? DIGEST_WHOLE
			: task->hopeless ? DIGEST_HOPELESS
			: task->too_deep ? DIGEST_TOO_DEEP
					 : DIGEST_BROKEN,
		.depth = (uint16_t)task->depth,
	};
}

int digest_end(struct image_walk *walk, struct task *task, struct error **err)
{
	struct waiter *next = task->broken && !task->hopeless && !task->of_referrers ? untried(task) : NULL;
	if (next)
		return try_again(walk, task, next, err);
	if (!task->of_referrers)
		note_end(walk, task);
	struct waiter *waiters = task->waiters;
	bool whole = !task->broken, too_deep = task->too_deep;
	task->waiters = NULL;
	task_give_back(walk, task);
	return tell_all(walk, waiters, whole, too_deep, err);
}

/* --- the start of a digest --- */
static int start(struct image_walk *walk, const struct waiter *who, const struct lead *lead, struct digest_state *state,
		 struct error **err)
{
	struct task *task = task_take(walk, TASK_MANIFEST, who->repository, lead->digest, err);
	if (!task)
		return -1;
	*state = (struct digest_state){ .number = task->number, .kind = DIGEST_OPEN };
	task->depth = who->depth;
	task->size = lead->size;
	task->direct = lead->direct;
	task->attestation = lead->attestation;
	if (arena_copy(&task->arena, lead->media_type, &task->media_type) < 0)
		return arena_fail(&task->arena, err);
	if (add_waiter(walk, task, who, err) < 0)
		return -1;
	if (lead->bytes.data) {
		struct image_answer inlined = {
			.outcome = IMAGE_PRESENT, .media_type = lead->media_type, .bytes = lead->bytes, .verified = true
		};
		return read_manifest(walk, task, &inlined, err);
	}
	task_push(&walk->ready, task);
	return 0;
}

/* Whether `from` is `to`, or is waited for by what leads up to it. */
static bool leads_up(const struct task *from, const struct task *to)
{
	if (from == to)
		return true;
	for (const struct waiter *who = from->waiters; who; who = who->next)
		if (who->parent && leads_up(who->parent, to))
			return true;
	return false;
}

static int wait_for(struct image_walk *walk, struct task *task, const struct waiter *who, struct error **err)
{
	if (!who->parent || !leads_up(who->parent, task))
		return add_waiter(walk, task, who, err);
	/* Only digests that nobody could verify can make a circle. */
	if (put_defect(walk, who->repository, who->parent->reference, "index_cycle", SLICE_NONE,
		       SLICE("an index leads back to itself"), err) < 0)
		return -1;
	return tell(walk, who, true, false, err);
}

static int refuse(struct image_walk *walk, const struct waiter *who, struct slice digest, const char *why,
		  struct error **err)
{
	if (repository_lose(walk, who->repository, &who->repository->lost, digest, "failed", slice_of(why), err) < 0)
		return -1;
	return tell(walk, who, false, false, err);
}

static bool is_known(struct image_walk *walk, struct slice digest)
{
	const struct image_known *known = walk->options.known;
	return known && known->has && known->has(known->data, digest);
}

int digest_lead(struct image_walk *walk, struct walk_repository *repository, struct task *parent, unsigned depth,
		const struct lead *lead, struct error **err)
{
	struct waiter who = { .repository = repository, .parent = parent, .depth = depth, .count = 1 };
	if (!lead->digest.data || !digest_valid(lead->digest))
		return refuse(walk, &who, lead->digest, "no digest", err);
	struct digest_state *state = state_of(walk, lead->digest);
	if (!state)
		return digest_set_full(&walk->seen)
			       ? refuse(walk, &who, lead->digest, "more digests than one walk may meet", err)
			       : error_no_memory(err);
	repository->digests++;
	switch ((enum digest_kind)state->kind) {
	case DIGEST_WHOLE:
		return tell(walk, &who, true, false, err);
	case DIGEST_OPEN:
		return wait_for(walk, walk->tasks.items[state->number], &who, err);
	case DIGEST_HOPELESS:
		return tell(walk, &who, false, false, err);
	case DIGEST_BROKEN:
		return state->number == repository_number(repository) ? tell(walk, &who, false, false, err)
								      : start(walk, &who, lead, state, err);
	case DIGEST_TOO_DEEP:
		return state->depth <= depth ? tell(walk, &who, false, true, err) : start(walk, &who, lead, state, err);
	case DIGEST_NEW:
		break;
	}
	if (!is_known(walk, lead->digest))
		return start(walk, &who, lead, state, err);
	state->kind = DIGEST_WHOLE;
	walk->result.known++;
	return tell(walk, &who, true, false, err);
}

int digest_is_met(struct image_walk *walk, struct slice digest, struct error **err)
{
	const struct digest_state *state = state_of(walk, digest);
	if (!state && !digest_set_full(&walk->seen))
		return error_no_memory(err);
	return is_known(walk, digest) || (state && state->kind != DIGEST_NEW);
}

/* --- members --- */
int digest_open_members(struct image_walk *walk, struct task *task, struct error **err)
{
	task->step = TASK_MEMBERS;
	task->member = 0;
	if (task->manifest.member_count == 0)
		return digest_end(walk, task, err);
	task_push(&walk->members, task);
	return 0;
}

/* What is no manifest is not asked for as one: an index may hold anything (OCI image spec, image-index.md). */
static bool is_followed(const struct oci_descriptor *member)
{
	if (!member->media_type.data)
		return true;
	enum media_kind kind = media_type_of(member->media_type).kind;
	return kind == MEDIA_INDEX || kind == MEDIA_MANIFEST || kind == MEDIA_SCHEMA1;
}

int digest_next_member(struct image_walk *walk, struct error **err)
{
	struct task *task = walk->members.first;
	if (!task)
		return 0;
	const struct oci_descriptor *member = &task->manifest.members[task->member++];
	if (task->member == task->manifest.member_count)
		walk->members.first = task->next;
	if (!is_followed(member)) {
		if (all_members_ended(task) && digest_end(walk, task, err) < 0)
			return -1;
		return 1;
	}
	struct lead lead = { .digest = member->digest,
			     .media_type = member->media_type,
			     .size = member->size,
			     .bytes = member->data,
			     .attestation = oci_attests(member).data != NULL };
	task->members_open++;
	return digest_lead(walk, task->repository, task, task->depth + 1, &lead, err) < 0 ? -1 : 1;
}

/* --- referrers --- */
int digest_ask_referrers(struct image_walk *walk, struct walk_repository *repository, struct slice digest,
			 struct error **err)
{
	if (!walk->options.referrers || walk->no_referrers || (repository->listed && walk->no_referrer_api))
		return 0;
	struct digest_state *state = digest_set_put(&walk->seen, digest_key_of('r', repository->name, digest));
	if (!state)
		return digest_set_full(&walk->seen) ? 0 : error_no_memory(err);
	if (state->kind != DIGEST_NEW)
		return 0;
	state->kind = DIGEST_OPEN;
	struct task *task = task_take(walk, TASK_REFERRERS, repository, digest, err);
	if (!task)
		return -1;
	struct waiter who = { .repository = repository, .count = 1 };
	task->of_referrers = true;
	if (add_waiter(walk, task, &who, err) < 0)
		return -1;
	repository->open++;
	task_push(&walk->ready, task);
	return 0;
}
