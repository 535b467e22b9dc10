#include "collect/frozen/frozen_images_manifest.h"

#include "base/json_reader.h"
#include "collect/frozen/frozen_check.h"
#include "model/record_json.h"
#include "model/reference.h"

#define BLOBS "blobs/"

/* --- what may stand in it --- */
int frozen_images_digest_of(struct slice file, struct arena *arena, struct slice *ret_digest, struct error **err)
{
	struct slice algorithm, encoded;
	if (!slice_starts_with(file, BLOBS) || memchr(file.data, '\0', file.len) ||
	    !slice_cut(slice_part(file, strlen(BLOBS), file.len), '/', &algorithm, &encoded))
		return 0;
	struct slice digest = arena_printf(arena, "%.*s:%.*s", SLICE_ARG(algorithm), SLICE_ARG(encoded));
	if (!digest.data)
		return arena_fail(arena, err);
	*ret_digest = digest;
	return digest_valid(digest);
}

/* Every run has them: a manifest without them is no whole one. */
static const char *const files_of_all[] = { "oci-layout", "index.json", FROZEN_RECORDS_NAME, NULL };

static int check_has_all(const struct frozen_images_manifest *manifest, struct error **err)
{
	const struct frozen_images_file *files = manifest->files.items;
	for (size_t i = 0; files_of_all[i]; i++) {
		bool found = false;
		for (size_t j = 0; j < manifest->files.len && !found; j++)
			found = slice_equal_text(files[j].file, files_of_all[i]);
		if (!found)
			return error_set(err, ERROR_SYNTAX, "it does not name %s", files_of_all[i]);
	}
	return 0;
}

static int check_file(const struct frozen_images_file *row, struct arena *arena, struct error **err)
{
	static const char *const kinds[] = { "image", "index", "artifact", "attestation", "schema1", "unknown", NULL };
	struct slice digest;
	int blob = frozen_is_any(row->file, files_of_all) ? 1 : frozen_images_digest_of(row->file, arena, &digest, err);
	if (blob < 0)
		return -1;
	if (!blob)
		return frozen_bad("file is none that a run has", err);
	if (row->bytes < 0)
		return frozen_bad("bytes is no size", err);
	if (row->kind.data && !frozen_is_any(row->kind, kinds))
		return frozen_bad("kind is none that a manifest can have", err);
	return frozen_is_sha256(row->sha256) ? 0 : frozen_bad("sha256 is no SHA-256", err);
}

static int check_registry(struct slice registry, int64_t as_of, struct error **err)
{
	if (!registry.len || memchr(registry.data, '/', registry.len) || memchr(registry.data, '\0', registry.len))
		return frozen_bad("without a registry's name", err);
	return time_is_valid(as_of) ? 0 : frozen_bad("without a time", err);
}

static int check_schema(struct slice schema, struct error **err)
{
	if (slice_equal_text(schema, FROZEN_IMAGES_SCHEMA))
		return 0;
	if (!slice_starts_with(schema, FROZEN_IMAGES_SCHEMA_ANY))
		return frozen_bad("no schema of a frozen registry", err);
	return frozen_later(schema, err);
}

static int check_manifest(const struct frozen_images_manifest *manifest, struct arena *arena, struct error **err)
{
	const struct frozen_images_file *files = manifest->files.items;
	if (check_schema(manifest->schema, err) < 0 || check_registry(manifest->registry, manifest->as_of, err) < 0)
		return -1;
	if (!frozen_is_outcome(manifest->outcome))
		return frozen_bad("outcome is none that a run can have", err);
	for (size_t i = 0; i < manifest->files.len; i++)
		if (check_file(&files[i], arena, err) < 0)
			return error_context(err, "files %zu", i);
	return check_has_all(manifest, err);
}

/* --- reading --- */
int frozen_images_manifest_read(struct slice text, struct arena *arena, struct frozen_images_manifest *ret_manifest,
				struct error **err)
{
	struct frozen_images_manifest manifest;
	if (frozen_document_read(text, &frozen_images_manifest_type, arena, &manifest, err) < 0 ||
	    check_manifest(&manifest, arena, err) < 0)
		return -1;
	*ret_manifest = manifest;
	return 0;
}

int frozen_images_head_read(struct slice line, struct arena *arena, struct frozen_images_head *ret_head,
			    struct error **err)
{
	struct frozen_images_head head;
	if (frozen_document_read(line, &frozen_images_head_type, arena, &head, err) < 0 ||
	    check_schema(head.schema, err) < 0 || check_registry(head.registry, head.as_of, err) < 0)
		return -1;
	*ret_head = head;
	return 0;
}

/* {"record": "frozen_images_head", "schema": "fother.images/ */
bool frozen_images_likely(struct slice start)
{
	CLEANUP(error_freep) struct error *ignored = NULL;
	struct json_reader json;
	struct token key, value;
	bool likely = false;
	json_reader_init(&json, start, 0);
	if (reader_next(&json.reader, &key, &ignored) > 0 && key.type == TOKEN_OBJECT_BEGIN)
		while (!likely && reader_next(&json.reader, &key, &ignored) > 0 && key.type == TOKEN_KEY &&
		       reader_next(&json.reader, &value, &ignored) > 0 && value.type == TOKEN_STRING)
			likely = token_is(&key, "schema") && slice_starts_with(value.text, FROZEN_IMAGES_SCHEMA_ANY);
	json_reader_release(&json);
	return likely;
}
