/* From a reader's tokens to struct object, driven by the tables alone.
 *
 *     struct decoder decoder = { .reader = r, .arena = arena, .shape = any, .newest = TIME_UNSET };
 *     decode_object(&decoder, &object, err)               // the OBJECT_BEGIN token was taken
 *     ... use object; decoder.faults ...
 *     decoder_release(&decoder);                           // wipes the secret values that YAML made us copy
 *
 * As Go's decoder in the API machinery: unknown names are passed over (names are case-sensitive), null is absent, of a
 * known name that stands twice the last wins and objects are merged. What is wrong is a fault, and decoding goes on
 * behind it, so that the object's name, which may come later, is known in the end. The values of Secret.data are kept
 * as tokens, not decoded.
 */
#ifndef FOTHER_KUBE_OBJECT_DECODE_H
#define FOTHER_KUBE_OBJECT_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/reader.h"
#include "kube/object/kinds.h"
#include "kube/object/shape.h"

/* Something malformed in an object. */
struct fault {
	const char *code;
	struct slice pointer; /* JSON pointer in the object */
	struct slice message; /* for a person; no byte of a value */
	bool fatal;           /* the API machinery would not decode the object: it is not used */
};

#define FAULT_TYPE "wrong_type" /* fatal */
#define FAULT_DUPLICATE "duplicate_key"
#define FAULT_TIME "bad_time" /* not RFC 3339, or after year 9000: the time is not used */

#define DECODE_DEPTH 24  /* the tables nest to 15 */
#define DECODE_FAULTS 32 /* kept of one object; more of the same help nobody */

struct decode_step {
	struct slice name; /* not there: an index */
	size_t index;
};

struct decoder {
	struct reader *reader;
	struct arena *arena;
	const struct shape *shape; /* of any_object */
	/* Called behind the ARRAY_BEGIN of `items`; must take everything up to the ARRAY_END, and that. NULL: skipped.
	 */
	int (*items)(void *items_data, struct object *list, struct error **err);
	void *items_data;

	struct fault faults[DECODE_FAULTS];
	size_t fault_count;
	bool fatal; /* one of them, kept or not, was */
	bool dead;  /* decode_object failed because the document died */
	int64_t newest;

	struct object *object;
	struct decode_step path[DECODE_DEPTH];
	unsigned path_len;
	size_t secret_bytes; /* copied of YAML */
};

/* 0, or -1: the document died (decoder->dead), the arena's maximum was passed (ERROR_LIMIT), or memory is out. */
int decode_object(struct decoder *d, struct object *ret_object, struct error **err);

/* The same of a protobuf message, without reader and shape: `message` is the table of its kind. Fields that stand twice
 * are no fault; what the API server's JSON leaves out is absent. Text is borrowed from bytes. */
int decode_protobuf(struct decoder *d, const struct message *message, struct slice bytes, struct object *ret_object,
		    struct error **err);

/* One token more; -1 and d->dead when the document is dead. */
int decode_take(struct decoder *d, struct token *ret_token, struct error **err);

/* Before the object's arena is cleared. May be called twice. */
void decoder_release(struct decoder *d);

#endif
