#include "collect/snapshot/content.h"

#include <string.h>

#include "collect/frozen/frozen_manifest.h"
#include "collect/snapshot/utf16.h"
#include "kube/object/error_text.h"

static const char *const json_endings[] = { ".json", ".jsonl", ".ndjson" };
static const char *const yaml_endings[] = { ".yaml", ".yml" };

/* Names with which a Kubernetes object begins, in the order of kubectl's output or of a person's. */
static const char *const first_names[] = { "apiVersion:", "kind:", "items:", "metadata:" };

/* gzip, zstd, xz, bzip2. */
static const char *const compressed_beginnings[] = { "\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "BZh" };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool ends_with_any(struct slice name, const char *const *endings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(endings[i]);
		struct slice end = slice_part(name, name.len > len ? name.len - len : 0, len);
		if (slice_equal_nocase(end, slice_of(endings[i])))
			return true;
	}
	return false;
}

static bool starts_with_any(struct slice text, const char *const *beginnings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_starts_with(text, beginnings[i]))
			return true;
	return false;
}

/* Bytes that no text has: C0 controls but for tab, line ends and form feed. */
static bool is_binary(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];
		if (byte < ' ' && !memchr("\t\n\r\f", byte, 4))
			return true;
	}
	return false;
}

/* Behind the BOM, blanks, and what may stand before a YAML document: comments, directives, `---`. */
static struct slice first_line_of_yaml(struct slice text)
{
	while (text.len && (strchr("#%", text.data[0]) || slice_starts_with(text, "---"))) {
		struct slice line;
		slice_cut(text, '\n', &line, &text);
		text = slice_trim(text);
	}
	return text;
}

static bool is_object_in_yaml(struct slice text)
{
	struct slice first = first_line_of_yaml(text);
	if (slice_starts_with(first, "- "))
		first = slice_trim(slice_part(first, 1, first.len));
	return starts_with_any(first, first_names, COUNT(first_names));
}

/* A bracket, and behind it what JSON allows there: prose and configuration files seldom have that. */
static bool is_json_for_sure(struct slice text)
{
	struct slice behind = slice_trim(slice_part(text, 1, text.len));
	const char *may_follow = text.data[0] == '{' ? "\"}" : "{]";
	return behind.len && memchr(may_follow, behind.data[0], 2);
}

static enum content content_of_json(struct slice text)
{
	if (frozen_list_likely(text))
		return CONTENT_FROZEN;
	return frozen_manifest_likely(text) ? CONTENT_MANIFEST : CONTENT_JSON;
}

static enum content content_of_text(struct slice text, bool promised, bool promised_yaml)
{
	if (error_text_likely(text))
		return CONTENT_ERROR_TEXT;
	if ((text.data[0] == '{' || text.data[0] == '[') && (promised || is_json_for_sure(text)))
		return content_of_json(text);
	if (is_object_in_yaml(text) || promised_yaml)
		return CONTENT_YAML;
	if (!promised)
		return CONTENT_OTHER;
	return content_next_object(text, 1) < text.len ? CONTENT_TEXT_FIRST : CONTENT_JUNK;
}

static enum content content_from(struct slice start, bool promised, bool promised_yaml)
{
	if (promised && utf16_likely(start))
		return CONTENT_UTF16;
	if (slice_starts_with(start, "\xef\xbb\xbf"))
		start = slice_part(start, 3, start.len);
	struct slice text = slice_trim(start);
	if (!text.len)
		return promised ? CONTENT_EMPTY : CONTENT_OTHER;
	if (is_binary(start))
		return promised ? CONTENT_JUNK : CONTENT_OTHER;
	return content_of_text(text, promised, promised_yaml);
}

enum content content_of(struct slice name, struct slice start)
{
	bool promised_yaml = ends_with_any(name, yaml_endings, COUNT(yaml_endings));
	return content_from(start, promised_yaml || ends_with_any(name, json_endings, COUNT(json_endings)),
			    promised_yaml);
}

enum content content_of_given(struct slice start)
{
	return content_from(start, true, false);
}

bool content_is_document(enum content content)
{
	return content == CONTENT_JSON || content == CONTENT_FROZEN || content == CONTENT_MANIFEST ||
	       content == CONTENT_YAML || content == CONTENT_UTF16 || content == CONTENT_TEXT_FIRST;
}

bool content_is_archive(struct slice start)
{
	return starts_with_any(start, compressed_beginnings, COUNT(compressed_beginnings)) ||
	       slice_starts_with(slice_part(start, 257, 5), "ustar");
}

size_t content_next_object(struct slice text, size_t from)
{
	if (from == 0 && text.len && text.data[0] == '{')
		return 0;
	for (size_t at = from ? from - 1 : 0; at < text.len;) {
		const char *newline = memchr(text.data + at, '\n', text.len - at);
		if (!newline)
			break;
		at = (size_t)(newline - text.data) + 1;
		if (at < text.len && text.data[at] == '{')
			return at;
	}
	return text.len;
}
