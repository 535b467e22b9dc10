#include "credential/token_facts.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/time.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static int empty_arena(void **state)
{
	arena_release(&arena);
	return 0;
}

/* {"alg":"none"} */
#define HEADER "eyJhbGciOiJub25lIn0"
/* {"sub":"EXAMPLE","exp":1900000000} */
#define PAYLOAD "eyJzdWIiOiJFWEFNUExFIiwiZXhwIjoxOTAwMDAwMDAwfQ"

static struct token_facts jwt(const char *text)
{
	struct error *err = NULL;
	struct token_facts facts;
	check_ok(token_facts_of_jwt(slice_of(text), &arena, &facts, &err), &err);
	return facts;
}

static void jwt_tells_when_it_ends(void **state)
{
	struct token_facts facts = jwt(HEADER "." PAYLOAD ".RVhBTVBMRQ");
	assert_true(facts.recognised);
	assert_int_equal(facts.expires, 1900000000 * USEC_PER_SECOND);
	facts = jwt(HEADER "." PAYLOAD ".");
	assert_true(facts.recognised);
	/* {"exp":"soon"}, {"exp":-1}, {"exp":99999999999999} tell nothing */
	assert_int_equal(jwt(HEADER ".eyJleHAiOiJzb29uIn0.x").expires, TIME_UNSET);
	assert_int_equal(jwt(HEADER ".eyJleHAiOi0xfQ.x").expires, TIME_UNSET);
	assert_int_equal(jwt(HEADER ".eyJleHAiOjk5OTk5OTk5OTk5OTk5fQ.x").expires, TIME_UNSET);
}

/* base64url: its - and _ are the other alphabet's + and /. {"a":"\u00ff\u00bf??>","exp":1} as UTF-8. */
static void jwt_is_base64url(void **state)
{
	struct token_facts facts = jwt(HEADER ".eyJhIjoiw7_Cvz8_PiIsImV4cCI6MX0.x");
	assert_true(facts.recognised);
	assert_int_equal(facts.expires, USEC_PER_SECOND);
}

static void what_is_no_jwt(void **state)
{
	static const char *const others[] = {
		"",
		"eyJ",
		HEADER,
		HEADER "." PAYLOAD,
		HEADER "." PAYLOAD ".x.y",
		"x." PAYLOAD ".y",
		HEADER "..x",
		HEADER ".W10.x",
		"eyJ*." PAYLOAD ".x",
		"eyJhbGciOg." PAYLOAD ".x",
		"dckr_pat_EXAMPLE",
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (jwt(others[i]).recognised)
			fail_msg("%s", others[i]);
}

static struct slice base64_of(const char *text, struct strbuf *out)
{
	strbuf_clear(out);
	base64_encode(slice_of(text), out);
	return strbuf_slice(out);
}

static void ecr_tells_when_it_ends(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct error *err = NULL;
	struct token_facts facts;
	const char *token = "{\"payload\":\"EXAMPLE\",\"datakey\":\"EXAMPLE\",\"version\":\"2\",\"type\":\"DATA_KEY\","
			    "\"expiration\":1900000000}";
	check_ok(token_facts_of_ecr(base64_of(token, &out), &arena, &facts, &err), &err);
	assert_true(facts.recognised);
	assert_int_equal(facts.expires, 1900000000 * USEC_PER_SECOND);
	check_ok(token_facts_of_ecr(SLICE("EXAMPLE*"), &arena, &facts, &err), &err);
	assert_false(facts.recognised);
	assert_int_equal(facts.expires, TIME_UNSET);
}

#define GOOGLE_KEY                                                                                                     \
	"{\"type\":\"service_account\",\"project_id\":\"acme\",\"private_key_id\":\"1f2eEXAMPLE\",\"private_key\":"    \
	"\"-----BEGIN EXAMPLE-----\\n\",\"client_email\":\"puller@acme.iam.gserviceaccount.com\",\"x\":{\"exp\":[1]}}"

static void google_keys_tell_their_id(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	struct error *err = NULL;
	struct token_facts facts;
	check_ok(token_facts_of_google_key(SLICE(GOOGLE_KEY), false, &arena, &facts, &err), &err);
	assert_true(facts.recognised);
	check_slice(facts.key_id, "1f2eEXAMPLE");
	check_slice(facts.project, "acme.iam.gserviceaccount.com");
	check_ok(token_facts_of_google_key(base64_of(GOOGLE_KEY, &out), true, &arena, &facts, &err), &err);
	check_slice(facts.key_id, "1f2eEXAMPLE");
	check_ok(token_facts_of_google_key(SLICE("{\"private_key_id\":1,\"client_email\":\"x@\"}"), false, &arena,
					   &facts, &err),
		 &err);
	assert_null(facts.key_id.data);
	assert_null(facts.project.data);
}

static void read_any(struct slice variant, size_t at, void *data)
{
	struct error *err = NULL;
	struct token_facts facts;
	check_ok(token_facts_of_jwt(variant, &arena, &facts, &err), &err);
	check_ok(token_facts_of_ecr(variant, &arena, &facts, &err), &err);
	check_ok(token_facts_of_google_key(variant, false, &arena, &facts, &err), &err);
	check_ok(token_facts_of_google_key(variant, true, &arena, &facts, &err), &err);
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE(HEADER "." PAYLOAD ".RVhBTVBMRQ"), read_any, NULL);
	mangle_flip(SLICE(HEADER "." PAYLOAD ".RVhBTVBMRQ"), read_any, NULL);
	mangle_truncate(SLICE(GOOGLE_KEY), read_any, NULL);
	mangle_flip(SLICE(GOOGLE_KEY), read_any, NULL);
}

static int read_all(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct token_facts facts;
	if (token_facts_of_jwt(SLICE(HEADER "." PAYLOAD ".x"), &own, &facts, err) < 0 ||
	    token_facts_of_ecr(SLICE(PAYLOAD), &own, &facts, err) < 0)
		return -1;
	return token_facts_of_google_key(SLICE(GOOGLE_KEY), false, &own, &facts, err);
}

static void every_allocation_fails(void **state)
{
	torture(read_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(jwt_tells_when_it_ends, empty_arena),
		cmocka_unit_test_teardown(jwt_is_base64url, empty_arena),
		cmocka_unit_test_teardown(what_is_no_jwt, empty_arena),
		cmocka_unit_test_teardown(ecr_tells_when_it_ends, empty_arena),
		cmocka_unit_test_teardown(google_keys_tell_their_id, empty_arena),
		cmocka_unit_test_teardown(cut_and_flipped, empty_arena),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
