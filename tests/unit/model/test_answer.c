#include "model/answer.h"

#include "support/check.h"

static const struct record_type *const answers[] = {
	&copy_type,  &user_type,       &credential_type, &secret_entry_type, &secret_row_type, &sighting_type,
	&image_type, &repository_type, &registry_type,   &action_type,       &unknown_type,    &triage_row_type,
};

#define EACH(i) (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)

static unsigned flags_of(const struct record_type *type, const char *name)
{
	const struct field *field = record_field(type, name);
	if (!field)
		fail_msg("%s has no field %s", type->name, name);
	return field->flags;
}

/* Field names are an interface: what scripts rely on (the names that queries will have, too). */
static void names_that_scripts_know_are_there(void **state)
{
	static const char *const credential[] = { "registry", "username", "cred_kind",         "fingerprint",
						  "standing", "secrets",  "not_changed_since", "namespaces",
						  "clusters", "users",    "reverted_by",       "copies",
						  "used_by" };
	static const char *const sighting[] = { "state",  "cluster",   "namespace", "workload",
						"digest", "from_time", "to_time",   "proof" };
	for (size_t i = 0; i < sizeof credential / sizeof credential[0]; i++)
		flags_of(&credential_type, credential[i]);
	for (size_t i = 0; i < sizeof sighting / sizeof sighting[0]; i++)
		flags_of(&sighting_type, sighting[i]);
	flags_of(&copy_type, "registry_key");
	flags_of(&secret_row_type, "managed_by");
}

static void identities_are_what_quiet_prints(void **state)
{
	assert_true(flags_of(&credential_type, "fingerprint") & FIELD_QUIET);
	assert_true(flags_of(&image_type, "digest") & FIELD_QUIET);
	assert_true(flags_of(&sighting_type, "digest") & FIELD_QUIET);
	assert_true(flags_of(&secret_row_type, "namespace") & FIELD_QUIET);
	assert_true(flags_of(&secret_row_type, "name") & FIELD_QUIET);
}

/* What -q prints is in the table, and what may be shortened is a text. */
static void flags_fit_their_fields(void **state)
{
	for
		EACH(i)
	for (size_t f = 0; f < answers[i]->field_count; f++) {
		const struct field *field = &answers[i]->fields[f];
		bool text = field->type == FIELD_TEXT || field->type == FIELD_TEXTS;
		if ((field->flags & FIELD_QUIET && !(field->flags & FIELD_COLUMN)) ||
		    (field->flags & FIELD_ELASTIC && !text))
			fail_msg("%s.%s", answers[i]->name, field->name);
	}
}

/* Conclusions are never stored. */
static void answers_have_no_reads_of_their_own(void **state)
{
	for
		EACH(i)
		{
			assert_null(record_field(answers[i], "gone"));
			for (size_t f = 0; f < answers[i]->field_count; f++)
				assert_false(answers[i]->fields[f].flags & (FIELD_SEEN | FIELD_CLUSTER));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_scripts_know_are_there),
		cmocka_unit_test(identities_are_what_quiet_prints),
		cmocka_unit_test(flags_fit_their_fields),
		cmocka_unit_test(answers_have_no_reads_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
