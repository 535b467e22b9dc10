/* Lets tests/integration/test_keyring_property.py ask the keyring. Not installed.
 *
 * One command a line on stdin, bytes as hex digits; answers on stdout:
 *     secret          the keys that follow belong to the next secret
 *     key HEX         adds an entry with that key            -> no answer
 *     image HEX       who serves this repository?            -> "SECRET:KEYHEX ..." in the order they are tried
 *     config HEX      the next secret holds this .dockerconfigjson, its entries are added -> "blocks", or
 *                     "KEYHEX:USERHEX:PASSWORDHEX ..." of what the kubelet reads, in the order of the text
 *     legacy HEX      the same with a .dockercfg
 *     dead HEX        is the key dead?                       -> "dead" or "live"
 *     match K I       does key K match image I alone?        -> "yes", "no" or "dropped"
 *     reset           an empty ring                          -> no answer
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "credential/docker_config.h"
#include "credential/keyring.h"

struct probe {
	struct arena arena;
	struct keyring keyring;
	unsigned secret;
};

struct probe_entry {
	struct slice key;
	unsigned secret;
};

static _Noreturn void stop(const char *why)
{
	fprintf(stderr, "keyring-probe: %s\n", why);
	exit(EXIT_FAILURE);
}

static unsigned hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;
	if (!at)
		stop("not a lower-case hex digit");
	return (unsigned)(at - digits);
}

static struct slice from_hex(struct arena *arena, const char *text)
{
	size_t length = strlen(text) / 2;
	char *bytes = arena_bytes(arena, length + 1);
	if (!bytes)
		stop("out of memory");
	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
	return (struct slice){ bytes, length };
}

static void print_hex(struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		printf("%02x", (unsigned char)bytes.data[i]);
}

static void check(int outcome, struct error *error)
{
	if (outcome < 0)
		stop(error ? error->message : "failed");
}

static void add_key(struct probe *probe, const char *hex)
{
	struct error *error = NULL;
	struct probe_entry *entry = arena_zeroed(&probe->arena, 1, sizeof *entry);
	if (!entry)
		stop("out of memory");
	*entry = (struct probe_entry){ from_hex(&probe->arena, hex), probe->secret };
	bool added;
	check(keyring_add(&probe->keyring, entry->key, entry, &probe->arena, &added, &error), error);
}

static void add_entry(struct probe *probe, const struct config_entry *config_entry)
{
	struct error *error = NULL;
	struct probe_entry *entry = arena_zeroed(&probe->arena, 1, sizeof *entry);
	if (!entry)
		stop("out of memory");
	*entry = (struct probe_entry){ config_entry->key, probe->secret };
	bool added;
	check(keyring_add(&probe->keyring, entry->key, entry, &probe->arena, &added, &error), error);
}

static void answer_config(struct probe *probe, const char *hex, enum config_format format)
{
	struct error *error = NULL;
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	check(secret_copy(&text, from_hex(&probe->arena, hex), &error), error);
	check(docker_config_parse(&text, format, &probe->arena, &config, &error), error);
	fputs(config.decodes ? "" : "blocks", stdout);
	for (size_t i = 0; i < config.entry_count; i++) {
		const struct config_entry *entry = &config.entries[i];
		if (!entry->kubelet_reads)
			continue;
		bool token = entry->form == ENTRY_IDENTITY_TOKEN || entry->form == ENTRY_REGISTRY_TOKEN;
		print_hex(entry->key);
		putchar(':');
		print_hex(entry->username);
		putchar(':');
		print_hex(token ? SLICE("") : secret_reveal(&entry->secret));
		putchar(' ');
		add_entry(probe, entry);
	}
	putchar('\n');
	probe->secret++;
}

static void answer_image(struct probe *probe, const char *hex)
{
	struct error *error = NULL;
	void **owners;
	size_t count;
	check(keyring_lookup(&probe->keyring, from_hex(&probe->arena, hex), &probe->arena, &owners, &count, &error),
	      error);
	for (size_t i = 0; i < count; i++) {
		const struct probe_entry *entry = owners[i];
		printf(i > 0 ? " %u:" : "%u:", entry->secret);
		print_hex(entry->key);
	}
	putchar('\n');
}

static void answer_match(struct probe *probe, const char *key_hex, const char *image_hex)
{
	struct error *error = NULL;
	struct keyring_key key;
	bool usable;
	check(keyring_key_parse(from_hex(&probe->arena, key_hex), &probe->arena, &key, &usable, &error), error);
	if (!usable)
		puts("dropped");
	else
		puts(keyring_key_matches(&key, from_hex(&probe->arena, image_hex)) ? "yes" : "no");
}

static void answer_dead(struct probe *probe, const char *hex)
{
	struct error *error = NULL;
	bool dead;
	check(keyring_key_is_dead(from_hex(&probe->arena, hex), &probe->arena, &dead, &error), error);
	puts(dead ? "dead" : "live");
}

static void reset(struct probe *probe)
{
	keyring_release(&probe->keyring);
	arena_clear(&probe->arena);
	probe->secret = 0;
}

static void answer(struct probe *probe, const char *command, const char *first, const char *second)
{
	if (strcmp(command, "key") == 0)
		add_key(probe, first);
	else if (strcmp(command, "secret") == 0)
		probe->secret++;
	else if (strcmp(command, "image") == 0)
		answer_image(probe, first);
	else if (strcmp(command, "config") == 0)
		answer_config(probe, first, CONFIG_DOCKERCONFIGJSON);
	else if (strcmp(command, "legacy") == 0)
		answer_config(probe, first, CONFIG_DOCKERCFG);
	else if (strcmp(command, "dead") == 0)
		answer_dead(probe, first);
	else if (strcmp(command, "match") == 0)
		answer_match(probe, first, second);
	else if (strcmp(command, "reset") == 0)
		reset(probe);
	else
		stop("unknown command");
}

/* The next word of a line, cut off with a NUL; "" at the end. */
static char *take_word(char **line)
{
	char *word = *line;
	char *end = word + strcspn(word, " \n");
	*line = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

int main(void)
{
	struct probe probe = { .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
	char *line = NULL;
	size_t capacity = 0;
	while (getline(&line, &capacity, stdin) > 0) {
		char *rest = line;
		const char *command = take_word(&rest), *first = take_word(&rest), *second = take_word(&rest);
		answer(&probe, command, first, second);
		fflush(stdout);
	}
	free(line);
	reset(&probe);
	arena_release(&probe.arena);
	return EXIT_SUCCESS;
}
