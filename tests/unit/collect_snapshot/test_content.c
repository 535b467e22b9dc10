#include "support/check.h"

#include "collect/snapshot/content.h"

struct content_case {
	const char *name;
	struct slice start;
	enum content content;
};

#define CASE(name, start, content)                                                                                     \
	{                                                                                                              \
		name, SLICE(start), content                                                                            \
	}

static void check_cases(const struct content_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (content_of(slice_of(cases[i].name), cases[i].start) != cases[i].content)
			fail_msg("case %zu: %s: %.40s", i, cases[i].name, cases[i].start.data);
}

static void test_documents_by_their_bytes(void **state)
{
	static const struct content_case cases[] = {
		CASE("pods.json", "{\n    \"apiVersion\"", CONTENT_JSON),
		CASE("pods", "{\n    \"apiVersion\"", CONTENT_JSON),
		CASE("pods.txt", " \r\n {\"items\": []", CONTENT_JSON),
		CASE("pods.yaml", "{\"items\": []", CONTENT_JSON),
		CASE("items", "[\n{\"kind\"", CONTENT_JSON),
		CASE("pods.json", "\xef\xbb\xbf{\"kind\"", CONTENT_JSON),
		CASE("pods.json", "{ broken", CONTENT_JSON),
		CASE("x.json", "apiVersion: v1\n", CONTENT_YAML),
		CASE("x", "apiVersion: v1\r\nkind: List\r\n", CONTENT_YAML),
		CASE("x.txt", "---\n# from prod\nkind: Pod\n", CONTENT_YAML),
		CASE("x", "%YAML 1.1\n---\nitems:\n", CONTENT_YAML),
		CASE("x", "- apiVersion: v1\n", CONTENT_YAML),
		CASE("x.yml", "odd: yaml\n", CONTENT_YAML),
		CASE("x.YAML", "# nothing but a comment", CONTENT_YAML),
		CASE("pods.json", "\xff\xfe{\0\n\0", CONTENT_UTF16),
		CASE("pods.json", "\xfe\xff\0{", CONTENT_UTF16),
	};
	check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_what_collect_wrote(void **state)
{
	static const struct content_case cases[] = {
		CASE("manifest.json", "{\n \"schema\": \"fother.snapshot/1\",", CONTENT_MANIFEST),
		CASE("manifest.json", "{\n \"schema\": \"fother.snapshot/7\",", CONTENT_MANIFEST),
		CASE("other.json", "{\"schema\":\"fother.snapshot/1\"}", CONTENT_MANIFEST),
		CASE("manifest.json", "{\"schemaVersion\": 2}", CONTENT_JSON),
		CASE("manifest.json", "{\"schema\": \"other/1\"}", CONTENT_JSON),
		CASE("Pod.json", "{\"fother\":{\"record\":\"frozen_head\",\"schema\":\"fother.list/1\"",
		     CONTENT_FROZEN),
		CASE("copy", "{\n  \"fother\": {\n    \"schema\": \"fother.list/2\"", CONTENT_FROZEN),
		CASE("Pod.json", "{\"fother\":{\"format\":1,\"records\":[]}}", CONTENT_JSON),
		CASE("Pod.json", "{\"kind\":\"List\",\"fother\":{\"schema\":\"fother.list/1\"}}", CONTENT_JSON),
	};
	check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_what_kubectl_says_when_it_fails(void **state)
{
	static const struct content_case cases[] = {
		CASE("a.json", "error: You must be logged in to the server (Unauthorized)\n", CONTENT_ERROR_TEXT),
		CASE("a.json", "Error from server (Forbidden): secrets is forbidden", CONTENT_ERROR_TEXT),
		CASE("a.yaml", "Unable to connect to the server: dial tcp", CONTENT_ERROR_TEXT),
		CASE("a", "The connection to the server 10.0.0.1:6443 was refused", CONTENT_ERROR_TEXT),
		CASE("a.json", "No resources found in default namespace.", CONTENT_ERROR_TEXT),
		CASE("a.json", "\r\n\r\nerror: no matches for kind \"Rollout\"", CONTENT_ERROR_TEXT),
		CASE("a.json", "Warning: v1 ComponentStatus is deprecated\n{\n", CONTENT_TEXT_FIRST),
	};
	check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_promised_and_none(void **state)
{
	static const struct content_case cases[] = {
		CASE("a.json", "", CONTENT_EMPTY),
		CASE("a.ndjson", " \r\n\t", CONTENT_EMPTY),
		CASE("a.jsonl", "\xef\xbb\xbf", CONTENT_EMPTY),
		CASE("a.json", "\x1f\x8b\x08\x00", CONTENT_JUNK),
		CASE("a.yaml", "PK\x03\x04", CONTENT_JUNK),
		CASE("a.json", "<html><body>Sign in</body></html>", CONTENT_JUNK),
		CASE("a.json", "\0\0\0\0", CONTENT_JUNK),
	};
	check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_none_of_ours(void **state)
{
	static const struct content_case cases[] = {
		CASE("README.txt", "Dump of prod, made by Ada.\n", CONTENT_OTHER),
		CASE("README.md", "Note: see the wiki\n", CONTENT_OTHER),
		CASE("bad-digests.txt", "# list\nsha256:0123\n", CONTENT_OTHER),
		CASE("config", "[core]\n\tbare = false\n", CONTENT_OTHER),
		CASE("layer", "\x1f\x8b\x08\x00", CONTENT_OTHER),
		CASE("empty", "", CONTENT_OTHER),
		CASE("script", "{ echo hello; }", CONTENT_OTHER),
		CASE("json", "", CONTENT_OTHER),
	};
	check_cases(cases, sizeof cases / sizeof *cases);
}

static void test_given_bytes_are_promised(void **state)
{
	assert_int_equal(content_of_given(SLICE("{ broken")), CONTENT_JSON);
	assert_int_equal(content_of_given(SLICE("kind: Pod\n")), CONTENT_YAML);
	assert_int_equal(content_of_given(SLICE("hello")), CONTENT_JUNK);
	assert_int_equal(content_of_given(SLICE("")), CONTENT_EMPTY);
}

static void test_archives(void **state)
{
	char tar[512] = "prod/pods.json";
	struct slice block = { tar, sizeof tar };
	assert_false(content_is_archive(block));
	memcpy(tar + 257, "ustar", 5);
	assert_true(content_is_archive(block));
	assert_false(content_is_archive(slice_part(block, 0, 261)));
	assert_true(content_is_archive(SLICE("\x1f\x8b\x08")));
	assert_true(content_is_archive(SLICE("BZh9")));
	assert_false(content_is_archive(SLICE("{}")));
	assert_false(content_is_archive(SLICE("")));
}

static void test_next_object(void **state)
{
	struct slice text = SLICE("{\n {\n}\n{\"a\":1}\r\n{}");
	assert_int_equal(content_next_object(text, 0), 0);
	assert_int_equal(content_next_object(text, 1), 7);
	assert_int_equal(content_next_object(text, 7), 7);
	assert_int_equal(content_next_object(text, 8), 16);
	assert_int_equal(content_next_object(text, 17), text.len);
	assert_int_equal(content_next_object(SLICE(""), 0), 0);
	assert_int_equal(content_next_object(SLICE("x"), 5), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents_by_their_bytes),
		cmocka_unit_test(test_what_collect_wrote),
		cmocka_unit_test(test_what_kubectl_says_when_it_fails),
		cmocka_unit_test(test_promised_and_none),
		cmocka_unit_test(test_none_of_ours),
		cmocka_unit_test(test_given_bytes_are_promised),
		cmocka_unit_test(test_archives),
		cmocka_unit_test(test_next_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
