#include "derive/scenario.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct sighting *sighting_at(const struct world *world, size_t index)
{
	assert_true(index < world->sightings.len);
	return world->sightings.items[index];
}

static void running_container_runs_until_the_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "web-1", "Deployment", "web");
	struct container *container = add_container(&s, pod, "nginx:1.25", DIGEST_A);
	container->started = HOUR(-7);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 1);
	const struct sighting *row = sighting_at(world, 0);
	check_slice(row->state, "runs");
	check_slice(row->cluster, "prod");
	check_slice(row->cluster_uid, "11111111-aaaa");
	check_slice(row->namespace, "shop");
	check_slice(row->workload_kind, "Deployment");
	check_slice(row->workload, "web");
	check_slice(row->pod, "web-1");
	check_slice(row->node, "node-1");
	check_slice(row->image, "nginx:1.25");
	check_slice(row->registry, "docker.io");
	check_slice(row->repository, "library/nginx");
	check_slice(row->tag, "1.25");
	check_slice(row->digest, DIGEST_A);
	check_slice(row->digest_kind, "unknown");
	check_slice(row->proof, "pod status");
	assert_int_equal(row->from_time, HOUR(-7));
	assert_int_equal(row->to_time, HOUR(0));
	assert_int_equal(row->rank, INT_UNKNOWN);
	assert_int_equal(row->bad, BOOL_UNKNOWN);
	scenario_release(&s);
}

static void states_of_containers_and_pods(void **state)
{
	(void)state;
	static const struct {
		const char *phase, *state, *reason, *digest;
		bool gone;
		const char *seen; /* NULL: nothing */
	} cases[] = {
		{ "Running", "running", NULL, DIGEST_A, false, "runs" },
		{ "Running", "running", NULL, DIGEST_A, true, "ran" },
		{ "Failed", "running", NULL, DIGEST_A, false, "ran" },
		{ "Running", "terminated", "Completed", DIGEST_A, false, "ran" },
		{ "Succeeded", "terminated", "Completed", DIGEST_A, false, "ran" },
		{ "Pending", "waiting", "ImagePullBackOff", NULL, false, "waits" },
		{ "Pending", "waiting", "PodInitializing", DIGEST_A, false, "waits" },
		{ "Running", "waiting", "CrashLoopBackOff", DIGEST_A, false, "runs" },
		{ "Failed", "waiting", "ContainerCreating", NULL, false, NULL },
		{ "Failed", "waiting", "PodInitializing", DIGEST_A, false, "pulled" },
		{ "Running", "waiting", "CrashLoopBackOff", DIGEST_A, true, "ran" },
		{ "Running", NULL, NULL, NULL, false, "runs" },
		{ "Pending", NULL, NULL, NULL, false, "waits" },
		{ "Succeeded", NULL, NULL, NULL, false, "ran" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
		pod->phase = slice_of(cases[i].phase);
		pod->gone = cases[i].gone ? BOOL_TRUE : BOOL_FALSE;
		struct container *container = add_container(&s, pod, "nginx:1.25", cases[i].digest);
		container->state = slice_of(cases[i].state);
		container->reason = slice_of(cases[i].reason);
		struct world *world = scenario_world(&s);
		assert_int_equal(world->sightings.len, cases[i].seen ? 1 : 0);
		if (cases[i].seen && !slice_equal_text(sighting_at(world, 0)->state, cases[i].seen))
			fail_msg("case %zu: not %s", i, cases[i].seen);
		scenario_release(&s);
	}
}

static void times_come_from_the_nearest_that_is_known(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "job", NULL, NULL);
	struct container *container = add_container(&s, pod, "nginx", DIGEST_A);
	assert_int_equal(sighting_at(scenario_world(&s), 0)->from_time, TIME_UNSET);
	pod->created = HOUR(-9);
	assert_int_equal(sighting_at(scenario_world(&s), 0)->from_time, HOUR(-9));
	pod->started = HOUR(-8);
	assert_int_equal(sighting_at(scenario_world(&s), 0)->from_time, HOUR(-8));
	container->started = HOUR(-7);
	assert_int_equal(sighting_at(scenario_world(&s), 0)->from_time, HOUR(-7));
	container->state = SLICE("terminated");
	container->finished = HOUR(-6);
	assert_int_equal(sighting_at(scenario_world(&s), 0)->to_time, HOUR(-6));
	scenario_release(&s);
}

/* A pod that is gone was there until it was last seen, not until the cluster was. */
static void gone_pod_ran_until_it_was_last_seen(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "shop", "web", NULL, NULL);
	pod->gone = BOOL_TRUE;
	add_container(&s, pod, "nginx", DIGEST_A);
	add_read(&s, HOUR(30));
	const struct sighting *row = sighting_at(scenario_world(&s), 0);
	check_slice(row->state, "ran");
	assert_int_equal(row->to_time, HOUR(0));
	scenario_release(&s);
}

static void template_names_an_image_and_no_digest(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct workload *nightly = add_workload(&s, "ci", "CronJob", "nightly");
	add_template(&s, nightly, "quay.io/acme/nightly:2");
	add_template(&s, nightly, "quay.io/acme/pinned@" DIGEST_B);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 2);
	const struct sighting *tagged = sighting_at(world, 0), *pinned = sighting_at(world, 1);
	check_slice(tagged->state, "template");
	check_slice(tagged->proof, "template");
	check_slice(tagged->tag, "2");
	assert_null(tagged->digest.data);
	assert_null(tagged->pod.data);
	check_slice(pinned->digest, DIGEST_B);
	scenario_release(&s);
}

static void node_caches_each_image_once_a_repository(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "docker.io/acme/web:1", DIGEST_A);
	add_node_image(&s, "node-1", "docker.io/acme/web@" DIGEST_A, DIGEST_A);
	add_node_image(&s, "node-1", "docker.io/acme/old@" DIGEST_B, DIGEST_B);
	add_node_image(&s, "node-1", "mirror.example/acme/web@" DIGEST_A, DIGEST_A);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 3);
	for (size_t i = 0; i < 3; i++) {
		check_slice(sighting_at(world, i)->state, "cached");
		check_slice(sighting_at(world, i)->proof, "node image list");
		check_slice(sighting_at(world, i)->node, "node-1");
		assert_non_null(sighting_at(world, i)->digest.data);
	}
	check_slice(sighting_at(world, 1)->tag, "1");
	scenario_release(&s);
}

/* Both ways: the tag moved on to another image, or the node first had the image without it. */
static void tag_comes_and_goes_while_the_digest_stays(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "acme/old:1", DIGEST_A);
	struct node_image *left = add_node_image(&s, "node-1", "acme/old@" DIGEST_A, DIGEST_A);
	struct node_image *early = add_node_image(&s, "node-1", "acme/web@" DIGEST_B, DIGEST_B);
	add_read(&s, HOUR(4));
	node->last_seen = left->last_seen = early->last_seen = HOUR(4);
	add_node_image(&s, "node-1", "acme/web:1", DIGEST_B)->first_seen = HOUR(4);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 3);
	check_slice(sighting_at(world, 0)->proof, "earlier node image list");
	check_slice(sighting_at(world, 1)->proof, "node image list");
	check_slice(sighting_at(world, 1)->digest, DIGEST_A);
	assert_null(sighting_at(world, 1)->tag.data);
	check_slice(sighting_at(world, 2)->tag, "1");
	assert_int_equal(sighting_at(world, 2)->from_time, HOUR(0));
	assert_int_equal(sighting_at(world, 2)->to_time, HOUR(4));
	scenario_release(&s);
}

static void name_without_a_tag_is_the_latest(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_template(&s, add_workload(&s, "ci", "CronJob", "nightly"), "acme/nightly");
	check_slice(sighting_at(scenario_world(&s), 0)->tag, "latest");
	check_slice(sighting_at(scenario_world(&s), 0)->image, "acme/nightly");
	scenario_release(&s);
}

static void image_that_left_a_node_s_list_was_cached_earlier(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "acme/web:1", DIGEST_A);
	add_read(&s, HOUR(4));
	node->last_seen = HOUR(4);
	const struct sighting *row = sighting_at(scenario_world(&s), 0);
	check_slice(row->proof, "earlier node image list");
	assert_int_equal(row->from_time, HOUR(0));
	assert_int_equal(row->to_time, HOUR(0));
	scenario_release(&s);
}

static struct event *add_event(struct scenario *s, const char *reason, const char *image)
{
	struct event *event = add_record(s, &event_type);
	event->uid = arena_printf(&s->arena, "event %zu", s->len);
	event->namespace = SLICE("ci");
	event->reason = slice_of(reason);
	event->image = slice_of(image);
	event->involved_kind = SLICE("Pod");
	event->involved_name = SLICE("nightly-x");
	event->last_time = HOUR(-2);
	return event;
}

static void pull_events_are_seen_and_others_are_not(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct pod *pod = add_pod(&s, "ci", "nightly-x", "Job", "nightly-29000000");
	add_event(&s, "Pulled", "acme/nightly:2")->involved_uid = pod->uid;
	add_event(&s, "Failed", "acme/nightly:2");
	add_event(&s, "Pulled", NULL);
	struct world *world = scenario_world(&s);
	assert_int_equal(world->sightings.len, 1);
	const struct sighting *row = sighting_at(world, 0);
	check_slice(row->state, "pulled");
	check_slice(row->proof, "event Pulled");
	check_slice(row->pod, "nightly-x");
	check_slice(row->workload_kind, "Job");
	assert_int_equal(row->from_time, HOUR(-2));
	assert_int_equal(row->to_time, HOUR(-2));
	scenario_release(&s);
}

/* The pods are gone, and so are the Jobs and ReplicaSets between them and what was read. */
static void pull_of_a_pod_that_is_gone_is_told_of_its_workload(void **state)
{
	(void)state;
	static const struct {
		const char *pod, *workload; /* NULL: not known */
	} cases[] = {
		{ "nightly-29000000-x7k2p", "nightly" },
		{ "web-7d9c6b5f4d-x7k2p", "web" },
		{ "agent-x7k2p", "agent" },
		{ "db-0", "db" },
		{ "db-x", NULL },
		{ "agent-aeiou", NULL },
		{ "agent-x7k2", NULL },
		{ "web-x7k2p", NULL },
		{ "other-29000000-x7k2p", NULL },
		{ "-x7k2p", NULL },
		{ "", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		scenario_init(&s);
		add_workload(&s, "ci", "CronJob", "nightly");
		add_workload(&s, "ci", "Deployment", "web");
		add_workload(&s, "ci", "DaemonSet", "agent");
		add_workload(&s, "ci", "StatefulSet", "db");
		add_workload(&s, "shop", "CronJob", "other");
		add_event(&s, "Pulled", "acme/nightly:2")->involved_name = slice_of(cases[i].pod);
		const struct sighting *row = sighting_at(scenario_world(&s), 0);
		check_slice(row->namespace, "ci");
		if (!cases[i].workload)
			assert_null(row->workload.data);
		else if (!slice_equal_text(row->workload, cases[i].workload))
			fail_msg("%s is of %.*s", cases[i].pod, SLICE_ARG(row->workload));
		scenario_release(&s);
	}
}

static void image_that_does_not_parse_is_seen_as_it_is_written(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_container(&s, add_pod(&s, "shop", "web", NULL, NULL), "Not An Image", DIGEST_A);
	const struct sighting *row = sighting_at(scenario_world(&s), 0);
	check_slice(row->image, "Not An Image");
	check_slice(row->digest, DIGEST_A);
	assert_null(row->registry.data);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running_container_runs_until_the_read),
		cmocka_unit_test(states_of_containers_and_pods),
		cmocka_unit_test(times_come_from_the_nearest_that_is_known),
		cmocka_unit_test(gone_pod_ran_until_it_was_last_seen),
		cmocka_unit_test(template_names_an_image_and_no_digest),
		cmocka_unit_test(node_caches_each_image_once_a_repository),
		cmocka_unit_test(tag_comes_and_goes_while_the_digest_stays),
		cmocka_unit_test(name_without_a_tag_is_the_latest),
		cmocka_unit_test(image_that_left_a_node_s_list_was_cached_earlier),
		cmocka_unit_test(pull_events_are_seen_and_others_are_not),
		cmocka_unit_test(pull_of_a_pod_that_is_gone_is_told_of_its_workload),
		cmocka_unit_test(image_that_does_not_parse_is_seen_as_it_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
