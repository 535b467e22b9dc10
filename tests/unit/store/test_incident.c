#include "fixture.h"

static const struct slice hub[] = { { "docker.io", 9 } };
static const struct slice two[] = { { "quay.io", 7 }, { "docker.io", 9 } },
			  two_sorted[] = { { "docker.io", 9 }, { "quay.io", 7 } };
static const struct slice bad_1[] = { { "sha256:b", 8 }, { "sha256:a", 8 } },
			  bad_2[] = { { "sha256:c", 8 }, { "sha256:a", 8 } };

static struct incident incident_of(const struct slice *registries, size_t count)
{
	struct incident incident;
	record_init(&incident_type, &incident);
	incident.registries = (struct slice_list){ registries, count };
	incident.window_from = HOUR(0);
	incident.refreshed = HOUR(1);
	return incident;
}

static int64_t keep(struct fixture *f, struct incident *incident)
{
	check_ok(store_incident_put(f->store, incident, &f->arena, &f->err), &f->err);
	return incident->id;
}

static void a_new_incident_gets_a_number(void **state)
{
	struct fixture *f = *state;
	struct incident incident = incident_of(hub, 1), back;
	incident.indicators = (struct slice_list){ bad_1, 2 };
	assert_int_equal(keep(f, &incident), 1);
	check_slice(incident.state, "open");
	assert_true(incident.opened == HOUR(1));
	assert_int_equal(store_read_incident(f->store, 1, &f->arena, &back, &f->err), 1);
	check_slice(back.state, "open");
	check_slice(back.registries.items[0], "docker.io");
	assert_int_equal(back.repositories.len, 0);
	assert_true(back.opened == HOUR(1) && back.refreshed == HOUR(1) && back.window_from == HOUR(0));
	assert_true(back.window_to == TIME_UNSET);
	assert_int_equal(store_read_incident(f->store, 2, &f->arena, &back, &f->err), 0);
	check_no_error(&f->err);
}

static void the_same_scope_is_the_same_incident(void **state)
{
	struct fixture *f = *state;
	struct incident first = incident_of(two, 2), again = incident_of(two_sorted, 2);
	first.indicators = (struct slice_list){ bad_1, 2 };
	again.indicators = (struct slice_list){ bad_2, 2 };
	again.refreshed = HOUR(5);
	keep(f, &first);
	assert_int_equal(keep(f, &again), first.id); /* order of a list is no difference */
	assert_true(again.opened == HOUR(1) && again.refreshed == HOUR(5));
	assert_int_equal(again.indicators.len, 3); /* each once, sorted */
	check_slice(again.indicators.items[0], "sha256:a");
	check_slice(again.indicators.items[1], "sha256:b");
	check_slice(again.indicators.items[2], "sha256:c");
	assert_int_equal(count_of(f, &incident_type), 1);
}

static void another_scope_is_another_incident(void **state)
{
	struct fixture *f = *state;
	static const struct slice accounts[] = { { "acme-ci", 7 } };
	struct incident base = incident_of(hub, 1), registries = incident_of(two, 2), window = incident_of(hub, 1);
	struct incident account = incident_of(hub, 1), repository = incident_of(hub, 1), open_end = incident_of(hub, 1);
	window.window_from = HOUR(3);
	account.accounts = (struct slice_list){ accounts, 1 };
	repository.repositories = (struct slice_list){ accounts, 1 };
	open_end.window_to = HOUR(9);
	assert_int_equal(keep(f, &base), 1);
	assert_int_equal(keep(f, &registries), 2);
	assert_int_equal(keep(f, &window), 3);
	assert_int_equal(keep(f, &account), 4);
	assert_int_equal(keep(f, &repository), 5);
	assert_int_equal(keep(f, &open_end), 6);
	assert_int_equal(count_of(f, &incident_type), 6);
}

static void a_number_refreshes_that_incident(void **state)
{
	struct fixture *f = *state;
	struct incident first = incident_of(hub, 1), by_number;
	keep(f, &first);
	record_init(&incident_type, &by_number);
	by_number.id = first.id;
	by_number.indicators = (struct slice_list){ bad_2, 2 };
	by_number.refreshed = HOUR(8);
	assert_int_equal(keep(f, &by_number), first.id);
	check_slice(by_number.registries.items[0], "docker.io");
	assert_true(by_number.window_from == HOUR(0) && by_number.opened == HOUR(1) && by_number.refreshed == HOUR(8));
	assert_int_equal(by_number.indicators.len, 2);
	by_number.id = 77;
	assert_int_equal(store_incident_put(f->store, &by_number, &f->arena, &f->err), -1);
	check_error(&f->err, ERROR_USAGE, "no incident 77");
}

static void a_closed_incident_is_not_opened_again(void **state)
{
	struct fixture *f = *state;
	struct incident first = incident_of(hub, 1), again = incident_of(hub, 1);
	keep(f, &first);
	sql(f, "UPDATE incident SET state = 'closed'");
	assert_int_equal(keep(f, &again), 2);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_new_incident_gets_a_number),          STORE_TEST(the_same_scope_is_the_same_incident),
		STORE_TEST(another_scope_is_another_incident),     STORE_TEST(a_number_refreshes_that_incident),
		STORE_TEST(a_closed_incident_is_not_opened_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
