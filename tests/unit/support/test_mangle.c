#include "support/mangle.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

static size_t calls;

static void check_cut(struct slice variant, size_t at, void *data)
{
	const struct slice *good = data;
	assert_int_equal(variant.len, at);
	assert_memory_equal(variant.data, good->data, at);
	calls++;
}

static void check_flipped(struct slice variant, size_t at, void *data)
{
	const struct slice *good = data;
	size_t differing = 0;
	for (size_t i = 0; i < good->len; i++)
		for (int bit = 0; bit < 8; bit++)
			if ((variant.data[i] ^ good->data[i]) >> bit & 1) {
				assert_int_equal(8 * i + (size_t)bit, at);
				differing++;
			}
	assert_int_equal(differing, 1);
	calls++;
}

static void every_length_and_every_bit(void **state)
{
	struct slice good = SLICE("{\"auths\":{}}");
	calls = 0;
	mangle_truncate(good, check_cut, &good);
	assert_int_equal(calls, good.len);
	calls = 0;
	mangle_flip(good, check_flipped, &good);
	assert_int_equal(calls, 8 * good.len);
	calls = 0;
	mangle_none(good, check_cut, &good);
	assert_int_equal(calls, 1);
}

static void read_behind(struct slice variant, size_t at, void *data)
{
	*(volatile char *)data = *(const volatile char *)(variant.data + variant.len);
}

/* Reading one byte behind a variant must end the process. */
static void the_byte_behind_cannot_be_read(void **state)
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char byte;
		close(STDERR_FILENO);
		signal(SIGSEGV, SIG_DFL);
		mangle_none(SLICE("abc"), read_behind, &byte);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_false(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_length_and_every_bit),
		cmocka_unit_test(the_byte_behind_cannot_be_read),
	};
	return cmocka_run_group_tests_name("mangle", tests, NULL, NULL);
}
