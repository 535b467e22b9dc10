/* What the files of the decoder share. Within kube/object.
 *
 * Every decode_x takes the value's first token, which was taken, and everything up to the value's end. A value of a
 * wrong type is a fault and is passed over: that is a success. 0, or -1 as in decode.h.
 */
#ifndef FOTHER_KUBE_OBJECT_DECODE_INTERNAL_H
#define FOTHER_KUBE_OBJECT_DECODE_INTERNAL_H

#include "kube/object/decode.h"

/* --- decode_fault.c --- */
/* The next value. */
int decode_skip(struct decoder *d, struct error **err);
/* The rest of the object or array that `token` opened, if it opened one. */
int decode_skip_rest(struct decoder *d, const struct token *token, struct error **err);
/* Notes a fault at the current path. */
int decode_fault(struct decoder *d, const char *code, bool fatal, struct slice message, struct error **err);
/* The same of a value that is not `expected` ("a text"), which is passed over. */
int decode_wrong_type(struct decoder *d, const struct token *token, const char *expected, struct error **err);

/* The path to the value that is being decoded; name "not there": the item of that index. */
static inline void decode_step_into(struct decoder *d, struct slice name, size_t index)
{
	if (d->path_len < DECODE_DEPTH)
		d->path[d->path_len] = (struct decode_step){ name, index };
	d->path_len += d->path_len < DECODE_DEPTH;
}

static inline void decode_step_out(struct decoder *d)
{
	d->path_len -= d->path_len > 0;
}

/* --- decode_plain.c --- */
/* Whether text lies in the document (JSON), and not in a buffer that the reader uses again (YAML). */
bool decode_in_document(const struct decoder *d, struct slice text);
/* The text of a STRING or KEY: borrowed from the document where that can be, else a copy in the arena. */
int decode_take_text(struct decoder *d, const struct token *token, struct slice *ret_text, struct error **err);

int decode_text(struct decoder *d, const struct token *token, struct slice *into, struct error **err);
int decode_bool(struct decoder *d, const struct token *token, enum flag *into, struct error **err);
int decode_int(struct decoder *d, const struct token *token, struct optional *into, struct error **err);
int decode_time(struct decoder *d, const struct token *token, const struct member *member, struct optional *into,
		struct error **err);
/* A time that was read, and one that is none. */
int decode_keep_time(struct decoder *d, int64_t time, const struct member *member, struct optional *into,
		     struct error **err);
int decode_no_time(struct decoder *d, struct error **err);
/* Of YAML, where it does not stand so, a fault. */
int decode_json(struct decoder *d, const struct token *begin, struct slice *into, struct error **err);
int decode_texts(struct decoder *d, const struct token *begin, struct list *list, struct error **err);

/* Empties a list that stands (once more) in the document. */
void decode_list_start(struct list *list);
/* A new zeroed item; NULL when the arena is full. Pointers to other items are dead then. */
void *decode_list_push(struct decoder *d, struct list *list, size_t item_size);

/* --- decode_protobuf_map.c --- */
/* The value of a field, as `decode_x` above: text borrowed from the message, or copied where it is no UTF-8. */
struct protobuf_field;
int decode_protobuf_text(struct decoder *d, struct slice bytes, struct slice *ret_text, struct error **err);
/* One entry of a map; the member's type says of which. */
int decode_protobuf_entry(struct decoder *d, const struct member *member, const struct protobuf_field *field,
			  struct list *list, struct error **err);

/* --- decode_map.c --- */
int decode_labels(struct decoder *d, const struct token *begin, struct list *list, struct error **err);
int decode_annotations(struct decoder *d, const struct token *begin, struct list *list, struct error **err);
int decode_data(struct decoder *d, const struct token *begin, struct list *list, struct error **err);
int decode_text_data(struct decoder *d, const struct token *begin, struct list *list, struct error **err);

#endif
