#include "credential/mask.h"
#include "kube/object/records.h"
#include "model/reference.h"

/* No node runs pods of more containers: keeps the search short in hostile dumps. */
#define STATUSES_LOOKED_AT 1024

/* One of a pod's lists of containers, and the list of their statuses. */
struct container_group {
	const char *role;
	const struct list *specs, *statuses; /* statuses NULL: a template */
};

static const struct container_status *status_of(const struct list *statuses, struct slice name, size_t place)
{
	if (!statuses)
		return NULL;
	const struct container_status *status = statuses->items;
	if (place < statuses->len && slice_equal(status[place].name, name)) /* most often in the same order */
		return &status[place];
	for (size_t i = 0; i < statuses->len && i < STATUSES_LOOKED_AT; i++) {
		if (slice_equal(status[i].name, name))
			return &status[i];
	}
	return NULL;
}

static int fill_state(const struct item *item, const struct container_state *state, struct container *container,
		      struct error **err)
{
	const struct state_detail *detail = state->terminated ? state->terminated
					    : state->running  ? state->running
							      : state->waiting;
	if (!detail)
		return 0;
	container->state = state->terminated ? SLICE("terminated")
			   : state->running  ? SLICE("running")
					     : SLICE("waiting");
	container->reason = detail->reason;
	container->started = optional_time(detail->started);
	container->finished = optional_time(detail->finished);
	return mask_tokens(detail->message, item->arena, &container->message, err);
}

static int fill_status(const struct item *item, const struct container_status *status, struct container *container,
		       struct error **err)
{
	if (mask_image(status->image, item->arena, &container->status_image, err) < 0 ||
	    mask_image(status->image_id, item->arena, &container->image_id, err) < 0)
		return -1;
	container->digest = image_id_digest(status->image_id);
	container->container_id = status->container_id;
	container->restarts = optional_int(status->restarts);
	return status->state ? fill_state(item, status->state, container, err) : 0;
}

static void start_container(const struct item *item, const struct holder *holder, const char *role,
			    struct container *ret_container)
{
	record_init(&container_type, ret_container);
	ret_container->namespace = item->meta->namespace;
	ret_container->holder_group = holder->group;
	ret_container->holder_kind = holder->kind;
	ret_container->holder = holder->name;
	ret_container->role = slice_of(role);
}

static int put_group(const struct item *item, const struct holder *holder, const struct container_group *group,
		     struct error **err)
{
	const struct container_spec *spec = group->specs->items;
	for (size_t i = 0; i < group->specs->len; i++) {
		struct container container;
		start_container(item, holder, group->role, &container);
		container.name = spec[i].name.data ? spec[i].name : SLICE("");
		if (mask_image(spec[i].image, item->arena, &container.image, err) < 0)
			return -1;
		container.pull_policy = spec[i].pull_policy;
		const struct container_status *status = status_of(group->statuses, spec[i].name, i);
		if (status && fill_status(item, status, &container, err) < 0)
			return -1;
		if (item_put(item, &container_type, &container, err) < 0)
			return -1;
	}
	return 0;
}

static int put_image_volumes(const struct item *item, const struct holder *holder, const struct list *volumes,
			     struct error **err)
{
	const struct volume *volume = volumes->items;
	for (size_t i = 0; i < volumes->len; i++) {
		struct container container;
		if (!volume[i].image)
			continue;
		start_container(item, holder, "volume", &container);
		container.name = volume[i].name.data ? volume[i].name : SLICE("");
		if (mask_image(volume[i].image->reference, item->arena, &container.image, err) < 0)
			return -1;
		container.pull_policy = volume[i].image->pull_policy;
		if (item_put(item, &container_type, &container, err) < 0)
			return -1;
	}
	return 0;
}

int put_containers(const struct item *item, const struct holder *holder, const struct spec *spec,
		   const struct status *status, struct error **err)
{
	const struct container_group groups[] = {
		{ "init", &spec->init_containers, status ? &status->init_containers : NULL },
		{ "container", &spec->containers, status ? &status->containers : NULL },
		{ "ephemeral", &spec->ephemeral_containers, status ? &status->ephemeral_containers : NULL },
	};
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
		if (put_group(item, holder, &groups[i], err) < 0)
			return -1;
	}
	return put_image_volumes(item, holder, &spec->volumes, err);
}
