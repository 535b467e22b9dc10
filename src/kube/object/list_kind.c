#include "kube/object/list_kind.h"

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/yaml_reader.h"

/* Reads the list's own fields once more, from its start, passing over its items. A list that ends badly tells nothing.
 */
static int decode_ahead(const struct object_list *list, struct reader *reader, struct arena *arena,
			struct object *ret_object, struct error **err)
{
	struct token token;
	struct decoder decoder = { .reader = reader, .arena = arena, .shape = list->document->context->shape };
	if (decode_take(&decoder, &token, err) < 0 || token.type != TOKEN_OBJECT_BEGIN)
		return -1;
	int decoded = decode_object(&decoder, ret_object, err);
	decoder_release(&decoder);
	return decoded;
}

static int read_ahead(const struct object_list *list, struct arena *arena, struct object *ret_object,
		      struct error **err)
{
	struct slice document = list->document->reader->document;
	struct slice rest = slice_part(document, list->offset, document.len);
	if (rest.len && rest.data[0] == '{') {
		struct json_reader json;
		json_reader_init(&json, rest, READER_GO);
		int decoded = decode_ahead(list, &json.reader, arena, ret_object, err);
		json_reader_release(&json);
		return decoded;
	}
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = yaml_reader_new(rest, READER_PART, err);
	return yaml ? decode_ahead(list, yaml_reader_reader(yaml), arena, ret_object, err) : -1;
}

/* The kind of the list may stand behind its items (`jq --sort-keys` of a raw list). */
static int look_ahead(struct object_list *list, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(error_freep) struct error *why = NULL;
	struct arena *kept = &list->document->context->kept;
	struct object object = { 0 };
	list->looked_ahead = true;
	if (read_ahead(list, &arena, &object, &why) < 0)
		return why && why->code == ERROR_NO_MEMORY ? error_move(err, &why) : 0;
	if (arena_copy(kept, object.kind, &list->kind_ahead) < 0 ||
	    arena_copy(kept, object.api_version, &list->api_version_ahead) < 0)
		return arena_fail(kept, err);
	return 0;
}

struct slice list_kind_of_items(struct slice list_kind)
{
	if (!slice_ends_with(list_kind, "List") || list_kind.len == strlen("List"))
		return SLICE_NONE;
	return slice_part(list_kind, 0, list_kind.len - strlen("List"));
}

int list_kind_find(struct object_list *list, const struct object *object, struct slice *ret_kind,
		   struct slice *ret_api_version, struct error **err)
{
	*ret_kind = object->kind;
	*ret_api_version = object->api_version;
	if (object->kind.len || !list->object)
		return 0;
	if (!list->object->kind.len && !list->looked_ahead && look_ahead(list, err) < 0)
		return -1;
	bool ahead = !list->object->kind.len;
	*ret_kind = list_kind_of_items(ahead ? list->kind_ahead : list->object->kind);
	if (!object->api_version.data)
		*ret_api_version = ahead ? list->api_version_ahead : list->object->api_version;
	return 0;
}
