#include "oci/walk/name_queue.h"

static void forget_taken(struct name_queue *queue)
{
	if (queue->len)
		return;
	strbuf_clear(&queue->names);
	queue->at = 0;
}

int name_queue_add(struct name_queue *queue, struct slice name, struct error **err)
{
	forget_taken(queue);
	size_t before = queue->names.len;
	strbuf_add_slice(&queue->names, name);
	strbuf_add_char(&queue->names, '\0');
	if (strbuf_failed(&queue->names, err)) {
		queue->names.failure = 0;
		strbuf_cut(&queue->names, before);
		return -1;
	}
	queue->len++;
	return 0;
}

bool name_queue_take(struct name_queue *queue, struct slice *ret_name)
{
	if (!queue->len)
		return false;
	*ret_name = slice_of(queue->names.data + queue->at);
	queue->at += ret_name->len + 1;
	queue->len--;
	return true;
}

void name_queue_release(struct name_queue *queue)
{
	strbuf_release(&queue->names);
	*queue = (struct name_queue)NAME_QUEUE_INIT;
}
