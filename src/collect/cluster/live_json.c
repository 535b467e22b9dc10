#include "collect/cluster/live_json.h"

#include "base/json_reader.h"

int live_json_member(struct reader *reader, const char *name, struct token *ret_value, struct error **err)
{
	struct token key;
	int got;
	while ((got = reader_next(reader, &key, err)) > 0 && key.type == TOKEN_KEY) {
		if (token_is(&key, name))
			return reader_next(reader, ret_value, err);
		if (reader_skip(reader, err) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* 1: the first token of the value at the names. */
static int find(struct reader *reader, const char *const *names, struct token *ret_value, struct error **err)
{
	int got = reader_next(reader, ret_value, err);
	for (; got > 0 && *names; names++)
		got = ret_value->type == TOKEN_OBJECT_BEGIN ? live_json_member(reader, *names, ret_value, err) : 0;
	return got;
}

int live_json_text(struct slice document, const char *const *names, struct arena *arena, struct slice *ret_text,
		   struct error **err)
{
	CLEANUP(error_freep) struct error *broken = NULL;
	CLEANUP(json_reader_release) struct json_reader json;
	struct token value;
	json_reader_init(&json, document, 0);
	if (find(&json.reader, names, &value, &broken) <= 0 || value.type != TOKEN_STRING)
		return 0;
	return token_copy(&value, arena, ret_text, err) < 0 ? -1 : 1;
}
