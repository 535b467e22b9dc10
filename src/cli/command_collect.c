#include "base/alloc.h"
#include "base/log.h"
#include "cli/command_list.h"
#include "cli/contexts.h"
#include "cli/output.h"
#include "cli/session.h"
#include "collect/frozen/frozen_writer.h"
#include "credential/mask.h"
#include "kube/object/annotation.h"
#include "model/answer.h"

/* One run: a writer and a result for each context. */
struct collecting {
	struct session session;
	struct output output;
	struct frozen_writer **writers;
	size_t count;
	int64_t as_of;
};

static void collecting_release(struct collecting *collecting)
{
	for (size_t i = 0; collecting->writers && i < collecting->count; i++)
		frozen_writer_free(collecting->writers[i]);
	output_release(&collecting->output);
	session_close(&collecting->session);
}

static int check(const struct options *options, struct error **err)
{
	if (options->operands.len != 1)
		return error_set(err, ERROR_USAGE, "collect into which folder? fother collect DIR --context NAME");
	if (!contexts_given(options))
		return error_set(err, ERROR_USAGE,
				 "collect reads live clusters: give --context NAME, --all-contexts or --in-cluster");
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
	struct collected *rows = arena_zeroed(&session->arena, collecting->count + 1, sizeof *rows);
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
	    output_items(output, &collected_type, (struct record_list){ rows, collecting->count }, err) < 0)
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
	return true;
}

static int collect(struct collecting *collecting, const struct options *options, struct error **err)
{
	struct session *session = &collecting->session;
	bool interrupted = false;
	collecting->as_of = session->as_of_given ? session->now : time_now();
	if (open_writers(collecting, options, err) < 0)
		return -1;
	struct contexts_reading reading = {
		.options = options, .key = &session->key, .as_of = collecting->as_of, .frozen = collecting->writers
	};
	if (collecting->count && contexts_read(&session->contexts, &reading, session->live, &interrupted, err) < 0)
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
	.summary = "Freeze what live clusters hold now into a snapshot, without secret values.",
	.text = "Reads each cluster as triage does and writes what the API server sent, object by object, to a new folder "
		"DIR/CLUSTER/TIME: before events expire, pods end, and evidence is tidied away. No value of a secret is "
		"written: its place in the object stays, and beside it stands what was parsed from it, with fingerprints in "
		"place of passwords. A manifest, written last, holds the SHA-256 of every file, the times, and what could "
		"not be read. A second run adds a folder of its own, and nothing is ever overwritten. Fingerprints can only "
		"be compared under the key they were made with: whoever reads the snapshot elsewhere needs a copy of the "
		"file `key` (--key-file).",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_STORE | OPTIONS_LIVE | OPTION_BIT(AS_OF),
	.run = run,
};
