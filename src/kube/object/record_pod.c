#include "kube/object/records.h"

static void fill_owner(const struct item *item, struct pod *pod)
{
	const struct owner_reference *owner = item_controller(item);
	if (!owner)
		return;
	pod->owner_group = api_group(owner->api_version);
	pod->owner_kind = owner->kind;
	pod->owner_name = owner->name;
}

static int fill_spec(const struct item *item, const struct spec *spec, struct pod *pod, struct error **err)
{
	pod->node = spec->node_name;
	pod->service_account = spec->service_account_name.data ? spec->service_account_name : spec->service_account;
	return item_names(item, &spec->pull_secrets, &pod->pull_secrets, err);
}

static void fill_status(const struct status *status, struct pod *pod)
{
	pod->phase = status->phase;
	pod->started = optional_time(status->start_time);
}

int put_pod(const struct item *item, struct error **err)
{
	const struct spec *spec = item->object->spec;
	const struct status *status = item->object->status;
	struct pod pod;
	record_init(&pod_type, &pod);
	pod.uid = item->uid;
	pod.namespace = item->meta->namespace;
	pod.name = item->meta->name;
	pod.created = optional_time(item->meta->created);
	pod.deleted = optional_time(item->meta->deleted);
	fill_owner(item, &pod);
	if (status)
		fill_status(status, &pod);
	if (spec && fill_spec(item, spec, &pod, err) < 0)
		return -1;
	if (item_put(item, &pod_type, &pod, err) < 0)
		return -1;
	if (!spec)
		return 0;
	struct holder holder = { SLICE(""), SLICE("Pod"), item->uid };
	if (put_containers(item, &holder, spec, status, err) < 0)
		return -1;
	return put_secret_readers(item, &holder, spec, err);
}
