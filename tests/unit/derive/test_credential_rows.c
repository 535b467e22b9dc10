#include "derive/scenario.h"

static struct credential *row_of(struct scenario *s)
{
	struct world *world = scenario_world(s);
	assert_int_equal(world->credentials.len, 1);
	struct credential *row = world_credential_row(world, world->credentials.items[0]);
	assert_non_null(row);
	return row;
}

static bool has(struct slice_list list, const char *text)
{
	for (size_t i = 0; i < list.len; i++) {
		if (slice_equal_text(list.items[i], text))
			return true;
	}
	return false;
}

static void copies_and_users_are_counted_once(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->managed_by = SLICE("Helm");
	hub->managed_at = SLICE("release shop/web");
	hub->data_written = HOUR(-3);
	hub->immutable = BOOL_TRUE;
	add_entry(&s, hub, "docker.io", "acme", "f1");
	add_entry(&s, hub, "index.docker.io", "acme", "f1");
	add_entry(&s, add_secret(&s, "shop", "copy"), "docker.io", "acme", "f1");
	struct workload *web = add_workload(&s, "shop", "Deployment", "web");
	web->pull_secrets = texts(&s, "hub", "copy", NULL);
	add_template(&s, web, "acme/web:1");
	struct pod *pod = add_pod(&s, "shop", "web-1", "Deployment", "web");
	pod->pull_secrets = texts(&s, "hub", "copy", NULL);
	add_container(&s, pod, "acme/web:1", NULL);
	add_container(&s, pod, "quay.io/acme/side:1", NULL);
	add_reader(&s, add_pod(&s, "shop", "kaniko", NULL, NULL), "hub", "volume");
	add_cluster(&s, "stage", "22222222-bbbb");
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	const struct credential *row = row_of(&s);
	assert_int_equal(row->copies.len, 4);
	assert_int_equal(row->secrets, 3);
	assert_int_equal(row->namespaces, 2);
	assert_int_equal(row->clusters, 2);
	assert_int_equal(row->users, 1);
	assert_int_equal(row->readers, 1);
	assert_int_equal(row->used_by.len, 5);
	assert_int_equal(row->reverted_by.len, 1);
	check_slice(row->reverted_by.items[0], "Helm");
	assert_true(has(row->notes, "immutable"));
	assert_false(has(row->notes, "unused"));
	assert_int_equal(row->rank, INT_UNKNOWN);
	assert_null(row->action.data);
	assert_null(row->standing.data);
	const struct user *users = row->used_by.items;
	size_t pulls = 0;
	for (size_t i = 0; i < row->used_by.len; i++) {
		if (!slice_equal_text(users[i].relation, "pulls"))
			continue;
		pulls++;
		check_slice(users[i].workload, "web");
		assert_int_equal(users[i].pods, 1);
		assert_int_equal(users[i].images.len, 1);
		check_slice(users[i].images.items[0], "docker.io/acme/web");
	}
	assert_int_equal(pulls, 2);
	scenario_release(&s);
}

static void copy_tells_its_secret(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->managed_by = SLICE("Argo CD");
	hub->data_written = HOUR(-3);
	hub->data_written_by = SLICE("argocd-controller");
	add_entry(&s, hub, "hub.docker.com", "acme", "f1");
	const struct copy *copy = row_of(&s)->copies.items;
	check_slice(copy->cluster, "prod");
	check_slice(copy->secret, "hub");
	check_slice(copy->registry_key, "hub.docker.com");
	check_slice(copy->managed_by, "Argo CD");
	check_slice(copy->data_written_by, "argocd-controller");
	assert_int_equal(copy->data_written, HOUR(-3));
	assert_int_equal(copy->dead_key, BOOL_TRUE);
	assert_int_equal(copy->kubelet_reads, BOOL_TRUE);
	scenario_release(&s);
}

static void nobody_is_unknown_where_users_were_not_read(void **state)
{
	(void)state;
	static const char *const absent[] = { "Pod", "ServiceAccount", NULL };
	for (size_t i = 0; i < 3; i++) {
		struct scenario s;
		scenario_init(&s);
		add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
		if (absent[i])
			coverage_of(&s, absent[i])->outcome = SLICE("absent");
		const struct credential *row = row_of(&s);
		assert_int_equal(row->users, absent[i] ? INT_UNKNOWN : 0);
		assert_int_equal(row->readers, absent[i] ? INT_UNKNOWN : 0);
		assert_int_equal(((const struct copy *)row->copies.items)->users, absent[i] ? INT_UNKNOWN : 0);
		assert_int_equal(has(row->notes, "unused"), !absent[i]);
		scenario_release(&s);
	}
}

/* One cluster's silence does not make another's unknown a zero. */
static void users_that_were_found_are_told_all_the_same(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	coverage_of(&s, "ServiceAccount")->outcome = SLICE("absent");
	add_pod(&s, "shop", "web", NULL, NULL)->pull_secrets = texts(&s, "hub", NULL);
	add_cluster(&s, "stage", "22222222-bbbb");
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "acme", "f1");
	const struct credential *row = row_of(&s);
	assert_int_equal(row->users, 1);
	assert_int_equal(row->readers, INT_UNKNOWN);
	scenario_release(&s);
}

/* Listed by a workload, but no image can make the kubelet try it: nothing pulls with it. */
static void secret_of_dead_keys_has_no_users(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "registry-1.docker.io", "acme", "f1");
	struct pod *web = add_pod(&s, "shop", "web", NULL, NULL);
	web->pull_secrets = texts(&s, "hub", NULL);
	add_container(&s, web, "acme/web:1", NULL);
	const struct credential *row = row_of(&s);
	const struct user *user = row->used_by.items;
	assert_int_equal(row->used_by.len, 1);
	assert_int_equal(user->images.len, 0);
	assert_int_equal(row->users, 0);
	assert_true(has(row->notes, "dead_key"));
	assert_false(has(row->notes, "unused"));
	scenario_release(&s);
}

static void copy_outside_pull_secrets_is_no_login_of_the_kubelet(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *opaque = add_secret(&s, "shop", "opaque");
	opaque->pull_type = BOOL_FALSE;
	add_entry(&s, opaque, "docker.io", "acme", "f1");
	const struct credential *row = row_of(&s);
	assert_true(has(row->notes, "not_kubelet"));
	scenario_release(&s);
}

static void blocked_secret_is_noted_and_keeps_its_users(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	hub->decodes = BOOL_FALSE;
	add_entry(&s, hub, "docker.io", "acme", "f1");
	add_pod(&s, "shop", "web", NULL, NULL)->pull_secrets = texts(&s, "hub", NULL);
	const struct credential *row = row_of(&s);
	assert_true(has(row->notes, "blocks_pulls"));
	assert_int_equal(row->users, 1);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_and_users_are_counted_once),
		cmocka_unit_test(copy_tells_its_secret),
		cmocka_unit_test(nobody_is_unknown_where_users_were_not_read),
		cmocka_unit_test(users_that_were_found_are_told_all_the_same),
		cmocka_unit_test(secret_of_dead_keys_has_no_users),
		cmocka_unit_test(copy_outside_pull_secrets_is_no_login_of_the_kubelet),
		cmocka_unit_test(blocked_secret_is_noted_and_keeps_its_users),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
