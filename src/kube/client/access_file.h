/* The files that a kubeconfig consists of and points to: bounded, never waited for long. Within kube/client. */
#ifndef FOTHER_KUBE_CLIENT_ACCESS_FILE_H
#define FOTHER_KUBE_CLIENT_ACCESS_FILE_H

#include "base/error.h"
#include "base/file.h"

/* How long a pipe may be silent: somebody who prints a kubeconfig into one asks a vault. */
#define ACCESS_FILE_WAIT_MS 10000

/* All of a file: a regular one, or what a pipe brings until its end (`<(command)`). Messages begin with the path.
 * 1: read. 0: there is no such file. -1: cannot be read, larger than max (ERROR_LIMIT), or a silent pipe. */
int access_file_read(const char *path, size_t max, struct file_bytes *ret_file, struct error **err);

#endif
