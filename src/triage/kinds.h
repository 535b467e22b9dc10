/* The kinds that Fother reads, as sentences and rights name them: one table, in the order in which they matter. */
#ifndef FOTHER_TRIAGE_KINDS_H
#define FOTHER_TRIAGE_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct triage_kind {
	const char *kind;             /* as in coverage.kind: Kind, or Kind.group for kinds that are not built in */
	const char *plural;           /* "Secrets" */
	const char *group, *resource; /* of the API: "apps", "deployments"; "" is the core group */
	bool namespaced;
	bool custom; /* of an extension: a cluster need not have it */
};

#define TRIAGE_KINDS_MAX 32
extern const struct triage_kind triage_kinds[];
extern const size_t triage_kind_count;

/* NULL: a kind that Fother does not read. */
const struct triage_kind *triage_kind_named(struct slice kind);

#endif
