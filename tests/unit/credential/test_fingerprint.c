#include "credential/fingerprint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

#define KEY_TEXT "EXAMPLE-KEY-OF-32-BYTES-FOR-TEST"

static void write_key(const struct scratch *scratch, const char *name, struct slice bytes, mode_t mode)
{
	scratch_write(scratch, name, bytes);
	assert_int_equal(chmod(scratch_path(scratch, name), mode), 0);
}

/* Values from `openssl dgst -sha256 -mac HMAC -macopt key:...` and `sha256sum`. */
static void known_answers(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	CLEANUP(secret_release) struct secret_bytes secret = { 0 };
	struct error *err = NULL;
	char text[FINGERPRINT_TEXT_BYTES];
	write_key(&scratch, "key", SLICE(KEY_TEXT), 0600);
	check_ok(fingerprint_key_open(scratch_path(&scratch, "key"), false, &key, &err), &err);
	assert_string_equal(key.id, "2ed57349");
	check_ok(secret_copy(&secret, SLICE("dckr_pat_EXAMPLEexampleEXAMPLE1"), &err), &err);
	check_ok(fingerprint_of(&key, &secret, text, &err), &err);
	assert_string_equal(text, "6e02d81bf807f1a52befc3852ab12041");
	check_ok(secret_copy(&secret, SLICE(""), &err), &err);
	check_ok(fingerprint_of(&key, &secret, text, &err), &err);
	assert_string_equal(text, "885522f8ed2256735b49d1f9a536ef1a");
}

static void made_once_and_found_again(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key first = { 0 }, second = { 0 };
	struct error *err = NULL;
	struct stat status;
	const char *path = scratch_path(&scratch, "key");
	assert_int_equal(fingerprint_key_open(path, false, &first, &err), -1);
	check_error(&err, ERROR_SYSTEM, "No such file");
	check_ok(fingerprint_key_open(path, true, &first, &err), &err);
	check_ok(fingerprint_key_open(path, true, &second, &err), &err);
	assert_true(slice_equal(secret_reveal(&first.key), secret_reveal(&second.key)));
	assert_string_equal(first.id, second.id);
	assert_int_equal(strlen(first.id), FINGERPRINT_ID_BYTES - 1);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_size, FINGERPRINT_KEY_BYTES);
	assert_int_equal(status.st_nlink, 1); /* the draft is gone */
}

static void made_for_us_alone_whatever_the_umask(void **state)
{
	static const mode_t umasks[] = { 0, 022, 0777 };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct error *err = NULL;
	struct stat status;
	const char *path = scratch_path(&scratch, "key");
	for (size_t i = 0; i < sizeof umasks / sizeof *umasks; i++) {
		CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
		mode_t was = umask(umasks[i]);
		int opened = fingerprint_key_open(path, true, &key, &err);
		umask(was);
		check_ok(opened, &err);
		assert_int_equal(stat(path, &status), 0);
		assert_int_equal(status.st_mode & 07777, 0600);
		assert_int_equal(unlink(path), 0);
	}
}

static void a_key_of_another_user_is_refused(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	struct error *err = NULL;
	if (geteuid() != 0)
		check_skip("only root may give a file away");
	write_key(&scratch, "key", SLICE(KEY_TEXT), 0600);
	assert_int_equal(chown(scratch_path(&scratch, "key"), 12345, 12345), 0);
	assert_int_equal(fingerprint_key_open(scratch_path(&scratch, "key"), true, &key, &err), -1);
	check_error(&err, ERROR_USAGE, "uid 12345");
}

static void two_installations_differ(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key a = { 0 };
	CLEANUP(fingerprint_key_release) struct fingerprint_key b = { 0 };
	struct error *err = NULL;
	check_ok(fingerprint_key_open(scratch_path(&scratch, "a"), true, &a, &err), &err);
	check_ok(fingerprint_key_open(scratch_path(&scratch, "b"), true, &b, &err), &err);
	assert_false(slice_equal(secret_reveal(&a.key), secret_reveal(&b.key)));
	assert_string_not_equal(a.id, b.id);
}

static void refused_files(void **state)
{
	static const struct {
		struct slice bytes;
		mode_t mode;
		const char *part;
	} refused[] = {
		{ SLICE(KEY_TEXT), 0640, "others" },        { SLICE(KEY_TEXT), 0604, "others" },
		{ SLICE(KEY_TEXT), 0610, "others" },        { SLICE("EXAMPLE"), 0600, "7 bytes" },
		{ SLICE(KEY_TEXT "\n"), 0600, "33 bytes" }, { SLICE(""), 0600, "0 bytes" },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	struct error *err = NULL;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		write_key(&scratch, "key", refused[i].bytes, refused[i].mode);
		assert_int_equal(fingerprint_key_open(scratch_path(&scratch, "key"), true, &key, &err), -1);
		check_error(&err, ERROR_USAGE, refused[i].part);
	}
}

static void not_a_file_of_ours(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	struct error *err = NULL;
	assert_int_equal(fingerprint_key_open(scratch.path, true, &key, &err), -1);
	check_error(&err, ERROR_USAGE, "regular");
	write_key(&scratch, "key", SLICE(KEY_TEXT), 0600);
	assert_int_equal(symlink("key", scratch_path(&scratch, "link")), 0);
	assert_int_equal(fingerprint_key_open(scratch_path(&scratch, "link"), true, &key, &err), -1);
	check_error(&err, ERROR_SYSTEM, "link");
	assert_int_equal(mkfifo(scratch_path(&scratch, "pipe"), 0600), 0);
	assert_int_equal(fingerprint_key_open(scratch_path(&scratch, "pipe"), true, &key, &err), -1);
	check_error(&err, ERROR_USAGE, "regular");
	assert_int_equal(fingerprint_key_open(scratch_path(&scratch, "no/such/key"), true, &key, &err), -1);
	check_error(&err, ERROR_SYSTEM, "No such file");
}

/* Many that start at once agree on one key. */
static void made_by_many_at_once(void **state)
{
	enum { CHILDREN = 8 };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	int pipes[2], ready[2];
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(pipe(ready), 0);
	for (int i = 0; i < CHILDREN; i++) {
		if (fork() != 0)
			continue;
		struct fingerprint_key key = { 0 };
		struct error *err = NULL;
		char byte;
		close(ready[1]);
		bool fine = read(ready[0], &byte, 1) == 0 &&
			    fingerprint_key_open(scratch_path(&scratch, "key"), true, &key, &err) == 0 &&
			    write(pipes[1], key.id, sizeof key.id) == sizeof key.id;
		_exit(fine ? 0 : 1);
	}
	close(ready[1]); /* the start */
	char ids[CHILDREN][FINGERPRINT_ID_BYTES];
	for (int i = 0; i < CHILDREN; i++) {
		int status;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
		assert_int_equal(read(pipes[0], ids[i], sizeof ids[i]), sizeof ids[i]);
		assert_string_equal(ids[i], ids[0]);
	}
	close(ready[0]);
	close(pipes[0]);
	close(pipes[1]);
}

static int open_once(void *data, struct error **err)
{
	const char *path = data;
	CLEANUP(fingerprint_key_release) struct fingerprint_key key = { 0 };
	char text[FINGERPRINT_TEXT_BYTES];
	unlink(path);
	if (fingerprint_key_open(path, true, &key, err) < 0)
		return -1;
	return fingerprint_of(&key, &key.key, text, err);
}

static void every_allocation_fails(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	char path[128];
	snprintf(path, sizeof path, "%s", scratch_path(&scratch, "key"));
	torture(open_once, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(made_once_and_found_again),
		cmocka_unit_test(made_for_us_alone_whatever_the_umask),
		cmocka_unit_test(a_key_of_another_user_is_refused),
		cmocka_unit_test(two_installations_differ),
		cmocka_unit_test(refused_files),
		cmocka_unit_test(not_a_file_of_ours),
		cmocka_unit_test(made_by_many_at_once),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
