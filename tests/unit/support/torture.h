/* Every allocation of a scenario failed in turn.
 *
 *     static int scenario(void *data, struct error **err)
 *     {
 *         CLEANUP(thing_freep) struct thing *thing = thing_new(err);
 *         return thing ? 0 : -1;
 *     }
 *     ...
 *     torture(scenario, NULL);
 *
 * The scenario runs with allocation 1, 2, 3, ... failing, each of them once alone and once with all that follow, until
 * it succeeds without having reached the one that fails. Each failure must come back as -1, with *err set to
 * ERROR_NO_MEMORY or not at all (functions without `err`), and every block and every byte of the secure heap that the
 * scenario took must have been given back. The scenario must allocate at least once, or the test could not fail.
 *
 * A test that uses it is linked with `torture_links` (tests/unit/meson.build): they put malloc, calloc, realloc, free
 * and CRYPTO_secure_malloc of our own objects behind wrappers. What shared libraries allocate is not counted.
 */
#ifndef FOTHER_TESTS_UNIT_SUPPORT_TORTURE_H
#define FOTHER_TESTS_UNIT_SUPPORT_TORTURE_H

#include <stddef.h>

#include "base/error.h"

typedef int (*torture_scenario)(void *data, struct error **err);

/* Returns how many allocations the scenario makes when none fails. */
size_t torture(torture_scenario scenario, void *data);

/* Blocks that our objects took and have not given back. Counts between torture_watch and torture_unwatch. */
void torture_watch(void);
size_t torture_live_blocks(void);
void torture_unwatch(void);

/* From now on allocation number `nth` (from 1) fails, alone or with all that follow; 0: none. For tests that look at
 * what an object holds after a failure. */
void torture_fail_at(size_t nth, int and_all_that_follow);

#endif
