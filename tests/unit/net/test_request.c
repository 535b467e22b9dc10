#include "net/request_internal.h"

#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

#define TOKEN "Bearer made-up-token-1"
#define AUTHORIZATION_LINE "Authorization: " TOKEN

static struct secret_bytes secret_of(const char *text)
{
	struct secret_bytes secret = { 0 };
	struct error *err = NULL;
	check_ok(secret_copy(&secret, slice_of(text), &err), &err);
	return secret;
}

/* Line number `at` of the header list, or NULL. */
static const char *line_at(const struct request *request, size_t at)
{
	const struct curl_slist *node = request->lines;
	while (node && at--)
		node = node->next;
	return node ? node->data : NULL;
}

static void a_plain_get(void **state)
{
	CLEANUP(request_release) struct request request = { 0 };
	struct http_request asked = { .path = SLICE("/a?b=c"), .retries = 3 };
	struct error *err = NULL;
	check_ok(request_copy(&request, &asked, "https://x:443/prefix", NULL, &err), &err);
	assert_null(request.method);
	assert_string_equal(request.url, "https://x:443/prefix/a?b=c");
	assert_string_equal(line_at(&request, 0), "User-Agent: fother");
	assert_null(line_at(&request, 1));
	assert_true(request.repeatable);
	assert_int_equal(request.connect_ms, 10000);
	assert_int_equal(request.idle_ms, 60000);
	assert_int_equal(request.whole_ms, 0);
	assert_int_equal(request.retries, 3);
}

static void every_header_is_a_line_in_order(void **state)
{
	CLEANUP(request_release) struct request request = { 0 };
	CLEANUP(secret_release) struct secret_bytes token = secret_of(TOKEN);
	struct http_header headers[] = { { SLICE("Impersonate-User"), SLICE("alice") },
					 { SLICE("X-Empty"), SLICE("") } };
	struct http_request asked = {
		.method = "POST",
		.accept = SLICE("application/json"),
		.authorization = &token,
		.headers = headers,
		.header_count = 2,
		.body = SLICE("{}"),
		.body_type = SLICE("application/json"),
	};
	const char *lines[] = { "User-Agent: fother",
				"Host: real",
				"Accept: application/json",
				"Expect:",
				"Content-Type: application/json",
				"Impersonate-User: alice",
				"X-Empty;",
				AUTHORIZATION_LINE };
	struct error *err = NULL;
	check_ok(request_copy(&request, &asked, "https://x:443", "Host: real", &err), &err);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		assert_string_equal(line_at(&request, i), lines[i]);
	assert_null(line_at(&request, sizeof lines / sizeof *lines));
	assert_string_equal(request.url, "https://x:443/");
	assert_false(request.repeatable);
	check_slice(secret_reveal(&request.body), "{}");
}

static void a_head_may_be_repeated_and_a_wait_and_limits_are_taken_over(void **state)
{
	CLEANUP(request_release) struct request request = { 0 };
	struct http_request asked = { .method = "HEAD", .delay_ms = 700, .limits_are_answers = true };
	struct error *err = NULL;
	check_ok(request_copy(&request, &asked, "https://x:443", NULL, &err), &err);
	assert_string_equal(request.method, "HEAD");
	assert_true(request.repeatable && request.limits_are_answers);
	assert_int_equal(request.delay_ms, 700);
}

static void a_body_that_is_secret_wins_over_the_other(void **state)
{
	CLEANUP(request_release) struct request request = { 0 };
	CLEANUP(secret_release) struct secret_bytes form = secret_of("refresh_token=made-up");
	struct http_request asked = {
		.method = "POST", .secret_body = &form, .body = SLICE("x"), .body_type = SLICE("a/form")
	};
	struct error *err = NULL;
	check_ok(request_copy(&request, &asked, "https://x:443", NULL, &err), &err);
	check_slice(secret_reveal(&request.body), "refresh_token=made-up");
	assert_string_equal(line_at(&request, 2), "Content-Type: a/form");
	assert_null(memmem(request.text, request.text_len, "made-up", 7));
}

static void the_login_lies_in_the_secure_heap_only(void **state)
{
	CLEANUP(request_release) struct request request = { 0 };
	CLEANUP(secret_release) struct secret_bytes token = secret_of(TOKEN);
	struct http_request asked = { .authorization = &token };
	struct error *err = NULL;
	check_ok(request_copy(&request, &asked, "https://x:443", NULL, &err), &err);
	assert_null(memmem(request.text, request.text_len, "made-up-token", 13));
	assert_ptr_equal(line_at(&request, 1), secret_reveal(&request.authorization).data);
}

static void check_refused(struct http_request asked, const char *part)
{
	CLEANUP(request_release) struct request request = { 0 };
	struct error *err = NULL;
	assert_int_equal(request_copy(&request, &asked, "https://x:443", NULL, &err), -1);
	assert_null(strstr(err->message, "made-up"));
	check_error(&err, ERROR_USAGE, part);
}

static void nothing_can_break_out_of_its_line(void **state)
{
	const struct slice bad[] = { SLICE("a\rb"), SLICE("a\nb"), SLICE("a\0b"), SLICE("a\r\nEvil: made-up") };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_header value = { SLICE("Name"), bad[i] }, name = { bad[i], SLICE("value") };
		check_refused((struct http_request){ .headers = &value, .header_count = 1 }, "line break");
		check_refused((struct http_request){ .headers = &name, .header_count = 1 }, "name");
		check_refused((struct http_request){ .accept = bad[i] }, "line break");
		check_refused((struct http_request){ .body = SLICE(""), .body_type = bad[i] }, "line break");
		check_refused((struct http_request){ .path = bad[i] }, "path");
		CLEANUP(secret_release) struct secret_bytes token = { 0 };
		struct error *err = NULL;
		check_ok(secret_copy(&token, bad[i], &err), &err);
		check_refused((struct http_request){ .authorization = &token }, "line break");
	}
	struct http_header colon = { SLICE("a:b"), SLICE("x") }, empty = { SLICE(""), SLICE("x") };
	check_refused((struct http_request){ .headers = &colon, .header_count = 1 }, "name");
	check_refused((struct http_request){ .headers = &empty, .header_count = 1 }, "name");
}

static void paths_and_methods_are_checked(void **state)
{
	const char *paths[] = { "a", "/a b", "/a#b", "/\x7f", "/\xc3\xa4", "http://other/" };
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		check_refused((struct http_request){ .path = slice_of(paths[i]) }, "path");
	check_refused((struct http_request){ .method = "GET /other HTTP/1.1" }, "method");
	check_refused((struct http_request){ .method = "get" }, "method");
}

static void too_long_is_an_error(void **state)
{
	static char value[LIMIT_HTTP_REQUEST_BYTES + 1];
	CLEANUP(request_release) struct request request = { 0 };
	struct error *err = NULL;
	memset(value, 'x', sizeof value);
	struct http_header header = { SLICE("Name"), { value, sizeof value } };
	struct http_request asked = { .headers = &header, .header_count = 1 };
	assert_int_equal(request_copy(&request, &asked, "https://x:443", NULL, &err), -1);
	check_error(&err, ERROR_LIMIT, "");
}

static int copy_all(void *data, struct error **err)
{
	CLEANUP(request_release) struct request request = { 0 };
	struct http_header header = { SLICE("Name"), SLICE("value") };
	struct http_request asked = {
		.method = "PUT",
		.accept = SLICE("a/b"),
		.authorization = data,
		.headers = &header,
		.header_count = 1,
		.body = SLICE("x"),
	};
	return request_copy(&request, &asked, "https://x:443", "Host: y", err);
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(secret_release) struct secret_bytes token = secret_of(TOKEN);
	torture(copy_all, &token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_get),
		cmocka_unit_test(every_header_is_a_line_in_order),
		cmocka_unit_test(a_head_may_be_repeated_and_a_wait_and_limits_are_taken_over),
		cmocka_unit_test(a_body_that_is_secret_wins_over_the_other),
		cmocka_unit_test(the_login_lies_in_the_secure_heap_only),
		cmocka_unit_test(nothing_can_break_out_of_its_line),
		cmocka_unit_test(paths_and_methods_are_checked),
		cmocka_unit_test(too_long_is_an_error),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
