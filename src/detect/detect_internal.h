/* What rules are made with. Only for this folder. */
#ifndef FOTHER_DETECT_DETECT_INTERNAL_H
#define FOTHER_DETECT_DETECT_INTERNAL_H

#include "detect/detect.h"

struct detect_run {
	struct world *world;
	const struct detect_rule *rule; /* the one at work */
	struct world_list findings;     /* struct finding * */
};

/* What a finding is about. */
struct detect_subject {
	const struct world_cluster *cluster;
	struct slice kind, namespace, name;
	struct slice place; /* where in it: a registry key, a field; empty for all of it */
};

/* Adds a finding of the rule at work; evidence is printf's. */
int detect_add(struct detect_run *run, const struct detect_subject *subject, struct error **err, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));

struct detect_subject detect_secret(const struct world_secret *secret, struct slice place);

/* Calls `visit` with each secret that is there (and each of its entries). Ends at the first -1. */
int detect_each_secret(struct detect_run *run,
		       int (*visit)(struct detect_run *, const struct world_secret *, struct error **),
		       struct error **err);
int detect_each_entry(struct detect_run *run,
		      int (*visit)(struct detect_run *, const struct world_entry *, struct error **),
		      struct error **err);

/* rules_secret.c */
int find_key_dead(struct detect_run *run, struct error **err);
int find_key_shadowed(struct detect_run *run, struct error **err);
int find_entry_undecodable(struct detect_run *run, struct error **err);
int find_unsupported_auth(struct detect_run *run, struct error **err);
int find_defect(struct detect_run *run, struct error **err);
/* rules_credential.c */
int find_password(struct detect_run *run, struct error **err);
int find_shared(struct detect_run *run, struct error **err);
/* rules_use.c */
int find_missing(struct detect_run *run, struct error **err);
int find_unused(struct detect_run *run, struct error **err);
int find_exposed(struct detect_run *run, struct error **err);
int find_rotation_blocked(struct detect_run *run, struct error **err);

#endif
