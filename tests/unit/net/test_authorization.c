#include "net/authorization.h"

#include "support/check.h"

static void check_value(struct secret_bytes *value, const char *expected)
{
	check_slice(secret_reveal(value), expected);
	secret_release(value);
}

static void a_token_goes_as_it_is(void **state)
{
	struct error *err = NULL;
	struct secret_bytes value = { 0 };
	check_ok(authorization_bearer(SLICE("made-up.token"), &value, &err), &err);
	check_value(&value, "Bearer made-up.token");
	check_ok(authorization_bearer(SLICE(""), &value, &err), &err);
	check_value(&value, "Bearer ");
}

/* The first is RFC 7617's own. */
static void a_name_and_a_password_are_encoded_together(void **state)
{
	struct error *err = NULL;
	struct secret_bytes value = { 0 };
	check_ok(authorization_basic(SLICE("Aladdin"), SLICE("open sesame"), &value, &err), &err);
	check_value(&value, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	check_ok(authorization_basic(SLICE_NONE, SLICE("x:y"), &value, &err), &err);
	check_value(&value, "Basic Ong6eQ==");
	check_ok(authorization_basic(SLICE("a"), SLICE_NONE, &value, &err), &err);
	check_value(&value, "Basic YTo=");
}

static void one_takes_the_place_of_another(void **state)
{
	struct error *err = NULL;
	struct secret_bytes value = { 0 };
	check_ok(authorization_bearer(SLICE("first"), &value, &err), &err);
	check_ok(authorization_basic(SLICE("a"), SLICE("b"), &value, &err), &err);
	check_value(&value, "Basic YTpi");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_goes_as_it_is),
		cmocka_unit_test(a_name_and_a_password_are_encoded_together),
		cmocka_unit_test(one_takes_the_place_of_another),
	};
	struct error *err = NULL;
	if (secret_start_process(&err) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
