#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "store/store_internal.h"

static void encode_hex(struct slice bytes, struct json_writer *w)
{
	static const char digits[] = "0123456789abcdef";
	CLEANUP(strbuf_release) struct strbuf hex = STRBUF_INIT(LIMIT_ROW_BYTES);
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.data[i];
		strbuf_add_char(&hex, digits[byte >> 4]);
		strbuf_add_char(&hex, digits[byte & 15]);
	}
	if (hex.failure)
		w->out->failure = hex.failure;
	json_object_begin(w);
	json_key(w, "hex");
	json_text(w, (struct slice){ strbuf_text(&hex), hex.len });
	json_object_end(w);
}

void texts_encode(struct slice_list texts, struct strbuf *out)
{
	struct json_writer w = { .out = out };
	json_array_begin(&w);
	for (size_t i = 0; i < texts.len; i++) {
		if (texts.items[i].data && !utf8_valid(texts.items[i]))
			encode_hex(texts.items[i], &w);
		else
			json_text(&w, texts.items[i]);
	}
	json_array_end(&w);
}

static int damaged(struct error **err)
{
	return error_set(err, ERROR_STORE, "a list in the store is not as fother writes it");
}

static int lower_hex_value(char digit)
{
	return ascii_is_lower_hex(digit) ? ascii_hex_value(digit) : -1;
}

static int decode_hex(struct slice hex, struct arena *arena, struct slice *ret_bytes, struct error **err)
{
	char *bytes = arena_bytes(arena, hex.len / 2 + 1);
	if (!bytes)
		return arena_fail(arena, err);
	if (hex.len % 2)
		return damaged(err);
	for (size_t i = 0; i < hex.len / 2; i++) {
		int high = lower_hex_value(hex.data[2 * i]), low = lower_hex_value(hex.data[2 * i + 1]);
		if (high < 0 || low < 0)
			return damaged(err);
		bytes[i] = (char)(high << 4 | low);
	}
	bytes[hex.len / 2] = 0;
	*ret_bytes = (struct slice){ bytes, hex.len / 2 };
	return 0;
}

/* The rest of {"hex":"..."}. */
static int decode_object(struct reader *reader, struct arena *arena, struct slice *ret_text, struct error **err)
{
	struct token key, value, end;
	if (reader_next(reader, &key, err) < 0 || reader_next(reader, &value, err) < 0 ||
	    reader_next(reader, &end, err) < 0)
		return -1;
	if (key.type != TOKEN_KEY || !token_is(&key, "hex") || value.type != TOKEN_STRING ||
	    end.type != TOKEN_OBJECT_END)
		return damaged(err);
	return decode_hex(value.text, arena, ret_text, err);
}

static int decode_item(struct reader *reader, const struct token *token, struct arena *arena, struct slice *ret_text,
		       struct error **err)
{
	switch (token->type) {
	case TOKEN_NULL:
		*ret_text = SLICE_NONE;
		return 0;
	case TOKEN_STRING:
		return token_copy(token, arena, ret_text, err);
	case TOKEN_OBJECT_BEGIN:
		return decode_object(reader, arena, ret_text, err);
	default:
		return damaged(err);
	}
}

/* An item takes a separator, so there is at most one more of them than commas. */
static size_t items_at_most(struct slice json)
{
	size_t count = 1;
	for (size_t i = 0; i < json.len; i++)
		count += json.data[i] == ',';
	return count;
}

static int decode_array(struct reader *reader, struct arena *arena, struct slice *items, size_t *ret_len,
			struct error **err)
{
	struct token token;
	size_t len = 0;
	int got = reader_next(reader, &token, err);
	if (got < 0)
		return -1;
	if (!got || token.type != TOKEN_ARRAY_BEGIN)
		return damaged(err);
	while ((got = reader_next(reader, &token, err)) > 0 && token.type != TOKEN_ARRAY_END)
		if (decode_item(reader, &token, arena, &items[len++], err) < 0)
			return -1;
	*ret_len = len;
	return got > 0 ? 0 : got < 0 ? -1 : damaged(err);
}

int texts_decode(struct slice json, struct arena *arena, struct slice_list *ret_texts, struct error **err)
{
	struct slice *items = arena_zeroed(arena, items_at_most(json), sizeof *items);
	struct json_reader reader;
	size_t len = 0;
	if (!items)
		return arena_fail(arena, err);
	if (slice_equal_text(json, "[]")) {
		*ret_texts = (struct slice_list){ items, 0 };
		return 0;
	}
	json_reader_init(&reader, json, 0);
	int result = decode_array(&reader.reader, arena, items, &len, err);
	json_reader_release(&reader);
	if (result < 0)
		return -1;
	*ret_texts = (struct slice_list){ items, len };
	return 0;
}
