#include <time.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/time.h"
#include "kube/client/access_internal.h"

/* Of contexts, in a message: enough to see what kind of names there are. */
#define NAMES_SHOWN 10

static int64_t steady_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * USEC_PER_SECOND + now.tv_nsec / 1000;
}

struct kube_access *kube_access_new(struct slice name, struct error **err)
{
	struct kube_access *access = mem_alloc_zeroed(1, sizeof *access);
	if (!access) {
		error_no_memory(err);
		return NULL;
	}
	access->arena = (struct arena)ARENA_INIT(ACCESS_TEXT_BYTES);
	access->clock = (struct access_clock){ .wall = time_now, .steady = steady_now };
	if (arena_copy(&access->arena, name, &access->facts.name) < 0) {
		arena_fail(&access->arena, err);
		return kube_access_free(access);
	}
	return access;
}

void kube_access_forget(struct kube_access *access)
{
	login_release(&access->login);
	access->facts.proxy_url = NULL;
	secret_release(&access->proxy_url);
}

struct kube_access *kube_access_free(struct kube_access *access)
{
	if (!access)
		return NULL;
	kube_access_forget(access);
	arena_release(&access->arena);
	return mem_free(access);
}

static void kube_access_freep(struct kube_access **access)
{
	*access = kube_access_free(*access);
}

const struct kube_access_facts *kube_access_facts(const struct kube_access *access)
{
	return &access->facts;
}

/* --- names --- */

/* How many bytes both have in common at their beginning and at their end: what a slip of the finger leaves. */
static size_t likeness(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len, start = 0, end = 0;
	while (start < shorter && a.data[start] == b.data[start])
		start++;
	while (end < shorter - start && a.data[a.len - 1 - end] == b.data[b.len - 1 - end])
		end++;
	return start + end;
}

static struct slice nearest(const struct kubeconfig *config, struct slice wanted)
{
	struct slice found = SLICE_NONE;
	size_t best = 0;
	for (size_t i = 0; i < config->contexts.len; i++) {
		struct slice name = config->contexts.items[i].key;
		size_t common = likeness(wanted, name), longer = wanted.len > name.len ? wanted.len : name.len;
		if (common > best && 2 * common >= longer) {
			best = common;
			found = name;
		}
	}
	return found;
}

static void add_names(const struct kubeconfig *config, struct strbuf *out)
{
	size_t count = config->contexts.len, shown = count < NAMES_SHOWN ? count : NAMES_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		strbuf_add_text(out, i ? ", " : "");
		strbuf_add_slice(out, config->contexts.items[i].key);
	}
	if (shown < count)
		strbuf_addf(out, " and %zu more", count - shown);
}

static int refuse_unknown(const struct kubeconfig *config, struct slice wanted, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT(LIMIT_KUBECONFIG_BYTES);
	struct slice near = nearest(config, wanted);
	if (!config->contexts.len)
		return error_set(err, ERROR_USAGE, "context %.*s does not exist: there is none in %.*s",
				 SLICE_ARG(wanted), SLICE_ARG(config->files));
	if (near.data)
		return error_set(err, ERROR_USAGE, "context %.*s does not exist; did you mean %.*s?", SLICE_ARG(wanted),
				 SLICE_ARG(near));
	add_names(config, &names);
	if (strbuf_failed(&names, err))
		return -1;
	return error_set(err, ERROR_USAGE, "context %.*s does not exist; there are %s", SLICE_ARG(wanted),
			 strbuf_text(&names));
}

static int refuse_unnamed(const struct kubeconfig *config, struct error **err)
{
	if (config->contexts.len)
		return error_set(err, ERROR_USAGE, "no current-context is set in %.*s; name one with --context",
				 SLICE_ARG(config->files));
	return error_set(err, ERROR_USAGE, "there is no context in %.*s", SLICE_ARG(config->files));
}

static const struct kubeconfig_context *find_context(const struct kubeconfig *config, struct slice name,
						     struct error **err)
{
	if (!name.data)
		name = kubeconfig_current_context(config);
	const struct kubeconfig_context *context = name.data ? map_get(&config->contexts, name) : NULL;
	if (!name.data)
		refuse_unnamed(config, err);
	else if (!context)
		refuse_unknown(config, name, err);
	return context;
}

/* --- putting it together --- */

static int take_cluster(struct kube_access *access, const struct kubeconfig *config,
			const struct kubeconfig_context *context, struct error **err)
{
	if (!context->cluster.len)
		return error_set(err, ERROR_USAGE, "it names no cluster");
	const struct kubeconfig_cluster *cluster = map_get(&config->clusters, context->cluster);
	if (!cluster)
		return error_set(err, ERROR_USAGE, "its cluster %.*s does not exist", SLICE_ARG(context->cluster));
	if (access_take_cluster(access, config, cluster, err) < 0)
		return error_context(err, "cluster %.*s", SLICE_ARG(context->cluster));
	return 0;
}

/* No user is none: the server knows us as anonymous. */
static int take_user(struct kube_access *access, const struct kubeconfig *config,
		     const struct kubeconfig_context *context, const struct kube_access_options *options,
		     struct error **err)
{
	if (!context->user.len)
		return 0;
	const struct kubeconfig_user *user = map_get(&config->users, context->user);
	if (!user)
		return error_set(err, ERROR_USAGE, "its user %.*s does not exist", SLICE_ARG(context->user));
	if (access_take_user(access, config, user, options, err) < 0)
		return error_context(err, "user %.*s", SLICE_ARG(context->user));
	return 0;
}

static int take_context(struct kube_access *access, const struct kubeconfig *config,
			const struct kubeconfig_context *context, const struct kube_access_options *options,
			struct error **err)
{
	if (context->entry.defect.data)
		return error_set(err, ERROR_SYNTAX, "%.*s", SLICE_ARG(context->entry.defect));
	if (context->namespace.len && arena_copy(&access->arena, context->namespace, &access->facts.namespace) < 0)
		return arena_fail(&access->arena, err);
	if (take_cluster(access, config, context, err) < 0)
		return -1;
	return take_user(access, config, context, options, err);
}

int kubeconfig_access(const struct kubeconfig *config, struct slice name, const struct kube_access_options *options,
		      struct kube_access **ret_access, struct error **err)
{
	const struct kubeconfig_context *context = find_context(config, name, err);
	if (!context)
		return -1;
	CLEANUP(kube_access_freep) struct kube_access *access = kube_access_new(context->entry.name, err);
	if (!access)
		return -1;
	if (take_context(access, config, context, options, err) < 0)
		return error_context(err, "context %.*s", SLICE_ARG(context->entry.name));
	*ret_access = TAKE_PTR(access);
	return 0;
}
