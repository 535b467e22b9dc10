/* Layouts of a few lines, as a folder or a tar, and what a layout tells, as a text. */
#ifndef FOTHER_TESTS_UNIT_OCI_LAYOUT_MAKING_H
#define FOTHER_TESTS_UNIT_OCI_LAYOUT_MAKING_H

#include "support/check.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "oci/layout/layout.h"
#include "oci_layout/tar.h"
#include "support/scratch.h"

#define MAKING_FILES 32
#define MARK "{\"imageLayoutVersion\": \"1.0.0\"}"

struct making {
	struct tar_file files[MAKING_FILES];
	size_t count;
	struct {
		const char *label, *digest;
	} blobs[MAKING_FILES];
	size_t blob_count;
	struct arena arena;
};

void making_init(struct making *m);
void making_release(struct making *m);
/* name and text are copied. */
void making_add(struct making *m, const char *name, struct slice text);
void making_addf(struct making *m, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void making_link(struct making *m, const char *name, const char *to);
/* blobs/sha256/HEX; its digest. `label` is what making_tell calls it. */
const char *making_blob(struct making *m, const char *label, const char *text);
/* A config and its manifest: the manifest's digest. Labels are "config NAME" and "NAME". */
const char *making_image(struct making *m, const char *name);
const char *making_config_of(const struct making *m, const char *name);
/* The bytes of a file. */
struct slice making_bytes(const struct making *m, const char *name);

/* mark, one image web, and an index that calls it docker.io/acme/web:1.0. */
void making_usual(struct making *m);
/* What docker save wrote: HEX.json with a layer, manifest.json, RepoTags acme/web:1.0 and acme/web:latest. */
void making_docker(struct making *m);

void making_write(const struct making *m, const struct scratch *scratch);
struct tar_bytes making_tar(const struct making *m, int filter);

/* REPOSITORY:TAG=LABEL outcome media-type's end; then unnamed ones as REPOSITORY@LABEL; then problems as !CODE FILE. In
 * a buffer that the next call overwrites. */
const char *making_tell(const struct making *m, struct image_layout *layout);
/* Opens the folder, or the tar, and tells. NULL: it is no layout. */
const char *making_tell_folder(const struct making *m);
const char *making_tell_tar(const struct making *m, int filter);
/* below may be NULL. */
int making_open(struct slice bytes, const char *below, struct image_layout **ret_layout, struct error **err);
/* The answer to one ask. */
struct image_answer making_ask(struct image_layout *layout, enum image_ask_type type, const char *repository,
			       const char *reference);

#endif
