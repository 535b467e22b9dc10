#include "oci/transport/token.h"

#include "base/time.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static int parse(struct slice text, struct token_answer *answer, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes body = { 0 };
	if (secret_copy(&body, text, err) < 0)
		return -1;
	return token_parse(&body, answer, err);
}

static struct token_answer read(const char *text)
{
	struct token_answer answer;
	struct error *err = NULL;
	int got = parse(slice_of(text), &answer, &err);
	check_no_error(&err);
	assert_int_equal(got, 1);
	return answer;
}

static void check_token(const char *text, const char *token)
{
	struct token_answer answer = read(text);
	if (token)
		check_slice(secret_reveal(&answer.token), token);
	assert_int_equal(secret_is_set(&answer.token), token != NULL);
	token_release(&answer);
}

static const char whole[] =
	"{\"token\":\"made-up-1\",\"access_token\":\"made-up-2\",\"expires_in\":300,\"issued_at\":\"2026-11-25T10:00:00Z\","
	"\"refresh_token\":\"made-up-3\",\"scope\":{\"a\":[]}}";

static void a_whole_answer(void **state)
{
	struct token_answer answer = read(whole);
	int64_t issued;
	struct error *err = NULL;
	check_ok(time_parse(SLICE("2026-11-25T10:00:00Z"), &issued, &err), &err);
	check_slice(secret_reveal(&answer.token), "made-up-1");
	check_slice(secret_reveal(&answer.refresh_token), "made-up-3");
	assert_int_equal(answer.seconds, 300);
	assert_int_equal(answer.issued_at, issued);
	token_release(&answer);
}

static void either_name_of_a_token(void **state)
{
	check_token("{\"access_token\":\"a\"}", "a");
	check_token("{\"access_token\":\"a\",\"token\":\"b\"}", "b");
	check_token("{\"access_token\":\"a\",\"token\":\"\"}", "a");
	check_token("{\"token\":\"a\\u002fb\"}", "a/b");
	check_token("{\"token\":\"a\",\"token\":\"b\"}", "b");
}

static void what_no_header_can_hold_is_no_token(void **state)
{
	static const char *const bad[] = { "{}",
					   "{\"token\":7}",
					   "{\"token\":null}",
					   "{\"token\":[\"a\"]}",
					   "{\"token\":\"a b\"}",
					   "{\"token\":\"a\\r\\nb\"}",
					   "{\"token\":\"a\\u0000\"}",
					   "{\"token\":\"\\u00e4\"}",
					   "{\"token\":\"\"}",
					   NULL };
	for (const char *const *text = bad; *text; text++)
		check_token(*text, NULL);
}

static void bodies_that_are_no_answers(void **state)
{
	static const char *const bad[] = { "", "[]", "7", "{\"token\":\"a\"", "<html>", "{\"token\":\"a\",}", NULL };
	for (const char *const *text = bad; *text; text++) {
		struct token_answer answer;
		struct error *err = NULL;
		assert_int_equal(parse(slice_of(*text), &answer, &err), 0);
		check_no_error(&err);
		assert_false(secret_is_set(&answer.token));
	}
}

static void check_seconds(const char *value, int64_t seconds)
{
	char text[100];
	snprintf(text, sizeof text, "{\"expires_in\":%s}", value);
	struct token_answer answer = read(text);
	assert_int_equal(answer.seconds, seconds);
}

static void lifetimes_are_60_seconds_at_least(void **state)
{
	assert_int_equal(read("{}").seconds, 60);
	check_seconds("59", 60);
	check_seconds("0", 60);
	check_seconds("-5", 60);
	check_seconds("61", 61);
	check_seconds("1e3", 60);
	check_seconds("\"300\"", 60);
	check_seconds("999999999999999999999", 60);
	check_seconds("9999999999", 86400);
}

static void what_is_left_counts_from_when_it_was_issued(void **state)
{
	struct token_answer answer = { .seconds = 300, .issued_at = TIME_UNSET };
	assert_int_equal(token_seconds_left(&answer, 0), 300);
	answer.issued_at = 1000 * USEC_PER_SECOND;
	assert_int_equal(token_seconds_left(&answer, 1100 * USEC_PER_SECOND), 200);
	assert_int_equal(token_seconds_left(&answer, 900 * USEC_PER_SECOND), 300);
	assert_int_equal(token_seconds_left(&answer, 5000 * USEC_PER_SECOND), 60);
}

static void times_that_are_none_are_not_there(void **state)
{
	assert_int_equal(read("{\"issued_at\":\"yesterday\"}").issued_at, TIME_UNSET);
	assert_int_equal(read("{\"issued_at\":7}").issued_at, TIME_UNSET);
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	struct token_answer answer;
	struct error *err = NULL;
	check_ok(parse(variant, &answer, &err), &err);
	assert_true(answer.seconds >= 60 && answer.seconds <= 86400);
	token_release(&answer);
}

static void cut_and_flipped_answers(void **state)
{
	mangle_truncate(slice_of(whole), read_mangled, NULL);
	mangle_flip(slice_of(whole), read_mangled, NULL);
}

static int scenario(void *data, struct error **err)
{
	struct token_answer answer = { 0 };
	int got = parse(slice_of(whole), &answer, err);
	token_release(&answer);
	return got < 0 ? -1 : 0;
}

static void failing_allocations(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_answer),
		cmocka_unit_test(either_name_of_a_token),
		cmocka_unit_test(what_no_header_can_hold_is_no_token),
		cmocka_unit_test(bodies_that_are_no_answers),
		cmocka_unit_test(lifetimes_are_60_seconds_at_least),
		cmocka_unit_test(what_is_left_counts_from_when_it_was_issued),
		cmocka_unit_test(times_that_are_none_are_not_there),
		cmocka_unit_test(cut_and_flipped_answers),
		cmocka_unit_test(failing_allocations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
