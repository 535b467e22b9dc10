#include "loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/check.h"

static void *serve(void *data)
{
	struct connection *connection = data;
	struct loopback *server = connection->server;
	server->talk(connection);
	close(connection->fd);
	free(connection);
	atomic_fetch_sub(&server->open, 1);
	return NULL;
}

static void *accept_all(void *data)
{
	struct loopback *server = data;
	for (;;) {
		struct pollfd ready[] = { { .fd = server->listener, .events = POLLIN }, { .fd = server->stop_read } };
		if (poll(ready, 2, -1) < 1 || ready[1].revents)
			return NULL;
		struct connection *connection = calloc(1, sizeof *connection);
		pthread_t thread;
		connection->server = server;
		connection->fd = accept(server->listener, NULL, NULL);
		connection->number = atomic_fetch_add(&server->connections, 1) + 1;
		atomic_fetch_add(&server->open, 1);
		pthread_create(&thread, NULL, serve, connection);
		pthread_detach(thread);
	}
}

void loopback_start(struct loopback *server, void (*talk)(struct connection *connection), void *data)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int ends[2];

	*server = (struct loopback){ .talk = talk, .data = data };
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(server->listener, 128), 0);
	assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	server->stop_read = ends[0];
	server->stop_write = ends[1];
	snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
	assert_int_equal(pthread_create(&server->thread, NULL, accept_all, server), 0);
}

void loopback_stop(struct loopback *server)
{
	close(server->stop_write);
	pthread_join(server->thread, NULL);
	while (atomic_load(&server->open))
		usleep(1000);
	close(server->stop_read);
	close(server->listener);
}

bool connection_read(struct connection *connection)
{
	size_t len = 0;
	while (len < sizeof connection->request - 1) {
		struct pollfd ready[] = { { .fd = connection->fd, .events = POLLIN },
					  { .fd = connection->server->stop_read } };
		if (poll(ready, 2, -1) < 1 || ready[1].revents)
			return false;
		ssize_t got = read(connection->fd, connection->request + len, 1);
		if (got <= 0)
			return false;
		connection->request[++len] = '\0';
		if (len >= 4 && !strcmp(connection->request + len - 4, "\r\n\r\n")) {
			atomic_fetch_add(&connection->server->requests, 1);
			return true;
		}
	}
	return false;
}

void connection_write(struct connection *connection, const char *text)
{
	send(connection->fd, text, strlen(text), MSG_NOSIGNAL);
}

void connection_hang(struct connection *connection)
{
	struct pollfd stop = { .fd = connection->server->stop_read };
	poll(&stop, 1, -1);
}
