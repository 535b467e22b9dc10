/* Names that wait to be asked for, in order, packed: a list of 100,000 tags takes the bytes of their names.
 *
 *     name_queue_add(&queue, name, err);
 *     while (name_queue_take(&queue, &name)) ...      // name is valid until the next call
 */
#ifndef FOTHER_OCI_WALK_NAME_QUEUE_H
#define FOTHER_OCI_WALK_NAME_QUEUE_H

#include "base/limits.h"
#include "base/strbuf.h"

struct name_queue {
	struct strbuf names; /* each with a NUL behind it */
	size_t at, len;      /* len: names that wait */
};

#define NAME_QUEUE_INIT                                                                                                \
	{                                                                                                              \
		.names = STRBUF_INIT(LIMIT_WALK_NAMES_BYTES)                                                           \
	}

/* 0; -1: memory, or ERROR_LIMIT over LIMIT_WALK_NAMES_BYTES, and what was there stays. The name holds no NUL. */
int name_queue_add(struct name_queue *queue, struct slice name, struct error **err);
bool name_queue_take(struct name_queue *queue, struct slice *ret_name);
void name_queue_release(struct name_queue *queue);

#endif
