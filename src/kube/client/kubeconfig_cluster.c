#include <stddef.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

#define CLUSTER(name, function, member)                                                                                \
	{                                                                                                              \
		name, function, offsetof(struct kubeconfig_cluster, member)                                            \
	}

/* --- an extension as JSON --- */

/* Texts lie decoded in the arena for longer than needed: extensions hold no secrets. */
static int add_text(struct kubeconfig_parser *parser, const struct token *token, struct strbuf *out, struct error **err)
{
	struct json_writer w = { .out = out };
	struct slice text;
	if (token_copy(token, parser->arena, &text, err) < 0)
		return -1;
	json_text(&w, text);
	return 0;
}

/* What stands for a token that is no text. */
static struct slice written(const struct token *token)
{
	static const char *const marks[] = {
		[TOKEN_NULL] = "null",     [TOKEN_OBJECT_BEGIN] = "{", [TOKEN_OBJECT_END] = "}",
		[TOKEN_ARRAY_BEGIN] = "[", [TOKEN_ARRAY_END] = "]",
	};
	if (token->type == TOKEN_NUMBER)
		return token->text;
	if (token->type == TOKEN_BOOL)
		return slice_of(token->boolean ? "true" : "false");
	return slice_of(marks[token->type]);
}

static bool closes(const struct token *token)
{
	return token->type == TOKEN_OBJECT_END || token->type == TOKEN_ARRAY_END;
}

static bool opens(const struct token *token)
{
	return token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
}

/* The value of which `token` is the first, whole. */
static int add_value(struct kubeconfig_parser *parser, struct token token, struct strbuf *out, struct error **err)
{
	unsigned outside = parser->reader->depth - opens(&token);
	bool comma = false;
	for (;;) {
		bool text = token.type == TOKEN_STRING || token.type == TOKEN_KEY;
		if (comma && !closes(&token))
			strbuf_add_char(out, ',');
		if (text && add_text(parser, &token, out, err) < 0)
			return -1;
		if (!text)
			strbuf_add_slice(out, written(&token));
		if (token.type == TOKEN_KEY)
			strbuf_add_char(out, ':');
		comma = !opens(&token) && token.type != TOKEN_KEY;
		if (parser->reader->depth == outside && token.type != TOKEN_KEY)
			return 0;
		if (reader_next(parser->reader, &token, err) < 0)
			return -1;
	}
}

struct extension {
	struct slice name, json;
};

static int take_json(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_CREDENTIAL_FILE_BYTES);
	struct slice *json = target;
	if (add_value(parser, *token, &out, err) < 0)
		return -1;
	if (out.failure == ERROR_LIMIT)
		return kubeconfig_wrong_type(parser, token, "of at most 1 MiB", err);
	if (strbuf_failed(&out, err))
		return -1;
	return arena_copy(parser->arena, strbuf_slice(&out), json) < 0 ? arena_fail(parser->arena, err) : 0;
}

static const struct kubeconfig_field extension_fields[] = {
	{ "name", kubeconfig_take_text, offsetof(struct extension, name) },
	{ "extension", take_json, offsetof(struct extension, json) },
	{ NULL },
};

static int take_extensions(struct kubeconfig_parser *parser, const struct token *token, void *target,
			   struct error **err)
{
	struct kubeconfig_cluster *cluster = target;
	struct token item;
	int got;
	if (token->type != TOKEN_ARRAY_BEGIN)
		return kubeconfig_wrong_type(parser, token, "a list", err);
	while ((got = reader_next(parser->reader, &item, err)) > 0 && item.type != TOKEN_ARRAY_END) {
		struct extension extension = { 0 };
		if (item.type != TOKEN_OBJECT_BEGIN)
			return kubeconfig_wrong_type(parser, &item, "a list of objects", err);
		if (kubeconfig_take_members(parser, extension_fields, &extension, err) < 0)
			return -1;
		if (slice_equal_text(extension.name, "client.authentication.k8s.io/exec"))
			cluster->exec_config = extension.json;
	}
	return got < 0 ? -1 : 0;
}

/* --- the cluster --- */

static const struct kubeconfig_field cluster_fields[] = {
	CLUSTER("server", kubeconfig_take_text, server),
	CLUSTER("tls-server-name", kubeconfig_take_text, tls_server_name),
	CLUSTER("insecure-skip-tls-verify", kubeconfig_take_flag, insecure),
	CLUSTER("certificate-authority", kubeconfig_take_text, ca_file),
	CLUSTER("certificate-authority-data", kubeconfig_take_text, ca_data),
	CLUSTER("proxy-url", kubeconfig_take_vault, proxy_url),
	CLUSTER("disable-compression", kubeconfig_take_flag, no_compression),
	{ "extensions", take_extensions, 0 },
	{ NULL },
};

int kubeconfig_take_cluster(struct kubeconfig_parser *parser, const struct token *token, void *target,
			    struct error **err)
{
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	return kubeconfig_take_members(parser, cluster_fields, target, err);
}
