#include "kube/client/framer_unknown.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/protobuf.h"

static void a_body_has_its_type_and_its_content(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_MIB);
	struct unknown_type type;
	struct slice raw;
	struct error *err = NULL;
	protobuf_add_unknown(&body, "apps/v1", "Deployment", SLICE("content"));
	check_ok(unknown_read(strbuf_slice(&body), &type, &raw, &err), &err);
	check_slice(type.api_version, "apps/v1");
	check_slice(type.kind, "Deployment");
	check_slice(raw, "content");
}

static void what_is_not_there_is_not_there(void **state)
{
	struct unknown_type type;
	struct slice raw;
	struct error *err = NULL;
	check_ok(unknown_read(SLICE("k8s\0"), &type, &raw, &err), &err);
	assert_null(type.kind.data);
	assert_null(type.api_version.data);
	assert_null(raw.data);
}

static void the_magic_must_be_there(void **state)
{
	struct unknown_type type;
	struct slice raw;
	struct error *err = NULL;
	assert_int_equal(unknown_read(SLICE("k8s"), &type, &raw, &err), -1);
	check_error(&err, ERROR_SYNTAX, "k8s");
	assert_int_equal(unknown_read(SLICE("{\"kind\":\"x\"}"), &type, &raw, &err), -1);
	check_error(&err, ERROR_SYNTAX, "k8s");
}

static void read(struct slice variant, size_t at, void *data)
{
	struct unknown_type type;
	struct slice raw;
	struct error *err = NULL;
	int got = unknown_read(variant, &type, &raw, &err);
	assert_true((got < 0) == (err != NULL));
	error_free(err);
}

static void damage_ends_in_an_error_or_in_other_texts(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_MIB);
	protobuf_add_unknown(&body, "apps/v1", "Deployment", SLICE("content"));
	mangle_truncate(strbuf_slice(&body), read, NULL);
	mangle_flip(strbuf_slice(&body), read, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_has_its_type_and_its_content),
		cmocka_unit_test(what_is_not_there_is_not_there),
		cmocka_unit_test(the_magic_must_be_there),
		cmocka_unit_test(damage_ends_in_an_error_or_in_other_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
