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

static void entries_of_an_earlier_reading_are_left_out(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *hub = add_secret(&s, "shop", "hub");
	add_entry(&s, hub, "docker.io", "acme", "f1");
	struct entry *kept = add_entry(&s, hub, "quay.io", "acme", "f2");
	add_read(&s, HOUR(1));
	hub->last_seen = kept->last_seen = HOUR(1);
	struct world *world = scenario_world(&s);
	const struct world_secret *secret = secret_named(world, "shop", "hub");
	assert_int_equal(secret->entries.len, 1);
	assert_non_null(entry_of(secret, "quay.io"));
	assert_int_equal(cluster_named(world, "prod")->entries.len, 1);
	scenario_release(&s);
}

/* Two objects of one name that nothing has called gone (the later read was cut): the later one is there. */
static void later_object_of_a_name_replaces_the_earlier(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct scenario s;
		scenario_init(&s);
		struct secret *first = add_secret(&s, "shop", "hub");
		struct secret *second = add_secret(&s, "shop", "hub");
		first->uid = SLICE("a");
		second->uid = SLICE("b");
		(order ? first : second)->last_seen = HOUR(1);
		add_entry(&s, first, "docker.io", "acme", "f1")->last_seen = first->last_seen;
		add_entry(&s, second, "docker.io", "acme", "f2")->last_seen = second->last_seen;
		struct world *world = scenario_world(&s);
		assert_int_equal(world->secrets.len, 2);
		const struct world_secret *current = secret_named(world, "shop", "hub");
		check_slice(current->record->uid, order ? "a" : "b");
		assert_ptr_equal(map_get(&cluster_named(world, "prod")->secrets_by_name, SLICE("shop/hub")), current);
		/* Whose entries count is decided before they are added. */
		assert_int_equal(cluster_named(world, "prod")->entries.len, 1);
		scenario_release(&s);
	}
}

static void gone_one_gives_way_to_the_one_that_is_there(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	struct secret *gone = add_secret(&s, "shop", "hub");
	gone->uid = SLICE("a");
	gone->gone = BOOL_TRUE;
	gone->last_seen = HOUR(5); /* however late it was seen */
	add_secret(&s, "shop", "hub")->uid = SLICE("b");
	struct world *world = scenario_world(&s);
	const struct world_secret *current = map_get(&cluster_named(world, "prod")->secrets_by_name, SLICE("shop/hub"));
	check_slice(current->record->uid, "b");
	assert_true(current->current);
	scenario_release(&s);
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
	bool known = world_users_known(cluster_named(scenario_world(&s), "prod"));
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

static void only_pull_secrets_that_do_not_decode_block(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_secret(&s, "shop", "bad")->decodes = BOOL_FALSE;
	add_secret(&s, "shop", "unknown")->decodes = BOOL_UNKNOWN;
	struct secret *opaque = add_secret(&s, "shop", "opaque");
	opaque->pull_type = opaque->decodes = BOOL_FALSE;
	struct secret *gone = add_secret(&s, "shop", "gone");
	gone->decodes = BOOL_FALSE;
	gone->gone = BOOL_TRUE;
	struct world *world = scenario_world(&s);
	assert_true(secret_named(world, "shop", "bad")->blocks_pulls);
	assert_false(secret_named(world, "shop", "unknown")->blocks_pulls);
	assert_false(secret_named(world, "shop", "opaque")->blocks_pulls);
	assert_false(secret_named(world, "shop", "gone")->blocks_pulls);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_of_an_earlier_reading_are_left_out),
		cmocka_unit_test(later_object_of_a_name_replaces_the_earlier),
		cmocka_unit_test(gone_one_gives_way_to_the_one_that_is_there),
		cmocka_unit_test(defects_are_those_of_the_latest_reading),
		cmocka_unit_test(a_lost_file_of_an_unknown_kind_leaves_users_unknown),
		cmocka_unit_test(defects_of_secrets_outlast_reads_without_secrets),
		cmocka_unit_test(gaps_are_those_of_the_latest_read),
		cmocka_unit_test(only_pull_secrets_that_do_not_decode_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
