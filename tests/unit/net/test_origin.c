#include "net/origin_internal.h"

#include <string.h>

#include "support/check.h"
#include "support/torture.h"

static struct http_origin *origin_of(struct http_origin_options options)
{
	struct http_origin *origin = NULL;
	struct error *err = NULL;
	check_ok(http_origin_new(NULL, &options, &origin, &err), &err);
	return origin;
}

static void check_base(const char *url, const char *name, const char *base, const char *host_line,
		       const char *connect_to)
{
	struct http_origin *origin =
		origin_of((struct http_origin_options){ .url = slice_of(url), .tls_server_name = slice_of(name) });
	assert_string_equal(origin->base, base);
	assert_int_equal(origin->host_line != NULL, host_line != NULL);
	if (host_line) {
		assert_string_equal(origin->host_line, host_line);
		assert_string_equal(origin->connect_to_list.data, connect_to);
	}
	origin_release(origin);
}

static void urls(void **state)
{
	check_base("https://x", NULL, "https://x:443", NULL, NULL);
	check_base("https://x/", NULL, "https://x:443", NULL, NULL);
	check_base("https://x:6443/k8s/clusters/c-1//", NULL, "https://x:6443/k8s/clusters/c-1", NULL, NULL);
	check_base("http://127.0.0.1:8001", NULL, "http://127.0.0.1:8001", NULL, NULL);
	check_base("https://[::1]:6443", NULL, "https://[::1]:6443", NULL, NULL);
}

static void another_name_for_tls(void **state)
{
	check_base("https://10.0.0.1:6443/p", "api.example", "https://api.example:6443/p", "Host: 10.0.0.1:6443",
		   "::10.0.0.1:6443");
	check_base("https://x", "api.example", "https://api.example:443", "Host: x", "::x:443");
	check_base("https://[::1]", "::2", "https://[::2]:443", "Host: [::1]", "::[::1]:443");
	check_base("http://x", "api.example", "http://x:80", NULL, NULL);
}

static void check_refused(struct http_origin_options options, const char *part)
{
	struct http_origin *origin = NULL;
	struct error *err = NULL;
	assert_int_equal(http_origin_new(NULL, &options, &origin, &err), -1);
	assert_null(origin);
	assert_null(strstr(err->message, "made-up"));
	check_error(&err, ERROR_USAGE, part);
}

static void urls_that_are_refused(void **state)
{
	const char *cases[][2] = {
		{ "", "URL" },
		{ "x", "URL" },
		{ "https://", "URL" },
		{ "ftp://x", "ftp://" },
		{ "file:///etc", "http" },
		{ "https://made-up@x", "login" },
		{ "https://:made-up@x", "login" },
		{ "https://x?a", "query" },
		{ "https://x#a", "fragment" },
		{ "https://a b", "URL" },
		{ "https://x\n", "URL" },
		{ "https://x:99999", "URL" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_refused((struct http_origin_options){ .url = slice_of(cases[i][0]) }, cases[i][1]);
	check_refused((struct http_origin_options){ .url = SLICE("https://x\0y") }, "URL");
	check_refused((struct http_origin_options){ .url = SLICE("https://x"), .tls_server_name = SLICE("a/b") },
		      "name");
	check_refused((struct http_origin_options){ .url = SLICE("https://x"), .tls_server_name = SLICE("a\0b") },
		      "name");
}

static void check_proxy(const char *given, const char *expected)
{
	struct http_origin *origin =
		origin_of((struct http_origin_options){ .url = SLICE("https://x"), .proxy = slice_of(given) });
	check_slice(secret_reveal(&origin->proxy), expected);
	assert_int_equal(secret_reveal(&origin->proxy).data[strlen(expected)], '\0');
	origin_release(origin);
}

static void proxies(void **state)
{
	check_proxy("http://p:3128", "http://p:3128");
	check_proxy("https://user:made-up@p", "https://user:made-up@p");
	check_proxy("socks5://p", "socks5h://p");
	check_proxy("socks5h://p", "socks5h://p");
	const char *bad[] = { "p:3128", "socks4://p", "ftp://made-up", "http://made up", "HTTP" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_refused((struct http_origin_options){ .url = SLICE("https://x"), .proxy = slice_of(bad[i]) },
			      "proxy");
}

static void a_secret_proxy_wins(void **state)
{
	CLEANUP(secret_release) struct secret_bytes secret = { 0 };
	struct error *err = NULL;
	check_ok(secret_copy(&secret, SLICE("http://u:made-up@q"), &err), &err);
	struct http_origin *origin = origin_of((struct http_origin_options){
		.url = SLICE("https://x"), .proxy = SLICE("http://p"), .proxy_url = &secret });
	check_slice(secret_reveal(&origin->proxy), "http://u:made-up@q");
	origin_release(origin);
}

static int make_one(void *data, struct error **err)
{
	struct http_origin_options options = {
		.url = SLICE("https://10.0.0.1"),
		.tls_server_name = SLICE("x"),
		.ca_pem = SLICE("ca"),
		.certificate_pem = SLICE("certificate"),
		.key = data,
		.proxy = SLICE("socks5://p"),
	};
	struct http_origin *origin = NULL;
	if (http_origin_new(NULL, &options, &origin, err) < 0)
		return -1;
	origin_release(origin);
	return 0;
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(secret_release) struct secret_bytes key = { 0 };
	struct error *err = NULL;
	check_ok(secret_copy(&key, SLICE("made-up key"), &err), &err);
	torture(make_one, &key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls),
		cmocka_unit_test(another_name_for_tls),
		cmocka_unit_test(urls_that_are_refused),
		cmocka_unit_test(proxies),
		cmocka_unit_test(a_secret_proxy_wins),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
