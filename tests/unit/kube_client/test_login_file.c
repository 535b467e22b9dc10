#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "configs.h"
#include "support/check.h"
#include "support/scratch.h"

static int64_t steady;

static int64_t made_up_steady(void)
{
	return steady;
}

/* The user's login lies in files of the folder; the clock stands. */
static struct kube_access *access_in(const struct scratch *folder, bool by_certificate)
{
	char text[2048];
	steady = USEC_PER_DAY;
	if (by_certificate)
		snprintf(text, sizeof text, CONFIG_OF(SERVER, "client-certificate: '%s/c', client-key: '%s/k'"),
			 folder->path, folder->path);
	else
		snprintf(text, sizeof text, CONFIG_OF(SERVER, "tokenFile: '%s/token'"), folder->path);
	struct kube_access *access = access_of(text, NULL);
	access->clock.steady = made_up_steady;
	access->login.token_read_at = access->login.certificate.read_at = steady;
	return access;
}

static void check_token(struct kube_access *access, bool rejected, const char *token, bool can_retry)
{
	struct kube_login login = login_of(access, rejected);
	check_slice(secret_reveal(login.authorization), token);
	assert_int_equal(login.can_retry, can_retry);
}

static void a_token_is_read_again_when_it_is_a_minute_old(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "token", SLICE("made-up-1\n"));
	struct kube_access *access = access_in(&folder, false);
	scratch_write(&folder, "token", SLICE("made-up-2\n"));
	steady += USEC_PER_MINUTE - 1;
	check_token(access, false, "Bearer made-up-1", false);
	steady += 1;
	check_token(access, false, "Bearer made-up-2", false);
	scratch_write(&folder, "token", SLICE("made-up-3\n"));
	steady += USEC_PER_MINUTE - 1;
	check_token(access, false, "Bearer made-up-2", false);
	kube_access_free(access);
}

static void a_rejected_token_is_read_again_at_once(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "token", SLICE("made-up-1"));
	struct kube_access *access = access_in(&folder, false);
	check_token(access, true, "Bearer made-up-1", false);
	scratch_write(&folder, "token", SLICE("made-up-2"));
	check_token(access, true, "Bearer made-up-2", true);
	check_token(access, true, "Bearer made-up-2", false);
	kube_access_free(access);
}

static void a_token_that_cannot_be_read_leaves_the_old_one_unless_that_was_rejected(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	struct kube_login login = { 0 };
	struct error *err = NULL;
	scratch_write(&folder, "token", SLICE("made-up-1"));
	struct kube_access *access = access_in(&folder, false);
	unlink(scratch_path(&folder, "token"));
	steady += USEC_PER_MINUTE;
	check_token(access, false, "Bearer made-up-1", false);
	assert_int_equal(kube_access_login(access, true, &login, &err), -1);
	check_error(&err, ERROR_USAGE, "context c: token file: ");
	scratch_write(&folder, "token", SLICE("made-up-2"));
	check_token(access, false, "Bearer made-up-1", false); /* not a minute yet */
	steady += USEC_PER_MINUTE;
	check_token(access, false, "Bearer made-up-2", false);
	kube_access_free(access);
}

static void certificates_are_read_again_after_five_minutes_and_a_rejection(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	scratch_write(&folder, "c", SLICE(MADE_UP_CERTIFICATE));
	scratch_write(&folder, "k", SLICE(MADE_UP_KEY));
	struct kube_access *access = access_in(&folder, true);
	login_of(access, false);
	scratch_write(&folder, "c", SLICE(MADE_UP_CERTIFICATE "1"));
	steady += 5 * USEC_PER_MINUTE - 1;
	assert_false(login_of(access, false).certificate_changed);
	steady += 1;
	struct kube_login login = login_of(access, false);
	assert_true(login.certificate_changed);
	check_slice(login.certificate_pem, MADE_UP_CERTIFICATE "1");
	scratch_write(&folder, "k", SLICE(MADE_UP_KEY "2"));
	login = login_of(access, true);
	assert_true(login.can_retry);
	assert_true(login.certificate_changed);
	check_slice(secret_reveal(login.key), MADE_UP_KEY "2");
	scratch_write(&folder, "k", SLICE("half"));
	steady += 5 * USEC_PER_MINUTE;
	login = login_of(access, false);
	assert_false(login.certificate_changed);
	check_slice(secret_reveal(login.key), MADE_UP_KEY "2");
	kube_access_free(access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_read_again_when_it_is_a_minute_old),
		cmocka_unit_test(a_rejected_token_is_read_again_at_once),
		cmocka_unit_test(a_token_that_cannot_be_read_leaves_the_old_one_unless_that_was_rejected),
		cmocka_unit_test(certificates_are_read_again_after_five_minutes_and_a_rejection),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
