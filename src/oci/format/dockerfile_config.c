#include "oci/format/dockerfile_config.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/utf8.h"
#include "credential/mask.h"
#include "oci/format/step_words.h"

/* What builders set where nobody said anything. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* Values of so many variables are looked for in the history; of the rest only the names. */
#define MOST_VALUES 1000

struct untold {
	const struct image_history *history;
	const struct oci_config *config;
	bool windows;
	struct arena *arena;
	struct strbuf *out;
	bool any;
};

static const struct image_step *last_step(const struct untold *u, const char *instruction)
{
	for (size_t i = u->history->count; i > 0; i--)
		if (slice_equal_text(u->history->steps[i - 1].instruction, instruction))
			return &u->history->steps[i - 1];
	return NULL;
}

/* Behind the keyword. */
static struct slice told_by(const struct image_step *step)
{
	struct slice rest = step ? step->text : SLICE_NONE;
	if (step)
		step_word(&rest);
	return rest;
}

static void begin(struct untold *u)
{
	if (!u->any)
		strbuf_add_text(u->out, "# The config has this, and the history does not tell of it:\n");
	u->any = true;
}

static void add_instruction(struct untold *u, const char *instruction, struct slice text)
{
	begin(u);
	strbuf_addf(u->out, "%s ", instruction);
	utf8_add_printable(u->out, text);
	strbuf_add_char(u->out, '\n');
}

static void add_lack(struct untold *u, const char *instruction, struct slice told)
{
	strbuf_addf(u->out, "# The config lacks what the history tells of: %s ", instruction);
	utf8_add_printable(u->out, told);
	strbuf_add_char(u->out, '\n');
}

/* Variables are written out in the config alone, relative folders too. */
static bool cannot_compare(struct slice told)
{
	return told.data && memchr(told.data, '$', told.len);
}

static bool is_same_folder(struct slice told, struct slice folder)
{
	return slice_equal(told, folder) || (told.len && told.data[0] != '/' && told.len < folder.len &&
					     slice_equal(slice_part(folder, folder.len - told.len, told.len), told));
}

static int check_text(struct untold *u, const char *instruction, struct slice value, bool folder, struct error **err)
{
	struct slice told = told_by(last_step(u, instruction));
	if (mask_tokens(value, u->arena, &value, err) < 0)
		return -1;
	if (cannot_compare(told) || (folder ? is_same_folder(told, value) : slice_equal(told, value)))
		return 0;
	if (value.len && !(folder && !told.data && slice_equal_text(value, "/")))
		add_instruction(u, instruction, value);
	else if (!value.len && told.len)
		add_lack(u, instruction, told);
	return 0;
}

/* --- ENTRYPOINT and CMD --- */

static int list_text(struct untold *u, struct slice_list items, struct slice *ret_text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	strbuf_add_char(&text, '[');
	for (size_t i = 0; i < items.len; i++) {
		struct json_writer json = { .out = &text };
		struct slice item = items.items[i];
		if (mask_tokens(item, u->arena, &item, err) < 0)
			return -1;
		if (i)
			strbuf_add_text(&text, ", ");
		json_text(&json, item);
	}
	strbuf_add_char(&text, ']');
	if (strbuf_failed(&text, err))
		return -1;
	return arena_copy(u->arena, strbuf_slice(&text), ret_text) < 0 ? arena_fail(u->arena, err) : 0;
}

/* CMD of a base goes when an image sets an entrypoint. */
static bool is_reset(const struct untold *u, const struct image_step *step)
{
	const struct image_step *entrypoint = last_step(u, "ENTRYPOINT");
	return step && entrypoint > step;
}

static int check_list(struct untold *u, const char *instruction, struct slice_list items, struct error **err)
{
	const struct image_step *step = last_step(u, instruction);
	struct slice told = told_by(step), text;
	bool for_shell = told.len && told.data[0] != '[';
	if (list_text(u, items, &text, err) < 0)
		return -1;
	if (cannot_compare(told) || slice_equal(told, text) || (!items.len && !told.len))
		return 0;
	if (for_shell && items.len > 1) {
		struct slice last = items.items[items.len - 1];
		if (mask_tokens(last, u->arena, &last, err) < 0)
			return -1;
		if (slice_equal(slice_trim(last), told))
			return 0;
	}
	if (items.len)
		add_instruction(u, instruction, text);
	else if (!is_reset(u, step))
		add_lack(u, instruction, told);
	return 0;
}

/* --- ENV and LABEL --- */

static struct slice unquoted(struct slice name)
{
	if (name.len > 2 && name.data[0] == '"' && name.data[name.len - 1] == '"')
		return slice_part(name, 1, name.len - 2);
	return name;
}

static bool is_quoted_label(struct slice name)
{
	return step_is_label(unquoted(name));
}

/* Each name that a step of the instruction sets, with the last such step. */
static int collect_names(struct untold *u, const char *instruction, bool (*is_name)(struct slice name),
			 struct map *names, struct error **err)
{
	for (size_t i = 0; i < u->history->count; i++) {
		const struct image_step *step = &u->history->steps[i];
		struct oci_annotation *pairs;
		size_t count;
		if (!slice_equal_text(step->instruction, instruction))
			continue;
		if (step_pairs(told_by(step), is_name, u->arena, &pairs, &count, err) < 0)
			return -1;
		for (size_t k = 0; k < count; k++) {
			void **place = map_put(names, unquoted(pairs[k].name));
			if (!place)
				return error_no_memory(err);
			*place = &u->history->steps[i];
		}
	}
	return 0;
}

static int pair_text(struct untold *u, struct slice name, struct slice value, bool environment, struct slice *ret_text,
		     struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	if (mask_tokens(value, u->arena, &value, err) < 0 || mask_tokens(name, u->arena, &name, err) < 0)
		return -1;
	strbuf_add_slice(&text, name);
	strbuf_add_char(&text, '=');
	if (environment && value.len && step_is_secret_name(name))
		strbuf_add_text(&text, STEP_MASK);
	else
		step_add_value(&text, value, u->windows);
	if (strbuf_failed(&text, err))
		return -1;
	return arena_copy(u->arena, strbuf_slice(&text), ret_text) < 0 ? arena_fail(u->arena, err) : 0;
}

/* These two write values as they are; what others write may be quoted or hold variables. */
static bool tells_values(const struct image_step *step)
{
	return step->builder == BUILDER_BUILDKIT || step->builder == BUILDER_DOCKER;
}

static bool holds(struct slice text, struct slice part)
{
	return part.len == 0 || memmem(text.data, text.len, part.data, part.len) != NULL;
}

static int check_environment(struct untold *u, struct map *names, struct error **err)
{
	if (collect_names(u, "ENV", step_is_variable, names, err) < 0)
		return -1;
	for (size_t i = 0; i < u->config->environment.len; i++) {
		struct slice name, value, text;
		if (!slice_cut(u->config->environment.items[i], '=', &name, &value))
			value = SLICE("");
		const struct image_step *step = map_get(names, name);
		if (!step && slice_equal_text(name, "PATH") && slice_equal_text(value, DEFAULT_PATH))
			continue;
		if (step && (i >= MOST_VALUES || !tells_values(step)))
			continue;
		if (pair_text(u, name, value, true, &text, err) < 0)
			return -1;
		if (!step || !holds(step->text, text))
			add_instruction(u, "ENV", text);
	}
	return 0;
}

static int check_labels(struct untold *u, struct map *names, struct error **err)
{
	if (collect_names(u, "LABEL", is_quoted_label, names, err) < 0)
		return -1;
	for (size_t i = 0; i < u->config->label_count; i++) {
		struct slice name = u->config->labels[i].name, text;
		if (map_get(names, name))
			continue;
		if (pair_text(u, name, u->config->labels[i].value, false, &text, err) < 0)
			return -1;
		add_instruction(u, "LABEL", text);
	}
	return 0;
}

int dockerfile_add_untold(const struct image_history *history, const struct oci_config *config, bool windows,
			  struct arena *arena, struct strbuf *out, struct error **err)
{
	CLEANUP(map_release) struct map variables = { 0 }, labels = { 0 };
	struct untold u = { history, config, windows, arena, out, false };
	if (check_environment(&u, &variables, err) < 0 || check_labels(&u, &labels, err) < 0 ||
	    check_text(&u, "USER", config->user, false, err) < 0 ||
	    check_text(&u, "WORKDIR", config->working_dir, true, err) < 0 ||
	    check_list(&u, "ENTRYPOINT", config->entrypoint, err) < 0)
		return -1;
	return check_list(&u, "CMD", config->command, err);
}
