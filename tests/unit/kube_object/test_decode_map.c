#include "kube/object/decode_internal.h"

#include "base/limits.h"
#include "kube_object/decoding.h"

static void annotations_that_hold_objects_are_not_taken(void **state)
{
	DECODE(d, JSON({
		       "metadata" : {
			       "annotations" : {
				       "kubectl.kubernetes.io/last-applied-configuration" : "{\"data\":{}}",
				       "meta.helm.sh/release-name" : "web"
			       }
		       }
	       }));
	const struct managed_mark *mark = d.object.metadata->annotations.items;
	assert_int_equal(d.object.metadata->annotations.len, 1);
	check_slice(mark->name, "meta.helm.sh/release-name");
	check_slice(mark->value, "web");
}

static void data_is_kept_as_it_stands(void **state)
{
	DECODE(d, JSON({ "stringData" : { "p" : "plain" }, "data" : { "a" : "Y2VydA==", "n" : null } }));
	const struct data_value *value = d.object.data.items;
	assert_int_equal(d.object.data.len, 3);
	assert_true(value[0].is_text);
	assert_false(value[1].is_text);
	check_slice(value[1].key, "a");
	assert_true(in_document(&d, value[1].token.text));
	assert_false(secret_is_set(&value[1].copy));
	assert_true(value[2].is_null);
}

static void what_may_be_a_config_is_copied_into_secret_memory(void **state)
{
	CLEANUP(yaml_decoding_release) struct yaml_decoding d;
	decode_yaml(&d,
		    SLICE("data:\n  .dockercfg: Y2VydA==\n  b: |\n    eyJh\n    Ijox\n  cert: Y2VydA==\n  n: null\n"));
	const struct data_value *value = d.object.data.items;
	assert_int_equal(d.object.data.len, 4);
	check_slice(secret_reveal(&value[0].copy), "Y2VydA==");
	check_slice(secret_reveal(&value[1].copy), "eyJh\nIjox\n");
	assert_true(value[2].is_other);
	assert_false(secret_is_set(&value[2].copy));
	assert_true(value[3].is_null);
	decoder_release(&d.decoder);
	assert_false(secret_is_set(&value[0].copy));
	assert_false(secret_is_set(&value[1].copy));
}

/* The secure heap is small: neither a large value nor very many small ones may fill it. */
static void no_more_is_copied_than_a_secret_may_hold(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(yaml_decoding_release) struct yaml_decoding d;
	size_t copied = 0;
	strbuf_add_text(&text, "data:\n  .dockercfg: \"");
	strbuf_add_repeat(&text, 'e', LIMIT_SECRET_BYTES);
	strbuf_add_text(&text, "\"\nstringData:\n");
	for (size_t i = 0; i < LIMIT_SECRET_BYTES / 32; i++)
		strbuf_addf(&text, "  a%zu: \"{\"\n", i);
	decode_yaml(&d, strbuf_slice(&text));
	const struct data_value *value = d.object.data.items;
	assert_true(value[0].is_too_large);
	for (size_t i = 1; i < d.object.data.len; i++)
		copied += secret_is_set(&value[i].copy);
	assert_int_equal(d.object.data.len, 1 + LIMIT_SECRET_BYTES / 32);
	assert_true(copied > 1000 && copied < LIMIT_SECRET_BYTES / 64);
	assert_true(value[d.object.data.len - 1].is_too_large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annotations_that_hold_objects_are_not_taken),
		cmocka_unit_test(data_is_kept_as_it_stands),
		cmocka_unit_test(what_may_be_a_config_is_copied_into_secret_memory),
		cmocka_unit_test(no_more_is_copied_than_a_secret_may_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
