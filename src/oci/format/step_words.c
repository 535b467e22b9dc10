#include "oci/format/step_words.h"

#include "base/ascii.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/utf8.h"

static struct slice after(struct slice text, size_t count)
{
	return slice_part(text, count, text.len);
}

static struct slice skip_blanks(struct slice text)
{
	size_t at = 0;
	while (at < text.len && ascii_is_blank(text.data[at]))
		at++;
	return after(text, at);
}

struct slice step_word(struct slice *rest)
{
	size_t len = 0;
	*rest = skip_blanks(*rest);
	while (len < rest->len && !ascii_is_blank(rest->data[len]))
		len++;
	struct slice word = len ? slice_part(*rest, 0, len) : SLICE_NONE;
	*rest = skip_blanks(after(*rest, len));
	return word;
}

/* --- names --- */

static bool is_variable_byte(char c)
{
	return ascii_is_alphanumeric(c) || c == '_';
}

bool step_is_variable(struct slice name)
{
	if (!name.len || ascii_is_digit(name.data[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_variable_byte(name.data[i]))
			return false;
	return true;
}

bool step_is_label(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!is_variable_byte(name.data[i]) && !strchr(".-/:", name.data[i]))
			return false;
	return name.len && ascii_is_alphanumeric(name.data[0]);
}

static bool holds_nocase(struct slice text, const char *small)
{
	struct slice needle = slice_of(small);
	for (size_t at = 0; at + needle.len <= text.len; at++)
		if (slice_equal_nocase(slice_part(text, at, needle.len), needle))
			return true;
	return false;
}

static bool ends_nocase(struct slice text, const char *small)
{
	struct slice end = slice_of(small);
	return text.len >= end.len && slice_equal_nocase(after(text, text.len - end.len), end);
}

static bool is_secret_word(struct slice word, bool only)
{
	if (ends_nocase(word, "key") || ends_nocase(word, "keys"))
		return true;
	return slice_equal_nocase(word, SLICE("auth")) || slice_equal_nocase(word, SLICE("pass")) ||
	       (!only && slice_equal_nocase(word, SLICE("pwd")));
}

bool step_is_secret_name(struct slice name)
{
	static const char *const parts[] = { "password", "passwd", "passphrase", "secret", "credential", "token" };
	struct slice word, rest = name;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (holds_nocase(name, parts[i]))
			return true;
	while (rest.data) {
		slice_cut(rest, '_', &word, &rest);
		if (is_secret_word(word, word.len == name.len))
			return true;
	}
	return false;
}

/* --- what Go's %q wrote --- */

static int hex_digits(struct cursor *c, size_t count, uint32_t *ret_value)
{
	*ret_value = 0;
	while (count--) {
		int digit = ascii_hex_value(cursor_take(c));
		if (digit < 0)
			return -1;
		*ret_value = *ret_value << 4 | (uint32_t)digit;
	}
	return 0;
}

static void add_code_point(struct strbuf *out, uint32_t code_point)
{
	char bytes[4];
	strbuf_add(out, bytes, utf8_encode(code_point > 0x10ffff ? 0xfffd : code_point, bytes));
}

/* Behind the backslash. */
static int take_escape(struct cursor *c, struct strbuf *out)
{
	static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	int byte = cursor_take(c);
	uint32_t value;
	const char *name = byte > 0 ? strchr(names, byte) : NULL;
	if (name) {
		strbuf_add_char(out, values[name - names]);
		return 0;
	}
	switch (byte) {
	case 'x':
		if (hex_digits(c, 2, &value) < 0)
			return -1;
		strbuf_add_char(out, (char)value);
		return 0;
	case 'u':
	case 'U':
		if (hex_digits(c, byte == 'u' ? 4 : 8, &value) < 0)
			return -1;
		add_code_point(out, value);
		return 0;
	case '"':
	case '\'':
	case '\\':
	case '/':
		strbuf_add_char(out, (char)byte);
		return 0;
	default:
		return -1;
	}
}

int step_quoted(struct slice *rest, struct arena *arena, struct slice *ret_text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct cursor c = cursor_on(*rest);
	int byte;
	if (cursor_take(&c) != '"')
		return 0;
	while ((byte = cursor_take(&c)) != '"') {
		if (byte < 0 || (byte == '\\' && take_escape(&c, &out) < 0))
			return 0;
		if (byte != '\\')
			strbuf_add_char(&out, (char)byte);
	}
	if (strbuf_failed(&out, err))
		return -1;
	if (arena_copy(arena, (struct slice){ strbuf_text(&out), out.len }, ret_text) < 0)
		return arena_fail(arena, err);
	*rest = after(*rest, cursor_offset(&c));
	return 1;
}

int step_quoted_list(struct slice *rest, struct arena *arena, struct slice_list *ret_items, struct error **err)
{
	struct slice *items = NULL, at = *rest;
	size_t count = 0, capacity = 0;
	if (!slice_starts_with(at, "["))
		return 0;
	at = skip_blanks(after(at, 1));
	while (!slice_starts_with(at, "]")) {
		struct slice *grown = arena_grow(arena, items, count, &capacity, sizeof *items);
		if (!grown)
			return arena_fail(arena, err);
		items = grown;
		int got = step_quoted(&at, arena, &items[count], err);
		if (got <= 0)
			return got;
		count++;
		at = skip_blanks(at);
		if (slice_starts_with(at, ","))
			at = skip_blanks(after(at, 1));
	}
	*rest = after(at, 1);
	*ret_items = (struct slice_list){ items ? items : rest, count };
	return 1;
}

/* --- pairs --- */

static bool begins_pair(struct slice word, bool (*is_name)(struct slice name), struct slice *ret_name)
{
	struct slice value;
	return slice_cut(word, '=', ret_name, &value) && is_name(*ret_name);
}

int step_pairs(struct slice rest, bool (*is_name)(struct slice name), struct arena *arena,
	       struct oci_annotation **ret_pairs, size_t *ret_count, struct error **err)
{
	struct oci_annotation *pairs = NULL;
	size_t count = 0, capacity = 0;
	while (rest.len) {
		struct slice start = skip_blanks(rest), word = step_word(&rest), name;
		if (!word.data)
			break;
		if (!begins_pair(word, is_name, &name)) {
			if (count) /* it belongs to the value before it */
				pairs[count - 1].value.len =
					(size_t)(word.data + word.len - pairs[count - 1].value.data);
			continue;
		}
		struct oci_annotation *grown = arena_grow(arena, pairs, count, &capacity, sizeof *pairs);
		if (!grown)
			return arena_fail(arena, err);
		pairs = grown;
		pairs[count++] = (struct oci_annotation){ name,
							  slice_part(start, name.len + 1, word.len - name.len - 1) };
	}
	*ret_pairs = pairs;
	*ret_count = count;
	return 0;
}

static bool needs_quotes(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!ascii_is_alphanumeric(value.data[i]) && !strchr("_./:@%+,=~-[]{}()", value.data[i]))
			return true;
	return false;
}

void step_add_value(struct strbuf *out, struct slice value, bool windows)
{
	char escape = windows ? '`' : '\\';
	if (!needs_quotes(value) && !memchr(value.data ? value.data : "", 0, value.len)) {
		strbuf_add_slice(out, value);
		return;
	}
	strbuf_add_char(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		char c = value.data[i];
		if (c == '"' || c == '$' || c == escape)
			strbuf_add_char(out, escape);
		strbuf_add_char(out, c);
	}
	strbuf_add_char(out, '"');
}

/* --- shells --- */

static bool is_unix_shell(struct slice word)
{
	struct slice folder, name;
	if (!slice_cut_last(word, '/', &folder, &name))
		name = word;
	return name.len >= 2 && name.len <= 6 && slice_ends_with(name, "sh") && !slice_equal_text(name, "pwsh");
}

/* -c, -ec, -o pipefail -c: the last of the options ends in c. */
static size_t unix_shell(struct slice command)
{
	struct slice rest = command;
	if (!is_unix_shell(step_word(&rest)))
		return 0;
	for (int words = 0; words < 8; words++) {
		struct slice word = step_word(&rest);
		if (word.len < 2 || (word.data[0] != '-' && word.data[0] != '+'))
			return 0;
		if (slice_ends_with(word, "c"))
			return rest.data ? command.len - rest.len : 0;
		if (slice_ends_with(word, "o"))
			step_word(&rest);
	}
	return 0;
}

/* Longer ones are no shells, and are not compared word by word. */
#define SHELL_MOST_BYTES 1024

size_t step_shell(struct slice command, struct slice known)
{
	static const char *const windows[] = { "cmd /S /C ", "powershell -Command ", "pwsh -Command " };
	if (known.len && known.len <= SHELL_MOST_BYTES && command.len > known.len &&
	    slice_equal(slice_part(command, 0, known.len), known) && ascii_is_blank(command.data[known.len]))
		return known.len + 1;
	for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
		struct slice shell = slice_of(windows[i]);
		if (slice_equal_nocase(slice_part(command, 0, shell.len), shell))
			return shell.len;
	}
	return unix_shell(command);
}
