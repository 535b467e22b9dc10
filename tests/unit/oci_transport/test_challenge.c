#include "oci/transport/challenge.h"

#include "base/strbuf.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(1 << 20);

static struct challenges read(const char *value)
{
	struct challenges challenges = { .count = 0 };
	struct error *err = NULL;
	check_ok(challenge_add(&challenges, slice_of(value), &arena, &err), &err);
	return challenges;
}

static void the_challenge_of_a_registry(void **state)
{
	struct challenges c = read(
		"Bearer realm=\"https://auth.example/token\",service=\"registry.example\",scope=\"repository:a/b:pull,push\",error=\"invalid_token\"");
	assert_int_equal(c.count, 1);
	check_slice(c.items[0].scheme, "Bearer");
	check_slice(c.items[0].realm, "https://auth.example/token");
	check_slice(c.items[0].service, "registry.example");
	check_slice(c.items[0].scope, "repository:a/b:pull,push");
	check_slice(c.items[0].error, "invalid_token");
}

static void several_in_one_header(void **state)
{
	struct challenges c = read(
		"Negotiate, Digest realm=\"a, Bearer realm=\\\"x\\\"\", nonce=1,qop=\"auth,auth-int\" , Basic realm=b,, bearer REALM = https://c/d , service=e");
	assert_int_equal(c.count, 4);
	check_slice(challenge_find(&c, "digest")->realm, "a, Bearer realm=\"x\"");
	check_slice(challenge_find(&c, "BASIC")->realm, "b");
	check_slice(challenge_find(&c, "Bearer")->realm, "https://c/d");
	check_slice(challenge_find(&c, "Bearer")->service, "e");
	assert_null(challenge_find(&c, "Negotiate")->realm.data);
	assert_null(challenge_find(&c, "x"));
}

static void several_headers_are_added(void **state)
{
	struct challenges c = read("Basic realm=a");
	struct error *err = NULL;
	check_ok(challenge_add(&c, SLICE("Bearer realm=b"), &arena, &err), &err);
	assert_int_equal(c.count, 2);
	check_slice(challenge_find(&c, "bearer")->realm, "b");
}

static void a_token68_stands_in_place_of_parameters(void **state)
{
	struct challenges c = read("Negotiate YWJj+/8==, Basic realm=a");
	assert_int_equal(c.count, 2);
	check_slice(challenge_find(&c, "basic")->realm, "a");
}

static void the_first_of_two_parameters_counts(void **state)
{
	struct challenges c = read("Bearer realm=a, realm=b");
	check_slice(c.items[0].realm, "a");
}

static void a_comma_that_is_missing_between_parameters(void **state)
{
	struct challenges c = read("Bearer realm=\"a\" service=\"b\"");
	assert_int_equal(c.count, 1);
	check_slice(c.items[0].service, "b");
}

static void a_broken_one_is_left_out_and_those_before_it_stay(void **state)
{
	struct challenges c = read("Basic realm=a, Bearer realm=\"b");
	assert_int_equal(c.count, 1);
	assert_null(challenge_find(&c, "bearer"));
	assert_int_equal(read("").count, 0);
	assert_int_equal(read("=x").count, 0);
	assert_int_equal(read("\"Bearer\"").count, 0);
	assert_int_equal(read("Bearer realm=\"a\", =").count, 0);
}

static void there_is_a_maximum(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(1000);
	for (int i = 0; i < LIMIT_CHALLENGES + 1; i++)
		strbuf_add_text(&text, "a, ");
	assert_int_equal(read(strbuf_text(&text)).count, LIMIT_CHALLENGES);
}

static const struct slice good = {
	"Digest realm=\"a\\\"b\", x=\"c,d\", Bearer realm=\"https://e\",service=f,scope=\"g:h:i,j\"", 78
};

static void read_mangled(struct slice variant, size_t at, void *data)
{
	struct challenges challenges = { .count = 0 };
	struct error *err = NULL;
	check_ok(challenge_add(&challenges, variant, &arena, &err), &err);
	assert_true(challenges.count <= LIMIT_CHALLENGES);
	arena_clear(&arena);
}

static void cut_and_flipped_challenges(void **state)
{
	mangle_truncate(good, read_mangled, NULL);
	mangle_flip(good, read_mangled, NULL);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(1 << 20);
	struct challenges challenges = { .count = 0 };
	return challenge_add(&challenges, good, &own, err);
}

static void failing_allocations(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_challenge_of_a_registry),
		cmocka_unit_test(several_in_one_header),
		cmocka_unit_test(several_headers_are_added),
		cmocka_unit_test(a_token68_stands_in_place_of_parameters),
		cmocka_unit_test(the_first_of_two_parameters_counts),
		cmocka_unit_test(a_comma_that_is_missing_between_parameters),
		cmocka_unit_test(a_broken_one_is_left_out_and_those_before_it_stay),
		cmocka_unit_test(there_is_a_maximum),
		cmocka_unit_test(cut_and_flipped_challenges),
		cmocka_unit_test(failing_allocations),
	};
	int result = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return result;
}
