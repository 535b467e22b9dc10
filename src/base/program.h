/* Programs by their name: the file that a command means, and whether the person at the terminal allowed it to be run.
 */
#ifndef FOTHER_BASE_PROGRAM_H
#define FOTHER_BASE_PROGRAM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* The file that a command means: absolute, in the arena. Without a slash the one that PATH finds, or not there where it
 * has none; other relative ones start at `folder`. */
int program_find(struct arena *arena, struct slice command, struct slice folder, struct slice *ret_path,
		 struct error **err);

/* Whether `allowed`, a name or a path, allows `command`, which means the file `path`. A name allows what is called so,
 * and the file that PATH finds under it. */
int program_allows(struct arena *arena, struct slice allowed, struct slice command, struct slice path, bool *ret_allows,
		   struct error **err);

#endif
