/* What a command that answers needs: the store, the key, the sources read into it, and the world made of it.
 */
#ifndef FOTHER_CLI_SESSION_H
#define FOTHER_CLI_SESSION_H

#include "base/arena.h"
#include "base/error.h"
#include "cli/contexts.h"
#include "cli/options.h"
#include "cli/output.h"
#include "credential/fingerprint.h"
#include "derive/world.h"
#include "store/store.h"

struct session {
	struct arena arena;
	const struct command *command;
	struct store *store;
	struct fingerprint_key key;
	struct world *world;
	int64_t now; /* --as-of, else the wall clock */
	bool as_of_given;
	struct slice_list errors; /* sources that could not be read: "PATH: why" */
	size_t sources;           /* that were given */
	const char *store_given;  /* --store, or NULL */
	const char *key_given;    /* --key-file, or NULL */
	struct slice key_path;    /* where the key is */
	struct contexts contexts; /* live clusters that were read */
	struct live_result *live; /* one for each of them */
	struct vault *vault;      /* logins of their pull secrets, with --use-pull-secrets; else NULL */
};

/* The first half of session_open: the store, the key and the contexts are open, nothing is read. */
int session_start(struct session *session, const struct options *options, struct error **err);
/* Contexts that cannot be asked at all become errors of the answer, and are told. */
int session_remember_contexts(struct session *session, struct error **err);
/* A source that cannot be read becomes an error of the answer, and is told. */
int session_remember_failure(struct session *session, const struct error *failure, struct error **err);

/* Opens the store and reads every --snapshot and live cluster into it. A source that cannot be read is remembered as
 * long as another one can. -1: nothing to answer from, or ^C ended the reading. */
int session_read(struct session *session, const struct options *options, struct error **err);
/* Derives the world from what the store holds now; again, where one was derived before. Without a cluster in it only
 * commands that say so answer, and only where registries or layouts told something. */
int session_load(struct session *session, const struct options *options, struct error **err);
/* session_read, the registries that the options name (cli/registry_reading.h), session_load. */
int session_open(struct session *session, const struct options *options, struct error **err);
/* The same, but a store that nothing was read into is no failure: the world is then NULL. */
int session_open_any(struct session *session, const struct options *options, struct error **err);
void session_close(struct session *session);

/* The envelope of an answer that rests on the session; complete starts as "no source failed". */
struct envelope session_envelope(const struct session *session, const char *schema);

/* Every read of the answer was complete, and no source failed. */
bool session_complete(const struct session *session);

/* EXIT_FINE or EXIT_PARTIAL. */
int session_exit_code(const struct session *session);

#endif
