#include "oci/format/config.h"

#include "base/limits.h"
#include "base/time.h"
#include "oci/format/config_internal.h"

/* --- the settings that a container starts with --- */

int oci_take_command(struct oci_document *document, const struct oci_place *place, const struct token *token,
		     void *field, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return oci_take_texts(document, place, token, field, err);
	struct slice *text = arena_zeroed(document->arena, 1, sizeof *text);
	if (!text)
		return arena_fail(document->arena, err);
	*(struct slice_list *)field = (struct slice_list){ text, 1 };
	return oci_text_of(document, place, token, text, err);
}

static int take_labels(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	struct oci_config *config = field;
	return oci_take_annotations(document, place, token, &config->labels, &config->label_count, err);
}

static int take_healthcheck(struct oci_document *document, const struct oci_place *place, const struct token *token,
			    void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("Test", oci_take_texts, struct oci_config, healthcheck),
	};
	return oci_take_object(document, place, token, OCI_MEMBERS(members), field, err);
}

int oci_take_settings(struct oci_document *document, const struct oci_place *place, const struct token *token,
		      void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("Env", oci_take_texts, struct oci_config, environment),
		OCI_MEMBER("Cmd", oci_take_command, struct oci_config, command),
		OCI_MEMBER("Entrypoint", oci_take_command, struct oci_config, entrypoint),
		OCI_MEMBER("User", oci_take_text, struct oci_config, user),
		OCI_MEMBER("WorkingDir", oci_take_text, struct oci_config, working_dir),
		OCI_MEMBER_WHOLE("Labels", take_labels),
		OCI_MEMBER("ExposedPorts", oci_take_names, struct oci_config, ports),
		OCI_MEMBER("Volumes", oci_take_names, struct oci_config, volumes),
		OCI_MEMBER("StopSignal", oci_take_text, struct oci_config, stop_signal),
		OCI_MEMBER("ArgsEscaped", oci_take_bool, struct oci_config, args_escaped),
		OCI_MEMBER("OnBuild", oci_take_texts, struct oci_config, onbuild),
		OCI_MEMBER("Shell", oci_take_command, struct oci_config, shell),
		OCI_MEMBER_WHOLE("Healthcheck", take_healthcheck),
	};
	return oci_take_object(document, place, token, OCI_MEMBERS(members), field, err);
}

/* --- history --- */

struct history_list {
	struct oci_history *items;
	size_t len, capacity;
};

static int take_history_item(struct oci_document *document, const struct oci_place *place, const struct token *token,
			     void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("created", oci_take_date, struct oci_history, created),
		OCI_MEMBER("created_by", oci_take_text, struct oci_history, created_by),
		OCI_MEMBER("empty_layer", oci_take_bool, struct oci_history, empty_layer),
		OCI_MEMBER("comment", oci_take_text, struct oci_history, comment),
		OCI_MEMBER("author", oci_take_text, struct oci_history, author),
	};
	struct history_list *list = field;
	struct oci_history *items = arena_grow(document->arena, list->items, list->len, &list->capacity, sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	items[list->len] = (struct oci_history){ .created = OCI_NO_DATE };
	return oci_take_object(document, place, token, OCI_MEMBERS(members), &items[list->len++], err);
}

static int take_history(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	struct oci_config *config = field;
	struct history_list list = { 0 };
	if (oci_take_array(document, place, token, LIMIT_HISTORY, take_history_item, &list, err) < 0)
		return -1;
	config->history = list.items;
	config->history_count = list.len;
	return 0;
}

/* --- rootfs --- */

struct diff_id_list {
	struct slice *items;
	size_t len, capacity;
};

/* What is no digest keeps its place. */
static int take_diff_id(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	struct diff_id_list *list = field;
	struct slice *items = arena_grow(document->arena, list->items, list->len, &list->capacity, sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	return oci_take_digest(document, place, token, &items[list->len++], err);
}

static int take_diff_ids(struct oci_document *document, const struct oci_place *place, const struct token *token,
			 void *field, struct error **err)
{
	struct diff_id_list list = { 0 };
	if (oci_take_array(document, place, token, LIMIT_DESCRIPTORS, take_diff_id, &list, err) < 0)
		return -1;
	*(struct slice_list *)field = (struct slice_list){ list.items, list.len };
	return 0;
}

static int take_rootfs(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("diff_ids", take_diff_ids, struct oci_config, diff_ids),
	};
	struct oci_config *config = field;
	config->has_rootfs = config->has_rootfs || token->type == TOKEN_OBJECT_BEGIN;
	return oci_take_object(document, place, token, OCI_MEMBERS(members), config, err);
}

/* --- the config --- */

static const struct oci_member config_members[] = {
	OCI_MEMBER("architecture", oci_take_text, struct oci_config, platform.architecture),
	OCI_MEMBER("os", oci_take_text, struct oci_config, platform.os),
	OCI_MEMBER("created", oci_take_date, struct oci_config, created),
	OCI_MEMBER_WHOLE("config", oci_take_settings),
	OCI_MEMBER_WHOLE("rootfs", take_rootfs),
	OCI_MEMBER_WHOLE("history", take_history),
	OCI_MEMBER("author", oci_take_text, struct oci_config, author),
	OCI_MEMBER("variant", oci_take_text, struct oci_config, platform.variant),
	OCI_MEMBER("os.version", oci_take_text, struct oci_config, platform.os_version),
};

int oci_config_parse(struct slice bytes, struct arena *arena, struct oci_config *ret_config, struct error **err)
{
	struct oci_config config = { .created = OCI_NO_DATE };
	struct oci_document document = { .arena = arena, .defects = &config.defects };
	int got = 0;
	if (bytes.len > LIMIT_IMAGE_CONFIG_BYTES)
		config.refused = SLICE("larger than any program takes");
	else
		got = oci_document_read(&document, bytes, OCI_MEMBERS(config_members), &config, &config.refused, err);
	if (got >= 0)
		*ret_config = config;
	return got;
}
