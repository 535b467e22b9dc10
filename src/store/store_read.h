/* The store for readers: records out, nothing in. Knows no SQL outside. */
#ifndef FOTHER_STORE_STORE_READ_H
#define FOTHER_STORE_STORE_READ_H

#include "base/arena.h"
#include "base/error.h"
#include "model/observed.h"

struct store;

/* One condition: a TEXT or INT field of the record equals the value. */
struct store_where {
	const char *field;
	struct slice text;
	int64_t number; /* used when text is not there */
};

/* first_seen and last_seen are the times (as_of) of the first and the latest read that held the record.
 *
 * gone is true when a later read (by as_of) of the same cluster has a coverage record with outcome `complete` that
 * covers it: of the type's object_kind, or of the kind that the record itself names (with its group, where that is not
 * built in: Rollout.argoproj.io), for its namespace or `*`, for its subtype or `*`. A defect goes with the kind of the
 * object that it is about, so one of a File never does, and one of an Image with a complete list of Manifest of its
 * repository, unless its object is a digest: what that names is not read again, and stays as bad as it is. An event
 * expires by itself, a gap, an entry_value and a deletion are history: they never go by coverage. A node_image that is
 * gone is no longer in the node's list, which proves nothing where the list is cut. A finding is gone when it is
 * resolved.
 *
 * gone is true as well when a read that is not earlier than last_seen saw the object being deleted (record `deletion`),
 * as a UID never comes back. With a secret go its entries and their values, with a pod its containers and what they
 * read, with each object its defects. A template's containers go by coverage alone.
 *
 * A tag goes with the kind Tag of its repository; a registry_answer stays until the next one to the same question.
 * manifest, index_member, image_content and registry_event belong to no cluster and are never gone; their first_seen
 * and last_seen are of all that held them, but of image_content those of the read that brought the bytes, which are
 * written once. A manifest whose config was read is not replaced by one without.
 *
 * What a read that has not ended, or never will, says to have covered shows as interrupted, and makes nothing gone. A
 * cluster that such a read is still being filed apart for has an identity that begins with "-staged ".
 *
 * Every record of the type that meets all conditions, ordered by identity, into the arena: an array of the type's
 * struct. FIELD_SEEN fields are filled. */
int store_read_all(struct store *store, const struct record_type *type, const struct store_where *where,
		   size_t where_count, struct arena *arena, struct record_list *ret_records, struct error **err);

/* All records of the type without their lists of text, which stay as record_init left them: most of what a manifest
 * holds is lists of its layers, and not every answer is about those. */
int store_read_brief(struct store *store, const struct record_type *type, struct arena *arena,
		     struct record_list *ret_records, struct error **err);

/* One incident by its number: 1 found, 0 not there. */
int store_read_incident(struct store *store, int64_t id, struct arena *arena, struct incident *ret_incident,
			struct error **err);

#endif
