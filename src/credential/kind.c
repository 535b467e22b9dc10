#include "credential/kind.h"

#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "credential/token_facts.h"

/* What a shape is matched on, and who looks closer at it. */
struct subject {
	struct slice registry, user, secret;
	struct arena *arena;
	struct credential_kind *kind;
};

typedef int detail_function(const struct subject *subject, struct error **err);

/* A row matches when all that it names does. The first that matches is it. */
struct shape {
	const char *kind;
	const char *detail;       /* constant; or detail_of finds it */
	const char *user;         /* whole */
	const char *user_start;   /* prefix */
	const char *secret_start; /* prefix */
	const char *registry;     /* whole */
	const char *registry_end; /* suffix */
	bool (*check)(const struct subject *subject);
	detail_function *detail_of; /* adds detail and expiry */
};

/* --- what a table cannot say --- */

/* 8-4-4-4-12 hex digits. */
static bool user_is_guid(const struct subject *subject)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	if (subject->user.len != sizeof form - 1)
		return false;
	for (size_t i = 0; i < subject->user.len; i++)
		if (form[i] == '-' ? subject->user.data[i] != '-' : !ascii_is_hex(subject->user.data[i]))
			return false;
	return true;
}

/* org+robot */
static bool user_is_quay_robot(const struct subject *subject)
{
	struct slice organisation, robot;
	return slice_cut(subject->user, '+', &organisation, &robot) && organisation.len > 0 && robot.len > 0;
}

/* ACCOUNT.dkr.ecr[-fips].REGION.amazonaws.com[.cn], ACCOUNT.dkr-ecr[-fips].REGION.on.aws, and the public one. */
static bool registry_is_ecr(const struct subject *subject)
{
	struct slice registry = subject->registry;
	bool amazon = slice_ends_with(registry, ".amazonaws.com") || slice_ends_with(registry, ".amazonaws.com.cn");
	return (amazon && slice_contains(registry, ".dkr.ecr")) ||
	       (slice_ends_with(registry, ".on.aws") && slice_contains(registry, ".dkr-ecr")) ||
	       slice_equal_text(registry, "public.ecr.aws");
}

static int set_detail(const struct subject *subject, struct slice detail, struct error **err)
{
	if (!detail.data)
		return arena_fail(subject->arena, err);
	subject->kind->detail = detail;
	return 0;
}

static int detail_of_aws(const struct subject *subject, struct error **err)
{
	struct token_facts facts;
	if (token_facts_of_ecr(subject->secret, subject->arena, &facts, err) < 0)
		return -1;
	subject->kind->expires = facts.expires;
	struct slice account, rest;
	slice_cut(subject->registry, '.', &account, &rest);
	if (account.len == 0 || !ascii_is_digit(account.data[0]))
		return 0;
	return set_detail(subject, arena_printf(subject->arena, "AWS account %.*s", SLICE_ARG(account)), err);
}

static int detail_of_google_key(const struct subject *subject, struct error **err)
{
	struct token_facts facts;
	bool base64 = slice_equal_text(subject->user, "_json_key_base64");
	if (token_facts_of_google_key(subject->secret, base64, subject->arena, &facts, err) < 0)
		return -1;
	if (!facts.key_id.data && !facts.project.data)
		return 0;
	struct slice detail = facts.project;
	if (facts.key_id.data && facts.project.data)
		detail = arena_printf(subject->arena, "key id %.*s of %.*s", SLICE_ARG(facts.key_id),
				      SLICE_ARG(facts.project));
	else if (facts.key_id.data)
		detail = arena_printf(subject->arena, "key id %.*s", SLICE_ARG(facts.key_id));
	return set_detail(subject, detail, err);
}

static int detail_of_jwt(const struct subject *subject, struct error **err)
{
	struct token_facts facts;
	if (token_facts_of_jwt(subject->secret, subject->arena, &facts, err) < 0)
		return -1;
	subject->kind->expires = facts.expires;
	return 0;
}

/* --- the shapes --- */

/* Prefixes of secrets first: they are made to be recognised, whatever the user is called. */
static const struct shape shapes[] = {
	{ .kind = "pat", .detail = "Docker personal access token", .secret_start = "dckr_pat_" },
	{ .kind = "oat", .detail = "Docker organization access token", .secret_start = "dckr_oat_" },
	{ .kind = "pat", .detail = "GitHub personal access token", .secret_start = "ghp_" },
	{ .kind = "pat", .detail = "GitHub fine-grained personal access token", .secret_start = "github_pat_" },
	{ .kind = "oauth-token", .detail = "GitHub OAuth token", .secret_start = "gho_" },
	{ .kind = "oauth-token", .detail = "GitHub app user token", .secret_start = "ghu_" },
	{ .kind = "app-token", .detail = "GitHub app installation token", .secret_start = "ghs_" },
	{ .kind = "pat", .detail = "GitLab personal, group or project access token", .secret_start = "glpat-" },
	{ .kind = "deploy-token", .detail = "GitLab deploy token", .secret_start = "gldt-" },
	{ .kind = "job-token", .detail = "GitLab CI job token", .secret_start = "glcbt-", .detail_of = detail_of_jwt },
	{ .kind = "api-key", .detail = "Artifactory API key", .secret_start = "AKCp" },
	{ .kind = "api-key", .detail = "Artifactory reference token", .secret_start = "cmVmdGtu" },

	{ .kind = "deploy-token", .detail = "GitLab deploy token", .user_start = "gitlab+deploy-token-" },
	{ .kind = "deploy-token", .detail = "GitLab deploy token", .user = "gitlab-deploy-token" },
	{ .kind = "job-token", .detail = "GitLab CI job token", .user = "gitlab-ci-token", .detail_of = detail_of_jwt },
	{ .kind = "json-key", .user = "_json_key", .detail_of = detail_of_google_key },
	{ .kind = "json-key", .user = "_json_key_base64", .detail_of = detail_of_google_key },
	{ .kind = "oauth-token", .detail = "Google access token", .user = "oauth2accesstoken" },
	{ .kind = "aws", .user = "AWS", .check = registry_is_ecr, .detail_of = detail_of_aws },
	{ .kind = "acr-token",
	  .detail = "Azure registry token",
	  .user = "00000000-0000-0000-0000-000000000000",
	  .detail_of = detail_of_jwt },
	{ .kind = "service-principal",
	  .detail = "Azure service principal",
	  .registry_end = ".azurecr.io",
	  .check = user_is_guid },
	{ .kind = "robot", .detail = "Harbor robot account", .user_start = "robot$" },
	{ .kind = "robot", .detail = "Harbor robot account", .user_start = "robot_" },
	{ .kind = "robot", .detail = "Quay robot account", .registry = "quay.io", .check = user_is_quay_robot },
	{ .kind = "api-key", .detail = "NVIDIA NGC API key", .user = "$oauthtoken", .registry = "nvcr.io" },
	{ .kind = "oauth-token", .detail = "Quay OAuth token", .user = "$oauthtoken" },
};

static bool starts(struct slice text, const char *prefix)
{
	return !prefix || slice_starts_with(text, prefix);
}

static bool equals(struct slice text, const char *whole)
{
	return !whole || slice_equal_text(text, whole);
}

static bool shape_matches(const struct shape *shape, const struct subject *subject)
{
	return equals(subject->user, shape->user) && starts(subject->user, shape->user_start) &&
	       starts(subject->secret, shape->secret_start) && equals(subject->registry, shape->registry) &&
	       (!shape->registry_end || slice_ends_with(subject->registry, shape->registry_end)) &&
	       (!shape->check || shape->check(subject));
}

static const struct shape *find_shape(const struct subject *subject)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shape_matches(&shapes[i], subject))
			return &shapes[i];
	return NULL;
}

size_t credential_token_start(struct slice text)
{
	for (size_t i = 0; text.len > 0 && i < sizeof shapes / sizeof *shapes; i++) {
		const char *start = shapes[i].secret_start;
		if (start && *start == text.data[0] && slice_starts_with(text, start))
			return strlen(start);
	}
	return 0;
}

bool credential_is_token(struct slice text)
{
	return credential_token_start(text) > 0;
}

bool credential_kind_is_token(struct slice kind)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (shapes[i].secret_start && slice_equal_text(kind, shapes[i].kind))
			return true;
	return false;
}

static int kind_of_shape(const struct shape *shape, const struct subject *subject, struct error **err)
{
	subject->kind->kind = shape->kind;
	subject->kind->detail = slice_of(shape->detail);
	return shape->detail_of ? shape->detail_of(subject, err) : 0;
}

/* What has no shape of its own: a JWT tells when it ends, the form of the entry names the rest. */
static int kind_of_form(enum entry_form form, const struct subject *subject, struct error **err)
{
	struct token_facts facts;
	if (token_facts_of_jwt(subject->secret, subject->arena, &facts, err) < 0)
		return -1;
	subject->kind->expires = facts.expires;
	if (form == ENTRY_IDENTITY_TOKEN)
		subject->kind->kind = "identity-token";
	else if (form == ENTRY_REGISTRY_TOKEN)
		subject->kind->kind = "registry-token";
	else
		subject->kind->kind = facts.recognised ? "jwt" : "password";
	return 0;
}

int credential_kind_of(struct slice registry, const struct config_entry *entry, struct arena *arena,
		       struct credential_kind *ret_kind, struct error **err)
{
	struct credential_kind kind = { .kind = "helper", .expires = TIME_UNSET };
	struct slice secret = secret_reveal(&entry->secret);
	struct subject subject = { registry, entry->username, secret, arena, &kind };
	const struct shape *shape = find_shape(&subject);
	int outcome = 0;
	if (entry->undecodable && !shape)
		kind.kind = "broken";
	else if (entry->form != ENTRY_EMPTY)
		outcome = shape ? kind_of_shape(shape, &subject, err) : kind_of_form(entry->form, &subject, err);
	if (outcome < 0)
		return -1;
	*ret_kind = kind;
	return 0;
}
