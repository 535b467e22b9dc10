#include "fixture.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/text.h"

int fixture_setup(void **state)
{
	struct fixture *f = mem_alloc_zeroed(1, sizeof *f);
	assert_non_null(f);
	f->scratch = scratch_make();
	f->arena = (struct arena)ARENA_INIT(LIMIT_WORLD_BYTES);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	f->sink = store_sink(f->store);
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	arena_release(&f->arena);
	scratch_remove(&f->scratch);
	error_free(f->err);
	mem_free(f);
	return 0;
}

int64_t begin(struct fixture *f, const char *name, const char *uid, int64_t as_of)
{
	struct slice folder = arena_printf(&f->arena, "/dumps/%s", name ? name : "");
	return begin_at(f, folder.data, name, uid, as_of);
}

static int64_t begin_scope(struct fixture *f, const struct sink_scope *scope)
{
	int64_t read = 0;
	check_ok(f->sink->ops->begin(f->sink, scope, &read, &f->err), &f->err);
	return read;
}

int64_t begin_at(struct fixture *f, const char *source, const char *name, const char *uid, int64_t as_of)
{
	struct sink_scope scope = { .source = slice_of(source),
				    .source_kind = SLICE("snapshot"),
				    .cluster_name = slice_of(name),
				    .cluster_uid = slice_of(uid),
				    .as_of = as_of };
	return begin_scope(f, &scope);
}

int64_t begin_once(struct fixture *f, const char *name, const char *uid, int64_t as_of)
{
	struct slice address = arena_printf(&f->arena, "https://%s.example/", name);
	struct sink_scope scope = { .source = address,
				    .source_kind = SLICE("cluster"),
				    .cluster_name = slice_of(name),
				    .cluster_uid = slice_of(uid),
				    .as_of = as_of,
				    .once = true };
	return begin_scope(f, &scope);
}

int finish(struct fixture *f, int64_t read, const char *uid, int64_t as_of)
{
	struct sink_end end = { .cluster_uid = slice_of(uid),
				.server_version = SLICE("v1.31.2"),
				.as_of = as_of,
				.as_of_from = SLICE("given"),
				.outcome = SLICE("complete"),
				.objects = 7,
				.defects = 0 };
	int result = f->sink->ops->finish(f->sink, read, &end, &f->err);
	check_ok(result, &f->err);
	return result;
}

void commit(struct fixture *f)
{
	check_ok(f->sink->ops->commit(f->sink, &f->err), &f->err);
}

void put(struct fixture *f, int64_t read, const struct record_type *type, const void *record)
{
	check_ok(f->sink->ops->put(f->sink, read, type, record, &f->err), &f->err);
}

void put_pod(struct fixture *f, int64_t read, const char *uid, const char *namespace, const char *node)
{
	struct pod pod;
	record_init(&pod_type, &pod);
	pod.uid = slice_of(uid);
	pod.namespace = slice_of(namespace);
	pod.name = slice_of(uid);
	pod.node = slice_of(node);
	put(f, read, &pod_type, &pod);
}

void put_secret(struct fixture *f, int64_t read, const char *uid, const char *namespace, const char *type)
{
	struct secret secret;
	record_init(&secret_type, &secret);
	secret.uid = slice_of(uid);
	secret.namespace = slice_of(namespace);
	secret.name = slice_of(uid);
	secret.type = slice_of(type);
	put(f, read, &secret_type, &secret);
}

void put_coverage(struct fixture *f, int64_t read, const char *kind, const char *namespace, const char *subtype,
		  const char *outcome)
{
	struct coverage coverage;
	record_init(&coverage_type, &coverage);
	coverage.kind = slice_of(kind);
	coverage.namespace = slice_of(namespace);
	coverage.subtype = slice_of(subtype);
	coverage.outcome = slice_of(outcome);
	put(f, read, &coverage_type, &coverage);
}

void reopen(struct fixture *f)
{
	f->store = store_close(f->store);
	check_ok(store_open(scratch_path(&f->scratch, "state/store.db"), &f->store, &f->err), &f->err);
	f->sink = store_sink(f->store);
}

struct record_list all(struct fixture *f, const struct record_type *type)
{
	struct record_list records = { 0 };
	check_ok(store_read_all(f->store, type, NULL, 0, &f->arena, &records, &f->err), &f->err);
	return records;
}

size_t count_of(struct fixture *f, const struct record_type *type)
{
	return all(f, type).len;
}

const struct pod *pod_of(struct fixture *f, const char *uid)
{
	struct store_where where = { .field = "uid", .text = slice_of(uid) };
	struct record_list pods = { 0 };
	check_ok(store_read_all(f->store, &pod_type, &where, 1, &f->arena, &pods, &f->err), &f->err);
	assert_int_equal(pods.len, 1);
	return pods.items;
}

const struct read *read_of(struct fixture *f, int64_t id)
{
	struct store_where where = { .field = "id", .number = id };
	struct record_list reads = { 0 };
	check_ok(store_read_all(f->store, &read_type, &where, 1, &f->arena, &reads, &f->err), &f->err);
	assert_int_equal(reads.len, 1);
	return reads.items;
}

static void add_type(struct fixture *f, const struct record_type *type, struct strbuf *out)
{
	struct record_list records = all(f, type);
	for (size_t i = 0; i < records.len; i++) {
		void *record = (char *)records.items + i * type->size;
		struct json_writer w = { .out = out };
		if (type == &read_type)
			((struct read *)record)->started = ((struct read *)record)->ended = TIME_UNSET;
		strbuf_addf(out, "%s ", type->name);
		record_write_json(type, record, &w);
		strbuf_add_char(out, '\n');
	}
}

const char *contents(struct fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct slice copy;
	add_type(f, &cluster_type, &out);
	add_type(f, &read_type, &out);
	add_type(f, &incident_type, &out);
	add_type(f, &finding_type, &out);
	for (size_t i = 0; i < observed_type_count; i++)
		add_type(f, observed_types[i], &out);
	assert_int_equal(arena_copy(&f->arena, (struct slice){ strbuf_text(&out), out.len }, &copy), 0);
	return copy.data;
}

int64_t sql(struct fixture *f, const char *text)
{
	sqlite3 *db;
	sqlite3_stmt *statement;
	int64_t number = TIME_UNSET;
	assert_int_equal(sqlite3_open(scratch_path(&f->scratch, "state/store.db"), &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return number;
}
