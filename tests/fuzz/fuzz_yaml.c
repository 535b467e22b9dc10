/* YAML: next and skip agree on what is a document and where it ends; tokens hold what they say. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json_reader.h"
#include "base/yaml_reader.h"

/* A number must be one of JSON. */
static void check_number(const struct token *token)
{
	struct json_reader json;
	struct token number;
	struct error *error = NULL;
	json_reader_init(&json, token->text, 0);
	if (reader_next(&json.reader, &number, &error) != 1 || number.type != TOKEN_NUMBER ||
	    number.text.len != token->text.len)
		abort();
	json_reader_release(&json);
}

static size_t read_all(struct slice text, unsigned flags, bool skip, bool *ret_good)
{
	struct token token;
	struct error *error = NULL;
	struct yaml_reader *yaml = yaml_reader_new(text, flags, &error);
	struct reader *r = yaml_reader_reader(yaml);
	int got, more;
	do {
		got = skip ? reader_skip(r, &error) : 1;
		while (got >= 0 && (got = reader_next(r, &token, &error)) > 0) {
			if (token.type == TOKEN_NUMBER)
				check_number(&token);
			if (token.offset > text.len)
				abort();
		}
		more = got < 0 ? got : reader_next_document(r, &error);
	} while (more > 0);
	if ((more < 0) != (error != NULL) || r->offset > text.len || (more == 0 && r->depth != 0))
		abort();
	size_t end = r->offset;
	error_free(error);
	yaml_reader_free(yaml);
	*ret_good = more == 0;
	return end;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	bool skip_good, next_good;
	size_t skip_end = read_all(text, 0, true, &skip_good);
	size_t next_end = read_all(text, READER_DUPLICATES, false, &next_good);
	if (skip_good != next_good || skip_end != next_end)
		abort();
	return 0;
}
