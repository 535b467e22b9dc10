#include <stdlib.h>

#include "base/time.h"
#include "store/store.h"
#include "store/store_internal.h"
#include "store/store_read.h"

static int compare_slices(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted and each once: two scopes are the same when their lists are. A list that is not there is an empty one. */
static int make_set(struct slice_list *list, struct slice_list more, struct arena *arena, struct error **err)
{
	size_t len = 0, total = list->len + more.len;
	struct slice *items = arena_zeroed(arena, total ? total : 1, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	if (list->len)
		memcpy(items, list->items, list->len * sizeof *items);
	if (more.len)
		memcpy(items + list->len, more.items, more.len * sizeof *items);
	qsort(items, total, sizeof *items, compare_slices);
	for (size_t i = 0; i < total; i++)
		if (!len || slice_compare(items[len - 1], items[i]))
			items[len++] = items[i];
	*list = (struct slice_list){ items, len };
	return 0;
}

static bool same_list(struct slice_list a, struct slice_list b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (slice_compare(a.items[i], b.items[i]))
			return false;
	return true;
}

static bool same_scope(const struct incident *a, const struct incident *b)
{
	return same_list(a->registries, b->registries) && same_list(a->repositories, b->repositories) &&
	       same_list(a->accounts, b->accounts) && a->window_from == b->window_from && a->window_to == b->window_to;
}

/* The open incident of the same scope; with an id, that one. NULL in *ret_found when there is none. */
static int find_same(struct store *store, const struct incident *incident, struct arena *arena,
		     const struct incident **ret_found, struct error **err)
{
	struct record_list all;
	if (store_read_all(store, &incident_type, NULL, 0, arena, &all, err) < 0)
		return -1;
	*ret_found = NULL;
	const struct incident *known = all.items;
	for (size_t i = 0; i < all.len && !*ret_found; i++) {
		if (incident->id == known[i].id ||
		    (incident->id == INT_UNKNOWN && slice_equal_text(known[i].state, "open") &&
		     same_scope(incident, &known[i])))
			*ret_found = &known[i];
	}
	if (incident->id != INT_UNKNOWN && !*ret_found)
		return error_set(err, ERROR_USAGE, "there is no incident %lld", (long long)incident->id);
	return 0;
}

static int write_incident(struct store *store, struct incident *incident, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	int next;
	table_add_insert(&sql, &incident_type);
	strbuf_add_text(&sql, " ON CONFLICT DO UPDATE SET ");
	table_add_assignments(&sql, &incident_type, "excluded");
	if (sql_prepare_buffer(store, &sql, &statement, err) < 0 ||
	    table_bind(store, statement, &incident_type, incident, 0, &next, err) < 0)
		return -1;
	if (incident->id == INT_UNKNOWN)
		sqlite3_bind_null(statement, 1); /* the first column: the next free number */
	if (sql_run(store, statement, err) < 0)
		return -1;
	if (incident->id == INT_UNKNOWN)
		incident->id = sqlite3_last_insert_rowid(store->db);
	return 0;
}

static int merge_incident(struct store *store, struct incident *incident, struct arena *arena, struct error **err)
{
	const struct incident *known;
	if (find_same(store, incident, arena, &known, err) < 0)
		return -1;
	if (incident->refreshed == TIME_UNSET)
		incident->refreshed = time_now();
	if (known) {
		struct incident merged = *known;
		merged.refreshed = incident->refreshed;
		if (make_set(&merged.indicators, incident->indicators, arena, err) < 0)
			return -1;
		*incident = merged;
	} else {
		incident->state = SLICE("open");
		if (incident->opened == TIME_UNSET)
			incident->opened = incident->refreshed;
	}
	return write_incident(store, incident, err);
}

static int put_incident(struct store *store, struct incident *incident, struct arena *arena, struct error **err)
{
	if (transaction_begin(store, true, err) < 0)
		return -1;
	return transaction_end(store, merge_incident(store, incident, arena, err), err);
}

/* Unlike observations, an incident cannot be read again: it is on the disk when this returns. */
int store_incident_put(struct store *store, struct incident *incident, struct arena *arena, struct error **err)
{
	struct incident put = *incident;
	struct slice_list none = { 0 };
	if (make_set(&put.registries, none, arena, err) < 0 || make_set(&put.repositories, none, arena, err) < 0 ||
	    make_set(&put.accounts, none, arena, err) < 0 || make_set(&put.indicators, none, arena, err) < 0 ||
	    sql_exec(store, "PRAGMA synchronous = FULL", err) < 0)
		return -1;
	int result = put_incident(store, &put, arena, err);
	sqlite3_exec(store->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	if (result < 0)
		return error_context(err, "keeping the incident");
	*incident = put;
	return 0;
}
