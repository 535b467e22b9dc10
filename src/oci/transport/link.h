/* The header Link (RFC 8288, section 3), as registries give the next page of a list by it. */
#ifndef FOTHER_OCI_TRANSPORT_LINK_H
#define FOTHER_OCI_TRANSPORT_LINK_H

#include "base/slice.h"

enum link_result {
	LINK_NONE,   /* no link of it leads to a next page */
	LINK_NEXT,   /* the target of the first that does, as written */
	LINK_BROKEN, /* not of the form, so whether a page follows is not known */
};

/* One value of the header; ret_target is set for LINK_NEXT only, and may be empty. */
enum link_result link_next(struct slice value, struct slice *ret_target);

#endif
