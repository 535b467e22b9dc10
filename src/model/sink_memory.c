#include "model/sink_memory.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "model/record_copy.h"

/* Room for one more of the items, or -1. */
static int grow(void **items, size_t len, size_t *capacity, size_t size)
{
	if (len < *capacity)
		return 0;
	size_t wanted = *capacity ? 2 * *capacity : 16;
	void *larger = mem_resize(*items, wanted, size);
	if (!larger)
		return -1;
	*items = larger;
	*capacity = wanted;
	return 0;
}

static int copy_scope(struct sink_memory *memory, const struct sink_scope *scope, struct sink_scope *ret_scope)
{
	struct arena *arena = &memory->arena;
	*ret_scope = *scope;
	return arena_copy(arena, scope->source, &ret_scope->source) < 0 ||
			       arena_copy(arena, scope->source_kind, &ret_scope->source_kind) < 0 ||
			       arena_copy(arena, scope->cluster_name, &ret_scope->cluster_name) < 0 ||
			       arena_copy(arena, scope->cluster_uid, &ret_scope->cluster_uid) < 0
		       ? -1
		       : 0;
}

static int copy_end(struct sink_memory *memory, const struct sink_end *end, struct sink_end *ret_end)
{
	struct arena *arena = &memory->arena;
	*ret_end = *end;
	return arena_copy(arena, end->cluster_uid, &ret_end->cluster_uid) < 0 ||
			       arena_copy(arena, end->server_version, &ret_end->server_version) < 0 ||
			       arena_copy(arena, end->as_of_from, &ret_end->as_of_from) < 0 ||
			       arena_copy(arena, end->outcome, &ret_end->outcome) < 0 ||
			       arena_copy(arena, end->why, &ret_end->why) < 0 ||
			       arena_copy(arena, end->notes, &ret_end->notes) < 0
		       ? -1
		       : 0;
}

static struct memory_read *memory_read_of(struct sink_memory *memory, int64_t read)
{
	return read > 0 && (uint64_t)read <= memory->read_count ? &memory->reads[read - 1] : NULL;
}

static bool is_open(const struct memory_read *read)
{
	return read && !read->finished && !read->interrupted;
}

/* The identity that a read's records are filed under: the UID, or a provisional one made of the name. */
static struct slice cluster_identity(struct sink_memory *memory, const struct memory_read *read)
{
	if (read->finished && read->end.cluster_uid.data)
		return read->end.cluster_uid;
	if (read->scope.cluster_uid.data)
		return read->scope.cluster_uid;
	return arena_printf(&memory->arena, "name:%.*s", SLICE_ARG(read->scope.cluster_name));
}

static void file_under(const struct memory_record *kept, struct slice cluster)
{
	for (size_t i = 0; i < kept->type->field_count; i++)
		if (kept->type->fields[i].flags & FIELD_CLUSTER)
			*(struct slice *)field_of(&kept->type->fields[i], kept->record) = cluster;
	if (kept->type == &coverage_type)
		((struct coverage *)kept->record)->read = kept->read;
}

static int memory_begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct sink_memory *memory = (struct sink_memory *)sink;
	struct memory_read read = { 0 };
	if (copy_scope(memory, scope, &read.scope) < 0)
		return arena_fail(&memory->arena, err);
	if (grow((void **)&memory->reads, memory->read_count, &memory->read_capacity, sizeof read) < 0)
		return error_no_memory(err);
	memory->reads[memory->read_count++] = read;
	*ret_read = (int64_t)memory->read_count;
	return 0;
}

static int memory_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		      struct error **err)
{
	struct sink_memory *memory = (struct sink_memory *)sink;
	struct memory_read *of = memory_read_of(memory, read);
	if (!is_open(of))
		return error_set(err, ERROR_STORE, "put of a %s into read %lld, which is not open", type->name,
				 (long long)read);
	if (memory->fail_after && memory->puts++ >= memory->fail_after)
		return error_set(err, ERROR_STORE, "the sink was told to fail here");
	struct memory_record kept = { type, record_copy(type, record, &memory->arena), read };
	struct slice cluster = cluster_identity(memory, of);
	if (!kept.record || !cluster.data)
		return arena_fail(&memory->arena, err);
	if (grow((void **)&memory->records, memory->record_count, &memory->record_capacity, sizeof kept) < 0)
		return error_no_memory(err);
	file_under(&kept, cluster);
	memory->records[memory->record_count++] = kept;
	return 0;
}

static int memory_finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	struct sink_memory *memory = (struct sink_memory *)sink;
	struct memory_read *of = memory_read_of(memory, read);
	if (!is_open(of))
		return error_set(err, ERROR_STORE, "finish of read %lld, which is not open", (long long)read);
	if (memory->again_once && !of->scope.once) {
		memory->again_once--;
		return SINK_AGAIN;
	}
	if (copy_end(memory, end, &of->end) < 0)
		return arena_fail(&memory->arena, err);
	of->finished = true;
	struct slice cluster = cluster_identity(memory, of);
	if (!cluster.data)
		return arena_fail(&memory->arena, err);
	for (size_t i = 0; i < memory->record_count; i++)
		if (memory->records[i].read == read)
			file_under(&memory->records[i], cluster);
	return 0;
}

/* As the store says it: its finish may yet answer SINK_AGAIN, and what lasts cannot be taken back. */
static bool may_be_read_again(const struct sink_scope *scope)
{
	return !scope->once && !(scope->cluster_uid.data && scope->as_of != TIME_UNSET);
}

static int memory_commit(struct sink *sink, struct error **err)
{
	struct sink_memory *memory = (struct sink_memory *)sink;
	for (size_t i = memory->committed_reads; i < memory->read_count; i++)
		if (!memory->reads[i].finished && may_be_read_again(&memory->reads[i].scope))
			return error_set(err, ERROR_STORE, "commit while read %zu is open", i + 1);
	for (size_t i = 0; i < memory->read_count; i++)
		memory->reads[i].committed = memory->reads[i].finished;
	memory->committed_records = memory->record_count;
	memory->committed_reads = memory->read_count;
	memory->commits++;
	return 0;
}

static void memory_rollback(struct sink *sink)
{
	struct sink_memory *memory = (struct sink_memory *)sink;
	memory->record_count = memory->committed_records;
	memory->read_count = memory->committed_reads;
	for (size_t i = 0; i < memory->read_count; i++) {
		struct memory_read *read = &memory->reads[i];
		read->interrupted = read->interrupted || !read->committed;
		read->finished = read->finished && read->committed;
	}
	memory->rollbacks++;
}

static const struct sink_ops memory_ops = {
	.begin = memory_begin,
	.put = memory_put,
	.finish = memory_finish,
	.commit = memory_commit,
	.rollback = memory_rollback,
};

void sink_memory_init(struct sink_memory *memory)
{
	*memory = (struct sink_memory){ .sink.ops = &memory_ops, .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
}

void sink_memory_release(struct sink_memory *memory)
{
	arena_release(&memory->arena);
	memory->records = mem_free(memory->records);
	memory->reads = mem_free(memory->reads);
	memory->record_count = memory->record_capacity = memory->read_count = memory->read_capacity = 0;
}
