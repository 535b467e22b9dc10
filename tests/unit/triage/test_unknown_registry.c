#include "breach.h"

#define COLUMNS "subject incomplete why fix"

/* The rows that are about registries and images, and no others. */
static void check_unknown(struct breach *b, const char *expected)
{
	struct unknown kept[16];
	size_t count = 0;
	const struct triage *t = breach_triage(b);
	const struct unknown *rows = t->unknown.items;
	for (size_t i = 0; i < t->unknown.len; i++)
		if (!slice_equal_text(rows[i].subject, "what executed") &&
		    !slice_equal_text(rows[i].subject, "copies outside Kubernetes") && count < 16)
			kept[count++] = rows[i];
	const struct record_list left = { kept, count };
	check_rows(left, &unknown_type, COLUMNS, expected);
}

/* With the workloads that its pods are of. */
static void init(struct breach *b)
{
	breach_init(b);
	add_workload(&b->world, "shop", "Deployment", "web");
	add_workload(&b->world, "shop", "Deployment", "gone");
}

static void registry_that_nobody_asked_is_told_with_what_would_tell(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	check_unknown(&b, "registry docker.io|no|not read: build dates, moved tags, pushes and pulls|"
			  "--read-registry; and look at its audit log for the window\n");
	assert_true(b.triage.complete);
	breach_release(&b);
}

static void registry_that_was_read_leaves_nothing_open(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Repository", "*", "complete");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	add_image(&b, DIGEST_A, "a", HOUR(-90));
	check_unknown(&b, "");
	assert_true(b.triage.complete);
	breach_release(&b);
}

static void registry_that_was_asked_and_failed_makes_the_answer_incomplete(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	struct read *read = add_registry(&b, "docker.io");
	read->outcome = SLICE("failed");
	read->why = SLICE("connection refused");
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	check_unknown(&b, "registry docker.io|yes|it could not be read: connection refused|--read-registry again\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

static void registry_of_no_concern_does_not_make_it_incomplete(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "quay.io")->outcome = SLICE("failed");
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	assert_true(breach_triage(&b)->complete);
	breach_release(&b);
}

/* Docker Hub never gives one: that alone is no failure. */
static void registry_without_a_catalog_says_which_repositories_are_open(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Repository", "*", "absent")->why = SLICE("the registry lists none");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
	check_unknown(&b, "other repositories of docker.io|no|it lists none: the registry lists none|"
			  "name them: --repository PATH\n");
	assert_true(b.triage.complete);
	breach_release(&b);
}

static void list_of_tags_that_was_refused_names_its_repository(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "forbidden")->why = SLICE("401 insufficient_scope");
	check_unknown(&b, "tags of docker.io/acme/web|yes|401 insufficient_scope|a login that may pull from it\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

/* Whoever reads it should not have to look for one: the clusters pull with it. */
static void a_login_that_clusters_hold_is_offered(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	struct read *read = add_registry(&b, "docker.io");
	read->outcome = SLICE("failed");
	read->why = SLICE("status 401");
	add_registry_list(&b, "docker.io", "Repository", "*", "forbidden");
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	check_unknown(&b, "registry docker.io|yes|it could not be read: status 401|a login that may pull from it\n");
	breach_release(&b);
	for (int failed = 0; failed < 2; failed++) {
		init(&b);
		read = add_registry(&b, "docker.io");
		read->outcome = failed ? SLICE("failed") : read->outcome;
		read->why = SLICE("status 401");
		add_registry_list(&b, "docker.io", "Repository", "*", failed ? "forbidden" : "complete");
		add_registry_list(&b, "docker.io", "Tag", "acme/web", "forbidden")->why = SLICE("status 401");
		struct secret *secret = add_secret(&b.world, "shop", "hub");
		secret->data_written = HOUR(-90);
		add_entry(&b.world, secret, "docker.io", "acme", "f1");
		check_unknown(&b, failed ? "registry docker.io|yes|it could not be read: status 401|"
					   "a login that may pull from it: --use-pull-secrets\n"
					 : "tags of docker.io/acme/web|yes|status 401|"
					   "a login that may pull from it: --use-pull-secrets\n");
		breach_release(&b);
	}
}

static void tags_that_were_limited_are_one_row_with_how_many_of_how_many(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
	static const char *const tags[] = { "1", "2", "3", "4" };
	for (size_t i = 0; i < 4; i++)
		add_tag(&b, "acme/web", tags[i], DIGEST_A, HOUR(-90), i < 2 ? HOUR(-20) : HOUR(0));
	add_image(&b, DIGEST_A, "a", HOUR(-90));
	add_answer(&b, "acme/web", "1", "limited")->why = SLICE("429 too many requests");
	add_answer(&b, "acme/web", "2", "limited")->why = SLICE("429 too many requests");
	add_answer(&b, "acme/web", DIGEST_B, "invalid")->why = SLICE("its digest is another one");
	add_answer(&b, "acme/web", "9", "absent");
	add_answer(&b, "other/web", "1", "failed");
	b.incident.repositories = texts(&b.world, "acme", NULL);
	check_unknown(&b, "2 of 4 tags of docker.io/acme/web|yes|429 too many requests|"
			  "--read-registry later, or with a login\n"
			  "image docker.io/acme/web@sha256:bbbbbbbbbbbb|yes|its digest is another one|"
			  "look at it by hand: it is not what its digest says\n");
	breach_release(&b);
}

/* That what a pod ran is gone is an answer; that what a tag points to is, is none. */
static void what_a_tag_points_to_and_is_not_there_is_named(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
	add_tag(&b, "acme/web", "1", DIGEST_B, HOUR(-90), HOUR(0));
	add_answer(&b, "acme/web", DIGEST_A, "absent");
	add_answer(&b, "acme/web", DIGEST_B, "absent")->why = SLICE("MANIFEST_UNKNOWN");
	check_unknown(&b, "image docker.io/acme/web@sha256:bbbbbbbbbbbb|yes|MANIFEST_UNKNOWN|"
			  "look at it by hand: the registry tells of it, and does not have it\n"
			  "dates and layers of 1 image|no|neither a registry nor a layout gave them: gone there, or "
			  "without a digest here|fother images: REGISTRY says why; a layout or archive would tell\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

static void images_without_a_date_are_told_and_leave_the_answer_whole(void **state)
{
	(void)state;
	struct breach b;
	init(&b);
	add_registry(&b, "docker.io");
	add_registry_list(&b, "docker.io", "Tag", "acme/web", "complete");
	add_running(&b, "web", "acme/web:1", DIGEST_A);
	add_image(&b, DIGEST_A, "a", TIME_UNSET);
	add_running(&b, "gone", "acme/web:1", DIGEST_B);
	check_unknown(&b, "when 1 image was built|no|"
			  "1 undated, 0 with an epoch (reproducible builds), 0 dated ahead of now|"
			  "their pushes and tags tell more; fother images lists them\n"
			  "dates and layers of 1 image|no|"
			  "neither a registry nor a layout gave them: gone there, or without a digest here|"
			  "fother images: REGISTRY says why; a layout or archive would tell\n");
	assert_true(b.triage.complete);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_that_nobody_asked_is_told_with_what_would_tell),
		cmocka_unit_test(registry_that_was_read_leaves_nothing_open),
		cmocka_unit_test(registry_that_was_asked_and_failed_makes_the_answer_incomplete),
		cmocka_unit_test(registry_of_no_concern_does_not_make_it_incomplete),
		cmocka_unit_test(registry_without_a_catalog_says_which_repositories_are_open),
		cmocka_unit_test(list_of_tags_that_was_refused_names_its_repository),
		cmocka_unit_test(a_login_that_clusters_hold_is_offered),
		cmocka_unit_test(tags_that_were_limited_are_one_row_with_how_many_of_how_many),
		cmocka_unit_test(what_a_tag_points_to_and_is_not_there_is_named),
		cmocka_unit_test(images_without_a_date_are_told_and_leave_the_answer_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
