#include "base/ascii.h"
#include "base/json_writer.h"
#include "oci/format/step_internal.h"
#include "oci/format/step_words.h"

static struct slice after(struct slice text, size_t count)
{
	return slice_part(text, count, text.len);
}

/* --- lists --- */

static void add_list(struct strbuf *out, struct slice_list items)
{
	strbuf_add_char(out, '[');
	for (size_t i = 0; i < items.len; i++) {
		struct json_writer json = { .out = out };
		if (i)
			strbuf_add_text(out, ", ");
		json_text(&json, items.items[i]);
	}
	strbuf_add_char(out, ']');
}

/* CMD ["a" "b"], as Go prints it, or a command for the shell. */
static int format_exec(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice_list items;
	int got = step_quoted_list(&rest, w->arena, &items, err);
	if (got < 0)
		return -1;
	if (got == 0)
		strbuf_add_slice(w->out, rest);
	else
		add_list(w->out, items);
	return 0;
}

/* [a b], as %v prints it: what is between the brackets. */
static bool strip_brackets(struct slice *text, const char *open)
{
	if (!slice_starts_with(*text, open) || !slice_ends_with(*text, "]"))
		return false;
	*text = slice_part(*text, strlen(open), text->len - strlen(open) - 1);
	return true;
}

/* What follows -Command or /C is one text, which may hold blanks. */
static bool is_last_option(struct slice word)
{
	return slice_equal_nocase(word, SLICE("-command")) || slice_equal_nocase(word, SLICE("/c"));
}

static void add_words(struct strbuf *out, struct slice rest)
{
	struct slice word;
	const char *separator = "[";
	while ((word = step_word(&rest)).data) {
		struct json_writer json = { .out = out };
		strbuf_add_text(out, separator);
		json_text(&json, word);
		separator = ", ";
		if (is_last_option(word) && rest.len) {
			strbuf_add_text(out, separator);
			json_text(&json, rest);
			break;
		}
	}
	strbuf_add_char(out, ']');
}

/* SHELL [/bin/sh -c] and VOLUME [/a /b] are printed with %v: blanks are all that parts the words. */
static int format_words(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice words = rest;
	struct slice_list items;
	int got = step_quoted_list(&rest, w->arena, &items, err);
	if (got < 0)
		return -1;
	if (got > 0)
		add_list(w->out, items);
	else if (strip_brackets(&words, "[") && slice_trim(words).len)
		add_words(w->out, slice_trim(words));
	else
		strbuf_add_slice(w->out, rest);
	return 0;
}

/* map[80/tcp:{} 443/tcp:{}] or [443/tcp 80/tcp] */
static int format_expose(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice word;
	const char *separator = "";
	(void)err;
	if (!strip_brackets(&rest, "map["))
		strip_brackets(&rest, "[");
	while ((word = step_word(&rest)).data) {
		if (slice_ends_with(word, ":{}"))
			word.len -= 3;
		strbuf_add_text(w->out, separator);
		strbuf_add_slice(w->out, word);
		separator = " ";
	}
	return 0;
}

/* --- pairs --- */

static int add_pairs(struct slice rest, bool (*is_name)(struct slice name), bool secrets, const struct step_writer *w,
		     struct error **err)
{
	struct oci_annotation *pairs;
	size_t count;
	if (step_pairs(rest, is_name, w->arena, &pairs, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		strbuf_addf(w->out, "%s%.*s=", i ? " " : "", SLICE_ARG(pairs[i].name));
		if (secrets && pairs[i].value.len && step_is_secret_name(pairs[i].name))
			strbuf_add_text(w->out, STEP_MASK);
		else if (pairs[i].value.len && pairs[i].value.data[0] == '"')
			strbuf_add_slice(w->out, pairs[i].value); /* quoted by who wrote it */
		else
			step_add_value(w->out, pairs[i].value, w->context->windows);
	}
	return (int)(count > INT_MAX ? INT_MAX : count);
}

/* ENV A=b, or ENV A b as it was long ago. */
static int format_env(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice value = rest, name = step_word(&value), before, behind;
	if (slice_cut(name, '=', &before, &behind))
		return add_pairs(rest, step_is_variable, true, w, err) < 0 ? -1 : 0;
	strbuf_addf(w->out, "%.*s=", SLICE_ARG(name));
	if (step_is_secret_name(name) && value.len)
		strbuf_add_text(w->out, STEP_MASK);
	else
		step_add_value(w->out, value, w->context->windows);
	return 0;
}

static int format_label(struct slice rest, const struct step_writer *w, struct error **err)
{
	int count = add_pairs(rest, step_is_label, false, w, err);
	if (count == 0)
		strbuf_add_slice(w->out, rest);
	return count < 0 ? -1 : 0;
}

/* Values are never shown. A word behind a value may be a part of it. */
static int format_arg(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice word;
	const char *separator = "";
	bool value_told = false;
	(void)err;
	while ((word = step_word(&rest)).data) {
		struct slice name, value;
		bool has_value = slice_cut(word, '=', &name, &value);
		if (!step_is_variable(name) || (!has_value && value_told))
			continue;
		strbuf_addf(w->out, "%s%.*s%s", separator, SLICE_ARG(name), has_value ? "=" STEP_MASK : "");
		value_told = value_told || has_value;
		separator = " ";
	}
	return 0;
}

/* --- sources and destinations --- */

static bool is_hashed(struct slice source)
{
	return slice_starts_with(source, "file:") || slice_starts_with(source, "dir:") ||
	       slice_starts_with(source, "multi:");
}

/* file:HASH in /dest, and --chown=1 before it: the source is all that is left of what it was. */
static int format_classic_copy(struct slice rest, const struct step_writer *w)
{
	struct slice word;
	const char *separator = "";
	bool source_told = false;
	while ((word = step_word(&rest)).data) {
		if (source_told && slice_equal_text(word, "in"))
			continue;
		source_told = source_told || is_hashed(word) || !slice_starts_with(word, "--");
		strbuf_addf(w->out, "%s%.*s", separator, SLICE_ARG(word));
		separator = " ";
	}
	return 0;
}

/* COPY <<EOF /dest: what the file holds is not told, so that it ends at once. */
static int format_copy(struct slice rest, const struct step_writer *w, struct error **err)
{
	(void)err;
	if (w->classic)
		return format_classic_copy(rest, w);
	strbuf_add_slice(w->out, rest);
	step_add_heredoc_ends(w->out, rest, 0);
	return 0;
}

/* --- HEALTHCHECK --- */

/* A character as %q prints it: '\x03' are 3 retries. */
static bool take_rune(struct slice text, unsigned *ret_value)
{
	static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	text = slice_trim(text);
	if (text.len < 3 || text.data[0] != '\'')
		return false;
	if (text.data[1] != '\\') {
		*ret_value = (unsigned char)text.data[1];
		return text.data[2] == '\'';
	}
	const char *name = text.data[2] ? strchr(names, text.data[2]) : NULL;
	if (name) {
		*ret_value = (unsigned char)values[name - names];
		return true;
	}
	*ret_value = 0;
	if (text.data[2] != 'x' && text.data[2] != 'u')
		return false;
	for (size_t i = 3; i < text.len && ascii_is_hex(text.data[i]) && i < 7; i++)
		*ret_value = *ret_value << 4 | (unsigned)ascii_hex_value(text.data[i]);
	return true;
}

static void add_test(struct strbuf *out, struct slice_list test)
{
	if (slice_equal_text(test.items[0], "NONE")) {
		strbuf_add_text(out, "NONE");
	} else if (slice_equal_text(test.items[0], "CMD-SHELL") && test.len == 2) {
		strbuf_add_text(out, "CMD ");
		strbuf_add_slice(out, test.items[1]);
	} else {
		strbuf_add_text(out, "CMD ");
		add_list(out, (struct slice_list){ test.items + 1, test.len - 1 });
	}
}

/* &{["CMD-SHELL" "true"] "30s" "10s" "5s" "0s" '\x03'}: interval, timeout, start period, since Docker 25 the interval
 * at the start, retries. */
static int format_health(struct slice rest, const struct step_writer *w, struct error **err)
{
	static const char *const options[] = { "interval", "timeout", "start-period", "start-interval" };
	struct slice at = after(rest, 2), text;
	struct slice_list test;
	unsigned retries;
	int got = slice_starts_with(rest, "&{") ? step_quoted_list(&at, w->arena, &test, err) : 0;
	if (got < 0)
		return -1;
	if (got == 0 || test.len == 0) {
		strbuf_add_slice(w->out, rest);
		return 0;
	}
	at = slice_trim(at);
	for (size_t i = 0; i < 4 && (got = step_quoted(&at, w->arena, &text, err)) > 0; i++) {
		if (text.len && text.data[0] != '0')
			strbuf_addf(w->out, "--%s=%.*s ", options[i], SLICE_ARG(text));
		at = slice_trim(at);
	}
	if (got < 0)
		return -1;
	if (take_rune(at, &retries) && retries)
		strbuf_addf(w->out, "--retries=%u ", retries);
	add_test(w->out, test);
	return 0;
}

/* --- the list --- */

static int format_onbuild(struct slice rest, const struct step_writer *w, struct error **err)
{
	struct slice trigger = rest, keyword = step_word(&trigger);
	const struct step_instruction *instruction = step_instruction(keyword);
	if (!instruction || !instruction->format || !trigger.len || slice_equal_text(keyword, "ONBUILD")) {
		strbuf_add_slice(w->out, rest);
		return 0;
	}
	strbuf_addf(w->out, "%s ", instruction->keyword);
	return instruction->format(trigger, w, err);
}

static const struct step_instruction instructions[] = {
	{ "COPY", format_copy, true },
	{ "ENV", format_env, false },
	{ "LABEL", format_label, false },
	{ "CMD", format_exec, false },
	{ "ADD", format_copy, true },
	{ "ARG", format_arg, false },
	{ "ENTRYPOINT", format_exec, false },
	{ "EXPOSE", format_expose, false },
	{ "WORKDIR", NULL, false },
	{ "USER", NULL, false },
	{ "VOLUME", format_words, false },
	{ "STOPSIGNAL", NULL, false },
	{ "HEALTHCHECK", format_health, false },
	{ "SHELL", format_words, false },
	{ "ONBUILD", format_onbuild, false },
	{ "MAINTAINER", NULL, false },
};

const struct step_instruction *step_instruction(struct slice keyword)
{
	for (size_t i = 0; i < sizeof instructions / sizeof instructions[0]; i++)
		if (slice_equal_text(keyword, instructions[i].keyword))
			return &instructions[i];
	return NULL;
}

int step_shell_words(struct slice text, struct arena *arena, struct slice *ret_words, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT(text.len + 1);
	struct slice rest = text;
	struct slice_list items;
	step_word(&rest); /* SHELL */
	int got = step_quoted_list(&rest, arena, &items, err);
	if (got < 0)
		return -1;
	for (size_t i = 0; got > 0 && i < items.len; i++) {
		if (i)
			strbuf_add_char(&words, ' ');
		strbuf_add_slice(&words, items.items[i]);
	}
	if (strbuf_failed(&words, err))
		return -1;
	if (arena_copy(arena, strbuf_slice(&words), ret_words) < 0)
		return arena_fail(arena, err);
	return 0;
}
