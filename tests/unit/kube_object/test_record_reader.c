#include "kube_object/reading.h"

/* clang-format off */
static const char POD[] = JSON({
	"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "build", "namespace": "ci", "uid": "p-1"},
	"spec": {
		"volumes": [
			{"name": "a", "secret": {"secretName": "mounted", "defaultMode": 420}},
			{"name": "b", "projected": {"sources": [{"configMap": {"name": "c"}}, {"secret": {"name": "projected"}}]}},
			{"name": "c", "csi": {"driver": "x", "nodePublishSecretRef": {"name": "published"}}},
			{"name": "d", "csi": {"driver": "y"}}, {"name": "e", "emptyDir": {}}, {"name": "f", "secret": {}}],
		"initContainers": [{"name": "i", "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "in-init", "key": "k"}}}]}],
		"containers": [
			{"name": "x", "envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "c"}}],
			 "env": [{"name": "P", "value": "plain"}, {"name": "Q", "valueFrom": {"fieldRef": {"fieldPath": "x"}}},
				 {"name": "R", "valueFrom": {"secretKeyRef": {"name": "one", "key": "k"}}},
				 {"name": "S", "valueFrom": {"secretKeyRef": {"name": "one", "key": "l"}}}]},
			{"name": "y", "env": [{"name": "R", "valueFrom": {"secretKeyRef": {"name": "one", "key": "k"}}}]}],
		"ephemeralContainers": [{"name": "z", "envFrom": [{"secretRef": {"name": "late"}}]}]
	}
});
/* clang-format on */

static const char *const EXPECTED[][2] = {
	{ "mounted", "volume" }, { "projected", "projected" }, { "published", "csi" }, { "in-init", "env" },
	{ "one", "env" },        { "all", "env_from" },        { "late", "env_from" },
};
#define EXPECTED_LEN (sizeof EXPECTED / sizeof EXPECTED[0])

static void every_way_to_read_a_secret_is_found_once(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	assert_int_equal(count(&r, secret_reader), EXPECTED_LEN);
	for (size_t i = 0; i < EXPECTED_LEN; i++) {
		const struct secret_reader *reader = nth(&r, secret_reader, i);
		check_slice(reader->secret, EXPECTED[i][0]);
		check_slice(reader->relation, EXPECTED[i][1]);
		check_slice(reader->holder_kind, "Pod");
		check_slice(reader->holder, "p-1");
		check_slice(reader->namespace, "ci");
	}
}

static void templates_have_readers_too(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "apps/v1",
		"kind" : "DaemonSet",
		"metadata" : { "name" : "agent", "namespace" : "ops" },
		"spec" : {
			"template" : {
				"spec" : { "volumes" : [ { "name" : "a", "secret" : { "secretName" : "mounted" } } ] }
			}
		}
	}));
	const struct secret_reader *reader = only(&r, secret_reader);
	check_slice(reader->holder_group, "apps");
	check_slice(reader->holder_kind, "DaemonSet");
	check_slice(reader->holder, "agent");
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(POD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_way_to_read_a_secret_is_found_once),
		cmocka_unit_test(templates_have_readers_too),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
