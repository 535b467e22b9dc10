/* A sink that hands records to another one on a thread of its own, so that decoding does not wait for writing. Several
 * threads may call it at once: readers of several clusters, each with reads of its own, and one that commits.
 *
 *     struct sink_thread *thread;
 *     sink_thread_new(store_sink(store), &thread, err);
 *     snapshot_read(&options, sink_thread_sink(thread), &result, err);
 *     thread = sink_thread_free(thread);
 *
 * put copies its record into a batch; a bounded number of batches is under way, and a full queue makes put wait, so
 * memory does not grow. Everything but put waits until all that was put before it, by any thread, is written, and then
 * runs on the caller's thread: the sink behind is never called by two threads at once, and sees the calls of one thread
 * in their order. Calls that are no puts go before puts that wait.
 *
 * When a record could not be written nothing more is, and every later call of every thread but rollback fails and says
 * why: a commit never keeps a part without telling. rollback ends the reads of all threads; what they put after it
 * fails again.
 */
#ifndef FOTHER_MODEL_SINK_THREAD_H
#define FOTHER_MODEL_SINK_THREAD_H

#include "base/error.h"
#include "model/sink.h"

struct sink_thread;

/* inner is borrowed and must outlive the thread. */
int sink_thread_new(struct sink *inner, struct sink_thread **ret_thread, struct error **err);
struct sink *sink_thread_sink(struct sink_thread *thread);
/* Waits until everything is written. Nobody else calls any more. Takes NULL. Returns NULL. */
struct sink_thread *sink_thread_free(struct sink_thread *thread);
void sink_thread_freep(struct sink_thread **thread);

#endif
