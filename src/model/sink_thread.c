#include "model/sink_thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "model/record_copy.h"

#define BATCHES 4 /* one being filled, one being written, and two so that neither side waits for a slow moment */
#define BATCH_RECORDS 256

struct queued {
	int64_t read;
	const struct record_type *type;
	const void *record; /* in the batch's arena */
};

struct batch {
	struct arena arena;
	struct queued items[BATCH_RECORDS];
	size_t len;
	size_t empty_bytes; /* what the arena keeps when it is empty */
};

struct sink_thread {
	struct sink sink; /* first */
	struct sink *inner;
	pthread_t thread;
	/* Held by a caller from the first to the last of its call, and with it the batch that is being filled. A put
	 * lets the other calls go first: threads that put one record after the other would leave them no turn. */
	pthread_mutex_t caller;
	pthread_cond_t none_waits;
	atomic_size_t waiting; /* calls that are no puts */
	pthread_mutex_t lock;  /* guards all below it but the batches, each of which has one owner at a time */
	pthread_cond_t changed;
	size_t filled, written; /* batches so far; those between them wait for the writer */
	bool stop, failed, told;
	struct error *failure; /* of the first put that failed */
	struct batch batches[BATCHES];
};

static struct sink_thread *thread_of(struct sink *sink)
{
	return (struct sink_thread *)(void *)sink;
}

/* --- the writer's side --- */

static void write_batch(struct sink_thread *t, struct batch *batch, bool failed)
{
	struct error *failure = NULL;

	for (size_t i = 0; i < batch->len && !failed; i++) {
		const struct queued *item = &batch->items[i];
		failed = t->inner->ops->put(t->inner, item->read, item->type, item->record, &failure) < 0;
	}
	arena_clear(&batch->arena);
	batch->len = 0;
	pthread_mutex_lock(&t->lock);
	t->failed = t->failed || failed;
	if (failure)
		t->failure = failure;
	t->written++;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

static void *writer(void *data)
{
	struct sink_thread *t = data;

	for (;;) {
		pthread_mutex_lock(&t->lock);
		while (t->written == t->filled && !t->stop)
			pthread_cond_wait(&t->changed, &t->lock);
		bool done = t->written == t->filled, failed = t->failed;
		struct batch *batch = &t->batches[t->written % BATCHES];
		pthread_mutex_unlock(&t->lock);
		if (done)
			return NULL;
		write_batch(t, batch, failed);
	}
}

/* --- the callers' side --- */

static struct batch *current(struct sink_thread *t)
{
	return &t->batches[t->filled % BATCHES];
}

/* Once in its own words; whoever calls after that has to know as much. */
static int tell_failure(struct sink_thread *t, struct error **err)
{
	const char *before = t->told ? "an earlier record could not be written: " : "";
	t->told = true;
	return error_set(err, t->failure->code, "%s%s", before, t->failure->message);
}

/* Hands over what was put; waits until `pending` batches at most are not written. */
static int hand_over(struct sink_thread *t, size_t pending, struct error **err)
{
	pthread_mutex_lock(&t->lock);
	if (current(t)->len) {
		t->filled++;
		pthread_cond_broadcast(&t->changed);
	}
	while (t->filled - t->written > pending)
		pthread_cond_wait(&t->changed, &t->lock);
	int result = t->failed ? tell_failure(t, err) : 0;
	pthread_mutex_unlock(&t->lock);
	return result;
}

static int put_copy(struct sink_thread *t, int64_t read, const struct record_type *type, const void *record,
		    struct error **err)
{
	struct batch *batch = current(t);
	if (batch->len == 0)
		batch->empty_bytes = batch->arena.used;
	void *copy = record_copy(type, record, &batch->arena);
	if (!copy)
		return arena_fail(&batch->arena, err);
	batch->items[batch->len++] = (struct queued){ read, type, copy };
	/* A batch is full by number or by size: a few large records are as much work as many small ones. */
	if (batch->len < BATCH_RECORDS && batch->arena.used - batch->empty_bytes < LIMIT_MIB)
		return 0;
	return hand_over(t, BATCHES - 1, err);
}

static int thread_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		      struct error **err)
{
	struct sink_thread *t = thread_of(sink);
	pthread_mutex_lock(&t->caller);
	while (atomic_load(&t->waiting))
		pthread_cond_wait(&t->none_waits, &t->caller);
	int result = put_copy(t, read, type, record, err);
	pthread_mutex_unlock(&t->caller);
	return result;
}

/* Until leave_alone the sink behind has no other caller and nothing to write. Must be left even when it fails. */
static int enter_alone(struct sink_thread *t, struct error **err)
{
	atomic_fetch_add(&t->waiting, 1);
	pthread_mutex_lock(&t->caller);
	return hand_over(t, 0, err);
}

static void leave_alone(struct sink_thread *t)
{
	if (atomic_fetch_sub(&t->waiting, 1) == 1)
		pthread_cond_broadcast(&t->none_waits);
	pthread_mutex_unlock(&t->caller);
}

static int thread_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct sink_thread *t = thread_of(sink);
	int result = enter_alone(t, err) < 0 ? -1 : t->inner->ops->begin(t->inner, scope, ret_read, err);
	leave_alone(t);
	return result;
}

static int thread_finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	struct sink_thread *t = thread_of(sink);
	int result = enter_alone(t, err) < 0 ? -1 : t->inner->ops->finish(t->inner, read, end, err);
	leave_alone(t);
	return result;
}

static int thread_commit(struct sink *sink, struct error **err)
{
	struct sink_thread *t = thread_of(sink);
	int result = enter_alone(t, err) < 0 ? -1 : t->inner->ops->commit(t->inner, err);
	leave_alone(t);
	return result;
}

static void thread_rollback(struct sink *sink)
{
	struct sink_thread *t = thread_of(sink);
	struct error *ignored = NULL;

	enter_alone(t, &ignored);
	error_free(ignored);
	pthread_mutex_lock(&t->lock);
	t->failed = t->told = false;
	t->failure = error_free(t->failure);
	pthread_mutex_unlock(&t->lock);
	t->inner->ops->rollback(t->inner);
	leave_alone(t);
}

static const struct sink_ops thread_ops = {
	.begin = thread_begin,
	.put = thread_put,
	.finish = thread_finish,
	.commit = thread_commit,
	.rollback = thread_rollback,
};

/* Signals are for the threads of the program: a handler that ran on this one would run beside what it may interrupt. */
static int start_writer(struct sink_thread *t)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int code = pthread_create(&t->thread, NULL, writer, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

int sink_thread_new(struct sink *inner, struct sink_thread **ret_thread, struct error **err)
{
	struct sink_thread *t = mem_alloc_zeroed(1, sizeof *t);

	if (!t)
		return error_no_memory(err);
	t->sink.ops = &thread_ops;
	t->inner = inner;
	for (size_t i = 0; i < BATCHES; i++)
		t->batches[i].arena.max = 2 * LIMIT_OBJECT_BYTES;
	pthread_mutex_init(&t->caller, NULL);
	pthread_cond_init(&t->none_waits, NULL);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	int code = start_writer(t);
	if (code) {
		mem_free(t);
		return error_set_errno(err, code, "a thread for writing");
	}
	*ret_thread = t;
	return 0;
}

struct sink *sink_thread_sink(struct sink_thread *thread)
{
	return &thread->sink;
}

struct sink_thread *sink_thread_free(struct sink_thread *t)
{
	struct error *ignored = NULL;

	if (!t)
		return NULL;
	hand_over(t, 0, &ignored);
	error_free(ignored);
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	for (size_t i = 0; i < BATCHES; i++)
		arena_release(&t->batches[i].arena);
	error_free(t->failure);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->none_waits);
	pthread_mutex_destroy(&t->caller);
	return mem_free(t);
}

void sink_thread_freep(struct sink_thread **thread)
{
	*thread = sink_thread_free(*thread);
}
