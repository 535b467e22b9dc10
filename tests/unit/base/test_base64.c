#include "base/base64.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static void check_decodes(const char *text, enum base64_variant variant, const char *expected)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	check_ok(base64_decode_secret(slice_of(text), variant, &bytes, &err), &err);
	check_slice(secret_reveal(&bytes), expected);
}

static void check_refuses(const char *text, enum base64_variant variant, size_t bad)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	char message[64];
	snprintf(message, sizeof message, "bad base64 at byte %zu", bad);
	if (base64_decode_secret(slice_of(text), variant, &bytes, &err) == 0)
		fail_msg("\"%s\" was accepted", text);
	if (strcmp(err->message, message) != 0)
		fail_msg("\"%s\": %s, not %zu", text, err->message, bad);
	check_error(&err, ERROR_SYNTAX, message);
	assert_false(secret_is_set(&bytes));
}

/* RFC 4648, section 10. */
static const char *const rfc_vectors[][2] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void rfc_vectors_both_ways(void **state)
{
	for (size_t i = 0; i < sizeof rfc_vectors / sizeof *rfc_vectors; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(100);
		base64_encode(slice_of(rfc_vectors[i][0]), &text);
		assert_string_equal(strbuf_text(&text), rfc_vectors[i][1]);
		check_decodes(rfc_vectors[i][1], BASE64_PADDED, rfc_vectors[i][0]);
		strbuf_cut(&text, strcspn(strbuf_text(&text), "="));
		check_decodes(strbuf_text(&text), BASE64_UNPADDED, rfc_vectors[i][0]);
	}
}

static void line_ends_are_skipped_anywhere(void **state)
{
	check_decodes("\r\nZ\nm\r9\nvYm\n\nFy\n", BASE64_PADDED, "foobar");
	check_decodes("Zm8\n=\r\n", BASE64_PADDED, "fo");
	check_decodes("Zg=\n=\n", BASE64_PADDED, "f");
	check_decodes("Zg\n=\r=", BASE64_PADDED, "f");
	check_decodes("\n\r\n", BASE64_PADDED, "");
	check_decodes("Zm9vY\nmE\n", BASE64_UNPADDED, "fooba");
}

static void trailing_bits_are_not_looked_at(void **state)
{
	check_decodes("Zh==", BASE64_PADDED, "f");
	check_decodes("Zm9=", BASE64_PADDED, "fo");
	check_decodes("Zh", BASE64_UNPADDED, "f");
}

/* Places as Go's CorruptInputError gives them: from its algorithm (encoding/base64, decodeQuantum) and its own tests.
 */
static void places_are_those_of_go(void **state)
{
	static const struct {
		const char *text;
		size_t bad;
	} padded[] = {
		{ "!!!!", 0 },      { "====", 0 },     { "x===", 1 },         { "=AAA", 0 },
		{ "A=AA", 1 },      { "AA=A", 2 },     { "AA==A", 4 },        { "AAA=AAAA", 4 },
		{ "AAAAA", 4 },     { "AAAAAA", 4 },   { "A=", 1 },           { "A==", 1 },
		{ "AA=", 3 },       { "AAAAAA=", 7 },  { "YWJjZA=====", 8 },  { "A!\n", 1 },
		{ "A=\n", 1 },      { "A", 0 },        { "AA", 0 },           { "AAA", 0 },
		{ "AAAA AAAA", 4 }, { "AAAAAAA*", 7 }, { "AAAAAAAA-AAA", 8 }, { "AA=\n", 4 },
		{ "A\nA", 1 },      { "AA\n=x", 3 },
	};
	for (size_t i = 0; i < sizeof padded / sizeof *padded; i++)
		check_refuses(padded[i].text, BASE64_PADDED, padded[i].bad);
	check_refuses("Zg==", BASE64_UNPADDED, 2);
	check_refuses("Zm8=", BASE64_UNPADDED, 3);
	check_refuses("A", BASE64_UNPADDED, 0);
	check_refuses("AAAAA", BASE64_UNPADDED, 4);
	check_refuses("Zm_v", BASE64_UNPADDED, 2);
}

static void every_foreign_byte_is_refused(void **state)
{
	for (int byte = 0; byte < 256; byte++) {
		CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
		CLEANUP(error_freep) struct error *err = NULL;
		char text[] = "AAAAA?AA";
		text[5] = (char)byte;
		bool known = (byte && strchr("+/", byte)) || (byte >= '0' && byte <= '9') ||
			     (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
		int result = base64_decode_secret((struct slice){ text, 8 }, BASE64_PADDED, &bytes, &err);
		assert_int_equal(result, known ? 0 : -1);
	}
}

/* Random bytes of each length, encoded by OpenSSL, decoded by us; and the reverse. */
static void openssl_agrees(void **state)
{
	unsigned short random[3] = { 7, 8, 9 };
	unsigned char bytes[300], text[500];
	for (size_t len = 0; len <= sizeof bytes; len++) {
		for (size_t i = 0; i < len; i++)
			bytes[i] = (unsigned char)nrand48(random);
		int text_len = EVP_EncodeBlock(text, bytes, (int)len);
		CLEANUP(strbuf_release) struct strbuf ours = STRBUF_INIT(1000);
		base64_encode((struct slice){ (char *)bytes, len }, &ours);
		assert_string_equal(strbuf_text(&ours), (char *)text);

		CLEANUP(secret_release) struct secret_bytes decoded = { 0 };
		struct error *err = NULL;
		struct slice given = { (char *)text, (size_t)text_len };
		check_ok(base64_decode_secret(given, BASE64_PADDED, &decoded, &err), &err);
		assert_int_equal(secret_length(&decoded), len);
		assert_memory_equal(secret_reveal(&decoded).data, bytes, len);
	}
}

/* Cut or flipped text decodes or is refused; it never reads outside and never writes more than it may. */
static void decode_any(struct slice text, size_t at, void *data)
{
	for (int variant = BASE64_PADDED; variant <= BASE64_UNPADDED; variant++) {
		CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
		CLEANUP(error_freep) struct error *err = NULL;
		if (base64_decode_secret(text, variant, &bytes, &err) == 0)
			assert_true(secret_length(&bytes) <= text.len / 4 * 3 + 2);
		else
			assert_int_equal(err->code, ERROR_SYNTAX);
	}
}

static void cut_and_flipped_text(void **state)
{
	struct slice good = SLICE("eyJhdXRocyI6eyJodHRwczovL2luZGV4\r\nLmRvY2tlci5pby92MS8iOnt9fX0=\n");
	mangle_none(good, decode_any, NULL);
	mangle_truncate(good, decode_any, NULL);
	mangle_flip(good, decode_any, NULL);
}

static void cut_text_is_accepted_only_at_whole_quanta(struct slice text, size_t len, void *data)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	int result = base64_decode_secret(text, BASE64_PADDED, &bytes, &err);
	assert_int_equal(result, len % 4 == 0 ? 0 : -1);
}

static void truncation_is_seen(void **state)
{
	mangle_truncate(SLICE("eyJhdXRocyI6eyJodHRwczovL2luZGV4"), cut_text_is_accepted_only_at_whole_quanta, NULL);
}

static void too_long_is_a_limit(void **state)
{
	size_t len = LIMIT_SECRET_BYTES / 3 * 4 + 8;
	char *text = malloc(len);
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	memset(text, 'A', len);
	assert_int_equal(base64_decode_secret((struct slice){ text, len }, BASE64_PADDED, &bytes, &err), -1);
	check_error(&err, ERROR_LIMIT, "secret value of");
	free(text);
}

static void failure_keeps_the_output(void **state)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	check_ok(secret_copy(&bytes, SLICE("old"), &err), &err);
	assert_int_equal(base64_decode_secret(SLICE("A"), BASE64_PADDED, &bytes, &err), -1);
	check_error(&err, ERROR_SYNTAX, "byte 0");
	check_slice(secret_reveal(&bytes), "old");
	check_ok(base64_decode_secret(SLICE("bmV3"), BASE64_PADDED, &bytes, &err), &err);
	check_slice(secret_reveal(&bytes), "new");
	check_ok(base64_decode_secret(SLICE_NONE, BASE64_PADDED, &bytes, &err), &err);
	check_slice(secret_reveal(&bytes), "");
}

static int decode_and_encode(void *data, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(1000);
	if (base64_decode_secret(SLICE("Zm9v"), BASE64_PADDED, &bytes, err) < 0)
		return -1;
	for (int i = 0; i < 20; i++)
		base64_encode(SLICE("foobar"), &text);
	if (base64_encode_secret(SLICE("foobar"), &bytes, err) < 0)
		return -1;
	return strbuf_failed(&text, err) ? -1 : 0;
}

static void every_allocation_failed(void **state)
{
	torture(decode_and_encode, NULL);
}

static void secrets_are_encoded_alike(void **state)
{
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	static const char zeros[LIMIT_SECRET_BYTES + 1];
	struct error *err = NULL;
	for (size_t i = 0; i < sizeof rfc_vectors / sizeof *rfc_vectors; i++) {
		check_ok(base64_encode_secret(slice_of(rfc_vectors[i][0]), &text, &err), &err);
		check_slice(secret_reveal(&text), rfc_vectors[i][1]);
	}
	assert_int_equal(base64_encode_secret((struct slice){ zeros, sizeof zeros }, &text, &err), -1);
	check_error(&err, ERROR_LIMIT, "secret value of");
	assert_int_equal(base64_encode_secret((struct slice){ zeros, sizeof zeros - 1 }, &text, &err), -1);
	check_error(&err, ERROR_LIMIT, "secret value of");
}

static void the_last_byte_tells_the_variant(void **state)
{
	assert_int_equal(base64_variant_of(SLICE("dQ==")), BASE64_PADDED);
	assert_int_equal(base64_variant_of(SLICE("dQ= \n")), BASE64_PADDED);
	assert_int_equal(base64_variant_of(SLICE("dQ")), BASE64_UNPADDED);
	assert_int_equal(base64_variant_of(SLICE("d=Q")), BASE64_UNPADDED);
	assert_int_equal(base64_variant_of(SLICE("")), BASE64_UNPADDED);
}

static void test_bytes_that_are_no_secret(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct slice bytes = SLICE_NONE;
	for (size_t i = 0; i < sizeof rfc_vectors / sizeof rfc_vectors[0]; i++) {
		check_ok(base64_decode(slice_of(rfc_vectors[i][1]), BASE64_PADDED, &arena, &bytes, &err), &err);
		check_slice(bytes, rfc_vectors[i][0]);
	}
	assert_int_equal(base64_decode(SLICE("Zg=!"), BASE64_PADDED, &arena, &bytes, &err), -1);
	check_error(&err, ERROR_SYNTAX, "bad base64 at byte 2");
	struct arena small = ARENA_INIT(4);
	assert_int_equal(base64_decode(SLICE("Zm9vYmFy"), BASE64_PADDED, &small, &bytes, &err), -1);
	check_error(&err, ERROR_LIMIT, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_vectors_both_ways),
		cmocka_unit_test(line_ends_are_skipped_anywhere),
		cmocka_unit_test(trailing_bits_are_not_looked_at),
		cmocka_unit_test(places_are_those_of_go),
		cmocka_unit_test(every_foreign_byte_is_refused),
		cmocka_unit_test(openssl_agrees),
		cmocka_unit_test(cut_and_flipped_text),
		cmocka_unit_test(truncation_is_seen),
		cmocka_unit_test(too_long_is_a_limit),
		cmocka_unit_test(failure_keeps_the_output),
		cmocka_unit_test(every_allocation_failed),
		cmocka_unit_test(secrets_are_encoded_alike),
		cmocka_unit_test(the_last_byte_tells_the_variant),
		cmocka_unit_test(test_bytes_that_are_no_secret),
	};
	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
