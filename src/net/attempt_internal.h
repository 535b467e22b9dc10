/* One try of a transfer: an easy handle of libcurl and its callbacks. Shared by the files of net. */
#ifndef FOTHER_NET_ATTEMPT_INTERNAL_H
#define FOTHER_NET_ATTEMPT_INTERNAL_H

#include "net/failure.h"
#include "net/transfer_internal.h"

/* Takes an easy handle, sets it up and adds it to the pool's multi handle. False: no memory. */
bool attempt_start(struct transfer *transfer);
/* Gives the handle back. Returns the bytes of the body that came. What else attempt holds stays for a look. */
uint64_t attempt_stop(struct transfer *transfer);
/* Goes on where the queue was full; an error ends the attempt. */
CURLcode attempt_resume(struct attempt *attempt);
struct failure_facts attempt_facts(const struct transfer *transfer, CURLcode code);
/* One that no attempt has. */
void handle_free(struct handle *handle);
/* Whether bytes went or came since the last call that callbacks did not see (a request's body, what unpacks to
 * nothing yet); then moved_ms is now. */
bool attempt_moved(struct attempt *attempt, int64_t now_ms);

#endif
