#include "oci/format/step_internal.h"

#include "base/limits.h"
#include "support/check.h"

static void check_command(const char *command, bool windows, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	step_add_command(&out, slice_of(command), windows);
	assert_string_equal(strbuf_text(&out), expected);
}

static void one_line_stays_one_line(void **state)
{
	check_command("make all", false, "make all");
	check_command("cat <<EOF", false, "cat <<EOF\nEOF"); /* or it would take what follows for its own */
	check_command("", false, "");
}

static void lines_are_a_script(void **state)
{
	check_command("set -e\nmake", false, "<<EOF\nset -e\nmake\nEOF");
	check_command("set -e\nmake", true, "<<EOF\nset -e\nmake\nEOF");
}

static void a_script_may_hold_the_end_of_scripts(void **state)
{
	check_command("cat x\nEOF\nUSER root", false, "<<EOF_\ncat x\nEOF\nUSER root\nEOF_");
	check_command("x\nEOF__\n EOF \ny", false, "<<EOF___\nx\nEOF__\n EOF \ny\nEOF___");
}

static void heredocs_of_a_command_stay_its_own(void **state)
{
	check_command("cat <<EOF > /x\nhello\nEOF", false, "cat <<EOF > /x\nhello\nEOF");
	check_command("python3 <<'PY'\nprint(1)\nPY\n", false, "python3 <<'PY'\nprint(1)\nPY\n");
	check_command("cat <<A 3<<B\n1\nA\n2\nB", false, "cat <<A 3<<B\n1\nA\n2\nB");
	check_command("cat <<-E\n\tx\n\tE", false, "cat <<-E\n\tx\n\tE");
}

/* buildah leaves it out. */
static void a_heredoc_without_its_end_gets_one(void **state)
{
	check_command("<<EOF\nmake\nmake install", false, "<<EOF\nmake\nmake install\nEOF");
	check_command("cat <<A <<B\n1\nA\n2", false, "cat <<A <<B\n1\nA\n2\nB");
	check_command("cat <<A <<B\n1", false, "cat <<A <<B\n1\nA\nB");
	check_command("cat <<A <<B", false, "cat <<A <<B\nA\nB");
}

static void what_follows_a_heredoc_is_no_instruction(void **state)
{
	check_command("cat <<E\nx\nE\nUSER root", false, "<<EOF\ncat <<E\nx\nE\nUSER root\nEOF");
	check_command("echo '<<E\nUSER root\nE'", false, "<<EOF\necho '<<E\nUSER root\nE'\nEOF");
	check_command("echo \"a <<E b\"\nUSER root\nE", false, "<<EOF\necho \"a <<E b\"\nUSER root\nE\nEOF");
	check_command("cat <<<E\nUSER root\nE", false, "<<EOF\ncat <<<E\nUSER root\nE\nEOF");
	check_command("cat <<E\nx\n E\nUSER root", false, "cat <<E\nx\n E\nUSER root\nE"); /* " E" ends nothing */
}

static void lines_that_go_on_are_one(void **state)
{
	check_command("make \\\n  all", false, "make \\\n  all");
	check_command("make \\\n  all \\", false, "<<EOF\nmake \\\n  all \\\nEOF"); /* the next instruction would follow
										     */
	check_command("cat <<E \\\n x", false, "<<EOF\ncat <<E \\\n x\nEOF");
	check_command("dir \\\nUSER root", true, "<<EOF\ndir \\\nUSER root\nEOF");
}

static void check_laid_out(const char *command, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	step_add_laid_out(&out, slice_of(command));
	assert_string_equal(strbuf_text(&out), expected);
}

static void a_command_is_broken_where_it_was(void **state)
{
	check_laid_out("a && b", "a \\\n    && b");
	check_laid_out("set -eux; \tapt-get update;   apt-get install",
		       "set -eux; \\\n    apt-get update; \\\n    apt-get install");
	check_laid_out("a   b", "a \\\n    b");
}

static void quotes_are_left_alone(void **state)
{
	check_laid_out("echo 'a && b   c'", "echo 'a && b   c'");
	check_laid_out("echo \"a && b\\\" && c\" && d", "echo \"a && b\\\" && c\" \\\n    && d");
	check_laid_out("a\\  b", "a\\  b");
	check_laid_out("echo \\' && b", "echo \\' \\\n    && b");
}

static void what_cannot_be_told_apart_is_one_line(void **state)
{
	check_laid_out("echo 'a && b", "echo 'a && b");
	check_laid_out("a && b \\", "a && b \\");
}

/* A line that begins with # would be a comment of the Dockerfile, and not of the shell. */
static void no_line_begins_with_a_hash(void **state)
{
	check_laid_out("a   # b && c", "a   # b \\\n    && c");
	check_laid_out("a && # b", "a \\\n    && # b");
}

static void the_end_has_no_line_of_its_own(void **state)
{
	check_laid_out("a  ", "a  ");
	check_laid_out("a &&", "a &&");
	check_laid_out("", "");
}

static void heredoc_words(void **state)
{
	struct step_heredoc heredoc;
	assert_true(step_heredoc_word(SLICE("<<EOF"), &heredoc));
	check_slice(heredoc.delimiter, "EOF");
	assert_false(heredoc.tabs);
	assert_true(step_heredoc_word(SLICE("3<<-\"E_1\""), &heredoc));
	check_slice(heredoc.delimiter, "E_1");
	assert_true(heredoc.tabs);
	static const char *const none[] = { "", "<", "<<", "<<-", "<<<EOF", "<<E-F", "<<'EOF", "a<<EOF", "<<\"\"" };
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(step_heredoc_word(slice_of(none[i]), &heredoc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_stays_one_line),
		cmocka_unit_test(lines_are_a_script),
		cmocka_unit_test(a_script_may_hold_the_end_of_scripts),
		cmocka_unit_test(heredocs_of_a_command_stay_its_own),
		cmocka_unit_test(a_heredoc_without_its_end_gets_one),
		cmocka_unit_test(what_follows_a_heredoc_is_no_instruction),
		cmocka_unit_test(lines_that_go_on_are_one),
		cmocka_unit_test(a_command_is_broken_where_it_was),
		cmocka_unit_test(quotes_are_left_alone),
		cmocka_unit_test(what_cannot_be_told_apart_is_one_line),
		cmocka_unit_test(no_line_begins_with_a_hash),
		cmocka_unit_test(the_end_has_no_line_of_its_own),
		cmocka_unit_test(heredoc_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
