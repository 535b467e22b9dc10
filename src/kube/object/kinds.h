/* What we decode of Kubernetes objects: one struct per message of the API, filled by decode.h from the tables in
 * tables.h.
 *
 * All live in the arena of one object and start as zeroes, which is "absent" for every type here. Text is borrowed from
 * the document where it can be (JSON without escapes) and copied to the arena otherwise. Structs whose messages differ
 * by kind (spec, status) are the union of those messages: names that two kinds share mean the same in both.
 *
 * Names are those of the API, in C spelling. Sources: kubernetes/api core/v1, apps/v1, batch/v1, events/v1.
 */
#ifndef FOTHER_KUBE_OBJECT_KINDS_H
#define FOTHER_KUBE_OBJECT_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/reader.h"
#include "base/secret.h"
#include "base/slice.h"
#include "credential/managed.h"

/* INT and TIME (microseconds). */
struct optional {
	bool set;
	int64_t value;
};

enum flag { FLAG_ABSENT, FLAG_FALSE, FLAG_TRUE };

/* An array in the arena; the comment at each member names the item. */
struct list {
	void *items;
	size_t len, capacity;
	bool present; /* it stood there, if only as [] or {} */
};

/* One value of Secret.data or stringData, not decoded yet. */
struct data_value {
	struct slice key;
	struct token token;       /* JSON: the value where it stands in the document */
	struct secret_bytes copy; /* YAML: the text of a value that may be a docker config; see decoder_release */
	bool is_text;             /* of stringData: the value itself, not base64 of it */
	bool is_null;
	bool is_other;     /* YAML: can be no docker config, and was not kept */
	bool is_too_large; /* YAML: larger than a Secret may be, and was not kept */
};

struct owner_reference {
	struct slice api_version, kind, name;
	enum flag controller;
};

struct managed_fields {
	struct slice manager, subresource;
	struct optional time;
	bool owns_data; /* fieldsV1 holds f:data */
};

/* ObjectMeta, and ListMeta's continue. */
struct object_meta {
	struct slice name, namespace, uid, resource_version, continue_token;
	struct optional created, deleted, deletion_grace_seconds;
	struct list labels;         /* struct managed_mark */
	struct list annotations;    /* struct managed_mark: those that tell who manages the object, no others */
	struct list owners;         /* struct owner_reference */
	struct list managed_fields; /* struct managed_fields */
};

/* Anything that is only a name here: LocalObjectReference, SecretVolumeSource, SecretEnvSource, SecretKeySelector. */
struct name_reference {
	struct slice name;
};

struct env_source {
	struct name_reference *secret;
};

struct env_var {
	struct env_source *value_from;
};

struct projected_source {
	struct name_reference *secret;
};

struct projected_volume {
	struct list sources; /* struct projected_source */
};

struct csi_volume {
	struct name_reference *node_publish_secret;
};

struct image_volume {
	struct slice reference, pull_policy;
};

struct volume {
	struct slice name;
	struct name_reference *secret;
	struct projected_volume *projected;
	struct csi_volume *csi;
	struct image_volume *image;
};

struct container_spec {
	struct slice name, image, pull_policy;
	struct list env;      /* struct env_var */
	struct list env_from; /* struct env_source */
};

struct pod_template {
	struct object_meta *metadata;
	struct spec *spec;
};

/* spec of Pod, of the controllers, of Job and CronJob. */
struct spec {
	struct list containers, init_containers, ephemeral_containers; /* struct container_spec */
	struct list volumes;                                           /* struct volume */
	struct list pull_secrets;                                      /* struct name_reference */
	struct slice service_account_name, service_account, node_name;
	struct optional replicas;
	enum flag suspend;
	struct pod_template *template;
	struct pod_template *job_template; /* its spec is a Job's */
};

struct state_detail {
	struct slice reason, message;
	struct optional started, finished;
};

struct container_state {
	struct state_detail *waiting, *running, *terminated;
};

struct container_status {
	struct slice name, image, image_id, container_id;
	struct container_state *state;
	struct optional restarts;
};

struct condition {
	struct optional heartbeat, transition;
};

struct node_info {
	struct slice boot_id, runtime, kubelet_version, architecture;
};

struct cached_image {
	struct list names; /* struct slice */
	struct optional size_bytes;
};

/* status of Pod, Node, Job and CronJob. */
struct status {
	struct slice phase;
	struct optional start_time, completion_time, last_schedule_time;
	struct list containers, init_containers, ephemeral_containers; /* struct container_status */
	struct list conditions;                                        /* struct condition */
	struct node_info *node_info;
	struct list images; /* struct cached_image */
};

struct object_reference {
	struct slice kind, namespace, name, uid, field_path;
};

struct event_source {
	struct slice component, host;
};

struct event_series {
	struct optional count, last_observed;
};

struct version_info {
	struct slice git_version;
};

/* Any object: the union of all kinds, so that a field may stand before `kind` does. */
struct object {
	struct slice api_version, kind;
	struct object_meta *metadata;
	struct spec *spec;
	struct status *status;

	struct slice type; /* Secret, Event */
	struct list data;  /* struct data_value */
	enum flag immutable;

	struct list pull_secrets; /* struct name_reference; ServiceAccount */

	struct pod_template *template; /* PodTemplate */

	struct object_reference *involved; /* Event: involvedObject, regarding */
	struct event_source *source;
	struct event_series *series;
	struct slice reason, message, reporting_instance; /* Event, Status */
	struct optional first_time, last_time, event_time, count, code;

	struct version_info *server_version; /* `kubectl version -o json` */
	bool has_items;
	struct slice fother; /* frozen.h */
};

#endif
