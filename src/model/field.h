/* One field list per record: the struct, JSON, CSV, table columns, DDL and docs/schema all come from it.
 *
 * A list is a macro that names each field once:
 *
 *     #define MODEL_NAMESPACE(F, R)                                                             \
 *             F(TEXT, cluster, FIELD_KEY | FIELD_CLUSTER, "", 1, "Cluster it belongs to.")      \
 *             F(TIME, created, 0, "", 1, "metadata.creationTimestamp.")
 *     RECORD_STRUCT(namespace, MODEL_NAMESPACE);           // struct namespace { struct slice cluster; ... }
 *     extern const struct record_type namespace_type;      // in one .c: RECORD_TYPE(namespace, MODEL_NAMESPACE, ...)
 *
 * F(type, name, flags, unit, since, doc); R(name, sub_record, flags, since, doc) is a list of other records.
 * Types: TEXT (struct slice, may hold any byte), INT, BOOL (three-valued), TIME (base/time.h), TEXTS (a list of text).
 * Every field can be unknown: a slice without data, INT_UNKNOWN, BOOL_UNKNOWN, TIME_UNSET, a list without items
 * pointer. Records hold no pointer that they own: text belongs to an arena or to the caller.
 */
#ifndef FOTHER_MODEL_FIELD_H
#define FOTHER_MODEL_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/time.h"

#define INT_UNKNOWN INT64_MIN

enum truth { BOOL_UNKNOWN = -1, BOOL_FALSE = 0, BOOL_TRUE = 1 };

struct record_list {
	void *items; /* an array of the sub-record's struct */
	size_t len;
};

enum field_type { FIELD_TEXT, FIELD_INT, FIELD_BOOL, FIELD_TIME, FIELD_TEXTS, FIELD_RECORDS };

enum field_flags {
	FIELD_KEY = 1,       /* part of the record's identity; TEXT, INT or TIME */
	FIELD_CLUSTER = 2,   /* the cluster's identity: the store files it by the cluster's row */
	FIELD_NAMESPACE = 4, /* the namespace that decides whether a complete read covered the record */
	FIELD_KIND = 8,      /* the Kubernetes kind, where it is not the same for all records of the type */
	FIELD_SUBTYPE = 16,  /* narrows a read's coverage further (a Secret's type) */
	FIELD_SEEN = 32,     /* first_seen, last_seen, gone: kept by the store, never written by a reader of sources */
	FIELD_COLUMN = 64,   /* shown by -o table */
	FIELD_WIDE = 128,    /* shown by -o wide as well */
	FIELD_QUIET = 256,   /* printed by -q (the identity a person would type; several are joined by a slash) */
	FIELD_ELASTIC = 512, /* may be shortened to fit the terminal */
};

struct record_type;

struct field {
	const char *name; /* JSON name, CSV header, SQL column */
	enum field_type type;
	unsigned flags;
	const char *unit; /* "" or "bytes", "us", ... */
	unsigned since;   /* version of the schema that brought it */
	size_t offset;
	const struct record_type *record; /* FIELD_RECORDS */
	const char *doc;
};

struct record_type {
	const char *name;        /* "secret": SQL table, JSON "record" */
	const char *object_kind; /* that a read must cover to call a record gone; NULL: see FIELD_KIND */
	const char *doc;
	const struct field *fields;
	size_t field_count;
	size_t size; /* of the struct */
};

/* --- the machinery behind the lists --- */
#define FIELD_C_TEXT struct slice
#define FIELD_C_INT int64_t
#define FIELD_C_BOOL enum truth
#define FIELD_C_TIME int64_t
#define FIELD_C_TEXTS struct slice_list

#define FIELD_MEMBER(type, name, flags, unit, since, doc) FIELD_C_##type name;
#define FIELD_MEMBER_RECORDS(name, sub_record, flags, since, doc) struct record_list name;
#define RECORD_STRUCT(tag, LIST)                                                                                       \
	struct tag {                                                                                                   \
		LIST(FIELD_MEMBER, FIELD_MEMBER_RECORDS)                                                               \
	};                                                                                                             \
	extern const struct record_type tag##_type

/* In a .c: #define FIELD_TAG the struct's tag, then RECORD_TYPE. */
#define FIELD_ROW(type_, name_, flags_, unit_, since_, doc_)                                                           \
	{ .name = #name_,                                                                                              \
	  .type = FIELD_##type_,                                                                                       \
	  .flags = (flags_),                                                                                           \
	  .unit = unit_,                                                                                               \
	  .since = (since_),                                                                                           \
	  .offset = offsetof(struct FIELD_TAG, name_),                                                                 \
	  .doc = doc_ },
#define FIELD_ROW_RECORDS(name_, sub_record_, flags_, since_, doc_)                                                    \
	{ .name = #name_,                                                                                              \
	  .type = FIELD_RECORDS,                                                                                       \
	  .flags = (flags_),                                                                                           \
	  .unit = "",                                                                                                  \
	  .since = (since_),                                                                                           \
	  .offset = offsetof(struct FIELD_TAG, name_),                                                                 \
	  .record = &sub_record_##_type,                                                                               \
	  .doc = doc_ },
#define RECORD_TYPE(tag, LIST, kind, text)                                                                             \
	static const struct field tag##_fields[] = { LIST(FIELD_ROW, FIELD_ROW_RECORDS) };                             \
	const struct record_type tag##_type = {                                                                        \
		.name = #tag,                                                                                          \
		.object_kind = (kind),                                                                                 \
		.doc = text,                                                                                           \
		.fields = tag##_fields,                                                                                \
		.field_count = sizeof tag##_fields / sizeof tag##_fields[0],                                           \
		.size = sizeof(struct tag),                                                                            \
	}

/* --- one field of one record --- */
static inline void *field_of(const struct field *field, const void *record)
{
	return (char *)(uintptr_t)record + field->offset;
}
static inline struct slice field_text(const struct field *field, const void *record)
{
	return *(const struct slice *)field_of(field, record);
}
static inline int64_t field_int(const struct field *field, const void *record) /* INT and TIME */
{
	return *(const int64_t *)field_of(field, record);
}
static inline enum truth field_bool(const struct field *field, const void *record)
{
	return *(const enum truth *)field_of(field, record);
}
static inline struct slice_list field_texts(const struct field *field, const void *record)
{
	return *(const struct slice_list *)field_of(field, record);
}
static inline struct record_list field_records(const struct field *field, const void *record)
{
	return *(const struct record_list *)field_of(field, record);
}

/* The field of that name, or NULL. */
const struct field *record_field(const struct record_type *type, const char *name);
/* Every field unknown. Must be called on each new record: zeroed memory is not unknown for numbers. */
void record_init(const struct record_type *type, void *record);
/* Order by the FIELD_KEY fields, in their order; of a record without any (an answer) by all fields but lists. */
int record_compare(const struct record_type *type, const void *a, const void *b);

#endif
