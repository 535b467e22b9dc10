/* JSON of images, walked by tables of its members, as Go's encoding/json decodes it into structs, for that is what
 * pulls and runs images: names of members are matched exactly or without regard to case, the last of several counts,
 * null leaves texts and objects as they were and empties lists, bytes that are not UTF-8 become U+FFFD, what stands
 * behind the document is refused. Whatever deviates from a clean document is a defect; a member of the wrong type is
 * one too, and the rest is read (Go would stop).
 *
 *     static const struct oci_member members[] = {
 *             OCI_MEMBER("os", oci_take_text, struct oci_platform, os),
 *     };
 *     oci_take_object(document, place, token, OCI_MEMBERS(members), platform, err)
 *
 * Texts without escapes lie in the document, others in the arena.
 */
#ifndef FOTHER_OCI_FORMAT_DOCUMENT_INTERNAL_H
#define FOTHER_OCI_FORMAT_DOCUMENT_INTERNAL_H

#include "base/json_reader.h"
#include "oci/format/manifest.h"

/* Where something stands: a member, or an item where name is not there. NULL is the document itself. */
struct oci_place {
	const struct oci_place *parent;
	struct slice name;
	size_t index;
};

struct oci_document {
	struct json_reader json;
	struct arena *arena;
	struct oci_defects *defects;
	const struct oci_place *root; /* where the document itself stands, when it is a text in another; else NULL */
};

/* Takes one value, whose first token was read, into field. 0 or -1: the document is dead, or memory is out. */
typedef int oci_take(struct oci_document *document, const struct oci_place *place, const struct token *token,
		     void *field, struct error **err);

struct oci_member {
	struct slice name;
	oci_take *take;
	size_t offset; /* of field in the struct */
};
#define OCI_MEMBER(name, take, type, field)                                                                            \
	{                                                                                                              \
		{ name, sizeof name - 1 }, take, offsetof(type, field)                                                 \
	}
/* For a function that takes the whole struct. */
#define OCI_MEMBER_WHOLE(name, take)                                                                                   \
	{                                                                                                              \
		{ name, sizeof name - 1 }, take, 0                                                                     \
	}

/* At most 32. */
struct oci_members {
	const struct oci_member *items;
	size_t len;
};
#define OCI_MEMBERS(array) ((struct oci_members){ array, sizeof array / sizeof *array })

/* The whole of bytes into the struct of members. 1; 0: refused, *ret_refused says why; -1. */
int oci_document_read(struct oci_document *document, struct slice bytes, struct oci_members members, void *into,
		      struct slice *ret_refused, struct error **err);

/* --- values; null is none and no defect --- */

int oci_take_object(struct oci_document *document, const struct oci_place *place, const struct token *token,
		    struct oci_members members, void *into, struct error **err);
/* Each item of an array, the first `limit` of them. Another type is a defect. */
int oci_take_array(struct oci_document *document, const struct oci_place *place, const struct token *token,
		   size_t limit, oci_take *item, void *list, struct error **err);
oci_take oci_take_text;   /* struct slice */
oci_take oci_take_digest; /* struct slice: valid, or not there */
oci_take oci_take_bool;   /* bool */
oci_take oci_take_size;   /* int64_t, INT_UNKNOWN where it is none */
oci_take oci_take_texts;  /* struct slice_list; null: not there */
/* The names of an object, such as {"80/tcp":{}}: struct slice_list; null: not there. */
oci_take oci_take_names;
/* An object of texts; one that stands twice has the value that came last. null: none. */
int oci_take_annotations(struct oci_document *document, const struct oci_place *place, const struct token *token,
			 struct oci_annotation **items, size_t *count, struct error **err);

/* The decoded text of a STRING or KEY. */
int oci_text_of(struct oci_document *document, const struct oci_place *place, const struct token *token,
		struct slice *ret_text, struct error **err);

/* --- defects --- */

int oci_document_defect(struct oci_document *document, const struct oci_place *place, const char *code,
			const char *message, struct error **err);
/* "is no text": a defect, and the value is left. */
int oci_wrong_type(struct oci_document *document, const struct oci_place *place, const struct token *token,
		   const char *message, struct error **err);

/* --- shared by manifests and configs --- */

oci_take oci_take_descriptor; /* struct oci_descriptor */
/* An item of a struct oci_descriptor_list. */
struct oci_descriptor_list {
	struct oci_descriptor *items;
	size_t len, capacity;
};
oci_take oci_take_descriptor_item;
extern const struct oci_descriptor oci_no_descriptor;

#endif
