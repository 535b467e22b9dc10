#include "oci/walk/walk_internal.h"

#include <stdio.h>

#include "base/limits.h"
#include "support/check.h"
#include "walk_lab.h"

/* --- each digest once --- */
static void a_digest_is_fetched_once_whoever_leads_to_it(void **state)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lab lab;
		lab_init(&lab);
		lab.source.seed = seed;
		struct slice shared = lab_image(&lab, "a", "shared"), own = lab_image(&lab, "a", "own");
		struct slice both[] = { shared, own };
		lab_image(&lab, "b", "shared");
		lab_tag(&lab, "a", "1", shared);
		lab_tag(&lab, "a", "2", shared);
		lab_tag(&lab, "a", "3", lab_index(&lab, "a", both, 2));
		lab_tag(&lab, "b", "1", shared);
		lab_walk_all(&lab);
		assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "a", shared) +
					 source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "b", shared),
				 1);
		assert_int_equal(lab.result.manifests, 3);
		assert_int_equal(lab_count(&lab, &manifest_type), 3);
		assert_int_equal(lab_count(&lab, &tag_type), 4);
		assert_true(lab.result.complete);
		check_covered(&lab, "Manifest", "a", "complete", NULL);
		check_covered(&lab, "Manifest", "b", "complete", NULL);
		lab_release(&lab);
	}
}

static bool is_the_known(const void *data, struct slice digest)
{
	return slice_equal(digest, *(const struct slice *)data);
}

static void what_is_known_is_not_fetched(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice members[] = { lab_image(&lab, "r", "known"), lab_image(&lab, "r", "new") };
	const struct image_known known = { .has = is_the_known, .data = &members[0] };
	lab.options.known = &known;
	lab_tag(&lab, "r", "1", members[0]);
	lab_tag(&lab, "r", "2", lab_index(&lab, "r", members, 2));
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", members[0]), 0);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", members[1]), 1);
	assert_int_equal(lab.result.known, 1);
	assert_int_equal(lab_count(&lab, &tag_type), 2);
	check_covered(&lab, "Manifest", "r", "complete", NULL);
	lab_release(&lab);
}

/* --- through another repository --- */
static void what_one_repository_refuses_is_tried_through_another(void **state)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lab lab;
		lab_init(&lab);
		lab.source.seed = seed;
		lab.source.width = 1 + seed % 9;
		struct slice digest = lab_image(&lab, "open", "shared");
		lab_tag(&lab, "closed", "1", digest);
		lab_tag(&lab, "open", "1", digest);
		source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "closed", digest)->outcome = IMAGE_FORBIDDEN;
		lab_walk_all(&lab);
		assert_non_null(lab_find(&lab, &manifest_type, "digest", digest));
		check_covered(&lab, "Manifest", "open", "complete", NULL);
		lab_release(&lab);
	}
}

static void a_config_is_tried_through_another_repository_without_its_manifest(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice config = lab_config(&lab, "one", "c"),
		     digest = lab_manifest_of(&lab, "one", OCI_CONFIG_TYPE, config);
	lab_image(&lab, "two", "c");
	lab_tag(&lab, "one", "1", digest);
	lab_tag(&lab, "two", "1", digest);
	source_memory_answer(&lab.source, IMAGE_ASK_BLOB, "one", config)->outcome = IMAGE_FAILED;
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "one", digest) +
				 source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "two", digest),
			 1);
	bool config_read = false;
	for (size_t i = 0; i < lab.sink.record_count; i++)
		if (lab.sink.records[i].type == &manifest_type)
			config_read = ((const struct manifest *)lab.sink.records[i].record)->config_read == BOOL_TRUE;
	assert_true(config_read);
	lab_release(&lab);
}

static void what_fails_is_not_asked_for_again_in_the_same_repository(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.source.width = 1;
	source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", SLICE(NOWHERE))->outcome = IMAGE_FAILED;
	for (char tag[] = "a"; tag[0] <= 'e'; tag[0]++)
		lab_tag(&lab, "r", tag, SLICE(NOWHERE));
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", SLICE(NOWHERE)), 1);
	check_covered(&lab, "Manifest", "r", "partial", "1 that it leads to could not be read, first sha256:00");
	lab_release(&lab);
}

static void bytes_that_are_no_manifest_are_not_asked_for_elsewhere(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.source.width = 1;
	struct slice digest = source_memory_manifest(&lab.source, "a", OCI_MANIFEST_TYPE, SLICE("[]"));
	source_memory_manifest(&lab.source, "b", OCI_MANIFEST_TYPE, SLICE("[]"));
	lab_tag(&lab, "a", "1", digest);
	lab_tag(&lab, "b", "1", digest);
	lab_walk_all(&lab);
	assert_int_equal(lab.result.manifests, 1);
	check_covered(&lab, "Manifest", "a", "partial", "could not be read");
	check_covered(&lab, "Manifest", "b", "partial", "something that it leads to was not read whole");
	lab_release(&lab);
}

/* --- indexes --- */
static void a_member_that_is_not_there_breaks_its_index_and_not_its_brothers(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice members[] = { lab_image(&lab, "r", "a"), SLICE(NOWHERE), lab_image(&lab, "r", "b") };
	lab_tag(&lab, "r", "1", lab_index(&lab, "r", members, 3));
	lab_walk_all(&lab);
	assert_int_equal(lab_count(&lab, &manifest_type), 3);
	assert_int_equal(lab_count(&lab, &index_member_type), 3);
	check_slice(lab_answer(&lab, "r", SLICE(NOWHERE))->outcome, "absent");
	check_covered(&lab, "Manifest", "r", "partial", "first " NOWHERE ": absent: 404 MANIFEST_UNKNOWN");
	check_covered(&lab, "Tag", "r", "complete", NULL);
	lab_release(&lab);
}

static void an_empty_index_is_whole(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", lab_index(&lab, "r", NULL, 0));
	lab_walk_all(&lab);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void members_that_are_no_manifests_are_not_followed(void **state)
{
	static const char *const types[] = { OCI_LAYER_TYPE, OCI_CONFIG_TYPE, "application/x-made-up" };
	for (size_t i = 0; i < 3; i++) {
		struct lab lab;
		struct slice members[] = { SLICE(NOWHERE), SLICE(NOWHERE) };
		lab_init(&lab);
		lab_tag(&lab, "r", "1",
			source_memory_manifest(&lab.source, "r", OCI_INDEX_TYPE,
					       lab_index_bytes(&lab, members, 2, types[i])));
		lab_walk_all(&lab);
		assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", SLICE(NOWHERE)), 0);
		assert_int_equal(lab_count(&lab, &index_member_type), 2);
		assert_true(lab.result.complete);
		lab_release(&lab);
	}
}

static struct slice index_of(struct lab *lab, struct slice member)
{
	return lab_index(lab, "r", &member, 1);
}

static void indexes_in_indexes_are_followed_so_deep_and_no_deeper(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice image = lab_image(&lab, "r", "deep"), index = image;
	for (size_t i = 0; i <= LIMIT_INDEX_DEPTH; i++)
		index = index_of(&lab, index);
	lab_tag(&lab, "r", "1", index);
	lab_walk_all(&lab);
	assert_non_null(lab_find(&lab, &manifest_type, "digest", image));
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void an_index_that_is_too_deep_is_a_defect_and_its_members_are_not_read(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice image = lab_image(&lab, "r", "deep"), last = index_of(&lab, image), index = last;
	for (size_t i = 0; i <= LIMIT_INDEX_DEPTH; i++)
		index = index_of(&lab, index);
	lab_tag(&lab, "r", "1", index);
	lab_walk_all(&lab);
	assert_null(lab_find(&lab, &manifest_type, "digest", image));
	const struct defect *defect = lab_find(&lab, &defect_type, "object", last);
	check_slice(defect->code, "too_deep");
	check_covered(&lab, "Manifest", "r", "partial", "an index in too many others");
	lab_release(&lab);
}

static void what_was_too_deep_on_one_way_is_read_on_a_shorter_one(void **state)
{
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct lab lab;
		lab_init(&lab);
		lab.source.seed = seed;
		lab.source.width = 1 + seed % 5;
		struct slice image = lab_image(&lab, "r", "deep"), middle = index_of(&lab, index_of(&lab, image));
		struct slice index = middle;
		for (size_t i = 0; i < LIMIT_INDEX_DEPTH; i++)
			index = index_of(&lab, index);
		lab_tag(&lab, "r", "1", index);
		lab_tag(&lab, "r", "2", middle);
		lab_walk_all(&lab);
		assert_non_null(lab_find(&lab, &manifest_type, "digest", image));
		lab_release(&lab);
	}
}

static void add_unverified_index(struct lab *lab, const char *digest, const char *member)
{
	struct memory_answer *answer = source_memory_answer(&lab->source, IMAGE_ASK_MANIFEST, "r", slice_of(digest));
	struct slice members[] = { slice_of(member) };
	answer->digest = slice_of(digest);
	answer->media_type = SLICE(OCI_INDEX_TYPE);
	answer->bytes = lab_index_bytes(lab, members, 1, OCI_INDEX_TYPE);
	answer->unverified = true;
}

static void indexes_in_a_circle_come_to_an_end(void **state)
{
	/* Only of an algorithm that nobody can verify. */
	static const char a[] = "blake3:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const char b[] = "blake3:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
	static const char c[] = "blake3:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct lab lab;
		lab_init(&lab);
		lab.source.seed = seed;
		lab.source.width = 1 + seed % 4;
		add_unverified_index(&lab, a, b);
		add_unverified_index(&lab, b, c);
		add_unverified_index(&lab, c, a);
		lab_tag(&lab, "r", "1", slice_of(a));
		lab_tag(&lab, "r", "2", slice_of(b));
		lab_tag(&lab, "r", "3", slice_of(c));
		lab_walk_all(&lab);
		assert_int_equal(lab.source.asks.len, 0);
		assert_non_null(lab_coverage(&lab, "Manifest", "r"));
		assert_non_null(lab_find(&lab, &defect_type, "code", SLICE("index_cycle")));
		assert_int_equal(lab_count(&lab, &manifest_type), 3);
		lab_release(&lab);
	}
}

static void a_member_may_be_named_many_times(void **state)
{
	struct lab lab;
	struct slice members[100];
	lab_init(&lab);
	struct slice image = lab_image(&lab, "r", "i");
	for (size_t i = 0; i < 100; i++)
		members[i] = image;
	lab_tag(&lab, "r", "1", lab_index(&lab, "r", members, 100));
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", image), 1);
	assert_int_equal(lab_count(&lab, &index_member_type), 100);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_member_in_its_index_is_not_asked_for(void **state)
{
	struct lab lab;
	lab_init(&lab);
	/* {} as a manifest's inline bytes is none: what counts is that nothing is asked for. */
	struct slice digest = source_memory_manifest(
		&lab.source, "r", OCI_INDEX_TYPE,
		SLICE("{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX_TYPE "\",\"manifests\":[{\"mediaType\":"
		      "\"" OCI_MANIFEST_TYPE "\",\"digest\":"
		      "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,\"data\":"
		      "\"e30=\"}]}"));
	lab_tag(&lab, "r", "1", digest);
	lab_walk_all(&lab);
	assert_int_equal(lab.source.asked, 4);
	assert_int_equal(lab.result.manifests, 2);
	lab_release(&lab);
}

/* --- what does not grow --- */
static void no_more_is_under_way_than_the_source_takes(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.source.width = 3;
	lab.source.seed = 5;
	for (size_t i = 0; i < 300; i++) {
		char name[16];
		snprintf(name, sizeof name, "n%zu", i);
		struct slice members[] = { lab_image(&lab, "r", name), lab_image(&lab, "r", "shared") };
		lab_tag(&lab, i % 2 ? "r" : "s", name, lab_index(&lab, i % 2 ? "r" : "s", members, 2));
	}
	lab_walk_all(&lab);
	assert_true(lab.source.most_under_way <= 3);
	assert_true(lab.walk->tasks.len < 50);
	assert_true(lab.walk->arena.used <= 64 * LIMIT_KIB);
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digest_is_fetched_once_whoever_leads_to_it),
		cmocka_unit_test(what_is_known_is_not_fetched),
		cmocka_unit_test(what_one_repository_refuses_is_tried_through_another),
		cmocka_unit_test(a_config_is_tried_through_another_repository_without_its_manifest),
		cmocka_unit_test(what_fails_is_not_asked_for_again_in_the_same_repository),
		cmocka_unit_test(bytes_that_are_no_manifest_are_not_asked_for_elsewhere),
		cmocka_unit_test(a_member_that_is_not_there_breaks_its_index_and_not_its_brothers),
		cmocka_unit_test(an_empty_index_is_whole),
		cmocka_unit_test(members_that_are_no_manifests_are_not_followed),
		cmocka_unit_test(indexes_in_indexes_are_followed_so_deep_and_no_deeper),
		cmocka_unit_test(an_index_that_is_too_deep_is_a_defect_and_its_members_are_not_read),
		cmocka_unit_test(what_was_too_deep_on_one_way_is_read_on_a_shorter_one),
		cmocka_unit_test(indexes_in_a_circle_come_to_an_end),
		cmocka_unit_test(a_member_may_be_named_many_times),
		cmocka_unit_test(a_member_in_its_index_is_not_asked_for),
		cmocka_unit_test(no_more_is_under_way_than_the_source_takes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
