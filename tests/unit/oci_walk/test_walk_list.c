#include "oci/walk/walk_internal.h"

#include "support/check.h"
#include "walk_lab.h"

static void fail_ask(struct lab *lab, enum image_ask_type type, const char *repository, struct slice reference,
		     enum image_outcome outcome, const char *why)
{
	struct memory_answer *answer = source_memory_answer(&lab->source, type, repository, reference);
	answer->outcome = outcome;
	answer->why = slice_of(why);
}

/* --- the catalog --- */
static bool begins_with_a(const void *data, struct slice repository)
{
	return slice_starts_with(repository, data);
}

static void only_wanted_repositories_of_the_catalog_are_read(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.source.page = 1;
	lab_tag(&lab, "acme/web", "1", lab_image(&lab, "acme/web", "w"));
	lab_tag(&lab, "other", "1", lab_image(&lab, "other", "o"));
	lab_begin(&lab);
	check_ok(image_walk_catalog(lab.walk, begins_with_a, "acme", &err), &err);
	lab_run(&lab);
	assert_int_equal(lab.result.repositories, 1);
	assert_int_equal(lab.result.catalog_names, 2);
	assert_null(lab_coverage(&lab, "Tag", "other"));
	assert_int_equal(lab_coverage(&lab, "Repository", "*")->objects, 2);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_catalog_that_is_not_given_is_said(void **state)
{
	struct lab lab;
	lab_init(&lab);
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_FORBIDDEN, "401 UNAUTHORIZED");
	lab_walk_all(&lab);
	check_covered(&lab, "Repository", "*", "forbidden", "401 UNAUTHORIZED");
	assert_false(lab.result.complete);
	assert_int_equal(lab.result.catalog, IMAGE_FORBIDDEN);
	check_slice(lab.result.why, "catalog: forbidden: 401 UNAUTHORIZED");
	lab_release(&lab);
}

static void a_catalog_that_others_may_replace_is_only_told(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.catalog_optional = true;
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_UNSUPPORTED, "404");
	lab_walk_all(&lab);
	assert_null(lab_coverage(&lab, "Repository", "*"));
	assert_int_equal(lab.result.catalog, IMAGE_UNSUPPORTED);
	check_slice(lab.result.catalog_why, "404");
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_catalog_that_breaks_off_is_partial_and_its_repositories_are_read(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.catalog_optional = true;
	lab_tag(&lab, "a", "1", lab_image(&lab, "a", "a"));
	lab_tag(&lab, "b", "1", lab_image(&lab, "b", "b"));
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_FAILED, "503");
	source_memory_answer(&lab.source, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE)->fails_after = 1;
	lab_walk_all(&lab);
	check_covered(&lab, "Repository", "*", "partial", "503");
	check_covered(&lab, "Tag", "a", "complete", NULL);
	assert_null(lab_coverage(&lab, "Tag", "b"));
	assert_false(lab.result.complete);
	lab_release(&lab);
}

/* --- names that cannot be --- */
static void names_that_lead_elsewhere_are_defects_and_never_asked_for(void **state)
{
	static const char *const names[] = { "../secret", "a//b", "/a", "a/", "a b", "a?x=1", "a/../b", "a\r\nb", "" };
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "good", "1", lab_image(&lab, "good", "g"));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		source_memory_list(&lab.source, NULL, slice_of(names[i]));
	lab_walk_all(&lab);
	assert_int_equal(lab.result.repositories, 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct defect *defect = lab_find(&lab, &defect_type, "object", slice_of(names[i]));
		assert_non_null(defect);
		check_slice(defect->code, "bad_name");
	}
	check_covered(&lab, "Tag", "good", "complete", NULL);
	assert_false(lab.result.complete);
	lab_release(&lab);
}

static void tags_that_cannot_be_are_lost_tags(void **state)
{
	static const struct slice names[] = { { "a/b", 3 }, { "-a", 2 },   { ".a", 2 },  { "a b", 3 },
					      { "", 0 },    { "a\0b", 3 }, { "a?b", 3 }, { "\xc3\xa9", 2 } };
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "g"));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		source_memory_list(&lab.source, "r", names[i]);
	lab_walk_all(&lab);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_non_null(lab_find(&lab, &defect_type, "object", names[i]));
	assert_int_equal(lab_count(&lab, &tag_type), 1);
	check_covered(&lab, "Tag", "r", "partial", "8 of 9 tags: ");
	check_covered(&lab, "Manifest", "r", "partial", "8 of 9 tags: ");
	lab_release(&lab);
}

static void a_tag_of_128_bytes_is_one_and_a_longer_is_not(void **state)
{
	char name[130];
	struct lab lab;
	lab_init(&lab);
	memset(name, 'a', sizeof name);
	name[128] = '\0';
	lab_tag(&lab, "r", name, lab_image(&lab, "r", "g"));
	name[128] = 'a';
	name[129] = '\0';
	lab_tag(&lab, "r", name, lab_image(&lab, "r", "g"));
	lab_walk_all(&lab);
	assert_int_equal(lab_count(&lab, &tag_type), 1);
	check_covered(&lab, "Tag", "r", "partial", "1 of 2 tags: ");
	lab_release(&lab);
}

/* --- tags --- */
static void a_tag_that_is_refused_is_an_answer_and_makes_the_list_partial(void **state)
{
	struct lab lab;
	lab_init(&lab);
	for (int i = 0; i < 28; i++) {
		char tag[] = { (char)('a' + i / 10), (char)('0' + i % 10), '\0' };
		lab_tag(&lab, "acme/web", tag, lab_image(&lab, "acme/web", "w"));
	}
	lab_tag(&lab, "acme/web", "x1", SLICE(NOWHERE));
	lab_tag(&lab, "acme/web", "x2", SLICE(NOWHERE));
	fail_ask(&lab, IMAGE_ASK_TAG, "acme/web", SLICE("x1"), IMAGE_LIMITED, "429 TOOMANYREQUESTS");
	fail_ask(&lab, IMAGE_ASK_TAG, "acme/web", SLICE("x2"), IMAGE_LIMITED, "429 TOOMANYREQUESTS");
	lab_walk_all(&lab);
	check_covered(&lab, "Tag", "acme/web", "partial", "2 of 30 tags: x1: limited: 429 TOOMANYREQUESTS");
	check_covered(&lab, "Manifest", "acme/web", "partial", "2 of 30 tags: x1: limited: 429 TOOMANYREQUESTS");
	const struct registry_answer *answer = lab_answer(&lab, "acme/web", SLICE("x2"));
	check_slice(answer->outcome, "limited");
	check_slice(answer->registry, "reg.example");
	assert_int_equal(lab_count(&lab, &tag_type), 28);
	assert_int_equal(lab.result.failures, 2);
	assert_false(lab.result.complete);
	check_slice(lab.result.why, "acme/web x1: limited: 429 TOOMANYREQUESTS");
	lab_release(&lab);
}

static void a_tag_that_was_deleted_while_it_was_listed_is_an_answer(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "g"));
	source_memory_list(&lab.source, "r", SLICE("2"));
	lab_walk_all(&lab);
	check_slice(lab_answer(&lab, "r", SLICE("2"))->outcome, "absent");
	check_covered(&lab, "Tag", "r", "complete", NULL);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_tag_without_a_digest_is_invalid(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", SLICE("sha256:short"));
	lab_walk_all(&lab);
	check_slice(lab_answer(&lab, "r", SLICE("1"))->outcome, "invalid");
	check_covered(&lab, "Tag", "r", "partial", "1 of 1 tags: 1: invalid: no digest");
	assert_int_equal(lab_count(&lab, &tag_type), 0);
	lab_release(&lab);
}

static void the_bytes_of_a_tag_are_not_asked_for_again(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "r", "g");
	lab_tag(&lab, "r", "1", digest);
	source_memory_answer(&lab.source, IMAGE_ASK_TAG, "r", SLICE("1"))->bytes =
		source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", digest)->bytes;
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_MANIFEST, "r", digest), 0);
	assert_non_null(lab_find(&lab, &manifest_type, "digest", digest));
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_listed_digest_is_asked_for_as_one(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "r", "g");
	source_memory_list(&lab.source, NULL, SLICE("r"));
	source_memory_list(&lab.source, "r", digest);
	lab_walk_all(&lab);
	assert_int_equal(lab_count(&lab, &tag_type), 0);
	assert_non_null(lab_find(&lab, &manifest_type, "digest", digest));
	check_slice(lab_answer(&lab, "r", digest)->outcome, "present");
	lab_release(&lab);
}

/* --- lists of tags --- */
static void a_list_that_breaks_off_is_partial(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.source.page = 1;
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "a"));
	lab_tag(&lab, "r", "2", lab_image(&lab, "r", "b"));
	fail_ask(&lab, IMAGE_ASK_TAGS, "r", SLICE_NONE, IMAGE_FAILED, "a page that was met before");
	source_memory_answer(&lab.source, IMAGE_ASK_TAGS, "r", SLICE_NONE)->fails_after = 1;
	lab_walk_all(&lab);
	check_covered(&lab, "Tag", "r", "partial", "a page that was met before");
	check_covered(&lab, "Manifest", "r", "partial", "its list of tags is not whole");
	check_slice(lab_answer(&lab, "r", SLICE(""))->outcome, "failed");
	assert_int_equal(lab_count(&lab, &tag_type), 1);
	assert_false(lab.result.complete);
	lab_release(&lab);
}

static void how_a_list_fails_is_how_it_is_covered(void **state)
{
	static const struct {
		enum image_outcome outcome;
		const char *covered;
	} cases[] = {
		{ IMAGE_FORBIDDEN, "forbidden" }, { IMAGE_LIMITED, "failed" },     { IMAGE_FAILED, "failed" },
		{ IMAGE_INVALID, "failed" },      { IMAGE_UNSUPPORTED, "absent" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lab lab;
		lab_init(&lab);
		source_memory_list(&lab.source, NULL, SLICE("r"));
		fail_ask(&lab, IMAGE_ASK_TAGS, "r", SLICE_NONE, cases[i].outcome, "because");
		lab_walk_all(&lab);
		check_covered(&lab, "Tag", "r", cases[i].covered, "because");
		check_covered(&lab, "Manifest", "r", "partial", "its list of tags is not whole");
		assert_false(lab.result.complete);
		lab_release(&lab);
	}
}

static void a_catalog_may_name_what_has_no_tags_any_more(void **state)
{
	struct lab lab;
	lab_init(&lab);
	source_memory_list(&lab.source, NULL, SLICE("emptied"));
	lab_walk_all(&lab);
	check_covered(&lab, "Tag", "emptied", "absent", "404 NAME_UNKNOWN");
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_named_repository_that_is_not_there_is_not_complete(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab_begin(&lab);
	check_ok(image_walk_repository(lab.walk, SLICE("nobody/here"), &err), &err);
	lab_run(&lab);
	check_covered(&lab, "Tag", "nobody/here", "absent", "404 NAME_UNKNOWN");
	assert_false(lab.result.complete);
	lab_release(&lab);
}

/* --- digests that were met before --- */
static bool all_are_known(const void *data, struct slice digest)
{
	return true;
}

static void whether_a_known_digest_is_there_is_asked(void **state)
{
	const struct image_known known = { .has = all_are_known };
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.options.known = &known;
	struct slice digest = lab_image(&lab, "r", "a");
	source_memory_answer(&lab.source, IMAGE_ASK_TAG, "r", digest)->digest = digest;
	lab_begin(&lab);
	check_ok(image_walk_reference(lab.walk, SLICE("r"), digest, &err), &err);
	check_ok(image_walk_reference(lab.walk, SLICE("r"), SLICE(NOWHERE), &err), &err);
	lab_run(&lab);
	check_slice(lab_answer(&lab, "r", digest)->outcome, "present");
	check_slice(lab_answer(&lab, "r", SLICE(NOWHERE))->outcome, "absent");
	assert_int_equal(lab_count(&lab, &manifest_type), 0);
	assert_int_equal(lab.result.known, 2);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static int as_named(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path)
{
	return 1;
}

static void whether_a_layout_holds_a_digest_is_told_by_its_bytes(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.options.split = as_named;
	struct slice member = lab_image(&lab, "r", "m");
	lab_tag(&lab, "r", "1", lab_index(&lab, "r", &member, 1));
	lab_begin(&lab);
	check_ok(image_walk_repository(lab.walk, SLICE("r"), &err), &err);
	lab_run(&lab);
	check_ok(image_walk_reference(lab.walk, SLICE("r"), member, &err), &err);
	lab_run(&lab);
	check_slice(lab_answer(&lab, "r", member)->outcome, "present");
	assert_true(lab.result.complete);
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_wanted_repositories_of_the_catalog_are_read),
		cmocka_unit_test(a_catalog_that_is_not_given_is_said),
		cmocka_unit_test(a_catalog_that_others_may_replace_is_only_told),
		cmocka_unit_test(a_catalog_that_breaks_off_is_partial_and_its_repositories_are_read),
		cmocka_unit_test(names_that_lead_elsewhere_are_defects_and_never_asked_for),
		cmocka_unit_test(tags_that_cannot_be_are_lost_tags),
		cmocka_unit_test(a_tag_of_128_bytes_is_one_and_a_longer_is_not),
		cmocka_unit_test(a_tag_that_is_refused_is_an_answer_and_makes_the_list_partial),
		cmocka_unit_test(a_tag_that_was_deleted_while_it_was_listed_is_an_answer),
		cmocka_unit_test(a_tag_without_a_digest_is_invalid),
		cmocka_unit_test(the_bytes_of_a_tag_are_not_asked_for_again),
		cmocka_unit_test(a_listed_digest_is_asked_for_as_one),
		cmocka_unit_test(a_list_that_breaks_off_is_partial),
		cmocka_unit_test(how_a_list_fails_is_how_it_is_covered),
		cmocka_unit_test(a_catalog_may_name_what_has_no_tags_any_more),
		cmocka_unit_test(a_named_repository_that_is_not_there_is_not_complete),
		cmocka_unit_test(whether_a_known_digest_is_there_is_asked),
		cmocka_unit_test(whether_a_layout_holds_a_digest_is_told_by_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
