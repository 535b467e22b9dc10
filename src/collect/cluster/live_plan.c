#include "collect/cluster/live_plan.h"

#include "base/ascii.h"

/* What decides most comes first: an interrupted read has it. Namespaces first of all: lists that are forbidden for the
 * whole cluster are asked for one by one. */
const struct live_resource live_resources[] = {
	{ "Namespace", "", "v1", NULL, "namespaces", false, false },
	{ "Secret", "", "v1", NULL, "secrets", true, false },
	{ "Pod", "", "v1", NULL, "pods", true, false },
	{ "ServiceAccount", "", "v1", NULL, "serviceaccounts", true, false },
	{ "Event", "", "v1", NULL, "events", true, false },
	{ "Node", "", "v1", NULL, "nodes", false, false },
	{ "Deployment", "apps", "v1", NULL, "deployments", true, false },
	{ "ReplicaSet", "apps", "v1", NULL, "replicasets", true, false },
	{ "StatefulSet", "apps", "v1", NULL, "statefulsets", true, false },
	{ "DaemonSet", "apps", "v1", NULL, "daemonsets", true, false },
	{ "Job", "batch", "v1", NULL, "jobs", true, false },
	{ "CronJob", "batch", "v1", "v1beta1", "cronjobs", true, false },
	{ "ReplicationController", "", "v1", NULL, "replicationcontrollers", true, false },
	{ "PodTemplate", "", "v1", NULL, "podtemplates", true, false },
	{ "Rollout", "argoproj.io", "v1alpha1", NULL, "rollouts", true, true },
	{ "DeploymentConfig", "apps.openshift.io", "v1", NULL, "deploymentconfigs", true, true },
	{ "CloneSet", "apps.kruise.io", "v1alpha1", NULL, "clonesets", true, true },
	{ "Service", "serving.knative.dev", "v1", NULL, "services", true, true },
};
const size_t live_resource_count = sizeof live_resources / sizeof live_resources[0];

const struct live_resource *live_resource_of(const char *kind)
{
	for (size_t i = 0; i < live_resource_count; i++)
		if (!live_resources[i].custom && strcmp(live_resources[i].kind, kind) == 0)
			return &live_resources[i];
	return NULL;
}

bool live_is_secret(const struct live_resource *resource)
{
	return strcmp(resource->kind, "Secret") == 0 && !*resource->group;
}

bool live_is_namespace(const struct live_resource *resource)
{
	return strcmp(resource->kind, "Namespace") == 0;
}

static bool is_plain(char c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c);
}

static void add_encoded(struct strbuf *out, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] && is_plain(text.data[i]))
			strbuf_add_char(out, text.data[i]);
		else
			strbuf_addf(out, "%%%02X", (unsigned char)text.data[i]);
	}
}

static void add_resource(const struct live_page *page, struct strbuf *out)
{
	const struct live_resource *resource = page->resource;
	if (*resource->group)
		strbuf_addf(out, "/apis/%s/%s/", resource->group, page->version);
	else
		strbuf_addf(out, "/api/%s/", page->version);
	if (!slice_equal_text(page->namespace, "*")) {
		strbuf_add_text(out, "namespaces/");
		add_encoded(out, page->namespace);
		strbuf_add_char(out, '/');
	}
	strbuf_add_text(out, resource->resource);
}

static void add_parameter(struct strbuf *out, const char *name, struct slice value)
{
	if (!value.data)
		return;
	strbuf_addf(out, "&%s=", name);
	add_encoded(out, value);
}

void live_page_path(const struct live_page *page, struct strbuf *out)
{
	add_resource(page, out);
	strbuf_addf(out, "?limit=%u", page->limit);
	add_parameter(out, "fieldSelector", page->field_selector);
	add_parameter(out, "continue", page->continue_token);
}

void live_watch_path(const struct live_page *page, struct slice version, unsigned seconds, struct strbuf *out)
{
	add_resource(page, out);
	strbuf_addf(out, "?watch=1&allowWatchBookmarks=true&timeoutSeconds=%u", seconds);
	add_parameter(out, "fieldSelector", page->field_selector);
	add_parameter(out, "resourceVersion", version);
}
