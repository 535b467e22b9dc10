/* What is kept of an archive, and what is refused. */
#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "oci_layout/making.h"

static void test_names_that_lead_out_are_refused_and_told(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	making_add(&m, "../index.json", SLICE("{\"manifests\":[]}"));
	making_add(&m, "/etc/index.json", SLICE("{\"manifests\":[]}"));
	making_add(&m, "blobs/../../x", SLICE("{}"));
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE),
			    "docker.io/acme/web:1.0=web present; !bad_name ; ");
}

static void test_dots_and_doubled_slashes_mean_nothing(void **state)
{
	CLEANUP(making_release) struct making m;
	making_init(&m);
	making_add(&m, "./oci-layout", SLICE(MARK));
	making_add(&m, ".//index.json", SLICE("{\"manifests\":[]}"));
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "");
}

static void test_links_are_not_followed(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	making_add(&m, "real.json", m.files[2].bytes);
	m.files[2].bytes = SLICE_NONE;
	m.files[2].symlink_to = "real.json";
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "!unreadable index.json, lost; ");
	m.files[2].symlink_to = NULL;
	m.files[2].hardlink_to = "real.json";
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "!unreadable index.json, lost; ");
}

static void test_a_blob_that_is_a_link_is_invalid(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	m.files[1].bytes = SLICE_NONE;
	m.files[1].symlink_to = "/etc/passwd";
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "docker.io/acme/web:1.0=web invalid; ");
}

static void test_what_is_no_json_is_not_kept(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	m.files[1].bytes = SLICE("\x1f\x8b a layer");
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "docker.io/acme/web:1.0=web invalid; ");
}

static void test_a_layout_in_a_folder_of_the_archive(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	for (size_t i = 0; i < m.count; i++)
		m.files[i].name = arena_printf(&m.arena, "image/%s", m.files[i].name).data;
	making_add(&m, "other.json", SLICE("{}"));
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "docker.io/acme/web:1.0=web present; ");
}

static void add_below(struct making *m, const struct making *part, const char *folder)
{
	for (size_t i = 0; i < part->count; i++)
		making_add(m, arena_printf(&m->arena, "%s/%s", folder, part->files[i].name).data, part->files[i].bytes);
	for (size_t i = 0; i < part->blob_count; i++)
		m->blobs[m->blob_count++] = part->blobs[i];
}

static void test_of_several_layouts_only_the_named_one(void **state)
{
	CLEANUP(making_release) struct making m, web, docker;
	struct error *err = NULL;
	making_init(&m);
	making_usual(&web);
	making_docker(&docker);
	add_below(&m, &web, "dump/a");
	add_below(&m, &docker, "dump/b");
	assert_null(making_tell_tar(&m, ARCHIVE_FILTER_NONE));
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	CLEANUP(image_layout_freep) struct image_layout *a = NULL, *b = NULL;
	assert_int_equal(making_open(tar_slice(&tar), "dump/a", &a, &err), 1);
	assert_string_equal(making_tell(&m, a), "docker.io/acme/web:1.0=web present; ");
	assert_int_equal(making_open(tar_slice(&tar), "dump/b", &b, &err), 1);
	assert_string_equal(making_tell(&m, b), "docker.io/acme/web:1.0=the config present as a config; "
						"docker.io/acme/web:latest=the config present as a config; ");
}

/* kaniko and go-containerregistry write sha256:HEX, jib config.json, others what they like. */
static void test_a_config_may_have_any_name(void **state)
{
	static const char *const names[] = { "config.json", "some/where.cfg" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		CLEANUP(making_release) struct making m;
		making_docker(&m);
		making_add(&m, names[i], m.files[4].bytes);
		m.files[5].bytes = arena_printf(&m.arena, "[{\"Config\":\"%s\",\"RepoTags\":[\"web:1\"]}]", names[i]);
		m.files[4] = m.files[0];
		assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE),
				    "docker.io/library/web:1=the config present as a config; ");
	}
}

static void test_a_config_that_its_name_belies_is_invalid(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	m.files[4].bytes = SLICE("{\"architecture\":\"arm64\"}");
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE),
			    "docker.io/acme/web:1.0=the config invalid as a config; "
			    "docker.io/acme/web:latest=the config invalid as a config; ");
}

static void test_a_config_that_is_not_there_is_told(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	m.files[5].bytes = SLICE("[{\"Config\":\"gone.cfg\",\"RepoTags\":[\"web:1\"]}]");
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "!missing manifest.json /0, lost; ");
}

static void test_a_document_that_stands_twice(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	making_add(&m, "index.json", SLICE("{\"manifests\":[]}"));
	assert_string_equal(making_tell_tar(&m, ARCHIVE_FILTER_NONE), "!duplicate index.json; ");
}

static void test_a_cut_archive_of_docker_save_gives_its_configs(void **state)
{
	CLEANUP(making_release) struct making m;
	making_docker(&m);
	m.count = 5; /* manifest.json comes last */
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	assert_int_equal(making_open(slice_part(tar_slice(&tar), 0, tar.len - 1024), NULL, &layout, &err), 1);
	assert_string_equal(making_tell(&m, layout),
			    "@the config present as a config; !truncated , lost; !missing index.json, lost; ");
}

static void test_an_archive_cut_within_its_index_gives_its_manifests(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	assert_int_equal(making_open(slice_part(tar_slice(&tar), 0, 5 * 512 + 100), NULL, &layout, &err), 1);
	assert_string_equal(making_tell(&m, layout),
			    "@web present; !damaged_archive , lost; !missing index.json, lost; ");
}

static void test_files_that_are_asked_for_are_kept_beside(void **state)
{
	static const struct slice names[] = { { "records.ndjson", 14 } };
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	making_add(&m, "records.ndjson", SLICE("{}\n{}\n"));
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(&m, ARCHIVE_FILTER_NONE);
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct image_layout_archive archive = { .bytes = tar_slice(&tar), .also = { names, 1 } };
	struct error *err = NULL;
	enum image_outcome outcome;
	struct slice bytes;
	assert_int_equal(image_layout_open_archive(&archive, &layout, &err), 1);
	check_ok(image_layout_file(layout, names[0], 100, &outcome, &bytes, &err), &err);
	check_slice(bytes, "{}\n{}\n");
	check_ok(image_layout_file(layout, names[0], 2, &outcome, &bytes, &err), &err);
	assert_int_equal(outcome, IMAGE_INVALID);
	check_ok(image_layout_file(layout, SLICE("other.ndjson"), 100, &outcome, &bytes, &err), &err);
	assert_int_equal(outcome, IMAGE_ABSENT);
}

static bool is_likely(const struct tar_file *files, size_t count)
{
	CLEANUP(tar_release) struct tar_bytes tar = tar_make(files, count, ARCHIVE_FILTER_GZIP);
	struct error *err = NULL;
	int likely = image_layout_archive_likely(tar_slice(&tar), &err);
	check_ok(likely, &err);
	return likely;
}

static void test_which_archives_look_like_images(void **state)
{
	CLEANUP(making_release) struct making m;
	making_usual(&m);
	assert_true(is_likely(m.files, m.count));
	static const struct tar_file layers_first[] = {
		{ .name = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.tar", .bytes = { "x", 1 } }
	};
	static const struct tar_file dump[] = { { .name = "prod/pods.json", .bytes = { "{}", 2 } },
						{ .name = "prod/0123.tar", .bytes = { "x", 1 } } };
	assert_true(is_likely(layers_first, 1));
	assert_false(is_likely(dump, 2));
}

static la_ssize_t drop(struct archive *a, void *data, const void *bytes, size_t len)
{
	struct strbuf *out = data;
	strbuf_add(out, bytes, len);
	return out->failure ? -1 : (la_ssize_t)len;
}

/* oci-layout, and a blob of 300 MiB of zeros. */
static void test_a_bomb_is_not_read_any_further(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(16 * LIMIT_MIB);
	static char zeros[LIMIT_MIB];
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter(a, ARCHIVE_FILTER_ZSTD);
	archive_write_open(a, &out, NULL, drop, NULL);
	archive_entry_set_pathname(entry, "oci-layout");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_size(entry, (la_int64_t)strlen(MARK));
	archive_write_header(a, entry);
	archive_write_data(a, MARK, strlen(MARK));
	archive_entry_set_pathname(entry, "blobs/sha256/bomb");
	archive_entry_set_size(entry, 300 * (la_int64_t)LIMIT_MIB);
	archive_write_header(a, entry);
	for (size_t i = 0; i < 300; i++)
		archive_write_data(a, zeros, sizeof zeros);
	archive_entry_free(entry);
	archive_write_close(a);
	archive_write_free(a);
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct error *err = NULL;
	assert_int_equal(making_open(strbuf_slice(&out), NULL, &layout, &err), 1);
	assert_string_equal(image_layout_problem(layout, 0)->code, "too_large");
	assert_true(image_layout_problem(layout, 0)->lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_that_lead_out_are_refused_and_told),
		cmocka_unit_test(test_dots_and_doubled_slashes_mean_nothing),
		cmocka_unit_test(test_links_are_not_followed),
		cmocka_unit_test(test_a_blob_that_is_a_link_is_invalid),
		cmocka_unit_test(test_what_is_no_json_is_not_kept),
		cmocka_unit_test(test_a_layout_in_a_folder_of_the_archive),
		cmocka_unit_test(test_of_several_layouts_only_the_named_one),
		cmocka_unit_test(test_a_config_may_have_any_name),
		cmocka_unit_test(test_a_config_that_its_name_belies_is_invalid),
		cmocka_unit_test(test_a_config_that_is_not_there_is_told),
		cmocka_unit_test(test_a_document_that_stands_twice),
		cmocka_unit_test(test_a_cut_archive_of_docker_save_gives_its_configs),
		cmocka_unit_test(test_an_archive_cut_within_its_index_gives_its_manifests),
		cmocka_unit_test(test_files_that_are_asked_for_are_kept_beside),
		cmocka_unit_test(test_which_archives_look_like_images),
		cmocka_unit_test(test_a_bomb_is_not_read_any_further),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
