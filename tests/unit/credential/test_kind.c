#include "credential/kind.h"

#include "base/limits.h"
#include "base/time.h"
#include "support/check.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);

static int empty_arena(void **state)
{
	arena_release(&arena);
	return 0;
}

/* {"payload":"EXAMPLE","expiration":1900000000} */
#define ECR_TOKEN "eyJwYXlsb2FkIjoiRVhBTVBMRSIsImV4cGlyYXRpb24iOjE5MDAwMDAwMDB9"
/* {"alg":"none"} . {"exp":1900000000} */
#define JWT "eyJhbGciOiJub25lIn0.eyJleHAiOjE5MDAwMDAwMDB9.RVhBTVBMRQ"
#define GOOGLE_KEY "{\"private_key_id\":\"1f2eEXAMPLE\",\"client_email\":\"puller@acme.example\"}"
#define GUID "12345678-90ab-cdef-1234-567890abcdef"
#define ENDS (1900000000 * USEC_PER_SECOND)

struct example {
	enum entry_form form;
	const char *registry, *user, *secret;
	const char *kind, *detail; /* detail NULL: not there */
	int64_t expires;           /* 0: TIME_UNSET */
};

static const struct example examples[] = {
	/* by the secret, whatever registry and user */
	{ ENTRY_AUTH, "docker.io", "acme", "dckr_pat_EXAMPLEexampleEXAMPLE1", "pat", "Docker personal access token" },
	{ ENTRY_AUTH, "docker.io", "acme", "dckr_oat_EXAMPLEexampleEXAMPLE1", "oat",
	  "Docker organization access token" },
	{ ENTRY_USERNAME_PASSWORD, "mirror.example", "x", "dckr_pat_EXAMPLE", "pat", "Docker personal access token" },
	{ ENTRY_AUTH, "ghcr.io", "acme", "ghp_EXAMPLEexample", "pat", "GitHub personal access token" },
	{ ENTRY_AUTH, "ghcr.io", "acme", "github_pat_EXAMPLE", "pat", "GitHub fine-grained personal access token" },
	{ ENTRY_AUTH, "ghcr.io", "acme", "gho_EXAMPLEexample", "oauth-token", "GitHub OAuth token" },
	{ ENTRY_AUTH, "ghcr.io", "acme", "ghu_EXAMPLEexample", "oauth-token", "GitHub app user token" },
	{ ENTRY_AUTH, "ghcr.io", "acme", "ghs_EXAMPLEexample", "app-token", "GitHub app installation token" },
	{ ENTRY_AUTH, "registry.gitlab.com", "acme", "glpat-EXAMPLE", "pat",
	  "GitLab personal, group or project access token" },
	{ ENTRY_AUTH, "registry.gitlab.com", "acme", "gldt-EXAMPLE", "deploy-token", "GitLab deploy token" },
	{ ENTRY_AUTH, "registry.gitlab.com", "x", "glcbt-64_EXAMPLE", "job-token", "GitLab CI job token" },
	{ ENTRY_AUTH, "acme.jfrog.io", "acme", "AKCpEXAMPLE", "api-key", "Artifactory API key" },
	{ ENTRY_AUTH, "acme.jfrog.io", "acme", "cmVmdGtuEXAMPLE", "api-key", "Artifactory reference token" },
	/* by the user */
	{ ENTRY_AUTH, "reg.example", "gitlab+deploy-token-17", "EXAMPLE", "deploy-token", "GitLab deploy token" },
	{ ENTRY_AUTH, "reg.example", "gitlab-deploy-token", "EXAMPLE", "deploy-token", "GitLab deploy token" },
	{ ENTRY_AUTH, "reg.example", "gitlab-ci-token", JWT, "job-token", "GitLab CI job token", ENDS },
	{ ENTRY_AUTH, "gcr.io", "_json_key", GOOGLE_KEY, "json-key", "key id 1f2eEXAMPLE of acme.example" },
	{ ENTRY_AUTH, "gcr.io", "_json_key", "{\"private_key_id\":\"1f2eEXAMPLE\"}", "json-key", "key id 1f2eEXAMPLE" },
	{ ENTRY_AUTH, "gcr.io", "_json_key", "{\"client_email\":\"a@acme.example\"}", "json-key", "acme.example" },
	{ ENTRY_AUTH, "gcr.io", "_json_key", "EXAMPLE", "json-key", NULL },
	{ ENTRY_AUTH, "gcr.io", "_json_key_base64", "eyJwcml2YXRlX2tleV9pZCI6IjFmMmUifQ==", "json-key", "key id 1f2e" },
	{ ENTRY_AUTH, "europe-docker.pkg.dev", "oauth2accesstoken", "ya29.EXAMPLE", "oauth-token",
	  "Google access token" },
	{ ENTRY_AUTH, "123456789012.dkr.ecr.eu-west-1.amazonaws.com", "AWS", ECR_TOKEN, "aws",
	  "AWS account 123456789012", ENDS },
	{ ENTRY_AUTH, "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "AWS", "EXAMPLE", "aws",
	  "AWS account 123456789012" },
	{ ENTRY_AUTH, "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "AWS", "EXAMPLE", "aws",
	  "AWS account 123456789012" },
	{ ENTRY_AUTH, "123456789012.dkr-ecr.eu-west-1.on.aws", "AWS", "EXAMPLE", "aws", "AWS account 123456789012" },
	{ ENTRY_AUTH, "dkr-ecr.on.aws", "AWS", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "public.ecr.aws", "AWS", ECR_TOKEN, "aws", NULL, ENDS },
	{ ENTRY_AUTH, "docker.io", "AWS", "EXAMPLE", "password", NULL },
	{ ENTRY_IDENTITY_TOKEN, "acme.azurecr.io", "00000000-0000-0000-0000-000000000000", JWT, "acr-token",
	  "Azure registry token", ENDS },
	{ ENTRY_AUTH, "acme.azurecr.io", GUID, "EXAMPLE", "service-principal", "Azure service principal" },
	{ ENTRY_AUTH, "reg.example", GUID, "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "acme.azurecr.io", "acme", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "acme.azurecr.io", "12345678-90ab-cdef-1234-567890abcdeg", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "harbor.example", "robot$ci", "EXAMPLE", "robot", "Harbor robot account" },
	{ ENTRY_AUTH, "harbor.example", "robot_ci", "EXAMPLE", "robot", "Harbor robot account" },
	{ ENTRY_AUTH, "harbor.example", "robots", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "quay.io", "acme+ci", "EXAMPLE", "robot", "Quay robot account" },
	{ ENTRY_AUTH, "quay.io", "acme+", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "reg.example", "acme+ci", "EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "quay.io", "$oauthtoken", "EXAMPLE", "oauth-token", "Quay OAuth token" },
	{ ENTRY_AUTH, "nvcr.io", "$oauthtoken", "EXAMPLE", "api-key", "NVIDIA NGC API key" },
	/* by nothing but the form */
	{ ENTRY_AUTH, "docker.io", "acme", "EXAMPLEexample", "password", NULL },
	{ ENTRY_AUTH, "docker.io", "", "", "password", NULL },
	{ ENTRY_AUTH, "reg.example", "acme", JWT, "jwt", NULL, ENDS },
	{ ENTRY_IDENTITY_TOKEN, "reg.example", "", "EXAMPLE", "identity-token", NULL },
	{ ENTRY_IDENTITY_TOKEN, "reg.example", "", JWT, "identity-token", NULL, ENDS },
	{ ENTRY_REGISTRY_TOKEN, "reg.example", "", "EXAMPLE", "registry-token", NULL },
	{ ENTRY_EMPTY, "reg.example", "", NULL, "helper", NULL },
	/* not at the start */
	{ ENTRY_AUTH, "docker.io", "acme", "xdckr_pat_EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "docker.io", "acme", "DCKR_PAT_EXAMPLE", "password", NULL },
	{ ENTRY_AUTH, "docker.io", "acme", "dckr_pat", "password", NULL },
};

static int kind_of(const struct example *example, struct arena *where, struct credential_kind *ret_kind,
		   struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes secret = { 0 };
	if (example->secret && secret_copy(&secret, slice_of(example->secret), err) < 0)
		return -1;
	struct config_entry entry = { .form = example->form, .username = slice_of(example->user), .secret = secret };
	return credential_kind_of(slice_of(example->registry), &entry, where, ret_kind, err);
}

static void shapes(void **state)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct credential_kind kind;
		check_ok(kind_of(&examples[i], &arena, &kind, &err), &err);
		if (strcmp(kind.kind, examples[i].kind) != 0)
			fail_msg("%s %s: %s, not %s", examples[i].registry, examples[i].user, kind.kind,
				 examples[i].kind);
		if (examples[i].detail)
			check_slice(kind.detail, examples[i].detail);
		else
			assert_null(kind.detail.data);
		assert_int_equal(kind.expires, examples[i].expires ? examples[i].expires : TIME_UNSET);
	}
}

static void details_hold_nothing_of_the_secret(void **state)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct error *err = NULL;
		struct credential_kind kind;
		if (!examples[i].secret || strlen(examples[i].secret) < 3 || strchr(examples[i].secret, '{'))
			continue;
		check_ok(kind_of(&examples[i], &arena, &kind, &err), &err);
		assert_false(slice_contains(kind.detail, examples[i].secret));
	}
}

/* The same secret of one of these is the same token, whatever the user is called. */
/* What does not decode is no password that we know of, but a token in it is one all the same. */
static void auth_that_does_not_decode(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "not base64!", "broken" },
						{ "dckr_pat_EXAMPLEexampleEXAMPLE1", "pat" } };
	for (size_t i = 0; i < 2; i++) {
		struct arena own = ARENA_INIT(LIMIT_MIB);
		struct config_entry entry = { .form = ENTRY_AUTH, .undecodable = true };
		struct credential_kind kind;
		struct error *err = NULL;
		check_ok(secret_copy(&entry.secret, slice_of(cases[i][0]), &err), &err);
		check_ok(credential_kind_of(SLICE("docker.io"), &entry, &own, &kind, &err), &err);
		assert_string_equal(kind.kind, cases[i][1]);
		secret_release(&entry.secret);
		arena_release(&own);
	}
}

static void kinds_that_are_tokens(void **state)
{
	static const char *const tokens[] = { "pat",          "oat",       "oauth-token", "app-token",
					      "deploy-token", "job-token", "api-key" };
	static const char *const others[] = {
		"password", "robot", "json-key", "aws", "service-principal", "helper", ""
	};
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
		assert_true(credential_kind_is_token(slice_of(tokens[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(credential_kind_is_token(slice_of(others[i])));
	assert_false(credential_kind_is_token(SLICE_NONE));
}

static int kinds_of_all(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct credential_kind kind;
	const struct example *example = data;
	return kind_of(example, &own, &kind, err);
}

static void every_allocation_fails(void **state)
{
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		struct example example = examples[i];
		if (example.secret)
			torture(kinds_of_all, &example);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(shapes, empty_arena),
		cmocka_unit_test_teardown(details_hold_nothing_of_the_secret, empty_arena),
		cmocka_unit_test(auth_that_does_not_decode),
		cmocka_unit_test(kinds_that_are_tokens),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
