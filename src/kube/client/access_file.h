/* The files that a kubeconfig consists of and points to: bounded, never waited for long, paths as Go joins them.
 * Within kube/client.
 */
#ifndef FOTHER_KUBE_CLIENT_ACCESS_FILE_H
#define FOTHER_KUBE_CLIENT_ACCESS_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/slice.h"

/* How long a pipe may be silent: somebody who prints a kubeconfig into one asks a vault. */
#define ACCESS_FILE_WAIT_MS 10000

/* All of a file: a regular one, or what a pipe brings until its end (`<(command)`). Messages begin with the path.
 * 1: read. 0: there is no such file. -1: cannot be read, larger than max (ERROR_LIMIT), or a silent pipe. */
int access_file_read(const char *path, size_t max, struct file_bytes *ret_file, struct error **err);

/* As Go's filepath.Join(folder, path): without `.`, `..` and double slashes. A path that begins with a slash stays
 * where it is. In the arena, NUL-terminated. */
int access_file_join(struct arena *arena, struct slice folder, struct slice path, struct slice *ret_path,
		     struct error **err);
/* What stands before the last slash: "/" for "/config". */
struct slice access_file_folder(struct slice path);
/* The path made absolute by the working directory. */
int access_file_absolute(struct arena *arena, struct slice path, struct slice *ret_path, struct error **err);

#endif
