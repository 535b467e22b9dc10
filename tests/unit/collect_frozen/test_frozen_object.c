#include "collect/frozen/frozen_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

/* Words that begin with "token" are masked. */
static int mask(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err)
{
	*ret_text = text;
	if (!slice_contains(text, "token-"))
		return 0;
	*ret_text = arena_printf(arena, "[masked \"%zu\"]", text.len);
	return ret_text->data ? 0 : arena_fail(arena, err);
}

static bool is_kept(struct slice name)
{
	return slice_starts_with(name, "kept");
}

static int add(struct slice raw, bool is_secret, struct strbuf *out, bool *ret_changed, struct error **err)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_MIB);
	struct frozen_rules rules = { is_secret, mask, is_kept };
	return frozen_object_add(raw, &rules, &scratch, out, ret_changed, err);
}

static void check(const char *raw, bool is_secret, const char *expected, bool expected_changed)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	bool changed = !expected_changed;
	check_ok(add(slice_of(raw), is_secret, &out, &changed, &err), &err);
	strbuf_add_char(&out, '}');
	assert_string_equal(strbuf_text(&out), expected);
	assert_int_equal(changed, expected_changed);
}

static void test_what_holds_no_secret_stays_as_it_is(void **state)
{
	check("{}", false, "{}", false);
	check("{\"kind\":\"Pod\",\"spec\":{\"a\":[1.50,-2e9,true,false,null,{}],\"b\":\"x\\u0041\\n\"},\"status\":[]}",
	      false,
	      "{\"kind\":\"Pod\",\"spec\":{\"a\":[1.50,-2e9,true,false,null,{}],\"b\":\"x\\u0041\\n\"},\"status\":[]}",
	      false);
}

static void test_on_one_line(void **state)
{
	check(" {\r\n \"a\" : [ 1 ,\n 2 ] ,\t\"b\":\n{ } }\n", false, "{\"a\":[1,2],\"b\":{}}", false);
}

static void test_values_become_null_under_their_keys(void **state)
{
	check("{\"data\":{\"a\":\"x\",\"b\":{\"c\":[\"x\"]},\"d\":[\"x\"],\"a\":5},\"type\":\"t\"}", true,
	      "{\"data\":{\"a\":null,\"b\":null,\"d\":null,\"a\":null},\"type\":\"t\"}", true);
	check("{\"stringData\":{\"a\":\"x\"},\"data\":\"x\",\"binaryData\":[\"x\"]}", true,
	      "{\"stringData\":{\"a\":null},\"data\":null,\"binaryData\":null}", true);
	check("{\"kind\":\"Odd\",\"data\":{\"a\":\"x\"}}", false, "{\"kind\":\"Odd\",\"data\":{\"a\":null}}", true);
	check("{\"d\\u0061ta\":{\"a\":\"x\"}}", true, "{\"d\\u0061ta\":{\"a\":null}}", true);
}

/* Only at the top is data what a secret holds. */
static void test_data_elsewhere_stays(void **state)
{
	check("{\"spec\":{\"data\":{\"a\":\"x\"}}}", false, "{\"spec\":{\"data\":{\"a\":\"x\"}}}", false);
}

static void test_members_that_no_secret_has_are_left_out(void **state)
{
	check("{\"apiVersion\":\"v1\",\"spec\":{\"a\":\"x\"},\"kind\":\"Secret\",\"x\":\"y\",\"immutable\":true,\"last\":[1]}",
	      true, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"immutable\":true}", false);
	check("{\"fother\":{\"records\":[]},\"kind\":\"Pod\"}", false, "{\"kind\":\"Pod\"}", false);
}

#define LAST "\"kubectl.kubernetes.io/last-applied-configuration\""

static void test_copies_in_annotations_go(void **state)
{
	check("{\"metadata\":{\"annotations\":{\"a\":\"b\"," LAST ":\"{...}\",\"kept\":\"d\"}}}", false,
	      "{\"metadata\":{\"annotations\":{\"a\":null,\"kept\":\"d\"}}}", false);
	check("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{" LAST ":\"{...}\",\"a\":\"b\"}}}}}", false,
	      "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"a\":null}}}}}", false);
	check("{\"metadata\":{\"annotations\":{" LAST ":{\"a\":1}}}}", false, "{\"metadata\":{\"annotations\":{}}}",
	      true);
	check("{\"metadata\":{\"annotations\":{\"a\":{\"x\":[1]},\"kept\":[1]}}}", false,
	      "{\"metadata\":{\"annotations\":{\"a\":null,\"kept\":[1]}}}", true);
	check("{\"metadata\":{\"annotations\":\"text\"}}", false, "{\"metadata\":{\"annotations\":null}}", true);
	check("{\"metadata\":{\"annotations\":null}}", false, "{\"metadata\":{\"annotations\":null}}", false);
	check("{\"metadata\":{\"name\":\"s\",\"annotations\":{\"a\":\"copy\"," LAST ":\"copy\"},\"labels\":"
	      "{\"l\":\"v\"}}}",
	      true, "{\"metadata\":{\"name\":\"s\",\"annotations\":{\"a\":null},\"labels\":{\"l\":\"v\"}}}", false);
	check("{\"metadata\":{\"annotations\":{\"kept\":\"copy\",\"k\\u0065pt\":\"copy\"}}}", true,
	      "{\"metadata\":{\"annotations\":{\"kept\":null,\"k\\u0065pt\":null}}}", true);
}

/* Passwords stand there as plain text; nothing that is read of a pod does. */
static void test_values_of_the_environment_go(void **state)
{
	check("{\"spec\":{\"containers\":[{\"env\":[{\"name\":\"A\",\"value\":\"x\"},{\"name\":\"B\",\"valueFrom\":"
	      "{\"secretKeyRef\":{\"name\":\"s\"}}},{\"value\":{\"a\":[1]}}],\"image\":\"i\"}]}}",
	      false,
	      "{\"spec\":{\"containers\":[{\"env\":[{\"name\":\"A\",\"value\":null},{\"name\":\"B\",\"valueFrom\":"
	      "{\"secretKeyRef\":{\"name\":\"s\"}}},{\"value\":null}],\"image\":\"i\"}]}}",
	      false);
	check("{\"httpHeaders\":[{\"value\":\"x\",\"name\":\"Authorization\"}]}", false,
	      "{\"httpHeaders\":[{\"value\":null,\"name\":\"Authorization\"}]}", false);
	check("{\"env\":[\"x\",5,null,[\"x\"],{}]}", false, "{\"env\":[null,null,null,null,{}]}", true);
	check("{\"metadata\":{\"labels\":{\"env\":\"prod\",\"a\":\"b\"}}}", false,
	      "{\"metadata\":{\"labels\":{\"env\":\"prod\",\"a\":\"b\"}}}", false);
	check("{\"spec\":{\"env\":{\"value\":1},\"x\":{\"value\":2}}}", false,
	      "{\"spec\":{\"env\":{\"value\":1},\"x\":{\"value\":2}}}", false);
}

/* Who keeps none is not asked: all of them could be what records are made of. */
static void test_without_a_word_about_annotations(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_MIB);
	struct frozen_rules rules = { .mask = mask };
	struct error *err = NULL;
	bool changed = false;
	check_ok(frozen_object_add(SLICE("{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}"), &rules, &scratch, &out,
				   &changed, &err),
		 &err);
	assert_string_equal(strbuf_text(&out), "{\"metadata\":{\"annotations\":{\"a\":null}}");
	assert_true(changed);
}

static void test_tokens_are_masked_but_not_what_names_the_object(void **state)
{
	check("{\"spec\":{\"args\":[\"--x=token-1\",\"ok\"],\"token-2\":1}}", false,
	      "{\"spec\":{\"args\":[\"[masked \\\"11\\\"]\",\"ok\"],\"[masked \\\"7\\\"]\":1}}", true);
	check("{\"message\":\"\\u0074oken-1\"}", false, "{\"message\":\"[masked \\\"7\\\"]\"}", true);
	check("{\"kind\":\"token-k\",\"metadata\":{\"name\":\"token-a\",\"namespace\":\"token-b\",\"uid\":\"token-c\","
	      "\"resourceVersion\":\"token-d\",\"other\":\"token-e\"}}",
	      false,
	      "{\"kind\":\"token-k\",\"metadata\":{\"name\":\"token-a\",\"namespace\":\"token-b\",\"uid\":\"token-c\","
	      "\"resourceVersion\":\"token-d\",\"other\":\"[masked \\\"7\\\"]\"}}",
	      true);
}

/* What no server sends cannot hide a value. */
static void test_odd_shapes(void **state)
{
	check("{\"metadata\":\"token-x\",\"kind\":{\"a\":\"x\"},\"spec\":1}", false,
	      "{\"metadata\":null,\"kind\":null,\"spec\":1}", true);
	check("{\"metadata\":{\"name\":[\"x\"],\"uid\":{\"a\":\"x\"}}}", false,
	      "{\"metadata\":{\"name\":null,\"uid\":null}}", true);
}

static void test_what_is_no_object(void **state)
{
	static const char *const bad[] = { "",       "[]",          "5",           "{",
					   "{\"a\"", "{\"a\":1}{}", "{\"a\":1} x", "{\"a\":{\"b\":[}" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
		struct error *err = NULL;
		bool changed;
		assert_int_equal(add(slice_of(bad[i]), false, &out, &changed, &err), -1);
		check_error(&err, ERROR_SYNTAX, "");
	}
}

#define VALUE "made-up-value"
static const char example[] = "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"x\":\"" VALUE
			      "\"," LAST ":\"" VALUE "\"}},\"data\":{\"k\":\"" VALUE
			      "\"},\"stringData\":{\"k\":\"" VALUE "\"},\"x\":\"" VALUE "\",\"type\":\"o\"}";

/* However an object is damaged, if it is taken at all: it reads, and no value is in it but by another name. */
static void check_no_value(struct slice variant, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB), again = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	bool changed;
	if (add(variant, true, &out, &changed, &err) < 0)
		return;
	strbuf_add_char(&out, '}');
	assert_false(slice_contains(strbuf_slice(&out), VALUE));
	check_ok(add(strbuf_slice(&out), true, &again, &changed, &err), &err);
	strbuf_add_char(&again, '}');
	assert_string_equal(strbuf_text(&again), strbuf_text(&out));
}

static void test_cut_and_flipped(void **state)
{
	mangle_none(slice_of(example), check_no_value, NULL);
	mangle_truncate(slice_of(example), check_no_value, NULL);
	mangle_flip(slice_of(example), check_no_value, NULL);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	bool changed;
	return add(SLICE("{\"spec\":[\"token-1\",\"\\u0041\"],\"data\":{\"a\":\"b\"}}"), false, &out, &changed, err);
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_holds_no_secret_stays_as_it_is),
		cmocka_unit_test(test_on_one_line),
		cmocka_unit_test(test_values_become_null_under_their_keys),
		cmocka_unit_test(test_data_elsewhere_stays),
		cmocka_unit_test(test_members_that_no_secret_has_are_left_out),
		cmocka_unit_test(test_copies_in_annotations_go),
		cmocka_unit_test(test_values_of_the_environment_go),
		cmocka_unit_test(test_without_a_word_about_annotations),
		cmocka_unit_test(test_tokens_are_masked_but_not_what_names_the_object),
		cmocka_unit_test(test_odd_shapes),
		cmocka_unit_test(test_what_is_no_object),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
