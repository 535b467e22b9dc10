#include "model/text.h"

#include "base/limits.h"
#include "model/answer.h"
#include "model/observed.h"
#include "sample.h"
#include "support/check.h"
#include "support/torture.h"

static void check_json(const struct record_type *type, const void *record, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct json_writer w = { .out = &out };
	record_write_json(type, record, &w);
	assert_string_equal(strbuf_text(&out), expected);
	assert_int_equal(out.failure, 0);
}

static void unknown_is_null_and_every_field_is_there(void **state)
{
	struct namespace namespace;
	record_init(&namespace_type, &namespace);
	check_json(
		&namespace_type, &namespace,
		"{\"cluster\":null,\"name\":null,\"uid\":null,\"created\":null,\"first_seen\":null,\"last_seen\":null,"
		"\"gone\":null}");
}

static void values_of_each_type(void **state)
{
	static const struct slice secrets[] = { { "hub", 3 }, { "", 0 } };
	struct service_account account;
	record_init(&service_account_type, &account);
	account.cluster = SLICE("");
	account.namespace = SLICE("a \"quoted\" \\ name");
	account.created = 1;
	account.pull_secrets = (struct slice_list){ secrets, 2 };
	account.first_seen = 0;
	account.gone = BOOL_FALSE;
	check_json(&service_account_type, &account,
		   "{\"cluster\":\"\",\"namespace\":\"a \\\"quoted\\\" \\\\ name\",\"name\":null,\"uid\":null,"
		   "\"created\":\"1970-01-01T00:00:00.000001Z\",\"pull_secrets\":[\"hub\",\"\"],"
		   "\"first_seen\":\"1970-01-01T00:00:00Z\",\"last_seen\":null,\"gone\":false}");
}

static void an_empty_list_is_known(void **state)
{
	static const struct slice none[1];
	struct service_account account;
	record_init(&service_account_type, &account);
	account.pull_secrets = (struct slice_list){ none, 0 };
	check_json(
		&service_account_type, &account,
		"{\"cluster\":null,\"namespace\":null,\"name\":null,\"uid\":null,\"created\":null,\"pull_secrets\":[],"
		"\"first_seen\":null,\"last_seen\":null,\"gone\":null}");
}

static void bytes_that_are_not_utf8_have_a_twin(void **state)
{
	static const struct slice secrets[] = { { "ok", 2 }, { "\xff", 1 } };
	struct service_account account;
	record_init(&service_account_type, &account);
	account.name = SLICE("a\xff");
	account.pull_secrets = (struct slice_list){ secrets, 2 };
	check_json(
		&service_account_type, &account,
		"{\"cluster\":null,\"namespace\":null,\"name\":\"a\xef\xbf\xbd\",\"name_base64\":\"Yf8=\",\"uid\":null,"
		"\"created\":null,\"pull_secrets\":[\"ok\",\"\xef\xbf\xbd\"],\"pull_secrets_base64\":[\"b2s=\",\"/w==\"],"
		"\"first_seen\":null,\"last_seen\":null,\"gone\":null}");
}

static void records_in_records(void **state)
{
	struct book repositories[2];
	struct shelf registry;
	record_init(&shelf_type, &registry);
	for (size_t i = 0; i < 2; i++)
		record_init(&book_type, &repositories[i]);
	repositories[1].repository = SLICE("acme/app");
	repositories[1].images = -1;
	check_json(&shelf_type, &registry,
		   "{\"registry\":null,\"credentials\":null,\"secrets\":null,\"images\":null,\"repositories\":null}");
	registry.repositories = (struct record_list){ repositories, 2 };
	check_json(&shelf_type, &registry,
		   "{\"registry\":null,\"credentials\":null,\"secrets\":null,\"images\":null,\"repositories\":["
		   "{\"registry\":null,\"repository\":null,\"images\":null},"
		   "{\"registry\":null,\"repository\":\"acme/app\",\"images\":-1}]}");
}

static void members_leave_the_braces_to_the_caller(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct json_writer w = { .out = &out };
	struct book repository;
	record_init(&book_type, &repository);
	json_object_begin(&w);
	json_member_text(&w, "record", SLICE("book"));
	record_write_members(&book_type, &repository, &w);
	json_object_end(&w);
	assert_string_equal(strbuf_text(&out),
			    "{\"record\":\"book\",\"registry\":null,\"repository\":null,\"images\":null}");
}

static int write_with_twins(void *data, struct error **err)
{
	static const struct slice secrets[] = { { "ok", 2 }, { "\xff", 1 } };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct json_writer w = { .out = &out };
	struct service_account account;
	record_init(&service_account_type, &account);
	account.name = SLICE("a\xff");
	account.pull_secrets = (struct slice_list){ secrets, 2 };
	record_write_json(&service_account_type, &account, &w);
	if (strbuf_failed(&out, err))
		return -1;
	assert_non_null(strstr(out.data, "[\"b2s=\",\"/w==\"]")); /* success means that all of it is there */
	return 0;
}

static void memory_may_run_out(void **state)
{
	torture(write_with_twins, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_is_null_and_every_field_is_there),
		cmocka_unit_test(values_of_each_type),
		cmocka_unit_test(an_empty_list_is_known),
		cmocka_unit_test(bytes_that_are_not_utf8_have_a_twin),
		cmocka_unit_test(records_in_records),
		cmocka_unit_test(members_leave_the_braces_to_the_caller),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
