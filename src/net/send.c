#include "base/alloc.h"
#include "base/limits.h"
#include "net/loop_internal.h"
#include "net/origin_internal.h"
#include "net/transfer_internal.h"

void transfer_free(struct transfer *transfer)
{
	request_release(&transfer->request);
	strbuf_release(&transfer->message);
	mem_free(transfer);
}

static struct transfer *transfer_new(struct http_queue *queue, struct http_origin *origin,
				     const struct http_request *request, void *owner, struct error **err)
{
	struct transfer *transfer = mem_alloc_zeroed(1, sizeof *transfer);
	if (!transfer) {
		error_no_memory(err);
		return NULL;
	}
	transfer->queue = queue;
	transfer->origin = origin;
	transfer->owner = owner;
	transfer->message = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	if (request_copy(&transfer->request, request, origin->base, origin->host_line, err) < 0) {
		transfer_free(transfer);
		return NULL;
	}
	return transfer;
}

/* Under the lock. */
static void hand_over(struct http *http, struct transfer *transfer)
{
	struct http_queue *queue = transfer->queue;

	transfer->younger = queue->transfers;
	if (queue->transfers)
		queue->transfers->older = transfer;
	queue->transfers = transfer;
	queue->pending++;
	http->transfer_count++;
	if (http->inbox_last)
		http->inbox_last->inbox_next = transfer;
	else
		http->inbox = transfer;
	http->inbox_last = transfer;
}

int http_send(struct http_queue *queue, struct http_origin *origin, const struct http_request *request, void *owner,
	      struct error **err)
{
	struct http *http = queue->http;
	struct transfer *transfer = transfer_new(queue, origin, request, owner, err);
	if (!transfer)
		return -1;

	pthread_mutex_lock(&http->lock);
	bool dead = http->dead, full = http->transfer_count >= LIMIT_HTTP_TRANSFERS;
	bool woken = http->inbox != NULL; /* by whoever sent the first that waits there */
	if (!dead && !full)
		hand_over(http, transfer);
	pthread_mutex_unlock(&http->lock);
	if (!dead && !full) {
		if (!woken)
			loop_wake(http);
		return 0;
	}
	transfer_free(transfer);
	if (full)
		return error_set(err, ERROR_LIMIT, "more than %d network transfers at once", LIMIT_HTTP_TRANSFERS);
	return error_set(err, ERROR_SYSTEM, "the thread of network transfers has ended");
}
