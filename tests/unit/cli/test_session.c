#include "answered.h"

#include <stdlib.h>
#include <unistd.h>

static void snapshot_is_read_into_the_store_and_answered_from_it_later(void **state)
{
	struct answered *a = *state;
	answered_open(a);
	assert_int_equal(a->session.world->clusters.len, 1);
	assert_int_equal(a->session.world->secrets.len, 1);
	assert_true(session_complete(&a->session));
	assert_int_equal(session_exit_code(&a->session), EXIT_FINE);
	answered_close(a);
	a->options.snapshots.len = 0;
	answered_open(a);
	assert_int_equal(a->session.sources, 0);
	assert_int_equal(a->session.world->secrets.len, 1);
}

static void nothing_read_yet_says_what_to_give(void **state)
{
	struct answered *a = *state;
	a->options.snapshots.len = 0;
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "give --context NAME or --snapshot DIR");
}

static void cluster_that_is_not_known_is_an_error_and_no_empty_answer(void **state)
{
	struct answered *a = *state;
	const char *clusters[] = { "nowhere" };
	a->options.clusters = (struct text_list){ .items = clusters, .len = 1 };
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "it knows dump");
	answered_close(a);
	clusters[0] = "aaaaaaaa-0000-4000-8000-000000000001";
	answered_open(a);
	assert_int_equal(a->session.world->clusters.len, 1);
}

static void source_that_cannot_be_read_is_remembered_beside_one_that_can(void **state)
{
	struct answered *a = *state;
	answered_add_snapshot(a, "/nonexistent/dump");
	answered_open(a);
	assert_int_equal(a->session.errors.len, 1);
	assert_true(slice_contains(a->session.errors.items[0], "/nonexistent/dump"));
	assert_int_equal(a->session.world->clusters.len, 1);
	assert_false(session_complete(&a->session));
	assert_int_equal(session_exit_code(&a->session), EXIT_PARTIAL);
	struct envelope envelope = session_envelope(&a->session, "fother/test/v1");
	assert_int_equal(envelope.errors.len, 1);
	assert_false(envelope.complete);
}

static void only_source_that_cannot_be_read_is_the_error(void **state)
{
	struct answered *a = *state;
	a->options.snapshots.items[0] = "/nonexistent/dump";
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	check_error(&a->err, ERROR_SYSTEM, "/nonexistent/dump");
}

static void several_sources_none_of_which_can_be_read(void **state)
{
	struct answered *a = *state;
	a->options.snapshots.items[0] = "/nonexistent/one";
	answered_add_snapshot(a, "/nonexistent/two");
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	check_error(&a->err, ERROR_SYSTEM, "none of the sources could be read");
	assert_int_equal(a->session.errors.len, 2);
}

static void damaged_dump_makes_the_answer_partial(void **state)
{
	struct answered *a = *state;
	scratch_write(&a->scratch, "dump/cut.json", SLICE("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{"));
	answered_open(a);
	assert_int_equal(a->session.errors.len, 0);
	assert_false(session_complete(&a->session));
	assert_int_equal(session_exit_code(&a->session), EXIT_PARTIAL);
}

static void as_of_is_the_time_of_everything(void **state)
{
	struct answered *a = *state;
	char text[TIME_TEXT_BYTES];
	answered_open(a);
	assert_string_equal(time_format(a->session.now, text), AS_OF);
	assert_string_equal(time_format(a->session.world->as_of, text), AS_OF);
	struct envelope envelope = session_envelope(&a->session, "fother/test/v1");
	assert_string_equal(envelope.schema, "fother/test/v1");
	assert_int_equal(envelope.generated, a->session.now);
	assert_true(envelope.reproducible && envelope.complete);
	assert_int_equal(envelope.reads.len, 1);
	assert_null(envelope.incident);
}

static void without_as_of_now_has_whole_seconds(void **state)
{
	struct answered *a = *state;
	a->options.as_of = NULL;
	int64_t before = time_now();
	answered_open(a);
	assert_int_equal(a->session.now % USEC_PER_SECOND, 0);
	assert_true(a->session.now <= time_now() && a->session.now > before - USEC_PER_SECOND);
	assert_false(session_envelope(&a->session, "x").reproducible);
}

static void time_that_cannot_be_read_is_told_before_anything_is_made(void **state)
{
	struct answered *a = *state;
	a->options.as_of = "noon";
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	check_error(&a->err, ERROR_USAGE, "--as-of");
	assert_int_equal(access(a->store, F_OK), -1);
}

static void key_is_made_beside_the_store_and_never_where_it_was_named(void **state)
{
	struct answered *a = *state;
	const char *elsewhere = scratch_path(&a->scratch, "elsewhere.key");
	a->options.key_file = elsewhere;
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	assert_non_null(a->err);
	a->err = error_free(a->err);
	assert_int_equal(access(elsewhere, F_OK), -1);
	answered_close(a);
	a->options.key_file = NULL;
	answered_open(a);
	assert_int_equal(access(a->key, F_OK), 0);
}

/* With another key every login would look changed. */
static void store_is_kept_to_its_key(void **state)
{
	struct answered *a = *state;
	answered_open(a);
	answered_close(a);
	assert_int_equal(unlink(a->key), 0);
	assert_int_equal(session_open(&a->session, &a->options, &a->err), -1);
	assert_non_null(a->err);
	assert_int_equal(a->session.world == NULL, 1);
}

static void closing_takes_what_was_never_opened(void **state)
{
	(void)state;
	struct session session = { 0 };
	session_close(&session);
	session_close(&session);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, answered_setup, answered_teardown)
	const struct CMUnitTest tests[] = {
		TEST(snapshot_is_read_into_the_store_and_answered_from_it_later),
		TEST(nothing_read_yet_says_what_to_give),
		TEST(cluster_that_is_not_known_is_an_error_and_no_empty_answer),
		TEST(source_that_cannot_be_read_is_remembered_beside_one_that_can),
		TEST(only_source_that_cannot_be_read_is_the_error),
		TEST(several_sources_none_of_which_can_be_read),
		TEST(damaged_dump_makes_the_answer_partial),
		TEST(as_of_is_the_time_of_everything),
		TEST(without_as_of_now_has_whole_seconds),
		TEST(time_that_cannot_be_read_is_told_before_anything_is_made),
		TEST(key_is_made_beside_the_store_and_never_where_it_was_named),
		TEST(store_is_kept_to_its_key),
		cmocka_unit_test(closing_takes_what_was_never_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
