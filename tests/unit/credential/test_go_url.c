#include "credential/go_url.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static int empty_arena(void **state)
{
	arena_release(&arena);
	return 0;
}

/* url NULL: Go refuses it. */
struct example {
	const char *rest, *host, *path;
};

static const struct example examples[] = {
	{ "reg.example", "reg.example", "" },
	{ "", "", "" },
	{ "/", "", "/" },
	{ "Reg.Example:5000/v1/", "Reg.Example:5000", "/v1/" },
	{ "reg.example:/x", "reg.example:", "/x" },
	{ "*.example.com", "*.example.com", "" },
	{ "a!$&'()*+,;=<>\"~_-b", "a!$&'()*+,;=<>\"~_-b", "" },
	/* user-info goes, and must be sound */
	{ "user:p%40ss@reg.example/x", "reg.example", "/x" },
	{ "a@b@reg.example", "reg.example", "" },
	{ "@reg.example", "reg.example", "" },
	{ "u%zz@reg.example", NULL, NULL },
	{ "a b@reg.example", NULL, NULL },
	{ "\xc3\xbc@reg.example", NULL, NULL },
	/* query and fragment */
	{ "reg.example?x/y", "reg.example", "" },
	{ "reg.example/a?b#c", "reg.example", "/a" },
	{ "reg.example/a#b?c", "reg.example", "/a" },
	{ "reg.example#%zz", NULL, NULL },
	{ "reg.example#\n", "reg.example", "" },
	{ "reg.example?%zz", "reg.example", "" },
	/* control characters and bytes that no host has */
	{ "reg.example/a\tb", NULL, NULL },
	{ "reg.example/a\x7f", NULL, NULL },
	{ "reg example", NULL, NULL },
	{ "reg\\example", NULL, NULL },
	{ "reg{example", NULL, NULL },
	{ "reg|example", NULL, NULL },
	{ "reg.example/a b|{\\", "reg.example", "/a b|{\\" },
	/* escapes: in a host only beyond ASCII, and of the percent sign itself */
	{ "r%C3%BCg.example", "r\xc3\xbcg.example", "" },
	{ "r\xc3\xbcg.example", "r\xc3\xbcg.example", "" },
	{ "r%65g.example", NULL, NULL },
	{ "r%25g.example", "r%g.example", "" },
	{ "r%2.example", NULL, NULL },
	{ "reg.example/%6d%2F%25", "reg.example", "/m/%" },
	{ "reg.example/%", NULL, NULL },
	{ "reg.example/%4", NULL, NULL },
	/* ports */
	{ "reg.example:abc", NULL, NULL },
	{ "reg.example:-1", NULL, NULL },
	{ "reg.example:99999999", "reg.example:99999999", "" },
	{ "reg.example:80:80", NULL, NULL },
	{ "::1", NULL, NULL },
	/* brackets hold an IPv6 address and nothing else */
	{ "[::1]", "[::1]", "" },
	{ "[::1]:5000/x", "[::1]:5000", "/x" },
	{ "[2001:db8::1:0:0:1]", "[2001:db8::1:0:0:1]", "" },
	{ "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", "" },
	{ "[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7::]", "" },
	{ "[1:2:3:4:5:6:7:8::]", NULL, NULL },
	{ "[1:2:3:4:5:6:7:8:9]", NULL, NULL },
	{ "[1:2:3:4:5:6:7]", NULL, NULL },
	{ "[1::2::3]", NULL, NULL },
	{ "[12345::]", NULL, NULL },
	{ "[1:2:]", NULL, NULL },
	{ "[:1]", NULL, NULL },
	{ "[g::]", NULL, NULL },
	{ "[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]", "" },
	{ "[1:2:3:4:5:6:10.0.0.1]", "[1:2:3:4:5:6:10.0.0.1]", "" },
	{ "[1:2:3:4:5:6:7:10.0.0.1]", NULL, NULL },
	{ "[::1:2:3:4:5:6:10.0.0.1]", NULL, NULL },
	{ "[::10.0.0.256]", NULL, NULL },
	{ "[::10.0.0.01]", NULL, NULL },
	{ "[::10.0.0]", NULL, NULL },
	{ "[::10.0.0.1.2]", NULL, NULL },
	{ "[10.0.0.1]", NULL, NULL },
	{ "[fe80::1%25eth0]", "[fe80::1%eth0]", "" },
	{ "[fe80::1%25a%20b]", "[fe80::1%a b]", "" },
	{ "[fe80::1%25]", NULL, NULL },
	{ "[fe80::1%25%0a]", NULL, NULL },
	{ "[fe80::1%25%ff]", NULL, NULL },
	{ "[fe80::1%eth0]", NULL, NULL },
	{ "[::1", NULL, NULL },
	{ "[::1]x", NULL, NULL },
	{ "[::1]:x", NULL, NULL },
	{ "[]", NULL, NULL },
	{ "x[::1]", NULL, NULL },
	{ "reg[12].example", NULL, NULL },
	{ "reg]example", "reg]example", "" },
};

static void urls_as_go_reads_them(void **state)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct go_url url;
		bool ok;
		check_ok(go_url_parse(slice_of(examples[i].rest), &arena, &url, &ok, &err), &err);
		if (ok != (examples[i].host != NULL))
			fail_msg("%s: %s", examples[i].rest, ok ? "taken" : "refused");
		if (!ok)
			continue;
		check_slice(url.host, examples[i].host);
		check_slice(url.path, examples[i].path);
	}
}

static void nul_is_a_control_character(void **state)
{
	struct error *err = NULL;
	struct go_url url;
	bool ok = true;
	check_ok(go_url_parse(SLICE("reg\0example"), &arena, &url, &ok, &err), &err);
	assert_false(ok);
}

static void ports_as_go_splits_them(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} ports[] = {
		{ "reg.example", "reg.example", "" },
		{ "reg.example:5000", "reg.example", "5000" },
		{ "reg.example:", "reg.example", "" },
		{ ":5000", "", "5000" },
		{ "", "", "" },
		{ "[::1]", "[::1]", "" },
		{ "[::1]:5000", "::1", "5000" },
		{ "[fe80::1%a]:1", "fe80::1%a", "1" },
		{ "::1", "::1", "" },
		{ "a:b:1", "a:b:1", "" },
		{ "[::1]x:1", "[::1]x:1", "" },
		{ "a]b:1", "a]b:1", "" },
		{ "[a]b]:1", "[a]b]:1", "" },
		{ "[:1", "[:1", "" },
	};
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		struct slice host, port;
		go_url_split_port(slice_of(ports[i].text), &host, &port);
		check_slice(host, ports[i].host);
		check_slice(port, ports[i].port);
	}
}

static void parse_any(struct slice variant, size_t at, void *data)
{
	struct error *err = NULL;
	struct go_url url = { 0 };
	struct slice host, port;
	bool ok;
	check_ok(go_url_parse(variant, &arena, &url, &ok, &err), &err);
	go_url_split_port(ok ? url.host : variant, &host, &port);
	if (ok)
		assert_true(url.host.len + url.path.len <= variant.len);
}

static void cut_and_flipped(void **state)
{
	mangle_truncate(SLICE("u:p%40@[fe80::1:10.0.0.1%25e%20]:5000/a%25b?c#%20"), parse_any, NULL);
	mangle_flip(SLICE("u:p%40@[fe80::1:10.0.0.1%25e%20]:5000/a%25b?c#%20"), parse_any, NULL);
	mangle_flip(SLICE("reg.example:443/v2/%2F"), parse_any, NULL);
}

static int parse_once(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_KIB);
	struct go_url url;
	bool ok;
	return go_url_parse(SLICE("reg.example:443/v2/"), &own, &url, &ok, err);
}

static void every_allocation_fails(void **state)
{
	torture(parse_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(urls_as_go_reads_them, empty_arena),
		cmocka_unit_test_teardown(nul_is_a_control_character, empty_arena),
		cmocka_unit_test(ports_as_go_splits_them),
		cmocka_unit_test_teardown(cut_and_flipped, empty_arena),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
