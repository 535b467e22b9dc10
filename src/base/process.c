#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#define FIRST_OUTPUT_BYTES (16 * LIMIT_KIB)
/* More than a message shows of it, so that its end is seen too. */
#define SAID_BYTES (64 * LIMIT_KIB)
/* Between asking a command to end and ending it: time to put its files in order. */
#define END_GRACE_MS 300

/* --- stopping, from anywhere --- */

static pthread_once_t stop_once = PTHREAD_ONCE_INIT;
static atomic_int stop_fd = -1; /* readable from the stop on; never closed */
static atomic_bool stopped;

static void open_stop_fd(void)
{
	atomic_store(&stop_fd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

void process_stop(void)
{
	const uint64_t one = 1;
	int saved = errno;
	atomic_store(&stopped, true);
	int fd = atomic_load(&stop_fd);
	ssize_t written = fd < 0 ? 0 : write(fd, &one, sizeof one);
	(void)written; /* a full one is readable all the same */
	errno = saved;
}

/* --- one run --- */

struct run {
	const struct process *process;
	struct process_outcome *outcome;
	pid_t pid;
	size_t output_capacity;
	int output_fd, said_fd, process_fd; /* -1: closed */
	int64_t deadline_ms;
};

static void close_run(struct run *run)
{
	fd_closep(&run->output_fd);
	fd_closep(&run->said_fd);
	fd_closep(&run->process_fd);
}

/* --- starting --- */

/* Ends that are the child's; input -1: it reads nothing. */
struct child_ends {
	int input, output, said;
};

static void close_ends(struct child_ends *ends)
{
	fd_closep(&ends->input);
	fd_closep(&ends->output);
	fd_closep(&ends->said);
}

static int open_pipe(int *ret_read, int *ret_write, struct error **err)
{
	int fds[2];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "opening a pipe");
	*ret_read = fds[0];
	*ret_write = fds[1];
	if (fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "opening a pipe");
	return 0;
}

/* A pipe that holds the input and ends behind it: what fits is written without waiting for a reader. */
static int open_input(struct slice input, int *ret_read, struct error **err)
{
	int fds[2];
	if (!input.len)
		return 0;
	if (input.len > PROCESS_INPUT_BYTES)
		return error_set(err, ERROR_LIMIT, "more than %d bytes of input", PROCESS_INPUT_BYTES);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "opening a pipe");
	ssize_t written = write(fds[1], input.data, input.len);
	close(fds[1]);
	*ret_read = fds[0];
	if (written != (ssize_t)input.len || fcntl(fds[0], F_SETFL, 0) < 0)
		return error_set_errno(err, errno, "filling a pipe");
	return 0;
}

/* A group of its own, so that all of it can be ended; no file of ours but the three; signals as a shell leaves them. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	sigfillset(&all);
	sigemptyset(&none);
	int failed = posix_spawnattr_setflags(attributes,
					      POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	failed = failed ? failed : posix_spawnattr_setpgroup(attributes, 0);
	failed = failed ? failed : posix_spawnattr_setsigdefault(attributes, &all);
	return failed ? failed : posix_spawnattr_setsigmask(attributes, &none);
}

static int set_files(posix_spawn_file_actions_t *files, bool interactive, const struct child_ends *ends)
{
	int failed = posix_spawn_file_actions_adddup2(files, ends->output, STDOUT_FILENO);
	if (!failed && interactive)
		failed = posix_spawn_file_actions_addtcsetpgrp_np(files, STDIN_FILENO);
	if (!failed && ends->input >= 0)
		failed = posix_spawn_file_actions_adddup2(files, ends->input, STDIN_FILENO);
	else if (!failed && !interactive)
		failed = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!failed && !interactive)
		failed = posix_spawn_file_actions_adddup2(files, ends->said, STDERR_FILENO);
	return failed ? failed : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

static int spawn(struct run *run, const struct child_ends *ends)
{
	const struct process *process = run->process;
	posix_spawnattr_t attributes;
	posix_spawn_file_actions_t files;
	int failed = posix_spawnattr_init(&attributes);
	if (failed)
		return failed;
	failed = posix_spawn_file_actions_init(&files);
	if (!failed) {
		failed = set_attributes(&attributes);
		failed = failed ? failed : set_files(&files, process->interactive, ends);
		failed = failed ? failed
				: posix_spawn(&run->pid, process->path, &files, &attributes, process->argv,
					      process->environment);
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attributes);
	return failed;
}

static int start(struct run *run, struct error **err)
{
	CLEANUP(close_ends) struct child_ends ends = { -1, -1, -1 };
	if (open_input(run->process->input, &ends.input, err) < 0 ||
	    open_pipe(&run->output_fd, &ends.output, err) < 0 || open_pipe(&run->said_fd, &ends.said, err) < 0)
		return -1;
	int failed = spawn(run, &ends);
	if (failed)
		return error_set_errno(err, failed, "starting it");
	run->process_fd = pidfd_open(run->pid, 0);
	return 0;
}

/* --- reading --- */

static int grow(struct run *run, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bigger = { 0 };
	struct secret_bytes *output = &run->outcome->output;
	size_t len = secret_length(output), capacity = len ? 2 * len : FIRST_OUTPUT_BYTES;
	if (len > LIMIT_EXEC_OUTPUT_BYTES)
		return error_set(err, ERROR_LIMIT, "it printed more than %zu bytes", LIMIT_EXEC_OUTPUT_BYTES);
	if (capacity > LIMIT_EXEC_OUTPUT_BYTES) /* one more shows that there is more */
		capacity = LIMIT_EXEC_OUTPUT_BYTES + 1;
	if (secret_alloc(&bigger, capacity, err) < 0)
		return -1;
	if (len)
		memcpy(secret_room(&bigger), secret_room(output), len);
	secret_set_length(&bigger, len);
	secret_release(output);
	*output = bigger;
	bigger = (struct secret_bytes){ 0 };
	run->output_capacity = capacity;
	return 0;
}

/* 1: something came. 0: nothing is there now. At the end *fd is closed. */
static int note_read(ssize_t got, int *fd)
{
	if (got > 0)
		return 1;
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		fd_closep(fd);
	return 0;
}

static int read_output(struct run *run, struct error **err)
{
	struct secret_bytes *output = &run->outcome->output;
	size_t len = secret_length(output);
	if (len == run->output_capacity && grow(run, err) < 0)
		return -1;
	ssize_t got = read(run->output_fd, secret_room(output) + len, run->output_capacity - len);
	if (got > 0)
		secret_set_length(output, len + (size_t)got);
	return note_read(got, &run->output_fd);
}

/* What does not fit is read, so that the command does not wait, and dropped. */
static int read_said(struct run *run)
{
	char bytes[1024];
	struct strbuf *said = &run->outcome->said;
	ssize_t got = read(run->said_fd, bytes, sizeof bytes);
	size_t room = SAID_BYTES - said->len;
	if (got > 0)
		strbuf_add(said, bytes, (size_t)got < room ? (size_t)got : room);
	return note_read(got, &run->said_fd);
}

/* All that is there now. */
static int drain(struct run *run, struct error **err)
{
	int got = 1;
	while (run->said_fd >= 0 && read_said(run) > 0)
		;
	while (run->output_fd >= 0 && got > 0)
		got = read_output(run, err);
	return got < 0 ? -1 : 0;
}

/* --- waiting and ending --- */

static int64_t left_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_ms();
	return left > 0 ? left : 0;
}

/* 1: it exited. 0: something else happened. */
static int wait_for_event(struct run *run, int64_t timeout_ms, bool heed_stop)
{
	struct pollfd fds[] = {
		{ .fd = run->output_fd, .events = POLLIN },
		{ .fd = run->said_fd, .events = POLLIN },
		{ .fd = run->process_fd, .events = POLLIN },
		{ .fd = heed_stop ? atomic_load(&stop_fd) : -1, .events = POLLIN },
	};
	int got = poll(fds, sizeof fds / sizeof *fds, (int)timeout_ms);
	return got > 0 && fds[2].revents;
}

/* What it still prints is not wanted any more. */
static void drain_to_nowhere(struct run *run)
{
	CLEANUP(error_freep) struct error *err = NULL;
	if (drain(run, &err) < 0)
		fd_closep(&run->output_fd);
}

/* Asked first; then it and whatever is left of its group is ended. Until it is waited for, its number is its own. */
static void end_group(struct run *run)
{
	int64_t deadline_ms = clock_ms() + END_GRACE_MS;
	kill(-run->pid, SIGTERM);
	kill(-run->pid, SIGCONT);
	while (left_ms(deadline_ms) > 0 && !wait_for_event(run, left_ms(deadline_ms), false))
		drain_to_nowhere(run);
	kill(-run->pid, SIGKILL);
}

static int follow(struct run *run, struct error **err)
{
	for (;;) {
		bool exited = wait_for_event(run, left_ms(run->deadline_ms), true) > 0;
		if (drain(run, err) < 0)
			return -1;
		if (exited)
			return 0;
		if (atomic_load(&stopped))
			return error_set(err, ERROR_SYSTEM, "it was stopped");
		if (left_ms(run->deadline_ms) == 0)
			return error_set(err, ERROR_SYSTEM, "it gave no answer within %u s",
					 (run->process->timeout_ms + 999) / 1000);
	}
}

static void reap(struct run *run)
{
	int status = 0;
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	run->outcome->status = status;
}

static int run_to_end(struct run *run, struct error **err)
{
	if (start(run, err) < 0)
		return -1;
	int got = run->process_fd < 0 ? error_set_errno(err, errno, "watching it") : follow(run, err);
	if (got < 0)
		end_group(run);
	reap(run);
	return got;
}

/* --- the terminal --- */

static pthread_mutex_t terminal_lock = PTHREAD_MUTEX_INITIALIZER;

/* We are in the background now, and taking the terminal back would stop us. */
static void take_terminal_back(void)
{
	sigset_t ttou, before;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &ttou, &before);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int run_on_terminal(struct run *run, struct error **err)
{
	pthread_mutex_lock(&terminal_lock);
	int got;
	if (atomic_load(&stopped))
		got = error_set(err, ERROR_SYSTEM, "it was stopped");
	else if (tcgetpgrp(STDIN_FILENO) != getpgrp())
		got = error_set(err, ERROR_USAGE, "it asks on the terminal, and we run in the background");
	else {
		run->deadline_ms = clock_ms() + run->process->timeout_ms;
		got = run_to_end(run, err);
		take_terminal_back();
	}
	pthread_mutex_unlock(&terminal_lock);
	return got;
}

/* --- the interface --- */

int process_run(const struct process *process, struct process_outcome *outcome, struct error **err)
{
	CLEANUP(close_run)
	struct run run = { .process = process,
			   .outcome = outcome,
			   .output_fd = -1,
			   .said_fd = -1,
			   .process_fd = -1,
			   .deadline_ms = clock_ms() + process->timeout_ms };
	*outcome = (struct process_outcome){ .said = STRBUF_INIT(SAID_BYTES) };
	pthread_once(&stop_once, open_stop_fd);
	if (atomic_load(&stop_fd) < 0)
		return error_set(err, ERROR_SYSTEM, "no file descriptor is left");
	if (atomic_load(&stopped))
		return error_set(err, ERROR_SYSTEM, "it was stopped");
	return process->interactive ? run_on_terminal(&run, err) : run_to_end(&run, err);
}

void process_outcome_release(struct process_outcome *outcome)
{
	secret_release(&outcome->output);
	strbuf_release(&outcome->said);
	*outcome = (struct process_outcome){ 0 };
}
