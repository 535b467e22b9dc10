/* The fields that we know of each Kubernetes message: name, protobuf number, type, place in the struct of kinds.h.
 *
 * JSON and YAML are decoded by name, protobuf by number. A message that protobuf nests but JSON does not (a Volume's
 * source) is an INLINE member: its members belong to the same struct and the same JSON object.
 *
 * The JSON of an object may say its kind after everything else, so JSON and YAML are always decoded as `any_object`, a
 * message that no API has: the union of all kinds. The first member of a name counts there.
 * tests/unit/kube_object/test_tables.c holds that all members of one name agree, and that the numbers are those of
 * kubernetes/api generated.proto.
 */
#ifndef FOTHER_KUBE_OBJECT_TABLES_H
#define FOTHER_KUBE_OBJECT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum value_type {
	VALUE_TEXT,         /* struct slice */
	VALUE_BOOL,         /* enum flag */
	VALUE_INT,          /* struct optional */
	VALUE_TIME,         /* struct optional; JSON: RFC 3339, protobuf: {seconds 1, nanos 2}, Time and MicroTime */
	VALUE_TIME_AHEAD,   /* the same, of a time that may lie after the read: never taken for "newest" */
	VALUE_TEXTS,        /* struct list of struct slice */
	VALUE_LABELS,       /* struct list of struct managed_mark */
	VALUE_ANNOTATIONS,  /* the same, only what tells who manages the object */
	VALUE_DATA,         /* struct list of struct data_value; JSON: base64, protobuf: bytes */
	VALUE_TEXT_DATA,    /* the same, plain text */
	VALUE_OWNED_FIELDS, /* bool: a FieldsV1 that holds f:data; protobuf: {raw 1 = JSON} */
	VALUE_OBJECT,       /* pointer to the message's struct */
	VALUE_OBJECTS,      /* struct list of the message's struct */
	VALUE_JSON,         /* struct slice: the value as it stands in a JSON document; YAML and protobuf have none */
	VALUE_ITEMS,        /* bool: the items of a List, read one by one by the decoder's owner */
	VALUE_INLINE,       /* no place of its own */
};

/* What the API server's JSON does with the empty text, 0 and false, so that protobuf, which it writes with all of them,
 * gives the same. Times have no empty value: the zero time is absent in both. */
enum empty_value {
	EMPTY_OMITTED, /* it leaves them out (omitempty): the same as absent */
	EMPTY_KEPT,    /* a pointer in Go, so they are values like others */
	EMPTY_ALWAYS,  /* it writes them: absent is the same as empty */
};

struct message;

struct member {
	const char *name; /* in JSON; NULL for INLINE */
	uint16_t number;  /* in protobuf; 0: never there */
	uint16_t offset;
	enum value_type type;
	enum empty_value empty;        /* TEXT, BOOL, INT */
	const struct message *message; /* OBJECT, OBJECTS, INLINE */
};

struct message {
	const char *name; /* of the API, for tests and messages */
	size_t size;      /* of its struct */
	const struct member *members;
	size_t member_count;
};

extern const struct message any_object;

/* metav1.PartialObjectMetadata, decoded into struct object. */
extern const struct message partial_object_metadata;

/* metav1.Status with its kind, as JSON has it, decoded into struct object. */
extern const struct message any_status_error;

/* The kinds that protobuf can bring, each with its own numbers, all decoded into struct object. */
struct kind_message {
	const char *group, *kind;
	const struct message *message;
};
extern const struct kind_message kind_messages[];
extern const size_t kind_message_count;

/* NULL: a kind that no protobuf brings. */
const struct message *kind_message_of(struct slice group, struct slice kind);

#endif
