#include "credential/keyring.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static int empty_arena(void **state)
{
	arena_release(&arena);
	return 0;
}

static void add_all(struct keyring *keyring, const char *const *keys)
{
	struct error *err = NULL;
	bool added;
	for (; *keys; keys++)
		check_ok(keyring_add(keyring, slice_of(*keys), (void *)(uintptr_t)*keys, &arena, &added, &err), &err);
}

/* The keys that serve image, in order, with a blank behind each. */
static const char *serving(struct keyring *keyring, const char *image)
{
	static char text[1024];
	struct error *err = NULL;
	void **owners;
	size_t count, length = 0;
	check_ok(keyring_lookup(keyring, slice_of(image), &arena, &owners, &count, &err), &err);
	text[0] = '\0';
	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%s ", (const char *)owners[i]);
	return text;
}

static const char *serving_alone(const char *key, const char *image)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	add_all(&keyring, (const char *const[]){ key, NULL });
	return serving(&keyring, image);
}

#define IMAGE "docker.io/myorg/app"

/* What the kubelet does with each spelling of Docker Hub. */
enum how { NEVER, DIRECT, FALLBACK };

static void truth_table_of_docker_hub(void **state)
{
	static const struct {
		const char *key;
		enum how how;
	} table[] = {
		{ "https://index.docker.io/v1/", FALLBACK },
		{ "https://index.docker.io/v2/", FALLBACK },
		{ "http://index.docker.io/v1/", FALLBACK },
		{ "index.docker.io", FALLBACK },
		{ "index.docker.io/", FALLBACK },
		{ "index.docker.io/v1/", FALLBACK },
		{ "user:pass@index.docker.io", FALLBACK },
		{ "docker.io", DIRECT },
		{ "https://docker.io", DIRECT },
		{ "docker.io/v1/", DIRECT },
		{ "docker.io/myorg", DIRECT },
		{ "docker.io/my", DIRECT },
		{ "docker.io:", DIRECT },
		{ "docker.io/v2/myorg", DIRECT },
		{ "*.io", DIRECT },
		{ "d*.i*", DIRECT },
		{ "registry-1.docker.io", NEVER },
		{ "https://registry-1.docker.io/v2/", NEVER },
		{ "hub.docker.com", NEVER },
		{ "registry.hub.docker.com", NEVER },
		{ "registry.docker.io", NEVER },
		{ "https://index.docker.io/v1", NEVER },
		{ "https://index.docker.io/v1//", NEVER },
		{ "index.docker.io/myorg", NEVER },
		{ "index.docker.io:443", NEVER },
		{ "index.docker.io:", NEVER },
		{ "INDEX.docker.io", NEVER },
		{ "*.docker.io", NEVER },
		{ "*", NEVER },
		{ "Docker.io", NEVER },
		{ "docker.io:443", NEVER },
		{ "docker.io/Myorg", NEVER },
		{ "docker.io/myorg/app/", NEVER },
		{ "docker.io//myorg", NEVER },
		{ "HTTPS://docker.io", NEVER },
		{ "", NEVER },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct error *err = NULL;
		struct keyring_key key;
		bool usable;
		check_ok(keyring_key_parse(slice_of(table[i].key), &arena, &key, &usable, &err), &err);
		bool served = serving_alone(table[i].key, IMAGE)[0] != '\0';
		bool direct = usable && keyring_key_matches(&key, SLICE(IMAGE));
		if (served != (table[i].how != NEVER) || direct != (table[i].how == DIRECT))
			fail_msg("%s: served %d, directly %d", table[i].key, served, direct);
	}
}

static void fallback_is_shadowed_by_any_match(void **state)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	add_all(&keyring, (const char *const[]){ "https://index.docker.io/v1/", "docker.io/myorg", NULL });
	assert_string_equal(serving(&keyring, IMAGE), "docker.io/myorg ");
	assert_string_equal(serving(&keyring, "docker.io/library/nginx"), "https://index.docker.io/v1/ ");
	assert_string_equal(serving(&keyring, "reg.example/myorg/app"), "");
}

/* What has neither a dot nor a colon is of the default registry to the kubelet. */
static void fallback_takes_hosts_without_a_dot(void **state)
{
	assert_string_equal(serving_alone("index.docker.io", "localhost/app"), "index.docker.io ");
	assert_string_equal(serving_alone("index.docker.io", "HOST/app"), "index.docker.io ");
	assert_string_equal(serving_alone("index.docker.io", "nginx"), "index.docker.io ");
	assert_string_equal(serving_alone("index.docker.io", "localhost:5000/app"), "");
	assert_string_equal(serving_alone("index.docker.io", "/app"), "");
	assert_string_equal(serving_alone("index.docker.io", ""), "");
}

static void sorted_by_text_not_by_how_exact(void **state)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	add_all(&keyring,
		(const char *const[]){ "*.example.com/team", "reg.example.com", "reg.example.com/team", NULL });
	assert_string_equal(serving(&keyring, "reg.example.com/team/app"),
			    "reg.example.com/team reg.example.com *.example.com/team ");
}

static void same_index_in_the_order_of_the_secrets(void **state)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	add_all(&keyring, (const char *const[]){ "https://reg.example.com/v1/", "reg.example.com",
						 "http://reg.example.com", "reg.example.com:", NULL });
	/* "reg.example.com:" is another index, and a greater text. */
	assert_string_equal(serving(&keyring, "reg.example.com/app"),
			    "reg.example.com: https://reg.example.com/v1/ reg.example.com http://reg.example.com ");
}

static void added_after_a_lookup(void **state)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	add_all(&keyring, (const char *const[]){ "reg.example.com", NULL });
	assert_string_equal(serving(&keyring, "reg.example.com/team/app"), "reg.example.com ");
	add_all(&keyring, (const char *const[]){ "reg.example.com/team", NULL });
	assert_string_equal(serving(&keyring, "reg.example.com/team/app"), "reg.example.com/team reg.example.com ");
}

static void hosts_ports_and_paths(void **state)
{
	static const struct {
		const char *key, *image;
		bool matches;
	} examples[] = {
		{ "reg.example.com:5000", "reg.example.com:5000/app", true },
		{ "reg.example.com", "reg.example.com:5000/app", false },
		{ "reg.example.com:5000", "reg.example.com/app", false },
		{ "reg.example.com:05000", "reg.example.com:5000/app", false },
		{ "reg.example.com:", "reg.example.com/app", true },
		{ "*.example.com", "a.example.com/app", true },
		{ "*.example.com", "example.com/app", false },
		{ "*.example.com", "a.b.example.com/app", false },
		{ "*.example.com", "a.example.com:443/app", false },
		{ "r*g.*.com", "reg.example.com/app", true },
		{ "*.azurecr.io", "acme.azurecr.io/app", true },
		{ "reg.example.com/tea", "reg.example.com/team/app", true },
		{ "reg.example.com/team/", "reg.example.com/team/app", true },
		{ "reg.example.com/team/", "reg.example.com/team", false },
		{ "reg.example.com/*", "reg.example.com/team", false },
		{ "reg.example.com?x", "reg.example.com/team", true },
		{ "reg.example.com/team?x", "reg.example.com/team/app", true },
		{ "reg.example.com/team#x", "reg.example.com/team/app", true },
		/* decoded once when it is filed, once more when it is matched */
		{ "reg.example.com/t%65am", "reg.example.com/team/app", true },
		{ "reg.example.com/t%2565am", "reg.example.com/team/app", true },
		{ "reg.example.com/t%252565am", "reg.example.com/team/app", false },
		{ "reg.example.com/tea%3Fx", "reg.example.com/team/app", true },
		{ "reg.example.com/team%0a", "reg.example.com/team/app", false },
		/* addresses: brackets are a character class where no port follows */
		{ "[::1]:5000", "[::1]:5000/app", true },
		{ "[::1]", "[::1]/app", false },
		{ "[::A]", "A/app", true },
		{ "[fe80::1%25eth0]:5000", "[fe80::1]:5000/app", false },
		{ "10.0.*.1:5000", "10.0.7.1:5000/app", true },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		bool served = serving_alone(examples[i].key, examples[i].image)[0] != '\0';
		if (served != examples[i].matches)
			fail_msg("%s for %s", examples[i].key, examples[i].image);
	}
}

static void dropped_keys(void **state)
{
	static const char *const dropped[] = { "reg.example.com:x",    "reg example.com",
					       "reg.example.com/%zz",  "reg.example.com/a\nb",
					       "u%zz@reg.example.com", "reg[1].example.com",
					       "reg.example.com:1:2",  "[::1" };
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	struct error *err = NULL;
	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
		bool added = true;
		check_ok(keyring_add(&keyring, slice_of(dropped[i]), NULL, &arena, &added, &err), &err);
		assert_false(added);
	}
	assert_int_equal(keyring.len, 0);
	assert_string_equal(serving(&keyring, IMAGE), "");
}

static void use_any(struct slice variant, size_t at, void *data)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct error *err = NULL;
	void **owners;
	size_t count;
	bool added;
	check_ok(keyring_add(&keyring, variant, NULL, &own, &added, &err), &err);
	check_ok(keyring_lookup(&keyring, SLICE("reg.example.com:5000/team/app"), &own, &owners, &count, &err), &err);
	assert_true(count <= 1);
	check_ok(keyring_lookup(&keyring, variant, &own, &owners, &count, &err), &err);
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("https://u:p@*.example.com:5000/v1/t%65am?x#y"), use_any, NULL);
	mangle_flip(SLICE("https://u:p@*.example.com:5000/v1/t%65am?x#y"), use_any, NULL);
	mangle_flip(SLICE("[fe80::1%2525x]:5000/v2/"), use_any, NULL);
}

static int use_once(void *data, struct error **err)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_OBJECT_BYTES);
	void **owners;
	size_t count;
	bool added;
	if (keyring_add(&keyring, SLICE("reg.example.com/team"), NULL, &own, &added, err) < 0)
		return -1;
	return keyring_lookup(&keyring, SLICE("reg.example.com/team/app"), &own, &owners, &count, err);
}

static void every_allocation_fails(void **state)
{
	torture(use_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(truth_table_of_docker_hub, empty_arena),
		cmocka_unit_test_teardown(fallback_is_shadowed_by_any_match, empty_arena),
		cmocka_unit_test_teardown(fallback_takes_hosts_without_a_dot, empty_arena),
		cmocka_unit_test_teardown(sorted_by_text_not_by_how_exact, empty_arena),
		cmocka_unit_test_teardown(same_index_in_the_order_of_the_secrets, empty_arena),
		cmocka_unit_test_teardown(added_after_a_lookup, empty_arena),
		cmocka_unit_test_teardown(hosts_ports_and_paths, empty_arena),
		cmocka_unit_test_teardown(dropped_keys, empty_arena),
		cmocka_unit_test(cut_and_flipped),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
