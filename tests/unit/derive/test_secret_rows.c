#include "derive/scenario.h"

static const struct secret_row *row_of(struct scenario *s, const char *name)
{
	struct world *world = scenario_world(s);
	const struct secret_row *row = world_secret_row(world, secret_named(world, "shop", name));
	assert_non_null(row);
	return row;
}

static void row_tells_entries_users_and_defects(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->created = HOUR(-100);
	add_entry(&s, hub, "docker.io", "acme", "f1");
	add_entry(&s, hub, "index.docker.io", "acme", "f2");
	add_entry(&s, hub, "quay.io", "acme", NULL);
	struct defect *defect = add_record(&s, &defect_type);
	defect->object_kind = SLICE("Secret");
	defect->namespace = hub->namespace;
	defect->object = hub->name;
	defect->object_uid = hub->uid;
	defect->code = SLICE("empty_password");
	defect->place = SLICE("/auths/quay.io");
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "hub", NULL);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	pod->pull_secrets = texts(&s, "hub", NULL);
	add_container(&s, pod, "acme/web:1", NULL);
	const struct secret_row *row = row_of(&s, "hub");
	check_slice(row->name, "hub");
	check_slice(row->cluster, "prod");
	assert_int_equal(row->created, HOUR(-100));
	assert_int_equal(row->entries_count, 3);
	assert_int_equal(row->entries.len, 3);
	assert_int_equal(row->registries.len, 2);
	assert_int_equal(row->users, 2);
	assert_int_equal(row->used_by.len, 2);
	assert_int_equal(row->blocks_pulls, BOOL_FALSE);
	assert_int_equal(row->defects.len, 1);
	check_slice(row->defects.items[0], "empty_password at /auths/quay.io");
	const struct secret_entry *entries = row->entries.items;
	check_slice(entries[0].registry_key, "docker.io");
	assert_int_equal(entries[0].matches.len, 1);
	check_slice(entries[0].matches.items[0], "docker.io/acme/web");
	assert_int_equal(entries[2].matches.len, 0);
	assert_non_null(entries[2].matches.items);
	scenario_release(&s);
}

static void service_account_alone_is_a_user(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	add_account(&s, "shop", "builder")->pull_secrets = texts(&s, "hub", NULL);
	const struct secret_row *row = row_of(&s, "hub");
	const struct user *user = row->used_by.items;
	assert_int_equal(row->users, 1);
	check_slice(user->workload_kind, "ServiceAccount");
	check_slice(user->workload, "builder");
	check_slice(user->relation, "service_account");
	scenario_release(&s);
}

static void template_row_tells_the_pods_that_were_made_from_it(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	web->pull_secrets = texts(&s, "hub", NULL);
	add_template(&s, web, "acme/web:1");
	add_pod(&s, "shop", "web-1", "Deployment", "web")->pull_secrets = texts(&s, "hub", NULL);
	const struct secret_row *row = row_of(&s, "hub");
	const struct user *users = row->used_by.items;
	assert_int_equal(row->used_by.len, 2);
	check_slice(users[1].relation, "template");
	assert_int_equal(users[1].pods, 1);
	check_slice(users[1].images.items[0], "docker.io/acme/web");
	scenario_release(&s);
}

static void pods_are_unknown_where_they_were_not_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	coverage_of(&s, "Pod")->outcome = SLICE("absent");
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	web->pull_secrets = texts(&s, "hub", NULL);
	add_template(&s, web, "acme/web:1");
	const struct secret_row *row = row_of(&s, "hub");
	const struct user *user = row->used_by.items;
	assert_int_equal(row->users, 1);
	assert_int_equal(user->pods, INT_UNKNOWN);
	assert_int_equal(user->ended_pods, INT_UNKNOWN);
	scenario_release(&s);
}

static void gone_secret_is_told_as_gone(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->gone = BOOL_TRUE;
	add_entry(&s, hub, "docker.io", "acme", "f1");
	const struct secret_row *row = row_of(&s, "hub");
	check_slice(row->change, "gone");
	assert_int_equal(row->entries_count, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(row_tells_entries_users_and_defects),
		cmocka_unit_test(service_account_alone_is_a_user),
		cmocka_unit_test(template_row_tells_the_pods_that_were_made_from_it),
		cmocka_unit_test(pods_are_unknown_where_they_were_not_read),
		cmocka_unit_test(gone_secret_is_told_as_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
