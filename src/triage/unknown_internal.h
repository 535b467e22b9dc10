/* What unknown.c, unknown_cluster.c and unknown_scope.c share. Nobody else includes it. */
#ifndef FOTHER_TRIAGE_UNKNOWN_INTERNAL_H
#define FOTHER_TRIAGE_UNKNOWN_INTERNAL_H

#include "triage/gaps.h"
#include "triage/triage_internal.h"

struct unknown_rows {
	struct triage_run *run;
	struct row_list rows;
};

struct unknown_text {
	struct slice subject, why;    /* a text that is not there is one for which memory ran out */
	struct slice fix;             /* not there: nothing helps */
	bool incomplete;              /* the answer lacks something that a better dump would have told */
	const struct triage_gap *gap; /* the scope that is missing, for programs; NULL: it is about none */
};

/* cluster: the name of the one that the row is about; not there: of none. */
int unknown_add(struct unknown_rows *rows, struct slice cluster, const struct unknown_text *text, struct error **err);

/* Whether a row of the list, from the i-th on, makes the answer incomplete. */
bool unknown_any_incomplete(const struct record_list *rows, size_t from);

/* Everything that the latest read of the cluster leaves open (unknown_cluster.c). */
int unknown_of_cluster(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err);

/* That the latest read of it told nothing, and the lists of it that were asked for and not read whole
 * (unknown_scope.c). */
int unknown_of_scopes(struct unknown_rows *rows, const struct world_cluster *cluster, struct error **err);

/* Registries of the scope that were not read, what of them could not be, and images that no date tells of
 * (unknown_registry.c). */
int unknown_of_registries(struct unknown_rows *rows, struct error **err);

/* What an API server was asked for can be asked for again; a dump can only be made again. */
bool unknown_is_live(const struct world_cluster *cluster);
/* The text for the cluster's kind of source. */
static inline struct slice unknown_by_source(const struct world_cluster *cluster, struct slice live, struct slice dump)
{
	return unknown_is_live(cluster) ? live : dump;
}
/* "Secrets"; "objects of kind X"; "objects" where the kind is not there. Not there: memory is out. */
struct slice unknown_plural(struct slice kind, struct arena *arena);

#endif
