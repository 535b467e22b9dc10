#include "oci/format/compare.h"

static const char *const changes[] = {
	[IMAGE_SAME] = "same",
	[IMAGE_REPACKED] = "repacked",
	[IMAGE_CONFIG_ONLY] = "config only",
	[IMAGE_LAYERS_ON_TOP] = "layers on top",
	[IMAGE_LAYERS_TAKEN] = "layers taken away",
	[IMAGE_BASE_REPLACED] = "base replaced",
	[IMAGE_LAST_LAYERS] = "last layers differ",
	[IMAGE_OTHER] = "other",
	[IMAGE_NOT_KNOWN] = "not known",
};

static const char *const fields[IMAGE_FIELDS] = { "user",    "entrypoint", "command",     "environment",
						  "labels",  "created",    "working dir", "ports",
						  "history", "platform",   "other" };

const char *image_change_text(enum image_change change)
{
	return (size_t)change < sizeof changes / sizeof changes[0] ? changes[change] : changes[IMAGE_NOT_KNOWN];
}

const char *image_field_text(unsigned bit)
{
	return bit && __builtin_ctz(bit) < IMAGE_FIELDS ? fields[__builtin_ctz(bit)] : fields[IMAGE_FIELDS - 1];
}

/* --- what configs say --- */

/* Nothing and an empty text are the same to whoever runs it. */
static bool same_text(struct slice a, struct slice b)
{
	return a.len == b.len && (!a.len || slice_equal(a, b));
}

static bool same_list(struct slice_list a, struct slice_list b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (!slice_equal(a.items[i], b.items[i]))
			return false;
	return true;
}

/* Longer ones are compared in their order. */
#define MOST_UNORDERED 1000

static bool same_set(struct slice_list a, struct slice_list b)
{
	if (same_list(a, b))
		return true;
	if (a.len != b.len || a.len > MOST_UNORDERED)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (!slice_list_has(b, a.items[i]) || !slice_list_has(a, b.items[i]))
			return false;
	return true;
}

static bool same_platform(const struct manifest *a, const struct manifest *b)
{
	return same_text(a->os, b->os) && same_text(a->architecture, b->architecture) &&
	       same_text(a->variant, b->variant) && same_text(a->os_version, b->os_version);
}

static bool same_history(const struct manifest *a, const struct manifest *b)
{
	return a->history_count == b->history_count && same_text(a->history_digest, b->history_digest);
}

static bool same_dates(const struct manifest *a, const struct manifest *b)
{
	return same_text(a->created_text, b->created_text) && a->history_from == b->history_from &&
	       a->history_to == b->history_to;
}

static unsigned compare_configs(const struct manifest *a, const struct manifest *b)
{
	unsigned differ = 0;
	if (a->config_read != BOOL_TRUE || b->config_read != BOOL_TRUE)
		return 0;
	differ |= same_text(a->user, b->user) ? 0 : IMAGE_FIELD_USER;
	differ |= same_list(a->entrypoint, b->entrypoint) ? 0 : IMAGE_FIELD_ENTRYPOINT;
	differ |= same_list(a->command, b->command) ? 0 : IMAGE_FIELD_COMMAND;
	differ |= same_set(a->env_names, b->env_names) ? 0 : IMAGE_FIELD_ENVIRONMENT;
	differ |= same_set(a->labels, b->labels) ? 0 : IMAGE_FIELD_LABELS;
	differ |= same_dates(a, b) ? 0 : IMAGE_FIELD_CREATED;
	differ |= same_text(a->working_dir, b->working_dir) ? 0 : IMAGE_FIELD_WORKING_DIR;
	differ |= same_set(a->ports, b->ports) ? 0 : IMAGE_FIELD_PORTS;
	differ |= same_history(a, b) ? 0 : IMAGE_FIELD_HISTORY;
	differ |= same_platform(a, b) ? 0 : IMAGE_FIELD_PLATFORM;
	if (!differ && a->config_digest.data && b->config_digest.data && !same_text(a->config_digest, b->config_digest))
		differ = IMAGE_FIELD_OTHER;
	return differ;
}

/* --- layers --- */

static bool is_whole(struct slice_list list)
{
	for (size_t i = 0; i < list.len; i++)
		if (!list.items[i].len)
			return false;
	return list.items != NULL;
}

static size_t shared_from_below(struct slice_list a, struct slice_list b)
{
	size_t count = 0;
	while (count < a.len && count < b.len && a.items[count].len && slice_equal(a.items[count], b.items[count]))
		count++;
	return count;
}

static enum image_change change_of_layers(const struct image_comparison *c)
{
	if (!c->old_only && !c->new_only)
		return c->config_fields ? IMAGE_CONFIG_ONLY : IMAGE_REPACKED;
	if (!c->shared)
		return IMAGE_OTHER;
	if (!c->old_only)
		return IMAGE_LAYERS_ON_TOP;
	return c->new_only ? IMAGE_LAST_LAYERS : IMAGE_LAYERS_TAKEN;
}

/* HASH:OWN of manifest.history_steps: OWN. */
static struct slice own_hash(struct slice step)
{
	struct slice up_to, own;
	return slice_cut(step, ':', &up_to, &own) ? own : SLICE_NONE;
}

/* Histories that end alike, and made layers in what is alike. */
static bool end_alike(const struct manifest *old, const struct manifest *new)
{
	struct slice_list a = old->history_steps, b = new->history_steps;
	for (size_t i = 1; i <= a.len && i <= b.len; i++) {
		struct slice own = own_hash(a.items[a.len - i]);
		if (!own.data || !slice_equal(own, own_hash(b.items[b.len - i])))
			return false;
		if (slice_ends_with(own, "+"))
			return true;
	}
	return false;
}

static void compare_layers(struct slice_list old, struct slice_list new, struct image_comparison *c)
{
	c->shared = shared_from_below(old, new);
	c->old_only = old.len - c->shared;
	c->new_only = new.len - c->shared;
	c->change = change_of_layers(c);
}

/* The same stored layers are the same content; others may be too. */
static void compare_stored(const struct manifest *old, const struct manifest *new, struct image_comparison *c)
{
	compare_layers(old->layers, new->layers, c);
	if (c->old_only && c->new_only)
		*c = (struct image_comparison){ .change = IMAGE_NOT_KNOWN, .config_fields = c->config_fields };
	else if (c->change != IMAGE_LAYERS_ON_TOP && c->change != IMAGE_LAYERS_TAKEN && !c->config_fields &&
		 (old->config_read != BOOL_TRUE || new->config_read != BOOL_TRUE))
		c->change = IMAGE_NOT_KNOWN; /* nothing tells what else differs */
}

static bool is_index(const struct manifest *manifest)
{
	return slice_equal_text(manifest->kind, "index");
}

/* Artifacts share the empty config, and have nothing in it. */
static bool same_config(const struct manifest *old, const struct manifest *new)
{
	return slice_equal_text(old->kind, "image") && slice_equal_text(new->kind, "image") &&
	       old->config_digest.data && slice_equal(old->config_digest, new->config_digest) &&
	       old->layers.len == new->layers.len;
}

struct image_comparison image_compare(const struct manifest *old, const struct manifest *new)
{
	struct image_comparison c = { .change = IMAGE_NOT_KNOWN };
	if (!old || !new)
		return c;
	c.shared = old->layers.len;
	if (old->digest.data && slice_equal(old->digest, new->digest)) {
		c.change = IMAGE_SAME;
		return c;
	}
	if (same_config(old, new)) {
		c.change = IMAGE_REPACKED;
		return c;
	}
	c.shared = 0;
	if (is_index(old) || is_index(new))
		return c;
	c.config_fields = compare_configs(old, new);
	if (is_whole(old->diff_ids) && is_whole(new->diff_ids)) {
		compare_layers(old->diff_ids, new->diff_ids, &c);
		if (c.change == IMAGE_OTHER && end_alike(old, new))
			c.change = IMAGE_BASE_REPLACED;
	} else if (is_whole(old->layers) && is_whole(new->layers)) {
		compare_stored(old, new, &c);
	}
	return c;
}
