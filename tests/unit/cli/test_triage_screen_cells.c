#include "base/limits.h"
#include "screen.h"

static void heading_has_its_counts_behind_it(void **state)
{
	struct cells *c = *state;
	screen_heading(&c->s.screen, "NEXT", "%s", "");
	screen_heading(&c->s.screen, "IMAGES", "%d run", 3);
	check_screen(&c->s, "\nNEXT\n\nIMAGES   3 run\n");
	c->s.screen.colour = true;
	screen_heading(&c->s.screen, "NEXT", "%s", "");
	check_screen(&c->s, "\n\033[1mNEXT\033[0m\n");
}

static void fifteen_rows_are_shown_and_a_single_one_left_over(void **state)
{
	struct cells *c = *state;
	static const size_t cases[][2] = { { 0, 0 }, { 15, 15 }, { 16, 16 }, { 17, 15 }, { 500, 15 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(screen_shown_rows(&c->s.screen, cases[i][0]), cases[i][1]);
	screen_more_line(&c->s.screen, 16);
	check_screen(&c->s, "");
	screen_more_line(&c->s.screen, 17);
	check_screen(&c->s, "  and 2 more: -o wide shows all\n");
	c->s.screen.wide = true;
	assert_int_equal(screen_shown_rows(&c->s.screen, 500), 500);
	screen_more_line(&c->s.screen, 500);
	check_screen(&c->s, "");
}

/* A cell that could not be made is an error, not a hole. */
static void table_with_a_missing_cell_is_an_error(void **state)
{
	struct cells *c = *state;
	struct slice *cells = table_row(&c->table);
	assert_non_null(cells);
	*cells = SLICE_NONE;
	assert_int_equal(screen_table(&c->s.screen, &c->table, &c->s.err), -1);
	check_error(&c->s.err, ERROR_NO_MEMORY, "");
	*cells = SLICE("x");
	check_ok(screen_table(&c->s.screen, &c->table, &c->s.err), &c->s.err);
	check_screen(&c->s, " X\n x\n");
}

static void cells_are_not_there_when_memory_is_out(void **state)
{
	struct cells *c = *state;
	struct arena full = ARENA_INIT(0);
	c->table.arena = &full;
	assert_null(cell_number(&c->table, 7).data);
	assert_null(cell_short(&c->table, SLICE("x"), 1).data);
	assert_null(cell_digest(&c->table, SLICE(DIGEST_A)).data);
	assert_null(cell_place(&c->table, SLICE("prod"), SLICE_NONE).data);
	arena_release(&full);
}

static void list_is_joined(void **state)
{
	struct cells *c = *state;
	const struct slice items[] = { SLICE("a"), SLICE("b\n"), SLICE("c") };
	screen_add_list(c->s.screen.out, (struct slice_list){ items, 3 }, ", ");
	const char *text = screen_text(&c->s);
	assert_null(strchr(text, '\n'));
	assert_true(slice_starts_with(slice_of(text), "a, b") && slice_ends_with(slice_of(text), ", c"));
	screen_add_list(c->s.screen.out, (struct slice_list){ 0 }, ", ");
	check_screen(&c->s, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cells_set_up, cells_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(heading_has_its_counts_behind_it),
		TEST(fifteen_rows_are_shown_and_a_single_one_left_over),
		TEST(table_with_a_missing_cell_is_an_error),
		TEST(cells_are_not_there_when_memory_is_out),
		TEST(list_is_joined),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
