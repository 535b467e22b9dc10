#include "kube/object/shape.h"

#include "base/vec.h"

/* Messages may share parts: each gets one shape. */
struct shapes {
	VEC(struct shape *)
	struct arena *arena;
};

static int shape_build(struct shapes *all, const struct message *message, const struct shape **ret_shape);

static int shape_add(struct shape *shape, struct shapes *all, const struct member *member)
{
	struct slice name = slice_of(member->name);
	if (shape_find(shape, name))
		return 0; /* the first member of a name counts */
	if (shape->member_count == SHAPE_MEMBERS_MAX)
		return -1;
	struct shape_member *added = &shape->members[shape->member_count++];
	*added = (struct shape_member){ .member = member, .name = name };
	unsigned slot = shape_hash(name);
	while (shape->slots[slot])
		slot = (slot + 1) & (SHAPE_SLOTS - 1);
	shape->slots[slot] = (unsigned char)shape->member_count;
	return member->message ? shape_build(all, member->message, &added->shape) : 0;
}

static int shape_add_all(struct shape *shape, struct shapes *all, const struct message *message)
{
	for (size_t i = 0; i < message->member_count; i++) {
		const struct member *member = &message->members[i];
		int added = member->type == VALUE_INLINE ? shape_add_all(shape, all, member->message)
							 : shape_add(shape, all, member);
		if (added < 0)
			return -1;
	}
	return 0;
}

static int shape_build(struct shapes *all, const struct message *message, const struct shape **ret_shape)
{
	for (size_t i = 0; i < all->len; i++) {
		if (all->items[i]->message == message) {
			*ret_shape = all->items[i];
			return 0;
		}
	}
	struct shape *shape = arena_zeroed(all->arena, 1, sizeof *shape);
	struct shape **kept = shape ? vec_push(all) : NULL;
	if (!kept)
		return -1;
	*kept = shape;
	shape->message = message;
	*ret_shape = shape;
	return shape_add_all(shape, all, message);
}

int shape_make(const struct message *message, struct arena *arena, const struct shape **ret_shape, struct error **err)
{
	struct shapes all = { .arena = arena };
	const struct shape *shape = NULL;
	int built = shape_build(&all, message, &shape);
	vec_release(&all);
	if (built < 0)
		return error_no_memory(err);
	*ret_shape = shape;
	return 0;
}
