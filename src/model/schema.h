/* JSON Schema (2020-12) of what commands print: the envelope around the records of one answer.
 *
 * docs/schema/NAME.schema.json holds each of schema_outputs as schema_write_output writes it. After a change of a field
 * list: ninja -C BUILD src/model/schema-gen && BUILD/src/model/schema-gen docs/schema (a unit test fails until then).
 */
#ifndef FOTHER_MODEL_SCHEMA_H
#define FOTHER_MODEL_SCHEMA_H

#include "base/json_writer.h"
#include "model/field.h"

#define SCHEMA_ITEMS_MAX 8

/* The answer of a command: the envelope's schema member is "fother/NAME/v1". */
struct schema_output {
	const char *name;
	const char *doc;
	const struct record_type *items[SCHEMA_ITEMS_MAX]; /* which records its items may be; NULL behind the last */
};

extern const struct schema_output schema_outputs[];
extern const size_t schema_output_count;

/* One document: {"$schema", "$id", "type": "object", ...}. Items name their record in `record`; every field is there
 * and may be null; nothing else is, but for NAME_base64 beside text that is not UTF-8. */
void schema_write_output(const struct schema_output *output, struct json_writer *w);

/* The members "type", "properties", "required", ... of a record's object, without braces; with_record adds `record`. */
void schema_write_members(const struct record_type *type, bool with_record, struct json_writer *w);

#endif
