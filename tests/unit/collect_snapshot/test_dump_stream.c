#include "base/strbuf.h"
#include "collect/snapshot/dump_internal.h"
#include "fixture.h"

static int collect(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	(void)file;
	(void)err;
	assert_non_null(bytes);
	strbuf_add_slice(data, file_slice(bytes));
	return 0;
}

static struct dump *stream_of(struct slice text, bool mapped)
{
	struct file_bytes bytes = { 0 };
	struct error *err = NULL;
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	if (mapped) {
		scratch_write(&scratch, "x", text);
		check_ok(file_map(-1, scratch_path(&scratch, "x"), false, &bytes, &err), &err);
	} else {
		check_ok(file_append(&bytes, text.data, text.len, LIMIT_MIB, &err), &err);
	}
	struct dump *dump = dump_of_stream(&bytes, SLICE("x"), &err);
	check_no_error(&err);
	assert_null(bytes.data); /* the dump's now */
	return dump;
}

/* Standard input cannot be read again: its bytes must stay whole for a second pass. */
static void test_bytes_as_often_as_wanted(void **state)
{
	for (int mapped = 0; mapped <= 1; mapped++) {
		CLEANUP(dump_freep) struct dump *dump = stream_of(SLICE("{\"kind\":\"List\"}"), mapped);
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(1000);
		struct error *err = NULL;
		assert_int_equal(dump->bytes_are_spare, mapped);
		check_ok(dump_each(dump, collect, &out, &err), &err);
		check_ok(dump_each(dump, collect, &out, &err), &err);
		assert_string_equal(strbuf_text(&out), "{\"kind\":\"List\"}{\"kind\":\"List\"}");
	}
}

static int expect_no_bytes(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	size_t *calls = data;
	(void)err;
	++*calls;
	assert_null(bytes);
	assert_false(content_is_document(file->content));
	return 0;
}

static void test_what_is_no_document_is_told_without_bytes(void **state)
{
	static const char *const texts[] = { "", "hello", "\x01" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		CLEANUP(dump_freep) struct dump *dump = stream_of(slice_of(texts[i]), false);
		struct error *err = NULL;
		size_t calls = 0;
		check_ok(dump_each(dump, expect_no_bytes, &calls, &err), &err);
		assert_int_equal(calls, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_as_often_as_wanted),
		cmocka_unit_test(test_what_is_no_document_is_told_without_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
