#include "breach.h"

static void complete_read_leaves_what_no_dump_can_tell(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.registries = texts(&b.world, "docker.io", "ghcr.io", NULL);
	const struct triage *t = breach_triage(&b);
	check_rows(t->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "-|anything of docker.io|no\n-|anything of ghcr.io|no\n"
		   "-|registry docker.io|no\n-|registry ghcr.io|no\n-|what executed|no\n"
		   "-|copies outside Kubernetes|no\n");
	assert_true(t->complete);
	breach_release(&b);
}

static struct defect *add_file_defect(struct breach *b, const char *file, const char *code, const char *message)
{
	struct defect *defect = add_record(&b->world, &defect_type);
	defect->object_kind = SLICE("File");
	defect->namespace = SLICE("");
	defect->object = slice_of(file);
	defect->code = slice_of(code);
	defect->place = SLICE("byte 7");
	defect->message = slice_of(message);
	return defect;
}

static void partial_list_is_told_once_and_not_again_as_a_file(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct coverage *pods = coverage_of(&b.world, "Pod");
	pods->outcome = SLICE("partial");
	pods->why = SLICE("pods.json: the document ends early");
	add_file_defect(&b, "pods.json", "truncated", "the document ends early");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS " why",
		   "prod|some Pods|yes|pods.json: the document ends early\n"
		   "-|anything of docker.io|no|no login or image of it was read; is it spelled so? seen: none\n"
		   "-|registry docker.io|no|not read: build dates, moved tags, pushes and pulls\n"
		   "-|what executed|no|no node sensor: nothing known of processes\n"
		   "-|copies outside Kubernetes|no|CI variables, laptops, nodes, registry mirrors, backups\n");
	assert_false(b.triage.complete);
	breach_release(&b);
}

/* Told under its own name: the coverage of another file, of another cluster, or of a kind that was complete, is none.
 */
static void damaged_file_is_told_unless_a_partial_list_of_its_cluster_names_it(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	struct coverage *pods = coverage_of(&b.world, "Pod");
	pods->outcome = SLICE("partial");
	pods->why = SLICE("pods.json.gz: it is damaged");
	add_file_defect(&b, "pods.json", "truncated", "it ends early");
	add_cluster(&b.world, "stage", "22222222-bbbb");
	add_file_defect(&b, "pods.json.gz", "truncated", "it ends here, too");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|some Pods|yes\nprod|file pods.json|yes\nstage|file pods.json.gz|yes\n" UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void ignored_file_is_told_but_makes_nothing_incomplete(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_file_defect(&b, "notes.txt", "ignored", "no Kubernetes object in it");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "prod|file notes.txt|no\n" UNKNOWN_ALWAYS);
	assert_true(b.triage.complete);
	breach_release(&b);
}

/* Defects of objects are findings, not unknowns. */
static void defect_of_an_object_is_no_unknown_file(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_file_defect(&b, "hub", "bad_base64", "bad base64 at byte 4")->object_kind = SLICE("Secret");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS, UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void bad_files_cannot_be_matched_yet(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_bad(&b, "file:" DIGEST_A);
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS, "-|1 bad file|no\n" UNKNOWN_ALWAYS);
	add_bad(&b, "file:" DIGEST_B);
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS, "-|2 bad files|no\n" UNKNOWN_ALWAYS);
	breach_release(&b);
}

static void each_cluster_has_its_own_rows(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	add_cluster(&b.world, "stage", "22222222-bbbb");
	coverage_of(&b.world, "Node")->outcome = SLICE("absent");
	check_rows(breach_triage(&b)->unknown, &unknown_type, UNKNOWN_COLUMNS,
		   "stage|what lies cached on nodes|yes\n" UNKNOWN_ALWAYS);
	assert_false(b.triage.complete);
	breach_release(&b);
}

/* A mistyped registry must not look like a clean one. */
static void registry_of_which_nothing_was_read_is_told_with_those_that_were(void **state)
{
	(void)state;
	struct breach b;
	breach_init(&b);
	b.incident.registries = texts(&b.world, "docker.io", "ghrc.io", NULL);
	add_container(&b.world, add_pod(&b.world, "shop", "web", NULL, NULL), "acme/web:1", DIGEST_A);
	add_container(&b.world, add_pod(&b.world, "shop", "api", NULL, NULL), "ghcr.io/acme/api:1", DIGEST_B);
	const struct triage *t = breach_triage(&b);
	const struct unknown *row = row_with(t->unknown, &unknown_type, "subject", "anything of ghrc.io");
	check_slice(row->why, "no login or image of it was read; is it spelled so? seen: docker.io, ghcr.io");
	assert_int_equal(row->incomplete, BOOL_FALSE);
	assert_int_equal(t->unknown.len, 5);
	breach_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_read_leaves_what_no_dump_can_tell),
		cmocka_unit_test(partial_list_is_told_once_and_not_again_as_a_file),
		cmocka_unit_test(damaged_file_is_told_unless_a_partial_list_of_its_cluster_names_it),
		cmocka_unit_test(ignored_file_is_told_but_makes_nothing_incomplete),
		cmocka_unit_test(defect_of_an_object_is_no_unknown_file),
		cmocka_unit_test(bad_files_cannot_be_matched_yet),
		cmocka_unit_test(each_cluster_has_its_own_rows),
		cmocka_unit_test(registry_of_which_nothing_was_read_is_told_with_those_that_were),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
