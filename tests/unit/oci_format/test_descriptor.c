#include <stdio.h>

#include "format_check.h"
#include "model/field.h"
#include "oci/format/manifest.h"
#include "support/check.h"

/* "hello", by sha256sum and sha512sum. */
#define HELLO "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define HELLO_512                                                                                                      \
	"sha512:9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca7"                                      \
	"2323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043"

static struct oci_descriptor parse(struct parsed *parsed, const char *descriptor)
{
	char json[4096];
	snprintf(json, sizeof json, "{\"schemaVersion\":2,\"manifests\":[%s]}", descriptor);
	parse_manifest(parsed, json, NULL, 1);
	assert_int_equal(parsed->manifest.member_count, 1);
	return parsed->manifest.members[0];
}

static void check(const char *descriptor, const char *defects)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse(&parsed, descriptor);
	check_defects(&parsed.manifest.defects, defects);
}

static void digests(void **state)
{
	check("{\"digest\":\"" DIGEST_A "\"}", "");
	check("{\"digest\":\"" HELLO_512 "\"}", "");
	check("{\"digest\":\"blake3:ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f\"}", "");
	check("{\"digest\":\"multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8\"}", "");
	check("{}", "missing /manifests/0");
	check("{\"digest\":null}", "missing /manifests/0");
	check("{\"digest\":\"\"}", "bad_digest /manifests/0/digest");
	check("{\"digest\":\"sha256:a\"}", "bad_digest /manifests/0/digest");
	check("{\"digest\":\"../../x\"}", "bad_digest /manifests/0/digest");
	check("{\"digest\":7}", "wrong_type /manifests/0/digest");
	check("null", "");
	check("\"" DIGEST_A "\"", "wrong_type /manifests/0");
	check("[[{}]]", "wrong_type /manifests/0");
}

static void check_size(const char *size, int64_t expected, const char *defects)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	char json[256];
	snprintf(json, sizeof json, "{\"digest\":\"" DIGEST_A "\",\"size\":%s}", size);
	assert_int_equal(parse(&parsed, json).size, expected);
	check_defects(&parsed.manifest.defects, defects);
}

static void sizes(void **state)
{
	check_size("0", 0, "");
	check_size("9223372036854775807", INT64_MAX, "");
	check_size("null", INT_UNKNOWN, "");
	check_size("9223372036854775808", INT_UNKNOWN, "bad_size /manifests/0/size");
	check_size("-1", INT_UNKNOWN, "bad_size /manifests/0/size");
	check_size("1e3", INT_UNKNOWN, "bad_size /manifests/0/size");
	check_size("1.0", INT_UNKNOWN, "bad_size /manifests/0/size");
	check_size("\"7\"", INT_UNKNOWN, "wrong_type /manifests/0/size");
	check_size("{\"a\":[]}", INT_UNKNOWN, "wrong_type /manifests/0/size");
	check_size("5,\"size\":\"7\"", INT_UNKNOWN, "duplicate_member /manifests/0/size; wrong_type /manifests/0/size");
}

static void texts_that_are_none(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	struct oci_descriptor d = parse(&parsed, "{\"digest\":\"" DIGEST_A "\",\"mediaType\":\"\",\"artifactType\":7,"
						 "\"urls\":[7,\"a\",null],\"platform\":[],\"annotations\":\"x\"}");
	assert_null(d.media_type.data);
	assert_null(d.artifact_type.data);
	check_list(d.urls, "a|");
	assert_int_equal(d.annotation_count, 0);
	check_defects(&parsed.manifest.defects,
		      "wrong_type /manifests/0/artifactType; wrong_type /manifests/0/urls/0; "
		      "wrong_type /manifests/0/platform; wrong_type /manifests/0/annotations");
}

static void texts_are_decoded(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	struct oci_descriptor d = parse(&parsed,
					"{\"digest\":\"" DIGEST_A
					"\",\"mediaType\":\"a\\/b\",\"annotations\":{\"k\\u0065y\":\"\\u00e9"
					"\\ud83d\\ude00\",\"plain\":\"x\",\"lone\":\"\\ud800\",\"bytes\":\"\xff\"}}");
	check_slice(d.media_type, "a/b");
	check_slice(oci_annotation_of(d.annotations, d.annotation_count, "key"), "\xc3\xa9\xf0\x9f\x98\x80");
	check_slice(oci_annotation_of(d.annotations, d.annotation_count, "plain"), "x");
	check_slice(oci_annotation_of(d.annotations, d.annotation_count, "lone"), "\xef\xbf\xbd");
	check_slice(oci_annotation_of(d.annotations, d.annotation_count, "bytes"), "\xef\xbf\xbd");
	check_defects(&parsed.manifest.defects,
		      "bad_utf8 /manifests/0/annotations/lone; bad_utf8 /manifests/0/annotations/bytes");
}

/* --- inline data --- */

static void check_data(const char *members, const char *data, const char *defects)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	char json[1024];
	snprintf(json, sizeof json, "{%s}", members);
	struct oci_descriptor d = parse(&parsed, json);
	if (data)
		check_slice(d.data, data);
	else
		assert_null(d.data.data);
	check_defects(&parsed.manifest.defects, defects);
}

static void data_that_is_what_the_descriptor_says(void **state)
{
	check_data("\"digest\":\"" HELLO "\",\"size\":5,\"data\":\"aGVsbG8=\"", "hello", "");
	check_data("\"data\":\"aGVsbG8=\",\"digest\":\"" HELLO_512 "\",\"size\":5", "hello", "");
	check_data("\"digest\":\"" HELLO "\",\"data\":\"aGVsbG8=\"", "hello", "");
	check_data("\"digest\":\"" HELLO "\",\"data\":\"aGVs\\nbG8=\"", "hello", "");
	check_data("\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":0,"
		   "\"data\":\"\"",
		   "", "");
	check_data("\"digest\":\"" HELLO "\",\"data\":null", NULL, "");
}

static void data_that_is_not_is_not_there(void **state)
{
	const char *bad = "bad_data /manifests/0/data";
	check_data("\"digest\":\"" HELLO "\",\"size\":5,\"data\":\"aGVsbG9v\"", NULL, bad);
	check_data("\"digest\":\"" HELLO "\",\"size\":6,\"data\":\"aGVsbG8=\"", NULL, bad);
	check_data("\"digest\":\"" DIGEST_A "\",\"size\":5,\"data\":\"aGVsbG8=\"", NULL, bad);
	check_data("\"digest\":\"" HELLO "\",\"size\":5,\"data\":\"aGVsbG8\"", NULL, bad);
	check_data("\"digest\":\"" HELLO "\",\"size\":5,\"data\":\"*\"", NULL, bad);
	check_data("\"digest\":\"blake3:2cf24dba5fb0a30e26e83b2ac5b9e29e\",\"size\":5,\"data\":\"aGVsbG8=\"", NULL,
		   bad);
	check_data("\"size\":5,\"data\":\"aGVsbG8=\"", NULL, "missing /manifests/0; bad_data /manifests/0/data");
	check_data("\"digest\":\"" HELLO "\",\"data\":{}", NULL, "wrong_type /manifests/0/data");
}

/* Members of an object that stands twice are merged: the first one's data is no proof of the second one's digest. */
static void data_of_another_digest_is_not_there(void **state)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2,\"layers\":[],\"config\":{\"digest\":\"" HELLO "\",\"data\":\"aGVsbG8=\"},"
		       "\"config\":{\"digest\":\"" DIGEST_A "\"}}",
		       NULL, 1);
	check_slice(parsed.manifest.config.digest, DIGEST_A);
	assert_null(parsed.manifest.config.data.data);
	check_defects(&parsed.manifest.defects, "duplicate_member /config; bad_data /config/data");
	parse_manifest(&parsed,
		       "{\"schemaVersion\":2,\"layers\":[],\"config\":{\"digest\":\"" HELLO "\",\"data\":\"aGVsbG8=\"},"
		       "\"config\":{\"size\":5}}",
		       NULL, 1);
	check_slice(parsed.manifest.config.data, "hello");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(sizes),
		cmocka_unit_test(texts_that_are_none),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(data_that_is_what_the_descriptor_says),
		cmocka_unit_test(data_that_is_not_is_not_there),
		cmocka_unit_test(data_of_another_digest_is_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
