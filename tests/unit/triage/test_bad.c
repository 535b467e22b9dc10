#include "breach.h"

#define COLUMNS "workload digest why"

/* --- which digests an indicator means --- */

static void bad_index_is_met_by_each_of_its_images(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_index(&b, BAD_DIGEST, DIGEST_A, DIGEST_B, NULL);
	add_image(&b, DIGEST_A, "a", HOUR(-90));
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	add_running(&b, "other", "acme/other:1", DIGEST_C);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "web|" DIGEST_A "|executes now\n");
	assert_true(b.triage.bad_seen);
	breach_release(&b);
}

static void bad_image_is_met_by_the_index_that_holds_it_and_not_by_its_sisters(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_index(&b, DIGEST_A, BAD_DIGEST, DIGEST_B, NULL);
	add_image(&b, BAD_DIGEST, "a", HOUR(-90));
	add_image(&b, DIGEST_B, "b", HOUR(-90));
	add_running(&b, "by-index", "acme/web:1", DIGEST_A);
	add_running(&b, "sister", "acme/web:1", DIGEST_B);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "by-index|" DIGEST_A "|executes now\n");
	breach_release(&b);
}

static void config_digest_of_a_runtime_is_the_image(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_image(&b, BAD_DIGEST, "a", HOUR(-90))->config_digest = SLICE(DIGEST_C);
	add_running(&b, "old-runtime", "acme/web:1", DIGEST_C);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "old-runtime|" DIGEST_C "|executes now\n");
	breach_release(&b);
}

static void config_digest_as_an_indicator_means_its_image(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_image(&b, DIGEST_A, "a", HOUR(-90))->config_digest = SLICE(BAD_DIGEST);
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "web|" DIGEST_A "|executes now\n");
	breach_release(&b);
}

/* All artifacts without a config share the digest of "{}". */
static void layer_as_an_indicator_means_every_image_that_holds_it(void **state)
{
	(void)state;
	static struct slice layer = SLICE(BAD_DIGEST);
	for (int by_content = 0; by_content < 2; by_content++) {
		struct breach b;
		breach_init(&b);
		add_registry(&b, "docker.io");
		add_bad(&b, BAD_DIGEST);
		struct manifest *image = add_image(&b, DIGEST_A, "a", HOUR(-90));
		*(by_content ? &image->diff_ids : &image->layers) = (struct slice_list){ &layer, 1 };
		add_image(&b, DIGEST_C, "c", HOUR(-90));
		add_running(&b, "web", "acme/web:1", DIGEST_A);
		add_running(&b, "other", "acme/other:1", DIGEST_C);
		check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS, "web|" DIGEST_A "|executes now\n");
		breach_release(&b);
	}
}

static void artifacts_of_one_empty_config_are_not_one_image(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	struct manifest *artifact = add_image(&b, BAD_DIGEST, "", TIME_UNSET);
	artifact->kind = SLICE("artifact");
	artifact->config_digest = SLICE(DIGEST_C);
	add_running(&b, "web", "acme/web:1", DIGEST_C);
	assert_int_equal(breach_triage(&b)->sightings.len, 0);
	breach_release(&b);
}

/* --- what is built on it --- */

static void what_is_built_on_a_bad_image_is_told_with_the_image_below(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_image(&b, BAD_DIGEST, "ab", HOUR(-90));
	add_image(&b, DIGEST_A, "abc", HOUR(-80));
	add_image(&b, DIGEST_B, "abcd", HOUR(-70));
	add_image(&b, DIGEST_C, "xy", HOUR(-70));
	add_running(&b, "child", "acme/web:1", DIGEST_A);
	add_running(&b, "grandchild", "acme/api:1", DIGEST_B);
	add_running(&b, "stranger", "acme/db:1", DIGEST_C);
	const struct triage *t = breach_triage(&b);
	check_rows(t->sightings, &sighting_type, COLUMNS,
		   "child|" DIGEST_A "|built on a bad image; executes now\n"
		   "grandchild|" DIGEST_B "|built on a bad image; executes now\n");
	check_rows(t->images, &image_type, "repository bad built_on",
		   "acme/api|no|" BAD_DIGEST "\nacme/web|no|" BAD_DIGEST "\nacme/db|no|-\n");
	assert_int_equal(t->counts.built_on_bad, 2);
	check_rows(t->actions, &action_type, "rule subject why",
		   "contain_built|prod/shop Deployment/child|runs an image built on a bad one\n"
		   "contain_built|prod/shop Deployment/grandchild|runs an image built on a bad one\n");
	breach_release(&b);
}

static void index_that_holds_what_is_built_on_it_is_told_too(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_image(&b, BAD_DIGEST, "ab", HOUR(-90));
	add_image(&b, DIGEST_A, "abc", HOUR(-80));
	add_index(&b, DIGEST_D, DIGEST_A, NULL);
	add_running(&b, "by-index", "acme/web:1", DIGEST_D);
	check_rows(breach_triage(&b)->sightings, &sighting_type, COLUMNS,
		   "by-index|" DIGEST_D "|built on a bad image; executes now\n");
	breach_release(&b);
}

/* --- tags in a window, with the registry's word --- */

static void what_came_to_stand_under_a_bad_tag_in_its_window_is_bad_wherever_it_runs(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-100), HOUR(-10));
	add_tag(&b, "acme/web", "1", DIGEST_B, HOUR(-7), HOUR(-6));
	add_tag(&b, "acme/web", "1", DIGEST_C, HOUR(-3), HOUR(0));
	add_running(&b, "renamed", "quay.io/mirror/web:7", DIGEST_B);
	add_running(&b, "before", "quay.io/mirror/web:7", DIGEST_A);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "workload indicator",
		   "renamed|docker.io/acme/web:1 2025-11-23T03:13:20Z..2025-11-23T07:13:20Z\n");
	breach_release(&b);
}

/* Nobody looked between: it may have come in the window, and unknown is never clean. */
static void move_that_may_lie_in_the_window_counts(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-100), HOUR(-50));
	add_tag(&b, "acme/web", "1", DIGEST_B, HOUR(-1), HOUR(0));
	add_running(&b, "web", "quay.io/mirror/web:7", DIGEST_B);
	assert_int_equal(breach_triage(&b)->sightings.len, 1);
	breach_release(&b);
}

static void image_that_stood_before_the_window_is_not_bad_for_an_index_that_kept_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_index(&b, DIGEST_C, DIGEST_A, NULL);
	add_index(&b, DIGEST_D, DIGEST_A, DIGEST_B, NULL);
	add_tag(&b, "acme/web", "1", DIGEST_C, HOUR(-100), HOUR(-10));
	add_tag(&b, "acme/web", "1", DIGEST_D, HOUR(-7), HOUR(0));
	add_running(&b, "kept", "quay.io/mirror/web:7", DIGEST_A);
	add_running(&b, "added", "quay.io/mirror/web:7", DIGEST_B);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "workload", "added\n");
	breach_release(&b);
}

static void what_was_put_back_is_not_bad_and_nor_is_an_index_that_holds_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_image(&b, DIGEST_A, "a", HOUR(-400));
	add_index(&b, DIGEST_D, DIGEST_A, NULL);
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-100), HOUR(-10));
	add_tag(&b, "acme/web", "1", DIGEST_B, HOUR(-8), HOUR(-7));
	add_tag(&b, "acme/web", "1", DIGEST_A, HOUR(-6), HOUR(0));
	add_running(&b, "back", "quay.io/mirror/web:7", DIGEST_A);
	add_running(&b, "holds", "quay.io/mirror/web:7", DIGEST_D);
	add_running(&b, "between", "quay.io/mirror/web:7", DIGEST_B);
	check_rows(breach_triage(&b)->sightings, &sighting_type, "workload", "between\n");
	breach_release(&b);
}

static void template_whose_tag_points_to_something_bad_now_will_start_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_registry(&b, "docker.io");
	add_bad(&b, BAD_DIGEST);
	add_tag(&b, "acme/web", "1", BAD_DIGEST, HOUR(-7), HOUR(0));
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "nightly"), "acme/web:1");
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "other"), "acme/web:2");
	const struct triage *t = breach_triage(&b);
	check_rows(t->actions, &action_type, "rule subject why",
		   "hold|prod/shop CronJob/nightly|its next pod starts a bad image\n");
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_index_is_met_by_each_of_its_images),
		cmocka_unit_test(bad_image_is_met_by_the_index_that_holds_it_and_not_by_its_sisters),
		cmocka_unit_test(config_digest_of_a_runtime_is_the_image),
		cmocka_unit_test(config_digest_as_an_indicator_means_its_image),
		cmocka_unit_test(layer_as_an_indicator_means_every_image_that_holds_it),
		cmocka_unit_test(artifacts_of_one_empty_config_are_not_one_image),
		cmocka_unit_test(what_is_built_on_a_bad_image_is_told_with_the_image_below),
		cmocka_unit_test(index_that_holds_what_is_built_on_it_is_told_too),
		cmocka_unit_test(what_came_to_stand_under_a_bad_tag_in_its_window_is_bad_wherever_it_runs),
		cmocka_unit_test(move_that_may_lie_in_the_window_counts),
		cmocka_unit_test(image_that_stood_before_the_window_is_not_bad_for_an_index_that_kept_it),
		cmocka_unit_test(what_was_put_back_is_not_bad_and_nor_is_an_index_that_holds_it),
		cmocka_unit_test(template_whose_tag_points_to_something_bad_now_will_start_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
