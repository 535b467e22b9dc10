#include "base/yaml_reader.h"

#include <yaml.h>

#include "base/alloc.h"
#include "base/key_watch_internal.h"
#include "base/limits.h"
#include "base/yaml_scalar_internal.h"

enum state {
	STATE_START, /* before a document, or before its value */
	STATE_OPEN,  /* inside its value */
	STATE_VALUE, /* its value is complete, its end was not seen */
	STATE_DONE,
	STATE_DEAD,
};

struct level {
	bool object;
	bool key_due; /* a key or the end comes next */
};

struct yaml_reader {
	struct reader reader; /* first: readers are cast back to this */
	yaml_parser_t parser;
	yaml_event_t event; /* the one that comes next, or, when given, the one that the last token points into */
	bool has_event, given;
	enum state state;
	struct level levels[LIMIT_YAML_DEPTH];
	unsigned flags;
	struct key_watch *keys;
	size_t known_index, known_offset; /* one place, in libyaml's characters and in bytes */
	char number[YAML_NUMBER_BYTES];
};

static struct yaml_reader *yaml_of(struct reader *r)
{
	return (struct yaml_reader *)r;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* libyaml counts characters. It has checked the UTF-8 of all it counted. */
static size_t byte_offset(struct yaml_reader *yaml, size_t index)
{
	struct slice document = yaml->reader.document;
	size_t offset = yaml->known_offset;
	for (size_t i = yaml->known_index; i < index && offset < document.len; i++)
		do
			offset++;
		while (offset < document.len && is_continuation(document.data[offset]));
	for (size_t i = yaml->known_index; i > index && offset > 0; i--)
		do
			offset--;
		while (offset > 0 && is_continuation(document.data[offset]));
	yaml->known_index = index;
	yaml->known_offset = offset;
	return offset;
}

static int die_at(struct yaml_reader *yaml, size_t offset, enum error_code code, const char *problem,
		  struct error **err)
{
	char place[64];
	yaml->state = STATE_DEAD;
	yaml->reader.offset = offset;
	reader_place(&yaml->reader, offset, place);
	return *err ? error_context(err, "%s", place) : error_set(err, code, "%s: %s", place, problem);
}

/* The event that comes next is what is wrong. */
static int die(struct yaml_reader *yaml, enum error_code code, const char *problem, struct error **err)
{
	return die_at(yaml, byte_offset(yaml, yaml->event.start_mark.index), code, problem, err);
}

static int die_in_parser(struct yaml_reader *yaml, struct error **err)
{
	const yaml_parser_t *parser = &yaml->parser;
	size_t offset = parser->problem_offset;
	if (parser->error == YAML_MEMORY_ERROR)
		error_no_memory(err);
	if (parser->error != YAML_READER_ERROR)
		offset = byte_offset(yaml, parser->problem_mark.index);
	return die_at(yaml, offset, ERROR_SYNTAX, parser->problem ? parser->problem : "not YAML", err);
}

static void drop_event(struct yaml_reader *yaml)
{
	if (yaml->has_event)
		yaml_event_delete(&yaml->event);
	yaml->has_event = false;
}

/* Makes yaml->event the one that comes next. */
static int peek(struct yaml_reader *yaml, struct error **err)
{
	if (yaml->has_event && !yaml->given)
		return 0;
	drop_event(yaml);
	if (!yaml_parser_parse(&yaml->parser, &yaml->event))
		return die_in_parser(yaml, err);
	yaml->has_event = true;
	yaml->given = false;
	return 0;
}

/* What the event holds stays valid until the next peek. */
static void give(struct yaml_reader *yaml)
{
	yaml->given = true;
	yaml->reader.offset = byte_offset(yaml, yaml->event.end_mark.index);
}

static struct level *innermost(struct yaml_reader *yaml)
{
	return yaml->reader.depth > 0 ? &yaml->levels[yaml->reader.depth - 1] : NULL;
}

static bool key_is_due(struct yaml_reader *yaml)
{
	struct level *level = innermost(yaml);
	return level && level->object && level->key_due;
}

static void set_key_due(struct yaml_reader *yaml, bool due)
{
	struct level *level = innermost(yaml);
	if (level)
		level->key_due = due;
}

static void value_ended(struct yaml_reader *yaml)
{
	set_key_due(yaml, true);
	yaml->state = yaml->reader.depth > 0 ? STATE_OPEN : STATE_VALUE;
}

/* The name of a core tag behind tag:yaml.org,2002:, "" for no tag, NULL for a foreign one. "!" says "as its kind of
 * node says", which for a scalar is a string. */
static const char *core_tag(const yaml_char_t *tag, const char *kind)
{
	static const char *const core[] = { "str", "int", "float", "bool", "null", "map", "seq" };
	struct slice text = slice_of((const char *)tag);
	if (!text.data)
		return "";
	if (slice_equal_text(text, "!"))
		return kind;
	for (size_t i = 0; i < sizeof core / sizeof *core; i++)
		if (slice_starts_with(text, "tag:yaml.org,2002:") &&
		    slice_equal_text(slice_part(text, 18, text.len), core[i]))
			return core[i];
	return NULL;
}

/* The scalar, resolved without a tag, is of the type that its tag names. */
static bool type_fits(const struct token *token, const char *tag)
{
	switch (token->type) {
	case TOKEN_NULL:
		return strcmp(tag, "null") == 0;
	case TOKEN_BOOL:
		return strcmp(tag, "bool") == 0;
	case TOKEN_NUMBER:
		return strcmp(tag, "float") == 0 || (strcmp(tag, "int") == 0 && !strpbrk(token->text.data, ".e"));
	default:
		return false;
	}
}

static int read_scalar(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	struct slice text = { (const char *)yaml->event.data.scalar.value, yaml->event.data.scalar.length };
	const char *tag = core_tag(yaml->event.data.scalar.tag, "str");
	token->plain = true;
	if (yaml->event.data.scalar.anchor)
		return die(yaml, ERROR_UNSUPPORTED, "an anchor", err);
	if (!tag)
		return die(yaml, ERROR_UNSUPPORTED, "a tag that is not of YAML's core", err);
	token->type = TOKEN_STRING;
	token->text = text;
	if (strcmp(tag, "str") == 0 || (!*tag && !yaml->event.data.scalar.plain_implicit))
		return 0;
	if (!yaml_scalar_resolve(text, yaml->number, token))
		return die(yaml, ERROR_UNSUPPORTED, "a number that JSON does not have", err);
	if (*tag && !type_fits(token, tag))
		return die(yaml, ERROR_SYNTAX, "a value that its tag does not fit", err);
	return 0;
}

static int watch_key(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	if (!(yaml->flags & READER_DUPLICATES))
		return 0;
	if (!yaml->keys && !(yaml->keys = key_watch_new(true)))
		return error_no_memory(err);
	return key_watch_add(yaml->keys, yaml->reader.depth, token, err);
}

static bool is_merge_key(const yaml_event_t *event)
{
	return event->data.scalar.plain_implicit && strcmp((const char *)event->data.scalar.value, "<<") == 0;
}

/* Keys that are numbers or booleans are named as JSON writes them. */
static int next_key(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	if (yaml->event.type != YAML_SCALAR_EVENT)
		return die(yaml, ERROR_UNSUPPORTED, "a key that is an object or array", err);
	if (is_merge_key(&yaml->event))
		return die(yaml, ERROR_UNSUPPORTED, "a merge key", err);
	if (read_scalar(yaml, token, err) < 0)
		return -1;
	if (token->type == TOKEN_NULL)
		return die(yaml, ERROR_UNSUPPORTED, "a key that is null", err);
	if (token->type == TOKEN_BOOL)
		token->text = slice_of(token->boolean ? "true" : "false");
	token->type = TOKEN_KEY;
	token->boolean = false;
	if (watch_key(yaml, token, err) < 0)
		return die(yaml, ERROR_LIMIT, NULL, err);
	set_key_due(yaml, false);
	return 1;
}

static int next_scalar(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	if (read_scalar(yaml, token, err) < 0)
		return -1;
	value_ended(yaml);
	return 1;
}

static int next_open(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	bool object = yaml->event.type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *anchor = object ? yaml->event.data.mapping_start.anchor
					   : yaml->event.data.sequence_start.anchor;
	const yaml_char_t *given = object ? yaml->event.data.mapping_start.tag : yaml->event.data.sequence_start.tag;
	const char *kind = object ? "map" : "seq", *tag = core_tag(given, kind);
	if (anchor)
		return die(yaml, ERROR_UNSUPPORTED, "an anchor", err);
	if (!tag || (*tag && strcmp(tag, kind) != 0))
		return die(yaml, ERROR_UNSUPPORTED, "a tag that is not of YAML's core", err);
	if (yaml->reader.depth >= LIMIT_YAML_DEPTH)
		return die(yaml, ERROR_LIMIT, "nested too deeply", err);
	yaml->levels[yaml->reader.depth++] = (struct level){ .object = object, .key_due = true };
	yaml->state = STATE_OPEN;
	token->type = object ? TOKEN_OBJECT_BEGIN : TOKEN_ARRAY_BEGIN;
	return 1;
}

static int next_end(struct yaml_reader *yaml, struct token *token)
{
	token->type = yaml->event.type == YAML_MAPPING_END_EVENT ? TOKEN_OBJECT_END : TOKEN_ARRAY_END;
	if (yaml->keys)
		key_watch_leave(yaml->keys, yaml->reader.depth);
	yaml->reader.depth--;
	value_ended(yaml);
	return 1;
}

static bool is_end(const yaml_event_t *event)
{
	return event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT ||
	       event->type == YAML_DOCUMENT_END_EVENT;
}

static int next_token(struct yaml_reader *yaml, struct token *token, struct error **err)
{
	if (yaml->event.type == YAML_ALIAS_EVENT)
		return die(yaml, ERROR_UNSUPPORTED, "an alias", err);
	if (is_end(&yaml->event))
		return next_end(yaml, token);
	if (key_is_due(yaml))
		return next_key(yaml, token, err);
	if (yaml->event.type == YAML_SCALAR_EVENT)
		return next_scalar(yaml, token, err);
	return next_open(yaml, token, err);
}

/* Peeks at a document's start or the end of all. */
static int peek_document(struct yaml_reader *yaml, struct error **err)
{
	if (peek(yaml, err) < 0)
		return -1;
	if (yaml->event.type != YAML_STREAM_START_EVENT)
		return 0;
	yaml->given = true;
	return peek(yaml, err);
}

/* Peeks at the first event of the value that a document starts with, and at any other inside it. */
static int peek_inside(struct yaml_reader *yaml, struct error **err)
{
	if (yaml->state == STATE_DEAD)
		return error_set(err, ERROR_SYNTAX, "the document was given up after an error");
	if (yaml->state != STATE_START)
		return peek(yaml, err);
	if (peek_document(yaml, err) < 0)
		return -1;
	if (yaml->event.type == YAML_STREAM_END_EVENT)
		return die(yaml, ERROR_SYNTAX, "there is no document", err);
	yaml->given |= yaml->event.type == YAML_DOCUMENT_START_EVENT;
	return peek(yaml, err);
}

static int yaml_next(struct reader *r, struct token *ret_token, struct error **err)
{
	struct yaml_reader *yaml = yaml_of(r);
	if (yaml->state == STATE_DONE)
		return 0;
	if (peek_inside(yaml, err) < 0)
		return -1;
	if (yaml->state == STATE_VALUE) { /* a document's value is followed by its end, or the parser had failed */
		give(yaml);
		yaml->state = STATE_DONE;
		return 0;
	}
	*ret_token = (struct token){ .offset = byte_offset(yaml, yaml->event.start_mark.index) };
	if (next_token(yaml, ret_token, err) < 0)
		return -1;
	give(yaml);
	return 1;
}

static int yaml_skip(struct reader *r, struct error **err)
{
	struct yaml_reader *yaml = yaml_of(r);
	struct token token;
	unsigned depth = r->depth;
	if (yaml->state == STATE_DONE)
		return 0;
	if (peek_inside(yaml, err) < 0)
		return -1;
	if (is_end(&yaml->event))
		return 0;
	if (key_is_due(yaml) && yaml_next(r, &token, err) < 0)
		return -1;
	do
		if (yaml_next(r, &token, err) < 0)
			return -1;
	while (r->depth > depth);
	return 0;
}

static int yaml_next_document(struct reader *r, struct error **err)
{
	struct yaml_reader *yaml = yaml_of(r);
	if (yaml->state == STATE_DEAD)
		return error_set(err, ERROR_SYNTAX, "the document was given up after an error");
	if (yaml->state != STATE_START && yaml->state != STATE_DONE)
		return die_at(yaml, r->offset, ERROR_SYNTAX, "the document is not complete", err);
	if (peek_document(yaml, err) < 0)
		return -1;
	if (yaml->event.type == YAML_STREAM_END_EVENT)
		return 0;
	yaml->state = STATE_START;
	return 1;
}

static const struct reader_ops YAML_OPS = {
	.lines = true,
	.next = yaml_next,
	.skip_value = yaml_skip,
	.next_document = yaml_next_document,
};

/* Wherever they stand: what looks like one inside a text counts too. */
static size_t count_tag_directives(struct slice document)
{
	size_t count = 0;
	const char *found;
	while (document.len > 0 && (found = memmem(document.data, document.len, "%TAG", 4))) {
		document = slice_part(document, (size_t)(found - document.data) + 4, document.len);
		count++;
	}
	return count;
}

static int check_limits(struct slice document, struct error **err)
{
	if (document.len > LIMIT_YAML_BYTES)
		return error_set(err, ERROR_LIMIT, "YAML of more than %zu MiB", LIMIT_YAML_BYTES / LIMIT_MIB);
	if (count_tag_directives(document) > LIMIT_YAML_TAG_DIRECTIVES)
		return error_set(err, ERROR_LIMIT, "YAML with more than %d %%TAG directives",
				 LIMIT_YAML_TAG_DIRECTIVES);
	return 0;
}

struct yaml_reader *yaml_reader_new(struct slice document, unsigned flags, struct error **err)
{
	CLEANUP(yaml_reader_freep) struct yaml_reader *yaml = NULL;
	if (!(flags & READER_PART) && check_limits(document, err) < 0)
		return NULL;
	yaml = mem_alloc_zeroed(1, sizeof *yaml);
	if (!yaml || !yaml_parser_initialize(&yaml->parser)) {
		error_no_memory(err);
		return NULL;
	}
	yaml->reader = (struct reader){ .ops = &YAML_OPS, .document = document };
	yaml->flags = flags;
	/* Told, not guessed: otherwise a UTF-16 mark would have libyaml count in another text than the document. */
	yaml_parser_set_encoding(&yaml->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&yaml->parser, (const unsigned char *)(document.data ? document.data : ""),
				     document.len);
	return TAKE_PTR(yaml);
}

struct reader *yaml_reader_reader(struct yaml_reader *yaml)
{
	return &yaml->reader;
}

struct yaml_reader *yaml_reader_free(struct yaml_reader *yaml)
{
	if (!yaml)
		return NULL;
	drop_event(yaml);
	yaml_parser_delete(&yaml->parser);
	key_watch_free(yaml->keys);
	return mem_free(yaml);
}

void yaml_reader_freep(struct yaml_reader **yaml)
{
	*yaml = yaml_reader_free(*yaml);
}
