#include "token_trace.h"

#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/yaml_reader.h"

static void add_text(struct strbuf *out, const char *name, const struct token *token)
{
	char *text = mem_alloc(token_decoded_max(token) + 1);
	size_t len = token_decode(token, text);
	strbuf_addf(out, "%s(", name);
	strbuf_add(out, text, len);
	strbuf_addf(out, ")%s%s", token->duplicate ? "!" : "", token->replaced ? "?" : "");
	mem_free(text);
}

static void add_token(struct strbuf *out, const struct token *token)
{
	switch (token->type) {
	case TOKEN_NULL:
		strbuf_add_text(out, "null");
		break;
	case TOKEN_BOOL:
		strbuf_add_text(out, token->boolean ? "true" : "false");
		break;
	case TOKEN_NUMBER:
		add_text(out, "num", token);
		break;
	case TOKEN_STRING:
		add_text(out, "str", token);
		break;
	case TOKEN_KEY:
		add_text(out, "key", token);
		break;
	case TOKEN_OBJECT_BEGIN:
	case TOKEN_OBJECT_END:
		strbuf_add_char(out, token->type == TOKEN_OBJECT_BEGIN ? '{' : '}');
		break;
	case TOKEN_ARRAY_BEGIN:
	case TOKEN_ARRAY_END:
		strbuf_add_char(out, token->type == TOKEN_ARRAY_BEGIN ? '[' : ']');
		break;
	}
}

static int fail(struct strbuf *out, struct error *error)
{
	strbuf_addf(out, "%serror: %s", out->len ? " " : "", error->message);
	error_free(error);
	return -1;
}

int trace_tokens(struct reader *r, struct strbuf *out)
{
	struct error *error = NULL;
	struct token token;
	int more = 1;
	while (more > 0) {
		int got;
		while ((got = reader_next(r, &token, &error)) > 0) {
			if (out->len)
				strbuf_add_char(out, ' ');
			add_token(out, &token);
		}
		if (got < 0)
			return fail(out, error);
		more = reader_next_document(r, &error);
		if (more > 0)
			strbuf_add_text(out, " |");
	}
	return more < 0 ? fail(out, error) : 0;
}

static char *exact_copy(struct slice text)
{
	char *copy = mem_alloc(text.len);
	memcpy(copy, text.data, text.len);
	return copy;
}

const char *trace_json(struct slice text, unsigned flags)
{
	static struct strbuf out = STRBUF_INIT(64 * LIMIT_MIB);
	struct json_reader json;
	char *copy = exact_copy(text);
	strbuf_clear(&out);
	json_reader_init(&json, (struct slice){ copy, text.len }, flags);
	trace_tokens(&json.reader, &out);
	json_reader_release(&json);
	mem_free(copy);
	return strbuf_text(&out);
}

const char *trace_yaml(struct slice text, unsigned flags)
{
	static struct strbuf out = STRBUF_INIT(64 * LIMIT_MIB);
	struct error *error = NULL;
	char *copy = exact_copy(text);
	struct yaml_reader *yaml = yaml_reader_new((struct slice){ copy, text.len }, flags, &error);
	strbuf_clear(&out);
	if (yaml)
		trace_tokens(yaml_reader_reader(yaml), &out);
	else
		fail(&out, error);
	yaml_reader_free(yaml);
	mem_free(copy);
	return strbuf_text(&out);
}
