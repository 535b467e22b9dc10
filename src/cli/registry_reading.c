#include "cli/registry_reading.h"

#include <pthread.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/filter.h"
#include "cli/interrupt.h"
#include "cli/registry_known.h"
#include "cli/registry_options.h"
#include "cli/registry_targets.h"
#include "cli/terminal.h"
#include "collect/registry/hub_files.h"
#include "credential/vault.h"
#include "model/sink_thread.h"

#define LOOK_MS 200
/* As of live clusters: a process that is killed loses no more. */
#define COMMIT_EVERY (2 * USEC_PER_SECOND)

/* --- one reading --- */

static void registries_freep(struct registries **registries)
{
	*registries = registries_free(*registries);
}

static void logins_freep(struct logins **logins)
{
	*logins = logins_free(*logins);
}

/* Registries tell from their threads; the line is one. */
static void show_progress(const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&lock);
	terminal_progress_line(slice_of(text));
	pthread_mutex_unlock(&lock);
}

static void stop_registries(void *data)
{
	registries_stop(data);
}

static int open_logins(struct session *session, const struct options *options, struct arena *arena,
		       struct logins **ret_logins, struct error **err)
{
	CLEANUP(logins_freep) struct logins *logins = NULL;
	struct slice *allowed = arena_zeroed(arena, options->allow_exec.len + 1, sizeof *allowed);

	if (!allowed)
		return arena_fail(arena, err);
	for (size_t i = 0; i < options->allow_exec.len; i++)
		allowed[i] = slice_of(options->allow_exec.items[i]);
	struct docker_config_options how = { .allowed_exec = { allowed, options->allow_exec.len } };
	if (logins_new(&logins, err) < 0 || logins_add_docker_config(logins, &how, err) < 0)
		return -1;
	if (session->vault && logins_add_vault(logins, session->vault, err) < 0)
		return -1;
	if (session->vault && vault_was_full(session->vault))
		log_warn("--use-pull-secrets: the pull secrets hold more logins than are kept (%zu are): what a "
			 "registry refuses below may be for want of the others",
			 vault_count(session->vault));
	*ret_logins = TAKE_PTR(logins);
	return 0;
}

static int wait_for(struct registries *registries, struct sink *sink, struct error **err)
{
	int64_t committed = time_now();

	while (!registries_wait(registries, LOOK_MS)) {
		int64_t now = time_now();
		if (now - committed < COMMIT_EVERY && now >= committed)
			continue;
		if (sink->ops->commit(sink, err) < 0)
			return -1;
		committed = now;
	}
	return 0;
}

static int run(struct registries *registries, struct sink *sink, struct error **err)
{
	interrupt_catch(stop_registries, registries);
	int result = registries_start(registries, err);
	if (result == 0) {
		result = wait_for(registries, sink, err);
		if (result < 0)
			registries_stop(registries);
		struct error *failure = NULL;
		interrupt_done();
		if (registries_finish(registries, result < 0 ? &failure : err) < 0)
			result = -1;
		error_free(failure);
	}
	terminal_progress_end();
	interrupt_done();
	interrupt_release();
	return result < 0 ? -1 : sink->ops->commit(sink, err);
}

static bool is_outcome(const struct registry_result *result, const char *outcome)
{
	return result->outcome && strcmp(result->outcome, outcome) == 0;
}

static void log_result(const struct registry_result *result)
{
	log_info(
		"registry %.*s: %s, %zu tags, %zu manifests, %zu known before, %zu failures, %llu requests%s%.*s%s%.*s",
		SLICE_ARG(result->registry), result->outcome ? result->outcome : "?", result->counts.tags,
		result->counts.manifests, result->counts.known, result->counts.failures,
		(unsigned long long)result->requests, result->notes.len ? ", " : "", SLICE_ARG(result->notes),
		result->why.len ? ": " : "", SLICE_ARG(result->why));
}

static int check_interrupted(const struct registries *registries, struct error **err)
{
	for (size_t i = 0; interrupt_came() && i < registries_count(registries); i++)
		if (is_outcome(registries_result(registries, i), "interrupted"))
			return error_set(err, ERROR_SYSTEM,
					 "interrupted: what was read of registries is stored, and marked as "
					 "incomplete; the same command without --read-registry, or with --offline, "
					 "answers from it");
	return 0;
}

/* Whose failure it is that a registry cannot be read, and how much is asked. */
enum reading { READING_SOURCE, READING_ASKED, READING_POLL, READING_FROZEN };

static int tell_failure(struct session *session, const struct registry_result *result, struct slice *ret_why,
			struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	struct slice why = result->why.len ? result->why : SLICE("could not be read");

	error_set(&failure, ERROR_SYSTEM, "registry %.*s: %.*s", SLICE_ARG(result->registry), SLICE_ARG(why));
	if (!ret_why)
		return session_remember_failure(session, failure, err);
	*ret_why = arena_printf(&session->arena, "%s", failure->message);
	return ret_why->data ? 0 : arena_fail(&session->arena, err);
}

static int tell_results(struct session *session, const struct registries *registries, enum reading how,
			struct slice *ret_why, struct error **err)
{
	if (how != READING_FROZEN && check_interrupted(registries, err) < 0)
		return -1;
	for (size_t i = 0; i < registries_count(registries); i++) {
		const struct registry_result *result = registries_result(registries, i);
		bool failed = is_outcome(result, "failed") || (how == READING_POLL && !is_outcome(result, "complete"));
		log_result(result);
		if (how == READING_FROZEN)
			continue;
		if (failed && tell_failure(session, result, how == READING_SOURCE ? NULL : ret_why, err) < 0)
			return -1;
	}
	return 0;
}

static int read_into(struct session *session, const struct options *options, const struct registry_named *named,
		     enum reading reading, struct sink *sink, struct slice *ret_why, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
	CLEANUP(registry_known_freep) struct registry_known *known = NULL;
	CLEANUP(logins_freep) struct logins *logins = NULL;
	CLEANUP(sink_thread_freep) struct sink_thread *writer = NULL;
	CLEANUP(registries_freep) struct registries *registries = NULL;
	struct registry_settings settings;

	if (named->count == 0)
		return 0;
	if (registry_options_settings(options, &arena, &settings, err) < 0 ||
	    open_logins(session, options, &arena, &logins, err) < 0 ||
	    registry_known_new(session->store, &known, err) < 0 || sink_thread_new(sink, &writer, err) < 0)
		return -1;
	struct registries_options how = {
		.targets = named->targets,
		.target_count = named->count,
		.mirrors = settings.mirrors,
		.mirror_count = settings.mirror_count,
		.plain_http = settings.plain_http,
		.token_hosts = settings.token_hosts,
		.ca_pem = settings.ca_pem,
		.logins = logins,
		.known = reading == READING_FROZEN ? NULL : registry_known_of(known),
		.sink = sink_thread_sink(writer),
		.as_of = session->as_of_given ? session->now : TIME_UNSET,
		.referrers = reading != READING_POLL,
		.dialects = reading != READING_POLL,
		.progress = show_progress,
	};
	if (registries_new(&how, &registries, err) < 0 || run(registries, how.sink, err) < 0)
		return -1;
	return tell_results(session, registries, reading, ret_why, err);
}

static int read_targets(struct session *session, const struct options *options, const struct registry_named *named,
			enum reading reading, struct slice *ret_why, struct error **err)
{
	return read_into(session, options, named, reading, store_sink(session->store), ret_why, err);
}

int registry_read_into(struct session *session, const struct options *options, const struct registry_named *named,
		       struct sink *sink, struct error **err)
{
	return read_into(session, options, named, READING_FROZEN, sink, NULL, err);
}

int registry_read(struct session *session, const struct options *options, const struct registry_target *targets,
		  size_t count, struct error **err)
{
	struct registry_named named = { targets, count };
	return read_targets(session, options, &named, READING_SOURCE, NULL, err);
}

int registry_ask(struct session *session, const struct options *options, const struct registry_named *named,
		 struct slice *ret_why, struct error **err)
{
	*ret_why = SLICE_NONE;
	return read_targets(session, options, named, READING_ASKED, ret_why, err);
}

int registry_poll(struct session *session, const struct options *options, const struct registry_named *named,
		  struct slice *ret_why, struct error **err)
{
	*ret_why = SLICE_NONE;
	return read_targets(session, options, named, READING_POLL, ret_why, err);
}

/* --- the sources of a command that answers --- */

static struct slice_list filters_of(const struct incident *incident, bool registries)
{
	return registries ? incident->registries : incident->repositories;
}

/* What the options narrow, in the form of an incident. */
static int scope_of(struct session *session, const struct options *options, struct incident *ret_scope,
		    struct error **err)
{
	record_init(&incident_type, ret_scope);
	if (filter_registries(session, options, &ret_scope->registries, err) < 0)
		return -1;
	return filter_repositories(session, options, ret_scope->registries, &ret_scope->repositories, err);
}

static void world_close(struct session *session)
{
	session->world = world_free(session->world);
}

/* With sightings, whatever the command itself needs. */
static int load_for_targets(struct session *session, struct error **err)
{
	struct world_options how = { .as_of = session->as_of_given ? session->now : TIME_UNSET };

	world_close(session);
	return world_load(session->store, &how, &session->world, err);
}

static int read_registries(struct session *session, const struct options *options, const struct incident *incident,
			   struct error **err)
{
	struct registry_target *targets;
	struct registry_named named = { 0 };
	struct incident scope;

	if (!incident && scope_of(session, options, &scope, err) < 0)
		return -1;
	struct registry_wanted wanted = {
		.registries = filters_of(incident ? incident : &scope, true),
		.repositories = filters_of(incident ? incident : &scope, false),
		.indicators = incident ? incident->indicators : (struct slice_list){ 0 },
		.whole = incident != NULL,
	};
	if (load_for_targets(session, err) < 0 ||
	    registry_targets(session->world, &wanted, &session->arena, &targets, &named.count, err) < 0)
		return -1;
	named.targets = targets;
	world_close(session);
	if (named.count == 0)
		log_warn("--read-registry: no image is known, and no --registry was given: nothing was asked");
	return read_targets(session, options, &named, READING_SOURCE, NULL, err);
}

static int read_hub_file(struct session *session, const char *path,
			 int (*read)(const char *path, struct sink *sink, struct hub_file_result *ret_result,
				     struct error **err),
			 struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	struct hub_file_result result = { 0 };
	struct sink *sink = store_sink(session->store);

	if (read(path, sink, &result, &failure) < 0)
		return session_remember_failure(session, failure, err);
	log_info("%s: %lld events, %lld defects", path, (long long)result.events, (long long)result.defects);
	return sink->ops->commit(sink, err);
}

int registry_read_sources(struct session *session, const struct options *options, const struct incident *incident,
			  struct error **err)
{
	for (size_t i = 0; i < options->hub_audit.len; i++)
		if (read_hub_file(session, options->hub_audit.items[i], hub_audit_read, err) < 0)
			return -1;
	for (size_t i = 0; i < options->hub_usage.len; i++)
		if (read_hub_file(session, options->hub_usage.items[i], hub_usage_read, err) < 0)
			return -1;
	return options->read_registry ? read_registries(session, options, incident, err) : 0;
}
