/* The whole view: failures, and that it grows with its input and not faster. */
#include <time.h>

#include "derive/scenario.h"
#include "support/torture.h"

static void fill(struct scenario *s, size_t pods)
{
	struct node *node = add_record(s, &node_type);
	node->name = SLICE("node-1");
	for (size_t i = 0; i < pods / 5 + 1; i++) {
		char name[32];
		snprintf(name, sizeof name, "hub-%zu", i);
		struct secret *secret = add_secret(s, i % 2 ? "shop" : "test", name);
		secret->data_written = HOUR(-(int64_t)i);
		add_entry(s, secret, "docker.io", "acme", i % 3 ? "f1" : "f2");
		add_entry(s, secret, "hub.docker.com", "acme", "f3");
		add_value(s, secret, "docker.io", "acme", i % 2 ? "former" : name);
	}
	struct workload *web = add_workload(s, "shop", "Deployment", "web");
	web->pull_secrets = texts(s, "hub-1", NULL);
	add_template(s, web, "acme/web:1");
	add_account(s, "shop", "default")->pull_secrets = texts(s, "hub-1", "hub-3", NULL);
	for (size_t i = 0; i < pods; i++) {
		char name[32], image[64];
		snprintf(name, sizeof name, "p-%zu", i);
		snprintf(image, sizeof image, "acme/app-%zu:%zu", i % 50, i % 7);
		struct pod *pod = add_pod(s, "shop", name, i % 4 ? "Deployment" : NULL, "web");
		pod->pull_secrets = texts(s, "hub-1", "hub-3", NULL);
		add_container(s, pod, image, NULL);
		add_container(s, pod, "quay.io/acme/side:1", NULL);
		add_reader(s, pod, "hub-1", "volume");
		add_node_image(s, "node-1", image, NULL);
	}
}

static int load_and_print(void *data, struct error **err)
{
	struct scenario *s = data;
	CLEANUP(world_freep) struct world *world = NULL;
	struct record_list rows;
	if (world_load((struct store *)s, &s->options, &world, err) < 0)
		return -1;
	if (world_images(world, &rows, err) < 0 || world_registries(world, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < world->credentials.len; i++) {
		if (!world_credential_row(world, world->credentials.items[i]))
			return arena_fail(&world->arena, err);
	}
	for (size_t i = 0; i < world->secrets.len; i++) {
		if (!world_secret_row(world, world->secrets.items[i]))
			return arena_fail(&world->arena, err);
	}
	return 0;
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	fill(&s, 4);
	assert_true(torture(load_and_print, &s) > 0);
	scenario_release(&s);
}

static void failure_of_the_store_is_told_with_what_was_read(void **state)
{
	(void)state;
	const struct record_type *const types[] = { &cluster_type, &secret_type, &finding_type };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct scenario s;
		struct error *err = NULL;
		struct world *world = NULL;
		scenario_init(&s);
		s.failing = types[i];
		assert_int_equal(world_load((struct store *)&s, &s.options, &world, &err), -1);
		assert_null(world);
		check_error(&err, ERROR_STORE, types[i]->name);
		scenario_release(&s);
	}
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	struct world *world = NULL;
	assert_null(world_free(NULL));
	world_freep(&world);
}

static double seconds_for(size_t pods)
{
	struct scenario s;
	struct error *err = NULL;
	scenario_init(&s);
	fill(&s, pods);
	clock_t start = clock();
	check_ok(load_and_print(&s, &err), &err);
	double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	scenario_release(&s);
	return seconds;
}

/* Eight times the pods, secrets and images in processor time: about 8 when linear, 64 when quadratic. */
static void time_grows_with_the_world(void **state)
{
	(void)state;
	double small = seconds_for(1250), large = seconds_for(10000);
	print_message("1,250 pods: %.0f ms, 10,000 pods: %.0f ms\n", 1000 * small, 1000 * large);
	assert_true(large < 30 * small + 0.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(failure_of_the_store_is_told_with_what_was_read),
		cmocka_unit_test(freeing_nothing_is_fine),
		cmocka_unit_test(time_grows_with_the_world),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
