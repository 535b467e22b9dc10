/* The walk by tables; what is read with it has tests of its own. */
#include "base/limits.h"
#include "format_check.h"
#include "oci/format/document_internal.h"
#include "support/check.h"

struct thing {
	struct slice kind, other;
	struct slice_list names;
	bool set;
};

static const struct oci_member members[] = {
	OCI_MEMBER("kind", oci_take_text, struct thing, kind),
	OCI_MEMBER("other", oci_take_text, struct thing, other),
	OCI_MEMBER("names", oci_take_names, struct thing, names),
	OCI_MEMBER("set", oci_take_bool, struct thing, set),
};

struct read {
	struct arena arena;
	struct oci_defects defects;
	struct thing thing;
	struct slice refused;
};

static void read_thing(struct read *read, struct slice json, int expected)
{
	struct error *err = NULL;
	arena_release(&read->arena);
	*read = (struct read){ .arena = ARENA_INIT(LIMIT_MIB) };
	struct oci_document document = { .arena = &read->arena, .defects = &read->defects };
	int got = oci_document_read(&document, json, OCI_MEMBERS(members), &read->thing, &read->refused, &err);
	check_ok(got, &err);
	assert_int_equal(got, expected);
}

static void release(struct read *read)
{
	arena_release(&read->arena);
}

static void texts_without_escapes_lie_in_the_document(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	struct slice json = SLICE("{\"kind\":\"plain\",\"other\":\"\\u0061\"}");
	read_thing(&read, json, 1);
	check_slice(read.thing.kind, "plain");
	check_slice(read.thing.other, "a");
	assert_true(read.thing.kind.data > json.data && read.thing.kind.data < json.data + json.len);
	assert_false(read.thing.other.data > json.data && read.thing.other.data < json.data + json.len);
}

/* Exactly first, then without regard to case, as Go: both letters that fold into ASCII too. */
static void names_of_members(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"KIND\":\"1\"}"), 1);
	check_slice(read.thing.kind, "1");
	check_defects(&read.defects, "name_case /KIND");
	read_thing(&read, SLICE("{\"\xe2\x84\xaaind\":\"1\",\"name\xc5\xbf\":{\"a\":1}}"), 1);
	check_slice(read.thing.kind, "1");
	check_list(read.thing.names, "a");
	read_thing(&read, SLICE("{\"kin\":\"1\",\"kinds\":\"2\",\"\":\"3\"}"), 1);
	assert_null(read.thing.kind.data);
	check_defects(&read.defects, "");
	read_thing(&read, SLICE("{\"\\u006bind\":\"1\"}"), 1);
	check_slice(read.thing.kind, "1");
	check_defects(&read.defects, "");
}

static void of_several_the_last(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"kind\":\"1\",\"kind\":\"2\",\"Kind\":\"3\"}"), 1);
	check_slice(read.thing.kind, "3");
	check_defects(&read.defects, "duplicate_member /kind; name_case /Kind; duplicate_member /Kind");
	read_thing(&read,
		   SLICE("{\"kind\":\"1\",\"kind\":null,\"set\":true,\"set\":null,\"names\":{\"a\":1},\"names\":null}"),
		   1);
	check_slice(read.thing.kind, "1");
	assert_true(read.thing.set);
	assert_null(read.thing.names.items);
}

static void unknown_members_are_passed_over(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"x\":{\"kind\":\"no\",\"y\":[[{}]]},\"x\":1,\"kind\":\"yes\"}"), 1);
	check_slice(read.thing.kind, "yes");
	check_defects(&read.defects, "");
}

/* They are checked all the same. */
static void what_is_passed_over_must_be_json(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"x\":{\"y\":01},\"kind\":\"yes\"}"), 0);
	assert_true(read.refused.len > 0);
	read_thing(&read, SLICE("{\"x\":[1,],\"kind\":\"yes\"}"), 0);
}

static void names_of_an_object_whatever_they_hold(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"names\":{\"a\":{\"b\":[]},\"c\":[{}],\"\\u0064\":null,\"\":7},\"kind\":\"k\"}"), 1);
	check_list(read.thing.names, "a|c|d|");
	check_slice(read.thing.kind, "k");
}

static void blanks_may_stand_around_it(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE(" \r\n\t{ \"kind\" : \"k\" }\n\n"), 1);
	read_thing(&read, SLICE("{} ,"), 0);
	read_thing(&read, SLICE("{}\0"), 0);
}

static void bytes_that_are_not_utf8(void **state)
{
	CLEANUP(release) struct read read = { 0 };
	read_thing(&read, SLICE("{\"kind\":\"a\xff\",\"\xfe\":1}"), 1);
	check_slice(read.thing.kind, "a\xef\xbf\xbd");
	check_defects(&read.defects, "bad_utf8 /kind; bad_utf8 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_without_escapes_lie_in_the_document),
		cmocka_unit_test(names_of_members),
		cmocka_unit_test(of_several_the_last),
		cmocka_unit_test(unknown_members_are_passed_over),
		cmocka_unit_test(what_is_passed_over_must_be_json),
		cmocka_unit_test(names_of_an_object_whatever_they_hold),
		cmocka_unit_test(blanks_may_stand_around_it),
		cmocka_unit_test(bytes_that_are_not_utf8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
