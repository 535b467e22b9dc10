/* A server on loopback for the unit tests of net: a thread, and one more for each connection.
 *
 *     struct loopback server;
 *     loopback_start(&server, answer, data);       // answer(connection) is called for each connection
 *     ... server.url ...
 *     loopback_stop(&server);
 */
#ifndef FOTHER_TESTS_UNIT_NET_LOOPBACK_H
#define FOTHER_TESTS_UNIT_NET_LOOPBACK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct loopback;

struct connection {
	struct loopback *server;
	int fd;
	unsigned number; /* from 1 */
	char request[8192];
};

struct loopback {
	char url[64];
	void (*talk)(struct connection *connection);
	void *data;
	int listener, stop_read, stop_write; /* a pipe that closes when it stops */
	pthread_t thread;
	atomic_uint connections, open, requests;
};

void loopback_start(struct loopback *server, void (*talk)(struct connection *connection), void *data);
/* Waits for all connections; those that hang are let go. */
void loopback_stop(struct loopback *server);

/* Reads a request's head into connection->request. False: there is none. */
bool connection_read(struct connection *connection);
void connection_write(struct connection *connection, const char *text);
/* Until loopback_stop. */
void connection_hang(struct connection *connection);

#endif
