#include "derive/image_scene.h"

static struct image_facts facts_of(struct scenario *s, const char *name)
{
	struct image_facts facts;
	struct error *err = NULL;
	check_ok(world_image_facts(s->world, manifest_named(s, name), SLICE("as asked"), &facts, &err), &err);
	return facts;
}

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_image(s, "base", "linux/amd64", "d");
	struct manifest *web = add_image(s, "web", "linux/amd64", "d a");
	web->entrypoint = texts(s, "/bin/web", "--serve", NULL);
	web->history_count = 7;
	add_index(s, "index", "web", NULL);
	struct manifest *sbom = add_image(s, "sbom", "linux/amd64", "x");
	sbom->kind = SLICE("artifact");
	sbom->artifact_type = SLICE("application/spdx+json");
	sbom->subject = digest_for(s, "web");
	add_tag(s, "acme/web", "1", "index", HOUR(0));
	add_tag(s, "acme/web", "old", "web", HOUR(0))->last_seen = HOUR(1);
	add_tag(s, "acme/web", "old", "base", HOUR(2))->last_seen = HOUR(2);
}

static void facts_are_all_that_is_known_of_a_digest(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	in_cluster(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "index"), HOUR(1));
	start_pod(&s, "p2", "acme/web:1", digest_for(&s, "web"), HOUR(1))->state = SLICE("terminated");
	struct node *node = add_record(&s, &node_type);
	node->name = SLICE("node-1");
	add_node_image(&s, "node-1", "acme/web:1", digest_for(&s, "index").data);
	scenario_world(&s);
	struct image_facts facts = facts_of(&s, "web");
	check_slice(facts.reference, "as asked");
	assert_true(slice_equal(facts.digest, digest_for(&s, "web")));
	check_slice(facts.kind, "image");
	check_slice(facts.os, "linux");
	assert_int_equal(facts.history_count, 7);
	assert_int_equal(facts.layers.len, 2);
	assert_int_equal(facts.entrypoint.len, 2);
	assert_int_equal(facts.config_read, BOOL_TRUE);
	assert_true(facts.created == TIME_UNSET);
	assert_string_equal(joined(&s, facts.tags_now), "docker.io/acme/web:1");
	assert_string_equal(joined(&s, facts.tags_before), "docker.io/acme/web:old");
	assert_true(slice_equal(facts.in_indexes.items[0], digest_for(&s, "index")));
	assert_true(slice_starts_with(facts.referrers.items[0], "application/spdx+json sha256:"));
	check_slice(facts.base, "docker.io/acme/web:old");
	check_slice(facts.base_proof, "layers");
	assert_int_equal(facts.runs, 1);
	assert_int_equal(facts.ran, 1);
	assert_int_equal(facts.cached, 1);
	scenario_release(&s);
}

static void an_index_lists_its_members(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	scenario_world(&s);
	struct image_facts facts = facts_of(&s, "index");
	assert_int_equal(facts.members.len, 1);
	assert_true(slice_equal(((const struct index_member *)facts.members.items)->digest, digest_for(&s, "web")));
	assert_int_equal(facts.runs, 0);
	scenario_release(&s);
}

/* A name that leads to another image now would be wrong with its tag. */
static void check_name(struct scenario *s, struct slice name, const char *expected)
{
	struct slice digest;
	if (strchr(expected, '@')) {
		assert_true(slice_cut(name, '@', &name, &digest));
		assert_true(slice_equal(digest, digest_for(s, "base")));
		expected = "docker.io/zzz/base";
	}
	check_slice(name, expected);
}

static void a_base_is_called_by_its_best_name(void **state)
{
	(void)state;
	static const struct {
		const char *repository, *tag;
		bool moved;
		const char *name;
	} steps[] = {
		{ "zzz/base", "old", true, "docker.io/zzz/base@" },
		{ "acme/base", "latest", false, "docker.io/acme/base:latest" },
		{ "acme/base", "12-long-name", false, "docker.io/acme/base:12-long-name" },
		{ "acme/base", "12", false, "docker.io/acme/base:12" },
		{ "library/debian", "bookworm", false, "docker.io/library/debian:bookworm" },
	};
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "base", "linux/amd64", "d");
	add_image(&s, "web", "linux/amd64", "d a");
	scenario_world(&s);
	assert_true(slice_equal(world_base_name(s.world, manifest_named(&s, "web")), digest_for(&s, "base")));
	assert_null(world_base_name(s.world, manifest_named(&s, "base")).data);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		add_tag(&s, steps[i].repository, steps[i].tag, "base", HOUR(0))->last_seen = HOUR(1);
		if (steps[i].moved)
			add_tag(&s, steps[i].repository, steps[i].tag, "other", HOUR(2))->last_seen = HOUR(2);
		scenario_world(&s);
		check_name(&s, world_base_name(s.world, manifest_named(&s, "web")), steps[i].name);
	}
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_all_that_is_known_of_a_digest),
		cmocka_unit_test(an_index_lists_its_members),
		cmocka_unit_test(a_base_is_called_by_its_best_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
