#include "collect/snapshot/cluster_read.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "collect/snapshot/cluster_read_internal.h"
#include "collect/snapshot/documents.h"
#include "collect/snapshot/runs.h"
#include "collect/snapshot/utf16.h"
#include "kube/object/error_text.h"
#include "model/observed.h"

#define PROGRESS_OBJECTS 2000
/* Reasons, and names of files that were passed over, that are told in words; the rest is counted. */
#define TOLD_IN_WORDS 3
#define NAMES_BYTES (16 * LIMIT_KIB)

static void watch_uid(struct cluster_read *read)
{
	struct slice uid = read->context.cluster_uid;
	if (uid.data == read->uid.data)
		return;
	read->mixed |= read->uid.data && !slice_equal(uid, read->uid);
	read->uid = uid;
}

void cluster_read_passed(struct cluster_read *read, size_t offset)
{
	const struct snapshot_options *options = read->options;
	if (read->spare)
		file_done_until(read->spare, offset);
	if (!options->progress || read->context.objects < read->progress_due)
		return;
	options->progress(options->progress_data, read->context.file.data, read->context.objects);
	read->progress_due = read->context.objects + PROGRESS_OBJECTS;
}

static void after_object(void *data, const struct reader *reader)
{
	struct cluster_read *read = data;
	watch_uid(read);
	cluster_read_passed(read, reader->offset);
}

static struct slice source_of(struct dump *dump, const struct dump_cluster *cluster)
{
	if (!cluster->folder.len)
		return dump->address;
	return arena_printf(&dump->arena, "%.*s/%.*s", SLICE_ARG(dump->address), SLICE_ARG(cluster->folder));
}

/* What is known of a run stands in its manifest, its time too; and what is not known nobody else will tell. */
static struct sink_scope scope_of(const struct cluster_read *read, const struct dump_cluster *cluster,
				  const struct cluster_known *known)
{
	const struct frozen_run *run = read->run;
	int64_t given = read->options->as_of;
	return (struct sink_scope){
		.source = read->source,
		.source_kind = SLICE("snapshot"),
		.cluster_name = cluster->name,
		.cluster_uid = run ? run->manifest.cluster_uid : known->uid,
		.as_of = run                   ? run->manifest.as_of
			 : given != TIME_UNSET ? given
					       : known->as_of,
		.once = run,
	};
}

int cluster_read_begin(struct cluster_read *read, const struct snapshot_options *options, struct sink *sink,
		       struct dump *dump, const struct dump_cluster *cluster, const struct cluster_known *known,
		       struct error **err)
{
	int64_t number;
	*read = (struct cluster_read){ .options = options,
				       .run = cluster->run,
				       .source = source_of(dump, cluster),
				       .ignored_names = STRBUF_INIT(NAMES_BYTES),
				       .why = STRBUF_INIT(LIMIT_MESSAGE_BYTES) };
	if (!read->source.data)
		return arena_fail(&dump->arena, err);
	struct sink_scope scope = scope_of(read, cluster, known);
	if (sink->ops->begin(sink, &scope, &number, err) < 0 ||
	    object_context_init(&read->context, sink, number, options->key, err) < 0)
		return -1;
	read->context.frozen = true;
	read->context.vault = options->vault;
	read->context.after_object = after_object;
	read->context.after_object_data = read;
	return read->run ? run_read_begin(read, err) : 0;
}

void cluster_read_add_reason(struct cluster_read *read, struct slice file, const char *text)
{
	if (read->reasons++ >= TOLD_IN_WORDS)
		return;
	if (read->why.len)
		strbuf_add_text(&read->why, "; ");
	utf8_add_printable(&read->why, file);
	strbuf_addf(&read->why, ": %s", text);
}

int cluster_read_defect(struct cluster_read *read, const char *code, struct slice message, struct error **err)
{
	cluster_read_add_reason(read, read->context.file, message.data);
	return object_file_defect(&read->context, code, SLICE(""), message, err);
}

static int put_error_text(struct cluster_read *read, struct slice text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	if (error_text_message(&message, text, &read->context.scratch, err) < 0)
		return -1;
	return cluster_read_defect(read, DEFECT_ERROR_TEXT, strbuf_slice(&message), err);
}

/* Text before the objects (a warning on the same stream) takes nothing away from them: told, and no reason. */
static int put_text_first(struct cluster_read *read, struct slice text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	strbuf_add_text(&message, "text before the objects: ");
	if (error_text_add_line(&message, text, &read->context.scratch, err) < 0)
		return -1;
	return object_file_defect(&read->context, "text_before_objects", SLICE(""), strbuf_slice(&message), err);
}

static int read_documents(struct cluster_read *read, enum content content, struct slice text, struct error **err)
{
	struct documents_broken broken;
	if (documents_read(text, content, &read->context, &broken, err) < 0)
		return -1;
	if (broken.count) {
		char reason[128];
		snprintf(reason, sizeof reason, "broken at %s%s", broken.place,
			 broken.count > 1 ? ", and in more places" : "");
		cluster_read_add_reason(read, read->context.file, reason);
	}
	return 0;
}

static int read_utf16(struct cluster_read *read, struct slice bytes, struct error **err);

static int read_content(struct cluster_read *read, enum content content, struct slice text, struct error **err)
{
	switch (content) {
	case CONTENT_EMPTY:
		return cluster_read_defect(read, "empty", SLICE("empty file"), err);
	case CONTENT_JUNK:
		return cluster_read_defect(read, "not_a_document", SLICE("neither JSON nor YAML"), err);
	case CONTENT_ERROR_TEXT:
		if (put_error_text(read, text, err) < 0)
			return -1;
		return read_documents(read, CONTENT_TEXT_FIRST, text, err);
	case CONTENT_TEXT_FIRST:
		if (put_text_first(read, text, err) < 0)
			return -1;
		return read_documents(read, content, text, err);
	case CONTENT_UTF16:
		return read_utf16(read, text, err);
	case CONTENT_JSON:
	case CONTENT_FROZEN:
	case CONTENT_MANIFEST:
	case CONTENT_YAML:
		return read_documents(read, content, text, err);
	case CONTENT_UNREADABLE:
	case CONTENT_OTHER:
		break; /* nothing to read in it */
	}
	return 0;
}

/* Places in it count in the converted text. */
static int read_utf16(struct cluster_read *read, struct slice bytes, struct error **err)
{
	CLEANUP(file_release) struct file_bytes text = { 0 };
	if (utf16_to_utf8(bytes, &text, err) < 0)
		return -1;
	enum content content = content_of_given(slice_part(file_slice(&text), 0, CONTENT_START_BYTES));
	return read_content(read, content == CONTENT_UTF16 ? CONTENT_JUNK : content, file_slice(&text), err);
}

void cluster_read_ignore(struct cluster_read *read, const struct dump_file *file)
{
	if (read->ignored++ >= TOLD_IN_WORDS)
		return;
	if (read->ignored_names.len)
		strbuf_add_text(&read->ignored_names, ", ");
	utf8_add_printable(&read->ignored_names, file->path);
	strbuf_addf(&read->ignored_names, " (%.*s)", SLICE_ARG(file->why));
}

/* Lines of YAML are counted from its start: memory that cannot be read again must stay. */
static bool may_give_back(const struct dump *dump, enum content content, const struct file_bytes *bytes)
{
	return bytes && dump->bytes_are_spare &&
	       (content == CONTENT_JSON || content == CONTENT_FROZEN ||
		(content == CONTENT_YAML && bytes->mapped_file));
}

static int read_file(struct cluster_read *read, const struct dump_file *file, struct file_bytes *bytes,
		     struct error **err)
{
	if (read->run)
		return run_read_file(read, file, bytes, err);
	if (file->content == CONTENT_UNREADABLE)
		return cluster_read_defect(read, file->code, file->why, err);
	return read_content(read, file->content, bytes ? file_slice(bytes) : SLICE(""), err);
}

int cluster_read_file(struct cluster_read *read, const struct dump *dump, const struct dump_file *file,
		      struct file_bytes *bytes, struct error **err)
{
	if (!read->run && file->content == CONTENT_OTHER) {
		cluster_read_ignore(read, file);
		return 0;
	}
	read->files += !read->run;
	read->context.file = file->path;
	read->spare = may_give_back(dump, file->content, bytes) ? bytes : NULL;
	int result = read_file(read, file, bytes, err);
	read->spare = NULL;
	if (read->options->progress)
		read->options->progress(read->options->progress_data, file->path.data, read->context.objects);
	return result < 0 ? error_context(err, "%.*s", SLICE_ARG(file->path)) : 0;
}

static int put_ignored(struct cluster_read *read, struct error **err)
{
	struct gap gap;
	struct sink *sink = read->context.sink;
	if (!read->ignored)
		return 0;
	if (read->ignored > TOLD_IN_WORDS)
		strbuf_addf(&read->ignored_names, " and %zu more", read->ignored - TOLD_IN_WORDS);
	if (strbuf_failed(&read->ignored_names, err))
		return -1;
	record_init(&gap_type, &gap);
	gap.source = read->source;
	gap.kind = SLICE("File");
	gap.cause = strbuf_slice(&read->ignored_names);
	gap.lost = (int64_t)read->ignored;
	return sink->ops->put(sink, read->context.read, &gap_type, &gap, err);
}

/* What ended an archive early may have held files of every cluster. */
static int put_damage(struct cluster_read *read, const struct dump *dump, struct error **err)
{
	if (!dump->damage_code)
		return 0;
	read->context.file = dump->address;
	return cluster_read_defect(read, dump->damage_code, dump->damage, err);
}

/* Two dumps in one folder: secrets and users that have nothing to do with each other would be joined. */
static int put_mixed(struct cluster_read *read, struct error **err)
{
	if (!read->mixed)
		return 0;
	read->context.file = read->source;
	return cluster_read_defect(read, "two_clusters",
				   SLICE("objects of more than one cluster: put each cluster into a folder of its own"),
				   err);
}

/* Objects that did not decode are a reason too, where no file told one. */
static void add_object_reasons(struct cluster_read *read)
{
	for (size_t i = 0; i < read->context.coverage.len; i++) {
		const struct object_coverage *coverage = &read->context.coverage.items[i];
		char reason[64];
		if (!coverage->known || !coverage->defects)
			continue;
		snprintf(reason, sizeof reason, "%lld did not decode", (long long)coverage->defects);
		cluster_read_add_reason(read, coverage->kind, reason);
	}
}

static bool failed(const struct cluster_read *read)
{
	return read->context.objects == 0 && read->reasons > 0;
}

bool cluster_read_found_something(const struct cluster_read *read)
{
	if (read->run && read->run->whole)
		return true; /* that nothing could be read is something */
	for (size_t i = 0; i < read->context.scopes.len; i++)
		if (read->context.scopes.items[i].is_list && read->context.scopes.items[i].complete)
			return true;
	return read->context.objects > 0;
}

int64_t cluster_read_as_of(const struct cluster_read *read, int64_t now)
{
	if (read->run)
		return read->run->manifest.as_of;
	if (read->options->as_of != TIME_UNSET)
		return read->options->as_of;
	return read->context.newest != TIME_UNSET ? read->context.newest : now;
}

static struct slice as_of_from(const struct cluster_read *read)
{
	if (read->run)
		return read->run->as_of_from;
	if (read->options->as_of != TIME_UNSET)
		return SLICE("given");
	return read->context.newest != TIME_UNSET ? SLICE("metadata") : SLICE("clock");
}

static struct slice outcome_of(const struct cluster_read *read)
{
	if (read->run && (!read->reasons || !slice_equal_text(read->run->manifest.outcome, "complete")))
		return read->run->manifest.outcome;
	if (failed(read))
		return SLICE("failed");
	return read->reasons ? SLICE("partial") : SLICE("complete");
}

/* What was found now stands behind what the run said of itself. */
static int complete_why(struct cluster_read *read, struct slice *ret_why, struct error **err)
{
	struct slice said = read->run ? read->run->manifest.why : SLICE_NONE;
	*ret_why = said;
	if (!read->reasons)
		return 0;
	if (read->reasons > TOLD_IN_WORDS)
		strbuf_addf(&read->why, "; and %zu more", read->reasons - TOLD_IN_WORDS);
	if (strbuf_failed(&read->why, err))
		return -1;
	*ret_why = strbuf_slice(&read->why);
	if (!said.len)
		return 0;
	*ret_why = arena_printf(&read->context.kept, "%.*s; %.*s", SLICE_ARG(said), SLICE_ARG(*ret_why));
	return ret_why->data ? 0 : arena_fail(&read->context.kept, err);
}

static int put_rest(struct cluster_read *read, const struct dump *dump, struct error **err)
{
	if (put_damage(read, dump, err) < 0 || put_ignored(read, err) < 0)
		return -1;
	if (read->run)
		return run_read_end(read, err);
	if (put_mixed(read, err) < 0 || object_put_coverage(&read->context, err) < 0)
		return -1;
	add_object_reasons(read);
	return 0;
}

int cluster_read_finish(struct cluster_read *read, const struct dump *dump, int64_t now, struct error **err)
{
	struct object_context *context = &read->context;
	const struct frozen_manifest *manifest = read->run ? &read->run->manifest : NULL;
	struct slice why;
	if (put_rest(read, dump, err) < 0 || complete_why(read, &why, err) < 0)
		return -1;
	struct sink_end end = {
		.cluster_uid = manifest ? manifest->cluster_uid : context->cluster_uid,
		.server_version = manifest ? manifest->server_version : context->server_version,
		.as_of = cluster_read_as_of(read, now),
		.as_of_from = as_of_from(read),
		.outcome = outcome_of(read),
		.why = why,
		.notes = manifest ? manifest->notes : SLICE_NONE,
		.objects = context->objects,
		.defects = context->defects,
	};
	return context->sink->ops->finish(context->sink, context->read, &end, err);
}

void cluster_read_release(struct cluster_read *read)
{
	run_read_release(read);
	object_context_release(&read->context);
	strbuf_release(&read->ignored_names);
	strbuf_release(&read->why);
	*read = (struct cluster_read){ 0 };
}
