/* One file: its clusters, users and contexts, added to what earlier files said. */
#include <stddef.h>

#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

/* What a file says of itself. */
struct file_head {
	struct slice api_version, kind, current;
};

/* One of the lists of named things. */
struct entry_list {
	const struct kubeconfig_field *fields; /* of an item */
	size_t item_bytes;
	size_t map_at; /* in struct kubeconfig */
};

#define IN_ENTRY offsetof(struct kubeconfig_entry, name)

static const struct kubeconfig_field context_members[] = {
	{ "cluster", kubeconfig_take_text, offsetof(struct kubeconfig_context, cluster) },
	{ "user", kubeconfig_take_text, offsetof(struct kubeconfig_context, user) },
	{ "namespace", kubeconfig_take_text, offsetof(struct kubeconfig_context, namespace) },
	{ NULL },
};

static int take_context(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	return kubeconfig_take_members(parser, context_members, target, err);
}

static const struct kubeconfig_field cluster_item[] = {
	{ "name", kubeconfig_take_text, IN_ENTRY },
	{ "cluster", kubeconfig_take_cluster, 0 },
	{ NULL },
};
static const struct kubeconfig_field user_item[] = {
	{ "name", kubeconfig_take_text, IN_ENTRY },
	{ "user", kubeconfig_take_user, 0 },
	{ NULL },
};
static const struct kubeconfig_field context_item[] = {
	{ "name", kubeconfig_take_text, IN_ENTRY },
	{ "context", take_context, 0 },
	{ NULL },
};
static const struct entry_list cluster_list = { cluster_item, sizeof(struct kubeconfig_cluster),
						offsetof(struct kubeconfig, clusters) };
static const struct entry_list user_list = { user_item, sizeof(struct kubeconfig_user),
					     offsetof(struct kubeconfig, users) };
static const struct entry_list context_list = { context_item, sizeof(struct kubeconfig_context),
						offsetof(struct kubeconfig, contexts) };

/* The first file that names it has it whole. The same name twice in one file leaves open which is meant. */
static int keep(struct kubeconfig_parser *parser, const struct entry_list *list, struct kubeconfig_entry *entry,
		struct error **err)
{
	struct kubeconfig *config = parser->config;
	void **place = map_put((struct map *)((char *)config + list->map_at), entry->name);
	if (!place)
		return error_no_memory(err);
	struct kubeconfig_entry *earlier = *place;
	if (!earlier)
		*place = entry;
	if (!earlier || earlier->file.data != entry->file.data || earlier->defect.data)
		return 0;
	earlier->defect = arena_printf(&config->arena, "%.*s: the name stands twice in one list",
				       SLICE_ARG(entry->file));
	return earlier->defect.data ? 0 : arena_fail(&config->arena, err);
}

static bool has_room(const struct kubeconfig *config)
{
	return config->clusters.len + config->users.len + config->contexts.len < LIMIT_KUBECONFIG_ENTRIES;
}

static int take_item(struct kubeconfig_parser *parser, const struct entry_list *list, struct error **err)
{
	struct kubeconfig_entry *entry = arena_zeroed(parser->arena, 1, list->item_bytes);
	if (!entry)
		return arena_fail(parser->arena, err);
	if (!has_room(parser->config))
		return error_set(err, ERROR_LIMIT, "more than %d clusters, users and contexts",
				 LIMIT_KUBECONFIG_ENTRIES);
	entry->name = SLICE("");
	entry->file = parser->file;
	parser->entry = entry;
	int got = kubeconfig_take_members(parser, list->fields, entry, err);
	parser->entry = NULL;
	return got < 0 ? -1 : keep(parser, list, entry, err);
}

static int take_list(struct kubeconfig_parser *parser, const struct token *token, const struct entry_list *list,
		     struct error **err)
{
	struct token item;
	int got;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return kubeconfig_wrong_type(parser, token, "a list", err);
	while ((got = reader_next(parser->reader, &item, err)) > 0 && item.type != TOKEN_ARRAY_END) {
		if (item.type != TOKEN_OBJECT_BEGIN)
			return kubeconfig_wrong_type(parser, &item, "a list of objects", err);
		if (take_item(parser, list, err) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

static int take_clusters(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	(void)target;
	return take_list(parser, token, &cluster_list, err);
}

static int take_users(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	(void)target;
	return take_list(parser, token, &user_list, err);
}

static int take_contexts(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	(void)target;
	return take_list(parser, token, &context_list, err);
}

static const struct kubeconfig_field head_fields[] = {
	{ "apiVersion", kubeconfig_take_text, offsetof(struct file_head, api_version) },
	{ "kind", kubeconfig_take_text, offsetof(struct file_head, kind) },
	{ "current-context", kubeconfig_take_text, offsetof(struct file_head, current) },
	{ "clusters", take_clusters, 0 },
	{ "users", take_users, 0 },
	{ "contexts", take_contexts, 0 },
	{ NULL },
};

/* kubectl takes what is missing for what it wants. */
static int check_head(const struct file_head *head, struct error **err)
{
	if (head->kind.len && !slice_equal_text(head->kind, "Config"))
		return error_set(err, ERROR_SYNTAX, "no kubeconfig: its kind is %.*s", SLICE_ARG(head->kind));
	if (head->api_version.len && !slice_equal_text(head->api_version, "v1"))
		return error_set(err, ERROR_UNSUPPORTED, "its apiVersion is %.*s, not v1",
				 SLICE_ARG(head->api_version));
	return 0;
}

/* The first document of the text is the kubeconfig, as for kubectl; one that holds nothing is an empty one. */
static int take_document(struct kubeconfig_parser *parser, struct error **err)
{
	struct file_head head = { 0 };
	struct token token;
	int got = reader_next_document(parser->reader, err);
	if (got > 0)
		got = reader_next(parser->reader, &token, err);
	if (got <= 0 || token.type == TOKEN_NULL)
		return got;
	if (token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "no kubeconfig: it is not an object");
	if (kubeconfig_take_members(parser, head_fields, &head, err) < 0 || check_head(&head, err) < 0)
		return -1;
	if (!parser->config->current.len)
		parser->config->current = head.current;
	return reader_next(parser->reader, &token, err) < 0 ? -1 : 0;
}

int kubeconfig_parse(struct kubeconfig *config, struct slice file, struct slice text, struct error **err)
{
	CLEANUP(kubeconfig_document_release) struct kubeconfig_document document = { 0 };
	struct kubeconfig_parser parser = { .config = config, .arena = &config->arena };
	if (kubeconfig_document_open(&document, text, err) < 0)
		return -1;
	if (arena_copy(&config->arena, file, &parser.file) < 0)
		return arena_fail(&config->arena, err);
	parser.reader = document.reader;
	return take_document(&parser, err);
}
