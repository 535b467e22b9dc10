/* runtime.Unknown, in which every protobuf body of the API machinery comes: 4 bytes of magic, then {typeMeta 1
 * {apiVersion 1, kind 2}, raw 2}. Source: kubernetes/apimachinery pkg/runtime/serializer/protobuf. Within kube/client.
 */
#ifndef FOTHER_KUBE_CLIENT_FRAMER_UNKNOWN_H
#define FOTHER_KUBE_CLIENT_FRAMER_UNKNOWN_H

#include "base/error.h"
#include "base/slice.h"

#define UNKNOWN_MAGIC SLICE("k8s\0")

enum { UNKNOWN_TYPE_META = 1, UNKNOWN_RAW = 2 };

struct unknown_type {
	struct slice api_version, kind; /* borrowed */
};
/* typeMeta. */
int unknown_read_type(struct slice type_meta, struct unknown_type *ret_type, struct error **err);

/* A whole body. Its raw is not there when it has none. */
int unknown_read(struct slice body, struct unknown_type *ret_type, struct slice *ret_raw, struct error **err);

#endif
