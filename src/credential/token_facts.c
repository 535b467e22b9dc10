#include "credential/token_facts.h"

#include "base/base64.h"
#include "base/json_reader.h"
#include "base/secret.h"
#include "base/time.h"

/* Of a date that a token gives: beyond year 9999 it means nothing. */
#define SECONDS_MAX INT64_C(253402300799)

/* --- an object's members --- */

static int take_seconds(const struct token *token, int64_t *ret_time)
{
	long long seconds;
	if (token->type == TOKEN_NUMBER && token_int(token, &seconds) == 0 && seconds >= 0 && seconds <= SECONDS_MAX)
		*ret_time = seconds * USEC_PER_SECOND;
	return 0;
}

static int take_domain(const struct token *token, struct arena *arena, struct slice *ret_domain, struct error **err)
{
	struct slice email, local, domain;
	if (token_copy(token, arena, &email, err) < 0)
		return -1;
	if (slice_cut_last(email, '@', &local, &domain) && domain.len > 0)
		*ret_domain = domain;
	return 0;
}

static int take_value(const struct token *name, const struct token *value, struct arena *arena,
		      struct token_facts *facts, struct error **err)
{
	if (token_is(name, "exp") || token_is(name, "expiration"))
		return take_seconds(value, &facts->expires);
	if (value->type != TOKEN_STRING)
		return 0;
	if (token_is(name, "private_key_id") && value->text.len > 0)
		return token_copy(value, arena, &facts->key_id, err);
	if (token_is(name, "client_email"))
		return take_domain(value, arena, &facts->project, err);
	return 0;
}

static int read_members(struct reader *reader, struct arena *arena, struct token_facts *facts, struct error **err)
{
	struct token name, value;
	int got = reader_next(reader, &value, err);
	if (got <= 0 || value.type != TOKEN_OBJECT_BEGIN)
		return got;
	while ((got = reader_next(reader, &name, err)) > 0 && name.type == TOKEN_KEY) {
		if (reader_next(reader, &value, err) < 0 || take_value(&name, &value, arena, facts, err) < 0 ||
		    reader_leave(reader, 1, err) < 0)
			return -1;
	}
	facts->recognised = got > 0;
	return got;
}

static int read_object(struct slice json_text, struct arena *arena, struct token_facts *facts, struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	CLEANUP(json_reader_release) struct json_reader json;
	json_reader_init(&json, json_text, READER_GO);
	if (read_members(&json.reader, arena, facts, &problem) < 0 && !error_is_of_input(problem))
		return error_move(err, &problem);
	return 0;
}

/* --- base64 --- */

/* Decodes to `decoded`; *ret_ok false: it is not base64. */
static int decode(struct slice text, enum base64_variant variant, struct secret_bytes *decoded, bool *ret_ok,
		  struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	*ret_ok = base64_decode_secret(text, variant, decoded, &problem) == 0;
	return *ret_ok || error_is_of_input(problem) ? 0 : error_move(err, &problem);
}

/* base64url of RFC 4648 section 5 has two other letters. */
static int decode_url(struct slice text, struct secret_bytes *decoded, bool *ret_ok, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes standard = { 0 };
	if (secret_alloc(&standard, text.len, err) < 0)
		return -1;
	unsigned char *out = secret_room(&standard);
	for (size_t i = 0; i < text.len; i++)
		out[i] = (unsigned char)(text.data[i] == '-' ? '+' : text.data[i] == '_' ? '/' : text.data[i]);
	secret_set_length(&standard, text.len);
	return decode(secret_reveal(&standard), BASE64_UNPADDED, decoded, ret_ok, err);
}

/* --- the formats --- */

static int decode_and_read(int decoded, bool ok, const struct secret_bytes *bytes, struct arena *arena,
			   struct token_facts *facts, struct error **err)
{
	if (decoded < 0)
		return -1;
	return ok ? read_object(secret_reveal(bytes), arena, facts, err) : 0;
}

int token_facts_of_jwt(struct slice token, struct arena *arena, struct token_facts *ret_facts, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct token_facts header = { .expires = TIME_UNSET }, facts = header;
	struct slice head, payload, signature, rest, more;
	bool ok = false;
	*ret_facts = facts;
	if (!slice_starts_with(token, "eyJ") || !slice_cut(token, '.', &head, &rest) ||
	    !slice_cut(rest, '.', &payload, &signature) || slice_cut(signature, '.', &rest, &more))
		return 0;
	int decoded = decode_url(head, &bytes, &ok, err);
	if (decode_and_read(decoded, ok, &bytes, arena, &header, err) < 0)
		return -1;
	if (!header.recognised)
		return 0;
	decoded = decode_url(payload, &bytes, &ok, err);
	if (decode_and_read(decoded, ok, &bytes, arena, &facts, err) < 0)
		return -1;
	*ret_facts = facts;
	return 0;
}

int token_facts_of_ecr(struct slice token, struct arena *arena, struct token_facts *ret_facts, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct token_facts facts = { .expires = TIME_UNSET };
	bool ok = false;
	int decoded = decode(token, base64_variant_of(token), &bytes, &ok, err);
	if (decode_and_read(decoded, ok, &bytes, arena, &facts, err) < 0)
		return -1;
	*ret_facts = facts;
	return 0;
}

int token_facts_of_google_key(struct slice key, bool base64, struct arena *arena, struct token_facts *ret_facts,
			      struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct token_facts facts = { .expires = TIME_UNSET };
	bool ok = false;
	int decoded = base64 ? decode(key, base64_variant_of(key), &bytes, &ok, err) : 0;
	if (!base64) {
		if (read_object(key, arena, &facts, err) < 0)
			return -1;
	} else if (decode_and_read(decoded, ok, &bytes, arena, &facts, err) < 0) {
		return -1;
	}
	*ret_facts = facts;
	return 0;
}
