#include "kube/object/decode.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "kube/object/annotation.h"
#include "kube/object/secret_value.h"

/* 9000-01-01T00:00:00Z: later times are typing errors or attacks on "newest". */
#define TIME_YEAR_9000 (INT64_C(221845392000) * USEC_PER_SECOND)
/* Names of members that we know are shorter. */
#define NAME_BYTES 64
/* What the secure heap takes for a value beside its bytes: many empty ones must not fill it. */
#define COPY_COST 64

static int decode_members(struct decoder *d, const struct shape *shape, void *into, struct error **err);

/* --- tokens --- */
static int document_died(struct decoder *d, struct error **err)
{
	d->dead = (*err)->code != ERROR_NO_MEMORY;
	return -1;
}

int decode_take(struct decoder *d, struct token *ret_token, struct error **err)
{
	int got = reader_next(d->reader, ret_token, err);
	if (got > 0)
		return 0;
	if (got == 0)
		error_set(err, ERROR_SYNTAX, "the document ends inside an object");
	return document_died(d, err);
}

static int skip_value(struct decoder *d, struct error **err)
{
	return reader_skip(d->reader, err) < 0 ? document_died(d, err) : 0;
}

/* Leaves the object or array that `token` opened, if it opened one. */
static int skip_rest(struct decoder *d, const struct token *token, struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN && token->type != TOKEN_ARRAY_BEGIN)
		return 0;
	return reader_leave(d->reader, d->reader->depth - 1, err) < 0 ? document_died(d, err) : 0;
}

/* --- faults --- */
static void add_pointer_name(struct strbuf *out, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '~')
			strbuf_add_text(out, "~0");
		else if (name.data[i] == '/')
			strbuf_add_text(out, "~1");
		else
			strbuf_add_char(out, name.data[i]);
	}
}

static int pointer_of(struct decoder *d, struct slice *ret_pointer)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	for (unsigned i = 0; i < d->path_len; i++) {
		strbuf_add_char(&text, '/');
		if (d->path[i].name.data)
			add_pointer_name(&text, d->path[i].name);
		else
			strbuf_add_int(&text, (long long)d->path[i].index);
	}
	return arena_copy(d->arena, strbuf_slice(&text), ret_pointer);
}

static int fault(struct decoder *d, const char *code, bool fatal, struct slice message, struct error **err)
{
	d->fatal = d->fatal || fatal;
	if (d->fault_count == DECODE_FAULTS)
		return 0;
	struct fault *added = &d->faults[d->fault_count];
	*added = (struct fault){ .code = code, .fatal = fatal, .message = message };
	if (pointer_of(d, &added->pointer) < 0)
		return arena_fail(d->arena, err);
	d->fault_count++;
	return 0;
}

static const char *token_name(const struct token *token)
{
	switch (token->type) {
	case TOKEN_NULL:
		return "null";
	case TOKEN_BOOL:
		return "a boolean";
	case TOKEN_NUMBER:
		return "a number";
	case TOKEN_STRING:
		return "a text";
	case TOKEN_ARRAY_BEGIN:
		return "a list";
	default:
		return "an object";
	}
}

static int wrong_type(struct decoder *d, const struct token *token, const char *expected, struct error **err)
{
	struct slice message = arena_printf(d->arena, "%s stands where %s is expected", token_name(token), expected);
	if (!message.data)
		return arena_fail(d->arena, err);
	return fault(d, FAULT_TYPE, true, message, err) < 0 ? -1 : skip_rest(d, token, err);
}

/* --- path --- */
static void step_into(struct decoder *d, struct slice name, size_t index)
{
	if (d->path_len < DECODE_DEPTH)
		d->path[d->path_len] = (struct decode_step){ name, index };
	d->path_len += d->path_len < DECODE_DEPTH;
}

static void step_out(struct decoder *d)
{
	d->path_len -= d->path_len > 0;
}

/* --- plain values --- */
static bool in_document(const struct decoder *d, struct slice text)
{
	uintptr_t start = (uintptr_t)d->reader->document.data, at = (uintptr_t)text.data;
	return at >= start && at + text.len <= start + d->reader->document.len;
}

/* Borrows from the document what can be borrowed. */
static int take_text(struct decoder *d, const struct token *token, struct slice *ret_text, struct error **err)
{
	if (!token->plain || !in_document(d, token->text))
		return token_copy(token, d->arena, ret_text, err);
	*ret_text = token->text;
	return 0;
}

static int decode_text(struct decoder *d, const struct token *token, struct slice *into, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return wrong_type(d, token, "a text", err);
	return take_text(d, token, into, err);
}

static int decode_bool(struct decoder *d, const struct token *token, enum flag *into, struct error **err)
{
	if (token->type != TOKEN_BOOL)
		return wrong_type(d, token, "a boolean", err);
	*into = token->boolean ? FLAG_TRUE : FLAG_FALSE;
	return 0;
}

static int decode_int(struct decoder *d, const struct token *token, struct optional *into, struct error **err)
{
	long long value;
	if (token->type != TOKEN_NUMBER || token_int(token, &value) < 0)
		return wrong_type(d, token, "a whole number", err);
	*into = (struct optional){ true, value };
	return 0;
}

static int decode_time(struct decoder *d, const struct token *token, const struct member *member, struct optional *into,
		       struct error **err)
{
	struct slice text = SLICE_NONE;
	if (token->type != TOKEN_STRING)
		return wrong_type(d, token, "a time", err);
	if (take_text(d, token, &text, err) < 0)
		return -1;
	CLEANUP(error_freep) struct error *why = NULL;
	int64_t time = TIME_UNSET;
	if (time_parse(text, &time, &why) < 0)
		return fault(d, FAULT_TIME, false, SLICE("not a time as RFC 3339 has it"), err);
	if (time >= TIME_YEAR_9000)
		return fault(d, FAULT_TIME, false, SLICE("a time after the year 9000"), err);
	*into = (struct optional){ true, time };
	if (member->type == VALUE_TIME && time > d->newest)
		d->newest = time;
	return 0;
}

/* --- lists --- */
/* A new zeroed item; NULL when the arena is full. Old items stay behind in the arena: it lives for one object. */
static void *list_push(struct decoder *d, struct list *list, size_t item_size)
{
	if (list->len == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 4;
		void *items = arena_zeroed(d->arena, capacity, item_size);
		if (!items)
			return NULL;
		if (list->len)
			memcpy(items, list->items, list->len * item_size);
		list->items = items;
		list->capacity = capacity;
	}
	return (char *)list->items + list->len++ * item_size;
}

static void list_start(struct list *list)
{
	*list = (struct list){ .present = true };
}

static int decode_texts(struct decoder *d, const struct token *begin, struct list *list, struct error **err)
{
	struct token token;
	if (begin->type != TOKEN_ARRAY_BEGIN)
		return wrong_type(d, begin, "a list", err);
	list_start(list);
	for (;;) {
		if (decode_take(d, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		struct slice *item = list_push(d, list, sizeof *item);
		if (!item)
			return arena_fail(d->arena, err);
		step_into(d, SLICE_NONE, list->len - 1);
		if (token.type != TOKEN_NULL && decode_text(d, &token, item, err) < 0)
			return -1;
		step_out(d);
	}
}

static int decode_objects(struct decoder *d, const struct token *begin, const struct shape *shape, struct list *list,
			  struct error **err)
{
	struct token token;
	if (begin->type != TOKEN_ARRAY_BEGIN)
		return wrong_type(d, begin, "a list", err);
	list_start(list);
	for (;;) {
		if (decode_take(d, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		void *item = list_push(d, list, shape->message->size);
		if (!item)
			return arena_fail(d->arena, err);
		step_into(d, SLICE_NONE, list->len - 1);
		int decoded = 0;
		if (token.type == TOKEN_OBJECT_BEGIN)
			decoded = decode_members(d, shape, item, err);
		else if (token.type != TOKEN_NULL)
			decoded = wrong_type(d, &token, "an object", err);
		if (decoded < 0)
			return -1;
		step_out(d);
	}
}

/* --- maps of text --- */
typedef int (*decode_pair)(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			   struct error **err);

/* Calls `pair` for each member; the path then ends with the member's name. */
static int decode_map(struct decoder *d, const struct token *begin, struct list *list, decode_pair pair,
		      struct error **err)
{
	struct token key, value;
	struct slice name;
	if (begin->type != TOKEN_OBJECT_BEGIN)
		return wrong_type(d, begin, "an object", err);
	list->present = true;
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		if (take_text(d, &key, &name, err) < 0 || decode_take(d, &value, err) < 0)
			return -1;
		step_into(d, name, 0);
		if (pair(d, list, name, &value, err) < 0)
			return -1;
		step_out(d);
	}
}

static int decode_label(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			struct error **err)
{
	struct slice text = SLICE("");
	if (value->type != TOKEN_NULL && decode_text(d, value, &text, err) < 0)
		return -1;
	struct managed_mark *mark = list_push(d, list, sizeof *mark);
	if (!mark)
		return arena_fail(d->arena, err);
	*mark = (struct managed_mark){ name, text };
	return 0;
}

/* The values of other annotations, among them copies of whole secrets, never reach the arena. */
static int decode_annotation(struct decoder *d, struct list *list, struct slice name, const struct token *value,
			     struct error **err)
{
	if (value->type == TOKEN_STRING && !annotation_kept(name))
		return 0;
	return decode_label(d, list, name, value, err);
}

/* --- data of secrets --- */
/* A value of YAML lies in the reader's buffer, which the next call overwrites: what may be a docker config is copied,
 * and no more of it than one Secret may hold. */
static int keep_copy(struct decoder *d, struct data_value *value, struct error **err)
{
	if (!secret_key_is_config(value->key) && !secret_value_may_be_object(value)) {
		value->is_other = true;
		return 0;
	}
	size_t cost = token_decoded_max(&value->token) + COPY_COST;
	if (cost > LIMIT_SECRET_BYTES - d->secret_bytes) {
		value->is_too_large = true;
		return 0;
	}
	d->secret_bytes += cost;
	return token_secret(&value->token, &value->copy, err);
}

static int add_data_value(struct decoder *d, struct list *list, const struct data_value *value, struct error **err)
{
	struct data_value *kept = list_push(d, list, sizeof *kept);
	if (!kept)
		return arena_fail(d->arena, err);
	*kept = *value;
	if (value->is_null || in_document(d, value->token.text))
		return 0;
	return keep_copy(d, kept, err);
}

static int decode_data_value(struct decoder *d, struct list *list, struct slice name, const struct token *token,
			     struct error **err)
{
	struct data_value value = { .key = name, .token = *token, .is_null = token->type == TOKEN_NULL };
	if (token->type != TOKEN_STRING && token->type != TOKEN_NULL)
		return wrong_type(d, token, "a text", err);
	return add_data_value(d, list, &value, err);
}

static int decode_text_data_value(struct decoder *d, struct list *list, struct slice name, const struct token *token,
				  struct error **err)
{
	struct data_value value = {
		.key = name, .token = *token, .is_null = token->type == TOKEN_NULL, .is_text = true
	};
	if (token->type != TOKEN_STRING && token->type != TOKEN_NULL)
		return wrong_type(d, token, "a text", err);
	return add_data_value(d, list, &value, err);
}

/* --- managedFields --- */
/* {"f:data": {...}, "f:type": {}}: whether f:data is among them. */
static int decode_owned_fields(struct decoder *d, const struct token *begin, bool *into, struct error **err)
{
	struct token key;
	if (begin->type != TOKEN_OBJECT_BEGIN)
		return wrong_type(d, begin, "an object", err);
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		*into = *into || token_is(&key, "f:data");
		if (skip_value(d, err) < 0)
			return -1;
	}
}

/* --- objects --- */
static int decode_child(struct decoder *d, const struct token *token, const struct shape *shape, void **into,
			struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN)
		return wrong_type(d, token, "an object", err);
	if (!*into && !(*into = arena_zeroed(d->arena, 1, shape->message->size)))
		return arena_fail(d->arena, err);
	return decode_members(d, shape, *into, err);
}

static int decode_items(struct decoder *d, const struct token *token, bool *into, struct error **err)
{
	*into = true;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return wrong_type(d, token, "a list", err);
	if (!d->items)
		return skip_rest(d, token, err);
	return d->items(d->items_data, d->object, err);
}

static int decode_value(struct decoder *d, const struct shape_member *known, const struct token *token, void *into,
			struct error **err)
{
	switch (known->member->type) {
	case VALUE_TEXT:
		return decode_text(d, token, into, err);
	case VALUE_BOOL:
		return decode_bool(d, token, into, err);
	case VALUE_INT:
		return decode_int(d, token, into, err);
	case VALUE_TIME:
	case VALUE_TIME_AHEAD:
		return decode_time(d, token, known->member, into, err);
	case VALUE_TEXTS:
		return decode_texts(d, token, into, err);
	case VALUE_LABELS:
		return decode_map(d, token, into, decode_label, err);
	case VALUE_ANNOTATIONS:
		return decode_map(d, token, into, decode_annotation, err);
	case VALUE_DATA:
		return decode_map(d, token, into, decode_data_value, err);
	case VALUE_TEXT_DATA:
		return decode_map(d, token, into, decode_text_data_value, err);
	case VALUE_OWNED_FIELDS:
		return decode_owned_fields(d, token, into, err);
	case VALUE_OBJECT:
		return decode_child(d, token, known->shape, into, err);
	case VALUE_OBJECTS:
		return decode_objects(d, token, known->shape, into, err);
	case VALUE_ITEMS:
		return decode_items(d, token, into, err);
	case VALUE_INLINE:
		break; /* shapes hold none */
	}
	return 0;
}

/* The member that a key names, or NULL. */
static const struct shape_member *find_member(const struct shape *shape, const struct token *key)
{
	char name[NAME_BYTES];
	if (key->plain)
		return shape_find(shape, key->text);
	if (token_decoded_max(key) > sizeof name)
		return NULL;
	return shape_find(shape, (struct slice){ name, token_decode(key, name) });
}

static int decode_member(struct decoder *d, const struct shape_member *known, bool again, void *into,
			 struct error **err)
{
	struct token token;
	step_into(d, known->name, 0);
	if (again && fault(d, FAULT_DUPLICATE, false, SLICE("stands twice; the last one counts"), err) < 0)
		return -1;
	if (decode_take(d, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_NULL && decode_value(d, known, &token, (char *)into + known->member->offset, err) < 0)
		return -1;
	step_out(d);
	return 0;
}

static int decode_members(struct decoder *d, const struct shape *shape, void *into, struct error **err)
{
	uint64_t seen = 0;
	struct token key;
	for (;;) {
		if (decode_take(d, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		const struct shape_member *known = find_member(shape, &key);
		if (!known) {
			if (skip_value(d, err) < 0)
				return -1;
			continue;
		}
		uint64_t bit = UINT64_C(1) << (known - shape->members);
		if (decode_member(d, known, seen & bit, into, err) < 0)
			return -1;
		seen |= bit;
	}
}

int decode_object(struct decoder *d, struct object *ret_object, struct error **err)
{
	*ret_object = (struct object){ 0 };
	d->object = ret_object;
	d->path_len = 0;
	return decode_members(d, d->shape, ret_object, err);
}

void decoder_release(struct decoder *d)
{
	if (!d->object)
		return;
	struct data_value *values = d->object->data.items;
	for (size_t i = 0; i < d->object->data.len; i++)
		secret_release(&values[i].copy);
	d->object = NULL;
}
