#include "collect/registry/registry_notes.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"

__attribute__((format(printf, 2, 3))) static void note(struct strbuf *notes, const char *format, ...)
{
	va_list args;
	if (notes->len)
		strbuf_add_text(notes, "; ");
	va_start(args, format);
	strbuf_addf_cut(notes, format, args);
	va_end(args);
}

static void note_limit(struct strbuf *notes, const struct registry_facts *facts)
{
	char window[TIME_TEXT_BYTES];
	if (facts->remaining == INT_UNKNOWN)
		return;
	if (facts->limit == INT_UNKNOWN)
		note(notes, "%lld pulls left", (long long)facts->remaining);
	else
		note(notes, "%lld of %lld pulls left", (long long)facts->remaining, (long long)facts->limit);
	if (facts->limit_seconds > 0 && facts->limit_seconds < INT64_MAX / USEC_PER_SECOND)
		strbuf_addf(notes, " in %s", duration_format(facts->limit_seconds * USEC_PER_SECOND, window));
}

static void note_facts(struct strbuf *notes, const struct registry_facts *facts)
{
	if (facts->logged_in)
		note(notes, "logged in as %.*s", SLICE_ARG(facts->login));
	note_limit(notes, facts);
	if (facts->limited)
		note(notes, "429 was answered %llu times", (unsigned long long)facts->limited);
	if (facts->warning.len)
		note(notes, "it warns: %.*s", SLICE_ARG(facts->warning));
}

int registry_notes_make(const struct registry_plan *plan, const struct registry_facts *facts,
			const struct registry_times *times, struct arena *arena, struct slice *ret_notes,
			struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf notes = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	if (!slice_equal(plan->registry, plan->host))
		note(&notes, "%.*s was asked in place of %.*s", SLICE_ARG(plan->host), SLICE_ARG(plan->registry));
	if (plan->plain_http)
		note(&notes, "asked over plain HTTP: what it answered may have been changed on the way");
	if (facts)
		note_facts(&notes, facts);
	if (times->refused)
		note(&notes, "its own API told nothing of %zu of %zu repositories: %.*s", times->refused, times->asked,
		     SLICE_ARG(times->why));
	if (strbuf_failed(&notes, err))
		return -1;
	*ret_notes = SLICE_NONE;
	if (notes.len && arena_copy(arena, strbuf_slice(&notes), ret_notes) < 0)
		return arena_fail(arena, err);
	return 0;
}
