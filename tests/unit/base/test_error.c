#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static void set_gives_code_and_message(void **state)
{
	struct error *err = NULL;
	assert_int_equal(error_set(&err, ERROR_SYNTAX, "entry %d: %s", 2, "bad base64 at byte 17"), -1);
	assert_int_equal(err->code, ERROR_SYNTAX);
	assert_string_equal(err->message, "entry 2: bad base64 at byte 17");
	assert_null(error_free(err));
}

static void context_reads_from_the_outside_in(void **state)
{
	CLEANUP(error_freep) struct error *err = NULL;
	error_set(&err, ERROR_LIMIT, "too deep");
	assert_int_equal(error_context(&err, "secret %s", "hub"), -1);
	assert_int_equal(error_context(&err, "pod %s/%s", "shop", "web-7"), -1);
	assert_string_equal(err->message, "pod shop/web-7: secret hub: too deep");
	assert_int_equal(err->code, ERROR_LIMIT);
}

static void errno_is_put_behind_the_message(void **state)
{
	struct error *err = NULL;
	assert_int_equal(error_set_errno(&err, ENOENT, "opening %s", "a.json"), -1);
	assert_string_equal(err->message, "opening a.json: No such file or directory");
	check_error(&err, ERROR_SYSTEM, "opening");
	error_set_errno(&err, ENOMEM, "mapping");
	check_error(&err, ERROR_NO_MEMORY, "mapping: ");
}

static void message_is_one_printable_line(void **state)
{
	CLEANUP(error_freep) struct error *err = NULL;
	error_set(&err, ERROR_SYNTAX, "name %s", "a\nb\x1b[2J\xff\xe2\x80\xae");
	error_context(&err, "%s", "c\rd");
	assert_string_equal(err->message, "c\\u000dd: name a\\u000ab\\u001b[2J\\xff\\u202e");
}

static void long_messages_are_cut(void **state)
{
	static char name[4 * LIMIT_MESSAGE_BYTES];
	memset(name, 'n', sizeof name - 1);
	CLEANUP(error_freep) struct error *err = NULL;
	error_set(&err, ERROR_SYNTAX, "bad name %s", name);
	assert_int_equal(err->code, ERROR_SYNTAX);
	assert_int_equal(strlen(err->message), LIMIT_MESSAGE_BYTES);
	memset(name, '\n', sizeof name - 1);
	error_context(&err, "%s", name);
	assert_int_equal(strncmp(err->message, "\\u000a", 6), 0);
}

static void many_contexts_do_not_lose_the_error(void **state)
{
	static char name[LIMIT_MESSAGE_BYTES];
	memset(name, '\n', sizeof name - 1);
	CLEANUP(error_freep) struct error *err = NULL;
	error_set(&err, ERROR_SYNTAX, "the cause");
	for (int i = 0; i < 10; i++)
		error_context(&err, "%s", name);
	assert_int_equal(err->code, ERROR_SYNTAX);
	assert_string_equal(err->message + strlen(err->message) - strlen("the cause"), "the cause");
}

static void no_memory_is_shared_and_needs_none(void **state)
{
	struct error *first = NULL, *second = NULL;
	torture_fail_at(1, 1);
	assert_int_equal(error_no_memory(&first), -1);
	assert_int_equal(error_context(&first, "pod %s", "x"), -1);
	assert_int_equal(error_set(&second, ERROR_SYNTAX, "lost"), -1);
	torture_unwatch();
	assert_ptr_equal(first, second);
	assert_int_equal(first->code, ERROR_NO_MEMORY);
	assert_string_equal(first->message, "out of memory");
	assert_null(error_free(first));
	error_freep(&first);
	assert_null(first);
}

static void context_without_memory_keeps_the_error(void **state)
{
	CLEANUP(error_freep) struct error *err = NULL;
	error_set(&err, ERROR_SYNTAX, "the cause");
	torture_fail_at(1, 1);
	assert_int_equal(error_context(&err, "pod %s", "x"), -1);
	torture_unwatch();
	assert_int_equal(err->code, ERROR_SYNTAX);
	assert_string_equal(err->message, "the cause");
}

static void move_takes_what_is_there(void **state)
{
	struct error *from = NULL, *to = NULL;
	assert_int_equal(error_move(&to, &from), 0);
	assert_null(to);
	error_set(&from, ERROR_STORE, "busy");
	assert_int_equal(error_move(&to, &from), -1);
	assert_null(from);
	check_error(&to, ERROR_STORE, "busy");
}

static void empty_messages_keep_their_code(void **state)
{
	struct error *err = NULL;
	error_set(&err, ERROR_USAGE, "%s", "");
	assert_int_equal(err->code, ERROR_USAGE);
	error_context(&err, "%s", "");
	assert_string_equal(err->message, ": ");
	error_freep(&err);
}

static void free_takes_null(void **state)
{
	assert_null(error_free(NULL));
}

/* Both give an error when memory is there; the scenario is about what they give when it is not. */
static int make_both(void *data, struct error **err)
{
	CLEANUP(error_freep) struct error *set = NULL;
	error_set(&set, ERROR_SYNTAX, "entry %d", 2);
	if (set->code == ERROR_NO_MEMORY)
		return error_move(err, &set);
	CLEANUP(error_freep) struct error *from_errno = NULL;
	error_set_errno(&from_errno, ENOENT, "opening %s", "a");
	return from_errno->code == ERROR_NO_MEMORY ? error_move(err, &from_errno) : 0;
}

static void every_allocation_failed(void **state)
{
	torture(make_both, NULL);
}

static void bytes_from_outside_are_told_from_failures(void **state)
{
	for (enum error_code code = ERROR_SYSTEM; code <= ERROR_STORE; code++) {
		struct error *err = NULL;
		error_set(&err, code, "x");
		assert_int_equal(error_is_of_input(err), code == ERROR_SYNTAX || code == ERROR_LIMIT);
		error_free(err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_gives_code_and_message),
		cmocka_unit_test(context_reads_from_the_outside_in),
		cmocka_unit_test(errno_is_put_behind_the_message),
		cmocka_unit_test(message_is_one_printable_line),
		cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(many_contexts_do_not_lose_the_error),
		cmocka_unit_test(no_memory_is_shared_and_needs_none),
		cmocka_unit_test(context_without_memory_keeps_the_error),
		cmocka_unit_test(move_takes_what_is_there),
		cmocka_unit_test(empty_messages_keep_their_code),
		cmocka_unit_test(free_takes_null),
		cmocka_unit_test(bytes_from_outside_are_told_from_failures),
		cmocka_unit_test(every_allocation_failed),
	};
	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
