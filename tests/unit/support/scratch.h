/* A folder of a test's own, removed with what is in it.
 *
 *     CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
 *     scratch_write(&scratch, "clusters/a/pods.json", SLICE("{}"));
 */
#ifndef FOTHER_TESTS_UNIT_SUPPORT_SCRATCH_H
#define FOTHER_TESTS_UNIT_SUPPORT_SCRATCH_H

#include "base/cleanup.h"
#include "base/slice.h"

struct scratch {
	char path[64];
};

struct scratch scratch_make(void);
/* Writes bytes to a file in the folder, making the folders above it. Failure fails the test. */
void scratch_write(const struct scratch *s, const char *name, struct slice bytes);
/* The full path of name, in a buffer that the next call overwrites. */
const char *scratch_path(const struct scratch *s, const char *name);
void scratch_remove(struct scratch *s);

#endif
