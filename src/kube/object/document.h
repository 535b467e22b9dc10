/* One document while it is read: lists and the objects in them. Within kube/object. */
#ifndef FOTHER_KUBE_OBJECT_DOCUMENT_H
#define FOTHER_KUBE_OBJECT_DOCUMENT_H

#include "kube/object/coverage.h"
#include "kube/object/decode.h"

/* Lists in lists: kubectl makes none, and nobody needs more. */
#define LIST_DEPTH 4

struct document {
	struct object_context *context;
	struct reader *reader;
	bool dead;
};

/* A list whose items are being read, or (with is_list false) what holds single objects. */
struct object_list {
	struct document *document;
	struct coverage_list coverage;
	unsigned depth;                             /* lists around it */
	const struct object *object;                /* its own fields, as far as they were read; NULL: single objects */
	size_t offset;                              /* of the list in the document */
	struct decoder *decoder;                    /* that reads it */
	struct slice kind_ahead, api_version_ahead; /* of a kind that stands behind the items */
	bool looked_ahead;
	bool failed; /* an item ended the reading: the error is not the list's own */
	bool lost;   /* an item of unknown kind was not read: no kind is complete */
};

/* One object, whose OBJECT_BEGIN token (at `offset`) was taken, from its tokens into the sink. */
int read_object(struct object_list *list, struct arena *arena, size_t offset, struct error **err);

/* The items of a list, behind its ARRAY_BEGIN, up to and with its ARRAY_END. */
int read_items(struct object_list *list, struct error **err);

/* What stands before the reader's place is not needed again. */
void document_passed(const struct document *document);

/* put.c: an object that was decoded, with all that was found wrong with it. */
int put_object(struct object_list *list, struct decoder *decoder, const struct object *object, size_t offset,
	       struct error **err);
/* put.c: the end of a list, whose own fields are now complete. */
int put_list(struct object_list *list, const struct object *object, struct error **err);
/* put.c: an item that is no object, or too large for one. */
int put_lost_item(struct object_list *list, size_t offset, const char *code, struct slice message, struct error **err);

#endif
