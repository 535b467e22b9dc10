#include "fixture.h"

#include "store/store_internal.h"
#include "support/torture.h"

static int64_t begin_watch(struct fixture *f, int64_t as_of)
{
	struct sink_scope scope = { .source = SLICE("https://prod.example/"),
				    .source_kind = SLICE("watch"),
				    .cluster_name = SLICE("prod"),
				    .cluster_uid = SLICE(UID_A),
				    .as_of = as_of,
				    .once = true };
	int64_t read = 0;
	check_ok(f->sink->ops->begin(f->sink, &scope, &read, &f->err), &f->err);
	return read;
}

static int64_t watch(struct fixture *f, const char *secret, int64_t as_of)
{
	int64_t read = begin_watch(f, as_of);
	put_secret(f, read, secret, "shop", "Opaque");
	assert_int_equal(finish(f, read, UID_A, as_of), 0);
	return read;
}

static void prune(struct fixture *f)
{
	check_ok(reads_prune(f->store, &f->err), &f->err);
}

static bool is_there(struct fixture *f, int64_t id)
{
	struct record_list reads = all(f, &read_type);
	for (size_t i = 0; i < reads.len; i++)
		if (((const struct read *)reads.items)[i].id == id)
			return true;
	return false;
}

static void only_what_nothing_names_is_removed(void **state)
{
	struct fixture *f = *state;
	int64_t list = begin_once(f, "prod", UID_A, HOUR(1)); /* no watch: kept, though nothing names it */
	assert_int_equal(finish(f, list, UID_A, HOUR(1)), 0);
	int64_t first = watch(f, "secret-1", HOUR(2)), middle = watch(f, "secret-1", HOUR(3));
	int64_t covered = begin_watch(f, HOUR(4));
	put_coverage(f, covered, "Secret", "*", "*", "complete");
	assert_int_equal(finish(f, covered, UID_A, HOUR(4)), 0);
	int64_t empty = begin_watch(f, HOUR(5));
	assert_int_equal(finish(f, empty, UID_A, HOUR(5)), 0);
	int64_t last = watch(f, "secret-1", HOUR(6)), newest = begin_watch(f, HOUR(7));
	assert_int_equal(finish(f, newest, UID_A, HOUR(7)), 0); /* the cluster's latest */
	int64_t open = begin_watch(f, HOUR(6));
	prune(f);
	assert_true(is_there(f, list) && is_there(f, first) && is_there(f, covered) && is_there(f, last));
	assert_true(is_there(f, newest) && is_there(f, open));
	assert_true(!is_there(f, middle) && !is_there(f, empty));
	put_secret(f, open, "secret-2", "shop", "Opaque");
	assert_int_equal(finish(f, open, UID_A, HOUR(6)), 0);
	commit(f);
	contents(f); /* nothing refers to what is not there */
	const struct secret *secret = all(f, &secret_type).items;
	assert_true(secret->first_seen == HOUR(2) && secret->last_seen == HOUR(6));
}

/* Every table that names reads is looked at: a read that one record alone names, by either name. */
static void what_any_table_names_stays(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < observed_type_count; i++) {
		const struct record_type *type = observed_types[i];
		void *record = arena_zeroed(&f->arena, 1, type->size);
		record_init(type, record);
		for (int hour = 0; hour < 3; hour++) {
			int64_t read = begin_watch(f, HOUR(3 * (int64_t)i + hour));
			put(f, read, type, record);
			assert_int_equal(finish(f, read, UID_A, HOUR(3 * (int64_t)i + hour)), 0);
		}
	}
	int64_t reads = (int64_t)count_of(f, &read_type);
	prune(f);
	commit(f);
	/* Of each table's three the first and the last; all three of coverage, whose rows are a read's own; the first
	 * alone of image_content. */
	assert_int_equal(reads, 3 * observed_type_count);
	assert_int_equal(count_of(f, &read_type), 2 * observed_type_count + 1 - 1);
	contents(f);
}

/* The sink does it by itself; a week of a busy watch leaves a handful. */
static void a_busy_watch_keeps_few_reads(void **state)
{
	struct fixture *f = *state;
	for (int64_t i = 0; i < 2 * STORE_PRUNE_READS + 10; i++) {
		watch(f, i % 2 ? "secret-1" : "secret-2", HOUR(0) + i * USEC_PER_SECOND);
		if (i % 512 == 0)
			commit(f);
	}
	commit(f);
	assert_true(count_of(f, &read_type) < 20);
	struct record_list secrets = all(f, &secret_type);
	const struct secret *items = secrets.items;
	assert_int_equal(secrets.len, 2);
	assert_true(items[0].first_seen == HOUR(0) + USEC_PER_SECOND && items[1].first_seen == HOUR(0));
	assert_true(items[1].last_seen == HOUR(0) + (2 * STORE_PRUNE_READS + 8) * USEC_PER_SECOND);
}

static int prune_again(void *data, struct error **err)
{
	return reads_prune(data, err);
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	watch(f, "secret-1", HOUR(1));
	commit(f);
	torture(prune_again, f->store);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(only_what_nothing_names_is_removed),
		STORE_TEST(what_any_table_names_stays),
		STORE_TEST(a_busy_watch_keeps_few_reads),
		STORE_TEST(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
