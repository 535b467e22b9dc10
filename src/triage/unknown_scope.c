/* Rows of what was asked for and not read: for a live cluster, and for what was collected from one. */
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "triage/kinds.h"
#include "triage/rbac.h"
#include "triage/unknown_internal.h"

/* Names that are written out; the others are counted. */
#define NAMES_SHOWN 3

bool unknown_is_live(const struct world_cluster *cluster)
{
	return cluster->read && !slice_equal_text(cluster->read->source_kind, "snapshot") &&
	       cluster->read->source_kind.data;
}

struct slice unknown_plural(struct slice kind, struct arena *arena)
{
	const struct triage_kind *known = triage_kind_named(kind);

	if (known)
		return slice_of(known->plural);
	return kind.data ? arena_printf(arena, "objects of kind %.*s", SLICE_ARG(kind)) : SLICE("objects");
}

static bool has_outcome(const struct triage_gap *gap, const char *outcome)
{
	return slice_equal_text(gap->outcome, outcome);
}

static bool is_of_all(const struct triage_gap *gap)
{
	return slice_list_has(gap->namespaces, SLICE("*"));
}

/* --- which objects --- */

/* "ci, shop", or "12 namespaces (a, b, c, ...)". */
static void add_names(struct strbuf *out, struct slice_list names)
{
	bool folded = names.len > NAMES_SHOWN;

	if (folded)
		strbuf_addf(out, "%zu namespaces (", names.len);
	for (size_t i = 0; i < names.len && i < NAMES_SHOWN; i++) {
		strbuf_add_text(out, i ? ", " : "");
		strbuf_add_slice(out, names.items[i]);
	}
	strbuf_add_text(out, folded ? ", ...)" : "");
}

static void add_where(struct strbuf *out, const struct triage_gap *gap)
{
	const struct triage_kind *kind = triage_kind_named(gap->kind);

	if (kind && !kind->namespaced)
		return;
	if (!is_of_all(gap)) {
		strbuf_add_text(out, gap->namespaces.len == 1 ? " of namespace " : " of ");
		add_names(out, gap->namespaces);
		return;
	}
	strbuf_add_text(out, " of all namespaces");
	if (gap->but.len) {
		strbuf_add_text(out, " but ");
		add_names(out, gap->but);
	}
}

/* One of two types. */
static void add_type(struct strbuf *out, const struct triage_gap *gap)
{
	struct slice type = gap->subtypes.items[0], prefix, name;

	if (gap->subtypes.len != 1 || slice_equal_text(type, "*"))
		return;
	bool built_in = slice_cut(type, '/', &prefix, &name) && slice_equal_text(prefix, "kubernetes.io");
	type = built_in ? name : type;
	strbuf_addf(out, " of type %.*s", SLICE_ARG(type));
}

static struct slice subject_of(const struct triage_gap *gap, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	struct slice plural = unknown_plural(gap->kind, arena);

	if (has_outcome(gap, "metadata"))
		strbuf_addf(&text, "values of %lld ", (long long)gap->objects);
	else if (gap->objects > 0 || has_outcome(gap, "partial") || has_outcome(gap, "mixed"))
		strbuf_add_text(&text, "some ");
	strbuf_add_slice(&text, plural);
	add_type(&text, gap);
	add_where(&text, gap);
	return plural.data && !text.failure ? arena_printf(arena, "%s", strbuf_text(&text)) : SLICE_NONE;
}

/* --- why, and what helps --- */

static struct slice forbidden_why(const struct triage_gap *gap, struct arena *arena)
{
	struct slice user = triage_refused_user(gap->cause);

	if (user.data)
		return arena_printf(arena, "forbidden: %.*s may not list them", SLICE_ARG(user));
	return gap->cause.len ? gap->cause : SLICE("forbidden");
}

static struct slice why_of(const struct triage_gap *gap, struct arena *arena)
{
	if (has_outcome(gap, "forbidden"))
		return forbidden_why(gap, arena);
	if (has_outcome(gap, "mixed"))
		return SLICE("the list changed while it was read: what was deleted meanwhile may still show");
	if (has_outcome(gap, "metadata"))
		return SLICE("--metadata-only: logins, fingerprints, defects and copies are not known");
	if (has_outcome(gap, "interrupted"))
		return gap->objects > 0 ? SLICE("interrupted before the end of the list")
					: SLICE("interrupted before they were read");
	if (!gap->cause.len)
		return has_outcome(gap, "partial") ? SLICE("some did not decode, or were lost")
						   : SLICE("they could not be read");
	return gap->more_causes ? arena_printf(arena, "%.*s; and other reasons", SLICE_ARG(gap->cause)) : gap->cause;
}

/* A user who may not list it in all namespaces may yet list it in some. */
static bool is_namespaced_everywhere(const struct triage_gap *gap)
{
	const struct triage_kind *kind = triage_kind_named(gap->kind);

	return kind && kind->namespaced && slice_list_has(gap->namespaces, SLICE("*"));
}

static struct slice fix_of(const struct world_cluster *cluster, const struct triage_gap *gap)
{
	if (has_outcome(gap, "forbidden") && unknown_is_live(cluster) && is_namespaced_everywhere(gap))
		return SLICE(
			"the rights that fother triage --rbac prints; or --namespace, for those that you may read");
	if (has_outcome(gap, "forbidden"))
		return unknown_by_source(cluster, SLICE("the rights that fother triage --rbac prints"),
					 SLICE("the rights that fother triage --rbac prints, then collect it again"));
	if (has_outcome(gap, "metadata"))
		return unknown_by_source(cluster, SLICE("read it again without --metadata-only"),
					 SLICE("collect it again without --metadata-only"));
	return unknown_by_source(cluster, SLICE("read it again"), SLICE("collect it again"));
}

static int add_gap(struct unknown_rows *rows, const struct world_cluster *cluster, const struct triage_gap *gap,
		   struct error **err)
{
	struct arena *arena = &rows->run->world->arena;
	struct unknown_text text = {
		.subject = subject_of(gap, arena),
		.why = why_of(gap, arena),
		.fix = fix_of(cluster, gap),
		.incomplete = true,
		.gap = gap,
	};
	return unknown_add(rows, cluster->name, &text, err);
}

/* --- a read that failed as a whole --- */

static int add_failed(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	const struct read *failed = cluster->failed;
	struct arena *arena = &rows->run->world->arena;
	char since[TIME_TEXT_BYTES];
	const struct triage_gap gap = { .outcome = failed->outcome, .cause = failed->why };
	bool interrupted = slice_equal_text(failed->outcome, "interrupted");
	struct slice why = failed->why.len ? failed->why : SLICE("no reason was told");
	struct unknown_text text = {
		.subject = SLICE("everything"),
		.why = interrupted ? SLICE("interrupted before anything was read")
				   : arena_printf(arena, "it could not be read: %.*s", SLICE_ARG(why)),
		.fix = unknown_by_source(cluster, SLICE("read it again"), SLICE("give a dump that can be read")),
		.incomplete = true,
		.gap = &gap,
	};

	if (failed != cluster->read) {
		time_format(cluster->as_of / USEC_PER_SECOND * USEC_PER_SECOND, since);
		text.subject = arena_printf(arena, "everything since %s", since);
	}
	return unknown_add(rows, cluster->name, &text, err);
}

/* --- what was never asked for --- */

static bool is_restricted(const struct world_cluster *cluster)
{
	bool some = false;

	for (size_t i = 0; i < cluster->kinds.len; i++) {
		const struct world_kind *kind = cluster->kinds.items[i].value;
		const struct triage_kind *known = triage_kind_named(kind->kind);
		if (known && known->namespaced && kind->all)
			return false;
		some |= kind->namespaces.len > 0;
	}
	return some;
}

static const struct map *asked_namespaces(const struct world_cluster *cluster)
{
	static const struct map none;
	const struct map *most = &none;

	for (size_t i = 0; i < cluster->kinds.len; i++) {
		const struct world_kind *kind = cluster->kinds.items[i].value;
		if (kind->namespaces.len > most->len)
			most = &kind->namespaces;
	}
	return most;
}

static int add_other_namespaces(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	static const struct slice all[] = { SLICE("*") };
	struct arena *arena = &rows->run->world->arena;
	const struct map *asked = asked_namespaces(cluster);
	struct slice *but = arena_zeroed(arena, asked->len, sizeof *but);

	if (!but)
		return arena_fail(arena, err);
	for (size_t i = 0; i < asked->len; i++)
		but[i] = asked->items[i].key;
	struct triage_gap gap = { .namespaces = { all, 1 }, .but = { but, asked->len } };
	add_names(&names, gap.but);
	struct unknown_text text = {
		.subject = arena_printf(arena, "other namespaces than %s", strbuf_text(&names)),
		.why = SLICE("--namespace: nothing else was asked for"),
		.fix = SLICE("read it again without --namespace"),
		.gap = &gap,
	};
	return unknown_add(rows, cluster->name, &text, err);
}

static bool is_there(const struct world_cluster *cluster, struct slice name)
{
	for (size_t i = 0; i < cluster->namespaces.len; i++)
		if (slice_equal(((const struct namespace *)cluster->namespaces.items[i])->name, name))
			return true;
	return false;
}

/* Lists of a namespace that is not there are empty, and whole: a mistyped one must not look like a clean one. */
static int add_not_there(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	const struct world_kind *namespaces = map_get(&cluster->kinds, SLICE("Namespace"));
	const struct map *asked = asked_namespaces(cluster);

	if (!namespaces || !namespaces->all || !coverage_is_whole(namespaces->all))
		return 0;
	for (size_t i = 0; i < asked->len; i++) {
		struct slice name = asked->items[i].key;
		if (is_there(cluster, name))
			continue;
		struct unknown_text text = {
			.subject = arena_printf(&rows->run->world->arena, "namespace %.*s", SLICE_ARG(name)),
			.why = SLICE("the cluster has no namespace of this name; is it spelled so?"),
			.fix = SLICE("read it again with its right name"),
			.incomplete = true,
		};
		if (unknown_add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int add_not_asked(struct unknown_rows *rows, const struct world_cluster *cluster, bool restricted,
			 struct error **err)
{
	for (size_t i = 0; i < triage_kind_count; i++) {
		const struct triage_kind *kind = &triage_kinds[i];
		if (kind->custom || map_get(&cluster->kinds, slice_of(kind->kind)))
			continue;
		const struct triage_gap gap = { .kind = slice_of(kind->kind), .outcome = SLICE("absent") };
		struct unknown_text text = {
			.subject = slice_of(kind->plural),
			.why = SLICE("they were not asked for"),
			.fix = restricted ? SLICE("read it again without --namespace") : SLICE("read it again"),
			.incomplete = !restricted,
			.gap = &gap,
		};
		if (unknown_add(rows, cluster->name, &text, err) < 0)
			return -1;
	}
	if (!restricted)
		return 0;
	return add_not_there(rows, cluster, err) < 0 ? -1 : add_other_namespaces(rows, cluster, err);
}

/* --- all of it --- */

int unknown_of_scopes(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err)
{
	struct triage_gap *gaps = NULL;
	size_t count = 0;
	/* Then each list failed for the same reason. */
	bool nothing = cluster->failed && cluster->failed == cluster->read && cluster->exact;

	if (cluster->failed && (cluster->exact || cluster->failed != cluster->read) &&
	    add_failed(rows, cluster, err) < 0)
		return -1;
	if (triage_gaps(cluster, &rows->run->world->arena, &gaps, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if ((!nothing || has_outcome(&gaps[i], "forbidden")) && add_gap(rows, cluster, &gaps[i], err) < 0)
			return -1;
	return cluster->exact && !nothing ? add_not_asked(rows, cluster, is_restricted(cluster), err) : 0;
}
