#include "model/field.h"

#include "model/answer.h"
#include "model/observed.h"
#include "support/check.h"

static const struct record_type *const others[] = {
	&cluster_type,    &read_type,         &incident_type,   &finding_type,   &copy_type,  &user_type,
	&credential_type, &secret_entry_type, &secret_row_type, &sighting_type,  &image_type, &repository_type,
	&registry_type,   &action_type,       &unknown_type,    &triage_row_type
};

static void for_each_type(void (*check)(const struct record_type *type))
{
	for (size_t i = 0; i < observed_type_count; i++)
		check(observed_types[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		check(others[i]);
}

static void check_lookup(const struct record_type *type)
{
	for (size_t i = 0; i < type->field_count; i++)
		assert_ptr_equal(record_field(type, type->fields[i].name), &type->fields[i]); /* no name twice */
	assert_null(record_field(type, "no_such_field"));
	assert_null(record_field(type, ""));
}

static void fields_are_found_by_name(void **state)
{
	for_each_type(check_lookup);
}

static void check_well_formed(const struct record_type *type)
{
	size_t end = 0;
	assert_true(*type->name && *type->doc);
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		assert_true(field->offset >= end && field->offset < type->size);
		assert_true(*field->doc && field->doc[strlen(field->doc) - 1] == '.');
		assert_true(field->since >= 1);
		assert_int_equal(field->record != NULL, field->type == FIELD_RECORDS);
		if (field->flags & FIELD_KEY)
			assert_true(field->type == FIELD_TEXT || field->type == FIELD_INT || field->type == FIELD_TIME);
		end = field->offset + 1;
	}
}

static void lists_are_well_formed(void **state)
{
	for_each_type(check_well_formed);
}

/* What a digest names is nobody's, and a log tells of a registry, wherever it was read. */
static bool belongs_to_nobody(const struct record_type *type)
{
	return type == &manifest_type || type == &index_member_type || type == &image_content_type ||
	       type == &registry_event_type;
}

/* What the store and the sinks rely on. */
static void observed_records_belong_to_a_cluster(void **state)
{
	for (size_t i = 0; i < observed_type_count; i++) {
		const struct field *cluster = record_field(observed_types[i], "cluster");
		assert_int_equal(!cluster, belongs_to_nobody(observed_types[i]));
		if (!cluster)
			continue;
		assert_true(cluster->flags & FIELD_CLUSTER);
		assert_int_equal(cluster->type, FIELD_TEXT);
		if (record_field(observed_types[i], "gone"))
			assert_true(cluster->flags & FIELD_KEY);
	}
}

static void check_unknown(const struct record_type *type)
{
	char record[1024];
	assert_true(type->size <= sizeof record);
	memset(record, 0x5a, sizeof record);
	record_init(type, record);
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		switch (field->type) {
		case FIELD_TEXT:
			assert_null(field_text(field, record).data);
			break;
		case FIELD_INT:
			assert_true(field_int(field, record) == INT_UNKNOWN);
			break;
		case FIELD_TIME:
			assert_true(field_int(field, record) == TIME_UNSET);
			break;
		case FIELD_BOOL:
			assert_int_equal(field_bool(field, record), BOOL_UNKNOWN);
			break;
		case FIELD_TEXTS:
			assert_null(field_texts(field, record).items);
			break;
		case FIELD_RECORDS:
			assert_null(field_records(field, record).items);
			break;
		}
	}
	assert_int_equal(record[type->size], 0x5a); /* nothing behind it was touched */
}

static void a_new_record_knows_nothing(void **state)
{
	for_each_type(check_unknown);
}

static struct entry entry(const char *uid, const char *key, int64_t ordinal)
{
	struct entry entry;
	record_init(&entry_type, &entry);
	entry.cluster = SLICE("c");
	entry.secret_uid = slice_of(uid);
	entry.data_key = SLICE(".dockerconfigjson");
	entry.registry_key = slice_of(key);
	entry.ordinal = ordinal;
	return entry;
}

static void order_is_that_of_the_identity(void **state)
{
	/* Ascending; unknown comes before everything, a prefix before what it begins. */
	const struct entry ordered[] = {
		entry(NULL, "a", 0), entry("", "z", 9),      entry("1", NULL, 5), entry("1", "a", INT_UNKNOWN),
		entry("1", "a", 0),  entry("1", "a", 1),     entry("1", "a", 10), entry("1", "ab", 0),
		entry("1", "b", 0),  entry("1\xff", "a", 0),
	};
	size_t count = sizeof ordered / sizeof *ordered;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int order = record_compare(&entry_type, &ordered[i], &ordered[j]);
			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	}
}

static void what_is_not_identity_does_not_count(void **state)
{
	struct entry a = entry("1", "a", 0), b = entry("1", "a", 0);
	b.username = SLICE("other");
	b.kubelet_reads = BOOL_TRUE;
	b.first_seen = 7;
	assert_int_equal(record_compare(&entry_type, &a, &b), 0);
}

static struct sighting sighting(const char *state, enum truth bad, const char *pod, int64_t from)
{
	struct sighting sighting;
	record_init(&sighting_type, &sighting);
	sighting.state = slice_of(state);
	sighting.bad = bad;
	sighting.pod = slice_of(pod);
	sighting.from_time = from;
	return sighting;
}

static void without_an_identity_every_field_counts(void **state)
{
	const struct sighting ordered[] = {
		sighting("ran", BOOL_UNKNOWN, NULL, TIME_UNSET),
		sighting("ran", BOOL_UNKNOWN, NULL, 3),
		sighting("ran", BOOL_UNKNOWN, "a", 3),
		sighting("ran", BOOL_UNKNOWN, "b", 3),
		sighting("ran", BOOL_FALSE, "b", 3),
		sighting("ran", BOOL_TRUE, "b", 3),
		sighting("runs", BOOL_TRUE, "b", 3),
	};
	size_t count = sizeof ordered / sizeof *ordered;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			int order = record_compare(&sighting_type, &ordered[i], &ordered[j]);
			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_found_by_name),
		cmocka_unit_test(lists_are_well_formed),
		cmocka_unit_test(observed_records_belong_to_a_cluster),
		cmocka_unit_test(a_new_record_knows_nothing),
		cmocka_unit_test(order_is_that_of_the_identity),
		cmocka_unit_test(what_is_not_identity_does_not_count),
		cmocka_unit_test(without_an_identity_every_field_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
