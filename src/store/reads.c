#include "store/store_internal.h"

/* How long who opens a store waits for a writer to tell of reads that died. */
#define DEAD_BUSY_MS 1000

/* --- the transaction --- */

/* What another process may have done between two transactions. */
static int check_still_ours(struct store *store, struct open_read *read, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store, "SELECT cluster FROM \"read\" WHERE id = ?1 AND outcome = " READING, &statement, err) <
	    0)
		return -1;
	sql_bind_int(statement, 1, read->id);
	int got = sql_step(store, statement, err);
	if (got > 0)
		read->cluster = sql_int(statement, 0);
	else if (got == 0)
		error_set(err, ERROR_STORE, "another fother command took read %lld for one of a dead process",
			  (long long)read->id);
	return got > 0 ? 0 : -1;
}

static int look_again(struct store *store, struct error **err)
{
	for (size_t i = 0; i < store->reads.len; i++)
		if (check_still_ours(store, &store->reads.items[i], err) < 0)
			return -1;
	return reads_compare(store, err);
}

int reads_write(struct store *store, struct error **err)
{
	if (store->writing)
		return 0;
	if (transaction_begin(store, true, err) < 0)
		return -1;
	store->writing = true;
	if (look_again(store, err) == 0)
		return 0;
	reads_write_nothing(store);
	return -1;
}

/* Numbers of reads that never lasted are free again with the end of the transaction: nobody may find them held. */
void reads_write_nothing(struct store *store)
{
	for (size_t i = 0; i < store->reads.len; i++)
		if (!store->reads.items[i].lasts)
			alive_release(store, &store->reads.items[i]);
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->writing = false;
}

int reads_compare(struct store *store, struct error **err)
{
	for (size_t i = 0; i < store->reads.len; i++) {
		struct open_read *read = &store->reads.items[i];
		int64_t newest;
		if (read->finished || read->as_of == TIME_UNSET)
			continue;
		if (cluster_newest(store, read->cluster, read->id, &newest, err) < 0)
			return -1;
		read->older = newest > read->as_of;
	}
	return 0;
}

int reads_hold(struct store *store, struct error **err)
{
	for (size_t i = 0; i < store->reads.len; i++)
		if (!store->reads.items[i].finished && alive_hold(store, &store->reads.items[i], err) < 0)
			return -1;
	return 0;
}

void reads_keep_open(struct store *store)
{
	size_t len = 0;
	for (size_t i = 0; i < store->reads.len; i++) {
		struct open_read *read = &store->reads.items[i];
		if (read->finished) {
			alive_release(store, read);
			continue;
		}
		read->lasts = true;
		store->reads.items[len++] = *read;
	}
	store->reads.len = len;
	if (len)
		alive_let_in(store);
}

/* --- reads that nobody ends --- */

static int mark_interrupted(struct store *store, int64_t read, const char *why, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *statement = NULL;
	if (sql_prepare(store,
			"UPDATE \"read\" SET outcome = 'interrupted', why = ?2, as_of = ifnull(as_of, started), "
			"as_of_from = ifnull(as_of_from, 'clock') WHERE id = ?1",
			&statement, err) < 0)
		return -1;
	sql_bind_int(statement, 1, read);
	sql_bind_text(statement, 2, slice_of(why));
	return sql_run(store, statement, err);
}

/* Its records stay, where they belong by what is known of them. */
static int interrupt(struct store *store, const struct open_read *read, const char *why, struct error **err)
{
	int64_t cluster;
	if (mark_interrupted(store, read->id, why, err) < 0 ||
	    cluster_settle(store, read, SLICE_NONE, &cluster, err) < 0)
		return -1;
	return cluster_refresh(store, cluster, read->id, SLICE_NONE, err);
}

static int interrupt_lasting(struct store *store, struct error **err)
{
	for (size_t i = 0; i < store->reads.len; i++) {
		const struct open_read *read = &store->reads.items[i];
		if (interrupt(store, read, "it was given up before it was done", err) < 0)
			return -1;
	}
	return 0;
}

static void forget_what_does_not_last(struct store *store)
{
	size_t len = 0;
	for (size_t i = 0; i < store->reads.len; i++)
		if (store->reads.items[i].lasts)
			store->reads.items[len++] = store->reads.items[i];
	store->reads.len = len;
}

static int give_up(struct store *store, struct error **err)
{
	if (transaction_begin(store, true, err) < 0)
		return -1;
	return transaction_end(store, look_again(store, err) < 0 ? -1 : interrupt_lasting(store, err), err);
}

/* Where it fails, the next one who opens the store does it. */
void reads_give_up(struct store *store)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	forget_what_does_not_last(store);
	if (store->reads.len)
		give_up(store, &ignored);
	for (size_t i = 0; i < store->reads.len; i++)
		alive_release(store, &store->reads.items[i]);
	vec_clear(&store->reads);
}

/* --- reads of dead processes --- */

/* 1: there is one, -1, or 0. */
static int next_dead(struct store *store, sqlite3_stmt *under_way, struct open_read *ret_read, struct error **err)
{
	int got;
	while ((got = sql_step(store, under_way, err)) > 0) {
		int64_t id = sql_int(under_way, 0);
		int alive = alive_elsewhere(store, id, err);
		if (alive < 0)
			return -1;
		if (alive)
			continue;
		*ret_read = (struct open_read){ .id = id, .cluster = sql_int(under_way, 1) };
		return 1;
	}
	return got;
}

#define UNDER_WAY "SELECT id, cluster FROM \"read\" WHERE outcome = " READING " ORDER BY id"

static int any_dead(struct store *store, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *under_way = NULL;
	struct open_read dead;
	if (sql_prepare(store, UNDER_WAY, &under_way, err) < 0)
		return -1;
	return next_dead(store, under_way, &dead, err);
}

static int interrupt_dead(struct store *store, struct error **err)
{
	CLEANUP(sql_finalizep) sqlite3_stmt *under_way = NULL;
	struct open_read dead;
	int found;
	if (sql_prepare(store, UNDER_WAY, &under_way, err) < 0)
		return -1;
	while ((found = next_dead(store, under_way, &dead, err)) > 0) {
		sqlite3_reset(under_way); /* what follows changes what it runs over */
		if (interrupt(store, &dead, "the process that read it ended before it was done", err) < 0)
			return -1;
	}
	return found;
}

/* Looked at twice: only while nobody else can write it is sure that a process which let go of its read has not ended it
 * as it should. A writer that takes long is not waited for: the read shows as under way then, which proves as little.
 */
int reads_end_dead(struct store *store, struct error **err)
{
	CLEANUP(error_freep) struct error *busy = NULL;
	int dead = any_dead(store, err);
	if (dead <= 0)
		return dead;
	sql_set_patience(store, DEAD_BUSY_MS);
	int begun = transaction_begin(store, true, &busy);
	bool later = begun < 0 && (sqlite3_errcode(store->db) & 0xff) == SQLITE_BUSY;
	sql_set_patience(store, STORE_BUSY_MS);
	if (begun < 0)
		return later ? 0 : error_move(err, &busy);
	return transaction_end(store, interrupt_dead(store, err), err);
}
