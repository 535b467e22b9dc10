#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

/* stderr, caught in a file while one message is written. */
static char caught[2 * LIMIT_MESSAGE_BYTES];

static int kept_stderr;
static FILE *catcher;

static void catch_begin(void)
{
	fflush(stderr);
	catcher = tmpfile();
	assert_non_null(catcher);
	kept_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fileno(catcher), STDERR_FILENO) >= 0);
}

static const char *catch_end(void)
{
	fflush(stderr);
	assert_true(dup2(kept_stderr, STDERR_FILENO) >= 0);
	close(kept_stderr);
	rewind(catcher);
	caught[fread(caught, 1, sizeof caught - 1, catcher)] = '\0';
	fclose(catcher);
	return caught;
}

static int reset_level(void **state)
{
	log_set_level(LOG_WARN);
	return 0;
}

static void level_at_start_is_warn(void **state)
{
	assert_int_equal(log_level(), LOG_WARN);
}

static void lines_name_program_and_level(void **state)
{
	log_set_level(LOG_DEBUG);
	catch_begin();
	log_error("cluster %s: %d", "ap", 403);
	log_warn("w");
	log_info("i");
	log_debug("d");
	assert_string_equal(catch_end(), "fother: error: cluster ap: 403\nfother: warning: w\nfother: info: i\n"
					 "fother: debug: d\n");
}

static void levels_above_are_silent(void **state)
{
	log_set_level(LOG_ERROR);
	catch_begin();
	log_warn("no");
	log_error("yes");
	assert_string_equal(catch_end(), "fother: error: yes\n");
	log_set_level(LOG_QUIET);
	catch_begin();
	log_error("no");
	log_write(LOG_QUIET, "no");
	assert_string_equal(catch_end(), "");
}

static void messages_are_one_printable_line(void **state)
{
	catch_begin();
	log_error("name %s", "a\nb\x1b[2J\xe2\x80\xae");
	assert_string_equal(catch_end(), "fother: error: name a\\u000ab\\u001b[2J\\u202e\n");
}

static void long_messages_are_cut(void **state)
{
	static char name[2 * LIMIT_MESSAGE_BYTES];
	memset(name, 'n', sizeof name - 1);
	catch_begin();
	log_error("%s", name);
	assert_int_equal(strlen(catch_end()), strlen("fother: error: ") + LIMIT_MESSAGE_BYTES + 1);
}

static void without_memory_something_is_said(void **state)
{
	for (size_t nth = 1; nth <= 2; nth++) {
		catch_begin();
		torture_fail_at(nth, 1);
		log_error("lost");
		torture_unwatch();
		assert_string_equal(catch_end(), "fother: out of memory for a message\n");
		assert_int_equal(torture_live_blocks(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(level_at_start_is_warn),
		cmocka_unit_test_teardown(lines_name_program_and_level, reset_level),
		cmocka_unit_test_teardown(levels_above_are_silent, reset_level),
		cmocka_unit_test(messages_are_one_printable_line),
		cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(without_memory_something_is_said),
	};
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
