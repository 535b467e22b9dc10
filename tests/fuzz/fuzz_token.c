/* Answers of token servers, and errors of registries: a token is fit for a header, lifetimes stay in their bounds, and
 * what is shown is printable. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "oci/transport/registry_error.h"
#include "oci/transport/token.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_token(const struct secret_bytes *token)
{
	struct slice text = secret_reveal(token);
	for (size_t i = 0; i < text.len; i++)
		require(text.data[i] > 0x20 && text.data[i] < 0x7f);
}

static void check_error(struct slice body)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(1 << 24);
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT(1 << 16);
	struct registry_error error;
	struct error *err = NULL;

	require(registry_error_parse(body, &arena, &error, &err) == 0);
	require(error.count <= REGISTRY_ERRORS_MAX && (error.is_api || !error.count));
	utf8_add_printable(&again, error.text);
	require(slice_equal(strbuf_slice(&again), error.text) || !error.text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(secret_release) struct secret_bytes body = { 0 };
	struct slice input = { (const char *)data, size };
	struct token_answer answer;
	struct error *err = NULL;

	check_error(input);
	if (size > 1 << 16 || secret_copy(&body, input, &err) < 0)
		abort();
	int got = token_parse(&body, &answer, &err);
	require(got >= 0);
	require(answer.seconds >= TOKEN_SECONDS_LEAST && token_seconds_left(&answer, 0) >= TOKEN_SECONDS_LEAST);
	check_token(&answer.token);
	check_token(&answer.refresh_token);
	token_release(&answer);
	return 0;
}
