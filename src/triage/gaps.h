/* What a read of a cluster did not cover, of lists that it knows to have been asked for: which kind, in which
 * namespaces, of which types, and why. From the coverage records of the latest read, one gap for each kind and outcome.
 */
#ifndef FOTHER_TRIAGE_GAPS_H
#define FOTHER_TRIAGE_GAPS_H

#include "base/error.h"
#include "derive/world.h"

struct triage_gap {
	struct slice kind;            /* as in coverage.kind */
	struct slice outcome;         /* mixed, metadata, partial, interrupted, forbidden, failed */
	struct slice_list namespaces; /* in order; { "*" }: all, but those of `but` */
	struct slice_list but;        /* those that were read all the same, or have a gap of their own */
	struct slice_list subtypes;   /* types of secrets; { "*" }: all */
	struct slice cause;           /* the first list's why; may be not there */
	bool more_causes;             /* others have another one */
	int64_t objects;              /* that were read all the same */
};

/* In the order of kinds.h, other kinds behind. *ret_gaps is an array in the arena. Of a dump, whose lists say
 * themselves what they are, only what a live read can lose. */
int triage_gaps(const struct world_cluster *cluster, struct arena *arena, struct triage_gap **ret_gaps,
		size_t *ret_count, struct error **err);

#endif
