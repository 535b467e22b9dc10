#include "kube_object/reading.h"

/* clang-format off */
static const char POD[] = JSON({
	"apiVersion": "v1", "kind": "Pod",
	"metadata": {
		"name": "web-7", "namespace": "shop", "uid": "pod-uid-1", "resourceVersion": "12",
		"creationTimestamp": "2026-11-20T08:00:00Z",
		"labels": {"app": "web"},
		"managedFields": [{"manager": "kubelet", "operation": "Update", "time": "2026-11-20T08:00:09Z",
				   "fieldsType": "FieldsV1", "fieldsV1": {"f:status": {"f:phase": {}}}, "subresource": "status"}],
		"ownerReferences": [
			{"apiVersion": "v1", "kind": "Thing", "name": "not-me", "uid": "x"},
			{"apiVersion": "apps/v1", "blockOwnerDeletion": true, "controller": true, "kind": "ReplicaSet", "name": "web-5f", "uid": "rs"}]
	},
	"spec": {
		"nodeName": "node-1", "serviceAccountName": "web-sa", "restartPolicy": "Always",
		"imagePullSecrets": [{"name": "hub"}, {}, {"name": "quay"}],
		"containers": [{"name": "web", "image": "acme/web:1", "imagePullPolicy": "Always"}],
		"tolerations": [{"key": "a", "operator": "Exists"}]
	},
	"status": {
		"phase": "Running", "startTime": "2026-11-20T08:00:02Z",
		"conditions": [{"type": "Ready", "status": "True", "lastProbeTime": null, "lastTransitionTime": "2026-11-20T08:00:05Z"}],
		"containerStatuses": [{"name": "web", "image": "docker.io/acme/web:1", "restartCount": 3,
			"imageID": "docker.io/acme/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			"containerID": "containerd://cafe", "state": {"running": {"startedAt": "2026-11-20T08:00:04Z"}}}]
	}
});
/* clang-format on */

static void a_pod_gives_its_fields(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	const struct pod *pod = only(&r, pod);
	check_slice(pod->uid, "pod-uid-1");
	check_slice(pod->namespace, "shop");
	check_slice(pod->name, "web-7");
	check_slice(pod->node, "node-1");
	check_slice(pod->phase, "Running");
	check_slice(pod->owner_group, "apps");
	check_slice(pod->owner_kind, "ReplicaSet");
	check_slice(pod->owner_name, "web-5f");
	check_slice(pod->service_account, "web-sa");
	assert_int_equal(pod->pull_secrets.len, 2);
	check_slice(pod->pull_secrets.items[0], "hub");
	check_slice(pod->pull_secrets.items[1], "quay");
	assert_int_equal(pod->created, INT64_C(1795161600) * USEC_PER_SECOND);
	assert_int_equal(pod->started, INT64_C(1795161602) * USEC_PER_SECOND);
	assert_int_equal(pod->deleted, TIME_UNSET);
	assert_int_equal(count(&r, defect), 0);
	assert_int_equal(r.result, 0);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(POD);
}

static void what_is_not_said_is_unknown(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		JSON({ "kind" : "Pod", "apiVersion" : "v1", "metadata" : { "name" : "a", "namespace" : "b" } }));
	const struct pod *pod = only(&r, pod);
	check_slice(pod->uid, "b/a");
	assert_null(pod->phase.data);
	assert_null(pod->owner_kind.data);
	assert_null(pod->pull_secrets.items);
	assert_int_equal(pod->created, TIME_UNSET);
}

static void a_pod_without_pull_secrets_is_known_to_have_none(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Pod",
		"apiVersion" : "v1",
		"metadata" : { "name" : "a" },
		"spec" : { "serviceAccount" : "old" }
	}));
	const struct pod *pod = only(&r, pod);
	assert_non_null(pod->pull_secrets.items);
	assert_int_equal(pod->pull_secrets.len, 0);
	check_slice(pod->service_account, "old");
}

static void the_newest_time_is_of_metadata_and_status(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	assert_int_equal(r.context.newest, INT64_C(1795161609) * USEC_PER_SECOND);
}

static void a_deletion_counts_when_it_was_asked_for(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Pod",
		"apiVersion" : "v1",
		"metadata" : {
			"name" : "a",
			"creationTimestamp" : "2026-11-20T08:00:00Z",
			"deletionTimestamp" : "2026-11-20T10:00:30Z",
			"deletionGracePeriodSeconds" : 3600
		}
	}));
	assert_int_equal(only(&r, pod)->deleted, INT64_C(1795168830) * USEC_PER_SECOND);
	assert_int_equal(r.context.newest, INT64_C(1795165230) * USEC_PER_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pod_gives_its_fields),
		cmocka_unit_test(yaml_gives_the_same),
		cmocka_unit_test(what_is_not_said_is_unknown),
		cmocka_unit_test(a_pod_without_pull_secrets_is_known_to_have_none),
		cmocka_unit_test(the_newest_time_is_of_metadata_and_status),
		cmocka_unit_test(a_deletion_counts_when_it_was_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
