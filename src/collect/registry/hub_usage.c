#include "collect/registry/hub_files.h"

#include <string.h>

#include "base/ascii.h"
#include "base/csv_reader.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "collect/registry/hub_log.h"

/* Source: "Docker Hub pull usage and limits" in Docker's documentation: the report that its page sends by mail. */
#define EXPECTED                                                                                                       \
	"this is no usage report of Docker Hub: a CSV is expected whose first line names the columns datehour and "    \
	"repository, and of user_name, access_token_name, ips, tag, digest, version_checks and pulls those that it has"

enum column {
	COLUMN_TIME,
	COLUMN_REPOSITORY,
	COLUMN_NAMESPACE,
	COLUMN_USER,
	COLUMN_TOKEN,
	COLUMN_ADDRESSES,
	COLUMN_TAG,
	COLUMN_DIGEST,
	COLUMN_CHECKS,
	COLUMN_PULLS,
	COLUMN_ACTION,
	COLUMN_CLIENT,
	COLUMNS,
};

/* As the report writes them, or has written them, or as people rename them; case, blanks and signs do not count. */
static const struct {
	const char *name;
	enum column column;
} names[] = {
	{ "datehour", COLUMN_TIME },
	{ "timestamp", COLUMN_TIME },
	{ "date", COLUMN_TIME },
	{ "time", COLUMN_TIME },
	{ "repository", COLUMN_REPOSITORY },
	{ "repo", COLUMN_REPOSITORY },
	{ "namespace", COLUMN_NAMESPACE },
	{ "username", COLUMN_USER },
	{ "user", COLUMN_USER },
	{ "accesstokenname", COLUMN_TOKEN },
	{ "patname", COLUMN_TOKEN },
	{ "ips", COLUMN_ADDRESSES },
	{ "ip", COLUMN_ADDRESSES },
	{ "ipaddress", COLUMN_ADDRESSES },
	{ "tag", COLUMN_TAG },
	{ "digest", COLUMN_DIGEST },
	{ "versionchecks", COLUMN_CHECKS },
	{ "pulls", COLUMN_PULLS },
	{ "action", COLUMN_ACTION },
	{ "useragent", COLUMN_CLIENT },
};

struct usage {
	struct hub_log *log;
	struct csv_reader csv;
	int at[COLUMNS]; /* place in a row; -1: the file has no such column */
	const struct csv_row *row;
};

/* --- the first line --- */

static void add_plain(struct strbuf *out, struct slice name)
{
	strbuf_clear(out);
	for (size_t i = 0; i < name.len; i++)
		if (ascii_is_alphanumeric(name.data[i]))
			strbuf_add_char(out, (char)ascii_lower(name.data[i]));
}

/* The first column of a meaning counts: "datehour" before "date". */
static int note_column(struct usage *usage, struct slice name, int at, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT(LIMIT_CSV_ROW_BYTES);
	add_plain(&plain, name);
	if (strbuf_failed(&plain, err))
		return -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_equal_text(strbuf_slice(&plain), names[i].name) && usage->at[names[i].column] < 0)
			usage->at[names[i].column] = at;
	return 0;
}

static bool has(const struct usage *usage, enum column column)
{
	return usage->at[column] >= 0;
}

static int take_header(struct usage *usage, struct error **err)
{
	struct csv_row row;
	for (size_t i = 0; i < COLUMNS; i++)
		usage->at[i] = -1;
	int got = csv_reader_next(&usage->csv, &usage->log->scratch, &row, err);
	if (got < 0)
		return -1;
	for (size_t i = 0; got == CSV_ROW && i < row.fields.len; i++)
		if (note_column(usage, row.fields.items[i], (int)i, err) < 0)
			return -1;
	bool telling = has(usage, COLUMN_USER) || has(usage, COLUMN_TOKEN) || has(usage, COLUMN_ADDRESSES) ||
		       has(usage, COLUMN_PULLS) || has(usage, COLUMN_ACTION);
	if (!has(usage, COLUMN_TIME) || !has(usage, COLUMN_REPOSITORY) || !telling)
		return error_set(err, ERROR_SYNTAX, EXPECTED);
	return 0;
}

/* --- values --- */

/* Not there: the row has no such value. */
static struct slice value_of(const struct usage *usage, enum column column)
{
	if (!has(usage, column) || (size_t)usage->at[column] >= usage->row->fields.len)
		return SLICE_NONE;
	struct slice value = slice_trim(usage->row->fields.items[usage->at[column]]);
	return value.len ? value : SLICE_NONE;
}

static bool take_digits(struct cursor *c, size_t least, size_t most, unsigned *ret_value)
{
	size_t count = 0;
	*ret_value = 0;
	for (; count < most && ascii_is_digit(cursor_peek(c)); count++)
		*ret_value = *ret_value * 10 + (unsigned)(cursor_take(c) - '0');
	return count >= least && !ascii_is_digit(cursor_peek(c));
}

static bool take_one_of(struct cursor *c, const char *bytes)
{
	int byte = cursor_peek(c);
	return byte > 0 && strchr(bytes, byte) && cursor_skip(c, 1);
}

/* 2026/11/20/09: the day and the hour, in UTC; with other signs, minutes and seconds too. */
static bool take_datehour(struct slice text, struct strbuf *out)
{
	struct cursor c = cursor_on(text);
	unsigned year, month, day, hour = 0, minute = 0, second = 0;
	if (!take_digits(&c, 4, 4, &year) || !take_one_of(&c, "/-") || !take_digits(&c, 1, 2, &month) ||
	    !take_one_of(&c, "/-") || !take_digits(&c, 1, 2, &day))
		return false;
	if (take_one_of(&c, "/- T") && !take_digits(&c, 1, 2, &hour))
		return false;
	if (take_one_of(&c, ":") && !take_digits(&c, 2, 2, &minute))
		return false;
	if (take_one_of(&c, ":") && !take_digits(&c, 2, 2, &second))
		return false;
	struct slice rest = slice_trim(slice_part(text, cursor_offset(&c), text.len));
	if (rest.len && !slice_equal_text(rest, "Z") && !slice_equal_text(rest, "UTC"))
		return false;
	strbuf_addf(out, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, hour, minute, second);
	return true;
}

/* 1: a time. 0: none. */
static int time_of(struct slice text, int64_t *ret_time, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf written = STRBUF_INIT(128);
	CLEANUP(error_freep) struct error *why = NULL;
	struct slice time = take_datehour(text, &written) ? strbuf_slice(&written) : text;
	if (written.failure)
		return error_no_memory(err);
	if (time_parse(time, ret_time, &why) == 0)
		return 1;
	return why->code == ERROR_NO_MEMORY ? error_move(err, &why) : 0;
}

/* 1: a number, or nothing (INT_UNKNOWN). 0: something else. */
static int count_of(struct slice text, int64_t *ret_count)
{
	int64_t count = 0;
	*ret_count = INT_UNKNOWN;
	if (!text.data)
		return 1;
	if (text.len > 18)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.data[i]))
			return 0;
		count = count * 10 + (text.data[i] - '0');
	}
	*ret_count = count;
	return 1;
}

static bool is_between(int byte)
{
	return ascii_is_blank(byte) || (byte > 0 && strchr(",;|[]{}()\"'", byte));
}

/* Several of one hour are one value, in brackets and quotes or without: "192.0.2.1, 2001:db8::1". */
static int addresses_of(struct usage *usage, struct slice text, struct slice *ret_addresses, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(2 * LIMIT_CSV_ROW_BYTES);
	struct cursor c = cursor_on(text);
	bool open = false;
	for (int byte; (byte = cursor_take(&c)) >= 0;) {
		bool inside = !is_between(byte);
		if (inside && !open && out.len)
			strbuf_add_text(&out, ", ");
		if (inside)
			strbuf_add_char(&out, (char)byte);
		open = inside;
	}
	if (strbuf_failed(&out, err))
		return -1;
	return arena_copy(&usage->log->scratch, strbuf_slice(&out), ret_addresses) < 0
		       ? arena_fail(&usage->log->scratch, err)
		       : 0;
}

static int digest_of(struct usage *usage, struct slice text, struct slice *ret_digest, struct error **err)
{
	bool bare = text.len == 64;
	for (size_t i = 0; i < text.len && bare; i++)
		bare = ascii_is_lower_hex(text.data[i]);
	*ret_digest = bare ? arena_printf(&usage->log->scratch, "sha256:%.*s", SLICE_ARG(text)) : text;
	return bare && !ret_digest->data ? arena_fail(&usage->log->scratch, err) : 0;
}

/* --- a row --- */

static int defect(struct usage *usage, const char *code, const char *message, struct error **err)
{
	struct slice place = arena_printf(&usage->log->scratch, "line %zu", usage->row->line);
	if (!place.data)
		return arena_fail(&usage->log->scratch, err);
	return hub_log_defect(usage->log, code, place, slice_of(message), err);
}

static int put_count(struct usage *usage, const struct registry_event *event, const char *action, int64_t count,
		     struct error **err)
{
	struct registry_event counted = *event;
	counted.action = slice_of(action);
	counted.count = count;
	return hub_log_event(usage->log, &counted, err);
}

static bool is_check(struct slice action)
{
	return slice_contains(action, "heck");
}

/* A row of pulls and of version checks is both. One without either says at least that it was pulled. */
static int put_counts(struct usage *usage, const struct registry_event *event, struct error **err)
{
	int64_t pulls, checks;
	struct slice action = value_of(usage, COLUMN_ACTION);
	if (!count_of(value_of(usage, COLUMN_PULLS), &pulls) || !count_of(value_of(usage, COLUMN_CHECKS), &checks))
		return defect(usage, "bad_count", "pulls and version_checks are no numbers", err);
	if (pulls == INT_UNKNOWN && checks == INT_UNKNOWN)
		return put_count(usage, event, is_check(action) ? "check" : "pull", INT_UNKNOWN, err);
	if (pulls > 0 && put_count(usage, event, "pull", pulls, err) < 0)
		return -1;
	return checks > 0 ? put_count(usage, event, "check", checks, err) : 0;
}

static int take_row(struct usage *usage, struct error **err)
{
	struct registry_event event;
	struct slice time = value_of(usage, COLUMN_TIME), repository = value_of(usage, COLUMN_REPOSITORY);
	record_init(&registry_event_type, &event);
	int got = time.data ? time_of(time, &event.time, err) : 0;
	if (got < 0)
		return -1;
	if (got == 0)
		return defect(usage, "bad_time", "the row has no time, or none that is written yyyy/mm/dd/hh", err);
	if (!repository.data)
		return defect(usage, "no_repository", "the row names no repository", err);
	if (hub_log_repository(usage->log, value_of(usage, COLUMN_NAMESPACE), repository, &event.repository, err) < 0 ||
	    addresses_of(usage, value_of(usage, COLUMN_ADDRESSES), &event.address, err) < 0 ||
	    digest_of(usage, value_of(usage, COLUMN_DIGEST), &event.digest, err) < 0)
		return -1;
	event.tag = value_of(usage, COLUMN_TAG);
	event.actor = value_of(usage, COLUMN_USER);
	event.token_name = value_of(usage, COLUMN_TOKEN);
	event.client = value_of(usage, COLUMN_CLIENT);
	return put_counts(usage, &event, err);
}

static int read_usage(struct hub_log *log, struct error **err)
{
	struct usage usage = { .log = log };
	struct csv_row row;
	int got;
	csv_reader_init(&usage.csv, file_slice(&log->file));
	if (take_header(&usage, err) < 0)
		return -1;
	usage.row = &row;
	arena_clear(&log->scratch);
	while ((got = csv_reader_next(&usage.csv, &log->scratch, &row, err)) != CSV_END) {
		if (got > 0)
			got = got == CSV_BAD ? defect(&usage, "bad_row", row.why, err) : take_row(&usage, err);
		if (got < 0)
			return -1;
		arena_clear(&log->scratch);
		hub_log_done(log, cursor_offset(&usage.csv.cursor));
	}
	return 0;
}

int hub_usage_read(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err)
{
	return hub_log_run(path, "hub-usage", read_usage, sink, ret_result, err);
}
