#include "base/limits.h"
#include "kube/object/stream.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/protobuf.h"
#include "support/torture.h"

#define JSON_TYPE SLICE("application/json")
#define PROTOBUF_TYPE SLICE("application/vnd.kubernetes.protobuf")

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static struct status_text status_of(struct slice body, struct slice type)
{
	struct status_text status = { 0 };
	struct error *err = NULL;
	arena_clear(&arena);
	check_ok(object_read_status(body, type, &arena, &status, &err), &err);
	return status;
}

static const char FORBIDDEN[] =
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"secrets is "
	"forbidden: User \\\"x\\\" cannot list resource \\\"secrets\\\"\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"secrets\"},"
	"\"code\":403}\n";

static void a_status_says_what_was_refused(void **state)
{
	struct status_text status = status_of(slice_of(FORBIDDEN), JSON_TYPE);
	assert_true(status.is_status);
	check_slice(status.message, "secrets is forbidden: User \"x\" cannot list resource \"secrets\"");
	check_slice(status.reason, "Forbidden");
	assert_int_equal(status.code, 403);
	assert_null(status.continue_token.data);
}

static void an_expired_list_has_a_new_token(void **state)
{
	struct status_text status = status_of(
		SLICE("{\"kind\":\"Status\",\"metadata\":{\"continue\":\"next\"},\"reason\":\"Expired\",\"code\":410}"),
		JSON_TYPE);
	check_slice(status.continue_token, "next");
	check_slice(status.reason, "Expired");
	check_slice(status.message, "Expired"); /* no message: the reason is one */
	assert_int_equal(status.code, 410);
}

static void add_status(struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	protobuf_add_bytes(&meta, 3, SLICE("next"));
	protobuf_add_bytes(out, 1, strbuf_slice(&meta));
	protobuf_add_bytes(out, 2, SLICE("Failure"));
	protobuf_add_bytes(out, 3, SLICE("too old"));
	protobuf_add_bytes(out, 4, SLICE("Expired"));
	protobuf_add_number(out, 6, 410);
}

static void check_expired(const struct status_text *status)
{
	assert_true(status->is_status);
	check_slice(status->message, "too old");
	check_slice(status->reason, "Expired");
	check_slice(status->continue_token, "next");
	assert_int_equal(status->code, 410);
}

static void a_status_in_protobuf_is_the_same(void **state)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(4096), body = STRBUF_INIT(4096);
	add_status(&message);
	protobuf_add_unknown(&body, "v1", "Status", strbuf_slice(&message));
	struct status_text status = status_of(strbuf_slice(&body), PROTOBUF_TYPE);
	check_expired(&status);
	status = status_of(strbuf_slice(&body), SLICE_NONE); /* the magic says it */
	check_expired(&status);
	status = status_of(strbuf_slice(&message), PROTOBUF_TYPE); /* of an event of a watch */
	check_expired(&status);
}

static void what_is_no_status_is_one_line(void **state)
{
	static const struct {
		const char *body, *message;
	} cases[] = {
		{ "<html>\r\n<head><Title> 502 Bad Gateway </TITLE></head>", "502 Bad Gateway" },
		{ "<html><title></title><h1>x</h1>", "<html><title></title><h1>x</h1>" },
		{ "404 page not found\n", "404 page not found" },
		{ "\n\n upstream \x1b[31mfailed\nmore", "upstream \\u001b[31mfailed" },
		{ "{\"kind\":\"Secret\",\"message\":\"m\"}", "{\"kind\":\"Secret\",\"message\":\"m\"}" },
		{ "{\"kind\":\"Status\",\"message\":5}", "{\"kind\":\"Status\",\"message\":5}" },
		{ "{\"kind\":\"Status\",\"mess", "{\"kind\":\"Status\",\"mess" },
		{ "\"x\"", "\"x\"" },
		{ "", "" },
		{ " \n", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static const struct slice types[] = { { "application/json", 16 },
						      { "application/vnd.kubernetes.protobuf", 35 } };
		for (size_t k = 0; k < 2; k++) {
			struct status_text status = status_of(slice_of(cases[i].body), types[k]);
			assert_false(status.is_status);
			check_slice(status.message, cases[i].message);
			assert_null(status.reason.data);
			assert_int_equal(status.code, 0);
		}
	}
}

static void protobuf_of_another_kind_is_no_status(void **state)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(4096), body = STRBUF_INIT(4096);
	add_status(&message);
	protobuf_add_unknown(&body, "v1", "PodList", strbuf_slice(&message));
	assert_false(status_of(strbuf_slice(&body), PROTOBUF_TYPE).is_status);
}

static void tokens_are_masked(void **state)
{
	struct status_text status = status_of(
		SLICE("{\"kind\":\"Status\",\"message\":\"bad header Bearer made-up-token-0123456789\"}"), JSON_TYPE);
	assert_false(slice_contains(status.message, "made-up-token"));
}

static void check_damaged(struct slice variant, size_t at, void *data)
{
	const struct slice *type = data;
	struct status_text status = status_of(variant, *type);
	assert_non_null(status.message.data);
}

static void damage_is_no_failure(void **state)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(4096), body = STRBUF_INIT(4096);
	struct slice json = JSON_TYPE, protobuf = PROTOBUF_TYPE;
	add_status(&message);
	protobuf_add_unknown(&body, "v1", "Status", strbuf_slice(&message));
	mangle_truncate(slice_of(FORBIDDEN), check_damaged, &json);
	mangle_flip(slice_of(FORBIDDEN), check_damaged, &json);
	mangle_truncate(strbuf_slice(&body), check_damaged, &protobuf);
	mangle_flip(strbuf_slice(&body), check_damaged, &protobuf);
	mangle_truncate(strbuf_slice(&message), check_damaged, &protobuf);
	mangle_flip(strbuf_slice(&message), check_damaged, &protobuf);
}

static int read_one(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct status_text status;
	return object_read_status(slice_of(FORBIDDEN), JSON_TYPE, &own, &status, err);
}

static void every_failed_allocation_is_told(void **state)
{
	torture(read_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_says_what_was_refused),
		cmocka_unit_test(an_expired_list_has_a_new_token),
		cmocka_unit_test(a_status_in_protobuf_is_the_same),
		cmocka_unit_test(what_is_no_status_is_one_line),
		cmocka_unit_test(protobuf_of_another_kind_is_no_status),
		cmocka_unit_test(tokens_are_masked),
		cmocka_unit_test(damage_is_no_failure),
		cmocka_unit_test(every_failed_allocation_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
