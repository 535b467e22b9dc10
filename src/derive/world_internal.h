/* Between the steps that build a world. Only for this folder.
 *
 * Order: clusters, scopes, owners, secrets, defects, uses, matching, credentials, changes, sightings, images. Each step
 * reads what the ones before it have filled. All return 0, or -1 with *err.
 */
#ifndef FOTHER_DERIVE_WORLD_INTERNAL_H
#define FOTHER_DERIVE_WORLD_INTERNAL_H

#include "base/strbuf.h"
#include "derive/world.h"

/* Every record of the store, as it came. */
struct observed {
	struct record_list clusters, reads, coverage, namespaces, nodes, node_images, workloads, pods, containers,
		accounts;
	struct record_list secrets, entries, entry_values, readers, events, defects, gaps, findings;
	struct record_list manifests, members, tags, answers, registry_events; /* none with no_sightings */
};

/* The earliest proofs that a login existed: made from every entry_value that was ever seen. Of a token one for all user
 * names that it stands with. */
struct login_history {
	int64_t written; /* earliest managedFields time under which it was seen */
	int64_t seen;    /* earliest read that held it */
	bool earlier;    /* that read is not the latest one of its place */
	bool held;       /* an entry holds it now */
};

struct build {
	struct store *store;
	const struct world_options *options;
	struct world *world;
	struct observed observed;
	struct map clusters;                /* cluster identity -> struct world_cluster * (wanted ones only) */
	struct map image_names;             /* image as written -> struct world_image_name * */
	struct map repositories;            /* normalised repository -> struct slice * */
	struct map registries;              /* registry key or domain -> struct slice *: normalised registry */
	struct map logins;                  /* login_key -> struct login_history * */
	struct world_list image_defects;    /* const struct defect *: of registries and layouts, that are still so */
	struct map places;                  /* exact key of a place -> struct world_list * of struct entry_value * */
	struct strbuf key;                  /* the last composed key */
	struct slice last_identity;         /* records come sorted by cluster: */
	struct world_cluster *last_cluster; /* so the same one is asked for again and again */
};

/* --- base of all steps (build.c) --- */
void *build_new(struct build *build, size_t size, struct error **err);
int build_push(struct build *build, struct world_list *list, const void *item, struct error **err);
int build_text(struct build *build, struct slice *ret_text, struct error **err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* NULL: a cluster that is not wanted. */
struct world_cluster *build_cluster(struct build *build, struct slice identity);
/* The parts with '/' between them; valid until the next key. */
int build_key(struct build *build, const struct slice *parts, size_t count, struct slice *ret_key, struct error **err);
/* The same, but no two different lists of parts give the same key, whatever bytes they hold. */
int build_exact_key(struct build *build, const struct slice *parts, size_t count, struct slice *ret_key,
		    struct error **err);
/* The login that the parts name in the map; a new one is a copy of `like`, listed in the world. */
struct world_credential *build_login(struct build *build, struct map *logins, const struct slice *parts, size_t count,
				     const struct world_credential *like, struct error **err);
/* Puts value under the key where nothing is yet; *ret_value is what stands there now. */
int build_put(struct map *map, struct slice key, const void *value, void **ret_value, struct error **err);

/* A key of pointers. */
struct pair {
	const void *first, *second;
};
static inline struct slice pair_key(const struct pair *pair)
{
	return (struct slice){ (const char *)pair, sizeof *pair };
}

/* The index-th record of a list of struct type. */
#define RECORD_AT(list, type, index) (&((const struct type *)(list).items)[index])

/* --- names.c --- */
int build_image_name(struct build *build, struct slice text, const struct world_image_name **ret_name,
		     struct error **err);

/* --- the steps, one file each --- */
int clusters_build(struct build *build, struct error **err);
int scopes_build(struct build *build, struct error **err);
int owners_build(struct build *build, struct error **err);
int containers_build(struct build *build, struct error **err);
int secrets_build(struct build *build, struct error **err);
int defects_build(struct build *build, struct error **err);
int uses_build(struct build *build, struct error **err);
int missing_build(struct build *build, struct error **err);
int matching_build(struct build *build, struct error **err);
int history_build(struct build *build, struct error **err);
int credentials_build(struct build *build, struct error **err);
int former_build(struct build *build, struct error **err); /* a part of credentials_build */
void changes_build(struct build *build);
int sightings_build(struct build *build, struct error **err);
int images_build(struct build *build, struct error **err);

/* --- shared by steps --- */
/* A read that told nothing of what it was for. */
bool read_tells_nothing(const struct read *read);
/* Owners that are followed up from a workload: Kubernetes itself needs two (CronJob, Job), operators few more. */
#define OWNERS_MAX 16
/* What a controller is called in its cluster. */
struct workload_name {
	struct slice namespace, group, kind, name;
};
/* 0, and NULL when there is no such workload; never makes one. Owned ones too. */
int workload_find(struct build *build, const struct world_cluster *cluster, const struct workload_name *name,
		  struct world_workload **ret_workload, struct error **err);
/* The top workload whose pods are named like that, for a pod that nothing else is known of; NULL: none that was read.
 */
int workload_of_pod_name(struct build *build, const struct world_cluster *cluster, struct slice namespace,
			 struct slice pod, struct world_workload **ret_workload, struct error **err);
/* Who logs in where, with what. */
struct login {
	struct slice registry, username, cred_kind, fingerprint;
};
/* Of build.logins: a user name that is not there is an empty one, and that of a token does not matter. */
int login_key(struct build *build, const struct login *login, struct slice *ret_key, struct error **err);
/* The login of the value; NULL: no such history. */
int login_find(struct build *build, const struct entry_value *value, struct login_history **ret_history,
	       struct error **err);
/* The latest sight of another value in the value's place, before it was ever seen there; TIME_UNSET: none. */
int place_set_after(struct build *build, const struct entry_value *value, int64_t *ret_time, struct error **err);
/* 0, and NULL when there is no such secret: the current one, else one that is gone. */
int secret_find(struct build *build, const struct world_cluster *cluster, struct slice namespace, struct slice name,
		struct world_secret **ret_secret, struct error **err);
/* The pull secrets that new pods of the template get: its own, or its account's. *ret_account: set when the account's.
 */
int template_pull_secrets(struct build *build, const struct world_workload *template, struct slice_list *ret_secrets,
			  const struct service_account **ret_account, struct error **err);

/* Where a digest was seen, with what the row was made from. world.sightings points at the row in it. */
struct world_sighting {
	struct sighting row; /* first */
	const struct world_cluster *cluster;
	const struct world_workload *workload; /* NULL: not known */
	const struct node *node;               /* of a node's image list */
	const struct container *container;     /* of a pod's status; NULL: seen in another way */
	bool by_tag;                           /* the container was started by a name without a digest */
	bool current;                          /* still so at the latest read */
};

#endif
