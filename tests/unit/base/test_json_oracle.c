/* The JSON reader held against jansson: thousands of generated documents, whole and damaged.
 *
 * Both must agree on what is JSON, and on the tree. Where jansson is known to differ, the difference is named here and
 * must be there: it is counted, and a kind that never came up fails the test.
 */
#include <jansson.h>

#include "base/alloc.h"
#include "base/json_reader.h"
#include "json_generate.h"
#include "support/check.h"

#define DOCUMENTS 4000
#define DAMAGES 12

/* What jansson refuses although RFC 8259 allows it. */
enum deviation {
	NUMBER_TOO_LARGE, /* integers beyond 64 bits and reals beyond a double: we give the digits */
	NUL_IN_KEY,       /* \u0000 in a key */
	DEVIATIONS,
};

static size_t deviations[DEVIATIONS], accepted, refused;

static char *decode(const struct token *token, size_t *ret_len)
{
	char *text = mem_alloc(token_decoded_max(token) + 1);
	*ret_len = token_decode(token, text);
	text[*ret_len] = '\0';
	return text;
}

static json_t *build_value(struct reader *r, const struct token *token);

static json_t *build_object(struct reader *r)
{
	json_t *object = json_object();
	struct token token;
	struct error *error = NULL;
	while (reader_next(r, &token, &error) > 0 && token.type == TOKEN_KEY) {
		size_t len;
		char *key = decode(&token, &len);
		assert_int_equal(reader_next(r, &token, &error), 1);
		json_object_setn_new_nocheck(object, key, len, build_value(r, &token));
		mem_free(key);
	}
	assert_int_equal(token.type, TOKEN_OBJECT_END);
	return object;
}

static json_t *build_array(struct reader *r)
{
	json_t *array = json_array();
	struct token token;
	struct error *error = NULL;
	while (reader_next(r, &token, &error) > 0 && token.type != TOKEN_ARRAY_END)
		json_array_append_new(array, build_value(r, &token));
	return array;
}

static json_t *build_string(const struct token *token)
{
	size_t len;
	char *text = decode(token, &len);
	json_t *string = json_stringn(text, len);
	mem_free(text);
	return string;
}

/* jansson's tree from our tokens. The document was read through before. */
static json_t *build_value(struct reader *r, const struct token *token)
{
	switch (token->type) {
	case TOKEN_OBJECT_BEGIN:
		return build_object(r);
	case TOKEN_ARRAY_BEGIN:
		return build_array(r);
	case TOKEN_STRING:
		return build_string(token);
	case TOKEN_NUMBER:
		return json_loadb(token->text.data, token->text.len, JSON_DECODE_ANY, NULL);
	case TOKEN_BOOL:
		return json_boolean(token->boolean);
	default: /* json_null() would be our writer's: the one name that both have */
		return json_loads("null", JSON_DECODE_ANY, NULL);
	}
}

/* One document and nothing behind it. */
static bool is_json(struct slice text)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	int got;
	json_reader_init(&json, text, READER_DUPLICATES);
	while ((got = reader_next(&json.reader, &token, &error)) > 0)
		;
	if (got == 0)
		got = reader_next_document(&json.reader, &error) == 0 ? 0 : -1;
	error_free(error);
	json_reader_release(&json);
	return got == 0;
}

static void check_same_tree(struct slice text, json_t *expected)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	json_reader_init(&json, text, 0);
	assert_int_equal(reader_next(&json.reader, &token, &error), 1);
	json_t *ours = build_value(&json.reader, &token);
	assert_true(json_equal(ours, expected));
	json_decref(ours);
	json_reader_release(&json);
}

static bool is_known_deviation(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_numeric_overflow:
		deviations[NUMBER_TOO_LARGE]++;
		return true;
	case json_error_null_byte_in_key:
		deviations[NUL_IN_KEY]++;
		return true;
	default:
		return false;
	}
}

static void check_document(struct slice document)
{
	json_error_t error;
	char *exact = mem_alloc(document.len);
	memcpy(exact, document.data, document.len);
	struct slice text = { exact, document.len };
	json_t *oracle = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	bool ours = is_json(text);
	if (oracle) {
		accepted++;
		if (!ours)
			print_error("refused: %.*s\n", SLICE_ARG(text));
		assert_true(ours);
		check_same_tree(text, oracle);
	} else if (!is_known_deviation(&error)) {
		refused++;
		if (ours)
			print_error("accepted, but jansson says %s: %.*s\n", error.text, SLICE_ARG(text));
		assert_false(ours);
	}
	json_decref(oracle);
	mem_free(exact);
}

static void test_generated_and_damaged(void **state)
{
	struct random random = { 8259 };
	struct strbuf document = STRBUF_INIT(1 << 20), damaged = STRBUF_INIT(1 << 20);
	for (int i = 0; i < DOCUMENTS; i++) {
		strbuf_clear(&document);
		json_generate(&random, &document);
		assert_true(is_json(strbuf_slice(&document)));
		check_document(strbuf_slice(&document));
		for (int n = 0; n < DAMAGES; n++) {
			strbuf_clear(&damaged);
			json_damage(&random, strbuf_slice(&document), &damaged);
			check_document(strbuf_slice(&damaged));
		}
	}
	strbuf_release(&document);
	strbuf_release(&damaged);
	print_message("%zu accepted, %zu refused by both; jansson alone refused %zu numbers, %zu keys\n", accepted,
		      refused, deviations[NUMBER_TOO_LARGE], deviations[NUL_IN_KEY]);
	assert_true(accepted > DOCUMENTS && refused > DOCUMENTS);
	for (int i = 0; i < DEVIATIONS; i++)
		assert_true(deviations[i] > 0);
}

static bool jansson_takes(struct slice text)
{
	json_t *oracle = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	json_decref(oracle);
	return oracle != NULL;
}

/* Each by itself, with the two that generated input does not reach: what stands first, and depth. */
static void test_deviations_by_hand(void **state)
{
	static const struct slice accepted_by_us[] = {
		SLICE("\xEF\xBB\xBF{}"), /* a BOM at the start: kubectl on Windows writes one */
		SLICE("{\"\\u0000\":1}"),
		SLICE("[9223372036854775808]"),
		SLICE("[1e309]"),
	};
	for (size_t i = 0; i < sizeof accepted_by_us / sizeof *accepted_by_us; i++) {
		assert_true(is_json(accepted_by_us[i]));
		assert_false(jansson_takes(accepted_by_us[i]));
	}
	struct strbuf deep = STRBUF_INIT(1 << 20);
	strbuf_add_repeat(&deep, '[', LIMIT_JSON_DEPTH + 1);
	strbuf_add_repeat(&deep, ']', LIMIT_JSON_DEPTH + 1);
	assert_false(is_json(strbuf_slice(&deep)));
	assert_true(jansson_takes(strbuf_slice(&deep)));
	strbuf_release(&deep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_and_damaged),
		cmocka_unit_test(test_deviations_by_hand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
