/* A list or a watch as it arrives, cut into items: resumable, so memory does not depend on the size of the list.
 *
 *     struct framer *framer;
 *     framer_new(FRAME_JSON_LIST, &calls, data, &framer, err);
 *     framer_feed(framer, bytes, err);                     // any number of pieces, cut anywhere
 *     framer_end(framer, err);                             // -1: the body broke off, or is none of its kind
 *
 * JSON list: the elements of the top-level "items"; what stands around them is kept (capped) with an empty items in it,
 * so that metadata.continue is known before the first item where it stands before the items, as the API server writes
 * it, and at the end otherwise. "items": null is an empty list. Protobuf list: magic "k8s\0", runtime.Unknown {typeMeta
 * 1, raw 2}, the raw of which is {metadata 1, items 2...}. Watch: JSON objects one after the other {"type", "object"};
 * protobuf: frames of a 4-byte big-endian length and a WatchEvent, whose object begins with the magic. Source:
 * kubernetes/apimachinery pkg/runtime/serializer (protobuf, streaming), pkg/watch.
 *
 * Keys of a JSON list come in any order, with blanks between them or without. What would let a list pass for another is
 * an error: an object without items (a Status), `items` twice, a protobuf kind that does not end in List, a
 * metadata.continue that is no text. Elements of `items` that are no objects are handed out as they are.
 *
 * An item above LIMIT_ITEM_BYTES is told as lost, with its size, and the next one is read. Items are checked by
 * brackets and strings only: whoever decodes them checks the rest. An item that lies in one piece is lent from there;
 * one that does not is put together in a buffer, wiped afterwards, which is all that a framer holds beside the head.
 */
#ifndef FOTHER_KUBE_CLIENT_FRAMER_H
#define FOTHER_KUBE_CLIENT_FRAMER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

enum frame_kind { FRAME_JSON_LIST, FRAME_PROTOBUF_LIST, FRAME_JSON_WATCH, FRAME_PROTOBUF_WATCH };

/* ListMeta, and the kind. Borrowed for the call. */
struct list_head {
	struct slice kind, api_version; /* "SecretList", "v1" */
	struct slice resource_version, continue_token;
	int64_t remaining; /* remainingItemCount; -1: not told */
	int offered;       /* 0: before the items (nothing of it is final but what is there); 1: at the end */
};

/* Each returns 0, or -1 with *err set to end the reading: framer_feed then gives -1. */
struct framer_calls {
	int (*head)(void *data, const struct list_head *head, struct error **err);
	/* `item`: the object's JSON, or its protobuf message (without magic). Borrowed for the call. */
	int (*item)(void *data, struct slice item, struct error **err);
	/* Of a watch, in place of item: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, and the object. Protobuf:
	 * api_version and kind from runtime.Unknown; JSON: not there, they stand in the object. */
	int (*event)(void *data, struct slice type, struct slice api_version, struct slice kind, struct slice object,
		     struct error **err);
	/* An item or event too large to keep. */
	int (*lost)(void *data, uint64_t bytes, struct error **err);
};

struct framer;
int framer_new(enum frame_kind kind, const struct framer_calls *calls, void *data, struct framer **ret_framer,
	       struct error **err);
/* 0, or -1: the stream is dead (ERROR_SYNTAX with the byte, from 0, of the whole body; ERROR_LIMIT: nested too deeply,
 * or too much around the items), or a call gave -1. */
int framer_feed(struct framer *framer, struct slice bytes, struct error **err);
/* The body is over. A watch may end between two events. */
int framer_end(struct framer *framer, struct error **err);
/* Items and events delivered or told as lost. */
uint64_t framer_count(const struct framer *framer);
struct framer *framer_free(struct framer *framer);

#endif
