/* Everything that was read, joined: who owns what, who uses which secret, what the kubelet would pull with what, where a
 * digest was seen. Pure: store in, view out. Used by detect and triage.
 *
 * Built in one arena in one go. "Current" below means: not gone, and part of its object's latest reading.
 */
#ifndef FOTHER_DERIVE_WORLD_H
#define FOTHER_DERIVE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "model/answer.h"
#include "model/observed.h"
#include "model/reference.h"

/* Raised when what is derived from the same observations changes. */
#define DERIVE_VERSION 1

struct store;
struct world_cluster;
struct world_secret;

struct world_list {
	void **items;
	size_t len, capacity;
};

/* A top controller, or a bare pod. */
struct world_workload {
	struct world_cluster *cluster;
	struct slice namespace, group, kind, name;
	const struct workload *record; /* NULL: known only from its pods' owner references, or a bare pod */
	struct world_list pods;        /* struct world_pod * */
	struct world_list containers;  /* struct world_container * of its template (its own or, for a ReplicaSet's Deployment, its own) */
	struct slice_list pull_secrets; /* of the template */
	struct slice service_account;
	struct slice managed_by;
	bool gone;
};

struct world_pod {
	const struct pod *record;
	struct world_workload *workload;
	struct world_list containers; /* struct world_container * */
	bool ended;                   /* Succeeded, Failed or gone */
};

struct world_container {
	const struct container *record;
	struct world_pod *pod;           /* NULL for a template's */
	struct world_workload *workload;
	struct reference reference;      /* of the spec's image; domain not there when it does not parse */
	struct slice repository;         /* normalised name that pull credentials are matched against */
};

struct world_entry {
	const struct entry *record;
	struct world_secret *secret;
	bool dead;       /* no image can match its key */
	bool shadowed;   /* other entries of the same secret are always tried before it, and it serves no image alone */
	struct world_list images; /* struct slice * : repositories of the namespace's images that the kubelet would use it for */
	int64_t set_after;        /* last time another value was seen in its place */
};

enum use_relation { USE_PULLS, USE_TEMPLATE, USE_SERVICE_ACCOUNT, USE_READS };

/* Someone who uses a secret. */
struct world_use {
	enum use_relation relation;
	struct world_workload *workload;              /* NULL for a service account that no workload runs as */
	const struct service_account *service_account; /* the account that lists it, where it is through one */
	struct slice via;
	size_t pods, ended_pods;
};

struct world_secret {
	const struct secret *record;
	struct world_cluster *cluster;
	bool current;
	struct slice change;        /* new, changed, gone, same: against the read before the latest of its cluster */
	struct world_list entries;  /* struct world_entry *, current ones */
	struct world_list uses;     /* struct world_use * */
	struct world_list defects;  /* const struct defect * */
	bool blocks_pulls;
};

/* A reference to a secret that is not there. */
struct world_missing {
	struct world_cluster *cluster;
	struct slice namespace, secret, holder_kind, holder;
};

struct world_cluster {
	const struct cluster *record;
	struct slice name;    /* unique among clusters */
	int64_t as_of;        /* of its latest read */
	int64_t as_of_before; /* of the one before; TIME_UNSET when there was none */
	const struct read *read;
	struct world_list coverage; /* const struct coverage * of its latest read */
	struct world_list secrets, workloads, pods, nodes, entries;
	struct map secrets_by_name;   /* "namespace/name" -> struct world_secret * (current first) */
	struct map workloads_by_name; /* "namespace/Kind.group/name" -> struct world_workload * */
	struct map accounts_by_name;  /* "namespace/name" -> const struct service_account * */
};

/* All entries with the same registry, user, kind and fingerprint. */
struct world_credential {
	struct slice registry, username, cred_kind, cred_detail, fingerprint, key_id;
	struct world_list entries; /* struct world_entry *, every current copy */
	int64_t not_changed_since; /* TIME_UNSET never: the read's time at least */
	int64_t set_after;         /* TIME_UNSET: never saw another value */
	struct slice age_proof;
};

struct world {
	struct arena arena;
	int64_t as_of; /* newest of the clusters', or what was given */
	struct world_list clusters;    /* struct world_cluster * */
	struct world_list secrets;     /* struct world_secret *, all clusters */
	struct world_list credentials; /* struct world_credential * */
	struct world_list sightings;   /* struct sighting *, rank and bad unset */
	struct world_list missing;     /* struct world_missing * */
	struct record_list reads, defects, gaps, findings;
};

struct world_options {
	int64_t as_of;                  /* TIME_UNSET: the newest read's */
	const struct slice *clusters;   /* names or UIDs to keep; none: all */
	size_t cluster_count;
};

int world_load(struct store *store, const struct world_options *options, struct world **ret_world,
	       struct error **err);
struct world *world_free(struct world *world);
void world_freep(struct world **world);

/* Whether objects of the kind were read in the cluster: then "nobody" means nobody, else it means unknown. */
bool world_read_kind(const struct world_cluster *cluster, const char *kind);
/* ... and completely, as far as the source shows. */
bool world_read_kind_complete(const struct world_cluster *cluster, const char *kind);

/* Answer rows that several commands need. Into the world's arena; NULL when memory is out. */
struct credential *world_credential_row(struct world *world, const struct world_credential *credential);
struct secret_row *world_secret_row(struct world *world, const struct world_secret *secret);
int world_images(struct world *world, struct record_list *ret_images, struct error **err);
int world_registries(struct world *world, struct record_list *ret_registries, struct error **err);

/* push for world_list: 0 or -1 (memory). Items live in the arena's lifetime. */
int world_list_push(struct world_list *list, void *item, struct arena *arena);

#endif
