#include "kube/object/records.h"

const struct pod_template *workload_template(const struct object *object)
{
	const struct spec *spec = object->spec;
	if (object->template)
		return object->template;
	if (spec && spec->template)
		return spec->template;
	if (spec && spec->job_template && spec->job_template->spec)
		return spec->job_template->spec->template;
	return NULL;
}

/* Kinds that the API server gives one replica when spec.replicas is absent. */
static bool defaults_to_one(const struct item *item)
{
	static const char *const kinds[] = { "Deployment", "ReplicaSet", "StatefulSet", "ReplicationController" };
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (slice_equal_text(item->label, kinds[i]))
			return true;
	}
	return false;
}

static void fill_owner(const struct item *item, struct workload *workload)
{
	const struct owner_reference *owner = item_controller(item);
	if (!owner)
		return;
	workload->owner_group = api_group(owner->api_version);
	workload->owner_kind = owner->kind;
	workload->owner_name = owner->name;
}

static int fill_template(const struct item *item, const struct spec *template, struct workload *workload,
			 struct error **err)
{
	workload->service_account = template->service_account_name.len ? template->service_account_name
				    : template->service_account.len    ? template->service_account
								       : SLICE("default");
	return item_names(item, &template->pull_secrets, &workload->pull_secrets, err);
}

int put_workload(const struct item *item, struct error **err)
{
	const struct spec *spec = item->object->spec;
	const struct pod_template *template = workload_template(item->object);
	struct workload workload;
	record_init(&workload_type, &workload);
	workload.namespace = item->meta->namespace;
	workload.group = item->group;
	workload.kind = item->kind;
	workload.name = item->meta->name;
	workload.uid = item->meta->uid;
	workload.created = optional_time(item->meta->created);
	workload.replicas = spec && spec->replicas.set ? spec->replicas.value : defaults_to_one(item) ? 1 : INT_UNKNOWN;
	workload.suspended = spec ? flag_truth(spec->suspend) : BOOL_UNKNOWN;
	fill_owner(item, &workload);
	if (item_managed_by(item, SLICE_NONE, &workload.managed_by, NULL, err) < 0)
		return -1;
	if (template && template->spec && fill_template(item, template->spec, &workload, err) < 0)
		return -1;
	if (item_put(item, &workload_type, &workload, err) < 0)
		return -1;
	if (!template || !template->spec)
		return 0;
	struct holder holder = { item->group, item->kind, item->meta->name };
	if (put_containers(item, &holder, template->spec, NULL, err) < 0)
		return -1;
	return put_secret_readers(item, &holder, template->spec, err);
}
