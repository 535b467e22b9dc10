/* The rights that reading a live cluster needs, as YAML for kubectl: the smallest that give what was missing in what
 * was read last.
 *
 *     CLEANUP(strbuf_release) struct strbuf yaml = STRBUF_INIT(TRIAGE_RBAC_BYTES);
 *     triage_rbac(session->world, &yaml, err);      // or NULL: before anything was read
 *
 * A list that was refused for all namespaces gives a ClusterRole with its ClusterRoleBinding; one that was refused in
 * some namespaces, while others gave theirs, a Role with its RoleBinding for each of these. All are called fother-read.
 * Each cluster has its documents behind a comment that names it and the user who was refused. Without a live cluster in
 * the world: the whole ClusterRole, for a user to be filled in. Nothing missing: a comment alone.
 *
 * Source: kubernetes.io/docs/reference/access-authn-authz/rbac (rbac.authorization.k8s.io/v1). Verbs: list for all that
 * is read, get on the namespace kube-system, whose UID says which cluster it is. A watch of secrets needs watch too,
 * which stands there as a comment.
 */
#ifndef FOTHER_TRIAGE_RBAC_H
#define FOTHER_TRIAGE_RBAC_H

#include "base/error.h"
#include "base/strbuf.h"
#include "derive/world.h"

/* Roles for all of 10,000 namespaces, some 1 KiB each. */
#define TRIAGE_RBAC_BYTES (16U << 20)

/* Appends to out. world: NULL allowed; its arena grows. */
int triage_rbac(struct world *world, struct strbuf *out, struct error **err);

/* `... User "x" cannot list resource ...`, as API servers say it, -> x. Not there: it is another text. */
struct slice triage_refused_user(struct slice message);

#endif
