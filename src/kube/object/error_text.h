/* What kubectl prints instead of objects when it could not read them, saved as if it were a dump. Within kube/object.
 */
#ifndef FOTHER_KUBE_OBJECT_ERROR_TEXT_H
#define FOTHER_KUBE_OBJECT_ERROR_TEXT_H

#include <stdbool.h>

#include "kube/object/object.h"

/* `Error from server (Forbidden): ...` and its like. Some are YAML mappings too. */
bool error_text_likely(struct slice text);

/* A File defect error_response with the text's first line, recognised tokens masked. */
int error_text_put(struct object_context *context, struct slice text, struct slice place, struct error **err);

#endif
