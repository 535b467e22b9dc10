#include "kube_object/reading.h"

/* clang-format off */
static const char POD[] = JSON({
	"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-7", "namespace": "shop", "uid": "p-1"},
	"spec": {
		"initContainers": [{"name": "setup", "image": "acme/setup@sha256:aa"}],
		"containers": [{"name": "web", "image": "acme/web:1", "imagePullPolicy": "Always"}, {"name": "side", "image": "side"}],
		"ephemeralContainers": [{"name": "debug", "image": "busybox", "targetContainerName": "web"}],
		"volumes": [{"name": "model", "image": {"reference": "acme/model:2", "pullPolicy": "IfNotPresent"}}, {"name": "tmp", "emptyDir": {}}]
	},
	"status": {
		"containerStatuses": [
			{"name": "side", "image": "docker.io/library/side:latest", "imageID": "", "restartCount": 0,
			 "state": {"waiting": {"reason": "ImagePullBackOff", "message": "with dckr_pat_EXAMPLEexampleEXAMPLE1"}}},
			{"name": "web", "image": "docker.io/acme/web:1", "restartCount": 3, "containerID": "containerd://cafe",
			 "imageID": "docker-pullable://acme/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			 "state": {"running": {"startedAt": "2026-11-20T08:00:04Z"}},
			 "lastState": {"terminated": {"reason": "OOMKilled"}}}],
		"initContainerStatuses": [
			{"name": "setup", "image": "x", "restartCount": 0,
			 "state": {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": "2026-11-20T08:00:00Z", "finishedAt": "2026-11-20T08:00:01Z"}}}]
	}
});
/* clang-format on */

static const struct container *named(const struct reading *r, const char *name)
{
	const struct container *container;
	for (size_t i = 0; (container = nth(r, container, i)); i++) {
		if (slice_equal_text(container->name, name))
			return container;
	}
	fail_msg("no container %s", name);
	return NULL;
}

static void every_container_has_its_role(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	assert_int_equal(count(&r, container), 5);
	check_slice(named(&r, "setup")->role, "init");
	check_slice(named(&r, "web")->role, "container");
	check_slice(named(&r, "side")->role, "container");
	check_slice(named(&r, "debug")->role, "ephemeral");
	check_slice(named(&r, "model")->role, "volume");
	check_slice(named(&r, "model")->image, "acme/model:2");
	check_slice(named(&r, "model")->pull_policy, "IfNotPresent");
}

static void a_container_has_its_holder(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	for (size_t i = 0; i < 5; i++) {
		check_slice(nth(&r, container, i)->holder_kind, "Pod");
		check_slice(nth(&r, container, i)->holder_group, "");
		check_slice(nth(&r, container, i)->holder, "p-1");
		check_slice(nth(&r, container, i)->namespace, "shop");
	}
}

static void statuses_are_joined_by_name(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	const struct container *web = named(&r, "web"), *side = named(&r, "side");
	check_slice(web->image, "acme/web:1");
	check_slice(web->status_image, "docker.io/acme/web:1");
	check_slice(web->container_id, "containerd://cafe");
	check_slice(web->digest, "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	check_slice(web->state, "running");
	assert_null(web->reason.data);
	assert_int_equal(web->restarts, 3);
	assert_int_equal(web->started, INT64_C(1795161604) * USEC_PER_SECOND);
	check_slice(side->status_image, "docker.io/library/side:latest");
	assert_null(side->digest.data);
}

static void states_tell_reason_and_message(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	const struct container *side = named(&r, "side"), *setup = named(&r, "setup");
	check_slice(side->state, "waiting");
	check_slice(side->reason, "ImagePullBackOff");
	check_slice(side->message, "with dckr_pat_[masked]");
	check_slice(setup->state, "terminated");
	check_slice(setup->reason, "Completed");
	assert_int_equal(setup->finished, INT64_C(1795161601) * USEC_PER_SECOND);
}

static void without_a_status_the_rest_is_unknown(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(POD);
	const struct container *debug = named(&r, "debug");
	check_slice(debug->image, "busybox");
	assert_null(debug->state.data);
	assert_null(debug->image_id.data);
	assert_int_equal(debug->restarts, INT_UNKNOWN);
	assert_int_equal(debug->started, TIME_UNSET);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(POD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_container_has_its_role),
		cmocka_unit_test(a_container_has_its_holder),
		cmocka_unit_test(statuses_are_joined_by_name),
		cmocka_unit_test(states_tell_reason_and_message),
		cmocka_unit_test(without_a_status_the_rest_is_unknown),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
