#include "base/alloc.h"
#include "base/map.h"
#include "store/store_internal.h"

/* Latest complete read of each (cluster, kind, namespace, subtype); times lie in the arena. */
struct coverage_index {
	struct map latest;
	int64_t newest; /* of them all */
	struct arena arena;
	struct strbuf key;
	const struct record_type *type;
	const struct field *kind, *group, *namespace, *subtype; /* NULL: the type has none */
};

static const struct field *field_with(const struct record_type *type, unsigned flag)
{
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].flags & flag)
			return &type->fields[i];
	return NULL;
}

/* A defect is about an object of any kind, so the kind that it names decides. */
static const struct field *kind_field(const struct record_type *type)
{
	const struct field *kind = field_with(type, FIELD_KIND);
	return kind ? kind : record_field(type, "object_kind");
}

static const struct field *group_field(const struct record_type *type)
{
	const struct field *group = record_field(type, "group");
	return group ? group : record_field(type, "holder_group");
}

static bool is_built_in(struct slice group)
{
	return !group.len || slice_equal_text(group, "apps") || slice_equal_text(group, "batch") ||
	       slice_equal_text(group, "core");
}

/* One key of the index, with lengths so that no text can be taken for two. The group is part of a kind that is not
 * built in. */
static struct slice make_key(struct strbuf *key, int64_t cluster, struct slice kind, struct slice group,
			     struct slice namespace, struct slice subtype)
{
	strbuf_clear(key);
	strbuf_add(key, &cluster, sizeof cluster);
	strbuf_add(key, &namespace.len, sizeof namespace.len);
	strbuf_add_slice(key, namespace);
	strbuf_add(key, &subtype.len, sizeof subtype.len);
	strbuf_add_slice(key, subtype);
	strbuf_add_slice(key, kind);
	if (!is_built_in(group)) {
		strbuf_add_char(key, '.');
		strbuf_add_slice(key, group);
	}
	return strbuf_slice(key);
}

static int note_coverage(struct coverage_index *index, sqlite3_stmt *row, struct error **err)
{
	struct slice key = make_key(&index->key, sql_int(row, 0), sql_text(row, 1), SLICE_NONE, sql_text(row, 2),
				    sql_text(row, 3));
	if (strbuf_failed(&index->key, err))
		return -1;
	void **latest = map_put(&index->latest, key);
	if (!latest)
		return error_no_memory(err);
	int64_t *as_of = *latest ? *latest : arena_zeroed(&index->arena, 1, sizeof *as_of);
	if (!as_of)
		return arena_fail(&index->arena, err);
	*as_of = sql_int(row, 4);
	if (*as_of > index->newest)
		index->newest = *as_of;
	*latest = as_of;
	return 0;
}

static int load_rows(struct store *store, struct coverage_index *index, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"SELECT c.cluster, kind, namespace, subtype, max(r.as_of) FROM coverage c "
			"JOIN \"read\" r ON r.id = c.\"read\" WHERE c.outcome = 'complete' AND r.as_of IS NOT NULL "
			"AND r.ended IS NOT NULL "
			"AND (?1 IS NULL OR kind = ?1) GROUP BY 1, 2, 3, 4",
			&statement, err) < 0)
		return -1;
	sql_bind_text(statement, 1, slice_of(index->type->object_kind));
	int got;
	while ((got = sql_step(store, statement, err)) > 0)
		if (note_coverage(index, statement, err) < 0)
			return -1;
	return got;
}

int coverage_load(struct store *store, const struct record_type *type, struct coverage_index **ret_index,
		  struct error **err)
{
	*ret_index = NULL;
	if (!record_field(type, "gone") || (!type->object_kind && !kind_field(type)))
		return 0;
	CLEANUP(coverage_freep) struct coverage_index *index = mem_alloc_zeroed(1, sizeof *index);
	if (!index)
		return error_no_memory(err);
	*index = (struct coverage_index){
		.arena = ARENA_INIT(LIMIT_WORLD_BYTES),
		.key = STRBUF_INIT(LIMIT_ROW_BYTES),
		.newest = TIME_UNSET,
		.type = type,
		.kind = type->object_kind ? NULL : kind_field(type),
		.group = type->object_kind ? NULL : group_field(type),
		.namespace = field_with(type, FIELD_NAMESPACE),
		.subtype = field_with(type, FIELD_SUBTYPE),
	};
	if (load_rows(store, index, err) < 0)
		return -1;
	*ret_index = TAKE_PTR(index);
	return 0;
}

static struct slice text_or_none(const struct field *field, const void *record)
{
	return field ? field_text(field, record) : SLICE_NONE;
}

int coverage_after(struct coverage_index *index, int64_t cluster, const void *record, int64_t last_seen,
		   struct error **err)
{
	if (!index || last_seen >= index->newest) /* nearly all: the last read still held them */
		return 0;
	struct slice kind = index->kind ? field_text(index->kind, record) : slice_of(index->type->object_kind);
	struct slice group = text_or_none(index->group, record);
	struct slice namespaces[] = { SLICE("*"), text_or_none(index->namespace, record) };
	struct slice subtypes[] = { SLICE("*"), text_or_none(index->subtype, record) };
	for (size_t i = 0; i < 4; i++) {
		struct slice key = make_key(&index->key, cluster, kind, group, namespaces[i / 2], subtypes[i % 2]);
		if (strbuf_failed(&index->key, err))
			return -1;
		const int64_t *latest = map_get(&index->latest, key);
		if (latest && *latest > last_seen)
			return 1;
	}
	return 0;
}

void coverage_freep(struct coverage_index **index)
{
	if (*index) {
		map_release(&(*index)->latest);
		arena_release(&(*index)->arena);
		strbuf_release(&(*index)->key);
	}
	*index = mem_free(*index);
}
