/* What registries, layouts and their logs say of images, joined with what the clusters run. A part of the world.
 *
 * A digest is the same image wherever it was read; what a registry says of a tag is the registry's word alone. Pods are
 * a witness too: a pod that was started by repo:tag and runs digest D proves that the tag pointed to D (or to what D is
 * a member or the config of) when it was pulled.
 */
#ifndef FOTHER_DERIVE_WORLD_IMAGES_H
#define FOTHER_DERIVE_WORLD_IMAGES_H

#include "base/arena.h"
#include "base/map.h"
#include "derive/world.h"
#include "model/answer.h"
#include "model/observed.h"

/* How a base is known. */
enum base_proof {
	BASE_NONE,
	BASE_LAYERS,                /* its chain ID is one of this image's, the longest but the whole */
	BASE_LAYERS_AND_ANNOTATION, /* and the annotation names it */
	BASE_ANNOTATION,            /* only claimed */
	BASE_HISTORY,               /* its history is the beginning of this one's (squashed or repacked layers) */
	BASE_DISAGREE,              /* the annotation names another one than the layers show */
};
/* As in the record image's base_proof; NULL for BASE_NONE. */
const char *base_proof_text(enum base_proof proof);

/* What a digest names. */
struct world_manifest {
	const struct manifest *record;
	struct world_list parents; /* struct world_manifest *: indexes that hold it */
	struct world_list members; /* struct world_member * of an index, in its order */
	struct world_list tags;    /* struct world_tag *: that point, or pointed, to it; not by way of an index */
	struct world_list places;  /* struct world_place *: repositories where a registry was asked for it or told of it
				    */
	struct world_list built_on_this;   /* struct world_manifest *: images whose base it is, or whose base's */
	struct world_list referrers;       /* struct world_manifest *: whose subject it is */
	const struct world_manifest *base; /* the nearest; NULL: none that is known */
	enum base_proof base_proof;
	size_t base_layers;  /* layers that it shares with the base */
	struct slice dating; /* as in the record image: `future` too */
	int64_t pushed;      /* latest push that a registry or a log tells of; TIME_UNSET */
	struct slice pushed_by;
};

/* The dates of an index are those of its images. TIME_UNSET: no date that counts. */
int64_t world_built(const struct world_manifest *manifest);

struct world_member {
	const struct index_member *record;
	struct world_manifest *manifest; /* NULL: not read */
};

/* One repository that holds, held, or was asked for a digest. */
struct world_place {
	struct slice registry, repository;
	const struct registry_answer *answer; /* the latest; NULL: only tags tell */
};

/* A tag in one registry. */
struct world_tag {
	struct slice registry, repository, tag;
	struct world_list states;              /* struct tag_state *, oldest first; one for each stay at a digest */
	bool listed;                           /* a registry's read told of it (not only pods, layouts or a log) */
	bool deleted;                          /* a later complete list of the repository no longer held it */
	int64_t deleted_by;                    /* when it was no longer there; TIME_UNSET */
	bool put_back;                         /* it points to what it pointed to before another */
	const struct registry_answer *failure; /* the latest read could not tell what it points to; NULL */
	int64_t last_seen;
	struct world_list sightings; /* struct sighting *: of pods that were started by its name, with a digest that can
					be compared: one of a name in a mirror too, where that is recognised by digest
				      */
};

struct world_repository {
	struct slice registry, repository;
	const struct coverage *tags, *manifests; /* of the latest read that asked; NULL: nobody did */
	const struct read *read;
	int64_t first_read;       /* time of the first read that asked; TIME_UNSET */
	struct world_list listed; /* struct world_tag * */
};

/* A registry (or layout) that was read. */
struct world_source {
	struct slice registry; /* normalised; of a layout its name */
	struct slice identity; /* REGISTRY_IDENTITY or IMAGES_IDENTITY and what follows */
	bool is_registry;
	const struct read *read;        /* the latest */
	const struct coverage *catalog; /* NULL: not asked */
	struct world_list repositories; /* struct world_repository * */
};

struct world_images {
	struct world_list manifests; /* struct world_manifest *, by digest */
	struct world_list tags;      /* struct world_tag *, by registry, repository, tag */
	struct world_list sources;   /* struct world_source * */
	struct record_list events;   /* struct registry_event, by time */
	struct record_list answers;  /* struct registry_answer: current ones that are not `present` */
	struct map by_digest;        /* manifest digest -> struct world_manifest * */
	struct map by_config;        /* config digest -> struct world_list * of struct world_manifest * */
	struct map by_chain;         /* chain ID -> struct world_list * of images that consist of it */
	struct map by_layer;         /* diff ID -> struct world_list * of images that hold it */
	struct map tags_by_name;     /* "registry/repository:tag" -> struct world_tag * */
	struct map tags_by_digest;   /* digest, read or not -> struct world_list * of struct world_tag * */
	struct map answers_by_name;  /* "registry/repository@reference" -> const struct registry_answer *, the latest */
	struct map repositories;     /* "registry/repository" -> struct world_repository *: read by whomever */
	struct map defects;          /* digest -> struct world_list * of const struct defect * */
	bool read;                   /* some registry or layout was read: what is not there was not there */
};

/* What a digest of any kind (index, manifest, config) names: of a config the first manifest with it. NULL: not read. */
struct world_manifest *world_manifest_of(const struct world *world, struct slice digest);
/* "index", "manifest" or "config"; not there: nobody read it. */
struct slice world_digest_kind(const struct world *world, struct slice digest);
/* Whether two digests are the same image or one holds the other: index and member, manifest and config. */
bool world_same_image(const struct world *world, struct slice a, struct slice b);

/* Between which times a tag came to point where its state says: TIME_UNSET where nothing tells. A push says when, but
 * of what stood there before only that it was pushed again. */
struct world_arrival {
	int64_t after, by;
};
struct world_arrival world_tag_arrival(const struct world_tag *tag, size_t state);
/* Latest time that anybody saw it at one of its first states; TIME_UNSET. */
int64_t world_tag_seen_before(const struct world_tag *tag, size_t state);

/* --- rows, into the world's arena --- */
/* All tags. */
int world_tag_rows(struct world *world, struct record_list *ret_rows, struct error **err);
int world_tag_row(struct world *world, const struct world_tag *tag, struct tag_row *ret_row, struct error **err);
int world_repository_rows(struct world *world, struct record_list *ret_rows, struct error **err);
/* reference stands as it was asked for. */
int world_image_facts(struct world *world, const struct world_manifest *manifest, struct slice reference,
		      struct image_facts *ret_facts, struct error **err);
/* The change from one content of a tag to another: platform by platform where they are indexes. Texts as in the record
 * tag_row; platforms may be NULL. */
int world_change(struct world *world, struct slice old_digest, struct slice new_digest, struct slice *ret_change,
		 struct slice_list *ret_platforms, struct error **err);
/* The base of a manifest as people name it: "docker.io/library/node:20", else its digest; not there: none. */
struct slice world_base_name(struct world *world, const struct world_manifest *manifest);

#endif
