/* What registries and layouts of images bring: records of no cluster, tags and answers of theirs. */
#include "fixture.h"

#include <string.h>

#include "store/store_internal.h"
#include "support/torture.h"

#define HUB REGISTRY_IDENTITY "docker.io"
#define QUAY REGISTRY_IDENTITY "quay.io"
#define DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static int64_t begin_registry(struct fixture *f, const char *identity, int64_t as_of)
{
	struct sink_scope scope = { .source = slice_of(strchr(identity, ':') + 1),
				    .source_kind = SLICE("registry"),
				    .cluster_name = slice_of(strchr(identity, ':') + 1),
				    .cluster_uid = slice_of(identity),
				    .as_of = as_of,
				    .once = true };
	int64_t read = 0;
	check_ok(f->sink->ops->begin(f->sink, &scope, &read, &f->err), &f->err);
	return read;
}

static void put_manifest(struct fixture *f, int64_t read, bool config_read, const char *user)
{
	struct manifest manifest;
	record_init(&manifest_type, &manifest);
	manifest.digest = SLICE(DIGEST);
	manifest.kind = SLICE("image");
	manifest.config_read = config_read ? BOOL_TRUE : BOOL_FALSE;
	manifest.user = slice_of(user);
	put(f, read, &manifest_type, &manifest);
}

static void put_content(struct fixture *f, int64_t read, const char *bytes)
{
	struct image_content content;
	record_init(&image_content_type, &content);
	content.digest = SLICE(DIGEST);
	content.bytes = slice_of(bytes);
	put(f, read, &image_content_type, &content);
}

static void put_tag(struct fixture *f, int64_t read, const char *repository, int64_t since)
{
	struct tag tag;
	record_init(&tag_type, &tag);
	tag.registry = SLICE("docker.io");
	tag.repository = slice_of(repository);
	tag.tag = SLICE("1");
	tag.digest = SLICE(DIGEST);
	tag.since = since;
	put(f, read, &tag_type, &tag);
}

static void put_event(struct fixture *f, int64_t read, int64_t count)
{
	struct registry_event event;
	record_init(&registry_event_type, &event);
	event.registry = SLICE("docker.io");
	event.time = HOUR(0);
	event.action = SLICE("pull");
	event.repository = SLICE("acme/web");
	event.count = count;
	put(f, read, &registry_event_type, &event);
}

static void end(struct fixture *f, int64_t read, const char *identity, int64_t as_of)
{
	assert_int_equal(finish(f, read, identity, as_of), 0);
	commit(f);
}

static const void *only(struct fixture *f, const struct record_type *type)
{
	struct record_list records = all(f, type);
	assert_int_equal(records.len, 1);
	return records.items;
}

/* Read at hour 2 of one registry, then by others whose reads are of other times. */
static void what_a_digest_names_is_one_record_of_all_registries(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(2));
	put_manifest(f, read, true, "1000");
	put_content(f, read, "the bytes");
	put_event(f, read, 1);
	end(f, read, HUB, HOUR(2));
	read = begin_registry(f, QUAY, HOUR(1));
	put_manifest(f, read, true, "1000");
	put_content(f, read, "the bytes");
	end(f, read, QUAY, HOUR(1));
	read = begin_registry(f, QUAY, HOUR(5));
	put_manifest(f, read, true, "1000");
	put_content(f, read, "the bytes");
	put_event(f, read, 3);
	put_coverage(f, read, "Manifest", "*", "*", "complete");
	end(f, read, QUAY, HOUR(5));
	const struct manifest *manifest = only(f, &manifest_type);
	assert_true(manifest->first_seen == HOUR(1));
	assert_true(manifest->last_seen == HOUR(5));
	assert_int_equal(((const struct registry_event *)only(f, &registry_event_type))->count, 3);
	assert_true(((const struct registry_event *)only(f, &registry_event_type))->first_seen == HOUR(2));
	const struct image_content *content = only(f, &image_content_type);
	check_slice(content->bytes, "the bytes");
	assert_int_equal(count_of(f, &cluster_type), 2);
}

static void nothing_of_it_is_ever_gone(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1));
	struct registry_answer answer;
	struct index_member member;
	record_init(&registry_answer_type, &answer);
	record_init(&index_member_type, &member);
	answer.registry = SLICE("docker.io");
	answer.repository = SLICE("acme/web");
	answer.reference = SLICE(DIGEST);
	answer.outcome = SLICE("absent");
	member.index = member.digest = SLICE(DIGEST);
	member.ordinal = 0;
	put(f, read, &registry_answer_type, &answer);
	put(f, read, &index_member_type, &member);
	put_manifest(f, read, true, "1000");
	put_content(f, read, "the bytes");
	put_event(f, read, 1);
	end(f, read, HUB, HOUR(1));
	read = begin_registry(f, HUB, HOUR(2));
	static const char *const kinds[] = { "Manifest", "Tag", "Repository", "Image" };
	for (size_t i = 0; i < 4; i++)
		put_coverage(f, read, kinds[i], "*", "*", "complete");
	end(f, read, HUB, HOUR(2));
	static const struct record_type *const types[] = { &manifest_type, &index_member_type, &image_content_type,
							   &registry_event_type, &registry_answer_type };
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(field_bool(record_field(types[i], "gone"), only(f, types[i])), BOOL_FALSE);
}

static void a_config_that_was_read_is_not_lost_to_who_could_not(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1));
	put_manifest(f, read, false, NULL);
	put_manifest(f, read, true, "1000");
	end(f, read, HUB, HOUR(1));
	read = begin_registry(f, QUAY, HOUR(2));
	put_manifest(f, read, false, NULL);
	end(f, read, QUAY, HOUR(2));
	const struct manifest *manifest = only(f, &manifest_type);
	assert_int_equal(manifest->config_read, BOOL_TRUE);
	check_slice(manifest->user, "1000");
}

static void rollback_takes_back_what_was_new_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1));
	put_manifest(f, read, true, "1000");
	put_content(f, read, "the bytes");
	end(f, read, HUB, HOUR(1));
	const char *before = contents(f);
	read = begin_registry(f, HUB, HOUR(2));
	put_manifest(f, read, true, "2000");
	put_content(f, read, "others");
	put_event(f, read, 1);
	put_tag(f, read, "acme/web", HOUR(2));
	f->sink->ops->rollback(f->sink);
	assert_string_equal(contents(f), before);
}

static void a_tag_goes_with_the_list_of_its_repository(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1));
	put_tag(f, read, "acme/web", HOUR(1));
	put_tag(f, read, "acme/api", HOUR(1));
	end(f, read, HUB, HOUR(1));
	read = begin_registry(f, HUB, HOUR(2));
	put_coverage(f, read, "Tag", "acme/web", "*", "complete");
	put_coverage(f, read, "Tag", "acme/api", "*", "partial");
	end(f, read, HUB, HOUR(2));
	read = begin_registry(f, QUAY, HOUR(3)); /* another one's lists say nothing of it */
	put_coverage(f, read, "Tag", "acme/api", "*", "complete");
	end(f, read, QUAY, HOUR(3));
	struct record_list tags = all(f, &tag_type);
	assert_int_equal(tags.len, 2);
	const struct tag *tag = tags.items;
	check_slice(tag[0].repository, "acme/api");
	assert_int_equal(tag[0].gone, BOOL_FALSE);
	assert_int_equal(tag[1].gone, BOOL_TRUE);
}

static void put_defect(struct fixture *f, int64_t read, const char *object)
{
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("Image");
	defect.namespace = SLICE("acme/web");
	defect.object = slice_of(object);
	defect.code = SLICE("bad_digest");
	defect.place = SLICE("/layers/0");
	put(f, read, &defect_type, &defect);
}

/* A digest that is known is not fetched again, so nothing tells a second time what is wrong with it. */
static void what_is_wrong_with_a_digest_stays(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1));
	put_defect(f, read, DIGEST);
	put_defect(f, read, "acme/web:1");
	end(f, read, HUB, HOUR(1));
	read = begin_registry(f, HUB, HOUR(2));
	put_coverage(f, read, "Manifest", "acme/web", "*", "complete");
	end(f, read, HUB, HOUR(2));
	struct record_list defects = all(f, &defect_type);
	assert_int_equal(defects.len, 2);
	const struct defect *defect = defects.items;
	check_slice(defect[0].object, "acme/web:1");
	assert_int_equal(defect[0].gone, BOOL_TRUE);
	assert_int_equal(defect[1].gone, BOOL_FALSE);
}

static void one_digest_is_found_by_its_key(void **state)
{
	struct fixture *f = *state;
	struct store_where where = { .field = "digest", .text = SLICE(DIGEST) };
	struct record_list found = { 0 };
	int64_t read = begin_registry(f, HUB, HOUR(1));
	put_content(f, read, "the bytes");
	end(f, read, HUB, HOUR(1));
	check_ok(store_read_all(f->store, &image_content_type, &where, 1, &f->arena, &found, &f->err), &f->err);
	assert_int_equal(found.len, 1);
	where.text = SLICE("sha256:other");
	check_ok(store_read_all(f->store, &image_content_type, &where, 1, &f->arena, &found, &f->err), &f->err);
	assert_int_equal(found.len, 0);
	sqlite3_stmt *plan = NULL;
	check_ok(sql_prepare(f->store, "EXPLAIN QUERY PLAN SELECT * FROM image_content WHERE \"digest\" IS ?1", &plan,
			     &f->err),
		 &f->err);
	assert_int_equal(sql_step(f->store, plan, &f->err), 1);
	assert_true(slice_starts_with(sql_text(plan, 3), "SEARCH"));
	sql_finalizep(&plan);
}

/* A path was read as a layout; then a dump is read from there whose cluster tells no UID. */
static void a_layout_is_never_taken_for_a_cluster(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_at(f, "/dumps/all", "all", IMAGES_IDENTITY "0123456789abcdef", HOUR(1));
	put_tag(f, read, "acme/web", HOUR(1));
	end(f, read, IMAGES_IDENTITY "0123456789abcdef", HOUR(1));
	read = begin_at(f, "/dumps/all", "all", NULL, TIME_UNSET);
	put_pod(f, read, "shop/web", "shop", "node-1");
	end(f, read, NULL, HOUR(2));
	read = begin_at(f, "/dumps/all", "all", IMAGES_IDENTITY "0123456789abcdef", HOUR(3));
	end(f, read, IMAGES_IDENTITY "0123456789abcdef", HOUR(3));
	assert_int_equal(count_of(f, &cluster_type), 2);
	check_slice(((const struct tag *)only(f, &tag_type))->cluster, IMAGES_IDENTITY "0123456789abcdef");
	check_slice(((const struct pod *)only(f, &pod_type))->cluster, "/dumps/all");
}

static void a_merge_of_clusters_leaves_them_alone(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin_registry(f, HUB, HOUR(1)), from, to;
	put_manifest(f, read, true, "1000");
	end(f, read, HUB, HOUR(1));
	end(f, begin(f, "a", UID_A, HOUR(1)), UID_A, HOUR(1));
	end(f, begin(f, "b", UID_B, HOUR(1)), UID_B, HOUR(1));
	check_ok(cluster_find(f->store, SLICE(UID_A), &from, &f->err), &f->err);
	check_ok(cluster_find(f->store, SLICE(UID_B), &to, &f->err), &f->err);
	check_ok(cluster_merge(f->store, from, to, &f->err), &f->err);
	assert_int_equal(count_of(f, &cluster_type), 2);
	check_slice(((const struct manifest *)only(f, &manifest_type))->user, "1000");
}

static int registry_life(void *data, struct error **err)
{
	CLEANUP(store_closep) struct store *store = NULL;
	struct image_content content;
	struct manifest manifest;
	struct sink_scope scope = { .source = SLICE("docker.io"),
				    .source_kind = SLICE("registry"),
				    .cluster_uid = SLICE(HUB),
				    .as_of = HOUR(1),
				    .once = true };
	struct sink_end done = { .as_of = HOUR(1), .outcome = SLICE("complete") };
	int64_t read = 0;
	record_init(&image_content_type, &content);
	record_init(&manifest_type, &manifest);
	content.digest = manifest.digest = SLICE(DIGEST);
	content.bytes = SLICE("the bytes");
	if (store_open(data, &store, err) < 0)
		return -1;
	struct sink *sink = store_sink(store);
	if (sink->ops->begin(sink, &scope, &read, err) < 0 ||
	    sink->ops->put(sink, read, &image_content_type, &content, err) < 0 ||
	    sink->ops->put(sink, read, &manifest_type, &manifest, err) < 0 ||
	    sink->ops->finish(sink, read, &done, err) < 0)
		return -1;
	return sink->ops->commit(sink, err);
}

static void memory_may_run_out(void **state)
{
	struct fixture *f = *state;
	char path[128];
	f->store = store_close(f->store);
	snprintf(path, sizeof path, "%s", scratch_path(&f->scratch, "state/store.db"));
	torture(registry_life, path);
	reopen(f);
	assert_int_equal(count_of(f, &manifest_type), 1);
	check_slice(((const struct image_content *)only(f, &image_content_type))->bytes, "the bytes");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_a_digest_names_is_one_record_of_all_registries),
		STORE_TEST(nothing_of_it_is_ever_gone),
		STORE_TEST(a_config_that_was_read_is_not_lost_to_who_could_not),
		STORE_TEST(rollback_takes_back_what_was_new_and_nothing_else),
		STORE_TEST(a_tag_goes_with_the_list_of_its_repository),
		STORE_TEST(what_is_wrong_with_a_digest_stays),
		STORE_TEST(one_digest_is_found_by_its_key),
		STORE_TEST(a_layout_is_never_taken_for_a_cluster),
		STORE_TEST(a_merge_of_clusters_leaves_them_alone),
		STORE_TEST(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
