#include "store/store_internal.h"

/* The kinds whose UIDs tell clusters apart. Those that last come first: every pod of a cluster may be replaced between
 * two reads. */
static const struct record_type *const kinds[] = { &secret_type,    &service_account_type, &node_type,
						   &namespace_type, &workload_type,        &pod_type };
#define KINDS (sizeof kinds / sizeof kinds[0])
#define KINDS_THAT_LAST (KINDS - 1)

/* Not the namespace/name that stands for a UID where a dump has none. */
#define REAL_UID "length(a.uid) > 0 AND instr(a.uid, '/') = 0"

struct cluster_rows {
	VEC(int64_t)
};

static void rows_release(struct cluster_rows *rows)
{
	vec_release(rows);
}

/* Whether the query gives a row, with ?1 = a and ?2 = b: 1, 0, -1. */
static int holds(struct store *store, const struct strbuf *sql, int64_t a, int64_t b, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare_buffer(store, sql, &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, a);
	if (sqlite3_bind_parameter_count(statement) >= 2)
		sql_bind_int(statement, 2, b);
	return sql_step(store, statement, err);
}

static int list_rows(struct store *store, const char *sql, int64_t cluster, int64_t read, struct cluster_rows *rows,
		     struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	int got;
	if (sql_prepare(store, sql, &statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, cluster);
	if (sqlite3_bind_parameter_count(statement) >= 2)
		sql_bind_int(statement, 2, read);
	while ((got = sql_step(store, statement, err)) > 0) {
		int64_t *row = vec_push(rows);
		if (!row)
			return error_no_memory(err);
		*row = sql_int(statement, 0);
	}
	return got;
}

/* --- evidence --- */

/* One object in both clusters. What never changes of an object must agree too: a UID that somebody blackened in a dump
 * is in every dump. All of a's are looked up in b. */
static void add_shared_object(struct strbuf *sql, const struct record_type *type)
{
	strbuf_addf(sql, "SELECT 1 FROM \"%s\" a CROSS JOIN \"%s\" b ON b.cluster = ?2", type->name, type->name);
	for (size_t i = 0; i < type->field_count; i++)
		if (type->fields[i].flags & FIELD_KEY && !(type->fields[i].flags & FIELD_CLUSTER))
			strbuf_addf(sql, " AND b.\"%s\" = a.\"%s\"", type->fields[i].name, type->fields[i].name);
	strbuf_add_text(sql, " WHERE a.cluster = ?1 AND " REAL_UID " AND b.uid = a.uid AND b.name IS a.name "
			     "AND b.created IS a.created");
	if (record_field(type, "namespace"))
		strbuf_add_text(sql, " AND b.namespace IS a.namespace");
	strbuf_add_text(sql, " LIMIT 1");
}

/* a is the one that is not known to be a cluster of its own, and the smaller as a rule. */
static int share_object(struct store *store, int64_t a, int64_t b, struct error **err)
{
	int shared = 0;
	for (size_t i = 0; i < KINDS && shared == 0; i++) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
		add_shared_object(&sql, kinds[i]);
		shared = holds(store, &sql, a, b, err);
	}
	return shared;
}

static int both_hold(struct store *store, const struct record_type *type, int64_t a, int64_t b, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	strbuf_addf(&sql, "SELECT 1 FROM \"%s\" a WHERE a.cluster = ?1 AND " REAL_UID " LIMIT 1", type->name);
	int held = holds(store, &sql, a, a, err);
	return held > 0 ? holds(store, &sql, b, b, err) : held;
}

/* Nothing is shared. Where both hold objects of a kind, they are two clusters: 1; else nothing can be said: 0. */
static int speaks_against(struct store *store, int64_t a, int64_t b, bool pods_count, struct error **err)
{
	int against = 0;
	for (size_t i = 0; i < (pods_count ? KINDS : KINDS_THAT_LAST) && against == 0; i++)
		against = both_hold(store, kinds[i], a, b, err);
	return against;
}

/* The one cluster of a known uid that shares an object: 1; 0 when there is none, or more than one: then it is a mixture
 * of theirs, and no one's. */
static int only_known_sharer(struct store *store, int64_t cluster, int64_t *ret_known, struct error **err)
{
	CLEANUP(rows_release) struct cluster_rows known = { 0 };
	int count = 0;
	if (list_rows(store, "SELECT id FROM cluster WHERE NOT provisional AND id <> ?1", cluster, 0, &known, err) < 0)
		return -1;
	for (size_t i = 0; i < known.len && count < 2; i++) {
		int shared = share_object(store, cluster, known.items[i], err);
		if (shared < 0)
			return -1;
		if (shared)
			*ret_known = known.items[i];
		count += shared;
	}
	return count == 1;
}

/* --- joining --- */

#define PIPED "CAST(source AS TEXT) LIKE '-%'"
#define OF_CHANGES "source_kind IS 'watch'"

/* 1, 0, -1. */
static int read_is(struct store *store, int64_t read, const char *condition, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	strbuf_addf(&sql, "SELECT 1 FROM \"read\" WHERE id = ?1 AND %s", condition);
	return holds(store, &sql, read, 0, err);
}

/* 1: nothing but standard input told of it. */
static int is_nameless(struct store *store, int64_t cluster, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	strbuf_add_text(&sql, "SELECT 1 FROM \"read\" WHERE cluster = ?1 AND NOT " PIPED);
	int named = holds(store, &sql, cluster, 0, err);
	return named < 0 ? -1 : !named;
}

/* Whose row stays, as its name is the better one: 1 home's, 0 the provisional one's, which is the older. */
static int home_stays(struct store *store, int64_t home, int64_t provisional, struct error **err)
{
	int state = cluster_state(store, home, err);
	if (state <= CLUSTER_KNOWN)
		return state < 0 ? -1 : 1;
	int nameless = is_nameless(store, provisional, err);
	if (nameless <= 0)
		return nameless;
	nameless = is_nameless(store, home, err);
	return nameless < 0 ? -1 : !nameless;
}

/* *home and a provisional cluster are one. */
static int join(struct store *store, int64_t *home, int64_t provisional, struct error **err)
{
	int64_t from = *home;
	int stays = home_stays(store, *home, provisional, err);
	if (stays < 0)
		return -1;
	if (stays)
		return cluster_merge(store, provisional, *home, err);
	*home = provisional;
	return cluster_merge(store, from, provisional, err);
}

/* *home is the known cluster `other`. */
static int move_into(struct store *store, int64_t *home, int64_t other, struct error **err)
{
	int64_t from = *home;
	*home = other;
	return from == other ? 0 : cluster_merge(store, from, other, err);
}

/* --- settling --- */

static int settle_by_uid(struct store *store, int64_t *home, struct slice uid, struct error **err)
{
	int64_t known;
	if (cluster_set_uid(store, *home, uid, &known, err) < 0)
		return -1;
	return move_into(store, home, known, err);
}

/* 1: a provisional cluster that is *home, too. */
static int find_sharer(struct store *store, int64_t home, const struct cluster_rows *provisional, int64_t *ret_sharer,
		       struct error **err)
{
	int state = cluster_state(store, home, err);
	int shared = state < 0 ? -1 : 0;
	for (size_t i = 0; i < provisional->len && shared == 0; i++) {
		int64_t only = home;
		*ret_sharer = provisional->items[i];
		shared = share_object(store, provisional->items[i], home, err);
		if (shared > 0 && state == CLUSTER_KNOWN)
			shared = only_known_sharer(store, provisional->items[i], &only, err);
	}
	return shared;
}

/* As long as there are any: what joins brings objects that others may share. */
static int join_sharers(struct store *store, int64_t *home, struct error **err)
{
	int64_t sharer;
	int shared;
	do {
		CLEANUP(rows_release) struct cluster_rows provisional = { 0 };
		if (list_rows(store, "SELECT id FROM cluster WHERE provisional = 1 AND id <> ?1 ORDER BY id", *home, 0,
			      &provisional, err) < 0)
			return -1;
		shared = find_sharer(store, *home, &provisional, &sharer, err);
		if (shared > 0 && join(store, home, sharer, err) < 0)
			return -1;
	} while (shared > 0);
	return shared;
}

static int settle_by_objects(struct store *store, int64_t *home, struct error **err)
{
	int64_t known;
	int state = cluster_state(store, *home, err);
	if (state < 0)
		return -1;
	int shared = state == CLUSTER_KNOWN ? 0 : only_known_sharer(store, *home, &known, err);
	if (shared < 0 || (shared && move_into(store, home, known, err) < 0))
		return -1;
	return join_sharers(store, home, err);
}

/* Those that were read from the same address, the latest first. A question for each provisional cluster, of which there
 * are few, as there may be many reads. */
static int list_at_address(struct store *store, int64_t read, int64_t home, struct cluster_rows *rows,
			   struct error **err)
{
	return list_rows(store,
			 "SELECT id FROM (SELECT c.id AS id, (SELECT max(r.id) FROM \"read\" r WHERE r.cluster = c.id "
			 "AND r.source = (SELECT source FROM \"read\" WHERE id = ?2)) AS latest "
			 "FROM cluster c WHERE c.provisional = 1 AND c.id <> ?1) "
			 "WHERE latest IS NOT NULL ORDER BY latest DESC",
			 home, read, rows, err);
}

/* Standard input is no place: there even pods tell that it was another cluster's. A watch goes on where a read left
 * off, and holds what is new: that nothing of it was known tells nothing. */
static int settle_by_address(struct store *store, int64_t read, int64_t *home, struct error **err)
{
	CLEANUP(rows_release) struct cluster_rows provisional = { 0 };
	int piped = read_is(store, read, PIPED, err), changes = piped < 0 ? -1 : read_is(store, read, OF_CHANGES, err);
	if (changes < 0 || list_at_address(store, read, *home, &provisional, err) < 0)
		return -1;
	for (size_t i = 0; i < provisional.len; i++) {
		int against = changes ? 0 : speaks_against(store, *home, provisional.items[i], piped, err);
		if (against <= 0)
			return against < 0 ? -1 : join(store, home, provisional.items[i], err);
	}
	return 0;
}

int cluster_settle(struct store *store, const struct open_read *read, struct slice uid, int64_t *ret_cluster,
		   struct error **err)
{
	int64_t id = read->id, home = read->cluster;
	if (settle_by_uid(store, &home, uid, err) < 0)
		return -1;
	int images = cluster_holds_images(store, home, err);
	if (images < 0 ||
	    (!images && (settle_by_objects(store, &home, err) < 0 || settle_by_address(store, id, &home, err) < 0)))
		return -1;
	int state = cluster_state(store, home, err);
	if (state < 0 || (state == CLUSTER_STAGED && cluster_set_address(store, home, id, err) < 0))
		return -1;
	*ret_cluster = home;
	return 0;
}
