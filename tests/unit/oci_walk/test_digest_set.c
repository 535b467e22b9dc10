#include "oci/walk/digest_set.h"

#include <stdio.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static struct digest_key key_of_number(size_t i)
{
	char text[80];
	int len = snprintf(text, sizeof text, "sha256:%064zx", i);
	return digest_key_of('d', SLICE(""), (struct slice){ text, (size_t)len });
}

static void what_was_put_is_met_again(void **state)
{
	struct digest_set set = { 0 };
	for (size_t i = 0; i < 10000; i++) {
		struct digest_state *new = digest_set_put(&set, key_of_number(i));
		assert_non_null(new);
		assert_int_equal(new->kind, 0);
		*new = (struct digest_state){ .number = (uint32_t)i, .kind = 1 };
	}
	assert_int_equal(set.len, 10000);
	for (size_t i = 0; i < 10000; i++) {
		struct digest_state *old = digest_set_put(&set, key_of_number(i));
		assert_int_equal(old->kind, 1);
		assert_int_equal(old->number, i);
	}
	assert_int_equal(set.len, 10000);
	digest_set_release(&set);
}

static void kinds_and_scopes_of_names_do_not_meet(void **state)
{
	struct digest_set set = { 0 };
	const struct digest_key keys[] = {
		digest_key_of('t', SLICE("a"), SLICE("b")),  digest_key_of('d', SLICE("a"), SLICE("b")),
		digest_key_of('t', SLICE("ab"), SLICE("")),  digest_key_of('t', SLICE(""), SLICE("ab")),
		digest_key_of('t', SLICE("b"), SLICE("a")),  digest_key_of('t', SLICE(""), SLICE("")),
		digest_key_of('t', SLICE("a"), SLICE("b ")),
	};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct digest_state *state_of = digest_set_put(&set, keys[i]);
		assert_int_equal(state_of->kind, 0);
		state_of->kind = 1;
	}
	assert_int_equal(digest_set_put(&set, digest_key_of('t', SLICE("a"), SLICE("b")))->kind, 1);
	digest_set_release(&set);
}

static void a_name_takes_24_bytes(void **state)
{
	assert_int_equal(sizeof(struct digest_entry), 24);
}

static void a_full_set_takes_no_new_name_and_knows_the_old(void **state)
{
	struct digest_set set = { 0 };
	digest_set_put(&set, key_of_number(1))->kind = 7;
	assert_false(digest_set_full(&set));
	set.len = LIMIT_WALK_DIGESTS;
	assert_true(digest_set_full(&set));
	assert_null(digest_set_put(&set, key_of_number(2)));
	assert_int_equal(digest_set_put(&set, key_of_number(1))->kind, 7);
	digest_set_release(&set);
}

static int fill(void *data, struct error **err)
{
	struct digest_set set = { 0 };
	for (size_t i = 0; i < 1000; i++)
		if (!digest_set_put(&set, key_of_number(i))) {
			digest_set_release(&set);
			return error_no_memory(err);
		}
	digest_set_release(&set);
	return 0;
}

static void each_allocation_may_fail(void **state)
{
	torture(fill, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_met_again),
		cmocka_unit_test(kinds_and_scopes_of_names_do_not_meet),
		cmocka_unit_test(a_name_takes_24_bytes),
		cmocka_unit_test(a_full_set_takes_no_new_name_and_knows_the_old),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
