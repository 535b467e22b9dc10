#include "detect/cases.h"

#include "detect/detect.h"

/* A pod of namespace shop that lists the secrets and runs the image. */
static struct pod *runs(struct scenario *s, const char *name, const char *image, struct slice_list secrets)
{
	struct pod *pod = add_pod(s, "shop", name, NULL, NULL);
	pod->pull_secrets = secrets;
	if (image)
		add_container(s, pod, image, NULL);
	return pod;
}

static struct defect *add_defect(struct scenario *s, const struct secret *secret, const char *code, bool blocks)
{
	struct defect *defect = add_record(s, &defect_type);
	defect->object_kind = SLICE("Secret");
	defect->namespace = secret->namespace;
	defect->object = secret->name;
	defect->object_uid = secret->uid;
	defect->code = slice_of(code);
	defect->place = SLICE("/auths/quay.io/auth");
	defect->message = SLICE("not what it should be");
	defect->blocks_pulls = blocks ? BOOL_TRUE : BOOL_FALSE;
	return defect;
}

/* --- pull-entry-undecodable --- */

static void undecodable(struct scenario *s)
{
	struct secret *bad = add_secret(s, "shop", "bad");
	bad->decodes = BOOL_FALSE;
	add_defect(s, bad, "duplicate_key", false);
	add_defect(s, bad, "bad_base64", true);
	runs(s, "web", "quay.io/acme/web", texts(s, "bad", NULL));
}

static void undecodable_unlisted(struct scenario *s)
{
	add_secret(s, "shop", "bad")->decodes = BOOL_FALSE;
}

static void undecodable_of_another_type(struct scenario *s)
{
	struct secret *opaque = add_secret(s, "shop", "opaque");
	opaque->pull_type = opaque->decodes = BOOL_FALSE;
}

static void undecodable_and_gone(struct scenario *s)
{
	struct secret *gone = add_secret(s, "shop", "gone");
	gone->decodes = BOOL_FALSE;
	gone->gone = BOOL_TRUE;
}

/* --- pull-missing --- */

static void missing_secret(struct scenario *s)
{
	runs(s, "web", NULL, texts(s, "absent", NULL));
}

static void missing_where_secrets_were_cut(struct scenario *s)
{
	coverage_of(s, "Secret")->outcome = SLICE("partial");
	runs(s, "web", NULL, texts(s, "absent", NULL));
}

static void missing_for_an_ended_pod(struct scenario *s)
{
	runs(s, "web", NULL, texts(s, "absent", NULL))->phase = SLICE("Succeeded");
}

/* --- pull-exposed --- */

static void exposed_to_a_builder(struct scenario *s)
{
	struct secret *opaque = add_secret(s, "shop", "config");
	opaque->pull_type = BOOL_FALSE;
	add_entry(s, opaque, "quay.io", "acme", "f1");
	add_reader(s, add_pod(s, "shop", "kaniko", NULL, NULL), "config", "volume");
	add_reader(s, add_pod(s, "shop", "buildkit", NULL, NULL), "config", "env");
}

static void read_but_without_a_login(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "config"), "quay.io", NULL, NULL)->kubelet_reads = BOOL_FALSE;
	add_reader(s, add_pod(s, "shop", "kaniko", NULL, NULL), "config", "volume");
}

static void pulled_with_but_not_read(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "quay.io", "acme", "f1");
	runs(s, "web", "quay.io/acme/web", texts(s, "hub", NULL));
}

/* --- pull-password --- */

static void password_at_hub(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "a"), "docker.io", "acme", "f1")->cred_kind = SLICE("password");
	add_entry(s, add_secret(s, "shop", "b"), "index.docker.io", "acme", "f1")->cred_kind = SLICE("password");
}

static void token_at_hub(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "a"), "docker.io", "acme", "f1")->cred_kind = SLICE("pat");
}

static void secret_part_without_a_user(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "a"), "docker.io", NULL, "f1")->cred_kind = SLICE("password");
}

static void password_where_there_are_no_tokens(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "a"), "reg.example:5000", "acme", "f1")->cred_kind = SLICE("password");
}

/* --- pull-key-dead --- */

static void dead_key(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "https://index.docker.io/v1", "acme", "f1");
}

static void live_key(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "https://index.docker.io/v1/", "acme", "f1");
}

static void dead_key_that_is_overridden(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "hub.docker.com", "acme", "f1")->overridden = BOOL_TRUE;
}

static void dead_key_in_another_type(struct scenario *s)
{
	struct secret *opaque = add_secret(s, "shop", "opaque");
	opaque->pull_type = BOOL_FALSE;
	add_entry(s, opaque, "hub.docker.com", "acme", "f1");
}

/* --- pull-unsupported-auth --- */

static void identity_token(struct scenario *s)
{
	struct entry *entry = add_entry(s, add_secret(s, "shop", "acr"), "acme.azurecr.io", "acme", "f1");
	entry->kubelet_reads = BOOL_FALSE;
	entry->form = SLICE("identity_token");
}

static void credential_helpers(struct scenario *s)
{
	add_secret(s, "shop", "ecr")->other_stores = texts(s, "example.com=ecr-login", "desktop", NULL);
}

static void token_in_a_secret_that_does_not_decode(struct scenario *s)
{
	identity_token(s);
	struct secret *bad = add_secret(s, "shop", "bad");
	bad->decodes = BOOL_FALSE;
	add_entry(s, bad, "quay.io", "acme", "f1")->kubelet_reads = BOOL_FALSE;
}

static void helpers_in_another_type(struct scenario *s)
{
	struct secret *opaque = add_secret(s, "shop", "laptop");
	opaque->pull_type = BOOL_FALSE;
	opaque->other_stores = texts(s, "desktop", NULL);
	add_entry(s, opaque, "quay.io", NULL, NULL)->kubelet_reads = BOOL_FALSE;
}

/* --- pull-shared --- */

static void in_namespaces(struct scenario *s, size_t count)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	for (size_t i = 0; i < count; i++)
		add_entry(s, add_secret(s, names[i], "hub"), "quay.io", "acme", "f1");
}

static void in_four_namespaces(struct scenario *s)
{
	in_namespaces(s, 4);
}

static void in_three_namespaces(struct scenario *s)
{
	in_namespaces(s, 3);
	add_entry(s, add_secret(s, "a", "again"), "quay.io", "acme", "f1");
}

static void in_two_clusters(struct scenario *s)
{
	in_namespaces(s, 1);
	add_cluster(s, "stage", "22222222-bbbb");
	in_namespaces(s, 1);
}

static void two_logins_in_two_clusters(struct scenario *s)
{
	in_namespaces(s, 1);
	add_cluster(s, "stage", "22222222-bbbb");
	add_entry(s, add_secret(s, "a", "hub"), "quay.io", "acme", "f2");
}

/* --- pull-rotation-blocked --- */

static void immutable_and_managed(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	hub->immutable = BOOL_TRUE;
	hub->managed_by = SLICE("External Secrets");
	hub->managed_at = SLICE("ExternalSecret shop/hub");
}

static void written_by_something_else(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	hub->managed_by = SLICE("other writer");
	hub->managed_at = SLICE("field manager ansible");
}

static void free_to_change(struct scenario *s)
{
	add_secret(s, "shop", "hub")->immutable = BOOL_FALSE;
}

/* --- pull-key-shadowed --- */

static void shadowed_key(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	add_entry(s, hub, "docker.io", "old", "f1");
	add_entry(s, hub, "docker.io/acme", "new", "f2");
	runs(s, "web", "acme/web", texts(s, "hub", NULL));
}

static void last_resort_that_is_never_asked(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "new"), "docker.io", "new", "f2");
	add_entry(s, add_secret(s, "shop", "hub"), "https://index.docker.io/v1/", "old", "f1");
	runs(s, "web", "acme/web", texts(s, "new", "hub", NULL));
}

static void shadowed_by_the_same_login(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	add_entry(s, hub, "docker.io", "acme", "f1");
	add_entry(s, hub, "docker.io/acme", "acme", "f1");
	runs(s, "web", "acme/web", texts(s, "hub", NULL));
}

static void first_for_another_image(struct scenario *s)
{
	shadowed_key(s);
	runs(s, "proxy", "nginx", texts(s, "hub", NULL));
}

/* --- pull-unused --- */

static void unused(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "quay.io", "acme", "f1");
	runs(s, "done", NULL, texts(s, "hub", NULL))->phase = SLICE("Succeeded");
}

static void unused_as_far_as_was_read(struct scenario *s)
{
	unused(s);
	coverage_of(s, "ServiceAccount")->outcome = SLICE("absent");
}

/* Nobody in shop uses it; that pods of ci were refused does not matter. */
static void unused_beside_a_refused_namespace(struct scenario *s)
{
	unused(s);
	add_live_read(s, HOUR(1));
	refuse_kind(s, "Pod", "forbidden", "ci", NULL);
	add_list(s, "Pod", "shop", NULL, "complete");
}

static void unused_in_a_refused_namespace(struct scenario *s)
{
	unused(s);
	add_live_read(s, HOUR(1));
	refuse_kind(s, "Pod", "forbidden", "shop", NULL);
	add_list(s, "Pod", "ci", NULL, "complete");
}

static void unused_and_not_looked_into(struct scenario *s)
{
	struct secret *secret = add_secret(s, "shop", "hub");
	secret->decodes = BOOL_UNKNOWN;
}

static void used_by_an_account_only(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "quay.io", "acme", "f1");
	add_account(s, "shop", "default")->pull_secrets = texts(s, "hub", NULL);
}

static void only_mounted(struct scenario *s)
{
	add_entry(s, add_secret(s, "shop", "hub"), "quay.io", "acme", "f1");
	add_reader(s, add_pod(s, "shop", "kaniko", NULL, NULL), "hub", "volume");
}

/* --- pull-defect --- */

static void defects(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	add_defect(s, hub, "blanks_in_value", false);
	add_defect(s, hub, "duplicate_key", false);
}

static void defects_of_other_rules(struct scenario *s)
{
	struct secret *hub = add_secret(s, "shop", "hub");
	hub->decodes = BOOL_FALSE;
	add_defect(s, hub, "bad_base64", true);
	add_defect(s, hub, "not_read_by_kubelet", false);
	add_defect(s, hub, "unparsable_key", false);
}

#define CASE(rule, build, ...)                                                                                         \
	{                                                                                                              \
		rule, #build, build, __VA_ARGS__                                                                       \
	}
#define NEAR_MISS(rule, build)                                                                                         \
	{                                                                                                              \
		rule, #build, build, 0, NULL, NULL, NULL                                                               \
	}

const struct rule_case rule_cases[] = {
	CASE("pull-entry-undecodable", undecodable, 1, "bad", "/auths/quay.io/auth", "their next pull fails"),
	CASE("pull-entry-undecodable", undecodable_unlisted, 1, "bad", "", "no known workload lists it"),
	NEAR_MISS("pull-entry-undecodable", undecodable_of_another_type),
	NEAR_MISS("pull-entry-undecodable", undecodable_and_gone),
	NEAR_MISS("pull-entry-undecodable", defects),
	CASE("pull-missing", missing_secret, 1, "web", "absent", "names absent"),
	NEAR_MISS("pull-missing", missing_where_secrets_were_cut),
	NEAR_MISS("pull-missing", missing_for_an_ended_pod),
	NEAR_MISS("pull-missing", pulled_with_but_not_read),
	CASE("pull-exposed", exposed_to_a_builder, 2, "config", "Pod/buildkit", "env"),
	NEAR_MISS("pull-exposed", read_but_without_a_login),
	NEAR_MISS("pull-exposed", pulled_with_but_not_read),
	CASE("pull-password", password_at_hub, 1, "docker.io acme", "f1", "in 2 places"),
	NEAR_MISS("pull-password", secret_part_without_a_user),
	NEAR_MISS("pull-password", token_at_hub),
	NEAR_MISS("pull-password", password_where_there_are_no_tokens),
	CASE("pull-key-dead", dead_key, 1, "hub", "https://index.docker.io/v1",
	     "the key is https://index.docker.io/v1/"),
	NEAR_MISS("pull-key-dead", live_key),
	NEAR_MISS("pull-key-dead", dead_key_that_is_overridden),
	NEAR_MISS("pull-key-dead", dead_key_in_another_type),
	CASE("pull-unsupported-auth", identity_token, 1, "acr", "acme.azurecr.io", "an identity token"),
	CASE("pull-unsupported-auth", token_in_a_secret_that_does_not_decode, 1, "acr", "acme.azurecr.io", "token"),
	CASE("pull-unsupported-auth", credential_helpers, 2, "ecr", "desktop", "helper desktop"),
	NEAR_MISS("pull-unsupported-auth", helpers_in_another_type),
	NEAR_MISS("pull-unsupported-auth", live_key),
	CASE("pull-shared", in_four_namespaces, 1, "quay.io acme", "f1", "in 4 namespaces of 1 cluster"),
	CASE("pull-shared", in_two_clusters, 1, "quay.io acme", "f1", "in 2 namespaces of 2 clusters"),
	NEAR_MISS("pull-shared", in_three_namespaces),
	NEAR_MISS("pull-shared", two_logins_in_two_clusters),
	CASE("pull-rotation-blocked", immutable_and_managed, 2, "hub", "immutable", "cannot be changed"),
	CASE("pull-rotation-blocked", written_by_something_else, 1, "hub", "managed", "ansible wrote it, and may"),
	NEAR_MISS("pull-rotation-blocked", free_to_change),
	CASE("pull-key-shadowed", shadowed_key, 1, "hub", "docker.io", "tries key docker.io/acme of secret hub first"),
	CASE("pull-key-shadowed", last_resort_that_is_never_asked, 1, "hub", "https://index.docker.io/v1/",
	     "for docker.io/acme/web the kubelet tries key docker.io of secret new first"),
	NEAR_MISS("pull-key-shadowed", shadowed_by_the_same_login),
	NEAR_MISS("pull-key-shadowed", first_for_another_image),
	CASE("pull-unused", unused, 1, "hub", "", "pods that have ended did"),
	CASE("pull-unused", unused_beside_a_refused_namespace, 1, "hub", "", "pods that have ended did"),
	CASE("pull-unused", unused_and_not_looked_into, 1, "hub", "", "whether it holds a login was not read"),
	NEAR_MISS("pull-unused", unused_as_far_as_was_read),
	NEAR_MISS("pull-unused", unused_in_a_refused_namespace),
	NEAR_MISS("pull-unused", used_by_an_account_only),
	NEAR_MISS("pull-unused", only_mounted),
	CASE("pull-defect", defects, 2, "hub", "/auths/quay.io/auth blanks_in_value", "not what it should be"),
	NEAR_MISS("pull-defect", defects_of_other_rules),
};
const size_t rule_case_count = sizeof rule_cases / sizeof *rule_cases;

static void run_case(const struct rule_case *c)
{
	struct scenario s;
	struct error *err = NULL;
	struct record_list list = { 0 };
	const struct finding *first = NULL;
	size_t found = 0;
	scenario_init(&s);
	c->build(&s);
	check_ok(detect_run(scenario_world(&s), &list, &err), &err);
	for (size_t i = 0; i < list.len; i++) {
		const struct finding *finding = &((const struct finding *)list.items)[i];
		if (!slice_equal_text(finding->rule, c->rule))
			continue;
		first = found++ ? first : finding;
	}
	if (found != c->found)
		fail_msg("%s, %s: %zu findings, not %zu", c->rule, c->name, found, c->found);
	if (first) {
		check_slice(first->subject, c->subject);
		check_slice(first->place, c->place);
		if (!slice_contains(first->evidence, c->evidence))
			fail_msg("%s, %s: evidence is: %.*s", c->rule, c->name, SLICE_ARG(first->evidence));
	}
	scenario_release(&s);
}

void run_rule_cases(const char *rule)
{
	size_t run = 0;
	for (size_t i = 0; i < rule_case_count; i++) {
		if (strcmp(rule_cases[i].rule, rule) != 0)
			continue;
		run_case(&rule_cases[i]);
		run++;
	}
	assert_true(run > 0);
}
