#include "breach.h"

#define COLUMNS "tag state why"

static struct breach *with_registry(void)
{
	static struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	return &b;
}

static void move(struct breach *b, const char *tag, const char *from, const char *to, int64_t when)
{
	add_tag(b, "acme/web", tag, from, HOUR(-90), when - USEC_PER_HOUR);
	add_tag(b, "acme/web", tag, to, when, HOUR(0));
}

static void each_class_stands_before_the_next(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	add_bad(b, BAD_DIGEST);
	move(b, "other-time", DIGEST_A, DIGEST_B, HOUR(-30));
	add_tag(b, "acme/web", "went", DIGEST_A, HOUR(-90), HOUR(-9))->gone = BOOL_TRUE;
	move(b, "moved", DIGEST_A, DIGEST_B, HOUR(-7));
	add_tag(b, "acme/web", "back", DIGEST_A, HOUR(-90), HOUR(-9));
	add_tag(b, "acme/web", "back", DIGEST_C, HOUR(-8), HOUR(-8));
	add_tag(b, "acme/web", "back", DIGEST_A, HOUR(-7), HOUR(0));
	move(b, "runs", DIGEST_A, DIGEST_D, HOUR(-7));
	add_image(b, DIGEST_D, "d", HOUR(-90));
	add_running(b, "web", "acme/web:runs", DIGEST_D);
	move(b, "was-bad", BAD_DIGEST, DIGEST_B, HOUR(-30));
	move(b, "is-bad", DIGEST_A, BAD_DIGEST, HOUR(-30));
	add_tag(b, "acme/web", "stands", DIGEST_A, HOUR(-90), HOUR(0));
	const struct triage *t = breach_triage(b);
	check_rows(t->tags, &tag_row_type, "rank " COLUMNS,
		   "1|is-bad|moved|points to a bad image\n"
		   "2|was-bad|moved|pointed to a bad image\n"
		   "3|runs|moved|moved in the window, 1 replica runs it\n"
		   "4|back|put back|moved in the window, put back: no proof of clean\n"
		   "5|moved|moved|moved in the window\n"
		   "6|went|deleted|deleted in the window, or since it was seen last\n"
		   "7|other-time|moved|not in the window\n");
	assert_int_equal(t->counts.tags_in_window, 4);
	assert_int_equal(t->counts.tags_put_back, 1);
	breach_release(b);
}

static void moved_tag_that_runs_is_to_be_checked(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	move(b, "1", DIGEST_A, DIGEST_B, HOUR(-7));
	move(b, "idle", DIGEST_A, DIGEST_B, HOUR(-7));
	add_image(b, DIGEST_B, "b", HOUR(-90));
	add_running(b, "web", "acme/web:1", DIGEST_B);
	check_rows(breach_triage(b)->actions, &action_type, "rule action subject why",
		   "moved|check|tag docker.io/acme/web:1|moved in the window, 1 replica runs it\n");
	breach_release(b);
}

/* Nothing runs what was pushed over it, yet. */
static void moved_tag_that_the_next_pod_pulls_is_to_be_checked(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	move(b, "1", DIGEST_A, DIGEST_B, HOUR(-7));
	add_image(b, DIGEST_A, "a", HOUR(-400));
	add_image(b, DIGEST_B, "ab", HOUR(-90));
	add_running(b, "web", "acme/web:1", DIGEST_A)->started = HOUR(-80);
	check_rows(breach_triage(b)->actions, &action_type, "rule action subject why",
		   "moved|check|tag docker.io/acme/web:1|layers on top: the next pod of 1 replica starts it\n");
	breach_release(b);
}

static void tag_that_was_bad_and_put_back_is_no_proof_of_clean(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	add_bad(b, BAD_DIGEST);
	add_tag(b, "acme/web", "1", DIGEST_A, HOUR(-90), HOUR(-9));
	add_tag(b, "acme/web", "1", BAD_DIGEST, HOUR(-8), HOUR(-8));
	add_tag(b, "acme/web", "1", DIGEST_A, HOUR(-7), HOUR(0));
	check_rows(breach_triage(b)->tags, &tag_row_type, COLUMNS " bad in_window",
		   "1|put back|was bad and was put back: no proof of clean|yes|yes\n");
	breach_release(b);
}

/* Between two sights it moved, nobody knows when: it may be in the window. */
static void move_that_may_lie_in_the_window_is_in_it(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	add_tag(b, "acme/web", "1", DIGEST_A, HOUR(-90), HOUR(-50));
	add_tag(b, "acme/web", "1", DIGEST_B, HOUR(-1), HOUR(0));
	check_rows(breach_triage(b)->tags, &tag_row_type, "tag in_window", "1|yes\n");
	breach_release(b);
}

static void replicas_that_run_what_it_pointed_to_before_are_told(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	move(b, "1", DIGEST_A, DIGEST_B, HOUR(-7));
	add_image(b, DIGEST_A, "a", HOUR(-90));
	add_running(b, "web", "acme/web:1", DIGEST_A)->started = HOUR(-80);
	check_rows(breach_triage(b)->tags, &tag_row_type, COLUMNS " runs_now runs_other",
		   "1|moved|moved in the window, 1 replica runs another|0|1\n");
	breach_release(b);
}

static void tags_of_other_repositories_are_told_only_where_bad(void **state)
{
	(void)state;
	struct breach *b = with_registry();
	add_bad(b, BAD_DIGEST);
	b->incident.repositories = texts(&b->world, "acme/db", NULL);
	move(b, "1", DIGEST_A, DIGEST_B, HOUR(-7));
	move(b, "2", DIGEST_A, BAD_DIGEST, HOUR(-7));
	check_rows(breach_triage(b)->tags, &tag_row_type, "tag", "2\n");
	breach_release(b);
}

/* A pod that was started by its name tells where it pointed then, not that it moved. */
static void tag_that_only_pods_tell_of_is_no_row_until_two_of_them_differ(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_image(&b, BAD_DIGEST, "a", HOUR(-400));
	add_image(&b, DIGEST_A, "b", HOUR(-400));
	add_running(&b, "one", "acme/web:1", BAD_DIGEST)->started = HOUR(-90);
	assert_int_equal(breach_triage(&b)->tags.len, 0);
	add_running(&b, "two", "acme/web:1", DIGEST_A)->started = HOUR(-7);
	assert_int_equal(breach_triage(&b)->tags.len, 1);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_stands_before_the_next),
		cmocka_unit_test(moved_tag_that_runs_is_to_be_checked),
		cmocka_unit_test(moved_tag_that_the_next_pod_pulls_is_to_be_checked),
		cmocka_unit_test(tag_that_was_bad_and_put_back_is_no_proof_of_clean),
		cmocka_unit_test(move_that_may_lie_in_the_window_is_in_it),
		cmocka_unit_test(replicas_that_run_what_it_pointed_to_before_are_told),
		cmocka_unit_test(tag_that_only_pods_tell_of_is_no_row_until_two_of_them_differ),
		cmocka_unit_test(tags_of_other_repositories_are_told_only_where_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
