#include "derive/scenario.h"

/* A pod of namespace shop that runs the image and lists the secrets. */
static void runs(struct scenario *s, const char *name, const char *image, struct slice_list secrets)
{
	struct pod *pod = add_pod(s, "shop", name, NULL, NULL);
	pod->pull_secrets = secrets;
	add_container(s, pod, image, NULL);
}

static void entry_serves_the_images_that_it_matches(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "https://index.docker.io/v1/", "acme", "f1");
	add_entry(&s, hub, "quay.io", "acme", "f2");
	runs(&s, "a", "acme/web:1", texts(&s, "hub", NULL));
	runs(&s, "b", "acme/web:2", texts(&s, "hub", NULL));
	runs(&s, "c", "quay.io/acme/api", texts(&s, "hub", NULL));
	runs(&s, "d", "quay.io/other/not-with-it", (struct slice_list){ 0 });
	struct world *world = scenario_world(&s);
	const struct world_secret *secret = secret_named(world, "shop", "hub");
	const struct world_entry *docker = entry_of(secret, "https://index.docker.io/v1/");
	assert_int_equal(docker->images.len, 1);
	check_slice(*(const struct slice *)docker->images.items[0], "docker.io/acme/web");
	const struct world_entry *quay = entry_of(secret, "quay.io");
	assert_int_equal(quay->images.len, 1);
	check_slice(*(const struct slice *)quay->images.items[0], "quay.io/acme/api");
	assert_true(world_entry_serves(world, quay, quay->images.items[0]));
	assert_false(world_entry_serves(world, quay, docker->images.items[0]));
	assert_false(docker->shadowed || quay->shadowed || docker->dead || quay->dead);
	scenario_release(&s);
}

static void hub_fallback_is_shadowed_by_a_direct_key(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "exact"), "docker.io", "new", "f1");
	add_entry(&s, add_secret(&s, "shop", "prefix"), "docker.io/acme", "team", "f2");
	add_entry(&s, add_secret(&s, "shop", "fallback"), "index.docker.io", "old", "f3");
	runs(&s, "a", "acme/web:1", texts(&s, "exact", "prefix", "fallback", NULL));
	struct world *world = scenario_world(&s);
	const struct world_entry *exact = entry_of(secret_named(world, "shop", "exact"), "docker.io");
	const struct world_entry *prefix = entry_of(secret_named(world, "shop", "prefix"), "docker.io/acme");
	const struct world_entry *fallback = entry_of(secret_named(world, "shop", "fallback"), "index.docker.io");
	assert_false(prefix->shadowed);
	assert_true(exact->shadowed);
	assert_ptr_equal(exact->shadowed_by, prefix);
	/* The last resort is not even asked. */
	assert_int_equal(fallback->images.len, 0);
	assert_true(fallback->shadowed);
	assert_ptr_equal(fallback->shadowed_by, prefix);
	check_slice(*fallback->shadowed_for, "docker.io/acme/web");
	scenario_release(&s);
}

static void last_resort_that_is_asked_for_some_image_is_not_shadowed(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io/acme", "team", "f1");
	add_entry(&s, hub, "index.docker.io", "all", "f2");
	runs(&s, "a", "acme/web:1", texts(&s, "hub", NULL));
	runs(&s, "b", "nginx", texts(&s, "hub", NULL));
	const struct world_secret *secret = secret_named(scenario_world(&s), "shop", "hub");
	const struct world_entry *all = entry_of(secret, "index.docker.io");
	assert_int_equal(all->images.len, 1);
	assert_false(all->shadowed);
	scenario_release(&s);
}

/* No image of the Hub at all: nothing is known to come before it. */
static void last_resort_without_images_of_the_hub_is_not_shadowed(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "quay.io", "team", "f1");
	add_entry(&s, hub, "index.docker.io", "all", "f2");
	runs(&s, "a", "quay.io/acme/web", texts(&s, "hub", NULL));
	const struct world_secret *secret = secret_named(scenario_world(&s), "shop", "hub");
	assert_false(entry_of(secret, "index.docker.io")->shadowed);
	scenario_release(&s);
}

static void entry_that_is_first_for_some_image_is_not_shadowed(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "all", "f1");
	add_entry(&s, hub, "docker.io/acme", "team", "f2");
	runs(&s, "a", "acme/web:1", texts(&s, "hub", NULL));
	runs(&s, "b", "nginx", texts(&s, "hub", NULL));
	const struct world_entry *all = entry_of(secret_named(scenario_world(&s), "shop", "hub"), "docker.io");
	assert_int_equal(all->images.len, 2);
	assert_false(all->shadowed);
	assert_null(all->shadowed_by);
	scenario_release(&s);
}

static void order_of_the_list_decides_between_equal_keys(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "a"), "quay.io", "a", "f1");
	add_entry(&s, add_secret(&s, "shop", "b"), "quay.io", "b", "f2");
	runs(&s, "p", "quay.io/acme/web", texts(&s, "b", "a", NULL));
	struct world *world = scenario_world(&s);
	assert_true(entry_of(secret_named(world, "shop", "a"), "quay.io")->shadowed);
	assert_false(entry_of(secret_named(world, "shop", "b"), "quay.io")->shadowed);
	/* Another pod lists them the other way round: then each is first somewhere. */
	runs(&s, "q", "quay.io/acme/web", texts(&s, "a", "b", NULL));
	world = scenario_world(&s);
	assert_false(entry_of(secret_named(world, "shop", "a"), "quay.io")->shadowed);
	assert_false(entry_of(secret_named(world, "shop", "b"), "quay.io")->shadowed);
	scenario_release(&s);
}

/* Go walks a map in no order: of two spellings of one index in one secret neither is always first. */
static void two_spellings_in_one_secret_shadow_neither(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "https://index.docker.io/v1/", "a", "f1");
	add_entry(&s, hub, "index.docker.io", "b", "f2");
	runs(&s, "p", "acme/web", texts(&s, "hub", NULL));
	const struct world_secret *secret = secret_named(scenario_world(&s), "shop", "hub");
	for (size_t i = 0; i < secret->entries.len; i++) {
		const struct world_entry *entry = secret->entries.items[i];
		assert_int_equal(entry->images.len, 1);
		assert_false(entry->shadowed);
	}
	scenario_release(&s);
}

static void secret_that_does_not_decode_blocks_the_good_ones(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "good"), "quay.io", "a", "f1");
	add_secret(&s, "shop", "bad")->decodes = BOOL_FALSE;
	runs(&s, "p", "quay.io/acme/web", texts(&s, "good", "bad", NULL));
	struct world *world = scenario_world(&s);
	assert_true(secret_named(world, "shop", "bad")->blocks_pulls);
	assert_false(secret_named(world, "shop", "good")->blocks_pulls);
	assert_int_equal(entry_of(secret_named(world, "shop", "good"), "quay.io")->images.len, 0);
	/* Without the bad one in the list, it pulls. */
	runs(&s, "q", "quay.io/acme/web", texts(&s, "good", NULL));
	world = scenario_world(&s);
	assert_int_equal(entry_of(secret_named(world, "shop", "good"), "quay.io")->images.len, 1);
	scenario_release(&s);
}

static void what_the_kubelet_does_not_read_serves_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *opaque = add_secret(&s, "shop", "opaque");
	opaque->type = SLICE("Opaque");
	opaque->pull_type = opaque->decodes = BOOL_FALSE;
	add_entry(&s, opaque, "quay.io", "a", "f1");
	struct secret *token = add_secret(&s, "shop", "token");
	add_entry(&s, token, "quay.io", "b", "f2")->kubelet_reads = BOOL_FALSE;
	struct secret *twice = add_secret(&s, "shop", "twice");
	add_entry(&s, twice, "quay.io", "c", "f3")->overridden = BOOL_TRUE;
	runs(&s, "p", "quay.io/acme/web", texts(&s, "opaque", "token", "twice", "absent", NULL));
	struct world *world = scenario_world(&s);
	assert_false(secret_named(world, "shop", "opaque")->blocks_pulls);
	static const char *const names[] = { "opaque", "token", "twice" };
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(entry_of(secret_named(world, "shop", names[i]), "quay.io")->images.len, 0);
	scenario_release(&s);
}

static void dead_keys_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		bool dead;
	} keys[] = {
		{ "https://index.docker.io/v1/", false },
		{ "docker.io", false },
		{ "docker.io/my", false },
		{ "https://index.docker.io/v1", true },
		{ "registry-1.docker.io", true },
		{ "index.docker.io/myorg", true },
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct scenario s;
		scenario_init(&s);
		add_entry(&s, add_secret(&s, "shop", "hub"), keys[i].key, "a", "f1");
		const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
		assert_int_equal(entry_of(hub, keys[i].key)->dead, keys[i].dead);
		scenario_release(&s);
	}
}

static void a_key_that_an_image_is_spelled_with_lives(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "registry-1.docker.io", "a", "f1");
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "hub", NULL);
	add_template(&s, add_workload(&s, "shop", "CronJob", "nightly"), "registry-1.docker.io/acme/nightly:1");
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_false(entry_of(hub, "registry-1.docker.io")->dead);
	assert_int_equal(entry_of(hub, "registry-1.docker.io")->images.len, 1);
	scenario_release(&s);
}

static void templates_match_too_with_their_account_s_list(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "quay.io", "a", "f1");
	add_account(&s, "shop", "default")->pull_secrets = texts(&s, "hub", NULL);
	add_template(&s, add_workload(&s, "shop", "CronJob", "nightly"), "quay.io/acme/nightly:1");
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(hub, "quay.io")->images.len, 1);
	scenario_release(&s);
}

static void images_of_ended_pods_are_not_pulled_again(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "quay.io", "a", "f1");
	struct pod *done = add_pod(&s, "shop", "done", NULL, NULL);
	done->phase = SLICE("Failed");
	done->pull_secrets = texts(&s, "hub", NULL);
	add_container(&s, done, "quay.io/acme/web", NULL);
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(hub, "quay.io")->images.len, 0);
	scenario_release(&s);
}

static void names_that_do_not_parse_match_nothing(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_entry(&s, add_secret(&s, "shop", "hub"), "docker.io", "a", "f1");
	runs(&s, "p", "ACME/Web:1:2", texts(&s, "hub", NULL));
	runs(&s, "q", "", texts(&s, "hub", NULL));
	runs(&s, "r", NULL, texts(&s, "hub", NULL));
	const struct world_secret *hub = secret_named(scenario_world(&s), "shop", "hub");
	assert_int_equal(entry_of(hub, "docker.io")->images.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_serves_the_images_that_it_matches),
		cmocka_unit_test(hub_fallback_is_shadowed_by_a_direct_key),
		cmocka_unit_test(last_resort_that_is_asked_for_some_image_is_not_shadowed),
		cmocka_unit_test(last_resort_without_images_of_the_hub_is_not_shadowed),
		cmocka_unit_test(entry_that_is_first_for_some_image_is_not_shadowed),
		cmocka_unit_test(order_of_the_list_decides_between_equal_keys),
		cmocka_unit_test(two_spellings_in_one_secret_shadow_neither),
		cmocka_unit_test(secret_that_does_not_decode_blocks_the_good_ones),
		cmocka_unit_test(what_the_kubelet_does_not_read_serves_nothing),
		cmocka_unit_test(dead_keys_are_told),
		cmocka_unit_test(a_key_that_an_image_is_spelled_with_lives),
		cmocka_unit_test(templates_match_too_with_their_account_s_list),
		cmocka_unit_test(images_of_ended_pods_are_not_pulled_again),
		cmocka_unit_test(names_that_do_not_parse_match_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
