#include <archive.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "fixture.h"

static int note(void *data, const struct dump_file *file, struct file_bytes *bytes, struct error **err)
{
	struct strbuf *out = data;
	(void)err;
	strbuf_addf(out, "%.*s:%d", SLICE_ARG(file->path), file->content);
	if (bytes)
		strbuf_addf(out, "=%.*s", SLICE_ARG(slice_part(file_slice(bytes), 0, 12)));
	strbuf_add_char(out, ' ');
	return 0;
}

static const char *files_of(struct dump *dump)
{
	static struct strbuf out;
	struct error *err = NULL;
	strbuf_release(&out);
	out = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	check_ok(dump_each(dump, note, &out, &err), &err);
	return strbuf_text(&out);
}

/* Opens bytes as the file dump.tar.gz. */
static struct dump *open_bytes(const struct scratch *scratch, struct slice bytes)
{
	struct dump *dump = NULL;
	struct error *err = NULL;
	scratch_write(scratch, "dump.tar.gz", bytes);
	check_ok(dump_open(scratch_path(scratch, "dump.tar.gz"), &dump, &err), &err);
	return dump;
}

static const struct tar_file two_clusters[] = {
	{ .name = "./dump/stage/pods.json", .bytes = { "{\"stage\":1}", 11 } },
	{ .name = "./dump/prod/pods.json", .bytes = { "{\"prod\":1}", 10 } },
	{ .name = "./dump/prod/README", .bytes = { "notes", 5 } },
	{ .name = "./dump/stage/nodes.json", .bytes = { "{\"stage\":2}", 11 } },
};

static void test_order_and_clusters_with_each_filter(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_BZIP2 };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	for (size_t i = 0; i < COUNT(filters); i++) {
		CLEANUP(tar_release) struct tar_bytes tar = tar_make(two_clusters, COUNT(two_clusters), filters[i]);
		CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
		const char *expected = "dump/stage/pods.json:0={\"stage\":1} dump/prod/pods.json:0={\"prod\":1} "
				       "dump/prod/README:8 dump/stage/nodes.json:0={\"stage\":2} ";
		assert_string_equal(files_of(dump), expected);
		assert_string_equal(files_of(dump), expected); /* as often as wanted */
		assert_null(dump->damage_code);
		check_slice(dump->name, "dump");
		assert_int_equal(dump->clusters.len, 2);
		check_slice(dump->clusters.items[0].name, "stage");
		check_slice(dump->clusters.items[1].folder, "dump/prod");
	}
}

static void test_names_are_labels(void **state)
{
	static const struct tar_file files[] = {
		{ .name = "../../etc/pods.json", .bytes = { "{}", 2 } },
		{ .name = "/abs//./pods.json", .bytes = { "{}", 2 } },
		{ .name = "..", .bytes = { "{}", 2 } },
		{ .name = "\xff\n\x1b[2J.json", .bytes = { "{}", 2 } },
		{ .name = "a/.hidden/pods.json", .bytes = { "{}", 2 } },
		{ .name = "link.json", .symlink_to = "/etc/passwd" },
		{ .name = "hard.json", .hardlink_to = "../../etc/pods.json" },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_NONE);
	CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
	assert_string_equal(files_of(dump), "etc/pods.json:0={} abs/pods.json:0={} (no name):0={} "
					    "\xff\n\x1b[2J.json:0={} a/.hidden/pods.json:8 link.json:7 hard.json:7 ");
}

static void test_archives_in_an_archive_are_told(void **state)
{
	static const struct tar_file files[] = {
		{ .name = "pods.json", .bytes = { "{}", 2 } },
		{ .name = "stage.tgz", .bytes = { "\x1f\x8b\x08", 3 } },
		{ .name = "notes.txt", .bytes = { "x", 1 } },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_NONE);
	CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
	assert_string_equal(files_of(dump), "pods.json:0={} stage.tgz:7 notes.txt:8 ");
	assert_string_equal(dump->files.items[1].code, "archive");
}

static void test_long_and_deep_names(void **state)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_repeat(&name, 'x', 100000);
	struct tar_file files[] = {
		{ .name = strbuf_text(&name), .bytes = { "{}", 2 } },
		{ .name = "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/x.json", .bytes = { "{}", 2 } },
		{ .name = "pods.json", .bytes = { "{}", 2 } },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_GZIP);
	CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
	assert_int_equal(dump->files.len, 3);
	assert_true(dump->files.items[0].path.len <= 4096);
	assert_string_equal(dump->files.items[1].code, "too_deep");
	assert_int_equal(dump->files.items[2].content, CONTENT_JSON);
}

/* Wherever a tar is cut, what stands before the cut is read, and the cut is told. */
static void check_cut(const struct scratch *scratch, struct slice whole, size_t len)
{
	CLEANUP(dump_freep) struct dump *dump = NULL;
	CLEANUP(error_freep) struct error *err = NULL;
	scratch_write(scratch, "cut.tar.gz", slice_part(whole, 0, len));
	if (dump_open(scratch_path(scratch, "cut.tar.gz"), &dump, &err) < 0)
		return;
	bool one_file_that_is_none = dump->files.len == 1 && !content_is_document(dump->files.items[0].content);
	if (!dump->damage_code && !one_file_that_is_none)
		fail_msg("cut at %zu of %zu: not told", len, whole.len);
	files_of(dump);
}

static void test_cut_anywhere(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_NONE, ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_BZIP2 };
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	for (size_t i = 0; i < COUNT(filters); i++) {
		CLEANUP(tar_release) struct tar_bytes tar = tar_make(two_clusters, COUNT(two_clusters), filters[i]);
		/* of a plain tar, the last block of the two that end it may be missing */
		size_t last = filters[i] == ARCHIVE_FILTER_NONE ? tar.len - 1024 : tar.len - 1;
		for (size_t len = 0; len <= last; len += filters[i] == ARCHIVE_FILTER_NONE ? 64 : 1)
			check_cut(&scratch, tar_slice(&tar), len);
	}
}

static void test_what_stands_before_the_cut_is_read(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(two_clusters, COUNT(two_clusters), ARCHIVE_FILTER_NONE);
	CLEANUP(dump_freep)
	struct dump *dump = open_bytes(&scratch, slice_part(tar_slice(&tar), 0, 512 + 512 + 512 + 4));
	assert_string_equal(files_of(dump), "dump/stage/pods.json:0={\"stage\":1} dump/prod/pods.json:0={\"pr ");
	assert_string_equal(dump->damage_code, "damaged_archive");
}

/* Bits flipped in a compressed tar: never more than a defect. */
static void test_flipped_bits(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(two_clusters, COUNT(two_clusters), ARCHIVE_FILTER_GZIP);
	for (size_t bit = 0; bit < 8 * tar.len; bit += 3) {
		CLEANUP(dump_freep) struct dump *dump = NULL;
		CLEANUP(error_freep) struct error *err = NULL;
		tar.data[bit / 8] = (char)(tar.data[bit / 8] ^ 1 << bit % 8);
		scratch_write(&scratch, "flipped", tar_slice(&tar));
		tar.data[bit / 8] = (char)(tar.data[bit / 8] ^ 1 << bit % 8);
		if (dump_open(scratch_path(&scratch, "flipped"), &dump, &err) == 0)
			files_of(dump);
		else
			assert_non_null(err);
	}
}

/* No checksum but the header's own stands before these. */
static void test_flipped_bits_of_headers(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(two_clusters, COUNT(two_clusters), ARCHIVE_FILTER_NONE);
	for (size_t bit = 0; bit < 8 * 1024; bit += 7) {
		CLEANUP(dump_freep) struct dump *dump = NULL;
		CLEANUP(error_freep) struct error *err = NULL;
		tar.data[bit / 8] = (char)(tar.data[bit / 8] ^ 1 << bit % 8);
		scratch_write(&scratch, "flipped.tar", tar_slice(&tar));
		tar.data[bit / 8] = (char)(tar.data[bit / 8] ^ 1 << bit % 8);
		if (dump_open(scratch_path(&scratch, "flipped.tar"), &dump, &err) == 0)
			files_of(dump);
		else
			assert_non_null(err);
	}
}

/* Zeros, packed a thousand to one: stopped before its end. */
static void check_bomb(const char *name)
{
	size_t len = 128 * LIMIT_MIB;
	CLEANUP(mem_freep) char *zeros = mem_alloc_zeroed(1, len);
	struct tar_file files[] = {
		{ .name = "pods.json", .bytes = { "{}", 2 } },
		{ .name = name, .bytes = { zeros, len } },
		{ .name = "later.json", .bytes = { "{}", 2 } },
	};
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, COUNT(files), ARCHIVE_FILTER_GZIP);
	CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
	assert_non_null(dump->damage_code);
	assert_string_equal(dump->damage_code, "too_large");
	assert_true(slice_contains(dump->damage, "bomb"));
	assert_int_equal(dump->files.items[0].content, CONTENT_JSON);
	for (size_t i = 0; i < dump->files.len; i++)
		assert_false(slice_equal_text(dump->files.items[i].path, "later.json"));
}

static void test_bombs(void **state)
{
	check_bomb("bomb.json");
	check_bomb("bomb.bin");
	check_bomb(".hidden/bomb");
}

static void test_compressed_document(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct error *err = NULL;
	/* `printf '{"kind":"List"}' | gzip -n` */
	scratch_write(
		&scratch, "prod.json.gz",
		SLICE("\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\x56\xca\xce\xcc\x4b\x51\xb2\x52\xf2\xc9\x2c\x2e\x51\xaa\x05"
		      "\0\xc1\x7f\xfa\x0a\x0f\0\0\0"));
	CLEANUP(dump_freep) struct dump *dump = NULL;
	check_ok(dump_open(scratch_path(&scratch, "prod.json.gz"), &dump, &err), &err);
	assert_null(dump->damage_code);
	check_slice(dump->name, "prod");
	assert_int_equal(dump->clusters.len, 1);
	assert_string_equal(files_of(dump), "prod.json.gz:0={\"kind\":\"Lis ");
}

static void test_empty_and_no_tars(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(NULL, 0, ARCHIVE_FILTER_GZIP);
	CLEANUP(dump_freep) struct dump *dump = open_bytes(&scratch, tar_slice(&tar));
	assert_int_equal(dump->clusters.len, 0);

	CLEANUP(mem_freep) char *noise = mem_alloc(4096);
	for (size_t i = 0; i < 4096; i++)
		noise[i] = (char)(i * i >> 3);
	CLEANUP(dump_freep) struct dump *none = open_bytes(&scratch, (struct slice){ noise, 4096 });
	for (size_t i = 0; i < none->files.len; i++)
		assert_false(content_is_document(none->files.items[i].content));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_clusters_with_each_filter),
		cmocka_unit_test(test_names_are_labels),
		cmocka_unit_test(test_archives_in_an_archive_are_told),
		cmocka_unit_test(test_long_and_deep_names),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_what_stands_before_the_cut_is_read),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_flipped_bits_of_headers),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_compressed_document),
		cmocka_unit_test(test_empty_and_no_tars),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
