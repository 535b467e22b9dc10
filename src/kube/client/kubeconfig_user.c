#include <stddef.h>

#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

#define EXEC(name, function, member)                                                                                   \
	{                                                                                                              \
		name, function, offsetof(struct kubeconfig_exec, member)                                               \
	}
#define USER(name, function, member)                                                                                   \
	{                                                                                                              \
		name, function, offsetof(struct kubeconfig_user, member)                                               \
	}

/* --- exec --- */

static const struct kubeconfig_field variable_fields[] = {
	{ "name", kubeconfig_take_text, offsetof(struct kubeconfig_variable, name) },
	{ "value", kubeconfig_take_vault, offsetof(struct kubeconfig_variable, value) },
	{ NULL },
};

static int take_env(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct kubeconfig_exec *exec = target;
	struct kubeconfig_variable *env = NULL;
	size_t len = 0, capacity = 0;
	struct token item;
	int got;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return kubeconfig_wrong_type(parser, token, "a list", err);
	while ((got = reader_next(parser->reader, &item, err)) > 0 && item.type != TOKEN_ARRAY_END) {
		if (item.type != TOKEN_OBJECT_BEGIN)
			return kubeconfig_wrong_type(parser, &item, "a list of name and value", err);
		env = arena_grow(parser->arena, env, len, &capacity, sizeof *env);
		if (!env)
			return arena_fail(parser->arena, err);
		if (kubeconfig_take_members(parser, variable_fields, &env[len++], err) < 0)
			return -1;
	}
	exec->env = env;
	exec->env_count = len;
	return got < 0 ? -1 : 0;
}

static const struct kubeconfig_field exec_fields[] = {
	EXEC("apiVersion", kubeconfig_take_text, api_version),
	EXEC("command", kubeconfig_take_text, command),
	EXEC("args", kubeconfig_take_texts, args),
	{ "env", take_env, 0 },
	EXEC("installHint", kubeconfig_take_text, install_hint),
	EXEC("interactiveMode", kubeconfig_take_text, interactive_mode),
	EXEC("provideClusterInfo", kubeconfig_take_flag, provide_cluster_info),
	{ NULL },
};

static int take_exec(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct kubeconfig_exec *exec = target;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	*exec = (struct kubeconfig_exec){ .given = true };
	return kubeconfig_take_members(parser, exec_fields, exec, err);
}

/* --- others --- */

static const struct kubeconfig_field provider_fields[] = {
	{ "name", kubeconfig_take_text, offsetof(struct kubeconfig_provider, name) },
	{ NULL },
};

static int take_provider(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct kubeconfig_provider *provider = target;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	*provider = (struct kubeconfig_provider){ .given = true };
	return kubeconfig_take_members(parser, provider_fields, provider, err);
}

static int take_extra_values(struct kubeconfig_parser *parser, struct kubeconfig_extra *extra, struct error **err)
{
	struct token token;
	unsigned depth = parser->reader->depth;
	if (reader_next(parser->reader, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_NULL && kubeconfig_take_texts(parser, &token, &extra->values, err) < 0)
		return -1;
	return reader_leave(parser->reader, depth, err);
}

static int take_extra(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct kubeconfig_extras *extras = target;
	struct arena *arena = parser->arena;
	struct kubeconfig_extra *items = NULL;
	size_t len = 0, capacity = 0;
	struct token key;
	int got;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	while ((got = reader_next(parser->reader, &key, err)) > 0 && key.type == TOKEN_KEY) {
		items = arena_grow(arena, items, len, &capacity, sizeof *items);
		if (!items)
			return arena_fail(arena, err);
		struct kubeconfig_extra *extra = &items[len++];
		if (token_copy(&key, arena, &extra->key, err) < 0 || take_extra_values(parser, extra, err) < 0)
			return -1;
	}
	*extras = (struct kubeconfig_extras){ items, len };
	return got < 0 ? -1 : 0;
}

static const struct kubeconfig_field user_fields[] = {
	USER("client-certificate", kubeconfig_take_text, certificate_file),
	USER("client-certificate-data", kubeconfig_take_text, certificate_data),
	USER("client-key", kubeconfig_take_text, key_file),
	USER("client-key-data", kubeconfig_take_vault, key_data),
	USER("token", kubeconfig_take_vault, token),
	USER("tokenFile", kubeconfig_take_text, token_file),
	USER("username", kubeconfig_take_text, username),
	USER("password", kubeconfig_take_vault, password),
	USER("as", kubeconfig_take_text, as),
	USER("as-uid", kubeconfig_take_text, as_uid),
	USER("as-groups", kubeconfig_take_texts, as_groups),
	USER("as-user-extra", take_extra, as_extra),
	USER("auth-provider", take_provider, provider),
	USER("exec", take_exec, exec),
	{ NULL },
};

int kubeconfig_take_user(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	return kubeconfig_take_members(parser, user_fields, target, err);
}
