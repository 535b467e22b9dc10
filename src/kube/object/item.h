/* One decoded object on its way to records: who it is, where it stood, and how to put what is learnt of it. Within
 * kube/object. */
#ifndef FOTHER_KUBE_OBJECT_ITEM_H
#define FOTHER_KUBE_OBJECT_ITEM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "kube/object/kinds.h"
#include "kube/object/object.h"
#include "kube/object/stream.h"
#include "model/observed.h"

struct decoder;

struct item {
	struct object_context *context;
	struct arena *arena;
	const struct object *object;
	const struct object_meta *meta; /* never NULL */
	struct slice group, kind;
	struct slice label;                    /* Kind, or Kind.group for kinds that are not built in */
	struct slice uid;                      /* metadata.uid; namespace/name where there is none */
	const struct object_list_about *about; /* of the live list that it comes from; NULL: it stands in a document */
	struct reader *reader;                 /* of that document */
	size_t offset;                         /* of the object in it */
};

/* Who holds containers or readers of secrets: a pod, or the workload whose template it is. */
struct holder {
	struct slice group, kind, name;
};

/* Of an object that was decoded into the arena. Kind, group, and where it comes from are set by the caller. */
void item_start(struct item *ret_item, struct object_context *context, struct arena *arena,
		const struct object *object);

/* Fills label and uid from kind (empty: "Object"), group and metadata. */
int item_identify(struct item *item, bool built_in, struct error **err);

/* Puts what was found wrong with it. */
int item_put_faults(const struct item *item, const struct decoder *decoder, struct error **err);
/* The same, and that it has no name. *ret_code: why it cannot be used, or NULL. */
int item_check(const struct item *item, const struct decoder *decoder, const char **ret_code, struct error **err);

/* The time of a deletion counts for the context's newest. */
void item_note_deletion(const struct item *item);

int item_put(const struct item *item, const struct record_type *type, const void *record, struct error **err);

/* "secrets.json: byte 123", or its API path: where the object stands. In the item's arena. */
int item_place(const struct item *item, struct slice *ret_place, struct error **err);

/* Something malformed in the object, at a JSON pointer. */
int item_defect(const struct item *item, const char *code, struct slice pointer, struct slice message, bool blocks,
		struct error **err);

/* The one owner reference with controller: true, or NULL. */
const struct owner_reference *item_controller(const struct item *item);
/* "apps/v1" -> "apps", "v1" -> "". */
struct slice api_group(struct slice api_version);

/* What would revert a change of it. Not there when nothing says so. data_manager may be "not there". */
int item_managed_by(const struct item *item, struct slice data_manager, struct slice *ret_manager, struct slice *ret_at,
		    struct error **err);

/* A list of struct name_reference as the names in it; not there is empty. */
int item_names(const struct item *item, const struct list *references, struct slice_list *ret_names,
	       struct error **err);

static inline int64_t optional_time(struct optional time)
{
	return time.set ? time.value : TIME_UNSET;
}

static inline int64_t optional_int(struct optional number)
{
	return number.set ? number.value : INT_UNKNOWN;
}

static inline enum truth flag_truth(enum flag flag)
{
	return flag == FLAG_ABSENT ? BOOL_UNKNOWN : flag == FLAG_TRUE ? BOOL_TRUE : BOOL_FALSE;
}

#endif
