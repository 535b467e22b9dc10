#include "kube_client/framing.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

static void add_text(struct strbuf *out, struct slice text)
{
	if (text.data)
		strbuf_addf(out, " %.*s", SLICE_ARG(text));
	else
		strbuf_add_text(out, " -");
}

static int on_head(void *data, const struct list_head *head, struct error **err)
{
	struct framing *f = data;
	strbuf_addf(&f->text, "head %d", head->offered);
	add_text(&f->text, head->kind);
	add_text(&f->text, head->api_version);
	add_text(&f->text, head->resource_version);
	add_text(&f->text, head->continue_token);
	strbuf_addf(&f->text, " %" PRId64 "\n", head->remaining);
	return 0;
}

static int count_call(struct framing *f, struct error **err)
{
	f->calls++;
	return f->calls == f->fail_at ? error_set(err, ERROR_STORE, "the call failed") : 0;
}

static void add_item(struct framing *f, struct slice item)
{
	f->items_bytes += item.len;
	if (f->only_sizes)
		strbuf_addf(&f->text, "%zu", item.len);
	else
		strbuf_add_slice(&f->text, item);
	strbuf_add_char(&f->text, '\n');
}

static int on_item(void *data, struct slice item, struct error **err)
{
	struct framing *f = data;
	strbuf_add_text(&f->text, "item ");
	add_item(f, item);
	return count_call(f, err);
}

static int on_event(void *data, struct slice type, struct slice api_version, struct slice kind, struct slice object,
		    struct error **err)
{
	struct framing *f = data;
	strbuf_addf(&f->text, "event %.*s", SLICE_ARG(type));
	add_text(&f->text, api_version);
	add_text(&f->text, kind);
	strbuf_add_char(&f->text, ' ');
	add_item(f, object);
	return count_call(f, err);
}

static int on_lost(void *data, uint64_t bytes, struct error **err)
{
	struct framing *f = data;
	strbuf_addf(&f->text, "lost %" PRIu64 "\n", bytes);
	return count_call(f, err);
}

const struct framer_calls framing_calls = { on_head, on_item, on_event, on_lost };

void framing_start(struct framing *f)
{
	*f = (struct framing){ .text = STRBUF_INIT(64 * LIMIT_MIB) };
}

void framing_release(struct framing *f)
{
	strbuf_release(&f->text);
	error_freep(&f->error);
}

static int feed_piece(struct framer *framer, struct slice piece, struct error **err)
{
	char *own = mem_alloc(piece.len);
	assert_non_null(own);
	if (piece.len)
		memcpy(own, piece.data, piece.len);
	int fed = framer_feed(framer, (struct slice){ own, piece.len }, err);
	memset(own, '#', piece.len);
	mem_free(own);
	return fed;
}

void framing_feed(struct framing *f, enum frame_kind kind, struct slice body, size_t step)
{
	struct framer *framer = NULL;
	struct error *later = NULL;
	check_ok(framer_new(kind, &framing_calls, f, &framer, &f->error), &f->error);
	int fed = 0;
	for (size_t at = 0; fed == 0 && at < body.len; at += step ? step : body.len)
		fed = feed_piece(framer, slice_part(body, at, step ? step : body.len), &f->error);
	if (fed == 0)
		fed = framer_end(framer, &f->error);
	f->count = framer_count(framer);
	assert_int_equal(framer_feed(framer, SLICE("x"), &later), -1); /* dead, and after its end too */
	error_free(later);
	framer_free(framer);
	assert_true((fed < 0) == (f->error != NULL));
}

static const size_t STEPS[] = { 0, 1, 2, 3, 7, 64 };
#define STEP_COUNT (sizeof STEPS / sizeof STEPS[0])

void check_frames(enum frame_kind kind, struct slice body, const char *text)
{
	for (size_t i = 0; i < STEP_COUNT; i++) {
		CLEANUP(framing_release) struct framing f;
		framing_start(&f);
		framing_feed(&f, kind, body, STEPS[i]);
		check_no_error(&f.error);
		assert_string_equal(strbuf_text(&f.text), text);
	}
}

void check_frames_fail(enum frame_kind kind, struct slice body, const char *text, const char *message)
{
	for (size_t i = 0; i < STEP_COUNT; i++) {
		CLEANUP(framing_release) struct framing f;
		framing_start(&f);
		framing_feed(&f, kind, body, STEPS[i]);
		assert_string_equal(strbuf_text(&f.text), text);
		assert_non_null(f.error);
		assert_string_equal(f.error->message, message);
		assert_int_equal(f.error->code, ERROR_SYNTAX);
	}
}
