#include "fixture.h"

static void the_first_key_is_remembered_and_another_is_refused(void **state)
{
	struct fixture *f = *state;
	check_ok(store_check_key(f->store, "key-1", &f->err), &f->err);
	check_ok(store_check_key(f->store, "key-1", &f->err), &f->err);
	assert_int_equal(store_check_key(f->store, "key-2", &f->err), -1);
	check_error(&f->err, ERROR_STORE, "nothing was read into it");
	f->store = store_close(f->store);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	assert_int_equal(store_check_key(f->store, "key-2", &f->err), -1);
	check_error(&f->err, ERROR_STORE, "key-1");
	assert_int_equal(sql(f, "SELECT count(*) FROM fingerprint_key"), 1);
	f->sink = store_sink(f->store);
	begin(f, "prod", UID_A, HOUR(1));
	assert_int_equal(store_check_key(f->store, "key-2", &f->err), -1);
	check_error(&f->err, ERROR_STORE, "--key-file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_key_is_remembered_and_another_is_refused, fixture_setup,
						fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
