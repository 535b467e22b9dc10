#include "net/head.h"

#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"

/* Feeds a head line by line; the answer to the last one. */
static enum head_state feed(struct head *head, const char *text)
{
	struct slice rest = slice_of(text), line;
	enum head_state state = HEAD_MORE;
	while (rest.len) {
		slice_cut(rest, '\n', &line, &rest);
		state = head_add(head, (struct slice){ line.data, line.len + (rest.data ? 1 : 0) });
	}
	return state;
}

static void what_we_want_is_kept(void **state)
{
	struct head head = { 0 };
	assert_int_equal(feed(&head,
			      "HTTP/1.1 429 Too Many Requests\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
			      "Date: Wed, 25 Nov 2026 12:00:00 GMT\r\nretry-after:  7 \r\nServer: x\r\n\r\n"),
			 HEAD_DONE);
	assert_int_equal(head.status, 429);
	assert_string_equal(head.content_type, "application/json");
	assert_string_equal(head.date, "Wed, 25 Nov 2026 12:00:00 GMT");
	assert_string_equal(head.retry_after, "7");
}

static void http_2_has_no_reason_phrase(void **state)
{
	struct head head = { 0 };
	assert_int_equal(feed(&head, "HTTP/2 200 \r\ncontent-type: text/html\r\n\r\n"), HEAD_DONE);
	assert_int_equal(head.status, 200);
}

static void interim_answers_are_read_over(void **state)
{
	struct head head = { 0 };
	assert_int_equal(feed(&head, "HTTP/1.1 103 Early Hints\r\nContent-Type: text/html\r\n\r\n"), HEAD_MORE);
	assert_int_equal(feed(&head, "HTTP/1.1 200 OK\r\n\r\n"), HEAD_DONE);
	assert_int_equal(head.status, 200);
	assert_string_equal(head.content_type, "");
}

static void trailers_change_nothing(void **state)
{
	struct head head = { 0 };
	feed(&head, "HTTP/1.1 200 OK\r\nContent-Type: text/a\r\n\r\n");
	assert_int_equal(feed(&head, "Content-Type: text/b\r\nRetry-After: 5\r\n\r\n"), HEAD_MORE);
	assert_string_equal(head.content_type, "text/a");
	assert_string_equal(head.retry_after, "");
}

static void a_head_has_a_maximum_over_all_its_parts(void **state)
{
	struct head head = { 0 };
	char line[4096];
	memset(line, 'x', sizeof line);
	feed(&head, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
	size_t lines = 0;
	while (head_add(&head, (struct slice){ line, sizeof line }) == HEAD_MORE)
		lines++;
	assert_int_equal(lines, LIMIT_HTTP_HEAD_BYTES / sizeof line - 1);
}

static struct slice kept(const struct head *head, const char *name, size_t n)
{
	return head_kept((struct slice){ head->kept, head->kept_len }, slice_of(name), n);
}

static void fields_for_the_owner_are_kept_each_by_its_number(void **state)
{
	struct head head = { 0 };
	feed(&head,
	     "HTTP/1.1 401 x\r\nWWW-Authenticate: Basic\r\nLink: <a>\r\nwww-AUTHENTICATE:  Bearer realm=\"b\" \r\n"
	     "ETag:\r\nX-Other: y\r\nWarning: a\tb\r\n\r\n");
	check_slice(kept(&head, "WWW-Authenticate", 0), "Basic");
	check_slice(kept(&head, "www-authenticate", 1), "Bearer realm=\"b\"");
	assert_null(kept(&head, "www-authenticate", 2).data);
	check_slice(kept(&head, "link", 0), "<a>");
	check_slice(kept(&head, "etag", 0), "");
	check_slice(kept(&head, "warning", 0), "a\tb");
	assert_null(kept(&head, "x-other", 0).data);
	assert_null(kept(&head, "location", 0).data);
}

static void fields_of_interim_answers_and_trailers_are_not_kept(void **state)
{
	struct head head = { 0 };
	feed(&head, "HTTP/1.1 103 x\r\nLink: <early>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
	feed(&head, "Link: <late>\r\n\r\n");
	assert_null(kept(&head, "link", 0).data);
}

static void a_field_with_control_characters_is_left_out(void **state)
{
	struct head head = { 0 };
	feed(&head, "HTTP/1.1 200 OK\r\nLocation: a\x01");
	feed(&head, "Location: b\x7f\r\nLocation: c\r\n");
	head_add(&head, (struct slice){ "Location: d\0e", 13 });
	check_slice(kept(&head, "location", 0), "c");
	assert_null(kept(&head, "location", 1).data);
}

static void what_is_kept_has_a_maximum_and_later_fields_may_still_fit(void **state)
{
	static char line[HEAD_KEPT_BYTES + 16];
	struct head head = { 0 };
	memset(line, 'x', sizeof line);
	memcpy(line, "Location: ", 10);
	feed(&head, "HTTP/1.1 200 OK\r\n");
	head_add(&head, (struct slice){ line, 10 + HEAD_KEPT_BYTES - 1 });
	assert_null(kept(&head, "location", 0).data);
	head_add(&head, (struct slice){ line, 10 + HEAD_KEPT_BYTES - 10 });
	assert_int_equal(kept(&head, "location", 0).len, HEAD_KEPT_BYTES - 10);
	head_add(&head, SLICE("Link: 123456789\r\n"));
	head_add(&head, SLICE("ETag: 123456\r\n"));
	assert_null(kept(&head, "link", 0).data);
	check_slice(kept(&head, "etag", 0), "123456");
	assert_int_equal(head.kept_len, HEAD_KEPT_BYTES);
}

static void nothing_of_an_answer_is_in_the_next(void **state)
{
	struct head head = { 0 };
	feed(&head,
	     "HTTP/1.1 429 x\r\nContent-Type: text/a\r\nDate: now\r\nRetry-After: 5\r\nLocation: /signed\r\n\r\n");
	head_clear(&head);
	assert_int_equal(head.status, 0);
	assert_false(head.done);
	assert_memory_equal(head.kept, (char[8]){ 0 }, 8);
	assert_int_equal(feed(&head, "HTTP/1.1 200 OK\r\n\r\n"), HEAD_DONE);
	assert_string_equal(head.content_type, "");
	assert_string_equal(head.date, "");
	assert_string_equal(head.retry_after, "");
	assert_null(kept(&head, "location", 0).data);
}

static void check_type(const char *value, const char *expected)
{
	char room[HEAD_TYPE_BYTES];
	assert_string_equal(head_media_type(slice_of(value), room), expected);
}

static void media_types(void **state)
{
	check_type("application/vnd.kubernetes.protobuf;stream=watch", "application/vnd.kubernetes.protobuf");
	check_type("  TEXT/HTML ; charset=x", "text/html");
	check_type("application/json", "application/json");
	check_type("", "");
	check_type("json", "");
	check_type("/json", "");
	check_type("text/", "");
	check_type("a/b/c", "");
	check_type("text/ht ml", "");
	check_type("text/\x1b[31m", "");
	check_type("text/h\xc3\xa4", "");
}

static void a_media_type_has_a_maximum(void **state)
{
	char value[HEAD_TYPE_BYTES + 1], room[HEAD_TYPE_BYTES];
	memset(value, 'a', sizeof value);
	value[3] = '/';
	assert_int_equal(strlen(head_media_type((struct slice){ value, HEAD_TYPE_BYTES - 1 }, room)),
			 HEAD_TYPE_BYTES - 1);
	assert_int_equal(strlen(head_media_type((struct slice){ value, HEAD_TYPE_BYTES }, room)), 0);
}

static void lines_that_are_none_are_left_out(void **state)
{
	struct head head = { 0 };
	char long_date[200] = "Date: ";
	memset(long_date + 6, '1', sizeof long_date - 7);
	feed(&head, "HTTP/1.1 200 OK\r\nno colon\r\nRetry-After: \x01\r\n");
	head_add(&head, slice_of(long_date));
	assert_int_equal(feed(&head, "\r\n"), HEAD_DONE);
	assert_string_equal(head.retry_after, "");
	assert_string_equal(head.date, "");
}

static void a_status_is_three_digits(void **state)
{
	const char *bad[] = { "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n", "HTTP/1.1\r\n\r\n",
			      "HTTP/1.1 abc\r\n\r\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct head head = { 0 };
		assert_int_equal(feed(&head, bad[i]), HEAD_MORE);
		assert_int_equal(head.status, 0);
	}
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	struct head head = { 0 };
	head_add(&head, variant);
	assert_true(head.status >= 0 && head.status <= 999);
	assert_true(strlen(head.content_type) < HEAD_TYPE_BYTES && strlen(head.date) < HEAD_VALUE_BYTES &&
		    strlen(head.retry_after) < HEAD_VALUE_BYTES);
}

static void cut_and_flipped_lines_stay_in_their_room(void **state)
{
	const char *lines[] = { "HTTP/1.1 200 OK\r\n", "Content-Type: application/json; charset=utf-8\r\n",
				"Date: Wed, 25 Nov 2026 12:00:00 GMT\r\n", "Retry-After: 120\r\n",
				"Www-Authenticate: Bearer realm=\"x\"\r\n" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		mangle_truncate(slice_of(lines[i]), read_mangled, NULL);
		mangle_flip(slice_of(lines[i]), read_mangled, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_we_want_is_kept),
		cmocka_unit_test(http_2_has_no_reason_phrase),
		cmocka_unit_test(interim_answers_are_read_over),
		cmocka_unit_test(trailers_change_nothing),
		cmocka_unit_test(a_head_has_a_maximum_over_all_its_parts),
		cmocka_unit_test(fields_for_the_owner_are_kept_each_by_its_number),
		cmocka_unit_test(fields_of_interim_answers_and_trailers_are_not_kept),
		cmocka_unit_test(a_field_with_control_characters_is_left_out),
		cmocka_unit_test(what_is_kept_has_a_maximum_and_later_fields_may_still_fit),
		cmocka_unit_test(nothing_of_an_answer_is_in_the_next),
		cmocka_unit_test(media_types),
		cmocka_unit_test(a_media_type_has_a_maximum),
		cmocka_unit_test(lines_that_are_none_are_left_out),
		cmocka_unit_test(a_status_is_three_digits),
		cmocka_unit_test(cut_and_flipped_lines_stay_in_their_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
