/* Folders and files of a snapshot while they are written: new ones only, hashed on the way. Within collect/frozen. */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_FILE_H
#define FOTHER_COLLECT_FROZEN_FROZEN_FILE_H

#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "base/strbuf.h"

/* A text as a part of a file's name: what is neither letter, digit, '.', '_' nor '-' becomes '-'; what would hide it
 * gets a '_' before it. At most FROZEN_NAME_BYTES of it. */
#define FROZEN_NAME_BYTES 100
void frozen_name_add(struct strbuf *out, struct slice text);
/* A time as a folder's name: 2026-11-25T11:55:00.5Z is 20261125T115500Z. */
void frozen_time_name_add(struct strbuf *out, int64_t time);

/* The folder `name` in another one (or AT_FDCWD), made with mode 0700 when it is not there. A descriptor, or -1.
 * Symbolic links are followed only at AT_FDCWD, where a person named it. */
int frozen_folder_open(int parent, const char *name, struct error **err);
/* A new folder: `name`, or name-2, name-3, ... *ret_name is which, in the buffer. */
int frozen_folder_make(int parent, const char *name, struct strbuf *ret_name, struct error **err);
/* Its names are on the disk. */
int frozen_folder_sync(int folder, struct error **err);

struct frozen_file;

/* A new file of mode 0600: NAME.json, or NAME-2.json, ... `folder` and `stem` are borrowed for the call, `where` (for
 * messages) until the end. */
struct frozen_file *frozen_file_new(int folder, const char *where, const char *stem, struct error **err);
/* The same under one name, which must be free. */
struct frozen_file *frozen_file_new_named(int folder, const char *where, const char *name, struct error **err);
const char *frozen_file_name(const struct frozen_file *file);
int frozen_file_add(struct frozen_file *file, struct slice bytes, struct error **err);
/* What was added is in the file, if not on the disk: another process can read it, and this one may die. */
int frozen_file_flush(struct frozen_file *file, struct error **err);
/* As if nothing had been written. */
int frozen_file_restart(struct frozen_file *file, struct error **err);

struct frozen_file_facts {
	int64_t bytes;
	char sha256[SHA256_TEXT_BYTES];
};
/* All of it to the disk. Nothing can be added after that. */
int frozen_file_end(struct frozen_file *file, struct frozen_file_facts *ret_facts, struct error **err);
/* Takes NULL. Returns NULL. */
struct frozen_file *frozen_file_free(struct frozen_file *file);
void frozen_file_freep(struct frozen_file **file);

#endif
