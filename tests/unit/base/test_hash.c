#include "base/hash.h"

#include <string.h>

#include "support/check.h"

static void check_hash(enum hash_algorithm algorithm, struct slice bytes, const char *expected)
{
	struct error *err = NULL;
	char text[HASH_TEXT_BYTES];
	check_ok(hash_of(algorithm, bytes, text, &err), &err);
	assert_string_equal(text, expected);
}

/* The examples that NIST gives for FIPS 180: "abc", and nothing. */
static void known_answers(void **state)
{
	check_hash(HASH_SHA256, SLICE("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_hash(HASH_SHA384, SLICE("abc"),
		   "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
	check_hash(HASH_SHA512, SLICE("abc"),
		   "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
		   "454d4423643ce80e2a9ac94fa54ca49f");
	check_hash(HASH_SHA256, SLICE(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void what_is_not_there_hashes_as_nothing(void **state)
{
	check_hash(HASH_SHA256, SLICE_NONE, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hex_digits_of_each_byte(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x0f, 0xf0, 0xff, 0x9a };
	char text[2 * sizeof bytes + 1];
	hash_write_hex(bytes, sizeof bytes, text);
	assert_string_equal(text, "000ff0ff9a");
	hash_write_hex(bytes, 0, text);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(what_is_not_there_hashes_as_nothing),
		cmocka_unit_test(hex_digits_of_each_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
