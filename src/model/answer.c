#include "model/answer.h"

/* FIELD_TAG is the struct that the rows of a list take their offsets from. */
/* A list's records come before the record that lists them. */
#define FIELD_TAG copy
RECORD_TYPE(copy, MODEL_COPY, NULL, "One secret that holds a copy of a credential.");
#undef FIELD_TAG

#define FIELD_TAG user
RECORD_TYPE(user, MODEL_USER, NULL, "A workload, pod or service account that uses a secret.");
#undef FIELD_TAG

#define FIELD_TAG credential
RECORD_TYPE(credential, MODEL_CREDENTIAL, NULL,
	    "One login: the same user, host and secret part in any number of secrets.");
#undef FIELD_TAG

#define FIELD_TAG secret_entry
RECORD_TYPE(secret_entry, MODEL_SECRET_ENTRY, NULL, "One login in a secret.");
#undef FIELD_TAG

#define FIELD_TAG secret_row
RECORD_TYPE(secret_row, MODEL_SECRET_ROW, NULL, "One secret, what is in it and who uses it.");
#undef FIELD_TAG

#define FIELD_TAG sighting
RECORD_TYPE(sighting, MODEL_SIGHTING, NULL, "A digest, or a tag whose digest is not known, seen in a place.");
#undef FIELD_TAG

#define FIELD_TAG image
RECORD_TYPE(image, MODEL_IMAGE, NULL, "An image and everywhere that it was seen.");
#undef FIELD_TAG

#define FIELD_TAG tag_state
RECORD_TYPE(tag_state, MODEL_TAG_STATE, NULL, "One state of a tag.");
#undef FIELD_TAG

#define FIELD_TAG tag_row
RECORD_TYPE(tag_row, MODEL_TAG_ROW, NULL, "A tag, with its history.");
#undef FIELD_TAG

#define FIELD_TAG image_facts
RECORD_TYPE(image_facts, MODEL_IMAGE_FACTS, NULL, "What a digest names, with the names and places that it has.");
#undef FIELD_TAG

#define FIELD_TAG layer_row
RECORD_TYPE(layer_row, MODEL_LAYER_ROW, NULL, "One step of an image's history with its layer.");
#undef FIELD_TAG

#define FIELD_TAG dockerfile
RECORD_TYPE(dockerfile, MODEL_DOCKERFILE, NULL, "A Dockerfile made of an image's history.");
#undef FIELD_TAG

#define FIELD_TAG image_difference
RECORD_TYPE(image_difference, MODEL_IMAGE_DIFFERENCE, NULL, "What differs between two images.");
#undef FIELD_TAG

#define FIELD_TAG repository
RECORD_TYPE(repository, MODEL_REPOSITORY, NULL, "A path in a registry.");
#undef FIELD_TAG

#define FIELD_TAG registry
RECORD_TYPE(registry, MODEL_REGISTRY, NULL, "A registry that logins or images were seen for.");
#undef FIELD_TAG

#define FIELD_TAG collected
RECORD_TYPE(collected, MODEL_COLLECTED, NULL, "A cluster that was frozen into a snapshot.");
#undef FIELD_TAG

#define FIELD_TAG secret_change
RECORD_TYPE(secret_change, MODEL_SECRET_CHANGE, NULL, "A change of a secret.");
#undef FIELD_TAG

#define FIELD_TAG action
RECORD_TYPE(action, MODEL_ACTION, NULL, "One thing to do now.");
#undef FIELD_TAG

#define FIELD_TAG unknown
RECORD_TYPE(unknown, MODEL_UNKNOWN, NULL, "One thing that is not known.");
#undef FIELD_TAG

#define FIELD_TAG triage_row
RECORD_TYPE(triage_row, MODEL_TRIAGE_ROW, NULL, "A row of any section of triage, in one shape.");
#undef FIELD_TAG
