#include "derive/image_scene.h"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	add_lists(s, "acme/web", "complete");
	struct manifest *base = add_image(s, "base", "linux/amd64", "d");
	struct manifest *amd = add_image(s, "amd", "linux/amd64", "d a");
	struct manifest *arm = add_image(s, "arm", "linux/arm64/v8", "e b");
	base->dating = amd->dating = arm->dating = SLICE("dated");
	base->created = HOUR(-50);
	amd->created = HOUR(-9);
	arm->created = HOUR(-8);
	amd->user = SLICE("1000");
	add_index(s, "index", "amd", "arm", NULL);
	add_tag(s, "library/debian", "12", "base", HOUR(0));
	add_tag(s, "acme/web", "1", "index", HOUR(0));
	add_tag(s, "acme/web", "old", "index", HOUR(0))->last_seen = HOUR(1);
	add_tag(s, "acme/web", "old", "base", HOUR(2))->last_seen = HOUR(3);
}

static void an_index_that_only_a_registry_has_is_a_row_of_all_its_images(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_event(&s, "push", "acme/web", "1", "index", HOUR(-7), "ci");
	scenario_world(&s);
	const struct image *row = image_row_of(&s, "acme/web", digest_for(&s, "index"));
	check_slice(row->registry, "docker.io");
	check_slice(row->digest_kind, "index");
	assert_int_equal(row->runs, 0);
	assert_int_equal(row->sightings.len, 0);
	assert_string_equal(joined(&s, row->tags_now), "1");
	assert_string_equal(joined(&s, row->tags_before), "old");
	assert_string_equal(joined(&s, row->platforms), "linux/amd64; linux/arm64/v8");
	assert_true(row->built == HOUR(-8));
	check_slice(row->dating, "dated");
	check_slice(row->base, "docker.io/library/debian:12");
	assert_true(slice_equal(row->base_digest, digest_for(&s, "base")));
	check_slice(row->base_proof, "layers");
	assert_true(row->pushed == HOUR(-7));
	check_slice(row->pushed_by, "ci");
	assert_int_equal(row->size_bytes, 4000);
	check_slice(row->user, "1000");
	check_slice(row->registry_state, "tagged");
	scenario_release(&s);
}

/* One row for each of: index, base in debian, base in web. None for members that nobody saw. */
static void members_have_rows_only_where_they_were_seen(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	scenario_world(&s);
	assert_int_equal(image_row_count(&s), 3);
	in_cluster(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "amd"), HOUR(1));
	scenario_world(&s);
	assert_int_equal(image_row_count(&s), 4);
	const struct image *row = image_row_of(&s, "acme/web", digest_for(&s, "amd"));
	assert_int_equal(row->runs, 1);
	check_slice(row->digest_kind, "manifest");
	assert_string_equal(joined(&s, row->tags_now), "1"); /* by way of its index */
	check_slice(row->registry_state, "tagged");
	assert_string_equal(joined(&s, row->platforms), "linux/amd64");
	assert_true(row->built == HOUR(-9));
	scenario_release(&s);
}

static void a_config_tells_what_its_manifest_tells(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	in_cluster(&s);
	start_pod(&s, "p1", "acme/web:1", config_for(&s, "amd"), HOUR(1))->image_id =
		arena_printf(&s.arena, "docker://%s", config_for(&s, "amd").data);
	scenario_world(&s);
	const struct image *row = image_row_of(&s, "acme/web", config_for(&s, "amd"));
	check_slice(row->digest_kind, "config");
	assert_true(row->built == HOUR(-9));
	check_slice(row->base, "docker.io/library/debian:12");
	check_slice(row->registry_state, "tagged");
	const struct sighting *sighting = row->sightings.items;
	check_slice(sighting->digest_kind, "config");
	scenario_release(&s);
}

static void a_row_tells_what_the_registry_answered(void **state)
{
	(void)state;
	static const struct {
		const char *outcome, *state;
	} cases[] = { { "present", "untagged" },   { "absent", "absent" },  { "forbidden", "forbidden" },
		      { "limited", "failed" },     { "invalid", "failed" }, { "failed", "failed" },
		      { "interrupted", "failed" }, { NULL, NULL } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scenario s;
		begin(&s);
		if (cases[i].outcome)
			add_answer(&s, "acme/web", digest_for(&s, "lost"), cases[i].outcome);
		in_cluster(&s);
		start_pod(&s, "p1", "acme/web:9", digest_for(&s, "lost"), HOUR(1));
		scenario_world(&s);
		const struct image *row = image_row_of(&s, "acme/web", digest_for(&s, "lost"));
		if (cases[i].state)
			check_slice(row->registry_state, cases[i].state);
		else
			assert_null(row->registry_state.data);
		check_slice(row->digest_kind, "unknown");
		assert_null(row->dating.data);
		scenario_release(&s);
	}
}

/* In a mirror that nobody read the names are those of others, in full. */
static void names_in_a_mirror_are_those_of_what_it_mirrors(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	in_cluster(&s);
	start_pod(&s, "p1", "mirror.example/acme/web:1", digest_for(&s, "amd"), HOUR(1));
	scenario_world(&s);
	const struct image *row = image_row_of(&s, "acme/web", digest_for(&s, "amd"));
	check_slice(row->registry, "mirror.example");
	assert_string_equal(joined(&s, row->tags_now), "docker.io/acme/web:1");
	assert_null(row->registry_state.data);
	scenario_release(&s);
}

static void what_is_wrong_with_manifest_and_config_is_told(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	const struct {
		struct slice object;
		const char *code;
		enum truth gone;
	} defects[] = { { digest_for(&s, "index"), "duplicate_member", BOOL_FALSE },
			{ digest_for(&s, "index"), "old_news", BOOL_TRUE },
			{ digest_for(&s, "base"), "no_date", BOOL_FALSE },
			{ config_for(&s, "base"), "history_mismatch", BOOL_FALSE } };
	for (size_t i = 0; i < 4; i++) {
		struct defect *defect = add_record(&s, &defect_type);
		defect->object_kind = SLICE("Image");
		defect->object = defects[i].object;
		defect->code = slice_of(defects[i].code);
		defect->gone = defects[i].gone;
	}
	scenario_world(&s);
	assert_string_equal(joined(&s, image_row_of(&s, "acme/web", digest_for(&s, "index"))->defects),
			    "duplicate_member");
	const struct slice_list both = image_row_of(&s, "acme/web", digest_for(&s, "base"))->defects;
	assert_int_equal(both.len, 2);
	assert_int_equal(s.world->defects.len, 0); /* none of a cluster */
	scenario_release(&s);
}

static void signatures_are_no_rows(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "signature", "linux/amd64", "x")->kind = SLICE("artifact");
	add_tag(&s, "acme/web", "sha256-1.sig", "signature", HOUR(0));
	scenario_world(&s);
	assert_int_equal(image_row_count(&s), 3);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_that_only_a_registry_has_is_a_row_of_all_its_images),
		cmocka_unit_test(members_have_rows_only_where_they_were_seen),
		cmocka_unit_test(a_config_tells_what_its_manifest_tells),
		cmocka_unit_test(a_row_tells_what_the_registry_answered),
		cmocka_unit_test(names_in_a_mirror_are_those_of_what_it_mirrors),
		cmocka_unit_test(what_is_wrong_with_manifest_and_config_is_told),
		cmocka_unit_test(signatures_are_no_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
