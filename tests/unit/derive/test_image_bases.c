#include "derive/image_scene.h"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
}

static struct slice_list steps(struct scenario *s, const char *first, const char *second, const char *third)
{
	struct slice_list all = texts(s, first, second, third, NULL);
	return all;
}

static void check_base(struct scenario *s, const char *image, const char *base, enum base_proof proof)
{
	const struct world_manifest *manifest = manifest_named(s, image);
	if (base)
		assert_ptr_equal(manifest->base, manifest_named(s, base));
	else
		assert_null(manifest->base);
	assert_int_equal(manifest->base_proof, proof);
}

static bool is_built_on(struct scenario *s, const char *base, const char *image)
{
	const struct world_list *list = &manifest_named(s, base)->built_on_this;
	size_t found = 0;
	for (size_t i = 0; i < list->len; i++)
		found += list->items[i] == manifest_named(s, image);
	assert_true(found <= 1);
	return found;
}

static void the_longest_proper_part_of_the_layers_is_the_base(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d");
	add_image(&s, "node", "linux/amd64", "d n");
	add_image(&s, "app", "linux/amd64", "d n a b");
	add_image(&s, "same", "linux/amd64", "d n a b");
	add_image(&s, "alien", "linux/amd64", "x n a");
	scenario_world(&s);
	check_base(&s, "app", "node", BASE_LAYERS);
	check_base(&s, "same", "node", BASE_LAYERS); /* an equal one is no base */
	check_base(&s, "node", "debian", BASE_LAYERS);
	check_base(&s, "debian", NULL, BASE_NONE);
	check_base(&s, "alien", NULL, BASE_NONE); /* the layers are there, but not from the lowest on */
	assert_int_equal(manifest_named(&s, "app")->base_layers, 2);
	assert_true(is_built_on(&s, "debian", "app") && is_built_on(&s, "debian", "node"));
	assert_true(is_built_on(&s, "node", "same"));
	assert_false(is_built_on(&s, "node", "debian") || is_built_on(&s, "node", "alien"));
	assert_int_equal(manifest_named(&s, "app")->built_on_this.len, 0);
	scenario_release(&s);
}

/* A layer of data alone may be the same on all platforms. */
static void a_base_is_of_the_same_platform(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "amd", "linux/amd64", "data");
	add_image(&s, "arm", "linux/arm64/v8", "data");
	add_image(&s, "app-amd", "linux/amd64", "data a");
	add_image(&s, "app-arm", "linux/arm64/v8", "data b");
	add_image(&s, "app-ppc", "linux/ppc64le", "data c");
	scenario_world(&s);
	check_base(&s, "app-amd", "amd", BASE_LAYERS);
	check_base(&s, "app-arm", "arm", BASE_LAYERS);
	check_base(&s, "app-ppc", NULL, BASE_NONE);
	scenario_release(&s);
}

static void of_one_stack_the_named_then_the_older_then_the_official_is_the_base(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "a-untagged", "linux/amd64", "d");
	add_image(&s, "b-tagged", "linux/amd64", "d");
	add_image(&s, "app", "linux/amd64", "d a");
	add_tag(&s, "acme/base", "1", "b-tagged", HOUR(0));
	scenario_world(&s);
	check_base(&s, "app", "b-tagged", BASE_LAYERS);
	assert_true(is_built_on(&s, "a-untagged", "app")); /* it holds all of that, too */
	add_image(&s, "c-official", "linux/amd64", "d");
	add_tag(&s, "library/debian", "12", "c-official", HOUR(0));
	scenario_world(&s);
	check_base(&s, "app", "c-official", BASE_LAYERS);
	struct manifest *old = add_image(&s, "d-old", "linux/amd64", "d");
	old->dating = SLICE("dated");
	old->created = HOUR(-99);
	add_tag(&s, "acme/old", "1", "d-old", HOUR(0));
	scenario_world(&s);
	check_base(&s, "app", "d-old", BASE_LAYERS);
	assert_true(is_built_on(&s, "b-tagged", "app"));
	scenario_release(&s);
}

/* FROM debian; LABEL ... : no layer more. Its history tells that it is between. */
static void of_one_stack_the_one_with_more_of_the_history_is_nearer(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d")->history_steps = texts(&s, "h1", NULL);
	add_image(&s, "labelled", "linux/amd64", "d")->history_steps = texts(&s, "h1", "h2", NULL);
	add_image(&s, "app", "linux/amd64", "d a")->history_steps = steps(&s, "h1", "h2", "h3");
	add_image(&s, "direct", "linux/amd64", "d b")->history_steps = texts(&s, "h1", "h9", NULL);
	add_tag(&s, "library/debian", "12", "debian", HOUR(0));
	scenario_world(&s);
	check_base(&s, "app", "labelled", BASE_LAYERS);
	check_base(&s, "direct", "debian", BASE_LAYERS);
	scenario_release(&s);
}

static void a_base_is_not_younger_where_an_older_one_is_there(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	static const char *const names[] = { "young", "old", "app" };
	static const int hours[] = { -1, -9, -5 };
	for (int i = 0; i < 3; i++) {
		struct manifest *image = add_image(&s, names[i], "linux/amd64", i == 2 ? "d a" : "d");
		image->dating = SLICE("dated");
		image->created = HOUR(hours[i]);
	}
	add_tag(&s, "acme/base", "1", "young", HOUR(0));
	scenario_world(&s);
	check_base(&s, "app", "old", BASE_LAYERS);
	scenario_release(&s);
}

static void an_annotation_that_names_the_same_adds_to_the_proof(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "amd", "linux/amd64", "d");
	add_image(&s, "arm", "linux/arm64", "e");
	add_index(&s, "index", "amd", "arm", NULL);
	add_image(&s, "twin", "linux/amd64", "d");
	add_tag(&s, "acme/twin", "1", "twin", HOUR(0));
	/* By the digest of the index, of the member, or by a name that has moved since. */
	add_image(&s, "by-index", "linux/amd64", "d a")->base_digest = digest_for(&s, "index");
	add_image(&s, "by-digest", "linux/amd64", "d b")->base_digest = digest_for(&s, "amd");
	add_image(&s, "by-name", "linux/amd64", "d c")->base_name = SLICE("debian:12");
	add_tag(&s, "library/debian", "12", "index", HOUR(0))->last_seen = HOUR(1);
	add_tag(&s, "library/debian", "12", "other", HOUR(2))->last_seen = HOUR(3);
	scenario_world(&s);
	check_base(&s, "by-index", "amd", BASE_LAYERS_AND_ANNOTATION);
	check_base(&s, "by-digest", "amd", BASE_LAYERS_AND_ANNOTATION);
	assert_int_equal(manifest_named(&s, "by-name")->base_proof, BASE_LAYERS);
	scenario_release(&s);
}

static void a_name_proves_what_it_stood_at_once(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d");
	add_image(&s, "next", "linux/amd64", "e");
	add_image(&s, "app", "linux/amd64", "d c")->base_name = SLICE("debian:12");
	add_tag(&s, "library/debian", "12", "debian", HOUR(0))->last_seen = HOUR(1);
	add_tag(&s, "library/debian", "12", "next", HOUR(2))->last_seen = HOUR(3);
	scenario_world(&s);
	check_base(&s, "app", "debian", BASE_LAYERS_AND_ANNOTATION);
	struct slice name = world_base_name(s.world, manifest_named(&s, "app")), digest;
	assert_true(slice_cut(name, '@', &name, &digest));
	check_slice(name, "docker.io/library/debian");
	assert_true(slice_equal(digest, digest_for(&s, "debian")));
	scenario_release(&s);
}

static void an_annotation_that_names_another_disagrees(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d");
	add_image(&s, "ubuntu", "linux/amd64", "u");
	add_image(&s, "node", "linux/amd64", "d n");
	add_image(&s, "app", "linux/amd64", "d n a")->base_digest = digest_for(&s, "ubuntu");
	/* The base of its base: no word against it. */
	add_image(&s, "deep", "linux/amd64", "d n b")->base_digest = digest_for(&s, "debian");
	/* Not read: nobody can tell. */
	add_image(&s, "lost", "linux/amd64", "d n c")->base_digest = digest_for(&s, "nobody");
	scenario_world(&s);
	check_base(&s, "app", "node", BASE_DISAGREE);
	check_base(&s, "deep", "node", BASE_LAYERS);
	check_base(&s, "lost", "node", BASE_LAYERS);
	scenario_release(&s);
}

static void without_layers_an_annotation_is_a_claim(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d");
	add_image(&s, "squashed", "linux/amd64", "all")->base_digest = digest_for(&s, "debian");
	add_image(&s, "child", "linux/amd64", "all more");
	add_image(&s, "lost", "linux/amd64", "other")->base_name = SLICE("docker.io/library/alpine:3");
	scenario_world(&s);
	check_base(&s, "squashed", "debian", BASE_ANNOTATION);
	check_base(&s, "lost", NULL, BASE_ANNOTATION);
	check_slice(world_base_name(s.world, manifest_named(&s, "lost")), "docker.io/library/alpine:3");
	assert_true(is_built_on(&s, "debian", "squashed"));
	assert_true(is_built_on(&s, "debian", "child"));
	assert_int_equal(manifest_named(&s, "squashed")->base_layers, 0);
	scenario_release(&s);
}

static void claims_that_go_in_a_circle_end(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "a", "linux/amd64", "a")->base_digest = digest_for(&s, "b");
	add_image(&s, "b", "linux/amd64", "b")->base_digest = digest_for(&s, "a");
	add_image(&s, "self", "linux/amd64", "s")->base_digest = digest_for(&s, "self");
	scenario_world(&s);
	check_base(&s, "a", "b", BASE_ANNOTATION);
	check_base(&s, "b", "a", BASE_ANNOTATION);
	check_base(&s, "self", NULL, BASE_ANNOTATION);
	assert_true(is_built_on(&s, "a", "b") && is_built_on(&s, "b", "a"));
	scenario_release(&s);
}

static void squashed_layers_leave_the_history(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d e")->history_steps = texts(&s, "h1", "h2", NULL);
	add_image(&s, "squashed", "linux/amd64", "all")->history_steps = steps(&s, "h1", "h2", "h3");
	add_image(&s, "arm", "linux/arm64", "armed")->history_steps = steps(&s, "h1", "h2", "h3");
	/* One step is the same for all that a tool builds. */
	add_image(&s, "ko", "linux/amd64", "k")->history_steps = texts(&s, "k1", NULL);
	add_image(&s, "ko-app", "linux/amd64", "l")->history_steps = texts(&s, "k1", "k2", NULL);
	scenario_world(&s);
	check_base(&s, "squashed", "debian", BASE_HISTORY);
	check_base(&s, "arm", NULL, BASE_NONE);
	check_base(&s, "ko-app", NULL, BASE_NONE);
	assert_true(is_built_on(&s, "debian", "squashed"));
	scenario_release(&s);
}

static void what_is_no_image_or_was_not_read_has_no_base(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_image(&s, "debian", "linux/amd64", "d");
	add_image(&s, "attestation", "linux/amd64", "d x")->kind = SLICE("attestation");
	add_image(&s, "unread", "linux/amd64", "d y")->diff_ids = (struct slice_list){ 0 };
	struct manifest *broken = add_image(&s, "broken", "linux/amd64", "d z");
	((struct slice *)(uintptr_t)broken->diff_ids.items)[1] = SLICE_NONE;
	scenario_world(&s);
	check_base(&s, "attestation", NULL, BASE_NONE);
	check_base(&s, "unread", NULL, BASE_NONE);
	check_base(&s, "broken", NULL, BASE_NONE);
	assert_int_equal(manifest_named(&s, "debian")->built_on_this.len, 0);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_proper_part_of_the_layers_is_the_base),
		cmocka_unit_test(a_base_is_of_the_same_platform),
		cmocka_unit_test(of_one_stack_the_named_then_the_older_then_the_official_is_the_base),
		cmocka_unit_test(of_one_stack_the_one_with_more_of_the_history_is_nearer),
		cmocka_unit_test(a_base_is_not_younger_where_an_older_one_is_there),
		cmocka_unit_test(an_annotation_that_names_the_same_adds_to_the_proof),
		cmocka_unit_test(a_name_proves_what_it_stood_at_once),
		cmocka_unit_test(an_annotation_that_names_another_disagrees),
		cmocka_unit_test(without_layers_an_annotation_is_a_claim),
		cmocka_unit_test(claims_that_go_in_a_circle_end),
		cmocka_unit_test(squashed_layers_leave_the_history),
		cmocka_unit_test(what_is_no_image_or_was_not_read_has_no_base),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
