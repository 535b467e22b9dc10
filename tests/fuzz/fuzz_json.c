/* JSON: next and skip, with each flag, agree on what is a document and where it ends; tokens decode within their room.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_reader.h"

static void use_token(const struct token *token)
{
	long long number;
	char *out = mem_alloc(token_decoded_max(token));
	size_t len = token_decode(token, out);
	if (len > token_decoded_max(token))
		abort();
	if (token->plain && token->type == TOKEN_STRING && len != token->text.len)
		abort();
	token_int(token, &number);
	token_is(token, "image");
	mem_free(out);
}

/* The end of all documents, or of what could be read; *ret_good: no error. */
static size_t read_all(struct slice text, unsigned flags, bool skip, bool *ret_good)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	int got, more;
	json_reader_init(&json, text, flags);
	do {
		got = skip ? reader_skip(&json.reader, &error) : 1;
		while (got >= 0 && (got = reader_next(&json.reader, &token, &error)) > 0)
			use_token(&token);
		more = got < 0 ? got : reader_next_document(&json.reader, &error);
	} while (more > 0);
	if ((more < 0) != (error != NULL) || json.reader.offset > text.len || (more == 0 && json.reader.depth != 0))
		abort();
	error_free(error);
	json_reader_release(&json);
	*ret_good = more == 0;
	return json.reader.offset;
}

/* Bytes of the input choose, token by token, between going on, skipping and leaving. */
static void read_mixed(struct slice text, unsigned flags)
{
	struct json_reader json;
	struct token token;
	struct error *error = NULL;
	int got = 1;
	json_reader_init(&json, text, flags);
	for (size_t i = 0; got > 0 && text.len > 0; i = (i + 1) % text.len) {
		unsigned char choice = (unsigned char)text.data[i];
		if (choice % 4 == 0)
			got = reader_skip(&json.reader, &error) < 0 ? -1 : 1;
		if (got > 0 && choice % 16 == 1)
			got = reader_leave(&json.reader, json.reader.depth / 2, &error) < 0 ? -1 : 1;
		if (got > 0)
			got = reader_next(&json.reader, &token, &error);
	}
	error_free(error);
	json_reader_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	bool skip_good, next_good, go_good;
	size_t skip_end = read_all(text, 0, true, &skip_good);
	size_t next_end = read_all(text, READER_DUPLICATES, false, &next_good);
	if (skip_good != next_good || skip_end != next_end)
		abort();
	read_all(text, READER_DUPLICATES | READER_GO, false, &go_good);
	if (next_good && !go_good) /* Go takes more, never less */
		abort();
	read_mixed(text, READER_DUPLICATES | READER_GO);
	return 0;
}
