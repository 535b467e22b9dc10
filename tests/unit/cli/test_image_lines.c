#include "cli/image_lines.h"

#include "base/limits.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

static void check_lines(size_t width, const char *label, const char *value, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	const struct image_screen screen = { &out, &arena, width };
	struct image_lines lines = image_lines_of(&screen);
	image_line_add(&lines, slice_of(value));
	image_line_end(&lines, label);
	image_lines_release(&lines);
	assert_string_equal(strbuf_text(&out), expected);
}

static void words_go_on_below_the_value(void **state)
{
	check_lines(80, "user", "web", "user          web\n");
	check_lines(40, "labels", "one two three four five six seven eight",
		    "labels        one two three four five\n"
		    "              six seven eight\n");
	check_lines(40, "", "a", "              a\n");
	check_lines(1, "x", "no narrower than forty cells: else words alone",
		    "x             no narrower than forty\n"
		    "              cells: else words alone\n");
}

static void a_word_that_is_too_long_is_not_broken(void **state)
{
	check_lines(40, "digest", "sha256:0123456789012345678901234567890123456789 x",
		    "digest        sha256:0123456789012345678901234567890123456789\n"
		    "              x\n");
}

static void an_empty_value_and_blanks(void **state)
{
	check_lines(80, "x", "", "x             \n");
	check_lines(80, "x", "a  b", "x             a  b\n");
}

static void wide_characters_take_two_cells(void **state)
{
	check_lines(
		40, "x",
		"\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad \xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad a b",
		"x             \xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad \xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\n"
		"              a b\n");
}

static void a_digest_is_short_enough_to_type(void **state)
{
	check_slice(image_short_digest(SLICE("sha256:0123456789abcdef")), "sha256:0123456789ab");
	assert_null(image_short_digest(SLICE_NONE).data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_go_on_below_the_value),
		cmocka_unit_test(a_word_that_is_too_long_is_not_broken),
		cmocka_unit_test(an_empty_value_and_blanks),
		cmocka_unit_test(wide_characters_take_two_cells),
		cmocka_unit_test(a_digest_is_short_enough_to_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
