#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "net/proxy_env.h"
#include "support/check.h"
#include "support/torture.h"

typedef int parse_function(struct slice text, struct arena *arena, struct proxy_url *ret_url, struct error **err);

static void check_url(parse_function *parse, const char *text, const char *shown, const char *whole)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct proxy_url url = { 0 };
	struct error *err = NULL;
	check_ok(parse(slice_of(text), &arena, &url, &err), &err);
	check_slice(url.shown, shown);
	if (whole)
		check_slice(secret_reveal(&url.whole), whole);
	else
		assert_false(secret_is_set(&url.whole));
	secret_release(&url.whole);
}

static void passwords_stay_in_the_secure_heap(void **state)
{
	check_url(proxy_url_parse, "http://p.example.com:3128", "http://p.example.com:3128", NULL);
	check_url(proxy_url_parse, "HTTPS://p.example.com/path?x", "https://p.example.com", NULL);
	check_url(proxy_url_parse, "socks5://me@p:1080", "socks5://me@p:1080", NULL);
	check_url(proxy_url_parse, "socks5://me:made-up@p:1080", "socks5://me@p:1080", "socks5://me:made-up@p:1080");
	check_url(proxy_url_parse, "http://me:made@up:x@p", "http://me@p", "http://me:made@up:x@p");
	check_url(proxy_url_parse, "http://:made-up@p/x", "http://@p", "http://:made-up@p");
	check_url(proxy_url_parse, "http://me:@p", "http://me@p", "http://me:@p");
	check_url(proxy_url_parse, "http://[::1]:3128", "http://[::1]:3128", NULL);
}

static void variables_may_leave_the_scheme_out(void **state)
{
	check_url(proxy_url_parse_variable, "p.example.com:3128", "http://p.example.com:3128", NULL);
	check_url(proxy_url_parse_variable, "me:made-up@p", "http://me@p", "http://me:made-up@p");
	check_url(proxy_url_parse_variable, "SOCKS5H://me:made-up@p", "socks5://me@p", "socks5://me:made-up@p");
	check_url(proxy_url_parse_variable, "https://p", "https://p", NULL);
}

static void check_refused(parse_function *parse, const char *text, enum error_code code, const char *part)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct proxy_url url = { 0 };
	struct error *err = NULL;
	assert_int_equal(parse(slice_of(text), &arena, &url, &err), -1);
	assert_null(strstr(err->message, "made-up"));
	check_error(&err, code, part);
	assert_false(secret_is_set(&url.whole));
}

static void what_leads_nowhere_is_refused(void **state)
{
	check_refused(proxy_url_parse, "", ERROR_UNSUPPORTED, "it is none of http://, https:// and socks5://");
	check_refused(proxy_url_parse, "made-up.example.com", ERROR_UNSUPPORTED, "it is none of");
	check_refused(proxy_url_parse, "socks5h://made-up", ERROR_UNSUPPORTED, "it is none of");
	check_refused(proxy_url_parse, "http://", ERROR_SYNTAX, "it names no host");
	check_refused(proxy_url_parse, "http://me:made-up@", ERROR_SYNTAX, "it names no host");
	check_refused(proxy_url_parse, "http://:3128", ERROR_SYNTAX, "it names no host");
	check_refused(proxy_url_parse, "http://made-up\nx", ERROR_SYNTAX, "it is no URL");
	check_refused(proxy_url_parse, "http://made-up\"x", ERROR_SYNTAX, "it is no URL");
	check_refused(proxy_url_parse_variable, "ftp://me:made-up@p", ERROR_UNSUPPORTED, "it is none of");
}

static int parse_one(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct proxy_url url = { 0 };
	int got = proxy_url_parse_variable(SLICE("me:made-up@p"), &arena, &url, err);
	secret_release(&url.whole);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	assert_in_range(torture(parse_one, NULL), 3, 20);
}

static void the_environment_leads_to_a_server(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_KUBECONFIG_BYTES);
	struct proxy_url url = { 0 };
	struct error *err = NULL;
	setenv("HTTPS_PROXY", "proxy.example:3128", 1);
	setenv("NO_PROXY", "inside.example", 1);
	assert_int_equal(proxy_url_of_environment(SLICE("https://reg.example"), &arena, &url, &err), 1);
	check_slice(url.shown, "http://proxy.example:3128");
	assert_int_equal(proxy_url_of_environment(SLICE("https://inside.example"), &arena, &url, &err), 0);
	setenv("HTTPS_PROXY", "ftp://proxy.example", 1);
	assert_int_equal(proxy_url_of_environment(SLICE("https://reg.example"), &arena, &url, &err), -1);
	check_error(&err, ERROR_UNSUPPORTED, "HTTPS_PROXY of the environment: ");
	unsetenv("HTTPS_PROXY");
	unsetenv("NO_PROXY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_stay_in_the_secure_heap),
		cmocka_unit_test(variables_may_leave_the_scheme_out),
		cmocka_unit_test(what_leads_nowhere_is_refused),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(the_environment_leads_to_a_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
