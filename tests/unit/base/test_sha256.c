#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/torture.h"

/* FIPS 180-4 and NIST's examples. */
static const char *const vectors[][2] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void test_vectors_at_once(void **state)
{
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct error *err = NULL;
		char text[SHA256_TEXT_BYTES];
		check_ok(sha256_of(slice_of(vectors[i][0]), text, &err), &err);
		assert_string_equal(text, vectors[i][1]);
	}
}

static void test_parts_of_any_size_and_one_object_for_all(void **state)
{
	struct error *err = NULL;
	CLEANUP(sha256_freep) struct sha256 *hash = sha256_new(&err);
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct slice whole = slice_of(vectors[i][0]);
		for (size_t step = 1; step < 60; step += 7) {
			char text[SHA256_TEXT_BYTES];
			for (size_t at = 0; at < whole.len; at += step)
				sha256_add(hash, slice_part(whole, at, step));
			check_ok(sha256_end(hash, text, &err), &err);
			assert_string_equal(text, vectors[i][1]);
		}
	}
}

static void test_a_million_letters(void **state)
{
	struct error *err = NULL;
	CLEANUP(sha256_freep) struct sha256 *hash = sha256_new(&err);
	char text[SHA256_TEXT_BYTES];
	for (int i = 0; i < 100000; i++)
		sha256_add(hash, SLICE("aaaaaaaaaa"));
	check_ok(sha256_end(hash, text, &err), &err);
	assert_string_equal(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void test_what_was_forgotten_does_not_count(void **state)
{
	struct error *err = NULL;
	CLEANUP(sha256_freep) struct sha256 *hash = sha256_new(&err);
	char text[SHA256_TEXT_BYTES];
	sha256_add(hash, SLICE("something else"));
	sha256_clear(hash);
	sha256_add(hash, SLICE("abc"));
	check_ok(sha256_end(hash, text, &err), &err);
	assert_string_equal(text, vectors[1][1]);
	assert_null(sha256_free(NULL));
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(sha256_freep) struct sha256 *hash = sha256_new(err);
	char text[SHA256_TEXT_BYTES];
	(void)data;
	if (!hash)
		return -1;
	sha256_add(hash, SLICE("abc"));
	return sha256_end(hash, text, err);
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_at_once),
		cmocka_unit_test(test_parts_of_any_size_and_one_object_for_all),
		cmocka_unit_test(test_a_million_letters),
		cmocka_unit_test(test_what_was_forgotten_does_not_count),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
