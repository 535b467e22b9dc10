/* Rules on what stands in a pull secret. */
#include "credential/docker_config.h"
#include "detect/detect_internal.h"

static bool is_pull_secret(const struct world_secret *secret)
{
	return secret->record->pull_type == BOOL_TRUE;
}

/* What the kubelet would take from the secret, if it came to it. */
static bool is_tried(const struct world_entry *entry)
{
	return is_pull_secret(entry->secret) && entry->record->kubelet_reads == BOOL_TRUE &&
	       entry->record->overridden != BOOL_TRUE;
}

static int check_key_dead(struct detect_run *run, const struct world_entry *entry, struct error **err)
{
	if (!is_tried(entry) || !entry->dead)
		return 0;
	struct detect_subject subject = detect_secret(entry->secret, entry->record->registry_key);
	bool hub = slice_equal_text(entry->record->registry, "docker.io");
	return detect_add(run, &subject, err, "key %.*s, user %.*s%s", SLICE_ARG(entry->record->registry_key),
			  SLICE_ARG(entry->record->username),
			  hub ? "; for Docker Hub the key is https://index.docker.io/v1/" : "");
}

int find_key_dead(struct detect_run *run, struct error **err)
{
	return detect_each_entry(run, check_key_dead, err);
}

static bool is_same_login(const struct entry *a, const struct entry *b)
{
	return a->fingerprint.len && slice_equal(a->fingerprint, b->fingerprint) &&
	       slice_equal(a->username, b->username);
}

static int check_key_shadowed(struct detect_run *run, const struct world_entry *entry, struct error **err)
{
	/* The same login twice does no harm. */
	if (!is_tried(entry) || !entry->shadowed || is_same_login(entry->record, entry->shadowed_by->record))
		return 0;
	struct detect_subject subject = detect_secret(entry->secret, entry->record->registry_key);
	const struct world_entry *before = entry->shadowed_by;
	return detect_add(run, &subject, err, "for %.*s the kubelet tries key %.*s of secret %.*s first (user %.*s)",
			  SLICE_ARG(*entry->shadowed_for), SLICE_ARG(before->record->registry_key),
			  SLICE_ARG(before->secret->record->name), SLICE_ARG(before->record->username));
}

int find_key_shadowed(struct detect_run *run, struct error **err)
{
	return detect_each_entry(run, check_key_shadowed, err);
}

static size_t count_users(const struct world_secret *secret)
{
	size_t users = 0;
	for (size_t i = 0; i < secret->uses.len; i++) {
		const struct world_use *use = secret->uses.items[i];
		users += use->workload && world_use_pulls(use);
	}
	return users;
}

static int check_undecodable(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	if (!secret->blocks_pulls)
		return 0;
	struct slice why = SLICE("it does not decode"), place = SLICE("");
	for (size_t i = 0; i < secret->defects.len; i++) {
		const struct defect *defect = secret->defects.items[i];
		if (defect->blocks_pulls != BOOL_TRUE)
			continue;
		why = defect->message.len ? defect->message : defect->code;
		place = defect->place.data ? defect->place : place;
		break;
	}
	struct detect_subject subject = detect_secret(secret, place);
	return detect_add(run, &subject, err, "%.*s; %s", SLICE_ARG(why),
			  count_users(secret) ? "workloads list it: their next pull fails"
					      : "no known workload lists it");
}

int find_entry_undecodable(struct detect_run *run, struct error **err)
{
	return detect_each_secret(run, check_undecodable, err);
}

static const char *form_in_words(struct slice form)
{
	if (slice_equal_text(form, "identity_token"))
		return "an identity token";
	if (slice_equal_text(form, "registry_token"))
		return "a registry token";
	return "no user and password";
}

static int check_unsupported_entry(struct detect_run *run, const struct world_entry *entry, struct error **err)
{
	/* Of a secret that does not decode nothing is read: that is pull-entry-undecodable. */
	if (!is_pull_secret(entry->secret) || entry->secret->blocks_pulls || entry->record->kubelet_reads != BOOL_FALSE)
		return 0;
	struct detect_subject subject = detect_secret(entry->secret, entry->record->registry_key);
	return detect_add(run, &subject, err, "key %.*s holds %s", SLICE_ARG(entry->record->registry_key),
			  form_in_words(entry->record->form));
}

static int check_other_stores(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	const struct slice_list *stores = &secret->record->other_stores;
	for (size_t i = 0; is_pull_secret(secret) && i < stores->len; i++) {
		struct detect_subject subject = detect_secret(secret, stores->items[i]);
		if (detect_add(run, &subject, err,
			       "it names the credential helper %.*s, which the kubelet does not run",
			       SLICE_ARG(stores->items[i])) < 0)
			return -1;
	}
	return 0;
}

int find_unsupported_auth(struct detect_run *run, struct error **err)
{
	if (detect_each_entry(run, check_unsupported_entry, err) < 0)
		return -1;
	return detect_each_secret(run, check_other_stores, err);
}

/* Those that have a rule of their own. */
static bool is_told_elsewhere(const struct defect *defect)
{
	return defect->blocks_pulls == BOOL_TRUE || slice_equal_text(defect->code, CONFIG_DEFECT_UNREAD) ||
	       slice_equal_text(defect->code, CONFIG_DEFECT_KEY_URL);
}

static int check_defects(struct detect_run *run, const struct world_secret *secret, struct error **err)
{
	for (size_t i = 0; i < secret->defects.len; i++) {
		const struct defect *defect = secret->defects.items[i];
		if (is_told_elsewhere(defect))
			continue;
		/* One place can have several defects. */
		struct slice place = arena_printf(&run->world->arena, "%.*s %.*s", SLICE_ARG(defect->place),
						  SLICE_ARG(defect->code));
		if (!place.data)
			return arena_fail(&run->world->arena, err);
		struct detect_subject subject = detect_secret(secret, place);
		if (detect_add(run, &subject, err, "%.*s",
			       SLICE_ARG(defect->message.len ? defect->message : defect->code)) < 0)
			return -1;
	}
	return 0;
}

int find_defect(struct detect_run *run, struct error **err)
{
	return detect_each_secret(run, check_defects, err);
}
