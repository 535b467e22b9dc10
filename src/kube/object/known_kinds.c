#include "kube/object/frozen.h"
#include "kube/object/records.h"

const struct known_kind known_kinds[] = {
	{ "Secret", { "", "" }, true, true, put_secret },
	{ "ServiceAccount", { "", "" }, true, true, put_service_account },
	{ "Pod", { "", "" }, true, true, put_pod },
	{ "Deployment", { "apps", "extensions" }, true, true, put_workload },
	{ "ReplicaSet", { "apps", "extensions" }, true, true, put_workload },
	{ "StatefulSet", { "apps", "apps" }, true, true, put_workload },
	{ "DaemonSet", { "apps", "extensions" }, true, true, put_workload },
	{ "Job", { "batch", "batch" }, true, true, put_workload },
	{ "CronJob", { "batch", "batch" }, true, true, put_workload },
	{ "ReplicationController", { "", "" }, true, true, put_workload },
	{ "PodTemplate", { "", "" }, true, false, put_workload },
	{ "Node", { "", "" }, false, true, put_node },
	{ "Namespace", { "", "" }, false, true, put_namespace },
	{ "Event", { "", "events.k8s.io" }, true, true, put_event },
};
const size_t known_kind_count = sizeof known_kinds / sizeof known_kinds[0];

const struct known_kind *known_kind_named(struct slice kind)
{
	for (size_t i = 0; i < known_kind_count; i++) {
		if (slice_equal_text(kind, known_kinds[i].kind))
			return &known_kinds[i];
	}
	return NULL;
}

const struct known_kind *known_kind_of(struct slice kind, struct slice group, bool group_known)
{
	const struct known_kind *known = known_kind_named(kind);
	bool right = known && (!group_known || slice_equal_text(group, known->groups[0]) ||
			       slice_equal_text(group, known->groups[1]));
	return right ? known : NULL;
}

static bool is_custom_workload(const struct item *item, bool fatal)
{
	const struct pod_template *template = workload_template(item->object);
	return !fatal && item->meta->name.len && template && template->spec && template->spec->containers.len;
}

put_records records_of(const struct item *item, const struct known_kind *known, bool fatal)
{
	put_records put = known ? known->put : is_custom_workload(item, fatal) ? put_workload : NULL;
	return put && frozen_is(item) ? put_frozen : put;
}
