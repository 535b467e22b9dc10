#include "derive/image_scene.h"

static struct manifest *dated(struct scenario *s, const char *name, const char *platform, int64_t created)
{
	struct manifest *image = add_image(s, name, platform, name);
	image->dating = SLICE("dated");
	image->created = created;
	return image;
}

static void dates_of_an_index_are_those_of_its_newest_image(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	dated(&s, "amd", "linux/amd64", HOUR(-9));
	dated(&s, "arm", "linux/arm64", HOUR(-5));
	dated(&s, "attests", "linux/amd64", HOUR(-1))->kind = SLICE("attestation");
	add_image(&s, "undated", "linux/s390x", "z");
	add_index(&s, "index", "amd", "arm", "attests", "undated", "not-read", NULL);
	add_index(&s, "outer", "index", NULL);
	add_index(&s, "empty", NULL);
	scenario_world(&s);
	assert_true(world_built(manifest_named(&s, "index")) == HOUR(-5));
	assert_true(world_built(manifest_named(&s, "outer")) == HOUR(-5));
	assert_true(world_built(manifest_named(&s, "undated")) == TIME_UNSET);
	assert_true(world_built(manifest_named(&s, "empty")) == TIME_UNSET);
	check_slice(manifest_named(&s, "index")->dating, "dated");
	check_slice(manifest_named(&s, "undated")->dating, "undated");
	scenario_release(&s);
}

/* The zero of an epoch is no date that counts. */
static void what_is_reproducible_has_no_date(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	dated(&s, "nix", "linux/amd64", 0)->dating = SLICE("reproducible");
	scenario_world(&s);
	assert_true(world_built(manifest_named(&s, "nix")) == TIME_UNSET);
	check_slice(manifest_named(&s, "nix")->dating, "reproducible");
	scenario_release(&s);
}

static void what_is_built_after_it_was_read_is_of_the_future(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	dated(&s, "clock", "linux/amd64", HOUR(0) + 5 * USEC_PER_MINUTE);
	dated(&s, "later", "linux/amd64", HOUR(1));
	add_index(&s, "index", "later", NULL);
	scenario_world(&s);
	check_slice(manifest_named(&s, "clock")->dating, "dated");
	check_slice(manifest_named(&s, "later")->dating, "future");
	check_slice(manifest_named(&s, "index")->dating, "future");
	scenario_release(&s);
}

static void the_latest_push_counts_and_reaches_members(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "amd", "linux/amd64", "a");
	add_image(&s, "arm", "linux/arm64", "b");
	add_index(&s, "index", "amd", "arm", NULL);
	add_event(&s, "push", "acme/web", "1", "index", HOUR(-5), "ci");
	add_event(&s, "push", "acme/web", "2", "index", HOUR(-9), "somebody");
	add_event(&s, "push", "acme/web", NULL, "arm", HOUR(-3), "mallory");
	add_event(&s, "pull", "acme/web", "1", "index", HOUR(-1), "reader");
	scenario_world(&s);
	assert_true(manifest_named(&s, "index")->pushed == HOUR(-5));
	check_slice(manifest_named(&s, "index")->pushed_by, "ci");
	assert_true(manifest_named(&s, "amd")->pushed == HOUR(-5));
	assert_true(manifest_named(&s, "arm")->pushed == HOUR(-3));
	check_slice(manifest_named(&s, "arm")->pushed_by, "mallory");
	scenario_release(&s);
}

static void a_push_of_a_tag_is_one_of_what_it_brought(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	add_image(&s, "web", "linux/amd64", "a");
	add_tag(&s, "acme/web", "1", "web", HOUR(0));
	add_event(&s, "push", "acme/web", "1", NULL, HOUR(-2), "ci");
	scenario_world(&s);
	assert_true(manifest_named(&s, "web")->pushed == HOUR(-2));
	check_slice(manifest_named(&s, "web")->pushed_by, "ci");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_of_an_index_are_those_of_its_newest_image),
		cmocka_unit_test(what_is_reproducible_has_no_date),
		cmocka_unit_test(what_is_built_after_it_was_read_is_of_the_future),
		cmocka_unit_test(the_latest_push_counts_and_reaches_members),
		cmocka_unit_test(a_push_of_a_tag_is_one_of_what_it_brought),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
