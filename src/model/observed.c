#include "model/observed.h"

/* FIELD_TAG is the struct that the rows of a list take their offsets from. */
#define FIELD_TAG cluster
RECORD_TYPE(cluster, MODEL_CLUSTER, NULL, "One Kubernetes API server's world.");
#undef FIELD_TAG

#define FIELD_TAG read
RECORD_TYPE(read, MODEL_READ, NULL, "One reading of one cluster's world from one source.");
#undef FIELD_TAG

#define FIELD_TAG coverage
RECORD_TYPE(coverage, MODEL_COVERAGE, NULL, "How far one read covered one kind of object.");
#undef FIELD_TAG

#define FIELD_TAG namespace
RECORD_TYPE(namespace, MODEL_NAMESPACE, "Namespace", "A namespace.");
#undef FIELD_TAG

#define FIELD_TAG node
RECORD_TYPE(node, MODEL_NODE, "Node", "A machine of a cluster.");
#undef FIELD_TAG

#define FIELD_TAG node_image
RECORD_TYPE(node_image, MODEL_NODE_IMAGE, "Node", "A name under which a node has an image cached.");
#undef FIELD_TAG

#define FIELD_TAG workload
RECORD_TYPE(workload, MODEL_WORKLOAD, NULL,
	    "A controller that makes pods, or a custom owner's object with a pod template.");
#undef FIELD_TAG

#define FIELD_TAG pod
RECORD_TYPE(pod, MODEL_POD, "Pod", "A pod.");
#undef FIELD_TAG

#define FIELD_TAG container
RECORD_TYPE(container, MODEL_CONTAINER, NULL, "A container of a pod or of a workload's template, or an image volume.");
#undef FIELD_TAG

#define FIELD_TAG service_account
RECORD_TYPE(service_account, MODEL_SERVICE_ACCOUNT, "ServiceAccount",
	    "A service account and the pull secrets that it hands to pods.");
#undef FIELD_TAG

#define FIELD_TAG secret
RECORD_TYPE(secret, MODEL_SECRET, "Secret", "A Secret that holds registry credentials. Never a value of it.");
#undef FIELD_TAG

#define FIELD_TAG entry
RECORD_TYPE(entry, MODEL_ENTRY, "Secret", "One key of a docker config in a secret.");
#undef FIELD_TAG

#define FIELD_TAG entry_value
RECORD_TYPE(entry_value, MODEL_ENTRY_VALUE, NULL, "A value that an entry was seen to hold, by its fingerprint.");
#undef FIELD_TAG

#define FIELD_TAG secret_reader
RECORD_TYPE(secret_reader, MODEL_SECRET_READER, NULL, "Who can read a secret through a volume or its environment.");
#undef FIELD_TAG

#define FIELD_TAG event
RECORD_TYPE(event, MODEL_EVENT, NULL, "A Kubernetes Event that speaks of an image or its pull.");
#undef FIELD_TAG

#define FIELD_TAG defect
RECORD_TYPE(defect, MODEL_DEFECT, NULL, "Something malformed, with its place.");
#undef FIELD_TAG

#define FIELD_TAG gap
RECORD_TYPE(gap, MODEL_GAP, NULL, "A span in which a source lost something.");
#undef FIELD_TAG

#define FIELD_TAG deletion
RECORD_TYPE(deletion, MODEL_DELETION, NULL, "An object that a watch saw being deleted.");
#undef FIELD_TAG

#define FIELD_TAG tag
RECORD_TYPE(tag, MODEL_TAG, "Tag", "A tag at one digest.");
#undef FIELD_TAG

#define FIELD_TAG registry_answer
RECORD_TYPE(registry_answer, MODEL_REGISTRY_ANSWER, NULL, "What a registry answered when it was asked for one name.");
#undef FIELD_TAG

#define FIELD_TAG manifest
RECORD_TYPE(manifest, MODEL_MANIFEST, NULL, "What a digest names: an image, an index, an artifact.");
#undef FIELD_TAG

#define FIELD_TAG index_member
RECORD_TYPE(index_member, MODEL_INDEX_MEMBER, NULL, "One descriptor of an index.");
#undef FIELD_TAG

#define FIELD_TAG image_content
RECORD_TYPE(image_content, MODEL_IMAGE_CONTENT, NULL, "The bytes of a manifest, index or config.");
#undef FIELD_TAG

#define FIELD_TAG registry_event
RECORD_TYPE(registry_event, MODEL_REGISTRY_EVENT, NULL, "What a registry's own records say happened.");
#undef FIELD_TAG

#define FIELD_TAG incident
RECORD_TYPE(incident, MODEL_INCIDENT, NULL, "A breach being worked on.");
#undef FIELD_TAG

#define FIELD_TAG finding
RECORD_TYPE(finding, MODEL_FINDING, NULL, "Something wrong, concluded by detect.");
#undef FIELD_TAG

const struct record_type *const observed_types[] = {
	&coverage_type,       &namespace_type,     &node_type,
	&node_image_type,     &workload_type,      &pod_type,
	&container_type,      &secret_type,        &entry_type,
	&entry_value_type,    &secret_reader_type, &service_account_type,
	&event_type,          &defect_type,        &gap_type,
	&deletion_type,       &tag_type,           &registry_answer_type,
	&manifest_type,       &index_member_type,  &image_content_type,
	&registry_event_type,
};
const size_t observed_type_count = sizeof observed_types / sizeof observed_types[0];
