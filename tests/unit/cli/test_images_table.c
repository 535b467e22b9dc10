#include "base/limits.h"
#include "cli/images_table.h"
#include "screen.h"

static int set_up(void **state)
{
	static struct screening s;
	screening_init(&s, NULL);
	*state = &s;
	return 0;
}

static int tear_down(void **state)
{
	screening_release(*state);
	return 0;
}

static struct slice_list one(struct screening *s, const char *text)
{
	struct slice *item = arena_zeroed(&s->session.arena, 1, sizeof *item);
	assert_non_null(item);
	*item = slice_of(text);
	return (struct slice_list){ item, 1 };
}

static struct image *add_image(struct screening *s, const char *repository, const char *digest)
{
	struct image *image = add_row(s, &s->triage.images, &image_type);
	image->registry = SLICE("docker.io");
	image->repository = slice_of(repository);
	image->digest = slice_of(digest);
	image->runs = image->ran = image->cached = 0;
	return image;
}

static const char *images(struct screening *s, size_t width)
{
	check_ok(images_table(s->triage.images, width, &s->session.arena, &s->output.text, &s->err), &s->err);
	return screen_text(s);
}

static void images_before_a_registry_was_read_have_no_columns_of_it(void **state)
{
	struct screening *s = *state;
	struct image *image = add_image(s, "acme/web", DIGEST_A);
	image->runs = 2;
	image->tags = one(s, "1");
	const char *text = images(s, 80);
	check_line(text, "IMAGE DIGEST RUNS RAN CACHED TAGS");
	check_line(text, "docker.io/acme/web aaaaaaaaaaaa 2 0 0 1");
}

static void images_are_told_with_their_dates_and_what_is_no_date(void **state)
{
	struct screening *s = *state;
	struct image *image = add_image(s, "acme/web", DIGEST_A);
	image->built = HOUR(0);
	image->dating = SLICE("dated");
	image->tags = one(s, "1");
	image->tags_now = one(s, "2");
	image->base = SLICE("docker.io/library/node:20");
	image->registry_state = SLICE("tagged");
	image = add_image(s, "acme/old", DIGEST_B);
	image->dating = SLICE("reproducible");
	const char *text = images(s, 200);
	check_line(text, "IMAGE DIGEST RUNS RAN CACHED BUILT TAGS BASE REGISTRY");
	check_line(text, "docker.io/acme/web aaaaaaaaaaaa 0 0 0 2026-11-20 2 docker.io/library/node:20 tagged");
	check_line(text, "docker.io/acme/old bbbbbbbbbbbb 0 0 0 epoch - - -");
}

static void tables_fit_the_terminal_and_say_what_gave_way(void **state)
{
	struct screening *s = *state;
	struct image *image = add_image(s, "a-team-with-a-long-name/and-a-service-with-one-too", DIGEST_A);
	image->built = HOUR(0);
	image->tags_now = one(s, "a-tag-that-is-long-as-well-2026-11-20");
	image->base = SLICE("docker.io/library/node:20-bookworm-slim");
	image->registry_state = SLICE("untagged");
	image->platforms = one(s, "linux/amd64");
	const char *text = images(s, 80);
	assert_non_null(strstr(text, "left out to fit 80"));
	for (struct slice rest = slice_of(text), line; slice_cut(rest, '\n', &line, &rest);)
		assert_true(line.len <= 80);
}

static void tag_is_told_with_both_ends_of_its_move(void **state)
{
	struct screening *s = *state;
	struct tag_row *tag = add_row(s, &s->triage.tags, &tag_row_type);
	tag->registry = SLICE("docker.io");
	tag->repository = SLICE("acme/web");
	tag->tag = SLICE("1.4");
	tag->state = SLICE("moved");
	tag->digest = SLICE(DIGEST_B);
	tag->digest_before = SLICE(DIGEST_A);
	tag->change = SLICE("layers on top");
	tag->moved_by = HOUR(1);
	tag->runs_now = 1;
	check_ok(tags_table(s->triage.tags, 200, &s->session.arena, &s->output.text, &s->err), &s->err);
	const char *text = screen_text(s);
	check_line(text, "TAG STATE NOW BEFORE CHANGE WHEN RUN");
	check_line(text, "docker.io/acme/web:1.4 moved bbbbbbbbbbbb aaaaaaaaaaaa layers on top 2026-11-20 01:00Z 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(images_before_a_registry_was_read_have_no_columns_of_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(images_are_told_with_their_dates_and_what_is_no_date, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(tables_fit_the_terminal_and_say_what_gave_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(tag_is_told_with_both_ends_of_its_move, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
