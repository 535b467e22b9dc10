/* Between the steps that build what is known of images. Only for this folder.
 *
 * Order: manifests, sources, tags, dates, bases. Each step reads what the ones before it have filled.
 */
#ifndef FOTHER_DERIVE_IMAGES_INTERNAL_H
#define FOTHER_DERIVE_IMAGES_INTERNAL_H

#include "derive/world_images.h"
#include "derive/world_internal.h"

/* Who saw a tag at a digest, the better witness last. */
enum tag_witness { SEEN_BY_PODS, SEEN_BY_LAYOUT, SEEN_BY_LOG, SEEN_BY_REGISTRY };

/* A tag at a digest at one time. */
struct tag_point {
	int64_t time;
	struct slice digest;
	enum tag_witness by;
	bool exact;           /* else at that time or before: a pod may have been started from what its node had */
	int64_t since;        /* of pods, exact: it was at a time from here on, and before `time` or in its second */
	struct slice content; /* of pods: the config of what their node runs of it; empty where that is not known */
	int64_t pushed;       /* TIME_UNSET */
	struct slice pushed_by;
	struct slice machine; /* of pods: what tells one kind of digest from another; see image_pods.c */
};

struct tag_points {
	struct tag_point *items;
	size_t len, capacity;
};

struct tag_push {
	int64_t time;
	struct slice by;
};

/* A tag while its states are made. */
struct tag_build {
	struct world_tag tag;              /* first */
	struct tag_points points, layouts; /* of layouts apart: they do not tell when */
	struct world_list pushes;          /* struct tag_push *: which digest is not told */
	int64_t row_seen;                  /* last_seen of the latest row; TIME_UNSET: none */
	bool row_gone;
	int64_t deletion; /* that a log tells of; TIME_UNSET */
};

struct images_build {
	struct build *build;
	struct world_images *images;
	struct map reads;        /* number -> const struct read * of a registry or layout */
	struct map sources;      /* identity -> struct world_source * */
	struct map repositories; /* exact key of identity and repository -> struct world_repository * */
	struct map places;       /* exact key of digest, registry and repository */
	struct map loose;        /* exact key of tag and digest -> struct tag_point's index + 1 */
	struct map mirrored;     /* exact key of a name in a mirror and its digest -> struct tag_build *, or the map */
	struct map texts;        /* interned machines */
};

/* --- the steps --- */
int image_manifests_build(struct images_build *b, struct error **err);
int image_sources_build(struct images_build *b, struct error **err);
int image_tags_build(struct images_build *b, struct error **err);
int image_dates_build(struct images_build *b, struct error **err);
int image_bases_build(struct images_build *b, struct error **err);
/* A part of image_tags_build: what pods tell of tags. */
int image_pods_build(struct images_build *b, struct error **err);

/* --- shared by them --- */
/* The list under the key, made when missing. */
int image_list_push(struct images_build *b, struct map *map, struct slice key, void *item, struct error **err);
/* The tag; NULL: none of that name was seen, or -1 when memory is out. */
int image_tag_find(struct images_build *b, struct slice registry, struct slice repository, struct slice tag,
		   struct tag_build **ret_tag, struct error **err);
/* The same; made when missing. */
int image_tag_put(struct images_build *b, struct slice registry, struct slice repository, struct slice tag,
		  struct tag_build **ret_tag, struct error **err);
int image_point_add(struct images_build *b, struct tag_build *tag, const struct tag_point *point, struct error **err);
int image_repository_put(struct images_build *b, struct slice identity, struct slice registry, struct slice repository,
			 struct world_repository **ret_repository, struct error **err);
/* Remembers that the repository holds, or held, the digest. */
int image_place_add(struct images_build *b, struct slice digest, struct slice registry, struct slice repository,
		    const struct registry_answer *answer, struct error **err);

/* --- tag_states.c: from points to states; tag_layouts.c: and those of layouts --- */
int tag_states_make(struct images_build *b, struct tag_build *tag, struct error **err);
int tag_layouts_add(struct images_build *b, struct tag_build *tag, struct error **err);

/* --- what rows need --- */
#define IMAGE_DEPTH_MAX 4 /* indexes in indexes */
/* "registry/repository" + separator + name, for the maps of world_images. Valid until the next one. */
struct slice image_name_key(struct strbuf *key, struct slice registry, struct slice repository, char separator,
			    struct slice name);
/* Of a manifest: "linux/arm64/v8"; of an index those of its images, each once. */
int image_platforms(struct world *world, const struct world_manifest *manifest, struct slice_list *ret_platforms);
struct slice image_platform_text(struct arena *arena, struct slice os, struct slice architecture, struct slice variant,
				 struct slice os_version);
/* The image that stands for all of an index: linux/amd64, else the first; of an image itself. */
const struct world_manifest *image_main_member(const struct world_manifest *manifest);
/* As world_same_image, where it is known what was read: the manifests of the digests, or NULL. */
bool image_same(const struct world_manifest *one, struct slice a, const struct world_manifest *other, struct slice b);
/* The config of what a node runs that names the digest; empty: it is not known which. A runtime that got one image by
 * several digests, as of indexes that differ elsewhere, names it by any of them. */
struct slice image_content_of(const struct world *world, const struct world_sighting *sighting);
/* It stands there now, and was not deleted. */
bool image_tag_points_to(const struct world *world, const struct world_tag *tag, struct slice digest);
/* Every tag that points, or pointed, to the digest, by way of its indexes too: struct world_tag *, each once. */
int image_tags_of(struct world *world, struct slice digest, struct world_list *ret_tags);
/* "code: message" of each. */
int image_defects_of(struct world *world, struct slice digest, struct slice_list *ret_defects);
/* Fills what registries and layouts tell of row->digest. */
int image_row_fill(struct world *world, struct strbuf *key, struct image *row);

void images_release(struct world_images *images);

#endif
