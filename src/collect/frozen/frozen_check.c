#include "collect/frozen/frozen_check.h"

#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "model/record_json.h"

#define SHA256_DIGITS 64

int frozen_bad(const char *what, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "%s", what);
}

int frozen_later(struct slice schema, struct error **err)
{
	return error_set(err, ERROR_UNSUPPORTED, "its schema is \"%.*s\", which a later version of fother wrote",
			 SLICE_ARG(schema));
}

bool frozen_is_any(struct slice text, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_text(text, *words))
			return true;
	return false;
}

bool frozen_is_sha256(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_lower_hex(text.data[i]))
			return false;
	return text.len == SHA256_DIGITS;
}

bool frozen_is_outcome(struct slice text)
{
	static const char *const outcomes[] = { "complete", "partial", "interrupted", "failed", NULL };
	return frozen_is_any(text, outcomes);
}

static int read_object(struct json_reader *json, const struct record_type *type, struct arena *arena, void *ret_record,
		       struct error **err)
{
	struct token token;
	int got = reader_next(&json->reader, &token, err);
	if (got <= 0 || token.type != TOKEN_OBJECT_BEGIN)
		return got < 0 ? -1 : frozen_bad("no object", err);
	if (record_json_read(&json->reader, type, arena, ret_record, err) < 0)
		return -1;
	got = reader_next(&json->reader, &token, err);
	if (got == 0)
		got = reader_next_document(&json->reader, err);
	return got > 0 ? frozen_bad("something stands behind it", err) : got;
}

int frozen_document_read(struct slice text, const struct record_type *type, struct arena *arena, void *ret_record,
			 struct error **err)
{
	struct json_reader json;
	if (text.len > LIMIT_MANIFEST_BYTES)
		return error_set(err, ERROR_LIMIT, "larger than %zu bytes", LIMIT_MANIFEST_BYTES);
	json_reader_init(&json, text, 0);
	int result = read_object(&json, type, arena, ret_record, err);
	json_reader_release(&json);
	return result;
}
