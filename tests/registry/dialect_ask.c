/* Drives the registries' own APIs (src/collect/registry/dialect.h) for tests/registry: reads what to ask from standard
 * input, one a line with tabs between the words, and prints what is put into the sink and what became of it.
 *
 *     dialect-ask registry=docker.io host=127.0.0.1:5000 plain docker_config=FILE api_host=...
 *
 *     times  REPOSITORY
 *     list   PREFIX
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "collect/registry/dialect.h"

static struct http *http;

static const char *value_of(int count, char *words[], const char *key)
{
	size_t len = strlen(key);
	for (int i = 1; i < count; i++)
		if (!strncmp(words[i], key, len) && (words[i][len] == '=' || !words[i][len]))
			return words[i][len] ? words[i] + len + 1 : "";
	return NULL;
}

static void check(int result, struct error *err)
{
	if (result >= 0)
		return;
	printf("ERROR\t%s\n", err ? err->message : "?");
	fflush(stdout);
	exit(1);
}

/* --- the sink --- */

static int print_event(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		       struct error **err)
{
	const struct registry_event *event = record;
	char time[TIME_TEXT_BYTES];
	(void)sink;
	(void)err;
	if (read != 7 || type != &registry_event_type)
		abort();
	printf("EVENT\t%.*s\t%.*s\t%s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", SLICE_ARG(event->source),
	       SLICE_ARG(event->action), time_format(event->time, time), SLICE_ARG(event->registry),
	       SLICE_ARG(event->repository), SLICE_ARG(event->tag), SLICE_ARG(event->digest), SLICE_ARG(event->actor));
	return 0;
}

static const struct sink_ops printing = { .put = print_event };
static struct sink sink = { &printing };

/* --- commands --- */

static int print_found(void *data, struct slice repository, struct error **err)
{
	(void)data;
	(void)err;
	printf("FOUND\t%.*s\n", SLICE_ARG(repository));
	return 0;
}

static void run(struct registry_dialect *dialect, char *line)
{
	struct error *err = NULL;
	struct slice why = SLICE_NONE;
	char *argument = strchr(line, '\t');
	int got;
	line[strcspn(line, "\n")] = '\0';
	if (!argument)
		exit(2);
	*argument++ = '\0';
	if (!strcmp(line, "times"))
		got = registry_dialect_times(dialect, slice_of(argument), &why, &err);
	else
		got = registry_dialect_repositories(dialect, slice_of(argument), print_found, NULL, &why, &err);
	check(got, err);
	printf("DONE\t%d\t%.*s\n", got, SLICE_ARG(why));
}

static struct logins *open_logins(const char *config)
{
	struct error *err = NULL;
	struct logins *logins;
	struct docker_config_options options = { .path = slice_of(config) };
	if (!config)
		return NULL;
	check(logins_new(&logins, &err), err);
	check(logins_add_docker_config(logins, &options, &err), err);
	return logins;
}

int main(int count, char *words[])
{
	struct error *err = NULL;
	struct registry_dialect *dialect = NULL;
	char line[LIMIT_REFERENCE_BYTES];
	struct slice hosts[] = { slice_of(value_of(count, words, "host")),
				 slice_of(value_of(count, words, "api_host")) };
	struct registries_options options = { .sink = &sink };
	check(secret_start_process(&err), err);
	options.logins = open_logins(value_of(count, words, "docker_config"));
	if (value_of(count, words, "plain"))
		options.plain_http = (struct slice_list){ hosts, 2 };
	check(http_new(&http, &err), err);
	struct dialect_context context = {
		.http = http,
		.options = &options,
		.registry = slice_of(value_of(count, words, "registry")),
		.host = hosts[0],
		.api_host = hosts[1],
		.read = 7,
	};
	int got = registry_dialect_open(&context, &dialect, &err);
	check(got, err);
	printf("DIALECT\t%s\n", got ? registry_dialect_name(dialect) : "none");
	while (got && fgets(line, sizeof line, stdin))
		run(dialect, line);
	registry_dialect_close(dialect);
	http_free(http);
	logins_free(options.logins);
	return 0;
}
