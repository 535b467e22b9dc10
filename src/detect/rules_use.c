/* Rules on who uses a pull secret, and what stands in the way of changing it. */
#include "detect/detect_internal.h"

int find_missing(struct detect_run *run, struct error **err)
{
	for (size_t i = 0; i < run->world->missing.len; i++) {
		const struct world_missing *missing = run->world->missing.items[i];
		struct detect_subject subject = { missing->cluster, missing->holder_kind, missing->namespace,
						  missing->holder, missing->secret };
		if (detect_add(run, &subject, err,
			       "imagePullSecrets names %.*s; namespace %.*s has no pull secret of that name",
			       SLICE_ARG(missing->secret), SLICE_ARG(missing->namespace)) < 0)
			return -1;
	}
	return 0;
}

static bool holds_login(const struct world_secret *secret)
{
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct world_entry *entry = secret->entries.items[i];
		if (entry->record->fingerprint.len)
			return true;
	}
	return false;
}

static int check_unused(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	size_t ended = 0;
	if (secret->record->pull_type != BOOL_TRUE || !world_users_known(secret->cluster, secret->record->namespace))
		return 0;
	for (size_t i = 0; i < secret->uses.len; i++) {
		const struct world_use *use = secret->uses.items[i];
		if (world_use_pulls(use) || use->relation == USE_READS)
			return 0;
		ended += use->ended_pods;
	}
	struct detect_subject subject = detect_secret(secret, SLICE(""));
	return detect_add(run, &subject, err, "no pod, template or service account names it%s%s",
			  ended ? "; pods that have ended did" : "",
			  holds_login(secret)                  ? ""
			  : secret->values_as_of == TIME_UNSET ? "; whether it holds a login was not read"
							       : "; no login was found in it");
}

int find_unused(struct detect_run *run, struct error **err)
{
	return detect_each_secret(run, check_unused, err);
}

static int check_exposed(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	if (!holds_login(secret))
		return 0;
	for (size_t i = 0; i < secret->uses.len; i++) {
		const struct world_use *use = secret->uses.items[i];
		if (use->relation != USE_READS)
			continue;
		struct slice place = arena_printf(&run->world->arena, "%.*s/%.*s", SLICE_ARG(use->workload->kind),
						  SLICE_ARG(use->workload->name));
		if (!place.data)
			return arena_fail(&run->world->arena, err);
		struct detect_subject subject = detect_secret(secret, place);
		if (detect_add(run, &subject, err, "%.*s gets it through: %.*s", SLICE_ARG(place),
			       SLICE_ARG(use->via)) < 0)
			return -1;
	}
	return 0;
}

int find_exposed(struct detect_run *run, struct error **err)
{
	return detect_each_secret(run, check_exposed, err);
}

static int check_rotation_blocked(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	const struct secret *record = secret->record;
	if (record->immutable == BOOL_TRUE) {
		struct detect_subject subject = detect_secret(secret, SLICE("immutable"));
		if (detect_add(run, &subject, err, "it is immutable: its data cannot be changed") < 0)
			return -1;
	}
	if (!record->managed_by.len)
		return 0;
	struct detect_subject subject = detect_secret(secret, SLICE("managed"));
	struct slice at = record->managed_at.len ? record->managed_at : SLICE("its source");
	/* credential/managed.h: nothing marks the secret, but something that is not a person wrote it. */
	if (slice_equal_text(record->managed_by, "other writer"))
		return detect_add(run, &subject, err, "%.*s wrote it, and may write it again: look there first",
				  SLICE_ARG(at));
	return detect_add(run, &subject, err, "%.*s would put the old login back; change %.*s instead",
			  SLICE_ARG(record->managed_by), SLICE_ARG(at));
}

int find_rotation_blocked(struct detect_run *run, struct error **err)
{
	return detect_each_secret(run, check_rotation_blocked, err);
}
