#include "kube/object/decode_internal.h"

#include "base/limits.h"
#include "base/strbuf.h"

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

int decode_skip(struct decoder *d, struct error **err)
{
	return reader_skip(d->reader, err) < 0 ? document_died(d, err) : 0;
}

int decode_skip_rest(struct decoder *d, const struct token *token, struct error **err)
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

/* One that is too long is cut off. */
static int pointer_of(struct decoder *d, struct slice *ret_pointer, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	for (unsigned i = 0; i < d->path_len; i++) {
		strbuf_add_char(&text, '/');
		if (d->path[i].name.data)
			add_pointer_name(&text, d->path[i].name);
		else
			strbuf_add_int(&text, (long long)d->path[i].index);
	}
	if (text.failure == ERROR_NO_MEMORY)
		return error_no_memory(err);
	return arena_copy(d->arena, strbuf_slice(&text), ret_pointer) < 0 ? arena_fail(d->arena, err) : 0;
}

int decode_fault(struct decoder *d, const char *code, bool fatal, struct slice message, struct error **err)
{
	d->fatal = d->fatal || fatal;
	if (d->fault_count == DECODE_FAULTS)
		return 0;
	struct fault *added = &d->faults[d->fault_count];
	*added = (struct fault){ .code = code, .fatal = fatal, .message = message };
	if (pointer_of(d, &added->pointer, err) < 0)
		return -1;
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

int decode_wrong_type(struct decoder *d, const struct token *token, const char *expected, struct error **err)
{
	struct slice message = arena_printf(d->arena, "%s stands where %s is expected", token_name(token), expected);
	if (!message.data)
		return arena_fail(d->arena, err);
	return decode_fault(d, FAULT_TYPE, true, message, err) < 0 ? -1 : decode_skip_rest(d, token, err);
}
