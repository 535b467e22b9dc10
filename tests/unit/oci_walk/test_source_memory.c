#include "oci/walk/source_memory.h"

#include "support/check.h"

static int ask(struct source_memory *memory, enum image_ask_type type, const char *repository, const char *reference,
	       void *owner, struct error **err)
{
	struct image_ask asked = {
		.type = type, .repository = slice_of(repository), .reference = slice_of(reference), .size = -1
	};
	return memory->source.ops->ask(&memory->source, &asked, owner, err);
}

static int next(struct source_memory *memory, struct image_answer *answer, struct error **err)
{
	return memory->source.ops->next(&memory->source, -1, answer, err);
}

static void what_it_holds_is_given_under_its_digest(void **state)
{
	struct source_memory memory;
	struct image_answer answer;
	struct error *err = NULL;
	int owner;
	source_memory_init(&memory);
	struct slice digest = source_memory_manifest(&memory, "a", "made/up", SLICE("hello"));
	check_slice(digest, "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
	source_memory_tag(&memory, "a", "v1", digest, "made/up");
	check_ok(ask(&memory, IMAGE_ASK_TAG, "a", "v1", &owner, &err), &err);
	check_ok(ask(&memory, IMAGE_ASK_MANIFEST, "a", digest.data, NULL, &err), &err);
	check_ok(ask(&memory, IMAGE_ASK_BLOB, "a", digest.data, NULL, &err), &err);
	assert_int_equal(next(&memory, &answer, &err), 1);
	assert_ptr_equal(answer.owner, &owner);
	assert_true(slice_equal(answer.digest, digest));
	assert_true(answer.last);
	assert_int_equal(next(&memory, &answer, &err), 1);
	check_slice(answer.bytes, "hello");
	assert_true(answer.verified);
	assert_int_equal(next(&memory, &answer, &err), 1);
	assert_int_equal(answer.outcome, IMAGE_ABSENT);
	assert_int_equal(next(&memory, &answer, &err), 0);
	assert_int_equal(source_memory_asked(&memory, IMAGE_ASK_TAG, "a", SLICE("v1")), 1);
	assert_int_equal(memory.asked, 3);
	assert_int_equal(memory.most_under_way, 3);
	source_memory_release(&memory);
}

static void lists_come_in_pages_and_may_break_off(void **state)
{
	struct source_memory memory;
	struct image_answer answer;
	struct error *err = NULL;
	source_memory_init(&memory);
	memory.page = 2;
	for (char tag[] = "a"; tag[0] <= 'e'; tag[0]++)
		source_memory_tag(&memory, "r", tag, SLICE("sha256:x"), "");
	check_ok(ask(&memory, IMAGE_ASK_TAGS, "r", NULL, NULL, &err), &err);
	for (size_t left = 5; left; left -= answer.names.len) {
		assert_int_equal(next(&memory, &answer, &err), 1);
		assert_int_equal(answer.names.len, left < 2 ? left : 2);
		assert_int_equal(answer.last, left <= 2);
	}
	struct memory_answer *told = source_memory_answer(&memory, IMAGE_ASK_TAGS, "r", SLICE_NONE);
	told->outcome = IMAGE_FAILED;
	told->why = SLICE("cut");
	told->fails_after = 1;
	check_ok(ask(&memory, IMAGE_ASK_TAGS, "r", NULL, NULL, &err), &err);
	assert_int_equal(next(&memory, &answer, &err), 1);
	assert_int_equal(answer.names.len, 1);
	assert_false(answer.last);
	assert_int_equal(next(&memory, &answer, &err), 1);
	assert_int_equal(answer.outcome, IMAGE_FAILED);
	assert_true(answer.last);
	source_memory_release(&memory);
}

static void it_fails_when_told_to(void **state)
{
	struct source_memory memory;
	struct image_answer answer;
	struct error *err = NULL;
	source_memory_init(&memory);
	memory.ask_fails_after = 1;
	memory.next_fails_after = 1;
	check_ok(ask(&memory, IMAGE_ASK_TAG, "a", "v1", NULL, &err), &err);
	assert_int_equal(ask(&memory, IMAGE_ASK_TAG, "a", "v2", NULL, &err), -1);
	check_error(&err, ERROR_SYSTEM, "told to fail");
	assert_int_equal(next(&memory, &answer, &err), 1);
	assert_int_equal(next(&memory, &answer, &err), -1);
	check_error(&err, ERROR_SYSTEM, "told to fail");
	source_memory_release(&memory);
}

static void another_seed_is_another_order(void **state)
{
	struct source_memory memory;
	struct image_answer answer;
	struct error *err = NULL;
	char owners[20];
	bool shuffled = false;
	source_memory_init(&memory);
	memory.seed = 7;
	for (size_t i = 0; i < 20; i++)
		check_ok(ask(&memory, IMAGE_ASK_TAG, "a", "v1", &owners[i], &err), &err);
	for (size_t i = 0; i < 20; i++) {
		assert_int_equal(next(&memory, &answer, &err), 1);
		shuffled |= answer.owner != &owners[i];
	}
	assert_true(shuffled);
	source_memory_release(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_holds_is_given_under_its_digest),
		cmocka_unit_test(lists_come_in_pages_and_may_break_off),
		cmocka_unit_test(it_fails_when_told_to),
		cmocka_unit_test(another_seed_is_another_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
