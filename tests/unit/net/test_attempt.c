#include "net/attempt_internal.h"

#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/x509.h>

#include "base/clock.h"
#include "loopback.h"
#include "support/check.h"

/* Names and the folder of the system's authorities are looked for through these: libcurl's own calls end here. */

static atomic_int lookups, folders_asked;
static atomic_bool lookup_hangs;

__attribute__((visibility("default"))) int getaddrinfo(const char *name, const char *service,
						       const struct addrinfo *hints, struct addrinfo **ret_list)
{
	atomic_fetch_add(&lookups, 1);
	while (atomic_load(&lookup_hangs))
		usleep(1000);
	return EAI_NONAME;
}

__attribute__((visibility("default"))) int X509_STORE_load_path(X509_STORE *store, const char *path)
{
	atomic_fetch_add(&folders_asked, 1);
	return 1;
}

struct net {
	struct http *http;
	struct http_origin *origin;
	struct http_queue *queue;
};

static struct net net_to(struct http_origin_options options)
{
	struct net net = { 0 };
	struct error *err = NULL;
	check_ok(http_new(&net.http, &err), &err);
	check_ok(http_origin_new(net.http, &options, &net.origin, &err), &err);
	check_ok(http_queue_new(net.http, 100000, &net.queue, &err), &err);
	return net;
}

static void net_send(struct net *net, struct http_request request)
{
	struct error *err = NULL;
	check_ok(http_send(net->queue, net->origin, &request, NULL, &err), &err);
}

/* Takes all events; the types as letters W, H, D, E; what the END said. */
static enum http_failure net_take(struct net *net, char types[32])
{
	struct http_event event;
	struct error *err = NULL;
	enum http_failure failure = HTTP_OK;
	size_t len = 0;
	while (http_next(net->queue, 10000, &event, &err) == 1 && len < 31) {
		types[len++] = "WHDE"[event.type];
		failure = event.type == HTTP_END ? event.failure : failure;
	}
	types[len] = '\0';
	check_no_error(&err);
	return failure;
}

static void net_close(struct net *net)
{
	http_queue_free(net->queue);
	http_origin_free(net->origin);
	http_free(net->http);
}

static void a_name_that_does_not_resolve_is_tried_once_more(void **state)
{
	char types[32];
	struct net net = net_to((struct http_origin_options){ .url = SLICE("http://nowhere.example") });
	atomic_store(&lookups, 0);
	net_send(&net, (struct http_request){ .retries = 5 });
	assert_int_equal(net_take(&net, types), HTTP_RESOLVE);
	assert_string_equal(types, "WE");
	assert_int_equal(atomic_load(&lookups), 2);
	net_close(&net);
}

static void a_name_server_that_hangs_holds_nobody(void **state)
{
	char types[32];
	struct net net = net_to((struct http_origin_options){ .url = SLICE("http://nowhere.example") });
	atomic_store(&lookup_hangs, true);
	net_send(&net, (struct http_request){ .connect_ms = 200 });
	int64_t begun = clock_ms();
	assert_int_equal(net_take(&net, types), HTTP_TIMEOUT);
	net_send(&net, (struct http_request){ .connect_ms = 20000 });
	usleep(50000);
	http_stop(net.http);
	assert_int_equal(net_take(&net, types), HTTP_CANCELLED);
	net_close(&net);
	assert_in_range(clock_ms() - begun, 200, 1500);
	atomic_store(&lookup_hangs, false);
	usleep(20000); /* libcurl's threads end */
}

static void hang_up(struct connection *connection)
{
	connection_hang(connection);
}

/* Of an authority whose key was thrown away. */
static const char ca_pem[] = "-----BEGIN CERTIFICATE-----\n"
			     "MIIBjjCCATWgAwIBAgIUaTxS8LcpcjALYj2NhCSEdnBrMkkwCgYIKoZIzj0EAwIw\n"
			     "HDEaMBgGA1UEAwwRbWFkZS11cCBhdXRob3JpdHkwIBcNMjYxMTI1MTI0MjUzWhgP\n"
			     "MjEyNjExMDExMjQyNTNaMBwxGjAYBgNVBAMMEW1hZGUtdXAgYXV0aG9yaXR5MFkw\n"
			     "EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBS5LggNnOV2rV4nQzC6qCEFvxTriEnLJ\n"
			     "Wmc+YFNsyuIddANEbmre7FBt62RX1dTr5ifaePOeYHVPJxFG7FRh6KNTMFEwHQYD\n"
			     "VR0OBBYEFKz3Tbc/xzNhdbvJiCOKSIR/r/uXMB8GA1UdIwQYMBaAFKz3Tbc/xzNh\n"
			     "dbvJiCOKSIR/r/uXMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIg\n"
			     "YKL0Ztl+7dr11y1gcLq7Y9M0ToCNr+NQ5aTyOzkwP7ECIDyxvlA6TOGozj+dF1qu\n"
			     "xihugdMujFNkVSzrltsYO+fS\n"
			     "-----END CERTIFICATE-----\n";

static void the_authorities_of_a_cluster_are_in_place_of_the_systems(void **state)
{
	char types[32], url[128];
	struct loopback server;
	loopback_start(&server, hang_up, NULL);
	snprintf(url, sizeof url, "https%.60s", server.url + strlen("http"));
	struct http_origin_options options = { .url = slice_of(url) };
	atomic_store(&folders_asked, 0);
	for (int with_ca = 0; with_ca < 2; with_ca++) {
		struct net net = net_to(options);
		net_send(&net, (struct http_request){ .connect_ms = 200 });
		assert_int_equal(net_take(&net, types), HTTP_TIMEOUT);
		net_close(&net);
		assert_int_equal(atomic_load(&folders_asked), 1); /* without ours only */
		options.ca_pem = slice_of(ca_pem);
	}
	loopback_stop(&server);
}

static void ask_back(struct connection *connection)
{
	if (!connection_read(connection))
		return;
	const char *seen = connection->server->data;
	connection_write(connection, strstr(connection->request, seen)
					     ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
					     : "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
	connection_hang(connection);
}

/* How many connections of this process a program that it starts would inherit. What libcurl has beside them (a pair of
 * sockets to wake it) leads nowhere. */
static int inheritable_connections(void)
{
	int count = 0;
	for (int fd = 0; fd < 1024; fd++) {
		struct sockaddr_storage address = { 0 };
		socklen_t len = sizeof address;
		if (getsockname(fd, (struct sockaddr *)&address, &len) == 0 && address.ss_family == AF_INET)
			count += !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	}
	return count;
}

static void no_socket_is_inherited(void **state)
{
	char types[32];
	struct loopback server;
	int before = inheritable_connections();
	loopback_start(&server, ask_back, (void *)"GET / HTTP/1.1\r\n");
	struct net net = net_to((struct http_origin_options){ .url = slice_of(server.url) });
	net_send(&net, (struct http_request){ 0 });
	assert_int_equal(net_take(&net, types), HTTP_OK);
	assert_string_equal(types, "HE");
	assert_int_equal(atomic_load(&server.open), 1);
	/* One is the server's end of the connection. */
	assert_int_equal(inheritable_connections() - before, 1);
	net_close(&net);
	loopback_stop(&server);
}

static void a_body_is_sent_with_its_length(void **state)
{
	char types[32];
	struct loopback server;
	loopback_start(&server, ask_back, (void *)"Content-Length: 5\r\n");
	struct net net = net_to((struct http_origin_options){ .url = slice_of(server.url) });
	net_send(&net,
		 (struct http_request){ .method = "POST", .body = SLICE("hello"), .body_type = SLICE("text/plain") });
	assert_int_equal(net_take(&net, types), HTTP_OK);
	assert_string_equal(types, "HE");
	net_close(&net);
	loopback_stop(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_that_does_not_resolve_is_tried_once_more),
		cmocka_unit_test(a_name_server_that_hangs_holds_nobody),
		cmocka_unit_test(the_authorities_of_a_cluster_are_in_place_of_the_systems),
		cmocka_unit_test(no_socket_is_inherited),
		cmocka_unit_test(a_body_is_sent_with_its_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
