#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/process.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

static char *const plain_environment[] = { (char *)"PATH=/usr/bin:/bin", NULL };

/* A shell runs `script`; its $1 is the folder. */
static int run_shell(const struct scratch *folder, const char *script, unsigned timeout_ms,
		     struct process_outcome *outcome, struct error **err)
{
	char *const argv[] = {
		(char *)"sh", (char *)"-c", (char *)script, (char *)"sh", folder ? (char *)folder->path : (char *)"",
		NULL
	};
	const struct process process = {
		.path = "/bin/sh", .argv = argv, .environment = plain_environment, .timeout_ms = timeout_ms
	};
	return process_run(&process, outcome, err);
}

static void check_runs(const char *script, int status, const char *output, const char *said)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	check_ok(run_shell(NULL, script, 20000, &outcome, &err), &err);
	assert_int_equal(outcome.status, status);
	assert_int_equal(secret_length(&outcome.output), strlen(output));
	assert_memory_equal(secret_room(&outcome.output), output, strlen(output));
	assert_string_equal(strbuf_text(&outcome.said), said);
}

static void what_it_prints_and_says_is_kept_apart(void **state)
{
	check_runs("echo out; echo err >&2; echo more", 0, "out\nmore\n", "err\n");
	check_runs("exit 3", 3 << 8, "", "");
	check_runs("kill -9 $$", 9, "", "");
}

static void its_input_is_empty_and_no_other_file_is_open(void **state)
{
	int fd = open("/dev/null", O_RDONLY);                                  /* without O_CLOEXEC */
	check_runs("cat; ls /proc/self/fd | tr '\\n' ' '", 0, "0 1 2 3 ", ""); /* 3 is the folder that ls reads */
	close(fd);
}

static void its_input_is_what_was_given(void **state)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	char input[PROCESS_INPUT_BYTES + 1];
	char *const argv[] = { (char *)"cat", NULL };
	struct process process = { .path = "/bin/cat",
				   .argv = argv,
				   .environment = plain_environment,
				   .input = { input, PROCESS_INPUT_BYTES },
				   .timeout_ms = 20000 };
	memset(input, 'x', sizeof input);
	check_ok(process_run(&process, &outcome, &err), &err);
	assert_int_equal(secret_length(&outcome.output), PROCESS_INPUT_BYTES);
	assert_memory_equal(secret_room(&outcome.output), input, PROCESS_INPUT_BYTES);
	process.input.len++;
	process_outcome_release(&outcome);
	assert_int_equal(process_run(&process, &outcome, &err), -1);
	check_error(&err, ERROR_LIMIT, "more than 4096 bytes of input");
}

static void one_that_does_not_read_its_input_is_fine(void **state)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	char *const argv[] = { (char *)"true", NULL };
	const struct process process = { .path = "/bin/true",
					 .argv = argv,
					 .environment = plain_environment,
					 .input = SLICE("made-up"),
					 .timeout_ms = 20000 };
	check_ok(process_run(&process, &outcome, &err), &err);
	assert_int_equal(outcome.status, 0);
}

static void it_has_a_group_of_its_own_and_default_signals(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigset_t blocked, mask;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &mask);
	sigaction(SIGPIPE, &ignore, &before);
	check_runs("test $(ps -o pgid= -p $$) -eq $$ || echo group\n"
		   "while read -r name mask; do\n"
		   "  case $name in Sig[BI][lg][kn]:) echo $((0x$mask & 0x1002));; esac\n" /* SIGPIPE, SIGINT */
		   "done </proc/$$/status",
		   0, "0\n0\n", "");
	sigaction(SIGPIPE, &before, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
}

static void what_it_prints_is_bounded(void **state)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	check_ok(run_shell(NULL, "head -c 1048576 /dev/zero", 20000, &outcome, &err), &err);
	assert_int_equal(secret_length(&outcome.output), LIMIT_EXEC_OUTPUT_BYTES);
	process_outcome_release(&outcome);
	assert_int_equal(run_shell(NULL, "cat /dev/zero", 20000, &outcome, &err), -1);
	check_error(&err, ERROR_LIMIT, "it printed more than 1048576 bytes");
	assert_true(WIFSIGNALED(outcome.status));
}

static void what_it_says_is_cut_and_does_not_hold_it_up(void **state)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	check_ok(run_shell(NULL, "head -c 3000000 /dev/zero | tr '\\0' x >&2; echo done", 20000, &outcome, &err), &err);
	check_slice(secret_reveal(&outcome.output), "done\n");
	assert_int_equal(outcome.said.len, 64 * LIMIT_KIB);
	assert_int_equal(outcome.said.failure, 0);
}

/* --- ending --- */

/* The number that the script wrote to `name`. */
static pid_t pid_in(const struct scratch *folder, const char *name)
{
	int pid = 0;
	FILE *file = fopen(scratch_path(folder, name), "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	assert_true(pid > 1);
	return pid;
}

/* Gone, or dead and not yet waited for by whoever inherits it. */
static bool is_gone(pid_t pid)
{
	char path[64], state = 'Z';
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "r");
	if (!file)
		return true;
	if (fscanf(file, "%*d %*s %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state == 'Z' || state == 'X';
}

static void check_gone(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	for (int i = 0; i < 200 && !is_gone(pid); i++)
		nanosleep(&pause, NULL);
	assert_true(is_gone(pid));
}

static int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void one_that_takes_too_long_is_ended_with_its_children(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	int64_t start = now_ms();
	assert_int_equal(
		run_shell(&folder, "echo waiting >&2; sleep 100 & echo $! >$1/child; wait", 300, &outcome, &err), -1);
	check_error(&err, ERROR_SYSTEM, "it gave no answer within 1 s");
	assert_string_equal(strbuf_text(&outcome.said), "waiting\n");
	assert_in_range(now_ms() - start, 300, 5000);
	check_gone(pid_in(&folder, "child"));
}

static void one_that_does_not_heed_the_request_is_killed(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	assert_int_equal(run_shell(&folder, "trap '' TERM; echo $$ >$1/self; while :; do sleep 1; done", 300, &outcome,
				   &err),
			 -1);
	check_error(&err, ERROR_SYSTEM, "it gave no answer");
	check_gone(pid_in(&folder, "self"));
	assert_int_equal(outcome.status, SIGKILL);
}

static void what_stays_behind_holds_nobody_up(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	int64_t start = now_ms();
	check_ok(run_shell(&folder, "sleep 100 & echo $! >$1/child; echo out", 50000, &outcome, &err), &err);
	assert_in_range(now_ms() - start, 0, 20000);
	check_slice(secret_reveal(&outcome.output), "out\n");
	assert_false(is_gone(pid_in(&folder, "child")));
	kill(pid_in(&folder, "child"), SIGKILL);
}

static void what_cannot_be_started_says_why(void **state)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	char *const argv[] = { (char *)"x", NULL };
	struct process process = {
		.path = "/nowhere/x", .argv = argv, .environment = plain_environment, .timeout_ms = 1000
	};
	assert_int_equal(process_run(&process, &outcome, &err), -1);
	check_error(&err, ERROR_SYSTEM, "starting it: No such file");
	process.path = "/tmp";
	assert_int_equal(process_run(&process, &outcome, &err), -1);
	check_error(&err, ERROR_SYSTEM, "starting it: Permission denied");
}

/* --- in a process of their own: stopping cannot be undone --- */

static void check_child(pid_t pid)
{
	int status;
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void stop(int signal)
{
	(void)signal;
	process_stop();
}

/* 0: as expected. */
static int run_until_stopped(const struct scratch *folder)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	struct sigaction action = { .sa_handler = stop };
	sigaction(SIGALRM, &action, NULL);
	ualarm(200 * 1000, 0);
	int64_t start = now_ms();
	if (run_shell(folder, "echo $$ >$1/self; sleep 100", 60000, &outcome, &err) != -1 ||
	    !strstr(err->message, "stopped"))
		return 1;
	if (now_ms() - start > 5000 || !is_gone(pid_in(folder, "self")))
		return 2;
	err = error_free(err);
	if (run_shell(folder, "touch $1/later", 60000, &outcome, &err) != -1 || !strstr(err->message, "stopped"))
		return 3;
	error_free(err);
	return access(scratch_path(folder, "later"), F_OK) == 0 ? 4 : 0;
}

static void a_stop_ends_what_runs_and_starts_nothing(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(run_until_stopped(&folder));
	check_child(pid);
}

static int ask_on_terminal(void)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *err = NULL;
	char *const argv[] = { (char *)"sh", (char *)"-c",
			       (char *)"echo question >&2; read answer; echo \"got $answer\"", NULL };
	const struct process process = { .path = "/bin/sh",
					 .argv = argv,
					 .environment = plain_environment,
					 .interactive = true,
					 .timeout_ms = 20000 };
	if (process_run(&process, &outcome, &err) < 0)
		return 1;
	if (!slice_equal_text(secret_reveal(&outcome.output), "got made-up-answer\n"))
		return 2;
	return tcgetpgrp(STDIN_FILENO) == getpgrp() ? 0 : 3;
}

static void one_that_asks_gets_the_terminal_and_gives_it_back(void **state)
{
	int terminal;
	char bytes[64];
	fflush(NULL);
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);
	if (pid == 0)
		_exit(ask_on_terminal());
	assert_true(pid > 0);
	assert_true(read(terminal, bytes, sizeof bytes) > 0); /* the question */
	assert_int_equal(write(terminal, "made-up-answer\n", 15), 15);
	check_child(pid);
	close(terminal);
}

static int torture_scenario_of_one(void *data, struct error **err)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	if (run_shell(NULL, "head -c 40000 /dev/zero; echo x >&2", 20000, &outcome, err) < 0)
		return -1;
	return outcome.said.failure ? error_no_memory(err) : 0;
}

static void every_allocation_may_fail(void **state)
{
	assert_in_range(torture(torture_scenario_of_one, NULL), 2, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_prints_and_says_is_kept_apart),
		cmocka_unit_test(its_input_is_empty_and_no_other_file_is_open),
		cmocka_unit_test(its_input_is_what_was_given),
		cmocka_unit_test(one_that_does_not_read_its_input_is_fine),
		cmocka_unit_test(it_has_a_group_of_its_own_and_default_signals),
		cmocka_unit_test(what_it_prints_is_bounded),
		cmocka_unit_test(what_it_says_is_cut_and_does_not_hold_it_up),
		cmocka_unit_test(one_that_takes_too_long_is_ended_with_its_children),
		cmocka_unit_test(one_that_does_not_heed_the_request_is_killed),
		cmocka_unit_test(what_stays_behind_holds_nobody_up),
		cmocka_unit_test(what_cannot_be_started_says_why),
		cmocka_unit_test(a_stop_ends_what_runs_and_starts_nothing),
		cmocka_unit_test(one_that_asks_gets_the_terminal_and_gives_it_back),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
