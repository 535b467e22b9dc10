#include "breach.h"

#define COLUMNS "rank action rule subject why"

static struct secret *add_login(struct breach *b, const char *name, const char *username, int64_t written)
{
	struct secret *secret = add_secret(&b->world, "shop", name);
	secret->data_written = written;
	add_entry(&b->world, secret, "docker.io", username, "0123456789abcdef");
	return secret;
}

static void nothing_wrong_is_nothing_to_do(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	assert_int_equal(breach_triage(&b)->actions.len, 0);
	breach_release(&b);
}

static void one_row_a_workload_however_many_replicas(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	for (int i = 0; i < 3; i++)
		add_running(&b, "web", "acme/web:1", BAD_DIGEST);
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|contain|contain|prod/shop Deployment/web|runs a bad image\n");
	breach_release(&b);
}

/* The same name in another cluster, namespace or kind is another workload. */
static void workloads_are_told_apart(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_running(&b, "web", "acme/web:1", BAD_DIGEST);
	add_container(&b.world, add_pod(&b.world, "test", "w1", "Deployment", "web"), "acme/web:1", BAD_DIGEST);
	add_container(&b.world, add_pod(&b.world, "shop", "w2", "StatefulSet", "web"), "acme/web:1", BAD_DIGEST);
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_running(&b, "web", "acme/web:1", BAD_DIGEST);
	assert_int_equal(breach_triage(&b)->actions.len, 4);
	row_with(b.triage.actions, &action_type, "subject", "stage/shop Deployment/web");
	breach_release(&b);
}

static void workload_that_can_read_secrets_is_contained_first(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_running(&b, "a", "acme/web:1", BAD_DIGEST);
	struct pod *reader = add_pod(&b.world, "shop", "z", NULL, NULL);
	add_container(&b.world, reader, "acme/web:1", BAD_DIGEST);
	add_secret(&b.world, "shop", "one");
	add_secret(&b.world, "shop", "two");
	add_reader(&b.world, reader, "one", "env");
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|contain|contain_reader|prod/shop Pod/z|bad image, can read 1 secret\n"
		   "2|contain|contain|prod/shop Deployment/a|runs a bad image\n");
	add_reader(&b.world, reader, "two", "volume");
	check_slice(((const struct action *)breach_triage(&b)->actions.items)[0].why, "bad image, can read 2 secrets");
	breach_release(&b);
}

/* What runs says more than what waits, that more than a template, and that more than what has ended. */
static void workload_stands_in_its_most_urgent_class(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	struct workload *w = add_workload(&b.world, "shop", "Deployment", "web");
	add_running(&b, "web", "acme/web:1", BAD_DIGEST)->state = SLICE("terminated");
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "check|ran a bad image\n");
	add_template(&b.world, w, "acme/web@" BAD_DIGEST);
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "hold|its next pod starts a bad image\n");
	add_running(&b, "web", "acme/web:1", BAD_DIGEST)->state = SLICE("waiting");
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "hold|a bad image waits to start\n");
	add_running(&b, "web", "acme/web:1", BAD_DIGEST);
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "contain|runs a bad image\n");
	breach_release(&b);
}

static void one_row_a_node_however_many_images(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_bad(&b, DIGEST_B);
	add_node(&b, "n1");
	add_node_image(&b.world, "n1", "acme/web:1", BAD_DIGEST);
	add_node_image(&b.world, "n1", "acme/job:1", DIGEST_B);
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_node(&b, "n1");
	add_node_image(&b.world, "n1", "acme/web:1", BAD_DIGEST);
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|purge|purge|prod node n1|a bad image is cached there\n"
		   "2|purge|purge|stage node n1|a bad image is cached there\n");
	breach_release(&b);
}

static void login_is_named_by_user_kind_and_the_start_of_its_fingerprint(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "hub", "acme", HOUR(-20));
	add_login(&b, "copy", "acme", HOUR(-20));
	add_login(&b, "anonymous", NULL, HOUR(-20));
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|delete|delete|acme pat 01234567|in 2 secrets, no pull needs it\n"
		   "2|delete|delete|(no user) pat 01234567|in 1 secret, no pull needs it\n");
	breach_release(&b);
}

/* A login without proof has its own reason; one that is proven new needs nothing. */
static void unproven_login_is_checked_and_a_new_one_left_alone(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "hub", "acme", HOUR(-1));
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|check|check|acme pat 01234567|proven neither older nor newer\n");
	struct secret *replaced = add_secret(&b.world, "shop", "replaced");
	replaced->data_written = HOUR(-1);
	add_entry(&b.world, replaced, "docker.io", "new", "new value");
	struct entry_value *old = add_value(&b.world, replaced, "docker.io", "old", "fedcba9876543210");
	old->first_seen = old->last_seen = HOUR(-2);
	old->data_written = TIME_UNSET;
	assert_int_equal(breach_triage(&b)->credentials.len, 3);
	check_rows(b.triage.actions, &action_type, COLUMNS,
		   "1|check|check|acme pat 01234567|proven neither older nor newer\n"
		   "2|check|check|old pat fedcba98|proven neither older nor newer\n");
	breach_release(&b);
}

static void login_with_users_or_unknown_ones_is_rotated(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "hub", "acme", HOUR(-20));
	struct pod *pod = add_pod(&b.world, "shop", "web", NULL, NULL);
	add_container(&b.world, pod, "acme/web:1", DIGEST_A);
	pod->pull_secrets = texts(&b.world, "hub", NULL);
	check_rows(breach_triage(&b)->actions, &action_type, COLUMNS,
		   "1|rotate|rotate|acme pat 01234567|in 1 secret, 1 workload uses it\n");
	pod->pull_secrets = (struct slice_list){ 0 };
	add_reader(&b.world, pod, "hub", "env");
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "rotate|in 1 secret, 1 can read it\n");
	coverage_of(&b.world, "ServiceAccount")->outcome = SLICE("absent");
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "rotate|in 1 secret, users not known\n");
	breach_release(&b);
}

static void suspended_workload_is_checked_and_not_held(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	struct workload *nightly = add_workload(&b.world, "shop", "CronJob", "nightly");
	add_template(&b.world, nightly, "acme/web@" BAD_DIGEST);
	check_rows(breach_triage(&b)->actions, &action_type, "rule why", "hold|its next pod starts a bad image\n");
	nightly->suspended = BOOL_TRUE;
	check_rows(breach_triage(&b)->actions, &action_type, "rule why",
		   "check|suspended: keep it so, it starts a bad image\n");
	breach_release(&b);
}

/* What an event tells of a pod that is gone, once however many events. */
static void pull_of_a_pod_of_no_workload_is_checked(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, "acme/web:1");
	for (int i = 0; i < 2; i++) {
		struct event *event = add_record(&b.world, &event_type);
		event->uid = slice_of(i ? "e1" : "e2");
		event->namespace = SLICE("ci");
		event->reason = SLICE("Pulled");
		event->image = SLICE("acme/web:1");
		event->involved_kind = SLICE("Pod");
		event->involved_name = SLICE("scan-x");
		event->last_time = HOUR(-2 - i);
	}
	check_rows(breach_triage(&b)->actions, &action_type, "rule subject why",
		   "check|prod/ci Pod/scan-x|pulled a bad image\n");
	breach_release(&b);
}

static void login_is_told_with_its_registry_where_several_are_meant(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_login(&b, "hub", "acme", HOUR(-20));
	b.incident.registries = texts(&b.world, "docker.io", "ghcr.io", NULL);
	check_rows(breach_triage(&b)->actions, &action_type, "subject", "acme pat 01234567 docker.io\n");
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_wrong_is_nothing_to_do),
		cmocka_unit_test(one_row_a_workload_however_many_replicas),
		cmocka_unit_test(workloads_are_told_apart),
		cmocka_unit_test(workload_that_can_read_secrets_is_contained_first),
		cmocka_unit_test(workload_stands_in_its_most_urgent_class),
		cmocka_unit_test(one_row_a_node_however_many_images),
		cmocka_unit_test(login_is_named_by_user_kind_and_the_start_of_its_fingerprint),
		cmocka_unit_test(unproven_login_is_checked_and_a_new_one_left_alone),
		cmocka_unit_test(login_with_users_or_unknown_ones_is_rotated),
		cmocka_unit_test(suspended_workload_is_checked_and_not_held),
		cmocka_unit_test(pull_of_a_pod_of_no_workload_is_checked),
		cmocka_unit_test(login_is_told_with_its_registry_where_several_are_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
