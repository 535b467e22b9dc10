/* What the values of header fields are made of (RFC 9110, section 5.6): tokens, quoted strings, parameters. */
#ifndef FOTHER_OCI_TRANSPORT_FIELD_H
#define FOTHER_OCI_TRANSPORT_FIELD_H

#include <stdbool.h>

#include "base/cursor.h"

struct field_parameter {
	struct slice name;
	struct slice value; /* between its quotes, as written: see field_unescape */
	bool escaped;       /* the value has a backslash in it */
};

void field_skip_blanks(struct cursor *c);
/* Empty where none stands there. */
struct slice field_take_token(struct cursor *c);
/* name, `=`, and a token or quoted string, with blanks around the `=`; a name alone has an empty value. False: broken.
 */
bool field_take_parameter(struct cursor *c, struct field_parameter *ret_parameter);
/* The same behind the name. */
bool field_take_value(struct cursor *c, struct field_parameter *parameter);
/* Takes the backslashes out: into room, of value.len bytes. Returns the length. */
size_t field_unescape(struct slice value, char *room);

#endif
