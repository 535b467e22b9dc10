/* The documents of one file, each given to kube/object: JSON or YAML, one or many, and what can still be read behind
 * one that is broken.
 *
 * Behind a broken JSON document reading goes on at the next line that begins with '{' (the next of JSON lines, the next
 * pretty-printed document); behind a broken YAML document at the next line `---`.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_DOCUMENTS_H
#define FOTHER_COLLECT_SNAPSHOT_DOCUMENTS_H

#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"
#include "collect/snapshot/content.h"
#include "kube/object/object.h"

struct documents_broken {
	size_t count;
	char place[64]; /* of the first */
};

/* context->file names the file. What is broken is a defect in the sink, and counted. 0, or -1: the sink or memory
 * failed. */
int documents_read(struct slice text, enum content content, struct object_context *context,
		   struct documents_broken *ret_broken, struct error **err);

#endif
