#include "base/ascii.h"
#include "base/limits.h"
#include "base/time.h"
#include "collect/registry/dialect_internal.h"
#include "credential/mask.h"
#include "model/reference.h"

#define TAG_BYTES 128

int64_t dialect_time(struct slice text)
{
	CLEANUP(error_freep) struct error *no_date = NULL;
	int64_t time;
	if (!text.data || time_parse(text, &time, &no_date) < 0)
		return TIME_UNSET;
	return time > 0 ? time : TIME_UNSET; /* Go's zero time means never */
}

int64_t dialect_time_counted(struct slice digits, int64_t unit_usec)
{
	int64_t count = 0, time;
	for (size_t i = 0; i < digits.len; i++) {
		if (!ascii_is_digit(digits.data[i]) || __builtin_mul_overflow(count, INT64_C(10), &count) ||
		    __builtin_add_overflow(count, (int64_t)(digits.data[i] - '0'), &count))
			return TIME_UNSET;
	}
	if (count == 0 || __builtin_mul_overflow(count, unit_usec, &time) || !time_is_valid(time))
		return TIME_UNSET;
	return time;
}

static struct slice or_empty(struct slice text)
{
	return text.data ? text : SLICE("");
}

static int put_record(struct registry_dialect *dialect, const struct dialect_event *event, struct error **err)
{
	struct sink *sink = dialect->context.options->sink;
	struct registry_event record;
	struct slice actor;
	record_init(&registry_event_type, &record);
	if (mask_tokens(or_empty(event->actor), &dialect->scratch, &actor, err) < 0)
		return -1;
	record.registry = dialect->context.registry;
	record.time = event->time;
	record.action = slice_of(event->action);
	record.repository = event->repository;
	record.tag = or_empty(event->tag);
	record.digest = or_empty(event->digest);
	record.actor = actor;
	record.token_name = record.address = SLICE("");
	record.source = slice_of(dialect->ops->name);
	return sink->ops->put(sink, dialect->context.read, &registry_event_type, &record, err);
}

int dialect_put(struct registry_dialect *dialect, const struct dialect_event *event, struct error **err)
{
	bool names_something = event->tag.len > 0 || event->digest.len > 0;
	if (event->time == TIME_UNSET || !names_something || event->tag.len > TAG_BYTES ||
	    event->actor.len > LIMIT_REPOSITORY_BYTES || (event->digest.len > 0 && !digest_valid(event->digest)))
		return 0;
	if (put_record(dialect, event, err) == 0)
		return 0;
	dialect->failed = true;
	return -1;
}
