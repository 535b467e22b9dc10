#include "kube/client/exec_plugin.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/process.h"
#include "base/program.h"
#include "base/time.h"

/* A new credential is got so long before the old one's end, or a quarter of its life where that is less. */
#define RENEW_BEFORE USEC_PER_MINUTE
/* A command is not run again sooner: not for a credential that was dead when it was printed, and not after a failure.
 */
#define RUN_AGAIN (30 * USEC_PER_SECOND)
#define HINT_BYTES 1024

struct exec_plugin {
	struct slice command; /* as the kubeconfig has it */
	struct slice api_version;
	const char *path;
	char **argv;
	struct secret_bytes *entries; /* for its environment; the last is KUBERNETES_EXEC_INFO */
	size_t entry_count;
	bool interactive;
	bool has_run, after_rejection; /* what it last printed followed a rejection */
	bool expired;                  /* what it last printed was dead already */
	int64_t ran_at;                /* steady time */
	int64_t expires, renew_at;     /* wall time; TIME_UNSET: never */
	struct error *failure;         /* of the last run */
};

struct exec_plugin *exec_plugin_free(struct exec_plugin *plugin)
{
	if (!plugin)
		return NULL;
	for (size_t i = 0; plugin->entries && i < plugin->entry_count; i++)
		secret_release(&plugin->entries[i]);
	mem_free(plugin->entries);
	error_free(plugin->failure);
	return mem_free(plugin);
}

/* --- what may be run --- */

static bool is_version(struct slice api_version)
{
	return slice_equal_text(api_version, "client.authentication.k8s.io/v1") ||
	       slice_equal_text(api_version, "client.authentication.k8s.io/v1beta1");
}

/* v1beta1 may leave it out, v1 may not, says client-go. */
static int check_mode(const struct kubeconfig_exec *exec, bool *ret_interactive, struct error **err)
{
	struct slice mode = exec->interactive_mode;
	*ret_interactive = false;
	if (!mode.len && slice_ends_with(exec->api_version, "/v1"))
		return error_set(err, ERROR_USAGE, "exec: interactiveMode is missing");
	if (!mode.len || slice_equal_text(mode, "Never") || slice_equal_text(mode, "IfAvailable"))
		return 0;
	if (!slice_equal_text(mode, "Always"))
		return error_set(err, ERROR_USAGE, "exec: interactiveMode is none of Never, IfAvailable and Always");
	if (!isatty(STDIN_FILENO))
		return error_set(
			err, ERROR_UNSUPPORTED,
			"exec: the command %.*s asks on the terminal (interactiveMode Always), and standard input is none",
			SLICE_ARG(exec->command));
	*ret_interactive = true;
	return 0;
}

static int check_exec(const struct kubeconfig_exec *exec, struct error **err)
{
	if (!exec->command.len)
		return error_set(err, ERROR_USAGE, "exec: command is missing");
	if (!exec->api_version.len)
		return error_set(err, ERROR_USAGE, "exec: apiVersion is missing");
	if (is_version(exec->api_version))
		return 0;
	return error_set(
		err, ERROR_UNSUPPORTED,
		"exec: apiVersion %.*s is not supported; client.authentication.k8s.io/v1 and v1beta1 are: a newer "
		"version of %.*s speaks them",
		SLICE_ARG(exec->api_version), SLICE_ARG(exec->command));
}

static bool needs_quotes(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_alphanumeric(text.data[i]) && !memchr("./_+-@", text.data[i], 6))
			return true;
	return text.len == 0;
}

/* As a shell takes it. */
static void add_word(struct strbuf *out, struct slice word)
{
	if (!needs_quotes(word)) {
		strbuf_add_slice(out, word);
		return;
	}
	strbuf_add_char(out, '\'');
	for (size_t i = 0; i < word.len; i++)
		if (word.data[i] == '\'')
			strbuf_add_text(out, "'\\''");
		else
			strbuf_add_char(out, word.data[i]);
	strbuf_add_char(out, '\'');
}

static int refuse_command(struct slice command, struct slice path, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf word = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	add_word(&word, slice_contains(command, "/") ? path : command);
	if (strbuf_failed(&word, err))
		return -1;
	return error_set(
		err, ERROR_USAGE,
		"to log in, its exec plugin would run the command %.*s, which is not allowed: --allow-exec %s allows it",
		SLICE_ARG(command), strbuf_text(&word));
}

static int refuse_missing(const struct kubeconfig_exec *exec, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf hint = STRBUF_INIT(2 * HINT_BYTES);
	process_add_said(&hint, slice_part(exec->install_hint, 0, HINT_BYTES));
	if (strbuf_failed(&hint, err))
		return -1;
	return error_set(err, ERROR_USAGE, "exec: there is no command %.*s%s%s", SLICE_ARG(exec->command),
			 hint.len ? "; the kubeconfig says: " : "", strbuf_text(&hint));
}

static int find_command(struct kube_access *access, const struct kubeconfig_user *user,
			const struct kube_access_options *options, const char **ret_path, struct error **err)
{
	const struct kubeconfig_exec *exec = &user->exec;
	struct slice path;
	bool allowed;
	if (program_find(&access->arena, exec->command, path_folder(user->entry.file), &path, err) < 0 ||
	    exec_plugin_is_allowed(&access->arena, options, exec->command, path, &allowed, err) < 0)
		return -1;
	if (!allowed)
		return refuse_command(exec->command, path, err);
	if (!path.data || euidaccess(path.data, X_OK) < 0)
		return refuse_missing(exec, err);
	*ret_path = path.data;
	return 0;
}

/* --- what it is given --- */

static int take_argv(struct kube_access *access, const struct kubeconfig_exec *exec, struct exec_plugin *plugin,
		     struct error **err)
{
	struct arena *arena = &access->arena;
	char **argv = arena_zeroed(arena, exec->args.len + 2, sizeof *argv);
	if (!argv || arena_copy(arena, exec->command, &plugin->command) < 0 ||
	    arena_copy(arena, exec->api_version, &plugin->api_version) < 0)
		return arena_fail(arena, err);
	argv[0] = (char *)(uintptr_t)plugin->command.data;
	for (size_t i = 0; i < exec->args.len; i++) {
		struct slice arg;
		if (memchr(exec->args.items[i].data, '\0', exec->args.items[i].len))
			return error_set(err, ERROR_SYNTAX, "exec: args: a NUL in an argument");
		if (arena_copy(arena, exec->args.items[i], &arg) < 0)
			return arena_fail(arena, err);
		argv[i + 1] = (char *)(uintptr_t)arg.data;
	}
	plugin->argv = argv;
	return 0;
}

static int take_environment(const struct kube_access *access, const struct kubeconfig *config,
			    const struct kubeconfig_exec *exec, struct exec_plugin *plugin, struct error **err)
{
	plugin->entries = mem_alloc_zeroed(exec->env_count + 1, sizeof *plugin->entries);
	if (!plugin->entries)
		return error_no_memory(err);
	plugin->entry_count = exec->env_count + 1;
	for (size_t i = 0; i < exec->env_count; i++)
		if (exec_plugin_variable(exec->env[i].name, kubeconfig_vault_reveal(config, exec->env[i].value),
					 &plugin->entries[i], err) < 0)
			return -1;
	return exec_plugin_info(access, exec->api_version, exec->provide_cluster_info, plugin->interactive,
				&plugin->entries[exec->env_count], err);
}

int exec_plugin_take(struct kube_access *access, const struct kubeconfig *config, const struct kubeconfig_user *user,
		     const struct kube_access_options *options, struct error **err)
{
	const struct kubeconfig_exec *exec = &user->exec;
	struct exec_plugin *plugin = mem_alloc_zeroed(1, sizeof *plugin);
	if (!plugin)
		return error_no_memory(err);
	access->login.plugin = plugin;
	plugin->renew_at = plugin->expires = TIME_UNSET;
	if (check_exec(exec, err) < 0 || find_command(access, user, options, &plugin->path, err) < 0 ||
	    check_mode(exec, &plugin->interactive, err) < 0)
		return -1;
	if (take_argv(access, exec, plugin, err) < 0 || take_environment(access, config, exec, plugin, err) < 0)
		return -1;
	access->facts.runs_command = true;
	return 0;
}

/* --- running it --- */

/* Exits, signals, and what it said. */
static int fail_run(const struct process_outcome *outcome, struct error **err)
{
	int status = outcome->status;
	if (WIFSIGNALED(status))
		return error_set(err, ERROR_SYSTEM, "it was ended by signal %d", WTERMSIG(status));
	return error_set(err, ERROR_SYSTEM, "it exited with %d", WEXITSTATUS(status));
}

/* Behind an error: what the command said of it, on standard error. */
static int add_said(const struct process_outcome *outcome, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(2 * LIMIT_MESSAGE_BYTES);
	struct error *before = *err;
	if (before->code == ERROR_NO_MEMORY || !outcome->said.len)
		return -1;
	strbuf_addf(&message, "%s; it said: ", before->message);
	process_add_said(&message, strbuf_slice(&outcome->said));
	if (message.failure)
		return -1;
	*err = NULL;
	error_set(err, before->code, "%s", strbuf_text(&message));
	error_free(before);
	return -1;
}

static int run(const struct exec_plugin *plugin, struct process_outcome *outcome, struct error **err)
{
	CLEANUP(mem_freep) char **environment = exec_plugin_environment(plugin->entries, plugin->entry_count);
	if (!environment)
		return error_no_memory(err);
	const struct process process = {
		.path = plugin->path,
		.argv = plugin->argv,
		.environment = environment,
		.interactive = plugin->interactive,
		.timeout_ms = LIMIT_EXEC_PLUGIN_MS,
	};
	if (process_run(&process, outcome, err) < 0)
		return -1;
	return outcome->status == 0 ? 0 : fail_run(outcome, err);
}

/* 1: the login is another one now. */
static int use_reply(struct kube_access *access, const struct exec_reply *reply, struct error **err)
{
	CLEANUP(login_release) struct login fresh = { 0 };
	struct login *login = &access->login;
	int changed = 0;
	if (secret_length(&reply->token) && login_set_bearer(&fresh, secret_reveal(&reply->token), err) < 0)
		return -1;
	if (reply->certificate_pem.len) {
		changed = login_set_certificate(login, reply->certificate_pem, secret_reveal(&reply->key), err);
		login->certificate.certificate_file = login->certificate.key_file = NULL;
	}
	if (changed < 0)
		return -1;
	if (slice_equal(secret_reveal(&fresh.authorization), secret_reveal(&login->authorization)))
		return changed;
	secret_release(&login->authorization);
	login->authorization = fresh.authorization;
	fresh.authorization = (struct secret_bytes){ 0 };
	return 1;
}

static void note_expiry(struct exec_plugin *plugin, int64_t expires, int64_t now)
{
	int64_t life = expires == TIME_UNSET ? 0 : expires - now;
	int64_t before = life / 4 < RENEW_BEFORE ? life / 4 : RENEW_BEFORE;
	plugin->expires = expires;
	plugin->expired = expires != TIME_UNSET && life <= 0;
	plugin->renew_at = expires == TIME_UNSET ? TIME_UNSET : plugin->expired ? expires : expires - before;
}

static int run_once(struct kube_access *access, struct error **err)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	CLEANUP(exec_reply_release) struct exec_reply reply = { 0 };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(4 * LIMIT_EXEC_OUTPUT_BYTES);
	struct exec_plugin *plugin = access->login.plugin;
	if (run(plugin, &outcome, err) < 0)
		return add_said(&outcome, err);
	if (exec_reply_parse(secret_reveal(&outcome.output), plugin->api_version, &arena, &reply, err) < 0)
		return add_said(&outcome, err);
	int changed = use_reply(access, &reply, err);
	if (changed >= 0)
		note_expiry(plugin, reply.expires, access->clock.wall());
	return changed;
}

/* --- when --- */

static bool ran_lately(const struct kube_access *access)
{
	const struct exec_plugin *plugin = access->login.plugin;
	return plugin->has_run && access->clock.steady() - plugin->ran_at < RUN_AGAIN;
}

static bool is_due(const struct kube_access *access, bool rejected)
{
	const struct exec_plugin *plugin = access->login.plugin;
	if (!plugin->has_run)
		return true;
	if (rejected) /* once: what a second run prints is no better */
		return !(plugin->after_rejection && ran_lately(access));
	if (ran_lately(access))
		return false;
	return plugin->failure || (plugin->renew_at != TIME_UNSET && access->clock.wall() >= plugin->renew_at);
}

static bool still_good(const struct kube_access *access)
{
	const struct login *login = &access->login;
	bool has_login = secret_is_set(&login->authorization) || login->certificate.pem.len;
	return has_login && (login->plugin->expires == TIME_UNSET || access->clock.wall() < login->plugin->expires);
}

/* The error of the last run again, for each who asks while it is not run. */
static int repeat_failure(const struct exec_plugin *plugin, struct error **err)
{
	if (plugin->failure->code == ERROR_NO_MEMORY)
		return error_no_memory(err);
	return error_set(err, plugin->failure->code, "%s", plugin->failure->message);
}

static int answer(struct kube_access *access, bool rejected, int changed, struct error **err)
{
	const struct exec_plugin *plugin = access->login.plugin;
	if (plugin->failure && (rejected || !still_good(access)))
		return repeat_failure(plugin, err);
	if (rejected && plugin->expired)
		return error_set(
			err, ERROR_SYSTEM,
			"the server rejected the credential that it printed, which had expired: is the clock right?");
	return changed > 0;
}

int exec_plugin_renew(struct kube_access *access, bool rejected, struct error **err)
{
	struct exec_plugin *plugin = access->login.plugin;
	int changed = 0;
	if (!plugin)
		return 0;
	if (is_due(access, rejected)) {
		plugin->failure = error_free(plugin->failure);
		changed = run_once(access, &plugin->failure);
		plugin->has_run = true;
		plugin->after_rejection = rejected;
		plugin->ran_at = access->clock.steady();
	}
	if (answer(access, rejected, changed, err) < 0)
		return error_context(err, "user %.*s: command %.*s", SLICE_ARG(access->facts.user),
				     SLICE_ARG(plugin->command));
	return changed > 0;
}

void kube_access_stop(void)
{
	process_stop();
}
