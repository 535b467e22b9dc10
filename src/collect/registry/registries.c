#include "collect/registry/registries.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "collect/registry/dialect.h"
#include "collect/registry/registry_read.h"
#include "net/http.h"
#include "oci/transport/registry.h"

struct reader {
	struct registries *registries;
	struct registry_reading reading;
	struct registry *registry;
	struct registry_dialect *dialect;
	struct registry_result *result;
	struct error *error; /* of the sink, or memory */
};

struct registries {
	struct registries_options options;
	struct arena arena;
	struct http *http;
	struct registry_plan *plans;
	struct reader *readers;
	struct registry_result *results;
	size_t count;
	atomic_size_t next; /* the reader that is begun next */
	atomic_bool stopped;
	pthread_mutex_t lock; /* of done */
	pthread_mutex_t telling;
	pthread_cond_t changed;
	size_t done;
	pthread_t threads[LIMIT_LIVE_REGISTRIES];
	size_t thread_count;
};

/* --- one registry --- */
static bool is_stopped(void *data)
{
	const struct reader *reader = data;
	return atomic_load(&reader->registries->stopped);
}

static void tell_progress(void *data, const struct image_walk_result *counts)
{
	const struct reader *reader = data;
	struct registries *registries = reader->registries;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	strbuf_addf(&text, "%.*s: %zu repositories, %zu tags, %zu manifests, %zu known",
		    SLICE_ARG(reader->reading.plan->host), counts->repositories, counts->tags, counts->manifests,
		    counts->known);
	pthread_mutex_lock(&registries->telling);
	registries->options.progress(strbuf_text(&text));
	pthread_mutex_unlock(&registries->telling);
}

static int list_own(void *data, struct slice prefix, int (*found)(void *, struct slice, struct error **),
		    void *found_data, struct slice *ret_why, struct error **err)
{
	return registry_dialect_repositories(data, prefix, found, found_data, ret_why, err);
}

static int ask_own_times(void *data, struct slice repository, struct slice *ret_why, struct error **err)
{
	return registry_dialect_times(data, repository, ret_why, err);
}

static int open_own(void *data, int64_t read, struct registry_own *ret_own, struct error **err)
{
	struct reader *reader = data;
	struct dialect_context context = {
		.http = reader->registries->http,
		.options = &reader->registries->options,
		.registry = reader->reading.plan->registry,
		.host = reader->reading.plan->host,
		.read = read,
		.stopped = is_stopped,
		.stopped_data = reader,
	};
	int opened = registry_dialect_open(&context, &reader->dialect, err);
	if (opened > 0)
		*ret_own = (struct registry_own){ reader->dialect, list_own, ask_own_times };
	return opened;
}

static size_t at_once(const struct registries *registries)
{
	return registries->count < LIMIT_LIVE_REGISTRIES ? registries->count : LIMIT_LIVE_REGISTRIES;
}

static int new_registry(struct reader *reader, struct error **err)
{
	const struct registry_plan *plan = reader->reading.plan;
	const struct registries_options *options = &reader->registries->options;
	struct registry_options how = {
		.host = plan->host,
		.plain_http = plan->plain_http,
		.token_hosts = options->token_hosts,
		.ca_pem = options->ca_pem,
		.environment_proxies = true,
		.logins = options->logins,
		.secret_bytes = LIMIT_REGISTRY_SECRET_BYTES / at_once(reader->registries),
	};
	return registry_new(reader->registries->http, &how, &reader->registry, err);
}

/* What cannot be asked at all is an answer about that registry. */
static int open_registry(struct reader *reader, struct error **err)
{
	struct arena *arena = &reader->reading.arena;
	struct error *failure = NULL;
	if (new_registry(reader, &failure) == 0) {
		reader->reading.source = registry_source(reader->registry);
		reader->reading.facts = registry_facts(reader->registry);
		return 0;
	}
	if (failure->code == ERROR_NO_MEMORY)
		return error_move(err, &failure);
	reader->reading.closed = arena_printf(arena, "%s", failure->message);
	error_free(failure);
	return reader->reading.closed.data ? 0 : arena_fail(arena, err);
}

static void read_registry(struct reader *reader)
{
	struct registries *registries = reader->registries;
	*reader->result = (struct registry_result){ .registry = reader->reading.plan->registry, .outcome = "failed" };
	if (open_registry(reader, &reader->error) == 0)
		registry_read_all(&reader->reading, reader->result, &reader->error);
	reader->dialect = registry_dialect_close(reader->dialect);
	reader->registry = registry_free(reader->registry);
	pthread_mutex_lock(&registries->lock);
	registries->done++;
	pthread_cond_broadcast(&registries->changed);
	pthread_mutex_unlock(&registries->lock);
}

static void *work(void *data)
{
	struct registries *registries = data;
	for (;;) {
		size_t index = atomic_fetch_add(&registries->next, 1);
		if (index >= registries->count)
			return NULL;
		read_registry(&registries->readers[index]);
	}
}

/* --- all of them --- */
static void init_reader(struct registries *registries, size_t index, int64_t as_of)
{
	struct reader *reader = &registries->readers[index];
	reader->registries = registries;
	reader->result = &registries->results[index];
	reader->reading = (struct registry_reading){
		.plan = &registries->plans[index],
		.options = &registries->options,
		.as_of = as_of,
		.open_own = registries->options.dialects ? open_own : NULL,
		.open_data = reader,
		.stopped = is_stopped,
		.progress = registries->options.progress ? tell_progress : NULL,
		.data = reader,
		.arena = ARENA_INIT(LIMIT_IMAGE_BYTES),
	};
}

static void init_waiting(struct registries *registries)
{
	pthread_condattr_t clock;
	pthread_mutex_init(&registries->lock, NULL);
	pthread_mutex_init(&registries->telling, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&registries->changed, &clock);
	pthread_condattr_destroy(&clock);
}

static int init(struct registries *registries, struct error **err)
{
	const struct registries_options *options = &registries->options;
	/* One time for all: what several read at the same time was there at the same time. */
	int64_t as_of = options->as_of != TIME_UNSET ? options->as_of : time_now();
	if (registry_plan_make(options, &registries->arena, &registries->plans, &registries->count, err) < 0)
		return -1;
	registries->readers = mem_alloc_zeroed(registries->count, sizeof *registries->readers);
	registries->results = mem_alloc_zeroed(registries->count, sizeof *registries->results);
	if (!registries->readers || !registries->results)
		return error_no_memory(err);
	for (size_t i = 0; i < registries->count; i++)
		init_reader(registries, i, as_of);
	return http_new(&registries->http, err);
}

int registries_new(const struct registries_options *options, struct registries **ret_registries, struct error **err)
{
	struct registries *registries = mem_alloc_zeroed(1, sizeof *registries);
	if (!registries)
		return error_no_memory(err);
	registries->options = *options;
	registries->arena = (struct arena)ARENA_INIT(LIMIT_IMAGE_BYTES);
	init_waiting(registries);
	if (init(registries, err) < 0) {
		registries_free(registries);
		return -1;
	}
	*ret_registries = registries;
	return 0;
}

/* Signals are the main thread's. */
int registries_start(struct registries *registries, struct error **err)
{
	size_t wanted = at_once(registries);
	sigset_t all, before;
	int code = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (code == 0 && registries->thread_count < wanted) {
		code = pthread_create(&registries->threads[registries->thread_count], NULL, work, registries);
		registries->thread_count += code == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return registries->thread_count || !wanted ? 0 : error_set_errno(err, code, "a thread for a registry");
}

int registries_wait(struct registries *registries, int timeout_ms)
{
	struct timespec deadline = clock_deadline(timeout_ms);
	pthread_mutex_lock(&registries->lock);
	while (registries->done < registries->count &&
	       pthread_cond_timedwait(&registries->changed, &registries->lock, &deadline) != ETIMEDOUT)
		;
	bool done = registries->done == registries->count;
	pthread_mutex_unlock(&registries->lock);
	return done;
}

void registries_stop(struct registries *registries)
{
	atomic_store(&registries->stopped, true);
	http_stop(registries->http);
	process_stop(); /* credential helpers */
}

size_t registries_count(const struct registries *registries)
{
	return registries->count;
}

const struct registry_result *registries_result(const struct registries *registries, size_t i)
{
	return &registries->results[i];
}

static void join(struct registries *registries)
{
	for (size_t i = 0; i < registries->thread_count; i++)
		pthread_join(registries->threads[i], NULL);
	registries->thread_count = 0;
}

int registries_finish(struct registries *registries, struct error **err)
{
	join(registries);
	for (size_t i = 0; i < registries->count; i++)
		if (error_move(err, &registries->readers[i].error) < 0)
			return -1;
	return 0;
}

struct registries *registries_free(struct registries *registries)
{
	if (!registries)
		return NULL;
	if (registries->thread_count)
		registries_stop(registries);
	join(registries);
	for (size_t i = 0; registries->readers && i < registries->count; i++) {
		arena_release(&registries->readers[i].reading.arena);
		error_free(registries->readers[i].error);
	}
	http_free(registries->http);
	mem_free(registries->readers);
	mem_free(registries->results);
	arena_release(&registries->arena);
	pthread_cond_destroy(&registries->changed);
	pthread_mutex_destroy(&registries->lock);
	pthread_mutex_destroy(&registries->telling);
	return mem_free(registries);
}
