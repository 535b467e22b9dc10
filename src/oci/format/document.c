#include "base/limits.h"
#include "base/map.h"
#include "credential/go_name.h"
#include "model/field.h"
#include "model/reference.h"
#include "oci/format/document_internal.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define FEW_NAMES 16 /* so many are compared with each other sooner than hashed */

/* --- objects --- */

int oci_text_of(struct oci_document *document, const struct oci_place *place, const struct token *token,
		struct slice *ret_text, struct error **err)
{
	if (token->plain) {
		*ret_text = token->text;
		return 0;
	}
	if (token->replaced &&
	    oci_document_defect(document, place, "bad_utf8", "holds bytes that are not UTF-8", err) < 0)
		return -1;
	return token_copy(token, document->arena, ret_text, err);
}

/* The index of the member that a name is for; the number of members: none. */
static size_t find_member(struct slice name, struct oci_members members)
{
	for (size_t i = 0; i < members.len; i++)
		if (slice_equal(name, members.items[i].name))
			return i;
	for (size_t i = 0; i < members.len; i++)
		if (go_name_is(name, members.items[i].name.data))
			return i;
	return members.len;
}

static int check_name(struct oci_document *document, const struct oci_place *place, const struct oci_member *member,
		      bool seen, struct error **err)
{
	if (!slice_equal(place->name, member->name) &&
	    oci_document_defect(document, place, "name_case",
				"only some programs read a member of this name: upper and lower case differ", err) < 0)
		return -1;
	return seen ? oci_document_defect(document, place, "duplicate_member",
					  "stands there more than once; the last one counts", err)
		    : 0;
}

static int take_member(struct oci_document *document, const struct oci_place *place, const struct oci_member *member,
		       void *into, struct error **err)
{
	struct token token;
	if (reader_next(&document->json.reader, &token, err) < 0)
		return -1;
	return member->take(document, place, &token, (char *)into + member->offset, err);
}

/* Up to the end of the object that was just opened. */
static int take_members(struct oci_document *document, const struct oci_place *parent, struct oci_members members,
			void *into, struct error **err)
{
	unsigned seen = 0;
	for (;;) {
		struct token token;
		struct oci_place place = { .parent = parent };
		if (reader_next(&document->json.reader, &token, err) < 0)
			return -1;
		if (token.type != TOKEN_KEY)
			return 0;
		if (oci_text_of(document, parent, &token, &place.name, err) < 0)
			return -1;
		size_t found = find_member(place.name, members);
		if (found == members.len) {
			if (reader_skip(&document->json.reader, err) < 0)
				return -1;
			continue;
		}
		const struct oci_member *member = &members.items[found];
		if (check_name(document, &place, member, seen >> found & 1, err) < 0 ||
		    take_member(document, &place, member, into, err) < 0)
			return -1;
		seen |= 1u << found;
	}
}

int oci_take_object(struct oci_document *document, const struct oci_place *place, const struct token *token,
		    struct oci_members members, void *into, struct error **err)
{
	if (token->type == TOKEN_NULL)
		return 0;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return oci_wrong_type(document, place, token, "must be an object", err);
	return take_members(document, place, members, into, err);
}

/* --- the document --- */

/* Nothing but blanks may stand behind it. 1, 0: something does, -1. */
static int at_end(struct reader *reader, struct error **err)
{
	struct token token;
	int more = reader_next(reader, &token, err);
	if (more == 0)
		more = reader_next_document(reader, err);
	return more < 0 ? -1 : !more;
}

static int read_document(struct oci_document *document, struct oci_members members, void *into,
			 struct slice *ret_refused, struct error **err)
{
	struct token token;
	if (reader_next(&document->json.reader, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN) {
		*ret_refused = SLICE("no JSON object");
		return 0;
	}
	if (take_members(document, document->root, members, into, err) < 0)
		return -1;
	int end = at_end(&document->json.reader, err);
	if (end == 0)
		*ret_refused = SLICE("something stands behind the end of the document");
	return end;
}

/* Of an error of the reader, or of the arena's limit. */
static int refuse(struct oci_document *document, struct error **failure, struct slice *ret_refused, struct error **err)
{
	if (!error_is_of_input(*failure))
		return error_move(err, failure);
	*ret_refused = SLICE("larger or deeper than can be read here");
	if ((*failure)->code == ERROR_SYNTAX &&
	    arena_copy(document->arena, slice_of((*failure)->message), ret_refused) < 0)
		return arena_fail(document->arena, err);
	return 0;
}

int oci_document_read(struct oci_document *document, struct slice bytes, struct oci_members members, void *into,
		      struct slice *ret_refused, struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	if (slice_starts_with(bytes, BYTE_ORDER_MARK)) {
		*ret_refused = SLICE("a byte order mark stands before the document");
		return 0;
	}
	json_reader_init(&document->json, bytes, READER_GO);
	int got = read_document(document, members, into, ret_refused, &failure);
	json_reader_release(&document->json);
	return got < 0 ? refuse(document, &failure, ret_refused, err) : got;
}

/* --- values --- */

int oci_take_text(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		  struct error **err)
{
	if (token->type == TOKEN_STRING)
		return oci_text_of(document, place, token, field, err);
	return token->type == TOKEN_NULL ? 0 : oci_wrong_type(document, place, token, "must be a text", err);
}

int oci_take_digest(struct oci_document *document, const struct oci_place *place, const struct token *token,
		    void *field, struct error **err)
{
	struct slice text = SLICE_NONE, *digest = field;
	if (oci_take_text(document, place, token, &text, err) < 0)
		return -1;
	*digest = digest_valid(text) ? text : SLICE_NONE;
	if (!digest->data && token->type == TOKEN_STRING)
		return oci_document_defect(document, place, "bad_digest", "is no digest", err);
	return 0;
}

int oci_take_bool(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		  struct error **err)
{
	if (token->type != TOKEN_BOOL)
		return token->type == TOKEN_NULL ? 0
						 : oci_wrong_type(document, place, token, "must be true or false", err);
	*(bool *)field = token->boolean;
	return 0;
}

int oci_take_size(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		  struct error **err)
{
	long long size;
	if (token->type == TOKEN_NULL)
		return 0;
	*(int64_t *)field = INT_UNKNOWN;
	if (token->type != TOKEN_NUMBER)
		return oci_wrong_type(document, place, token, "must be a number", err);
	if (token_int(token, &size) < 0 || size < 0)
		return oci_document_defect(document, place, "bad_size", "is no size", err);
	*(int64_t *)field = size;
	return 0;
}

/* --- lists --- */

/* At one item or member more than are read, whose first token is `next`. */
static int too_many(struct oci_document *document, const struct oci_place *place, const struct token *next,
		    struct error **err)
{
	struct reader *reader = &document->json.reader;
	bool opened = next->type == TOKEN_OBJECT_BEGIN || next->type == TOKEN_ARRAY_BEGIN;
	if (reader_leave(reader, reader->depth - (opened ? 2 : 1), err) < 0)
		return -1;
	return oci_document_defect(document, place, "too_many", "holds more than is read", err);
}

int oci_take_array(struct oci_document *document, const struct oci_place *place, const struct token *token,
		   size_t limit, oci_take *take, void *list, struct error **err)
{
	struct reader *reader = &document->json.reader;
	struct oci_place item = { .parent = place };
	if (token->type == TOKEN_NULL)
		return 0;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return oci_wrong_type(document, place, token, "must be a list", err);
	for (;; item.index++) {
		struct token first;
		if (reader_next(reader, &first, err) < 0)
			return -1;
		if (first.type == TOKEN_ARRAY_END)
			return 0;
		if (item.index == limit)
			return too_many(document, place, &first, err);
		if (take(document, &item, &first, list, err) < 0)
			return -1;
	}
}

struct text_list {
	struct slice *items;
	size_t len, capacity;
};

static int add_text(struct oci_document *document, struct text_list *list, struct slice text, struct error **err)
{
	struct slice *items = arena_grow(document->arena, list->items, list->len, &list->capacity, sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	items[list->len++] = text;
	return 0;
}

/* Lists that are there and empty have a pointer too. */
static struct slice_list list_of(const struct text_list *list)
{
	static const struct slice none[1];
	return (struct slice_list){ list->items ? list->items : none, list->len };
}

static int take_text_item(struct oci_document *document, const struct oci_place *place, const struct token *token,
			  void *list, struct error **err)
{
	struct slice text = SLICE("");
	if (oci_take_text(document, place, token, &text, err) < 0)
		return -1;
	if (token->type != TOKEN_STRING && token->type != TOKEN_NULL)
		return 0;
	return add_text(document, list, text, err);
}

int oci_take_texts(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		   struct error **err)
{
	struct text_list list = { 0 };
	bool is_list = token->type == TOKEN_ARRAY_BEGIN;
	if (oci_take_array(document, place, token, LIMIT_ANNOTATIONS, take_text_item, &list, err) < 0)
		return -1;
	*(struct slice_list *)field = is_list ? list_of(&list) : (struct slice_list){ 0 };
	return 0;
}

/* --- objects whose names are data --- */

/* Each member of an object, the first LIMIT_ANNOTATIONS of them. */
static int take_each(struct oci_document *document, const struct oci_place *parent, const struct token *token,
		     oci_take *take, void *list, struct error **err)
{
	struct reader *reader = &document->json.reader;
	struct oci_place place = { .parent = parent };
	if (token->type == TOKEN_NULL)
		return 0;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return oci_wrong_type(document, parent, token, "must be an object", err);
	for (size_t taken = 0;; taken++) {
		struct token next;
		if (reader_next(reader, &next, err) < 0)
			return -1;
		if (next.type != TOKEN_KEY)
			return 0;
		if (taken == LIMIT_ANNOTATIONS)
			return too_many(document, parent, &next, err);
		if (oci_text_of(document, parent, &next, &place.name, err) < 0 || reader_next(reader, &next, err) < 0 ||
		    take(document, &place, &next, list, err) < 0)
			return -1;
	}
}

static int take_name(struct oci_document *document, const struct oci_place *place, const struct token *token,
		     void *list, struct error **err)
{
	struct reader *reader = &document->json.reader;
	bool opened = token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
	if (opened && reader_leave(reader, reader->depth - 1, err) < 0)
		return -1;
	return add_text(document, list, place->name, err);
}

int oci_take_names(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		   struct error **err)
{
	struct text_list list = { 0 };
	bool is_object = token->type == TOKEN_OBJECT_BEGIN;
	if (take_each(document, place, token, take_name, &list, err) < 0)
		return -1;
	*(struct slice_list *)field = is_object ? list_of(&list) : (struct slice_list){ 0 };
	return 0;
}

struct annotation_list {
	struct oci_annotation *items;
	size_t len, capacity;
	struct map places; /* index + 1 of each name, once there are more than FEW_NAMES */
};

static void release_annotations(struct annotation_list *list)
{
	map_release(&list->places);
}

/* The place of name in the list, or its end; -1: memory. */
static int find_annotation(struct annotation_list *list, struct slice name, size_t *ret_index, struct error **err)
{
	*ret_index = 0;
	if (list->len < FEW_NAMES) {
		while (*ret_index < list->len && !slice_equal(list->items[*ret_index].name, name))
			++*ret_index;
		return 0;
	}
	for (size_t i = list->places.len; i <= list->len; i++) {
		void **place = map_put(&list->places, i < list->len ? list->items[i].name : name);
		if (!place)
			return error_no_memory(err);
		if (!*place)
			*place = (void *)(uintptr_t)(i + 1);
		*ret_index = (size_t)(uintptr_t)*place - 1;
	}
	return 0;
}

static int take_annotation(struct oci_document *document, const struct oci_place *place, const struct token *token,
			   void *field, struct error **err)
{
	struct annotation_list *list = field;
	struct slice value = SLICE("");
	size_t index;
	if (oci_take_text(document, place, token, &value, err) < 0 ||
	    find_annotation(list, place->name, &index, err) < 0)
		return -1;
	if (index < list->len) {
		list->items[index].value = value;
		return oci_document_defect(document, place, "duplicate_member",
					   "stands there more than once; the last one counts", err);
	}
	void *items = arena_grow(document->arena, list->items, list->len, &list->capacity, sizeof *list->items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	list->items[list->len++] = (struct oci_annotation){ place->name, value };
	return 0;
}

int oci_take_annotations(struct oci_document *document, const struct oci_place *place, const struct token *token,
			 struct oci_annotation **items, size_t *count, struct error **err)
{
	CLEANUP(release_annotations) struct annotation_list list = { 0 };
	if (take_each(document, place, token, take_annotation, &list, err) < 0)
		return -1;
	*items = list.items;
	*count = list.len;
	return 0;
}
