#include "derive/scenario.h"

static void two_clusters_of_one_name_get_their_uids(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_cluster(&s, "prod", "22222222-bbbb");
	add_cluster(&s, "stage", "33333333-cccc");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 3);
	assert_non_null(cluster_named(world, "prod (11111111)"));
	assert_non_null(cluster_named(world, "prod (22222222)"));
	assert_non_null(cluster_named(world, "stage"));
	assert_null(cluster_named(world, "prod"));
	scenario_release(&s);
}

static void cluster_without_uid_is_told_apart_by_its_identity(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct cluster *provisional = add_cluster(&s, "prod", "name:prod");
	provisional->uid = SLICE_NONE;
	struct world *world = scenario_world(&s);
	assert_non_null(cluster_named(world, "prod (name:prod)"));
	scenario_release(&s);
}

static void only_the_wanted_clusters_are_there(void **state)
{
	(void)state;
	static const char *const asked[] = { "stage", "22222222-bbbb" };
	for (size_t i = 0; i < 2; i++) {
		struct scenario s;
		scenario_init(&s);
		add_secret(&s, "shop", "of-prod");
		add_pod(&s, "shop", "web", NULL, NULL);
		add_cluster(&s, "stage", "22222222-bbbb");
		add_secret(&s, "shop", "of-stage");
		struct slice name = slice_of(asked[i]);
		s.options.clusters = &name;
		s.options.cluster_count = 1;
		struct world *world = scenario_world(&s);
		assert_int_equal(world->clusters.len, 1);
		assert_int_equal(world->secrets.len, 1);
		assert_int_equal(world->reads.len, 1);
		assert_non_null(secret_named(world, "shop", "of-stage"));
		scenario_release(&s);
	}
}

static void latest_read_is_the_one_of_the_latest_time(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(5));
	add_read(&s, HOUR(9));
	add_read(&s, HOUR(9)); /* the same dump once more */
	add_read(&s, HOUR(2)); /* an older dump, read later */
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->as_of, HOUR(9));
	assert_int_equal(cluster->read->id, 4);
	assert_int_equal(cluster->as_of_before, HOUR(5));
	assert_int_equal(cluster->secrets_before, HOUR(5));
	assert_int_equal(world->as_of, HOUR(9));
	assert_int_equal(world->reads.len, 1);
	scenario_release(&s);
}

static void failed_read_is_told_and_counts_for_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(5))->outcome = SLICE("failed");
	struct world *world = scenario_world(&s);
	const struct world_cluster *cluster = cluster_named(world, "prod");
	assert_int_equal(cluster->as_of, HOUR(0));
	assert_int_equal(cluster->read->id, 1);
	assert_int_equal(cluster->as_of_before, TIME_UNSET);
	assert_int_equal(world->reads.len, 2);
	scenario_release(&s);
}

static void secrets_before_is_of_reads_that_held_secrets(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_read(&s, HOUR(1));
	coverage_of(&s, "Secret")->outcome = SLICE("absent");
	add_read(&s, HOUR(2));
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->as_of_before, HOUR(1));
	assert_int_equal(cluster->secrets_as_of, HOUR(2));
	assert_int_equal(cluster->secrets_before, HOUR(0));
	scenario_release(&s);
}

static void given_time_is_the_world_s_and_hides_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "hub");
	s.options.as_of = HOUR(-100);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->as_of, HOUR(-100));
	assert_int_equal(cluster_named(world, "prod")->as_of, HOUR(0));
	assert_int_equal(world->secrets.len, 1);
	scenario_release(&s);
}

static struct read *add_watch(struct scenario *s, int64_t now)
{
	struct read *read = add_live_read(s, now);
	read->source_kind = SLICE("watch");
	for (size_t i = 0; i < s->len; i++) {
		struct coverage *coverage = s->records[i].record;
		if (s->records[i].type == &coverage_type && coverage->read == read->id)
			coverage->read = INT64_MAX; /* a batch of changes covers nothing */
	}
	return read;
}

static void watch_brings_changes_and_no_answer_rests_on_it_alone(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_live_read(&s, HOUR(1));
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_watch(&s, HOUR(2));
	hub->last_seen = s.now;
	add_entry(&s, hub, "docker.io", "acme", "f2");
	struct read *latest = add_watch(&s, HOUR(3));
	add_secret(&s, "shop", "made");
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->read->id, 2);
	assert_int_equal(cluster->as_of, HOUR(1));
	assert_int_equal(cluster->as_of_before, HOUR(0));
	assert_int_equal(cluster->changes->id, 4);
	assert_int_equal(s.world->as_of, HOUR(3));
	assert_int_equal(s.world->reads.len, 2);
	assert_true(world_users_known(cluster, SLICE("shop")));
	assert_int_equal(secret_named(s.world, "shop", "hub")->entries.len, 1);
	assert_true(secret_named(s.world, "shop", "made")->current);
	/* How a watch ended takes nothing from the list before it. */
	latest->outcome = SLICE("interrupted");
	cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(cluster->changes->id, 3);
	assert_null(cluster->failed);
	scenario_release(&s);
}

static void watch_alone_is_all_that_is_known(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct read *only = add_record(&s, &read_type);
	only->cluster = SLICE("33333333-cccc");
	only->id = 9;
	only->as_of = HOUR(2);
	only->source_kind = SLICE("watch");
	only->outcome = SLICE("complete");
	struct cluster *record = add_record(&s, &cluster_type);
	record->cluster = only->cluster;
	record->name = SLICE("watched");
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "watched");
	assert_int_equal(cluster->read->id, 9);
	assert_false(world_users_known(cluster, SLICE("shop")));
	scenario_release(&s);
}

static void read_that_told_nothing_counts_only_where_there_is_no_other(void **state)
{
	(void)state;
	static const struct {
		const char *outcome;
		int64_t objects;
		int64_t chosen;
		bool failed;
	} cases[] = {
		{ "failed", 0, 1, true },    { "interrupted", 0, 1, true },        { "interrupted", 12, 2, false },
		{ "partial", 12, 2, false }, { "reading", INT_UNKNOWN, 1, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		struct read *second = add_live_read(&s, HOUR(1));
		second->outcome = slice_of(cases[i].outcome);
		second->objects = cases[i].objects;
		const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
		assert_int_equal(cluster->read->id, cases[i].chosen);
		assert_int_equal(cluster->failed != NULL, cases[i].failed);
		assert_int_equal(s.world->reads.len, cases[i].failed ? 2 : 1);
		add_live_read(&s, HOUR(2));
		cluster = cluster_named(scenario_world(&s), "prod");
		assert_int_equal(cluster->read->id, 3);
		assert_null(cluster->failed);
		scenario_release(&s);
	}
}

/* Two contexts, one of which may not read all: whichever was begun first. Of a dump that was read twice, the second
 * reading counts. */
static void of_one_time_the_complete_read_is_chosen(void **state)
{
	(void)state;
	static const struct {
		const char *first, *second;
		bool live;
		int64_t chosen;
	} cases[] = {
		{ "complete", "partial", true, 2 },
		{ "partial", "complete", true, 3 },
		{ "complete", "complete", true, 3 },
		{ "complete", "partial", false, 3 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		const char *outcomes[] = { cases[i].first, cases[i].second };
		for (size_t k = 0; k < 2; k++) {
			struct read *read = cases[i].live ? add_live_read(&s, HOUR(1)) : add_read(&s, HOUR(1));
			read->outcome = slice_of(outcomes[k]);
			read->objects = 12;
		}
		assert_int_equal(cluster_named(scenario_world(&s), "prod")->read->id, cases[i].chosen);
		scenario_release(&s);
	}
}

/* A live read that fails before it learns the UID is filed by its address. */
static struct read *add_failed_address(struct scenario *s, const char *source)
{
	struct cluster *record = add_cluster(s, "prod", source);
	record->uid = SLICE_NONE;
	record->provisional = BOOL_TRUE;
	struct read *failed = s->records[s->len - 1].record;
	for (size_t i = s->len; i > 0; i--) {
		failed = s->records[i - 1].record;
		if (s->records[i - 1].type == &read_type && failed->id == s->read)
			break;
	}
	failed->source = slice_of(source);
	failed->source_kind = SLICE("cluster");
	failed->outcome = SLICE("failed");
	failed->why = SLICE("connection refused");
	return failed;
}

static void failure_at_a_known_address_is_the_cluster_s_that_was_read_there(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_live_read(&s, HOUR(1));
	s.now = HOUR(2);
	struct read *failed = add_failed_address(&s, "https://127.0.0.1:6443 prod");
	const struct world_cluster *cluster = cluster_named(scenario_world(&s), "prod");
	assert_int_equal(s.world->clusters.len, 1);
	assert_int_equal(cluster->read->id, 2);
	assert_int_equal(cluster->failed->id, 3);
	check_slice(cluster->failed->why, "connection refused");
	/* Of another address it is another cluster, of which nothing is known. */
	failed->source = SLICE("https://127.0.0.1:7443 prod");
	assert_int_equal(scenario_world(&s)->clusters.len, 2);
	cluster = cluster_named(s.world, "prod (https://127.0.0.1:6443 prod)");
	assert_ptr_equal(cluster->failed, cluster->read);
	assert_null(cluster_named(s.world, "prod (11111111)")->failed);
	/* As are dumps, whose folder may hold another one every day. */
	failed->source = SLICE("https://127.0.0.1:6443 prod");
	failed->source_kind = SLICE("snapshot");
	assert_int_equal(scenario_world(&s)->clusters.len, 2);
	scenario_release(&s);
}

static void no_cluster_is_an_empty_world(void **state)
{
	(void)state;
	struct scenario s = { .arena = ARENA_INIT(1 << 20), .options = { .as_of = TIME_UNSET } };
	struct world *world = scenario_world(&s);
	assert_int_equal(world->clusters.len, 0);
	assert_int_equal(world->as_of, TIME_UNSET);
	assert_int_equal(world->credentials.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_time_the_complete_read_is_chosen),
		cmocka_unit_test(two_clusters_of_one_name_get_their_uids),
		cmocka_unit_test(cluster_without_uid_is_told_apart_by_its_identity),
		cmocka_unit_test(only_the_wanted_clusters_are_there),
		cmocka_unit_test(latest_read_is_the_one_of_the_latest_time),
		cmocka_unit_test(failed_read_is_told_and_counts_for_nothing),
		cmocka_unit_test(secrets_before_is_of_reads_that_held_secrets),
		cmocka_unit_test(given_time_is_the_world_s_and_hides_nothing),
		cmocka_unit_test(watch_brings_changes_and_no_answer_rests_on_it_alone),
		cmocka_unit_test(watch_alone_is_all_that_is_known),
		cmocka_unit_test(read_that_told_nothing_counts_only_where_there_is_no_other),
		cmocka_unit_test(failure_at_a_known_address_is_the_cluster_s_that_was_read_there),
		cmocka_unit_test(no_cluster_is_an_empty_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
