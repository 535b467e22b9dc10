#include "base/ascii.h"
#include "base/limits.h"
#include "credential/mask.h"
#include "oci/format/step_internal.h"
#include "oci/format/step_words.h"

#define NOP "#(nop) "

static struct slice after(struct slice text, size_t count)
{
	return slice_part(text, count, text.len);
}

/* --- what builders put around an instruction --- */

static bool strip_end(struct slice *text, const char *end)
{
	if (!slice_ends_with(*text, end))
		return false;
	*text = slice_trim(slice_part(*text, 0, text->len - strlen(end)));
	return true;
}

/* buildah adds |unsetLabel=true|force-mtime=10 to what it says: settings of the build, by which it knows its cache. */
static void strip_settings(struct slice *text)
{
	static const char *const names[] = { "unsetLabel",    "unsetAnnotation", "inheritLabels", "inheritAnnotations",
					     "setAnnotation", "force-mtime",     "rewrite-mtime" };
	struct slice head, tail, name, value;
	while (slice_cut_last(*text, '|', &head, &tail) && slice_cut(tail, '=', &name, &value)) {
		bool known = false;
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			known = known || slice_equal_text(name, names[i]);
		if (!known)
			return;
		*text = slice_trim(head);
	}
}

/* `SHELL #(nop)  INSTRUCTION`: what follows. A RUN that only speaks of it has other things before it. */
static bool strip_nop(struct slice *command, struct slice known_shell)
{
	size_t shell = step_shell(*command, known_shell);
	struct slice rest = after(*command, shell);
	if (!shell || !slice_starts_with(rest, NOP))
		return false;
	*command = slice_trim(after(rest, strlen(NOP)));
	return true;
}

/* --- RUN --- */

struct build_args {
	struct slice *items;
	size_t len, capacity;
};

static int add_build_arg(struct build_args *args, struct slice name, struct arena *arena, struct error **err)
{
	struct slice *items = arena_grow(arena, args->items, args->len, &args->capacity, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	args->items = items;
	items[args->len] = arena_printf(arena, "%.*s=" STEP_MASK, SLICE_ARG(name));
	return items[args->len++].data ? 0 : arena_fail(arena, err);
}

/* Where the first shell stands in text, at the start of a word; text.len: nowhere. */
static size_t find_shell(struct slice text, struct slice known_shell)
{
	for (size_t at = 0; at < text.len; at++) {
		bool word_start = at == 0 || ascii_is_blank(text.data[at - 1]);
		if (word_start && step_shell(after(text, at), known_shell))
			return at;
	}
	return text.len;
}

/* A larger number means no more: each of them takes a word. */
#define MOST_BUILD_ARGS 1000000

/* |N NAME=VALUE ... before the shell. Values may hold blanks: what is no name belongs to the value before it. */
static int take_build_args(struct slice *rest, struct slice known_shell, struct arena *arena,
			   struct slice_list *ret_args, struct error **err)
{
	struct build_args args = { 0 };
	size_t wanted = 0, digits = 1;
	for (; digits < rest->len && ascii_is_digit(rest->data[digits]); digits++)
		wanted = wanted < MOST_BUILD_ARGS ? wanted * 10 + (size_t)(rest->data[digits] - '0') : wanted;
	if (!slice_starts_with(*rest, "|") || digits == 1 || digits >= rest->len || !ascii_is_blank(rest->data[digits]))
		return 0;
	struct slice left = slice_trim(after(*rest, digits)), all = left;
	while (args.len < wanted && left.len && !(args.len == 0 && step_shell(left, known_shell))) {
		struct slice name, value, word = step_word(&left);
		if (!slice_cut(word, '=', &name, &value) || !step_is_variable(name))
			continue;
		if (add_build_arg(&args, name, arena, err) < 0)
			return -1;
	}
	/* buildah counts words, and not arguments. */
	bool by_words = args.len < wanted && !left.len;
	if (by_words)
		left = all;
	size_t shell = find_shell(left, known_shell);
	*rest = shell < left.len ? after(left, shell) : by_words ? SLICE("") : left;
	*ret_args = (struct slice_list){ args.items, args.len };
	return 0;
}

/* kaniko keeps the instruction as it was written, so that a shell in it is a part of the command. */
static int write_run(struct slice rest, const struct step_writer *w, struct image_step *step, struct error **err)
{
	if (take_build_args(&rest, w->context->shell, w->arena, &step->build_args, err) < 0)
		return -1;
	size_t shell = step->builder == BUILDER_KANIKO ? 0 : step_shell(rest, w->context->shell);
	if (shell)
		step->shell = slice_part(rest, 0, shell - 1);
	step->instruction = SLICE("RUN");
	strbuf_add_text(w->out, "RUN ");
	step_add_command(w->out, slice_trim(after(rest, shell)), w->context->windows);
	return 0;
}

/* --- all others --- */

static struct slice upper(struct slice word, char out[16])
{
	if (word.len >= 16)
		return SLICE_NONE;
	for (size_t i = 0; i < word.len; i++)
		out[i] = (char)(ascii_is_lower(word.data[i]) ? word.data[i] - 'a' + 'A' : word.data[i]);
	return (struct slice){ out, word.len };
}

static void flatten(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n' || text[i] == '\r')
			text[i] = ' ';
}

/* Only heredocs have lines: everything else is one line, whatever it holds. Those of COPY are written by us, behind a
 * source that is one line. */
static int write_formatted(const struct step_instruction *instruction, struct slice rest, const struct step_writer *w,
			   struct error **err)
{
	struct slice line;
	size_t start = w->out->len;
	if (arena_copy(w->arena, rest, &line) < 0)
		return arena_fail(w->arena, err);
	if (instruction->has_heredocs)
		flatten((char *)(uintptr_t)line.data, line.len);
	if (!instruction->format)
		strbuf_add_slice(w->out, line);
	else if (instruction->format(line, w, err) < 0)
		return -1;
	if (!instruction->has_heredocs && w->out->len > start)
		flatten(w->out->data + start, w->out->len - start);
	return 0;
}

/* 1: command is an instruction and was written; 0: it is none. */
static int write_instruction(struct slice command, const struct step_writer *w, struct image_step *step,
			     struct error **err)
{
	char buffer[16];
	struct slice rest = command, word = step_word(&rest);
	struct slice keyword = w->classic || step->builder == BUILDER_KANIKO ? upper(word, buffer) : word;
	if (slice_equal_text(keyword, "RUN") && rest.len)
		return write_run(rest, w, step, err) < 0 ? -1 : 1;
	const struct step_instruction *instruction = step_instruction(keyword);
	if (!instruction || !rest.len)
		return 0;
	step->instruction = slice_of(instruction->keyword);
	strbuf_addf(w->out, "%s ", instruction->keyword);
	return write_formatted(instruction, rest, w, err) < 0 ? -1 : 1;
}

static int write_step(struct slice command, const struct step_context *context, struct arena *arena, struct strbuf *out,
		      struct image_step *step, struct error **err)
{
	struct step_writer w = { context, arena, out, false };
	bool classic = strip_nop(&command, context->shell);
	if (step->builder == BUILDER_BUILDAH || classic)
		strip_settings(&command);
	w.classic = classic;
	int got = write_instruction(command, &w, step, err);
	if (got != 0 || classic)
		return got;
	if (slice_starts_with(command, "|") || step_shell(command, context->shell))
		return write_run(command, &w, step, err) < 0 ? -1 : 1;
	return 0;
}

int step_parse(const struct oci_history *entry, const struct step_context *context, struct arena *arena,
	       struct image_step *ret_step, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct image_step step = { .entry = entry, .builder = image_builder_of(entry) };
	struct slice masked, text;

	if (mask_tokens(slice_trim(entry->created_by), arena, &masked, err) < 0)
		return -1;
	strip_end(&masked, "# buildkit");
	int got = masked.len ? write_step(masked, context, arena, &out, &step, err) : 0;
	if (got < 0 || strbuf_failed(&out, err))
		return -1;
	text = got ? strbuf_slice(&out) : masked;
	if (!text.len && mask_tokens(slice_trim(entry->comment), arena, &text, err) < 0)
		return -1;
	if (!text.len)
		text = SLICE_NONE;
	/* Again: what stood in quotes may have held escapes. */
	if (mask_tokens(text, arena, &masked, err) < 0)
		return -1;
	if (arena_copy(arena, masked, &step.text) < 0)
		return arena_fail(arena, err);
	*ret_step = step;
	return 0;
}

int image_step_parse(const struct oci_history *entry, struct arena *arena, struct image_step *ret_step,
		     struct error **err)
{
	return step_parse(entry, &(struct step_context){ SLICE_NONE, false }, arena, ret_step, err);
}
