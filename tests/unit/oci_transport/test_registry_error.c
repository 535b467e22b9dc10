#include "oci/transport/registry_error.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(1 << 24);

static struct registry_error read(const char *body)
{
	struct registry_error error;
	struct error *err = NULL;
	check_ok(registry_error_parse(slice_of(body), &arena, &error, &err), &err);
	return error;
}

static const char both[] =
	"{\"errors\":[{\"code\":\"NAME_UNKNOWN\",\"message\":\"no \\u0041\",\"detail\":{\"a\":[1]}},7,[{}],null,"
	"{\"code\":\"DENIED\",\"message\":\"Your Authorization Token is invalid.\"}],\"x\":1}";

static void errors_of_the_api(void **state)
{
	struct registry_error e = read(both);
	assert_true(e.is_api);
	assert_int_equal(e.count, 2);
	check_slice(e.text, "NAME_UNKNOWN: no A; DENIED: Your Authorization Token is invalid.");
	assert_true(registry_error_has_code(&e, "denied") && registry_error_has_code(&e, "NAME_UNKNOWN"));
	assert_false(registry_error_has_code(&e, "NAME"));
	assert_true(registry_error_says(&e, "authorization token"));
	assert_false(registry_error_says(&e, "authorization tokens"));
}

static void members_that_are_missing_or_of_another_type(void **state)
{
	check_slice(
		read("{\"errors\":[{\"code\":\"X\"},{\"message\":\"m\"},{},{\"code\":7,\"message\":{\"a\":1}}]}").text,
		"X; m");
	assert_true(read("{\"errors\":[]}").is_api);
	assert_true(read("{\"errors\":null}").text.len > 0 && !read("{\"errors\":null}").is_api);
	assert_false(read("{\"errors\":[{\"code\":\"X\"").is_api);
	assert_int_equal(read("{\"errors\":[{\"code\":\"X\"").count, 0);
}

static void other_bodies(void **state)
{
	check_slice(read("404 page not found\nand more").text, "404 page not found");
	check_slice(read("  <html><head><Title> Not\there </TITLE></head>").text, "Not\\u0009here");
	check_slice(read("<html>x").text, "a page of HTML");
	check_slice(read("").text, "");
	check_slice(read(" \n ").text, "");
}

static void what_is_shown_moves_no_cursor_and_shows_no_token(void **state)
{
	check_slice(read("a\x1b[31mb\x9b").text, "a\\u001b[31mb\\x9b");
	struct registry_error e =
		read("{\"errors\":[{\"code\":\"X\",\"message\":\"sent Bearer made-up-token-0123456789\"}]}");
	check_slice(e.text, "X: sent Bearer [masked]");
}

static void there_are_maxima(void **state)
{
	CLEANUP(strbuf_release) struct strbuf many = STRBUF_INIT(1000), endless = STRBUF_INIT(100000);
	strbuf_add_text(&many, "{\"errors\":[{\"code\":\"X\"}");
	for (int i = 0; i < REGISTRY_ERRORS_MAX; i++)
		strbuf_add_text(&many, ",{\"code\":\"Y\"}");
	strbuf_add_text(&many, "]}");
	assert_int_equal(read(strbuf_text(&many)).count, REGISTRY_ERRORS_MAX);
	strbuf_add_repeat(&endless, '\x01', 100000);
	assert_true(read(strbuf_text(&endless)).text.len <= 6 * 512);
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	struct registry_error e;
	struct error *err = NULL;
	check_ok(registry_error_parse(variant, &arena, &e, &err), &err);
	assert_true(utf8_valid(e.text) && e.count <= REGISTRY_ERRORS_MAX);
	arena_clear(&arena);
}

static void cut_and_flipped_bodies(void **state)
{
	const char *bodies[] = { both, "<html><title>a</title></html>", "plain text" };
	for (size_t i = 0; i < 3; i++) {
		mangle_truncate(slice_of(bodies[i]), read_mangled, NULL);
		mangle_flip(slice_of(bodies[i]), read_mangled, NULL);
	}
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(1 << 20);
	struct registry_error e;
	return registry_error_parse(slice_of(both), &own, &e, err);
}

static void failing_allocations(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_of_the_api),
		cmocka_unit_test(members_that_are_missing_or_of_another_type),
		cmocka_unit_test(other_bodies),
		cmocka_unit_test(what_is_shown_moves_no_cursor_and_shows_no_token),
		cmocka_unit_test(there_are_maxima),
		cmocka_unit_test(cut_and_flipped_bodies),
		cmocka_unit_test(failing_allocations),
	};
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return result;
}
