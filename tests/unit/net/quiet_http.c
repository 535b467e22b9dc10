#include "quiet_http.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/check.h"

void quiet_http_init(struct http *http)
{
	*http = (struct http){ .look_ms = CLOCK_NEVER };
	http->epoll = epoll_create1(EPOLL_CLOEXEC);
	http->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(http->epoll >= 0 && http->wake >= 0);
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->called, NULL);
	http->dead = true; /* http_queue_free waits for no thread */
}

bool quiet_http_woken(struct http *http)
{
	uint64_t count;
	return read(http->wake, &count, sizeof count) == sizeof count;
}

void quiet_http_release(struct http *http)
{
	assert_int_equal(http->transfer_count, 0);
	close(http->epoll);
	close(http->wake);
	pthread_cond_destroy(&http->called);
	pthread_mutex_destroy(&http->lock);
}

struct transfer *quiet_http_take(struct http *http)
{
	struct transfer *transfer = http->inbox;
	assert_non_null(transfer);
	http->inbox = transfer->inbox_next;
	if (!http->inbox)
		http->inbox_last = NULL;
	return transfer;
}

struct transfer *quiet_http_send(struct http_queue *queue, struct http_origin *origin, void *owner)
{
	struct http_request request = { .path = SLICE("/") };
	struct error *err = NULL;
	bool dead = queue->http->dead;
	queue->http->dead = false;
	check_ok(http_send(queue, origin, &request, owner, &err), &err);
	queue->http->dead = dead;
	return quiet_http_take(queue->http);
}
