#include "credential/docker_config.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "config_check.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define JSON CONFIG_DOCKERCONFIGJSON
#define LOGIN "{\"auth\":\"dTpFWEFNUExF\"}"
#define LOGIN_2 "{\"auth\":\"djpFWEFNUExF\"}"

static void whole_configs(void **state)
{
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN ",\"b\":" LOGIN_2 "}}",
		      "a#0 auth u:EXAMPLE read; b#0 auth v:EXAMPLE read");
	check_defects(JSON, "{\"auths\":{\"a\":" LOGIN "}}", "");
	check_decodes(JSON, "{\"auths\":{\"a\":" LOGIN "}}", true);
	check_entries(CONFIG_DOCKERCFG, "{\"a\":" LOGIN "}", "a#0 auth u:EXAMPLE read");
	check_defects(CONFIG_DOCKERCFG, "{\"a\":" LOGIN "}", "");
	check_entries(JSON, " \n{\"auths\":{\"\":" LOGIN "}}\r\n\t", "#0 auth u:EXAMPLE read");
}

static void repeated_keys(void **state)
{
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN ",\"a\":" LOGIN_2 "}}",
		      "a#0 auth u:EXAMPLE hidden; a#1 auth v:EXAMPLE read");
	check_defects(JSON, "{\"auths\":{\"a\":" LOGIN ",\"a\":" LOGIN_2 "}}", "duplicate_key@38 /auths/a");
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN ",\"\\u0061\":{}}}",
		      "a#0 auth u:EXAMPLE hidden; a#1 empty : read");
	/* Two maps are merged, however they are spelled. */
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN ",\"b\":{}},\"Auths\":{\"a\":" LOGIN_2 "}}",
		      "a#0 auth u:EXAMPLE hidden; b#0 empty : read; a#1 auth v:EXAMPLE read");
	/* Everything that one object gave is replaced. */
	check_entries(JSON,
		      "{\"auths\":{\"a\":{\"auth\":\"dTpFWEFNUExF\",\"identitytoken\":\"EXAMPLE2\"},\"a\":" LOGIN_2
		      "}}",
		      "a#0 auth u:EXAMPLE hidden; a#1 identity_token u:EXAMPLE2 hidden; a#2 auth v:EXAMPLE read");
	/* Bytes that are not UTF-8 all become the same character. */
	check_entries(CONFIG_DOCKERCFG, "{\"\xff\":" LOGIN ",\"\\udc00\":" LOGIN_2 "}",
		      "\xef\xbf\xbd#0 auth u:EXAMPLE hidden; \xef\xbf\xbd#1 auth v:EXAMPLE read");
}

static void null_in_the_place_of_things(void **state)
{
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN "},\"auths\":null}", "a#0 auth u:EXAMPLE hidden");
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN "},\"auths\":null,\"auths\":{\"a\":" LOGIN_2 "}}",
		      "a#0 auth u:EXAMPLE hidden; a#1 auth v:EXAMPLE read");
	check_decodes(JSON, "null", true);
	check_decodes(CONFIG_DOCKERCFG, "null", true);
	check_decodes(JSON, "{\"auths\":null,\"HttpHeaders\":null}", true);
	check_defects(JSON, "{\"auths\":null}", "no_auths@0 ");
}

static void what_is_no_config_blocks(void **state)
{
	static const char *const blocking[] = {
		"[]",
		"\"\"",
		"0",
		"true",
		"{\"auths\":[]}",
		"{\"auths\":\"\"}",
		"{\"auths\":1}",
		"{\"AUTHS\":false}",
		"{\"HttpHeaders\":[]}",
		"{\"HttpHeaders\":{\"a\":1}}",
		"{\"HttpHeaders\":{\"a\":{}}}",
		"{\"httpheaders\":1}",
		/* not JSON, or more than one */
		"{",
		"}",
		" ",
		"\n",
		"{\"auths\":{}}x",
		"{\"auths\":{}}{}",
		"{\"auths\":{}},",
		"{\"auths\":{},}",
		"{'auths':{}}",
		"{\"auths\":{}}\x01",
		"{\"auths\":{\"a\":{\"auth\":\"\n\"}}}",
		"\xef\xbb\xbf{\"auths\":{}}",
		"{\"a\":nul}",
		"{\"a\":01}",
		"{\"a\":\"\\x\"}",
		"{\"a\":NaN}",
	};
	for (size_t i = 0; i < sizeof blocking / sizeof *blocking; i++)
		check_decodes(JSON, blocking[i], false);
	check_decodes(CONFIG_DOCKERCFG, "[]", false);
	check_decodes(CONFIG_DOCKERCFG, "{\"a\":1}", false);
	check_decodes(CONFIG_DOCKERCFG, "{\"auths\":{\"auth\":\"dTph*\"}}", false);
	check_decodes(CONFIG_DOCKERCFG, "{\"auths\":{\"auth\":{}}}", false);
	check_decodes(CONFIG_DOCKERCFG, "{\"auths\":1}", false);
}

static void what_else_stands_there_does_not(void **state)
{
	static const char *const fine[] = {
		"{}",
		"{\"auths\":{}}",
		"{\"HttpHeaders\":{\"a\":\"b\",\"c\":null}}",
		"{\"credsStore\":1}",
		"{\"credHelpers\":[]}",
		"{\"other\":[1,{\"auth\":2}]}",
		"{\"other\":{\"auth\":2,\"username\":[]}}",
		"{\"plugins\":{\"a\":{}}}",
		"{\"auths\":{\"a\":{\"x\":[[[]]]}}}",
	};
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		check_decodes(JSON, fine[i], true);
}

/* The content of the one under the key of the other. */
static void formats_mixed_up(void **state)
{
	check_entries(JSON, "{\"a\":" LOGIN "}", "a#0 auth u:EXAMPLE unread");
	check_defects(JSON, "{\"a\":" LOGIN "}", "no_auths@0 ");
	check_entries(CONFIG_DOCKERCFG, "{\"auths\":{\"a\":" LOGIN "}}", "a#0 auth u:EXAMPLE unread");
	check_defects(CONFIG_DOCKERCFG, "{\"auths\":{\"a\":" LOGIN "}}", "auths_in_dockercfg@1 /auths");
	check_decodes(CONFIG_DOCKERCFG, "{\"auths\":{\"a\":" LOGIN "}}", true);
	check_entries(CONFIG_DOCKERCFG, "{\"auths\":{\"auth\":\"dTpFWEFNUExF\"}}", "auths#0 auth u:EXAMPLE unread");
}

static void secrets_of_other_types(void **state)
{
	check_entries(CONFIG_ANY, "{\"auths\":{\"a\":" LOGIN "}}", "a#0 auth u:EXAMPLE unread");
	check_entries(CONFIG_ANY, "{\"a\":" LOGIN "}", "a#0 auth u:EXAMPLE unread");
	check_defects(CONFIG_ANY, "{\"auths\":{\"a\":{\"auth\":1}}}", "wrong_type@22 /auths/a/auth");
}

static void other_stores_are_named(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	struct error *err = NULL;
	const char *json = "{\"credHelpers\":{\"gcr.io\":\"gcloud\",\"x\":null},\"credsStore\":\"desktop\"}";
	check_ok(secret_copy(&text, slice_of(json), &err), &err);
	check_ok(docker_config_parse(&text, JSON, &arena, &config, &err), &err);
	assert_int_equal(config.other_stores.len, 2);
	check_slice(config.other_stores.items[0], "gcr.io=gcloud");
	check_slice(config.other_stores.items[1], "desktop");
	check_defects(JSON, json,
		      "not_read_by_kubelet@1 /credHelpers; not_read_by_kubelet@44 /credsStore; no_auths@0 ");
}

/* Before a syntax error, things are what they are. */
static void what_stood_before_the_end_is_listed(void **state)
{
	check_entries(JSON, "{\"auths\":{\"a\":" LOGIN ",\"b\":{\"username\":\"u\",\"password\":\"EXAMPLE\"",
		      "a#0 auth u:EXAMPLE unread; b#0 username_password u:EXAMPLE unread");
}

static void too_deep_is_not_judged(void **state)
{
	char text[2 * LIMIT_JSON_DEPTH + 64];
	memset(text, '[', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	memcpy(text, "{\"auths\":{\"a\":{}},\"x\":", strlen("{\"auths\":{\"a\":{}},\"x\":"));
	check_entries(JSON, text, "a#0 empty : unread");
	check_decodes(JSON, text, false);
}

static void too_many_entries(void **state)
{
	enum { ENTRIES = LIMIT_CONFIG_ENTRIES + 10 };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	struct error *err = NULL;
	check_ok(secret_alloc(&text, ENTRIES * 16, &err), &err);
	size_t length = 0;
	for (int i = 0; i < ENTRIES; i++)
		length += (size_t)snprintf((char *)secret_room(&text) + length, 16, "%s\"%d\":{}", i ? "," : "{", i);
	((char *)secret_room(&text))[length++] = '}';
	secret_set_length(&text, length);
	check_ok(docker_config_parse(&text, CONFIG_DOCKERCFG, &arena, &config, &err), &err);
	assert_int_equal(config.entry_count, LIMIT_CONFIG_ENTRIES);
	assert_string_equal(config.defects[config.defect_count - 1].code, CONFIG_DEFECT_LIMIT);
	assert_false(config.decodes);
}

/* A key that fills half of the secret, with as many odd things under it as fit. */
static void many_defects_under_a_long_key(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	struct error *err = NULL;
	const size_t half = LIMIT_MIB / 2;
	check_ok(secret_alloc(&text, LIMIT_MIB, &err), &err);
	char *out = (char *)secret_room(&text);
	memset(out, 'k', half);
	memcpy(out, "{\"", 2);
	memcpy(out + half - 3, "\":{", 3);
	size_t length = half;
	for (; length + 16 < LIMIT_MIB; length += 6)
		memcpy(out + length, "\"x\":0,", 6);
	memcpy(out + length, "\"auth\":0}}", 10);
	secret_set_length(&text, length + 10);
	check_ok(docker_config_parse(&text, CONFIG_DOCKERCFG, &arena, &config, &err), &err);
	assert_int_equal(config.defect_count, LIMIT_CONFIG_ENTRIES + 1);
	assert_string_equal(config.defects[LIMIT_CONFIG_ENTRIES].code, CONFIG_DEFECT_LIMIT);
	assert_true(config.defects[0].pointer.len < 300);
	assert_true(slice_ends_with(config.defects[0].pointer, ".../x"));
	assert_false(config.decodes); /* the last one counts, though it is not listed */
}

/* --- mangled input --- */

#define PLANTED "EXAMPLEplantedEXAMPLE"
#define RICH                                                                                                           \
	"{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"dTpFWEFNUExFcGxhbnRlZEVYQU1QTEU=\"},\"r.example\":{"  \
	"\"username\":\"u\",\"password\":\"" PLANTED "\",\"identitytoken\":\"" PLANTED "\",\"email\":null}},"          \
	"\"HttpHeaders\":{\"X\":\"" PLANTED "\"},\"credHelpers\":{\"gcr.io\":\"gcloud\"},\"credsStore\":\"x\"}"

static void check_nothing_planted(const struct docker_config *config)
{
	for (size_t i = 0; i < config->defect_count; i++) {
		assert_false(slice_contains(config->defects[i].message, "EXAMPLE"));
		assert_false(slice_contains(config->defects[i].pointer, "EXAMPLE"));
	}
	for (size_t i = 0; i < config->entry_count; i++)
		assert_false(slice_contains(config->entries[i].key, "EXAMPLE"));
}

static void parse_any(struct slice variant, size_t at, void *data)
{
	for (enum config_format format = CONFIG_DOCKERCONFIGJSON; format <= CONFIG_ANY; format++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
		CLEANUP(secret_release) struct secret_bytes text = { 0 };
		CLEANUP(docker_config_release) struct docker_config config = { 0 };
		struct error *err = NULL;
		check_ok(secret_copy(&text, variant, &err), &err);
		check_ok(docker_config_parse(&text, format, &arena, &config, &err), &err);
		for (size_t i = 0; i < config.defect_count; i++)
			assert_true(config.defects[i].offset <= variant.len);
		if (data) /* cut: it never decodes */
			assert_true(!config.decodes || variant.len == 0);
		check_nothing_planted(&config);
		docker_config_likely(&text);
	}
}

static void cut_at_every_byte(void **state)
{
	bool cut = true;
	mangle_truncate(SLICE(RICH), parse_any, &cut);
}

static void each_bit_flipped(void **state)
{
	mangle_flip(SLICE(RICH), parse_any, NULL);
}

static int parse_rich(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	if (secret_copy(&text, slice_of(data), err) < 0)
		return -1;
	return docker_config_parse(&text, CONFIG_DOCKERCONFIGJSON, &arena, &config, err);
}

static void every_allocation_fails(void **state)
{
	char rich[] = RICH;
	char broken[] = "{\"auths\":{\"a b\":{\"auth\":\"*\"},\"b\":{\"auth\":\"RVhBTVBMRQ==\"}},\"x\":1,";
	char hiding[] =
		"{\"auths\":{\"a\":{\"auth\":\"dTpFWEFNUExF\",\"password\":\"EXAMPLE2\",\"registrytoken\":\"x\"}}}";
	torture(parse_rich, rich);
	torture(parse_rich, broken);
	torture(parse_rich, hiding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_configs),
		cmocka_unit_test(repeated_keys),
		cmocka_unit_test(null_in_the_place_of_things),
		cmocka_unit_test(what_is_no_config_blocks),
		cmocka_unit_test(what_else_stands_there_does_not),
		cmocka_unit_test(formats_mixed_up),
		cmocka_unit_test(secrets_of_other_types),
		cmocka_unit_test(other_stores_are_named),
		cmocka_unit_test(what_stood_before_the_end_is_listed),
		cmocka_unit_test(too_deep_is_not_judged),
		cmocka_unit_test(too_many_entries),
		cmocka_unit_test(many_defects_under_a_long_key),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(each_bit_flipped),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
