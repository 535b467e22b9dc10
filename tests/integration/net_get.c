/* Drives src/net for tests/integration/test_net.py: reads commands from standard input, one a line with tabs between
 * the words, and prints what happens, one event a line with tabs between the fields. See the functions below.
 *
 *     origin  NAME  url=https://127.0.0.1:8443  ca=FILE  sni=NAME ...
 *     send    OWNER  ORIGIN  path=/a  retries=2 ...
 *     run                               # takes events until nothing is under way
 *     run     1000                      # ... or for so many milliseconds
 */
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/http.h"

#define WORDS_MAX 32
#define NAMES_MAX 256
#define TRANSFERS_MAX 4096
#define BODY_SHOWN_MAX 4096

struct taken {
	char name[64];
	EVP_MD_CTX *digest;
	size_t bytes;
	char body[BODY_SHOWN_MAX + 1];
	size_t body_len;
};

static struct http *http;
static struct http_queue *queue;
static struct http_origin *origins[NAMES_MAX];
static char origin_names[NAMES_MAX][64];
static size_t origin_count;
static struct taken taken[TRANSFERS_MAX];
static size_t taken_count;
static size_t queue_bytes = LIMIT_HTTP_QUEUE_BYTES;
static int nap_us; /* after each DATA: a slow reader */
static struct timespec started;

static void die(const char *what)
{
	fprintf(stderr, "net-get: %s\n", what);
	exit(2);
}

static void die_of(struct error *err)
{
	printf("REFUSED\t%s\n", err->message);
	fflush(stdout);
	error_free(err);
}

static long elapsed_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - started.tv_sec) * 1000 + (now.tv_nsec - started.tv_nsec) / 1000000;
}

/* --- words of a command --- */

static size_t split(char *line, char *words[WORDS_MAX])
{
	size_t count = 0;
	line[strcspn(line, "\n")] = '\0';
	for (char *word; (word = strsep(&line, "\t")) && count < WORDS_MAX;)
		words[count++] = word;
	return count;
}

static const char *value_of(char *words[], size_t count, const char *key)
{
	size_t len = strlen(key);
	for (size_t i = 0; i < count; i++)
		if (!strncmp(words[i], key, len) && words[i][len] == '=')
			return words[i] + len + 1;
	return NULL;
}

static unsigned number_of(char *words[], size_t count, const char *key)
{
	const char *value = value_of(words, count, key);
	return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

static char *read_file(const char *path)
{
	FILE *file = path ? fopen(path, "r") : NULL;
	if (!file)
		return NULL;
	char *text = calloc(1, LIMIT_MIB);
	size_t len = fread(text, 1, LIMIT_MIB - 1, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static void make_secret(struct secret_bytes *secret, const char *text)
{
	struct error *err = NULL;
	if (text && secret_copy(secret, slice_of(text), &err) < 0)
		die(err->message);
}

/* --- commands --- */

static void add_origin(char *words[], size_t count)
{
	struct error *err = NULL;
	char *ca = read_file(value_of(words, count, "ca")), *cert = read_file(value_of(words, count, "cert"));
	char *key = read_file(value_of(words, count, "key"));
	CLEANUP(secret_release) struct secret_bytes secret_key = { 0 };
	CLEANUP(secret_release) struct secret_bytes secret_proxy = { 0 };
	make_secret(&secret_key, key);
	make_secret(&secret_proxy, value_of(words, count, "secret_proxy"));
	const char *rate = value_of(words, count, "rate");
	struct http_origin_options options = {
		.url = slice_of(value_of(words, count, "url")),
		.tls_server_name = slice_of(value_of(words, count, "sni")),
		.insecure = value_of(words, count, "insecure") != NULL,
		.ca_pem = slice_of(ca),
		.certificate_pem = slice_of(cert),
		.key = &secret_key,
		.proxy = slice_of(value_of(words, count, "proxy")),
		.proxy_url = &secret_proxy,
		.connections = number_of(words, count, "connections"),
		.rate = rate ? strtod(rate, NULL) : 0,
		.burst = number_of(words, count, "burst"),
		.public_only = value_of(words, count, "public_only") != NULL,
	};
	if (http_origin_new(http, &options, &origins[origin_count], &err) < 0)
		die_of(err);
	else
		snprintf(origin_names[origin_count++], sizeof origin_names[0], "%s", words[1]);
	free(ca);
	free(cert);
	free(key);
}

static struct http_origin *find_origin(const char *name)
{
	for (size_t i = 0; i < origin_count; i++)
		if (!strcmp(origin_names[i], name))
			return origins[i];
	die("no such origin");
	return NULL;
}

static struct taken *find_taken(const char *name)
{
	for (size_t i = 0; i < taken_count; i++)
		if (!strcmp(taken[i].name, name))
			return &taken[i];
	if (taken_count == TRANSFERS_MAX)
		die("too many owners");
	struct taken *t = &taken[taken_count++];
	snprintf(t->name, sizeof t->name, "%s", name);
	t->digest = EVP_MD_CTX_new();
	EVP_DigestInit_ex(t->digest, EVP_sha256(), NULL);
	return t;
}

static void send_request(char *words[], size_t count)
{
	struct error *err = NULL;
	CLEANUP(secret_release) struct secret_bytes authorization = { 0 };
	struct http_header headers[4];
	size_t header_count = 0;
	make_secret(&authorization, value_of(words, count, "authorization"));
	const char *header = value_of(words, count, "header"), *colon = header ? strchr(header, ':') : NULL;
	if (colon)
		headers[header_count++] = (struct http_header){ { header, (size_t)(colon - header) },
								slice_of(colon + 1) };
	struct http_request request = {
		.method = value_of(words, count, "method"),
		.path = slice_of(value_of(words, count, "path")),
		.accept = slice_of(value_of(words, count, "accept")),
		.authorization = &authorization,
		.headers = headers,
		.header_count = header_count,
		.body = slice_of(value_of(words, count, "body")),
		.body_type = slice_of(value_of(words, count, "body_type")),
		.compressed = value_of(words, count, "compressed") != NULL,
		.connect_ms = number_of(words, count, "connect"),
		.idle_ms = number_of(words, count, "idle"),
		.whole_ms = number_of(words, count, "whole"),
		.retries = number_of(words, count, "retries"),
		.delay_ms = number_of(words, count, "delay"),
		.limits_are_answers = value_of(words, count, "limits_are_answers") != NULL,
	};
	CLEANUP(secret_release) struct secret_bytes secret_body = { 0 };
	make_secret(&secret_body, value_of(words, count, "secret_body"));
	if (secret_is_set(&secret_body))
		request.secret_body = &secret_body;
	if (http_send(queue, find_origin(words[2]), &request, find_taken(words[1]), &err) < 0)
		die_of(err);
}

static const char *const failure_names[] = { "OK",      "RESOLVE", "CONNECT",  "PROXY",     "TLS",
					     "TIMEOUT", "CUT",     "PROTOCOL", "CANCELLED", "OTHER" };

static void take_data(struct taken *t, struct slice bytes)
{
	EVP_DigestUpdate(t->digest, bytes.data, bytes.len);
	t->bytes += bytes.len;
	for (size_t i = 0; i < bytes.len && t->body_len < BODY_SHOWN_MAX; i++)
		t->body[t->body_len++] = bytes.data[i] < 0x20 || bytes.data[i] > 0x7e ? '.' : bytes.data[i];
	if (nap_us)
		nanosleep(&(struct timespec){ .tv_nsec = nap_us * 1000L }, NULL);
}

static void show_end(struct taken *t, const struct http_event *event)
{
	unsigned char digest[32];
	char hex[65];
	EVP_DigestFinal_ex(t->digest, digest, NULL);
	EVP_DigestInit_ex(t->digest, EVP_sha256(), NULL);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	printf("END\t%ld\t%s\tfailure=%s\tmessage=%.*s\twire=%llu\tbytes=%zu\tsha256=%s\tbody=%.*s\n", elapsed_ms(),
	       t->name, failure_names[event->failure], SLICE_ARG(event->message), (unsigned long long)event->wire_bytes,
	       t->bytes, hex, (int)t->body_len, t->body);
	t->bytes = t->body_len = 0;
}

static void show(const struct http_event *event)
{
	struct taken *t = event->owner;
	switch (event->type) {
	case HTTP_WAIT:
		printf("WAIT\t%ld\t%s\tfailure=%s\tmessage=%.*s\tstatus=%d\twait=%u\n", elapsed_ms(), t->name,
		       failure_names[event->failure], SLICE_ARG(event->message), event->status, event->wait_ms);
		break;
	case HTTP_HEAD:
		printf("HEAD\t%ld\t%s\tstatus=%d\ttype=%.*s\tdate=%.*s\tlink=%.*s\tchallenge0=%.*s\tchallenge1=%.*s\n",
		       elapsed_ms(), t->name, event->status, SLICE_ARG(event->content_type),
		       SLICE_ARG(event->server_date), SLICE_ARG(http_event_header(event, "Link", 0)),
		       SLICE_ARG(http_event_header(event, "www-authenticate", 0)),
		       SLICE_ARG(http_event_header(event, "www-authenticate", 1)));
		break;
	case HTTP_DATA:
		take_data(t, event->bytes);
		break;
	case HTTP_END:
		show_end(t, event);
		break;
	}
}

/* Not by getrusage: its maximum is that of the process before exec, too. */
static long peak_kib(void)
{
	char line[256];
	long peak = -1;
	FILE *status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof line, status))
		if (!strncmp(line, "VmHWM:", 6))
			peak = strtol(line + 6, NULL, 10);
	if (status)
		fclose(status);
	return peak;
}

static void run(int timeout_ms)
{
	struct http_event event;
	struct error *err = NULL;
	long until = timeout_ms < 0 ? -1 : elapsed_ms() + timeout_ms;
	for (;;) {
		long left = until < 0 ? -1 : until - elapsed_ms();
		if (until >= 0 && left <= 0)
			break;
		int got = http_next(queue, (int)left, &event, &err);
		if (got < 0)
			die_of(err);
		if (got <= 0)
			break;
		show(&event);
		fflush(stdout);
	}
	printf("RAN\t%ld\t-\tpending=%zu\tpeak_kib=%ld\n", elapsed_ms(), http_pending(queue), peak_kib());
	fflush(stdout);
}

static void on_alarm(int signal)
{
	(void)signal;
	http_stop(http);
}

static void obey(char *words[], size_t count)
{
	if (!strcmp(words[0], "origin") && count > 1)
		add_origin(words, count);
	else if (!strcmp(words[0], "send") && count > 2)
		send_request(words, count);
	else if (!strcmp(words[0], "cancel") && count > 1)
		http_cancel(queue, find_taken(words[1]));
	else if (!strcmp(words[0], "run"))
		run(count > 1 ? (int)strtol(words[1], NULL, 10) : -1);
	else if (!strcmp(words[0], "nap") && count > 1) /* microseconds after each DATA */
		nap_us = (int)strtol(words[1], NULL, 10);
	else if (!strcmp(words[0], "sleep") && count > 1) /* milliseconds in which nothing is taken */
		nanosleep(&(struct timespec){ .tv_sec = strtol(words[1], NULL, 10) / 1000,
					      .tv_nsec = strtol(words[1], NULL, 10) % 1000 * 1000000L },
			  NULL);
	else if (!strcmp(words[0], "stop"))
		http_stop(http);
	else if (!strcmp(words[0], "alarm") && count > 1) /* http_stop from a signal handler, in so many microseconds */
		ualarm((unsigned)strtoul(words[1], NULL, 10), 0);
	else
		die("no such command");
}

int main(int argc, char *argv[])
{
	struct error *err = NULL;
	char *line = NULL;
	size_t capacity = 0;
	char *words[WORDS_MAX];

	if (argc > 1)
		queue_bytes = strtoul(argv[1], NULL, 10);
	clock_gettime(CLOCK_MONOTONIC, &started);
	heap_wipe_start();
	signal(SIGALRM, on_alarm);
	if (http_new(&http, &err) < 0 || http_queue_new(http, queue_bytes, &queue, &err) < 0)
		die(err->message);
	while (getline(&line, &capacity, stdin) > 0) {
		size_t count = split(line, words);
		if (count && words[0][0])
			obey(words, count);
	}
	free(line);
	http_queue_free(queue);
	for (size_t i = 0; i < origin_count; i++)
		http_origin_free(origins[i]);
	http_free(http);
	for (size_t i = 0; i < taken_count; i++)
		EVP_MD_CTX_free(taken[i].digest);
	return 0;
}
