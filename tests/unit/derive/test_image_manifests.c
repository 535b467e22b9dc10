#include "derive/image_scene.h"

static void an_index_knows_its_members_in_its_order(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "zz-amd", "linux/amd64", "a b");
	add_image(&s, "aa-arm", "linux/arm64/v8", "a c");
	add_index(&s, "index", "zz-amd", "aa-arm", "not-read", NULL);
	scenario_world(&s);
	const struct world_manifest *index = manifest_named(&s, "index");
	assert_int_equal(index->members.len, 3);
	const struct world_member *first = index->members.items[0], *last = index->members.items[2];
	assert_ptr_equal(first->manifest, manifest_named(&s, "zz-amd"));
	assert_null(last->manifest);
	assert_true(slice_equal(last->record->digest, digest_for(&s, "not-read")));
	assert_int_equal(manifest_named(&s, "aa-arm")->parents.len, 1);
	assert_ptr_equal(manifest_named(&s, "aa-arm")->parents.items[0], index);
	scenario_release(&s);
}

static void what_stands_twice_in_an_index_has_one_parent(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "one", "linux/amd64", "a");
	add_index(&s, "index", "one", "one", NULL);
	scenario_world(&s);
	assert_int_equal(manifest_named(&s, "one")->parents.len, 1);
	assert_int_equal(manifest_named(&s, "index")->members.len, 2);
	scenario_release(&s);
}

static void a_subject_knows_what_refers_to_it(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "web", "linux/amd64", "a");
	struct manifest *signature = add_image(&s, "signature", "linux/amd64", "x");
	signature->kind = SLICE("artifact");
	signature->subject = digest_for(&s, "web");
	struct manifest *lost = add_image(&s, "lost", "linux/amd64", "x");
	lost->subject = digest_for(&s, "nobody");
	scenario_world(&s);
	assert_int_equal(manifest_named(&s, "web")->referrers.len, 1);
	assert_ptr_equal(manifest_named(&s, "web")->referrers.items[0], manifest_named(&s, "signature"));
	scenario_release(&s);
}

static void members_of_an_index_that_was_not_read_are_passed_over(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	struct index_member *member = add_record(&s, &index_member_type);
	member->index = digest_for(&s, "index");
	member->digest = digest_for(&s, "web");
	member->ordinal = 0;
	add_image(&s, "web", "linux/amd64", "a");
	scenario_world(&s);
	assert_int_equal(manifest_named(&s, "web")->parents.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_knows_its_members_in_its_order),
		cmocka_unit_test(what_stands_twice_in_an_index_has_one_parent),
		cmocka_unit_test(a_subject_knows_what_refers_to_it),
		cmocka_unit_test(members_of_an_index_that_was_not_read_are_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
