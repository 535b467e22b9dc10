#include "oci/format/config.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "format_check.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define SETTINGS                                                                                                       \
	"\"config\":{\"User\":\"app\",\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},"                                 \
	"\"Env\":[\"PATH=/bin\",\"A=\\u00e4\"],\"Entrypoint\":[\"/run\"],\"Cmd\":[\"-v\",\"\"],"                       \
	"\"Volumes\":{\"/data\":{}},\"WorkingDir\":\"/srv\",\"Labels\":{\"a\":\"1\",\"b\":\"2\"},"                     \
	"\"StopSignal\":\"SIGINT\",\"ArgsEscaped\":true,\"Healthcheck\":{\"Test\":[\"CMD\",\"/ok\"],\"Retries\":3},"   \
	"\"OnBuild\":[\"RUN x\"],\"Shell\":[\"/bin/ash\",\"-c\"]}"
#define HISTORY                                                                                                        \
	"\"history\":[{\"created\":\"2026-01-01T00:00:00Z\",\"created_by\":\"ADD f /\",\"author\":\"me\"},"            \
	"{\"created_by\":\"CMD [\\\"x\\\"]\",\"comment\":\"c\",\"empty_layer\":true}]"
#define ROOTFS "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" DIGEST_A "\",\"" DIGEST_B "\"]}"
#define RICH                                                                                                           \
	"{\"created\":\"2026-11-01T10:00:00Z\",\"author\":\"Me <me@example.org>\",\"architecture\":\"arm\","           \
	"\"os\":\"linux\",\"variant\":\"v7\",\"os.version\":\"6\"," SETTINGS "," ROOTFS "," HISTORY                    \
	",\"docker_version\":\"20\",\"container_config\":{\"Cmd\":[\"no\"]}}"

static void whose_image_and_for_what(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, RICH, 1);
	const struct oci_config *c = &parsed.config;
	assert_int_equal(c->created.dating, OCI_DATED);
	check_slice(c->created.text, "2026-11-01T10:00:00Z");
	check_slice(c->author, "Me <me@example.org>");
	check_slice(c->platform.architecture, "arm");
	check_slice(c->platform.os, "linux");
	check_slice(c->platform.variant, "v7");
	check_slice(c->platform.os_version, "6");
	assert_true(c->has_rootfs);
	check_list(c->diff_ids, DIGEST_A "|" DIGEST_B);
	check_defects(&c->defects, "");
	assert_null(c->refused.data);
}

static void settings(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, RICH, 1);
	const struct oci_config *c = &parsed.config;
	check_slice(c->user, "app");
	check_slice(c->working_dir, "/srv");
	check_slice(c->stop_signal, "SIGINT");
	check_list(c->environment, "PATH=/bin|A=\xc3\xa4");
	check_list(c->entrypoint, "/run");
	check_list(c->command, "-v|");
	check_list(c->shell, "/bin/ash|-c");
	check_list(c->onbuild, "RUN x");
	check_list(c->healthcheck, "CMD|/ok");
	check_list(c->ports, "80/tcp|53/udp");
	check_list(c->volumes, "/data");
	assert_true(c->args_escaped);
	assert_int_equal(c->label_count, 2);
	check_slice(oci_annotation_of(c->labels, c->label_count, "b"), "2");
}

static void history(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, RICH, 1);
	const struct oci_history *history = parsed.config.history;
	assert_int_equal(parsed.config.history_count, 2);
	assert_int_equal(history[0].created.dating, OCI_DATED);
	check_slice(history[0].created_by, "ADD f /");
	check_slice(history[0].author, "me");
	assert_false(history[0].empty_layer);
	assert_int_equal(history[1].created.dating, OCI_UNDATED);
	check_slice(history[1].created_by, "CMD [\"x\"]");
	check_slice(history[1].comment, "c");
	assert_true(history[1].empty_layer);
}

static void nothing_is_known_of_an_empty_config(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{}", 1);
	const struct oci_config *c = &parsed.config;
	assert_int_equal(c->created.dating, OCI_UNDATED);
	assert_false(c->has_rootfs);
	assert_null(c->entrypoint.items);
	assert_null(c->command.items);
	assert_null(c->ports.items);
	assert_null(c->user.data);
	assert_int_equal(c->history_count, 0);
	check_defects(&c->defects, "");
}

/* An empty list is something else than none: it takes the base's command away. */
static void empty_is_not_the_same_as_not_given(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{\"config\":{\"Cmd\":[],\"Entrypoint\":null,\"ExposedPorts\":{},\"User\":\"\"}}", 1);
	assert_non_null(parsed.config.command.items);
	assert_int_equal(parsed.config.command.len, 0);
	assert_null(parsed.config.entrypoint.items);
	assert_non_null(parsed.config.ports.items);
	check_slice(parsed.config.user, "");
	check_defects(&parsed.config.defects, "");
}

static void null_is_as_good_as_nothing(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed,
		     "{\"config\":null,\"rootfs\":null,\"history\":null,\"os\":null,\"author\":null,\"created\":null}",
		     1);
	assert_false(parsed.config.has_rootfs);
	check_defects(&parsed.config.defects, "");
	parse_config(&parsed,
		     "{\"rootfs\":{\"diff_ids\":null},\"config\":{\"Labels\":null,\"Env\":null,\"ArgsEscaped\":null}}",
		     1);
	assert_true(parsed.config.has_rootfs);
	assert_int_equal(parsed.config.diff_ids.len, 0);
	check_defects(&parsed.config.defects, "");
}

/* Docker's own type of commands takes both. */
static void a_command_may_be_one_text(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{\"config\":{\"Cmd\":\"a b\",\"Entrypoint\":\"\\u0063\",\"Shell\":\"\"}}", 1);
	check_list(parsed.config.command, "a b");
	check_list(parsed.config.entrypoint, "c");
	assert_int_equal(parsed.config.shell.len, 1);
	check_defects(&parsed.config.defects, "");
}

static void diff_ids_that_are_none_keep_their_place(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{\"rootfs\":{\"diff_ids\":[\"" DIGEST_A "\",\"x\",null,{\"a\":1},\"" DIGEST_B "\"]}}",
		     1);
	check_list(parsed.config.diff_ids, DIGEST_A "|?|?|?|" DIGEST_B);
	check_defects(&parsed.config.defects, "bad_digest /rootfs/diff_ids/1; wrong_type /rootfs/diff_ids/3");
}

static void wrong_types_do_not_keep_the_rest_from_being_read(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(
		&parsed,
		"{\"os\":{\"a\":[1]},\"config\":{\"Env\":{\"a\":1},\"Cmd\":7,\"Labels\":[[1],2],\"ExposedPorts\":[80],"
		"\"ArgsEscaped\":\"yes\",\"Healthcheck\":[],\"User\":1000},\"history\":{},\"rootfs\":[],\"author\":\"me\"}",
		1);
	check_defects(
		&parsed.config.defects,
		"wrong_type /os; wrong_type /config/Env; wrong_type /config/Cmd; wrong_type /config/Labels; "
		"wrong_type /config/ExposedPorts; wrong_type /config/ArgsEscaped; wrong_type /config/Healthcheck; "
		"wrong_type /config/User; wrong_type /history; wrong_type /rootfs");
	check_slice(parsed.config.author, "me");
	assert_false(parsed.config.has_rootfs);
}

static void history_of_odd_things_keeps_its_places(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, "{\"history\":[null,7,{\"empty_layer\":1},{\"created\":\"x\",\"created_by\":\"y\"}]}", 1);
	assert_int_equal(parsed.config.history_count, 4);
	assert_int_equal(parsed.config.history[0].created.dating, OCI_UNDATED);
	assert_int_equal(parsed.config.history[3].created.dating, OCI_DATE_INVALID);
	check_slice(parsed.config.history[3].created_by, "y");
	check_defects(&parsed.config.defects, "wrong_type /history/1; wrong_type /history/2/empty_layer; "
					      "bad_date /history/3/created");
}

static void what_is_no_config(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	static const char *const texts[] = { "",  " ",          "null",  "[]",           "7",
					     "{", "{\"a\":1}}", "{} {}", "\x1f\x8b\x08", "\xef\xbb\xbf{}" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		parse_config(&parsed, texts[i], 0);
		assert_true(parsed.config.refused.len > 0);
	}
}

/* --- limits --- */

static char *repeat(struct arena *arena, const char *head, const char *item, size_t count, const char *tail)
{
	size_t head_len = strlen(head), item_len = strlen(item), tail_len = strlen(tail);
	char *text = arena_bytes(arena, head_len + count * item_len + tail_len + 1), *at = text;
	assert_non_null(text);
	memcpy(at, head, head_len);
	at += head_len;
	for (size_t i = 0; i < count; i++, at += item_len)
		memcpy(at, item, item_len);
	memcpy(at, tail, tail_len + 1);
	return text;
}

static void more_than_is_read(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, repeat(&arena, "{\"history\":[{}", ",{}", LIMIT_HISTORY, "],\"os\":\"linux\"}"), 1);
	assert_int_equal(parsed.config.history_count, LIMIT_HISTORY);
	check_defects(&parsed.config.defects, "too_many /history");
	check_slice(parsed.config.platform.os, "linux");
	parse_config(&parsed, repeat(&arena, "{\"history\":[{}", ",{}", LIMIT_HISTORY - 1, "]}"), 1);
	check_defects(&parsed.config.defects, "");
	parse_config(&parsed,
		     repeat(&arena, "{\"config\":{\"Env\":[\"\"", ",\"\"", LIMIT_ANNOTATIONS, "]},\"os\":\"linux\"}"),
		     1);
	assert_int_equal(parsed.config.environment.len, LIMIT_ANNOTATIONS);
	check_defects(&parsed.config.defects, "too_many /config/Env");
	check_slice(parsed.config.platform.os, "linux");
}

static void more_labels_than_are_read(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&json, "{\"config\":{\"Labels\":{");
	for (size_t i = 0; i < LIMIT_ANNOTATIONS + 1; i++)
		strbuf_addf(&json, "\"label%zu\":\"%zu\",", i, i);
	strbuf_add_text(&json, "\"x\":{\"y\":[]}},\"User\":\"app\"}}");
	parse_config(&parsed, strbuf_text(&json), 1);
	assert_int_equal(parsed.config.label_count, LIMIT_ANNOTATIONS);
	check_slice(oci_annotation_of(parsed.config.labels, parsed.config.label_count, "label9999"), "9999");
	check_defects(&parsed.config.defects, "too_many /config/Labels");
	check_slice(parsed.config.user, "app");
}

static void as_large_as_may_be(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_config(&parsed, repeat(&arena, "{}", " ", LIMIT_IMAGE_CONFIG_BYTES - 2, ""), 1);
	parse_config(&parsed, repeat(&arena, "{}", " ", LIMIT_IMAGE_CONFIG_BYTES - 1, ""), 0);
}

/* --- labels that stand twice, few and many --- */

static void check_twice(size_t others)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&json, "{\"config\":{\"Labels\":{\"a\":\"first\"");
	for (size_t i = 0; i < others; i++)
		strbuf_addf(&json, ",\"label%zu\":\"%zu\"", i, i);
	strbuf_add_text(&json, ",\"\\u0061\":\"second\",\"A\":\"other\",\"A\":null,\"z\":\"z\"}}}");
	parse_config(&parsed, strbuf_text(&json), 1);
	const struct oci_config *c = &parsed.config;
	assert_int_equal(c->label_count, others + 3);
	check_slice(c->labels[0].name, "a");
	check_slice(c->labels[0].value, "second");
	check_slice(oci_annotation_of(c->labels, c->label_count, "A"), "");
	check_slice(oci_annotation_of(c->labels, c->label_count, "z"), "z");
	if (others > 0)
		check_slice(oci_annotation_of(c->labels, c->label_count, "label0"), "0");
	check_defects(&c->defects, "duplicate_member /config/Labels/a; duplicate_member /config/Labels/A");
}

static void a_label_that_stands_twice_has_its_last_value(void **state)
{
	for (size_t others = 0; others < 40; others++)
		check_twice(others);
	check_twice(1000);
}

/* --- whatever the bytes --- */

static void check_variant(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct error *err = NULL;
	struct oci_config config;
	int got = oci_config_parse(variant, &arena, &config, &err);
	check_ok(got, &err);
	assert_true(got == 1 || config.refused.data);
	if (data && got != 0)
		fail_msg("cut to %zu bytes it was read", at);
}

static void cut_at_every_byte(void **state)
{
	char cut[] = "cut";
	mangle_truncate(SLICE(RICH), check_variant, cut);
}

static void each_bit_flipped(void **state)
{
	mangle_flip(SLICE(RICH), check_variant, NULL);
}

static int parse_text(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_config config;
	int got = oci_config_parse(slice_of(data), &arena, &config, err);
	return got < 0 ? -1 : 0;
}

static void every_allocation_fails(void **state)
{
	CLEANUP(strbuf_release) struct strbuf many = STRBUF_INIT(LIMIT_MIB);
	char rich[] = RICH,
	     odd[] = "{\"config\":{\"Cmd\":\"\\u0061\",\"Env\":7,\"cmd\":[]},\"rootfs\":{\"diff_ids\":[7]}}";
	char broken[] = "{\"history\":[{]}";
	torture(parse_text, rich);
	torture(parse_text, odd);
	torture(parse_text, broken);
	strbuf_add_text(&many, "{\"config\":{\"Labels\":{\"x\":\"\"");
	for (size_t i = 0; i < 40; i++)
		strbuf_addf(&many, ",\"label%zu\":\"\"", i);
	strbuf_add_text(&many, "}}}");
	torture(parse_text, many.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whose_image_and_for_what),
		cmocka_unit_test(settings),
		cmocka_unit_test(history),
		cmocka_unit_test(nothing_is_known_of_an_empty_config),
		cmocka_unit_test(empty_is_not_the_same_as_not_given),
		cmocka_unit_test(null_is_as_good_as_nothing),
		cmocka_unit_test(a_command_may_be_one_text),
		cmocka_unit_test(diff_ids_that_are_none_keep_their_place),
		cmocka_unit_test(wrong_types_do_not_keep_the_rest_from_being_read),
		cmocka_unit_test(history_of_odd_things_keeps_its_places),
		cmocka_unit_test(what_is_no_config),
		cmocka_unit_test(more_than_is_read),
		cmocka_unit_test(more_labels_than_are_read),
		cmocka_unit_test(as_large_as_may_be),
		cmocka_unit_test(a_label_that_stands_twice_has_its_last_value),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(each_bit_flipped),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
