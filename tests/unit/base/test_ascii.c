#include "base/ascii.h"

#include <limits.h>
#include <string.h>

#include "support/check.h"

static const struct {
	const char *name;
	bool (*holds)(int byte);
	const char *members;
} classes[] = {
	{ "digit", ascii_is_digit, "0123456789" },
	{ "lower", ascii_is_lower, "abcdefghijklmnopqrstuvwxyz" },
	{ "upper", ascii_is_upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "letter", ascii_is_letter, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "alphanumeric", ascii_is_alphanumeric, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" },
	{ "blank", ascii_is_blank, " \t\r\n" },
	{ "hex", ascii_is_hex, "0123456789abcdefABCDEF" },
	{ "lower_hex", ascii_is_lower_hex, "0123456789abcdef" },
};

/* Every char, signed and unsigned, and what a cursor gives at its end. */
static void classes_hold_their_members_and_nothing_else(void **state)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		for (int byte = SCHAR_MIN; byte <= UCHAR_MAX; byte++) {
			bool member = byte > 0 && byte < 0x80 && strchr(classes[i].members, byte);
			if (classes[i].holds(byte) != member)
				fail_msg("%s: %d", classes[i].name, byte);
		}
}

static void lower_changes_letters_alone(void **state)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", lower[] = "abcdefghijklmnopqrstuvwxyz";
	for (int byte = SCHAR_MIN; byte <= UCHAR_MAX; byte++) {
		const char *at = byte > 0 && byte < 0x80 ? strchr(upper, byte) : NULL;
		assert_int_equal(ascii_lower(byte), at ? lower[at - upper] : byte);
	}
}

static void hex_digits_have_values(void **state)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	for (int value = 0; value < 16; value++) {
		assert_int_equal(ascii_hex_value(lower[value]), value);
		assert_int_equal(ascii_hex_value(upper[value]), value);
	}
	static const int others[] = { -1, 0, '/', ':', '@', 'G', '`', 'g', 0x80, 0xff, 'A' | 0x80 };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(ascii_hex_value(others[i]), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_hold_their_members_and_nothing_else),
		cmocka_unit_test(lower_changes_letters_alone),
		cmocka_unit_test(hex_digits_have_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
