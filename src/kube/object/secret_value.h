/* One value of Secret.data: from what stood in the document to its bytes in the secure heap. Within kube/object. */
#ifndef FOTHER_KUBE_OBJECT_SECRET_VALUE_H
#define FOTHER_KUBE_OBJECT_SECRET_VALUE_H

#include <stdbool.h>

#include "base/error.h"
#include "kube/object/kinds.h"

#define SECRET_VALUE_NOT_BASE64 1
#define SECRET_VALUE_TOO_LARGE 2 /* for a Secret */

/* 0, one of the above, or -1 when the secure heap is out. */
int secret_value_decode(const struct data_value *value, struct secret_bytes *ret_bytes, struct error **err);

/* Whether the first byte that is no blank is an opening brace: costs a few bytes of decoding, whatever the value's
 * length. True when that cannot be told cheaply. */
bool secret_value_may_be_object(const struct data_value *value);

/* Whether a key of data holds a docker config by its name, whatever its value looks like. */
bool secret_key_is_config(struct slice key);

/* null or "" */
bool secret_value_is_empty(const struct data_value *value);

#endif
