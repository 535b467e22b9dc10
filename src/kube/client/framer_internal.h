/* What the files of the framer share. Within kube/client.
 *
 * Each kind of body is one file and one struct frame_ops. Where a body stands between two pieces, and what is kept of
 * it, is its part of struct framer.
 */
#ifndef FOTHER_KUBE_CLIENT_FRAMER_INTERNAL_H
#define FOTHER_KUBE_CLIENT_FRAMER_INTERNAL_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/protobuf.h"
#include "base/strbuf.h"
#include "kube/client/framer.h"
#include "kube/client/framer_scan.h"

struct frame_ops {
	/* Takes all of the cursor, which stands on one piece. */
	int (*feed)(struct framer *framer, struct cursor *c, struct error **err);
	/* 0 where the body may end. */
	int (*end)(struct framer *framer, struct error **err);
};
extern const struct frame_ops frame_json_list;      /* framer_json_list.c */
extern const struct frame_ops frame_json_watch;     /* framer_json_watch.c */
extern const struct frame_ops frame_protobuf_list;  /* framer_protobuf_list.c */
extern const struct frame_ops frame_protobuf_watch; /* framer_protobuf_watch.c */

/* An item that came in parts is put together here. Its bytes may be a secret's, so they are wiped. */
struct frame_item {
	char *data;
	size_t len, capacity;
	uint64_t bytes; /* of all parts, those that are not kept any more included */
};

struct frame_json_list_state {
	unsigned char step;
	bool at_items;  /* the value that comes is that of `items` */
	bool has_items; /* and there was one */
	size_t text_at; /* in the head: where the last key or value begins */
};

struct frame_protobuf_list_state {
	unsigned char step, use;
	bool has_list, has_items; /* stood there */
	uint32_t number;          /* of the field */
	struct protobuf_varint varint;
	size_t magic_bytes;
	size_t type_bytes; /* of the head: typeMeta; the list's metadata comes behind it */
	uint64_t list_end; /* in the body; 0: outside the list */
	uint64_t left;     /* of the field */
};

struct frame_protobuf_watch_state {
	unsigned length_bytes; /* of the length, read so far */
	uint32_t left;         /* of the event */
};

struct framer {
	const struct frame_ops *ops;
	struct framer_calls calls;
	void *data;
	uint64_t offset; /* of the piece in the body */
	uint64_t count;
	bool dead;
	struct frame_item item;
	struct strbuf head; /* of a list: what stands around the items */
	struct frame_scan scan;
	bool in_event; /* of a watch */
	union {
		struct frame_json_list_state json_list;
		struct frame_protobuf_list_state protobuf_list;
		struct frame_protobuf_watch_state protobuf_watch;
	};
};

/* ERROR_SYNTAX, or ERROR_LIMIT for FRAME_TOO_DEEP, with the cursor's place in the body. Always -1. */
int frame_fail(const struct framer *framer, const struct cursor *c, const char *problem, struct error **err);
/* The same at the end of the body. */
int frame_fail_at_end(const struct framer *framer, const char *problem, struct error **err);

/* --- items --- */
/* A part that is not the last. */
int frame_item_add(struct framer *framer, struct slice part, struct error **err);
/* The last part. 1: *ret_item is the whole. 0: it was larger than any may be, and was told as lost. */
int frame_item_end(struct framer *framer, struct slice part, struct slice *ret_item, struct error **err);
/* After the item was handed out. */
void frame_item_clear(struct framer *framer);
/* frame_item_end, and what is whole goes to the call `item`. */
int frame_item_deliver(struct framer *framer, struct slice last, struct error **err);

/* --- values of JSON --- */
/* What the cursor still holds of the value that framer->scan is in: 1 to its end, 0 all of it is the value's, -1. */
int frame_scan_part(struct framer *framer, struct cursor *c, struct slice *ret_part, struct error **err);

/* --- framer_head.c --- */
/* Reads the head of a JSON list and gives it to the call; `behind` closes what is open. */
int frame_head_json(struct framer *framer, const char *behind, int offered, struct error **err);
/* The head says that it is none of a list. Always -1. */
int frame_head_none(struct framer *framer, struct error **err);

#endif
