/* The kind of an object that does not say its own: its list's, which may stand behind the items. Within kube/object. */
#ifndef FOTHER_KUBE_OBJECT_LIST_KIND_H
#define FOTHER_KUBE_OBJECT_LIST_KIND_H

#include "kube/object/document.h"

/* The object's own kind and apiVersion, else those of its list; where they stand behind the items, the list is read
 * once more without its items. An empty kind: nobody says it. */
int list_kind_find(struct object_list *list, const struct object *object, struct slice *ret_kind,
		   struct slice *ret_api_version, struct error **err);

/* "PodList" -> "Pod"; not there for `List` and for what is no list. */
struct slice list_kind_of_items(struct slice list_kind);

#endif
