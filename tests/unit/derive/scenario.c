#include "derive/scenario.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "store/store_read.h"

static const char *const kinds[] = { "Secret",     "ServiceAccount", "Pod",       "Deployment",
				     "ReplicaSet", "StatefulSet",    "DaemonSet", "Job",
				     "CronJob",    "Node",           "Namespace", "Event" };

static struct slice text(struct scenario *s, const char *value)
{
	struct slice copy = SLICE_NONE;
	assert_int_equal(arena_copy(&s->arena, slice_of(value), &copy), 0);
	return copy;
}

void *add_record(struct scenario *s, const struct record_type *type)
{
	void *record = arena_zeroed(&s->arena, 1, type->size);
	assert_non_null(record);
	record_init(type, record);
	if (s->len == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 64;
		s->records = mem_resize(s->records, s->capacity, sizeof *s->records);
		assert_non_null(s->records);
	}
	s->records[s->len].type = type;
	s->records[s->len++].record = record;
	const struct field *cluster = record_field(type, "cluster");
	if (cluster)
		*(struct slice *)field_of(cluster, record) = s->cluster;
	const char *const seen[] = { "first_seen", "last_seen" };
	for (size_t i = 0; i < 2; i++) {
		const struct field *field = record_field(type, seen[i]);
		if (field)
			*(int64_t *)field_of(field, record) = s->now;
	}
	return record;
}

struct read *add_read(struct scenario *s, int64_t now)
{
	s->now = now;
	struct read *read = add_record(s, &read_type);
	read->id = ++s->read;
	read->source = SLICE("/dump");
	read->as_of = now;
	read->outcome = SLICE("complete");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct coverage *coverage = add_record(s, &coverage_type);
		coverage->read = read->id;
		coverage->kind = slice_of(kinds[i]);
		coverage->namespace = coverage->subtype = SLICE("*");
		coverage->outcome = SLICE("complete");
	}
	return read;
}

struct coverage *add_list(struct scenario *s, const char *kind, const char *namespace, const char *subtype,
			  const char *outcome)
{
	struct coverage *coverage = add_record(s, &coverage_type);
	coverage->read = s->read;
	coverage->kind = text(s, kind);
	coverage->namespace = text(s, namespace);
	coverage->subtype = text(s, subtype ? subtype : "*");
	coverage->outcome = text(s, outcome);
	return coverage;
}

struct read *add_live_read(struct scenario *s, int64_t now)
{
	struct read *read = add_read(s, now);
	read->source = SLICE("https://127.0.0.1:6443 prod");
	read->source_kind = SLICE("cluster");
	coverage_of(s, "Secret")->subtype = SLICE("kubernetes.io/dockerconfigjson");
	add_list(s, "Secret", "*", "kubernetes.io/dockercfg", "complete");
	add_list(s, "ReplicationController", "*", NULL, "complete");
	add_list(s, "PodTemplate", "*", NULL, "complete");
	return read;
}

void refuse_kind(struct scenario *s, const char *kind, const char *outcome, ...)
{
	struct coverage *all = coverage_of(s, kind);
	va_list namespaces;
	all->outcome = SLICE("forbidden");
	all->why = arena_printf(&s->arena, "HTTP 403: %s is forbidden: User \"made-up\" cannot list resource", kind);
	va_start(namespaces, outcome);
	for (const char *name; (name = va_arg(namespaces, const char *));)
		add_list(s, kind, name, NULL, outcome)->why = SLICE("of that namespace");
	va_end(namespaces);
}

struct coverage *coverage_of(struct scenario *s, const char *kind)
{
	for (size_t i = s->len; i > 0; i--) {
		struct coverage *coverage = s->records[i - 1].record;
		if (s->records[i - 1].type == &coverage_type && coverage->read == s->read &&
		    slice_equal_text(coverage->kind, kind))
			return coverage;
	}
	fail_msg("no coverage of %s", kind);
	return NULL;
}

struct cluster *add_cluster(struct scenario *s, const char *name, const char *uid)
{
	s->cluster = text(s, uid);
	struct cluster *cluster = add_record(s, &cluster_type);
	cluster->name = text(s, name);
	cluster->uid = cluster->cluster;
	add_read(s, s->now);
	return cluster;
}

void scenario_init(struct scenario *s)
{
	*s = (struct scenario){ .arena = ARENA_INIT(LIMIT_WORLD_BYTES), .now = HOUR(0) };
	s->options.as_of = TIME_UNSET;
	add_cluster(s, "prod", "11111111-aaaa");
}

void scenario_release(struct scenario *s)
{
	world_free(s->world);
	mem_free(s->records);
	arena_release(&s->arena);
}

struct world *scenario_world(struct scenario *s)
{
	struct error *err = NULL;
	s->world = world_free(s->world);
	check_ok(world_load((struct store *)s, &s->options, &s->world, &err), &err);
	return s->world;
}

struct secret *add_secret(struct scenario *s, const char *namespace, const char *name)
{
	struct secret *secret = add_record(s, &secret_type);
	secret->namespace = text(s, namespace);
	secret->name = text(s, name);
	secret->uid = arena_printf(&s->arena, "uid of %s/%s", namespace, name);
	secret->type = SLICE("kubernetes.io/dockerconfigjson");
	secret->pull_type = secret->decodes = BOOL_TRUE;
	return secret;
}

/* As credential/registry_name.h has it, for the few keys that the tests use. */
static struct slice registry_of(struct slice key)
{
	bool hub = slice_contains(key, "docker.io") || slice_contains(key, "hub.docker.com");
	return hub ? SLICE("docker.io") : key;
}

struct entry_value *add_value(struct scenario *s, const struct secret *secret, const char *key, const char *username,
			      const char *fingerprint)
{
	struct entry_value *value = add_record(s, &entry_value_type);
	value->secret_uid = secret->uid;
	value->data_key = SLICE(".dockerconfigjson");
	value->registry_key = text(s, key);
	value->ordinal = 0;
	value->fingerprint = text(s, fingerprint);
	value->username = text(s, username);
	value->registry = registry_of(value->registry_key);
	value->cred_kind = SLICE("pat");
	value->namespace = secret->namespace;
	value->secret = secret->name;
	value->data_written = secret->data_written;
	return value;
}

struct entry *add_entry(struct scenario *s, const struct secret *secret, const char *key, const char *username,
			const char *fingerprint)
{
	struct entry *entry = add_record(s, &entry_type);
	entry->secret_uid = secret->uid;
	entry->data_key = SLICE(".dockerconfigjson");
	entry->registry_key = text(s, key);
	entry->ordinal = 0;
	entry->namespace = secret->namespace;
	entry->subtype = secret->type;
	entry->registry = registry_of(entry->registry_key);
	entry->form = SLICE("auth");
	entry->username = text(s, username);
	entry->cred_kind = SLICE("pat");
	entry->fingerprint = text(s, fingerprint);
	entry->kubelet_reads = BOOL_TRUE;
	entry->overridden = BOOL_FALSE;
	if (fingerprint)
		add_value(s, secret, key, username, fingerprint);
	return entry;
}

struct pod *add_pod(struct scenario *s, const char *namespace, const char *name, const char *owner_kind,
		    const char *owner_name)
{
	struct pod *pod = add_record(s, &pod_type);
	pod->namespace = text(s, namespace);
	pod->name = text(s, name);
	pod->uid = arena_printf(&s->arena, "uid of %s/%s", namespace, name);
	pod->phase = SLICE("Running");
	pod->node = SLICE("node-1");
	if (owner_kind) {
		pod->owner_group = slice_of(strcmp(owner_kind, "Job") == 0    ? "batch"
					    : strcmp(owner_kind, "Node") == 0 ? ""
									      : "apps");
		pod->owner_kind = text(s, owner_kind);
		pod->owner_name = text(s, owner_name);
	}
	return pod;
}

struct container *add_container(struct scenario *s, const struct pod *pod, const char *image, const char *digest)
{
	struct container *container = add_record(s, &container_type);
	container->namespace = pod->namespace;
	container->holder_group = SLICE("");
	container->holder_kind = SLICE("Pod");
	container->holder = pod->uid;
	container->role = SLICE("container");
	container->name = arena_printf(&s->arena, "c%zu", s->len);
	container->image = text(s, image);
	container->digest = text(s, digest);
	container->state = SLICE("running");
	return container;
}

struct workload *add_workload(struct scenario *s, const char *namespace, const char *kind, const char *name)
{
	struct workload *workload = add_record(s, &workload_type);
	workload->namespace = text(s, namespace);
	workload->group = slice_of(strstr(kind, "Job") ? "batch" : "apps");
	workload->kind = text(s, kind);
	workload->name = text(s, name);
	workload->replicas = 1;
	workload->service_account = SLICE("default");
	return workload;
}

struct container *add_template(struct scenario *s, const struct workload *workload, const char *image)
{
	struct container *container = add_record(s, &container_type);
	container->namespace = workload->namespace;
	container->holder_group = workload->group;
	container->holder_kind = workload->kind;
	container->holder = workload->name;
	container->role = SLICE("container");
	container->name = arena_printf(&s->arena, "c%zu", s->len);
	container->image = text(s, image);
	return container;
}

struct service_account *add_account(struct scenario *s, const char *namespace, const char *name)
{
	struct service_account *account = add_record(s, &service_account_type);
	account->namespace = text(s, namespace);
	account->name = text(s, name);
	return account;
}

struct secret_reader *add_reader(struct scenario *s, const struct pod *pod, const char *secret, const char *relation)
{
	struct secret_reader *reader = add_record(s, &secret_reader_type);
	reader->namespace = pod->namespace;
	reader->holder_group = SLICE("");
	reader->holder_kind = SLICE("Pod");
	reader->holder = pod->uid;
	reader->secret = text(s, secret);
	reader->relation = text(s, relation);
	return reader;
}

struct node_image *add_node_image(struct scenario *s, const char *node, const char *image, const char *digest)
{
	struct node_image *cached = add_record(s, &node_image_type);
	cached->node = text(s, node);
	cached->image = text(s, image);
	cached->digest = text(s, digest);
	return cached;
}

struct slice_list texts(struct scenario *s, const char *first, ...)
{
	struct slice *items = arena_zeroed(&s->arena, 16, sizeof *items);
	size_t len = 0;
	va_list arguments;
	assert_non_null(items);
	va_start(arguments, first);
	for (const char *item = first; item; item = va_arg(arguments, const char *)) {
		assert_true(len < 16);
		items[len++] = text(s, item);
	}
	va_end(arguments);
	return (struct slice_list){ items, len };
}

/* --- in the store's place --- */

static int compare_records(const void *a, const void *b, void *type)
{
	return record_compare(type, a, b);
}

int store_read_all(struct store *store, const struct record_type *type, const struct store_where *where,
		   size_t where_count, struct arena *arena, struct record_list *ret_records, struct error **err)
{
	const struct scenario *s = (const struct scenario *)store;
	assert_int_equal(where_count, 0);
	assert_null(where);
	if (type == s->failing)
		return error_set(err, ERROR_STORE, "the disk is on fire");
	size_t count = 0, filled = 0;
	for (size_t i = 0; i < s->len; i++)
		count += s->records[i].type == type;
	char *records = arena_zeroed(arena, count + 1, type->size);
	if (!records)
		return arena_fail(arena, err);
	for (size_t i = 0; i < s->len; i++) {
		if (s->records[i].type == type)
			memcpy(records + filled++ * type->size, s->records[i].record, type->size);
	}
	qsort_r(records, count, type->size, compare_records, (void *)(uintptr_t)type);
	*ret_records = (struct record_list){ records, count };
	return 0;
}

int store_read_brief(struct store *store, const struct record_type *type, struct arena *arena,
		     struct record_list *ret_records, struct error **err)
{
	if (store_read_all(store, type, NULL, 0, arena, ret_records, err) < 0)
		return -1;
	for (size_t i = 0; i < ret_records->len; i++)
		for (size_t k = 0; k < type->field_count; k++)
			if (type->fields[k].type == FIELD_TEXTS)
				*(struct slice_list *)field_of(&type->fields[k],
							       (char *)ret_records->items + i * type->size) =
					(struct slice_list){ NULL, 0 };
	return 0;
}

/* --- what was made --- */

struct world_cluster *cluster_named(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->clusters.len; i++) {
		struct world_cluster *cluster = world->clusters.items[i];
		if (slice_equal_text(cluster->name, name))
			return cluster;
	}
	return NULL;
}

struct world_secret *secret_named(const struct world *world, const char *namespace, const char *name)
{
	struct world_secret *found = NULL;
	for (size_t i = 0; i < world->secrets.len; i++) {
		struct world_secret *secret = world->secrets.items[i];
		if (slice_equal_text(secret->record->namespace, namespace) &&
		    slice_equal_text(secret->record->name, name) && (!found || secret->current))
			found = secret;
	}
	return found;
}

struct world_workload *workload_named(const struct world *world, const char *key)
{
	for (size_t i = 0; i < world->clusters.len; i++) {
		const struct world_cluster *cluster = world->clusters.items[i];
		struct world_workload *workload = map_get(&cluster->workloads_by_name, slice_of(key));
		if (workload)
			return workload;
	}
	return NULL;
}

struct world_entry *entry_of(const struct world_secret *secret, const char *key)
{
	for (size_t i = 0; secret && i < secret->entries.len; i++) {
		struct world_entry *entry = secret->entries.items[i];
		if (slice_equal_text(entry->record->registry_key, key))
			return entry;
	}
	return NULL;
}

struct world_use *use_by(const struct world_secret *secret, enum use_relation relation)
{
	struct world_use *found = NULL;
	assert_non_null(secret);
	for (size_t i = 0; i < secret->uses.len; i++) {
		struct world_use *use = secret->uses.items[i];
		if (use->relation != relation)
			continue;
		assert_null(found);
		found = use;
	}
	return found;
}
