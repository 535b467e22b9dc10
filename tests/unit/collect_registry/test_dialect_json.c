/* What the dialects read, cut and flipped, and where memory or the sink fails. */
#include "dialect_page_fixture.h"
#include "model/sink_memory.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static const struct page {
	const struct dialect_ops *ops;
	struct slice text;
	size_t events;
} pages[] = {
	{ &dialect_hub, { HUB_PAGE, sizeof HUB_PAGE - 1 }, 3 },
	{ &dialect_harbor, { HARBOR_PAGE, sizeof HARBOR_PAGE - 1 }, 3 },
	{ &dialect_quay, { QUAY_PAGE, sizeof QUAY_PAGE - 1 }, 2 },
	{ &dialect_gcr, { GCR_PAGE, sizeof GCR_PAGE - 1 }, 2 },
};
#define PAGES (sizeof pages / sizeof *pages)

struct reading {
	struct sink_memory memory;
	struct page_reader reader;
};

static void begin(struct reading *reading, const struct page *page)
{
	struct error *err = NULL;
	int64_t read;
	struct sink_scope scope = { .source = SLICE("-"),
				    .source_kind = SLICE("registry"),
				    .cluster_name = SLICE("reg.example"),
				    .cluster_uid = SLICE("registry:reg.example"),
				    .as_of = 1,
				    .once = true };
	sink_memory_init(&reading->memory);
	check_ok(reading->memory.sink.ops->begin(&reading->memory.sink, &scope, &read, &err), &err);
	page_reader_init(&reading->reader, page->ops, &reading->memory.sink, read);
}

static void end(struct reading *reading)
{
	page_reader_release(&reading->reader);
	sink_memory_release(&reading->memory);
}

static const struct registry_event *event_at(const struct reading *reading, size_t i)
{
	assert_ptr_equal(reading->memory.records[i].type, &registry_event_type);
	return reading->memory.records[i].record;
}

static void each_page_is_read(void **state)
{
	for (size_t i = 0; i < PAGES; i++) {
		struct reading reading;
		struct error *err = NULL;
		struct slice why = SLICE_NONE;
		begin(&reading, &pages[i]);
		assert_int_equal(page_read(&reading.reader, pages[i].text, &why, &err), 1);
		assert_int_equal(reading.memory.record_count, pages[i].events);
		for (size_t k = 0; k < pages[i].events; k++) {
			check_slice(event_at(&reading, k)->repository, "acme/web");
			check_slice(event_at(&reading, k)->registry, "reg.example");
			check_slice(event_at(&reading, k)->digest, PAGE_DIGEST);
			check_slice(event_at(&reading, k)->source, pages[i].ops->name);
		}
		end(&reading);
	}
}

static void read_variant(struct slice variant, size_t at, void *data)
{
	const struct page *page = data;
	struct reading reading;
	struct error *err = NULL;
	struct slice why = SLICE_NONE;
	begin(&reading, page);
	int got = page_read(&reading.reader, variant, &why, &err);
	check_ok(got, &err);
	assert_true(got == 1 || why.len > 0);
	assert_true(reading.memory.record_count <= page->events + 1); /* the year 1 may become 2001 */
	if (got == 1 && variant.len < page->text.len)
		fail_msg("cut to %zu bytes it was read", at);
	end(&reading);
}

static void cut_at_every_byte(void **state)
{
	for (size_t i = 0; i < PAGES; i++) {
		struct page page = pages[i];
		mangle_truncate(page.text, read_variant, &page);
	}
}

static void each_bit_flipped(void **state)
{
	for (size_t i = 0; i < PAGES; i++) {
		struct page page = pages[i];
		mangle_flip(page.text, read_variant, &page);
	}
}

/* A sink that refuses is no fault of the registry's. */
static void a_sink_that_fails(void **state)
{
	for (size_t i = 0; i < PAGES; i++) {
		struct reading reading;
		struct error *err = NULL;
		struct slice why = SLICE_NONE;
		begin(&reading, &pages[i]);
		reading.memory.fail_after = 1;
		assert_int_equal(page_read(&reading.reader, pages[i].text, &why, &err), -1);
		check_error(&err, ERROR_STORE, "");
		end(&reading);
	}
}

/* --- memory --- */

static int take_event(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		      struct error **err)
{
	return 0;
}

static int read_page(void *data, struct error **err)
{
	const struct page *page = data;
	static const struct sink_ops ops = { .put = take_event };
	struct sink sink = { &ops };
	CLEANUP(page_reader_release) struct page_reader reader;
	struct slice why = SLICE_NONE;
	page_reader_init(&reader, page->ops, &sink, 1);
	int got = page_read(&reader, page->text, &why, err);
	return got < 0 ? -1 : 0;
}

static void every_allocation_fails(void **state)
{
	for (size_t i = 0; i < PAGES; i++) {
		struct page page = pages[i];
		torture(read_page, &page);
		page.text.len--;
		torture(read_page, &page);
	}
}

/* --- the walk itself --- */

struct seen {
	struct slice text[8];
	size_t count;
};

static int note(struct dialect_json *json, struct slice name, const struct token *value, void *data, struct error **err)
{
	struct seen *seen = data;
	assert_true(seen->count < 8);
	return dialect_text(json, value, &seen->text[seen->count++], err);
}

static int walk(struct dialect_json *json, struct slice name, const struct token *value, void *data, struct error **err)
{
	return value->type == TOKEN_OBJECT_BEGIN ? dialect_each_member(json, value, note, data, err)
						 : dialect_each_item(json, value, note, data, err);
}

static void check_texts(const char *json, const char *const *texts, size_t count)
{
	struct reading reading;
	struct error *err = NULL;
	struct slice why = SLICE_NONE;
	struct seen seen = { 0 };
	begin(&reading, &pages[0]);
	strbuf_add_text(&reading.reader.dialect.body, json);
	assert_int_equal(dialect_read(&reading.reader.dialect, walk, &seen, &why, &err), 1);
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		if (texts[i])
			check_slice(seen.text[i], texts[i]);
		else
			assert_null(seen.text[i].data);
	}
	end(&reading);
}

static void texts_and_numbers_are_taken_and_others_passed_over(void **state)
{
	static const char *const texts[] = { "a", "12.5e3", NULL, NULL, NULL, "\xef\xbf\xbd", "z" };
	check_texts("{\"a\":\"\\u0061\",\"b\":12.5e3,\"c\":null,\"d\":{\"x\":[{}]},\"e\":[[\"no\"]],\"f\":\"\\ud800\","
		    "\"g\":\"z\"}",
		    texts, 7);
	check_texts("[\"\\u0061\",12.5e3,true,{\"x\":[{}]},[[\"no\"]],\"\xff\",\"z\"]", texts, 7);
	check_texts("{}", texts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_page_is_read),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(each_bit_flipped),
		cmocka_unit_test(a_sink_that_fails),
		cmocka_unit_test(every_allocation_fails),
		cmocka_unit_test(texts_and_numbers_are_taken_and_others_passed_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
