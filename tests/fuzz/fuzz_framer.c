/* Lists and watches: whole and in pieces, a body gives the same items, and fails in the same place. */
#include "fuzz_framer.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/strbuf.h"

/* What came out of one run. */
struct log {
	struct strbuf text;
	uint64_t count;
	int result;
	struct error *error;
};

static void add_text(struct log *log, struct slice text)
{
	strbuf_addf(&log->text, " %zu:", text.len);
	strbuf_add_slice(&log->text, text);
}

static int on_head(void *data, const struct list_head *head, struct error **err)
{
	struct log *log = data;
	(void)err;
	strbuf_addf(&log->text, "head %d %" PRId64, head->offered, head->remaining);
	add_text(log, head->kind);
	add_text(log, head->api_version);
	add_text(log, head->resource_version);
	add_text(log, head->continue_token);
	return 0;
}

static int on_item(void *data, struct slice item, struct error **err)
{
	struct log *log = data;
	log->count++;
	strbuf_add_text(&log->text, "item");
	add_text(log, item);
	return log->count % 1000 == 999 ? error_set(err, ERROR_STORE, "enough") : 0;
}

static int on_event(void *data, struct slice type, struct slice api_version, struct slice kind, struct slice object,
		    struct error **err)
{
	struct log *log = data;
	strbuf_add_text(&log->text, "event");
	add_text(log, type);
	add_text(log, api_version);
	add_text(log, kind);
	return on_item(data, object, err);
}

static int on_lost(void *data, uint64_t bytes, struct error **err)
{
	struct log *log = data;
	(void)err;
	log->count++;
	strbuf_addf(&log->text, "lost %" PRIu64, bytes);
	return 0;
}

static int feed_piece(struct framer *framer, struct slice piece, struct error **err)
{
	char *exact = malloc(piece.len ? piece.len : 1); /* one byte too far is one byte too far */
	if (!exact)
		abort();
	if (piece.len)
		memcpy(exact, piece.data, piece.len);
	int fed = framer_feed(framer, (struct slice){ exact, piece.len }, err);
	free(exact);
	return fed;
}

/* seed 0: whole; else pieces of 0 to 15 bytes, chosen by it. */
static void run(struct slice body, uint32_t seed, struct log *log)
{
	static const struct framer_calls calls = { on_head, on_item, on_event, on_lost };
	struct framer *framer = NULL;
	*log = (struct log){ .text = STRBUF_INIT(1 << 26) };
	if (framer_new(FUZZ_KIND, &calls, log, &framer, &log->error) < 0)
		abort();
	for (size_t at = 0; log->result == 0 && at < body.len;) {
		seed = seed * 1664525 + 1013904223 * (seed != 0);
		struct slice piece = slice_part(body, at, seed ? seed >> 28 : body.len);
		log->result = feed_piece(framer, piece, &log->error);
		at += piece.len;
	}
	if (log->result == 0)
		log->result = framer_end(framer, &log->error);
	if ((log->result < 0) != (log->error != NULL) || framer_count(framer) < log->count)
		abort();
	framer_free(framer);
}

static void release(struct log *log)
{
	strbuf_release(&log->text);
	error_free(log->error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = { (const char *)data, size };
	struct log whole, pieces;
	run(body, 0, &whole);
	run(body, (uint32_t)size * 2 + 1, &pieces);
	if (!slice_equal(strbuf_slice(&whole.text), strbuf_slice(&pieces.text)) || whole.result != pieces.result)
		abort();
	if (whole.error && strcmp(whole.error->message, pieces.error->message) != 0)
		abort();
	release(&whole);
	release(&pieces);
	return 0;
}
