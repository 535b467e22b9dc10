#include "cli/registry_known.h"

#include "base/map.h"
#include "derive/scenario.h"

/* The records of a scenario stand in for the store. */
static struct scenario s;

static int setup(void **state)
{
	(void)state;
	scenario_init(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static struct manifest *add_manifest(const char *digest, const char *kind, enum truth config_read)
{
	struct manifest *manifest = add_record(&s, &manifest_type);
	manifest->digest = slice_of(digest);
	manifest->kind = slice_of(kind);
	manifest->config_read = config_read;
	return manifest;
}

static void add_member(const char *index, const char *digest)
{
	struct index_member *member = add_record(&s, &index_member_type);
	member->index = slice_of(index);
	member->digest = slice_of(digest);
}

static struct tag *add_tag(const char *cluster, const char *digest, int64_t since, int64_t last_seen)
{
	struct tag *tag = add_record(&s, &tag_type);
	tag->cluster = slice_of(cluster);
	tag->registry = SLICE("docker.io");
	tag->repository = SLICE("acme/web");
	tag->tag = SLICE("1");
	tag->digest = slice_of(digest);
	tag->since = since;
	tag->last_seen = last_seen;
	tag->gone = BOOL_FALSE;
	return tag;
}

static struct registry_known *known(void)
{
	struct registry_known *made = NULL;
	struct error *err = NULL;
	check_ok(registry_known_new((struct store *)&s, &made, &err), &err);
	return made;
}

static bool has(const struct registry_known *made, const char *digest)
{
	const struct image_known *all = registry_known_of(made);
	return all->has(all->data, slice_of(digest));
}

static void image_is_known_with_its_config(void **state)
{
	(void)state;
	add_manifest("sha256:1", "image", BOOL_TRUE);
	add_manifest("sha256:2", "image", BOOL_FALSE);
	add_manifest("sha256:3", "image", BOOL_UNKNOWN);
	add_manifest("sha256:4", "artifact", BOOL_FALSE);
	CLEANUP(registry_known_freep) struct registry_known *made = known();
	assert_true(has(made, "sha256:1"));
	assert_false(has(made, "sha256:2"));
	assert_false(has(made, "sha256:3"));
	assert_true(has(made, "sha256:4"));
	assert_false(has(made, "sha256:5"));
}

static void index_is_known_with_all_its_members(void **state)
{
	(void)state;
	add_manifest("sha256:1", "image", BOOL_TRUE);
	add_manifest("sha256:2", "image", BOOL_FALSE);
	add_manifest("sha256:whole", "index", BOOL_UNKNOWN);
	add_manifest("sha256:nested", "index", BOOL_UNKNOWN);
	add_manifest("sha256:broken", "index", BOOL_UNKNOWN);
	add_member("sha256:broken", "sha256:1");
	add_member("sha256:broken", "sha256:2");
	add_member("sha256:nested", "sha256:whole");
	add_member("sha256:not-read", "sha256:1");
	add_member("sha256:whole", "sha256:1");
	CLEANUP(registry_known_freep) struct registry_known *made = known();
	assert_true(has(made, "sha256:whole"));
	assert_true(has(made, "sha256:nested"));
	assert_false(has(made, "sha256:broken"));
	assert_false(has(made, "sha256:not-read"));
}

static void tag_stands_where_a_registry_saw_it_last(void **state)
{
	(void)state;
	struct slice digest;
	int64_t since;
	add_tag("registry:docker.io", "sha256:old", HOUR(-9), HOUR(-5));
	add_tag("registry:docker.io", "sha256:new", HOUR(-4), HOUR(-1));
	add_tag("images:0123456789abcdef", "sha256:layout", HOUR(0), HOUR(0));
	CLEANUP(registry_known_freep) struct registry_known *made = known();
	const struct image_known *all = registry_known_of(made);
	assert_int_equal(all->tag(all->data, SLICE("docker.io"), SLICE("acme/web"), SLICE("1"), &digest, &since), 1);
	check_slice(digest, "sha256:new");
	assert_int_equal(since, HOUR(-4));
	assert_int_equal(all->tag(all->data, SLICE("docker.io"), SLICE("acme/web"), SLICE("2"), &digest, &since), 0);
}

static void tag_that_went_begins_anew(void **state)
{
	(void)state;
	struct slice digest;
	int64_t since;
	add_tag("registry:docker.io", "sha256:old", HOUR(-9), HOUR(-5))->gone = BOOL_TRUE;
	CLEANUP(registry_known_freep) struct registry_known *made = known();
	const struct image_known *all = registry_known_of(made);
	assert_int_equal(all->tag(all->data, SLICE("docker.io"), SLICE("acme/web"), SLICE("1"), &digest, &since), 0);
}

static void failing_store_is_told(void **state)
{
	(void)state;
	const struct record_type *const types[] = { &manifest_type, &index_member_type, &tag_type };
	for (size_t i = 0; i < 3; i++) {
		struct registry_known *made = NULL;
		struct error *err = NULL;
		s.failing = types[i];
		assert_int_equal(registry_known_new((struct store *)&s, &made, &err), -1);
		error_free(err);
		assert_null(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(image_is_known_with_its_config, setup, teardown),
		cmocka_unit_test_setup_teardown(index_is_known_with_all_its_members, setup, teardown),
		cmocka_unit_test_setup_teardown(tag_stands_where_a_registry_saw_it_last, setup, teardown),
		cmocka_unit_test_setup_teardown(tag_that_went_begins_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(failing_store_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
