/* A source of images for tests: it holds what it is given, answers in an order of its own, and fails when told to.
 *
 *     struct source_memory memory;
 *     source_memory_init(&memory);
 *     digest = source_memory_manifest(&memory, "acme/web", MEDIA_TYPE, bytes);    // and its digest
 *     source_memory_tag(&memory, "acme/web", "1.0", digest, MEDIA_TYPE);
 *     source_memory_answer(&memory, IMAGE_ASK_BLOB, "acme/web", config)->outcome = IMAGE_FORBIDDEN;
 *     ... &memory.source ...
 *     source_memory_release(&memory);
 *
 * Lists are in the order in which their names came. What it does not hold is absent;
 * referrers that nobody gave are an empty index, unless source_memory_answer says otherwise. Running out of memory
 * while it is filled ends the program.
 */
#ifndef FOTHER_OCI_WALK_SOURCE_MEMORY_H
#define FOTHER_OCI_WALK_SOURCE_MEMORY_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "oci/format/image_source.h"

/* What it answers to one ask. Texts are copied by those who set them with a function; else they are borrowed. */
struct memory_answer {
	enum image_ask_type type;
	struct slice repository, reference;
	enum image_outcome outcome;
	struct slice why, digest, media_type, bytes;
	bool unverified;
	size_t fails_after; /* of a list that fails: so many names come before */
	size_t asked;       /* so often it was asked for */
};

struct memory_list {
	struct slice *names;
	size_t len, capacity;
};

struct memory_ask {
	struct memory_answer *answer; /* NULL: it has none */
	enum image_ask_type type;
	const struct memory_list *list; /* of a list; NULL: there is no such repository */
	void *owner;
	size_t at; /* names of the list that were given */
};

struct source_memory {
	struct image_source source; /* first */
	struct arena arena;
	struct map answers; /* struct memory_answer by type, repository and reference, in order */
	struct {
		VEC(struct memory_ask)
	} asks; /* under way */
	struct memory_list catalog;
	struct map tags;                          /* struct memory_list by repository */
	size_t width, page;                       /* asks under way (8); names of a page (100) */
	uint64_t seed;                            /* 0: answers come in the order of the asks; else shuffled by it */
	size_t asked, most_under_way;             /* asks in all; at the same time */
	size_t ask_fails_after, next_fails_after; /* > 0: that call fails with ERROR_SYSTEM */
	size_t nexts;
};

void source_memory_init(struct source_memory *memory);
void source_memory_release(struct source_memory *memory);

/* The answer to an ask, made when there is none: present and empty. A repository of NULL is none. */
struct memory_answer *source_memory_answer(struct source_memory *memory, enum image_ask_type type,
					   const char *repository, struct slice reference);
/* So often that was asked. */
size_t source_memory_asked(struct source_memory *memory, enum image_ask_type type, const char *repository,
			   struct slice reference);
struct slice source_memory_manifest(struct source_memory *memory, const char *repository, const char *media_type,
				    struct slice bytes);
struct slice source_memory_blob(struct source_memory *memory, const char *repository, struct slice bytes);
/* A name on the list of tags of a repository; repository NULL: on the catalog. */
void source_memory_list(struct source_memory *memory, const char *repository, struct slice name);
/* On the lists too. */
void source_memory_tag(struct source_memory *memory, const char *repository, const char *tag, struct slice digest,
		       const char *media_type);

#endif
