#include "base/limits.h"
#include "cli/image_screen.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
static struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
/* 2026-11-20T00:00:00Z */
#define DAY (INT64_C(1795132800) * USEC_PER_SECOND)

static struct layer_row rows[4];

static void make(void)
{
	for (size_t i = 0; i < 4; i++)
		record_init(&layer_row_type, &rows[i]);
	rows[0].number = 1;
	rows[0].size_bytes = 28200000;
	rows[0].created = DAY;
	rows[0].instruction = SLICE("# debian.sh");
	rows[1].instruction = SLICE("ENV  A=b\n\tC=d");
	rows[2].number = 2;
	rows[2].dating = SLICE("reproducible");
	rows[2].instruction = SLICE("COPY \x1b[2J /");
	rows[3].number = 3;
	rows[3].dating = SLICE("invalid");
}

static const char *shown(size_t count, size_t width)
{
	const struct image_screen screen = { &out, &arena, width };
	struct error *err = NULL;
	strbuf_clear(&out);
	check_ok(image_screen_layers(&screen, (struct record_list){ rows, count }, &err), &err);
	return strbuf_text(&out);
}

static void steps_without_a_layer_have_no_number(void **state)
{
	make();
	assert_string_equal(shown(4, 80), "  #       SIZE  CLAIMED     INSTRUCTION\n"
					  "  1    28.2 MB  2026-11-20  # debian.sh\n"
					  "  -          -  -           ENV A=b C=d\n"
					  "  2          -  epoch       COPY \\u001b[2J /\n"
					  "  3          -  no date     (no history tells of it)\n");
}

static void steps_stand_below_the_base_that_brought_them(void **state)
{
	make();
	rows[0].from = rows[1].from = SLICE("docker.io/library/debian:12");
	rows[2].from = SLICE("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_string_equal(shown(4, 80), "  #       SIZE  CLAIMED     INSTRUCTION\n"
					  "from docker.io/library/debian:12:\n"
					  "  1    28.2 MB  2026-11-20  # debian.sh\n"
					  "  -          -  -           ENV A=b C=d\n"
					  "from sha256:aaaaaaaaaaaa:\n"
					  "  2          -  epoch       COPY \\u001b[2J /\n"
					  "its own:\n"
					  "  3          -  no date     (no history tells of it)\n");
}

static void a_long_instruction_loses_its_end(void **state)
{
	make();
	rows[0].instruction = SLICE("RUN curl http://198.51.100.7/x | sh && make install");
	assert_string_equal(shown(1, 50), "  #       SIZE  CLAIMED     INSTRUCTION\n"
					  "  1    28.2 MB  2026-11-20  RUN curl http://198...\n");
	rows[0].instruction = SLICE("RUN 123456789012345678"); /* just fits */
	assert_non_null(strstr(shown(1, 50), "RUN 123456789012345678\n"));
}

static void a_heading_names_the_image(void **state)
{
	const struct image_screen screen = { &out, &arena, 80 };
	strbuf_clear(&out);
	image_screen_heading(&screen, SLICE("web:1"), SLICE("linux/amd64"), SLICE("sha256:aaaaaaaaaaaaaaaa"));
	image_screen_heading(&screen, SLICE("sha256:aa"), SLICE_NONE, SLICE("sha256:aa"));
	assert_string_equal(strbuf_text(&out), "web:1  linux/amd64  sha256:aaaaaaaaaaaa\nsha256:aa\n");
}

static int release(void **state)
{
	strbuf_release(&out);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_without_a_layer_have_no_number),
		cmocka_unit_test(steps_stand_below_the_base_that_brought_them),
		cmocka_unit_test(a_long_instruction_loses_its_end),
		cmocka_unit_test(a_heading_names_the_image),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
