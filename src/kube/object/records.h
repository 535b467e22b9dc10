/* From one decoded object to records in the sink: one function a kind. Within kube/object.
 *
 * Each puts all that its object says, and nothing when the object says nothing that we keep (a Secret without registry
 * credentials, an Event about something else). 0, or -1 when the sink or memory failed.
 */
#ifndef FOTHER_KUBE_OBJECT_RECORDS_H
#define FOTHER_KUBE_OBJECT_RECORDS_H

#include "kube/object/item.h"

typedef int (*put_records)(const struct item *item, struct error **err);

int put_secret(const struct item *item, struct error **err);          /* record_secret.c */
int put_service_account(const struct item *item, struct error **err); /* record_service_account.c */
int put_pod(const struct item *item, struct error **err);             /* record_pod.c */
int put_workload(const struct item *item, struct error **err);        /* record_workload.c */
int put_node(const struct item *item, struct error **err);            /* record_node.c */
int put_namespace(const struct item *item, struct error **err);       /* record_namespace.c */
int put_event(const struct item *item, struct error **err);           /* record_event.c */

/* The template of a workload, or NULL: spec.template, template (PodTemplate), spec.jobTemplate.spec.template. */
const struct pod_template *workload_template(const struct object *object);

/* The containers and image volumes of a pod's spec; status NULL: a template. */
int put_containers(const struct item *item, const struct holder *holder, const struct spec *spec,
		   const struct status *status, struct error **err); /* record_container.c */

/* The secrets that a pod with that spec can read. */
int put_secret_readers(const struct item *item, const struct holder *holder, const struct spec *spec,
		       struct error **err); /* record_reader.c */

/* A kind that is built in. */
struct known_kind {
	const char *kind;
	const char *groups[2]; /* it has had two homes at most */
	bool namespaced;
	bool expected; /* a read without it is not complete: put_coverage says so */
	put_records put;
};
extern const struct known_kind known_kinds[];
extern const size_t known_kind_count;

/* NULL: not built in. */
const struct known_kind *known_kind_named(struct slice kind);
/* The same, and the kind has its home in that group. */
const struct known_kind *known_kind_of(struct slice kind, struct slice group, bool group_known);

/* What puts the item's records: by its kind; or, of a custom resource that makes pods by a template of the usual shape,
 * as a workload like any other. NULL: nothing that we keep. fatal: it did not decode. */
put_records records_of(const struct item *item, const struct known_kind *known, bool fatal);

#endif
