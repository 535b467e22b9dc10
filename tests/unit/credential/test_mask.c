#include "credential/mask.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/mangle.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static void check_mask(const char *text, const char *expected)
{
	struct slice masked = SLICE_NONE;
	struct error *err = NULL;
	check_ok(mask_tokens(slice_of(text), &arena, &masked, &err), &err);
	check_slice(masked, expected);
	if (!strcmp(text, expected))
		assert_ptr_equal(masked.data, text); /* no copy where there is nothing to hide */
}

static void tokens_of_registries_and_forges(void **state)
{
	check_mask("with dckr_pat_EXAMPLEexampleEXAMPLE1: denied", "with dckr_pat_[masked]: denied");
	check_mask("dckr_oat_EXAMPLEexampleEXAMPLE1", "dckr_oat_[masked]");
	check_mask("ghp_EXAMPLEexampleEXAMPLE1 glpat-EXAMPLEexample1", "ghp_[masked] glpat-[masked]");
	check_mask("github_pat_EXAMPLEexampleEXAMPLE1", "github_pat_[masked]");
	check_mask("glcbt-EXAMPLEexample1 AKCpEXAMPLEexampleEXAMPLE1", "glcbt-[masked] AKCp[masked]");
	check_mask("key AKIAEXAMPLEEXAMPLE00.", "key AKIA[masked]");
	check_mask("token=eyJFWEFNUExF.eyJFWEFNUExF.RVhBTVBMRQ", "token=eyJ[masked]");
}

static void headers(void **state)
{
	check_mask("Authorization: Basic RVhBTVBMRTpFWEFNUExF", "Authorization: Basic [masked]");
	check_mask("\"Bearer RVhBTVBMRTpFWEFNUExF\"", "\"Bearer [masked]\"");
}

static void user_and_password_of_urls(void **state)
{
	check_mask("GET https://bob:EXAMPLE-pw@reg.example/v2/: 401", "GET https://bob:[masked]@reg.example/v2/: 401");
	check_mask("https://EXAMPLE@reg.example/", "https://[masked]@reg.example/");
	check_mask("https://a:b:c@reg.example", "https://a:[masked]@reg.example");
	check_mask("https://a:b@c@reg.example/x@y", "https://a:[masked]@reg.example/x@y");
	check_mask("pull \"bob:EXAMPLE-pw@reg.example:5000/web:1\"", "pull \"bob:[masked]@reg.example:5000/web:1\"");
	check_mask("https://bob:EXAMPLE-pw@reg.example/web@sha256:00",
		   "https://bob:[masked]@reg.example/web@sha256:00");
}

static void what_is_no_token_stays(void **state)
{
	check_mask("", "");
	check_mask("Back-off pulling image \"docker.io/acme/web:1\"",
		   "Back-off pulling image \"docker.io/acme/web:1\"");
	check_mask("https://reg.example:5000/v2/acme@sha256:00", "https://reg.example:5000/v2/acme@sha256:00");
	check_mask("docker-pullable://alpine@sha256:00", "docker-pullable://alpine@sha256:00");
	check_mask("docker-pullable://alpine:3@sha256:00", "docker-pullable://alpine:3@sha256:00");
	check_mask("alpine:3@sha256:00 reg:5000/a:1@sha512:00", "alpine:3@sha256:00 reg:5000/a:1@sha512:00");
	check_mask("ask: @bob 10:30 \"a\":@b", "ask: @bob 10:30 \"a\":@b");
	check_mask("Basic auth failed", "Basic auth failed");
	check_mask("the prefix ghp_ alone", "the prefix ghp_ alone");
	check_mask("xghp_EXAMPLEexampleEXAMPLE1", "xghp_EXAMPLEexampleEXAMPLE1");
}

static void check_image(const char *name, const char *expected)
{
	struct slice masked = SLICE_NONE;
	struct error *err = NULL;
	check_ok(mask_image(slice_of(name), &arena, &masked, &err), &err);
	check_slice(masked, expected);
}

static void names_of_images(void **state)
{
	check_image("reg.example/acme/npm_build_tools_of_acme:1", "reg.example/acme/npm_build_tools_of_acme:1");
	check_image("hvs.registry.example.internal/acme/web:1", "hvs.registry.example.internal/acme/web:1");
	check_image("docker.io/ghp_EXAMPLEexampleEXAMPLE1/web", "docker.io/ghp_[masked]");
	check_image("https://bob:example@reg.example/web:1", "https://bob:[masked]@reg.example/web:1");
	check_image("bob:example@reg.example:5000/web:1", "bob:[masked]@reg.example:5000/web:1");
}

static void not_there_stays_not_there(void **state)
{
	struct slice masked = SLICE("x");
	struct error *err = NULL;
	check_ok(mask_tokens(SLICE_NONE, &arena, &masked, &err), &err);
	assert_null(masked.data);
}

/* Masking once is enough: nothing of what is left is masked again. */
static void mask_any(struct slice variant, size_t at, void *data)
{
	struct slice masked, again;
	struct error *err = NULL;
	check_ok(mask_tokens(variant, &arena, &masked, &err), &err);
	assert_false(slice_contains(masked, "EXAMPLEexample"));
	check_ok(mask_tokens(masked, &arena, &again, &err), &err);
	assert_true(slice_equal(masked, again));
	arena_clear(&arena);
}

static void read_any(struct slice variant, size_t at, void *data)
{
	struct slice masked;
	struct error *err = NULL;
	check_ok(mask_tokens(variant, &arena, &masked, &err), &err);
	arena_clear(&arena);
}

static void cut_and_flipped(void **state)
{
	struct slice good =
		SLICE("GET https://bob:EXAMPLE-pw@reg.example/v2/: Bearer dckr_pat_EXAMPLEexampleEXAMPLE1 \xff");
	mangle_none(good, mask_any, NULL);
	mangle_truncate(good, read_any, NULL);
	mangle_flip(good, read_any, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_of_registries_and_forges),
		cmocka_unit_test(headers),
		cmocka_unit_test(user_and_password_of_urls),
		cmocka_unit_test(what_is_no_token_stays),
		cmocka_unit_test(names_of_images),
		cmocka_unit_test(not_there_stays_not_there),
		cmocka_unit_test(cut_and_flipped),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
