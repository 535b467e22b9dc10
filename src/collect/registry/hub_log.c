#include "collect/registry/hub_log.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "base/utf8.h"
#include "credential/mask.h"
#include "credential/registry_name.h"

#define HUB "docker.io"

static void log_release(struct hub_log *log)
{
	file_release(&log->file);
	arena_release(&log->scratch);
	arena_release(&log->kept);
}

/* --- what is found --- */

static void note_time(struct hub_log *log, int64_t time)
{
	if (log->result.from == TIME_UNSET || time < log->result.from)
		log->result.from = time;
	if (log->result.to == TIME_UNSET || time > log->result.to)
		log->result.to = time;
}

static int mask(struct hub_log *log, struct slice *text, struct error **err)
{
	if (!text->data)
		*text = SLICE("");
	return mask_tokens(*text, &log->scratch, text, err);
}

static int mask_event(struct hub_log *log, struct registry_event *event, struct error **err)
{
	struct slice *texts[] = { &event->action,     &event->tag,     &event->digest, &event->actor,
				  &event->token_name, &event->address, &event->client };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (mask(log, texts[i], err) < 0)
			return -1;
	if (!event->repository.data)
		event->repository = SLICE("");
	return mask_image(event->repository, &log->scratch, &event->repository, err);
}

static int put(struct hub_log *log, const struct record_type *type, const void *record, struct error **err)
{
	int got = log->sink->ops->put(log->sink, log->read, type, record, err);
	log->failed = log->failed || got < 0;
	return got;
}

int hub_log_event(struct hub_log *log, struct registry_event *event, struct error **err)
{
	log->result.events++;
	note_time(log, event->time);
	if (!log->putting)
		return 0;
	event->registry = SLICE(HUB);
	event->source = slice_of(log->source);
	return mask_event(log, event, err) < 0 ? -1 : put(log, &registry_event_type, event, err);
}

static int note_first(struct hub_log *log, struct slice place, struct slice message, struct error **err)
{
	if (log->first_defect.data)
		return 0;
	log->first_defect = arena_printf(&log->kept, "%.*s: %.*s", SLICE_ARG(place), SLICE_ARG(message));
	return log->first_defect.data ? 0 : arena_fail(&log->kept, err);
}

int hub_log_defect(struct hub_log *log, const char *code, struct slice place, struct slice message, struct error **err)
{
	struct defect defect;
	log->result.defects++;
	if (!log->putting || log->told >= LIMIT_HUB_FILE_DEFECTS)
		return 0;
	log->told++;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("File");
	defect.namespace = SLICE("");
	defect.object = log->shown;
	defect.code = slice_of(code);
	defect.place = place;
	defect.file = log->shown;
	defect.message = message;
	if (note_first(log, place, message, err) < 0)
		return -1;
	return put(log, &defect_type, &defect, err);
}

int hub_log_repository(struct hub_log *log, struct slice account, struct slice name, struct slice *ret_repository,
		       struct error **err)
{
	struct slice host, path;
	if (slice_cut(name, '/', &host, &path) && registry_name_is_docker_hub(host))
		name = path;
	if (!name.len || slice_contains(name, "/")) {
		*ret_repository = name;
		return 0;
	}
	*ret_repository = arena_printf(&log->scratch, "%.*s/%.*s", SLICE_ARG(account.len ? account : SLICE("library")),
				       SLICE_ARG(name));
	return ret_repository->data ? 0 : arena_fail(&log->scratch, err);
}

/* Memory that is no file is wiped as it is given up, so that the first time keeps it. */
void hub_log_done(struct hub_log *log, size_t offset)
{
	if (log->putting || log->file.mapped_file)
		file_done_until(&log->file, offset);
}

/* --- the file --- */

static bool is_input(const char *path)
{
	return strcmp(path, "-") == 0;
}

static int open_file(struct hub_log *log, const char *path, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT(LIMIT_LINE_BYTES);
	int got = is_input(path) ? file_read_all(STDIN_FILENO, LIMIT_HUB_FILE_BYTES, &log->file, err)
				 : file_map(AT_FDCWD, path, false, &log->file, err);
	if (got < 0)
		return is_input(path) ? error_context(err, "standard input") : -1;
	if (log->file.len > LIMIT_HUB_FILE_BYTES)
		return error_set(err, ERROR_LIMIT, "%s: more than %zu bytes", path, LIMIT_HUB_FILE_BYTES);
	utf8_add_printable(&shown, is_input(path) ? SLICE("standard input") : slice_of(path));
	if (strbuf_failed(&shown, err))
		return -1;
	if (arena_copy(&log->kept, strbuf_slice(&shown), &log->shown) < 0)
		return arena_fail(&log->kept, err);
	log->address = SLICE("-");
	return is_input(path) ? 0 : path_absolute(&log->kept, slice_of(path), &log->address, err);
}

static int go_through(struct hub_log *log, hub_log_reader *reader, struct error **err)
{
	log->result = (struct hub_file_result){ .from = TIME_UNSET, .to = TIME_UNSET };
	if (log->file.mapped_file)
		log->file.done = 0;
	return reader(log, err) < 0 ? error_context(err, "%.*s", SLICE_ARG(log->shown)) : 0;
}

static int begin(struct hub_log *log, int64_t as_of, struct error **err)
{
	const struct sink_scope scope = {
		.source = log->address,
		.source_kind = SLICE("registry_log"),
		.cluster_name = SLICE(HUB),
		.cluster_uid = SLICE(REGISTRY_IDENTITY HUB),
		.as_of = as_of,
		.once = true,
	};
	return log->sink->ops->begin(log->sink, &scope, &log->read, err);
}

static int finish(struct hub_log *log, int64_t as_of, bool told, struct error **err)
{
	const struct sink_end end = {
		.cluster_uid = SLICE(REGISTRY_IDENTITY HUB),
		.as_of = as_of,
		.as_of_from = told ? SLICE("metadata") : SLICE("clock"),
		.outcome = log->result.defects ? SLICE("partial") : SLICE("complete"),
		.why = log->first_defect,
		.objects = log->result.events,
		.defects = log->result.defects,
	};
	return log->sink->ops->finish(log->sink, log->read, &end, err);
}

int hub_log_run(const char *path, const char *source, hub_log_reader *reader, struct sink *sink,
		struct hub_file_result *ret_result, struct error **err)
{
	CLEANUP(log_release)
	struct hub_log log = { .source = source,
			       .sink = sink,
			       .scratch = ARENA_INIT(LIMIT_HUB_EVENT_BYTES),
			       .kept = ARENA_INIT(LIMIT_MIB) };
	int64_t now = time_now();
	if (open_file(&log, path, err) < 0 || go_through(&log, reader, err) < 0)
		return -1;
	/* A clock that was wrong somewhere cannot make it newer than it is. */
	bool told = log.result.to != TIME_UNSET && log.result.to <= now;
	int64_t as_of = told ? log.result.to : now;
	log.putting = true;
	if (begin(&log, as_of, err) < 0 || go_through(&log, reader, err) < 0 || finish(&log, as_of, told, err) < 0)
		return -1;
	*ret_result = log.result;
	return 0;
}
