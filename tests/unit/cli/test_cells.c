#include "base/limits.h"
#include "screen.h"

/* Unknown is never zero. */
static void number_that_is_not_known_is_a_question_mark(void **state)
{
	struct cells *c = *state;
	check_slice(cell_number(&c->table, INT_UNKNOWN), "?");
	check_slice(cell_number(&c->table, 0), "0");
	check_slice(cell_number(&c->table, 1234567), "1234567");
}

static void short_cell_is_the_start_of_a_text(void **state)
{
	struct cells *c = *state;
	check_slice(cell_short(&c->table, SLICE("0123456789"), 8), "01234567");
	check_slice(cell_short(&c->table, SLICE("0123"), 8), "0123");
	check_slice(cell_short(&c->table, SLICE_NONE, 8), "-");
}

static void digest_cell_is_the_first_twelve_digits(void **state)
{
	struct cells *c = *state;
	check_slice(cell_digest(&c->table, SLICE(DIGEST_A)), "aaaaaaaaaaaa");
	check_slice(cell_digest(&c->table, SLICE("sha512:0123456789abcdef")), "0123456789ab");
	check_slice(cell_digest(&c->table, SLICE("0123456789abcdef")), "0123456789ab");
	check_slice(cell_digest(&c->table, SLICE("sha256:")), "");
	check_slice(cell_digest(&c->table, SLICE_NONE), "-");
}

static void place_cell_is_cluster_and_namespace(void **state)
{
	struct cells *c = *state;
	check_slice(cell_place(&c->table, SLICE("prod"), SLICE("shop")), "prod/shop");
	check_slice(cell_place(&c->table, SLICE("prod"), SLICE("")), "prod");
	check_slice(cell_place(&c->table, SLICE("prod"), SLICE_NONE), "prod");
	check_slice(cell_place(&c->table, SLICE_NONE, SLICE_NONE), "-");
}

/* Names come from outside: none may move the cursor. */
static void cells_of_hostile_names_hold_no_control_characters(void **state)
{
	struct cells *c = *state;
	const struct slice hostile = SLICE("a\033[2J\nb\xe2\x80\xae"
					   "c");
	const struct slice cells[] = { cell_short(&c->table, hostile, 20), cell_digest(&c->table, hostile),
				       cell_place(&c->table, hostile, hostile) };
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		assert_non_null(cells[i].data);
		for (size_t k = 0; k < cells[i].len; k++)
			assert_true((unsigned char)cells[i].data[k] >= ' ');
		assert_false(slice_contains(cells[i], "\xe2\x80\xae"));
	}
}

static void date_that_is_none_says_why(void **state)
{
	struct cells *c = *state;
	check_slice(cell_built(&c->table, HOUR(1), SLICE("dated")), "2026-11-20");
	check_slice(cell_built(&c->table, HOUR(1), SLICE_NONE), "2026-11-20");
	check_slice(cell_built(&c->table, TIME_UNSET, SLICE_NONE), "?");
	check_slice(cell_built(&c->table, TIME_UNSET, SLICE("reproducible")), "epoch");
	check_slice(cell_built(&c->table, TIME_UNSET, SLICE("undated")), "undated");
	check_slice(cell_built(&c->table, HOUR(99), SLICE("future")), "future");
}

static void list_is_joined_and_an_empty_one_is_a_dash(void **state)
{
	struct cells *c = *state;
	struct slice items[] = { SLICE("built"), SLICE("pushed") };
	check_slice(cell_list(&c->table, (struct slice_list){ items, 2 }, ", "), "built, pushed");
	check_slice(cell_list(&c->table, (struct slice_list){ items, 0 }, ", "), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(number_that_is_not_known_is_a_question_mark, cells_set_up,
						cells_tear_down),
		cmocka_unit_test_setup_teardown(short_cell_is_the_start_of_a_text, cells_set_up, cells_tear_down),
		cmocka_unit_test_setup_teardown(digest_cell_is_the_first_twelve_digits, cells_set_up, cells_tear_down),
		cmocka_unit_test_setup_teardown(place_cell_is_cluster_and_namespace, cells_set_up, cells_tear_down),
		cmocka_unit_test_setup_teardown(cells_of_hostile_names_hold_no_control_characters, cells_set_up,
						cells_tear_down),
		cmocka_unit_test_setup_teardown(date_that_is_none_says_why, cells_set_up, cells_tear_down),
		cmocka_unit_test_setup_teardown(list_is_joined_and_an_empty_one_is_a_dash, cells_set_up,
						cells_tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
