#include "credential/mask.h"
#include "kube/object/records.h"
#include "model/reference.h"

/* nodeStatusMaxImages of the kubelet, unless it was configured otherwise. */
#define NODE_IMAGES_MAX 50
/* The kubelet writes 5 names an image (maxNamesPerImageInNodeStatus); what stands behind that many is no kubelet's. */
#define NAMES_LOOKED_AT 64

/* "repo:tag" and "repo@digest" -> "repo": up to the '@', or to the ':' behind the last slash. */
static struct slice repository_of(struct slice name)
{
	struct slice repository, digest, tag;
	if (slice_cut(name, '@', &repository, &digest))
		return repository;
	if (slice_cut_last(name, ':', &repository, &tag) && !slice_contains(tag, "/"))
		return repository;
	return name;
}

/* The digest of a cached image: of the same repository where the entry has one, else the first of the entry. */
static struct slice digest_for(const struct cached_image *image, struct slice name)
{
	const struct slice *names = image->names.items;
	struct slice first = SLICE_NONE, repository = repository_of(name);
	for (size_t i = 0; i < image->names.len && i < NAMES_LOOKED_AT; i++) {
		struct slice digest = image_id_digest(names[i]);
		if (digest.data && slice_equal(repository_of(names[i]), repository))
			return digest;
		if (!first.data)
			first = digest;
	}
	return first;
}

static int put_image(const struct item *item, const struct cached_image *image, struct error **err)
{
	const struct slice *names = image->names.items;
	for (size_t i = 0; i < image->names.len; i++) {
		struct node_image cached;
		/* Runtimes write "<none>" where an image has lost its name. */
		if (!names[i].len || (slice_starts_with(names[i], "<none>") && !image_id_digest(names[i]).data))
			continue;
		record_init(&node_image_type, &cached);
		cached.node = item->meta->name;
		if (mask_image(names[i], item->arena, &cached.image, err) < 0)
			return -1;
		cached.digest = image_id_digest(names[i]);
		if (!cached.digest.data)
			cached.digest = digest_for(image, names[i]);
		cached.size_bytes = optional_int(image->size_bytes);
		if (item_put(item, &node_image_type, &cached, err) < 0)
			return -1;
	}
	return 0;
}

static int put_gap(const struct item *item, struct error **err)
{
	struct gap gap;
	record_init(&gap_type, &gap);
	gap.source = arena_printf(item->arena, "node %.*s", SLICE_ARG(item->meta->name));
	if (!gap.source.data)
		return arena_fail(item->arena, err);
	gap.kind = SLICE("node_image");
	gap.cause = SLICE("the kubelet lists 50 images at most: the node may have more");
	return item_put(item, &gap_type, &gap, err);
}

static int put_images(const struct item *item, const struct list *images, struct error **err)
{
	const struct cached_image *image = images->items;
	for (size_t i = 0; i < images->len; i++) {
		if (put_image(item, &image[i], err) < 0)
			return -1;
	}
	return images->len >= NODE_IMAGES_MAX ? put_gap(item, err) : 0;
}

static void fill_status(const struct status *status, struct node *node)
{
	if (status->images.present) {
		node->image_count = (int64_t)status->images.len;
		node->images_cut = status->images.len >= NODE_IMAGES_MAX ? BOOL_TRUE : BOOL_FALSE;
	}
	if (!status->node_info)
		return;
	node->boot_id = status->node_info->boot_id;
	node->runtime = status->node_info->runtime;
	node->kubelet_version = status->node_info->kubelet_version;
	node->architecture = status->node_info->architecture;
}

int put_node(const struct item *item, struct error **err)
{
	const struct status *status = item->object->status;
	struct node node;
	record_init(&node_type, &node);
	node.name = item->meta->name;
	node.uid = item->meta->uid;
	node.created = optional_time(item->meta->created);
	if (status)
		fill_status(status, &node);
	if (item_put(item, &node_type, &node, err) < 0)
		return -1;
	return status ? put_images(item, &status->images, err) : 0;
}
