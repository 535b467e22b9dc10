#include "breach.h"

#define COLUMNS "state workload_kind workload node bad"

static void bad_digest_is_found_in_every_state_most_urgent_first(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	struct container *ended = add_running(&b, "old", "acme/web:1", BAD_DIGEST);
	ended->state = SLICE("terminated");
	ended->finished = HOUR(-1);
	add_node(&b, "node-2");
	add_node_image(&b.world, "node-2", "acme/web@" BAD_DIGEST, BAD_DIGEST);
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "nightly"), "acme/web@" BAD_DIGEST);
	struct container *waiting = add_running(&b, "next", "acme/web:1", BAD_DIGEST);
	waiting->state = SLICE("waiting");
	add_running(&b, "web", "acme/web:1", BAD_DIGEST);
	add_running(&b, "clean", "acme/web:1", DIGEST_A);
	const struct triage *t = breach_triage(&b);
	check_rows(t->sightings, &sighting_type, "rank " COLUMNS,
		   "1|runs|Deployment|web|node-1|yes\n"
		   "2|waits|Deployment|next|node-1|yes\n"
		   "3|template|CronJob|nightly|-|yes\n"
		   "4|cached|-|-|node-2|yes\n"
		   "5|ran|Deployment|old|node-1|yes\n");
	check_slice(((const struct sighting *)t->sightings.items)[0].indicator, BAD_DIGEST);
	assert_true(t->bad_seen);
	breach_release(&b);
}

static void what_no_indicator_names_is_known_to_be_not_bad(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_running(&b, "clean", "acme/web:1", DIGEST_A);
	const struct triage *t = breach_triage(&b);
	assert_int_equal(t->sightings.len, 0);
	assert_false(t->bad_seen);
	const struct sighting *clean = b.world.world->sightings.items[0];
	assert_int_equal(clean->bad, BOOL_FALSE);
	breach_release(&b);
}

/* A container that ran from -8 to -6, and tags that were bad in different windows. */
static void tag_is_bad_for_what_may_have_been_pulled_in_its_window(void **state)
{
	(void)state;
	static const struct {
		int64_t from, to;
		bool bad;
	} cases[] = {
		{ HOUR(-9), HOUR(-7), true },   { HOUR(-8), HOUR(-8), true },
		{ HOUR(-10), HOUR(-8), true },  { HOUR(-10), HOUR(-8) - USEC_PER_SECOND, false },
		{ TIME_UNSET, HOUR(-8), true }, { TIME_UNSET, HOUR(-8) - USEC_PER_SECOND, false },
		{ HOUR(-8), TIME_UNSET, true }, { HOUR(-8) + USEC_PER_SECOND, TIME_UNSET, false },
		{ HOUR(-7), HOUR(-5), false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		breach_init(&b);
		add_bad_tag(&b, "acme/web:1", cases[i].from, cases[i].to);
		struct container *c = add_running(&b, "web", "docker.io/acme/web:1", DIGEST_A);
		c->state = SLICE("terminated");
		c->started = HOUR(-8);
		c->finished = HOUR(-6);
		if (breach_triage(&b)->bad_seen != cases[i].bad)
			fail_msg("case %zu", i);
		breach_release(&b);
	}
}

/* Its pod came before the window, its last start after the window began: it may have pulled anew. */
static void restarted_container_may_have_pulled_up_to_its_last_start(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-10), HOUR(-5));
	struct pod *pod = add_pod(&b.world, "shop", "web", NULL, NULL);
	pod->started = HOUR(-10);
	struct container *c = add_container(&b.world, pod, "acme/web:1", DIGEST_A);
	c->restarts = 3;
	c->started = HOUR(-2);
	assert_true(breach_triage(&b)->bad_seen);
	c->restarts = 0;
	assert_false(breach_triage(&b)->bad_seen);
	breach_release(&b);
}

static void tag_means_one_registry_one_path_and_one_tag(void **state)
{
	(void)state;
	static const struct {
		const char *image;
		bool bad;
	} cases[] = {
		{ "acme/web:1", true },
		{ "docker.io/acme/web:1", true },
		{ "index.docker.io/acme/web:1", true },
		{ "acme/web:1.0", false },
		{ "acme/web", false },
		{ "acme/web-debug:1", false },
		{ "ghcr.io/acme/web:1", false },
		{ "Not An Image", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct breach b;
		breach_init(&b);
		add_bad(&b, "acme/web:1");
		add_running(&b, "web", cases[i].image, DIGEST_A);
		if (breach_triage(&b)->bad_seen != cases[i].bad)
			fail_msg("%s", cases[i].image);
		breach_release(&b);
	}
}

/* What stood under the tag before the window is what was pushed over; another digest in a cache may be the bad one. */
static void content_seen_under_the_tag_before_the_window_is_not_bad(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-6), HOUR(-5));
	add_running(&b, "web", "acme/web:1", DIGEST_A)->started = HOUR(-8);
	add_node(&b, "node-2");
	add_node_image(&b.world, "node-2", "acme/web:1", DIGEST_A);
	add_node(&b, "node-3");
	add_node_image(&b.world, "node-3", "acme/web:1", DIGEST_B);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "cached|-|-|node-3|yes\n");
	breach_release(&b);
}

static void exactly_at_the_start_of_the_window_is_not_before_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-6), HOUR(-5));
	struct container *c = add_running(&b, "web", "acme/web:1", DIGEST_A);
	c->started = HOUR(-6);
	assert_true(breach_triage(&b)->bad_seen);
	c->started = HOUR(-6) - USEC_PER_SECOND;
	assert_false(breach_triage(&b)->bad_seen);
	breach_release(&b);
}

/* A digest that is named itself is bad whatever was seen before. */
static void no_age_clears_a_digest_that_is_named(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-6), HOUR(-5));
	add_bad(&b, DIGEST_A);
	add_running(&b, "web", "acme/web:1", DIGEST_A)->started = HOUR(-8);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "workload indicator", "web|" DIGEST_A "\n");
	breach_release(&b);
}

static void digest_seen_under_a_bad_tag_is_bad_under_every_name(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_running(&b, "web", "acme/web:1", DIGEST_B)->started = HOUR(-8);
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_running(&b, "copy", "mirror.example/acme/web:stable", DIGEST_B)->started = HOUR(-100);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "cluster workload indicator",
		   "prod|web|docker.io/acme/web:1 2025-11-23T03:13:20Z..2025-11-23T07:13:20Z\n"
		   "stage|copy|docker.io/acme/web:1 2025-11-23T03:13:20Z..2025-11-23T07:13:20Z\n");
	breach_release(&b);
}

/* The window is over when the template was read, so the tag alone says nothing: only that its name stood for bad
 * content does, and only in the cluster where it did. */
static void template_of_a_name_that_stood_for_bad_content_in_its_cluster(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_node(&b, "node-2");
	add_node_image(&b.world, "node-2", "acme/report:2", BAD_DIGEST);
	add_template(&b.world, add_workload(&b.world, "data", "CronJob", "report"), "acme/report:2");
	add_template(&b.world, add_workload(&b.world, "data", "CronJob", "other"), "acme/report:3");
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_template(&b.world, add_workload(&b.world, "data", "CronJob", "report"), "acme/report:2");
	check_rows(breach_triage(&b)->sightings, &sighting_type, "cluster state workload",
		   "prod|template|report\nprod|cached|-\n");
	breach_release(&b);
}

static void waiting_pod_of_a_name_that_stood_for_bad_content(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_node(&b, "node-2");
	add_node_image(&b.world, "node-2", "acme/report:2", BAD_DIGEST);
	add_running(&b, "waits", "acme/report:2", NULL)->state = SLICE("waiting");
	add_running(&b, "knows", "acme/report:2", DIGEST_A);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "state workload", "waits|waits\ncached|-\n");
	breach_release(&b);
}

static void finished_job_starts_nothing_again(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	struct pod *pod = add_pod(&b.world, "ci", "once-x7k2p", "Job", "once");
	pod->phase = SLICE("Succeeded");
	add_container(&b.world, pod, "acme/once:1", BAD_DIGEST)->state = SLICE("terminated");
	add_template(&b.world, add_workload(&b.world, "ci", "Job", "once"), "acme/once:1");
	const struct triage *t = breach_triage(&b);
	check_rows(t->sightings, &sighting_type, "state workload_kind workload", "ran|Job|once\n");
	check_rows(t->actions, &action_type, "action subject why", "check|prod/ci Job/once|ran a bad image\n");
	breach_release(&b);
}

static void inside_a_state_the_latest_comes_first_then_the_name(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	static const struct {
		const char *workload;
		int64_t finished;
	} ended[] = { { "c", HOUR(-3) }, { "a", HOUR(-3) }, { "d", HOUR(-1) }, { "b", HOUR(-3) } };
	for (size_t i = 0; i < sizeof ended / sizeof *ended; i++) {
		struct container *c = add_running(&b, ended[i].workload, "acme/web:1", BAD_DIGEST);
		c->state = SLICE("terminated");
		c->finished = ended[i].finished;
	}
	check_rows(breach_triage(&b)->sightings, &sighting_type, "rank workload", "1|d\n2|a\n3|b\n4|c\n");
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_digest_is_found_in_every_state_most_urgent_first),
		cmocka_unit_test(what_no_indicator_names_is_known_to_be_not_bad),
		cmocka_unit_test(tag_is_bad_for_what_may_have_been_pulled_in_its_window),
		cmocka_unit_test(restarted_container_may_have_pulled_up_to_its_last_start),
		cmocka_unit_test(tag_means_one_registry_one_path_and_one_tag),
		cmocka_unit_test(content_seen_under_the_tag_before_the_window_is_not_bad),
		cmocka_unit_test(exactly_at_the_start_of_the_window_is_not_before_it),
		cmocka_unit_test(no_age_clears_a_digest_that_is_named),
		cmocka_unit_test(digest_seen_under_a_bad_tag_is_bad_under_every_name),
		cmocka_unit_test(template_of_a_name_that_stood_for_bad_content_in_its_cluster),
		cmocka_unit_test(waiting_pod_of_a_name_that_stood_for_bad_content),
		cmocka_unit_test(finished_job_starts_nothing_again),
		cmocka_unit_test(inside_a_state_the_latest_comes_first_then_the_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
