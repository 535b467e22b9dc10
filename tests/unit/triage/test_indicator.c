#include "support/check.h"

#include "base/limits.h"
#include "base/time.h"
#include "support/mangle.h"
#include "triage/indicator.h"

#define DIGEST "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define OTHER "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NOW (INT64_C(1795000000) * USEC_PER_SECOND)

struct fixture {
	struct arena arena;
	struct indicators list;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){ .arena = ARENA_INIT(LIMIT_MIB) };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	indicators_release(&f->list);
	arena_release(&f->arena);
	return 0;
}

static int add(struct fixture *f, const char *line)
{
	struct error *error = NULL;
	int result = indicator_add(&f->list, slice_of(line), 1, NOW, &f->arena, &error);
	assert_true((result < 0) == (error != NULL));
	error_free(error);
	return result;
}

static void test_kinds(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, DIGEST), 1);
	assert_int_equal(add(f, "acme/web:1.4"), 1);
	assert_int_equal(add(f, "file:" OTHER), 1);
	assert_int_equal(f->list.len, 3);
	assert_int_equal(f->list.items[0].kind, INDICATOR_DIGEST);
	assert_int_equal(f->list.items[1].kind, INDICATOR_TAG);
	assert_true(slice_equal_text(f->list.items[1].text, "docker.io/acme/web:1.4"));
	assert_int_equal(f->list.items[2].kind, INDICATOR_FILE);
}

static void test_blank_and_comment(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, ""), 0);
	assert_int_equal(add(f, "   \t\r"), 0);
	assert_int_equal(add(f, "# " DIGEST), 0);
	assert_int_equal(add(f, DIGEST "   # the scanner\r"), 1);
	assert_int_equal(f->list.len, 1);
}

static void test_refused(void **state)
{
	static const char *const lines[] = {
		"sha256:aaaa",
		"sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"acme/web",             /* neither tag nor digest: every version would be bad */
		"acme/WEB:1",           /* no such name */
		"acme/web:1 yesterday", /* no window */
		"acme/web:1 2026-11-21..2026-11-20",
		DIGEST " 2026-11-20..2026-11-21",
		"file:web.sh",
		"domain:evil.example",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		assert_int_equal(add(f, lines[i]), -1);
	assert_int_equal(f->list.len, 0);
}

static void test_same_twice_is_one(void **state)
{
	struct fixture *f = *state;

	add(f, DIGEST);
	add(f, "acme/web@" DIGEST);
	add(f, DIGEST);
	add(f, "docker.io/acme/web:1");
	add(f, "acme/web:1");
	assert_int_equal(f->list.len, 2);
}

static void test_digest_lookup_survives_growth(void **state)
{
	struct fixture *f = *state;
	char line[96];

	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof line, "sha256:%064d", i);
		assert_int_equal(add(f, line), 1);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(line, sizeof line, "sha256:%064d", i);
		const struct indicator *found = indicators_digest(&f->list, slice_of(line));
		assert_non_null(found);
		assert_true(slice_equal_text(found->digest, line));
	}
	assert_null(indicators_digest(&f->list, SLICE(DIGEST)));
	assert_null(indicators_digest(&f->list, SLICE_NONE));
}

static struct indicator_sight sight(const char *repository, const char *tag, int64_t from, int64_t to)
{
	return (struct indicator_sight){ SLICE("docker.io"), slice_of(repository), slice_of(tag), from, to };
}

static void test_tag_window(void **state)
{
	struct fixture *f = *state;
	int64_t start = 0, end = 0;
	struct error *error = NULL;

	assert_int_equal(time_parse_window(SLICE("2026-11-20T09:00Z..2026-11-20T10:00Z"), NOW, &start, &end, &error),
			 0);
	add(f, "acme/web:1 2026-11-20T09:00Z..2026-11-20T10:00Z");
	const struct {
		int64_t from, to;
		bool bad;
	} cases[] = {
		{ start - 2, start - 1, false }, { start - 2, start, true },     { end, end + 1, true },
		{ end + 1, end + 2, false },     { start - 5, end + 5, true },   { TIME_UNSET, start - 1, false },
		{ TIME_UNSET, end + 9, true },   { end + 1, TIME_UNSET, false }, { TIME_UNSET, TIME_UNSET, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct indicator_sight seen = sight("acme/web", "1", cases[i].from, cases[i].to);
		assert_true((indicators_tag(&f->list, &seen) != NULL) == cases[i].bad);
	}
	struct indicator_sight other_tag = sight("acme/web", "2", start, end);
	struct indicator_sight other_path = sight("acme/webs", "1", start, end);
	assert_null(indicators_tag(&f->list, &other_tag));
	assert_null(indicators_tag(&f->list, &other_path));
}

static void test_text_names_the_line(void **state)
{
	struct fixture *f = *state;
	struct error *error = NULL;

	assert_int_equal(indicator_add_text(&f->list, SLICE("# list\n" DIGEST "\n\nnot a reference at all\n"),
					    "bad.txt", NOW, &f->arena, &error),
			 -1);
	assert_non_null(strstr(error->message, "bad.txt: line 4: "));
	error_free(error);
}

static void test_text_without_final_newline(void **state)
{
	struct fixture *f = *state;
	struct error *error = NULL;

	assert_int_equal(indicator_add_text(&f->list, SLICE(DIGEST "\r\n" OTHER), "bad.txt", NOW, &f->arena, &error),
			 0);
	assert_int_equal(f->list.len, 2);
}

/* Each line is taken or refused with its number; what is taken can be found again. */
static void read_any(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(indicators_release) struct indicators list = { 0 };
	CLEANUP(error_freep) struct error *error = NULL;
	if (indicator_add_text(&list, variant, "bad.txt", NOW, &arena, &error) < 0)
		assert_non_null(strstr(error->message, "bad.txt: line "));
	for (size_t i = 0; i < list.len; i++) {
		const struct indicator *item = &list.items[i];
		assert_true(item->text.len > 0);
		if (item->kind == INDICATOR_DIGEST)
			assert_ptr_equal(indicators_digest(&list, item->digest), item);
	}
}

#define LINES                                                                                                          \
	"# bad\n" DIGEST " # seen\n\nacme/web@" OTHER "\r\nfile:" OTHER "\n"                                           \
	"reg.example:5000/acme/web:1.4 2026-11-20T09:10Z..2026-11-21\nacme/web:2 now-30d..\n"

static void test_cut_and_flipped(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(indicators_release) struct indicators list = { 0 };
	struct error *error = NULL;
	check_ok(indicator_add_text(&list, SLICE(LINES), "bad.txt", NOW, &arena, &error), &error);
	assert_int_equal(list.len, 5);
	mangle_truncate(SLICE(LINES), read_any, NULL);
	mangle_flip(SLICE(LINES), read_any, NULL);
}

static void test_bare_hex_digits_are_sha256(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, &DIGEST[strlen("sha256:")]), 1);
	assert_non_null(indicators_digest(&f->list, SLICE(DIGEST)));
}

static void test_a_byte_order_mark_is_passed_over(void **state)
{
	struct fixture *f = *state;
	struct error *error = NULL;

	assert_int_equal(
		indicator_add_text(&f->list, SLICE("\xef\xbb\xbf" DIGEST "\n"), "bad.txt", NOW, &f->arena, &error), 0);
	assert_int_equal(f->list.len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blank_and_comment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_twice_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_digest_lookup_survives_growth, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tag_window, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_text_names_the_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_text_without_final_newline, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bare_hex_digits_are_sha256, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_byte_order_mark_is_passed_over, set_up, tear_down),
		cmocka_unit_test(test_cut_and_flipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
