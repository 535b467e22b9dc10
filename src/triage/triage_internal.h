/* What the steps of one triage share. Internal to src/triage. */
#ifndef FOTHER_TRIAGE_TRIAGE_INTERNAL_H
#define FOTHER_TRIAGE_TRIAGE_INTERNAL_H

#include "base/map.h"
#include "triage/triage.h"

/* What is known of a workload that some bad image touches, or that can read secrets. */
struct triage_workload {
	struct slice cluster, namespace, kind, name;
	size_t bad_runs, bad_waits, bad_ran, bad_pulled; /* sightings of bad digests */
	struct slice_list reads;                         /* names of the secrets, of whatever type, that it can read */
	bool template_only;                              /* a template of it names a bad image */
	bool suspended;                   /* a CronJob or Job that makes no pods until somebody says so */
	const struct credential *counted; /* the login among whose bad readers it was counted last */
};

struct triage_run {
	struct world *world;
	const struct incident *incident;
	const struct indicators *indicators;
	struct triage *triage;
	int64_t cutoff;        /* values proven to have existed by then are burnt */
	struct map workloads;  /* triage_workload_key -> struct triage_workload * */
	struct map older;      /* digest seen under an indicator's tag before its window */
	struct map bad_names;  /* name_key of a name that stood for bad content in a cluster */
	struct map bad_by_tag; /* digest -> const struct indicator *: seen under a bad tag */
};

/* The row of a workload, made when missing; NULL when memory is out. */
struct triage_workload *triage_workload(struct triage_run *run, struct slice cluster, struct slice namespace,
					struct slice kind, struct slice name);

/* Scope (scope.c): registries, narrowed by repositories (whole path segments) and accounts. */
bool scope_has_image(const struct incident *incident, struct slice registry, struct slice repository);
bool scope_has_login(const struct incident *incident, struct slice registry, struct slice username);

/* The steps, in the order in which triage_run takes them. Each fills its part of run->triage. */
int triage_sightings(struct triage_run *run, struct error **err);
int triage_images(struct triage_run *run, struct error **err);
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
