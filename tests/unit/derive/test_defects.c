#include "derive/scenario.h"

static struct defect *add_defect(struct scenario *s, const struct secret *secret, const char *code, bool blocks)
{
	struct defect *defect = add_record(s, &defect_type);
	defect->object_kind = SLICE("Secret");
	defect->namespace = secret->namespace;
	defect->object = secret->name;
	defect->object_uid = secret->uid;
	defect->code = slice_of(code);
	defect->place = SLICE("/auths/x");
	defect->blocks_pulls = blocks ? BOOL_TRUE : BOOL_FALSE;
	return defect;
}

static void defects_are_those_of_the_latest_reading(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *mended = add_secret(&s, "shop", "mended");
	add_defect(&s, mended, "bad_base64", true);
	struct secret *bad = add_secret(&s, "shop", "bad");
	struct defect *still = add_defect(&s, bad, "bad_json", true);
	struct defect *file = add_record(&s, &defect_type);
	file->object_kind = SLICE("File");
	file->namespace = SLICE("");
	file->object = SLICE("old.json");
	add_read(&s, HOUR(1));
	mended->last_seen = bad->last_seen = still->last_seen = HOUR(1);
	struct world *world = scenario_world(&s);
	assert_int_equal(secret_named(world, "shop", "mended")->defects.len, 0);
	assert_int_equal(secret_named(world, "shop", "bad")->defects.len, 1);
	check_slice(((const struct defect *)secret_named(world, "shop", "bad")->defects.items[0])->code, "bad_json");
	assert_int_equal(world->defects.len, 1);
	scenario_release(&s);
}

static bool users_known_beside(const char *code, const char *why_of_secrets, int64_t seen)
{
	struct scenario s;
	scenario_init(&s);
	struct defect *file = add_record(&s, &defect_type);
	file->object_kind = SLICE("File");
	file->namespace = SLICE("");
	file->object = file->file = SLICE("prod/x.json");
	file->code = slice_of(code);
	add_read(&s, HOUR(1));
	file->last_seen = seen;
	coverage_of(&s, "Secret")->outcome = SLICE("partial");
	coverage_of(&s, "Secret")->why = slice_of(why_of_secrets);
	bool known = world_users_known(cluster_named(scenario_world(&s), "prod"), SLICE("shop"));
	scenario_release(&s);
	return known;
}

/* The file may have been the list of the CronJobs. */
static void a_lost_file_of_an_unknown_kind_leaves_users_unknown(void **state)
{
	(void)state;
	assert_false(users_known_beside("error_text", NULL, HOUR(1)));
	assert_false(users_known_beside("empty", NULL, HOUR(1)));
	assert_false(users_known_beside("truncated", "prod/x: another file", HOUR(1)));
	assert_false(users_known_beside("truncated", "prod/x.json.old: another file", HOUR(1)));
	assert_true(users_known_beside("truncated", "prod/x.json: the text ends inside", HOUR(1)));
	assert_true(users_known_beside("text_before_objects", NULL, HOUR(1)));
	assert_true(users_known_beside("two_clusters", NULL, HOUR(1)));
	assert_true(users_known_beside("error_text", NULL, HOUR(0))); /* not in the latest read */
}

/* Secrets that were not read again keep what was wrong with them. */
static void defects_of_secrets_outlast_reads_without_secrets(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_defect(&s, add_secret(&s, "shop", "bad"), "bad_json", true);
	add_read(&s, HOUR(1));
	coverage_of(&s, "Secret")->outcome = SLICE("absent");
	struct world *world = scenario_world(&s);
	assert_int_equal(secret_named(world, "shop", "bad")->defects.len, 1);
	assert_int_equal(world->defects.len, 1);
	scenario_release(&s);
}

static void gaps_are_those_of_the_latest_read(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct gap *old = add_record(&s, &gap_type);
	old->source = SLICE("a.json");
	old->kind = SLICE("Pod");
	add_read(&s, HOUR(1));
	struct gap *new = add_record(&s, &gap_type);
	new->source = SLICE("b.json");
	new->kind = SLICE("Pod");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->gaps.len, 1);
	check_slice(((const struct gap *)world->gaps.items)->source, "b.json");
	scenario_release(&s);
}

static void put_file_defect(struct scenario *s, const char *file, const char *code)
{
	struct defect *defect = add_record(s, &defect_type);
	defect->object_kind = SLICE("File");
	defect->namespace = SLICE("");
	defect->object = defect->file = slice_of(file);
	defect->code = slice_of(code);
}

/* Only where a partial list of its own cluster names it: the name is the whole of what stands before a ": ". */
static void file_defects_are_those_that_no_partial_list_tells(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct coverage *pods = coverage_of(&s, "Pod"), *nodes = coverage_of(&s, "Node");
	pods->outcome = SLICE("partial");
	pods->why = SLICE("a: b.json: it ends early");
	nodes->why = SLICE("nodes.json: a complete list tells nothing");
	put_file_defect(&s, "a: b.json", "truncated");
	put_file_defect(&s, "b.json", "truncated");
	put_file_defect(&s, "nodes.json", "two_clusters");
	put_file_defect(&s, "notes.txt", "ignored");
	add_cluster(&s, "stage", "22222222-bbbb");
	put_file_defect(&s, "a: b.json", "truncated");
	struct world *world = scenario_world(&s);
	static const char *const expected[][2] = {
		{ "prod", "b.json" },
		{ "prod", "nodes.json" },
		{ "prod", "notes.txt" },
		{ "stage", "a: b.json" },
	};
	assert_int_equal(world->file_defects.len, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct world_file_defect *file = world->file_defects.items[i];
		check_slice(file->cluster->name, expected[i][0]);
		check_slice(file->record->object, expected[i][1]);
	}
	assert_int_equal(world->defects.len, 5); /* told or not, they stay defects */
	scenario_release(&s);
}

/* The answer rests on the list before it. */
static void what_a_watch_brought_is_of_the_latest_reading_too(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	s.now = HOUR(1); /* of a batch of a watch */
	struct defect *defect = add_record(&s, &defect_type);
	defect->object_kind = SLICE("Pod");
	defect->object = SLICE("web");
	defect->code = SLICE("bad_time");
	struct gap *gap = add_record(&s, &gap_type);
	gap->source = SLICE("watch");
	struct world *world = scenario_world(&s);
	assert_int_equal(world->defects.len, 1);
	assert_int_equal(world->gaps.len, 1);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defects_are_those_of_the_latest_reading),
		cmocka_unit_test(a_lost_file_of_an_unknown_kind_leaves_users_unknown),
		cmocka_unit_test(defects_of_secrets_outlast_reads_without_secrets),
		cmocka_unit_test(gaps_are_those_of_the_latest_read),
		cmocka_unit_test(file_defects_are_those_that_no_partial_list_tells),
		cmocka_unit_test(what_a_watch_brought_is_of_the_latest_reading_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
