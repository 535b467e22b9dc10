#include <stddef.h>

#include "base/limits.h"
#include "base/time.h"
#include "kube/client/exec_plugin.h"

/* What the command printed. Its texts are not secret but for the two that say so. */
struct printed {
	struct slice kind, api_version;
	bool has_status;
	struct printed_status {
		struct secret_bytes token, key;
		struct slice certificate, expires;
	} status;
};

static void release_printed(struct printed *printed)
{
	secret_release(&printed->status.token);
	secret_release(&printed->status.key);
}

static int take_secret(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	if (token->type != TOKEN_STRING)
		return kubeconfig_wrong_type(parser, token, "a text", err);
	return token_secret(token, target, err);
}

static const struct kubeconfig_field status_fields[] = {
	{ "token", take_secret, offsetof(struct printed_status, token) },
	{ "clientCertificateData", kubeconfig_take_text, offsetof(struct printed_status, certificate) },
	{ "clientKeyData", take_secret, offsetof(struct printed_status, key) },
	{ "expirationTimestamp", kubeconfig_take_text, offsetof(struct printed_status, expires) },
	{ NULL },
};

static int take_status(struct kubeconfig_parser *parser, const struct token *token, void *target, struct error **err)
{
	struct printed *printed = target;
	if (token->type != TOKEN_OBJECT_BEGIN)
		return kubeconfig_wrong_type(parser, token, "an object", err);
	printed->has_status = true;
	return kubeconfig_take_members(parser, status_fields, &printed->status, err);
}

static const struct kubeconfig_field reply_fields[] = {
	{ "kind", kubeconfig_take_text, offsetof(struct printed, kind) },
	{ "apiVersion", kubeconfig_take_text, offsetof(struct printed, api_version) },
	{ "status", take_status, 0 },
	{ NULL },
};

static int read_document(struct slice output, struct arena *arena, struct printed *printed, struct error **err)
{
	CLEANUP(kubeconfig_document_release) struct kubeconfig_document document = { 0 };
	struct token token;
	if (!slice_trim(output).len)
		return error_set(err, ERROR_SYNTAX, "it printed nothing");
	if (kubeconfig_document_open(&document, output, err) < 0)
		return -1;
	struct kubeconfig_parser parser = { .arena = arena, .reader = document.reader };
	int got = reader_next(document.reader, &token, err);
	if (got < 0)
		return -1;
	if (got == 0 || token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "it printed no ExecCredential");
	if (kubeconfig_take_members(&parser, reply_fields, printed, err) < 0)
		return -1;
	return reader_next(document.reader, &token, err) < 0 ? -1 : 0;
}

/* What it printed is not repeated: it may stand in the wrong place. */
static int check(const struct printed *printed, struct slice api_version, struct error **err)
{
	const struct printed_status *status = &printed->status;
	bool token = secret_length(&status->token), key = secret_length(&status->key);
	if (!slice_equal_text(printed->kind, "ExecCredential"))
		return error_set(err, ERROR_SYNTAX, "it printed no ExecCredential");
	if (!slice_equal(printed->api_version, api_version))
		return error_set(err, ERROR_UNSUPPORTED,
				 "it printed another apiVersion than %.*s, which it was asked for",
				 SLICE_ARG(api_version));
	if (!printed->has_status)
		return error_set(err, ERROR_SYNTAX, "it printed no status");
	if (!token && !key && !status->certificate.len)
		return error_set(err, ERROR_SYNTAX, "it printed neither a token nor a certificate");
	if (key != (status->certificate.len > 0))
		return error_set(err, ERROR_SYNTAX, "it printed %s",
				 key ? "a key without its certificate" : "a certificate without its key");
	return 0;
}

static int time_of(struct slice text, int64_t *ret_time, struct error **err)
{
	CLEANUP(error_freep) struct error *problem = NULL;
	*ret_time = TIME_UNSET;
	if (!text.len || time_parse(text, ret_time, &problem) == 0)
		return 0;
	return error_set(err, ERROR_SYNTAX, "its expirationTimestamp is no time");
}

int exec_reply_parse(struct slice output, struct slice api_version, struct arena *arena, struct exec_reply *ret_reply,
		     struct error **err)
{
	CLEANUP(release_printed) struct printed printed = { 0 };
	int64_t expires;
	if (read_document(output, arena, &printed, err) < 0)
		return (*err)->code == ERROR_SYNTAX ? error_context(err, "what it printed") : -1;
	if (check(&printed, api_version, err) < 0 || time_of(printed.status.expires, &expires, err) < 0)
		return -1;
	*ret_reply = (struct exec_reply){ printed.status.token, printed.status.key, printed.status.certificate,
					  expires };
	printed = (struct printed){ 0 };
	return 0;
}

void exec_reply_release(struct exec_reply *reply)
{
	secret_release(&reply->token);
	secret_release(&reply->key);
	*reply = (struct exec_reply){ 0 };
}
