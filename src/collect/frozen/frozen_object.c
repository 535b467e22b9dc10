#include "collect/frozen/frozen_object.h"

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "collect/frozen/frozen_format.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

struct walk {
	struct reader *reader;
	const struct frozen_rules *rules;
	struct arena *scratch;
	struct strbuf *out;
	bool comma;   /* one is due before the next key or value */
	bool changed; /* what the records could be made of */
};

static int take(struct walk *w, struct token *ret_token, struct error **err)
{
	int got = reader_next(w->reader, ret_token, err);
	return got > 0 ? 0 : got < 0 ? -1 : error_set(err, ERROR_SYNTAX, "the object is not complete");
}

static bool opens(const struct token *token)
{
	return token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
}

/* The rest of what `token` opened. */
static int pass_over(struct walk *w, const struct token *token, struct error **err)
{
	return opens(token) ? reader_leave(w->reader, w->reader->depth - 1, err) : 0;
}

/* --- writing --- */
static void separate(struct walk *w)
{
	if (w->comma)
		strbuf_add_char(w->out, ',');
	w->comma = false;
}

static void add_bracket(struct walk *w, enum token_type type)
{
	bool begins = type == TOKEN_OBJECT_BEGIN || type == TOKEN_ARRAY_BEGIN;
	bool object = type == TOKEN_OBJECT_BEGIN || type == TOKEN_OBJECT_END;
	if (begins)
		separate(w);
	strbuf_add_char(w->out, begins ? (object ? '{' : '[') : (object ? '}' : ']'));
	w->comma = !begins;
}

/* A key or a text as it stands in the document. */
static void add_quoted(struct walk *w, const struct token *token)
{
	separate(w);
	strbuf_add_char(w->out, '"');
	strbuf_add_slice(w->out, token->text);
	strbuf_add_char(w->out, '"');
	if (token->type == TOKEN_KEY)
		strbuf_add_char(w->out, ':');
	w->comma = token->type != TOKEN_KEY;
}

static void add_word(struct walk *w, struct slice word)
{
	separate(w);
	strbuf_add_slice(w->out, word);
	w->comma = true;
}

static int add_masked(struct walk *w, const struct token *token, struct error **err)
{
	struct slice text = token->text, masked;
	if (!token->plain && token_copy(token, w->scratch, &text, err) < 0)
		return -1;
	if (w->rules->mask(text, w->scratch, &masked, err) < 0)
		return -1;
	if (slice_equal(text, masked)) {
		add_quoted(w, token);
		return 0;
	}
	struct json_writer json = { .out = w->out };
	separate(w);
	json_text(&json, masked);
	if (token->type == TOKEN_KEY)
		strbuf_add_char(w->out, ':');
	w->comma = token->type != TOKEN_KEY;
	w->changed = true;
	return 0;
}

static int add_token(struct walk *w, const struct token *token, struct error **err)
{
	switch (token->type) {
	case TOKEN_NULL:
		add_word(w, SLICE("null"));
		return 0;
	case TOKEN_BOOL:
		add_word(w, token->boolean ? SLICE("true") : SLICE("false"));
		return 0;
	case TOKEN_NUMBER:
		add_word(w, token->text);
		return 0;
	case TOKEN_STRING:
	case TOKEN_KEY:
		return add_masked(w, token, err);
	case TOKEN_OBJECT_BEGIN:
	case TOKEN_OBJECT_END:
	case TOKEN_ARRAY_BEGIN:
	case TOKEN_ARRAY_END:
		add_bracket(w, token->type);
		return 0;
	}
	return 0;
}

/* --- values --- */
/* The annotation and its value. One that is no text would have been told as wrong. */
static int drop_last_applied(struct walk *w, struct error **err)
{
	struct token value;
	if (take(w, &value, err) < 0)
		return -1;
	w->changed = w->changed || value.type != TOKEN_STRING;
	return pass_over(w, &value, err);
}

/* One value, unread. */
static int add_null(struct walk *w, enum token_type *ret_type, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	*ret_type = token.type;
	add_word(w, SLICE("null"));
	return pass_over(w, &token, err);
}

/* A member whose key was taken: writes it, or leaves it out. */
typedef int (*copy_member_function)(struct walk *w, const struct token *key, struct error **err);

/* An object, whose brace was taken, member by member; the brace that closes it is not written. */
static int copy_open(struct walk *w, copy_member_function copy, struct error **err)
{
	struct token key;
	add_bracket(w, TOKEN_OBJECT_BEGIN);
	for (;;) {
		if (take(w, &key, err) < 0)
			return -1;
		if (key.type == TOKEN_OBJECT_END)
			return 0;
		if (copy(w, &key, err) < 0)
			return -1;
	}
}

static int copy_members(struct walk *w, copy_member_function copy, struct error **err)
{
	if (copy_open(w, copy, err) < 0)
		return -1;
	add_bracket(w, TOKEN_OBJECT_END);
	return 0;
}

static int copy_key_alone(struct walk *w, const struct token *key, struct error **err)
{
	enum token_type type;
	add_quoted(w, key);
	return add_null(w, &type, err);
}

/* The values of a map. */
static int copy_keys(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return copy_members(w, copy_key_alone, err);
	add_word(w, SLICE("null"));
	return pass_over(w, &token, err);
}

static int copy_value(struct walk *w, struct error **err);
static int copy_from(struct walk *w, const struct token *first, struct error **err);

/* --- annotations --- */
static int copy_annotation(struct walk *w, const struct token *key, struct error **err)
{
	struct slice name = key->text;
	enum token_type type;
	if (token_is(key, LAST_APPLIED))
		return drop_last_applied(w, err);
	if (!key->plain && token_copy(key, w->scratch, &name, err) < 0)
		return -1;
	add_quoted(w, key);
	bool kept = !w->rules->annotation_kept || w->rules->annotation_kept(name);
	if (kept && w->rules->annotation_kept && !w->rules->is_secret)
		return copy_value(w, err);
	if (add_null(w, &type, err) < 0)
		return -1;
	/* One that is no text would have been told as wrong. */
	w->changed = w->changed || kept || (type != TOKEN_STRING && type != TOKEN_NULL);
	return 0;
}

/* In place of what is of another shape than it should be, which would have been told as wrong. */
static int add_null_for(struct walk *w, const struct token *token, struct error **err)
{
	w->changed = w->changed || token->type != TOKEN_NULL;
	add_word(w, SLICE("null"));
	return pass_over(w, token, err);
}

static int copy_annotations(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return add_null_for(w, &token, err);
	return copy_members(w, copy_annotation, err);
}

/* --- what has names and values --- */
/* Of an item of env or httpHeaders: {"name": ..., "value": ...}. */
static int copy_pair_member(struct walk *w, const struct token *key, struct error **err)
{
	if (token_is(key, "value"))
		return copy_key_alone(w, key, err);
	add_quoted(w, key);
	return copy_value(w, err);
}

static int copy_pair(struct walk *w, const struct token *first, struct error **err)
{
	bool is_object = first->type == TOKEN_OBJECT_BEGIN;
	return is_object ? copy_members(w, copy_pair_member, err) : add_null_for(w, first, err);
}

static int copy_pairs(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_ARRAY_BEGIN)
		return copy_from(w, &token, err); /* a label of that name */
	add_bracket(w, token.type);
	for (;;) {
		if (take(w, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			break;
		if (copy_pair(w, &token, err) < 0)
			return -1;
	}
	add_bracket(w, token.type);
	return 0;
}

/* --- any value --- */
static bool is_any(const struct token *key, const char *const *names)
{
	for (; *names; names++)
		if (token_is(key, *names))
			return true;
	return false;
}

typedef int (*copy_function)(struct walk *w, struct error **err);

/* How the value of a key is copied that promises more values; NULL: like any other. */
static copy_function promised(const struct token *key)
{
	static const char *const pairs[] = { "env", "httpHeaders", NULL };
	if (token_is(key, "annotations"))
		return copy_annotations;
	return is_any(key, pairs) ? copy_pairs : NULL;
}

static int copy_key(struct walk *w, const struct token *key, struct error **err)
{
	copy_function copy = promised(key);
	if (token_is(key, LAST_APPLIED))
		return drop_last_applied(w, err);
	if (add_token(w, key, err) < 0)
		return -1;
	return copy ? copy(w, err) : 0;
}

/* A value, of which the first token was taken, with all that it holds. */
static int copy_from(struct walk *w, const struct token *first, struct error **err)
{
	unsigned depth = w->reader->depth - opens(first);
	struct token token;
	if (add_token(w, first, err) < 0)
		return -1;
	while (w->reader->depth > depth) {
		if (take(w, &token, err) < 0)
			return -1;
		if ((token.type == TOKEN_KEY ? copy_key(w, &token, err) : add_token(w, &token, err)) < 0)
			return -1;
	}
	return 0;
}

static int copy_value(struct walk *w, struct error **err)
{
	struct token token;
	return take(w, &token, err) < 0 ? -1 : copy_from(w, &token, err);
}

/* A text that says which object it is. */
static int copy_identity(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_STRING) {
		add_quoted(w, &token);
		return 0;
	}
	w->changed = true; /* no server sends it so: what it was is not needed */
	add_word(w, SLICE("null"));
	return pass_over(w, &token, err);
}

/* --- members --- */
/* A member that nobody reads. */
static int drop(struct walk *w, struct error **err)
{
	struct token value;
	return take(w, &value, err) < 0 ? -1 : pass_over(w, &value, err);
}

static int copy_metadata_member(struct walk *w, const struct token *key, struct error **err)
{
	static const char *const identity[] = { "name", "namespace", "uid", "resourceVersion", NULL };
	static const char *const of_secret[] = { "annotations",
						 "creationTimestamp",
						 "deletionGracePeriodSeconds",
						 "deletionTimestamp",
						 "finalizers",
						 "generateName",
						 "generation",
						 "labels",
						 "managedFields",
						 "ownerReferences",
						 "selfLink",
						 NULL };
	if (w->rules->is_secret && !is_any(key, identity) && !is_any(key, of_secret))
		return drop(w, err);
	add_quoted(w, key);
	if (is_any(key, identity))
		return copy_identity(w, err);
	return token_is(key, "annotations") ? copy_annotations(w, err) : copy_value(w, err);
}

static int copy_metadata(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_OBJECT_BEGIN)
		return copy_members(w, copy_metadata_member, err);
	w->changed = true;
	add_word(w, SLICE("null"));
	return pass_over(w, &token, err);
}

static int copy_member(struct walk *w, const struct token *key, struct error **err)
{
	static const char *const identity[] = { "kind", "apiVersion", NULL };
	static const char *const values[] = { "data", "stringData", "binaryData", NULL };
	static const char *const of_secret[] = { "type", "immutable", NULL };
	bool has_values = is_any(key, values), is_metadata = token_is(key, "metadata"),
	     is_identity = is_any(key, identity);
	bool known = has_values || is_metadata || is_identity || is_any(key, of_secret);
	if (token_is(key, FROZEN_MEMBER) || (w->rules->is_secret && !known))
		return drop(w, err);
	add_quoted(w, key);
	if (has_values) {
		w->changed = true;
		return copy_keys(w, err);
	}
	if (is_metadata)
		return copy_metadata(w, err);
	if (is_identity)
		return copy_identity(w, err);
	copy_function copy = promised(key);
	return copy ? copy(w, err) : copy_value(w, err);
}

static int copy_object(struct walk *w, struct error **err)
{
	struct token token;
	if (take(w, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "an item that is no object");
	if (copy_open(w, copy_member, err) < 0)
		return -1;
	int more = reader_next_document(w->reader, err);
	return more > 0 ? error_set(err, ERROR_SYNTAX, "something stands behind the object") : more;
}

int frozen_object_add(struct slice raw_json, const struct frozen_rules *rules, struct arena *scratch,
		      struct strbuf *out, bool *ret_changed, struct error **err)
{
	struct json_reader json;
	json_reader_init(&json, raw_json, READER_GO);
	struct walk walk = { .reader = &json.reader, .rules = rules, .scratch = scratch, .out = out };
	int result = copy_object(&walk, err);
	json_reader_release(&json);
	if (result == 0 && strbuf_failed(out, err))
		result = -1;
	if (result == 0)
		*ret_changed = walk.changed;
	return result;
}
