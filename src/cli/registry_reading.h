/* The registries of a command line: which to ask for what, read side by side into a sink with progress and ^C.
 */
#ifndef FOTHER_CLI_REGISTRY_READING_H
#define FOTHER_CLI_REGISTRY_READING_H

#include "cli/registry_named.h"
#include "cli/session.h"

/* Reads the targets into the session's store (through a sink_thread of its own, committed at the end), with
 * --plain-http, --ca-file, --mirror, the user's docker config and, with --use-pull-secrets, session->vault. What is
 * stored is not fetched again. Registries that fail become errors of the answer. -1: sink, memory, ^C, or nothing could
 * be asked at all because an option cannot be. */
int registry_read(struct session *session, const struct options *options, const struct registry_target *targets,
		  size_t count, struct error **err);

/* The same, but a registry that fails is told by *ret_why (not there: none did), and is no error of the answer. */
int registry_ask(struct session *session, const struct options *options, const struct registry_named *named,
		 struct slice *ret_why, struct error **err);

/* The same for what is asked again and again: where tags point and what is new behind them, no referrers, no API of the
 * registry's own. Not whole (a tag that was refused) is told by *ret_why too. */
int registry_poll(struct session *session, const struct options *options, const struct registry_named *named,
		  struct slice *ret_why, struct error **err);

/* The same into another sink, which a thread of its own calls: everything is fetched, whatever is stored. How each
 * registry ended is what the sink was told (finish); no failure becomes an error of the answer, and ^C is none. */
int registry_read_into(struct session *session, const struct options *options, const struct registry_named *named,
		       struct sink *sink, struct error **err);

/* A REF that was typed: [docker://]NAME[:TAG|@DIGEST] (no tag: latest), or a digest or the first 6 digits of one that
 * is stored. Asks the registry unless --offline or the digest is stored whole. *ret_digest is what it points to. -1:
 * not there, with why. */
int registry_resolve(struct session *session, const struct options *options, const char *text, struct slice *ret_digest,
		     struct error **err);

/* --read-registry, --hub-audit, --hub-usage of a command that answers: after clusters and snapshots were read. incident
 * may be NULL. */
int registry_read_sources(struct session *session, const struct options *options, const struct incident *incident,
			  struct error **err);

#endif
