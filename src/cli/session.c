#include "cli/session.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/registry_options.h"
#include "cli/registry_reading.h"
#include "cli/terminal.h"
#include "collect/snapshot/snapshot.h"
#include "credential/vault.h"
#include "derive/world_images.h"
#include "model/sink_thread.h"
#include "store/store_read.h"

static int find_times(struct session *session, const struct options *options, struct error **err)
{
	session->now = time_now() / USEC_PER_SECOND * USEC_PER_SECOND; /* nobody types or reads fractions */
	if (!options->as_of)
		return 0;
	session->as_of_given = true;
	if (time_parse_given(slice_of(options->as_of), session->now, &session->now, err) < 0)
		return options_fail(err, "--as-of");
	return 0;
}

/* The key lies beside the store unless another is named; only then may it be made. */
static int open_key(struct session *session, const struct options *options, struct slice store_path, struct error **err)
{
	struct slice folder, file;

	session->key_given = options->key_file;
	session->key_path = slice_of(options->key_file);
	if (options->key_file)
		return fingerprint_key_open(options->key_file, false, &session->key, err);
	if (!slice_cut_last(store_path, '/', &folder, &file))
		folder = SLICE(".");
	session->key_path = arena_printf(&session->arena, "%.*s/key", SLICE_ARG(folder));
	if (!session->key_path.data)
		return arena_fail(&session->arena, err);
	return fingerprint_key_open(session->key_path.data, true, &session->key, err);
}

static int open_store(struct session *session, const struct options *options, struct error **err)
{
	struct slice path = slice_of(options->store);

	session->store_given = options->store;
	if (!path.data && store_default_path(&session->arena, &path, err) < 0)
		return -1;
	if (store_open(path.data, &session->store, err) < 0)
		return -1;
	log_info("store %s", path.data);
	if (open_key(session, options, path, err) < 0)
		return -1;
	return store_check_key(session->store, session->key.id, err);
}

int session_remember_failure(struct session *session, const struct error *failure, struct error **err)
{
	struct slice *items = arena_zeroed(&session->arena, session->errors.len + 1, sizeof *items);
	if (!items)
		return arena_fail(&session->arena, err);
	if (session->errors.len)
		memcpy(items, session->errors.items, session->errors.len * sizeof *items);
	items[session->errors.len] = arena_printf(&session->arena, "%s", failure->message); /* it names the source */
	session->errors = (struct slice_list){ items, session->errors.len + 1 };
	log_error("%s", failure->message);
	return 0;
}

static int read_snapshot(struct session *session, const struct options *options, const char *path, struct sink *sink,
			 struct error **err)
{
	struct error *failure = NULL;
	struct snapshot_result result = { 0 };
	struct snapshot_options how = {
		.path = path,
		.as_of = options->as_of ? session->now : TIME_UNSET,
		.key = &session->key,
		.vault = session->vault,
		.progress = terminal_progress,
	};

	int code = snapshot_read(&how, sink, &result, &failure);
	terminal_progress_end();
	if (code == 0) {
		log_info("%s: %lld objects in %zu files, %lld defects", path, (long long)result.objects, result.files,
			 (long long)result.defects);
		return 0;
	}
	if (session->sources == 1)
		return error_move(err, &failure);
	code = session_remember_failure(session, failure, err);
	error_free(failure);
	return code;
}

/* --- live clusters --- */

int session_remember_contexts(struct session *session, struct error **err)
{
	for (size_t i = 0; i < session->contexts.failures.len; i++)
		if (session_remember_failure(session, session->contexts.failures.items[i], err) < 0)
			return -1;
	return 0;
}

static int remember_result(struct session *session, const struct live_result *result,
			   const struct kube_access_facts *facts, struct error **err)
{
	struct error *failure = NULL;

	if (facts->insecure)
		log_warn("context %.*s: the server's certificate is not verified (insecure-skip-tls-verify)",
			 SLICE_ARG(facts->name));
	if (strcmp(result->outcome, "failed") != 0) {
		log_info("context %.*s: %s, %lld objects, %lld defects, %llu bytes%s%s", SLICE_ARG(facts->name),
			 result->outcome, (long long)result->objects, (long long)result->defects,
			 (unsigned long long)result->wire_bytes, result->why ? ": " : "",
			 result->why ? result->why : "");
		return 0;
	}
	error_set(&failure, ERROR_SYSTEM, "context %.*s (%.*s): %s", SLICE_ARG(facts->name), SLICE_ARG(facts->server),
		  result->why ? result->why : "could not be read");
	int code = session_remember_failure(session, failure, err);
	error_free(failure);
	return code;
}

static int remember_results(struct session *session, bool interrupted, struct error **err)
{
	int64_t objects = 0;

	for (size_t i = 0; i < session->contexts.accesses.len; i++) {
		const struct kube_access_facts *facts = kube_access_facts(session->contexts.accesses.items[i]);
		if (!interrupted && remember_result(session, &session->live[i], facts, err) < 0)
			return -1;
		objects += session->live[i].objects;
	}
	if (interrupted)
		return error_set(err, ERROR_SYSTEM,
				 "interrupted: the %lld objects that were read are stored, and marked as incomplete; "
				 "without --context, the same command answers from them",
				 (long long)objects);
	return 0;
}

static int read_live(struct session *session, const struct options *options, struct sink *sink, struct error **err)
{
	bool interrupted = false;
	struct contexts_reading reading = {
		.options = options,
		.key = &session->key,
		.vault = session->vault,
		.as_of = options->as_of ? session->now : TIME_UNSET,
		.sink = sink,
	};

	if (session_remember_contexts(session, err) < 0)
		return -1;
	if (!session->contexts.accesses.len)
		return 0;
	session->live = arena_zeroed(&session->arena, session->contexts.accesses.len, sizeof *session->live);
	if (!session->live)
		return arena_fail(&session->arena, err);
	if (contexts_read(&session->contexts, &reading, session->live, &interrupted, err) < 0)
		return -1;
	return remember_results(session, interrupted, err);
}

static int read_sources(struct session *session, const struct options *options, struct error **err)
{
	CLEANUP(sink_thread_freep) struct sink_thread *writer = NULL;
	size_t contexts = session->contexts.accesses.len + session->contexts.failures.len;

	session->sources = options->snapshots.len + contexts;
	if (session->sources && sink_thread_new(store_sink(session->store), &writer, err) < 0)
		return -1;
	for (size_t i = 0; i < options->snapshots.len; i++)
		if (read_snapshot(session, options, options->snapshots.items[i], sink_thread_sink(writer), err) < 0)
			return -1;
	if (contexts && read_live(session, options, sink_thread_sink(writer), err) < 0)
		return -1;
	return 0;
}

static bool some_forbidden(const struct session *session)
{
	for (size_t i = 0; i < session->errors.len; i++)
		if (slice_contains(session->errors.items[i], ": forbidden"))
			return true;
	return false;
}

static int check_something_read(const struct session *session, struct error **err)
{
	if (!session->sources || session->errors.len < session->sources)
		return 0;
	return error_set(err, ERROR_SYSTEM, "none of the sources could be read%s",
			 some_forbidden(session) ? "; `fother triage --rbac` prints the rights that were missing, and "
						   "-n NAMESPACE reads only where you have some"
						 : "");
}

/* Registries, layouts and their logs are something to answer from. */
static bool knows_images(const struct world *world)
{
	return world->images && (world->images->read || world->images->manifests.len || world->images->tags.len ||
				 world->images->events.len);
}

/* No cluster to answer for: none was read, or none of those that --cluster names. */
static int nothing_known(struct session *session, const struct options *options, struct error **err)
{
	struct record_list clusters;
	struct slice names = SLICE("");

	if (session->errors.len && options->clusters.len == 0) /* they were told, and no option would help */
		return error_set(err, ERROR_SYSTEM, "none of the sources could be read");
	if (options->clusters.len == 0)
		return error_set(
			err, ERROR_USAGE,
			"nothing was read yet: give --context NAME or --snapshot DIR (see `fother help triage`)");
	if (store_read_all(session->store, &cluster_type, NULL, 0, &session->arena, &clusters, err) < 0)
		return -1;
	for (size_t i = 0; names.data && i < clusters.len; i++) {
		const struct cluster *cluster = &((const struct cluster *)clusters.items)[i];
		if (identity_is_cluster(cluster->cluster))
			names = arena_printf(&session->arena, "%.*s%s%.*s", SLICE_ARG(names), names.len ? ", " : "",
					     SLICE_ARG(cluster->name));
	}
	if (!names.data)
		return arena_fail(&session->arena, err);
	if (names.len == 0)
		names = SLICE("none");
	return error_set(err, ERROR_USAGE, "the store knows no cluster %s; it knows %.*s", options->clusters.items[0],
			 SLICE_ARG(names));
}

int session_load(struct session *session, const struct options *options, struct error **err)
{
	session->world = world_free(session->world);
	struct slice *clusters = arena_zeroed(&session->arena, options->clusters.len + 1, sizeof *clusters);

	if (!clusters)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < options->clusters.len; i++)
		clusters[i] = slice_of(options->clusters.items[i]);
	struct world_options how = {
		.as_of = options->as_of ? session->now : TIME_UNSET,
		.clusters = clusters,
		.cluster_count = options->clusters.len,
		.no_sightings = options->command && options->command->logins_only,
		.without_layers = options->command && options->command->without_layers,
	};
	bool without = options->command && options->command->without_clusters && options->clusters.len == 0;
	if (world_load(session->store, &how, &session->world, err) < 0)
		return -1;
	if (session->world->clusters.len == 0 && !(without && knows_images(session->world)))
		return nothing_known(session, options, err);
	return 0;
}

int session_start(struct session *session, const struct options *options, struct error **err)
{
	*session = (struct session){ .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
	if (find_times(session, options, err) < 0 || registry_options_check(options, err) < 0 ||
	    contexts_open(options, &session->contexts, err) < 0)
		return -1;
	if (options->use_pull_secrets && vault_new(&session->vault, err) < 0)
		return -1;
	session->command = options->command;
	return open_store(session, options, err);
}

int session_read(struct session *session, const struct options *options, struct error **err)
{
	if (session_start(session, options, err) < 0 || read_sources(session, options, err) < 0)
		return -1;
	return check_something_read(session, err);
}

int session_open(struct session *session, const struct options *options, struct error **err)
{
	if (session_read(session, options, err) < 0 || registry_read_sources(session, options, NULL, err) < 0)
		return -1;
	return session_load(session, options, err);
}

int session_open_any(struct session *session, const struct options *options, struct error **err)
{
	struct record_list clusters;
	bool any = false;
	if (session_start(session, options, err) < 0 || read_sources(session, options, err) < 0)
		return -1;
	if (store_read_all(session->store, &cluster_type, NULL, 0, &session->arena, &clusters, err) < 0)
		return -1;
	for (size_t i = 0; i < clusters.len; i++)
		any |= identity_is_cluster(((const struct cluster *)clusters.items)[i].cluster);
	return any ? session_load(session, options, err) : 0;
}

void session_close(struct session *session)
{
	session->world = world_free(session->world);
	session->store = store_close(session->store);
	for (size_t i = 0; session->live && i < session->contexts.accesses.len; i++)
		live_result_release(&session->live[i]);
	contexts_release(&session->contexts);
	session->vault = vault_free(session->vault);
	fingerprint_key_release(&session->key);
	arena_release(&session->arena);
}

/* A read that asked for no value of a secret may be complete; which logins there are is not known then. */
static bool lacks_values(const struct world *world)
{
	for (size_t i = 0; i < world->clusters.len; i++) {
		const struct world_cluster *cluster = world->clusters.items[i];
		for (size_t k = 0; k < cluster->coverage.len; k++)
			if (slice_equal_text(((const struct coverage *)cluster->coverage.items[k])->outcome,
					     "metadata"))
				return true;
	}
	return false;
}

/* What is said of logins and pods does not rest on registries; what rests on some of them judges by itself. */
static bool counts(const struct session *session, const struct read *read)
{
	bool of_images = slice_equal_text(read->source_kind, "registry") ||
			 slice_equal_text(read->source_kind, "registry_log") ||
			 slice_equal_text(read->source_kind, "images");
	const struct command *command = session->command;

	return !of_images || (command && command->without_clusters && !command->judges_registries);
}

bool session_complete(const struct session *session)
{
	const struct world *world = session->world;
	const struct read *reads = world->reads.items;

	if (session->errors.len)
		return false;
	for (size_t i = 0; i < world->reads.len; i++)
		if (counts(session, &reads[i]) && !slice_equal_text(reads[i].outcome, "complete"))
			return false;
	return !lacks_values(world);
}

struct envelope session_envelope(const struct session *session, const char *schema)
{
	return (struct envelope){
		.schema = schema,
		.complete = session_complete(session),
		.lacks_values = lacks_values(session->world),
		.generated = session->now,
		.reproducible = session->as_of_given,
		.reads = session->world->reads,
		.errors = session->errors,
	};
}

int session_exit_code(const struct session *session)
{
	return session_complete(session) ? EXIT_FINE : EXIT_PARTIAL;
}
