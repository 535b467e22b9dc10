#include "derive/image_detail_diff.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/map.h"
#include "credential/mask.h"
#include "oci/format/compare.h"
#include "oci/format/image_record.h"
#include "oci/format/step_words.h"

#define SHORT_DIGEST 19 /* sha256: and 12 digits */

struct differences {
	struct slice platform;
	const struct image_detail *old, *new;
	struct arena *arena;
	struct image_difference *rows;
	size_t count, capacity;
};

static int add(struct differences *d, const char *what, struct slice name, struct slice old, struct slice new,
	       struct error **err)
{
	struct image_difference *rows = arena_grow(d->arena, d->rows, d->count, &d->capacity, sizeof *rows);
	if (!rows)
		return arena_fail(d->arena, err);
	d->rows = rows;
	record_init(&image_difference_type, &rows[d->count]);
	rows[d->count].platform = d->platform;
	rows[d->count].what = slice_of(what);
	rows[d->count].name = name;
	rows[d->count].old = old;
	rows[d->count].new = new;
	d->count++;
	return 0;
}

/* --- texts --- */

static int add_text(struct differences *d, const char *what, struct slice old, struct slice new, struct error **err)
{
	bool same = old.len == new.len && (!old.len || slice_equal(old, new));
	if (same)
		return 0;
	if (mask_tokens(old, d->arena, &old, err) < 0 || mask_tokens(new, d->arena, &new, err) < 0)
		return -1;
	return add(d, what, SLICE_NONE, old.len ? old : SLICE_NONE, new.len ? new : SLICE_NONE, err);
}

static int list_text(struct slice_list list, struct arena *arena, struct slice *ret_text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct json_writer json = { .out = &text };
	json_array_begin(&json);
	for (size_t i = 0; i < list.len; i++)
		json_text(&json, list.items[i]);
	json_array_end(&json);
	if (strbuf_failed(&text, err))
		return -1;
	return arena_copy(arena, strbuf_slice(&text), ret_text) < 0 ? arena_fail(arena, err) : 0;
}

static int add_list(struct differences *d, const char *what, struct slice_list old, struct slice_list new,
		    struct error **err)
{
	struct slice old_text = SLICE_NONE, new_text = SLICE_NONE;
	if ((old.len && list_text(old, d->arena, &old_text, err) < 0) ||
	    (new.len &&list_text(new, d->arena, &new_text, err) < 0))
		return -1;
	return add_text(d, what, old_text, new_text, err);
}

/* --- names with values --- */

struct pairs {
	const struct oci_annotation *items;
	size_t count;
};

/* NAME=VALUE of each variable. */
static int variables_of(struct slice_list environment, struct arena *arena, struct pairs *ret_pairs, struct error **err)
{
	struct oci_annotation *items = arena_zeroed(arena, environment.len + 1, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < environment.len; i++)
		if (!slice_cut(environment.items[i], '=', &items[i].name, &items[i].value))
			items[i].value = SLICE("");
	*ret_pairs = (struct pairs){ items, environment.len };
	return 0;
}

/* Of a name that stands there twice, the last counts. */
static int map_pairs(struct pairs pairs, struct map *map, struct error **err)
{
	for (size_t i = 0; i < pairs.count; i++) {
		void **place = map_put(map, pairs.items[i].name);
		if (!place)
			return error_no_memory(err);
		*place = (void *)(uintptr_t)&pairs.items[i];
	}
	return 0;
}

static int shown(struct differences *d, const struct oci_annotation *pair, bool variable, struct slice *ret_text,
		 struct error **err)
{
	*ret_text = SLICE_NONE;
	if (!pair)
		return 0;
	*ret_text = pair->value.data ? pair->value : SLICE("");
	if (variable && pair->value.len && step_is_secret_name(pair->name)) {
		*ret_text = SLICE(STEP_MASK);
		return 0;
	}
	return mask_tokens(*ret_text, d->arena, ret_text, err);
}

static bool same_value(const struct oci_annotation *a, const struct oci_annotation *b)
{
	return a && b && a->value.len == b->value.len && (!a->value.len || slice_equal(a->value, b->value));
}

static int add_pair(struct differences *d, const char *what, const struct oci_annotation *old,
		    const struct oci_annotation *new, struct error **err)
{
	bool variable = strcmp(what, "variable") == 0;
	struct slice name = old ? old->name : new->name, old_text, new_text;
	if (same_value(old, new))
		return 0;
	if (shown(d, old, variable, &old_text, err) < 0 || shown(d, new, variable, &new_text, err) < 0 ||
	    mask_tokens(name, d->arena, &name, err) < 0)
		return -1;
	return add(d, what, name, old_text, new_text, err);
}

static int add_pairs(struct differences *d, const char *what, struct pairs old, struct pairs new, struct error **err)
{
	CLEANUP(map_release) struct map olds = { 0 }, news = { 0 };
	if (map_pairs(old, &olds, err) < 0 || map_pairs(new, &news, err) < 0)
		return -1;
	for (size_t i = 0; i < olds.len; i++)
		if (add_pair(d, what, olds.items[i].value, map_get(&news, olds.items[i].key), err) < 0)
			return -1;
	for (size_t i = 0; i < news.len; i++)
		if (!map_get(&olds, news.items[i].key) && add_pair(d, what, NULL, news.items[i].value, err) < 0)
			return -1;
	return 0;
}

/* --- layers and steps --- */

/* Of layer `number`, from 0, the content and what made it; not there: no such layer. */
static int layer_text(const struct image_detail *detail, size_t number, struct arena *arena, struct slice *ret_text,
		      struct error **err)
{
	const struct oci_config *config = &detail->config;
	struct slice id = SLICE_NONE, step = SLICE_NONE;
	*ret_text = SLICE_NONE;
	if (number >= detail->manifest.layer_count)
		return 0;
	id = number < config->diff_ids.len ? config->diff_ids.items[number] : detail->manifest.layers[number].digest;
	for (size_t i = 0; i < detail->history.count; i++)
		if (detail->history.steps[i].layer && detail->history.steps[i].layer_number == number)
			step = detail->history.steps[i].text;
	id = slice_part(id, 0, SHORT_DIGEST);
	*ret_text = arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(id), step.len ? " " : "", SLICE_ARG(step));
	return ret_text->data ? 0 : arena_fail(arena, err);
}

static int add_layers(struct differences *d, size_t shared, struct error **err)
{
	size_t old_count = d->old->manifest.layer_count, new_count = d->new->manifest.layer_count;
	for (size_t i = shared; i < old_count || i < new_count; i++) {
		struct slice old, new, number = arena_printf(d->arena, "%zu", i + 1);
		if (!number.data)
			return arena_fail(d->arena, err);
		if (layer_text(d->old, i, d->arena, &old, err) < 0 || layer_text(d->new, i, d->arena, &new, err) < 0 ||
		    add(d, "layer", number, old, new, err) < 0)
			return -1;
	}
	return 0;
}

/* Steps that are not told with a layer. */
struct steps {
	const struct image_step **items;
	size_t count;
};

static int steps_without_layer(const struct image_history *history, struct arena *arena, struct steps *ret_steps,
			       struct error **err)
{
	struct steps steps = { arena_zeroed(arena, history->count + 1, sizeof(struct image_step *)), 0 };
	if (!steps.items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < history->count; i++)
		if (!history->steps[i].layer)
			steps.items[steps.count++] = &history->steps[i];
	*ret_steps = steps;
	return 0;
}

static bool same_step(const struct image_step *a, const struct image_step *b)
{
	return slice_equal(a->entry->created_by, b->entry->created_by);
}

/* What is alike at both ends is left out. */
static int add_steps(struct differences *d, struct error **err)
{
	struct steps old, new;
	size_t start = 0;
	if (steps_without_layer(&d->old->history, d->arena, &old, err) < 0 ||
	    steps_without_layer(&d->new->history, d->arena, &new, err) < 0)
		return -1;
	while (start < old.count && start < new.count &&same_step(old.items[start], new.items[start]))
		start++;
	while (old.count > start && new.count > start &&
	       same_step(old.items[old.count - 1], new.items[new.count - 1])) {
		old.count--;
		new.count--;
	}
	for (size_t i = start; i < old.count || i < new.count; i++) {
		struct slice before = i < old.count ? old.items[i]->text : SLICE_NONE;
		struct slice after = i < new.count ? new.items[i]->text : SLICE_NONE;
		if (add(d, "step", SLICE_NONE, before, after, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the whole --- */

static int add_configs(struct differences *d, struct error **err)
{
	const struct oci_config *old = &d->old->config, *new = &d->new->config;
	struct pairs old_variables, new_variables;
	if (variables_of(old->environment, d->arena, &old_variables, err) < 0 ||
	    variables_of(new->environment, d->arena, &new_variables, err) < 0)
		return -1;
	if (add_text(d, "created", old->created.text, new->created.text, err) < 0 ||
	    add_text(d, "os", old->platform.os, new->platform.os, err) < 0 ||
	    add_text(d, "architecture", old->platform.architecture, new->platform.architecture, err) < 0 ||
	    add_text(d, "variant", old->platform.variant, new->platform.variant, err) < 0 ||
	    add_text(d, "os version", old->platform.os_version, new->platform.os_version, err) < 0 ||
	    add_text(d, "author", old->author, new->author, err) < 0 ||
	    add_text(d, "user", old->user, new->user, err) < 0 ||
	    add_list(d, "entrypoint", old->entrypoint, new->entrypoint, err) < 0 ||
	    add_list(d, "command", old->command, new->command, err) < 0 ||
	    add_text(d, "working dir", old->working_dir, new->working_dir, err) < 0 ||
	    add_list(d, "shell", old->shell, new->shell, err) < 0 ||
	    add_list(d, "health check", old->healthcheck, new->healthcheck, err) < 0 ||
	    add_list(d, "on build", old->onbuild, new->onbuild, err) < 0 ||
	    add_text(d, "stop signal", old->stop_signal, new->stop_signal, err) < 0 ||
	    add_list(d, "ports", old->ports, new->ports, err) < 0 ||
	    add_list(d, "volumes", old->volumes, new->volumes, err) < 0)
		return -1;
	if (add_pairs(d, "variable", old_variables, new_variables, err) < 0)
		return -1;
	return add_pairs(d, "label", (struct pairs){ old->labels, old->label_count },
			 (struct pairs){ new->labels, new->label_count }, err);
}

static int record_of(const struct image_detail *detail, struct arena *arena, struct manifest *ret_record,
		     struct error **err)
{
	struct oci_manifest manifest = detail->manifest;
	return image_manifest_record(detail->digest, (int64_t)detail->manifest_bytes.len, &manifest,
				     detail->has_config ? &detail->config : NULL, arena, ret_record, err);
}

static int add_change(struct differences *d, struct image_comparison *ret_comparison, struct error **err)
{
	struct manifest old, new;
	if ((d->old && record_of(d->old, d->arena, &old, err) < 0) ||
	    (d->new &&record_of(d->new, d->arena, &new, err) < 0))
		return -1;
	*ret_comparison = image_compare(d->old ? &old : NULL, d->new ? &new : NULL);
	return add(d, "change", slice_of(image_change_text(ret_comparison->change)),
		   d->old ? d->old->digest : SLICE_NONE, d->new ? d->new->digest : SLICE_NONE, err);
}

int image_detail_differences(struct slice platform, const struct image_detail *old, const struct image_detail *new,
			     struct arena *arena, struct record_list *ret_rows, struct error **err)
{
	struct differences d = { platform, old, new, arena, NULL, 0, 0 };
	struct image_comparison comparison;
	if (add_change(&d, &comparison, err) < 0)
		return -1;
	if (old && new &&comparison.change != IMAGE_SAME) {
		bool configs = old->has_config && new->has_config;
		if (comparison.change != IMAGE_REPACKED && add_layers(&d, comparison.shared, err) < 0)
			return -1;
		if (configs && (add_steps(&d, err) < 0 || add_configs(&d, err) < 0))
			return -1;
		if (add_pairs(&d, "annotation",
			      (struct pairs){ old->manifest.annotations, old->manifest.annotation_count },
			      (struct pairs){ new->manifest.annotations, new->manifest.annotation_count }, err) < 0)
			return -1;
	}
	*ret_rows = (struct record_list){ d.rows, d.count };
	return 0;
}
