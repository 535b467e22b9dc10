/* A struct http without a thread, for tests that do by hand what its thread would do. */
#ifndef FOTHER_TESTS_UNIT_NET_QUIET_HTTP_H
#define FOTHER_TESTS_UNIT_NET_QUIET_HTTP_H

#include "net/loop_internal.h"
#include "net/transfer_internal.h"

void quiet_http_init(struct http *http);
/* Whether loop_wake was called since the last look. */
bool quiet_http_woken(struct http *http);
/* All queues were freed. */
void quiet_http_release(struct http *http);

/* A transfer that http_send handed over, taken out of the inbox. */
struct transfer *quiet_http_take(struct http *http);
/* http_send of a GET, and quiet_http_take. */
struct transfer *quiet_http_send(struct http_queue *queue, struct http_origin *origin, void *owner);

#endif
