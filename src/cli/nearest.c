#include "cli/nearest.h"

#define NEAREST_MAX_BYTES 64

/* Levenshtein's distance, one row at a time. */
static size_t distance(struct slice a, struct slice b)
{
	size_t row[NEAREST_MAX_BYTES + 1];

	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = diagonal + (a.data[i - 1] != b.data[j - 1]);
			best = row[j] + 1 < best ? row[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b.len];
}

struct nearest nearest_to(struct slice wanted)
{
	return (struct nearest){ .wanted = wanted, .distance = wanted.len / 3 + 2 };
}

void nearest_try(struct nearest *nearest, const char *name)
{
	struct slice text = slice_of(name);

	if (text.len > NEAREST_MAX_BYTES || nearest->wanted.len > NEAREST_MAX_BYTES)
		return;
	size_t d = distance(nearest->wanted, text);
	if (d < nearest->distance) {
		nearest->distance = d;
		nearest->found = name;
	}
}
