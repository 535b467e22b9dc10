/* Drives src/oci/transport for tests/registry: reads asks from standard input, one a line with tabs between the words,
 * and prints the answers, one a line with tabs between the fields.
 *
 *     registry-ask host=127.0.0.1:5000 plain docker_config=FILE ca=FILE width=8 ...
 *
 *     catalog
 *     tags       REPOSITORY
 *     tag        REPOSITORY  TAG
 *     manifest   REPOSITORY  DIGEST  [size]
 *     blob       REPOSITORY  DIGEST  [size]
 *     referrers  REPOSITORY  DIGEST
 *     run                        # takes answers until none is missing
 *     facts                      # what the registry told of itself
 *
 * The number of an ask is that of its line, from 0. With `quiet` only sums are printed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/sha256.h"
#include "model/field.h"
#include "oci/transport/registry.h"

#define WORDS_MAX 16

static struct http *http;
static struct registry *registry;
static struct logins *logins;
static size_t asked, answered;
static bool quiet;

static void die(const char *what)
{
	fprintf(stderr, "registry-ask: %s\n", what);
	exit(2);
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

static const char *value_of(int count, char *words[], const char *key)
{
	size_t len = strlen(key);
	for (int i = 1; i < count; i++)
		if (!strncmp(words[i], key, len) && (words[i][len] == '=' || !words[i][len]))
			return words[i][len] ? words[i] + len + 1 : "";
	return NULL;
}

static unsigned number_of(int count, char *words[], const char *key)
{
	const char *value = value_of(count, words, key);
	return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

static void show(const struct image_answer *answer)
{
	char hash[SHA256_TEXT_BYTES] = "";
	struct error *err = NULL;
	if (answer->bytes.data && sha256_of(answer->bytes, hash, &err) < 0)
		die(err->message);
	printf("ANSWER\t%zu\t%s\tlast=%d\tdigest=%.*s\ttype=%.*s\tbytes=%zd\tsha256=%s\tverified=%d\twhy=%.*s\tnames=",
	       (size_t)(uintptr_t)answer->owner, image_outcome_text(answer->outcome), answer->last,
	       SLICE_ARG(answer->digest), SLICE_ARG(answer->media_type),
	       answer->bytes.data ? (ssize_t)answer->bytes.len : -1, hash, answer->verified, SLICE_ARG(answer->why));
	for (size_t i = 0; i < answer->names.len; i++)
		printf("%s%.*s", i ? "," : "", SLICE_ARG(answer->names.items[i]));
	printf("\n");
}

static void run(void)
{
	struct image_source *source = registry_source(registry);
	struct image_answer answer;
	struct error *err = NULL;
	static size_t outcomes[IMAGE_INTERRUPTED + 1];
	int got;

	while ((got = source->ops->next(source, -1, &answer, &err)) > 0) {
		outcomes[answer.outcome]++;
		answered += answer.last;
		if (!quiet)
			show(&answer);
	}
	if (got < 0)
		die(err->message);
	printf("RAN\tasked=%zu\tanswered=%zu", asked, answered);
	for (size_t i = 0; i <= IMAGE_INTERRUPTED; i++)
		printf("\t%s=%zu", image_outcome_text((enum image_outcome)i), outcomes[i]);
	printf("\n");
	fflush(stdout);
}

static void facts(void)
{
	const struct registry_facts *f = registry_facts(registry);
	printf("FACTS\trequests=%llu\tbytes=%llu\ttokens=%llu\tlimited=%llu\tlimit=%lld\tremaining=%lld\tlimit_seconds=%lld\t"
	       "warning=%.*s\tlogged_in=%d\tlogin=%.*s\n",
	       (unsigned long long)f->requests, (unsigned long long)f->bytes, (unsigned long long)f->tokens,
	       (unsigned long long)f->limited, (long long)(f->limit == INT_UNKNOWN ? -1 : f->limit),
	       (long long)(f->remaining == INT_UNKNOWN ? -1 : f->remaining),
	       (long long)(f->limit_seconds == INT_UNKNOWN ? -1 : f->limit_seconds), SLICE_ARG(f->warning),
	       f->logged_in, SLICE_ARG(f->login));
	fflush(stdout);
}

static void ask(char *words[], size_t count)
{
	static const struct {
		const char *word;
		enum image_ask_type type;
	} types[] = {
		{ "catalog", IMAGE_ASK_REPOSITORIES }, { "tags", IMAGE_ASK_TAGS }, { "tag", IMAGE_ASK_TAG },
		{ "manifest", IMAGE_ASK_MANIFEST },    { "blob", IMAGE_ASK_BLOB }, { "referrers", IMAGE_ASK_REFERRERS },
	};
	struct image_source *source = registry_source(registry);
	struct error *err = NULL;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcmp(words[0], types[i].word))
			continue;
		struct image_ask what = {
			.type = types[i].type,
			.repository = count > 1 ? slice_of(words[1]) : SLICE_NONE,
			.reference = count > 2 ? slice_of(words[2]) : SLICE_NONE,
			.size = count > 3 ? strtoll(words[3], NULL, 10) : INT_UNKNOWN,
		};
		if (source->ops->ask(source, &what, (void *)(uintptr_t)asked++, &err) < 0)
			die(err->message);
		return;
	}
	die("no such ask");
}

static void on_alarm(int signal)
{
	(void)signal;
	http_stop(http);
}

static void open_registry(int count, char *words[])
{
	struct error *err = NULL;
	const char *config = value_of(count, words, "docker_config"), *rate = value_of(count, words, "rate");
	char *ca = read_file(value_of(count, words, "ca"));
	if (config) {
		struct docker_config_options options = { .path = slice_of(config) };
		if (logins_new(&logins, &err) < 0 || logins_add_docker_config(logins, &options, &err) < 0)
			die(err->message);
	}
	struct registry_options options = {
		.host = slice_of(value_of(count, words, "host")),
		.plain_http = value_of(count, words, "plain") != NULL,
		.ca_pem = slice_of(ca),
		.environment_proxies = value_of(count, words, "environment_proxies") != NULL,
		.proxy = slice_of(value_of(count, words, "proxy")),
		.logins = logins,
		.login_registry = slice_of(value_of(count, words, "login_registry")),
		.connections = number_of(count, words, "connections"),
		.width = number_of(count, words, "width"),
		.rate = rate ? strtod(rate, NULL) : 0,
		.retries = number_of(count, words, "retries"),
		.patience_ms = number_of(count, words, "patience"),
	};
	struct slice token_host = slice_of(value_of(count, words, "token_host"));
	if (token_host.data)
		options.token_hosts = (struct slice_list){ &token_host, 1 };
	if (http_new(&http, &err) < 0 || registry_new(http, &options, &registry, &err) < 0)
		die(err->message);
	free(ca);
}

int main(int argc, char *argv[])
{
	struct error *err = NULL;
	char *line = NULL, *words[WORDS_MAX];
	size_t capacity = 0;

	if (secret_start_process(&err) < 0)
		die(err->message);
	signal(SIGALRM, on_alarm);
	quiet = value_of(argc, argv, "quiet") != NULL;
	open_registry(argc, argv);
	unsigned alarm_ms = number_of(argc, argv, "alarm");
	setitimer(ITIMER_REAL, &(struct itimerval){ .it_value = { alarm_ms / 1000, alarm_ms % 1000 * 1000 } }, NULL);
	while (getline(&line, &capacity, stdin) > 0) {
		char *rest = line;
		size_t count = 0;
		line[strcspn(line, "\n")] = '\0';
		for (char *word; (word = strsep(&rest, "\t")) && count < WORDS_MAX;)
			words[count++] = word;
		if (!strcmp(words[0], "run"))
			run();
		else if (!strcmp(words[0], "facts"))
			facts();
		else if (words[0][0])
			ask(words, count);
	}
	free(line);
	run();
	facts();
	registry_free(registry);
	http_free(http);
	logins_free(logins);
	return 0;
}
