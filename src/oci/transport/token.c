#include "oci/transport/token.h"

#include "base/json_reader.h"
#include "base/time.h"

/* Longer ones are as good as for ever. */
#define SECONDS_MAX 86400

static bool is_header_value(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] <= 0x20 || (unsigned char)text.data[i] >= 0x7f)
			return false;
	return text.len > 0;
}

/* Other types than texts are passed over. 1 or -1. */
static int read_secret(struct reader *r, struct secret_bytes *secret, struct error **err)
{
	struct token token;
	unsigned depth = r->depth;

	if (reader_next(r, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_STRING)
		return reader_leave(r, depth, err) < 0 ? -1 : 1;
	secret_release(secret);
	if (!token.text.len)
		return 1;
	if (token_secret(&token, secret, err) < 0)
		return -1;
	if (!is_header_value(secret_reveal(secret)))
		secret_release(secret);
	return 1;
}

static int read_seconds(struct reader *r, int64_t *ret_seconds, struct error **err)
{
	struct token token;
	unsigned depth = r->depth;
	long long value;

	if (reader_next(r, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_NUMBER && token_int(&token, &value) == 0 && value > TOKEN_SECONDS_LEAST)
		*ret_seconds = value < SECONDS_MAX ? value : SECONDS_MAX;
	return reader_leave(r, depth, err) < 0 ? -1 : 1;
}

static int read_time(struct reader *r, int64_t *ret_time, struct error **err)
{
	struct token token;
	struct error *refused = NULL;
	unsigned depth = r->depth;

	if (reader_next(r, &token, err) < 0)
		return -1;
	if (token.type == TOKEN_STRING && token.plain && time_parse(token.text, ret_time, &refused) < 0)
		*ret_time = TIME_UNSET;
	error_free(refused);
	return reader_leave(r, depth, err) < 0 ? -1 : 1;
}

/* "token" wins, whichever stands first. */
static int read_members(struct reader *r, struct token_answer *answer, struct secret_bytes *other, struct error **err)
{
	struct token token;
	int got = reader_next(r, &token, err);

	if (got < 0 || token.type != TOKEN_OBJECT_BEGIN)
		return got < 0 ? -1 : 0;
	while ((got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY) {
		if (token_is(&token, "token"))
			got = read_secret(r, &answer->token, err);
		else if (token_is(&token, "access_token"))
			got = read_secret(r, other, err);
		else if (token_is(&token, "refresh_token"))
			got = read_secret(r, &answer->refresh_token, err);
		else if (token_is(&token, "expires_in"))
			got = read_seconds(r, &answer->seconds, err);
		else if (token_is(&token, "issued_at"))
			got = read_time(r, &answer->issued_at, err);
		else
			got = reader_skip(r, err);
		if (got < 0)
			return -1;
	}
	return got < 0 ? -1 : 1;
}

int token_parse(const struct secret_bytes *body, struct token_answer *ret_answer, struct error **err)
{
	CLEANUP(json_reader_release) struct json_reader json;
	CLEANUP(secret_release) struct secret_bytes other = { 0 };
	struct error *refused = NULL;

	*ret_answer = (struct token_answer){ .seconds = TOKEN_SECONDS_LEAST, .issued_at = TIME_UNSET };
	json_reader_init(&json, secret_reveal(body), 0);
	int got = read_members(&json.reader, ret_answer, &other, &refused);
	if (got < 0 && !error_is_of_input(refused))
		return error_move(err, &refused);
	error_free(refused);
	if (got <= 0) {
		token_release(ret_answer);
		return 0;
	}
	if (!secret_is_set(&ret_answer->token)) {
		ret_answer->token = other;
		other = (struct secret_bytes){ 0 };
	}
	return 1;
}

void token_release(struct token_answer *answer)
{
	secret_release(&answer->token);
	secret_release(&answer->refresh_token);
}

int64_t token_seconds_left(const struct token_answer *answer, int64_t now)
{
	int64_t left = answer->seconds;
	if (answer->issued_at != TIME_UNSET && answer->issued_at < now)
		left -= (now - answer->issued_at) / USEC_PER_SECOND;
	return left > TOKEN_SECONDS_LEAST ? left : TOKEN_SECONDS_LEAST;
}
