/* Records to JSON and back, from their field lists alone: for files that hold records beside other things.
 *
 *     {"record": "entry", "secret_uid": "...", "ordinal": 0, "kubelet_reads": true}
 *
 * A field that is unknown is left out, or null. Everything else is as model/text.h writes it, so that what is read back
 * is what was written: record_compare and each field say so. Members that the list does not have are passed over, so
 * that a later version may add some; of a member that stands twice the last counts.
 */
#ifndef FOTHER_MODEL_RECORD_JSON_H
#define FOTHER_MODEL_RECORD_JSON_H

#include "base/arena.h"
#include "base/json_writer.h"
#include "base/reader.h"
#include "model/field.h"

/* An object whose first member `record` is the type's name; known fields only. */
void record_json_write(const struct record_type *type, const void *record, struct json_writer *w);

/* The members of an object whose OBJECT_BEGIN was taken, up to and with its end. The record (type->size bytes) begins
 * as unknown, and points into the arena. -1: ERROR_SYNTAX for a member of a wrong type, which the message names;
 * otherwise the reader or the arena failed. */
int record_json_read(struct reader *reader, const struct record_type *type, struct arena *arena, void *ret_record,
		     struct error **err);

/* What record_json_write wrote: an object whose `record` names one of the types. `record` must come first. NULL on
 * failure. *ret_record lies in the arena. */
const struct record_type *record_json_read_any(struct reader *reader, const struct record_type *const *types,
					       size_t type_count, struct arena *arena, void **ret_record,
					       struct error **err);

#endif
