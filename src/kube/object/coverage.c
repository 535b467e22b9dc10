#include "kube/object/coverage.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "kube/object/records.h"

#define ALL SLICE("*")

/* --- counting --- */
static int keep(struct object_context *context, struct slice text, struct slice *ret_kept, struct error **err)
{
	return arena_copy(&context->kept, text, ret_kept) < 0 ? arena_fail(&context->kept, err) : 0;
}

struct object_scope *coverage_scope(const struct coverage_list *list, struct slice label, struct error **err)
{
	struct object_context *context = list->context;
	void **latest = map_put(&context->scope_of[list->is_list], label);
	struct slice kept;
	if (!latest) {
		error_no_memory(err);
		return NULL;
	}
	if ((uintptr_t)*latest > list->first_scope)
		return &context->scopes.items[(uintptr_t)*latest - 1];
	if (keep(context, label, &kept, err) < 0)
		return NULL;
	struct object_scope *scope = vec_push(&context->scopes);
	if (!scope) {
		error_no_memory(err);
		return NULL;
	}
	*latest = (void *)(uintptr_t)context->scopes.len;
	*scope = (struct object_scope){ .kind = kept, .is_list = list->is_list, .complete = true };
	return scope;
}

/* One value stays itself, a second one makes it "*". */
static int widen(struct object_context *context, struct slice *place, struct slice value, struct error **err)
{
	if (!value.data || slice_equal(*place, value))
		return 0;
	if (!place->data)
		return keep(context, value, place, err);
	*place = ALL;
	return 0;
}

int coverage_widen(struct object_context *context, struct object_scope *scope, struct slice namespace,
		   struct slice subtype, struct error **err)
{
	scope->objects++;
	if (widen(context, &scope->namespace, namespace.data ? namespace : SLICE(""), err) < 0)
		return -1;
	return widen(context, &scope->subtype, subtype, err);
}

int coverage_break(struct object_context *context, struct object_scope *scope, struct slice why, struct error **err)
{
	if (!scope->complete)
		return 0;
	scope->complete = false;
	return keep(context, why, &scope->why, err);
}

int coverage_break_list(const struct coverage_list *list, struct slice why, struct error **err)
{
	struct object_context *context = list->context;
	for (size_t i = list->first_scope; i < context->scopes.len; i++) {
		struct object_scope *scope = &context->scopes.items[i];
		if (!scope->is_list)
			continue;
		if (coverage_break(context, scope, why, err) < 0)
			return -1;
		struct object_coverage *coverage = coverage_kind(context, scope->kind, err);
		if (!coverage)
			return -1;
		coverage->list_cut = true;
		if (!coverage->first_bad.data)
			coverage->first_bad = scope->why;
	}
	return 0;
}

struct object_coverage *coverage_kind(struct object_context *context, struct slice label, struct error **err)
{
	void **place = map_put(&context->coverage_of, label);
	struct object_coverage *coverage = NULL;
	if (place && *place)
		return &context->coverage.items[(uintptr_t)*place - 1];
	if (place && (coverage = vec_push(&context->coverage))) {
		*place = (void *)(uintptr_t)context->coverage.len;
		if (keep(context, label, &coverage->kind, err) == 0)
			return coverage;
		return NULL;
	}
	error_no_memory(err);
	return NULL;
}

/* --- putting --- */
static int put_coverage(struct object_context *context, const struct coverage *coverage, struct error **err)
{
	return context->sink->ops->put(context->sink, context->read, &coverage_type, coverage, err);
}

static void start_coverage(const struct object_context *context, struct slice kind, const char *outcome,
			   struct coverage *ret_coverage)
{
	record_init(&coverage_type, ret_coverage);
	ret_coverage->read = context->read;
	ret_coverage->kind = kind;
	ret_coverage->namespace = ALL;
	ret_coverage->subtype = ALL;
	ret_coverage->outcome = slice_of(outcome);
	ret_coverage->objects = 0;
}

/* --- joining the lists of one read --- */
#define ANY SLICE("?") /* stands for each namespace or type that a cut list was seen in, "*" included */

struct joined {
	struct map coverage; /* kind, namespace, type -> struct coverage * */
	struct map cut;      /* the same, and with ANY in place of either -> a list that is not complete */
	struct strbuf key;
};

static void joined_release(struct joined *joined)
{
	map_release(&joined->coverage);
	map_release(&joined->cut);
	strbuf_release(&joined->key);
}

/* Valid until the next one. */
static struct slice key_of(struct joined *joined, struct slice kind, struct slice namespace, struct slice subtype)
{
	strbuf_clear(&joined->key);
	strbuf_add_slice(&joined->key, kind);
	strbuf_add_char(&joined->key, '\n');
	strbuf_add_slice(&joined->key, namespace);
	strbuf_add_char(&joined->key, '\n');
	strbuf_add_slice(&joined->key, subtype);
	return strbuf_slice(&joined->key);
}

static void **place_in(struct map *map, struct joined *joined, struct slice key, struct error **err)
{
	if (strbuf_failed(&joined->key, err))
		return NULL;
	void **place = map_put(map, key);
	if (!place)
		error_no_memory(err);
	return place;
}

/* Where nothing was seen, a complete list covers no namespace, and one that was cut may have held any. */
static struct slice namespace_of(const struct object_scope *scope)
{
	const struct known_kind *known = known_kind_named(scope->kind);
	if ((known && !known->namespaced) || (!scope->namespace.data && !scope->complete))
		return ALL;
	return scope->namespace.data ? scope->namespace : SLICE("");
}

static struct slice subtype_of(const struct object_scope *scope)
{
	return scope->subtype.data ? scope->subtype : ALL;
}

/* Scopes of one kind, namespace and type make one record. Single objects do not take from a complete list. */
static int join_scope(struct object_context *context, const struct object_scope *scope, struct joined *joined,
		      struct error **err)
{
	struct slice namespace = namespace_of(scope), subtype = subtype_of(scope);
	bool complete = scope->complete && scope->is_list;
	void **place = place_in(&joined->coverage, joined, key_of(joined, scope->kind, namespace, subtype), err);
	if (!place)
		return -1;
	if (!*place && !(*place = arena_zeroed(&context->kept, 1, sizeof(struct coverage))))
		return arena_fail(&context->kept, err);
	struct coverage *coverage = *place;
	bool is_new = !coverage->kind.data;
	int64_t objects = is_new ? 0 : coverage->objects;
	if (is_new || (complete && !slice_equal_text(coverage->outcome, "complete"))) {
		start_coverage(context, scope->kind, complete ? "complete" : "partial", coverage);
		coverage->namespace = namespace;
		coverage->subtype = subtype;
		if (!complete)
			coverage->why = scope->is_list ? scope->why : SLICE("single objects, not a list");
	}
	coverage->objects = objects + scope->objects;
	return 0;
}

static int note_cut(const struct object_scope *scope, struct joined *joined, struct error **err)
{
	struct slice namespaces[] = { namespace_of(scope), ANY }, subtypes[] = { subtype_of(scope), ANY };
	for (size_t i = 0; i < 4; i++) {
		struct slice key = key_of(joined, scope->kind, namespaces[i / 2], subtypes[i % 2]);
		void **place = place_in(&joined->cut, joined, key, err);
		if (!place)
			return -1;
		*place = (void *)(uintptr_t)scope;
	}
	return 0;
}

/* "*" meets whatever was cut; a name meets itself and "*". */
static struct slice meets(struct slice name)
{
	return slice_equal(name, ALL) ? ANY : name;
}

/* A list may be a selection (`kubectl get secret a b`), and nothing in it says so. So what a cut list of the same place
 * does not hold any more may be missing from a complete one beside it too. */
static int doubt(struct joined *joined, struct coverage *coverage, struct error **err)
{
	struct slice namespaces[] = { meets(coverage->namespace), ALL }, subtypes[] = { meets(coverage->subtype), ALL };
	for (size_t i = 0; i < 4; i++) {
		struct slice key = key_of(joined, coverage->kind, namespaces[i / 2], subtypes[i % 2]);
		if (strbuf_failed(&joined->key, err))
			return -1;
		const struct object_scope *cut = map_get(&joined->cut, key);
		if (cut) {
			coverage->outcome = SLICE("partial");
			coverage->why = cut->why;
			return 0;
		}
	}
	return 0;
}

/* A lost file may have held more of a namespace whose lists are made one by one. A list over all namespaces was asked
 * for as a whole: a lost file beside it is another kind's. */
static void doubt_beside_lost_file(const struct object_context *context, struct coverage *coverage)
{
	if (!context->lost_file.data || !slice_equal_text(coverage->outcome, "complete") ||
	    slice_equal(coverage->namespace, ALL))
		return;
	coverage->outcome = SLICE("doubted");
	coverage->why = context->lost_file;
}

static int put_scopes(struct object_context *context, struct error **err)
{
	CLEANUP(joined_release) struct joined joined = { .key = STRBUF_INIT(LIMIT_OBJECT_BYTES) };
	for (size_t i = 0; i < context->scopes.len; i++) {
		const struct object_scope *scope = &context->scopes.items[i];
		if (join_scope(context, scope, &joined, err) < 0 ||
		    (scope->is_list && !scope->complete && note_cut(scope, &joined, err) < 0))
			return -1;
	}
	for (size_t i = 0; i < joined.coverage.len; i++) {
		struct coverage *coverage = joined.coverage.items[i].value;
		if (doubt(&joined, coverage, err) < 0)
			return -1;
		doubt_beside_lost_file(context, coverage);
		if (put_coverage(context, coverage, err) < 0)
			return -1;
	}
	return 0;
}

static int put_unknown_kinds(struct object_context *context, struct error **err)
{
	for (size_t i = 0; i < context->coverage.len; i++) {
		struct coverage coverage;
		if (context->coverage.items[i].known)
			continue;
		start_coverage(context, context->coverage.items[i].kind, "unknown_kind", &coverage);
		coverage.objects = context->coverage.items[i].objects;
		if (put_coverage(context, &coverage, err) < 0)
			return -1;
	}
	return 0;
}

static int put_absent_kinds(struct object_context *context, struct error **err)
{
	for (size_t i = 0; i < known_kind_count; i++) {
		struct coverage coverage;
		struct slice kind = slice_of(known_kinds[i].kind);
		if (!known_kinds[i].expected || map_get(&context->coverage_of, kind))
			continue;
		start_coverage(context, kind, "absent", &coverage);
		coverage.why = SLICE("no object or list of it was read");
		if (put_coverage(context, &coverage, err) < 0)
			return -1;
	}
	return 0;
}

int object_put_coverage(struct object_context *context, struct error **err)
{
	if (put_scopes(context, err) < 0 || put_unknown_kinds(context, err) < 0)
		return -1;
	return put_absent_kinds(context, err);
}
