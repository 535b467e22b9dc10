/* One object as the server sent it, made fit to be kept: on one line, without values. Within collect/frozen. */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_OBJECT_H
#define FOTHER_COLLECT_FROZEN_FROZEN_OBJECT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "collect/frozen/frozen_writer.h"

/* Adds the object to `out`, but for its last brace, so that a member can be added. Left as they stand in the document:
 * numbers, names, and every text in which `mask` finds nothing.
 *
 * Null, key by key: what lies in data, stringData and binaryData; of a Secret also the values of annotations, in which
 * some tools keep copies of the whole object. Left out: kubectl's annotation with such a copy, and of a Secret every
 * member that its API does not have.
 *
 * *ret_changed: something is not what it was, so that the records of the object could be others. ERROR_SYNTAX: no JSON
 * object. */
int frozen_object_add(struct slice raw_json, bool is_secret, frozen_mask mask, struct arena *scratch,
		      struct strbuf *out, bool *ret_changed, struct error **err);

#endif
