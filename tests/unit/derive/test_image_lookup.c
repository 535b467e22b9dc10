#include "derive/image_scene.h"

static struct world *make(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_image(s, "amd", "linux/amd64", "a b");
	add_image(s, "arm", "linux/arm64", "a c");
	add_index(s, "index", "amd", "arm", NULL);
	add_index(s, "outer", "index", NULL);
	/* The same config, packed anew. */
	add_image(s, "again", "linux/amd64", "a b")->config_digest = config_for(s, "amd");
	return scenario_world(s);
}

static void every_digest_tells_its_kind(void **state)
{
	(void)state;
	struct scenario s;
	struct world *world = make(&s);
	check_slice(world_digest_kind(world, digest_for(&s, "index")), "index");
	check_slice(world_digest_kind(world, digest_for(&s, "amd")), "manifest");
	check_slice(world_digest_kind(world, config_for(&s, "amd")), "config");
	assert_null(world_digest_kind(world, digest_for(&s, "other")).data);
	assert_null(world_digest_kind(world, SLICE_NONE).data);
	scenario_release(&s);
}

static void every_digest_finds_its_manifest(void **state)
{
	(void)state;
	struct scenario s;
	struct world *world = make(&s);
	assert_ptr_equal(world_manifest_of(world, digest_for(&s, "index")), manifest_named(&s, "index"));
	assert_ptr_equal(world_manifest_of(world, config_for(&s, "arm")), manifest_named(&s, "arm"));
	assert_non_null(world_manifest_of(world, config_for(&s, "amd")));
	assert_null(world_manifest_of(world, digest_for(&s, "other")));
	scenario_release(&s);
}

static void what_holds_another_is_the_same_image(void **state)
{
	(void)state;
	struct scenario s;
	struct world *world = make(&s);
	struct slice amd = digest_for(&s, "amd"), arm = digest_for(&s, "arm"), index = digest_for(&s, "index");
	struct slice outer = digest_for(&s, "outer"), again = digest_for(&s, "again"), config = config_for(&s, "amd");
	const struct {
		struct slice a, b;
		bool same;
	} cases[] = {
		{ amd, amd, true },         { index, amd, true },
		{ index, arm, true },       { outer, amd, true },
		{ amd, config, true },      { index, config, true },
		{ outer, config, true },    { again, config, true },
		{ amd, arm, false },        { arm, config, false },
		{ amd, again, false },      { index, again, false },
		{ amd, SLICE_NONE, false }, { SLICE_NONE, SLICE_NONE, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (world_same_image(world, cases[i].a, cases[i].b) != cases[i].same ||
		    world_same_image(world, cases[i].b, cases[i].a) != cases[i].same)
			fail_msg("case %zu", i);
	}
	scenario_release(&s);
}

static void without_images_nothing_is_known(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	s.options.no_sightings = true;
	struct world *world = scenario_world(&s);
	struct slice digest = digest_for(&s, "amd");
	assert_null(world->images);
	assert_null(world_manifest_of(world, digest));
	assert_null(world_digest_kind(world, digest).data);
	assert_true(world_same_image(world, digest, digest));
	assert_false(world_same_image(world, digest, digest_for(&s, "arm")));
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_digest_tells_its_kind),
		cmocka_unit_test(every_digest_finds_its_manifest),
		cmocka_unit_test(what_holds_another_is_the_same_image),
		cmocka_unit_test(without_images_nothing_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
