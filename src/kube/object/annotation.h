/* The annotations that are read at all: those that tell who manages an object (facts: kubernetes.md A5). Others may
 * hold copies of whole secrets (`kubectl.kubernetes.io/last-applied-configuration` does) and are passed over unread.
 */
#ifndef FOTHER_KUBE_OBJECT_ANNOTATION_H
#define FOTHER_KUBE_OBJECT_ANNOTATION_H

#include <stdbool.h>

#include "base/slice.h"

bool annotation_kept(struct slice name);

#endif
