#include "credential/mask.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "credential/kind.h"

#define MASK "[masked]"

/* So many characters of a token must follow its start for it to be one. */
#define REGISTRY_TOKEN_LEAST 8

/* What is no login to a registry: how it begins, and how many characters must follow. */
static const struct token_shape {
	const char *prefix;
	size_t least;
} shapes[] = {
	{ "ghr_", 16 }, { "npm_", 16 }, { "xoxb-", 8 },  { "xoxp-", 8 },   { "hvs.", 16 },  { "AKIA", 16 },
	{ "ASIA", 16 }, { "eyJ", 16 },  { "Basic ", 8 }, { "Bearer ", 8 }, { "basic ", 8 }, { "bearer ", 8 },
};

static bool is_token_byte(char c)
{
	return ascii_is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '=' || c == '+' || c == '/';
}

static bool is_word_byte(char c)
{
	return is_token_byte(c) && c != '=' && c != '/' && c != '.' && c != '+';
}

/* How many bytes of a token stand at the start of text. */
static size_t token_run(struct slice text)
{
	size_t len = 0;
	while (len < text.len && is_token_byte(text.data[len]))
		len++;
	return len;
}

/* The length of what the text begins with when it is a token, and how many characters must follow; 0 when it is none.
 */
static size_t token_start(struct slice text, size_t *ret_least)
{
	*ret_least = REGISTRY_TOKEN_LEAST;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		if (shapes[i].prefix[0] == text.data[0] && slice_starts_with(text, shapes[i].prefix)) {
			*ret_least = shapes[i].least;
			return strlen(shapes[i].prefix);
		}
	}
	return credential_token_start(text);
}

/* A token begins at `at`: *ret_keep bytes of it tell its kind and are shown, *ret_len are the whole. */
static bool find_token(struct slice text, size_t at, size_t *ret_keep, size_t *ret_len)
{
	struct slice rest = slice_part(text, at, text.len);
	size_t least;
	if ((at > 0 && is_word_byte(text.data[at - 1])) || !is_word_byte(rest.data[0]))
		return false;
	size_t start = token_start(rest, &least), run = token_run(slice_part(rest, start, rest.len));
	if (!start || run < least)
		return false;
	*ret_keep = start;
	*ret_len = start + run;
	return true;
}

static bool ends_userinfo(char c)
{
	return c == '\0' || strchr("/ \t\r\n\"'<>", c);
}

/* acme/web@sha256:...: what stands before this '@' is an image. */
static bool begins_digest(struct slice behind_at)
{
	return slice_starts_with(behind_at, "sha256:") || slice_starts_with(behind_at, "sha512:");
}

/* ://user:password@host and user:password@host: the password, when `at` stands on the first colon. It goes to the last
 * '@', as a password may hold one. */
static bool find_userinfo(struct slice text, size_t at, size_t *ret_keep, size_t *ret_len)
{
	struct slice rest = slice_part(text, at, text.len);
	bool scheme = slice_starts_with(rest, "://");
	size_t start = scheme ? 3 : 1, colon = 0, last = 0;
	if (!scheme && (at == 0 || !is_word_byte(text.data[at - 1])))
		return false;
	for (size_t i = start; i < rest.len && !ends_userinfo(rest.data[i]); i++) {
		if (rest.data[i] == ':' && scheme && !colon)
			colon = i;
		if (rest.data[i] == '@' && !begins_digest(slice_part(rest, i + 1, rest.len)))
			last = i;
	}
	*ret_keep = colon && colon < last ? colon + 1 : start;
	*ret_len = last;
	return last > 0;
}

static bool has_capital(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] >= 'A' && text.data[i] <= 'Z')
			return true;
	return false;
}

enum what {
	WHAT_TEXT,
	WHAT_IMAGE,
};

static bool find_secret(struct slice text, enum what what, size_t at, size_t *ret_keep, size_t *ret_len)
{
	if (text.data[at] == ':')
		return find_userinfo(text, at, ret_keep, ret_len);
	if (!find_token(text, at, ret_keep, ret_len))
		return false;
	return what == WHAT_TEXT || has_capital(slice_part(text, at + *ret_keep, *ret_len - *ret_keep));
}

static int mask_from(struct slice text, enum what what, size_t at, struct arena *arena, struct slice *ret_text,
		     struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_OBJECT_BYTES);
	size_t keep, len;
	strbuf_add_slice(&out, slice_part(text, 0, at));
	while (at < text.len) {
		if (find_secret(text, what, at, &keep, &len)) {
			strbuf_add_slice(&out, slice_part(text, at, keep));
			strbuf_add_text(&out, MASK);
			at += len;
		} else {
			strbuf_add_char(&out, text.data[at++]);
		}
	}
	if (strbuf_failed(&out, err))
		return -1;
	return arena_copy(arena, strbuf_slice(&out), ret_text) < 0 ? arena_fail(arena, err) : 0;
}

static int mask(struct slice text, enum what what, struct arena *arena, struct slice *ret_text, struct error **err)
{
	size_t keep, len;
	for (size_t at = 0; at < text.len; at++) {
		if (find_secret(text, what, at, &keep, &len))
			return mask_from(text, what, at, arena, ret_text, err);
	}
	*ret_text = text;
	return 0;
}

int mask_tokens(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err)
{
	return mask(text, WHAT_TEXT, arena, ret_text, err);
}

/* Nearly every name: nothing in it can be a token or a password, so nobody need look closer. */
static bool is_plain_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] == '@' && !begins_digest(slice_part(name, i + 1, name.len)))
			return false;
	return !has_capital(name);
}

int mask_image(struct slice name, struct arena *arena, struct slice *ret_name, struct error **err)
{
	if (is_plain_name(name)) {
		*ret_name = name;
		return 0;
	}
	return mask(name, WHAT_IMAGE, arena, ret_name, err);
}
