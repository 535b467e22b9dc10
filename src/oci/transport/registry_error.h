/* What a registry says when it refuses: `{"errors":[{"code","message","detail"}]}` (distribution spec, "Error Codes"),
 * or whatever a proxy in between sends.
 */
#ifndef FOTHER_OCI_TRANSPORT_REGISTRY_ERROR_H
#define FOTHER_OCI_TRANSPORT_REGISTRY_ERROR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* Looked at of one answer. */
#define REGISTRY_ERRORS_MAX 8

struct registry_error {
	bool is_api; /* the body has the form of the API */
	struct slice codes[REGISTRY_ERRORS_MAX], messages[REGISTRY_ERRORS_MAX];
	size_t count;
	struct slice text; /* for a person, one line, printable, tokens masked: "MANIFEST_UNKNOWN: manifest unknown",
			      "404 page not found"; empty: nothing that helps */
};

/* Whatever the bytes are. 0 or -1 (memory). */
int registry_error_parse(struct slice body, struct arena *arena, struct registry_error *ret_error, struct error **err);

/* One of the errors has the code, or a message with the text in it, without regard to case. */
bool registry_error_has_code(const struct registry_error *error, const char *code);
bool registry_error_says(const struct registry_error *error, const char *text);

#endif
