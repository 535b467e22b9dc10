#include "oci/transport/url.h"

#include "support/check.h"
#include "support/mangle.h"

static void check_url(const char *text, bool https, const char *host, unsigned port, const char *path)
{
	struct url url;
	if (!url_parse(slice_of(text), &url))
		fail_msg("%s does not parse", text);
	assert_int_equal(url.https, https);
	check_slice(url.host, host);
	assert_int_equal(url.port, port);
	check_slice(url.path, path);
}

static void urls(void **state)
{
	check_url("https://auth.example/token?a=b", true, "auth.example", 443, "/token?a=b");
	check_url("HTTP://Reg.example:5000", false, "Reg.example", 5000, "");
	check_url("https://[::1]:8443/x#y", true, "[::1]", 8443, "/x");
	check_url("https://[::1]", true, "[::1]", 443, "");
	check_url("https://a?b=/c", true, "a", 443, "?b=/c");
	check_url("http://a_b.c-d:65535/%2F", false, "a_b.c-d", 65535, "/%2F");
}

static void what_others_could_read_as_another_host_is_none(void **state)
{
	static const char *const bad[] = { "",
					   "https://",
					   "https:///x",
					   "https://a@b/",
					   "https://a:b@c/",
					   "https://a\\@b/",
					   "https://a b/",
					   "https://a:0/",
					   "https://a:65536/",
					   "https://a:/",
					   "https://a:80x/",
					   "https://a:-1/",
					   "https://ä/",
					   "https://a%2eb/",
					   "https://[::1/",
					   "https://[]/",
					   "https://[a]b/",
					   "https://a/\nb",
					   "https://a/\x80",
					   "https://a/ b",
					   "ftp://a/",
					   "//a/",
					   "/a",
					   "a",
					   "https:a",
					   "https://a:80:90/",
					   "https://::1/",
					   "https://[::1%25eth0]/",
					   NULL };
	struct url url;
	for (const char *const *text = bad; *text; text++)
		if (url_parse(slice_of(*text), &url))
			fail_msg("%s parses", *text);
}

static void a_nul_is_no_part_of_a_host(void **state)
{
	struct url url;
	assert_false(url_parse((struct slice){ "https://a\0b/", 12 }, &url));
}

static void registries_are_named_by_host_and_port(void **state)
{
	struct url url;
	assert_true(url_parse_host(SLICE("reg.example"), true, &url) && url.port == 443);
	assert_true(url_parse_host(SLICE("reg.example:5000"), false, &url) && url.port == 5000);
	assert_true(url_parse_host(SLICE("[::1]:5000"), false, &url) && url.port == 5000);
	assert_false(url_parse_host(SLICE("reg.example/x"), true, &url));
	assert_false(url_parse_host(SLICE(""), true, &url));
	assert_false(url_parse_host(SLICE("a:b"), true, &url));
}

static void origins_are_scheme_host_and_port(void **state)
{
	struct url a, b;
	url_parse(SLICE("https://A.example/x"), &a);
	url_parse(SLICE("https://a.EXAMPLE:443/y"), &b);
	assert_true(url_same_origin(&a, &b));
	url_parse(SLICE("http://a.example:443/y"), &b);
	assert_false(url_same_origin(&a, &b));
	assert_true(url_same_host(&a, &b));
	url_parse(SLICE("https://a.example:444/y"), &b);
	assert_false(url_same_origin(&a, &b));
	url_parse(SLICE("https://a.example.evil/y"), &b);
	assert_false(url_same_host(&a, &b));
}

static void check_resolved(const char *base, const char *reference, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(1000);
	struct url url;
	assert_true(url_parse(slice_of(base), &url));
	bool got = url_resolve(&url, slice_of(reference), &out);
	if (got != (expected != NULL))
		fail_msg("%s at %s: %s", reference, base, got ? strbuf_text(&out) : "none");
	if (expected)
		assert_string_equal(strbuf_text(&out), expected);
}

static void references_are_relative_to_their_page(void **state)
{
	const char *base = "https://A.example:5000/v2/_catalog?n=3";
	check_resolved(base, "/v2/_catalog?last=a%2Fb&n=3", "https://a.example:5000/v2/_catalog?last=a%2Fb&n=3");
	check_resolved(base, "?last=a", "https://a.example:5000/v2/_catalog?last=a");
	check_resolved(base, "_catalog?last=a", "https://a.example:5000/v2/_catalog?last=a");
	check_resolved(base, "//b.example/x", "https://b.example/x");
	check_resolved(base, "http://b.example/x#y", "http://b.example/x");
	check_resolved(base, "../x", "https://a.example:5000/v2/../x");
	check_resolved("https://a", "x", "https://a:443/x");
	check_resolved("https://a", "?x", "https://a:443/?x");
	check_resolved("https://a/b?c=/d/e", "f", "https://a:443/f");
	check_resolved(base, "", NULL);
	check_resolved(base, "#x", NULL);
	check_resolved(base, "javascript:x", NULL);
	check_resolved(base, "file:///x", NULL);
	check_resolved(base, "//u@b/x", NULL);
	check_resolved(base, "a b", NULL);
	check_resolved(base, "/x\ny", NULL);
}

static void what_does_not_fit_is_no_url(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(20);
	struct url url;
	url_parse(SLICE("https://a.example/"), &url);
	assert_false(url_resolve(&url, SLICE("/0123456789"), &out));
}

static void a_path_always_begins_with_a_slash(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	struct url url;
	url_parse(SLICE("https://a?b"), &url);
	url_add_path(&out, &url);
	assert_string_equal(strbuf_text(&out), "/?b");
}

static void values_are_escaped(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(100);
	url_add_escaped(&out, (struct slice){ "aZ0-._~ :/\0\xff", 12 });
	assert_string_equal(strbuf_text(&out), "aZ0-._~%20%3A%2F%00%FF");
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(1000);
	struct url url, base;
	url_parse(SLICE("https://a/b"), &base);
	if (url_parse(variant, &url))
		assert_true(url.host.len && url.port > 0 && url.port < 65536);
	if (url_resolve(&base, variant, &out))
		assert_true(url_parse(strbuf_slice(&out), &url));
}

static void cut_and_flipped_urls(void **state)
{
	struct slice good = SLICE("https://[::1]:5000/v2/_catalog?last=a#b");
	mangle_truncate(good, read_mangled, NULL);
	mangle_flip(good, read_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls),
		cmocka_unit_test(what_others_could_read_as_another_host_is_none),
		cmocka_unit_test(a_nul_is_no_part_of_a_host),
		cmocka_unit_test(registries_are_named_by_host_and_port),
		cmocka_unit_test(origins_are_scheme_host_and_port),
		cmocka_unit_test(references_are_relative_to_their_page),
		cmocka_unit_test(what_does_not_fit_is_no_url),
		cmocka_unit_test(a_path_always_begins_with_a_slash),
		cmocka_unit_test(values_are_escaped),
		cmocka_unit_test(cut_and_flipped_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
