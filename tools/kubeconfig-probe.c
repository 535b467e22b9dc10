/* What a kubeconfig says, merged, as JSON: tests/integration/test_kubeconfig_oracle.py holds it against kubectl. Not
 * installed.
 *
 * Each line of standard input is a list of paths separated by colons, like $KUBECONFIG; each is answered with a line:
 * {"error": "..."}, or clusters, users and contexts by name. In the place of a text that may be secret stands its
 * length.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "kube/client/kubeconfig_internal.h"

static void add_text(struct json_writer *w, const char *key, struct slice text)
{
	if (!text.len)
		return;
	json_key(w, key);
	json_text(w, text);
}

static void add_length(struct json_writer *w, const char *key, struct vault_text text)
{
	if (!text.len)
		return;
	json_key(w, key);
	json_int(w, (int64_t)text.len);
}

static void add_flag(struct json_writer *w, const char *key, bool flag)
{
	if (!flag)
		return;
	json_key(w, key);
	json_bool(w, true);
}

static void add_texts(struct json_writer *w, const char *key, struct slice_list texts)
{
	if (!texts.len)
		return;
	json_key(w, key);
	json_array_begin(w);
	for (size_t i = 0; i < texts.len; i++)
		json_text(w, texts.items[i]);
	json_array_end(w);
}

static void add_cluster(struct json_writer *w, const void *entry)
{
	const struct kubeconfig_cluster *cluster = entry;
	add_text(w, "defect", cluster->entry.defect);
	add_text(w, "server", cluster->server);
	add_text(w, "tls-server-name", cluster->tls_server_name);
	add_flag(w, "insecure-skip-tls-verify", cluster->insecure);
	add_text(w, "certificate-authority", cluster->ca_file);
	add_text(w, "certificate-authority-data", cluster->ca_data);
	add_length(w, "proxy-url", cluster->proxy_url);
	add_flag(w, "disable-compression", cluster->no_compression);
	add_text(w, "exec-config", cluster->exec_config);
}

static void add_exec(struct json_writer *w, const struct kubeconfig_exec *exec)
{
	json_key(w, "exec");
	json_object_begin(w);
	add_text(w, "apiVersion", exec->api_version);
	add_text(w, "command", exec->command);
	add_texts(w, "args", exec->args);
	add_text(w, "installHint", exec->install_hint);
	add_text(w, "interactiveMode", exec->interactive_mode);
	add_flag(w, "provideClusterInfo", exec->provide_cluster_info);
	json_key(w, "env");
	json_array_begin(w);
	for (size_t i = 0; i < exec->env_count; i++) {
		json_object_begin(w);
		add_text(w, "name", exec->env[i].name);
		add_length(w, "value", exec->env[i].value);
		json_object_end(w);
	}
	json_array_end(w);
	json_object_end(w);
}

static void add_impersonation(struct json_writer *w, const struct kubeconfig_user *user)
{
	add_text(w, "as", user->as);
	add_text(w, "as-uid", user->as_uid);
	add_texts(w, "as-groups", user->as_groups);
	if (!user->as_extra.len)
		return;
	json_key(w, "as-user-extra");
	json_object_begin(w);
	for (size_t i = 0; i < user->as_extra.len; i++)
		add_texts(w, user->as_extra.items[i].key.data, user->as_extra.items[i].values);
	json_object_end(w);
}

static void add_user(struct json_writer *w, const void *entry)
{
	const struct kubeconfig_user *user = entry;
	add_text(w, "defect", user->entry.defect);
	add_text(w, "client-certificate", user->certificate_file);
	add_text(w, "client-certificate-data", user->certificate_data);
	add_text(w, "client-key", user->key_file);
	add_length(w, "client-key-data", user->key_data);
	add_length(w, "token", user->token);
	add_text(w, "tokenFile", user->token_file);
	add_text(w, "username", user->username);
	add_length(w, "password", user->password);
	add_impersonation(w, user);
	if (user->provider.given) {
		json_key(w, "auth-provider");
		json_text(w, user->provider.name.data ? user->provider.name : SLICE(""));
	}
	if (user->exec.given)
		add_exec(w, &user->exec);
}

static void add_context(struct json_writer *w, const void *entry)
{
	const struct kubeconfig_context *context = entry;
	add_text(w, "defect", context->entry.defect);
	add_text(w, "cluster", context->cluster);
	add_text(w, "user", context->user);
	add_text(w, "namespace", context->namespace);
}

static void add_map(struct json_writer *w, const char *key, const struct map *entries,
		    void (*add)(struct json_writer *w, const void *entry))
{
	json_key(w, key);
	json_object_begin(w);
	for (size_t i = 0; i < entries->len; i++) {
		json_key(w, entries->items[i].key.data);
		json_object_begin(w);
		add(w, entries->items[i].value);
		json_object_end(w);
	}
	json_object_end(w);
}

static void add_config(struct json_writer *w, const struct kubeconfig *config)
{
	add_map(w, "clusters", &config->clusters, add_cluster);
	add_map(w, "users", &config->users, add_user);
	add_map(w, "contexts", &config->contexts, add_context);
	json_key(w, "current-context");
	json_text(w, config->current.data ? config->current : SLICE(""));
}

static void answer(const char *paths)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(error_freep) struct error *err = NULL;
	struct json_writer w = { .out = &out };
	struct kubeconfig *config = NULL;
	json_object_begin(&w);
	if (kubeconfig_load(paths, &config, &err) < 0)
		add_text(&w, "error", slice_of(err->message));
	else
		add_config(&w, config);
	json_object_end(&w);
	kubeconfig_free(config);
	puts(strbuf_text(&out));
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;
	while ((length = getline(&line, &capacity, stdin)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		answer(line);
		fflush(stdout);
	}
	free(line);
	return EXIT_SUCCESS;
}
