#include "fixture.h"

static struct finding finding_of(const char *cluster, const char *subject, const char *severity)
{
	struct finding finding;
	record_init(&finding_type, &finding);
	finding.rule = SLICE("pull-key-dead");
	finding.cluster = slice_of(cluster);
	finding.subject_kind = SLICE("Secret");
	finding.namespace = SLICE("shop");
	finding.subject = slice_of(subject);
	finding.place = SLICE("docker.io");
	finding.severity = slice_of(severity);
	return finding;
}

static void replace(struct fixture *f, const struct finding *findings, size_t count, int64_t as_of)
{
	check_ok(store_findings_replace(f->store, findings, count, 3, as_of, &f->err), &f->err);
}

static const struct finding *find(struct fixture *f, const char *subject)
{
	struct store_where where = { .field = "subject", .text = slice_of(subject) };
	struct record_list found = { 0 };
	check_ok(store_read_all(f->store, &finding_type, &where, 1, &f->arena, &found, &f->err), &f->err);
	assert_int_equal(found.len, 1);
	return found.items;
}

static void know_cluster(struct fixture *f)
{
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	finish(f, read, UID_A, HOUR(1));
	commit(f);
}

static void what_stays_keeps_its_first_sight_and_what_goes_is_resolved(void **state)
{
	struct fixture *f = *state;
	know_cluster(f);
	struct finding first[] = { finding_of(UID_A, "stays", "low"), finding_of(UID_A, "goes", "low") };
	struct finding second[] = { finding_of(UID_A, "stays", "high"), finding_of(UID_A, "comes", "low") };
	replace(f, first, 2, HOUR(1));
	check_slice(find(f, "stays")->state, "open");
	replace(f, second, 2, HOUR(2));
	const struct finding *stays = find(f, "stays"), *goes = find(f, "goes"), *comes = find(f, "comes");
	check_slice(stays->severity, "high");
	check_slice(stays->cluster, UID_A);
	assert_true(stays->first_seen == HOUR(1) && stays->last_seen == HOUR(2));
	assert_int_equal(stays->gone, BOOL_FALSE);
	check_slice(goes->state, "resolved");
	assert_true(goes->first_seen == HOUR(1) && goes->last_seen == HOUR(1));
	assert_int_equal(goes->gone, BOOL_TRUE);
	assert_true(comes->first_seen == HOUR(2));
	assert_int_equal(sql(f, "SELECT version FROM finding WHERE subject = 'comes'"), 3);
}

static void the_same_findings_again_change_nothing(void **state)
{
	struct fixture *f = *state;
	know_cluster(f);
	struct finding findings[] = { finding_of(UID_A, "a", "low"), finding_of(UID_A, "b", "low") };
	replace(f, findings, 2, HOUR(1));
	const char *before = contents(f);
	replace(f, findings, 2, HOUR(1));
	assert_string_equal(before, contents(f));
	replace(f, NULL, 0, HOUR(1));
	check_slice(find(f, "a")->state, "resolved");
	replace(f, findings, 2, HOUR(1)); /* back again */
	assert_string_equal(before, contents(f));
}

static void an_accepted_finding_stays_accepted(void **state)
{
	struct fixture *f = *state;
	know_cluster(f);
	struct finding findings[] = { finding_of(UID_A, "a", "low") };
	replace(f, findings, 1, HOUR(1));
	sql(f, "UPDATE finding SET state = 'accepted'");
	replace(f, findings, 1, HOUR(2));
	check_slice(find(f, "a")->state, "accepted");
}

static void a_finding_may_be_about_no_cluster_but_not_about_one_that_is_not_there(void **state)
{
	struct fixture *f = *state;
	know_cluster(f);
	struct finding of_none = finding_of(NULL, "shared", "high"), of_other = finding_of(UID_B, "x", "low");
	replace(f, &of_none, 1, HOUR(1));
	assert_null(find(f, "shared")->cluster.data);
	assert_int_equal(store_findings_replace(f->store, &of_other, 1, 3, HOUR(2), &f->err), -1);
	check_error(&f->err, ERROR_STORE, UID_B);
	check_slice(find(f, "shared")->state, "open"); /* nothing of a failed replacement is kept */
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_stays_keeps_its_first_sight_and_what_goes_is_resolved),
		STORE_TEST(the_same_findings_again_change_nothing),
		STORE_TEST(an_accepted_finding_stays_accepted),
		STORE_TEST(a_finding_may_be_about_no_cluster_but_not_about_one_that_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
