#include "oci/format/image_record.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/sha256.h"
#include "base/time.h"
#include "credential/mask.h"
#include "oci/format/chain.h"
#include "oci/format/history.h"

#define BASE_NAME "org.opencontainers.image.base.name"
#define BASE_DIGEST "org.opencontainers.image.base.digest"
#define BUILDKIT_ATTESTATION "application/vnd.docker.attestation.manifest.v1+json"

/* What was read and holds nothing: a list that is there. */
static const struct slice no_items[1];
#define EMPTY_LIST ((struct slice_list){ no_items, 0 })

/* --- what it is --- */

/* An attestation of BuildKit has an image's config, and documents in place of layers. */
static bool is_attestation(const struct oci_manifest *manifest)
{
	if (slice_equal_text(manifest->artifact_type, BUILDKIT_ATTESTATION))
		return true;
	for (size_t i = 0; i < manifest->layer_count; i++)
		if (media_type_of(manifest->layers[i].media_type).kind != MEDIA_IN_TOTO)
			return false;
	return manifest->layer_count > 0;
}

static struct slice kind_of(const struct oci_manifest *manifest)
{
	switch (manifest->kind) {
	case OCI_INDEX:
		return SLICE("index");
	case OCI_SCHEMA1:
		return SLICE("schema1");
	case OCI_ARTIFACT:
		return is_attestation(manifest) ? SLICE("attestation") : SLICE("artifact");
	case OCI_IMAGE:
		return is_attestation(manifest) ? SLICE("attestation") : SLICE("image");
	}
	return SLICE("unknown");
}

/* --- texts that may quote a secret --- */

static int mask_list(struct slice_list texts, struct arena *arena, struct slice_list *ret_list, struct error **err)
{
	*ret_list = EMPTY_LIST;
	if (!texts.len)
		return 0;
	struct slice *items = arena_zeroed(arena, texts.len, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < texts.len; i++)
		if (mask_tokens(texts.items[i], arena, &items[i], err) < 0)
			return -1;
	*ret_list = (struct slice_list){ items, texts.len };
	return 0;
}

/* NAME=VALUE of each. */
static int mask_pairs(const struct oci_annotation *pairs, size_t count, struct arena *arena,
		      struct slice_list *ret_list, struct error **err)
{
	*ret_list = EMPTY_LIST;
	if (!count)
		return 0;
	struct slice *items = arena_zeroed(arena, count, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < count; i++) {
		struct slice name = pairs[i].name, value = pairs[i].value, text = { NULL, name.len + 1 + value.len };
		char *joined = arena_bytes(arena, text.len);
		if (!joined)
			return arena_fail(arena, err);
		memcpy(joined, name.data ? name.data : "", name.len);
		joined[name.len] = '=';
		memcpy(joined + name.len + 1, value.data ? value.data : "", value.len);
		text.data = joined;
		if (mask_tokens(text, arena, &items[i], err) < 0)
			return -1;
	}
	*ret_list = (struct slice_list){ items, count };
	return 0;
}

static int name_environment(struct slice_list environment, struct arena *arena, struct slice_list *ret_names,
			    struct error **err)
{
	*ret_names = EMPTY_LIST;
	if (!environment.len)
		return 0;
	struct slice *items = arena_zeroed(arena, environment.len, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < environment.len; i++) {
		struct slice name, value;
		slice_cut(environment.items[i], '=', &name, &value);
		if (mask_tokens(name, arena, &items[i], err) < 0)
			return -1;
	}
	*ret_names = (struct slice_list){ items, environment.len };
	return 0;
}

/* --- layers --- */

static int list_layers(const struct oci_manifest *manifest, struct arena *arena, struct manifest *record,
		       struct error **err)
{
	record->layers = EMPTY_LIST;
	record->layers_bytes = 0;
	if (!manifest->layer_count)
		return 0;
	struct slice *items = arena_zeroed(arena, manifest->layer_count, sizeof *items);
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < manifest->layer_count; i++) {
		const struct oci_descriptor *layer = &manifest->layers[i];
		items[i] = layer->digest;
		if (record->layers_bytes == INT_UNKNOWN || layer->size == INT_UNKNOWN ||
		    __builtin_add_overflow(record->layers_bytes, layer->size, &record->layers_bytes))
			record->layers_bytes = INT_UNKNOWN;
	}
	record->layers = (struct slice_list){ items, manifest->layer_count };
	return 0;
}

static int name_chain(struct slice_list diff_ids, struct arena *arena, struct slice *ret_chain, struct error **err)
{
	if (!diff_ids.len)
		return 0;
	struct slice *ids = arena_zeroed(arena, diff_ids.len, sizeof *ids);
	if (!ids)
		return arena_fail(arena, err);
	if (chain_ids(diff_ids, arena, ids, err) < 0)
		return -1;
	*ret_chain = ids[diff_ids.len - 1];
	return 0;
}

/* --- history --- */

/* `printf 'FIRST\0SECOND\0' | sha256sum`. What tells no command at all is like nothing else. */
static int hash_history(const struct oci_config *config, struct arena *arena, struct slice *ret_digest,
			struct error **err)
{
	CLEANUP(sha256_freep) struct sha256 *hash = NULL;
	char hex[SHA256_TEXT_BYTES];
	bool told = false;
	for (size_t i = 0; i < config->history_count; i++)
		told = told || config->history[i].created_by.len;
	if (!told)
		return 0;
	if (!(hash = sha256_new(err)))
		return -1;
	for (size_t i = 0; i < config->history_count; i++) {
		sha256_add(hash, config->history[i].created_by);
		sha256_add(hash, (struct slice){ "", 1 });
	}
	if (sha256_end(hash, hex, err) < 0)
		return -1;
	*ret_digest = arena_printf(arena, "sha256:%s", hex);
	return ret_digest->data ? 0 : arena_fail(arena, err);
}

static int compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

/* Most histories have two dates, the base's and their own: what lies between is kept as text, for it is rare. */
static int date_between(const int64_t *times, size_t count, struct arena *arena, struct slice_list *ret_texts,
			struct error **err)
{
	struct slice *items = arena_zeroed(arena, count + 1, sizeof *items);
	int64_t last = count ? times[0] / USEC_PER_SECOND : 0;
	size_t len = 0;
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < count && times[i] < times[count - 1]; i++) {
		char text[TIME_TEXT_BYTES];
		int64_t second = times[i] / USEC_PER_SECOND;
		if (second == last)
			continue;
		last = second;
		items[len] = arena_printf(arena, "%s", time_format(second * USEC_PER_SECOND, text));
		if (!items[len++].data)
			return arena_fail(arena, err);
	}
	*ret_texts = (struct slice_list){ items, len };
	return 0;
}

static int date_history(const struct oci_config *config, struct arena *arena, struct manifest *record,
			struct error **err)
{
	int64_t *times = arena_zeroed(arena, config->history_count + 1, sizeof *times);
	size_t count = 0;
	if (!times)
		return arena_fail(arena, err);
	for (size_t i = 0; i < config->history_count; i++) {
		const struct oci_date *date = &config->history[i].created;
		if (date->dating == OCI_DATED)
			times[count++] = date->time;
	}
	if (!count)
		return 0;
	qsort(times, count, sizeof *times, compare_times);
	record->history_from = times[0];
	record->history_to = times[count - 1];
	return date_between(times, count, arena, &record->history_between, err);
}

/* Each holds what came before it. Short, for there are many: a history is a claim that anybody can repeat anyhow. */
static int hash_steps(const struct oci_config *config, struct arena *arena, struct slice_list *ret_steps,
		      struct error **err)
{
	struct slice *items = arena_zeroed(arena, config->history_count, sizeof *items);
	uint64_t hash = 0;
	if (!items)
		return arena_fail(arena, err);
	for (size_t i = 0; i < config->history_count; i++) {
		struct slice command = config->history[i].created_by;
		hash = hash_bytes_keyed(command, hash, i);
		items[i] = arena_printf(arena, "%016llx:%08llx%s", (unsigned long long)hash,
					(unsigned long long)hash_bytes_keyed(command, 0, 0) & 0xffffffff,
					config->history[i].empty_layer ? "" : "+");
		if (!items[i].data)
			return arena_fail(arena, err);
	}
	*ret_steps = (struct slice_list){ items, config->history_count };
	return 0;
}

static int read_history(const struct oci_config *config, struct arena *arena, struct manifest *record,
			struct error **err)
{
	record->history_count = (int64_t)config->history_count;
	if (date_history(config, arena, record, err) < 0)
		return -1;
	record->builder = slice_of(image_builder_text(image_builder_of_all(config->history, config->history_count)));
	if (hash_history(config, arena, &record->history_digest, err) < 0)
		return -1;
	return record->history_digest.data ? hash_steps(config, arena, &record->history_steps, err) : 0;
}

/* --- what does not fit together --- */

static int check_layers(struct oci_manifest *manifest, const struct oci_config *config, struct arena *arena,
			struct error **err)
{
	if (!config->has_rootfs || config->diff_ids.len == manifest->layer_count)
		return 0;
	if (oci_defect_add(&manifest->defects, arena, "layer_mismatch", SLICE("/layers"),
			   "%zu layer(s), but the config has %zu diff ID(s)", manifest->layer_count,
			   config->diff_ids.len) < 0)
		return arena_fail(arena, err);
	return 0;
}

static int check_history(struct oci_manifest *manifest, const struct oci_config *config, struct arena *arena,
			 struct error **err)
{
	size_t told = image_history_layers(manifest, config);
	if (!config->history_count || told == manifest->layer_count)
		return 0;
	if (oci_defect_add(&manifest->defects, arena, "history_mismatch", SLICE("/layers"),
			   "%zu layer(s), but the history tells of %zu", manifest->layer_count, told) < 0)
		return arena_fail(arena, err);
	return 0;
}

/* --- records --- */

/* Annotations of the manifest come before labels: they are written by who pushed last. */
static struct slice base_claim(const struct oci_manifest *manifest, const struct oci_config *config, const char *name)
{
	struct slice value = oci_annotation_of(manifest->annotations, manifest->annotation_count, name);
	if (!value.len && config)
		value = oci_annotation_of(config->labels, config->label_count, name);
	return value.len ? value : SLICE_NONE;
}

static void read_platform(const struct oci_config *config, struct manifest *record)
{
	record->os = config->platform.os;
	record->architecture = config->platform.architecture;
	record->variant = config->platform.variant;
	record->os_version = config->platform.os_version;
}

static void read_date(const struct oci_date *date, struct manifest *record)
{
	record->dating = slice_of(oci_dating_text(date->dating));
	record->created_text = date->text;
	if (date->dating == OCI_DATED)
		record->created = date->time;
}

static int read_config(const struct oci_config *config, struct arena *arena, struct manifest *record,
		       struct error **err)
{
	read_platform(config, record);
	read_date(&config->created, record);
	record->user = config->user;
	record->working_dir = config->working_dir;
	record->ports = config->ports.items ? config->ports : EMPTY_LIST;
	record->diff_ids = config->has_rootfs && !config->diff_ids.items ? EMPTY_LIST : config->diff_ids;
	if (name_chain(config->diff_ids, arena, &record->chain_id, err) < 0 ||
	    read_history(config, arena, record, err) < 0 ||
	    mask_list(config->entrypoint, arena, &record->entrypoint, err) < 0 ||
	    mask_list(config->command, arena, &record->command, err) < 0 ||
	    mask_pairs(config->labels, config->label_count, arena, &record->labels, err) < 0)
		return -1;
	return name_environment(config->environment, arena, &record->env_names, err);
}

int image_manifest_record(struct slice digest, int64_t size, struct oci_manifest *manifest,
			  const struct oci_config *config, struct arena *arena, struct manifest *ret_record,
			  struct error **err)
{
	struct manifest record;
	record_init(&manifest_type, &record);
	record.digest = digest;
	record.size_bytes = size;
	record.kind = kind_of(manifest);
	record.media_type = manifest->media_type;
	record.artifact_type = manifest->artifact_type;
	record.subject = manifest->subject.digest;
	record.config_digest = manifest->config.digest;
	record.config_media_type = manifest->config.media_type;
	if (manifest->kind != OCI_INDEX)
		record.config_read = config ? BOOL_TRUE : BOOL_FALSE;
	if (manifest->kind == OCI_SCHEMA1)
		record.architecture = manifest->schema1_architecture;
	if (base_claim(manifest, config, BASE_NAME).data &&
	    mask_tokens(base_claim(manifest, config, BASE_NAME), arena, &record.base_name, err) < 0)
		return -1;
	record.base_digest = base_claim(manifest, config, BASE_DIGEST);
	if (mask_pairs(manifest->annotations, manifest->annotation_count, arena, &record.annotations, err) < 0)
		return -1;
	if (manifest->kind != OCI_INDEX && list_layers(manifest, arena, &record, err) < 0)
		return -1;
	if (config && (read_config(config, arena, &record, err) < 0 || check_layers(manifest, config, arena, err) < 0 ||
		       check_history(manifest, config, arena, err) < 0))
		return -1;
	*ret_record = record;
	return 0;
}

int image_member_record(struct slice index, size_t ordinal, const struct oci_descriptor *member, struct arena *arena,
			struct index_member *ret_record, struct error **err)
{
	struct index_member record;
	(void)arena;
	(void)err;
	record_init(&index_member_type, &record);
	record.index = index;
	record.ordinal = (int64_t)ordinal;
	record.digest = member->digest.data ? member->digest : SLICE("");
	record.media_type = member->media_type;
	record.artifact_type = member->artifact_type;
	record.size_bytes = member->size;
	record.os = member->platform.os;
	record.architecture = member->platform.architecture;
	record.variant = member->platform.variant;
	record.os_version = member->platform.os_version;
	record.attests = oci_attests(member);
	*ret_record = record;
	return 0;
}
