#include "collect/frozen/frozen_manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define LIST                                                                                                               \
	"{\"kind\":\"Pod\",\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\",\"namespace\":\"*\",\"subtype\":\"*\"," \
	"\"metadata_only\":false,\"outcome\":\"complete\",\"why\":null,\"objects\":3,\"resource_version\":\"9\","          \
	"\"file\":\"Pod.json\",\"bytes\":17,\"sha256\":\"" HASH "\"}"
#define MANIFEST                                                                                                              \
	"{\"schema\":\"fother.snapshot/1\",\"tool\":\"fother 0\",\"cluster\":\"prod\",\"cluster_uid\":\"u\",\"server\":null," \
	"\"server_version\":null,\"key_id\":\"0123abcd\",\"started\":\"2026-11-25T11:55:00Z\","                               \
	"\"ended\":\"2026-11-25T11:55:01Z\",\"as_of\":\"2026-11-25T11:55:00Z\",\"outcome\":\"complete\",\"why\":null,"        \
	"\"notes\":null,\"lists\":[" LIST "],\"files\":[{\"file\":\"version.json\",\"bytes\":5,\"sha256\":\"" HASH            \
	"\"}],\"lost\":[{\"object_kind\":\"Pod\",\"namespace\":\"\",\"object\":\"\",\"code\":\"too_large\","                  \
	"\"place\":\"item 4\"}]}"
#define HEAD                                                                                                           \
	"{\"fother\":{\"record\":\"frozen_head\",\"schema\":\"fother.list/1\",\"cluster\":\"prod\",\"as_of\":"         \
	"\"2026-11-25T11:55:00Z\",\"key_id\":\"0123abcd\",\"kind\":\"Pod\",\"group\":\"\",\"version\":\"v1\","         \
	"\"resource\":\"pods\",\"namespace\":\"*\",\"subtype\":\"*\"},\"kind\":\"PodList\",\"items\":["

static void test_a_manifest(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct frozen_manifest manifest;
	check_ok(frozen_manifest_read(SLICE(MANIFEST "\n"), &arena, &manifest, &err), &err);
	check_slice(manifest.cluster, "prod");
	assert_null(manifest.server.data);
	assert_int_equal(manifest.lists.len, 1);
	assert_int_equal(manifest.lost.len, 1);
	const struct frozen_list_row *list = manifest.lists.items;
	check_slice(list->file, "Pod.json");
	assert_true(list->bytes == 17);
}

/* The good text with one part of it replaced. */
static char *with(const char *what, const char *instead)
{
	const char *at = strstr(MANIFEST, what);
	char *text = NULL;
	assert_non_null(at);
	assert_true(asprintf(&text, "%.*s%s%s", (int)(at - MANIFEST), MANIFEST, instead, at + strlen(what)) > 0);
	return text;
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *what, *instead, *message;
		enum error_code code;
	} cases[] = {
		{ "fother.snapshot/1", "fother.snapshot/2", "a later version", ERROR_UNSUPPORTED },
		{ "\"schema\":", "\"schemx\":", "", ERROR_UNSUPPORTED },
		{ "\"cluster\":\"prod\"", "\"cluster\":\"\"", "without a cluster's name", ERROR_SYNTAX },
		{ "\"0123abcd\"", "null", "key id", ERROR_SYNTAX },
		{ "\"cluster_uid\":\"u\"", "\"cluster_uid\":\"/an/address\"", "cluster_uid is no UID", ERROR_SYNTAX },
		{ "\"cluster_uid\":\"u\"", "\"cluster_uid\":\"-\"", "cluster_uid is no UID", ERROR_SYNTAX },
		{ "\"cluster_uid\":\"u\"", "\"cluster_uid\":\"\"", "cluster_uid is no UID", ERROR_SYNTAX },
		{ "\"as_of\":\"2026-11-25T11:55:00Z\"", "\"as_of\":null", "without a time", ERROR_SYNTAX },
		{ "\"outcome\":\"complete\",\"why\":null,\"notes\"", "\"outcome\":\"fine\",\"why\":null,\"notes\"",
		  "none that a run can have", ERROR_SYNTAX },
		{ "\"outcome\":\"complete\",\"why\":null,\"objects\"", "\"outcome\":\"fine\",\"why\":null,\"objects\"",
		  "lists 0: outcome is none", ERROR_SYNTAX },
		{ "\"kind\":\"Pod\"", "\"kind\":\"\"", "without a kind", ERROR_SYNTAX },
		{ "\"namespace\":\"*\"", "\"namespace\":null", "does not say what it is of", ERROR_SYNTAX },
		{ "\"objects\":3", "\"objects\":-3", "no number of objects", ERROR_SYNTAX },
		{ "\"objects\":3", "\"objects\":null", "no number of objects", ERROR_SYNTAX },
		{ "\"Pod.json\"", "null", "a list that was read, without a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\"../Pod.json\"", "no name of a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\"a/b\"", "no name of a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\"/etc/passwd\"", "no name of a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\".hidden\"", "no name of a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\"\"", "no name of a file", ERROR_SYNTAX },
		{ "\"Pod.json\"", "\"a\\u0000b\"", "no name of a file", ERROR_SYNTAX },
		{ "\"version.json\"", "\"..\"", "files 0: file is no name", ERROR_SYNTAX },
		{ "\"bytes\":17", "\"bytes\":-1", "bytes is no size", ERROR_SYNTAX },
		{ "\"bytes\":5", "\"bytes\":null", "bytes is no size", ERROR_SYNTAX },
		{ HASH, "BA7816", "sha256 is no SHA-256", ERROR_SYNTAX },
		{ "\"code\":\"too_large\"", "\"x\":0", "lost 0: a defect that does not say", ERROR_SYNTAX },
		{ "\"lists\":[", "\"lists\":[7,", "lists is not a list of objects", ERROR_SYNTAX },
		{ "\"bytes\":17", "\"bytes\":\"17\"", "lists 0: bytes is not a whole number", ERROR_SYNTAX },
		{ "\"item 4\"}]}", "\"item 4\"}]}{}", "something stands behind it", ERROR_SYNTAX },
		{ "{\"schema\"", "[{\"schema\"", "no object", ERROR_SYNTAX },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
		struct error *err = NULL;
		struct frozen_manifest manifest;
		char *text = with(cases[i].what, cases[i].instead);
		if (frozen_manifest_read(slice_of(text), &arena, &manifest, &err) == 0)
			fail_msg("%s was read", text);
		check_error(&err, cases[i].code, cases[i].message);
		free(text);
	}
}

static void test_what_a_later_version_may_add(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct frozen_manifest manifest;
	char *text = with("\"tool\":", "\"later\":[{\"a\":1}],\"tool\":");
	check_ok(frozen_manifest_read(slice_of(text), &arena, &manifest, &err), &err);
	free(text);
}

static void test_a_list_that_nobody_answered_needs_no_file(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct frozen_manifest manifest;
	char *text = with(
		"\"outcome\":\"complete\",\"why\":null,\"objects\":3,\"resource_version\":\"9\",\"file\":\"Pod.json\"",
		"\"outcome\":\"forbidden\",\"why\":\"HTTP 403\",\"objects\":0,\"file\":null");
	check_ok(frozen_manifest_read(slice_of(text), &arena, &manifest, &err), &err);
	free(text);
}

static void test_a_head(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	static const char *const bad[] = { "{\"kind\":\"PodList\",\"fother\":{}}", "{\"fother\":[]}", "[]", "",
					   "{\"fother\":{\"schema\":\"fother.list/1\",\"cluster\":\"prod\"" };
	struct error *err = NULL;
	struct frozen_head head;
	check_ok(frozen_head_read(SLICE(HEAD "{\"cut"), &arena, &head, &err), &err);
	check_slice(head.cluster, "prod");
	check_slice(head.resource, "pods");
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(frozen_head_read(slice_of(bad[i]), &arena, &head, &err), -1);
		check_error(&err, ERROR_SYNTAX, "");
	}
	assert_int_equal(frozen_head_read(SLICE("{\"fother\":{\"schema\":\"fother.list/9\"}}"), &arena, &head, &err),
			 -1);
	check_error(&err, ERROR_UNSUPPORTED, "fother.list/9");
}

static void test_first_bytes(void **state)
{
	assert_true(frozen_manifest_likely(SLICE(MANIFEST)));
	assert_true(frozen_manifest_likely(SLICE(" {\n \"schema\" : \"fother.snapshot/2\" ,")));
	assert_false(frozen_manifest_likely(SLICE("{\"tool\":\"x\",\"schema\":\"fother.snapshot/1\"}")));
	assert_false(frozen_manifest_likely(SLICE("{\"schema\":\"other\"}")));
	assert_false(frozen_manifest_likely(SLICE("{\"schema\":")));
	assert_false(frozen_manifest_likely(SLICE(HEAD)));
	assert_true(frozen_list_likely(SLICE(HEAD)));
	assert_true(frozen_list_likely(SLICE("{\n  \"fother\": {\n    \"schema\": \"fother.list/1\"")));
	assert_false(frozen_list_likely(SLICE("{\"fother\":{\"format\":1,\"records\":[]}}")));
	assert_false(frozen_list_likely(SLICE("{\"kind\":\"List\"}")));
	assert_false(frozen_list_likely(SLICE(MANIFEST)));
}

/* Whatever reads has passed the checks: its files are plain names. */
static void check_manifest(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct frozen_manifest manifest;
	(void)frozen_manifest_likely(variant);
	if (frozen_manifest_read(variant, &arena, &manifest, &err) < 0)
		return;
	const struct frozen_list_row *list = manifest.lists.items;
	for (size_t i = 0; i < manifest.lists.len; i++)
		assert_false(slice_contains(list[i].file, "/"));
}

static void check_head(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct frozen_head head;
	(void)frozen_list_likely(variant);
	if (frozen_head_read(variant, &arena, &head, &err) == 0)
		assert_true(head.kind.len && head.cluster.len);
}

static void test_cut_and_flipped(void **state)
{
	mangle_truncate(SLICE(MANIFEST), check_manifest, NULL);
	mangle_flip(SLICE(MANIFEST), check_manifest, NULL);
	mangle_truncate(SLICE(HEAD), check_head, NULL);
	mangle_flip(SLICE(HEAD), check_head, NULL);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct frozen_manifest manifest;
	(void)data;
	return frozen_manifest_read(SLICE(MANIFEST), &arena, &manifest, err);
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_manifest),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_what_a_later_version_may_add),
		cmocka_unit_test(test_a_list_that_nobody_answered_needs_no_file),
		cmocka_unit_test(test_a_head),
		cmocka_unit_test(test_first_bytes),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
