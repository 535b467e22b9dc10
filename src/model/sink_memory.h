/* Sinks for tests: one that keeps what it is given, one that fails when told to.
 *
 *     struct sink_memory memory;
 *     sink_memory_init(&memory);
 *     snapshot_read(&options, &memory.sink, &result, &err);
 *     ... memory.records[i].type, .record ...
 *     sink_memory_release(&memory);
 *
 * It keeps every record that is put, without joining those of the same identity. As the store does, it files records
 * under the read's cluster, refuses a put into a read that is not open, and forgets on rollback what was not committed.
 */
#ifndef FOTHER_MODEL_SINK_MEMORY_H
#define FOTHER_MODEL_SINK_MEMORY_H

#include "base/arena.h"
#include "model/sink.h"

struct memory_record {
	const struct record_type *type;
	void *record; /* deep copy in the arena */
	int64_t read;
};

struct memory_read {
	struct sink_scope scope;
	struct sink_end end;
	bool finished, committed;
	bool interrupted; /* a rollback ended it, and a part of it lasts */
};

struct sink_memory {
	struct sink sink; /* first */
	struct arena arena;
	struct memory_record *records;
	size_t record_count, record_capacity;
	struct memory_read *reads; /* read number is the index + 1 */
	size_t read_count, read_capacity;
	size_t committed_records, committed_reads;
	size_t commits, rollbacks;
	size_t again_once; /* answer SINK_AGAIN to that many finishes first */
	size_t fail_after; /* > 0: the put after so many fails with ERROR_STORE */
	size_t puts;       /* counted while fail_after is set */
};

void sink_memory_init(struct sink_memory *memory);
void sink_memory_release(struct sink_memory *memory);

#endif
