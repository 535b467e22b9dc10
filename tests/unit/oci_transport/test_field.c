#include "oci/transport/field.h"

#include "support/check.h"
#include "support/mangle.h"

static void check_parameter(const char *text, const char *name, const char *value, size_t left)
{
	struct cursor c = cursor_on(slice_of(text));
	struct field_parameter parameter;
	assert_true(field_take_parameter(&c, &parameter));
	check_slice(parameter.name, name);
	check_slice(parameter.value, value);
	assert_int_equal(cursor_left(&c), left);
}

static void parameters(void **state)
{
	check_parameter("a=b, c", "a", "b", 3);
	check_parameter("a = \"b, c\"; d", "a", "b, c", 3);
	check_parameter("a=\"\"", "a", "", 0);
	check_parameter("a=", "a", "", 0);
	check_parameter("a", "a", "", 0);
	check_parameter("a=https://x/y?z=1;b", "a", "https://x/y?z=1", 2);
	check_parameter("a=\"x\\\"y\"z", "a", "x\\\"y", 1);
}

static void broken_parameters(void **state)
{
	static const char *const bad[] = { "", "=b", "\"a\"=b", "a=\"b", "a=\"b\\", "a=\"b\\\"", ",", NULL };
	struct field_parameter parameter;
	for (const char *const *text = bad; *text; text++) {
		struct cursor c = cursor_on(slice_of(*text));
		if (field_take_parameter(&c, &parameter))
			fail_msg("%s is taken", *text);
	}
}

static void backslashes_are_taken_out(void **state)
{
	char room[16];
	struct cursor c = cursor_on(SLICE("a=\"x\\\"\\\\y\""));
	struct field_parameter parameter;
	assert_true(field_take_parameter(&c, &parameter) && parameter.escaped);
	check_slice(((struct slice){ room, field_unescape(parameter.value, room) }), "x\"\\y");
	assert_int_equal(field_unescape(SLICE("a\\"), room), 2);
}

static void tokens_and_blanks(void **state)
{
	struct cursor c = cursor_on(SLICE(" \tBearer!#$ x"));
	field_skip_blanks(&c);
	check_slice(field_take_token(&c), "Bearer!#$");
	check_slice(field_take_token(&c), "");
}

static void take_mangled(struct slice variant, size_t at, void *data)
{
	struct cursor c = cursor_on(variant);
	struct field_parameter parameter;
	char room[64];
	if (field_take_parameter(&c, &parameter))
		assert_true(field_unescape(parameter.value, room) <= parameter.value.len);
}

static void cut_and_flipped_parameters(void **state)
{
	struct slice good = SLICE("realm = \"https://x/\\\"y\", z=1");
	mangle_truncate(good, take_mangled, NULL);
	mangle_flip(good, take_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters),
		cmocka_unit_test(broken_parameters),
		cmocka_unit_test(backslashes_are_taken_out),
		cmocka_unit_test(tokens_and_blanks),
		cmocka_unit_test(cut_and_flipped_parameters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
