#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "collect/frozen/frozen_internal.h"
#include "collect/frozen/frozen_object.h"
#include "model/record_json.h"

#define HEAD_BYTES (64 * LIMIT_KIB)
/* Whoever reads the file with something else must not take it for the whole list. */
#define NOT_ALL_OF_IT "not-all-of-it-was-read"

/* --- opening --- */
static int keep_about(struct frozen_list *list, const struct frozen_about *about, struct error **err)
{
	const struct slice texts[] = { about->kind,     about->group,     about->version,
				       about->resource, about->namespace, about->subtype };
	struct slice *places[] = { &list->row.kind,     &list->row.group,     &list->row.version,
				   &list->row.resource, &list->row.namespace, &list->row.subtype };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (frozen_keep(list->writer, texts[i].data ? texts[i] : SLICE(""), places[i], err) < 0)
			return -1;
	list->row.metadata_only = about->metadata_only ? BOOL_TRUE : BOOL_FALSE;
	list->is_secret = slice_equal_text(about->kind, "Secret") && !about->group.len;
	return 0;
}

int frozen_list_open(struct frozen_writer *writer, const struct frozen_about *about, struct frozen_list **ret_list,
		     struct error **err)
{
	struct frozen_list *list = mem_alloc_zeroed(1, sizeof *list);
	if (!list)
		return error_no_memory(err);
	list->writer = writer;
	list->next = writer->lists;
	writer->lists = list;
	record_init(&frozen_list_row_type, &list->row);
	if (keep_about(list, about, err) < 0)
		return -1;
	*ret_list = list;
	return 0;
}

/* Returns the next one. */
struct frozen_list *frozen_list_free(struct frozen_list *list)
{
	struct frozen_list *next = list->next;
	frozen_file_free(list->file);
	mem_free(list);
	return next;
}

static void leave_writer(struct frozen_list *list)
{
	struct frozen_list **place = &list->writer->lists;
	while (*place != list)
		place = &(*place)->next;
	*place = frozen_list_free(list);
}

/* --- the file --- */
/* Kind.group.NAMESPACE.TYPE, as far as it says something. */
static int name_file(const struct frozen_list *list, struct strbuf *out, struct error **err)
{
	const struct frozen_list_row *row = &list->row;
	const struct slice parts[] = { row->group, row->namespace, row->subtype };
	frozen_name_add(out, row->kind);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!parts[i].len || slice_equal_text(parts[i], "*"))
			continue;
		strbuf_add_char(out, '.');
		frozen_name_add(out, parts[i]);
	}
	return strbuf_failed(out, err) ? -1 : 0;
}

static void fill_head(const struct frozen_list *list, struct frozen_head *ret_head)
{
	const struct frozen_manifest *facts = &list->writer->manifest;
	const struct frozen_list_row *row = &list->row;
	record_init(&frozen_head_type, ret_head);
	ret_head->schema = SLICE(FROZEN_LIST_SCHEMA);
	ret_head->tool = facts->tool;
	ret_head->cluster = facts->cluster;
	ret_head->server = facts->server;
	ret_head->as_of = facts->as_of;
	ret_head->key_id = facts->key_id;
	ret_head->kind = row->kind;
	ret_head->group = row->group;
	ret_head->version = row->version;
	ret_head->resource = row->resource;
	ret_head->namespace = row->namespace;
	ret_head->subtype = row->subtype;
	ret_head->metadata_only = row->metadata_only;
}

/* {"fother": HEAD, "kind": "PodList", "apiVersion": "v1", "items": [ */
static int write_start(struct frozen_list *list, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(HEAD_BYTES), kind = STRBUF_INIT(HEAD_BYTES);
	CLEANUP(strbuf_release) struct strbuf version = STRBUF_INIT(HEAD_BYTES);
	const struct frozen_list_row *row = &list->row;
	struct json_writer json = { .out = &out };
	struct frozen_head head;
	fill_head(list, &head);
	json_object_begin(&json);
	json_key(&json, FROZEN_MEMBER);
	record_json_write(&frozen_head_type, &head, &json);
	strbuf_addf(&kind, "%.*sList", SLICE_ARG(row->kind));
	strbuf_addf(&version, "%.*s%s%.*s", SLICE_ARG(row->group), row->group.len ? "/" : "", SLICE_ARG(row->version));
	json_key(&json, "kind");
	json_text(&json, strbuf_slice(&kind));
	json_key(&json, "apiVersion");
	json_text(&json, strbuf_slice(&version));
	json_key(&json, "items");
	json_array_begin(&json);
	if (strbuf_failed(&out, err) || strbuf_failed(&kind, err) || strbuf_failed(&version, err))
		return -1;
	return frozen_file_add(list->file, strbuf_slice(&out), err);
}

static int open_file(struct frozen_list *list, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf stem = STRBUF_INIT(HEAD_BYTES);
	if (list->file)
		return 0;
	if (name_file(list, &stem, err) < 0)
		return -1;
	list->file = frozen_file_new(list->writer->folder, frozen_writer_path(list->writer), strbuf_text(&stem), err);
	return list->file ? write_start(list, err) : -1;
}

int frozen_list_restart(struct frozen_list *list, struct error **err)
{
	frozen_forget_pending(list->writer);
	list->any = false;
	if (!list->file)
		return 0;
	return frozen_file_restart(list->file, err) < 0 ? -1 : write_start(list, err);
}

/* --- items --- */
/* The defect about an item that could not be taken names its number in place of a part of it. */
static bool is_lost(const struct frozen_writer *writer)
{
	if (!writer->pending.len)
		return false;
	const struct frozen_record *last = &writer->pending.items[writer->pending.len - 1];
	return last->type == &defect_type && slice_starts_with(((const struct defect *)last->record)->place, "item ");
}

/* , "fother": {"format": 1, "key_id": "...", "records": [...]} */
static void add_records(struct frozen_writer *writer)
{
	bool empty = slice_ends_with(strbuf_slice(&writer->line), "{");
	struct json_writer json = { .out = &writer->line, .depth = 1, .comma = !empty };
	json_key(&json, FROZEN_MEMBER);
	json_object_begin(&json);
	json_key(&json, "format");
	json_int(&json, FROZEN_FORMAT);
	json_key(&json, "key_id");
	json_text(&json, writer->manifest.key_id);
	json_key(&json, "records");
	json_array_begin(&json);
	for (size_t i = 0; i < writer->pending.len; i++)
		record_json_write(writer->pending.items[i].type, writer->pending.items[i].record, &json);
	json_array_end(&json);
	json_object_end(&json);
}

static int write_item(struct frozen_list *list, struct slice raw_json, struct error **err)
{
	struct frozen_writer *writer = list->writer;
	struct frozen_rules rules = { list->is_secret, writer->mask, writer->annotation_kept };
	bool changed;
	strbuf_clear(&writer->line);
	strbuf_add_text(&writer->line, list->any ? ",\n" : "\n");
	if (frozen_object_add(raw_json, &rules, &writer->scratch, &writer->line, &changed, err) < 0)
		return -1;
	if (changed || list->is_secret)
		add_records(writer);
	strbuf_add_char(&writer->line, '}');
	if (strbuf_failed(&writer->line, err) || open_file(list, err) < 0)
		return -1;
	list->any = true;
	return frozen_file_add(list->file, strbuf_slice(&writer->line), err);
}

int frozen_list_item(struct frozen_list *list, struct slice raw_json, struct error **err)
{
	struct frozen_writer *writer = list->writer;
	if (is_lost(writer))
		return frozen_take_lost(writer, err);
	int written = write_item(list, raw_json, err);
	frozen_forget_pending(writer);
	arena_clear(&writer->scratch);
	if (written < 0)
		return error_context(err, "%s: %.*s", frozen_writer_path(writer), SLICE_ARG(list->row.kind));
	return 0;
}

int frozen_list_lost(struct frozen_list *list, struct error **err)
{
	return frozen_take_lost(list->writer, err);
}

/* --- the end --- */
static bool is_one_of(struct slice outcome, const char *const *outcomes)
{
	for (; *outcomes; outcomes++)
		if (slice_equal_text(outcome, *outcomes))
			return true;
	return false;
}

static int write_end(struct frozen_list *list, bool whole, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(HEAD_BYTES);
	struct json_writer json = { .out = &out, .depth = 1, .comma = true };
	strbuf_add_text(&out, list->any ? "\n]" : "]");
	json_key(&json, "metadata");
	json_object_begin(&json);
	json_key(&json, "resourceVersion");
	json_text(&json, list->row.resource_version.data ? list->row.resource_version : SLICE(""));
	if (!whole) {
		json_key(&json, "continue");
		json_text(&json, SLICE(NOT_ALL_OF_IT));
	}
	json_object_end(&json);
	json_object_end(&json);
	strbuf_add_char(&out, '\n');
	return strbuf_failed(&out, err) ? -1 : frozen_file_add(list->file, strbuf_slice(&out), err);
}

static int end_file(struct frozen_list *list, bool whole, struct error **err)
{
	struct frozen_file_facts facts;
	if (write_end(list, whole, err) < 0 || frozen_file_end(list->file, &facts, err) < 0)
		return -1;
	list->row.bytes = facts.bytes;
	if (frozen_keep(list->writer, slice_of(facts.sha256), &list->row.sha256, err) < 0)
		return -1;
	return frozen_keep(list->writer, slice_of(frozen_file_name(list->file)), &list->row.file, err);
}

static int end_list(struct frozen_list *list, const struct frozen_list_end *end, struct error **err)
{
	static const char *const whole[] = { "complete", "mixed", "metadata", NULL };
	static const char *const came[] = { "complete", "mixed", "metadata", "partial", NULL };
	struct frozen_writer *writer = list->writer;
	list->row.objects = end->objects;
	if (frozen_keep(writer, end->outcome, &list->row.outcome, err) < 0 ||
	    frozen_keep(writer, end->why, &list->row.why, err) < 0 ||
	    frozen_keep(writer, end->resource_version, &list->row.resource_version, err) < 0)
		return -1;
	if (is_one_of(end->outcome, came) && open_file(list, err) < 0)
		return -1;
	if (list->file && end_file(list, is_one_of(end->outcome, whole), err) < 0)
		return -1;
	struct frozen_list_row *row = vec_push(&writer->rows);
	if (!row)
		return error_no_memory(err);
	*row = list->row;
	return 0;
}

int frozen_list_close(struct frozen_list *list, const struct frozen_list_end *end, struct error **err)
{
	int ended = end_list(list, end, err);
	leave_writer(list);
	return ended;
}
