/* Reads what frozen_format.h describes. All of it comes from outside, and is checked here: names of files are plain
 * ones, outcomes are those that there are, times are set.
 *
 * ERROR_SYNTAX, ERROR_LIMIT: it is not of the format. ERROR_UNSUPPORTED: a later version wrote it.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_MANIFEST_H
#define FOTHER_COLLECT_FROZEN_FROZEN_MANIFEST_H

#include "base/arena.h"
#include "collect/frozen/frozen_format.h"

/* The manifest points into the arena. */
int frozen_manifest_read(struct slice text, struct arena *arena, struct frozen_manifest *ret_manifest,
			 struct error **err);

/* The head of a list's file, from its first bytes or all of them. */
int frozen_head_read(struct slice text, struct arena *arena, struct frozen_head *ret_head, struct error **err);

/* What the first bytes of a JSON document promise: a manifest (of whatever version), the file of a list. */
bool frozen_manifest_likely(struct slice start);
bool frozen_list_likely(struct slice start);

#endif
