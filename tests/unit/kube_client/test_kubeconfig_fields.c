#include <stddef.h>

#include "base/limits.h"
#include "configs.h"
#include "support/check.h"

struct target {
	struct slice text;
	struct vault_text secret;
	bool flag;
	struct slice_list texts;
};

static const struct kubeconfig_field fields[] = {
	{ "text", kubeconfig_take_text, offsetof(struct target, text) },
	{ "secret", kubeconfig_take_vault, offsetof(struct target, secret) },
	{ "flag", kubeconfig_take_flag, offsetof(struct target, flag) },
	{ "texts", kubeconfig_take_texts, offsetof(struct target, texts) },
	{ NULL },
};

struct taken {
	struct kubeconfig *config;
	struct target target;
	struct kubeconfig_entry entry;
};

static void release(struct taken *taken)
{
	kubeconfig_free(taken->config);
}

/* in_entry: a value of the wrong type becomes a defect. */
static int take(const char *text, bool in_entry, struct taken *taken, struct error **err)
{
	CLEANUP(kubeconfig_document_release) struct kubeconfig_document document = { 0 };
	struct token token;
	*taken = (struct taken){ .config = kubeconfig_new() };
	assert_non_null(taken->config);
	check_ok(kubeconfig_document_open(&document, slice_of(text), err), err);
	struct kubeconfig_parser parser = { .config = taken->config,
					    .arena = &taken->config->arena,
					    .reader = document.reader,
					    .file = SLICE("/file"),
					    .entry = in_entry ? &taken->entry : NULL };
	assert_int_equal(reader_next(document.reader, &token, err), 1);
	return kubeconfig_take_members(&parser, fields, &taken->target, err);
}

static void known_members_are_taken_and_others_passed_over(void **state)
{
	CLEANUP(release) struct taken taken;
	struct error *err = NULL;
	check_ok(
		take("{other: {text: no}, text: a, Text: no, secret: made-up, flag: true, texts: [b, '', c], more: [x, {y: z}]}",
		     true, &taken, &err),
		&err);
	check_slice(taken.target.text, "a");
	check_slice(kubeconfig_vault_reveal(taken.config, taken.target.secret), "made-up");
	assert_true(taken.target.flag);
	assert_int_equal(taken.target.texts.len, 3);
	check_slice(taken.target.texts.items[0], "b");
	check_slice(taken.target.texts.items[1], "");
	check_slice(taken.target.texts.items[2], "c");
	assert_null(taken.entry.defect.data);
}

static void the_last_of_a_name_counts_and_null_is_nothing(void **state)
{
	CLEANUP(release) struct taken taken;
	struct error *err = NULL;
	check_ok(
		take("{\"text\": \"a\", \"text\": \"b\", \"secret\": null, \"text\": null, \"flag\": null, \"texts\": null}",
		     true, &taken, &err),
		&err);
	check_slice(taken.target.text, "b");
	assert_int_equal(kubeconfig_vault_reveal(taken.config, taken.target.secret).len, 0);
	assert_null(taken.entry.defect.data);
}

static void check_defect(const char *text, const char *expected)
{
	CLEANUP(release) struct taken taken;
	struct error *err = NULL;
	check_ok(take(text, true, &taken, &err), &err);
	check_slice(taken.entry.defect, expected);
	check_slice(taken.target.text, "last"); /* what stands behind is read all the same */
}

static void the_first_wrong_type_is_noted(void **state)
{
	check_defect("{text: 1, flag: x, text: last}", "/file: line 1 column 8: text must be a text");
	check_defect("{secret: [[made-up]], text: last}", "/file: line 1 column 10: secret must be a text");
	check_defect("{flag: 'true', text: last}", "/file: line 1 column 8: flag must be true or false");
	check_defect("{texts: a, text: last}", "/file: line 1 column 9: texts must be a list of texts");
	check_defect("{texts: [a, {b: [c]}, d], text: last}", "/file: line 1 column 13: texts must be a list of texts");
	check_defect("{\"texts\": [null], \"text\": \"last\"}", "/file: byte 11: texts must be a list of texts");
}

static void outside_of_entries_it_is_an_error(void **state)
{
	CLEANUP(release) struct taken taken;
	struct error *err = NULL;
	assert_int_equal(take("{text: 1}", false, &taken, &err), -1);
	check_error(&err, ERROR_SYNTAX, "line 1 column 8: text must be a text");
}

static void escapes_are_decoded_on_the_way_to_the_vault(void **state)
{
	CLEANUP(release) struct taken taken;
	struct error *err = NULL;
	check_ok(take("{\"secret\": \"made-up\\n\\u00fc\"}", true, &taken, &err), &err);
	check_slice(kubeconfig_vault_reveal(taken.config, taken.target.secret), "made-up\n\xc3\xbc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_members_are_taken_and_others_passed_over),
		cmocka_unit_test(the_last_of_a_name_counts_and_null_is_nothing),
		cmocka_unit_test(the_first_wrong_type_is_noted),
		cmocka_unit_test(outside_of_entries_it_is_an_error),
		cmocka_unit_test(escapes_are_decoded_on_the_way_to_the_vault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
