#include "derive/image_scene.h"
#include "support/torture.h"

/* A bit of everything. */
static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(1));
	add_lists(s, "acme/web", "complete");
	add_image(s, "base", "linux/amd64", "d")->history_steps = texts(s, "h1", "h2", NULL);
	struct manifest *amd = add_image(s, "amd", "linux/amd64", "d a");
	amd->base_name = SLICE("debian:12");
	amd->subject = digest_for(s, "base");
	add_image(s, "arm", "linux/arm64", "e b")->history_steps = texts(s, "h1", "h2", "h3", NULL);
	add_image(s, "claims", "linux/amd64", "q")->base_digest = digest_for(s, "base");
	add_index(s, "index", "amd", "arm", NULL);
	add_tag(s, "library/debian", "12", "base", HOUR(0));
	add_tag(s, "acme/web", "1", "amd", HOUR(0))->last_seen = HOUR(0);
	add_tag(s, "acme/web", "1", "index", HOUR(1));
	add_answer(s, "acme/web", digest_for(s, "arm"), "absent");
	add_event(s, "push", "acme/web", "1", NULL, HOUR(0), "ci");
	add_event(s, "push", "acme/api", "2", "arm", HOUR(0), "ci");
	struct defect *defect = add_record(s, &defect_type);
	defect->object_kind = SLICE("Image");
	defect->object = digest_for(s, "amd");
	defect->code = SLICE("no_date");
	in_cluster(s);
	struct node *node = add_record(s, &node_type);
	node->name = SLICE("node-1");
	node->runtime = SLICE("containerd://1.7");
	node->architecture = SLICE("amd64");
	start_pod(s, "p1", "acme/web:1", digest_for(s, "amd"), HOUR(0));
	start_pod(s, "p2", "mirror.example/acme/web:1", digest_for(s, "arm"), HOUR(0));
	start_pod(s, "p3", "acme/other:1", digest_for(s, "lost"), HOUR(0));
}

static int load_and_tell(void *data, struct error **err)
{
	struct scenario *s = data;
	CLEANUP(world_freep) struct world *world = NULL;
	struct record_list rows = { 0 };
	struct image_facts facts;
	if (world_load((struct store *)s, &s->options, &world, err) < 0 || world_images(world, &rows, err) < 0 ||
	    world_tag_rows(world, &rows, err) < 0 || world_repository_rows(world, &rows, err) < 0 ||
	    world_registries(world, &rows, err) < 0)
		return -1;
	return world_image_facts(world, world->images->manifests.items[0], SLICE("x"), &facts, err);
}

static void memory_may_run_out(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	torture(load_and_tell, &s);
	scenario_release(&s);
}

static void each_record_that_cannot_be_read_is_an_error(void **state)
{
	(void)state;
	static const struct record_type *const types[] = { &manifest_type, &index_member_type, &tag_type,
							   &registry_answer_type, &registry_event_type };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct scenario s;
		struct error *err = NULL;
		struct world *world = NULL;
		scenario_init(&s);
		s.failing = types[i];
		assert_int_equal(world_load((struct store *)&s, &s.options, &world, &err), -1);
		check_error(&err, ERROR_STORE, types[i]->name);
		s.options.no_sightings = true; /* then nobody asks */
		check_ok(world_load((struct store *)&s, &s.options, &world, &err), &err);
		world_free(world);
		scenario_release(&s);
	}
}

static void without_layers_there_are_no_bases(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	s.options.without_layers = true;
	scenario_world(&s);
	assert_true(s.world->images->manifests.len > 0);
	for (size_t i = 0; i < s.world->images->manifests.len; i++) {
		const struct world_manifest *manifest = s.world->images->manifests.items[i];
		assert_null(manifest->base);
		assert_null(manifest->record->layers.items);
		assert_null(manifest->record->history_steps.items);
	}
	scenario_release(&s);
}

static void sightings_learn_what_their_digests_are(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	scenario_world(&s);
	static const char *const kinds[] = { "manifest", "manifest", "unknown" };
	assert_int_equal(s.world->sightings.len, 3);
	for (size_t i = 0; i < 3; i++)
		check_slice(((const struct sighting *)s.world->sightings.items[i])->digest_kind, kinds[i]);
	scenario_release(&s);
}

static void without_any_registry_nothing_was_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	scenario_world(&s);
	assert_non_null(s.world->images);
	assert_false(s.world->images->read);
	assert_int_equal(s.world->images->manifests.len, 0);
	assert_int_equal(s.world->images->sources.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_may_run_out),
		cmocka_unit_test(each_record_that_cannot_be_read_is_an_error),
		cmocka_unit_test(without_layers_there_are_no_bases),
		cmocka_unit_test(sightings_learn_what_their_digests_are),
		cmocka_unit_test(without_any_registry_nothing_was_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
