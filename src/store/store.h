/* The store: everything that was ever read, in one SQLite file. The only sink that lasts.
 *
 * DESIGN section 5: folder 0700, files 0600, WAL, STRICT tables made from the field lists, application_id; a newer
 * schema, a foreign file or a network file system is refused with a message; an older schema is raised, and keeps
 * everything. Row ids never leave it. Observations are upserted by identity and keep the read that first and the read
 * that last held them; "gone" is worked out on reading from the records of coverage and deletions.
 *
 * Several commands may use it at once: each writes in immediate transactions, from the first record after a commit to
 * the next commit, waits a minute at most for another's, and lets those in who wait. What is committed while it is
 * being read shows as under way, to every command, as long as its process lives: that holds a lock in PATH-reads, an
 * empty file. When it is gone and the read has not ended, the next command that opens the store interrupts it
 * (model/sink.h).
 *
 * Any number of reads fit in it. A watch makes one for each batch of changes; those that no record names any more are
 * removed now and then. Of clusters it holds a million; then begin answers ERROR_LIMIT.
 *
 * Records of different clusters never mix, and "gone" never crosses from one to another. Which reads are of one cluster
 * is said in model/sink.h: by the UID of kube-system, by objects that both hold, by the address. A cluster whose UID is
 * not known has its source's address for an identity, and is merged when it turns out to be another one: of what both
 * hold the earliest first sight, the latest word and every value of the history stay.
 */
#ifndef FOTHER_STORE_STORE_H
#define FOTHER_STORE_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "model/observed.h"
#include "model/sink.h"

struct store;

/* path: the database file; its folder is made when missing. */
int store_open(const char *path, struct store **ret_store, struct error **err);
struct store *store_close(struct store *store);
void store_closep(struct store **store);

/* $XDG_STATE_HOME/fother/store.db, else ~/.local/state/fother/store.db; into the arena. */
int store_default_path(struct arena *arena, struct slice *ret_path, struct error **err);

/* Borrowed from the store. What is open when the store is closed is given up, as by rollback. */
struct sink *store_sink(struct store *store);

/* Remembers the id of the key that the store's fingerprints are made with, and refuses another one: with a new key
 * every login would look as if it had been changed. */
int store_check_key(struct store *store, const char *key_id, struct error **err);

/* Opens the incident with the same scope (registries, repositories, accounts, window) or makes one; its indicators are
 * added to those it has. Fills id and opened. */
int store_incident_put(struct store *store, struct incident *incident, struct arena *arena, struct error **err);

/* Replaces all findings by these, keeping first_seen of those that stay and marking those that went resolved. version
 * names the code that derived them. */
int store_findings_replace(struct store *store, const struct finding *findings, size_t count, int version,
			   int64_t as_of, struct error **err);

#endif
