/* Through images of one source, each digest once, to records in a sink.
 *
 *     image_walk_new(&options, &walk, err);
 *     image_walk_repository(walk, SLICE("acme/web"), err);             // all tags, and what they lead to
 *     image_walk_reference(walk, SLICE("acme/web"), SLICE("1.0"), err); // a tag or a digest
 *     image_walk_run(walk, err);
 *     image_walk_free(walk);
 *
 * Tags are asked for their digest; what a digest names is fetched once, whichever repository, tag or index leads to it,
 * and not at all where it is known. An index leads to its members (nested ones LIMIT_INDEX_DEPTH deep), an image to its
 * config, both to their referrers. Inline `data` takes the place of a request.
 *
 * A digest that cannot be had through one repository is tried through the others that lead to it.
 *
 * Records put: tag; registry_answer for all that was asked for by digest, and for all that could not be had (reference:
 * the tag, or the digest of the manifest or config; empty for the list of tags); manifest, index_member, image_content;
 * defect (object_kind Image, the repository as the namespace, the digest as the object); and coverage, with the
 * repository as the namespace:
 *
 *     Repository *            the catalog
 *     Tag REPOSITORY          complete: the list was whole, and each tag on it stood somewhere or was gone when asked
 *     Manifest REPOSITORY     complete: all that the repository leads to was read, or known before. Of a repository
 * whose list was not asked for the subtype is `given`: of what was asked for by name alone
 *
 * Texts of `why` say how many were lost, and name the first: "2 of 30 tags: v1: limited: 429 ...". What is listed but
 * cannot be the name of a tag or repository is a defect, bad_name. A listed tag that is a digest (layouts have them) is
 * asked for as one. All memory that grows with the source is the set of digests and names that were met
 * (LIMIT_WALK_DIGESTS); the tags of one repository wait as packed text.
 */
#ifndef FOTHER_OCI_WALK_WALK_H
#define FOTHER_OCI_WALK_WALK_H

#include "model/sink.h"
#include "oci/format/image_source.h"

/* What was known before: made by who has the store. */
struct image_known {
	/* Whether all that the digest leads to is known: the manifest and its config, or the index and its members. */
	bool (*has)(const void *data, struct slice digest);
	/* The digest at which the tag stood last, and since when: 1, or 0 (not known). registry is normalised. */
	int (*tag)(const void *data, struct slice registry, struct slice repository, struct slice tag,
		   struct slice *ret_digest, int64_t *ret_since);
	const void *data;
};

struct image_walk_options {
	struct image_source *source;     /* borrowed */
	struct sink *sink;               /* borrowed */
	int64_t read;                    /* an open read of it */
	int64_t as_of;                   /* the time that tags are seen at */
	struct slice registry;           /* for records: normalised; of a mirror the registry behind it */
	const struct image_known *known; /* NULL: nothing */
	bool referrers;                  /* ask for them too */
	/* Who calls can list repositories in another way: a catalog that gave no name is told by the result alone, and
	 * neither a failure nor a coverage record. */
	bool catalog_optional;
	/* A layout names images of several registries: splits a repository that the source names into registry and
	 * path, for records. NULL: all are of `registry`, and names that no registry can have are refused. What it sets
	 * is used whatever it answers. */
	int (*split)(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path);
	const void *split_data;
	/* After every answer; true ends the walk as interrupted. NULL: nobody is asked. */
	bool (*stopped)(void *data);
	void *stopped_data;
};

struct image_walk_result {
	size_t repositories, tags, manifests, known, defects, failures; /* known: digests that were not fetched again */
	size_t answered;            /* answers that told something: present, absent, unsupported */
	enum image_outcome catalog; /* of the catalog, where it was asked for */
	size_t catalog_names;       /* that it gave, wanted or not */
	struct slice catalog_why;   /* lives as long as the walk, as the next */
	struct slice why;           /* the first failure: "acme/web v1: limited: 429 ..."; not there: none */
	bool complete, interrupted;
};

struct image_walk;

int image_walk_new(const struct image_walk_options *options, struct image_walk **ret_walk, struct error **err);
/* The catalog, and each repository of it that `wanted` says true to (NULL: all). */
int image_walk_catalog(struct image_walk *walk, bool (*wanted)(const void *data, struct slice repository),
		       const void *data, struct error **err);
int image_walk_repository(struct image_walk *walk, struct slice repository, struct error **err);
/* A tag, or a digest: whether it is there becomes a registry_answer, also where what it names is known. */
int image_walk_reference(struct image_walk *walk, struct slice repository, struct slice reference, struct error **err);
/* Until all is answered. May be called again after more was added. -1: the sink, memory or the machine; then only free
 * is left. */
int image_walk_run(struct image_walk *walk, struct image_walk_result *ret_result, struct error **err);
/* How far it came: for progress, while it runs. */
const struct image_walk_result *image_walk_progress(const struct image_walk *walk);
struct image_walk *image_walk_free(struct image_walk *walk);
void image_walk_freep(struct image_walk **walk);

#endif
