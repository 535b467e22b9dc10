#include "triage/kinds.h"

const struct triage_kind triage_kinds[] = {
	{ "Secret", "Secrets", "", "secrets", true, false },
	{ "Pod", "Pods", "", "pods", true, false },
	{ "ServiceAccount", "ServiceAccounts", "", "serviceaccounts", true, false },
	{ "Node", "Nodes", "", "nodes", false, false },
	{ "Namespace", "Namespaces", "", "namespaces", false, false },
	{ "Event", "Events", "", "events", true, false },
	{ "ReplicationController", "ReplicationControllers", "", "replicationcontrollers", true, false },
	{ "PodTemplate", "PodTemplates", "", "podtemplates", true, false },
	{ "Deployment", "Deployments", "apps", "deployments", true, false },
	{ "ReplicaSet", "ReplicaSets", "apps", "replicasets", true, false },
	{ "StatefulSet", "StatefulSets", "apps", "statefulsets", true, false },
	{ "DaemonSet", "DaemonSets", "apps", "daemonsets", true, false },
	{ "Job", "Jobs", "batch", "jobs", true, false },
	{ "CronJob", "CronJobs", "batch", "cronjobs", true, false },
	{ "Rollout.argoproj.io", "Rollouts", "argoproj.io", "rollouts", true, true },
	{ "DeploymentConfig.apps.openshift.io", "DeploymentConfigs", "apps.openshift.io", "deploymentconfigs", true,
	  true },
	{ "CloneSet.apps.kruise.io", "CloneSets", "apps.kruise.io", "clonesets", true, true },
	{ "Service.serving.knative.dev", "Knative Services", "serving.knative.dev", "services", true, true },
};
_Static_assert(sizeof triage_kinds / sizeof triage_kinds[0] <= TRIAGE_KINDS_MAX, "sets of kinds are arrays");
const size_t triage_kind_count = sizeof triage_kinds / sizeof triage_kinds[0];

const struct triage_kind *triage_kind_named(struct slice kind)
{
	for (size_t i = 0; i < triage_kind_count; i++)
		if (slice_equal_text(kind, triage_kinds[i].kind))
			return &triage_kinds[i];
	return NULL;
}
