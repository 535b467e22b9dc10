#include "oci/walk/walk_internal.h"

#include "base/limits.h"
#include "oci/format/image_record.h"

/* --- what cannot be read --- */
static int lose(struct image_walk *walk, struct task *task, struct slice reference, const char *outcome,
		struct slice why, struct error **err)
{
	walk->result.failures++;
	task->broken = true;
	return repository_lose(walk, task->repository, &task->repository->lost, reference, outcome, why, err);
}

static int fail(struct image_walk *walk, struct task *task, struct slice reference, const char *outcome,
		struct slice why, struct error **err)
{
	if (put_answer(walk, task->repository, reference, outcome, why, err) < 0 ||
	    lose(walk, task, reference, outcome, why, err) < 0)
		return -1;
	return digest_end(walk, task, err);
}

/* Bytes that are what their digest says and cannot be read will be the same everywhere. */
static int refuse(struct image_walk *walk, struct task *task, struct slice reference, bool verified, struct slice why,
		  struct error **err)
{
	task->hopeless = verified;
	if (put_defect(walk, task->repository, reference, "refused", SLICE(""), why, err) < 0)
		return -1;
	return fail(walk, task, reference, "invalid", why, err);
}

/* What does not fit into memory that is enough for every real image is bad input. 1 parsed, 0 refused, -1. */
static int weigh(int parsed, struct slice *why, struct error **err)
{
	if (parsed >= 0 || !*err || (*err)->code != ERROR_LIMIT)
		return parsed;
	*why = SLICE("larger than an image can be");
	*err = error_free(*err);
	return 0;
}

static int note_unverified(struct image_walk *walk, const struct task *task, struct slice digest, struct error **err)
{
	return put_defect(walk, task->repository, digest, "unverified", SLICE(""),
			  SLICE("a digest of an algorithm that is not known: nothing proves the bytes"), err);
}

static int keep_evidence(struct image_walk *walk, struct task *task, struct slice digest, struct slice media_type,
			 const struct image_answer *answer, struct error **err)
{
	return answer->verified ? put_content(walk, digest, media_type, answer->bytes, err)
				: note_unverified(walk, task, digest, err);
}

/* --- records --- */
static bool is_config_alone(const struct task *task)
{
	return task->found_size == INT_UNKNOWN;
}

/* config NULL: there is none, or it did not come. */
static int put_manifest(struct image_walk *walk, struct task *task, const struct oci_config *config, struct error **err)
{
	struct manifest record;
	if (image_manifest_record(task->reference, task->found_size, &task->manifest, config, &task->arena, &record,
				  err) < 0)
		return -1;
	if (is_config_alone(task)) { /* nobody tells of its layers as they are stored */
		record.layers = (struct slice_list){ NULL, 0 };
		record.layers_bytes = INT_UNKNOWN;
		task->manifest.defects.len = 0;
	}
	if (task->attestation)
		record.kind = SLICE("attestation");
	if (put_record(walk, &manifest_type, &record, err) < 0)
		return -1;
	return put_defects(walk, task->repository, task->reference, &task->manifest.defects, err);
}

int read_without_config(struct image_walk *walk, struct task *task, struct error **err)
{
	return is_config_alone(task) ? 0 : put_manifest(walk, task, NULL, err);
}

static int put_members(struct image_walk *walk, struct task *task, struct error **err)
{
	struct index_member record;
	for (size_t i = 0; i < task->manifest.member_count; i++) {
		const struct oci_descriptor *member = &task->manifest.members[i];
		if (image_member_record(task->reference, i, member, &task->arena, &record, err) < 0 ||
		    put_record(walk, &index_member_type, &record, err) < 0)
			return -1;
	}
	return 0;
}

/* --- configs --- */
static int take_config(struct image_walk *walk, struct task *task, const struct image_answer *answer,
		       struct error **err)
{
	const struct oci_descriptor *descriptor = &task->manifest.config;
	struct oci_config config;
	/* Without a type: manifests of Docker and of OCI call the same config by different ones, and each tells its
	 * own. */
	if (keep_evidence(walk, task, descriptor->digest, SLICE_NONE, answer, err) < 0)
		return -1;
	int parsed = oci_config_parse(answer->bytes, &task->arena, &config, err);
	struct slice why = parsed == 0 ? config.refused : SLICE_NONE;
	parsed = weigh(parsed, &why, err);
	if (parsed < 0)
		return -1;
	if (parsed == 0) {
		if (read_without_config(walk, task, err) < 0)
			return -1;
		return refuse(walk, task, descriptor->digest, answer->verified, why, err);
	}
	if (put_manifest(walk, task, &config, err) < 0 ||
	    put_defects(walk, task->repository, descriptor->digest, &config.defects, err) < 0)
		return -1;
	return digest_end(walk, task, err);
}

static int take_config_answer(struct image_walk *walk, struct task *task, const struct image_answer *answer,
			      struct error **err)
{
	if (answer->outcome == IMAGE_PRESENT)
		return take_config(walk, task, answer, err);
	if (read_without_config(walk, task, err) < 0)
		return -1;
	return fail(walk, task, task->manifest.config.digest, image_outcome_text(answer->outcome), answer->why, err);
}

/* Those whose config the task asked for as well, in no list any more. */
static struct task *take_followers(struct image_walk *walk, const struct task *leader)
{
	struct task *first = NULL;
	for (size_t i = 0; walk->following && i < walk->tasks.len; i++) {
		struct task *task = walk->tasks.items[i];
		if (!task->follows || !slice_equal(task->manifest.config.digest, leader->manifest.config.digest))
			continue;
		task->follows = false;
		walk->following--;
		task->next = first;
		first = task;
	}
	return first;
}

int read_config(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct task *followers = take_followers(walk, task);
	bool came = answer->outcome == IMAGE_PRESENT;
	if (came && answer->verified &&
	    config_cache_keep(&walk->configs, task->manifest.config.digest, answer->bytes, err) < 0)
		return -1;
	if (take_config_answer(walk, task, answer, err) < 0)
		return -1;
	while (followers) {
		struct task *follower = followers;
		followers = follower->next;
		if (!came)
			task_push(&walk->ready, follower); /* through its own repository */
		else if (take_config(walk, follower, answer, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_asked_for(const struct image_walk *walk, struct slice config)
{
	for (size_t i = 0; i < walk->tasks.len; i++) {
		const struct task *task = walk->tasks.items[i];
		if (task->step == TASK_CONFIG && task->under_way && slice_equal(task->manifest.config.digest, config))
			return true;
	}
	return false;
}

/* Of many that wait for one slow config the others ask for themselves. */
static bool may_follow(const struct image_walk *walk)
{
	return walk->following < walk->options.source->ops->width(walk->options.source);
}

/* --- manifests --- */
static bool holds_only_attestations(const struct oci_manifest *manifest)
{
	for (size_t i = 0; i < manifest->layer_count; i++)
		if (media_type_of(manifest->layers[i].media_type).kind != MEDIA_IN_TOTO)
			return false;
	return manifest->layer_count > 0;
}

/* Of artifacts only what an image's config is: what others hold tells nothing of an image. */
static bool wants_config(const struct oci_manifest *manifest)
{
	enum media_kind kind = media_type_of(manifest->config.media_type).kind;
	if (!manifest->config.digest.data || kind == MEDIA_EMPTY || holds_only_attestations(manifest))
		return false;
	return manifest->kind == OCI_IMAGE || (manifest->kind == OCI_ARTIFACT && kind == MEDIA_CONFIG);
}

static int take_image(struct image_walk *walk, struct task *task, struct error **err)
{
	const struct oci_descriptor *config = &task->manifest.config;
	if (!wants_config(&task->manifest))
		return put_manifest(walk, task, NULL, err) < 0 ? -1 : digest_end(walk, task, err);
	task->step = TASK_CONFIG;
	struct image_answer answer = { .outcome = IMAGE_PRESENT, .bytes = config->data, .verified = true };
	if (config->data.data || config_cache_find(&walk->configs, config->digest, &answer.bytes))
		return take_config(walk, task, &answer, err);
	if (may_follow(walk) && is_asked_for(walk, config->digest)) {
		task->follows = true;
		walk->following++;
		return 0;
	}
	task_push(&walk->ready, task);
	return 0;
}

static int take_schema1(struct image_walk *walk, struct task *task, struct error **err)
{
	struct oci_config config;
	if (oci_config_of_schema1(&task->manifest, &task->arena, &config, err) < 0 ||
	    put_manifest(walk, task, &config, err) < 0 ||
	    put_defects(walk, task->repository, task->reference, &config.defects, err) < 0)
		return -1;
	return digest_end(walk, task, err);
}

static int take_index(struct image_walk *walk, struct task *task, struct error **err)
{
	if (put_manifest(walk, task, NULL, err) < 0 || put_members(walk, task, err) < 0)
		return -1;
	if (task->depth <= LIMIT_INDEX_DEPTH)
		return digest_open_members(walk, task, err);
	task->too_deep = true;
	if (put_defect(walk, task->repository, task->reference, "too_deep", SLICE("/manifests"),
		       SLICE("an index in too many others: its members were not read"), err) < 0 ||
	    lose(walk, task, task->reference, "invalid", SLICE("an index in too many others"), err) < 0)
		return -1;
	return digest_end(walk, task, err);
}

/* Old archives of `docker save` hold no manifests: the config stands for one (oci/format/image_source.h). Of an image
 * without a name nothing but the answer says so, which is believed of a layout alone. */
static bool is_config(const struct image_walk *walk, const struct task *task, const struct image_answer *answer)
{
	bool expected = task->media_type.data ? media_type_of(task->media_type).kind == MEDIA_CONFIG
					      : walk->options.split != NULL;
	return expected && media_type_of(answer->media_type).kind == MEDIA_CONFIG;
}

static int take_config_alone(struct image_walk *walk, struct task *task, const struct image_answer *answer,
			     struct error **err)
{
	if (!task->media_type.data && arena_copy(&task->arena, answer->media_type, &task->media_type) < 0)
		return arena_fail(&task->arena, err);
	task->manifest = (struct oci_manifest){ .kind = OCI_IMAGE };
	task->manifest.config = (struct oci_descriptor){ .media_type = task->media_type,
							 .digest = task->reference,
							 .size = (int64_t)answer->bytes.len };
	return take_config(walk, task, answer, err);
}

static int parse(struct task *task, const struct image_answer *answer, struct slice *ret_why, struct error **err)
{
	struct slice bytes, media_type;
	if (arena_copy(&task->arena, answer->bytes, &bytes) < 0 ||
	    arena_copy(&task->arena, answer->media_type, &media_type) < 0)
		return arena_fail(&task->arena, err);
	int parsed = oci_manifest_parse(bytes, media_type, &task->arena, &task->manifest, err);
	if (parsed == 0)
		*ret_why = task->manifest.refused;
	return parsed;
}

static int take_manifest(struct image_walk *walk, struct task *task, const struct image_answer *answer,
			 struct error **err)
{
	struct slice why = SLICE_NONE;
	walk->result.manifests++;
	if (is_config(walk, task, answer))
		return take_config_alone(walk, task, answer, err);
	int parsed = weigh(parse(task, answer, &why, err), &why, err);
	if (parsed < 0)
		return -1;
	task->found_size = (int64_t)answer->bytes.len;
	struct slice media_type = parsed && task->manifest.media_type.data ? task->manifest.media_type
									   : answer->media_type;
	if (keep_evidence(walk, task, task->reference, media_type, answer, err) < 0)
		return -1;
	if (!parsed)
		return refuse(walk, task, task->reference, answer->verified, why, err);
	switch (task->manifest.kind) {
	case OCI_INDEX:
		return take_index(walk, task, err);
	case OCI_SCHEMA1:
		return take_schema1(walk, task, err);
	case OCI_IMAGE:
	case OCI_ARTIFACT:
		break;
	}
	return take_image(walk, task, err);
}

int read_manifest(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	if (answer->outcome != IMAGE_PRESENT)
		return fail(walk, task, task->reference, image_outcome_text(answer->outcome), answer->why, err);
	if (task->direct && put_answer(walk, task->repository, task->reference, "present", SLICE_NONE, err) < 0)
		return -1;
	return take_manifest(walk, task, answer, err);
}

/* --- referrers --- */
int read_referrers(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err)
{
	struct slice why = answer->why;
	if (answer->outcome == IMAGE_UNSUPPORTED || answer->outcome == IMAGE_ABSENT) {
		*(task->repository->listed ? &walk->no_referrer_api : &walk->no_referrers) |= answer->outcome ==
											      IMAGE_UNSUPPORTED;
		return digest_end(walk, task, err);
	}
	const char *outcome = image_outcome_text(answer->outcome);
	if (answer->outcome == IMAGE_PRESENT) {
		int parsed = weigh(parse(task, answer, &why, err), &why, err);
		if (parsed < 0)
			return -1;
		if (parsed > 0 && task->manifest.kind == OCI_INDEX)
			return digest_open_members(walk, task, err);
		outcome = image_outcome_text(IMAGE_INVALID);
		why = parsed > 0 ? SLICE("no index") : why;
	}
	struct slice reference = arena_printf(&task->arena, "referrers of %.*s", SLICE_ARG(task->reference));
	if (!reference.data)
		return arena_fail(&task->arena, err);
	if (lose(walk, task, reference, outcome, why, err) < 0)
		return -1;
	return digest_end(walk, task, err);
}
