/* Findings, made from a world: what is wrong with pull secrets and references. Needs no kernel, cluster or database.
 *
 * The rules stand in one table, each with its section in docs/rules.md: what it says, why it matters, how it is decided
 * and what to do. A rule speaks only where it is sure: what was not read makes no finding.
 */
#ifndef FOTHER_DETECT_DETECT_H
#define FOTHER_DETECT_DETECT_H

#include "base/error.h"
#include "derive/world.h"

/* Raised when a rule decides otherwise on the same world. */
#define DETECT_VERSION 1

/* Namespaces in which one credential may lie before pull-shared speaks. */
#define DETECT_SHARED_NAMESPACES 3

struct detect_run;

struct detect_rule {
	const char *id;       /* pull-key-dead, ... */
	const char *severity; /* critical, high, medium or low */
	const char *title;    /* one line for a person */
	const char *fix;      /* what to do */
	int (*find)(struct detect_run *run, struct error **err);
};

extern const struct detect_rule detect_rules[];
extern const size_t detect_rule_count;

/* Findings ordered by severity, then cluster, namespace, subject; in the world's arena. A finding's cluster is the
 * identity (cluster.cluster). One about a credential names the cluster of its first copy. */
int detect_run(struct world *world, struct record_list *ret_findings, struct error **err);

#endif
