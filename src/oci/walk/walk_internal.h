/* What the files of this folder share. From the outside in:
 *
 * walk.c             the calls of walk.h, and the loop: asks as many as the source takes, and hands out answers
 * walk_repository.c  repositories: their beginning, names that wait, what is said of each at its end
 * walk_list.c        answers to lists, and to what they name
 * walk_digest.c      digests: who leads to which, each once, and what became of it
 * walk_read.c        manifests, indexes, configs and referrers that arrived
 * walk_put.c         records
 *
 * A task is one thing that is being found out, and has at most one ask under way: a list, a tag, a digest (its
 * manifest, then its config or its members). A waiter of a digest is who wants to know how it ended: an index that it
 * is a member of, or a repository whose tag or reader named it. A digest that could not be read through one repository
 * is tried through those of its other waiters before any of them is told.
 *
 * No more than a few repositories, and as many tasks as the source takes asks, are open at the same time: members of
 * indexes go before tags, tags before lists, so that nothing grows with the number of images but the set of digests.
 */
#ifndef FOTHER_OCI_WALK_WALK_INTERNAL_H
#define FOTHER_OCI_WALK_WALK_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "oci/format/config.h"
#include "oci/walk/config_cache.h"
#include "oci/walk/digest_set.h"
#include "oci/walk/name_queue.h"
#include "oci/walk/walk.h"

/* Repositories that are open, and those of them whose list is being read, at the same time. */
#define OPEN_REPOSITORIES_FOR_EACH_ASK 4
#define LISTS_UNDER_WAY 8

/* --- repositories --- */
/* What could not be had: how many, and the first with its why. */
struct loss {
	size_t count;
	struct slice first; /* in the repository's arena */
};

struct walk_repository {
	struct walk_repository *previous, *next; /* in the list that it is in: waiting or open */
	struct arena arena;
	struct slice name;           /* as the source names it */
	struct slice registry, path; /* as records name it */
	struct name_queue names;     /* tags and digests that wait */
	bool listed;                 /* its list of tags is wanted */
	bool list_ended, list_failed;
	enum image_outcome list_outcome; /* of the page that ended it */
	struct slice list_why;
	bool seen_page;              /* some page came */
	size_t open;                 /* tasks and digests that it waits for */
	size_t tags, named;          /* tags found; names taken of list and reader */
	size_t digests;              /* that it led to */
	struct loss lost_tags, lost; /* lost: manifests, configs, referrers */
	bool broken;                 /* something that it leads to was not read whole */
	bool from_catalog;           /* nobody named it */
};

/* What was found of a repository before its list was read: with that it goes on. In the arena of the walk. */
struct kept {
	size_t tags, named, digests;
	struct loss lost_tags, lost;
	bool broken;
};

/* --- tasks --- */
enum task_step {
	TASK_CATALOG,
	TASK_TAGS,
	TASK_TAG,
	TASK_HELD, /* whether a digest that is known anyway is there */
	TASK_REFERRERS,
	TASK_MANIFEST,
	TASK_CONFIG,
	TASK_MEMBERS, /* an index or referrers, whose members are read */
};

enum digest_kind { DIGEST_NEW, DIGEST_OPEN, DIGEST_WHOLE, DIGEST_BROKEN, DIGEST_HOPELESS, DIGEST_TOO_DEEP };

struct waiter {
	struct waiter *next;
	struct walk_repository *repository;
	struct task *parent; /* NULL: the repository itself */
	unsigned depth;
	size_t count; /* of a repository: so many names lead to it */
	bool tried;   /* the digest was asked for through this repository */
};

struct task {
	struct task *next; /* in the list that it is in: free, ready, members */
	uint32_t number;
	enum task_step step;
	struct walk_repository *repository; /* asked through; NULL: the catalog */
	struct arena arena;
	struct slice reference; /* tag or digest */
	struct slice media_type;
	int64_t size;
	struct waiter *waiters; /* of a digest, and of referrers */
	unsigned depth;
	bool of_referrers; /* no digest of its own */
	bool direct;       /* was asked for by digest: the answer is a record */
	bool attestation;  /* the index says so */
	bool under_way;
	bool follows; /* another task asks for its config */
	/* what was read */
	struct oci_manifest manifest;
	struct slice found_type; /* media type of the manifest */
	int64_t found_size;
	size_t member;       /* the next of the manifest's that was not started */
	size_t members_open; /* started and not ended */
	bool broken, hopeless, too_deep;
};

/* Where a digest stands: of a descriptor, a tag or a reader. */
struct lead {
	struct slice digest, media_type;
	int64_t size;
	struct slice bytes; /* inline data, verified: no ask is made */
	bool direct, attestation;
};

struct task_list {
	struct task *first;
};

struct image_walk {
	struct image_walk_options options;
	struct image_walk_result result;
	struct digest_set seen;
	struct config_cache configs;
	size_t following; /* tasks that follow another */
	struct {
		VEC(struct task *)
	} tasks; /* all there are */
	struct task_list free, ready, members;
	struct arena arena; /* waiters, and what the result says */
	struct waiter *free_waiters;
	struct walk_repository *waiting, *waiting_last; /* given, not begun */
	struct walk_repository *opened;                 /* begun */
	struct map given;                               /* name → struct walk_repository that waits */
	struct map ended; /* name → struct kept of one that was not listed: the catalog may name it yet */
	size_t open_count, most_open, lists_under_way, under_way;
	struct name_queue catalog_names;
	bool (*wanted)(const void *data, struct slice repository);
	const void *wanted_data;
	bool catalog_wanted, catalog_started, catalog_overflowed;
	bool no_referrers;    /* the source has none */
	bool no_referrer_api; /* nor for repositories whose tags are all seen */
};

/* --- walk.c --- */
/* A task with its repository and reference (copied), in no list. NULL: memory. */
struct task *task_take(struct image_walk *walk, enum task_step step, struct walk_repository *repository,
		       struct slice reference, struct error **err);
void task_give_back(struct image_walk *walk, struct task *task);
void task_push(struct task_list *list, struct task *task);

/* --- walk_repository.c --- */
/* The repository of that name that was not begun yet, made when there is none. NULL: memory. */
struct walk_repository *repository_given(struct image_walk *walk, struct slice name, struct error **err);
/* Begins the next repository, if one may be begun: 1, 0, -1. */
int repository_begin_next(struct image_walk *walk, struct error **err);
/* Takes the next name that waits in an open repository: 1, 0, -1. */
int repository_take_name(struct image_walk *walk, struct error **err);
/* count of what it waits for ended: ends it with the last. */
int repository_settle(struct image_walk *walk, struct walk_repository *repository, size_t count, struct error **err);
/* Says of every repository that was not ended that it was not, and forgets it. */
int repository_interrupt_all(struct image_walk *walk, struct error **err);
/* Something was not had: the walk is not complete. The first is kept. repository may be NULL, reference empty. */
int walk_lose(struct image_walk *walk, const struct walk_repository *repository, struct slice reference,
	      const char *outcome, struct slice why, struct error **err);

/* Of the repository too: "REFERENCE: OUTCOME: WHY". */
int repository_lose(struct image_walk *walk, struct walk_repository *repository, struct loss *loss,
		    struct slice reference, const char *outcome, struct slice why, struct error **err);
void repository_free_all(struct image_walk *walk);

/* --- walk_list.c --- */
int list_answer_catalog(struct image_walk *walk, struct task *task, const struct image_answer *answer,
			struct error **err);
int list_answer_tags(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
int list_answer_tag(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
int list_answer_held(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
bool list_name_is_tag(const struct image_walk *walk, struct slice name);
int list_refuse_tag(struct image_walk *walk, struct walk_repository *repository, struct slice name, struct error **err);
/* An outcome as coverage has it. */
const char *list_outcome_text(enum image_outcome outcome);

/* --- walk_digest.c --- */
/* A repository (parent NULL) or an index leads to a digest: reads it, waits for it, or is told at once. The count that
 * is settled was raised before. */
int digest_lead(struct image_walk *walk, struct walk_repository *repository, struct task *parent, unsigned depth,
		const struct lead *lead, struct error **err);
/* Whether it is known, or was met in this walk. 1, 0, -1. */
int digest_is_met(struct image_walk *walk, struct slice digest, struct error **err);
/* Starts the next member of an index whose members are read: 1, 0 there is none, -1. */
int digest_next_member(struct image_walk *walk, struct error **err);
/* The task of a digest ended as it says (broken, hopeless, too_deep). */
int digest_end(struct image_walk *walk, struct task *task, struct error **err);
/* Members begin to be read: ends the task when there are none. */
int digest_open_members(struct image_walk *walk, struct task *task, struct error **err);
/* Asks for the referrers of a digest, once in each repository. */
int digest_ask_referrers(struct image_walk *walk, struct walk_repository *repository, struct slice digest,
			 struct error **err);

/* --- walk_read.c --- */
int read_manifest(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
int read_config(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
int read_referrers(struct image_walk *walk, struct task *task, const struct image_answer *answer, struct error **err);
/* The manifest whose config did not come is put as it is. */
int read_without_config(struct image_walk *walk, struct task *task, struct error **err);

/* --- walk_put.c --- */
int put_tag(struct image_walk *walk, const struct walk_repository *repository, struct slice tag, struct slice digest,
	    struct slice media_type, struct error **err);
int put_answer(struct image_walk *walk, const struct walk_repository *repository, struct slice reference,
	       const char *outcome, struct slice why, struct error **err);
int put_content(struct image_walk *walk, struct slice digest, struct slice media_type, struct slice bytes,
		struct error **err);
int put_defects(struct image_walk *walk, const struct walk_repository *repository, struct slice object,
		const struct oci_defects *defects, struct error **err);
int put_defect(struct image_walk *walk, const struct walk_repository *repository, struct slice object, const char *code,
	       struct slice place, struct slice message, struct error **err);
int put_coverage(struct image_walk *walk, const char *kind, struct slice namespace, const char *subtype,
		 const char *outcome, struct slice why, size_t objects, struct error **err);
int put_record(struct image_walk *walk, const struct record_type *type, const void *record, struct error **err);

#endif
