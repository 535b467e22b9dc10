#include "base/protobuf.h"

#include "support/check.h"
#include "support/mangle.h"

#define BYTES(text) SLICE(text)

static struct protobuf_field only_field(struct slice bytes)
{
	struct cursor c = cursor_on(bytes);
	struct protobuf_field field, more;
	struct error *err = NULL;
	assert_int_equal(protobuf_next(&c, &field, &err), 1);
	assert_int_equal(protobuf_next(&c, &more, &err), 0);
	return field;
}

static void check_number(struct slice bytes, uint32_t number, uint64_t value)
{
	struct protobuf_field field = only_field(bytes);
	assert_int_equal(field.number, number);
	assert_int_equal(field.type, PROTOBUF_NUMBER);
	assert_true(field.value == value);
}

static void numbers_have_seven_bits_a_byte(void **state)
{
	check_number(BYTES("\x08\x00"), 1, 0);
	check_number(BYTES("\x08\x96\x01"), 1, 150);
	check_number(BYTES("\xf8\x01\x7f"), 31, 127);
	check_number(BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), 1, UINT64_MAX);
	check_number(BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 1, 0);
	check_number(BYTES("\xf8\xff\xff\xff\x0f\x01"), PROTOBUF_NUMBER_MAX, 1);
}

static void fixed_numbers_are_little_endian(void **state)
{
	struct protobuf_field field = only_field(BYTES("\x0d\x01\x02\x03\x84"));
	assert_int_equal(field.type, PROTOBUF_FIXED32);
	assert_int_equal(field.value, 0x84030201);
	field = only_field(BYTES("\x11\x01\x00\x00\x00\x00\x00\x00\x80"));
	assert_int_equal(field.type, PROTOBUF_FIXED64);
	assert_int_equal(field.number, 2);
	assert_true(field.value == UINT64_C(0x8000000000000001));
}

static void messages_lie_in_bytes(void **state)
{
	struct protobuf_field field = only_field(BYTES("\x12\x04\x0a\x02hi")), inner;
	struct cursor c = protobuf_inside(&field);
	struct error *err = NULL;
	assert_int_equal(field.type, PROTOBUF_BYTES);
	assert_int_equal(field.offset, 2);
	assert_int_equal(protobuf_next(&c, &inner, &err), 1);
	check_slice(inner.bytes, "hi");
	assert_int_equal(inner.offset, 4);
	field = only_field(BYTES("\x0a\x00"));
	check_slice(field.bytes, "");
	assert_non_null(field.bytes.data);
}

static void check_refused(struct slice bytes, const char *message)
{
	struct cursor c = cursor_on(bytes);
	struct protobuf_field field;
	struct error *err = NULL;
	int got;
	while ((got = protobuf_next(&c, &field, &err)) > 0)
		;
	assert_int_equal(got, -1);
	assert_string_equal(err->message, message);
	check_error(&err, ERROR_SYNTAX, "");
}

static void what_is_no_message_is_refused_with_its_byte(void **state)
{
	check_refused(BYTES("\x08\x01\x08"), "byte 3: the message ends inside a number");
	check_refused(BYTES("\x08\xff"), "byte 1: the message ends inside a number");
	check_refused(BYTES("\xff"), "byte 0: the message ends inside a number");
	check_refused(BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), "byte 1: a number of more than 64 bits");
	check_refused(BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
		      "byte 1: a number of more than 64 bits");
	check_refused(BYTES("\x0a\x05hell"), "byte 1: a field is longer than what holds it");
	check_refused(BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		      "byte 1: a field is longer than what holds it");
	check_refused(BYTES("\x0d\x01\x02\x03"), "byte 1: the message ends inside a number");
	check_refused(BYTES("\x00\x01"), "byte 0: no field begins here");                 /* number 0 */
	check_refused(BYTES("\x08\x01\x0b\x0c"), "byte 2: no field begins here");         /* a group */
	check_refused(BYTES("\x0e"), "byte 0: no field begins here");                     /* type 6 */
	check_refused(BYTES("\x80\x80\x80\x80\x10\x01"), "byte 0: no field begins here"); /* number 2^29 */
}

static void places_count_from_the_outermost_message(void **state)
{
	struct protobuf_field field = only_field(BYTES("\x12\x04\x0a\x09hi")), inner;
	struct cursor c = protobuf_inside(&field);
	struct error *err = NULL;
	assert_int_equal(protobuf_next(&c, &inner, &err), -1);
	check_error(&err, ERROR_SYNTAX, "byte 3: ");
}

static void a_number_may_come_in_pieces(void **state)
{
	static const char bytes[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
	struct protobuf_varint varint = { 0 };
	for (size_t i = 0; i < 10; i++) {
		struct cursor c = cursor_on((struct slice){ &bytes[i], 1 });
		assert_int_equal(protobuf_varint_take(&varint, &c), i == 9);
	}
	assert_true(varint.value == UINT64_MAX);
}

static void walk(struct slice variant, size_t at, void *data)
{
	struct cursor c = cursor_on(variant);
	struct protobuf_field field;
	struct error *err = NULL;
	int got;
	while ((got = protobuf_next(&c, &field, &err)) > 0) {
		struct cursor inner = protobuf_inside(&field);
		while (field.type == PROTOBUF_BYTES && protobuf_next(&inner, &field, &err) > 0)
			;
		err = error_free(err);
	}
	assert_true((got < 0) == (err != NULL));
	error_free(err);
}

static void damage_ends_in_an_error_or_a_field(void **state)
{
	static const char good[] = "\x0a\x05\x08\x96\x01\x12\x00\x10\x01\x19"
				   "12345678\x22\x03"
				   "abc\x2d"
				   "1234";
	struct slice bytes = { good, sizeof good - 1 };
	walk(bytes, 0, NULL);
	mangle_truncate(bytes, walk, NULL);
	mangle_flip(bytes, walk, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_seven_bits_a_byte),
		cmocka_unit_test(fixed_numbers_are_little_endian),
		cmocka_unit_test(messages_lie_in_bytes),
		cmocka_unit_test(what_is_no_message_is_refused_with_its_byte),
		cmocka_unit_test(places_count_from_the_outermost_message),
		cmocka_unit_test(a_number_may_come_in_pieces),
		cmocka_unit_test(damage_ends_in_an_error_or_a_field),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
