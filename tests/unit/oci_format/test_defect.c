#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "format_check.h"
#include "support/check.h"
#include "support/torture.h"

static void texts_are_copied(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct oci_defects defects = { 0 };
	char place[] = "/a";
	assert_int_equal(oci_defect_add(&defects, &arena, "code", slice_of(place), "%d layers", 7), 0);
	place[1] = 'b';
	check_defects(&defects, "code /a");
	check_slice(defects.items[0].message, "7 layers");
}

static void long_messages_are_cut(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct oci_defects defects = { 0 };
	char text[1000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(oci_defect_add(&defects, &arena, "code", SLICE(""), "%s", text), 0);
	assert_int_equal(defects.items[0].message.len, 255);
}

static void the_rest_is_counted(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct oci_defects defects = { 0 };
	for (size_t i = 0; i < LIMIT_OCI_DEFECTS; i++)
		assert_int_equal(oci_defect_add(&defects, &arena, "code", SLICE("/x"), "x"), 0);
	assert_string_equal(defects.items[LIMIT_OCI_DEFECTS - 1].code, "code");
	assert_int_equal(oci_defect_add(&defects, &arena, "code", SLICE("/x"), "x"), 0);
	assert_int_equal(defects.len, LIMIT_OCI_DEFECTS);
	assert_string_equal(defects.items[LIMIT_OCI_DEFECTS - 1].code, "too_many");
	check_slice(defects.items[LIMIT_OCI_DEFECTS - 1].message, "2 more defects");
	size_t used = arena.used;
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(oci_defect_add(&defects, &arena, "code", SLICE("/x"), "x"), 0);
	check_slice(defects.items[LIMIT_OCI_DEFECTS - 1].message, "100002 more defects");
	assert_int_equal(arena.used, used);
}

/* A pointer of RFC 6901: `~` and `/` are escaped, and nobody's long name makes it long. */
static void places_are_json_pointers(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	char json[2000], name[500], expected[300];
	parse_config(&parsed, "{\"config\":{\"Labels\":{\"a/b~c\":7,\"\":8}}}", 1);
	check_defects(&parsed.config.defects, "wrong_type /config/Labels/a~1b~0c; wrong_type /config/Labels/");
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	snprintf(json, sizeof json, "{\"config\":{\"Labels\":{\"%s\":7}}}", name);
	snprintf(expected, sizeof expected, "wrong_type /config/Labels/%.128s", name);
	parse_config(&parsed, json, 1);
	check_defects(&parsed.config.defects, expected);
}

static int fill(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct oci_defects defects = { 0 };
	for (size_t i = 0; i < LIMIT_OCI_DEFECTS + 2; i++)
		if (oci_defect_add(&defects, &arena, "code", SLICE("/x"), "%s", "some words that fill the arena") < 0)
			return -1;
	return 0;
}

static void every_allocation_fails(void **state)
{
	torture(fill, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_copied),       cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(the_rest_is_counted),    cmocka_unit_test(places_are_json_pointers),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
