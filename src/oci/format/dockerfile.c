#include "base/limits.h"
#include "base/utf8.h"
#include "oci/format/dockerfile_config.h"
#include "oci/format/step_internal.h"

/* --- text --- */

/* Tabs and ends of lines stay; what else a terminal would act on is escaped. */
static void add_printable(struct strbuf *out, struct slice text)
{
	size_t start = 0;
	for (size_t i = 0; i <= text.len; i++) {
		if (i < text.len && text.data[i] != '\n' && text.data[i] != '\t')
			continue;
		utf8_add_printable(out, slice_part(text, start, i - start));
		if (i < text.len)
			strbuf_add_char(out, text.data[i]);
		start = i + 1;
	}
}

static void add_comment(struct strbuf *out, struct slice text)
{
	struct slice line;
	while (text.data) {
		slice_cut(text, '\n', &line, &text);
		strbuf_add_text(out, "# ");
		add_printable(out, line);
		strbuf_add_char(out, '\n');
	}
}

/* The Dockerfile's parser would go on with the next line. */
static bool ends_in_escape(struct slice text, bool windows)
{
	return slice_ends_with(text, windows ? "`" : "\\");
}

static bool has_lines(struct slice text)
{
	return text.len && memchr(text.data, '\n', text.len);
}

/* --- steps --- */

struct writer {
	struct strbuf *out;
	struct slice shell; /* that a RUN is given to now */
	bool windows;
	struct arena arena;
};

static int set_shell(struct writer *w, const struct image_step *step, struct error **err)
{
	return step_shell_words(step->text, &w->arena, &w->shell, err);
}

static int add_shell(struct writer *w, struct slice shell, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	const struct step_context context = { SLICE_NONE, w->windows };
	const struct step_writer writer = { &context, &w->arena, &words, false };
	struct slice list = arena_printf(&w->arena, "[%.*s]", SLICE_ARG(shell));
	if (!list.data)
		return arena_fail(&w->arena, err);
	if (step_instruction(SLICE("SHELL"))->format(list, &writer, err) < 0 || strbuf_failed(&words, err))
		return -1;
	strbuf_add_text(w->out, "# The shell of the next step: no SHELL instruction tells of it.\nSHELL ");
	add_printable(w->out, strbuf_slice(&words));
	strbuf_add_char(w->out, '\n');
	w->shell = shell;
	return 0;
}

static int add_run(struct writer *w, const struct image_step *step, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	if (step->shell.data && !slice_equal(step->shell, w->shell) && add_shell(w, step->shell, err) < 0)
		return -1;
	if (w->windows || has_lines(step->text))
		strbuf_add_slice(&text, step->text);
	else
		step_add_laid_out(&text, step->text);
	if (strbuf_failed(&text, err))
		return -1;
	add_printable(w->out, strbuf_slice(&text));
	strbuf_add_char(w->out, '\n');
	return 0;
}

static int add_step(struct writer *w, const struct image_step *step, struct error **err)
{
	if (!step->entry) {
		strbuf_addf(w->out, "# Layer %zu: no history tells of it.\n", step->layer_number + 1);
		return 0;
	}
	if (!step->instruction.data || ends_in_escape(step->text, w->windows)) {
		add_comment(w->out, step->text.data ? step->text : SLICE("A step of which nothing is told."));
		return 0;
	}
	if (slice_equal_text(step->instruction, "RUN"))
		return add_run(w, step, err);
	add_printable(w->out, step->text);
	strbuf_add_char(w->out, '\n');
	return slice_equal_text(step->instruction, "SHELL") ? set_shell(w, step, err) : 0;
}

/* What is in FROM already: told, and not repeated. */
static int add_base_step(struct writer *w, const struct image_step *step, bool told, struct error **err)
{
	if (told && step->text.data)
		add_comment(w->out, step->text);
	return slice_equal_text(step->instruction, "SHELL") ? set_shell(w, step, err) : 0;
}

/* --- the head --- */

static void add_head(struct writer *w, const struct image_history *history)
{
	bool heredocs = false;
	for (size_t i = 0; i < history->count; i++)
		heredocs = heredocs || (history->steps[i].instruction.data && has_lines(history->steps[i].text));
	if (heredocs)
		strbuf_add_text(w->out, "# syntax=docker/dockerfile:1\n");
	if (w->windows)
		strbuf_add_text(w->out, "# escape=`\n");
	strbuf_add_text(w->out,
			"# Made from the history of the image, which is its builder's claim.\n"
			"# Not told: sources of COPY and ADD, other stages, values of ARG, mounts, comments.\n");
	if (!history->tied)
		strbuf_add_text(w->out, "# The history does not fit the layers: which step made which is not known.\n");
}

static void add_from(struct writer *w, const struct dockerfile_base *base, const struct image_history *history)
{
	if (base && base->name.data) {
		if (base->proof.data) {
			strbuf_add_text(w->out, "# Base by: ");
			utf8_add_printable(w->out, base->proof);
			strbuf_add_char(w->out, '\n');
		}
		strbuf_add_text(w->out, "FROM ");
		utf8_add_printable(w->out, base->name);
		strbuf_add_char(w->out, '\n');
		return;
	}
	if (base && base->steps)
		strbuf_add_text(w->out, "# The base is not known by name. What it was made by is told in comments.\n"
					"FROM base-not-known\n");
	else if (history->count)
		strbuf_add_text(w->out, "# The base is not known: its own steps are the first ones here.\n"
					"FROM scratch\n");
	else
		strbuf_add_text(w->out, "# The image has no history and no layers.\nFROM scratch\n");
}

static int write_all(struct writer *w, const struct image_history *history, const struct oci_config *config,
		     const struct dockerfile_base *base, struct error **err)
{
	size_t base_steps = base && base->steps <= history->count ? base->steps : 0;
	bool told = base && !base->name.data;
	add_head(w, history);
	add_from(w, base, history);
	for (size_t i = 0; i < history->count; i++) {
		const struct image_step *step = &history->steps[i];
		if ((i < base_steps ? add_base_step(w, step, told, err) : add_step(w, step, err)) < 0)
			return -1;
	}
	return dockerfile_add_untold(history, config, w->windows, &w->arena, w->out, err);
}

int dockerfile_write(const struct image_history *history, const struct oci_config *config,
		     const struct dockerfile_base *base, struct strbuf *out, struct error **err)
{
	bool windows = slice_equal_text(config->platform.os, "windows");
	struct writer w = { .out = out,
			    .shell = windows ? SLICE("cmd /S /C") : SLICE("/bin/sh -c"),
			    .windows = windows,
			    .arena = ARENA_INIT(LIMIT_IMAGE_BYTES) };
	int result = write_all(&w, history, config, base, err);
	arena_release(&w.arena);
	if (result < 0)
		return -1;
	return strbuf_failed(out, err) ? -1 : 0;
}
