/* The answers to an incident: what is affected, in which order to act, and why. Pure: a world and a scope in, rows out.
 *
 * The order is documented in docs/ranking.md; each adjacent pair of rank classes has a golden case.
 */
#ifndef FOTHER_TRIAGE_TRIAGE_H
#define FOTHER_TRIAGE_TRIAGE_H

#include "base/error.h"
#include "derive/world.h"
#include "model/answer.h"
#include "triage/indicator.h"

/* Of triage.images, how many are what. */
struct triage_counts {
	size_t bad, built_on_bad, in_window;
	size_t dated;
	size_t undated, reproducible, future; /* no date says when they were built: undated or invalid, epochs, ahead */
	size_t not_read;                      /* no registry or layout told of them */
	/* Of triage.tags. */
	size_t tags_in_window, tags_put_back, tags_bad;
};

struct triage {
	struct incident incident;
	struct record_list actions;   /* struct action: DO NOW */
	struct record_list sightings; /* struct sighting: bad digests where they run, ran, lie cached; most urgent first
				       */
	struct record_list images;    /* struct image of the scope, by where they run */
	struct record_list tags; /* struct tag_row of the scope: that moved, went, or point or pointed to something bad
				  */
	struct record_list credentials; /* struct credential of the scope, in the order to act */
	struct record_list blocked;     /* struct secret_row: secrets that block every pull, whichever registry */
	struct record_list unknown;     /* struct unknown: NOT KNOWN */
	struct triage_counts counts;
	size_t whole_clusters;       /* of which nothing is missing; a damaged file counts against none */
	size_t whole_registries;     /* registries of the scope that were read, of which nothing is missing */
	bool complete;               /* every source that was given was read as far as it was needed */
	bool bad_seen, burnt_in_use; /* what --fail-on high looks at */
};

/* The incident's scope is normalised already; the rows live in the world's arena. */
int triage_run(struct world *world, const struct incident *incident, const struct indicators *indicators,
	       struct triage *ret_triage, struct error **err);

#endif
