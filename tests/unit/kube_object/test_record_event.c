#include "kube_object/reading.h"

/* clang-format off */
static const char CORE[] = JSON({
	"apiVersion": "v1", "count": 7, "eventTime": null, "firstTimestamp": "2026-11-20T08:00:00Z",
	"involvedObject": {"apiVersion": "v1", "fieldPath": "spec.containers{web}", "kind": "Pod", "name": "web-7", "namespace": "shop", "uid": "p-1"},
	"kind": "Event", "lastTimestamp": "2026-11-20T08:10:00Z",
	"message": "Successfully pulled image \"docker.io/acme/web:1\" in 1.2s (1.2s including waiting). Image size: 5 bytes.",
	"metadata": {"name": "web-7.17", "namespace": "shop", "uid": "e-1"},
	"reason": "Pulled", "reportingComponent": "kubelet", "reportingInstance": "node-1",
	"source": {"component": "kubelet", "host": "node-1"}, "type": "Normal"
});

static const char NEW[] = JSON({
	"apiVersion": "events.k8s.io/v1", "kind": "Event", "eventTime": "2026-11-20T08:00:00.000000Z",
	"metadata": {"name": "web-7.18", "namespace": "shop", "uid": "e-2"},
	"note": "Back-off pulling image \"acme/web:2\": with dckr_pat_EXAMPLEexampleEXAMPLE1", "reason": "BackOff",
	"regarding": {"kind": "Pod", "name": "web-7", "uid": "p-1", "fieldPath": "spec.initContainers{setup}"},
	"reportingController": "kubelet", "reportingInstance": "node-2",
	"series": {"count": 9, "lastObservedTime": "2026-11-20T09:00:00.000000Z"}, "type": "Warning"
});
/* clang-format on */

static void a_core_event_gives_its_fields(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(CORE);
	const struct event *event = only(&r, event);
	check_slice(event->uid, "e-1");
	check_slice(event->namespace, "shop");
	check_slice(event->reason, "Pulled");
	check_slice(event->involved_kind, "Pod");
	check_slice(event->involved_name, "web-7");
	check_slice(event->involved_uid, "p-1");
	check_slice(event->container, "web");
	check_slice(event->node, "node-1");
	check_slice(event->image, "docker.io/acme/web:1");
	assert_int_equal(event->count, 7);
	assert_int_equal(event->first_time, INT64_C(1795161600) * USEC_PER_SECOND);
	assert_int_equal(event->last_time, INT64_C(1795162200) * USEC_PER_SECOND);
}

static void an_event_of_the_new_group_gives_the_same(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(NEW);
	const struct event *event = only(&r, event);
	check_slice(event->image, "acme/web:2");
	check_slice(event->message, "Back-off pulling image \"acme/web:2\": with dckr_pat_[masked]");
	check_slice(event->container, "setup");
	check_slice(event->node, "node-2");
	assert_int_equal(event->count, 9);
	assert_int_equal(event->first_time, INT64_C(1795161600) * USEC_PER_SECOND);
	assert_int_equal(event->last_time, INT64_C(1795165200) * USEC_PER_SECOND);
}

static bool is_put(const char *reason, const char *message)
{
	static char json[1024];
	snprintf(json, sizeof json,
		 "{\"apiVersion\": \"v1\", \"kind\": \"Event\", \"metadata\": {\"name\": \"e\", \"namespace\": \"n\"},"
		 "\"reason\": \"%s\", \"message\": \"%s\"}",
		 reason, message);
	CLEANUP(reading_release) struct reading r = reading_of(json);
	assert_int_equal(r.context.objects, 1);
	return count(&r, event) == 1;
}

static void a_login_in_the_name_of_the_image_is_masked(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		"{\"apiVersion\": \"v1\", \"kind\": \"Event\", \"metadata\": {\"name\": \"e\", \"namespace\": \"n\"},"
		"\"reason\": \"Failed\", \"message\": \"Failed to pull image \\\"bob:example@reg.example/web:1\\\"\"}");
	const struct event *event = only(&r, event);
	check_slice(event->image, "bob:[masked]@reg.example/web:1");
	check_slice(event->message, "Failed to pull image \"bob:[masked]@reg.example/web:1\"");
}

static void only_what_speaks_of_images_is_put(void **state)
{
	assert_true(is_put("Pulling", "Pulling image \\\"a\\\""));
	assert_true(is_put("Failed", "Failed to pull image \\\"a\\\": denied"));
	assert_true(is_put("Failed", "Error: ErrImagePull") == false);
	assert_true(is_put("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (hub)"));
	assert_true(is_put("Whatever", "Container image \\\"a\\\" already present on machine"));
	assert_false(is_put("BackOff", "Back-off restarting failed container web in pod web-7"));
	assert_false(is_put("Scheduled", "Successfully assigned \\\"image\\\" to node"));
	assert_false(is_put("Created", "Created container \\\"web\\\""));
	assert_false(is_put("x", ""));
}

static void the_image_is_what_stands_in_quotes_behind_the_word(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"apiVersion" : "v1",
		"kind" : "Event",
		"metadata" : { "name" : "e" },
		"reason" : "Failed",
		"message" : "Failed \"x\" to pull and unpack image \"reg.example/a:1\": failed \"y\""
	}));
	check_slice(only(&r, event)->image, "reg.example/a:1");
	CLEANUP(reading_release)
	struct reading u = reading_of(JSON({
		"apiVersion" : "v1",
		"kind" : "Event",
		"metadata" : { "name" : "e" },
		"reason" : "Pulling",
		"message" : "Pulling image \"unfinished"
	}));
	assert_null(only(&u, event)->image.data);
	CLEANUP(reading_release)
	struct reading n = reading_of(
		JSON({ "apiVersion" : "v1", "kind" : "Event", "metadata" : { "name" : "e" }, "reason" : "Pulling" }));
	assert_null(only(&n, event)->image.data);
	assert_null(only(&n, event)->message.data);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(CORE);
	check_yaml_gives_the_same(NEW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_core_event_gives_its_fields),
		cmocka_unit_test(an_event_of_the_new_group_gives_the_same),
		cmocka_unit_test(a_login_in_the_name_of_the_image_is_masked),
		cmocka_unit_test(only_what_speaks_of_images_is_put),
		cmocka_unit_test(the_image_is_what_stands_in_quotes_behind_the_word),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
