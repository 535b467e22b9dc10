#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "kube/client/exec_plugin.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define V1 "client.authentication.k8s.io/v1"
#define HEAD "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\""
#define REPLY(status) HEAD ",\"status\":{" status "}}"

static void check_reply(const char *text, const char *token, const char *certificate, const char *key,
			const char *expires)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(exec_reply_release) struct exec_reply reply = { 0 };
	struct error *err = NULL;
	char time[TIME_TEXT_BYTES];
	check_ok(exec_reply_parse(slice_of(text), SLICE(V1), &arena, &reply, &err), &err);
	assert_true(slice_equal(secret_reveal(&reply.token), slice_of(token)));
	assert_true(slice_equal(secret_reveal(&reply.key), slice_of(key)));
	assert_true(slice_equal(reply.certificate_pem, slice_of(certificate)));
	assert_string_equal(time_format(reply.expires, time), expires);
}

static void check_no_reply(const char *text, enum error_code code, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct exec_reply reply = { 0 };
	struct error *err = NULL;
	assert_int_equal(exec_reply_parse(slice_of(text), SLICE(V1), &arena, &reply, &err), -1);
	assert_null(strstr(err->message, "made-up"));
	check_error(&err, code, part);
}

static void tokens_certificates_and_times(void **state)
{
	check_reply(REPLY("\"token\":\"made-up\""), "made-up", NULL, NULL, "-");
	check_reply(REPLY("\"token\":\"made\\u002dup\",\"expirationTimestamp\":\"2026-01-02T03:04:05+01:00\""),
		    "made-up", NULL, NULL, "2026-01-02T02:04:05Z");
	check_reply(REPLY("\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\",\"expirationTimestamp\":null"), NULL,
		    "c", "k", "-");
	check_reply(
		REPLY("\"token\":\"made-up\",\"clientCertificateData\":\"c\",\"clientKeyData\":\"k\",\"more\":[{}]"),
		"made-up", "c", "k", "-");
	check_reply("\n  " HEAD ",\"spec\":{\"interactive\":false},\"status\":{\"token\":\"made-up\"}}\n", "made-up",
		    NULL, NULL, "-");
	check_reply("kind: ExecCredential\napiVersion: " V1 "\nstatus:\n  token: made-up\n", "made-up", NULL, NULL,
		    "-");
}

static void what_is_none_tells_nothing_of_what_was_printed(void **state)
{
	check_no_reply("", ERROR_SYNTAX, "it printed nothing");
	check_no_reply(" \n", ERROR_SYNTAX, "it printed nothing");
	check_no_reply("made-up-token", ERROR_SYNTAX, "it printed no ExecCredential");
	check_no_reply("[\"made-up\"]", ERROR_SYNTAX, "it printed no ExecCredential");
	check_no_reply("{\"made-up\": \"made-up", ERROR_SYNTAX, "what it printed: line 1 column");
	check_no_reply("{\"kind\":\"made-up\"}", ERROR_SYNTAX, "it printed no ExecCredential");
	check_no_reply("{\"kind\":[\"made-up\"]}", ERROR_SYNTAX, "kind must be a text");
	check_no_reply("{\"status\":{\"token\":\"made-up\"}}", ERROR_SYNTAX, "it printed no ExecCredential");
	check_no_reply("{\"kind\":\"ExecCredential\",\"apiVersion\":\"made-up\"}", ERROR_UNSUPPORTED,
		       "it printed another apiVersion than " V1 ", which it was asked for");
	check_no_reply("{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
		       "beta1\",\"status\":{\"token\":\"made-up\"}}",
		       ERROR_UNSUPPORTED, "another apiVersion");
	check_no_reply(HEAD "}", ERROR_SYNTAX, "it printed no status");
	check_no_reply(HEAD ",\"status\":null}", ERROR_SYNTAX, "it printed no status");
	check_no_reply(HEAD ",\"status\":\"made-up\"}", ERROR_SYNTAX, "status must be an object");
	check_no_reply(REPLY(""), ERROR_SYNTAX, "it printed neither a token nor a certificate");
	check_no_reply(REPLY("\"token\":\"\""), ERROR_SYNTAX, "it printed neither a token nor a certificate");
	check_no_reply(REPLY("\"token\":{\"made-up\":1}"), ERROR_SYNTAX, "token must be a text");
	check_no_reply(REPLY("\"clientKeyData\":\"made-up\""), ERROR_SYNTAX, "a key without its certificate");
	check_no_reply(REPLY("\"token\":\"made-up\",\"clientCertificateData\":\"made-up\""), ERROR_SYNTAX,
		       "a certificate without its key");
	check_no_reply(REPLY("\"token\":\"made-up\",\"expirationTimestamp\":\"made-up\""), ERROR_SYNTAX,
		       "its expirationTimestamp is no time");
	check_no_reply(REPLY("\"token\":\"made-up\",\"expirationTimestamp\":17"), ERROR_SYNTAX,
		       "expirationTimestamp must be a text");
}

static const char good[] = REPLY(
	"\"token\":\"made-up\\u0020t\",\"clientCertificateData\":\"made-up-c\",\"clientKeyData\":\"made-up-k\","
	"\"expirationTimestamp\":\"2026-01-02T03:04:05Z\"");

static int parse(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(exec_reply_release) struct exec_reply reply = { 0 };
	const struct slice *text = data;
	return exec_reply_parse(*text, SLICE(V1), &arena, &reply, err);
}

static void survive(struct slice variant, size_t at, void *data)
{
	CLEANUP(error_freep) struct error *err = NULL;
	size_t *refused = data;
	if (parse(&variant, &err) < 0) {
		assert_null(strstr(err->message, "made-up"));
		++*refused;
	}
}

static void cuts_and_flips_are_survived(void **state)
{
	struct slice text = { good, sizeof good - 1 };
	size_t refused = 0;
	mangle_none(text, survive, &refused);
	assert_int_equal(refused, 0);
	mangle_truncate(text, survive, &refused);
	assert_int_equal(refused, text.len);
	mangle_flip(text, survive, &refused);
}

static void every_allocation_may_fail(void **state)
{
	struct slice text = { good, sizeof good - 1 };
	assert_in_range(torture(parse, &text), 3, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_certificates_and_times),
		cmocka_unit_test(what_is_none_tells_nothing_of_what_was_printed),
		cmocka_unit_test(cuts_and_flips_are_survived),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
