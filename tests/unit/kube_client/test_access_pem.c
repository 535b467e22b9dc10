#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

static void check_pem(const char *pem, enum pem_kind kind)
{
	struct error *err = NULL;
	check_ok(access_check_pem(slice_of(pem), kind, "it", &err), &err);
}

static void check_no_pem(const char *pem, enum pem_kind kind, enum error_code code, const char *part)
{
	struct error *err = NULL;
	assert_int_equal(access_check_pem(slice_of(pem), kind, "it", &err), -1);
	check_error(&err, code, part);
}

static void certificates_and_keys_are_told_by_their_labels(void **state)
{
	check_pem("a comment\n" MADE_UP_CERTIFICATE MADE_UP_CERTIFICATE, PEM_CERTIFICATE);
	check_pem("-----BEGIN TRUSTED CERTIFICATE-----\n", PEM_CERTIFICATE);
	check_pem(MADE_UP_KEY, PEM_KEY);
	check_pem("-----BEGIN EC "
		  "PRIVATE KEY-----\n",
		  PEM_KEY);
	check_no_pem(MADE_UP_KEY, PEM_CERTIFICATE, ERROR_SYNTAX, "it holds no certificate in PEM");
	check_no_pem("", PEM_CERTIFICATE, ERROR_SYNTAX, "it holds no certificate in PEM");
	check_no_pem(MADE_UP_CERTIFICATE, PEM_KEY, ERROR_SYNTAX, "it holds no private key in PEM");
	check_no_pem("PRIVATE KEY-----", PEM_KEY, ERROR_SYNTAX, "it holds no private key in PEM");
}

static void encrypted_keys_are_refused_by_name(void **state)
{
	check_no_pem("-----BEGIN ENCRYPTED "
		     "PRIVATE KEY-----\n",
		     PEM_KEY, ERROR_UNSUPPORTED, "it is encrypted; decrypt it");
	check_no_pem("-----BEGIN RSA "
		     "PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n",
		     PEM_KEY, ERROR_UNSUPPORTED, "it is encrypted; decrypt it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_and_keys_are_told_by_their_labels),
		cmocka_unit_test(encrypted_keys_are_refused_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
