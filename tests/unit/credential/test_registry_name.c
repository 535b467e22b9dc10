#include "credential/registry_name.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static int empty_arena(void **state)
{
	arena_release(&arena);
	return 0;
}

static void keys_name_registries(void **state)
{
	static const struct {
		const char *key, *registry, *path;
		bool wildcard;
	} examples[] = {
		/* all of Docker Hub */
		{ "https://index.docker.io/v1/", "docker.io", "" },
		{ "https://index.docker.io/v1", "docker.io", "" },
		{ "index.docker.io", "docker.io", "" },
		{ "docker.io", "docker.io", "" },
		{ "Docker.IO", "docker.io", "" },
		{ "HTTPS://registry-1.docker.io/v2/", "docker.io", "" },
		{ "http://hub.docker.com:80/", "docker.io", "" },
		{ "registry.hub.docker.com", "docker.io", "" },
		{ "registry.docker.io:443", "docker.io", "" },
		{ "www.docker.io", "docker.io", "" },
		{ "docker.io/acme", "docker.io", "acme" },
		{ " docker.io\n", "docker.io", "" },
		{ "user:p@index.docker.io/v1/", "docker.io", "" },
		/* and what is not of it */
		{ "docker.io:5000", "docker.io:5000", "" },
		{ "docker.io.example", "docker.io.example", "" },
		{ "notdocker.io", "notdocker.io", "" },
		{ "index.docker.io.", "index.docker.io.", "" },
		/* ports */
		{ "reg.example:443", "reg.example", "" },
		{ "https://reg.example:443/v2/", "reg.example", "" },
		{ "https://reg.example:80", "reg.example:80", "" },
		{ "http://reg.example:80", "reg.example", "" },
		{ "reg.example:80", "reg.example:80", "" },
		{ "reg.example:", "reg.example", "" },
		{ "reg.example:0443", "reg.example:0443", "" },
		{ "[::1]:5000/x", "[::1]:5000", "x" },
		{ "[2001:DB8::1]:443", "[2001:db8::1]", "" },
		{ "::1", "::1", "" },
		/* paths */
		{ "reg.example/Team//", "reg.example", "Team" },
		{ "reg.example/v2/team/app", "reg.example", "team/app" },
		{ "reg.example/v2", "reg.example", "" },
		{ "reg.example/v1/v2/x", "reg.example", "v2/x" },
		{ "reg.example/v2x", "reg.example", "v2x" },
		{ "reg.example/team?x#y", "reg.example", "team" },
		{ "reg.example#x", "reg.example", "" },
		/* wildcards */
		{ "*.example.com", "*.example.com", "", true },
		{ "re?.example.com/x", "re?.example.com", "x", true },
		{ "reg[12].example.com", "reg[12].example.com", "", true },
		{ "[::1]", "[::1]", "", false },
		/* odd text is its own registry */
		{ "", "", "" },
		{ "://", "", "" },
		{ "/", "", "" },
		{ "reg example", "reg example", "" },
		{ "a:b:c", "a:b:c", "" },
		{ "r\xc3\x9c"
		  "g",
		  "r\xc3\x9c"
		  "g",
		  "" },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct registry_name name;
		check_ok(registry_name_parse(slice_of(examples[i].key), &arena, &name, &err), &err);
		check_slice(name.registry, examples[i].registry);
		check_slice(name.path, examples[i].path);
		assert_int_equal(name.wildcard, examples[i].wildcard);
	}
}

static void missing_key_is_an_empty_registry(void **state)
{
	struct error *err = NULL;
	struct registry_name name;
	check_ok(registry_name_parse(SLICE_NONE, &arena, &name, &err), &err);
	check_slice(name.registry, "");
}

/* What was normalised once stays as it is. */
static void parse_twice(struct slice variant, size_t at, void *data)
{
	struct error *err = NULL;
	struct registry_name name, again;
	check_ok(registry_name_parse(variant, &arena, &name, &err), &err);
	check_ok(registry_name_parse(name.registry, &arena, &again, &err), &err);
	assert_true(name.registry.len + name.path.len <= variant.len + sizeof "docker.io");
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("https://u:p@[2001:db8::1]:443/v2/team?x#y"), parse_twice, NULL);
	mangle_flip(SLICE("https://u:p@[2001:db8::1]:443/v2/team?x#y"), parse_twice, NULL);
	mangle_flip(SLICE("http://index.docker.io:80/v1/"), parse_twice, NULL);
}

static void given_names_are_normalised(void **state)
{
	static const char *const hub[] = { "docker.io", "https://index.docker.io/v1/", "HUB.docker.com", "docker.io/" };
	struct error *err = NULL;
	struct slice registry;
	for (size_t i = 0; i < sizeof hub / sizeof *hub; i++) {
		check_ok(registry_name_given(slice_of(hub[i]), &arena, &registry, &err), &err);
		check_slice(registry, "docker.io");
	}
	check_ok(registry_name_given(SLICE("Reg.Example:5000"), &arena, &registry, &err), &err);
	check_slice(registry, "reg.example:5000");
	check_ok(registry_name_given(SLICE("[::1]:5000"), &arena, &registry, &err), &err);
	check_slice(registry, "[::1]:5000");
	check_ok(registry_name_given(SLICE("localhost"), &arena, &registry, &err), &err);
	check_slice(registry, "localhost");
}

static void impossible_names_are_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} examples[] = {
		{ "", "empty" },
		{ "  ", "empty" },
		{ "https://", "empty" },
		{ "https:///x", "empty" },
		{ "*.example.com", "wildcards" },
		{ "reg example", "no host" },
		{ "a..b", "no host" },
		{ "-a.b", "no host" },
		{ "reg.example:x", "no host" },
		{ "reg.example:0", "no host" },
		{ "reg.example:65536", "no host" },
		{ "reg.example:123456", "no host" },
		{ "a:1:2", "no host" },
		{ "[::1", "wildcards" },
		{ "[::g z]", "no host" },
		{ "docker.io/acme", "--repository" },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct slice registry;
		assert_int_equal(registry_name_given(slice_of(examples[i].text), &arena, &registry, &err), -1);
		check_error(&err, ERROR_USAGE, examples[i].part);
	}
}

static int parse_once(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_KIB);
	struct registry_name name;
	return registry_name_parse(SLICE("https://reg.example:443/v2/team"), &own, &name, err);
}

static void every_allocation_fails(void **state)
{
	torture(parse_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(keys_name_registries, empty_arena),
		cmocka_unit_test_teardown(missing_key_is_an_empty_registry, empty_arena),
		cmocka_unit_test_teardown(cut_and_flipped, empty_arena),
		cmocka_unit_test_teardown(given_names_are_normalised, empty_arena),
		cmocka_unit_test_teardown(impossible_names_are_refused, empty_arena),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
