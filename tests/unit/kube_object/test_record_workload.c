#include "kube_object/reading.h"

#include <stdio.h>

/* A workload of that kind whose spec holds `template` where the kind has it. */
static struct reading workload_of(const char *api_version, const char *kind, const char *spec)
{
	static char json[4096];
	snprintf(
		json, sizeof json,
		"{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"metadata\": {\"name\": \"web\", \"namespace\": \"shop\", \"uid\": \"w\","
		"\"labels\": {\"app.kubernetes.io/managed-by\": \"Helm\"}, \"ownerReferences\": [{\"apiVersion\": \"apps/v1\","
		"\"kind\": \"Deployment\", \"name\": \"owner\", \"controller\": true}]}, \"spec\": %s}",
		api_version, kind, spec);
	return reading_of(json);
}

#define TEMPLATE                                                                                                       \
	"{\"spec\": {\"serviceAccountName\": \"runner\", \"imagePullSecrets\": [{\"name\": \"hub\"}],"                 \
	"\"containers\": [{\"name\": \"web\", \"image\": \"acme/web:1\"}]}}"

static void check_workload(const struct reading *r, const char *group, const char *kind)
{
	const struct workload *workload = only(r, workload);
	const struct container *container = only(r, container);
	check_slice(workload->group, group);
	check_slice(workload->kind, kind);
	check_slice(workload->namespace, "shop");
	check_slice(workload->name, "web");
	check_slice(workload->service_account, "runner");
	assert_int_equal(workload->pull_secrets.len, 1);
	check_slice(workload->pull_secrets.items[0], "hub");
	check_slice(container->holder_group, group);
	check_slice(container->holder_kind, kind);
	check_slice(container->holder, "web");
	check_slice(container->image, "acme/web:1");
	assert_int_equal(count(r, defect), 0);
}

static void every_kind_has_its_template(void **state)
{
	static const struct {
		const char *api_version, *group, *kind;
	} kinds[] = {
		{ "apps/v1", "apps", "Deployment" },
		{ "apps/v1", "apps", "ReplicaSet" },
		{ "apps/v1", "apps", "StatefulSet" },
		{ "apps/v1", "apps", "DaemonSet" },
		{ "batch/v1", "batch", "Job" },
		{ "v1", "", "ReplicationController" },
		{ "extensions/v1beta1", "extensions", "Deployment" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		CLEANUP(reading_release)
		struct reading r = workload_of(kinds[i].api_version, kinds[i].kind, "{\"template\": " TEMPLATE "}");
		check_workload(&r, kinds[i].group, kinds[i].kind);
	}
}

static void a_cron_job_has_it_deeper(void **state)
{
	CLEANUP(reading_release)
	struct reading r = workload_of("batch/v1", "CronJob",
				       "{\"suspend\": true, \"jobTemplate\": {\"spec\": {\"template\": " TEMPLATE
				       "}}}");
	check_workload(&r, "batch", "CronJob");
	assert_int_equal(only(&r, workload)->suspended, BOOL_TRUE);
}

static void a_pod_template_is_one_itself(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		"{\"apiVersion\": \"v1\", \"kind\": \"PodTemplate\", \"metadata\": {\"name\": \"web\", \"namespace\": \"shop\"},"
		"\"template\": " TEMPLATE "}");
	check_workload(&r, "", "PodTemplate");
}

static void a_custom_owner_is_a_workload(void **state)
{
	CLEANUP(reading_release)
	struct reading r = workload_of("argoproj.io/v1alpha1", "Rollout",
				       "{\"replicas\": 4, \"template\": " TEMPLATE "}");
	check_workload(&r, "argoproj.io", "Rollout");
	assert_int_equal(only(&r, workload)->replicas, 4);
	reading_end(&r);
	check_slice(reading_coverage(&r, "Rollout.argoproj.io")->outcome, "partial"); /* a single object */
	CLEANUP(reading_release)
	struct reading k = workload_of("serving.knative.dev/v1", "Service", "{\"template\": " TEMPLATE "}");
	check_workload(&k, "serving.knative.dev", "Service");
}

static void a_custom_kind_without_such_a_template_is_unknown(void **state)
{
	static const char *const specs[] = { "{\"template\": \"text\"}",
					     "{\"template\": {\"spec\": {\"containers\": 5}}}",
					     "{\"template\": {\"spec\": {\"containers\": []}}}", "[1]", "{}" };
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		CLEANUP(reading_release) struct reading r = workload_of("corp.example/v1", "Thing", specs[i]);
		assert_int_equal(r.memory.record_count, 0);
		reading_end(&r);
		check_slice(reading_coverage(&r, "Thing.corp.example")->outcome, "unknown_kind");
		assert_int_equal(reading_coverage(&r, "Thing.corp.example")->objects, 1);
	}
}

static void a_built_in_name_in_another_group_is_another_kind(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "longhorn.io/v1beta2",
		"kind" : "Node",
		"metadata" : { "name" : "n", "namespace" : "l" }
	}));
	assert_int_equal(count(&r, node), 0);
	reading_end(&r);
	check_slice(reading_coverage(&r, "Node.longhorn.io")->outcome, "unknown_kind");
	check_slice(reading_coverage(&r, "Node")->outcome, "absent");
}

static void replicas_default_to_one_where_the_server_does_so(void **state)
{
	CLEANUP(reading_release)
	struct reading d = workload_of("apps/v1", "Deployment", "{\"template\": " TEMPLATE "}");
	CLEANUP(reading_release) struct reading j = workload_of("batch/v1", "Job", "{\"template\": " TEMPLATE "}");
	CLEANUP(reading_release)
	struct reading z = workload_of("apps/v1", "Deployment", "{\"replicas\": 0, \"template\": " TEMPLATE "}");
	assert_int_equal(only(&d, workload)->replicas, 1);
	assert_int_equal(only(&j, workload)->replicas, INT_UNKNOWN);
	assert_int_equal(only(&z, workload)->replicas, 0);
	assert_int_equal(only(&d, workload)->suspended, BOOL_UNKNOWN);
}

static void owner_and_manager_are_told(void **state)
{
	CLEANUP(reading_release)
	struct reading r = workload_of("apps/v1", "ReplicaSet", "{\"template\": " TEMPLATE "}");
	check_slice(only(&r, workload)->owner_group, "apps");
	check_slice(only(&r, workload)->owner_kind, "Deployment");
	check_slice(only(&r, workload)->owner_name, "owner");
	check_slice(only(&r, workload)->managed_by, "Helm");
}

static void the_service_account_defaults_to_default(void **state)
{
	CLEANUP(reading_release)
	struct reading r = workload_of("apps/v1", "Deployment", "{\"template\": {\"spec\": {\"containers\": []}}}");
	check_slice(only(&r, workload)->service_account, "default");
	CLEANUP(reading_release) struct reading n = workload_of("apps/v1", "Deployment", "{}");
	assert_null(only(&n, workload)->service_account.data);
	assert_null(only(&n, workload)->pull_secrets.items);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(
		"{\"apiVersion\": \"batch/v1\", \"kind\": \"CronJob\", \"metadata\": {\"name\": \"web\", \"namespace\": \"shop\"},"
		"\"spec\": {\"schedule\": \"0 * * * *\", \"jobTemplate\": {\"spec\": {\"template\": " TEMPLATE "}}},"
		"\"status\": {\"lastScheduleTime\": \"2026-11-20T08:00:00Z\"}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_template),
		cmocka_unit_test(a_cron_job_has_it_deeper),
		cmocka_unit_test(a_pod_template_is_one_itself),
		cmocka_unit_test(a_custom_owner_is_a_workload),
		cmocka_unit_test(a_custom_kind_without_such_a_template_is_unknown),
		cmocka_unit_test(a_built_in_name_in_another_group_is_another_kind),
		cmocka_unit_test(replicas_default_to_one_where_the_server_does_so),
		cmocka_unit_test(owner_and_manager_are_told),
		cmocka_unit_test(the_service_account_defaults_to_default),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
