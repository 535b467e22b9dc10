#include "base/alloc.h"
#include "base/map.h"
#include "model/reference.h"
#include "store/store_internal.h"

/* Times lie in the arena. */
struct gone_index {
	struct map covered; /* latest complete read of each (cluster, kind, namespace, subtype) */
	struct map deleted; /* latest read that saw the deletion of (cluster, kind, uid) */
	int64_t newest;     /* of them all */
	struct arena arena;
	struct strbuf key;
	const struct record_type *type;
	const struct field *kind, *group, *namespace, *subtype; /* NULL: the type has none */
	const char *object_kind;                                /* NULL: `kind` tells */
	/* The object that it is a record of, or a part of. */
	const struct field *uid; /* NULL: the type does not say which */
	const char *uid_kind;    /* the kind that has uids of this field; NULL: all that the type has */
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

/* Whose deletion takes the record with it. What a template holds names its workload, but not by a UID. */
static const struct {
	const char *field, *kind;
} uid_fields[] = {
	{ "secret_uid", "Secret" },
	{ "object_uid", NULL },
	{ "holder", "Pod" },
	{ "uid", NULL },
};

static void find_uid(struct gone_index *index)
{
	for (size_t i = 0; i < sizeof uid_fields / sizeof uid_fields[0] && !index->uid; i++) {
		index->uid = record_field(index->type, uid_fields[i].field);
		index->uid_kind = uid_fields[i].kind ? uid_fields[i].kind : index->object_kind;
	}
	if (!index->uid_kind && !index->kind) /* an event is of no object's kind, a deletion is no object */
		index->uid = NULL;
}

static bool is_built_in(struct slice group)
{
	return !group.len || slice_equal_text(group, "apps") || slice_equal_text(group, "batch") ||
	       slice_equal_text(group, "core");
}

/* One key of a map, with lengths so that no text can be taken for two. The group is part of a kind that is not built
 * in. */
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

static struct slice deletion_key(struct strbuf *key, int64_t cluster, struct slice kind, struct slice group,
				 struct slice uid)
{
	return make_key(key, cluster, kind, group, uid, SLICE_NONE);
}

/* --- loading --- */

static int note(struct gone_index *index, struct map *latest, struct slice key, int64_t time, struct error **err)
{
	if (strbuf_failed(&index->key, err))
		return -1;
	void **place = map_put(latest, key);
	if (!place)
		return error_no_memory(err);
	int64_t *as_of = *place ? *place : arena_zeroed(&index->arena, 1, sizeof *as_of);
	if (!as_of)
		return arena_fail(&index->arena, err);
	*as_of = time;
	if (time > index->newest)
		index->newest = time;
	*place = as_of;
	return 0;
}

/* Of reads that ended: what another one says to have covered it may not have kept. */
static int load_covered(struct store *store, struct gone_index *index, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *row = NULL;
	int got;
	if (sql_prepare(store,
			"SELECT c.cluster, kind, namespace, subtype, max(r.as_of) FROM coverage c "
			"JOIN \"read\" r ON r.id = c.\"read\" WHERE c.outcome = 'complete' AND r.as_of IS NOT NULL "
			"AND r.ended IS NOT NULL AND (?1 IS NULL OR kind = ?1) GROUP BY 1, 2, 3, 4",
			&row, err) < 0)
		return -1;
	sql_bind_text(row, 1, slice_of(index->object_kind));
	while ((got = sql_step(store, row, err)) > 0) {
		struct slice key = make_key(&index->key, sql_int(row, 0), sql_text(row, 1), SLICE_NONE,
					    sql_text(row, 2), sql_text(row, 3));
		if (note(index, &index->covered, key, sql_int(row, 4), err) < 0)
			return -1;
	}
	return got;
}

/* Of any read, as what it saw it saw. namespace/name that stands for a UID comes back with the next object. */
static int load_deleted(struct store *store, struct gone_index *index, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *row = NULL;
	int got;
	if (sql_prepare(store,
			"SELECT d.cluster, kind, uid, r.as_of FROM deletion d JOIN \"read\" r ON r.id = d.last_read "
			"WHERE r.as_of IS NOT NULL AND (?1 IS NULL OR kind = ?1) "
			"AND length(uid) > 0 AND instr(uid, '/') = 0",
			&row, err) < 0)
		return -1;
	sql_bind_text(row, 1, slice_of(index->uid_kind));
	while ((got = sql_step(store, row, err)) > 0) {
		struct slice key = deletion_key(&index->key, sql_int(row, 0), sql_text(row, 1), SLICE_NONE,
						sql_text(row, 2));
		if (note(index, &index->deleted, key, sql_int(row, 3), err) < 0)
			return -1;
	}
	return got;
}

int gone_load(struct store *store, const struct record_type *type, struct gone_index **ret_index, struct error **err)
{
	*ret_index = NULL;
	if (!record_field(type, "gone"))
		return 0;
	CLEANUP(gone_freep) struct gone_index *index = mem_alloc_zeroed(1, sizeof *index);
	if (!index)
		return error_no_memory(err);
	*index = (struct gone_index){
		.arena = ARENA_INIT(LIMIT_WORLD_BYTES),
		.key = STRBUF_INIT(LIMIT_ROW_BYTES),
		.newest = TIME_UNSET,
		.type = type,
		.object_kind = type->object_kind,
		.kind = type->object_kind ? NULL : kind_field(type),
		.group = type->object_kind ? NULL : group_field(type),
		.namespace = field_with(type, FIELD_NAMESPACE),
		.subtype = field_with(type, FIELD_SUBTYPE),
	};
	find_uid(index);
	if ((index->object_kind || index->kind) && load_covered(store, index, err) < 0)
		return -1;
	if (index->uid && load_deleted(store, index, err) < 0)
		return -1;
	*ret_index = TAKE_PTR(index);
	return 0;
}

/* --- asking --- */

static struct slice text_or_none(const struct field *field, const void *record)
{
	return field ? field_text(field, record) : SLICE_NONE;
}

static struct slice kind_of(const struct gone_index *index, const void *record)
{
	return index->kind ? field_text(index->kind, record) : slice_of(index->object_kind);
}

/* Images are covered as manifests. What a digest names is never read again, so what is wrong with it stays. */
static struct slice covering_kind(const struct gone_index *index, const void *record)
{
	struct slice kind = kind_of(index, record);
	if (index->type != &defect_type || !slice_equal_text(kind, "Image"))
		return kind;
	return digest_valid(((const struct defect *)record)->object) ? SLICE_NONE : SLICE("Manifest");
}

/* The read that saw the deletion may have held the object before it. */
static int was_deleted(struct gone_index *index, int64_t cluster, const void *record, int64_t last_seen,
		       struct error **err)
{
	struct slice kind = index->kind ? field_text(index->kind, record) : slice_of(index->uid_kind);
	if (!index->uid || !index->deleted.len || (index->uid_kind && !slice_equal_text(kind, index->uid_kind)))
		return 0;
	struct slice key = deletion_key(&index->key, cluster, kind, text_or_none(index->group, record),
					field_text(index->uid, record));
	if (strbuf_failed(&index->key, err))
		return -1;
	const int64_t *latest = map_get(&index->deleted, key);
	return latest && *latest >= last_seen;
}

static int was_missing(struct gone_index *index, int64_t cluster, const void *record, int64_t last_seen,
		       struct error **err)
{
	struct slice kind = covering_kind(index, record), group = text_or_none(index->group, record);
	struct slice namespaces[] = { SLICE("*"), text_or_none(index->namespace, record) };
	struct slice subtypes[] = { SLICE("*"), text_or_none(index->subtype, record) };
	for (size_t i = 0; i < 4 && index->covered.len; i++) {
		struct slice key = make_key(&index->key, cluster, kind, group, namespaces[i / 2], subtypes[i % 2]);
		if (strbuf_failed(&index->key, err))
			return -1;
		const int64_t *latest = map_get(&index->covered, key);
		if (latest && *latest > last_seen)
			return 1;
	}
	return 0;
}

int gone_after(struct gone_index *index, int64_t cluster, const void *record, int64_t last_seen, struct error **err)
{
	if (!index || last_seen > index->newest) /* nearly all: the last read still held them */
		return 0;
	int gone = was_deleted(index, cluster, record, last_seen, err);
	return gone || last_seen == index->newest ? gone : was_missing(index, cluster, record, last_seen, err);
}

void gone_freep(struct gone_index **index)
{
	if (*index) {
		map_release(&(*index)->covered);
		map_release(&(*index)->deleted);
		arena_release(&(*index)->arena);
		strbuf_release(&(*index)->key);
	}
	*index = mem_free(*index);
}
