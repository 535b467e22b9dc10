#include "derive/image_scene.h"

static struct repository row_of(struct scenario *s, const char *repository)
{
	struct record_list rows = { 0 };
	struct error *err = NULL;
	check_ok(world_repository_rows(s->world, &rows, &err), &err);
	for (size_t i = 0; i < rows.len; i++) {
		const struct repository *row = &((const struct repository *)rows.items)[i];
		if (slice_equal_text(row->repository, repository))
			return *row;
	}
	fail_msg("no row of %s", repository);
	return (struct repository){ 0 };
}

static void check_row(bool without_layers)
{
	struct scenario s;
	scenario_init(&s);
	s.options.without_layers = without_layers;
	add_registry(&s, "docker.io", HOUR(4));
	add_lists(&s, "acme/web", "complete");
	struct manifest *amd = add_image(&s, "amd", "linux/amd64", "a");
	amd->dating = SLICE("dated");
	amd->created = HOUR(-3);
	add_image(&s, "arm", "linux/arm64", "b");
	add_index(&s, "index", "amd", "arm", NULL);
	add_image(&s, "elsewhere", "linux/amd64", "z");
	add_tag(&s, "acme/web", "1", "index", HOUR(4));
	add_tag(&s, "acme/web", "2", "index", HOUR(4));
	add_tag(&s, "acme/web", "gone", "index", HOUR(1))->gone = BOOL_TRUE;
	add_event(&s, "push", "acme/web", "1", "index", HOUR(-2), "ci");
	add_answer(&s, "acme/web", digest_for(&s, "elsewhere"), "absent");
	scenario_world(&s);
	struct repository row = row_of(&s, "acme/web");
	check_slice(row.registry, "docker.io");
	assert_int_equal(row.images, 1);
	assert_int_equal(row.tags, 2);
	assert_int_equal(row.manifests, 3);
	assert_true(row.newest == HOUR(-3) && row.pushed == HOUR(-2) && row.read == HOUR(4));
	check_slice(row.outcome, "complete");
	scenario_release(&s);
}

static void a_row_tells_what_the_repository_holds(void **state)
{
	(void)state;
	check_row(false);
}

static void it_is_known_without_layers_too(void **state)
{
	(void)state;
	check_row(true);
}

static void what_was_not_asked_is_unknown(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	start_pod(&s, "p1", "acme/web:1", digest_for(&s, "amd"), HOUR(-1));
	scenario_world(&s);
	struct repository row = row_of(&s, "acme/web");
	assert_int_equal(row.images, 1);
	assert_int_equal(row.tags, INT_UNKNOWN);
	assert_int_equal(row.manifests, INT_UNKNOWN);
	assert_true(row.read == TIME_UNSET);
	assert_null(row.outcome.data);
	scenario_release(&s);
}

static void the_worse_of_the_two_lists_is_told(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(1));
	add_list(&s, "Tag", "acme/web", NULL, "complete");
	add_list(&s, "Manifest", "acme/web", NULL, "partial")->why = SLICE("2 were refused");
	add_list(&s, "Tag", "acme/api", NULL, "forbidden")->why = SLICE("401");
	scenario_world(&s);
	check_slice(row_of(&s, "acme/web").outcome, "partial");
	check_slice(row_of(&s, "acme/web").why, "2 were refused");
	check_slice(row_of(&s, "acme/api").outcome, "forbidden");
	assert_int_equal(row_of(&s, "acme/api").tags, INT_UNKNOWN);
	assert_int_equal(row_of(&s, "acme/web").tags, 0);
	scenario_release(&s);
}

static void a_layout_is_told_by_the_names_in_it(void **state)
{
	(void)state;
	struct scenario s;
	struct record_list rows = { 0 };
	struct error *err = NULL;
	scenario_init(&s);
	add_layout(&s, "saved", HOUR(1));
	add_lists(&s, "acme/web", "complete");
	add_tag(&s, "acme/web", "1", "web", HOUR(1));
	scenario_world(&s);
	check_ok(world_repository_rows(s.world, &rows, &err), &err);
	assert_int_equal(rows.len, 1);
	check_slice(((const struct repository *)rows.items)->registry, "docker.io");
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_tells_what_the_repository_holds),
		cmocka_unit_test(it_is_known_without_layers_too),
		cmocka_unit_test(what_was_not_asked_is_unknown),
		cmocka_unit_test(the_worse_of_the_two_lists_is_told),
		cmocka_unit_test(a_layout_is_told_by_the_names_in_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
