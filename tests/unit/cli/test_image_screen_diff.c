#include "base/limits.h"
#include "cli/image_screen.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
static struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);

static void check_rows(const char *const (*texts)[5], size_t count, const char *expected)
{
	const struct image_screen screen = { &out, &arena, 60 };
	struct image_difference rows[4];
	struct error *err = NULL;
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct image_difference){ slice_of(texts[i][0]), slice_of(texts[i][1]),
						     slice_of(texts[i][2]), slice_of(texts[i][3]),
						     slice_of(texts[i][4]) };
	strbuf_clear(&out);
	check_ok(image_screen_differences(&screen, (struct record_list){ rows, count }, &err), &err);
	assert_string_equal(strbuf_text(&out), expected);
}

static void old_stands_above_new(void **state)
{
	static const char *const rows[][5] = { { NULL, "change", "layers on top", "sha256:a", "sha256:b" },
					       { NULL, "user", NULL, "web", "root" },
					       { NULL, "layer", "4", NULL, "sha256:c RUN x" },
					       { NULL, "label", "a.long.name", "1", "" } };
	check_rows(rows, 4,
		   "layers on top\n"
		   "  sha256:a\n"
		   "  sha256:b\n"
		   "  user        - web\n"
		   "              + root\n"
		   "  layer 4     + sha256:c RUN x\n"
		   "  label a.long.name\n"
		   "              - 1\n"
		   "              + \"\"\n");
}

static void each_platform_by_itself(void **state)
{
	static const char *const rows[][5] = { { "linux/amd64", "change", "same", "sha256:a", "sha256:a" },
					       { "linux/arm64", "platform", "only in the second", NULL, "sha256:b" } };
	check_rows(rows, 2,
		   "linux/amd64  same\n"
		   "  sha256:a\n"
		   "linux/arm64  only in the second\n"
		   "  -\n"
		   "  sha256:b\n");
}

static void what_a_terminal_would_act_on_is_escaped(void **state)
{
	static const char *const rows[][5] = { { NULL, "label", "\x1b]0;x\x07", "\xe2\x80\xae", "b\nc" } };
	check_rows(rows, 1,
		   "  label \\u001b]0;x\\u0007\n"
		   "              - \\u202e\n"
		   "              + b\\u000ac\n");
}

static int release(void **state)
{
	strbuf_release(&out);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_stands_above_new),
		cmocka_unit_test(each_platform_by_itself),
		cmocka_unit_test(what_a_terminal_would_act_on_is_escaped),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
