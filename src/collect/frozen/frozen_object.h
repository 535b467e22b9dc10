/* One object as the server sent it, made fit to be kept: on one line, without values. Within collect/frozen. */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_OBJECT_H
#define FOTHER_COLLECT_FROZEN_FROZEN_OBJECT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "collect/frozen/frozen_writer.h"

struct frozen_rules {
	bool is_secret;
	frozen_mask mask;
	frozen_annotation_kept annotation_kept; /* NULL: all may be */
};

/* Adds the object to `out`, but for its last brace, so that a member can be added. Left as they stand in the document:
 * numbers, names, and every text in which `mask` finds nothing.
 *
 * Null, key by key: what lies in data, stringData and binaryData; the values of annotations that are not kept, and of a
 * Secret all of them; `value` of what stands in a list `env` or `httpHeaders`. Left out: kubectl's annotation with a
 * copy of the object, and of a Secret every member that its API does not have.
 *
 * *ret_changed: something is not what it was, so that the records of the object could be others. ERROR_SYNTAX: no JSON
 * object. */
int frozen_object_add(struct slice raw_json, const struct frozen_rules *rules, struct arena *scratch,
		      struct strbuf *out, bool *ret_changed, struct error **err);

#endif
