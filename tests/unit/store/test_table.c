#include "base/limits.h"
#include "fixture.h"
#include "store/store_internal.h"

/* A record with every kind of column, made up for this test. */
#define LIST(F, R)                                                                                                     \
	F(TEXT, cluster, FIELD_ID_CLUSTER, "", 1, "Cluster.")                                                          \
	F(TEXT, group, FIELD_KEY, "", 1, "A name that SQL has taken.")                                                 \
	F(INT, number, FIELD_KEY, "", 1, "Number.")                                                                    \
	F(TEXT, text, 0, "", 1, "Text.")                                                                               \
	F(BOOL, flag, 0, "", 1, "Flag.")                                                                               \
	F(TEXTS, list, 0, "", 1, "List.")                                                                              \
	F(TIME, when, 0, "", 2, "Later than the rest.")                                                                \
	MODEL_SEEN(F)
RECORD_STRUCT(made_up, LIST);
#define FIELD_TAG made_up
RECORD_TYPE(made_up, LIST, NULL, "Made up.");

static void check_sql(void (*add)(struct strbuf *sql, const struct record_type *type), const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	add(&sql, &made_up_type);
	assert_string_equal(strbuf_text(&sql), expected);
}

static void tables_have_the_fields_of_their_version(void **state)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_create(&sql, &made_up_type, 1);
	assert_string_equal(strbuf_text(&sql),
			    "CREATE TABLE \"made_up\" (\"cluster\" INTEGER NOT NULL, \"group\" ANY NOT NULL, "
			    "\"number\" INTEGER NOT NULL, \"text\" ANY, \"flag\" INTEGER, \"list\" TEXT, "
			    "\"first_read\" INTEGER NOT NULL, \"last_read\" INTEGER NOT NULL, "
			    "PRIMARY KEY (\"cluster\", \"group\", \"number\")) STRICT, WITHOUT ROWID;\n");
	strbuf_clear(&sql);
	table_add_create(&sql, &made_up_type, 2);
	assert_non_null(strstr(strbuf_text(&sql), "\"list\" TEXT, \"when\" INTEGER, \"first_read\""));
}

static void statements_name_the_columns_in_order(void **state)
{
	check_sql(table_add_select,
		  "SELECT \"cluster\", \"group\", \"number\", \"text\", \"flag\", \"list\", \"when\", "
		  "\"first_read\", \"last_read\" FROM \"made_up\"");
	check_sql(table_add_insert, "INSERT INTO \"made_up\" (\"cluster\", \"group\", \"number\", \"text\", \"flag\", "
				    "\"list\", \"when\", \"first_read\", \"last_read\") "
				    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	check_sql(table_add_keys, "\"cluster\", \"group\", \"number\"");
	check_sql(table_add_key_match, "\"cluster\" = ?1 AND \"group\" = ?2 AND \"number\" = ?3");
}

static void assignments_leave_identity_and_first_sight_alone(void **state)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT(STORE_SQL_BYTES);
	table_add_assignments(&sql, &made_up_type, "excluded");
	assert_string_equal(strbuf_text(&sql), "\"text\" = excluded.\"text\", \"flag\" = excluded.\"flag\", "
					       "\"list\" = excluded.\"list\", \"when\" = excluded.\"when\", "
					       "\"last_read\" = excluded.\"last_read\"");
}

/* What goes in as TEXT can be read with any SQLite tool; what SQLite would change is a BLOB; unknown is NULL, but for
 * the identity, which holds no NULL. */
static void values_have_their_storage_class(void **state)
{
	struct fixture *f = *state;
	static const struct {
		struct slice text;
		int64_t is_text, is_blob;
	} cases[] = { { { "plain", 5 }, 1, 0 }, { { "", 0 }, 1, 0 },     { { "\xe2\x82\xac", 3 }, 1, 0 },
		      { { "\xff", 1 }, 0, 1 },  { { "a\0b", 3 }, 0, 1 }, { { NULL, 0 }, 0, 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct node node;
		record_init(&node_type, &node);
		node.name = SLICE("node-1");
		node.uid = cases[i].text;
		int64_t read = begin(f, "prod", UID_A, HOUR(1));
		put(f, read, &node_type, &node);
		finish(f, read, UID_A, HOUR(1));
		commit(f);
		assert_true(sql(f, "SELECT typeof(uid) = 'text' FROM node") == cases[i].is_text);
		assert_true(sql(f, "SELECT typeof(uid) = 'blob' FROM node") == cases[i].is_blob);
		assert_true(slice_equal(((const struct node *)all(f, &node_type).items)->uid, cases[i].text));
	}
}

static void unknown_keys_are_kept_apart_from_empty_ones(void **state)
{
	struct fixture *f = *state;
	int64_t read = begin(f, "prod", UID_A, HOUR(1));
	struct entry entry;
	record_init(&entry_type, &entry);
	put(f, read, &entry_type, &entry);
	put(f, read, &entry_type, &entry);
	entry.registry_key = SLICE("");
	put(f, read, &entry_type, &entry);
	entry.ordinal = 0;
	put(f, read, &entry_type, &entry);
	finish(f, read, UID_A, HOUR(1));
	commit(f);
	struct record_list entries = all(f, &entry_type);
	const struct entry *back = entries.items;
	assert_int_equal(entries.len, 3);
	assert_null(back[0].registry_key.data);
	assert_true(back[0].ordinal == INT_UNKNOWN && back[1].ordinal == INT_UNKNOWN && back[2].ordinal == 0);
	check_slice(back[1].registry_key, "");
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_have_the_fields_of_their_version),
		cmocka_unit_test(statements_name_the_columns_in_order),
		cmocka_unit_test(assignments_leave_identity_and_first_sight_alone),
		STORE_TEST(values_have_their_storage_class),
		STORE_TEST(unknown_keys_are_kept_apart_from_empty_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
