#include "collect/frozen/frozen_manifest.h"

#include "base/json_reader.h"
#include "collect/frozen/frozen_check.h"
#include "model/record_json.h"

/* --- what may stand in it --- */
/* A file of the folder itself, and none that would be passed over. */
static bool is_plain_name(struct slice name)
{
	if (!name.len || name.len > UINT8_MAX || name.data[0] == '.')
		return false;
	return !memchr(name.data, '/', name.len) && !memchr(name.data, '\0', name.len);
}

static int check_file(struct slice name, int64_t bytes, struct slice sha256, struct error **err)
{
	if (!is_plain_name(name))
		return frozen_bad("file is no name of a file in the manifest's folder", err);
	if (bytes < 0)
		return frozen_bad("bytes is no size", err);
	return frozen_is_sha256(sha256) ? 0 : frozen_bad("sha256 is no SHA-256", err);
}

/* What a list was asked for by. */
static int check_about(struct slice kind, const struct slice texts[5], struct error **err)
{
	if (!kind.len)
		return frozen_bad("a list without a kind", err);
	for (size_t i = 0; i < 5; i++)
		if (!texts[i].data)
			return frozen_bad("a list that does not say what it is of", err);
	return 0;
}

static int check_list(const struct frozen_list_row *row, struct error **err)
{
	static const char *const outcomes[] = { "complete",    "mixed",     "metadata", "doubted", "partial",
						"interrupted", "forbidden", "failed",   "absent",  NULL };
	static const char *const written[] = { "complete", "mixed", "metadata", "partial", NULL };
	const struct slice about[] = { row->group, row->version, row->resource, row->namespace, row->subtype };
	if (check_about(row->kind, about, err) < 0)
		return -1;
	if (!frozen_is_any(row->outcome, outcomes))
		return frozen_bad("outcome is none that a list can have", err);
	if (row->objects < 0)
		return frozen_bad("objects is no number of objects", err);
	if (row->file.data)
		return check_file(row->file, row->bytes, row->sha256, err);
	return frozen_is_any(row->outcome, written) || row->objects > 0
		       ? frozen_bad("a list that was read, without a file", err)
		       : 0;
}

static int check_rows(const struct frozen_manifest *manifest, struct error **err)
{
	const struct frozen_list_row *list = manifest->lists.items;
	const struct frozen_file_row *file = manifest->files.items;
	for (size_t i = 0; i < manifest->lists.len; i++)
		if (check_list(&list[i], err) < 0)
			return error_context(err, "lists %zu", i);
	for (size_t i = 0; i < manifest->files.len; i++)
		if (check_file(file[i].file, file[i].bytes, file[i].sha256, err) < 0)
			return error_context(err, "files %zu", i);
	return 0;
}

/* A defect without its identity could not be kept. */
static int check_lost(const struct frozen_manifest *manifest, struct error **err)
{
	const struct defect *lost = manifest->lost.items;
	for (size_t i = 0; i < manifest->lost.len; i++)
		if (!lost[i].object_kind.data || !lost[i].namespace.data || !lost[i].object.data ||
		    !lost[i].code.data || !lost[i].place.data)
			return error_set(err, ERROR_SYNTAX, "lost %zu: a defect that does not say of what", i);
	return 0;
}

static int check_manifest(const struct frozen_manifest *manifest, struct error **err)
{
	if (!manifest->cluster.len || !manifest->key_id.len)
		return frozen_bad("without a cluster's name or a key id", err);
	/* What begins so or holds a slash would be an address: model/sink.h. */
	struct slice uid = manifest->cluster_uid;
	if (uid.data && (!uid.len || uid.data[0] == '-' || memchr(uid.data, '/', uid.len)))
		return frozen_bad("cluster_uid is no UID", err);
	if (!time_is_valid(manifest->as_of))
		return frozen_bad("without a time", err);
	if (!frozen_is_outcome(manifest->outcome))
		return frozen_bad("outcome is none that a run can have", err);
	if (check_rows(manifest, err) < 0)
		return -1;
	return check_lost(manifest, err);
}

/* --- reading --- */
int frozen_manifest_read(struct slice text, struct arena *arena, struct frozen_manifest *ret_manifest,
			 struct error **err)
{
	struct frozen_manifest manifest;
	if (frozen_document_read(text, &frozen_manifest_type, arena, &manifest, err) < 0)
		return -1;
	if (!slice_equal_text(manifest.schema, FROZEN_SCHEMA))
		return frozen_later(manifest.schema, err);
	if (check_manifest(&manifest, err) < 0)
		return -1;
	*ret_manifest = manifest;
	return 0;
}

/* {"fother": {: to behind the second brace. 1: there; 0: something else; -1: the document is dead. */
static int enter_head(struct reader *reader, struct error **err)
{
	static const enum token_type types[] = { TOKEN_OBJECT_BEGIN, TOKEN_KEY, TOKEN_OBJECT_BEGIN };
	struct token token;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		int got = reader_next(reader, &token, err);
		if (got <= 0)
			return got;
		if (token.type != types[i] || (token.type == TOKEN_KEY && !token_is(&token, FROZEN_MEMBER)))
			return 0;
	}
	return 1;
}

static int check_head(const struct frozen_head *head, struct error **err)
{
	const struct slice about[] = { head->group, head->version, head->resource, head->namespace, head->subtype };
	if (!slice_equal_text(head->schema, FROZEN_LIST_SCHEMA))
		return frozen_later(head->schema, err);
	if (!head->cluster.len || !head->key_id.len)
		return frozen_bad("without a cluster's name or a key id", err);
	if (!time_is_valid(head->as_of))
		return frozen_bad("without a time", err);
	return check_about(head->kind, about, err);
}

int frozen_head_read(struct slice text, struct arena *arena, struct frozen_head *ret_head, struct error **err)
{
	struct frozen_head head;
	struct json_reader json;
	json_reader_init(&json, text, 0);
	int result = enter_head(&json.reader, err);
	if (result == 0)
		result = frozen_bad("it does not begin with its head", err);
	else if (result > 0)
		result = record_json_read(&json.reader, &frozen_head_type, arena, &head, err);
	json_reader_release(&json);
	if (result < 0 || check_head(&head, err) < 0)
		return -1;
	*ret_head = head;
	return 0;
}

/* --- first bytes --- */
/* The value of `schema` among the next members; false when something else comes first that cannot be passed over. */
static bool find_schema(struct reader *reader, struct token *ret_value, struct error **err)
{
	struct token key;
	while (reader_next(reader, &key, err) > 0 && key.type == TOKEN_KEY) {
		if (token_is(&key, "schema"))
			return reader_next(reader, ret_value, err) > 0 && ret_value->type == TOKEN_STRING;
		if (reader_skip(reader, err) < 0)
			break;
	}
	return false;
}

bool frozen_manifest_likely(struct slice start)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	struct json_reader json;
	struct token token;
	json_reader_init(&json, start, 0);
	bool likely = reader_next(&json.reader, &token, &ignored) > 0 && token.type == TOKEN_OBJECT_BEGIN &&
		      reader_next(&json.reader, &token, &ignored) > 0 && token.type == TOKEN_KEY &&
		      token_is(&token, "schema") && reader_next(&json.reader, &token, &ignored) > 0 &&
		      token.type == TOKEN_STRING && slice_starts_with(token.text, FROZEN_SCHEMA_ANY);
	json_reader_release(&json);
	return likely;
}

bool frozen_list_likely(struct slice start)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	struct json_reader json;
	struct token token;
	json_reader_init(&json, start, 0);
	bool likely = enter_head(&json.reader, &ignored) > 0 && find_schema(&json.reader, &token, &ignored) &&
		      slice_starts_with(token.text, FROZEN_LIST_SCHEMA_ANY);
	json_reader_release(&json);
	return likely;
}
