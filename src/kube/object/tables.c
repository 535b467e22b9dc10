#include "kube/object/tables.h"

#include "kube/object/kinds.h"

#define LEN(array) (sizeof(array) / sizeof(array)[0])

/* Each table says first which struct its members lie in. */
#define PLAIN(name_, number_, type_, place_)                                                                           \
	{                                                                                                              \
		.name = name_, .number = (number_), .type = VALUE_##type_, .offset = offsetof(struct THIS, place_)     \
	}
#define KEPT(name_, number_, type_, place_)                                                                            \
	{                                                                                                              \
		.name = name_, .number = (number_), .type = VALUE_##type_, .offset = offsetof(struct THIS, place_),    \
		.empty = EMPTY_KEPT                                                                                    \
	}
#define ALWAYS(name_, number_, type_, place_)                                                                          \
	{                                                                                                              \
		.name = name_, .number = (number_), .type = VALUE_##type_, .offset = offsetof(struct THIS, place_),    \
		.empty = EMPTY_ALWAYS                                                                                  \
	}
#define OBJECT(name_, number_, place_, message_)                                                                       \
	{                                                                                                              \
		.name = name_, .number = (number_), .type = VALUE_OBJECT, .offset = offsetof(struct THIS, place_),     \
		.message = &(message_)                                                                                 \
	}
#define OBJECTS(name_, number_, place_, message_)                                                                      \
	{                                                                                                              \
		.name = name_, .number = (number_), .type = VALUE_OBJECTS, .offset = offsetof(struct THIS, place_),    \
		.message = &(message_)                                                                                 \
	}
#define INLINE(number_, message_)                                                                                      \
	{                                                                                                              \
		.number = (number_), .type = VALUE_INLINE, .message = &(message_)                                      \
	}
#define MESSAGE(tag, struct_, api_name)                                                                                \
	static const struct message tag = {                                                                            \
		.name = api_name,                                                                                      \
		.size = sizeof(struct struct_),                                                                        \
		.members = tag##_members,                                                                              \
		.member_count = LEN(tag##_members),                                                                    \
	}

/* --- metadata --- */
#define THIS owner_reference
static const struct member owner_reference_members[] = {
	ALWAYS("apiVersion", 5, TEXT, api_version),
	ALWAYS("kind", 1, TEXT, kind),
	ALWAYS("name", 3, TEXT, name),
	KEPT("controller", 6, BOOL, controller),
};
MESSAGE(owner_reference, owner_reference, "OwnerReference");
#undef THIS

#define THIS managed_fields
static const struct member managed_fields_members[] = {
	PLAIN("manager", 1, TEXT, manager),
	PLAIN("time", 4, TIME, time),
	PLAIN("fieldsV1", 7, OWNED_FIELDS, owns_data),
	PLAIN("subresource", 8, TEXT, subresource),
};
MESSAGE(managed_fields, managed_fields, "ManagedFieldsEntry");
#undef THIS

#define THIS object_meta
static const struct member object_meta_members[] = {
	PLAIN("name", 1, TEXT, name),
	PLAIN("namespace", 3, TEXT, namespace),
	PLAIN("uid", 5, TEXT, uid),
	PLAIN("resourceVersion", 6, TEXT, resource_version),
	PLAIN("creationTimestamp", 8, TIME, created),
	PLAIN("deletionTimestamp", 9, TIME_AHEAD, deleted),
	KEPT("deletionGracePeriodSeconds", 10, INT, deletion_grace_seconds),
	PLAIN("labels", 11, LABELS, labels),
	PLAIN("annotations", 12, ANNOTATIONS, annotations),
	OBJECTS("ownerReferences", 13, owners, owner_reference),
	OBJECTS("managedFields", 17, managed_fields, managed_fields),
};
MESSAGE(object_meta, object_meta, "ObjectMeta");

static const struct member list_meta_members[] = {
	PLAIN("resourceVersion", 2, TEXT, resource_version),
	PLAIN("continue", 3, TEXT, continue_token),
};
MESSAGE(list_meta, object_meta, "ListMeta");

static const struct member any_meta_members[] = { INLINE(0, object_meta), INLINE(0, list_meta) };
MESSAGE(any_meta, object_meta, "");
#undef THIS

/* --- references to secrets --- */
#define THIS name_reference
static const struct member local_reference_members[] = { PLAIN("name", 1, TEXT, name) };
MESSAGE(local_reference, name_reference, "LocalObjectReference");

static const struct member secret_volume_members[] = { PLAIN("secretName", 1, TEXT, name) };
MESSAGE(secret_volume, name_reference, "SecretVolumeSource");

static const struct member secret_projection_members[] = { INLINE(1, local_reference) };
MESSAGE(secret_projection, name_reference, "SecretProjection");

static const struct member secret_key_selector_members[] = { INLINE(1, local_reference) };
MESSAGE(secret_key_selector, name_reference, "SecretKeySelector");

static const struct member secret_env_source_members[] = { INLINE(1, local_reference) };
MESSAGE(secret_env_source, name_reference, "SecretEnvSource");
#undef THIS

/* --- containers --- */
#define THIS env_source
static const struct member env_var_source_members[] = { OBJECT("secretKeyRef", 4, secret, secret_key_selector) };
MESSAGE(env_var_source, env_source, "EnvVarSource");

static const struct member env_from_source_members[] = { OBJECT("secretRef", 3, secret, secret_env_source) };
MESSAGE(env_from_source, env_source, "EnvFromSource");
#undef THIS

#define THIS env_var
static const struct member env_var_members[] = { OBJECT("valueFrom", 3, value_from, env_var_source) };
MESSAGE(env_var, env_var, "EnvVar");
#undef THIS

#define THIS container_spec
static const struct member container_members[] = {
	ALWAYS("name", 1, TEXT, name),
	PLAIN("image", 2, TEXT, image),
	OBJECTS("env", 7, env, env_var),
	PLAIN("imagePullPolicy", 14, TEXT, pull_policy),
	OBJECTS("envFrom", 19, env_from, env_from_source),
};
MESSAGE(container, container_spec, "Container");

static const struct member ephemeral_container_members[] = { INLINE(1, container) };
MESSAGE(ephemeral_container, container_spec, "EphemeralContainer");
#undef THIS

/* --- volumes --- */
#define THIS projected_source
static const struct member projection_members[] = { OBJECT("secret", 1, secret, secret_projection) };
MESSAGE(projection, projected_source, "VolumeProjection");
#undef THIS

#define THIS projected_volume
static const struct member projected_volume_members[] = { OBJECTS("sources", 1, sources, projection) };
MESSAGE(projected_volume, projected_volume, "ProjectedVolumeSource");
#undef THIS

#define THIS csi_volume
static const struct member csi_volume_members[] = {
	OBJECT("nodePublishSecretRef", 5, node_publish_secret, local_reference),
};
MESSAGE(csi_volume, csi_volume, "CSIVolumeSource");
#undef THIS

#define THIS image_volume
static const struct member image_volume_members[] = {
	PLAIN("reference", 1, TEXT, reference),
	PLAIN("pullPolicy", 2, TEXT, pull_policy),
};
MESSAGE(image_volume, image_volume, "ImageVolumeSource");
#undef THIS

#define THIS volume
static const struct member volume_source_members[] = {
	OBJECT("secret", 6, secret, secret_volume),
	OBJECT("projected", 26, projected, projected_volume),
	OBJECT("csi", 28, csi, csi_volume),
	OBJECT("image", 30, image, image_volume),
};
MESSAGE(volume_source, volume, "VolumeSource");

static const struct member volume_members[] = { ALWAYS("name", 1, TEXT, name), INLINE(2, volume_source) };
MESSAGE(volume, volume, "Volume");
#undef THIS

/* --- spec --- */
#define THIS spec
static const struct member pod_spec_members[] = {
	OBJECTS("volumes", 1, volumes, volume),
	OBJECTS("containers", 2, containers, container),
	PLAIN("serviceAccountName", 8, TEXT, service_account_name),
	PLAIN("serviceAccount", 9, TEXT, service_account),
	PLAIN("nodeName", 10, TEXT, node_name),
	OBJECTS("imagePullSecrets", 15, pull_secrets, local_reference),
	OBJECTS("initContainers", 20, init_containers, container),
	OBJECTS("ephemeralContainers", 34, ephemeral_containers, ephemeral_container),
};
MESSAGE(pod_spec, spec, "PodSpec");
#undef THIS

#define THIS pod_template
static const struct member pod_template_spec_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, pod_spec),
};
MESSAGE(pod_template_spec, pod_template, "PodTemplateSpec");
#undef THIS

#define THIS spec
/* Deployment, ReplicaSet, StatefulSet and ReplicationController give them the same numbers. */
static const struct member replicas_spec_members[] = {
	KEPT("replicas", 1, INT, replicas),
	OBJECT("template", 3, template, pod_template_spec),
};
MESSAGE(replicas_spec, spec, "DeploymentSpec");

static const struct member daemon_set_spec_members[] = { OBJECT("template", 2, template, pod_template_spec) };
MESSAGE(daemon_set_spec, spec, "DaemonSetSpec");

static const struct member job_spec_members[] = {
	OBJECT("template", 6, template, pod_template_spec),
	KEPT("suspend", 10, BOOL, suspend),
};
MESSAGE(job_spec, spec, "JobSpec");
#undef THIS

#define THIS pod_template
static const struct member job_template_spec_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, job_spec),
};
MESSAGE(job_template_spec, pod_template, "JobTemplateSpec");
#undef THIS

#define THIS spec
static const struct member cron_job_spec_members[] = {
	KEPT("suspend", 4, BOOL, suspend),
	OBJECT("jobTemplate", 5, job_template, job_template_spec),
};
MESSAGE(cron_job_spec, spec, "CronJobSpec");

static const struct member any_spec_members[] = {
	INLINE(0, pod_spec), INLINE(0, replicas_spec), INLINE(0, daemon_set_spec),
	INLINE(0, job_spec), INLINE(0, cron_job_spec),
};
MESSAGE(any_spec, spec, "");
#undef THIS

/* --- status --- */
#define THIS state_detail
static const struct member waiting_members[] = {
	PLAIN("reason", 1, TEXT, reason),
	PLAIN("message", 2, TEXT, message),
};
MESSAGE(waiting, state_detail, "ContainerStateWaiting");

static const struct member running_members[] = { PLAIN("startedAt", 1, TIME, started) };
MESSAGE(running, state_detail, "ContainerStateRunning");

static const struct member terminated_members[] = {
	PLAIN("reason", 3, TEXT, reason),
	PLAIN("message", 4, TEXT, message),
	PLAIN("startedAt", 5, TIME, started),
	PLAIN("finishedAt", 6, TIME, finished),
};
MESSAGE(terminated, state_detail, "ContainerStateTerminated");
#undef THIS

#define THIS container_state
static const struct member container_state_members[] = {
	OBJECT("waiting", 1, waiting, waiting),
	OBJECT("running", 2, running, running),
	OBJECT("terminated", 3, terminated, terminated),
};
MESSAGE(container_state, container_state, "ContainerState");
#undef THIS

#define THIS container_status
static const struct member container_status_members[] = {
	ALWAYS("name", 1, TEXT, name),
	OBJECT("state", 2, state, container_state),
	ALWAYS("restartCount", 5, INT, restarts),
	ALWAYS("image", 6, TEXT, image),
	ALWAYS("imageID", 7, TEXT, image_id),
	PLAIN("containerID", 8, TEXT, container_id),
};
MESSAGE(container_status, container_status, "ContainerStatus");
#undef THIS

#define THIS condition
static const struct member pod_condition_members[] = { PLAIN("lastTransitionTime", 4, TIME, transition) };
MESSAGE(pod_condition, condition, "PodCondition");

static const struct member node_condition_members[] = {
	PLAIN("lastHeartbeatTime", 3, TIME, heartbeat),
	PLAIN("lastTransitionTime", 4, TIME, transition),
};
MESSAGE(node_condition, condition, "NodeCondition");

static const struct member any_condition_members[] = { INLINE(0, pod_condition), INLINE(0, node_condition) };
MESSAGE(any_condition, condition, "");
#undef THIS

#define THIS node_info
static const struct member node_info_members[] = {
	ALWAYS("bootID", 3, TEXT, boot_id),
	ALWAYS("containerRuntimeVersion", 6, TEXT, runtime),
	ALWAYS("kubeletVersion", 7, TEXT, kubelet_version),
	ALWAYS("architecture", 10, TEXT, architecture),
};
MESSAGE(node_info, node_info, "NodeSystemInfo");
#undef THIS

#define THIS cached_image
static const struct member cached_image_members[] = {
	PLAIN("names", 1, TEXTS, names),
	PLAIN("sizeBytes", 2, INT, size_bytes),
};
MESSAGE(cached_image, cached_image, "ContainerImage");
#undef THIS

#define THIS status
static const struct member pod_status_members[] = {
	PLAIN("phase", 1, TEXT, phase),
	OBJECTS("conditions", 2, conditions, pod_condition),
	PLAIN("startTime", 7, TIME, start_time),
	OBJECTS("containerStatuses", 8, containers, container_status),
	OBJECTS("initContainerStatuses", 10, init_containers, container_status),
	OBJECTS("ephemeralContainerStatuses", 13, ephemeral_containers, container_status),
};
MESSAGE(pod_status, status, "PodStatus");

static const struct member node_status_members[] = {
	OBJECTS("conditions", 4, conditions, node_condition),
	OBJECT("nodeInfo", 7, node_info, node_info),
	OBJECTS("images", 8, images, cached_image),
};
MESSAGE(node_status, status, "NodeStatus");

static const struct member job_status_members[] = {
	PLAIN("startTime", 2, TIME, start_time),
	PLAIN("completionTime", 3, TIME, completion_time),
};
MESSAGE(job_status, status, "JobStatus");

static const struct member cron_job_status_members[] = { PLAIN("lastScheduleTime", 4, TIME, last_schedule_time) };
MESSAGE(cron_job_status, status, "CronJobStatus");

static const struct member any_status_members[] = {
	OBJECTS("conditions", 0, conditions, any_condition),
	INLINE(0, pod_status),
	INLINE(0, node_status),
	INLINE(0, job_status),
	INLINE(0, cron_job_status),
};
MESSAGE(any_status, status, "");
#undef THIS

/* --- parts of events --- */
#define THIS object_reference
static const struct member object_reference_members[] = {
	PLAIN("kind", 1, TEXT, kind), PLAIN("namespace", 2, TEXT, namespace),  PLAIN("name", 3, TEXT, name),
	PLAIN("uid", 4, TEXT, uid),   PLAIN("fieldPath", 7, TEXT, field_path),
};
MESSAGE(object_reference, object_reference, "ObjectReference");
#undef THIS

#define THIS event_source
static const struct member event_source_members[] = {
	PLAIN("component", 1, TEXT, component),
	PLAIN("host", 2, TEXT, host),
};
MESSAGE(event_source, event_source, "EventSource");
#undef THIS

#define THIS event_series
static const struct member core_event_series_members[] = {
	PLAIN("count", 1, INT, count),
	PLAIN("lastObservedTime", 2, TIME, last_observed),
};
MESSAGE(core_event_series, event_series, "EventSeries");

static const struct member event_series_members[] = {
	ALWAYS("count", 1, INT, count),
	PLAIN("lastObservedTime", 2, TIME, last_observed),
};
MESSAGE(event_series, event_series, "events.k8s.io EventSeries");
#undef THIS

/* --- kinds --- */
#define THIS object
static const struct member secret_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	PLAIN("data", 2, DATA, data),
	PLAIN("type", 3, TEXT, type),
	PLAIN("stringData", 4, TEXT_DATA, data),
	KEPT("immutable", 5, BOOL, immutable),
};
MESSAGE(secret, object, "Secret");

static const struct member service_account_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECTS("imagePullSecrets", 3, pull_secrets, local_reference),
};
MESSAGE(service_account, object, "ServiceAccount");

static const struct member pod_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, pod_spec),
	OBJECT("status", 3, status, pod_status),
};
MESSAGE(pod, object, "Pod");

static const struct member replicas_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, replicas_spec),
};
MESSAGE(replicas, object, "Deployment");

static const struct member daemon_set_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, daemon_set_spec),
};
MESSAGE(daemon_set, object, "DaemonSet");

static const struct member job_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, job_spec),
	OBJECT("status", 3, status, job_status),
};
MESSAGE(job, object, "Job");

static const struct member cron_job_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("spec", 2, spec, cron_job_spec),
	OBJECT("status", 3, status, cron_job_status),
};
MESSAGE(cron_job, object, "CronJob");

static const struct member pod_template_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("template", 2, template, pod_template_spec),
};
MESSAGE(pod_template, object, "PodTemplate");

static const struct member node_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("status", 3, status, node_status),
};
MESSAGE(node, object, "Node");

static const struct member namespace_members[] = { OBJECT("metadata", 1, metadata, object_meta) };
MESSAGE(namespace, object, "Namespace");

static const struct member core_event_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	OBJECT("involvedObject", 2, involved, object_reference),
	PLAIN("reason", 3, TEXT, reason),
	PLAIN("message", 4, TEXT, message),
	OBJECT("source", 5, source, event_source),
	PLAIN("firstTimestamp", 6, TIME, first_time),
	PLAIN("lastTimestamp", 7, TIME, last_time),
	PLAIN("count", 8, INT, count),
	PLAIN("type", 9, TEXT, type),
	PLAIN("eventTime", 10, TIME, event_time),
	OBJECT("series", 11, series, core_event_series),
	ALWAYS("reportingInstance", 15, TEXT, reporting_instance),
};
MESSAGE(core_event, object, "Event");

/* events.k8s.io: the same facts under other names and numbers. */
static const struct member event_members[] = {
	OBJECT("metadata", 1, metadata, object_meta),
	PLAIN("eventTime", 2, TIME, event_time),
	OBJECT("series", 3, series, event_series),
	PLAIN("reportingInstance", 5, TEXT, reporting_instance),
	PLAIN("reason", 7, TEXT, reason),
	OBJECT("regarding", 8, involved, object_reference),
	PLAIN("note", 10, TEXT, message),
	PLAIN("type", 11, TEXT, type),
	OBJECT("deprecatedSource", 12, source, event_source),
	PLAIN("deprecatedFirstTimestamp", 13, TIME, first_time),
	PLAIN("deprecatedLastTimestamp", 14, TIME, last_time),
	PLAIN("deprecatedCount", 15, INT, count),
};
MESSAGE(event, object, "events.k8s.io Event");

/* metav1.Status: the answer of an API server that refused. */
static const struct member status_error_members[] = {
	OBJECT("metadata", 1, metadata, list_meta),
	PLAIN("message", 3, TEXT, message),
	PLAIN("reason", 4, TEXT, reason),
	PLAIN("code", 6, INT, code),
};
MESSAGE(status_error, object, "Status");
#undef THIS

#define THIS version_info
static const struct member version_info_members[] = { PLAIN("gitVersion", 0, TEXT, git_version) };
MESSAGE(version_info, version_info, "");
#undef THIS

#define THIS object
static const struct member any_object_members[] = {
	PLAIN("apiVersion", 0, TEXT, api_version),
	PLAIN("kind", 0, TEXT, kind),
	OBJECT("metadata", 0, metadata, any_meta),
	OBJECT("spec", 0, spec, any_spec),
	OBJECT("status", 0, status, any_status),
	PLAIN("items", 0, ITEMS, has_items),
	PLAIN("fother", 0, JSON, fother),
	OBJECT("serverVersion", 0, server_version, version_info),
	INLINE(0, secret),
	INLINE(0, service_account),
	INLINE(0, pod_template),
	INLINE(0, core_event),
	INLINE(0, event),
	INLINE(0, status_error),
};
const struct message any_object = {
	.name = "",
	.size = sizeof(struct object),
	.members = any_object_members,
	.member_count = LEN(any_object_members),
};
#undef THIS

#define THIS object
static const struct member any_status_error_members[] = {
	PLAIN("apiVersion", 0, TEXT, api_version),
	PLAIN("kind", 0, TEXT, kind),
	INLINE(0, status_error),
};
const struct message any_status_error = {
	.name = "",
	.size = sizeof(struct object),
	.members = any_status_error_members,
	.member_count = LEN(any_status_error_members),
};
#undef THIS

const struct message partial_object_metadata = {
	.name = "PartialObjectMetadata",
	.size = sizeof(struct object),
	.members = namespace_members,
	.member_count = LEN(namespace_members),
};

const struct kind_message kind_messages[] = {
	{ "", "Secret", &secret },
	{ "", "ServiceAccount", &service_account },
	{ "", "Pod", &pod },
	{ "", "PodTemplate", &pod_template },
	{ "", "ReplicationController", &replicas },
	{ "", "Node", &node },
	{ "", "Namespace", &namespace },
	{ "", "Event", &core_event },
	{ "", "Status", &status_error },
	{ "apps", "Deployment", &replicas },
	{ "apps", "ReplicaSet", &replicas },
	{ "apps", "StatefulSet", &replicas },
	{ "apps", "DaemonSet", &daemon_set },
	{ "batch", "Job", &job },
	{ "batch", "CronJob", &cron_job },
	{ "events.k8s.io", "Event", &event },
};
const size_t kind_message_count = LEN(kind_messages);

const struct message *kind_message_of(struct slice group, struct slice kind)
{
	for (size_t i = 0; i < kind_message_count; i++) {
		if (slice_equal_text(kind, kind_messages[i].kind) && slice_equal_text(group, kind_messages[i].group))
			return kind_messages[i].message;
	}
	return NULL;
}
