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

/* Every record of the type that meets all conditions, ordered by identity, into the arena: an array of the type's
 * struct. FIELD_SEEN fields are filled. */
int store_read_all(struct store *store, const struct record_type *type, const struct store_where *where,
		   size_t where_count, struct arena *arena, struct record_list *ret_records, struct error **err);

/* One incident by its number: 1 found, 0 not there. */
int store_read_incident(struct store *store, int64_t id, struct arena *arena, struct incident *ret_incident,
			struct error **err);

#endif
