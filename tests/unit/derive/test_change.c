#include "derive/image_scene.h"

static void begin(struct scenario *s)
{
	scenario_init(s);
	add_registry(s, "docker.io", HOUR(0));
	static const struct {
		const char *name, *platform, *layers;
	} images[] = {
		{ "amd", "linux/amd64", "a b" },          { "amd-top", "linux/amd64", "a b evil" },
		{ "amd-other", "linux/amd64", "x y" },    { "arm", "linux/arm64/v8", "c d" },
		{ "arm-top", "linux/arm64/v8", "c d e" }, { "s390", "linux/s390x", "s" },
	};
	for (size_t i = 0; i < sizeof images / sizeof *images; i++)
		add_image(s, images[i].name, images[i].platform, images[i].layers);
}

static const char *change(struct scenario *s, const char *old, const char *new, const char **ret_platforms)
{
	struct slice text = SLICE_NONE;
	struct slice_list platforms = { 0 };
	struct error *err = NULL;
	check_ok(world_change(s->world, digest_for(s, old), digest_for(s, new), &text, &platforms, &err), &err);
	*ret_platforms = joined(s, platforms);
	return arena_printf(&s->arena, "%.*s", SLICE_ARG(text)).data;
}

static void indexes_are_compared_platform_by_platform(void **state)
{
	(void)state;
	struct scenario s;
	begin(&s);
	add_index(&s, "both", "amd", "arm", NULL);
	add_index(&s, "both-again", "arm", "amd", NULL);
	add_index(&s, "amd-moved", "amd-top", "arm", NULL);
	add_index(&s, "both-moved", "amd-other", "arm-top", NULL);
	add_index(&s, "more", "amd", "arm", "s390", NULL);
	add_index(&s, "unread", "amd", "nobody", NULL);
	add_index(&s, "nested", "both", NULL);
	add_index(&s, "empty", NULL);
	scenario_world(&s);
	static const struct {
		const char *old, *new, *change, *platforms;
	} cases[] = {
		{ "both", "both", "same", "" },
		{ "both", "both-again", "index only", "" },
		{ "both", "nested", "index only", "" },
		{ "both", "amd-moved", "layers on top", "linux/amd64: layers on top" },
		{ "amd-moved", "both", "layers taken away", "linux/amd64: layers taken away" },
		{ "both", "both-moved", "layers on top", "linux/amd64: other; linux/arm64/v8: layers on top" },
		{ "both", "more", "other", "linux/s390x: added" },
		{ "more", "both", "other", "linux/s390x: removed" },
		{ "both", "unread", "other", "unknown/unknown: added; linux/arm64/v8: removed" },
		{ "both", "nobody", "not known", "" },
		{ "nobody", "both", "not known", "" },
		{ "empty", "both", "other", "linux/amd64: added; linux/arm64/v8: added" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *platforms, *text = change(&s, cases[i].old, cases[i].new, &platforms);
		if (strcmp(text, cases[i].change) != 0 || strcmp(platforms, cases[i].platforms) != 0)
			fail_msg("%s to %s: %s (%s)", cases[i].old, cases[i].new, text, platforms);
	}
	scenario_release(&s);
}

static void images_are_compared_by_themselves(void **state)
{
	(void)state;
	struct scenario s;
	const char *platforms;
	begin(&s);
	scenario_world(&s);
	assert_string_equal(change(&s, "amd", "amd-top", &platforms), "layers on top");
	assert_string_equal(platforms, "");
	assert_string_equal(change(&s, "amd", "amd", &platforms), "same");
	scenario_release(&s);
}

/* A tag that held one image holds an index of it now, or the other way round. */
static void an_index_beside_an_image_is_compared_by_its_platform(void **state)
{
	(void)state;
	struct scenario s;
	const char *platforms;
	begin(&s);
	add_index(&s, "both", "amd", "arm", NULL);
	add_index(&s, "moved", "amd-top", "arm", NULL);
	scenario_world(&s);
	assert_string_equal(change(&s, "amd", "both", &platforms), "index only");
	assert_string_equal(change(&s, "both", "amd", &platforms), "index only");
	assert_string_equal(change(&s, "amd", "moved", &platforms), "layers on top");
	assert_string_equal(platforms, "linux/amd64: layers on top");
	scenario_release(&s);
}

/* What a member was not read of is not known, whatever the others are. */
static void a_member_that_was_not_read_is_not_known(void **state)
{
	(void)state;
	struct scenario s;
	const char *platforms;
	begin(&s);
	add_index(&s, "both", "amd", "arm", NULL);
	add_index(&s, "unread", "amd", NULL);
	struct index_member *member = add_record(&s, &index_member_type);
	member->index = digest_for(&s, "unread");
	member->digest = digest_for(&s, "nobody");
	member->ordinal = 1;
	member->os = SLICE("linux");
	member->architecture = SLICE("arm64"); /* without the variant */
	scenario_world(&s);
	assert_string_equal(change(&s, "both", "unread", &platforms), "not known");
	assert_string_equal(platforms, "linux/arm64: not known");
	scenario_release(&s);
}

static void attestations_are_no_platforms(void **state)
{
	(void)state;
	struct scenario s;
	const char *platforms;
	begin(&s);
	add_index(&s, "before", "amd", NULL);
	add_index(&s, "after", "amd", NULL);
	struct index_member *member = add_record(&s, &index_member_type);
	member->index = digest_for(&s, "after");
	member->digest = digest_for(&s, "attestation");
	member->ordinal = 1;
	member->attests = digest_for(&s, "amd");
	member->os = member->architecture = SLICE("unknown");
	scenario_world(&s);
	assert_string_equal(change(&s, "before", "after", &platforms), "index only");
	assert_string_equal(platforms, "");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indexes_are_compared_platform_by_platform),
		cmocka_unit_test(images_are_compared_by_themselves),
		cmocka_unit_test(an_index_beside_an_image_is_compared_by_its_platform),
		cmocka_unit_test(a_member_that_was_not_read_is_not_known),
		cmocka_unit_test(attestations_are_no_platforms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
