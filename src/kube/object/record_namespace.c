#include "kube/object/records.h"

/* The UID of kube-system is the cluster's identity. */
static int learn_cluster(const struct item *item, struct error **err)
{
	struct object_context *context = item->context;
	if (!item->meta->uid.len || !slice_equal_text(item->meta->name, "kube-system"))
		return 0;
	if (slice_equal(context->cluster_uid, item->meta->uid))
		return 0;
	if (arena_copy(&context->kept, item->meta->uid, &context->cluster_uid) < 0)
		return arena_fail(&context->kept, err);
	return 0;
}

int put_namespace(const struct item *item, struct error **err)
{
	struct namespace namespace;
	record_init(&namespace_type, &namespace);
	namespace.name = item->meta->name;
	namespace.uid = item->meta->uid;
	namespace.created = optional_time(item->meta->created);
	if (learn_cluster(item, err) < 0)
		return -1;
	return item_put(item, &namespace_type, &namespace, err);
}
