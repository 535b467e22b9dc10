/* Logins that were seen and that no secret holds any more. A login ends at its registry, not where a copy of it does:
 * until it is proven dead, it is listed, with the places where it was. */
#include "derive/world_internal.h"

struct former_places {
	struct build *build;
	struct map logins;   /* exact key of registry, user, fingerprint -> struct world_credential * */
	struct map places;   /* exact key of a place and a login -> struct world_former * */
	struct slice key_id; /* of the newest value: fingerprints of another key tell nothing */
};

static void former_places_release(struct former_places *places)
{
	map_release(&places->logins);
	map_release(&places->places);
}

static struct slice newest_key_id(const struct record_list *values)
{
	const struct entry_value *newest = NULL;
	for (size_t i = 0; i < values->len; i++) {
		const struct entry_value *value = RECORD_AT(*values, entry_value, i);
		if (!newest || value->last_seen > newest->last_seen)
			newest = value;
	}
	return newest ? newest->key_id : SLICE_NONE;
}

static struct world_credential *former_credential(struct former_places *places, const struct entry_value *value,
						  struct error **err)
{
	struct slice parts[] = { value->registry, value->username, value->fingerprint };
	struct world_credential like = { .registry = value->registry,
					 .username = value->username,
					 .cred_kind = value->cred_kind,
					 .cred_detail = value->cred_detail,
					 .fingerprint = value->fingerprint,
					 .key_id = value->key_id,
					 .not_changed_since = TIME_UNSET,
					 .set_after = TIME_UNSET };
	return build_login(places->build, &places->logins, parts, 3, &like, err);
}

/* As with copies: one place without another value before it leaves all without. */
static int add_place(struct former_places *places, struct world_credential *credential, const struct entry_value *value,
		     struct error **err)
{
	struct build *build = places->build;
	bool first = credential->former.len == 0;
	struct slice parts[] = { { (const char *)&credential, sizeof credential },
				 value->cluster,
				 value->namespace,
				 value->secret,
				 value->data_key,
				 value->registry_key };
	struct slice key = SLICE_NONE;
	int64_t set_after = TIME_UNSET;
	if (place_set_after(build, value, &set_after, err) < 0 ||
	    build_exact_key(build, parts, sizeof parts / sizeof *parts, &key, err) < 0)
		return -1;
	if (first || set_after < credential->set_after)
		credential->set_after = set_after;
	void **place = map_put(&places->places, key);
	if (!place)
		return error_no_memory(err);
	struct world_former *former = *place;
	if (!former) {
		*place = former = build_new(build, sizeof *former, err);
		if (!former || build_push(build, &credential->former, former, err) < 0)
			return -1;
		*former = (struct world_former){ .cluster = build_cluster(build, value->cluster),
						 .namespace = value->namespace,
						 .secret = value->secret,
						 .data_key = value->data_key,
						 .registry_key = value->registry_key,
						 .last_seen = value->last_seen };
	}
	if (value->last_seen > former->last_seen)
		former->last_seen = value->last_seen;
	return 0;
}

static int add_value(struct former_places *places, const struct entry_value *value, struct error **err)
{
	struct login_history *history = NULL;
	if (!build_cluster(places->build, value->cluster) || !value->fingerprint.len ||
	    !slice_equal(value->key_id, places->key_id))
		return 0;
	if (login_find(places->build, value, &history, err) < 0)
		return -1;
	if (!history || history->held)
		return 0;
	struct world_credential *credential = former_credential(places, value, err);
	return credential ? add_place(places, credential, value, err) : -1;
}

int former_build(struct build *build, struct error **err)
{
	const struct record_list *values = &build->observed.entry_values;
	CLEANUP(former_places_release)
	struct former_places places = { .build = build, .key_id = newest_key_id(values) };
	for (size_t i = 0; i < values->len; i++) {
		if (add_value(&places, RECORD_AT(*values, entry_value, i), err) < 0)
			return -1;
	}
	return 0;
}
