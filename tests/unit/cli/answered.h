/* A session over a scratch store and a small dump: one cluster, a Deployment that runs acme/scan (digest SCAN_DIGEST),
 * and a pull secret with a login of Docker Hub, written before the read. Times are those of AS_OF.
 */
#ifndef FOTHER_TESTS_UNIT_CLI_ANSWERED_H
#define FOTHER_TESTS_UNIT_CLI_ANSWERED_H

#include "cli/session.h"
#include "support/check.h"
#include "support/scratch.h"

#define AS_OF "2026-11-25T12:00:00Z"
#define SCAN_DIGEST "sha256:5ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca05ca0"

struct answered {
	struct scratch scratch;
	struct options options; /* --store, --as-of and one --snapshot; a test may change them */
	const char *snapshots[4];
	char store[96], dump[96], key[96];
	struct session session;
	struct error *err;
};

/* As cmocka setup and teardown: the files are there, the session is not open. */
int answered_setup(void **state);
int answered_teardown(void **state);

/* Opens the session with a->options; its failure fails the test. */
void answered_open(struct answered *a);
/* Closes it, so that it can be opened anew. */
void answered_close(struct answered *a);
/* One more --snapshot. */
void answered_add_snapshot(struct answered *a, const char *path);

#endif
