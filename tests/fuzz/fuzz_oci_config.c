/* The config of an image. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/time.h"
#include "model/reference.h"
#include "oci/format/config.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void use_date(const struct oci_date *date)
{
	bool has_time = date->dating == OCI_DATED || date->dating == OCI_REPRODUCIBLE;
	require(has_time == (date->time != TIME_UNSET));
	require(!has_time || (time_is_valid(date->time) && date->text.len > 0));
}

static void use_texts(struct slice_list list)
{
	require(list.items || list.len == 0);
	for (size_t i = 0; i < list.len; i++)
		require(list.items[i].data);
}

static void use_labels(const struct oci_annotation *labels, size_t count)
{
	require(count <= LIMIT_ANNOTATIONS);
	for (size_t i = 0; i < count && i < 100; i++)
		for (size_t k = 0; k < i; k++)
			require(!slice_equal(labels[i].name, labels[k].name));
}

static void use_config(const struct oci_config *config)
{
	use_date(&config->created);
	require(config->history_count <= LIMIT_HISTORY);
	for (size_t i = 0; i < config->history_count; i++)
		use_date(&config->history[i].created);
	for (size_t i = 0; i < config->diff_ids.len; i++)
		require(!config->diff_ids.items[i].data || digest_valid(config->diff_ids.items[i]));
	use_texts(config->entrypoint);
	use_texts(config->command);
	use_texts(config->environment);
	use_texts(config->ports);
	use_texts(config->volumes);
	use_labels(config->labels, config->label_count);
	require(config->defects.len <= LIMIT_OCI_DEFECTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_config config;
	struct error *err = NULL;
	if (size > LIMIT_IMAGE_CONFIG_BYTES)
		return 0;
	int got = oci_config_parse((struct slice){ (const char *)data, size }, &arena, &config, &err);
	require(got >= 0 && !err);
	if (got == 1)
		use_config(&config);
	else
		require(config.refused.len > 0);
	return 0;
}
