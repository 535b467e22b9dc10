#include "screen.h"

static int set_up(void **state)
{
	static struct screening s;
	static const struct slice indicator = SLICE(DIGEST_A);
	screening_init(&s, NULL);
	s.triage.incident.indicators = (struct slice_list){ &indicator, 1 };
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	screening_release(*state);
	return 0;
}

static void without_indicators_there_is_nothing_to_look_for(void **state)
{
	struct screening *s = *state;
	s->triage.incident.indicators.len = 0;
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	check_screen(s, "\nBAD IMAGES   no --bad given: nothing to look for\n");
}

static void indicators_that_were_not_seen(void **state)
{
	struct screening *s = *state;
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	check_screen(s, "\nBAD IMAGES   0 run   0 wait   0 ended   0 cached   0 pulled   0 in templates\n"
			" not seen in what was read\n");
}

/* From the first to the last of them, whatever order they come in; times that are not known tell nothing. */
static void replicas_of_a_workload_are_one_line(void **state)
{
	struct screening *s = *state;
	static const int64_t times[][2] = {
		{ HOUR(5), HOUR(7) }, { TIME_UNSET, TIME_UNSET }, { HOUR(2), HOUR(6) }, { HOUR(4), HOUR(9) }
	};
	for (size_t i = 0; i < 4; i++) {
		struct sighting *row = add_sighting(s, "runs", "web", DIGEST_A);
		row->from_time = times[i][0];
		row->to_time = times[i][1];
		row->image = SLICE("acme/web:1");
	}
	s->output.width = 200;
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "BAD IMAGES 1 run 0 wait 0 ended 0 cached 0 pulled 0 in templates");
	check_line(text, "runs prod/shop Deployment/web acme/web:1 aaaaaaaaaaaa 4 2026-11-20 02:00Z 2026-11-20 09:00Z "
			 "pod status");
}

static void what_differs_has_a_line_of_its_own(void **state)
{
	struct screening *s = *state;
	add_sighting(s, "runs", "web", DIGEST_A);
	add_sighting(s, "runs", "web", DIGEST_B);
	add_sighting(s, "runs", "api", DIGEST_A);
	add_sighting(s, "runs", "web", DIGEST_A)->namespace = SLICE("test");
	add_sighting(s, "runs", "web", DIGEST_A)->workload_kind = SLICE("Job");
	add_sighting(s, "runs", "web", DIGEST_A)->cluster = SLICE("stage");
	add_sighting(s, "ran", "web", DIGEST_A);
	/* Caches are told apart by their nodes, workloads are not. */
	add_sighting(s, "cached", NULL, DIGEST_A);
	add_sighting(s, "cached", NULL, DIGEST_A)->node = SLICE("n2");
	add_sighting(s, "runs", "web", DIGEST_A)->node = SLICE("n2");
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	assert_non_null(strstr(text, "BAD IMAGES   6 run   0 wait   1 ended   2 cached   0 pulled   0 in templates\n"));
	assert_non_null(strstr(text, "node n1"));
	assert_non_null(strstr(text, "node n2"));
}

static void template_of_what_runs_already_needs_no_line(void **state)
{
	struct screening *s = *state;
	add_sighting(s, "runs", "web", DIGEST_A);
	add_sighting(s, "template", "web", NULL);
	add_sighting(s, "template", "nightly", NULL);
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	assert_non_null(strstr(text, "BAD IMAGES   1 run   0 wait   0 ended   0 cached   0 pulled   1 in templates\n"));
	assert_non_null(strstr(text, "Deployment/nightly"));
}

static void many_places_are_cut_and_counted(void **state)
{
	struct screening *s = *state;
	for (int i = 0; i < 20; i++) {
		struct slice name = arena_printf(&s->session.arena, "web-%02d", i);
		add_sighting(s, "runs", name.data, DIGEST_A);
	}
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	assert_non_null(strstr(text, "Deployment/web-14"));
	assert_null(strstr(text, "Deployment/web-15"));
	assert_true(slice_ends_with(slice_of(text), "  and 5 more: -o wide shows all\n"));
	s->screen.wide = true;
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	assert_non_null(strstr(screen_text(s), "Deployment/web-19"));
}

static struct image *add_image(struct screening *s, const char *repository, int64_t runs)
{
	struct image *row = add_row(s, &s->triage.images, &image_type);
	row->registry = SLICE("docker.io");
	row->repository = slice_of(repository);
	row->digest = SLICE(DIGEST_A);
	row->runs = runs;
	row->ran = row->cached = 0;
	return row;
}

static void images_of_the_scope_and_how_many_run(void **state)
{
	struct screening *s = *state;
	static const struct slice tags[] = { SLICE("1"), SLICE("latest") };
	struct image *bad = add_image(s, "acme/web", 3);
	bad->bad = BOOL_TRUE;
	bad->tags = (struct slice_list){ tags, 2 };
	add_image(s, "acme/api", 0)->digest = SLICE_NONE;
	check_ok(screen_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	assert_true(slice_starts_with(slice_of(text), "\nIMAGES IN SCOPE   2, of which 1 run; "));
	check_line(text, "3 0 0 BAD docker.io/acme/web 1,latest aaaaaaaaaaaa");
	check_line(text, "0 0 0 docker.io/acme/api -");
}

/* A bad digest under a name that nobody can parse. */
static void image_without_a_registry_is_called_as_it_was_written(void **state)
{
	struct screening *s = *state;
	struct sighting *seen = add_sighting(s, "runs", "web", DIGEST_A);
	seen->image = SLICE("Not An Image");
	struct image *image = add_image(s, NULL, 1);
	image->registry = SLICE_NONE;
	image->sightings = s->triage.sightings;
	check_ok(screen_images(&s->screen, &s->err), &s->err);
	check_line(screen_text(s), "1 0 0 Not An Image aaaaaaaaaaaa");
}

static void no_image_in_scope_is_a_line_and_no_table(void **state)
{
	struct screening *s = *state;
	check_ok(screen_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	assert_true(slice_starts_with(slice_of(text), "\nIMAGES IN SCOPE   0, of which 0 run; "));
	assert_null(strstr(text, "TAGS"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_indicators_there_is_nothing_to_look_for),
		TEST(indicators_that_were_not_seen),
		TEST(replicas_of_a_workload_are_one_line),
		TEST(what_differs_has_a_line_of_its_own),
		TEST(template_of_what_runs_already_needs_no_line),
		TEST(many_places_are_cut_and_counted),
		TEST(images_of_the_scope_and_how_many_run),
		TEST(image_without_a_registry_is_called_as_it_was_written),
		TEST(no_image_in_scope_is_a_line_and_no_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
