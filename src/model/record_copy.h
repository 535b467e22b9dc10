/* A record that owns nothing, with all that it points to, in another arena. */
#ifndef FOTHER_MODEL_RECORD_COPY_H
#define FOTHER_MODEL_RECORD_COPY_H

#include "base/arena.h"
#include "model/field.h"

/* Texts and lists of records are copied too; NULL when the arena has no more room (arena_fail tells why). */
void *record_copy(const struct record_type *type, const void *record, struct arena *arena);

#endif
