#include "freezing.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "credential/mask.h"
#include "kube/object/annotation.h"
#include "kube/object/object.h"
#include "kube/object/stream.h"
#include "model/text.h"

#define TEXT_BYTES (64 * LIMIT_MIB)

/* --- worlds --- */
void made_world_init(struct made_world *world)
{
	*world = (struct made_world){ .name = "prod",
				      .uid = "11111111-0000-4000-8000-000000000001",
				      .server_version = "v1.31.2",
				      .outcome = "complete",
				      .as_of = MADE_AS_OF };
}

void made_world_release(struct made_world *world)
{
	for (size_t i = 0; i < world->lists.len; i++) {
		for (size_t k = 0; k < world->lists.items[i].items.len; k++)
			free(world->lists.items[i].items.items[k]);
		vec_release(&world->lists.items[i].items);
	}
	vec_release(&world->lists);
}

struct made_list *made_list(struct made_world *world, const char *kind, const char *group, const char *resource)
{
	struct made_list *list = vec_push(&world->lists);
	assert_non_null(list);
	*list = (struct made_list){
		.about = { .kind = slice_of(kind),
			   .group = slice_of(group),
			   .version = SLICE("v1"),
			   .resource = slice_of(resource),
			   .namespace = SLICE("*"),
			   .subtype = SLICE("*") },
		.outcome = "complete",
	};
	return list;
}

void made_item(struct made_list *list, const char *json)
{
	char **item = vec_push(&list->items);
	assert_non_null(item);
	*item = strdup(json);
	assert_non_null(*item);
}

void made_secret(struct made_list *list, const char *name, const char *type, const char *key, const char *value)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(TEXT_BYTES);
	strbuf_addf(
		&json,
		"{\"metadata\":{\"name\":\"%s\",\"namespace\":\"shop\",\"uid\":\"uid-%s\",\"resourceVersion\":\"7\","
		"\"creationTimestamp\":\"2026-10-01T00:00:00Z\",\"annotations\":{"
		"\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"stringData\\\":\\\"%s\\\"}\","
		"\"example.com/copy\":\"" PLANTED_OTHER "\",\"meta.helm.sh/release-name\":\"web\"},"
		"\"labels\":{\"app.kubernetes.io/managed-by\":\"Helm\"},\"managedFields\":[{\"manager\":\"helm\","
		"\"operation\":\"Update\",\"time\":\"2026-11-02T00:00:00Z\",\"fieldsV1\":{\"f:data\":{}}}]},"
		"\"data\":{\"%s\":\"",
		name, name, PLANTED_OTHER, key);
	base64_encode(slice_of(value), &json);
	strbuf_addf(&json, "\",\"other\":\"");
	base64_encode(SLICE(PLANTED_OTHER), &json);
	strbuf_addf(&json, "\"},\"type\":\"%s\"}", type);
	made_item(list, strbuf_text(&json));
}

#define DOCKER_CONFIG                                                                                                  \
	"{\"auths\":{\"https://index.docker.io/v1/\":{\"username\":\"acme\",\"password\":\"" PLANTED_TOKEN             \
	"\"},\"quay.io\":{\"username\":\"robot\",\"password\":\"" PLANTED_PASSWORD                                     \
	"\"},\"quay.io\":{\"auth\":\"bm90IGEgbG9naW4=\"}}}"

static void fill_secrets(struct made_world *world)
{
	struct made_list *list = made_list(world, "Secret", "", "secrets");
	list->about.subtype = SLICE("kubernetes.io/dockerconfigjson");
	made_secret(list, "hub", "kubernetes.io/dockerconfigjson", ".dockerconfigjson", DOCKER_CONFIG);
	made_secret(list, "odd", "kubernetes.io/dockerconfigjson", ".dockerconfigjson", "{\"auths\":[]}");
	made_secret(list, "bytes", "kubernetes.io/dockerconfigjson", ".dockerconfigjson",
		    "{\"auths\":{\"quay.io/\\ud800\":{\"username\":\"a\\u0000b\",\"password\":\"" PLANTED_PASSWORD
		    "\"}}}");
	made_secret(list, "empty", "kubernetes.io/dockerconfigjson", "another", PLANTED_OTHER);
	made_item(list, "{\"metadata\":{\"name\":\"bad64\",\"namespace\":\"shop\",\"uid\":\"uid-bad64\"},"
			"\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":\"*" PLANTED_OTHER
			"\"}}");
	made_item(list, "{\"metadata\":{\"name\":\"number\",\"namespace\":\"shop\",\"uid\":\"uid-number\"},"
			"\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":5}}");
	made_item(list, "{\"metadata\":{\"namespace\":\"shop\",\"uid\":\"uid-nameless\"},\"data\":{}}");
	made_item(list, "{\"metadata\":{\"name\":\"no-uid\",\"namespace\":\"shop\"},\"stringData\":"
			"{\".dockerconfigjson\":\"{\\\"auths\\\":{}}\",\"x\":\"" PLANTED_OTHER
			"\"},\"type\":\"kubernetes.io/dockerconfigjson\"}");
	list->outcome = "partial";
	list->why = "/api/v1/namespaces/shop/secrets/number: wrong_type";

	list = made_list(world, "Secret", "", "secrets");
	list->about.subtype = SLICE("kubernetes.io/dockercfg");
	made_secret(list, "old", "kubernetes.io/dockercfg", ".dockercfg",
		    "{\"quay.io\":{\"username\":\"old\",\"password\":\"" PLANTED_PASSWORD "\"}}");
	list->outcome = "mixed";
	list->why = "the list expired";
	list = made_list(world, "Secret", "", "secrets");
	list->about.namespace = SLICE("ci");
	made_secret(list, "opaque", "Opaque", "config", DOCKER_CONFIG);
	made_secret(list, "nothing", "Opaque", "config", PLANTED_OTHER);
	made_secret(list, "account", "kubernetes.io/service-account-token", "token", PLANTED_OTHER);
}

static void fill_metadata(struct made_world *world)
{
	struct made_list *list = made_list(world, "Secret", "", "secrets");
	list->about.namespace = SLICE("dev");
	list->about.subtype = SLICE("kubernetes.io/dockercfg");
	list->about.metadata_only = true;
	list->outcome = "metadata";
	made_item(list, "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"
			"{\"name\":\"seen\",\"namespace\":\"dev\",\"uid\":\"uid-seen\"}}");
}

static void fill_others(struct made_world *world)
{
	struct made_list *list = made_list(world, "Pod", "", "pods");
	made_item(list,
		  "{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"uid-web\",\"annotations\":"
		  "{\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\",\"a\":\"" PLANTED_OTHER
		  "\",\"helm.sh/hook\":\"kept\"}},\"spec\":"
		  "{\"containers\":[{\"name\":\"c\",\"image\":\"acme/npm_tools_of_the_acme_team:1\",\"args\":"
		  "[\"--token=" PLANTED_IN_TEXT "\"],\"env\":[{\"name\":\"P\",\"value\":\"" PLANTED_OTHER
		  "\"},{\"name\":\"A\",\"valueFrom\":{\"secretKeyRef\":"
		  "{\"name\":\"hub\",\"key\":\"other\"}}}]}],\"imagePullSecrets\":[{\"name\":\"hub\"}]},\"status\":"
		  "{\"containerStatuses\":[{\"name\":\"c\",\"imageID\":\"acme/web@sha256:"
		  "0000000000000000000000000000000000000000000000000000000000000001\",\"state\":{\"waiting\":"
		  "{\"reason\":\"ErrImagePull\",\"message\":\"denied for \\u0022" PLANTED_IN_TEXT "\\u0022\"}}}]}}");
	made_item(list, "{\"metadata\":{\"name\":\"plain\",\"namespace\":\"shop\",\"uid\":\"uid-plain\"},\"spec\":"
			"{\"containers\":[{\"name\":\"c\",\"image\":\"acme/web:1\"}]}}");
	made_item(list, "{\"metadata\":{\"name\":\"wrong\",\"namespace\":\"shop\",\"uid\":\"uid-wrong\"},\"spec\":7}");
	made_item(list, "[1,2]");
	list->outcome = "partial";
	list->why = "/api/v1/namespaces/shop/pods/wrong: wrong_type";
	list->lost = 1;

	list = made_list(world, "Event", "", "events");
	made_item(list,
		  "{\"metadata\":{\"name\":\"e1\",\"namespace\":\"shop\",\"uid\":\"uid-e1\"},\"reason\":\"Pulling\","
		  "\"message\":\"Pulling image \\\"acme/npm_build_tools_of_acme:2\\\" with Bearer "
		  "made-up-bearer-token\",\"lastTimestamp\":\"2026-11-25T11:00:00Z\"}");
	list = made_list(world, "Namespace", "", "namespaces");
	made_item(list, KUBE_SYSTEM("11111111-0000-4000-8000-000000000001"));
	list = made_list(world, "Node", "", "nodes");
	made_item(list, "{\"metadata\":{\"name\":\"n1\",\"uid\":\"uid-n1\"},\"status\":{\"images\":[{\"names\":"
			"[\"user:" PLANTED_PASSWORD "@reg.example.com/web:1\",\"acme/web:1\"],\"sizeBytes\":5}],"
			"\"nodeInfo\":{\"bootID\":\"b\"}}}");
	list = made_list(world, "Deployment", "apps", "deployments");
	made_item(list,
		  "{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"uid-d\"},\"spec\":{\"replicas\":2,"
		  "\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"acme/web:1\",\"command\":"
		  "[\"login\",\"" PLANTED_TOKEN "\"]}],\"volumes\":[{\"name\":\"v\",\"secret\":"
		  "{\"secretName\":\"hub\"}}]}}}}");
	list = made_list(world, "Rollout", "argoproj.io", "rollouts");
	made_item(list,
		  "{\"metadata\":{\"name\":\"roll\",\"namespace\":\"shop\",\"uid\":\"uid-r\"},\"data\":{\"x\":\"y\"},"
		  "\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"acme/web:1\"}]}}}}");
	list = made_list(world, "ServiceAccount", "", "serviceaccounts");
	made_item(list, "{\"metadata\":{\"name\":\"default\",\"namespace\":\"shop\",\"uid\":\"uid-sa\"},"
			"\"imagePullSecrets\":[{\"name\":\"hub\"}]}");
	made_list(world, "Job", "batch", "jobs");
	list = made_list(world, "CronJob", "batch", "cronjobs");
	list->outcome = "forbidden";
	list->why = "HTTP 403: cronjobs is forbidden";
}

void made_world_fill(struct made_world *world)
{
	fill_secrets(world);
	fill_metadata(world);
	fill_others(world);
	world->outcome = "partial";
	world->why = "secrets: partial";
	world->notes = "the server's certificate was not verified";
}

/* --- putting them --- */
static void put_items(struct object_context *context, const struct made_list *list, struct object_stream *stream,
		      struct frozen_list *frozen)
{
	struct error *err = NULL;
	for (size_t i = 0; i < list->items.len; i++) {
		struct slice item = slice_of(list->items.items[i]);
		check_ok(object_stream_json(stream, item, &err), &err);
		if (frozen)
			check_ok(frozen_list_item(frozen, item, &err), &err);
	}
	for (size_t i = 0; i < list->lost; i++) {
		check_ok(object_stream_lost(stream, "too_large", SLICE("an object of 9 MiB"), &err), &err);
		if (frozen)
			check_ok(frozen_list_lost(frozen, &err), &err);
	}
	(void)context;
}

static void put_list(struct object_context *context, const struct made_list *list, struct frozen_writer *writer)
{
	struct error *err = NULL;
	struct frozen_list *frozen = NULL;
	struct object_stream *stream = NULL;
	struct object_list_about about = {
		.kind = list->about.kind,
		.group = list->about.group,
		.version = list->about.version,
		.resource = list->about.resource,
		.namespace = list->about.namespace,
		.subtype = list->about.subtype,
		.metadata_only = list->about.metadata_only,
	};
	check_ok(object_stream_open(context, &about, &stream, &err), &err);
	if (writer)
		check_ok(frozen_list_open(writer, &list->about, &frozen, &err), &err);
	put_items(context, list, stream, frozen);
	struct object_stream_end end = { slice_of(list->outcome), slice_of(list->why) };
	object_stream_judge(stream, &end);
	struct frozen_list_end frozen_end = {
		.outcome = end.outcome,
		.why = end.why,
		.resource_version = SLICE("1000"),
		.objects = object_stream_objects(stream),
	};
	if (frozen)
		check_ok(frozen_list_close(frozen, &frozen_end, &err), &err);
	check_ok(object_stream_close(stream, &end, &err), &err);
}

static void put_world(struct sink *sink, const struct made_world *world, struct frozen_writer *writer)
{
	struct object_context context;
	struct error *err = NULL;
	int64_t read = 0;
	struct sink_scope scope = {
		.source = SLICE("/directly"), .cluster_name = slice_of(world->name), .as_of = world->as_of, .once = true
	};
	check_ok(sink->ops->begin(sink, &scope, &read, &err), &err);
	check_ok(object_context_init(&context, sink, read, reading_key(), &err), &err);
	for (size_t i = 0; i < world->lists.len; i++)
		put_list(&context, &world->lists.items[i], writer);
	struct sink_end end = {
		.cluster_uid = slice_of(world->uid),
		.server_version = slice_of(world->server_version),
		.as_of = world->as_of,
		.as_of_from = SLICE("clock"),
		.outcome = slice_of(world->outcome),
		.why = slice_of(world->why),
		.notes = slice_of(world->notes),
		.objects = context.objects,
		.defects = context.defects,
	};
	check_ok(sink->ops->finish(sink, read, &end, &err), &err);
	object_context_release(&context);
}

void put_directly(struct reading *reading, const struct made_world *world)
{
	struct error *err = NULL;
	struct sink *sink = &reading->memory.sink;
	put_world(sink, world, NULL);
	check_ok(sink->ops->commit(sink, &err), &err);
}

static struct frozen_writer *start(const char *dir, const struct made_world *world, struct strbuf *ret_path)
{
	struct frozen_writer *writer = NULL;
	struct error *err = NULL;
	struct frozen_facts facts = {
		.name = slice_of(world->name),
		.server = SLICE("https://api.example.com:6443"),
		.as_of = world->as_of,
		.key_id = slice_of(reading_key()->id),
		.tool = SLICE("fother 0"),
		.mask = mask_tokens,
		.annotation_kept = annotation_kept,
	};
	check_ok(frozen_writer_new(dir, &facts, &writer, &err), &err);
	if (ret_path) {
		*ret_path = (struct strbuf)STRBUF_INIT(LIMIT_LINE_BYTES);
		strbuf_add_text(ret_path, frozen_writer_path(writer));
	}
	put_world(frozen_writer_sink(writer), world, writer);
	return writer;
}

void freeze(const char *dir, const struct made_world *world, struct strbuf *ret_path)
{
	struct error *err = NULL;
	struct frozen_writer *writer = start(dir, world, ret_path);
	struct frozen_end end = {
		.uid = slice_of(world->uid),
		.server_version = slice_of(world->server_version),
		.outcome = slice_of(world->outcome),
		.why = slice_of(world->why),
		.notes = slice_of(world->notes),
	};
	check_ok(frozen_writer_finish(writer, &end, &err), &err);
	frozen_writer_free(writer);
}

void freeze_and_die(const char *dir, const struct made_world *world, struct strbuf *ret_path)
{
	frozen_writer_free(start(dir, world, ret_path));
}

/* --- what came of them --- */
static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sorted(struct strbuf *text, struct strbuf *out)
{
	size_t count = 0, capacity = 16;
	char **lines = malloc(capacity * sizeof *lines), *rest = strdup(strbuf_text(text)), *copy = rest, *line;
	while ((line = strsep(&rest, "\n"))) {
		if (count == capacity)
			lines = realloc(lines, (capacity *= 2) * sizeof *lines);
		lines[count++] = line;
	}
	qsort(lines, count, sizeof *lines, compare_lines);
	for (size_t i = 0; i < count; i++) {
		strbuf_add_text(out, lines[i]);
		strbuf_add_char(out, '\n');
	}
	free(lines);
	free(copy);
}

static void add_record(const struct memory_record *record, struct strbuf *out)
{
	struct json_writer json = { .out = out };
	struct coverage coverage;
	strbuf_addf(out, "%s ", record->type->name);
	if (record->type == &coverage_type) {
		coverage = *(const struct coverage *)record->record;
		coverage.read = INT_UNKNOWN;
		record_write_json(&coverage_type, &coverage, &json);
	} else {
		record_write_json(record->type, record->record, &json);
	}
	strbuf_add_char(out, '\n');
}

void read_text(const struct reading *reading, int64_t read, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf lines = STRBUF_INIT(TEXT_BYTES);
	struct error *err = NULL;
	const struct sink_end *end = &reading->memory.reads[read - 1].end;
	for (size_t i = 0; i < reading->memory.record_count; i++)
		if (reading->memory.records[i].read == read)
			add_record(&reading->memory.records[i], &lines);
	add_sorted(&lines, out);
	strbuf_addf(out, "uid %.*s, version %.*s, outcome %.*s, why %.*s, notes %.*s, %lld objects, %lld defects\n",
		    SLICE_ARG(end->cluster_uid), SLICE_ARG(end->server_version), SLICE_ARG(end->outcome),
		    SLICE_ARG(end->why), SLICE_ARG(end->notes), (long long)end->objects, (long long)end->defects);
	assert_false(strbuf_failed(&lines, &err) || strbuf_failed(out, &err));
}

static void check_same_lines(const struct strbuf *a, const struct strbuf *b)
{
	struct slice left = strbuf_slice(a), right = strbuf_slice(b), left_line, right_line;
	while (left.data && right.data) {
		slice_cut(left, '\n', &left_line, &left);
		slice_cut(right, '\n', &right_line, &right);
		if (!slice_equal(left_line, right_line))
			fail_msg("frozen:   %.*s\ndirectly: %.*s", SLICE_ARG(left_line), SLICE_ARG(right_line));
	}
	assert_true(!left.data && !right.data);
}

void check_same_read(const struct reading *frozen, int64_t read, const struct made_world *world)
{
	CLEANUP(reading_release) struct reading direct;
	CLEANUP(strbuf_release) struct strbuf expected = STRBUF_INIT(TEXT_BYTES), actual = STRBUF_INIT(TEXT_BYTES);
	reading_init(&direct, "");
	put_directly(&direct, world);
	read_text(&direct, 1, &expected);
	read_text(frozen, read, &actual);
	check_same_lines(&actual, &expected);
}

/* --- files --- */
static struct strbuf *listing;

static int add_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)place;
	if (kind != FTW_D && kind != FTW_DP) {
		strbuf_add_text(listing, path);
		strbuf_add_char(listing, '\n');
	}
	return 0;
}

void list_files(const char *folder, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf unsorted = STRBUF_INIT(TEXT_BYTES), sorted = STRBUF_INIT(TEXT_BYTES);
	listing = &unsorted;
	assert_int_equal(nftw(folder, add_file, 16, FTW_PHYS), 0);
	add_sorted(&unsorted, &sorted);
	strbuf_add_slice(out, slice_part(strbuf_slice(&sorted), 1, sorted.len)); /* behind an empty line */
}

void file_text(const char *path, struct strbuf *out)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	check_ok(file_map(AT_FDCWD, path, false, &bytes, &err), &err);
	strbuf_add_slice(out, file_slice(&bytes));
}

void file_write(const char *path, struct slice bytes)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

char *path_in(const struct strbuf *dir, const char *name)
{
	char *path = NULL;
	assert_true(asprintf(&path, "%s/%s", strbuf_text(dir), name) > 0);
	return path;
}
