#include "kube/object/secret_value.h"

#include "base/limits.h"
#include "kube_object/reading.h"

static struct data_value value_of(const char *text, bool plain)
{
	return (struct data_value){ .token = { .type = TOKEN_STRING, .plain = plain, .text = slice_of(text) } };
}

static void check_decoded(const struct data_value *value, const char *expected)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	assert_int_equal(secret_value_decode(value, &bytes, &err), 0);
	check_no_error(&err);
	check_slice(secret_reveal(&bytes), expected);
}

static void base64_is_decoded(void **state)
{
	struct data_value value = value_of("eyJhIjoxfQ==", true);
	check_decoded(&value, "{\"a\":1}");
	value = value_of("eyJh\\nIjoxfQ\\u003d=", false);
	check_decoded(&value, "{\"a\":1}");
}

static void text_data_is_taken_as_it_is(void **state)
{
	struct data_value value = value_of("{\\\"a\\\":1}", false);
	value.is_text = true;
	check_decoded(&value, "{\"a\":1}");
	value = value_of("e30=", true);
	value.is_text = true;
	check_decoded(&value, "e30=");
}

static void a_copy_of_yaml_is_decoded(void **state)
{
	struct error *err = NULL;
	struct data_value value = { 0 };
	check_ok(secret_copy(&value.copy, SLICE("e30="), &err), &err);
	check_decoded(&value, "{}");
	assert_true(secret_value_may_be_object(&value));
	assert_false(secret_value_is_empty(&value));
	secret_release(&value.copy);
}

static void bad_base64_is_told_apart(void **state)
{
	static const char *const texts[] = { "e30", "REDACTED!", "e3=0", "{}", "e30=e30=" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
		struct error *err = NULL;
		struct data_value value = value_of(texts[i], true);
		assert_int_equal(secret_value_decode(&value, &bytes, &err), SECRET_VALUE_NOT_BASE64);
		check_no_error(&err);
		assert_false(secret_is_set(&bytes));
	}
}

static void check_may_be(const char *text, bool expected)
{
	struct data_value value = value_of(text, true);
	assert_int_equal(secret_value_may_be_object(&value), expected);
}

static void the_first_byte_tells_what_cannot_be_an_object(void **state)
{
	check_may_be("eyJhIjoxfQ==", true);
	check_may_be("CSAKe30=", true);  /* \t, space, \n, {} */
	check_may_be("ICAgIA==", false); /* only blanks */
	check_may_be("W10=", false);     /* [] */
	check_may_be("LS0tLS1CRUdJTg==", false);
	check_may_be("", false);
	check_may_be("e", false);
	check_may_be("*", false);
}

static void what_is_escaped_is_not_judged_by_its_first_byte(void **state)
{
	struct data_value value = value_of("\\u0065yJhIjoxfQ==", false);
	assert_true(secret_value_may_be_object(&value));
}

static void empty_values(void **state)
{
	struct data_value value = value_of("", true);
	assert_true(secret_value_is_empty(&value));
	value = (struct data_value){ .is_null = true };
	assert_true(secret_value_is_empty(&value));
	assert_false(secret_value_may_be_object(&value));
	value = value_of("e30=", true);
	assert_false(secret_value_is_empty(&value));
}

static void what_was_not_kept_is_no_object_or_too_large(void **state)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	struct data_value other = { .is_other = true }, large = { .is_too_large = true };
	assert_false(secret_value_may_be_object(&other));
	assert_true(secret_value_may_be_object(&large));
	assert_false(secret_value_is_empty(&other));
	assert_false(secret_value_is_empty(&large));
	assert_int_equal(secret_value_decode(&other, &bytes, &err), 0);
	assert_int_equal(secret_value_decode(&large, &bytes, &err), SECRET_VALUE_TOO_LARGE);
}

static void a_value_larger_than_a_secret_is_told_apart(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	strbuf_add_repeat(&text, 'e', 2 * LIMIT_SECRET_BYTES);
	for (int variant = 0; variant < 3; variant++) {
		CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
		struct error *err = NULL;
		struct data_value value = value_of(strbuf_text(&text), variant > 0);
		value.is_text = variant > 1;
		assert_int_equal(secret_value_decode(&value, &bytes, &err), SECRET_VALUE_TOO_LARGE);
		check_no_error(&err);
	}
}

static void two_keys_hold_configs_by_name(void **state)
{
	assert_true(secret_key_is_config(SLICE(".dockercfg")));
	assert_true(secret_key_is_config(SLICE(".dockerconfigjson")));
	assert_false(secret_key_is_config(SLICE("config.json")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_decoded),
		cmocka_unit_test(text_data_is_taken_as_it_is),
		cmocka_unit_test(a_copy_of_yaml_is_decoded),
		cmocka_unit_test(bad_base64_is_told_apart),
		cmocka_unit_test(the_first_byte_tells_what_cannot_be_an_object),
		cmocka_unit_test(what_is_escaped_is_not_judged_by_its_first_byte),
		cmocka_unit_test(empty_values),
		cmocka_unit_test(what_was_not_kept_is_no_object_or_too_large),
		cmocka_unit_test(a_value_larger_than_a_secret_is_told_apart),
		cmocka_unit_test(two_keys_hold_configs_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
