/* Where images are: a registry, an OCI layout, an archive. One interface, so that whoever walks through images does not
 * know which.
 *
 *     source->ops->ask(source, &(struct image_ask){ IMAGE_ASK_TAG, repository, tag }, owner, err);    // any number
 *     while ((got = source->ops->next(source, timeout_ms, &answer, err)) > 0)
 *             ... answer.owner, answer.outcome ...
 *
 * Answers come in any order. A registry has many requests under way at once; a layout answers as it is asked. An ask
 * has one answer with `last`; a list (catalog, tags) may come as several before it, one for each page.
 *
 * Whatever could not be had is an answer, never a failure: -1 means that memory, or the machine below, gave out.
 *
 * Archives as `docker save` wrote them for years hold no manifests: an image is its config there, and its identity the
 * config's digest. Such a source answers TAG with the digest and media type of a config (media_type_of: MEDIA_CONFIG),
 * and MANIFEST of that digest with the config's bytes under that media type. Nobody may take it for the digest of a
 * manifest that a registry would know.
 */
#ifndef FOTHER_OCI_FORMAT_IMAGE_SOURCE_H
#define FOTHER_OCI_FORMAT_IMAGE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

enum image_ask_type {
	IMAGE_ASK_REPOSITORIES, /* the catalog: repository not there */
	IMAGE_ASK_TAGS,         /* of a repository */
	IMAGE_ASK_TAG,       /* which digest `reference` (a tag; a digest: whether it is there) points to: no bytes */
	IMAGE_ASK_MANIFEST,  /* `reference` is a digest: its verified bytes */
	IMAGE_ASK_BLOB,      /* `reference` is a digest: a config's verified bytes */
	IMAGE_ASK_REFERRERS, /* the index of what refers to the digest `reference`; bytes of an index */
};

/* Texts are borrowed for the call. */
struct image_ask {
	enum image_ask_type type;
	struct slice repository;
	struct slice reference;
	struct slice media_type; /* of a manifest or blob, where a descriptor told */
	int64_t size;            /* where a descriptor told; else INT_UNKNOWN. A larger answer is invalid */
	bool tags_listed;        /* of referrers: who asks sees all tags of the repository, so that the fallback tag
				    (distribution spec, "Referrers Tag Schema") need not be looked for: UNSUPPORTED */
};

enum image_outcome {
	IMAGE_PRESENT,
	IMAGE_ABSENT,      /* not there: 404 with an error of the API that says so */
	IMAGE_UNSUPPORTED, /* the source has no such list: no catalog, no referrers */
	IMAGE_FORBIDDEN,   /* 401 or 403, after all logins */
	IMAGE_LIMITED,     /* 429 until patience ended */
	IMAGE_INVALID,     /* came, but is not what it must be: another digest, too large, broken */
	IMAGE_FAILED,      /* network, server, time */
	IMAGE_INTERRUPTED,
};
/* "present", "absent", "unsupported", "forbidden", "limited", "invalid", "failed", "interrupted". */
const char *image_outcome_text(enum image_outcome outcome);

/* Valid until the next call of next. */
struct image_answer {
	void *owner;
	enum image_outcome outcome;
	struct slice why;        /* not present: for a person, no secret in it */
	bool last;               /* no more answers to this ask */
	struct slice_list names; /* of lists: repositories or tags of this page, as given */
	struct slice digest;     /* TAG: of the manifest, never not there when present. MANIFEST, BLOB: as asked */
	struct slice media_type; /* TAG, MANIFEST, REFERRERS: as the source says */
	struct slice bytes;      /* MANIFEST, BLOB, REFERRERS; of TAG where the source could give no digest without */
	bool verified;           /* false: an algorithm that we do not know */
};

struct image_source;

struct image_source_ops {
	/* 0 or -1. owner comes back in the answers. */
	int (*ask)(struct image_source *source, const struct image_ask *ask, void *owner, struct error **err);
	/* 1: an answer. 0: none within timeout_ms (negative: for ever), or nothing was asked. -1. */
	int (*next)(struct image_source *source, int timeout_ms, struct image_answer *ret_answer, struct error **err);
	/* More asks than that under way win nothing; at least 1. */
	size_t (*width)(const struct image_source *source);
	/* NULL allowed. */
	void (*close)(struct image_source *source);
};

struct image_source {
	const struct image_source_ops *ops;
};

#endif
