/* What the readers of frozen clusters and of frozen registries ask of what comes from outside. Only for this folder.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_CHECK_H
#define FOTHER_COLLECT_FROZEN_FROZEN_CHECK_H

#include "base/arena.h"
#include "base/error.h"
#include "model/field.h"

/* ERROR_SYNTAX. Returns -1. */
int frozen_bad(const char *what, struct error **err);
/* ERROR_UNSUPPORTED: a schema that a later version of fother wrote. Returns -1. */
int frozen_later(struct slice schema, struct error **err);

/* words end with NULL. */
bool frozen_is_any(struct slice text, const char *const *words);
/* 64 lower-case hex digits. */
bool frozen_is_sha256(struct slice text);
/* Of a run: complete, partial, interrupted or failed. */
bool frozen_is_outcome(struct slice text);

/* A text that is one JSON object, and nothing behind it; the record points into the arena. 0 or -1 (ERROR_SYNTAX;
 * ERROR_LIMIT over LIMIT_MANIFEST_BYTES). */
int frozen_document_read(struct slice text, const struct record_type *type, struct arena *arena, void *ret_record,
			 struct error **err);

#endif
