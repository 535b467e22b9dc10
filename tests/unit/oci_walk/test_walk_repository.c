#include "oci/walk/walk_internal.h"

#include <stdio.h>

#include "base/limits.h"
#include "support/check.h"
#include "walk_lab.h"

static void add_reference(struct lab *lab, const char *repository, struct slice reference)
{
	struct error *err = NULL;
	check_ok(image_walk_reference(lab->walk, slice_of(repository), reference, &err), &err);
}

static void of_a_repository_that_is_not_listed_only_what_was_named_is_covered(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "r", "by digest");
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "one"));
	lab_tag(&lab, "r", "2", lab_image(&lab, "r", "two"));
	lab_begin(&lab);
	add_reference(&lab, "r", SLICE("1"));
	add_reference(&lab, "r", digest);
	add_reference(&lab, "r", digest);
	lab_run(&lab);
	assert_int_equal(lab.source.asked, 5); /* a tag, two manifests, two configs */
	assert_null(lab_coverage(&lab, "Tag", "r"));
	check_covered(&lab, "Manifest", "r", "complete", NULL);
	check_slice(lab_coverage(&lab, "Manifest", "r")->subtype, "given");
	assert_int_equal(lab_count(&lab, &tag_type), 1);
	check_slice(lab_answer(&lab, "r", digest)->outcome, "present");
	assert_null(lab_answer(&lab, "r", SLICE("1")));
	assert_int_equal(lab.result.repositories, 1);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_listed_repository_is_covered_whole(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "one"));
	lab_tag(&lab, "r", "2", lab_image(&lab, "r", "two"));
	lab_begin(&lab);
	add_reference(&lab, "r", SLICE("1"));
	check_ok(image_walk_repository(lab.walk, SLICE("r"), &err), &err);
	lab_run(&lab);
	check_slice(lab_coverage(&lab, "Manifest", "r")->subtype, "*");
	check_slice(lab_coverage(&lab, "Tag", "r")->subtype, "*");
	assert_int_equal(lab_coverage(&lab, "Tag", "r")->objects, 2);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_TAG, "r", SLICE("1")), 1);
	lab_release(&lab);
}

static void a_digest_that_is_not_there_is_an_answer_and_not_covered(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_begin(&lab);
	add_reference(&lab, "r", SLICE(NOWHERE));
	lab_run(&lab);
	check_slice(lab_answer(&lab, "r", SLICE(NOWHERE))->outcome, "absent");
	check_covered(&lab, "Manifest", "r", "partial", "first " NOWHERE ": absent");
	lab_release(&lab);
}

static void a_repository_is_listed_once_however_often_it_is_named(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab_tag(&lab, "r", "1", lab_image(&lab, "r", "one"));
	source_memory_list(&lab.source, NULL, SLICE("r"));
	source_memory_list(&lab.source, "r", SLICE("1"));
	source_memory_answer(&lab.source, IMAGE_ASK_TAGS, "r", SLICE_NONE);
	lab_begin(&lab);
	check_ok(image_walk_repository(lab.walk, SLICE("r"), &err), &err);
	check_ok(image_walk_repository(lab.walk, SLICE("r"), &err), &err);
	check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
	lab_run(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_TAGS, "r", SLICE_NONE), 1);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_TAG, "r", SLICE("1")), 1);
	assert_int_equal(lab.result.repositories, 1);
	assert_int_equal(lab.result.tags, 1);
	lab_release(&lab);
}

/* By name a tag is asked for before the catalog tells of its repository: with width 1 that has ended by then. */
static void what_was_lost_by_name_is_lost_for_the_list_too(void **state)
{
	for (size_t width = 1; width <= 8; width *= 8) {
		struct lab lab;
		struct error *err = NULL;
		lab_init(&lab);
		lab.source.width = width;
		struct slice two = lab_image(&lab, "r", "two");
		lab_tag(&lab, "r", "1", lab_image(&lab, "r", "one"));
		lab_tag(&lab, "r", "2", two);
		source_memory_answer(&lab.source, IMAGE_ASK_TAG, "r", SLICE("1"))->outcome = IMAGE_FORBIDDEN;
		source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", two)->outcome = IMAGE_ABSENT;
		lab_begin(&lab);
		add_reference(&lab, "r", SLICE("1"));
		add_reference(&lab, "r", SLICE("2"));
		check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
		lab_run(&lab);
		assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_TAG, "r", SLICE("1")), 1);
		check_covered(&lab, "Tag", "r", "partial", "1 of 2 tags: 1: forbidden");
		assert_int_equal(lab_coverage(&lab, "Tag", "r")->objects, 1);
		for (size_t i = 0; i < lab.sink.record_count; i++) {
			const struct coverage *covered = lab.sink.records[i].record;
			if (lab.sink.records[i].type == &coverage_type && slice_equal_text(covered->kind, "Manifest"))
				check_slice(covered->outcome, "partial");
		}
		lab_release(&lab);
	}
}

static void what_is_named_comes_before_the_catalog(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.source.width = 1;
	lab_tag(&lab, "catalog", "1", lab_image(&lab, "catalog", "c"));
	lab_tag(&lab, "named", "1", lab_image(&lab, "named", "n"));
	lab_begin(&lab);
	check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
	check_ok(image_walk_repository(lab.walk, SLICE("named"), &err), &err);
	lab_run(&lab);
	for (size_t i = 0; i < lab.sink.record_count; i++) {
		const struct tag *tag = lab.sink.records[i].record;
		if (lab.sink.records[i].type == &tag_type) {
			check_slice(tag->repository, "named");
			break;
		}
	}
	lab_release(&lab);
}

static void a_name_with_a_nul_is_refused_at_once(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab_begin(&lab);
	assert_int_equal(image_walk_reference(lab.walk, SLICE("r"), (struct slice){ "a\0b", 3 }, &err), -1);
	check_error(&err, ERROR_USAGE, "");
	lab_release(&lab);
}

/* What waits and is open stays the same, however many images there are. */
static void measure(size_t repositories, size_t *ret_open, size_t *ret_tasks, size_t *ret_arena)
{
	struct lab lab;
	lab_init(&lab);
	for (size_t r = 0; r < repositories; r++) {
		char name[16];
		snprintf(name, sizeof name, "r%zu", r);
		for (char tag[] = "1"; tag[0] <= '5'; tag[0]++)
			lab_tag(&lab, name, tag, lab_image(&lab, name, name));
	}
	lab_walk_all(&lab);
	assert_true(lab.result.complete);
	assert_int_equal(lab.result.repositories, repositories);
	assert_null(lab.walk->opened);
	assert_int_equal(lab.walk->open_count, 0);
	*ret_open = lab.walk->most_open;
	*ret_tasks = lab.walk->tasks.len;
	*ret_arena = lab.walk->arena.used;
	lab_release(&lab);
}

static void nothing_grows_with_the_number_of_repositories(void **state)
{
	size_t open[2], tasks[2], arena[2];
	measure(40, &open[0], &tasks[0], &arena[0]);
	measure(1000, &open[1], &tasks[1], &arena[1]);
	assert_true(open[1] <= OPEN_REPOSITORIES_FOR_EACH_ASK * 8);
	assert_true(tasks[1] <= tasks[0] + 8);
	assert_int_equal(arena[1], arena[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_repository_that_is_not_listed_only_what_was_named_is_covered),
		cmocka_unit_test(a_listed_repository_is_covered_whole),
		cmocka_unit_test(a_digest_that_is_not_there_is_an_answer_and_not_covered),
		cmocka_unit_test(a_repository_is_listed_once_however_often_it_is_named),
		cmocka_unit_test(what_was_lost_by_name_is_lost_for_the_list_too),
		cmocka_unit_test(what_is_named_comes_before_the_catalog),
		cmocka_unit_test(a_name_with_a_nul_is_refused_at_once),
		cmocka_unit_test(nothing_grows_with_the_number_of_repositories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
