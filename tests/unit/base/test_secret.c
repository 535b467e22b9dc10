#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static struct secret_bytes secret_of(const char *text)
{
	struct secret_bytes s = { 0 };
	struct error *err = NULL;
	check_ok(secret_copy(&s, slice_of(text), &err), &err);
	return s;
}

/* Works without secret_start_process, as in every unit test. */
static void bytes_lie_in_the_secure_heap(void **state)
{
	CLEANUP(secret_release) struct secret_bytes s = secret_of("dckr_pat_EXAMPLE");
	assert_true(CRYPTO_secure_allocated(s.secret_data));
	check_slice(secret_reveal(&s), "dckr_pat_EXAMPLE");
	assert_int_equal(secret_length(&s), 16);
}

static void empty_and_nothing_are_apart(void **state)
{
	CLEANUP(secret_release) struct secret_bytes empty = secret_of("");
	struct secret_bytes nothing = { 0 };
	assert_true(secret_is_set(&empty));
	assert_false(secret_is_set(&nothing));
	assert_int_equal(secret_length(&empty), 0);
	assert_null(secret_reveal(&nothing).data);
	check_slice(secret_reveal(&empty), "");
}

static void length_never_passes_the_room(void **state)
{
	CLEANUP(secret_release) struct secret_bytes s = { 0 };
	struct error *err = NULL;
	check_ok(secret_alloc(&s, 10, &err), &err);
	assert_int_equal(secret_length(&s), 0);
	memcpy(secret_room(&s), "0123456789", 10);
	secret_set_length(&s, 4);
	check_slice(secret_reveal(&s), "0123");
	secret_set_length(&s, 11);
	assert_int_equal(secret_length(&s), 10);
}

static void released_bytes_are_wiped(void **state)
{
	struct secret_bytes s = secret_of("SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS");
	const volatile unsigned char *place = s.secret_data;
	secret_release(&s);
	assert_false(secret_is_set(&s));
	for (size_t i = 0; i < 64; i++)
		assert_int_not_equal(place[i], 'S');
	secret_release(&s);
}

static void alloc_releases_what_was_there(void **state)
{
	struct secret_bytes s = secret_of("first");
	struct error *err = NULL;
	size_t used = CRYPTO_secure_used();
	check_ok(secret_alloc(&s, 5, &err), &err);
	assert_int_equal(CRYPTO_secure_used(), used);
	check_ok(secret_copy(&s, SLICE("again"), &err), &err);
	assert_int_equal(CRYPTO_secure_used(), used);
	secret_release(&s);
}

static void copy_may_be_of_its_own_bytes(void **state)
{
	CLEANUP(secret_release) struct secret_bytes s = secret_of("user:password");
	struct error *err = NULL;
	check_ok(secret_copy(&s, slice_part(secret_reveal(&s), 5, 8), &err), &err);
	check_slice(secret_reveal(&s), "password");
}

static void maximum_is_an_error_and_leaves_nothing(void **state)
{
	struct secret_bytes s = secret_of("old");
	struct error *err = NULL;
	assert_int_equal(secret_alloc(&s, LIMIT_SECRET_BYTES + 1, &err), -1);
	check_error(&err, ERROR_LIMIT, "secret value of");
	assert_false(secret_is_set(&s));
	check_ok(secret_alloc(&s, LIMIT_SECRET_BYTES, &err), &err);
	memset(secret_room(&s), 'x', LIMIT_SECRET_BYTES);
	secret_release(&s);
}

/* A full heap is an error, not a way out to ordinary memory. */
static void full_heap_is_an_error(void **state)
{
	enum { MOST = 64 };
	struct secret_bytes all[MOST] = { 0 };
	struct error *err = NULL;
	size_t count = 0;
	while (count < MOST && secret_alloc(&all[count], LIMIT_SECRET_BYTES, &err) == 0)
		count++;
	assert_in_range(count, 2, MOST - 1);
	check_error(&err, ERROR_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		secret_release(&all[i]);
	check_ok(secret_alloc(&all[0], 10, &err), &err);
	secret_release(&all[0]);
}

static void wipe_overwrites(void **state)
{
	char text[] = "secret";
	secret_wipe(text, sizeof text);
	for (size_t i = 0; i < sizeof text; i++)
		assert_int_equal(text[i], 0);
	secret_wipe(NULL, 0);
}

/* Each in a process of its own: a secure heap is made once. */
static int in_child(int (*check)(void))
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(check());
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int start_forbids_dumps(void)
{
	struct error *err = NULL;
	struct rlimit core = { 1, 1 };
	if (secret_start_process(&err) < 0 || prctl(PR_GET_DUMPABLE) != 0)
		return 1;
	return getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_cur || core.rlim_max ? 2 : 0;
}

static int works_without_locked_memory(void)
{
	const struct rlimit none = { 0, 0 };
	struct error *err = NULL;
	struct secret_bytes s = { 0 };
	CRYPTO_secure_malloc_done();
	if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 || (geteuid() == 0 && setuid(65534) < 0))
		return 1;
	if (CRYPTO_secure_malloc_init(LIMIT_SECURE_HEAP_BYTES, 32) != 2) /* 2: there, but not locked */
		return 2;
	if (secret_start_process(&err) < 0 || secret_copy(&s, SLICE("password"), &err) < 0)
		return 3;
	return CRYPTO_secure_allocated(s.secret_data) ? 0 : 4;
}

/* No secure heap is an error: OpenSSL would quietly hand out ordinary memory. */
static int refuses_ordinary_memory(void)
{
	struct error *err = NULL;
	struct secret_bytes s = { 0 };
	if (secret_copy(&s, SLICE("a"), &err) < 0)
		return 1;
	secret_release(&s);
	CRYPTO_secure_malloc_done();
	if (secret_copy(&s, SLICE("password"), &err) == 0 || secret_is_set(&s))
		return 2;
	return err->code == ERROR_NO_MEMORY ? 0 : 3;
}

static void there_is_no_way_out_to_ordinary_memory(void **state)
{
	assert_int_equal(in_child(refuses_ordinary_memory), 0);
}

static void process_is_not_dumpable(void **state)
{
	assert_int_equal(in_child(start_forbids_dumps), 0);
}

static void low_limit_of_locked_memory_is_no_error(void **state)
{
	assert_int_equal(in_child(works_without_locked_memory), 0);
}

static int make_secrets(void *data, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes a = { 0 };
	CLEANUP(secret_release) struct secret_bytes b = { 0 };
	if (secret_alloc(&a, 100, err) < 0 || secret_copy(&b, SLICE("first"), err) < 0)
		return -1;
	return secret_copy(&b, SLICE("second"), err);
}

static void every_allocation_failed(void **state)
{
	assert_int_equal(torture(make_secrets, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_lie_in_the_secure_heap),
		cmocka_unit_test(empty_and_nothing_are_apart),
		cmocka_unit_test(length_never_passes_the_room),
		cmocka_unit_test(released_bytes_are_wiped),
		cmocka_unit_test(alloc_releases_what_was_there),
		cmocka_unit_test(copy_may_be_of_its_own_bytes),
		cmocka_unit_test(maximum_is_an_error_and_leaves_nothing),
		cmocka_unit_test(full_heap_is_an_error),
		cmocka_unit_test(wipe_overwrites),
		cmocka_unit_test(there_is_no_way_out_to_ordinary_memory),
		cmocka_unit_test(process_is_not_dumpable),
		cmocka_unit_test(low_limit_of_locked_memory_is_no_error),
		cmocka_unit_test(every_allocation_failed),
	};
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
