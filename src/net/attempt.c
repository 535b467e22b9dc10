#include "net/attempt_internal.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/time.h"
#include "net/address.h"
#include "net/loop_internal.h"
#include "net/origin_internal.h"
#include "net/retry.h"

/* What is read at once. The bodies that arrive are cut into pieces of 16 KiB by libcurl, as TLS does; a larger buffer
 * only costs memory for each transfer. */
#define BUFFER_BYTES (16L * 1024)

/* --- callbacks --- */

static struct transfer *transfer_of(void *data)
{
	const struct handle *handle = data;
	return handle->transfer;
}

/* The time of the round is near enough, and need not be asked for at each line. */
static void moved(struct transfer *transfer)
{
	transfer->attempt.moved_ms = transfer->queue->http->round_ms;
}

/* From now on the time for the connection counts; not from the start, as libcurl may make a transfer wait. */
static void connecting(struct transfer *transfer)
{
	struct attempt *attempt = &transfer->attempt;
	if (attempt->connecting_ms)
		return;
	attempt->connecting_ms = clock_ms();
	loop_look_at(transfer->queue->http, transfer_due(transfer));
}

static int on_lookup(void *resolver, void *reserved, void *data)
{
	(void)resolver;
	(void)reserved;
	connecting(transfer_of(data));
	return 0;
}

/* Programs that others start (exec plugins) shall not inherit it. */
static int on_socket(void *data, curl_socket_t socket, curlsocktype purpose)
{
	(void)purpose;
	connecting(transfer_of(data));
	return fcntl(socket, F_SETFD, FD_CLOEXEC) < 0 ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}

static bool leads_inside(const struct curl_sockaddr *address)
{
	unsigned char bytes[16];

	if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
		memcpy(bytes, (const char *)&address->addr + offsetof(struct sockaddr_in, sin_addr), 4);
		return !address_is_public(bytes, 4);
	}
	if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
		memcpy(bytes, (const char *)&address->addr + offsetof(struct sockaddr_in6, sin6_addr), 16);
		return !address_is_public(bytes, 16);
	}
	return true;
}

/* Here the name is resolved, and nothing is sent yet. */
static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = transfer_of(data);
	(void)purpose;
	if (transfer->origin->public_only && leads_inside(address)) {
		transfer->attempt.inner_address = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype, address->protocol);
}

static int on_connected(void *data, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *transfer = transfer_of(data);
	struct attempt *attempt = &transfer->attempt;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	attempt->connected_ms = clock_ms();
	moved(transfer);
	pool_connected(transfer->pool);
	loop_look_at(transfer->queue->http, transfer_due(transfer));
	return CURL_PREREQFUNC_OK;
}

static size_t give_up(struct transfer *transfer, enum http_failure failure, const char *why)
{
	transfer->attempt.given_up = why;
	transfer->attempt.given_up_as = failure;
	return 0; /* makes libcurl end with an error */
}

static bool names_a_wait(const struct head *head, int64_t *ret_ms)
{
	struct slice kept = { head->kept, head->kept_len };
	int64_t now = time_now();
	return retry_after_parse(slice_of(head->retry_after), slice_of(head->date), now, ret_ms) ||
	       retry_after_parse_unix(head_kept(kept, SLICE("x-retry-after"), 0), now, ret_ms);
}

/* The answer asks for a retry that we may make: it is read over, so that the connection can be used again. */
static bool asks_for_retry(struct transfer *transfer)
{
	struct attempt *attempt = &transfer->attempt;
	const struct head *head = &attempt->handle->head;
	int64_t wait_ms = 0;

	if (!retry_is_asked_by(head->status) || !transfer_may_retry(transfer))
		return false;
	if (head->status == 429 && transfer->request.limits_are_answers)
		return false;
	if (names_a_wait(head, &wait_ms) && wait_ms > LIMIT_HTTP_RETRY_AFTER_MS)
		return false;
	unsigned backoff_ms = transfer_backoff_ms(transfer);
	attempt->retry_ms = wait_ms > backoff_ms ? (unsigned)wait_ms : backoff_ms;
	return true;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *transfer = transfer_of(data);
	struct attempt *attempt = &transfer->attempt;
	struct slice line = { bytes, size * count };
	long version = 0;

	moved(transfer);
	switch (head_add(&attempt->handle->head, line)) {
	case HEAD_MORE:
		return line.len;
	case HEAD_TOO_LARGE:
		return give_up(transfer, HTTP_PROTOCOL, "the head of the answer is too long");
	case HEAD_DONE:
		break;
	}
	if (curl_easy_getinfo(attempt->handle->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK)
		transfer->pool->multiplexed = version == CURL_HTTP_VERSION_2_0;
	attempt->swallow = asks_for_retry(transfer);
	if (attempt->swallow)
		return line.len;
	attempt->delivered = true;
	if (!queue_put_head(transfer, &attempt->handle->head))
		return give_up(transfer, HTTP_OTHER, "not enough memory");
	return line.len;
}

/* libcurl's buffer stays as it is until the next piece, for hours in a watch. It looks at no byte again that was taken.
 * OpenSSL's buffer goes after each record (SSL_MODE_RELEASE_BUFFERS, which libcurl sets), and what is freed is wiped.
 */
static size_t taken(char *bytes, size_t len)
{
	secret_wipe(bytes, len);
	return len;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data)
{
	struct transfer *transfer = transfer_of(data);
	struct attempt *attempt = &transfer->attempt;
	struct slice piece = { bytes, size * count };

	moved(transfer);
	if (attempt->swallow) {
		attempt->swallowed += piece.len;
		return attempt->swallowed > LIMIT_REFUSAL_BYTES ? 0 : taken(bytes, piece.len);
	}
	if (atomic_load(&transfer->queue->full)) {
		/* libcurl keeps this piece, and would read on for a hundred more if it were taken. */
		attempt->paused = transfer->pool->paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (!queue_put_data(transfer, piece))
		return give_up(transfer, HTTP_OTHER, "not enough memory");
	return taken(bytes, piece.len);
}

/* --- the easy handle --- */

#define SET(option, value) (curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool set_callbacks(struct handle *handle)
{
	CURL *easy = handle->easy;
	return SET(CURLOPT_PRIVATE, handle) && SET(CURLOPT_ERRORBUFFER, handle->detail) &&
	       SET(CURLOPT_RESOLVER_START_FUNCTION, on_lookup) && SET(CURLOPT_RESOLVER_START_DATA, handle) &&
	       SET(CURLOPT_OPENSOCKETFUNCTION, on_open) && SET(CURLOPT_OPENSOCKETDATA, handle) &&
	       SET(CURLOPT_SOCKOPTFUNCTION, on_socket) && SET(CURLOPT_SOCKOPTDATA, handle) &&
	       SET(CURLOPT_PREREQFUNCTION, on_connected) && SET(CURLOPT_PREREQDATA, handle) &&
	       SET(CURLOPT_HEADERFUNCTION, on_header) && SET(CURLOPT_HEADERDATA, handle) &&
	       SET(CURLOPT_WRITEFUNCTION, on_body) && SET(CURLOPT_WRITEDATA, handle);
}

/* What is never wanted, whatever the defaults of this libcurl are. QUICK_EXIT: a name server that does not answer would
 * block the loop when its transfer is cancelled. */
static bool set_manners(CURL *easy)
{
	return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_QUICK_EXIT, 1L) && SET(CURLOPT_PROTOCOLS_STR, "http,https") &&
	       SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	       SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && SET(CURLOPT_PATH_AS_IS, 1L) &&
	       SET(CURLOPT_HTTP09_ALLOWED, 0L) && SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
	       SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE) && SET(CURLOPT_NOPROGRESS, 1L) &&
	       SET(CURLOPT_BUFFERSIZE, BUFFER_BYTES) && SET(CURLOPT_TCP_KEEPALIVE, 1L) &&
	       SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
}

/* libcurl unpacks only what it asked for: so it asks for something in any case. */
static bool set_request(struct transfer *transfer, CURL *easy)
{
	const struct request *request = &transfer->request;
	struct slice body = secret_reveal(&request->body);

	if (!SET(CURLOPT_URL, request->url) || !SET(CURLOPT_HTTPHEADER, request->lines) ||
	    !SET(CURLOPT_ACCEPT_ENCODING, request->compressed ? "gzip" : "identity") ||
	    !SET(CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms))
		return false;
	if (body.data &&
	    (!SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) || !SET(CURLOPT_POSTFIELDS, body.data)))
		return false;
	bool is_head = !body.data && request->method && !strcmp(request->method, "HEAD");
	if (!SET(CURLOPT_NOBODY, is_head ? 1L : 0L) || is_head)
		return is_head;
	if (body.data && !request->method)
		return SET(CURLOPT_CUSTOMREQUEST, "GET");
	return !request->method || SET(CURLOPT_CUSTOMREQUEST, request->method);
}

void handle_free(struct handle *handle)
{
	if (handle->easy)
		curl_easy_cleanup(handle->easy);
	mem_free(handle);
}

static struct handle *handle_new(struct http_origin *origin)
{
	struct handle *handle = mem_alloc_zeroed(1, sizeof *handle);
	if (!handle)
		return NULL;
	handle->easy = curl_easy_init();
	if (handle->easy && set_callbacks(handle) && set_manners(handle->easy) && origin_apply(origin, handle->easy))
		return handle;
	handle_free(handle);
	return NULL;
}

static struct handle *take_handle(struct transfer *transfer)
{
	struct pool *pool = transfer->pool;
	return pool->idle_count ? pool->idle[--pool->idle_count] : handle_new(transfer->origin);
}

bool attempt_start(struct transfer *transfer)
{
	struct handle *handle = take_handle(transfer);

	transfer->attempt = (struct attempt){ 0 };
	if (!handle)
		return false;
	handle->transfer = transfer;
	if (!set_request(transfer, handle->easy) ||
	    curl_multi_add_handle(transfer->pool->multi, handle->easy) != CURLM_OK) {
		handle_free(handle);
		return false;
	}
	transfer->attempt.handle = handle;
	return true;
}

/* With nothing in it that points to the transfer's memory. Those that sent a body are not used again. */
static bool keep_handle(struct transfer *transfer, struct handle *handle)
{
	struct pool *pool = transfer->pool;
	if (pool->idle_count == POOL_IDLE_MAX || secret_is_set(&transfer->request.body) ||
	    (transfer->request.method && strcmp(transfer->request.method, "HEAD") != 0))
		return false;
	if (curl_easy_setopt(handle->easy, CURLOPT_HTTPHEADER, NULL) != CURLE_OK)
		return false;
	handle->transfer = NULL;
	handle->detail[0] = '\0';
	head_clear(&handle->head);
	pool->idle[pool->idle_count++] = handle;
	return true;
}

uint64_t attempt_stop(struct transfer *transfer)
{
	struct handle *handle = TAKE_PTR(transfer->attempt.handle);
	curl_off_t wire_bytes = 0;

	curl_easy_getinfo(handle->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire_bytes);
	curl_multi_remove_handle(transfer->pool->multi, handle->easy);
	if (!keep_handle(transfer, handle))
		handle_free(handle);
	return wire_bytes > 0 ? (uint64_t)wire_bytes : 0;
}

CURLcode attempt_resume(struct attempt *attempt)
{
	if (!attempt->paused)
		return CURLE_OK;
	attempt->paused = false; /* the piece that was kept comes in the call, and may find the queue full again */
	return curl_easy_pause(attempt->handle->easy, CURLPAUSE_CONT);
}

struct failure_facts attempt_facts(const struct transfer *transfer, CURLcode code)
{
	const struct attempt *attempt = &transfer->attempt;
	struct failure_facts facts = {
		.code = code,
		.detail = attempt->handle->detail,
		.proxied = secret_is_set(&transfer->origin->proxy),
		.answered = attempt->handle->head.status != 0,
	};
	curl_easy_getinfo(attempt->handle->easy, CURLINFO_HTTP_CONNECTCODE, &facts.proxy_status);
	return facts;
}

bool attempt_moved(struct attempt *attempt, int64_t now_ms)
{
	curl_off_t down = 0, up = 0;

	curl_easy_getinfo(attempt->handle->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(attempt->handle->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	uint64_t bytes = (uint64_t)down + (uint64_t)up;
	if (bytes == attempt->moved_bytes)
		return false;
	attempt->moved_bytes = bytes;
	attempt->moved_ms = now_ms;
	return true;
}
