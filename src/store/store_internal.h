/* What the files of this folder share. Nobody else includes it.
 *
 * sql.c runs statements, table.c makes SQL and binds records from the field lists, place.c looks at where the file
 * lies, migrate.c makes and raises the schema, cluster.c keeps the clusters, cluster_same.c tells which are the same,
 * cluster_merge.c makes two one, sink.c is the sink, put.c files its records, reads.c keeps the reads that are open and
 * ends those that nobody ends, prune.c removes old ones, alive.c tells whether somebody does, store_read.c and gone.c
 * read out, incident.c and finding.c keep what is not observed.
 */
#ifndef FOTHER_STORE_STORE_INTERNAL_H
#define FOTHER_STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "model/observed.h"
#include "model/sink.h"

#define STORE_APPLICATION_ID 0x466f7468 /* "Foth" */
#define STORE_SCHEMA_VERSION 3
/* How long a command waits for another one's transaction: a dump of some gigabytes is one. */
#define STORE_BUSY_MS 60000
/* Who waits for another command looks so often whether it is its turn; who goes on after a commit lets it in, and waits
 * that long for it to take its turn. */
#define STORE_LOOK_MS 2
#define STORE_TURN_MS 200
/* Observed types of the model: an array of that many cached statements is kept. */
#define STORE_TABLES_MAX 32
/* Longest statement made from a field list. */
#define STORE_SQL_BYTES (64 * LIMIT_KIB)
/* Clusters are numbered one after the other, and looked up in an array: no store gets more. (Reads, of which a watch
 * makes one a second, are not.) */
#define STORE_CLUSTERS_MAX (1 << 20)

/* The outcome of a read that has not ended. */
#define READING "'reading'"

/* A watch makes a read of each batch of changes, one a second where a cluster is busy. Each time that so many reads
 * were made, those of watches that nothing refers to are removed: the store holds two for each record at most, and
 * these. */
#define STORE_PRUNE_READS 8192

/* A read from begin to the commit behind its finish. */
struct open_read {
	int64_t id, cluster;
	int64_t as_of;      /* TIME_UNSET until known */
	bool uid_known;     /* given to begin */
	bool staged;        /* filed under a row of its own until finish knows where it belongs */
	bool may_ask_again; /* filed where it may not belong: until it ends nothing of it may last */
	bool older;         /* the cluster holds later reads: what those wrote stays */
	bool lasts;         /* a part of it was committed */
	bool held;          /* others see that it is under way */
	bool finished;
};

struct open_reads {
	VEC(struct open_read)
};

/* Cached statements of one observed type. */
struct table_statements {
	sqlite3_stmt *upsert;       /* a read that is not older than any before */
	sqlite3_stmt *upsert_older; /* keeps what later reads wrote */
	sqlite3_stmt *lower_first;  /* only then: an earlier first sight */
};

struct store {
	struct sink sink; /* first */
	sqlite3 *db;
	char *path;
	struct open_reads reads;
	bool writing; /* in the sink's transaction, unless SQLite has ended it by itself */
	bool broken;  /* a call failed half done: the transaction can only be rolled back */
	bool again;   /* SINK_AGAIN was answered: until the next commit no guess is made */
	int alive;    /* the file of alive.c, or -1 */
	int patience_ms;
	int64_t waits_since; /* wall clock */
	bool waits;          /* others see that this one does */
	struct table_statements tables[STORE_TABLES_MAX];
};

/* --- sql.c --- */
/* Sets *err from SQLite's state, in words that say what to do. Returns -1. */
int store_fail(struct store *store, const char *doing, struct error **err);
/* The file holds what no fother writes: nothing that is read from it is believed before it was looked at. Returns -1.
 */
int store_damaged(struct store *store, const char *what, struct error **err);
/* How long to wait from now on for another process's transaction. */
void sql_set_patience(struct store *store, int milliseconds);
int sql_exec(struct store *store, const char *sql, struct error **err);
int sql_prepare(struct store *store, const char *sql, sqlite3_stmt **ret_statement, struct error **err);
int sql_prepare_buffer(struct store *store, const struct strbuf *sql, sqlite3_stmt **ret_statement, struct error **err);
/* 1 a row, 0 done, -1. */
int sql_step(struct store *store, sqlite3_stmt *statement, struct error **err);
/* Runs a statement that gives no rows, and resets it. */
int sql_run(struct store *store, sqlite3_stmt *statement, struct error **err);
/* Runs a query of one number; TIME_UNSET where it gives none or NULL. What is no number is damage. */
int sql_number(struct store *store, sqlite3_stmt *statement, int64_t *ret_number, struct error **err);
void sql_finalizep(sqlite3_stmt **statement);
/* TIME_UNSET and INT_UNKNOWN are NULL. */
void sql_bind_int(sqlite3_stmt *statement, int index, int64_t value);
/* Not there is NULL. Borrowed until the statement is reset. */
void sql_bind_text(sqlite3_stmt *statement, int index, struct slice text);
/* Borrowed until the next step. */
struct slice sql_text(sqlite3_stmt *statement, int column);
int64_t sql_int(sqlite3_stmt *statement, int column);
/* As sql_int, of a column that the file could hold anything in. 0, or -1: damaged. */
int sql_take_int(struct store *store, sqlite3_stmt *statement, int column, int64_t *ret_number, struct error **err);
/* The same of a time, which lies in the years that base/time.h knows, or is not known. */
int sql_take_time(struct store *store, sqlite3_stmt *statement, int column, int64_t *ret_time, struct error **err);

/* BEGIN IMMEDIATE or BEGIN, and its end: COMMIT when result >= 0, else ROLLBACK. Returns result, or -1. */
int transaction_begin(struct store *store, bool to_write, struct error **err);
int transaction_end(struct store *store, int result, struct error **err);

/* --- table.c --- */
/* The field is a column of the type's table. */
bool table_has_column(const struct record_type *type, const struct field *field);
/* first_seen and last_seen are kept as the reads that they come from. */
bool table_keeps_reads(const struct record_type *type);
/* Records that belong to no cluster: what a digest names, what a log tells. */
bool table_is_shared(const struct record_type *type);
/* The table has row numbers, and rows lie in it as they came. */
bool table_is_numbered(const struct record_type *type);
/* Columns that table_add_insert names, first_read and last_read among them. */
int table_column_count(const struct record_type *type);
/* The schema version that brought the type. */
unsigned table_since(const struct record_type *type);
/* CREATE TABLE with the fields that schema version `version` has; nothing when it has none yet. */
void table_add_create(struct strbuf *sql, const struct record_type *type, unsigned version);
/* ALTER TABLE ... ADD COLUMN for the fields that version `version` brought to a type that was there before. */
void table_add_new_columns(struct strbuf *sql, const struct record_type *type, unsigned version);
/* Every column in the order of the fields, then first_read and last_read where the table keeps them. */
void table_add_columns(struct strbuf *sql, const struct record_type *type);
/* SELECT of them. */
void table_add_select(struct strbuf *sql, const struct record_type *type);
/* The columns that say which record it is, for ORDER BY. */
void table_add_keys(struct strbuf *sql, const struct record_type *type);
/* INSERT with numbered parameters: as table_bind counts, then ?first_read, ?last_read. No conflict clause. */
void table_add_insert(struct strbuf *sql, const struct record_type *type);
/* `a = excluded.a, ` of everything but the identity and the reads. */
void table_add_values(struct strbuf *sql, const struct record_type *type, const char *source);
/* `SET a = excluded.a, ...` of everything but the identity; source is "excluded" or an alias. */
void table_add_assignments(struct strbuf *sql, const struct record_type *type, const char *source);
/* `"a" = ?1 AND ...` of the identity with the numbers of the insert. */
void table_add_key_match(struct strbuf *sql, const struct record_type *type);
/* Binds every column; the cluster column gets the row `cluster`. *ret_next is the next free parameter. 0 or -1. */
int table_bind(struct store *store, sqlite3_stmt *statement, const struct record_type *type, const void *record,
	       int64_t cluster, int *ret_next, struct error **err);
/* Where a row's fields go. */
struct row_target {
	struct store *store;
	void *record;
	struct arena *arena;
};
/* Reads one column into the field; a value that the field cannot have is damage. Cluster columns are the caller's.
 * 0 or -1. */
int table_read_field(const struct row_target *target, sqlite3_stmt *statement, int column, const struct field *field,
		     struct error **err);

/* --- texts.c --- */
/* A list of text as a JSON array. What JSON cannot hold (bytes that are not UTF-8) is {"hex":"..."} in it; an item that
 * is not there is null. */
void texts_encode(struct slice_list texts, struct strbuf *out);
int texts_decode(struct slice json, struct arena *arena, struct slice_list *ret_texts, struct error **err);

/* --- place.c --- */
/* Makes the folder (0700) and an empty file (0600) where they are missing, and refuses what is not safe to open: what
 * others own or can write, be it the file or what SQLite keeps beside it, and a folder that everybody can write to. The
 * path to open, without symbolic links, is in the arena. */
int place_prepare(const char *path, struct arena *arena, struct slice *ret_path, struct error **err);
/* Why SQLite cannot keep a file on this kind of file system (statfs f_type), or NULL. */
const char *place_file_system_refused(uint64_t type);

/* --- migrate.c --- */
/* Refuses files that are not ours or newer; makes or raises the schema. Nothing is written when it is up to date. */
int migrate(struct store *store, struct error **err);
/* The first half of it, which writes nothing. */
int store_is_ours(struct store *store, struct error **err);

/* --- cluster.c --- */
/* As in the record's field `provisional`; a staged row is one read's alone, and found by nobody else, until it ends. */
enum cluster_state { CLUSTER_KNOWN, CLUSTER_PROVISIONAL, CLUSTER_STAGED };
/* Of a row, or -1. */
int cluster_state(struct store *store, int64_t cluster, struct error **err);
/* The row of a uid; made when missing. */
int cluster_for_uid(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster, struct error **err);
/* The known cluster that was last read from the source, or is of the name where the source is new. Only a guess, to
 * write records at once where they will most likely stay. 1, 0 none, -1. */
int cluster_guess(struct store *store, struct slice source, struct slice name, int64_t *ret_cluster,
		  struct error **err);
int cluster_stage(struct store *store, struct slice uid, struct slice name, int64_t *ret_cluster, struct error **err);
/* The uid (may be not there) of a row that may have one already. *ret_known is the row known by it: that row itself,
 * which is known from now on, or another one; or the row as it was when it still has none. */
int cluster_set_uid(struct store *store, int64_t cluster, struct slice uid, int64_t *ret_known, struct error **err);
/* A staged row becomes provisional, with the address that the read was of for an identity. */
int cluster_set_address(struct store *store, int64_t cluster, int64_t read, struct error **err);
/* A registry, a layout or an archive of images: known by its identity alone, and never another one. 1, 0, -1. */
int cluster_holds_images(struct store *store, int64_t cluster, struct error **err);
/* 1: equal, 0: another or none, -1. */
int cluster_has_uid(struct store *store, int64_t cluster, struct slice uid, struct error **err);
/* Latest as_of of the cluster's other reads; TIME_UNSET when there are none. */
int cluster_newest(struct store *store, int64_t cluster, int64_t but_read, int64_t *ret_as_of, struct error **err);
/* first_read and last_read, and what its latest read says of it. */
int cluster_refresh(struct store *store, int64_t cluster, int64_t read, struct slice server_version,
		    struct error **err);
/* The row of an identity; 0 when text is not there (records of no cluster); -1 when it is not known. */
int cluster_find(struct store *store, struct slice identity, int64_t *ret_cluster, struct error **err);

/* --- cluster_merge.c --- */
/* Everything filed under `from` is filed under `to`, and `from` is no more. Of what both hold, the later read's word
 * stays, and the earlier first sight. */
int cluster_merge(struct store *store, int64_t from, int64_t to, struct error **err);

/* --- cluster_same.c --- */
/* After a read: *ret_cluster is where its records are now, by what sink.h says of clusters. uid: what the end told. */
int cluster_settle(struct store *store, const struct open_read *read, struct slice uid, int64_t *ret_cluster,
		   struct error **err);

/* --- sink.c --- */
extern const struct sink_ops store_sink_ops;

/* --- put.c --- */
/* Upserts a record that the read holds. */
int record_put(struct store *store, const struct open_read *read, const struct record_type *type, const void *record,
	       struct error **err);
void store_statements_finalize(struct store *store);

/* --- reads.c --- */
/* Goes on in the sink's transaction, or begins it: then other processes may have written before it, and what is open is
 * looked at again. */
int reads_write(struct store *store, struct error **err);
/* Ends the transaction with nothing done. */
void reads_write_nothing(struct store *store);
/* Finds out which open reads are older than others of their cluster: after whatever may have changed that. */
int reads_compare(struct store *store, struct error **err);
/* Before a commit: others will see that what is open is under way. */
int reads_hold(struct store *store, struct error **err);
/* After it: only what is open is kept. */
void reads_keep_open(struct store *store);
/* After a rollback: nothing is open any more; of what lasts in part the store says so. */
void reads_give_up(struct store *store);
/* On opening: what processes that are no more left open is interrupted, and settled where it belongs. */
int reads_end_dead(struct store *store, struct error **err);

/* --- prune.c --- */
/* Removes the watch's reads that no record and no coverage names any more: of a busy watch, nearly all. */
int reads_prune(struct store *store, struct error **err);

/* --- alive.c --- */
/* Others see that the read is under way, until it is released or this process ends. 0 or -1. */
int alive_hold(struct store *store, struct open_read *read, struct error **err);
void alive_release(struct store *store, struct open_read *read);
/* The process that opened the read lives, and is not this one (or has another store open on the file): 1, 0, -1. */
int alive_elsewhere(struct store *store, int64_t read, struct error **err);
/* Others see that this process waits for its turn to write. What fails only makes the wait longer. */
void alive_wait(struct store *store);
void alive_wait_no_more(struct store *store);
/* Between two transactions: lets those in who wait. */
void alive_let_in(struct store *store);

/* --- gone.c --- */
struct gone_index;
/* What tells that records of the type are gone: which kinds were read completely, when, and what was seen being
 * deleted. NULL when nothing can. */
int gone_load(struct store *store, const struct record_type *type, struct gone_index **ret_index, struct error **err);
/* A complete read that covered the record is later than last_seen, or a deletion of its object not earlier. 1, 0 or
 * -1. */
int gone_after(struct gone_index *index, int64_t cluster, const void *record, int64_t last_seen, struct error **err);
void gone_freep(struct gone_index **index);

#endif
