#include "derive/world_images.h"
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

static void bad_images_that_only_a_registry_holds_are_not_called_unseen(void **state)
{
	struct screening *s = *state;
	s->triage.counts.bad = 2;
	check_ok(screen_bad_images(&s->screen, &s->err), &s->err);
	check_screen(s, "\nBAD IMAGES   0 run   0 wait   0 ended   0 cached   0 pulled   0 in templates\n"
			" no cluster that was read has them: they lie in registries, see below\n");
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

/* As if a registry of the scope had been read. */
static void read_registry(struct screening *s)
{
	static struct world_images images;
	static struct world_source source;
	static struct read read;
	static void *sources[1];
	record_init(&read_type, &read);
	read.source_kind = SLICE("registry");
	read.outcome = SLICE("complete");
	source = (struct world_source){ .registry = SLICE("docker.io"), .is_registry = true, .read = &read };
	sources[0] = &source;
	images = (struct world_images){ .read = true, .sources = { .items = sources, .len = 1 } };
	s->world.images = &images;
}

static void images_are_told_with_what_puts_them_into_the_window_and_what_has_no_date(void **state)
{
	struct screening *s = *state;
	static struct slice dates[] = { SLICE("built"), SLICE("pushed") };
	read_registry(s);
	struct image *image = add_image(s, "acme/web", 3);
	image->built_on = SLICE(DIGEST_B);
	image->dating = SLICE("dated");
	image->built = HOUR(0);
	image->in_window = (struct slice_list){ dates, 2 };
	add_image(s, "acme/api", 0)->dating = SLICE("reproducible");
	s->triage.counts = (struct triage_counts){ .in_window = 1, .built_on_bad = 1, .dated = 1, .reproducible = 1 };
	check_ok(screen_images(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "IMAGES IN SCOPE 2, 1 run 1 in the window 0 bad 1 built on bad");
	check_line(text, "RUNS RAN CACHED BAD IMAGE BUILT IN WINDOW DIGEST");
	check_line(text, "3 0 0 BASE acme/web 2026-11-20 built, pushed aaaaaaaaaaaa");
	check_line(text, "0 0 0 acme/api epoch aaaaaaaaaaaa");
	check_line(text, "no date tells of 0 undated, 1 epoch (reproducible), 0 future, 0 not read");
}

static void tags_that_nobody_asked_for_are_not_known(void **state)
{
	struct screening *s = *state;
	check_ok(screen_tags(&s->screen, &s->err), &s->err);
	check_screen(s, "\nTAGS MOVED   not known: no registry was read (--read-registry)\n");
	read_registry(s);
	check_ok(screen_tags(&s->screen, &s->err), &s->err);
	check_screen(s, "\nTAGS MOVED   none in what was read\n");
}

static void moved_tags_are_told_with_what_changed_and_what_runs(void **state)
{
	struct screening *s = *state;
	struct tag_row *tag = add_row(s, &s->triage.tags, &tag_row_type);
	tag->registry = SLICE("docker.io");
	tag->repository = SLICE("acme/web");
	tag->tag = SLICE("1.4");
	tag->state = SLICE("put back");
	tag->change = SLICE("layers on top");
	tag->moved_by = HOUR(1);
	tag->runs_now = 2;
	tag->bad = BOOL_TRUE;
	tag->digest = SLICE(DIGEST_A);
	s->triage.counts = (struct triage_counts){ .tags_in_window = 1, .tags_put_back = 1, .tags_bad = 1 };
	check_ok(screen_tags(&s->screen, &s->err), &s->err);
	check_line(screen_text(s),
		   "TAGS MOVED no registry was read: 1 in the window, 1 since put back (no proof of clean) 1 bad");
	read_registry(s);
	check_ok(screen_tags(&s->screen, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "TAGS MOVED 1 in the window, 1 since put back (no proof of clean) 1 bad");
	check_line(text, "BAD, put back acme/web:1.4 layers on top 2026-11-20 01:00Z 2");
	for (struct slice rest = slice_of(text), line; slice_cut(rest, '\n', &line, &rest);)
		assert_true(line.len <= 80);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_indicators_there_is_nothing_to_look_for),
		TEST(indicators_that_were_not_seen),
		TEST(bad_images_that_only_a_registry_holds_are_not_called_unseen),
		TEST(replicas_of_a_workload_are_one_line),
		TEST(what_differs_has_a_line_of_its_own),
		TEST(template_of_what_runs_already_needs_no_line),
		TEST(many_places_are_cut_and_counted),
		TEST(images_of_the_scope_and_how_many_run),
		TEST(image_without_a_registry_is_called_as_it_was_written),
		TEST(no_image_in_scope_is_a_line_and_no_table),
		TEST(images_are_told_with_what_puts_them_into_the_window_and_what_has_no_date),
		TEST(tags_that_nobody_asked_for_are_not_known),
		TEST(moved_tags_are_told_with_what_changed_and_what_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
