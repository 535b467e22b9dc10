#include "collect/cluster/live_change.h"

#include "base/limits.h"
#include "model/observed.h"

static struct live_change_sink *self(struct sink *sink)
{
	return (struct live_change_sink *)(void *)sink;
}

static int note_entry(struct live_change_sink *s, const struct entry *entry, struct error **err)
{
	struct live_change_entry *noted = vec_push(&s->entries);
	if (!noted)
		return error_no_memory(err);
	if (arena_copy(&s->arena, entry->registry, &noted->registry) < 0 ||
	    arena_copy(&s->arena, entry->username, &noted->username) < 0 ||
	    arena_copy(&s->arena, entry->cred_kind, &noted->cred_kind) < 0 ||
	    arena_copy(&s->arena, entry->fingerprint, &noted->fingerprint) < 0)
		return arena_fail(&s->arena, err);
	return 0;
}

static int note_secret(struct live_change_sink *s, const struct secret *secret, struct error **err)
{
	s->holds_secret = true;
	return arena_copy(&s->arena, secret->type, &s->type) < 0 ? arena_fail(&s->arena, err) : 0;
}

static int put(struct sink *sink, int64_t read, const struct record_type *type, const void *record, struct error **err)
{
	struct live_change_sink *s = self(sink);
	if (type == &entry_type && note_entry(s, record, err) < 0)
		return -1;
	if (type == &secret_type && note_secret(s, record, err) < 0)
		return -1;
	return s->inner->ops->put(s->inner, read, type, record, err);
}

static int begin(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	struct sink *inner = self(sink)->inner;
	return inner->ops->begin(inner, scope, ret_read, err);
}

static int finish(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	struct sink *inner = self(sink)->inner;
	return inner->ops->finish(inner, read, end, err);
}

static int commit(struct sink *sink, struct error **err)
{
	struct sink *inner = self(sink)->inner;
	return inner->ops->commit(inner, err);
}

static void rollback(struct sink *sink)
{
	struct sink *inner = self(sink)->inner;
	inner->ops->rollback(inner);
}

static const struct sink_ops ops = {
	.begin = begin, .put = put, .finish = finish, .commit = commit, .rollback = rollback
};

void live_change_sink_init(struct live_change_sink *sink, struct sink *inner)
{
	*sink = (struct live_change_sink){ .sink = { &ops }, .inner = inner, .arena = ARENA_INIT(LIMIT_OBJECT_BYTES) };
}

void live_change_sink_clear(struct live_change_sink *sink)
{
	arena_clear(&sink->arena);
	vec_clear(&sink->entries);
	sink->holds_secret = false;
	sink->type = SLICE_NONE;
}

void live_change_sink_release(struct live_change_sink *sink)
{
	arena_release(&sink->arena);
	vec_release(&sink->entries);
}
