/* What the tests of kube/object share: a document in, records out.
 *
 *     CLEANUP(reading_release) struct reading r = reading_of(JSON({"apiVersion": "v1", "kind": "Pod", ...}));
 *     const struct pod *pod = only(&r, pod);
 */
#ifndef FOTHER_TESTS_UNIT_KUBE_OBJECT_READING_H
#define FOTHER_TESTS_UNIT_KUBE_OBJECT_READING_H

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kube/object/object.h"
#include "model/observed.h"
#include "model/sink_memory.h"
#include "support/check.h"

/* The text of its argument: quotes need no escape, and \n in a string is JSON's. */
#define JSON(...) #__VA_ARGS__

struct reading {
	struct sink_memory memory;
	struct fingerprint_key key;
	struct object_context context;
	int result; /* of the last object_read */
};

/* A reading of nothing yet, of file "dump". */
void reading_start(struct reading *r);
/* Reads all documents of a JSON text, of a YAML text; the context goes on. Fails the test when the sink or memory
 * failed. */
void reading_json(struct reading *r, struct slice text);
void reading_yaml(struct reading *r, struct slice text);
/* Puts the coverage records. */
void reading_end(struct reading *r);
void reading_release(struct reading *r);

struct reading reading_of(const char *json);

/* How many records of the type were put, and the n-th of them; NULL behind the last. */
size_t reading_count(const struct reading *r, const struct record_type *type);
const void *reading_record(const struct reading *r, const struct record_type *type, size_t nth);

/* The one record of that type; another number of them fails the test. */
#define only(r, tag) ((const struct tag *)reading_only(r, &tag##_type))
#define nth(r, tag, n) ((const struct tag *)reading_record(r, &tag##_type, n))
#define count(r, tag) reading_count(r, &tag##_type)
const void *reading_only(const struct reading *r, const struct record_type *type);

/* The defect of that code; none or several fail the test. */
const struct defect *reading_defect(const struct reading *r, const char *code);
/* The coverage record of a kind, after reading_end. */
const struct coverage *reading_coverage(const struct reading *r, const char *kind);

/* Every record as a line of JSON, in the order in which they were put; without `file` and `message` of
 * defects, which tell bytes in JSON and lines in YAML. */
void reading_text(const struct reading *r, struct strbuf *out);

/* Every record with all its fields. */
void reading_full_text(const struct reading *r, struct strbuf *out);

/* The lines of such a text, at most 1024, in the order of their bytes: faults stand in the order of the fields, which
 * is another in each encoding. */
void sort_lines(struct strbuf *text);

/* The JSON text as block YAML, as kubectl prints it. */
void yaml_of_json(struct slice json, struct strbuf *out);

/* Reads the text as JSON and as YAML, and fails the test when the records differ. */
void check_yaml_gives_the_same(const char *json);

#endif
