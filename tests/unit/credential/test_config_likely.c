#include "credential/docker_config.h"
#include "support/check.h"

#define LOGIN "{\"auth\":\"dTpFWEFNUExF\"}"

static void likely_configs(void **state)
{
	static const struct {
		const char *text;
		bool likely;
	} examples[] = {
		{ "{\"auths\":{}}", true },
		{ "{\"Auths\":{\"a\":{}},\"x\":1}", true },
		{ "{\"auths\":{\"a\":{\"auth\":\"\"", true },
		{ "{\"a\":" LOGIN "}", true },
		{ "{\"a\":{\"username\":1},\"b\":{\"registrytoken\":\"\"}}", true },
		{ "{\"a\":" LOGIN ",\"b\":1}", false },
		{ "{\"a\":{\"email\":\"\"}}", false },
		{ "{\"auths\":1}", false },
		{ "{}", false },
		{ "[]", false },
		{ "", false },
		{ "{\"a\":{}}", false },
		{ "EXAMPLE", false },
		{ "{\"a\":" LOGIN, false },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		CLEANUP(secret_release) struct secret_bytes text = { 0 };
		struct error *err = NULL;
		check_ok(secret_copy(&text, slice_of(examples[i].text), &err), &err);
		if (docker_config_likely(&text) != examples[i].likely)
			fail_msg("%s", examples[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likely_configs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
