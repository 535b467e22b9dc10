#include "support/torture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "support/check.h"

/* Scenarios with one mistake each. `torture` must fail on them. */

static void *kept_for_ever;

static int leaks_on_failure(void *data, struct error **err)
{
	void *first = mem_alloc(10);
	void *second = first ? mem_alloc(10) : NULL;
	if (!second) {
		kept_for_ever = first;
		return error_no_memory(err);
	}
	mem_free(first);
	mem_free(second);
	return 0;
}

static int leaks_secrets_on_failure(void *data, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes second = { 0 };
	struct secret_bytes first = { 0 };
	if (secret_copy(&first, SLICE("a"), err) < 0 || secret_copy(&second, SLICE("b"), err) < 0)
		return -1;
	secret_release(&first);
	return 0;
}

static int swallows_failure(void *data, struct error **err)
{
	mem_free(mem_alloc(10));
	return 0;
}

static int names_another_cause(void *data, struct error **err)
{
	CLEANUP(mem_freep) void *block = mem_alloc(10);
	return block ? 0 : error_set(err, ERROR_SYNTAX, "not what happened");
}

static int allocates_nothing(void *data, struct error **err)
{
	return 0;
}

static int fails_always(void *data, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "always");
}

static int keeps_the_contract(void *data, struct error **err)
{
	CLEANUP(mem_freep) char *text = mem_copy_text("abc", 3);
	char *longer = text ? mem_resize(text, 1000, 1) : NULL;
	if (!longer)
		return error_no_memory(err);
	text = longer;
	CLEANUP(secret_release) struct secret_bytes secret = { 0 };
	return secret_copy(&secret, SLICE("a"), err);
}

static const struct planted {
	const char *name;
	torture_scenario scenario;
	const char *complaint; /* NULL: must pass */
} planted[] = {
	{ "leak", leaks_on_failure, "1 blocks leaked" },
	{ "secret-leak", leaks_secrets_on_failure, "bytes of the secure heap leaked" },
	{ "swallow", swallows_failure, "allocation 1 failed, and the scenario succeeded all the same" },
	{ "cause", names_another_cause, "allocation 1 failed, and the error is 4: not what happened" },
	{ "nothing", allocates_nothing, "" },
	{ "always", fails_always, "fails without a failing allocation: always" },
	{ "good", keeps_the_contract, NULL },
};

static const struct planted *chosen;

static void run_chosen(void **state)
{
	torture(chosen->scenario, NULL);
}

/* Runs this program with the name of a scenario, and gives what it wrote. */
static int run_self(const char *name, char *output, size_t size)
{
	int ends[2], status;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		execl("/proc/self/exe", "test_torture", name, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	FILE *stream = fdopen(ends[0], "r");
	output[fread(output, 1, size - 1, stream)] = '\0';
	fclose(stream);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void mistakes_are_found(void **state)
{
	static char output[16384];
	for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) {
		int result = run_self(planted[i].name, output, sizeof output);
		if (result != (planted[i].complaint ? 1 : 0))
			fail_msg("%s: exit code %d: %s", planted[i].name, result, output);
		if (planted[i].complaint && !strstr(output, planted[i].complaint))
			fail_msg("%s: no \"%s\" in: %s", planted[i].name, planted[i].complaint, output);
	}
}

static void allocations_are_counted(void **state)
{
	assert_int_equal(torture(keeps_the_contract, NULL), 3);
}

/* Against a count kept by hand, with blocks freed in another order than they were taken. */
static void live_blocks_are_counted(void **state)
{
	enum { MOST = 3000 };
	static void *blocks[MOST];
	unsigned short random[3] = { 1, 1, 1 };
	size_t live = 0;
	torture_watch();
	for (int round = 0; round < 100000; round++) {
		size_t at = (size_t)nrand48(random) % MOST;
		if (blocks[at]) {
			blocks[at] = mem_free(blocks[at]);
			live--;
		} else {
			blocks[at] = mem_alloc(1 + at % 100);
			live++;
		}
		if (torture_live_blocks() != live)
			break;
	}
	torture_unwatch();
	assert_int_equal(torture_live_blocks(), live);
	for (size_t i = 0; i < MOST; i++)
		mem_free(blocks[i]);
	assert_int_equal(torture_live_blocks(), 0);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof planted / sizeof *planted; i++)
		if (!strcmp(argv[1], planted[i].name))
			chosen = &planted[i];
	const struct CMUnitTest one[] = { cmocka_unit_test(run_chosen) };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_found),
		cmocka_unit_test(allocations_are_counted),
		cmocka_unit_test(live_blocks_are_counted),
	};
	return chosen ? cmocka_run_group_tests_name("planted", one, NULL, NULL)
		      : cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
