#include "kube/object/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/object/kinds.h"
#include "support/check.h"

/* From kubernetes/api generated.proto (2026-07-24). */
static const char *const NUMBERS[] = {
	"OwnerReference kind 1 name 3 apiVersion 5 controller 6",
	"ManagedFieldsEntry manager 1 time 4 fieldsV1 7 subresource 8",
	"ObjectMeta name 1 namespace 3 uid 5 resourceVersion 6 creationTimestamp 8 deletionTimestamp 9 "
	"deletionGracePeriodSeconds 10 labels 11 annotations 12 ownerReferences 13 managedFields 17",
	"ListMeta resourceVersion 2 continue 3",
	"LocalObjectReference name 1",
	"SecretVolumeSource secretName 1",
	"SecretProjection - 1",
	"SecretKeySelector - 1",
	"SecretEnvSource - 1",
	"EnvVarSource secretKeyRef 4",
	"EnvFromSource secretRef 3",
	"EnvVar valueFrom 3",
	"Container name 1 image 2 env 7 imagePullPolicy 14 envFrom 19",
	"EphemeralContainer - 1",
	"VolumeProjection secret 1",
	"ProjectedVolumeSource sources 1",
	"CSIVolumeSource nodePublishSecretRef 5",
	"ImageVolumeSource reference 1 pullPolicy 2",
	"VolumeSource secret 6 projected 26 csi 28 image 30",
	"Volume name 1 - 2",
	"PodSpec volumes 1 containers 2 serviceAccountName 8 serviceAccount 9 nodeName 10 imagePullSecrets 15 "
	"initContainers 20 ephemeralContainers 34",
	"PodTemplateSpec metadata 1 spec 2",
	"DeploymentSpec replicas 1 template 3",
	"DaemonSetSpec template 2",
	"JobSpec template 6 suspend 10",
	"JobTemplateSpec metadata 1 spec 2",
	"CronJobSpec suspend 4 jobTemplate 5",
	"ContainerStateWaiting reason 1 message 2",
	"ContainerStateRunning startedAt 1",
	"ContainerStateTerminated reason 3 message 4 startedAt 5 finishedAt 6",
	"ContainerState waiting 1 running 2 terminated 3",
	"ContainerStatus name 1 state 2 restartCount 5 image 6 imageID 7 containerID 8",
	"PodCondition lastTransitionTime 4",
	"NodeCondition lastHeartbeatTime 3 lastTransitionTime 4",
	"NodeSystemInfo bootID 3 containerRuntimeVersion 6 kubeletVersion 7 architecture 10",
	"ContainerImage names 1 sizeBytes 2",
	"PodStatus phase 1 conditions 2 startTime 7 containerStatuses 8 initContainerStatuses 10 "
	"ephemeralContainerStatuses 13",
	"NodeStatus conditions 4 nodeInfo 7 images 8",
	"JobStatus startTime 2 completionTime 3",
	"CronJobStatus lastScheduleTime 4",
	"ObjectReference kind 1 namespace 2 name 3 uid 4 fieldPath 7",
	"EventSource component 1 host 2",
	"EventSeries count 1 lastObservedTime 2",
	"events.k8s.io EventSeries count 1 lastObservedTime 2",
	"Secret metadata 1 data 2 type 3 stringData 4 immutable 5",
	"ServiceAccount metadata 1 imagePullSecrets 3",
	"Pod metadata 1 spec 2 status 3",
	"Deployment metadata 1 spec 2",
	"DaemonSet metadata 1 spec 2",
	"Job metadata 1 spec 2 status 3",
	"CronJob metadata 1 spec 2 status 3",
	"PodTemplate metadata 1 template 2",
	"Node metadata 1 status 3",
	"Namespace metadata 1",
	"Event metadata 1 involvedObject 2 reason 3 message 4 source 5 firstTimestamp 6 lastTimestamp 7 count 8 type 9 "
	"eventTime 10 series 11 reportingInstance 15",
	"events.k8s.io Event metadata 1 eventTime 2 series 3 reportingInstance 5 reason 7 regarding 8 note 10 type 11 "
	"deprecatedSource 12 deprecatedFirstTimestamp 13 deprecatedLastTimestamp 14 deprecatedCount 15",
	"Status metadata 1 message 3 reason 4 code 6",
};
#define NUMBERS_LEN (sizeof NUMBERS / sizeof NUMBERS[0])

static const struct message *visited[256];
static size_t visited_len;

static bool visit(const struct message *message)
{
	for (size_t i = 0; i < visited_len; i++) {
		if (visited[i] == message)
			return false;
	}
	assert_true(visited_len < 256);
	visited[visited_len++] = message;
	return true;
}

static void for_each_message(const struct message *message, void (*check)(const struct message *))
{
	if (!visit(message))
		return;
	check(message);
	for (size_t i = 0; i < message->member_count; i++) {
		if (message->members[i].message)
			for_each_message(message->members[i].message, check);
	}
}

static void for_all(void (*check)(const struct message *))
{
	visited_len = 0;
	for_each_message(&any_object, check);
	for (size_t i = 0; i < kind_message_count; i++)
		for_each_message(kind_messages[i].message, check);
}

static size_t checked_numbers;

static void check_numbers(const struct message *message)
{
	char text[1024];
	size_t len = (size_t)snprintf(text, sizeof text, "%s", message->name);
	if (!*message->name)
		return; /* a union, which no API has */
	for (size_t i = 0; i < message->member_count; i++) {
		const struct member *member = &message->members[i];
		len += (size_t)snprintf(text + len, sizeof text - len, " %s %u", member->name ? member->name : "-",
					member->number);
	}
	checked_numbers++;
	for (size_t i = 0; i < NUMBERS_LEN; i++) {
		char expected[1024];
		/* The order does not matter: each "name number" pair must stand in the expected line, and nothing else.
		 */
		size_t name_len = strlen(message->name);
		snprintf(expected, sizeof expected, "%s", NUMBERS[i]);
		if (strncmp(expected, message->name, name_len) != 0 || expected[name_len] != ' ' ||
		    strlen(expected) != strlen(text))
			continue;
		for (size_t k = 0; k < message->member_count; k++) {
			char pair[128];
			const struct member *member = &message->members[k];
			snprintf(pair, sizeof pair, " %s %u", member->name ? member->name : "-", member->number);
			const char *found = strstr(expected + name_len, pair);
			if (!found || (found[strlen(pair)] != ' ' && found[strlen(pair)]))
				fail_msg("%s: %s is not expected", message->name, pair);
		}
		return;
	}
	fail_msg("no expected numbers for: %s", text);
}

static void the_numbers_are_those_of_the_api(void **state)
{
	for_all(check_numbers);
	assert_int_equal(checked_numbers, NUMBERS_LEN);
}

/* From the json tags in kubernetes/api and kubernetes/apimachinery types.go (2026-07-24): those of our fields that have
 * no omitempty, and those that are pointers. All others are left out of JSON when they are empty. */
static const char *const ALWAYS[] = {
	"OwnerReference.apiVersion",
	"OwnerReference.kind",
	"OwnerReference.name",
	"Container.name",
	"Volume.name",
	"ContainerStatus.name",
	"ContainerStatus.restartCount",
	"ContainerStatus.image",
	"ContainerStatus.imageID",
	"NodeSystemInfo.bootID",
	"NodeSystemInfo.containerRuntimeVersion",
	"NodeSystemInfo.kubeletVersion",
	"NodeSystemInfo.architecture",
	"events.k8s.io EventSeries.count",
	"Event.reportingInstance",
};
static const char *const KEPT[] = {
	"OwnerReference.controller", "ObjectMeta.deletionGracePeriodSeconds",
	"DeploymentSpec.replicas",   "JobSpec.suspend",
	"CronJobSpec.suspend",       "Secret.immutable",
};
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static size_t checked_empties;

static bool has_text(const char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(texts[i], text))
			return true;
	}
	return false;
}

static void check_empties(const struct message *message)
{
	for (size_t i = 0; *message->name && i < message->member_count; i++) {
		const struct member *member = &message->members[i];
		char name[128];
		snprintf(name, sizeof name, "%s.%s", message->name, member->name ? member->name : "-");
		enum empty_value expected = has_text(ALWAYS, COUNT(ALWAYS), name) ? EMPTY_ALWAYS
					    : has_text(KEPT, COUNT(KEPT), name)   ? EMPTY_KEPT
										  : EMPTY_OMITTED;
		if (member->empty != expected)
			fail_msg("%s: %d, not %d", name, member->empty, expected);
		checked_empties += expected != EMPTY_OMITTED;
	}
}

static void empty_values_are_told_from_absent_ones_as_go_does(void **state)
{
	for_all(check_empties);
	assert_int_equal(checked_empties, COUNT(ALWAYS) + COUNT(KEPT));
}

static void check_unique(const struct message *message)
{
	for (size_t i = 0; i < message->member_count; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct member *a = &message->members[i], *b = &message->members[k];
			if (a->number && a->number == b->number)
				fail_msg("%s: number %u stands twice", message->name, a->number);
			if (a->name && b->name && !strcmp(a->name, b->name))
				fail_msg("%s: %s stands twice", message->name, a->name);
		}
	}
}

static void numbers_and_names_stand_once(void **state)
{
	for_all(check_unique);
}

static size_t value_size(enum value_type type)
{
	switch (type) {
	case VALUE_TEXT:
	case VALUE_JSON:
		return sizeof(struct slice);
	case VALUE_BOOL:
		return sizeof(enum flag);
	case VALUE_INT:
	case VALUE_TIME:
	case VALUE_TIME_AHEAD:
		return sizeof(struct optional);
	case VALUE_OWNED_FIELDS:
	case VALUE_ITEMS:
		return sizeof(bool);
	case VALUE_OBJECT:
		return sizeof(void *);
	case VALUE_INLINE:
		return 0;
	default:
		return sizeof(struct list);
	}
}

static void check_places(const struct message *message)
{
	for (size_t i = 0; i < message->member_count; i++) {
		const struct member *member = &message->members[i];
		assert_true(member->offset + value_size(member->type) <= message->size);
		if (member->type == VALUE_INLINE)
			assert_int_equal(member->message->size, message->size);
		assert_true(!member->message == (member->type != VALUE_OBJECT && member->type != VALUE_OBJECTS &&
						 member->type != VALUE_INLINE));
	}
}

static void members_lie_in_their_struct(void **state)
{
	for_all(check_places);
}

/* --- a union: all members of one name agree --- */
static const struct member *flat[512];
static size_t flat_len;

static void flatten(const struct message *message)
{
	for (size_t i = 0; i < message->member_count; i++) {
		if (message->members[i].type == VALUE_INLINE)
			flatten(message->members[i].message);
		else
			flat[flat_len++] = &message->members[i];
	}
}

static void check_agreement(const struct message *message)
{
	flat_len = 0;
	flatten(message);
	for (size_t i = 0; i < flat_len; i++) {
		for (size_t k = 0; k < i; k++) {
			if (strcmp(flat[i]->name, flat[k]->name) != 0)
				continue;
			assert_int_equal(flat[i]->type, flat[k]->type);
			assert_int_equal(flat[i]->offset, flat[k]->offset);
			if (flat[i]->message)
				assert_int_equal(flat[i]->message->size, flat[k]->message->size);
		}
	}
}

static void members_of_one_name_agree(void **state)
{
	for_all(check_agreement);
}

/* JSON sees every field that protobuf sees. */
static void the_union_knows_every_field_of_every_kind(void **state)
{
	flat_len = 0;
	flatten(&any_object);
	for (size_t i = 0; i < kind_message_count; i++) {
		const struct message *message = kind_messages[i].message;
		for (size_t k = 0; k < message->member_count; k++) {
			bool known = false;
			for (size_t n = 0; n < flat_len; n++)
				known = known || !strcmp(flat[n]->name, message->members[k].name);
			if (!known)
				fail_msg("%s of %s is not in any_object", message->members[k].name,
					 kind_messages[i].kind);
		}
	}
}

static void a_kind_is_found_in_its_group(void **state)
{
	for (size_t i = 0; i < kind_message_count; i++)
		assert_ptr_equal(kind_message_of(slice_of(kind_messages[i].group), slice_of(kind_messages[i].kind)),
				 kind_messages[i].message);
	assert_null(kind_message_of(SLICE("argoproj.io"), SLICE("Rollout")));
	assert_null(kind_message_of(SLICE("apps"), SLICE("Secret")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_numbers_are_those_of_the_api),
		cmocka_unit_test(empty_values_are_told_from_absent_ones_as_go_does),
		cmocka_unit_test(numbers_and_names_stand_once),
		cmocka_unit_test(members_lie_in_their_struct),
		cmocka_unit_test(members_of_one_name_agree),
		cmocka_unit_test(a_kind_is_found_in_its_group),
		cmocka_unit_test(the_union_knows_every_field_of_every_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
