#include "collect/cluster/live.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/time.h"
#include "collect/cluster/live_internal.h"

static void *work(void *data)
{
	struct live *live = data;
	for (;;) {
		size_t index = atomic_fetch_add(&live->next, 1);
		if (index >= live->count)
			return NULL;
		live_cluster_read(&live->clusters[index]);
	}
}

static void live_free(struct live *live)
{
	http_free(live->http);
	pthread_cond_destroy(&live->changed);
	pthread_mutex_destroy(&live->lock);
	pthread_mutex_destroy(&live->secrets);
	pthread_mutex_destroy(&live->telling);
	mem_free(live->clusters);
	mem_free(live->results);
	mem_free(live->threads);
	mem_free(live);
}

static void init_cluster(struct live *live, size_t index, const struct live_source *source)
{
	struct live_cluster *cluster = &live->clusters[index];
	cluster->live = live;
	cluster->index = index;
	cluster->source = *source;
	cluster->facts = kube_access_facts(source->access);
	cluster->result = &live->results[index];
	cluster->arena = (struct arena)ARENA_INIT(LIMIT_WORLD_BYTES);
	cluster->broken = cluster->why = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	cluster->progress.name = cluster->facts->name.data;
}

static int init(struct live *live, const struct live_options *options, size_t count, struct error **err)
{
	pthread_condattr_t clock;
	live->options = *options;
	live->count = count;
	/* One time for all: what two contexts of one cluster read, at the same time, was there at the same time. */
	live->as_of = options->as_of != TIME_UNSET ? options->as_of : time_now();
	pthread_mutex_init(&live->lock, NULL);
	pthread_mutex_init(&live->secrets, NULL);
	pthread_mutex_init(&live->telling, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&live->changed, &clock);
	pthread_condattr_destroy(&clock);
	live->clusters = mem_alloc_zeroed(count, sizeof *live->clusters);
	live->results = mem_alloc_zeroed(count, sizeof *live->results);
	live->threads = mem_alloc_zeroed(count, sizeof *live->threads);
	if (!live->clusters || !live->results || !live->threads)
		return error_no_memory(err);
	return http_new(&live->http, err);
}

/* Signals are the main thread's. */
static int start_threads(struct live *live, struct error **err)
{
	size_t wanted = live->count < LIMIT_LIVE_CLUSTERS ? live->count : LIMIT_LIVE_CLUSTERS;
	sigset_t all, before;
	int code = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (code == 0 && live->thread_count < wanted) {
		code = pthread_create(&live->threads[live->thread_count], NULL, work, live);
		live->thread_count += code == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return live->thread_count ? 0 : error_set_errno(err, code, "a thread for a cluster");
}

int live_start(const struct live_options *options, const struct live_source *sources, size_t count,
	       struct live **ret_live, struct error **err)
{
	struct live *live = mem_alloc_zeroed(1, sizeof *live);
	if (!live)
		return error_no_memory(err);
	int result = init(live, options, count, err);
	for (size_t i = 0; i < count && result == 0; i++)
		init_cluster(live, i, &sources[i]);
	if (result == 0)
		result = start_threads(live, err);
	if (result < 0) {
		live_free(live);
		return -1;
	}
	*ret_live = live;
	return 0;
}

int live_wait(struct live *live, int timeout_ms)
{
	struct timespec deadline = clock_deadline(timeout_ms);
	pthread_mutex_lock(&live->lock);
	while (live->done < live->count && pthread_cond_timedwait(&live->changed, &live->lock, &deadline) != ETIMEDOUT)
		;
	bool done = live->done == live->count;
	pthread_mutex_unlock(&live->lock);
	return done;
}

void live_progress(struct live *live, size_t source, struct live_progress *ret_progress)
{
	pthread_mutex_lock(&live->lock);
	*ret_progress = live->clusters[source].progress;
	pthread_mutex_unlock(&live->lock);
}

void live_stop(struct live *live)
{
	atomic_store(&live->stopped, true);
	http_stop(live->http);
	kube_access_stop();
}

static int first_error(const struct live_result *results, size_t count, struct error **err)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].error)
			return error_set(err, results[i].error->code, "%s", results[i].error->message);
	return 0;
}

int live_end(struct live *live, struct live_result *ret_results, struct error **err)
{
	size_t count = live->count;
	for (size_t i = 0; i < live->thread_count; i++)
		pthread_join(live->threads[i], NULL);
	memcpy(ret_results, live->results, count * sizeof *ret_results);
	live_free(live);
	return first_error(ret_results, count, err);
}

void live_result_release(struct live_result *result)
{
	mem_free(result->outcome);
	mem_free(result->why);
	mem_free(result->cluster_uid);
	for (size_t i = 0; i < LIVE_SECRET_LISTS; i++)
		mem_free(result->secret_versions[i]);
	for (size_t i = 0; i < result->secret_namespace_count; i++)
		mem_free(result->secret_namespaces[i]);
	mem_free(result->secret_namespaces);
	error_free(result->error);
	*result = (struct live_result){ 0 };
}
