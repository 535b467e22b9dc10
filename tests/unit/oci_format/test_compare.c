#include "oci/format/compare.h"

#include "support/check.h"

#define MOST 4

/* An image of the layers whose diff IDs are the letters of text, with a config that was read. */
struct image {
	struct manifest record;
	struct slice diff_ids[MOST], layers[MOST], steps[MOST], names[MOST];
};

static void set_list(struct slice_list *list, struct slice *items, const char *letters)
{
	for (size_t i = 0; letters[i]; i++)
		items[i] = (struct slice){ letters + i, 1 };
	*list = (struct slice_list){ items, strlen(letters) };
}

static void make(struct image *image, const char *digest, const char *diff_ids)
{
	memset(image, 0, sizeof *image);
	record_init(&manifest_type, &image->record);
	image->record.digest = slice_of(digest);
	image->record.kind = SLICE("image");
	image->record.config_digest = slice_of(digest); /* each its own */
	image->record.config_read = BOOL_TRUE;
	set_list(&image->record.diff_ids, image->diff_ids, diff_ids);
	set_list(&image->record.layers, image->layers, diff_ids);
}

static void check_change(const struct image *old, const struct image *new, enum image_change change)
{
	struct image_comparison c = image_compare(&old->record, &new->record);
	assert_string_equal(image_change_text(c.change), image_change_text(change));
}

static void check_pair(const char *old_layers, const char *new_layers, enum image_change change, size_t shared,
		       size_t old_only, size_t new_only)
{
	struct image old, new;
	make(&old, "one", old_layers);
	make(&new, "two", new_layers);
	new.record.config_digest = SLICE_NONE;
	struct image_comparison c = image_compare(&old.record, &new.record);
	assert_string_equal(image_change_text(c.change), image_change_text(change));
	assert_int_equal(c.shared, shared);
	assert_int_equal(c.old_only, old_only);
	assert_int_equal(c.new_only, new_only);
}

static void the_same_digest_is_the_same_whatever_was_read(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "one", "");
	new.record.config_read = BOOL_UNKNOWN;
	check_change(&old, &new, IMAGE_SAME);
}

static void no_digest_is_not_the_same_as_no_digest(void **state)
{
	struct image old, new;
	make(&old, NULL, "a");
	make(&new, NULL, "b");
	old.record.config_digest = new.record.config_digest = SLICE_NONE;
	check_change(&old, &new, IMAGE_OTHER);
}

static void content_that_was_packed_again_is_repacked(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	set_list(&new.record.layers, new.layers, "xy"); /* compressed in another way */
	new.record.config_digest = old.record.config_digest;
	check_change(&old, &new, IMAGE_REPACKED);
	old.record.config_read = new.record.config_read = BOOL_FALSE; /* the same config needs not be read */
	old.record.diff_ids = new.record.diff_ids = (struct slice_list){ 0 };
	check_change(&old, &new, IMAGE_REPACKED);
}

static void another_config_is_never_called_repacked(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	struct image_comparison c = image_compare(&old.record, &new.record);
	assert_int_equal(c.change, IMAGE_CONFIG_ONLY);
	assert_int_equal(c.config_fields, IMAGE_FIELD_OTHER);
}

static void an_artifact_is_no_image_with_the_same_config(void **state)
{
	struct image old, new;
	make(&old, "one", "a");
	make(&new, "two", "b");
	old.record.kind = new.record.kind = SLICE("artifact");
	old.record.config_digest = new.record.config_digest = SLICE("empty");
	old.record.config_read = new.record.config_read = BOOL_FALSE;
	old.record.diff_ids = new.record.diff_ids = (struct slice_list){ 0 };
	check_change(&old, &new, IMAGE_NOT_KNOWN);
}

static void layers_decide(void **state)
{
	check_pair("ab", "abc", IMAGE_LAYERS_ON_TOP, 2, 0, 1);
	check_pair("abc", "a", IMAGE_LAYERS_TAKEN, 1, 2, 0);
	check_pair("abc", "abd", IMAGE_LAST_LAYERS, 2, 1, 1);
	check_pair("abc", "ad", IMAGE_LAST_LAYERS, 1, 2, 1);
	check_pair("ab", "cb", IMAGE_OTHER, 0, 2, 2);
	check_pair("ab", "ba", IMAGE_OTHER, 0, 2, 2);
}

static void on_no_layers_nothing_is_built(void **state)
{
	check_pair("", "a", IMAGE_OTHER, 0, 0, 1);
	check_pair("a", "", IMAGE_OTHER, 0, 1, 0);
	check_pair("", "", IMAGE_REPACKED, 0, 0, 0);
}

static unsigned fields_of(struct image *old, struct image *new)
{
	struct image_comparison c = image_compare(&old->record, &new->record);
	assert_int_equal(c.change, IMAGE_CONFIG_ONLY);
	return c.config_fields;
}

static void every_field_of_the_config_is_told(void **state)
{
	struct image old;
	static struct slice some[] = { { "x", 1 } };
	for (unsigned bit = 0; bit < IMAGE_FIELDS - 1; bit++) {
		struct image new;
		make(&old, "one", "ab");
		make(&new, "two", "ab");
		struct manifest *r = &new.record;
		struct slice_list *lists[] = { NULL, &r->entrypoint, &r->command, &r->env_names, &r->labels,
					       NULL, NULL,           &r->ports,   NULL,          NULL };
		struct slice *texts[] = { &r->user,
					  NULL,
					  NULL,
					  NULL,
					  NULL,
					  &r->created_text,
					  &r->working_dir,
					  NULL,
					  &r->history_digest,
					  &r->architecture };
		if (lists[bit])
			*lists[bit] = (struct slice_list){ some, 1 };
		else
			*texts[bit] = SLICE("x");
		assert_int_equal(fields_of(&old, &new), 1u << bit);
	}
	assert_string_equal(image_field_text(IMAGE_FIELD_USER), "user");
	assert_string_equal(image_field_text(IMAGE_FIELD_WORKING_DIR), "working dir");
	assert_string_equal(image_field_text(IMAGE_FIELD_OTHER), "other");
	assert_string_equal(image_field_text(1u << IMAGE_FIELDS), "other");
	assert_string_equal(image_field_text(0), "other");
}

static void dates_of_the_history_are_dates(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	new.record.history_to = 5;
	assert_int_equal(fields_of(&old, &new), IMAGE_FIELD_CREATED);
}

static void the_order_of_labels_and_variables_is_no_change(void **state)
{
	struct image old, new;
	struct slice reversed[2];
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	new.record.config_digest = SLICE_NONE;
	set_list(&old.record.labels, old.names, "xy");
	set_list(&new.record.labels, reversed, "yx");
	check_change(&old, &new, IMAGE_REPACKED);
	set_list(&old.record.command, old.steps, "xy"); /* that of a command is */
	set_list(&new.record.command, new.steps, "yx");
	assert_int_equal(fields_of(&old, &new), IMAGE_FIELD_COMMAND);
	set_list(&old.record.command, old.steps, "");
	set_list(&new.record.command, new.steps, "");
	set_list(&old.record.labels, old.names, "xx"); /* and x, x is not x, y */
	assert_int_equal(fields_of(&old, &new), IMAGE_FIELD_LABELS);
}

static void an_empty_user_is_no_user(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	new.record.config_digest = SLICE_NONE;
	new.record.user = SLICE("");
	check_change(&old, &new, IMAGE_REPACKED);
}

static void set_steps(struct image *image, const char *first, const char *second, const char *third)
{
	const char *texts[] = { first, second, third };
	for (size_t i = 0; i < 3; i++)
		image->steps[i] = slice_of(texts[i]);
	image->record.history_steps = (struct slice_list){ image->steps, 3 };
}

static void histories_that_end_alike_show_a_base_that_was_replaced(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "cd");
	set_steps(&old, "1:a+", "2:b+", "3:c");
	set_steps(&new, "4:d+", "5:b+", "6:c");
	check_change(&old, &new, IMAGE_BASE_REPLACED);
	set_steps(&new, "4:d+", "5:e+", "6:c"); /* a command alone is what many have in common */
	check_change(&old, &new, IMAGE_OTHER);
	set_steps(&new, "4:d+", "5:b+", "6:f");
	check_change(&old, &new, IMAGE_OTHER);
	set_steps(&old, "1", "2", "3"); /* as written before */
	set_steps(&new, "1", "2", "3");
	check_change(&old, &new, IMAGE_OTHER);
	set_steps(&old, "1:a+", "2:b+", "3:c");
	set_steps(&new, "4:d+", "5:b+", "6:c");
	new.diff_ids[0] = old.diff_ids[0]; /* the lowest layer stayed */
	check_change(&old, &new, IMAGE_LAST_LAYERS);
}

static void what_was_not_read_is_not_known(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "cd");
	assert_int_equal(image_compare(NULL, &new.record).change, IMAGE_NOT_KNOWN);
	assert_int_equal(image_compare(&old.record, NULL).change, IMAGE_NOT_KNOWN);
	assert_int_equal(image_compare(NULL, NULL).change, IMAGE_NOT_KNOWN);
	new.record.diff_ids = (struct slice_list){ 0 };
	new.record.config_read = BOOL_FALSE;
	check_change(&old, &new, IMAGE_NOT_KNOWN);
}

static void a_diff_id_that_is_not_there_is_equal_to_none(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "ab");
	set_list(&new.record.layers, new.layers, "xy");
	old.diff_ids[1] = new.diff_ids[1] = SLICE_NONE;
	check_change(&old, &new, IMAGE_NOT_KNOWN);
}

/* Schema 1: what is stored is all that is known. */
static void stored_layers_prove_what_is_the_same_and_nothing_else(void **state)
{
	struct image old, new;
	make(&old, "one", "ab");
	make(&new, "two", "abc");
	old.record.kind = new.record.kind = SLICE("schema1");
	old.record.diff_ids = new.record.diff_ids = (struct slice_list){ 0 };
	check_change(&old, &new, IMAGE_LAYERS_ON_TOP);
	set_list(&new.record.layers, new.layers, "ac"); /* c may be b, packed again */
	check_change(&old, &new, IMAGE_NOT_KNOWN);
	set_list(&new.record.layers, new.layers, "cd");
	check_change(&old, &new, IMAGE_NOT_KNOWN);
	set_list(&new.record.layers, new.layers, "ab");
	new.record.user = SLICE("root");
	check_change(&old, &new, IMAGE_CONFIG_ONLY);
	new.record.user = SLICE_NONE;
	old.record.config_digest = new.record.config_digest = SLICE_NONE;
	check_change(&old, &new, IMAGE_REPACKED);
	new.record.config_read = BOOL_FALSE;
	check_change(&old, &new, IMAGE_NOT_KNOWN);
}

static void indexes_are_compared_by_who_knows_their_members(void **state)
{
	struct image old, new;
	make(&old, "one", "");
	make(&new, "two", "");
	old.record.kind = new.record.kind = SLICE("index");
	check_change(&old, &new, IMAGE_NOT_KNOWN);
	new.record.digest = old.record.digest;
	check_change(&old, &new, IMAGE_SAME);
}

static void changes_have_names(void **state)
{
	static const char *const texts[] = {
		"same",          "repacked",           "config only", "layers on top", "layers taken away",
		"base replaced", "last layers differ", "other",       "not known"
	};
	for (int i = 0; i <= IMAGE_NOT_KNOWN; i++)
		assert_string_equal(image_change_text((enum image_change)i), texts[i]);
	assert_string_equal(image_change_text((enum image_change)99), "not known");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_digest_is_the_same_whatever_was_read),
		cmocka_unit_test(no_digest_is_not_the_same_as_no_digest),
		cmocka_unit_test(content_that_was_packed_again_is_repacked),
		cmocka_unit_test(another_config_is_never_called_repacked),
		cmocka_unit_test(an_artifact_is_no_image_with_the_same_config),
		cmocka_unit_test(layers_decide),
		cmocka_unit_test(on_no_layers_nothing_is_built),
		cmocka_unit_test(every_field_of_the_config_is_told),
		cmocka_unit_test(dates_of_the_history_are_dates),
		cmocka_unit_test(the_order_of_labels_and_variables_is_no_change),
		cmocka_unit_test(an_empty_user_is_no_user),
		cmocka_unit_test(histories_that_end_alike_show_a_base_that_was_replaced),
		cmocka_unit_test(what_was_not_read_is_not_known),
		cmocka_unit_test(a_diff_id_that_is_not_there_is_equal_to_none),
		cmocka_unit_test(stored_layers_prove_what_is_the_same_and_nothing_else),
		cmocka_unit_test(indexes_are_compared_by_who_knows_their_members),
		cmocka_unit_test(changes_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
