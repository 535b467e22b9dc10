#include "oci/format/history.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

/* Two layers, and a history of three: the middle one is empty. */
static struct oci_descriptor layers[] = { { .digest = SLICE("layer 1") }, { .digest = SLICE("layer 2") } };
static struct slice diff_ids[] = { SLICE("diff 1"), SLICE("diff 2") };

struct image {
	struct oci_manifest manifest;
	struct oci_config config;
	struct oci_history history[4];
};

static void make(struct image *image)
{
	*image = (struct image){
		.manifest = { .kind = OCI_IMAGE, .layers = layers, .layer_count = 2 },
		.config = { .history_count = 3, .diff_ids = { diff_ids, 2 }, .has_rootfs = true },
		.history = { { .created_by = SLICE("ADD x / # buildkit") },
			     { .created_by = SLICE("ENV A=b"), .empty_layer = true },
			     { .created_by = SLICE("COPY y / # buildkit") } },
	};
	image->config.history = image->history;
}

static struct image_history build(const struct oci_manifest *manifest, const struct oci_config *config)
{
	struct image_history history;
	struct error *err = NULL;
	check_ok(image_history_build(manifest, config, &arena, &history, &err), &err);
	return history;
}

static void entries_that_are_not_empty_stand_for_layers(void **state)
{
	struct image image;
	make(&image);
	struct image_history history = build(&image.manifest, &image.config);
	assert_true(history.tied);
	assert_int_equal(history.count, 3);
	assert_ptr_equal(history.steps[0].layer, &layers[0]);
	assert_null(history.steps[1].layer);
	assert_null(history.steps[1].diff_id.data);
	assert_ptr_equal(history.steps[2].layer, &layers[1]);
	assert_int_equal(history.steps[2].layer_number, 1);
	check_slice(history.steps[2].diff_id, "diff 2");
	assert_int_equal(history.builder, BUILDER_BUILDKIT);
}

static void where_numbers_differ_nothing_is_tied_and_nothing_is_lost(void **state)
{
	struct image image;
	make(&image);
	image.history[1].empty_layer = false;
	struct image_history history = build(&image.manifest, &image.config);
	assert_false(history.tied);
	assert_int_equal(history.count, 5);
	assert_null(history.steps[0].entry);
	assert_ptr_equal(history.steps[0].layer, &layers[0]);
	check_slice(history.steps[1].diff_id, "diff 2");
	for (size_t i = 2; i < 5; i++) {
		assert_null(history.steps[i].layer);
		assert_ptr_equal(history.steps[i].entry, &image.history[i - 2]);
	}
}

static void layers_without_a_history_are_steps_without_an_entry(void **state)
{
	struct image image;
	make(&image);
	image.config.history_count = 0;
	struct image_history history = build(&image.manifest, &image.config);
	assert_false(history.tied);
	assert_int_equal(history.count, 2);
	assert_null(history.steps[1].entry);
	assert_int_equal(history.steps[1].layer_number, 1);
	assert_int_equal(history.builder, BUILDER_UNKNOWN);
}

static void no_layers_and_no_history_fit(void **state)
{
	struct oci_manifest manifest = { .kind = OCI_IMAGE };
	struct oci_config config = { 0 };
	struct image_history history = build(&manifest, &config);
	assert_true(history.tied);
	assert_int_equal(history.count, 0);
}

/* The config's own number of layers is another: they are not called the content of these. */
static void diff_ids_of_another_number_are_nobody_s(void **state)
{
	struct image image;
	make(&image);
	image.config.diff_ids.len = 1;
	struct image_history history = build(&image.manifest, &image.config);
	assert_true(history.tied);
	assert_null(history.steps[0].diff_id.data);
}

static void a_config_alone_has_diff_ids_and_no_layers(void **state)
{
	struct image image;
	make(&image);
	struct image_history history = build(NULL, &image.config);
	assert_true(history.tied);
	assert_null(history.steps[0].layer);
	check_slice(history.steps[2].diff_id, "diff 2");
	assert_int_equal(history.steps[2].layer_number, 1);
}

static void every_entry_of_schema_1_has_a_layer(void **state)
{
	struct image image;
	make(&image);
	image.manifest.kind = OCI_SCHEMA1;
	image.config.diff_ids = (struct slice_list){ 0 };
	assert_int_equal(image_history_layers(&image.manifest, &image.config), 3);
	assert_false(build(&image.manifest, &image.config).tied);
	image.config.history_count = 2; /* the second is empty, and has one all the same */
	struct image_history history = build(&image.manifest, &image.config);
	assert_true(history.tied);
	assert_ptr_equal(history.steps[1].layer, &layers[1]);
}

static void a_shell_instruction_holds_for_those_after_it(void **state)
{
	struct image image;
	make(&image);
	image.history[1] = (struct oci_history){ .created_by = SLICE("SHELL [/usr/bin/python3 -u -c]"),
						 .empty_layer = true };
	image.history[2] =
		(struct oci_history){ .created_by = SLICE("RUN /usr/bin/python3 -u -c print(1) # buildkit") };
	struct image_history history = build(&image.manifest, &image.config);
	check_slice(history.steps[2].text, "RUN print(1)");
	check_slice(history.steps[2].shell, "/usr/bin/python3 -u -c");
}

static void windows_quotes_in_its_own_way(void **state)
{
	struct image image;
	make(&image);
	image.config.platform.os = SLICE("windows");
	image.history[1].created_by = SLICE("ENV A=C:\\a b");
	check_slice(build(&image.manifest, &image.config).steps[1].text, "ENV A=\"C:\\a b\"");
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct image image;
	struct image_history history;
	make(&image);
	return image_history_build(&image.manifest, &image.config, &own, &history, err);
}

static void every_allocation_may_fail(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_that_are_not_empty_stand_for_layers),
		cmocka_unit_test(where_numbers_differ_nothing_is_tied_and_nothing_is_lost),
		cmocka_unit_test(layers_without_a_history_are_steps_without_an_entry),
		cmocka_unit_test(no_layers_and_no_history_fit),
		cmocka_unit_test(diff_ids_of_another_number_are_nobody_s),
		cmocka_unit_test(a_config_alone_has_diff_ids_and_no_layers),
		cmocka_unit_test(every_entry_of_schema_1_has_a_layer),
		cmocka_unit_test(a_shell_instruction_holds_for_those_after_it),
		cmocka_unit_test(windows_quotes_in_its_own_way),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
