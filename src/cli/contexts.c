#include "cli/contexts.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/interrupt.h"
#include "cli/registry_options.h"
#include "cli/terminal.h"
#include "collect/frozen/frozen_writer.h"

#define LOOK_MS 200
/* What was read so far is stored this often: a process that is killed loses no more, and others can write between. */
#define COMMIT_EVERY (2 * USEC_PER_SECOND)

/* --- opening --- */

bool contexts_given(const struct options *options)
{
	return options->contexts.len || options->all_contexts || options->in_cluster;
}

/* One that says how a live cluster is read; NULL: none. */
static const char *live_option_given(const struct options *options)
{
	return options->namespaces.len  ? "--namespace"
	       : options->metadata_only ? "--metadata-only"
	       : options->all_secrets   ? "--all-secrets"
	       : options->encoding      ? "--encoding"
	       : options->kubeconfig    ? "--kubeconfig"
	       /* A registry's login may come from a program too. */
	       : options->allow_exec.len && !registry_options_asks(options) ? "--allow-exec"
									    : NULL;
}

static int check(const struct options *options, struct error **err)
{
	const char *narrowed = live_option_given(options);
	if (narrowed && !contexts_given(options))
		return error_set(err, ERROR_USAGE,
				 "%s needs a live cluster: give --context NAME, --all-contexts or --in-cluster",
				 narrowed);
	if (options->metadata_only && options->all_secrets)
		return error_set(
			err, ERROR_USAGE,
			"--all-secrets looks into values, and --metadata-only asks for none: give one of them");
	if (options->encoding && strcmp(options->encoding, "auto") != 0 && strcmp(options->encoding, "json") != 0)
		return error_set(err, ERROR_USAGE, "--encoding is auto or json, not %s", options->encoding);
	return 0;
}

static int add_access(struct contexts *contexts, struct kube_access *access, struct error **err)
{
	struct kube_access **place = vec_push(&contexts->accesses);
	if (!place) {
		kube_access_free(access);
		return error_no_memory(err);
	}
	*place = access;
	return 0;
}

static bool has_context(const struct kubeconfig *config, struct slice name)
{
	for (size_t i = 0; i < kubeconfig_context_count(config); i++)
		if (slice_equal(kubeconfig_context_name(config, i), name))
			return true;
	return false;
}

/* A context that is there and cannot be asked is one source that failed: the others are read. */
static int remember_failure(struct contexts *contexts, struct error **failure, struct error **err)
{
	struct error **place = (*failure)->code == ERROR_NO_MEMORY ? NULL : vec_push(&contexts->failures);
	if (!place)
		return error_move(err, failure);
	*place = TAKE_PTR(*failure);
	return 0;
}

static int add_context(const struct options *options, const struct kubeconfig *config, struct slice name,
		       struct contexts *contexts, struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	struct kube_access *access;
	struct kube_access_options how = {
		.allowed_exec = options->allow_exec.items,
		.allowed_exec_count = options->allow_exec.len,
	};
	for (size_t i = 0; i < contexts->accesses.len; i++)
		if (slice_equal(kube_access_facts(contexts->accesses.items[i])->name, name))
			return 0; /* named twice */
	if (kubeconfig_access(config, name, &how, &access, &failure) == 0)
		return add_access(contexts, access, err);
	if (!has_context(config, name))
		return error_move(err, &failure);
	return remember_failure(contexts, &failure, err);
}

static int add_all_contexts(const struct options *options, const struct kubeconfig *config, struct contexts *contexts,
			    struct error **err)
{
	size_t count = kubeconfig_context_count(config);
	if (count == 0)
		return error_set(err, ERROR_USAGE, "--all-contexts: there is no context in %.*s",
				 SLICE_ARG(kubeconfig_files(config)));
	for (size_t i = 0; i < count; i++)
		if (add_context(options, config, kubeconfig_context_name(config, i), contexts, err) < 0)
			return -1;
	return 0;
}

static void kubeconfig_freep(struct kubeconfig **config)
{
	*config = kubeconfig_free(*config);
}

/* Its tokens, also of contexts that nobody asked for, are gone when this returns. */
static int add_from_kubeconfig(const struct options *options, struct contexts *contexts, struct error **err)
{
	CLEANUP(kubeconfig_freep) struct kubeconfig *config = NULL;
	if (kubeconfig_load(options->kubeconfig, &config, err) < 0)
		return -1;
	if (options->all_contexts && add_all_contexts(options, config, contexts, err) < 0)
		return -1;
	for (size_t i = 0; i < options->contexts.len; i++)
		if (add_context(options, config, slice_of(options->contexts.items[i]), contexts, err) < 0)
			return -1;
	return 0;
}

int contexts_open(const struct options *options, struct contexts *ret_contexts, struct error **err)
{
	*ret_contexts = (struct contexts){ 0 };
	if (check(options, err) < 0)
		return -1;
	if ((options->contexts.len || options->all_contexts) && add_from_kubeconfig(options, ret_contexts, err) < 0)
		return -1;
	if (options->in_cluster) {
		struct kube_access *access;
		if (kube_access_in_cluster(&access, err) < 0)
			return options_fail(err, "--in-cluster");
		return add_access(ret_contexts, access, err);
	}
	return 0;
}

void contexts_release(struct contexts *contexts)
{
	for (size_t i = 0; i < contexts->accesses.len; i++)
		kube_access_free(contexts->accesses.items[i]);
	vec_release(&contexts->accesses);
	for (size_t i = 0; i < contexts->failures.len; i++)
		error_free(contexts->failures.items[i]);
	vec_release(&contexts->failures);
}

static void stop_live(void *data)
{
	live_stop(data);
}

/* --- progress --- */

struct sum {
	size_t done, lists, lists_done;
	int64_t objects;
	struct live_progress slow; /* one that waits, or one that is under way */
};

static void add_progress(struct live *live, size_t index, struct sum *sum)
{
	struct live_progress progress;
	live_progress(live, index, &progress);
	sum->done += progress.done;
	sum->lists += progress.lists;
	sum->lists_done += progress.lists_done;
	sum->objects += progress.objects;
	bool under_way = progress.started && !progress.done;
	if (under_way && (!sum->slow.name || (progress.waiting[0] && !sum->slow.waiting[0])))
		sum->slow = progress;
}

static void show_progress(struct live *live, size_t count)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	struct sum sum = { 0 };
	for (size_t i = 0; i < count; i++)
		add_progress(live, i, &sum);
	if (count > 1)
		strbuf_addf(&line, "%zu of %zu clusters, ", sum.done, count);
	strbuf_addf(&line, "%lld objects, %zu of %zu lists", (long long)sum.objects, sum.lists_done, sum.lists);
	if (sum.slow.name)
		strbuf_addf(&line, "  %s%s%s", sum.slow.name, sum.slow.waiting[0] ? ": " : "", sum.slow.waiting);
	terminal_progress_line(strbuf_slice(&line));
}

/* --- reading --- */

static int commit(const struct contexts_reading *reading, struct error **err)
{
	return reading->sink ? reading->sink->ops->commit(reading->sink, err) : 0;
}

static int follow(struct live *live, const struct contexts_reading *reading, size_t count, struct error **err)
{
	int64_t committed = time_now();
	while (!live_wait(live, LOOK_MS)) {
		int64_t now = time_now();
		if (!reading->follow)
			show_progress(live, count);
		if (now - committed < COMMIT_EVERY && now >= committed)
			continue;
		if (commit(reading, err) < 0)
			return -1;
		committed = now;
	}
	return 0;
}

static struct live_options live_options(const struct contexts_reading *reading)
{
	const struct options *options = reading->options;
	return (struct live_options){
		.key = reading->key,
		.vault = reading->vault,
		.as_of = reading->as_of,
		.metadata_only = options->metadata_only,
		.all_secrets = options->all_secrets,
		.encoding = options->encoding && strcmp(options->encoding, "json") == 0 ? LIVE_ENCODING_JSON
											: LIVE_ENCODING_AUTO,
		.namespaces = options->namespaces.items,
		.namespace_count = options->namespaces.len,
		.follow = reading->follow,
	};
}

static int read_all(const struct contexts_reading *reading, const struct live_source *sources, size_t count,
		    struct live_result *results, struct error **err)
{
	struct live_options how = live_options(reading);
	struct live *live;
	CLEANUP(error_freep) struct error *failure = NULL;
	if (live_start(&how, sources, count, &live, err) < 0)
		return -1;
	interrupt_catch(stop_live, live);
	int result = follow(live, reading, count, &failure);
	if (result < 0)
		live_stop(live);
	terminal_progress_end();
	interrupt_done();
	result = live_end(live, results, err) < 0 ? -1 : result;
	interrupt_release();
	if (failure && !*err)
		return error_move(err, &failure);
	if (result < 0)
		return -1;
	return commit(reading, err);
}

static struct live_source *make_sources(const struct contexts *contexts, const struct contexts_reading *reading,
					struct error **err)
{
	size_t count = contexts->accesses.len;
	struct live_source *sources = mem_alloc_zeroed(count, sizeof *sources);
	if (!sources)
		error_no_memory(err);
	for (size_t i = 0; sources && i < count; i++) {
		sources[i].access = contexts->accesses.items[i];
		sources[i].frozen = reading->frozen ? reading->frozen[i] : NULL;
		sources[i].sink = reading->frozen ? frozen_writer_sink(reading->frozen[i]) : reading->sink;
		sources[i].cluster_uid = reading->results ? reading->results[i].cluster_uid : NULL;
		for (size_t k = 0; reading->results && k < LIVE_SECRET_LISTS; k++)
			sources[i].secret_versions[k] = reading->results[i].secret_versions[k];
		sources[i].secret_namespaces = reading->results ? reading->results[i].secret_namespaces : NULL;
		sources[i].secret_namespace_count = reading->results ? reading->results[i].secret_namespace_count : 0;
	}
	return sources;
}

/* A ^C that came when all was read has interrupted nothing. */
static bool any_interrupted(const struct live_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].outcome && strcmp(results[i].outcome, "interrupted") == 0)
			return true;
	return false;
}

int contexts_read(const struct contexts *contexts, const struct contexts_reading *reading,
		  struct live_result *ret_results, bool *ret_interrupted, struct error **err)
{
	CLEANUP(mem_freep) struct live_source *sources = make_sources(contexts, reading, err);
	if (!sources)
		return -1;
	int result = read_all(reading, sources, contexts->accesses.len, ret_results, err);
	for (size_t i = 0; !reading->options->watch && i < contexts->accesses.len; i++)
		kube_access_forget(contexts->accesses.items[i]);
	*ret_interrupted = interrupt_came() && any_interrupted(ret_results, contexts->accesses.len);
	return result;
}

int contexts_follow(const struct contexts *contexts, const struct contexts_reading *reading, struct error **err)
{
	size_t count = contexts->accesses.len;
	CLEANUP(mem_freep) struct live_source *sources = make_sources(contexts, reading, err);
	CLEANUP(mem_freep) struct live_result *results = sources ? mem_alloc_zeroed(count, sizeof *results) : NULL;
	if (!results)
		return sources ? error_no_memory(err) : -1;
	int result = read_all(reading, sources, count, results, err);
	for (size_t i = 0; i < count; i++)
		live_result_release(&results[i]);
	return result;
}
