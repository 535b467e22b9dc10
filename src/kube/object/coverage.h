/* What one read has covered: counted while objects pass by, put as coverage records at the end. Within kube/object. */
#ifndef FOTHER_KUBE_OBJECT_COVERAGE_H
#define FOTHER_KUBE_OBJECT_COVERAGE_H

#include "kube/object/object.h"

/* One list that is being read, or the run of single objects of a dump. */
struct coverage_list {
	struct object_context *context;
	bool is_list;
	size_t first_scope; /* the list's scopes are those from here on */
};

/* The list's scope of a kind, made when it is new. `label` is Kind or Kind.group. NULL: memory. Valid until the next
 * call. */
struct object_scope *coverage_scope(const struct coverage_list *list, struct slice label, struct error **err);

/* An object of that kind was read: where it lies, and its type where it is a Secret ("not there" for other kinds). */
int coverage_widen(struct object_context *context, struct object_scope *scope, struct slice namespace,
		   struct slice subtype, struct error **err);

/* The scope is not complete: the first reason is kept. */
int coverage_break(struct object_context *context, struct object_scope *scope, struct slice why, struct error **err);

/* Every scope of the list is not complete. */
int coverage_break_list(const struct coverage_list *list, struct slice why, struct error **err);

/* The count of a kind, made when it is new. NULL: memory. Valid until the next call. */
struct object_coverage *coverage_kind(struct object_context *context, struct slice label, struct error **err);

#endif
