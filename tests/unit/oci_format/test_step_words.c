#include "oci/format/step_words.h"

#include "base/limits.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

static void words_are_parted_by_blanks(void **state)
{
	struct slice rest = SLICE("  a\t b\n");
	check_slice(step_word(&rest), "a");
	check_slice(rest, "b\n");
	check_slice(step_word(&rest), "b");
	assert_null(step_word(&rest).data);
	rest = SLICE_NONE;
	assert_null(step_word(&rest).data);
}

static void names(void **state)
{
	assert_true(step_is_variable(SLICE("_A1")));
	assert_false(step_is_variable(SLICE("1A")));
	assert_false(step_is_variable(SLICE("A-B")));
	assert_false(step_is_variable(SLICE("")));
	assert_false(step_is_variable(SLICE_NONE));
	assert_true(step_is_label(SLICE("org.example/a-b")));
	assert_false(step_is_label(SLICE(".a")));
	assert_false(step_is_label(SLICE("a\"")));
	assert_false(step_is_label(SLICE_NONE));
}

static void names_that_may_hold_a_secret(void **state)
{
	static const char *const secret[] = { "PASSWORD",
					      "db_password",
					      "MYSQL_ROOT_PASSWORD",
					      "X_PASSWD",
					      "TOKEN",
					      "NPM_TOKEN",
					      "SECRET_KEY_BASE",
					      "AWS_SECRET_ACCESS_KEY",
					      "APIKEY",
					      "API_KEYS",
					      "CREDENTIALS",
					      "PASSPHRASE",
					      "NPM_AUTH",
					      "DB_PASS",
					      "DB_PWD" };
	static const char *const plain[] = { "PATH", "PWD", "KEYBOARD", "AUTHOR", "PASSIVE", "GO_VERSION", "", "_" };
	for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++)
		assert_true(step_is_secret_name(slice_of(secret[i])));
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		assert_false(step_is_secret_name(slice_of(plain[i])));
}

static void a_quoted_text_ends_at_its_quote(void **state)
{
	struct slice rest = SLICE("\"a\\\"b\\n\" c"), text;
	struct error *err = NULL;
	assert_int_equal(step_quoted(&rest, &arena, &text, &err), 1);
	check_slice(text, "a\"b\n");
	check_slice(rest, " c");
	static const char *const bad[] = { "",        "a",        "\"",        "\"a",        "\"\\",
					   "\"\\q\"", "\"\\x4\"", "\"\\u12\"", "\"\\U0000\"" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		rest = slice_of(bad[i]);
		assert_int_equal(step_quoted(&rest, &arena, &text, &err), 0);
		check_slice(rest, bad[i]);
	}
}

static void a_list_ends_at_its_bracket(void **state)
{
	struct slice rest = SLICE("[\"a\" \"b\",\"c\"] d");
	struct slice_list items;
	struct error *err = NULL;
	assert_int_equal(step_quoted_list(&rest, &arena, &items, &err), 1);
	assert_int_equal(items.len, 3);
	check_slice(items.items[2], "c");
	check_slice(rest, " d");
	static const char *const bad[] = { "", "[", "[a]", "[\"a\"", "[\"a\" b]" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		rest = slice_of(bad[i]);
		assert_int_equal(step_quoted_list(&rest, &arena, &items, &err), 0);
		check_slice(rest, bad[i]);
	}
	rest = SLICE("[ ]");
	assert_int_equal(step_quoted_list(&rest, &arena, &items, &err), 1);
	assert_int_equal(items.len, 0);
	assert_non_null(items.items);
}

static void values_go_on_to_the_next_name(void **state)
{
	struct oci_annotation *pairs;
	size_t count;
	struct error *err = NULL;
	check_ok(step_pairs(SLICE("x A=b  c =d E= F"), step_is_variable, &arena, &pairs, &count, &err), &err);
	assert_int_equal(count, 2);
	check_slice(pairs[0].name, "A");
	check_slice(pairs[0].value, "b  c =d");
	check_slice(pairs[1].name, "E");
	check_slice(pairs[1].value, " F");
	check_ok(step_pairs(SLICE(" "), step_is_variable, &arena, &pairs, &count, &err), &err);
	assert_int_equal(count, 0);
}

static void check_value(const char *value, bool windows, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	step_add_value(&out, slice_of(value), windows);
	assert_string_equal(strbuf_text(&out), expected);
}

static void values_are_quoted_for_the_escape_of_their_system(void **state)
{
	check_value("/a:/b", false, "/a:/b");
	check_value("a b", false, "\"a b\"");
	check_value("#a", false, "\"#a\"");
	check_value("C:\\a b", false, "\"C:\\\\a b\"");
	check_value("C:\\a b", true, "\"C:\\a b\"");
	check_value("`\"$", true, "\"```\"`$\"");
	check_value("", false, "");
}

static void check_shell(const char *command, const char *known, const char *rest)
{
	struct slice whole = slice_of(command);
	size_t len = step_shell(whole, slice_of(known));
	check_slice(slice_part(whole, len, whole.len), rest);
	assert_true(len > 0);
}

static void shells(void **state)
{
	check_shell("/bin/sh -c make all", NULL, "make all");
	check_shell("/bin/bash -euxo pipefail -c make", NULL, "make");
	check_shell("/busybox/sh -ec make", NULL, "make");
	check_shell("bash -lc make", NULL, "make");
	check_shell("cmd /s /c dir", NULL, "dir");
	check_shell("pwsh -Command dir", NULL, "dir");
	check_shell("powershell -Command $x = 1; dir", "powershell -Command $x = 1;", "dir");
	check_shell("/usr/bin/python3 -c print", "/usr/bin/python3 -c", "print");
	static const char *const none[] = { "",           "make",        "/bin/sh", "/bin/sh x -c y", "/bin/true -c x",
					    "publish -c", "pwsh -c dir", "cmd" };
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(step_shell(slice_of(none[i]), SLICE_NONE), 0);
	assert_int_equal(step_shell(SLICE("/bin/shx"), SLICE("/bin/sh")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_parted_by_blanks),
		cmocka_unit_test(names),
		cmocka_unit_test(names_that_may_hold_a_secret),
		cmocka_unit_test(a_quoted_text_ends_at_its_quote),
		cmocka_unit_test(a_list_ends_at_its_bracket),
		cmocka_unit_test(values_go_on_to_the_next_name),
		cmocka_unit_test(values_are_quoted_for_the_escape_of_their_system),
		cmocka_unit_test(shells),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
