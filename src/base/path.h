/* Paths as Go's path/filepath joins them, by their text alone: nothing is looked up. */
#ifndef FOTHER_BASE_PATH_H
#define FOTHER_BASE_PATH_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* As Go's filepath.Join(folder, path): without `.`, `..` and double slashes. A path that begins with a slash stays
 * where it is. In the arena, NUL-terminated. */
int path_join(struct arena *arena, struct slice folder, struct slice path, struct slice *ret_path, struct error **err);
/* What stands before the last slash: "/" for "/config". */
struct slice path_folder(struct slice path);
/* The path made absolute by the working directory. */
int path_absolute(struct arena *arena, struct slice path, struct slice *ret_path, struct error **err);

#endif
