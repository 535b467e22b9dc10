#include "support/check.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "cli/table.h"

static const struct table_column columns[] = {
	{ "#", 0, TABLE_RIGHT },
	{ "NAME", 0, TABLE_ELASTIC },
	{ "NOTE", 2, TABLE_ELASTIC },
	{ "LAST", 1, 0 },
};

struct fixture {
	struct arena arena;
	struct table table;
	struct strbuf out;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .arena = ARENA_INIT(LIMIT_MIB), .out = STRBUF_INIT(LIMIT_MIB) };
	f.table = (struct table){ .columns = columns, .column_count = 4, .arena = &f.arena };
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	arena_release(&f->arena);
	strbuf_release(&f->out);
	return 0;
}

static void add(struct fixture *f, const char *number, const char *name, const char *note, const char *last)
{
	struct slice *cells = table_row(&f->table);
	assert_non_null(cells);
	cells[0] = slice_of(number);
	cells[1] = table_text(&f->table, slice_of(name));
	cells[2] = table_text(&f->table, slice_of(note));
	cells[3] = slice_of(last);
}

static void assert_fits(struct fixture *f, size_t width)
{
	struct slice rest = strbuf_slice(&f->out), line;
	while (slice_cut(rest, '\n', &line, &rest))
		assert_true(utf8_cells(line) <= width);
}

static void test_wide_enough_shows_everything(void **state)
{
	struct fixture *f = *state;
	size_t left_out = 9;

	add(f, "1", "web", "first", "x");
	add(f, "12", "scanner", "second one", "y");
	table_render(&f->table, 80, 1, &f->out, &left_out);
	assert_string_equal(strbuf_text(&f->out), "  #  NAME     NOTE        LAST\n"
						  "  1  web      first       x\n"
						  " 12  scanner  second one  y\n");
	assert_int_equal(left_out, 0);
}

static void test_elastic_columns_lose_their_middle(void **state)
{
	struct fixture *f = *state;

	add(f, "1", "docker.io/acme/a-very-long-name-of-an-image:1.4", "n", "x");
	table_render(&f->table, 40, 0, &f->out, NULL);
	assert_fits(f, 40);
	assert_non_null(strstr(strbuf_text(&f->out), ".."));
	assert_non_null(strstr(strbuf_text(&f->out), "dock"));
	assert_non_null(strstr(strbuf_text(&f->out), "an-image:1.4"));
}

static void test_columns_give_way_in_their_order(void **state)
{
	struct fixture *f = *state;
	size_t left_out = 0;

	add(f, "1", "some-long-name", "some-long-note", "some-long-last");
	table_render(&f->table, 30, 0, &f->out, &left_out);
	assert_fits(f, 30);
	assert_int_equal(left_out, 1);
	assert_null(strstr(strbuf_text(&f->out), "NOTE"));
	assert_non_null(strstr(strbuf_text(&f->out), "LAST"));
	strbuf_clear(&f->out);
	table_render(&f->table, 20, 0, &f->out, &left_out);
	assert_int_equal(left_out, 2);
	assert_non_null(strstr(strbuf_text(&f->out), "NAME"));
}

static void test_every_width_fits(void **state)
{
	struct fixture *f = *state;

	add(f, "1", "docker.io/acme/web:1.4",
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e wide and long \xe6\x97\xa5\xe6\x9c\xac", "2026-11-25");
	add(f, "2", "x", "combining e\xcc\x81 and more text that must go", "-");
	for (size_t width = 16; width < 120; width++) {
		strbuf_clear(&f->out);
		table_render(&f->table, width, 1, &f->out, NULL);
		assert_fits(f, width);
		assert_true(utf8_valid(strbuf_slice(&f->out)));
	}
}

static void test_cells_cannot_steer_the_terminal(void **state)
{
	struct fixture *f = *state;
	const char *text = strbuf_text(&f->out);

	add(f, "1", "evil\033[2J\r\nname",
	    "\xe2\x80\xae"
	    "gnp.exe",
	    "x");
	table_render(&f->table, 200, 0, &f->out, NULL);
	text = strbuf_text(&f->out);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\r'));
	assert_null(strstr(text, "\xe2\x80\xae"));
}

static void test_reasons_go_on_in_the_next_line(void **state)
{
	static const struct table_column wrapping[] = { { "NAME", 0, TABLE_ELASTIC }, { "WHY", 0, TABLE_WRAP } };
	struct fixture *f = *state;

	f->table = (struct table){ .columns = wrapping, .column_count = 2, .arena = &f->arena };
	struct slice *cells = table_row(&f->table);
	cells[0] = SLICE("web");
	cells[1] = SLICE("one two three four five six seven eight nine");
	table_render(&f->table, 31, 0, &f->out, NULL);
	assert_string_equal(strbuf_text(&f->out), "NAME  WHY\n"
						  "web   one two three four five\n"
						  "      six seven eight nine\n");
}

static void test_a_word_longer_than_its_column_is_cut_in_pieces(void **state)
{
	static const struct table_column wrapping[] = { { "WHY", 0, TABLE_WRAP } };
	struct fixture *f = *state;

	f->table = (struct table){ .columns = wrapping, .column_count = 1, .arena = &f->arena };
	table_row(&f->table)[0] = SLICE("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
	table_render(&f->table, 24, 0, &f->out, NULL);
	assert_string_equal(strbuf_text(&f->out), "WHY\nabcdefghijklmnopqrstuvwx\nyzabcdefghijklmnopqrstuv\nwxyz\n");
}

static void test_not_there_is_a_dash(void **state)
{
	struct fixture *f = *state;
	assert_true(slice_equal_text(table_text(&f->table, SLICE_NONE), "-"));
}

/* Of marks that take no room, and of letters: seen in an instant, though neither fits. */
static void test_long_texts_cost_little(void **state)
{
	struct fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf marks = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(16 * LIMIT_MIB);

	f->table.arena = &arena;
	for (size_t i = 0; i < 200000; i++)
		strbuf_add_text(&marks, "\xcc\x81");
	add(f, "1", strbuf_text(&marks), "n", "x");
	strbuf_clear(&marks);
	strbuf_add_repeat(&marks, 'x', 500000);
	strbuf_add_text(&marks, "\xcc\x81y");
	add(f, "2", strbuf_text(&marks), "n", "x");
	table_render(&f->table, 40, 0, &f->out, NULL);
	assert_fits(f, 40);
}

static void test_times_are_told_to_the_minute_in_utc(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t time;
		const char *minute, *date;
	} cases[] = {
		{ INT64_C(1795165200000000), "2026-11-20 09:00Z", "2026-11-20" },
		{ INT64_C(1795165259999999), "2026-11-20 09:00Z", "2026-11-20" },
		{ 0, "1970-01-01 00:00Z", "1970-01-01" },
		{ INT64_C(-62135596800000000), "0001-01-01 00:00Z", "0001-01-01" },
		{ TIME_UNSET, "-", "-" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[TIME_TEXT_BYTES];
		assert_string_equal(minute_format(cases[i].time, text), cases[i].minute);
		check_slice(table_minute(&f->table, cases[i].time), cases[i].minute);
		check_slice(table_date(&f->table, cases[i].time), cases[i].date);
	}
}

/* Rather than to shorten a name beyond recognition another column gives way. */
static void test_elastic_column_keeps_what_it_needs(void **state)
{
	struct fixture *f = *state;
	struct table_column least[] = { columns[0], { "NAME", 0, TABLE_ELASTIC, 20 }, columns[2], columns[3] };
	size_t left_out = 0;

	f->table.columns = least;
	add(f, "1", "a-name-of-twenty-five-letters", "a note that is long as well", "2026-11-20");
	table_render(&f->table, 40, 0, &f->out, &left_out);
	assert_int_equal(left_out, 1);
	assert_non_null(strstr(strbuf_text(&f->out), "a-name"));
	assert_null(strstr(strbuf_text(&f->out), "NOTE"));
	assert_fits(f, 40);
	strbuf_clear(&f->out);
	f->table.columns = columns;
	table_render(&f->table, 40, 0, &f->out, &left_out);
	assert_int_equal(left_out, 0);
}

static void test_what_is_known_in_no_row_is_left_out(void **state)
{
	struct fixture *f = *state;
	struct table_column mine[] = { columns[0], columns[1], columns[2], columns[3] };

	f->table.columns = mine;
	add(f, "1", "web", "-", "?");
	add(f, "2", "api", "?", "-");
	assert_int_equal(table_leave_out_unknown(&f->table, mine), 0);
	assert_int_equal(f->table.column_count, 2);
	table_render(&f->table, 80, 0, &f->out, NULL);
	assert_string_equal(strbuf_text(&f->out), "#  NAME\n1  web\n2  api\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wide_enough_shows_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times_are_told_to_the_minute_in_utc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_elastic_columns_lose_their_middle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_elastic_column_keeps_what_it_needs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_known_in_no_row_is_left_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_columns_give_way_in_their_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_width_fits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cells_cannot_steer_the_terminal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reasons_go_on_in_the_next_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_word_longer_than_its_column_is_cut_in_pieces, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_there_is_a_dash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_texts_cost_little, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
