#include "base/limits.h"
#include "model/answer.h"
#include "model/observed.h"
#include "model/text.h"
#include "support/check.h"

static void check_cell(const struct record_type *type, const void *record, const char *field, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	field_write_cell(record_field(type, field), record, &out);
	assert_string_equal(strbuf_text(&out), expected);
}

static void unknown_is_a_dash(void **state)
{
	struct secret_row secret;
	record_init(&secret_row_type, &secret);
	for (size_t i = 0; i < secret_row_type.field_count; i++)
		check_cell(&secret_row_type, &secret, secret_row_type.fields[i].name, "-");
}

static void known_values(void **state)
{
	static const struct slice names[] = { { "a", 1 }, { "b", 1 }, { "", 0 } };
	struct secret_entry entries[3];
	struct secret_row secret;
	record_init(&secret_row_type, &secret);
	secret.name = SLICE("hub");
	secret.namespace = SLICE("");
	secret.users = 0;
	secret.immutable = BOOL_TRUE;
	secret.blocks_pulls = BOOL_FALSE;
	secret.registries = (struct slice_list){ names, 3 };
	secret.defects = (struct slice_list){ names, 0 };
	secret.entries = (struct record_list){ entries, 3 };
	check_cell(&secret_row_type, &secret, "name", "hub");
	check_cell(&secret_row_type, &secret, "namespace", "\"\"");
	check_cell(&secret_row_type, &secret, "users", "0");
	check_cell(&secret_row_type, &secret, "immutable", "yes");
	check_cell(&secret_row_type, &secret, "blocks_pulls", "no");
	check_cell(&secret_row_type, &secret, "registries", "a, b, \"\"");
	check_cell(&secret_row_type, &secret, "defects", "none");
	check_cell(&secret_row_type, &secret, "entries", "3");
}

static void times_have_no_fraction(void **state)
{
	struct secret_row secret;
	record_init(&secret_row_type, &secret);
	secret.created = 1999999;
	check_cell(&secret_row_type, &secret, "created", "1970-01-01T00:00:01Z");
	secret.created = -1;
	check_cell(&secret_row_type, &secret, "created", "1969-12-31T23:59:59Z");
	secret.created = INT64_C(-62135596800000000); /* Go's zero time */
	check_cell(&secret_row_type, &secret, "created", "0001-01-01T00:00:00Z");
}

static void terminals_see_no_control_characters(void **state)
{
	struct secret_row secret;
	record_init(&secret_row_type, &secret);
	secret.name = SLICE("\x1b[2Jhub\n\xe2\x80\xae\xff");
	check_cell(&secret_row_type, &secret, "name", "\\u001b[2Jhub\\u000a\\u202e\\xff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_is_a_dash),
		cmocka_unit_test(known_values),
		cmocka_unit_test(times_have_no_fraction),
		cmocka_unit_test(terminals_see_no_control_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
