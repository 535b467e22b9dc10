/* A REF as it was typed: which digest it means, asked of the registry or found in the store. */
#include "base/ascii.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/registry_known.h"
#include "cli/registry_options.h"
#include "cli/registry_reading.h"
#include "credential/registry_name.h"
#include "model/reference.h"
#include "store/store_read.h"

#define LEAST_DIGITS 6 /* fewer would match by chance */

struct typed {
	const char *text;
	struct slice registry, repository, tag; /* of a name */
	struct slice digest;                    /* whole */
};

/* --- what the store holds --- */

/* "sha256:" and what follows it, or not there: it is no start of a digest. */
static struct slice digest_start(struct slice text, struct arena *arena)
{
	struct slice algorithm, digits;

	if (slice_cut(text, ':', &algorithm, &digits) && slice_equal_text(algorithm, "sha256"))
		return text;
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_lower_hex(text.data[i]))
			return SLICE_NONE;
	return text.len >= LEAST_DIGITS ? arena_printf(arena, "sha256:%.*s", SLICE_ARG(text)) : SLICE_NONE;
}

/* Of a config's digest the image with it. */
static struct slice match_of(const struct manifest *manifest, struct slice start)
{
	if (slice_starts_with(manifest->digest, "sha256:") && manifest->digest.len >= start.len &&
	    slice_equal(slice_part(manifest->digest, 0, start.len), start))
		return manifest->digest;
	bool config = manifest->config_digest.len >= start.len &&
		      slice_equal(slice_part(manifest->config_digest, 0, start.len), start);
	return config ? manifest->digest : SLICE_NONE;
}

static int find_start(struct session *session, const char *text, struct slice start, struct slice *ret_digest,
		      struct error **err)
{
	struct record_list list;
	struct slice found = SLICE_NONE;

	if (store_read_all(session->store, &manifest_type, NULL, 0, &session->arena, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		struct slice match = match_of(&((const struct manifest *)list.items)[i], start);
		if (match.data && found.data && !slice_equal(found, match))
			return error_set(err, ERROR_USAGE, "%s: more than one image begins so (%.*s, %.*s): give more",
					 text, SLICE_ARG(slice_part(found, 0, 19)),
					 SLICE_ARG(slice_part(match, 0, 19)));
		found = match.data ? match : found;
	}
	if (!found.data)
		return error_set(err, ERROR_USAGE,
				 "%s: no image of that digest was read; give its name too (NAME@sha256:...), or "
				 "--snapshot with its layout",
				 text);
	*ret_digest = found;
	return 0;
}

/* Where the tag stood last. 1 found, 0 not. */
static int find_tag(struct session *session, const struct typed *typed, struct slice *ret_digest,
		    int64_t *ret_last_seen, struct error **err)
{
	const struct store_where where[] = { { .field = "registry", .text = typed->registry },
					     { .field = "repository", .text = typed->repository },
					     { .field = "tag", .text = typed->tag } };
	const struct tag *latest = NULL;
	struct record_list list;

	if (store_read_all(session->store, &tag_type, where, 3, &session->arena, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const struct tag *tag = &((const struct tag *)list.items)[i];
		if (!latest || tag->last_seen > latest->last_seen ||
		    (tag->last_seen == latest->last_seen && tag->since > latest->since))
			latest = tag;
	}
	if (!latest)
		return 0;
	*ret_digest = latest->digest;
	*ret_last_seen = latest->last_seen;
	return 1;
}

/* What the registry said of it later than that; not there: nothing. */
static int find_answer(struct session *session, const struct typed *typed, int64_t later_than, struct slice *ret_answer,
		       struct error **err)
{
	const struct store_where where[] = { { .field = "registry", .text = typed->registry },
					     { .field = "repository", .text = typed->repository },
					     { .field = "reference",
					       .text = typed->digest.data ? typed->digest : typed->tag } };
	const struct registry_answer *latest = NULL;
	struct record_list list;

	*ret_answer = SLICE_NONE;
	if (store_read_all(session->store, &registry_answer_type, where, 3, &session->arena, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const struct registry_answer *answer = &((const struct registry_answer *)list.items)[i];
		if (!latest || answer->last_seen >= latest->last_seen)
			latest = answer;
	}
	if (!latest || latest->last_seen <= later_than || slice_equal_text(latest->outcome, "present"))
		return 0;
	*ret_answer = latest->why.len ? arena_printf(&session->arena, "%.*s: %.*s", SLICE_ARG(latest->outcome),
						     SLICE_ARG(latest->why))
				      : latest->outcome;
	return ret_answer->data ? 0 : arena_fail(&session->arena, err);
}

static int is_whole(struct session *session, struct slice digest, bool *ret_whole, struct error **err)
{
	CLEANUP(registry_known_freep) struct registry_known *known = NULL;

	if (registry_known_new(session->store, &known, err) < 0)
		return -1;
	const struct image_known *all = registry_known_of(known);
	*ret_whole = all->has(all->data, digest);
	return 0;
}

/* --- names --- */

static int parse(struct session *session, const char *text, struct typed *ret_typed, struct error **err)
{
	struct slice given = slice_of(text);
	struct registry_name registry;
	struct reference name;

	if (slice_starts_with(given, "docker://"))
		given = slice_part(given, strlen("docker://"), given.len);
	if (reference_parse(given, &session->arena, &name, err) < 0)
		return options_fail(err, "%s", text);
	if (registry_name_parse(name.domain, &session->arena, &registry, err) < 0)
		return -1;
	*ret_typed = (struct typed){ .text = text,
				     .registry = registry.registry,
				     .repository = name.path,
				     .tag = name.tag.data ? name.tag : SLICE("latest"),
				     .digest = name.digest };
	return 0;
}

static int fail(struct session *session, const struct typed *typed, struct slice failure, struct error **err)
{
	struct slice answer = failure;

	if (!answer.data && find_answer(session, typed, TIME_UNSET, &answer, err) < 0)
		return -1;
	if (!answer.data)
		answer = SLICE("it was not read; without --offline its registry is asked");
	return error_set(err, ERROR_SYSTEM, "%s: %.*s", typed->text, SLICE_ARG(answer));
}

/* A tag that could not be asked now stands where it stood before: that is another answer, and is not given for this. */
static int resolve_tag(struct session *session, const struct options *options, const struct typed *typed,
		       struct slice *ret_digest, struct error **err)
{
	struct registry_target target = { typed->registry, typed->repository, typed->tag, false };
	struct registry_named named = { &target, 1 };
	struct slice failure = SLICE_NONE, answer = SLICE_NONE, digest;
	int64_t last_seen = TIME_UNSET;

	if (registry_options_asks(options) && registry_ask(session, options, &named, &failure, err) < 0)
		return -1;
	int found = find_tag(session, typed, &digest, &last_seen, err);
	if (found < 0 || find_answer(session, typed, last_seen, &answer, err) < 0)
		return -1;
	if (failure.data || answer.data || found == 0)
		return fail(session, typed, failure.data ? failure : answer, err);
	*ret_digest = digest;
	return 0;
}

static int resolve_digest(struct session *session, const struct options *options, const struct typed *typed,
			  struct slice *ret_digest, struct error **err)
{
	struct registry_target target = { typed->registry, typed->repository, typed->digest, false };
	struct registry_named named = { &target, 1 };
	struct slice failure = SLICE_NONE;
	bool whole;

	if (is_whole(session, typed->digest, &whole, err) < 0)
		return -1;
	if (!whole && registry_options_asks(options) &&
	    (registry_ask(session, options, &named, &failure, err) < 0 ||
	     is_whole(session, typed->digest, &whole, err) < 0))
		return -1;
	/* What came without its config is shown as far as it came. */
	CLEANUP(error_freep) struct error *not_there = NULL;
	if (!whole && find_start(session, typed->text, typed->digest, ret_digest, &not_there) < 0)
		return fail(session, typed, failure, err);
	*ret_digest = typed->digest;
	return 0;
}

int registry_resolve(struct session *session, const struct options *options, const char *text, struct slice *ret_digest,
		     struct error **err)
{
	struct slice start = digest_start(slice_of(text), &session->arena);
	struct typed typed;

	if (start.data)
		return find_start(session, text, start, ret_digest, err);
	if (parse(session, text, &typed, err) < 0)
		return -1;
	return typed.digest.data ? resolve_digest(session, options, &typed, ret_digest, err)
				 : resolve_tag(session, options, &typed, ret_digest, err);
}
