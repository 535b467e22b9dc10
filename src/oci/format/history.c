#include "oci/format/history.h"

#include "oci/format/step_internal.h"

size_t image_history_layers(const struct oci_manifest *manifest, const struct oci_config *config)
{
	if (manifest && manifest->kind == OCI_SCHEMA1)
		return config->history_count;
	size_t count = 0;
	for (size_t i = 0; i < config->history_count; i++)
		count += !config->history[i].empty_layer;
	return count;
}

/* Of a config alone the diff IDs stand for the layers. */
static size_t layer_count(const struct oci_manifest *manifest, const struct oci_config *config)
{
	return manifest ? manifest->layer_count : config->diff_ids.len;
}

static void set_layer(struct image_step *step, size_t number, const struct oci_manifest *manifest,
		      const struct oci_config *config)
{
	step->layer_number = number;
	if (manifest)
		step->layer = &manifest->layers[number];
	if (config->diff_ids.len == layer_count(manifest, config))
		step->diff_id = config->diff_ids.items[number];
}

static bool makes_layer(const struct oci_manifest *manifest, const struct oci_history *entry)
{
	return !entry->empty_layer || (manifest && manifest->kind == OCI_SCHEMA1);
}

int image_history_build(const struct oci_manifest *manifest, const struct oci_config *config, struct arena *arena,
			struct image_history *ret_history, struct error **err)
{
	size_t layers = layer_count(manifest, config), next_layer = 0;
	struct image_history history = { .tied = image_history_layers(manifest, config) == layers };
	struct step_context context = { SLICE_NONE, slice_equal_text(config->platform.os, "windows") };
	size_t alone = history.tied ? 0 : layers;

	history.count = alone + config->history_count;
	history.builder = image_builder_of_all(config->history, config->history_count);
	history.steps = arena_zeroed(arena, history.count + 1, sizeof *history.steps);
	if (!history.steps)
		return arena_fail(arena, err);
	for (size_t i = 0; i < alone; i++)
		set_layer(&history.steps[i], i, manifest, config);
	for (size_t i = 0; i < config->history_count; i++) {
		struct image_step *step = &history.steps[alone + i];
		if (step_parse(&config->history[i], &context, arena, step, err) < 0 ||
		    (slice_equal_text(step->instruction, "SHELL") &&
		     step_shell_words(step->text, arena, &context.shell, err) < 0))
			return -1;
		if (history.tied && makes_layer(manifest, &config->history[i]))
			set_layer(step, next_layer++, manifest, config);
	}
	*ret_history = history;
	return 0;
}
