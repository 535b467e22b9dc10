#include "model/reference.h"

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/limits.h"

#define TAG_MAX_BYTES 128
#define IDENTIFIER_BYTES 64
#define DIGEST_MIN_HEX 32

static const struct {
	const char *name;
	size_t hex_digits;
} registered[] = { { "sha256", 64 }, { "sha384", 96 }, { "sha512", 128 } };

static bool is_lower_alnum(int c)
{
	return ascii_is_digit(c) || ascii_is_lower(c);
}

static bool is_tag_start(int c)
{
	return ascii_is_alphanumeric(c) || c == '_';
}

static bool is_tag(int c)
{
	return is_tag_start(c) || c == '.' || c == '-';
}

static bool is_encoded(int c)
{
	return is_tag_start(c) || c == '=' || c == '-';
}

static bool is_colon_or_hex(int c)
{
	return ascii_is_hex(c) || c == ':';
}

/* Moves over bytes of the class; how many. */
static size_t skip_class(struct cursor *c, bool (*in_class)(int))
{
	size_t count = 0;
	while (in_class(cursor_peek(c)) && cursor_skip(c, 1))
		count++;
	return count;
}

/* Inlined into each use: an image names some twenty digests, and each is looked at several times. */
static inline bool all_of(struct slice text, bool (*in_class)(int))
{
	for (size_t i = 0; i < text.len; i++)
		if (!in_class((unsigned char)text.data[i]))
			return false;
	return true;
}

/* --- digests --- */

static bool skip_algorithm(struct cursor *c)
{
	if (!skip_class(c, is_lower_alnum))
		return false;
	while (cursor_peek(c) == '+' || cursor_peek(c) == '.' || cursor_peek(c) == '_' || cursor_peek(c) == '-') {
		cursor_skip(c, 1);
		if (!skip_class(c, is_lower_alnum))
			return false;
	}
	return true;
}

/* Hex digits of a registered algorithm, 0 for others. */
static size_t registered_length(struct slice algorithm)
{
	for (size_t i = 0; i < sizeof registered / sizeof registered[0]; i++)
		if (slice_equal_text(algorithm, registered[i].name))
			return registered[i].hex_digits;
	return 0;
}

bool digest_valid(struct slice text)
{
	struct slice algorithm, encoded;
	if (!slice_cut(text, ':', &algorithm, &encoded))
		return false;
	struct cursor c = cursor_on(algorithm);
	if (!skip_algorithm(&c) || cursor_left(&c) || !encoded.len)
		return false;
	size_t hex_digits = registered_length(algorithm);
	if (hex_digits)
		return encoded.len == hex_digits && all_of(encoded, ascii_is_lower_hex);
	return all_of(encoded, is_encoded);
}

/* The stricter form that the grammar of references asks for. */
static bool reference_digest_valid(struct slice text)
{
	struct slice algorithm, encoded;
	return digest_valid(text) && slice_cut(text, ':', &algorithm, &encoded) && ascii_is_lower(algorithm.data[0]) &&
	       encoded.len >= DIGEST_MIN_HEX && all_of(encoded, ascii_is_hex);
}

static bool registered_digest(struct slice text)
{
	struct slice algorithm, encoded;
	return digest_valid(text) && slice_cut(text, ':', &algorithm, &encoded) && registered_length(algorithm) > 0;
}

struct slice image_id_digest(struct slice image_id)
{
	static const char *const schemes[] = { "docker-pullable://", "docker://" };
	struct slice name, digest;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		if (slice_starts_with(image_id, schemes[i])) {
			image_id = slice_part(image_id, strlen(schemes[i]), image_id.len);
			break;
		}
	}
	if (slice_cut_last(image_id, '@', &name, &digest))
		return digest_valid(digest) ? digest : SLICE_NONE;
	return registered_digest(image_id) ? image_id : SLICE_NONE;
}

/* --- names --- */

/* [a-z0-9]+ joined by one of `.`, `_`, `__`, or any number of `-`. */
static bool skip_path_component(struct cursor *c)
{
	if (!skip_class(c, is_lower_alnum))
		return false;
	for (;;) {
		int separator = cursor_peek(c);
		if (separator != '.' && separator != '_' && separator != '-')
			return true;
		cursor_skip(c, 1);
		if (separator == '_' && cursor_peek(c) == '_')
			cursor_skip(c, 1);
		while (separator == '-' && cursor_peek(c) == '-')
			cursor_skip(c, 1);
		if (!skip_class(c, is_lower_alnum))
			return false;
	}
}

/* The offset of the first byte that does not fit, or path.len when all of it does. */
static size_t path_fits(struct slice path)
{
	struct cursor c = cursor_on(path);
	do {
		if (!skip_path_component(&c))
			return cursor_offset(&c) < path.len ? cursor_offset(&c) : path.len - (path.len > 0);
		if (!cursor_left(&c))
			return path.len;
	} while (cursor_take(&c) == '/');
	return cursor_offset(&c) - 1;
}

/* Letters, digits and inner hyphens, joined by dots. */
static bool skip_domain_name(struct cursor *c)
{
	do {
		int last = -1;
		while (ascii_is_alphanumeric(cursor_peek(c)) || (last != -1 && cursor_peek(c) == '-'))
			last = cursor_take(c);
		if (last == -1 || last == '-')
			return false;
	} while (cursor_peek(c) == '.' && cursor_skip(c, 1));
	return true;
}

static bool skip_ipv6(struct cursor *c)
{
	return cursor_take(c) == '[' && skip_class(c, is_colon_or_hex) && cursor_take(c) == ']';
}

static bool domain_valid(struct slice domain)
{
	struct cursor c = cursor_on(domain);
	if (!(cursor_peek(&c) == '[' ? skip_ipv6(&c) : skip_domain_name(&c)))
		return false;
	if (cursor_left(&c) && (cursor_take(&c) != ':' || !skip_class(&c, ascii_is_digit)))
		return false;
	return !cursor_left(&c);
}

/* A host with an underscore: see the header. */
static bool domain_passes_as_path(struct slice domain)
{
	return domain.len && path_fits(domain) == domain.len;
}

static bool has_upper(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_upper(text.data[i]))
			return true;
	return false;
}

static bool is_domain(struct slice first)
{
	return slice_equal_text(first, "localhost") || slice_contains(first, ".") || slice_contains(first, ":") ||
	       has_upper(first);
}

/* The domain, docker.io where none is named, and the rest of the text behind it. */
static void split_domain(struct slice text, struct slice *ret_domain, struct slice *ret_rest)
{
	struct slice first, rest;
	bool named = slice_cut(text, '/', &first, &rest) && is_domain(first);
	*ret_domain = named && !slice_equal_text(first, "index.docker.io") ? first : SLICE("docker.io");
	*ret_rest = named ? rest : text;
}

static size_t offset_in(struct slice text, struct slice part)
{
	return part.data ? (size_t)(part.data - text.data) : text.len;
}

static int refuse(struct slice text, struct slice part, size_t offset, const char *what, struct error **err)
{
	return error_set(err, ERROR_SYNTAX, "image reference: %s at byte %zu", what, offset_in(text, part) + offset);
}

static int check_path(struct slice text, struct slice path, struct error **err)
{
	size_t fits = path_fits(path);
	if (!path.len)
		return refuse(text, path, 0, "no repository name", err);
	if (fits < path.len && ascii_is_upper(path.data[fits]))
		return refuse(text, path, fits, "upper-case letter in the repository name", err);
	if (fits < path.len)
		return refuse(text, path, fits, "a byte that has no place in the repository name", err);
	return 0;
}

static int check_tag(struct slice text, struct slice tag, struct error **err)
{
	if (!tag.len)
		return refuse(text, tag, 0, "empty tag", err);
	if (tag.len > TAG_MAX_BYTES)
		return refuse(text, tag, TAG_MAX_BYTES, "tag longer than 128 bytes", err);
	struct cursor c = cursor_on(tag);
	if (!is_tag_start(cursor_peek(&c)) || skip_class(&c, is_tag) < tag.len)
		return refuse(text, tag, cursor_offset(&c), "a byte that has no place in a tag", err);
	return 0;
}

static int check_text(struct slice text, struct error **err)
{
	if (!text.len)
		return error_set(err, ERROR_SYNTAX, "image reference: empty");
	if (text.len > LIMIT_REFERENCE_BYTES)
		return error_set(err, ERROR_LIMIT, "image reference: longer than %d bytes", LIMIT_REFERENCE_BYTES);
	if (text.len == IDENTIFIER_BYTES && all_of(text, ascii_is_lower_hex))
		return error_set(err, ERROR_SYNTAX,
				 "image reference: an image id (64 hex digits) where a name belongs");
	return 0;
}

/* A Hub path of one component is below library/; the length counts what was added. */
static int finish_path(struct slice path, struct reference *reference, struct arena *arena, struct error **err)
{
	bool official = slice_equal_text(reference->domain, "docker.io") && !slice_contains(path, "/");
	reference->path = official ? arena_printf(arena, "library/%.*s", SLICE_ARG(path)) : path;
	if (!reference->path.data)
		return arena_fail(arena, err);
	if (reference->path.len > LIMIT_REPOSITORY_BYTES)
		return error_set(err, ERROR_SYNTAX, "image reference: repository name longer than %d bytes",
				 LIMIT_REPOSITORY_BYTES);
	return 0;
}

int reference_parse(struct slice text, struct arena *arena, struct reference *ret_reference, struct error **err)
{
	struct reference reference = { 0 };
	struct slice rest, name, path;
	if (check_text(text, err) < 0)
		return -1;
	split_domain(text, &reference.domain, &rest);
	if (!domain_valid(reference.domain) && !domain_passes_as_path(reference.domain))
		return refuse(text, text, 0, "a host name that cannot be one", err);
	bool with_digest = slice_cut(rest, '@', &name, &reference.digest);
	bool with_tag = slice_cut(name, ':', &path, &reference.tag);
	if (check_path(text, path, err) < 0)
		return -1;
	if (with_tag && check_tag(text, reference.tag, err) < 0)
		return -1;
	if (with_digest && !reference_digest_valid(reference.digest))
		return refuse(text, reference.digest, 0, "bad digest", err);
	if (finish_path(path, &reference, arena, err) < 0)
		return -1;
	*ret_reference = reference;
	return 0;
}

int reference_repository(const struct reference *reference, struct arena *arena, struct slice *ret_name,
			 struct error **err)
{
	struct slice name = arena_printf(arena, "%.*s/%.*s", SLICE_ARG(reference->domain), SLICE_ARG(reference->path));
	if (!name.data)
		return arena_fail(arena, err);
	*ret_name = name;
	return 0;
}

bool repository_below(struct slice repository, struct slice prefix)
{
	return slice_equal(slice_part(repository, 0, prefix.len), prefix) &&
	       (repository.len == prefix.len || repository.data[prefix.len] == '/');
}
