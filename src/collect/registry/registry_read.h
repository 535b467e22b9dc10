/* One registry, read from its beginning to its end: lists, walk, what its own API tells, and how it went.
 *
 * Knows no thread and no socket: the source and the registry's own API are given.
 */
#ifndef FOTHER_COLLECT_REGISTRY_REGISTRY_READ_H
#define FOTHER_COLLECT_REGISTRY_REGISTRY_READ_H

#include "collect/registry/registry_notes.h"

/* The registry's own API, as dialect.h has it. */
struct registry_own {
	void *data;
	/* NULL: it has none. 1 listed, 0 it has no such list, or refused: *ret_why, -1. */
	int (*repositories)(void *data, struct slice prefix,
			    int (*found)(void *data, struct slice repository, struct error **err), void *found_data,
			    struct slice *ret_why, struct error **err);
	int (*times)(void *data, struct slice repository, struct slice *ret_why, struct error **err);
};

struct registry_reading {
	const struct registry_plan *plan;
	const struct registries_options *options;
	int64_t as_of;
	struct image_source *source;        /* NULL: it could not be opened */
	struct slice closed;                /* then why */
	const struct registry_facts *facts; /* NULL: it has none */
	/* Opens the registry's own API for the read: 1, 0 there is none, -1. NULL: not wanted. */
	int (*open_own)(void *data, int64_t read, struct registry_own *ret_own, struct error **err);
	void *open_data;
	bool (*stopped)(void *data);
	/* Now and then, while it is read. NULL: nobody listens. */
	void (*progress)(void *data, const struct image_walk_result *counts);
	void *data;         /* of stopped and progress */
	struct arena arena; /* of the result's texts */
};

/* *ret_result is set whatever happens. -1: the sink, or memory. */
int registry_read_all(struct registry_reading *reading, struct registry_result *ret_result, struct error **err);

#endif
