/* Answers of the registries' own APIs: whatever they hold, events name what can be. */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/collect_registry/dialect_page_fixture.h"
#include "base/time.h"
#include "model/reference.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int take(struct sink *sink, int64_t read, const struct record_type *type, const void *record, struct error **err)
{
	const struct registry_event *event = record;
	(void)sink;
	(void)read;
	(void)err;
	require(type == &registry_event_type && time_is_valid(event->time));
	require(event->tag.len > 0 || event->digest.len > 0);
	require(event->digest.len == 0 || digest_valid(event->digest));
	require(event->tag.len <= 128);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dialect_ops *const all[] = { &dialect_hub, &dialect_harbor, &dialect_quay, &dialect_gcr };
	static const struct sink_ops ops = { .put = take };
	struct sink sink = { &ops };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		CLEANUP(page_reader_release) struct page_reader reader;
		struct error *err = NULL;
		struct slice why = SLICE_NONE;
		page_reader_init(&reader, all[i], &sink, 1);
		int got = page_read(&reader, (struct slice){ (const char *)data, size }, &why, &err);
		require(got >= 0 && !err);
		require(got == 1 || why.len > 0);
	}
	return 0;
}
