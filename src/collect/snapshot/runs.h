/* Runs of `fother collect` in a dump: which folders are some, what their manifests say, and in which order they are
 * read. docs/snapshot-format.md.
 *
 * A folder with a manifest, or with a list that such a run wrote, is one run, with all that lies in it. One without a
 * manifest was interrupted (or its manifest is damaged): what its lists say of themselves stands in for it, and nothing
 * of it is complete. A run is a cluster of the dump (struct dump_cluster), also where several are of the same cluster:
 * each is read for itself, the older first.
 */
#ifndef FOTHER_COLLECT_SNAPSHOT_RUNS_H
#define FOTHER_COLLECT_SNAPSHOT_RUNS_H

#include "collect/frozen/frozen_format.h"
#include "collect/snapshot/dump.h"
#include "credential/fingerprint.h"

/* In the dump's arena. */
struct frozen_run {
	struct slice folder; /* path in the dump, empty for the top */
	bool whole;          /* it has a manifest */
	/* Its manifest; else one made of the lists' heads. key_id is not there where nothing says it. */
	struct frozen_manifest manifest;
	struct slice as_of_from; /* manifest; clock: nothing says it */
	size_t list_capacity;
	const char *damage_code; /* of a manifest that is there and cannot be read; NULL: none */
	struct slice damage;
};

/* For dump_open: before the rest is laid out, and after. -1: a later version wrote one; memory; the dump failed. */
int runs_find(struct dump *dump, struct error **err);
int runs_lay_out(struct dump *dump, struct error **err);

/* ERROR_USAGE: the fingerprints of one would not compare with those of this key. */
int runs_check_key(const struct dump *dump, const struct fingerprint_key *key, struct error **err);

/* Of a file in the run: its path from the run's folder. */
struct slice run_file_name(const struct frozen_run *run, struct slice path);

#endif
