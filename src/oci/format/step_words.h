/* Words of history entries: what Go's fmt and strconv printed, taken apart, and Dockerfile's own quoting.
 */
#ifndef FOTHER_OCI_FORMAT_STEP_WORDS_H
#define FOTHER_OCI_FORMAT_STEP_WORDS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/strbuf.h"
#include "oci/format/manifest.h"

#define STEP_MASK "[masked]"

/* The next word up to a blank, moving *rest behind it and the blanks around it; not there at the end. */
struct slice step_word(struct slice *rest);
/* A name of a variable: [A-Za-z_][A-Za-z0-9_]*. */
bool step_is_variable(struct slice name);
/* A name of a label: letters, digits and "._-/:". */
bool step_is_label(struct slice name);
/* Whether a variable of this name may hold a secret: see history.h. */
bool step_is_secret_name(struct slice name);

/* ["a" "b"], as %q prints a list, or with commas, as JSON has it. 1: the items, and *rest behind the bracket; 0: it is
 * none, and *rest as it was; -1. */
int step_quoted_list(struct slice *rest, struct arena *arena, struct slice_list *ret_items, struct error **err);
/* "...", as %q prints a text. 1, 0, -1 as above. */
int step_quoted(struct slice *rest, struct arena *arena, struct slice *ret_text, struct error **err);

/* A=b C=d e: values go on to the next word that begins with a name and '='. What stands before the first name is no
 * pair. ret_pairs: as many as *ret_count. 0 or -1. */
int step_pairs(struct slice rest, bool (*is_name)(struct slice name), struct arena *arena,
	       struct oci_annotation **ret_pairs, size_t *ret_count, struct error **err);

/* A value behind NAME=, quoted where a Dockerfile needs it. On Windows the escape is a backtick. */
void step_add_value(struct strbuf *out, struct slice value, bool windows);

/* How many bytes of the command are its shell with the blank behind it: `/bin/bash -o pipefail -c `, `cmd /S /C `,
 * `powershell -Command `, or the words of a SHELL instruction (may be not there). 0: none. */
size_t step_shell(struct slice command, struct slice known);

#endif
