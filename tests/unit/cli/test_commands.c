#include "support/check.h"

#include "cli/command_list.h"
#include "cli/options.h"

#define COUNT_ONE(name) +1

static void every_row_of_the_list_is_in_the_table_in_its_order(void **state)
{
	(void)state;
#define IN_ORDER(name) assert_ptr_equal(commands[at++], &command_##name);
	size_t at = 0;
	COMMANDS(IN_ORDER)
	assert_int_equal(at, command_count);
	assert_int_equal(command_count, 0 COMMANDS(COUNT_ONE));
}

static bool is_lower_case_word(struct slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!(word.data[i] >= 'a' && word.data[i] <= 'z') && word.data[i] != '-')
			return false;
	return word.len > 0;
}

static void names_are_one_or_two_words_and_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		struct slice first, second;
		bool two = slice_cut(slice_of(commands[i]->name), ' ', &first, &second);
		assert_true(is_lower_case_word(first) && (!two || is_lower_case_word(second)));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(commands[i]->name, commands[k]->name);
	}
}

/* "incident" takes a second word, so it cannot be a command itself. */
static void no_command_is_the_first_word_of_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++)
		for (size_t k = 0; k < command_count; k++) {
			struct slice first, second;
			if (slice_cut(slice_of(commands[k]->name), ' ', &first, &second))
				assert_false(slice_equal_text(first, commands[i]->name));
		}
}

static void every_command_has_all_its_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = commands[i];
		assert_non_null(command->run);
		assert_non_null(command->operands);
		assert_true(slice_ends_with(slice_of(command->summary), "."));
		assert_true(slice_ends_with(slice_of(command->text), "."));
		assert_null(strchr(command->summary, '\n'));
		/* Beside its name in 80 columns. */
		assert_true(strlen(command->summary) > 10 && strlen(command->summary) < 80);
		assert_true(strlen(command->text) >= strlen(command->summary) / 2);
	}
}

static void every_command_takes_what_all_take_and_only_what_there_is(void **state)
{
	(void)state;
	unsigned long long used = 0;
	for (size_t i = 0; i < command_count; i++) {
		assert_int_equal(commands[i]->options & OPTIONS_ALWAYS, OPTIONS_ALWAYS);
		assert_int_equal(commands[i]->options >> OPTION_ID_COUNT, 0);
		used |= commands[i]->options;
	}
	assert_int_equal(used, (1ULL << OPTION_ID_COUNT) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_list_is_in_the_table_in_its_order),
		cmocka_unit_test(names_are_one_or_two_words_and_unique),
		cmocka_unit_test(no_command_is_the_first_word_of_another),
		cmocka_unit_test(every_command_has_all_its_texts),
		cmocka_unit_test(every_command_takes_what_all_take_and_only_what_there_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
