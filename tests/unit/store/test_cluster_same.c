#include <string.h>

#include "fixture.h"

/* One read. Objects are words KIND-NAME, whose UID is the word itself; KIND-NAME=UID gives another one, and none with
 * nothing behind the sign. Of a kind that is there at all, all was read. */
struct told {
	const char *source, *uid;
	int hour;
	const char *objects;
};

static const char *name_of(const char *source)
{
	const char *slash = strrchr(source, '/');
	return slash ? slash + 1 : "stdin";
}

/* What all these kinds have: a namespace, a name and a UID, or some of it. */
static void set_text(const struct record_type *type, void *record, const char *field, struct slice text)
{
	if (record_field(type, field))
		*(struct slice *)field_of(record_field(type, field), record) = text;
}

static void put_object(struct fixture *f, int64_t read, struct slice word)
{
	static const struct {
		const char *word, *kind;
		const struct record_type *type;
	} kinds[] = {
		{ "secret", "Secret", &secret_type },    { "account", "ServiceAccount", &service_account_type },
		{ "node", "Node", &node_type },          { "namespace", "Namespace", &namespace_type },
		{ "app", "Deployment", &workload_type }, { "pod", "Pod", &pod_type },
	};
	struct slice kind, rest, name, uid;
	assert_true(slice_cut(word, '-', &kind, &rest));
	if (slice_cut(word, '=', &name, &uid)) {
		if (!uid.len && (slice_equal_text(kind, "secret") || slice_equal_text(kind, "pod")))
			uid = arena_printf(&f->arena, "shop/%.*s", SLICE_ARG(name));
	} else {
		name = uid = word;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct record_type *type = kinds[i].type;
		if (!slice_equal_text(kind, kinds[i].word))
			continue;
		void *record = arena_zeroed(&f->arena, 1, type->size);
		record_init(type, record);
		set_text(type, record, "namespace", SLICE("shop"));
		set_text(type, record, "name", name);
		set_text(type, record, "uid", uid);
		set_text(type, record, "kind", SLICE("Deployment"));
		put(f, read, type, record);
		put_coverage(f, read, kinds[i].kind, "*", "*", "complete");
		return;
	}
	fail_msg("no such kind: %.*s", SLICE_ARG(word));
}

static int try_told(struct fixture *f, const struct told *told, const char *uid, int64_t as_of)
{
	int64_t read = begin_at(f, told->source, name_of(told->source), uid, as_of);
	struct slice rest = slice_of(told->objects), word;
	while (rest.len) {
		slice_cut(rest, ' ', &word, &rest);
		put_object(f, read, word);
	}
	return finish(f, read, told->uid, HOUR(told->hour));
}

static void tell(struct fixture *f, const char *source, const char *uid, int hour, const char *objects)
{
	struct told told = { source, uid, hour, objects };
	int result = try_told(f, &told, NULL, TIME_UNSET);
	if (result == SINK_AGAIN) {
		f->sink->ops->rollback(f->sink);
		result = try_told(f, &told, uid, HOUR(hour));
	}
	assert_int_equal(result, 0);
	commit(f);
}

static size_t clusters(struct fixture *f)
{
	return count_of(f, &cluster_type);
}

static const struct secret *secret_of(struct fixture *f, const char *uid)
{
	struct store_where where = { .field = "uid", .text = slice_of(uid) };
	struct record_list found = { 0 };
	check_ok(store_read_all(f->store, &secret_type, &where, 1, &f->arena, &found, &f->err), &f->err);
	if (found.len != 1)
		fail_msg("%zu secrets %s", found.len, uid);
	return found.items;
}

static void check_secret(struct fixture *f, const char *uid, const char *cluster, int first, int last, enum truth gone)
{
	const struct secret *secret = secret_of(f, uid);
	check_slice(secret->cluster, cluster);
	if (secret->first_seen != HOUR(first) || secret->last_seen != HOUR(last) || secret->gone != gone)
		fail_msg("%s: seen %d..%d, gone %d", uid, (int)((secret->first_seen - HOUR(0)) / USEC_PER_HOUR),
			 (int)((secret->last_seen - HOUR(0)) / USEC_PER_HOUR), secret->gone);
}

static const struct cluster *cluster_named(struct fixture *f, const char *name)
{
	struct record_list found = all(f, &cluster_type);
	for (size_t i = 0; i < found.len; i++)
		if (slice_equal_text(((const struct cluster *)found.items)[i].name, name))
			return &((const struct cluster *)found.items)[i];
	fail_msg("no cluster %s", name);
	return NULL;
}

/* --- the same cluster, whatever the place --- */

static void secrets_alone_first_and_all_of_it_later(void **state)
{
	struct fixture *f = *state;
	tell(f, "-", NULL, 1, "secret-1 secret-2");
	tell(f, "/case/prod", UID_A, 2, "secret-1 secret-3 pod-1 namespace-1");
	assert_int_equal(clusters(f), 1);
	assert_non_null(cluster_named(f, "prod"));
	assert_int_equal(count_of(f, &secret_type), 3);
	check_secret(f, "secret-1", UID_A, 1, 2, BOOL_FALSE);
	check_secret(f, "secret-2", UID_A, 1, 1, BOOL_TRUE);
	check_secret(f, "secret-3", UID_A, 2, 2, BOOL_FALSE);
}

static void all_of_it_first_and_secrets_alone_later(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case/prod", UID_A, 2, "secret-1 secret-2 pod-1 namespace-1");
	tell(f, "/later/dump", NULL, 3, "secret-1");
	tell(f, "-", NULL, 1, "secret-2");
	assert_int_equal(clusters(f), 1);
	assert_int_equal(count_of(f, &secret_type), 2);
	check_secret(f, "secret-1", UID_A, 2, 3, BOOL_FALSE);
	check_secret(f, "secret-2", UID_A, 1, 2, BOOL_TRUE);
	check_slice(pod_of(f, "pod-1")->cluster, UID_A);
}

/* Asked for the uid at the beginning: the provisional one is found all the same. */
static void a_uid_that_is_given_finds_what_shares_objects(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case/secrets", NULL, 1, "secret-1");
	int64_t read = begin_at(f, "/case/prod", "prod", UID_A, HOUR(2));
	put_object(f, read, SLICE("secret-1"));
	assert_int_equal(finish(f, read, UID_A, HOUR(2)), 0);
	commit(f);
	assert_int_equal(clusters(f), 1);
	check_secret(f, "secret-1", UID_A, 1, 2, BOOL_FALSE);
}

static void any_kind_tells(void **state)
{
	static const char *const objects[] = { "secret-1", "account-1", "node-1", "namespace-1", "app-1", "pod-1" };
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		void *fixture;
		fixture_setup(&fixture);
		struct fixture *f = fixture;
		tell(f, "/one/a", NULL, 1, objects[i]);
		tell(f, "/two/b", NULL, 2, objects[i]);
		if (clusters(f) != 1)
			fail_msg("%s in both, and %zu clusters", objects[i], clusters(f));
		tell(f, "/three/c", UID_A, 3, objects[i]);
		if (clusters(f) != 1)
			fail_msg("%s in the known one, and %zu clusters", objects[i], clusters(f));
		fixture_teardown(&fixture);
	}
}

static void the_same_names_tell_nothing(void **state)
{
	struct fixture *f = *state;
	tell(f, "/one/a", NULL, 1, "node-1=uid-of-a account-1=uid-of-a2 secret-1=");
	tell(f, "/two/b", NULL, 2, "node-1=uid-of-b account-1=uid-of-b2 secret-1=");
	assert_int_equal(clusters(f), 2);
}

/* Somebody wrote the same word over every UID: what is never changed of an object tells that it is another one. */
static void blackened_uids_tell_nothing(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *source, *namespace, *name;
		int64_t created;
	} secrets[] = { { "/one/a", "shop", "hub", HOUR(0) },
			{ "/two/b", "shop", "hub", HOUR(-1) },
			{ "/three/c", "ci", "hub", HOUR(0) },
			{ "/four/d", "shop", "ghcr", HOUR(0) },
			{ "/five/e", "shop", "hub", TIME_UNSET } };
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		struct secret secret;
		int64_t read = begin_at(f, secrets[i].source, name_of(secrets[i].source), NULL, TIME_UNSET);
		record_init(&secret_type, &secret);
		secret.uid = SLICE("REDACTED");
		secret.namespace = slice_of(secrets[i].namespace);
		secret.name = slice_of(secrets[i].name);
		secret.created = secrets[i].created;
		put(f, read, &secret_type, &secret);
		assert_int_equal(finish(f, read, NULL, HOUR(3)), 0);
		commit(f);
		assert_int_equal(clusters(f), i + 1);
	}
}

static void what_joins_brings_the_objects_that_others_share(void **state)
{
	struct fixture *f = *state;
	tell(f, "/one/secrets", NULL, 1, "secret-1");
	tell(f, "/two/pods", NULL, 2, "pod-1");
	assert_int_equal(clusters(f), 2);
	tell(f, "/three/both", NULL, 3, "secret-1 pod-1");
	assert_int_equal(clusters(f), 1);
	check_slice(pod_of(f, "pod-1")->cluster, secret_of(f, "secret-1")->cluster.data);
	tell(f, "/four/prod", UID_A, 4, "pod-1 node-1");
	assert_int_equal(clusters(f), 1);
	check_secret(f, "secret-1", UID_A, 1, 3, BOOL_FALSE);
}

static void a_folder_gives_a_better_name_than_standard_input(void **state)
{
	struct fixture *f = *state;
	tell(f, "-", NULL, 1, "secret-1");
	tell(f, "/one/prod", NULL, 2, "secret-1");
	assert_int_equal(clusters(f), 1);
	check_slice(cluster_named(f, "prod")->cluster, "/one/prod");
	tell(f, "/two/copy", NULL, 3, "secret-1");
	tell(f, "-", NULL, 4, "secret-1");
	check_slice(cluster_named(f, "prod")->cluster, "/one/prod");
	assert_int_equal(clusters(f), 1);
	check_secret(f, "secret-1", "/one/prod", 1, 4, BOOL_FALSE);
}

/* --- another cluster, whatever the name --- */

static void two_clusters_through_standard_input_stay_two(void **state)
{
	struct fixture *f = *state;
	tell(f, "-", NULL, 1, "secret-a");
	tell(f, "-", NULL, 2, "secret-b");
	tell(f, "-", NULL, 3, "secret-c");
	assert_int_equal(clusters(f), 3);
	check_slice(cluster_named(f, "stdin")->cluster, "-");
	check_slice(cluster_named(f, "stdin (2)")->cluster, "- (2)");
	check_slice(cluster_named(f, "stdin (3)")->cluster, "- (3)");
	check_secret(f, "secret-a", "-", 1, 1, BOOL_FALSE);
	check_secret(f, "secret-b", "- (2)", 2, 2, BOOL_FALSE);
	tell(f, "-", NULL, 4, "secret-a secret-d");
	assert_int_equal(clusters(f), 3);
	check_secret(f, "secret-a", "-", 1, 4, BOOL_FALSE);
	check_secret(f, "secret-d", "-", 4, 4, BOOL_FALSE);
	check_secret(f, "secret-b", "- (2)", 2, 2, BOOL_FALSE);
}

static void pods_alone_through_standard_input_stay_two(void **state)
{
	struct fixture *f = *state;
	tell(f, "-", NULL, 1, "pod-a");
	tell(f, "-", NULL, 2, "pod-b");
	assert_int_equal(clusters(f), 2);
	assert_int_equal(pod_of(f, "pod-a")->gone, BOOL_FALSE);
}

static void a_known_cluster_takes_nothing_that_speaks_against_it(void **state)
{
	struct fixture *f = *state;
	tell(f, "/tmp/dump", NULL, 1, "secret-b");
	tell(f, "/tmp/dump", UID_A, 2, "secret-a namespace-a");
	assert_int_equal(clusters(f), 2);
	check_secret(f, "secret-b", "/tmp/dump", 1, 1, BOOL_FALSE);
	check_secret(f, "secret-a", UID_A, 2, 2, BOOL_FALSE);
	tell(f, "/tmp/dump", NULL, 3, "secret-c");
	check_secret(f, "secret-a", UID_A, 2, 2, BOOL_FALSE);
	check_secret(f, "secret-b", "/tmp/dump", 1, 1, BOOL_FALSE);
	check_secret(f, "secret-c", "/tmp/dump (2)", 3, 3, BOOL_FALSE);
}

static void folders_of_one_name_are_two_without_uids_too(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case1/dump", NULL, 1, "secret-1=");
	tell(f, "/case2/dump", NULL, 2, "secret-2=");
	assert_int_equal(clusters(f), 2);
	check_secret(f, "shop/secret-1", "/case1/dump", 1, 1, BOOL_FALSE);
	tell(f, "/case1/dump", NULL, 3, "secret-3=");
	assert_int_equal(clusters(f), 2);
	check_secret(f, "shop/secret-1", "/case1/dump", 1, 1, BOOL_TRUE);
	check_secret(f, "shop/secret-2", "/case2/dump", 2, 2, BOOL_FALSE);
	check_slice(((const struct cluster *)all(f, &cluster_type).items)[0].name, "dump");
	check_slice(((const struct cluster *)all(f, &cluster_type).items)[1].name, "dump");
}

static void known_clusters_are_never_made_one(void **state)
{
	struct fixture *f = *state;
	tell(f, "/one/a", UID_A, 1, "secret-1 node-a");
	tell(f, "/two/b", UID_B, 2, "secret-1 node-b");
	assert_int_equal(clusters(f), 2);
	assert_int_equal(count_of(f, &secret_type), 2);
	/* Whose is it? It stays by itself, however often the others are read. */
	tell(f, "/three/c", NULL, 3, "secret-1");
	assert_int_equal(clusters(f), 3);
	tell(f, "/one/a", UID_A, 4, "secret-1 node-a");
	assert_int_equal(clusters(f), 3);
	tell(f, "/three/c", NULL, 5, "secret-1");
	assert_int_equal(clusters(f), 3);
	assert_int_equal(count_of(f, &secret_type), 3);
}

/* --- the same place --- */

static void a_full_turnover_of_pods_is_the_same_cluster(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case/dump", NULL, 1, "pod-1 pod-2 app-1 secret-1");
	tell(f, "/case/dump", NULL, 2, "pod-3 pod-4 app-1 secret-2");
	assert_int_equal(clusters(f), 1);
	assert_int_equal(pod_of(f, "pod-1")->gone, BOOL_TRUE);
	tell(f, "/case/pods", NULL, 1, "pod-5");
	tell(f, "/case/pods", NULL, 2, "pod-6");
	assert_int_equal(clusters(f), 2);
	assert_int_equal(pod_of(f, "pod-5")->gone, BOOL_TRUE);
}

static void every_kind_that_lasts_speaks_against(void **state)
{
	static const char *const objects[][2] = { { "secret-1", "secret-2" },
						  { "account-1", "account-2" },
						  { "node-1", "node-2" },
						  { "namespace-1", "namespace-2" },
						  { "app-1", "app-2" } };
	for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
		void *fixture;
		fixture_setup(&fixture);
		struct fixture *f = fixture;
		tell(f, "/tmp/dump", NULL, 1, objects[i][0]);
		tell(f, "/tmp/dump", NULL, 2, objects[i][1]);
		if (clusters(f) != 2)
			fail_msg("%s and %s: %zu clusters", objects[i][0], objects[i][1], clusters(f));
		fixture_teardown(&fixture);
	}
}

static void what_has_nothing_in_common_is_one_by_its_place(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case/dump", NULL, 1, "secret-1 pod-1=");
	tell(f, "/case/dump", NULL, 2, "pod-2 node-1=");
	assert_int_equal(clusters(f), 1);
	tell(f, "/case/dump", UID_A, 3, "pod-3 node-1 namespace-1");
	assert_int_equal(clusters(f), 1);
	check_secret(f, "secret-1", UID_A, 1, 1, BOOL_FALSE);
}

/* A place that held two clusters: what has no UIDs goes to the one that was read there last, not to both. */
static void without_uids_one_of_two_is_chosen(void **state)
{
	struct fixture *f = *state;
	tell(f, "-", NULL, 1, "secret-a");
	tell(f, "-", NULL, 2, "secret-b");
	tell(f, "-", NULL, 3, "pod-1=");
	tell(f, "-", NULL, 4, "pod-1=");
	assert_int_equal(clusters(f), 2);
	assert_int_equal(count_of(f, &pod_type), 1);
	check_slice(pod_of(f, "shop/pod-1")->cluster, "- (2)");
}

static void the_same_through_standard_input_twice_changes_only_the_reads(void **state)
{
	static const char *const objects[] = { "secret-1 secret-2 pod-1", "secret-1= pod-1= node-1=" };
	for (size_t i = 0; i < 2; i++) {
		void *fixture;
		fixture_setup(&fixture);
		struct fixture *f = fixture;
		tell(f, "-", NULL, 1, objects[i]);
		const char *before = contents(f);
		tell(f, "-", NULL, 1, objects[i]);
		const char *after = contents(f);
		assert_int_equal(count_of(f, &read_type), 2);
		assert_memory_equal(before, after, strchr(before, '\n') - before);
		const char *rest = strstr(before, "\nnode "), *rest_after = strstr(after, "\nnode ");
		rest = rest ? rest : strstr(before, "\npod ");
		rest_after = rest_after ? rest_after : strstr(after, "\npod ");
		assert_non_null(rest);
		assert_string_equal(rest, rest_after);
		fixture_teardown(&fixture);
	}
}

/* Two reads in one transaction: the one that is still open is nobody's, and not found. */
static void two_provisional_reads_of_one_transaction_join(void **state)
{
	struct fixture *f = *state;
	int64_t one = begin_at(f, "/x/a", "a", NULL, TIME_UNSET), two = begin_at(f, "/x/b", "b", NULL, TIME_UNSET);
	put_object(f, one, SLICE("secret-1"));
	put_object(f, two, SLICE("secret-1"));
	put_object(f, two, SLICE("secret-2"));
	assert_int_equal(finish(f, one, NULL, HOUR(1)), 0);
	put_object(f, two, SLICE("secret-3"));
	assert_int_equal(finish(f, two, NULL, HOUR(2)), 0);
	commit(f);
	assert_int_equal(clusters(f), 1);
	check_secret(f, "secret-1", "/x/a", 1, 2, BOOL_FALSE);
	check_secret(f, "secret-3", "/x/a", 2, 2, BOOL_FALSE);
}

/* While it is open nobody knows what it will turn out to be. */
static void a_read_that_is_open_is_joined_with_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t one = begin_at(f, "/x/a", "a", NULL, TIME_UNSET), two = begin_at(f, "/x/b", "b", NULL, TIME_UNSET);
	put_object(f, one, SLICE("secret-1"));
	put_object(f, two, SLICE("secret-1"));
	assert_int_equal(finish(f, one, UID_A, HOUR(1)), 0);
	assert_int_equal(finish(f, two, UID_B, HOUR(1)), 0);
	commit(f);
	assert_int_equal(clusters(f), 2);
	assert_int_equal(count_of(f, &secret_type), 2);
}

/* A hostile dump names an address for its uid: it is not taken for the cluster that is filed there. */
static void an_address_is_no_uid(void **state)
{
	struct fixture *f = *state;
	tell(f, "/case/dump", NULL, 1, "secret-1");
	tell(f, "/other/dump", "/case/dump", 2, "secret-2");
	tell(f, "-", "-", 2, "secret-3");
	tell(f, "/empty/uid", "", 2, "secret-4");
	assert_int_equal(clusters(f), 4);
	check_secret(f, "secret-1", "/case/dump", 1, 1, BOOL_FALSE);
	check_secret(f, "secret-2", "/other/dump", 2, 2, BOOL_FALSE);
	check_secret(f, "secret-3", "-", 2, 2, BOOL_FALSE);
	check_secret(f, "secret-4", "/empty/uid", 2, 2, BOOL_FALSE);
	struct record_list found = all(f, &cluster_type);
	for (size_t i = 0; i < found.len; i++)
		assert_int_equal(((const struct cluster *)found.items)[i].provisional, BOOL_TRUE);
}

/* --- watches --- */

static int64_t follow(struct fixture *f, const char *kind, const char *secret, int64_t as_of)
{
	struct sink_scope scope = { .source = SLICE("https://prod.example/"),
				    .source_kind = slice_of(kind),
				    .cluster_name = SLICE("prod"),
				    .as_of = as_of,
				    .once = true };
	int64_t read = 0;
	check_ok(f->sink->ops->begin(f->sink, &scope, &read, &f->err), &f->err);
	put_secret(f, read, secret, "shop", "Opaque");
	assert_int_equal(finish(f, read, NULL, as_of), 0);
	commit(f);
	return read;
}

/* A batch of changes may hold nothing that was known: it is of the cluster that the read before it was of. */
static void a_watch_goes_on_where_its_read_left_off(void **state)
{
	struct fixture *f = *state;
	follow(f, "cluster", "secret-1", HOUR(1));
	follow(f, "watch", "secret-2", HOUR(2));
	follow(f, "watch", "secret-3", HOUR(3));
	assert_int_equal(clusters(f), 1);
	assert_int_equal(count_of(f, &secret_type), 3);
	follow(f, "cluster", "secret-4", HOUR(4)); /* another cluster stands there now */
	assert_int_equal(clusters(f), 2);
	int64_t last = follow(f, "watch", "secret-5", HOUR(5));
	assert_int_equal(clusters(f), 2);
	check_slice(read_of(f, last)->cluster, "https://prod.example/ (2)");
}

int main(void)
{
#define SAME_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		SAME_TEST(secrets_alone_first_and_all_of_it_later),
		SAME_TEST(all_of_it_first_and_secrets_alone_later),
		SAME_TEST(a_uid_that_is_given_finds_what_shares_objects),
		cmocka_unit_test(any_kind_tells),
		SAME_TEST(the_same_names_tell_nothing),
		SAME_TEST(blackened_uids_tell_nothing),
		SAME_TEST(what_joins_brings_the_objects_that_others_share),
		SAME_TEST(a_folder_gives_a_better_name_than_standard_input),
		SAME_TEST(two_clusters_through_standard_input_stay_two),
		SAME_TEST(pods_alone_through_standard_input_stay_two),
		SAME_TEST(a_known_cluster_takes_nothing_that_speaks_against_it),
		SAME_TEST(folders_of_one_name_are_two_without_uids_too),
		SAME_TEST(known_clusters_are_never_made_one),
		SAME_TEST(a_full_turnover_of_pods_is_the_same_cluster),
		cmocka_unit_test(every_kind_that_lasts_speaks_against),
		SAME_TEST(what_has_nothing_in_common_is_one_by_its_place),
		SAME_TEST(without_uids_one_of_two_is_chosen),
		cmocka_unit_test(the_same_through_standard_input_twice_changes_only_the_reads),
		SAME_TEST(two_provisional_reads_of_one_transaction_join),
		SAME_TEST(a_read_that_is_open_is_joined_with_nothing),
		SAME_TEST(an_address_is_no_uid),
		SAME_TEST(a_watch_goes_on_where_its_read_left_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
