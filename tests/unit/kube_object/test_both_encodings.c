/* The same objects as JSON and as protobuf give the same records. */
#include "base/limits.h"
#include "kube/object/stream.h"
#include "kube_object/generate.h"
#include "kube_object/reading.h"
#include "support/mangle.h"

#define OBJECTS_PER_KIND 1500

typedef int (*take_item)(struct object_stream *stream, struct slice item, struct error **err);

static struct object_list_about about_of(const struct kind_message *kind)
{
	return (struct object_list_about){
		.kind = slice_of(kind->kind),
		.group = slice_of(kind->group),
		.version = SLICE("v1"),
		.resource = SLICE("things"),
		.namespace = SLICE("*"),
		.subtype = SLICE("*"),
	};
}

/* Reads the item alone; gives every record, and what the context and the stream know then. */
static void read_item(const struct object_list_about *about, take_item take, struct slice item, struct strbuf *out)
{
	CLEANUP(reading_release) struct reading r;
	struct object_stream *stream = NULL;
	struct object_stream_end end = { SLICE("complete"), SLICE_NONE };
	struct error *err = NULL;
	reading_start(&r);
	check_ok(object_stream_open(&r.context, about, &stream, &err), &err);
	check_ok(take(stream, item, &err), &err);
	const struct object_stream_last *last = object_stream_last(stream);
	strbuf_addf(out, "last %.*s/%.*s %.*s %.*s\n", SLICE_ARG(last->namespace), SLICE_ARG(last->name),
		    SLICE_ARG(last->uid), SLICE_ARG(last->resource_version));
	check_ok(object_stream_close(stream, &end, &err), &err);
	reading_full_text(&r, out);
	strbuf_addf(out, "newest %lld, cluster %.*s, %lld objects, %lld defects\n", (long long)r.context.newest,
		    SLICE_ARG(r.context.cluster_uid), (long long)r.context.objects, (long long)r.context.defects);
}

static size_t records_seen, defects_seen;

static void check_same(const struct object_list_about *about, const struct message *message, uint64_t seed)
{
	CLEANUP(strbuf_release) struct strbuf a = STRBUF_INIT(LIMIT_ROW_BYTES), b = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(generated_release) struct generated g = { .random = seed * 7919 + 1 };
	generate(&g, message);
	read_item(about, object_stream_json, strbuf_slice(&g.json), &a);
	read_item(about, object_stream_protobuf, strbuf_slice(&g.protobuf), &b);
	sort_lines(&a);
	sort_lines(&b);
	records_seen += slice_contains(strbuf_slice(&a), "\"uid\"");
	defects_seen += slice_contains(strbuf_slice(&a), "bad_time");
	if (!slice_equal(strbuf_slice(&a), strbuf_slice(&b)))
		fail_msg("%s, seed %llu: %s\n--- JSON gives\n%s\n--- protobuf gives\n%s", message->name,
			 (unsigned long long)seed, strbuf_text(&g.json), strbuf_text(&a), strbuf_text(&b));
}

static void every_kind_gives_the_same(void **state)
{
	for (size_t i = 0; i < kind_message_count; i++) {
		struct object_list_about about = about_of(&kind_messages[i]);
		records_seen = defects_seen = 0;
		if (!strcmp(kind_messages[i].kind, "Status"))
			continue;
		for (uint64_t seed = 1; seed <= OBJECTS_PER_KIND; seed++)
			check_same(&about, kind_messages[i].message, seed);
		assert_true(records_seen > OBJECTS_PER_KIND / 10); /* they are not all refused */
		assert_true(defects_seen > OBJECTS_PER_KIND / 100);
	}
}

static void metadata_alone_gives_the_same(void **state)
{
	static const char *const types[] = { "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque",
					     "*" };
	for (size_t i = 0; i < 4; i++) {
		struct object_list_about about = about_of(&kind_messages[0]);
		about.subtype = slice_of(types[i]);
		about.metadata_only = true;
		for (uint64_t seed = 1; seed <= OBJECTS_PER_KIND; seed++)
			check_same(&about, &partial_object_metadata, seed);
	}
}

/* --- damage --- */
struct damage {
	const struct kind_message *kind;
	take_item take;
	size_t bad, good;
};

static void check_damaged(struct slice variant, size_t at, void *data)
{
	struct damage *damage = data;
	struct object_list_about about = about_of(damage->kind);
	CLEANUP(reading_release) struct reading r;
	struct object_stream *stream = NULL;
	struct error *err = NULL;
	reading_start(&r);
	check_ok(object_stream_open(&r.context, &about, &stream, &err), &err);
	check_ok(damage->take(stream, variant, &err), &err);
	assert_int_equal(object_stream_objects(stream) + r.context.defects, 1);
	damage->bad += (size_t)r.context.defects;
	damage->good += (size_t)object_stream_objects(stream);
	assert_true(r.context.defects == 0 || count(&r, defect) > 0);
	object_stream_free(stream);
}

/* A small object of each kind, cut and flipped: it is an object still, or a defect. */
static void damaged_objects_are_records_or_defects(void **state)
{
	for (size_t i = 0; i < kind_message_count; i++) {
		struct damage json = { &kind_messages[i], object_stream_json, 0, 0 };
		struct damage protobuf = { &kind_messages[i], object_stream_protobuf, 0, 0 };
		CLEANUP(generated_release) struct generated g = { .random = 1 };
		uint64_t seed = 1;
		if (!strcmp(kind_messages[i].kind, "Status"))
			continue;
		do {
			generated_release(&g);
			g.random = seed++;
			generate(&g, kind_messages[i].message);
		} while (g.protobuf.len < 60 || g.protobuf.len > 400);
		mangle_truncate(strbuf_slice(&g.json), check_damaged, &json);
		mangle_flip(strbuf_slice(&g.json), check_damaged, &json);
		mangle_truncate(strbuf_slice(&g.protobuf), check_damaged, &protobuf);
		mangle_flip(strbuf_slice(&g.protobuf), check_damaged, &protobuf);
		assert_true(json.bad > 0 && protobuf.bad > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_gives_the_same),
		cmocka_unit_test(metadata_alone_gives_the_same),
		cmocka_unit_test(damaged_objects_are_records_or_defects),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
