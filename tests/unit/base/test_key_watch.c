/* Duplicate keys: found over many keys and nested objects, forgotten when an object closes. */
#include "base/key_watch_internal.h"
#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static bool add(struct key_watch *watch, unsigned depth, const char *text)
{
	struct token key = { .type = TOKEN_KEY, .plain = true, .text = slice_of(text) };
	struct error *error = NULL;
	assert_int_equal(key_watch_add(watch, depth, &key, &error), 0);
	return key.duplicate;
}

static void test_objects_are_apart(void **state)
{
	struct key_watch *watch = key_watch_new(false);
	assert_false(add(watch, 1, "a"));
	assert_false(add(watch, 2, "a"));
	assert_true(add(watch, 2, "a"));
	key_watch_leave(watch, 2);
	assert_false(add(watch, 2, "a"));
	assert_false(add(watch, 3, "a"));
	key_watch_leave(watch, 2); /* and what lies deeper */
	assert_true(add(watch, 1, "a"));
	assert_false(add(watch, 2, "a"));
	key_watch_free(watch);
}

/* Objects within objects come and go while the table grows: every key is still found in its own. */
static void test_many_keys(void **state)
{
	static char keys[5000][8];
	struct key_watch *watch = key_watch_new(true);
	for (int i = 0; i < 5000; i++)
		snprintf(keys[i], sizeof keys[i], "k%d", i);
	for (int i = 0; i < 5000; i++) {
		assert_false(add(watch, 1, keys[i]));
		for (int n = 0; n <= i % 7; n++)
			assert_false(add(watch, 2, keys[n]));
		key_watch_leave(watch, 2);
	}
	for (int i = 0; i < 5000; i++) {
		assert_true(add(watch, 1, keys[i]));
		assert_false(add(watch, 2, keys[i]));
	}
	key_watch_leave(watch, 1);
	for (int i = 0; i < 5000; i++)
		assert_false(add(watch, 1, keys[i]));
	key_watch_free(watch);
}

static void test_copies_outlive_the_text(void **state)
{
	struct key_watch *watch = key_watch_new(true);
	char text[] = "name";
	assert_false(add(watch, 1, text));
	memset(text, 'x', 4);
	assert_true(add(watch, 1, "name"));
	assert_false(add(watch, 1, text));
	key_watch_free(watch);
}

static void test_limit(void **state)
{
	struct key_watch *watch = key_watch_new(true);
	struct token key = { .type = TOKEN_KEY, .plain = true };
	struct error *error = NULL;
	char text[16];
	for (int i = 0; i < LIMIT_JSON_KEYS; i++) {
		snprintf(text, sizeof text, "%d", i);
		assert_false(add(watch, 1, text));
	}
	key.text = slice_of("one more");
	assert_int_equal(key_watch_add(watch, 1, &key, &error), -1);
	assert_int_equal(error->code, ERROR_LIMIT);
	error = error_free(error);
	key_watch_leave(watch, 1);
	assert_false(add(watch, 1, "one more"));
	key_watch_free(watch);
}

static int scenario(void *data, struct error **err)
{
	struct key_watch *watch = key_watch_new(true);
	char text[16];
	int result = watch ? 0 : -1;
	for (int i = 0; result == 0 && i < 100; i++) {
		struct token key = { .type = TOKEN_KEY, .plain = i % 2, .text = { text, 0 } };
		key.text.len = (size_t)snprintf(text, sizeof text, "%d", i);
		result = key_watch_add(watch, 1, &key, err);
	}
	key_watch_free(watch);
	return result;
}

static void test_each_allocation_fails(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects_are_apart),       cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_copies_outlive_the_text), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_each_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
