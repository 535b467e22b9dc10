#include "oci/format/dockerfile_config.h"

#include "base/limits.h"
#include "support/check.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
#define MOST 4
#define HEAD "# The config has this, and the history does not tell of it:\n"

static struct slice list[] = { SLICE("/bin/sh"), SLICE("-c"), SLICE("run it") };

/* History: the steps that are given. */
static void check_untold(const struct oci_config *config, const char *const *steps, size_t count, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct oci_history entries[MOST];
	struct image_step parsed[MOST];
	struct error *err = NULL;
	for (size_t i = 0; i < count; i++) {
		entries[i] = (struct oci_history){ .created_by = slice_of(steps[i]) };
		check_ok(image_step_parse(&entries[i], &arena, &parsed[i], &err), &err);
	}
	struct image_history history = { .steps = parsed, .count = count };
	check_ok(dockerfile_add_untold(&history, config, false, &arena, &out, &err), &err);
	assert_string_equal(strbuf_text(&out), expected);
}
#define CHECK(config, expected, ...)                                                                                   \
	do {                                                                                                           \
		const char *const steps_[] = { __VA_ARGS__ };                                                          \
		check_untold(config, steps_, sizeof steps_ / sizeof steps_[0], expected);                              \
	} while (0)

static void where_they_agree_nothing_is_said(void **state)
{
	struct oci_config config = { .user = SLICE("web"), .working_dir = SLICE("/srv"), .entrypoint = { list, 3 } };
	CHECK(&config, "", "USER web", "WORKDIR /srv", "ENTRYPOINT [\"/bin/sh\" \"-c\" \"run it\"]");
	CHECK(&config, "", "USER web", "WORKDIR srv", "ENTRYPOINT run it");     /* as they were typed */
	CHECK(&config, "", "USER $USER", "WORKDIR /srv", "ENTRYPOINT run $it"); /* what it stood for is not told */
}

static void what_no_step_tells_of_is_written(void **state)
{
	struct oci_config config = {
		.user = SLICE("root"), .working_dir = SLICE("/tmp"), .entrypoint = { list, 1 }, .command = { list, 3 }
	};
	CHECK(&config,
	      HEAD "USER root\nWORKDIR /tmp\nENTRYPOINT [\"/bin/sh\"]\nCMD [\"/bin/sh\", \"-c\", \"run it\"]\n",
	      "USER web", "CMD x");
}

static void what_the_config_lacks_is_a_comment(void **state)
{
	struct oci_config config = { 0 };
	CHECK(&config, "# The config lacks what the history tells of: USER web\n", "USER web");
	CHECK(&config, "# The config lacks what the history tells of: CMD [\"x\"]\n", "CMD [\"x\"]");
	CHECK(&config, "", "ENTRYPOINT []");
}

/* An entrypoint of one's own takes the base's command away. */
static void a_command_before_an_entrypoint_need_not_be_there(void **state)
{
	struct oci_config config = { .entrypoint = { list, 1 } };
	CHECK(&config, "", "CMD [\"bash\"]", "ENTRYPOINT [\"/bin/sh\"]");
	CHECK(&config, "# The config lacks what the history tells of: CMD [\"bash\"]\n", "ENTRYPOINT [\"/bin/sh\"]",
	      "CMD [\"bash\"]");
}

static void variables_by_name_and_value(void **state)
{
	struct slice variables[] = { SLICE("A=b c"), SLICE("LD_PRELOAD=/usr/lib/.x"),
				     SLICE("DB_PASSWORD=made-up-password"),
				     SLICE("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") };
	struct oci_config config = { .environment = { variables, 4 } };
	CHECK(&config, HEAD "ENV LD_PRELOAD=/usr/lib/.x\nENV DB_PASSWORD=[masked]\n", "/bin/sh -c #(nop)  ENV A=b c");
	CHECK(&config, HEAD "ENV A=\"b c\"\nENV LD_PRELOAD=/usr/lib/.x\n", "/bin/sh -c #(nop)  ENV A=b",
	      "/bin/sh -c #(nop)  ENV DB_PASSWORD=another");
	/* Who writes it as it was typed may have meant the same. */
	CHECK(&config, HEAD "ENV LD_PRELOAD=/usr/lib/.x\nENV DB_PASSWORD=[masked]\n", "/bin/sh -c #(nop) ENV A=$B");
	variables[3] = SLICE("PATH=/usr/lib/.x:/bin");
	config.environment = (struct slice_list){ variables + 3, 1 };
	CHECK(&config, HEAD "ENV PATH=/usr/lib/.x:/bin\n", "USER $x");
}

static void labels_by_name(void **state)
{
	struct oci_annotation labels[] = { { SLICE("a"), SLICE("1") },
					   { SLICE("b"), SLICE("dckr_pat_MADEUPMADEUPMADEUP1") },
					   { SLICE("c.d"), SLICE("x y") } };
	struct oci_config config = { .labels = labels, .label_count = 3 };
	CHECK(&config, HEAD "LABEL b=dckr_pat_[masked]\nLABEL c.d=\"x y\"\n", "LABEL a=2");
	CHECK(&config, HEAD "LABEL b=dckr_pat_[masked]\n", "LABEL a=1", "LABEL c.d=x y");
}

static void no_line_of_the_config_comes_to_stand_alone(void **state)
{
	struct slice variables[] = { SLICE("A=b\nUSER root") };
	struct oci_config config = { .user = SLICE("web\nUSER root"), .environment = { variables, 1 } };
	CHECK(&config, HEAD "ENV A=\"b\\u000aUSER root\"\nUSER web\\u000aUSER root\n", "EXPOSE 80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_they_agree_nothing_is_said),
		cmocka_unit_test(what_no_step_tells_of_is_written),
		cmocka_unit_test(what_the_config_lacks_is_a_comment),
		cmocka_unit_test(a_command_before_an_entrypoint_need_not_be_there),
		cmocka_unit_test(variables_by_name_and_value),
		cmocka_unit_test(labels_by_name),
		cmocka_unit_test(no_line_of_the_config_comes_to_stand_alone),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
