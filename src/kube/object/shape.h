/* The names of a message, found fast: a hash of all its members, INLINE ones flattened, made once from tables.h. */
#ifndef FOTHER_KUBE_OBJECT_SHAPE_H
#define FOTHER_KUBE_OBJECT_SHAPE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"
#include "kube/object/tables.h"

struct shape_member {
	const struct member *member;
	const struct shape *shape; /* OBJECT, OBJECTS */
	struct slice name;
};

#define SHAPE_MEMBERS_MAX 64 /* so that one word can remember which were seen */
#define SHAPE_SLOTS 256

struct shape {
	const struct message *message;
	struct shape_member members[SHAPE_MEMBERS_MAX];
	unsigned member_count;
	unsigned char slots[SHAPE_SLOTS]; /* index + 1 of a member, 0 free */
};

/* The shape of `message` and, below it, of all that it holds. In the arena. */
int shape_make(const struct message *message, struct arena *arena, const struct shape **ret_shape, struct error **err);

static inline unsigned shape_hash(struct slice name)
{
	const unsigned char *text = (const unsigned char *)name.data;
	unsigned last = text[name.len - 1], middle = text[name.len / 2];
	return ((unsigned)name.len * 37 + text[0] * 5 + middle * 11 + last * 3) & (SHAPE_SLOTS - 1);
}

/* NULL: no such member. Only exact names count: the API machinery is case-sensitive. */
static inline const struct shape_member *shape_find(const struct shape *shape, struct slice name)
{
	if (!name.len)
		return NULL;
	for (unsigned i = shape_hash(name); shape->slots[i]; i = (i + 1) & (SHAPE_SLOTS - 1)) {
		const struct shape_member *found = &shape->members[shape->slots[i] - 1];
		if (found->name.len == name.len && !memcmp(found->name.data, name.data, name.len))
			return found;
	}
	return NULL;
}

#endif
