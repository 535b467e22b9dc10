#include "collect/registry/hub_files.h"

#include <stddef.h>
#include <string.h>

#include "base/json_reader.h"
#include "base/limits.h"
#include "base/time.h"
#include "collect/registry/hub_log.h"

/* Source: Docker Hub API, GET /v2/auditlogs/{account} and .../actions, in its OpenAPI file. */
#define EXPECTED                                                                                                       \
	"this is no audit log of Docker Hub: the JSON of GET /v2/auditlogs/ACCOUNT is expected, objects with `logs`, " \
	"or one event a line"

struct audit {
	struct hub_log *log;
	struct json_reader json;
	bool is_log; /* it holds events, or a list of them */
};

/* One event as far as it was read. */
struct audit_event {
	struct slice account, action, name, actor, address, digest, tag, timestamp;
	const char *wrong; /* a field of a wrong type */
	bool is_page;      /* it was the object with `logs` around events */
};

static int defect_at(struct audit *audit, const char *code, size_t offset, const char *message, struct error **err)
{
	char place[64];
	reader_place(&audit->json.reader, offset, place);
	return hub_log_defect(audit->log, code, slice_of(place), slice_of(message), err);
}

/* --- one event --- */

struct audit_field {
	const char *name;
	size_t offset;
};

static const struct audit_field event_fields[] = {
	{ "account", offsetof(struct audit_event, account) },
	{ "action", offsetof(struct audit_event, action) },
	{ "name", offsetof(struct audit_event, name) },
	{ "actor", offsetof(struct audit_event, actor) },
	{ "actor_ip", offsetof(struct audit_event, address) },
	{ "timestamp", offsetof(struct audit_event, timestamp) },
	{ NULL, 0 },
};

static const struct audit_field data_fields[] = {
	{ "digest", offsetof(struct audit_event, digest) },
	{ "tag", offsetof(struct audit_event, tag) },
	{ NULL, 0 },
};

static const struct audit_field *find_field(const struct audit_field *fields, const struct token *name)
{
	for (; fields->name; fields++)
		if (token_is(name, fields->name))
			return fields;
	return NULL;
}

/* The value of a member that is a text; null is none, another type is noted. */
static int take_text(struct audit *audit, const struct audit_field *field, struct audit_event *event,
		     struct error **err)
{
	struct reader *reader = &audit->json.reader;
	unsigned depth = reader->depth;
	struct token value;
	if (reader_next(reader, &value, err) < 0)
		return -1;
	if (value.type == TOKEN_STRING)
		return token_copy(&value, &audit->log->scratch, (struct slice *)((char *)event + field->offset), err);
	if (value.type != TOKEN_NULL)
		event->wrong = field->name;
	return reader_leave(reader, depth, err);
}

enum { OTHER, ENTERED, NOTHING };

/* ENTERED: an object or array began. NOTHING: null. OTHER: another value, which was passed over. -1. */
static int enter(struct audit *audit, enum token_type type, struct audit_event *event, const char *name,
		 struct error **err)
{
	struct reader *reader = &audit->json.reader;
	unsigned depth = reader->depth;
	struct token value;
	if (reader_next(reader, &value, err) < 0)
		return -1;
	if (value.type == type)
		return ENTERED;
	if (value.type == TOKEN_NULL)
		return NOTHING;
	event->wrong = name;
	return reader_leave(reader, depth, err) < 0 ? -1 : OTHER;
}

static int take_data(struct audit *audit, struct audit_event *event, struct error **err)
{
	struct reader *reader = &audit->json.reader;
	struct token token;
	int got = enter(audit, TOKEN_OBJECT_BEGIN, event, "data", err);
	if (got != ENTERED)
		return got < 0 ? -1 : 0;
	while ((got = reader_next(reader, &token, err)) > 0 && token.type == TOKEN_KEY) {
		const struct audit_field *field = find_field(data_fields, &token);
		if ((field ? take_text(audit, field, event, err) : reader_skip(reader, err)) < 0)
			return -1;
	}
	return got < 0 ? -1 : 0;
}

/* Of actions on repositories only those have a name here that have the same meaning in every registry. */
static struct slice action_of(struct slice action)
{
	static const char *const known[][2] = { { "repo.tag.push", "push" },
						{ "repo.tag.delete", "delete_tag" },
						{ "repo.delete", "delete" },
						{ "repo.create", "create" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_equal_text(action, known[i][0]))
			return slice_of(known[i][1]);
	return action;
}

static int put_event(struct audit *audit, const struct audit_event *event, size_t offset, struct error **err)
{
	struct registry_event record;
	CLEANUP(error_freep) struct error *why = NULL;
	record_init(&registry_event_type, &record);
	if (event->wrong && defect_at(audit, "wrong_type", offset, "a field of an event is of another type", err) < 0)
		return -1;
	if (!event->action.len)
		return defect_at(audit, "no_action", offset, "an event without an action", err);
	if (!event->timestamp.len)
		return defect_at(audit, "bad_time", offset, "an event without a time", err);
	if (time_parse(event->timestamp, &record.time, &why) < 0)
		return why->code == ERROR_NO_MEMORY
			       ? error_move(err, &why)
			       : defect_at(audit, "bad_time", offset, "the time of an event is none", err);
	if (slice_starts_with(event->action, "repo.") &&
	    hub_log_repository(audit->log, event->account, event->name, &record.repository, err) < 0)
		return -1;
	record.action = action_of(event->action);
	record.tag = event->tag;
	record.digest = event->digest;
	record.actor = event->actor;
	record.address = event->address;
	return hub_log_event(audit->log, &record, err);
}

/* --- what it stands in --- */

static int take_value(struct audit *audit, bool in_logs, struct error **err);

/* The items of an array, whose `[` was read. */
static int take_items(struct audit *audit, bool in_logs, struct error **err)
{
	struct reader *reader = &audit->json.reader;
	unsigned depth = reader->depth;
	while (reader->depth >= depth)
		if (take_value(audit, in_logs, err) < 0)
			return -1;
	return 0;
}

static int take_logs(struct audit *audit, struct audit_event *event, struct error **err)
{
	int got = enter(audit, TOKEN_ARRAY_BEGIN, event, "logs", err);
	if (got < 0 || got == OTHER)
		return got;
	event->is_page = audit->is_log = true; /* null is Go's empty list */
	return got == ENTERED ? take_items(audit, true, err) : 0;
}

static int take_member(struct audit *audit, const struct token *name, bool in_logs, struct audit_event *event,
		       struct error **err)
{
	const struct audit_field *field = find_field(event_fields, name);
	if (field)
		return take_text(audit, field, event, err);
	if (token_is(name, "data"))
		return take_data(audit, event, err);
	if (!in_logs && token_is(name, "logs"))
		return take_logs(audit, event, err);
	return reader_skip(&audit->json.reader, err);
}

/* An object whose `{` was read: an event, or a page of them. */
static int take_object(struct audit *audit, size_t offset, bool in_logs, struct error **err)
{
	struct reader *reader = &audit->json.reader;
	struct audit_event event = { 0 };
	struct token token;
	int got;
	while ((got = reader_next(reader, &token, err)) > 0 && token.type == TOKEN_KEY)
		if (take_member(audit, &token, in_logs, &event, err) < 0)
			return -1;
	if (got < 0)
		return -1;
	bool is_event = in_logs || (event.action.len && event.timestamp.len);
	audit->is_log = audit->is_log || is_event;
	if (is_event && !event.is_page)
		got = put_event(audit, &event, offset, err);
	else if (!event.is_page)
		got = defect_at(audit, "not_an_event", offset, "an object that is neither an event nor holds `logs`",
				err);
	hub_log_done(audit->log, reader->offset);
	if (!event.is_page)
		arena_clear(&audit->log->scratch);
	return got < 0 ? -1 : 0;
}

/* The next value, or the end of the array. Arrays in arrays are what `jq --slurp` makes of pages of events. */
static int take_value(struct audit *audit, bool in_logs, struct error **err)
{
	struct token token;
	if (reader_next(&audit->json.reader, &token, err) < 0)
		return -1;
	switch (token.type) {
	case TOKEN_OBJECT_BEGIN:
		return take_object(audit, token.offset, in_logs, err);
	case TOKEN_ARRAY_BEGIN:
		return take_items(audit, in_logs, err);
	case TOKEN_ARRAY_END:
		return 0;
	default:
		return defect_at(audit, "not_an_event", token.offset, "a value that is no object", err);
	}
}

/* --- the file --- */

/* A broken line ends with itself where the next one begins an object, as in a file of one event a line. */
static bool start_again(struct audit *audit)
{
	struct slice document = audit->json.reader.document;
	size_t offset = audit->json.reader.offset < document.len ? audit->json.reader.offset : document.len;
	offset -= offset > 0; /* the brace itself may be what was not expected */
	struct slice rest = slice_part(document, offset, document.len);
	const char *line = rest.len ? memmem(rest.data, rest.len, "\n{", 2) : NULL;
	if (!line)
		return false;
	offset += (size_t)(line - rest.data) + 1;
	json_reader_release(&audit->json);
	json_reader_init(&audit->json, document, READER_GO);
	cursor_skip(&audit->json.scan.cursor, offset - audit->json.reader.offset);
	audit->json.reader.offset = offset;
	return true;
}

/* 1: another one may follow. 0: the end. */
static int take_document(struct audit *audit, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct reader *reader = &audit->json.reader;
	int got = reader_next_document(reader, &why);
	if (got == 0)
		return 0;
	if (got > 0 && take_value(audit, false, &why) == 0)
		return 1;
	if (audit->log->failed || !error_is_of_input(why))
		return error_move(err, &why);
	arena_clear(&audit->log->scratch);
	if (defect_at(audit, "bad_document", reader->offset, "this is no JSON, or it ends here", err) < 0)
		return -1;
	return start_again(audit);
}

static void audit_release(struct audit *audit)
{
	json_reader_release(&audit->json);
}

static int read_audit(struct hub_log *log, struct error **err)
{
	CLEANUP(audit_release) struct audit audit = { .log = log };
	int got;
	json_reader_init(&audit.json, file_slice(&log->file), READER_GO);
	while ((got = take_document(&audit, err)) > 0)
		;
	if (got < 0)
		return -1;
	return audit.is_log ? 0 : error_set(err, ERROR_SYNTAX, EXPECTED);
}

int hub_audit_read(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err)
{
	return hub_log_run(path, "hub-audit", read_audit, sink, ret_result, err);
}
