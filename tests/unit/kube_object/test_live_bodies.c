/* Bodies of a real API server, as JSON and as protobuf: cut into items and decoded, both give the same. */
#include <fcntl.h>

#include "base/file.h"
#include "base/limits.h"
#include "kube/client/framer.h"
#include "kube/object/stream.h"
#include "kube_object/reading.h"

struct live_list {
	const char *name, *kind, *group;
	int64_t objects;
	const char *expected; /* what a record of it says */
};
static const struct live_list LISTS[] = {
	{ "secrets", "Secret", "", 5, "\"username\":\"acme+robot\"" },
	{ "serviceaccounts", "ServiceAccount", "", 2, "\"pull_secrets\":[\"hub\",\"old\"]" },
	{ "pods", "Pod", "", 4, "\"reason\":\"ImagePullBackOff\"" },
	{ "nodes", "Node", "", 1, "\"size_bytes\":1234567" },
	{ "namespaces", "Namespace", "", 5, "\"name\":\"kube-system\"" },
	{ "deployments", "Deployment", "apps", 1, "\"replicas\":1" },
	{ "replicasets", "ReplicaSet", "apps", 1, "\"owner_kind\":\"Deployment\"" },
	{ "statefulsets", "StatefulSet", "apps", 1, "\"image\":\"db:1\"" },
	{ "daemonsets", "DaemonSet", "apps", 1, "\"image\":\"agent:1\"" },
	{ "jobs", "Job", "batch", 1, "\"image\":\"job:1\"" },
	{ "cronjobs", "CronJob", "batch", 1, "\"suspended\":true" },
	{ "podtemplates", "PodTemplate", "", 1, "\"image\":\"t:1\"" },
	{ "replicationcontrollers", "ReplicationController", "", 1, "\"replicas\":0" },
	{ "events", "Event", "", 6, "\"first_time\":\"2026-11-20T08:00:00.123456Z\"" },
	{ "events-k8s-io", "Event", "events.k8s.io", 6, "\"last_time\":\"2026-11-20T08:05:00.000001Z\"" },
	{ "page", "Pod", "", 1, "continue" },
	{ "empty", "PodTemplate", "", 0, "\"objects\":0" },
};

static void read_body(const char *name, const char *ending, struct strbuf *out)
{
	char path[512];
	struct error *err = NULL;
	CLEANUP(file_release) struct file_bytes file = { 0 };
	snprintf(path, sizeof path, "%s/%s.%s", LIVE_BODIES, name, ending);
	check_ok(file_map(AT_FDCWD, path, true, &file, &err), &err);
	strbuf_add_slice(out, file_slice(&file));
}

/* One body on its way: the stream takes its items, `text` what the framer tells. */
struct taking {
	struct object_stream *stream;
	int (*take)(struct object_stream *stream, struct slice item, struct error **err);
	struct strbuf text;
};

static int on_head(void *data, const struct list_head *head, struct error **err)
{
	struct taking *taking = data;
	if (head->offered)
		strbuf_addf(&taking->text, "%.*s %.*s %.*s %lld %s\n", SLICE_ARG(head->kind),
			    SLICE_ARG(head->api_version), SLICE_ARG(head->resource_version), (long long)head->remaining,
			    head->continue_token.len > 20 ? "continue" : "");
	return 0;
}

static int on_item(void *data, struct slice item, struct error **err)
{
	struct taking *taking = data;
	return taking->take(taking->stream, item, err);
}

static int on_event(void *data, struct slice type, struct slice api_version, struct slice kind, struct slice object,
		    struct error **err)
{
	struct taking *taking = data;
	strbuf_addf(&taking->text, "event %.*s\n", SLICE_ARG(type));
	return slice_equal_text(type, "BOOKMARK") ? 0 : on_item(data, object, err);
}

static int on_lost(void *data, uint64_t bytes, struct error **err)
{
	return error_set(err, ERROR_LIMIT, "lost");
}

static void feed(enum frame_kind kind, struct slice body, size_t step, struct taking *taking)
{
	static const struct framer_calls calls = { on_head, on_item, on_event, on_lost };
	struct framer *framer = NULL;
	struct error *err = NULL;
	check_ok(framer_new(kind, &calls, taking, &framer, &err), &err);
	for (size_t at = 0; at < body.len; at += step)
		check_ok(framer_feed(framer, slice_part(body, at, step), &err), &err);
	check_ok(framer_end(framer, &err), &err);
	framer_free(framer);
}

/* Every record, sorted, and what the framer told. Returns the number of objects. */
static int64_t records_of(const struct live_list *list, bool metadata_only, enum frame_kind kind, struct strbuf *out)
{
	bool json = kind == FRAME_JSON_LIST || kind == FRAME_JSON_WATCH;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = {
		.kind = slice_of(list->kind),
		.group = slice_of(list->group),
		.version = SLICE("v1"),
		.resource = SLICE("things"),
		.namespace = SLICE("shop"),
		.subtype = metadata_only ? SLICE("kubernetes.io/dockerconfigjson") : SLICE("*"),
		.metadata_only = metadata_only,
	};
	struct taking taking = {
		.take = json ? object_stream_json : object_stream_protobuf,
		.text = STRBUF_INIT(LIMIT_MIB),
	};
	struct object_stream_end end = { SLICE("complete"), SLICE_NONE };
	struct error *err = NULL;
	reading_start(&r);
	read_body(list->name, json ? "json" : "pb", &body);
	check_ok(object_stream_open(&r.context, &about, &taking.stream, &err), &err);
	feed(kind, strbuf_slice(&body), 100, &taking);
	int64_t objects = object_stream_objects(taking.stream);
	check_ok(object_stream_close(taking.stream, &end, &err), &err);
	reading_full_text(&r, out);
	sort_lines(out);
	strbuf_add_slice(out, strbuf_slice(&taking.text));
	strbuf_addf(out, "newest %lld, %lld defects\n", (long long)r.context.newest, (long long)r.context.defects);
	strbuf_release(&taking.text);
	return objects;
}

static void check_same(const struct live_list *list, bool metadata_only, enum frame_kind json, enum frame_kind protobuf)
{
	CLEANUP(strbuf_release) struct strbuf a = STRBUF_INIT(LIMIT_ROW_BYTES), b = STRBUF_INIT(LIMIT_ROW_BYTES);
	assert_int_equal(records_of(list, metadata_only, json, &a), list->objects);
	assert_int_equal(records_of(list, metadata_only, protobuf, &b), list->objects);
	if (!slice_equal(strbuf_slice(&a), strbuf_slice(&b)))
		fail_msg("%s\n--- JSON gives\n%s\n--- protobuf gives\n%s", list->name, strbuf_text(&a),
			 strbuf_text(&b));
	if (!slice_contains(strbuf_slice(&a), list->expected))
		fail_msg("%s: no %s in\n%s", list->name, list->expected, strbuf_text(&a));
}

static void every_list_gives_the_same(void **state)
{
	for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++)
		check_same(&LISTS[i], false, FRAME_JSON_LIST, FRAME_PROTOBUF_LIST);
}

static void metadata_alone_gives_the_same(void **state)
{
	static const struct live_list list = { "metadata", "Secret", "", 2, "\"pull_type\":true" };
	check_same(&list, true, FRAME_JSON_LIST, FRAME_PROTOBUF_LIST);
}

static void a_watch_gives_the_same(void **state)
{
	static const struct live_list list = { "watch", "Secret", "", 2, "event ADDED" };
	check_same(&list, false, FRAME_JSON_WATCH, FRAME_PROTOBUF_WATCH);
}

static void pretty_printing_changes_nothing(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	static const struct live_list list = { "pretty", "Secret", "", 2, "" };
	assert_int_equal(records_of(&list, false, FRAME_JSON_LIST, &text), 2);
	assert_true(slice_contains(strbuf_slice(&text), "\"username\":\"acme+robot\""));
}

/* --- refusals --- */
static void check_status(struct slice body, const char *type, const char *message, int64_t code)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	struct status_text status;
	struct error *err = NULL;
	check_ok(object_read_status(body, slice_of(type), &arena, &status, &err), &err);
	assert_true(status.is_status);
	check_slice(status.message, message);
	assert_int_equal(status.code, code);
}

static void a_refusal_gives_the_same(void **state)
{
	static const char message[] = "secrets is forbidden: User \"nobody\" cannot list resource \"secrets\" in API "
				      "group \"\" at the cluster scope";
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_MIB), protobuf = STRBUF_INIT(LIMIT_MIB);
	read_body("forbidden", "json", &json);
	read_body("forbidden", "pb", &protobuf);
	check_status(strbuf_slice(&json), "application/json", message, 403);
	check_status(strbuf_slice(&protobuf), "application/vnd.kubernetes.protobuf", message, 403);
}

static int on_error(void *data, struct slice type, struct slice api_version, struct slice kind, struct slice object,
		    struct error **err)
{
	check_slice(type, "ERROR");
	check_status(object, data, "too old resource version: 1 (205)", 410);
	return 0;
}

static void check_expired_watch(enum frame_kind kind, const char *ending, const char *type)
{
	const struct framer_calls calls = { on_head, on_item, on_error, on_lost };
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT(LIMIT_MIB);
	struct framer *framer = NULL;
	struct error *err = NULL;
	char text[64];
	snprintf(text, sizeof text, "%s", type);
	read_body("watch-old", ending, &body);
	check_ok(framer_new(kind, &calls, text, &framer, &err), &err);
	check_ok(framer_feed(framer, strbuf_slice(&body), &err), &err);
	check_ok(framer_end(framer, &err), &err);
	assert_int_equal(framer_count(framer), 1);
	framer_free(framer);
}

static void a_watch_from_too_long_ago_gives_the_same(void **state)
{
	check_expired_watch(FRAME_JSON_WATCH, "json", "application/json");
	check_expired_watch(FRAME_PROTOBUF_WATCH, "pb", "application/vnd.kubernetes.protobuf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_gives_the_same), cmocka_unit_test(metadata_alone_gives_the_same),
		cmocka_unit_test(a_watch_gives_the_same),    cmocka_unit_test(pretty_printing_changes_nothing),
		cmocka_unit_test(a_refusal_gives_the_same),  cmocka_unit_test(a_watch_from_too_long_ago_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
