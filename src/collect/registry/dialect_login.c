#include <string.h>

#include "base/limits.h"
#include "collect/registry/dialect_internal.h"
#include "net/authorization.h"
#include "oci/transport/token.h"

#define HUB_TOKEN_PATH "/v2/auth/token"
#define ESCAPED_BYTES_MAX 6 /* \u00XX */
#define TOKEN_BYTES_MAX (64 * LIMIT_KIB)
#define PASSWORD_BYTES_MAX (64 * LIMIT_KIB)

static int set_bearer(struct registry_dialect *dialect, const struct secret_bytes *token, struct error **err)
{
	return authorization_bearer(secret_reveal(token), &dialect->authorization, err) < 0 ? -1 : 1;
}

static int log_in_basic(struct registry_dialect *dialect, const struct login *login, struct error **err)
{
	struct slice password = secret_reveal(login->password);
	return authorization_basic(login->username, password, &dialect->authorization, err) < 0 ? -1 : 1;
}

/* --- Docker Hub: a token for a login --- */

int dialect_add_secret(struct secret_bytes *answer, struct slice piece, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes whole = { 0 };
	struct slice before = secret_reveal(answer);
	if (before.len + piece.len > TOKEN_BYTES_MAX)
		return 0;
	if (secret_alloc(&whole, before.len + piece.len, err) < 0)
		return -1;
	if (before.len > 0)
		memcpy(secret_room(&whole), before.data, before.len);
	memcpy(secret_room(&whole) + before.len, piece.data, piece.len);
	secret_set_length(&whole, before.len + piece.len);
	secret_release(answer);
	*answer = whole;
	whole = (struct secret_bytes){ 0 };
	return 1;
}

static size_t add_bytes(unsigned char *room, struct slice bytes)
{
	memcpy(room, bytes.data, bytes.len);
	return bytes.len;
}

/* As JSON has it between quotes. */
static size_t add_escaped(unsigned char *room, struct slice text)
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (byte < ' ') {
			len += add_bytes(room + len, SLICE("\\u00"));
			room[len++] = (unsigned char)digits[byte >> 4];
			room[len++] = (unsigned char)digits[byte & 15];
			continue;
		}
		if (byte == '"' || byte == '\\')
			room[len++] = '\\';
		room[len++] = byte;
	}
	return len;
}

static int make_hub_body(const struct login *login, struct secret_bytes *ret_body, struct error **err)
{
	const struct slice head = SLICE("{\"identifier\":\""), middle = SLICE("\",\"secret\":\""), tail = SLICE("\"}");
	struct slice password = secret_reveal(login->password);
	size_t most = head.len + middle.len + tail.len + ESCAPED_BYTES_MAX * (login->username.len + password.len);
	if (secret_alloc(ret_body, most, err) < 0)
		return -1;
	unsigned char *room = secret_room(ret_body);
	size_t len = add_bytes(room, head);
	len += add_escaped(room + len, login->username);
	len += add_bytes(room + len, middle);
	len += add_escaped(room + len, password);
	len += add_bytes(room + len, tail);
	secret_set_length(ret_body, len);
	return 0;
}

static int log_in_to_hub(struct registry_dialect *dialect, const struct login *login, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes body = { 0 };
	CLEANUP(secret_release) struct secret_bytes answer = { 0 };
	CLEANUP(token_release) struct token_answer token = { 0 };
	if (make_hub_body(login, &body, err) < 0)
		return -1;
	int got = dialect_send(dialect, SLICE(HUB_TOKEN_PATH), &body, &answer, err);
	if (got > 0 && dialect->status == 200)
		got = token_parse(&answer, &token, err);
	else
		got = got < 0 ? -1 : 0;
	if (got <= 0 || !secret_is_set(&token.token))
		return got < 0 ? -1 : 0;
	return set_bearer(dialect, &token.token, err);
}

int dialect_log_in(struct registry_dialect *dialect, const struct login *login, struct error **err)
{
	secret_release(&dialect->authorization);
	if (!login->password || !secret_is_set(login->password) || !login->username.len ||
	    secret_length(login->password) > PASSWORD_BYTES_MAX || login->username.len > LIMIT_REFERENCE_BYTES)
		return 0;
	switch (dialect->ops->login) {
	case LOGIN_HUB_TOKEN:
		return log_in_to_hub(dialect, login, err);
	case LOGIN_BASIC:
		return log_in_basic(dialect, login, err);
	case LOGIN_OAUTH_TOKEN:
		break;
	}
	if (!slice_equal_text(login->username, "$oauthtoken"))
		return 0;
	return set_bearer(dialect, login->password, err);
}
