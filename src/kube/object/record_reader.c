#include "kube/object/records.h"

/* The same secret is often read by each container of a pod: that many last ones are remembered, and put once. */
#define READERS_REMEMBERED 64

struct readers {
	const struct item *item;
	const struct holder *holder;
	struct {
		struct slice secret;
		const char *relation;
	} put[READERS_REMEMBERED];
	size_t count;
};

static bool was_put(const struct readers *readers, struct slice secret, const char *relation)
{
	size_t known = readers->count < READERS_REMEMBERED ? readers->count : READERS_REMEMBERED;
	for (size_t i = 0; i < known; i++) {
		if (readers->put[i].relation == relation && slice_equal(readers->put[i].secret, secret))
			return true;
	}
	return false;
}

/* relation: one of the constants below, compared by address. */
static int put_reader(struct readers *readers, const struct name_reference *secret, const char *relation,
		      struct error **err)
{
	struct secret_reader reader;
	if (!secret || !secret->name.len || was_put(readers, secret->name, relation))
		return 0;
	readers->put[readers->count % READERS_REMEMBERED].secret = secret->name;
	readers->put[readers->count++ % READERS_REMEMBERED].relation = relation;
	record_init(&secret_reader_type, &reader);
	reader.namespace = readers->item->meta->namespace;
	reader.holder_group = readers->holder->group;
	reader.holder_kind = readers->holder->kind;
	reader.holder = readers->holder->name;
	reader.secret = secret->name;
	reader.relation = slice_of(relation);
	return item_put(readers->item, &secret_reader_type, &reader, err);
}

static const char VOLUME[] = "volume", PROJECTED[] = "projected", CSI[] = "csi", ENV[] = "env", ENV_FROM[] = "env_from";

static int read_volume(struct readers *readers, const struct volume *volume, struct error **err)
{
	if (put_reader(readers, volume->secret, VOLUME, err) < 0)
		return -1;
	if (volume->csi && put_reader(readers, volume->csi->node_publish_secret, CSI, err) < 0)
		return -1;
	if (!volume->projected)
		return 0;
	const struct projected_source *source = volume->projected->sources.items;
	for (size_t i = 0; i < volume->projected->sources.len; i++) {
		if (put_reader(readers, source[i].secret, PROJECTED, err) < 0)
			return -1;
	}
	return 0;
}

static int read_container(struct readers *readers, const struct container_spec *container, struct error **err)
{
	const struct env_var *env = container->env.items;
	for (size_t i = 0; i < container->env.len; i++) {
		if (env[i].value_from && put_reader(readers, env[i].value_from->secret, ENV, err) < 0)
			return -1;
	}
	const struct env_source *from = container->env_from.items;
	for (size_t i = 0; i < container->env_from.len; i++) {
		if (put_reader(readers, from[i].secret, ENV_FROM, err) < 0)
			return -1;
	}
	return 0;
}

static int read_containers(struct readers *readers, const struct list *containers, struct error **err)
{
	const struct container_spec *container = containers->items;
	for (size_t i = 0; i < containers->len; i++) {
		if (read_container(readers, &container[i], err) < 0)
			return -1;
	}
	return 0;
}

int put_secret_readers(const struct item *item, const struct holder *holder, const struct spec *spec,
		       struct error **err)
{
	struct readers readers = { .item = item, .holder = holder };
	const struct volume *volume = spec->volumes.items;
	for (size_t i = 0; i < spec->volumes.len; i++) {
		if (read_volume(&readers, &volume[i], err) < 0)
			return -1;
	}
	if (read_containers(&readers, &spec->init_containers, err) < 0 ||
	    read_containers(&readers, &spec->containers, err) < 0)
		return -1;
	return read_containers(&readers, &spec->ephemeral_containers, err);
}
