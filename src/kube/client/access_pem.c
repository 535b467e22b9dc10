/* What can be told of PEM without decoding it (RFC 7468): libcurl does that, but with messages that name no file. */
#include "kube/client/access_internal.h"

static int fail(const char *what, const char *problem, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "%s %s", what, problem);
}

/* Labels of RFC 7468, and what OpenSSL writes for its own forms. */
static bool is_encrypted(struct slice pem)
{
	return slice_contains(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
	       slice_contains(pem, "Proc-Type: 4,ENCRYPTED");
}

int access_check_pem(struct slice pem, enum pem_kind kind, const char *what, struct error **err)
{
	if (kind == PEM_CERTIFICATE)
		return slice_contains(pem, "-----BEGIN CERTIFICATE-----") ||
				       slice_contains(pem, "-----BEGIN TRUSTED CERTIFICATE-----")
			       ? 0
			       : fail(what, "holds no certificate in PEM", err);
	if (is_encrypted(pem))
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s is encrypted; decrypt it into a file of its own (openssl pkey -in KEY -out FILE)",
				 what);
	if (!slice_contains(pem, "-----BEGIN ") || !slice_contains(pem, "PRIVATE KEY-----"))
		return fail(what, "holds no private key in PEM", err);
	return 0;
}
