#include "oci/walk/walk_internal.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "model/reference.h"

/* --- names --- */
static bool is_inner(int byte)
{
	return ascii_is_alphanumeric(byte) || byte == '.' || byte == '_' || byte == '-';
}

static bool holds_inner_only(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_inner((unsigned char)text.data[i]))
			return false;
	return text.len > 0;
}

static bool is_component(struct slice text)
{
	return holds_inner_only(text) && ascii_is_alphanumeric((unsigned char)text.data[0]) &&
	       ascii_is_alphanumeric((unsigned char)text.data[text.len - 1]);
}

/* A path that can be asked for; what a registry allows is for it to say. */
static bool is_path(struct slice name)
{
	struct slice component, rest = name;
	if (name.len > LIMIT_REPOSITORY_BYTES)
		return false;
	while (slice_cut(rest, '/', &component, &rest))
		if (!is_component(component))
			return false;
	return is_component(component);
}

/* A layout's names are what its writer chose. */
static bool is_text(struct slice name)
{
	return name.len <= LIMIT_REFERENCE_BYTES && (!name.len || !memchr(name.data, '\0', name.len));
}

static bool is_repository(const struct image_walk *walk, struct slice name)
{
	return walk->options.split ? is_text(name) : is_path(name);
}

bool list_name_is_tag(const struct image_walk *walk, struct slice name)
{
	if (walk->options.split)
		return is_text(name);
	return name.len <= LIMIT_TAG_BYTES && holds_inner_only(name) && name.data[0] != '.' && name.data[0] != '-';
}

static int put_bad_name(struct image_walk *walk, const struct walk_repository *repository, struct slice name,
			const char *message, struct error **err)
{
	return put_defect(walk, repository, slice_part(name, 0, LIMIT_REFERENCE_BYTES), "bad_name", SLICE(""),
			  slice_of(message), err);
}

/* 0; 1: too many of them wait; -1. */
static int queue_name(struct name_queue *queue, struct slice name, struct error **err)
{
	struct error *failure = NULL;
	if (name_queue_add(queue, name, &failure) == 0)
		return 0;
	if (failure->code != ERROR_LIMIT)
		return error_move(err, &failure);
	error_free(failure);
	return 1;
}

/* --- repositories --- */
static int take_repository(struct image_walk *walk, struct slice name, struct error **err)
{
	walk->result.catalog_names++;
	if (!is_repository(walk, name)) {
		if (walk_lose(walk, NULL, SLICE(""), "invalid", SLICE("no name of a repository"), err) < 0)
			return -1;
		return put_bad_name(walk, NULL, name, "no name of a repository", err);
	}
	if (walk->wanted && !walk->wanted(walk->wanted_data, name))
		return 0;
	return queue_name(&walk->catalog_names, name, err);
}

static const char *catalog_outcome(const struct image_walk_result *result)
{
	if (result->catalog == IMAGE_PRESENT)
		return "complete";
	return result->catalog_names ? "partial" : list_outcome_text(result->catalog);
}

static int end_catalog(struct image_walk *walk, enum image_outcome outcome, struct slice why, struct error **err)
{
	struct image_walk_result *result = &walk->result;
	result->catalog = outcome;
	if (arena_copy(&walk->arena, why, &result->catalog_why) < 0)
		return arena_fail(&walk->arena, err);
	if (walk->options.catalog_optional && outcome != IMAGE_PRESENT && !result->catalog_names)
		return 0;
	result->failures += outcome != IMAGE_PRESENT;
	if (outcome != IMAGE_PRESENT && walk_lose(walk, NULL, SLICE(""), image_outcome_text(outcome), why, err) < 0)
		return -1;
	return put_coverage(walk, "Repository", SLICE("*"), "*", catalog_outcome(result), why, result->catalog_names,
			    err);
}

int list_answer_catalog(struct image_walk *walk, struct task *task, const struct image_answer *answer,
			struct error **err)
{
	enum image_outcome outcome = answer->outcome;
	struct slice why = answer->why;
	for (size_t i = 0; answer->outcome == IMAGE_PRESENT && i < answer->names.len; i++) {
		int result = take_repository(walk, answer->names.items[i], err);
		if (result < 0)
			return -1;
		walk->catalog_overflowed |= result > 0;
	}
	if (!answer->last)
		return 0;
	if (walk->catalog_overflowed && outcome == IMAGE_PRESENT) {
		outcome = IMAGE_FAILED;
		why = SLICE("more names of repositories than can wait");
	}
	task_give_back(walk, task);
	return end_catalog(walk, outcome, why, err);
}

/* --- tags --- */
const char *list_outcome_text(enum image_outcome outcome)
{
	static const char *const texts[] = {
		[IMAGE_PRESENT] = "complete",    [IMAGE_ABSENT] = "absent",           [IMAGE_UNSUPPORTED] = "absent",
		[IMAGE_FORBIDDEN] = "forbidden", [IMAGE_LIMITED] = "failed",          [IMAGE_INVALID] = "failed",
		[IMAGE_FAILED] = "failed",       [IMAGE_INTERRUPTED] = "interrupted",
	};
	return texts[outcome];
}

static int end_tags(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct walk_repository *repository = task->repository;
	bool failed = answer->outcome != IMAGE_PRESENT;
	task_give_back(walk, task);
	walk->lists_under_way--;
	repository->list_ended = true;
	if (!repository->list_failed)
		repository->list_outcome = answer->outcome;
	if (failed && arena_copy(&repository->arena, answer->why, &repository->list_why) < 0)
		return arena_fail(&repository->arena, err);
	if (failed &&
	    put_answer(walk, repository, SLICE(""), image_outcome_text(answer->outcome), answer->why, err) < 0)
		return -1;
	walk->result.failures += failed;
	/* A catalog goes on naming repositories whose last tag was deleted. */
	if (failed && !(answer->outcome == IMAGE_ABSENT && repository->from_catalog) &&
	    walk_lose(walk, repository, SLICE(""), image_outcome_text(answer->outcome), answer->why, err) < 0)
		return -1;
	return repository_settle(walk, repository, 1, err);
}

int list_answer_tags(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct walk_repository *repository = task->repository;
	for (size_t i = 0; answer->outcome == IMAGE_PRESENT && i < answer->names.len; i++) {
		struct slice name = answer->names.items[i];
		repository->seen_page = true;
		int result = is_text(name) ? queue_name(&repository->names, name, err)
					   : list_refuse_tag(walk, repository, name, err);
		if (result < 0)
			return -1;
		if (result == 0)
			continue;
		repository->list_failed = true;
		repository->list_outcome = IMAGE_FAILED;
		repository->list_why = SLICE("more tags than can wait");
		if (walk_lose(walk, repository, SLICE(""), "failed", repository->list_why, err) < 0)
			return -1;
		break;
	}
	return answer->last ? end_tags(walk, task, answer, err) : 0;
}

int list_refuse_tag(struct image_walk *walk, struct walk_repository *repository, struct slice name, struct error **err)
{
	repository->named++;
	if (put_bad_name(walk, repository, name, "no name of a tag", err) < 0)
		return -1;
	return repository_lose(walk, repository, &repository->lost_tags, name, "invalid", SLICE("no name of a tag"),
			       err);
}

/* --- one tag --- */
/* Where the referrers of registries without their API are, and the signatures of cosign: those have none themselves. */
static bool is_of_referrers(struct slice tag)
{
	return slice_starts_with(tag, "sha256-") && tag.len >= strlen("sha256-") + 64;
}

static int lead_on(struct image_walk *walk, struct walk_repository *repository, struct slice tag,
		   const struct image_answer *answer, struct error **err)
{
	struct lead lead = {
		.digest = answer->digest, .media_type = answer->media_type, .size = INT_UNKNOWN, .bytes = answer->bytes
	};
	repository->tags++;
	walk->result.tags++;
	if (put_tag(walk, repository, tag, answer->digest, answer->media_type, err) < 0)
		return -1;
	if (!is_of_referrers(tag) && digest_ask_referrers(walk, repository, answer->digest, err) < 0)
		return -1;
	return digest_lead(walk, repository, NULL, 0, &lead, err);
}

static int lose_tag(struct image_walk *walk, struct walk_repository *repository, struct slice tag,
		    enum image_outcome outcome, struct slice why, struct error **err)
{
	const char *text = image_outcome_text(outcome);
	if (put_answer(walk, repository, tag, text, why, err) < 0)
		return -1;
	if (outcome != IMAGE_ABSENT) { /* that it is not there is known */
		walk->result.failures++;
		if (repository_lose(walk, repository, &repository->lost_tags, tag, text, why, err) < 0)
			return -1;
	}
	return repository_settle(walk, repository, 1, err);
}

int list_answer_tag(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct walk_repository *repository = task->repository;
	int result;
	if (answer->outcome != IMAGE_PRESENT)
		result = lose_tag(walk, repository, task->reference, answer->outcome, answer->why, err);
	else if (!answer->digest.data || !digest_valid(answer->digest))
		result = lose_tag(walk, repository, task->reference, IMAGE_INVALID, SLICE("no digest"), err);
	else
		result = lead_on(walk, repository, task->reference, answer, err);
	task_give_back(walk, task);
	return result;
}

/* --- a digest that was met before --- */
int list_answer_held(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct walk_repository *repository = task->repository;
	struct lead lead = { .digest = task->reference, .size = INT_UNKNOWN };
	const char *outcome = image_outcome_text(answer->outcome);
	int result = put_answer(walk, repository, task->reference, outcome, answer->why, err);
	if (result == 0 && answer->outcome != IMAGE_PRESENT && answer->outcome != IMAGE_ABSENT) {
		walk->result.failures++;
		result = repository_lose(walk, repository, &repository->lost, task->reference, outcome, answer->why,
					 err);
	}
	if (result == 0 && digest_ask_referrers(walk, repository, task->reference, err) < 0)
		result = -1;
	if (result == 0)
		result = digest_lead(walk, repository, NULL, 0, &lead, err);
	task_give_back(walk, task);
	return result;
}
