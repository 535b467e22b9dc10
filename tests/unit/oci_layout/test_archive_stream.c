#include "oci/layout/archive_stream.h"

#include <archive.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "oci_layout/making.h"
#include "support/mangle.h"

static const struct archive_limits usual = { 250, (int64_t)(32 * LIMIT_MIB), false };
static const struct archive_limits raw = { 250, (int64_t)(32 * LIMIT_MIB), true };

/* NAME:TYPE:SIZE=BYTES of each member, then !CODE. */
static const char *members_of(struct slice bytes, const struct archive_limits *limits)
{
	static struct strbuf out;
	CLEANUP(archive_stream_release) struct archive_stream stream;
	struct error *err = NULL;
	struct slice piece;
	int64_t offset;
	strbuf_release(&out);
	out = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	check_ok(archive_stream_begin(&stream, bytes, limits, &err), &err);
	while (archive_stream_next(&stream) > 0) {
		strbuf_addf(&out, "%.*s:%d:%lld=", SLICE_ARG(archive_stream_name(&stream)),
			    archive_stream_type(&stream), (long long)archive_stream_size(&stream));
		while (archive_stream_piece(&stream, &piece, &offset) > 0)
			strbuf_addf(&out, "%.*s", SLICE_ARG(piece));
		strbuf_add_char(&out, ' ');
	}
	if (stream.code)
		strbuf_addf(&out, "!%s", stream.code);
	return strbuf_text(&out);
}

static const struct tar_file three[] = {
	{ .name = "a", .bytes = { "one", 3 } },
	{ .name = "b", .symlink_to = "/etc/passwd" },
	{ .name = "../c", .bytes = { "three", 5 } },
};

static void test_members_of_each_packing(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_BZIP2 };
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		CLEANUP(tar_release) struct tar_bytes tar = tar_make(three, 3, filters[i]);
		assert_string_equal(members_of(tar_slice(&tar), &usual), "a:0:3=one b:2:0= ../c:0:5=three ");
	}
}

static void test_a_member_that_is_not_read_is_passed_over(void **state)
{
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(three, 3, ARCHIVE_FILTER_GZIP);
	CLEANUP(archive_stream_release) struct archive_stream stream;
	struct error *err = NULL;
	check_ok(archive_stream_begin(&stream, tar_slice(&tar), &usual, &err), &err);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(archive_stream_next(&stream), 1);
	assert_int_equal(archive_stream_next(&stream), 0);
	assert_int_equal(archive_stream_next(&stream), 0);
	assert_null(stream.code);
}

static void test_what_is_packed_and_no_tar(void **state)
{
	static const char gzip_of_hi[] =
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xc8\x04\x00\xac\x2a\x93\xd8\x02\x00\x00\x00";
	struct slice bytes = { gzip_of_hi, sizeof gzip_of_hi - 1 };
	assert_true(slice_ends_with(slice_of(members_of(bytes, &raw)), "=hi "));
	assert_string_equal(members_of(bytes, &usual), "!damaged_archive");
}

static void test_a_tar_without_its_end_was_cut(void **state)
{
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(three, 3, ARCHIVE_FILTER_NONE);
	assert_string_equal(members_of(slice_part(tar_slice(&tar), 0, tar.len - 1024), &usual),
			    "a:0:3=one b:2:0= ../c:0:5=three !truncated");
	assert_string_equal(members_of(slice_part(tar_slice(&tar), 0, 514), &usual), "a:0:3=on !damaged_archive");
}

static void test_a_ratio_is_a_bomb_only_behind_its_start(void **state)
{
	static char zeros[256 * LIMIT_KIB];
	const struct tar_file file = { .name = "z", .bytes = { zeros, sizeof zeros } };
	const struct archive_limits early = { 50, 1024, false }, late = { 50, (int64_t)LIMIT_MIB, false };
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(&file, 1, ARCHIVE_FILTER_ZSTD);
	CLEANUP(archive_stream_release) struct archive_stream stream;
	struct error *err = NULL;
	check_ok(archive_stream_begin(&stream, tar_slice(&tar), &early, &err), &err);
	while (archive_stream_next(&stream) > 0)
		;
	assert_string_equal(stream.code, "too_large");
	archive_stream_release(&stream);
	check_ok(archive_stream_begin(&stream, tar_slice(&tar), &late, &err), &err);
	while (archive_stream_next(&stream) > 0)
		;
	assert_null(stream.code);
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	members_of(variant, &raw);
}

static void test_cut_and_flipped(void **state)
{
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(three, 3, ARCHIVE_FILTER_ZSTD);
	mangle_truncate(tar_slice(&tar), read_mangled, NULL);
	mangle_flip(tar_slice(&tar), read_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_of_each_packing),
		cmocka_unit_test(test_a_member_that_is_not_read_is_passed_over),
		cmocka_unit_test(test_what_is_packed_and_no_tar),
		cmocka_unit_test(test_a_tar_without_its_end_was_cut),
		cmocka_unit_test(test_a_ratio_is_a_bomb_only_behind_its_start),
		cmocka_unit_test(test_cut_and_flipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
