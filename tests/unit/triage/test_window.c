#include "breach.h"

/* Of the only image, which of its dates lie in the window from hour -10 to hour -5. */
static void check_dates(struct breach *b, const char *expected)
{
	check_rows(breach_triage(b)->images, &image_type, "in_window", expected);
	breach_release(b);
}

/* One that runs since long, so that no sight of it lies in the window; its registry was read. */
static struct manifest *add_long_running(struct breach *b)
{
	breach_init(b);
	add_registry(b, "docker.io");
	add_running(b, "web", "acme/web@" DIGEST_A, DIGEST_A)->started = HOUR(-500);
	return add_image(b, DIGEST_A, "a", HOUR(-400));
}

static void image_with_no_date_in_the_window_is_not_in_it(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	check_dates(&b, "none\n");
}

static void build_date_is_one_of_its_dates(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b)->created = HOUR(-7);
	check_dates(&b, "built\n");
}

static void history_may_tell_what_the_build_date_does_not(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b)->history_to = HOUR(-7);
	check_dates(&b, "history\n");
}

static void a_step_in_the_window_counts_where_others_came_before_and_after(void **state)
{
	(void)state;
	struct breach b;
	char text[TIME_TEXT_BYTES];
	struct slice between[] = { SLICE("no date"), slice_of(time_format(HOUR(-7), text)) };
	for (size_t dates = 1; dates <= 2; dates++) {
		struct manifest *manifest = add_long_running(&b);
		manifest->history_from = HOUR(-400);
		manifest->history_to = HOUR(-1);
		manifest->history_between = (struct slice_list){ between, dates };
		check_dates(&b, dates == 1 ? "none\n" : "history\n");
	}
}

static void a_date_that_is_claimed_of_the_future_is_none(void **state)
{
	(void)state;
	struct breach b;
	struct manifest *manifest = add_long_running(&b);
	manifest->created = manifest->history_to = HOUR(24 * 365);
	b.incident.window_to = TIME_UNSET;
	check_dates(&b, "none\n");
}

static void ends_of_the_window_belong_to_it(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b)->created = HOUR(-10);
	check_dates(&b, "built\n");
	add_long_running(&b)->created = HOUR(-5);
	check_dates(&b, "built\n");
	add_long_running(&b)->created = HOUR(-5) + 1;
	check_dates(&b, "none\n");
}

/* And the image that it pointed to before has a row of its own. */
static void tag_that_came_to_it_in_the_window(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	add_tag(&b, "acme/web", "1", DIGEST_B, HOUR(-90), HOUR(-20));
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-7), HOUR(0));
	check_dates(&b, "tag moved\nnone\n");
}

/* Where a tag was found first it need not have come in that hour. */
static void first_sight_of_a_tag_is_no_move(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-7), HOUR(0));
	check_dates(&b, "none\n");
}

static struct registry_event *add_event(struct breach *b, const char *action, int64_t time)
{
	struct registry_event *event = add_record(&b->world, &registry_event_type);
	event->registry = SLICE("docker.io");
	event->repository = SLICE("acme/web");
	event->digest = SLICE(DIGEST_A);
	event->action = slice_of(action);
	event->time = time;
	return event;
}

static void push_that_a_registry_tells_of(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	add_event(&b, "push", HOUR(-7));
	check_dates(&b, "pushed\n");
}

static void push_in_the_window_counts_when_it_was_pushed_again_later(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	add_event(&b, "push", HOUR(-7));
	add_event(&b, "push", HOUR(-1));
	check_dates(&b, "pushed\n");
}

static void pull_that_a_registry_tells_of(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b);
	add_event(&b, "pull", HOUR(-7));
	add_event(&b, "pull", HOUR(-70));
	check_dates(&b, "pulled\n");
	add_long_running(&b);
	add_event(&b, "pull", HOUR(-70));
	check_dates(&b, "none\n");
}

static void pod_that_started_in_the_window_was_seen_in_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_running(&b, "web", "acme/web@" DIGEST_A, DIGEST_A)->started = HOUR(-7);
	const struct image *image = breach_triage(&b)->images.items;
	assert_true(slice_list_has(image->in_window, SLICE("first seen")));
	breach_release(&b);
}

/* What a first look finds may be older than the window; what a second one finds anew is not. */
static void first_look_at_a_repository_dates_nothing(void **state)
{
	(void)state;
	struct breach b;
	for (int before = 0; before < 2; before++) {
		breach_init(&b);
		add_image(&b, DIGEST_A, "a", HOUR(-400));
		if (before) {
			add_registry(&b, "docker.io")->as_of = HOUR(-20);
			add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
		}
		add_registry(&b, "docker.io")->as_of = HOUR(-7);
		add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
		add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-7), HOUR(-7));
		check_dates(&b, before ? "first seen\n" : "none\n");
	}
}

static void first_look_at_a_node_dates_nothing(void **state)
{
	(void)state;
	struct breach b;
	for (int before = 0; before < 2; before++) {
		breach_init(&b);
		add_registry(&b, "docker.io");
		add_image(&b, DIGEST_A, "a", HOUR(-400));
		if (before)
			add_read(&b.world, HOUR(-20));
		add_read(&b.world, HOUR(-7));
		add_node(&b, "n1");
		struct node_image *image = add_record(&b.world, &node_image_type);
		image->node = SLICE("n1");
		image->image = SLICE("docker.io/acme/web@" DIGEST_A);
		image->digest = SLICE(DIGEST_A);
		check_dates(&b, before ? "first seen\n" : "none\n");
	}
}

static void index_is_in_the_window_with_one_of_its_images(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_running(&b, "web", "acme/web@" DIGEST_D, DIGEST_D)->started = HOUR(-500);
	add_index(&b, DIGEST_D, DIGEST_A, DIGEST_B, NULL);
	add_image(&b, DIGEST_A, "a", HOUR(-400));
	add_image(&b, DIGEST_B, "b", HOUR(-400))->history_from = HOUR(-7);
	check_rows(breach_triage(&b)->images, &image_type, "digest in_window", DIGEST_D "|history\n");
	breach_release(&b);
}

static void without_a_window_nothing_is_in_it(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b)->created = HOUR(-7);
	b.incident.window_from = b.incident.window_to = TIME_UNSET;
	check_dates(&b, "-\n");
}

static void open_window_has_no_end(void **state)
{
	(void)state;
	struct breach b;
	add_long_running(&b)->created = HOUR(-1);
	b.incident.window_to = TIME_UNSET;
	check_dates(&b, "built\n");
}

static void images_without_a_date_are_counted_by_what_they_lack(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	static const char *const digests[] = { DIGEST_A, DIGEST_B, DIGEST_C };
	static const char *const datings[] = { "undated", "reproducible", "dated" };
	for (size_t i = 0; i < 3; i++) {
		add_running(&b, datings[i], "acme/web:1", digests[i]);
		add_image(&b, digests[i], "a", TIME_UNSET)->dating = slice_of(datings[i]);
	}
	((struct manifest *)b.world.records[b.world.len - 1].record)->created = HOUR(900);
	add_running(&b, "unread", "acme/web:1", DIGEST_D);
	const struct triage *t = breach_triage(&b);
	assert_int_equal(t->counts.undated, 1);
	assert_int_equal(t->counts.reproducible, 1);
	assert_int_equal(t->counts.future, 1);
	assert_int_equal(t->counts.not_read, 1);
	assert_int_equal(t->counts.dated, 0);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_with_no_date_in_the_window_is_not_in_it),
		cmocka_unit_test(build_date_is_one_of_its_dates),
		cmocka_unit_test(history_may_tell_what_the_build_date_does_not),
		cmocka_unit_test(a_step_in_the_window_counts_where_others_came_before_and_after),
		cmocka_unit_test(a_date_that_is_claimed_of_the_future_is_none),
		cmocka_unit_test(ends_of_the_window_belong_to_it),
		cmocka_unit_test(tag_that_came_to_it_in_the_window),
		cmocka_unit_test(first_sight_of_a_tag_is_no_move),
		cmocka_unit_test(push_that_a_registry_tells_of),
		cmocka_unit_test(push_in_the_window_counts_when_it_was_pushed_again_later),
		cmocka_unit_test(pull_that_a_registry_tells_of),
		cmocka_unit_test(pod_that_started_in_the_window_was_seen_in_it),
		cmocka_unit_test(first_look_at_a_repository_dates_nothing),
		cmocka_unit_test(first_look_at_a_node_dates_nothing),
		cmocka_unit_test(index_is_in_the_window_with_one_of_its_images),
		cmocka_unit_test(without_a_window_nothing_is_in_it),
		cmocka_unit_test(open_window_has_no_end),
		cmocka_unit_test(images_without_a_date_are_counted_by_what_they_lack),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
