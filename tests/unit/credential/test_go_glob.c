#include "credential/go_glob.h"

#include "support/check.h"
#include "support/mangle.h"

static void patterns_as_go_matches_them(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} examples[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "abc", "abc", true },
		{ "abc", "abd", false },
		{ "abc", "ab", false },
		{ "ABC", "abc", false },
		{ "*", "", true },
		{ "*", "abc", true },
		{ "**", "abc", true },
		{ "*", "a/b", false },
		{ "a*", "a", true },
		{ "a*", "abc", true },
		{ "a*c", "abc", true },
		{ "a*c", "abcb", false },
		{ "a*b*c", "axbxbxc", true },
		{ "a*b?c*x", "abxbbxdbxebxczzx", true },
		{ "a*b?c*x", "abxbbxdbxebxczzy", false },
		{ "*bc", "abcbc", true },
		{ "?", "a", true },
		{ "?", "\xc3\xbc", true },
		{ "??", "\xc3\xbc", false },
		{ "?", "/", false },
		{ "a?b",
		  "a\xff"
		  "b",
		  true },
		{ "[a-c]", "b", true },
		{ "[a-c]", "d", false },
		{ "[^a-c]", "d", true },
		{ "[^a-c]", "b", false },
		{ "[ab]c", "bc", true },
		{ "[\xc3\xa0-\xc3\xbc]", "\xc3\xae", true },
		{ "[a]*", "abc", true },
		{ "*[0-9]", "web7", true },
		{ "[*]", "*", true },
		{ "[*]", "a", false },
		{ "[\\]]", "]", true },
		{ "[\\-]", "-", true },
		{ "[a\\-z]", "m", false },
		{ "\\*", "*", true },
		{ "\\*", "a", false },
		{ "a\\\\b", "a\\b", true },
		/* malformed: matches nothing */
		{ "[", "a", false },
		{ "[^", "a", false },
		{ "[a", "a", false },
		{ "[]a]", "]", false },
		{ "[-]", "-", false },
		{ "[x-]", "x", false },
		{ "[-x]", "x", false },
		{ "[a-", "a", false },
		{ "[a\\", "a", false },
		{ "[\xff]", "\xff", false },
		{ "\\", "a", false },
		{ "a\\", "a\\", false },
		{ "[]", "a", false },
		{ "[]*]", "]", false },
		/* an address in brackets is a class of its characters */
		{ "[::1]", "1", true },
		{ "[::1]", ":", true },
		{ "[::1]", "[::1]", false },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
		if (go_glob_match(slice_of(examples[i].pattern), slice_of(examples[i].name)) != examples[i].matches)
			fail_msg("%s on %s", examples[i].pattern, examples[i].name);
}

static void special_bytes_make_a_pattern(void **state)
{
	assert_true(go_glob_is_pattern(SLICE("a*")));
	assert_true(go_glob_is_pattern(SLICE("?a")));
	assert_true(go_glob_is_pattern(SLICE("[a")));
	assert_true(go_glob_is_pattern(SLICE("a\\")));
	assert_false(go_glob_is_pattern(SLICE("a-b.c]^\0")));
	assert_false(go_glob_is_pattern(SLICE_NONE));
}

static void match_any(struct slice variant, size_t at, void *data)
{
	go_glob_match(variant, SLICE("abz/\xc3\xbc"));
	go_glob_match(SLICE("a*[b-z]\\/?"), variant);
	assert_true(go_glob_is_pattern(variant) || go_glob_match(variant, variant));
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("a*[^\\b-\xc3\xbc]\\]?*"), match_any, NULL);
	mangle_flip(SLICE("a*[^\\b-\xc3\xbc]\\]?*"), match_any, NULL);
}

/* Stars cost what they are worth: not more than pattern times name. */
static void many_stars_take_no_time(void **state)
{
	char name[4096], pattern[256];
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = 'a';
	for (size_t i = 0; i + 1 < sizeof pattern; i += 2) {
		pattern[i] = '*';
		pattern[i + 1] = 'a';
	}
	pattern[sizeof pattern - 1] = 'b';
	assert_false(go_glob_match((struct slice){ pattern, sizeof pattern }, (struct slice){ name, sizeof name }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_as_go_matches_them),
		cmocka_unit_test(special_bytes_make_a_pattern),
		cmocka_unit_test(cut_and_flipped),
		cmocka_unit_test(many_stars_take_no_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
