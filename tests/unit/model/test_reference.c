#include "model/reference.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define HEX32 "0123456789abcdef0123456789abcdef"
#define HEX64 HEX32 HEX32
#define HEX96 HEX64 HEX32
#define HEX128 HEX64 HEX64
#define A10 "aaaaaaaaaa"
#define A100 A10 A10 A10 A10 A10 A10 A10 A10 A10 A10
#define A127 A100 A10 A10 "aaaaaaa"

struct accepted {
	const char *text, *domain, *path, *tag, *digest;
};

/* From the grammar of distribution/reference and what facts are known of it in the wild; NULL: not there. */
static const struct accepted accepted[] = {
	{ "nginx", "docker.io", "library/nginx", NULL, NULL },
	{ "nginx:1.27", "docker.io", "library/nginx", "1.27", NULL },
	{ "nginx@sha256:" HEX64, "docker.io", "library/nginx", NULL, "sha256:" HEX64 },
	{ "nginx:1.27@sha256:" HEX64, "docker.io", "library/nginx", "1.27", "sha256:" HEX64 },
	{ "acme/app", "docker.io", "acme/app", NULL, NULL },
	{ "library/nginx", "docker.io", "library/nginx", NULL, NULL },
	{ "docker.io/nginx", "docker.io", "library/nginx", NULL, NULL },
	{ "docker.io/acme/app:v1", "docker.io", "acme/app", "v1", NULL },
	{ "index.docker.io/nginx", "docker.io", "library/nginx", NULL, NULL },
	{ "index.docker.io/acme/app", "docker.io", "acme/app", NULL, NULL },
	{ "registry-1.docker.io/nginx", "registry-1.docker.io", "nginx", NULL, NULL },
	{ "localhost/app", "localhost", "app", NULL, NULL },
	{ "localhost:5000/app:v1", "localhost:5000", "app", "v1", NULL },
	{ "localhost", "docker.io", "library/localhost", NULL, NULL },
	{ "localhost:5000", "docker.io", "library/localhost", "5000", NULL },
	{ "192.168.1.1:5000", "docker.io", "library/192.168.1.1", "5000", NULL },
	{ "test.com:5000", "docker.io", "library/test.com", "5000", NULL },
	{ "test.com", "docker.io", "library/test.com", NULL, NULL },
	{ "registry:5000/x", "registry:5000", "x", NULL, NULL },
	{ "x:5000", "docker.io", "library/x", "5000", NULL },
	{ "192.168.1.1:5000/team/app", "192.168.1.1:5000", "team/app", NULL, NULL },
	{ "[2001:db8::1]/app", "[2001:db8::1]", "app", NULL, NULL },
	{ "[2001:db8::1]:5000/app:v1", "[2001:db8::1]:5000", "app", "v1", NULL },
	{ "DOCKER/x", "DOCKER", "x", NULL, NULL },
	{ "Foo.example/x", "Foo.example", "x", NULL, NULL },
	{ "foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080", NULL },
	{ "foo_bar.com/app", "foo_bar.com", "app", NULL, NULL },
	{ "xn--n3h.com/app", "xn--n3h.com", "app", NULL, NULL },
	{ "ghcr.io/acme/a.b_c__d-e---f", "ghcr.io", "acme/a.b_c__d-e---f", NULL, NULL },
	{ "ghcr.io/a/b/c/d:Tag_1.2-3", "ghcr.io", "a/b/c/d", "Tag_1.2-3", NULL },
	{ "app:_x", "docker.io", "library/app", "_x", NULL },
	{ "app:" A127 "b", "docker.io", "library/app", A127 "b", NULL },
	{ "app@sha512:" HEX128, "docker.io", "library/app", NULL, "sha512:" HEX128 },
	{ "app@sha384:" HEX96, "docker.io", "library/app", NULL, "sha384:" HEX96 },
	{ "app@blake3:" HEX64, "docker.io", "library/app", NULL, "blake3:" HEX64 },
	{ "app@a+b.c:" HEX32, "docker.io", "library/app", NULL, "a+b.c:" HEX32 },
	/* 255 bytes of path, and a long domain that does not count */
	{ "a." A100 ".example/" A127 "/" A127, "a." A100 ".example", A127 "/" A127, NULL, NULL },
	/* 65 hex digits are a name, 64 are an image id */
	{ HEX64 "a", "docker.io", "library/" HEX64 "a", NULL, NULL },
};

static const struct {
	const char *text, *message;
} refused[] = {
	{ "", "empty" },
	{ HEX64, "image id" },
	{ ":1", "no repository name at byte 0" },
	{ "x:", "empty tag" },
	{ "x:y:z", "tag at byte 3" },
	{ "x:-y", "tag at byte 2" },
	{ "x:.y", "tag at byte 2" },
	{ "x:" A127 "bc", "longer than 128" },
	{ "x:t/y", "host name" },
	{ "x/y:t/z", "tag at byte 5" },
	{ "x@", "bad digest" },
	{ "x@sha256:", "bad digest at byte 2" },
	{ "x@sha256:short", "bad digest" },
	{ "x@sha256:" HEX32, "bad digest" },
	{ "x@sha256:0123456789ABCDEF" HEX32 "0123456789abcdef", "bad digest" },
	{ "x@sha512:" HEX64, "bad digest" },
	{ "x@sha256:" HEX64 "0", "bad digest" },
	{ "x@blake3:" HEX32 "xyz", "bad digest" },
	{ "x@a+b:0123456789abcdef0123456789abcde", "bad digest" }, /* 31 digits */
	{ "x@3des:" HEX32, "bad digest" },
	{ "x@sha256:" HEX64 "@sha256:" HEX64, "bad digest" },
	{ "x@sha256:" HEX64 ":tag", "bad digest" },
	{ "Nginx", "upper-case letter in the repository name at byte 0" },
	{ "acme/App", "upper-case letter in the repository name at byte 5" },
	{ "reg.example/App", "at byte 12" },
	{ "a//b", "at byte 2" },
	{ "/a", "at byte 0" },
	{ "a/", "at byte" },
	{ "reg.example/", "no repository name" },
	{ "reg.example:/app", "host name" },
	{ "reg.example:port/app", "host name" },
	{ "reg.example./app", "host name" },
	{ ".reg.example/app", "host name" },
	{ "-reg.example/app", "host name" },
	{ "reg-.example/app", "host name" },
	{ "reg..example/app", "host name" },
	{ "[::1/app", "host name" },
	{ "[]/app.x", "" },
	{ "[::ffff:1.2.3.4]/app", "host name" },
	{ "[fe80::1%eth0]:5000/app", "host name" },
	{ "https://reg.example/app", "host name" },
	{ "docker-pullable://reg.example/app", "host name" },
	{ "-a", "at byte 0" },
	{ "a-", "at byte 1" },
	{ "a.", "at byte 1" },
	{ "a..b", "at byte 2" },
	{ "a___b", "at byte 3" },
	{ "a_.b", "at byte 2" },
	{ "a b", "at byte 1" },
	{ " a", "at byte 0" },
	{ "a\n", "at byte 1" },
	{ "a:b\n", "tag at byte 3" },
	{ "\xc3\xa9t\xc3\xa9", "at byte 0" },
	{ A127 "/" A127 "a", "longer than 255" },
};

static bool same(struct slice actual, const char *expected)
{
	return expected ? slice_equal_text(actual, expected) && actual.data : !actual.data;
}

static void the_grammar_accepts(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
		const struct accepted *expected = &accepted[i];
		struct reference r;
		struct error *err = NULL;
		if (reference_parse(slice_of(expected->text), &arena, &r, &err) < 0)
			fail_msg("%s: %s", expected->text, err->message);
		if (!same(r.domain, expected->domain) || !same(r.path, expected->path) || !same(r.tag, expected->tag) ||
		    !same(r.digest, expected->digest))
			fail_msg("%s: %.*s | %.*s | %.*s | %.*s", expected->text, SLICE_ARG(r.domain),
				 SLICE_ARG(r.path), SLICE_ARG(r.tag), SLICE_ARG(r.digest));
	}
}

static void the_grammar_refuses_and_says_where(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct reference r = { .domain = SLICE("untouched") };
		struct error *err = NULL;
		if (reference_parse(slice_of(refused[i].text), &arena, &r, &err) == 0)
			fail_msg("accepted: %s", refused[i].text);
		if (!strstr(err->message, refused[i].message))
			fail_msg("%s: %s", refused[i].text, err->message);
		check_error(&err, ERROR_SYNTAX, "image reference");
		check_slice(r.domain, "untouched");
	}
}

static void a_nul_byte_ends_nothing(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct reference r;
	struct error *err = NULL;
	assert_int_equal(reference_parse((struct slice){ "a\0b", 3 }, &arena, &r, &err), -1);
	check_error(&err, ERROR_SYNTAX, "byte 1");
}

static void very_long_text_is_a_limit(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	static char text[LIMIT_REFERENCE_BYTES + 1];
	struct reference r;
	struct error *err = NULL;
	memset(text, 'a', sizeof text);
	assert_int_equal(reference_parse((struct slice){ text, sizeof text }, &arena, &r, &err), -1);
	check_error(&err, ERROR_LIMIT, "1024");
}

/* Whatever is accepted can be put together and parsed again to the same. */
static void check_round_trip(struct slice text, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(error_freep) struct error *err = NULL;
	struct reference r, again;
	if (reference_parse(text, &arena, &r, &err) < 0) {
		assert_non_null(err);
		return;
	}
	struct slice whole = arena_printf(&arena, "%.*s/%.*s%s%.*s%s%.*s", SLICE_ARG(r.domain), SLICE_ARG(r.path),
					  r.tag.data ? ":" : "", SLICE_ARG(r.tag), r.digest.data ? "@" : "",
					  SLICE_ARG(r.digest));
	if (reference_parse(whole, &arena, &again, &err) < 0)
		fail_msg("%.*s became %s: %s", SLICE_ARG(text), whole.data, err->message);
	assert_true(slice_equal(r.domain, again.domain) && slice_equal(r.path, again.path) &&
		    slice_equal(r.tag, again.tag) && slice_equal(r.digest, again.digest));
	struct slice name;
	check_ok(reference_repository(&r, &arena, &name, &err), &err);
	assert_int_equal(name.len, r.domain.len + 1 + r.path.len);
	assert_true(r.path.len <= 255 && r.path.len > 0 && r.domain.len > 0);
}

static void cut_and_flipped_references_stay_in_the_grammar(void **state)
{
	static const char *const good[] = {
		"reg.example:5000/team/app_a__b-c.d:v1.2@sha256:" HEX64,
		"[2001:db8::1]:5000/app:v1",
		"nginx:1.27",
		("app@a+b.c:" HEX32),
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		mangle_none(slice_of(good[i]), check_round_trip, NULL);
		mangle_truncate(slice_of(good[i]), check_round_trip, NULL);
		mangle_flip(slice_of(good[i]), check_round_trip, NULL);
	}
}

/* --- the grammar a second time: regular expressions as distribution publishes them, and its split in plain words ---
 */

#define RE_DOMAIN_PART "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
#define RE_PATH_PART "[a-z0-9]+(([_.]|__|-+)[a-z0-9]+)*"
#define RE_DOMAIN "(" RE_DOMAIN_PART "(\\." RE_DOMAIN_PART ")*|\\[[a-fA-F0-9:]+\\])(:[0-9]+)?"
#define RE_TAG "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
#define RE_DIGEST "[a-z][a-z0-9]*([-_+.][a-z][a-z0-9]*)*:[0-9a-fA-F]{32,}"
#define RE_REGISTERED "^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$"

static bool matches(const char *pattern, const char *text)
{
	regex_t regex;
	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	bool result = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return result;
}

static void oracle_split(const char *text, char domain[512], char path_and_rest[512])
{
	const char *slash = strchr(text, '/');
	snprintf(domain, 512, "%.*s", slash ? (int)(slash - text) : 0, text);
	bool named = slash && (!strcmp(domain, "localhost") || strpbrk(domain, ".:ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
	if (!named || !strcmp(domain, "index.docker.io"))
		snprintf(domain, 512, "docker.io");
	snprintf(path_and_rest, 512, "%s", named ? slash + 1 : text);
}

static bool oracle_accepts(const char *text)
{
	char domain[512], rest[512];
	oracle_split(text, domain, rest);
	if (matches("^[a-f0-9]{64}$", text))
		return false;
	if (!matches("^(" RE_DOMAIN "|" RE_PATH_PART ")$", domain))
		return false;
	if (!matches("^" RE_PATH_PART "(/" RE_PATH_PART ")*(:" RE_TAG ")?(@" RE_DIGEST ")?$", rest))
		return false;
	const char *digest = strchr(rest, '@');
	return !digest || !matches("^sha(256|384|512):", digest + 1) || matches(RE_REGISTERED, digest + 1);
}

static void random_text(unsigned *seed, char text[512])
{
	static const char *const pieces[] = {
		"a",
		"b1",
		"A",
		".",
		"-",
		"_",
		"__",
		"/",
		"/",
		":",
		":",
		"@",
		"@",
		"a.b",
		"a-b",
		"x_y",
		"a/b",
		":v1",
		"9",
		"+",
		"localhost",
		"docker.io",
		"index.docker.io",
		"[::1]",
		":80",
		"md5",
		"sha256",
		"@sha256:",
		HEX64,
		HEX32,
		"@sha512:" HEX128,
		" ",
		"\xc3\xa9",
	};
	size_t len = 0, count = 1 + (size_t)rand_r(seed) % 7;
	text[0] = 0;
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, 512 - len, "%s",
					pieces[(size_t)rand_r(seed) % (sizeof pieces / sizeof *pieces)]);
}

static void the_published_expressions_agree(void **state)
{
	unsigned seed = 20251125;
	size_t accepts = 0, refuses = 0;
	for (int i = 0; i < 8000; i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
		CLEANUP(error_freep) struct error *err = NULL;
		struct reference r;
		char text[1024];
		random_text(&seed, text);
		bool accepted_text = reference_parse(slice_of(text), &arena, &r, &err) == 0;
		if (accepted_text != oracle_accepts(text))
			fail_msg("%s: %s", text, accepted_text ? "accepted" : err->message);
		accepted_text ? accepts++ : refuses++;
	}
	assert_true(accepts > 500 && refuses > 500); /* both sides were looked at */
}

static void the_kubelets_name_has_no_tag_and_no_digest(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct reference r;
	struct slice name;
	struct error *err = NULL;
	check_ok(reference_parse(SLICE("nginx:1@sha256:" HEX64), &arena, &r, &err), &err);
	check_ok(reference_repository(&r, &arena, &name, &err), &err);
	check_slice(name, "docker.io/library/nginx");
}

static void image_ids_give_their_digest(void **state)
{
	static const struct {
		const char *image_id, *digest;
	} cases[] = {
		{ "docker-pullable://docker.io/acme/app@sha256:" HEX64, "sha256:" HEX64 },
		{ "docker://sha256:" HEX64, "sha256:" HEX64 },
		{ "docker.io/acme/app@sha256:" HEX64, "sha256:" HEX64 },
		{ "reg.example:5000/app:v1@sha256:" HEX64, "sha256:" HEX64 },
		{ "sha256:" HEX64, "sha256:" HEX64 },
		{ "sha512:" HEX128, "sha512:" HEX128 },
		{ "app@blake3:" HEX64, "blake3:" HEX64 },
		{ "", NULL },
		{ "docker://", NULL },
		{ "nginx:1.27", NULL },
		{ "app:" HEX32 "01234567", NULL }, /* a commit as tag */
		{ "reg.example:5000/app", NULL },
		{ "app@sha256:short", NULL },
		{ "app@", NULL },
		{ "<none>@<none>", NULL },
		{ "<none>:<none>", NULL },
		{ "sha256:" HEX64 "0", NULL },
		{ "sha256:" HEX32, NULL },
		{ HEX64, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (!same(image_id_digest(slice_of(cases[i].image_id)), cases[i].digest))
			fail_msg("%s", cases[i].image_id);
	assert_null(image_id_digest(SLICE_NONE).data);
}

static void digests_have_their_exact_length(void **state)
{
	static const char *const good[] = { "sha256:" HEX64, "sha384:" HEX96, "sha512:" HEX128, "blake3:" HEX64,
					    ("md5:" HEX32),  "x:y",           "a+b-c_d.e:F=_-9" };
	static const char *const bad[] = { "",
					   ":",
					   "sha256",
					   "sha256:",
					   "sha256:" HEX32,
					   ":" HEX64,
					   "sha512:" HEX64,
					   "SHA256:" HEX64,
					   "a..b:" HEX64,
					   "a+:" HEX64,
					   "+a:" HEX64,
					   "a:b:c",
					   "a:b c",
					   "sha256:" HEX64 "\n" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!digest_valid(slice_of(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (digest_valid(slice_of(bad[i])))
			fail_msg("accepted: %s", bad[i]);
	assert_false(digest_valid(SLICE_NONE));
}

static int parse_and_name(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct reference r;
	struct slice name;
	return reference_parse(SLICE("nginx:1.27"), &arena, &r, err) < 0 ||
			       reference_repository(&r, &arena, &name, err) < 0
		       ? -1
		       : 0;
}

static void memory_may_run_out(void **state)
{
	torture(parse_and_name, NULL);
}

static void below_means_whole_path_segments(void **state)
{
	(void)state;
	assert_true(repository_below(SLICE("acme"), SLICE("acme")));
	assert_true(repository_below(SLICE("acme/web"), SLICE("acme")));
	assert_true(repository_below(SLICE("acme/web/x"), SLICE("acme/web")));
	assert_false(repository_below(SLICE("acmecorp/web"), SLICE("acme")));
	assert_false(repository_below(SLICE("acm"), SLICE("acme")));
	assert_false(repository_below(SLICE_NONE, SLICE("acme")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_accepts),
		cmocka_unit_test(below_means_whole_path_segments),
		cmocka_unit_test(the_grammar_refuses_and_says_where),
		cmocka_unit_test(a_nul_byte_ends_nothing),
		cmocka_unit_test(very_long_text_is_a_limit),
		cmocka_unit_test(cut_and_flipped_references_stay_in_the_grammar),
		cmocka_unit_test(the_published_expressions_agree),
		cmocka_unit_test(the_kubelets_name_has_no_tag_and_no_digest),
		cmocka_unit_test(image_ids_give_their_digest),
		cmocka_unit_test(digests_have_their_exact_length),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
