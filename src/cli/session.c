#include "cli/session.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/terminal.h"
#include "collect/snapshot/snapshot.h"
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

	if (options->key_file)
		return fingerprint_key_open(options->key_file, false, &session->key, err);
	if (!slice_cut_last(store_path, '/', &folder, &file))
		folder = SLICE(".");
	struct slice path = arena_printf(&session->arena, "%.*s/key", SLICE_ARG(folder));
	if (!path.data)
		return arena_fail(&session->arena, err);
	return fingerprint_key_open(path.data, true, &session->key, err);
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

static int remember_failure(struct session *session, const struct error *failure, struct error **err)
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
	code = remember_failure(session, failure, err);
	error_free(failure);
	return code;
}

static int read_sources(struct session *session, const struct options *options, struct error **err)
{
	CLEANUP(sink_thread_freep) struct sink_thread *writer = NULL;

	session->sources = options->snapshots.len;
	if (session->sources && sink_thread_new(store_sink(session->store), &writer, err) < 0)
		return -1;
	for (size_t i = 0; i < options->snapshots.len; i++)
		if (read_snapshot(session, options, options->snapshots.items[i], sink_thread_sink(writer), err) < 0)
			return -1;
	if (session->sources && session->errors.len == session->sources)
		return error_set(err, ERROR_SYSTEM, "none of the sources could be read");
	return 0;
}

/* No cluster to answer for: none was read, or none of those that --cluster names. */
static int nothing_known(struct session *session, const struct options *options, struct error **err)
{
	struct record_list clusters;
	struct slice names = SLICE("");

	if (options->clusters.len == 0)
		return error_set(err, ERROR_USAGE,
				 "nothing was read yet: give --snapshot DIR (see `fother help triage`)");
	if (store_read_all(session->store, &cluster_type, NULL, 0, &session->arena, &clusters, err) < 0)
		return -1;
	for (size_t i = 0; names.data && i < clusters.len; i++)
		names = arena_printf(&session->arena, "%.*s%s%.*s", SLICE_ARG(names), i ? ", " : "",
				     SLICE_ARG(((const struct cluster *)clusters.items)[i].name));
	return error_set(err, ERROR_USAGE, "the store knows no cluster %s; it knows %.*s", options->clusters.items[0],
			 SLICE_ARG(names));
}

static int load_world(struct session *session, const struct options *options, struct error **err)
{
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
	};
	if (world_load(session->store, &how, &session->world, err) < 0)
		return -1;
	if (session->world->clusters.len == 0)
		return nothing_known(session, options, err);
	return 0;
}

int session_open(struct session *session, const struct options *options, struct error **err)
{
	*session = (struct session){ .arena = ARENA_INIT(LIMIT_WORLD_BYTES) };
	if (find_times(session, options, err) < 0 || open_store(session, options, err) < 0 ||
	    read_sources(session, options, err) < 0)
		return -1;
	return load_world(session, options, err);
}

void session_close(struct session *session)
{
	session->world = world_free(session->world);
	session->store = store_close(session->store);
	fingerprint_key_release(&session->key);
	arena_release(&session->arena);
}

bool session_complete(const struct session *session)
{
	const struct read *reads = session->world->reads.items;

	if (session->errors.len)
		return false;
	for (size_t i = 0; i < session->world->reads.len; i++)
		if (!slice_equal_text(reads[i].outcome, "complete"))
			return false;
	return true;
}

struct envelope session_envelope(const struct session *session, const char *schema)
{
	return (struct envelope){
		.schema = schema,
		.complete = session_complete(session),
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
