#include "net/failure.h"

#include <string.h>

#include "support/check.h"

static struct failure_facts facts_of(CURLcode code, const char *detail)
{
	return (struct failure_facts){ .code = code, .detail = detail };
}

static void check(struct failure_facts facts, enum http_failure kind, bool final, const char *part)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(4096);
	struct failure failure = failure_of(&facts);
	assert_int_equal(failure.kind, kind);
	assert_int_equal(failure.final, final);
	failure_add_message(&message, &facts);
	if (!strstr(strbuf_text(&message), part))
		fail_msg("\"%s\" lacks \"%s\"", strbuf_text(&message), part);
}

static void connections_can_be_tried_again(void **state)
{
	check(facts_of(CURLE_COULDNT_RESOLVE_HOST, "Could not resolve host: x"), HTTP_RESOLVE, false,
	      "does not resolve: Could");
	check(facts_of(CURLE_COULDNT_CONNECT, ""), HTTP_CONNECT, false, "cannot connect: Couldn't");
	check(facts_of(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to x"),
	      HTTP_CONNECT, false, "broke in the TLS handshake");
	check(facts_of(CURLE_OPERATION_TIMEDOUT, ""), HTTP_TIMEOUT, false, "timed out");
}

static void broken_connections_can_be_tried_again(void **state)
{
	const CURLcode codes[] = { CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR,
				   CURLE_SEND_ERROR,   CURLE_HTTP2,       CURLE_HTTP2_STREAM };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		check(facts_of(codes[i], "reset"), HTTP_CUT, false, "broke off: reset");
}

static void certificates_are_final_and_named(void **state)
{
	const struct {
		CURLcode code;
		const char *detail, *part;
	} cases[] = {
		{ CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: unable to get local issuer certificate",
		  "unknown authority" },
		{ CURLE_PEER_FAILED_VERIFICATION,
		  "SSL certificate problem: self-signed certificate in certificate chain", "unknown authority" },
		{ CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: certificate has expired", "has expired" },
		{ CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: certificate is not yet valid",
		  "not valid yet" },
		{ CURLE_PEER_FAILED_VERIFICATION,
		  "SSL: no alternative certificate subject name matches target host name 'x'", "for another name" },
		{ CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: something new", "does not verify" },
		{ CURLE_SSL_CERTPROBLEM, "unable to set private key file", "client's certificate or key" },
		{ CURLE_SSL_CACERT_BADFILE, "", "authorities" },
		{ CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number", "speaks no TLS there" },
		{ CURLE_RECV_ERROR, "OpenSSL SSL_read: tlsv13 alert certificate required, errno 0",
		  "wants a certificate of the client" },
		{ CURLE_SEND_ERROR, "OpenSSL SSL_write: tlsv1 alert unknown ca", "handshake failed" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(facts_of(cases[i].code, cases[i].detail), HTTP_TLS, true, cases[i].part);
}

static void what_is_no_http_is_final(void **state)
{
	check(facts_of(CURLE_WEIRD_SERVER_REPLY, ""), HTTP_PROTOCOL, true, "not HTTP");
	check(facts_of(CURLE_UNSUPPORTED_PROTOCOL, "Received HTTP/0.9 when not allowed"), HTTP_PROTOCOL, true, "0.9");
	check(facts_of(CURLE_BAD_CONTENT_ENCODING, ""), HTTP_PROTOCOL, true, "not HTTP");
	check(facts_of(CURLE_WRITE_ERROR, ""), HTTP_PROTOCOL, true, "not HTTP");
	check(facts_of(CURLE_OUT_OF_MEMORY, ""), HTTP_OTHER, true, "memory");
	check(facts_of(CURLE_BAD_FUNCTION_ARGUMENT, ""), HTTP_OTHER, true, "failed");
}

static void a_proxy_is_told_from_the_server(void **state)
{
	struct failure_facts facts = facts_of(CURLE_COULDNT_CONNECT, "");
	facts.proxied = true;
	check(facts, HTTP_PROXY, false, "proxy");
	check(facts_of(CURLE_COULDNT_RESOLVE_PROXY, ""), HTTP_PROXY, false, "name of the proxy");
	check(facts_of(CURLE_PROXY, "User was rejected by the SOCKS5 server"), HTTP_PROXY, true, "rejected");
	facts = facts_of(CURLE_RECV_ERROR, "CONNECT tunnel failed, response 407");
	facts.proxied = true;
	facts.proxy_status = 407;
	check(facts, HTTP_PROXY, true, "407 (it wants a login)");
	facts.proxy_status = 503;
	check(facts, HTTP_PROXY, false, "status 503");
	facts.proxy_status = 200;
	check(facts, HTTP_CUT, false, "broke off");
	facts.proxy_status = 407;
	facts.answered = true; /* by the server, later */
	check(facts, HTTP_CUT, false, "broke off");
}

static void ok_is_ok(void **state)
{
	struct failure_facts facts = facts_of(CURLE_OK, "");
	assert_int_equal(failure_of(&facts).kind, HTTP_OK);
}

static void a_server_cannot_write_to_the_terminal(void **state)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(4096);
	struct failure_facts facts = facts_of(CURLE_PEER_FAILED_VERIFICATION,
					      "subject name '\x1b[2J\r\n\xff' does not match");
	failure_add_message(&message, &facts);
	for (size_t i = 0; i < message.len; i++)
		assert_in_range(message.data[i], 0x20, 0x7e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_can_be_tried_again),
		cmocka_unit_test(broken_connections_can_be_tried_again),
		cmocka_unit_test(certificates_are_final_and_named),
		cmocka_unit_test(what_is_no_http_is_final),
		cmocka_unit_test(a_proxy_is_told_from_the_server),
		cmocka_unit_test(ok_is_ok),
		cmocka_unit_test(a_server_cannot_write_to_the_terminal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
