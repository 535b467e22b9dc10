#include "base/limits.h"
#include "credential/keyring.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static bool is_dead(struct slice key)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct error *err = NULL;
	bool dead = false;
	check_ok(keyring_key_is_dead(key, &arena, &dead, &err), &err);
	return dead;
}

static void keys_that_no_image_can_match(void **state)
{
	static const char *const dead[] = {
		/* Docker Hub's other names; index.docker.io in any form but the one of the fallback */
		"registry-1.docker.io",
		"https://hub.docker.com/",
		"registry.hub.docker.com",
		"registry.docker.io",
		"www.docker.io",
		"https://index.docker.io/v1",
		"index.docker.io/acme",
		"index.docker.io:",
		/* dropped, or not parsed again */
		"reg.example:x",
		"reg example",
		"[::1",
		"reg[1].example",
		"reg.example/a%0ab",
		"[fe80::1%25eth0]:5000",
		/* hosts that the grammar of images does not have */
		"",
		"/",
		"acme",
		"acme/app",
		"reg_1.example",
		"-reg.example",
		"reg-.example",
		"reg..example",
		".example",
		"HTTPS://reg.example",
		"ftp://reg.example",
		"r\xc3\xbcg.example",
		"reg!.example",
		"[::1]",
		"reg<.example",
		/* paths that it does not have */
		"reg.example/Team",
		"reg.example//team",
		"reg.example/_team",
		"reg.example/tea..m",
		"reg.example/tea___m",
		"reg.example/tea._m",
		"reg.example/tea m",
		"reg.example/*",
		"reg.example/t/../u",
		"reg.example/t//",
	};
	for (size_t i = 0; i < sizeof dead / sizeof *dead; i++)
		if (!is_dead(slice_of(dead[i])))
			fail_msg("%s is called live", dead[i]);
}

static void keys_that_some_image_can_match(void **state)
{
	static const char *const live[] = {
		"docker.io",
		"index.docker.io",
		"https://index.docker.io/v1/",
		"http://index.docker.io",
		"docker.io/acme",
		"*.io",
		"*.docker.io",
		"registry-1.docker.io:443",
		"Docker.io",
		"docker.io:443",
		"reg.example",
		"reg.example:",
		"reg.example/",
		"reg.example:5000/v2/",
		"reg.example/v2",
		"reg.example/team",
		"reg.example/tea",
		"reg.example/tea-",
		"reg.example/tea--m",
		"reg.example/tea__m",
		"reg.example/tea.",
		"reg.example/team/",
		"localhost",
		"localhost:5000",
		"acme:5000",
		"ACME",
		"a*",
		"*",
		"10.0.0.1",
		"[::1]:5000",
		"[::A]",
		"user@reg.example",
		"reg.example?x",
		"reg.example/t%65am",
	};
	for (size_t i = 0; i < sizeof live / sizeof *live; i++)
		if (is_dead(slice_of(live[i])))
			fail_msg("%s is called dead", live[i]);
}

static void ask_any(struct slice variant, size_t at, void *data)
{
	is_dead(variant);
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("https://reg.example:5000/v2/tea__mm/a-b.c"), ask_any, NULL);
	mangle_flip(SLICE("https://reg.example:5000/v2/tea__mm/a-b.c"), ask_any, NULL);
}

static int ask_once(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	bool dead = true;
	if (keyring_key_is_dead(SLICE("https://reg.example:5000/v2/team"), &arena, &dead, err) < 0)
		return -1;
	assert_false(dead);
	return 0;
}

static void no_memory_is_no_answer(void **state)
{
	torture(ask_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_that_no_image_can_match),
		cmocka_unit_test(keys_that_some_image_can_match),
		cmocka_unit_test(cut_and_flipped),
		cmocka_unit_test(no_memory_is_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
