#include "net/failure.h"

#include <string.h>

#include "base/utf8.h"
#include "net/retry.h"

static bool detail_has(const struct failure_facts *facts, const char *part)
{
	return strstr(facts->detail, part) != NULL;
}

/* libcurl tells a server that hangs up in a handshake, and one that refuses our certificate after it (TLS 1.3), from
 * others only by text. */
static bool is_broken_handshake(const struct failure_facts *facts)
{
	return facts->code == CURLE_SSL_CONNECT_ERROR &&
	       (detail_has(facts, "SSL_ERROR_SYSCALL") || detail_has(facts, "reset by peer") ||
		detail_has(facts, "unexpected eof") || detail_has(facts, "Broken pipe"));
}

static bool is_tls_alert(const struct failure_facts *facts)
{
	return (facts->code == CURLE_RECV_ERROR || facts->code == CURLE_SEND_ERROR) && detail_has(facts, "SSL") &&
	       detail_has(facts, "alert");
}

/* The proxy answered CONNECT with something other than yes. */
static bool is_refused_by_proxy(const struct failure_facts *facts)
{
	return facts->proxied && !facts->answered && facts->proxy_status >= 300;
}

static struct failure of_connection(const struct failure_facts *facts)
{
	return (struct failure){ facts->proxied ? HTTP_PROXY : HTTP_CONNECT, false };
}

static struct failure of_transport(const struct failure_facts *facts)
{
	if (is_tls_alert(facts))
		return (struct failure){ HTTP_TLS, true };
	return (struct failure){ HTTP_CUT, false };
}

struct failure failure_of(const struct failure_facts *facts)
{
	if (is_refused_by_proxy(facts))
		return (struct failure){ HTTP_PROXY, !retry_is_asked_by((int)facts->proxy_status) };
	switch (facts->code) {
	case CURLE_OK:
		return (struct failure){ HTTP_OK, true };
	case CURLE_COULDNT_RESOLVE_HOST:
		return (struct failure){ HTTP_RESOLVE, false };
	case CURLE_COULDNT_RESOLVE_PROXY:
		return (struct failure){ HTTP_PROXY, false };
	case CURLE_COULDNT_CONNECT:
		return of_connection(facts);
	case CURLE_PROXY:
		return (struct failure){ HTTP_PROXY, true };
	case CURLE_SSL_CONNECT_ERROR:
		return is_broken_handshake(facts) ? of_connection(facts) : (struct failure){ HTTP_TLS, true };
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_USE_SSL_FAILED:
		return (struct failure){ HTTP_TLS, true };
	case CURLE_OPERATION_TIMEDOUT:
		return (struct failure){ HTTP_TIMEOUT, false };
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return of_transport(facts);
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WRITE_ERROR: /* our own callback's are told apart before; what is left is bytes behind a gzip stream
				 */
		return (struct failure){ HTTP_PROTOCOL, true };
	default:
		return (struct failure){ HTTP_OTHER, true };
	}
}

/* Plain words for what a certificate may lack, by the part of the text that gives it away. */
static const char *certificate_fault(const struct failure_facts *facts)
{
	static const struct {
		const char *part, *fault;
	} faults[] = {
		{ "local issuer", "an unknown authority signed the server's certificate" },
		{ "self-signed certificate", "an unknown authority signed the server's certificate" },
		{ "has expired", "the server's certificate has expired" },
		{ "not yet valid", "the server's certificate is not valid yet" },
		{ "does not match", "the server's certificate is for another name" },
		{ "no alternative certificate subject name", "the server's certificate is for another name" },
		{ "unable to obtain common name", "the server's certificate is for another name" },
	};
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (detail_has(facts, faults[i].part))
			return faults[i].fault;
	return "the server's certificate does not verify";
}

static const char *tls_fault(const struct failure_facts *facts)
{
	switch (facts->code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return certificate_fault(facts);
	case CURLE_SSL_CERTPROBLEM:
		return "the client's certificate or key cannot be used";
	case CURLE_SSL_CACERT_BADFILE:
		return "the certificates of the authorities cannot be used";
	default:
		return detail_has(facts, "certificate required")   ? "the server wants a certificate of the client"
		       : detail_has(facts, "wrong version number") ? "the server speaks no TLS there"
								   : "the TLS handshake failed";
	}
}

static const char *sentence(const struct failure_facts *facts)
{
	switch (failure_of(facts).kind) {
	case HTTP_RESOLVE:
		return "the name of the server does not resolve";
	case HTTP_CONNECT:
		return facts->code == CURLE_SSL_CONNECT_ERROR ? "the connection broke in the TLS handshake"
							      : "cannot connect";
	case HTTP_PROXY:
		return facts->code == CURLE_COULDNT_RESOLVE_PROXY ? "the name of the proxy does not resolve"
								  : "the proxy does not let us through";
	case HTTP_TLS:
		return tls_fault(facts);
	case HTTP_CUT:
		return "the connection broke off";
	case HTTP_PROTOCOL:
		return "the answer is not HTTP as it should be";
	case HTTP_TIMEOUT:
		return "timed out";
	default:
		return facts->code == CURLE_OUT_OF_MEMORY ? "not enough memory" : "the transfer failed";
	}
}

void failure_add_message(struct strbuf *out, const struct failure_facts *facts)
{
	struct slice detail = slice_trim(slice_of(facts->detail));

	strbuf_add_text(out, sentence(facts));
	if (is_refused_by_proxy(facts)) {
		strbuf_addf(out, ": it answered with status %ld%s", facts->proxy_status,
			    facts->proxy_status == 407 ? " (it wants a login)" : "");
		return;
	}
	if (!detail.len)
		detail = slice_of(curl_easy_strerror(facts->code));
	strbuf_add_text(out, ": ");
	utf8_add_printable(out, detail);
}
