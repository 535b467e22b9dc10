#include "breach.h"

#define COLUMNS "rank repository tags bad runs ran cached"

static void images_of_the_scope_bad_ones_first_then_by_where_they_run(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_node(&b, "node-1");
	add_node_image(&b.world, "node-1", "acme/bad:1", BAD_DIGEST);
	add_running(&b, "one", "acme/one:1", DIGEST_A);
	add_running(&b, "two", "acme/two:1", DIGEST_B);
	add_running(&b, "two-more", "acme/two:1", DIGEST_B);
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "named"), "acme/named:1");
	check_rows(breach_triage(&b)->images, &image_type, COLUMNS " why",
		   "1|acme/bad|1|yes|0|0|1|an indicator names it\n"
		   "2|acme/two|1|no|2|0|0|runs, and comes from the breached registry\n"
		   "3|acme/one|1|no|1|0|0|runs, and comes from the breached registry\n"
		   "4|acme/named|1|no|0|0|0|named by a template or an event only\n");
	breach_release(&b);
}

static void what_ended_and_what_lies_cached_have_their_reasons(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_running(&b, "old", "acme/old:1", DIGEST_A)->state = SLICE("terminated");
	add_node(&b, "node-1");
	add_node_image(&b.world, "node-1", "acme/cold:1", DIGEST_B);
	check_rows(breach_triage(&b)->images, &image_type, "repository why",
		   "acme/old|ran, and comes from the breached registry\n"
		   "acme/cold|lies on nodes, ready to start\n");
	breach_release(&b);
}

static void scope_narrows_to_paths_below_the_repositories(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.repositories = texts(&b.world, "acme", NULL);
	add_running(&b, "a", "acme/web:1", DIGEST_A);
	add_running(&b, "b", "acmecorp/web:1", DIGEST_B);
	add_running(&b, "c", "ghcr.io/acme/web:1", DIGEST_A);
	add_running(&b, "d", "nginx:1", DIGEST_B);
	check_rows(breach_triage(&b)->images, &image_type, "registry repository", "docker.io|acme/web\n");
	breach_release(&b);
}

/* The same digest through a mirror is the same content: it is told though the mirror is not in the scope. */
static void bad_image_is_told_whatever_its_registry(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, BAD_DIGEST);
	add_running(&b, "a", "mirror.example/acme/web:1", BAD_DIGEST);
	add_running(&b, "b", "mirror.example/acme/other:1", DIGEST_A);
	check_rows(breach_triage(&b)->images, &image_type, "registry repository bad", "mirror.example|acme/web|yes\n");
	breach_release(&b);
}

static void image_is_bad_when_its_digest_was_seen_under_a_bad_tag(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad_tag(&b, "acme/web:1", HOUR(-9), HOUR(-5));
	add_running(&b, "web", "acme/web:1", DIGEST_A)->started = HOUR(-8);
	add_running(&b, "copy", "acme/renamed:7", DIGEST_A)->started = HOUR(-100);
	check_rows(breach_triage(&b)->images, &image_type, "repository bad", "acme/web|yes\nacme/renamed|yes\n");
	breach_release(&b);
}

/* A tag with two digests: what names only the tag would be a third line that says nothing. */
static void name_without_a_digest_is_left_out_where_its_digests_stand(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_running(&b, "new", "acme/web:1", DIGEST_A);
	add_running(&b, "old", "acme/web:1", DIGEST_B);
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "job"), "acme/web:1");
	add_template(&b.world, add_workload(&b.world, "shop", "CronJob", "job"), "acme/web:2");
	const struct triage *t = breach_triage(&b);
	check_rows(t->images, &image_type, "tags digest", "1|" DIGEST_A "\n1|" DIGEST_B "\n2|-\n");
	breach_release(&b);
}

/* But not where it is about to run: then it is more than a name. */
static void image_of_two_digests_that_runs_without_one_keeps_its_line(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_running(&b, "new", "acme/web:1", DIGEST_A);
	add_running(&b, "old", "acme/web:1", DIGEST_B);
	add_running(&b, "strange", "acme/web:1", NULL);
	check_rows(breach_triage(&b)->images, &image_type, "digest runs", "-|1\n" DIGEST_A "|1\n" DIGEST_B "|1\n");
	breach_release(&b);
}

static void images_without_digests_are_ordered_by_their_tags(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	static const char *const tags[] = { "acme/web:9", "acme/web:1", "acme/web:5" };
	for (size_t i = 0; i < 3; i++)
		add_template(&b.world, add_workload(&b.world, "shop", "CronJob", tags[i]), tags[i]);
	check_rows(breach_triage(&b)->images, &image_type, "rank tags", "1|1\n2|5\n3|9\n");
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_of_the_scope_bad_ones_first_then_by_where_they_run),
		cmocka_unit_test(what_ended_and_what_lies_cached_have_their_reasons),
		cmocka_unit_test(scope_narrows_to_paths_below_the_repositories),
		cmocka_unit_test(bad_image_is_told_whatever_its_registry),
		cmocka_unit_test(image_is_bad_when_its_digest_was_seen_under_a_bad_tag),
		cmocka_unit_test(name_without_a_digest_is_left_out_where_its_digests_stand),
		cmocka_unit_test(image_of_two_digests_that_runs_without_one_keeps_its_line),
		cmocka_unit_test(images_without_digests_are_ordered_by_their_tags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
