/* What the steps of one triage share. Internal to src/triage. */
#ifndef FOTHER_TRIAGE_TRIAGE_INTERNAL_H
#define FOTHER_TRIAGE_TRIAGE_INTERNAL_H

#include "base/map.h"
#include "triage/triage.h"

/* What is known of a workload that some bad image touches, or that can read secrets. */
struct triage_workload {
	struct slice cluster, namespace, kind, name;
	size_t bad_runs, bad_waits, bad_ran, bad_pulled; /* sightings of bad digests */
	size_t built_runs;                /* of bad_runs: those of images that are only built on a bad one */
	struct slice_list reads;          /* names of the secrets, of whatever type, that it can read */
	bool template_only;               /* a template of it names a bad image */
	bool suspended;                   /* a CronJob or Job that makes no pods until somebody says so */
	const struct credential *counted; /* the login among whose bad readers it was counted last */
};

struct triage_run {
	struct world *world;
	const struct incident *incident;
	const struct indicators *indicators;
	struct triage *triage;
	int64_t cutoff;       /* values proven to have existed by then are burnt */
	struct map workloads; /* triage_workload_key -> struct triage_workload * */
	struct map older;     /* digest seen under an indicator's tag before its window */
	struct map bad;       /* digest -> struct triage_bad * */
	/* digests that a registry or its log says were pulled or pushed in the window */
	struct map pulled_in_window, pushed_in_window;
	struct map bad_names; /* name_key of a name that stood for bad content in a cluster */
};

/* A digest that an indicator means: named by it, seen under its tag, holding such a one or held by it, or the config of
 * one; or, with built_on, an image whose base is one. */
struct triage_bad {
	const struct indicator *indicator;
	struct slice built_on; /* digest of the bad image that it is built on */
};

/* NULL: nothing names it. */
const struct triage_bad *triage_bad_of(const struct triage_run *run, struct slice digest);
/* The tag indicator that a sighting falls under, unless its content is known to be older. */
const struct indicator *triage_tag_indicator(const struct triage_run *run, const struct sighting *s);

struct world_tag;
/* Between which times the tag came to point where its state says: from open where nothing tells. */
struct indicator_sight triage_tag_arrival(const struct world_tag *tag, size_t state);

/* The row of a workload, made when missing; NULL when memory is out. */
struct triage_workload *triage_workload(struct triage_run *run, struct slice cluster, struct slice namespace,
					struct slice kind, struct slice name);

/* Scope (scope.c): registries, narrowed by repositories (whole path segments) and accounts. */
bool scope_has_image(const struct incident *incident, struct slice registry, struct slice repository);
bool scope_has_login(const struct incident *incident, struct slice registry, struct slice username);

bool triage_in_window(const struct incident *incident, int64_t time);
/* Whether what happened between two times (open where not known) may have happened in the window. */
bool triage_may_be_in_window(const struct incident *incident, int64_t after, int64_t by);
/* Fills run->pulled_in_window and pushed_in_window. */
int triage_note_events(struct triage_run *run, struct error **err);
/* Fills image->in_window: which of its dates lie in the incident's window (window.c). */
int triage_window_dates(struct triage_run *run, struct image *image, struct error **err);

/* The steps, in the order in which triage_run takes them. Each fills its part of run->triage. */
int triage_bad(struct triage_run *run, struct error **err);
int triage_sightings(struct triage_run *run, struct error **err);
int triage_images(struct triage_run *run, struct error **err);
int triage_tags(struct triage_run *run, struct error **err);
int triage_credentials(struct triage_run *run, struct error **err);
int triage_blocked(struct triage_run *run, struct error **err);
int triage_unknown(struct triage_run *run, struct error **err);
int triage_actions(struct triage_run *run, struct error **err);

/* A growing list of records of one type in the world's arena. */
struct row_list {
	struct record_list list;
	size_t capacity;
};

/* A new record with every field unknown, or NULL when memory is out. */
void *row_push(struct row_list *rows, const struct record_type *type, struct arena *arena);
/* A new record holding a copy of *record (shallow: its text lives in the world). */
void *row_push_copy(struct row_list *rows, const struct record_type *type, const void *record, struct arena *arena);

#endif
