/* What unknown.c and unknown_cluster.c share. Nobody else includes it. */
#ifndef FOTHER_TRIAGE_UNKNOWN_INTERNAL_H
#define FOTHER_TRIAGE_UNKNOWN_INTERNAL_H

#include "triage/triage_internal.h"

struct unknown_rows {
	struct triage_run *run;
	struct row_list rows;
};

struct unknown_text {
	struct slice subject, why; /* a text that is not there is one for which memory ran out */
	struct slice fix;          /* not there: nothing helps */
	bool incomplete;           /* the answer lacks something that a better dump would have told */
};

/* cluster: the name of the one that the row is about; not there: of none. */
int unknown_add(struct unknown_rows *rows, struct slice cluster, const struct unknown_text *text, struct error **err);

/* Everything that the latest read of the cluster leaves open (unknown_cluster.c). */
int unknown_of_cluster(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err);

#endif
