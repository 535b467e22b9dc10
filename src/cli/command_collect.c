#include "base/alloc.h"
#include "base/log.h"
#include "cli/collect_images.h"
#include "cli/command_list.h"
#include "cli/contexts.h"
#include "cli/output.h"
#include "cli/registry_reading.h"
#include "cli/session.h"
#include "collect/frozen/frozen_images.h"
#include "collect/frozen/frozen_writer.h"
#include "credential/mask.h"
#include "kube/object/annotation.h"
#include "model/answer.h"

/* One run: a writer and a result for each context, and a writer of all registries. */
struct collecting {
	struct session session;
	struct output output;
	struct frozen_writer **writers;
	size_t count;
	struct frozen_images *images; /* NULL: no registry is read */
	size_t registries;
	int64_t as_of;
};

static void collecting_release(struct collecting *collecting)
{
	for (size_t i = 0; collecting->writers && i < collecting->count; i++)
		frozen_writer_free(collecting->writers[i]);
	frozen_images_free(collecting->images);
	output_release(&collecting->output);
	session_close(&collecting->session);
}

static int check(const struct options *options, struct error **err)
{
	if (options->operands.len != 1)
		return error_set(err, ERROR_USAGE, "collect into which folder? fother collect DIR --context NAME");
	if (!contexts_given(options) && !(options->read_registry && options->registries.len))
		return error_set(err, ERROR_USAGE,
				 "collect reads live clusters: give --context NAME, --all-contexts or --in-cluster; or "
				 "registries alone: --read-registry --registry HOST");
	if ((options->registries.len || options->repositories.len) && !options->read_registry)
		return error_set(err, ERROR_USAGE,
				 "--registry and --repository say what of registries is frozen: give --read-registry "
				 "too");
	return 0;
}

static int open_writers(struct collecting *collecting, const struct options *options, struct error **err)
{
	struct session *session = &collecting->session;
	struct contexts *contexts = &session->contexts;
	collecting->count = contexts->accesses.len;
	collecting->writers = arena_zeroed(&session->arena, collecting->count + 1, sizeof *collecting->writers);
	session->live = arena_zeroed(&session->arena, collecting->count + 1, sizeof *session->live);
	if (!collecting->writers || !session->live)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < collecting->count; i++) {
		const struct kube_access_facts *access = kube_access_facts(contexts->accesses.items[i]);
		struct frozen_facts facts = {
			.name = access->name,
			.server = access->server,
			.as_of = collecting->as_of,
			.key_id = slice_of(session->key.id),
			.tool = SLICE("fother " FOTHER_VERSION),
			.mask = mask_tokens,
			.annotation_kept = annotation_kept,
		};
		if (frozen_writer_new(options->operands.items[0], &facts, &collecting->writers[i], err) < 0)
			return -1;
	}
	return 0;
}

/* --- registries --- */

static int read_registries(struct collecting *collecting, const struct options *options, struct error **err)
{
	struct session *session = &collecting->session;
	struct slice *paths = arena_zeroed(&session->arena, collecting->count + 1, sizeof *paths);
	struct slice_list runs = { paths, 0 };
	struct registry_named named;

	if (!paths)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < collecting->count; i++)
		if (session->live[i].objects > 0)
			paths[runs.len++] = slice_of(frozen_writer_path(collecting->writers[i]));
	if (collect_images(session, options, &runs, &named, err) < 0)
		return -1;
	if (!named.count)
		log_warn("--read-registry: the clusters run no image, and no --registry was given: nothing was asked");
	if (frozen_images_new(options->operands.items[0], SLICE("fother " FOTHER_VERSION), &collecting->images, err) <
	    0)
		return -1;
	/* The clock may have gone on since: what is frozen together is of one time. */
	session->as_of_given = true;
	session->now = collecting->as_of;
	int result = registry_read_into(session, options, &named, frozen_images_sink(collecting->images), err);
	collecting->registries = frozen_images_count(collecting->images);
	return result;
}

static void fill_registry(const struct collecting *collecting, size_t i, struct collected *row, bool *ret_complete)
{
	struct frozen_images_run run = frozen_images_run(collecting->images, i);

	record_init(&collected_type, row);
	row->cluster = run.registry;
	row->outcome = run.outcome.data ? run.outcome : SLICE("interrupted");
	row->objects = run.objects;
	row->path = run.path;
	row->why = run.why;
	if (slice_equal_text(row->outcome, "complete"))
		return;
	*ret_complete = false;
	log_error("registry %.*s: %.*s%s%.*s", SLICE_ARG(row->cluster), SLICE_ARG(row->outcome),
		  row->why.len ? ": " : "", SLICE_ARG(row->why));
}

/* --- the answer --- */

static int fill_rows(struct collecting *collecting, struct collected *rows, bool *ret_complete, struct error **err)
{
	struct session *session = &collecting->session;
	*ret_complete = session->contexts.failures.len == 0;
	for (size_t i = 0; i < collecting->count; i++) {
		const struct live_result *result = &session->live[i];
		record_init(&collected_type, &rows[i]);
		rows[i].cluster = kube_access_facts(session->contexts.accesses.items[i])->name;
		rows[i].outcome = slice_of(result->outcome);
		rows[i].objects = result->objects;
		rows[i].path = slice_of(frozen_writer_path(collecting->writers[i]));
		rows[i].why = slice_of(result->why);
		if (strcmp(result->outcome, "complete") == 0)
			continue;
		*ret_complete = false;
		log_error("context %.*s: %s%s%s", SLICE_ARG(rows[i].cluster), result->outcome, result->why ? ": " : "",
			  result->why ? result->why : "");
	}
	for (size_t i = 0; i < collecting->registries; i++)
		fill_registry(collecting, i, &rows[collecting->count + i], ret_complete);
	return session_remember_contexts(session, err);
}

/* For whoever was told to freeze the evidence and hands it on. */
static void add_next(struct collecting *collecting, const char *folder)
{
	struct session *session = &collecting->session;
	struct output *output = &collecting->output;
	bool any = false;
	for (size_t i = 0; i < collecting->count; i++)
		any = any || session->live[i].objects > 0;
	for (size_t i = 0; i < collecting->registries; i++)
		any = any || frozen_images_run(collecting->images, i).objects > 0;
	if (!any || !output_is_screen(output))
		return;
	strbuf_addf(&output->text,
		    "Read it: fother triage --registry HOST --snapshot %s\n"
		    "On another machine also: --key-file with a copy of %.*s\n",
		    folder, SLICE_ARG(session->key_path));
}

static int print(struct collecting *collecting, const char *folder, struct error **err)
{
	struct session *session = &collecting->session;
	struct output *output = &collecting->output;
	size_t count = collecting->count + collecting->registries;
	struct collected *rows = arena_zeroed(&session->arena, count + 1, sizeof *rows);
	bool complete;
	if (!rows)
		return arena_fail(&session->arena, err);
	if (fill_rows(collecting, rows, &complete, err) < 0)
		return -1;
	struct envelope envelope = {
		.schema = "fother/collect/v1",
		.complete = complete,
		.generated = session->now,
		.errors = session->errors,
	};
	if (output_begin(output, &envelope, err) < 0 ||
	    output_items(output, &collected_type, (struct record_list){ rows, count }, err) < 0)
		return -1;
	add_next(collecting, folder);
	if (output_end(output, &envelope, err) < 0)
		return -1;
	return complete ? EXIT_FINE : EXIT_PARTIAL;
}

static bool all_failed(const struct collecting *collecting)
{
	for (size_t i = 0; i < collecting->count; i++)
		if (strcmp(collecting->session.live[i].outcome, "failed") != 0)
			return false;
	for (size_t i = 0; i < collecting->registries; i++)
		if (!slice_equal_text(frozen_images_run(collecting->images, i).outcome, "failed"))
			return false;
	return collecting->count + collecting->registries > 0;
}

static int collect(struct collecting *collecting, const struct options *options, struct error **err)
{
	struct session *session = &collecting->session;
	bool interrupted = false;
	collecting->as_of = session->as_of_given ? session->now : time_now();
	if (open_writers(collecting, options, err) < 0)
		return -1;
	struct contexts_reading reading = {
		.options = options,
		.key = &session->key,
		.vault = session->vault,
		.as_of = collecting->as_of,
		.frozen = collecting->writers,
	};
	if (collecting->count && contexts_read(&session->contexts, &reading, session->live, &interrupted, err) < 0)
		return -1;
	if (options->read_registry && !interrupted && read_registries(collecting, options, err) < 0)
		return -1;
	int code = print(collecting, options->operands.items[0], err);
	if (code < 0 || !all_failed(collecting))
		return code;
	return error_set(err, ERROR_SYSTEM, "none of the clusters could be read");
}

static int run(const struct options *options, struct error **err)
{
	CLEANUP(collecting_release) struct collecting collecting = { 0 };
	if (check(options, err) < 0 || output_init(&collecting.output, options, err) < 0 ||
	    session_start(&collecting.session, options, err) < 0)
		return -1;
	return collect(&collecting, options, err);
}

const struct command command_collect = {
	.name = "collect",
	.operands = "DIR",
	.summary = "Freeze what clusters and registries hold now, without secret values.",
	.text = "Reads each cluster as triage does and writes what the API server sent, object by object, to a new folder "
		"DIR/CLUSTER/TIME: before events expire, pods end, and evidence is tidied away. No value of a secret is "
		"written: its place in the object stays, and beside it stands what was parsed from it, with fingerprints in "
		"place of passwords. A manifest, written last, holds the SHA-256 of every file, the times, and what could "
		"not be read. A second run adds a folder of its own, and nothing is ever overwritten. Fingerprints can only "
		"be compared under the key they were made with: whoever reads the snapshot elsewhere needs a copy of the "
		"file `key` (--key-file). "
		"With --read-registry, registries are frozen as well: those that --registry names, below --repository, and "
		"every image that the clusters run or cache, of all registries or of those. Tags, manifests, indexes and "
		"configs go to DIR/REGISTRY/TIME, byte for byte and without layers: an OCI layout, which other tools read "
		"too.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_STORE | OPTIONS_LIVE | OPTION_BIT(AS_OF) |
		   OPTION_BIT(READ_REGISTRY) | OPTION_BIT(PLAIN_HTTP) | OPTION_BIT(TOKEN_HOST) | OPTION_BIT(CA_FILE) |
		   OPTION_BIT(MIRROR) | OPTION_BIT(USE_PULL_SECRETS) | OPTION_BIT(REGISTRY) | OPTION_BIT(REPOSITORY),
	.run = run,
};
