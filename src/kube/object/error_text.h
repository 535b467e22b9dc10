/* What kubectl prints instead of objects when it could not read them, saved as if it were a dump. Also for those who
 * read the files of a dump.
 */
#ifndef FOTHER_KUBE_OBJECT_ERROR_TEXT_H
#define FOTHER_KUBE_OBJECT_ERROR_TEXT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "kube/object/object.h"

#define DEFECT_ERROR_TEXT "error_text"

/* `Error from server (Forbidden): ...` and its like, behind no blanks. Some are YAML mappings too. */
bool error_text_likely(struct slice text);

/* Adds the first line that is not blank, fit to be shown: recognised tokens masked, printable, not too long. */
int error_text_add_line(struct strbuf *out, struct slice text, struct arena *arena, struct error **err);

/* The message of the defect for such a text. */
int error_text_message(struct strbuf *out, struct slice text, struct arena *arena, struct error **err);

/* A File defect with that message. */
int error_text_put(struct object_context *context, struct slice text, struct slice place, struct error **err);

#endif
