/* The nearest of some names, for "did you mean". */
#ifndef FOTHER_CLI_NEAREST_H
#define FOTHER_CLI_NEAREST_H

#include <stddef.h>

#include "base/slice.h"

struct nearest {
	struct slice wanted;
	const char *found; /* NULL: nothing near enough (a third of its letters differ) */
	size_t distance;
};

struct nearest nearest_to(struct slice wanted);
void nearest_try(struct nearest *nearest, const char *name);

#endif
