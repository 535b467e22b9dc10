#include "base/time.h"
#include "dialect_page_fixture.h"
#include "support/check.h"

static size_t puts_seen;
static struct registry_event last;

static int take(struct sink *sink, int64_t read, const struct record_type *type, const void *record, struct error **err)
{
	assert_ptr_equal(type, &registry_event_type);
	assert_int_equal(read, 7);
	puts_seen++;
	last = *(const struct registry_event *)record;
	return 0;
}

/* Whether it was put; texts of `last` lie in the event or in constants. */
static bool put(struct dialect_event event)
{
	static const struct sink_ops ops = { .put = take };
	struct sink sink = { &ops };
	CLEANUP(page_reader_release) struct page_reader reader;
	struct error *err = NULL;
	puts_seen = 0;
	page_reader_init(&reader, &dialect_hub, &sink, 7);
	check_ok(dialect_put(&reader.dialect, &event, &err), &err);
	return puts_seen == 1;
}

static struct dialect_event good(void)
{
	return (struct dialect_event){ "push", 1, SLICE("acme/web"), SLICE("1.0"), SLICE(PAGE_DIGEST), SLICE("me") };
}

static void what_is_told(void **state)
{
	assert_true(put(good()));
	check_slice(last.registry, "reg.example");
	check_slice(last.action, "push");
	check_slice(last.repository, "acme/web");
	check_slice(last.tag, "1.0");
	check_slice(last.digest, PAGE_DIGEST);
	check_slice(last.source, "hub");
	check_slice(last.token_name, "");
	check_slice(last.address, "");
	assert_int_equal(last.time, 1);
	assert_int_equal(last.count, INT_UNKNOWN);
}

static void texts_that_are_not_there_are_empty(void **state)
{
	struct dialect_event event = good();
	event.tag = event.actor = SLICE_NONE;
	assert_true(put(event));
	check_slice(last.tag, "");
	check_slice(last.actor, "");
}

static void what_cannot_be_is_left_out(void **state)
{
	char long_tag[129] = { 0 };
	struct dialect_event event = good();
	event.time = TIME_UNSET;
	assert_false(put(event));
	event = good();
	event.digest = SLICE("sha256:no");
	assert_false(put(event));
	event = good();
	event.tag = event.digest = SLICE("");
	assert_false(put(event));
	event = good();
	event.tag = (struct slice){ long_tag, sizeof long_tag };
	assert_false(put(event));
	event.tag.len--;
	assert_true(put(event));
}

static void dates(void **state)
{
	assert_int_equal(dialect_time(SLICE("1970-01-01T00:00:01Z")), USEC_PER_SECOND);
	assert_int_equal(dialect_time(SLICE("0001-01-01T00:00:00.000Z")), TIME_UNSET);
	assert_int_equal(dialect_time(SLICE("1970-01-01T00:00:00Z")), TIME_UNSET);
	assert_int_equal(dialect_time(SLICE("never")), TIME_UNSET);
	assert_int_equal(dialect_time(SLICE("")), TIME_UNSET);
	assert_int_equal(dialect_time(SLICE_NONE), TIME_UNSET);
}

static void counted_times(void **state)
{
	assert_int_equal(dialect_time_counted(SLICE("1700000000"), USEC_PER_SECOND), 1700000000 * USEC_PER_SECOND);
	assert_int_equal(dialect_time_counted(SLICE("1700000000123"), 1000), INT64_C(1700000000123000));
	static const char *const none[] = { "",
					    "0",
					    "-1",
					    "+1",
					    " 1",
					    "1.5",
					    "1e3",
					    "9223372036854775807",
					    "9223372036854775808",
					    "99999999999999999999",
					    "253402300800000" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(dialect_time_counted(slice_of(none[i]), 1000), TIME_UNSET);
	assert_int_equal(dialect_time_counted(SLICE("253402300799999"), 1000), INT64_C(253402300799999000));
	assert_int_equal(dialect_time_counted(SLICE_NONE, 1000), TIME_UNSET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told),
		cmocka_unit_test(texts_that_are_not_there_are_empty),
		cmocka_unit_test(what_cannot_be_is_left_out),
		cmocka_unit_test(dates),
		cmocka_unit_test(counted_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
