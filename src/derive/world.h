/* Everything that was read, joined: who owns what, who uses which secret, what the kubelet would pull with what, where
 * a digest was seen. Pure: store in, view out. Used by detect and triage.
 *
 *     CLEANUP(world_freep) struct world *world = NULL;
 *     struct world_options options = { .as_of = TIME_UNSET };
 *     if (world_load(store, &options, &world, err) < 0) return -1;
 *
 * Built in one arena in one go. "Current" below means: not gone, and part of its object's latest reading (the entry of
 * a secret, the container of a pod: last seen when the secret, the pod was last seen).
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

/* What an image is called somewhere, taken apart once for all that call it so. */
struct world_image_name {
	struct slice text;              /* as written */
	struct reference reference;     /* domain not there when it does not parse */
	struct slice registry;          /* normalised for people: every name of Docker Hub is docker.io */
	const struct slice *repository; /* what pull credentials are matched against; the same repository is the same
					 * pointer; NULL when the name does not parse */
};

/* A controller, or a bare pod. Only those without an owner of their own stand in world_cluster.workloads. */
struct world_workload {
	struct world_cluster *cluster;
	struct slice namespace, group, kind, name;
	const struct workload *record;  /* NULL: known only from owner references, or a bare pod */
	struct world_workload *owner;   /* controlling owner; NULL for a top one */
	struct world_workload *top;     /* itself when it has no owner */
	struct world_list pods;         /* struct world_pod *: of the top one, whichever ReplicaSet or Job made them */
	struct world_list containers;   /* struct world_container * of its template; current ones */
	struct world_list repositories; /* const struct slice * (interned): of the top one's templates and current pods
					 */
	struct world_list reads; /* const struct slice *: the names of all secrets, of whatever type, that the top
				  * one's templates and pods (ended ones too) can read; each once, sorted */
	struct slice_list pull_secrets; /* of its template */
	struct slice service_account;   /* of its template */
	struct slice managed_by;
	bool template_counts; /* new pods come from this template: it is current, and no owner above has one of its own
			       */
	bool gone;            /* no longer there; without a record: none of its pods is */
};

struct world_pod {
	const struct pod *record;
	struct world_cluster *cluster;
	struct world_workload *workload; /* the top one */
	struct world_list containers;    /* struct world_container *: of its latest reading */
	bool ended;                      /* Succeeded, Failed or gone */
};

struct world_container {
	const struct container *record;
	struct world_pod *pod;                /* NULL for a template's */
	struct world_workload *workload;      /* the top one */
	const struct world_image_name *image; /* of the spec's image */
	struct reference reference;           /* image->reference */
	struct slice repository;              /* *image->repository; not there when the image does not parse */
};

struct world_entry {
	const struct entry *record;
	struct world_secret *secret;
	bool dead; /* no image can match its key */
	/* It matches images, and for each of them another entry is always tried before it; or it is Docker Hub's last
	 * resort (index.docker.io), and for each image of the Hub another entry matches, so that it is not asked. */
	bool shadowed;
	size_t tried_first; /* (pull-secret list, repository) pairs of the namespace for which it is tried first */
	const struct world_entry *shadowed_by; /* one such entry; of the same secret or of another in the pod's list */
	const struct slice *shadowed_for;      /* ... and the repository (interned) for which it is tried */
	struct world_list images; /* const struct slice * (interned): repositories of the namespace that it matches */
	int64_t set_after; /* last time another value was seen in its place, before this one was; see credential */
};

enum use_relation { USE_PULLS, USE_TEMPLATE, USE_SERVICE_ACCOUNT, USE_READS };

/* Someone who uses a secret. One per secret, relation, workload and account.
 *
 * PULLS: pods list it (live ones count; one with ended pods only says who used it). TEMPLATE: new pods will list it.
 * SERVICE_ACCOUNT: new pods will get it from their account, because their template lists none. READS: mounted or in the
 * environment, not used for pulls. */
struct world_use {
	enum use_relation relation;
	struct world_workload *workload;               /* the top one; NULL for an account that no workload runs as */
	const struct service_account *service_account; /* the account that lists it, where it is through one */
	struct slice via;        /* pod, template, "service_account NAME", or how it is read: "env, volume" */
	size_t pods, ended_pods; /* of the workload that list the secret, or for READS that read it */
};

struct world_secret {
	const struct secret *record;
	struct world_cluster *cluster;
	bool current;              /* not gone */
	struct slice change;       /* new, changed, gone, same: against the read of secrets before the latest of its
				    * cluster; not there when there was none */
	struct world_list entries; /* struct world_entry *, current ones */
	struct world_list uses;    /* struct world_use * */
	struct world_list defects; /* const struct defect * of its latest reading */
	bool blocks_pulls;         /* the kubelet fails every pull that uses it */
	int64_t values_as_of;      /* the latest reading that looked into it: its entries and defects are of that time.
				    * Earlier than record->last_seen where only its metadata was read since; TIME_UNSET:
				    * nobody ever looked into it, and whether it holds logins is not known */
};

/* A reference to a secret that is not there. Only where the pull secrets of the namespace were read completely. */
struct world_missing {
	struct world_cluster *cluster;
	struct slice namespace, secret, holder_kind, holder; /* of the top workload, or a ServiceAccount */
};

/* What the latest read of a cluster tells of one kind. */
struct world_kind {
	struct slice kind;          /* as in coverage.kind */
	struct world_list coverage; /* const struct coverage *: one for each list that was read or asked for */
	const struct coverage *all; /* the list of all namespaces, the first of them; NULL: none was asked for */
	struct map namespaces;      /* namespace -> const struct coverage *: of its own list */
	bool read;                  /* something of it was read */
	bool partial;               /* some list of it is partial */
};

struct world_cluster {
	const struct cluster *record;
	struct slice name;    /* unique among clusters */
	int64_t as_of;        /* of `read` */
	int64_t as_of_before; /* of the latest one of an earlier time; TIME_UNSET when there was none */
	int64_t first_read;   /* of the earliest one; TIME_UNSET when none told anything */
	int64_t secrets_as_of, secrets_before; /* the same of those reads that held values of secrets: see
						* world_secret.change */
	const struct read *read;    /* the latest that tells of the cluster; a watch or one that failed only where there
				     * is no other */
	const struct read *failed;  /* the latest that was begun after `read` and told nothing, or `read` if that did;
				     * NULL:  none. Reads of its address that learnt no UID count */
	const struct read *changes; /* the latest complete batch of a watch after `read`; NULL: none */
	bool exact; /* its coverage names each list that was asked for: it was made at an API server, not from a dump */
	struct world_list coverage;   /* const struct coverage * of `read` */
	bool users_lost;              /* a file was lost that may have held what can use secrets */
	struct map kinds;             /* kind -> struct world_kind * */
	struct world_list namespaces; /* const struct namespace *, current ones */
	struct world_list secrets, workloads, pods, nodes, entries;
	struct world_list accounts;   /* const struct service_account *, current ones */
	struct world_list templates;  /* struct world_workload * whose template_counts */
	struct map secrets_by_name;   /* "namespace/name" -> struct world_secret * (current first) */
	struct map workloads_by_name; /* "namespace/Kind.group/name" (core: "namespace/Pod/name") -> struct
				       * world_workload *, owned ones too: see top */
	struct map accounts_by_name;  /* "namespace/name" -> const struct service_account * */
	struct map pods_by_uid;       /* pod.uid -> struct world_pod * */
	struct map secrets_by_uid;    /* secret.uid -> struct world_secret * */
	struct map nodes_by_name;     /* node.name -> const struct node * */
};

/* Where a login once was: the secret holds another value now, or is gone. */
struct world_former {
	const struct world_cluster *cluster;
	struct slice namespace, secret, data_key, registry_key;
	int64_t last_seen; /* time of the latest read that held it there */
};

/* All entries with the same registry, user, kind and fingerprint; or a former login, which was seen and which no entry
 * holds any more: it works until its registry says otherwise. It has no entries, and says where it was instead. What a
 * partial read did not hold, and what was not read again, is still where it was: that makes no login a former one.
 *
 * not_changed_since is the earliest proof that the value existed, over all copies and all that was ever read of the
 * same registry, user and fingerprint (so a copy that was re-created with the old value stays as old as the value); of
 * a token (credential_kind_is_token) under any user name, for it is one value.
 * set_after is set only when each copy stands in a place where another value was seen before, and nothing shows this
 * value earlier: the earliest of those times. A value that came back (A, B, A) therefore has none. */
struct world_credential {
	struct slice registry, username, cred_kind, cred_detail, fingerprint, key_id;
	struct world_list entries; /* struct world_entry *, every current copy; none of a former login */
	struct world_list former;  /* struct world_former *, of a former login */
	int64_t not_changed_since; /* TIME_UNSET never: the read's time at least */
	int64_t set_after;         /* TIME_UNSET: not known to be younger than anything */
	struct slice age_proof;    /* managedFields, history or read */
};

/* What is wrong with a file as a whole (a defect of kind File), and is not told already: a list that was cut stands as
 * partial in the coverage of its kind, with the file and the place. */
struct world_file_defect {
	const struct defect *record;
	const struct world_cluster *cluster;
};

struct world_images;

struct world {
	struct arena arena;
	int64_t as_of;                  /* newest of the clusters', or what was given */
	struct world_list clusters;     /* struct world_cluster *, by name */
	struct world_list secrets;      /* struct world_secret *, all clusters, gone ones too */
	struct world_list credentials;  /* struct world_credential *, by registry, user, kind, fingerprint */
	struct world_list sightings;    /* struct sighting *, rank and bad unset */
	struct world_list missing;      /* struct world_missing * */
	struct record_list reads;       /* struct read: read and changes of each cluster, and later ones that failed */
	struct record_list defects;     /* struct defect: those that the latest reading still had */
	struct world_list file_defects; /* struct world_file_defect * */
	struct record_list gaps;        /* struct gap: the same */
	struct record_list findings;    /* struct finding, as the store has them */
	struct world_images *images;    /* what is known of images: world_images.h; NULL with no_sightings */
	struct map served;              /* which entry matches which repository: see world_entry_serves */
};

/* as_of only moves the time from which ages are measured: it hides nothing that was read later. */
struct world_options {
	int64_t as_of;                /* TIME_UNSET: the newest read's */
	const struct slice *clusters; /* names or UIDs to keep; none: all */
	size_t cluster_count;
	bool no_sightings; /* leaves world.sightings empty, for those who ask about logins only */
	/* For those who ask which images there are, and of when, and not what is in them: records of manifests lack
	 * their lists (layers, history_steps, labels, ...), and no image has a base. */
	bool without_layers;
};

int world_load(struct store *store, const struct world_options *options, struct world **ret_world, struct error **err);
struct world *world_free(struct world *world);
void world_freep(struct world **world);

/* Whether some objects of the kind were read in the cluster, or an empty list of it. */
bool world_read_kind(const struct world_cluster *cluster, const char *kind);

/* How far the latest read of the cluster covered a kind in a namespace. A list of one namespace says nothing of others
 * in a live cluster; in a dump it may be the list of all, with objects in one only, so there it does. */
enum world_scope {
	SCOPE_NOT_READ, /* no list of it, in no namespace */
	SCOPE_LOST,     /* not asked for here, refused, failed, cut, interrupted, or of two states */
	SCOPE_READ,     /* all of it */
};
enum world_scope world_scope_of(const struct world_cluster *cluster, struct slice kind, struct slice namespace);

/* Whether a secret of the namespace that has no users has none: pods, service accounts and templates (of a dump: of
 * some kind, of a live cluster: of each) were read there, nothing that may hold users is known to be missing there, and
 * no file was lost that may have held some. */
bool world_users_known(const struct world_cluster *cluster, struct slice namespace);

/* The list held all that it was asked for, values apart. */
bool coverage_is_whole(const struct coverage *coverage);
/* Something of it was read. */
bool coverage_is_read(const struct coverage *coverage);

/* Whether the kubelet would try the entry for images of an (interned) repository of its namespace. */
bool world_entry_serves(const struct world *world, const struct world_entry *entry, const struct slice *repository);
/* Whether the use pulls now or with the next pod: not a reader, not one of ended pods only. */
bool world_use_pulls(const struct world_use *use);

/* Answer rows that several commands need. Into the world's arena; NULL when memory is out.
 *
 * users counts workloads whose pods list a secret with it, or whose next pod will, each once; none for a secret with no
 * key that an image can match (the kubelet never pulls with it). It is unknown, never 0, where nobody was found and
 * world_users_known is false. user.images tells what the kubelet would try the login for. rank, action, standing,
 * bad_readers and why stay unknown. Notes: dead_key, shadowed, immutable and blocks_pulls hold for some copy,
 * not_kubelet and unused for all; a login with the note former has no other, no secrets, no users, no readers, and its
 * copies are the places where it was, each with the time at which it was last seen there.
 */
struct credential *world_credential_row(struct world *world, const struct world_credential *credential);
struct secret_row *world_secret_row(struct world *world, const struct world_secret *secret);
int world_images(struct world *world, struct record_list *ret_images, struct error **err);
int world_registries(struct world *world, struct record_list *ret_registries, struct error **err);

/* push for world_list: 0 or -1 (memory). Items live in the arena's lifetime. */
int world_list_push(struct world_list *list, void *item, struct arena *arena);

#endif
