#include "base/limits.h"
#include "oci/format/history.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define ID_1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define ID_2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define ID_3 "sha256:3333333333333333333333333333333333333333333333333333333333333333"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

static int write_json(struct slice json, const struct dockerfile_base *base, struct arena *memory, struct strbuf *out,
		      struct error **err)
{
	struct oci_config config;
	struct image_history history;
	int got = oci_config_parse(json, memory, &config, err);
	if (got <= 0)
		return got;
	if (image_history_build(NULL, &config, memory, &history, err) < 0)
		return -1;
	return dockerfile_write(&history, &config, base, out, err);
}

static void check_file(const char *json, const struct dockerfile_base *base, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct error *err = NULL;
	check_ok(write_json(slice_of(json), base, &arena, &out, &err), &err);
	assert_string_equal(strbuf_text(&out), expected);
	arena_clear(&arena);
}

#define HEAD                                                                                                           \
	"# Made from the history of the image, which is its builder's claim.\n"                                        \
	"# Not told: sources of COPY and ADD, other stages, values of ARG, mounts, comments.\n"
#define SCRATCH                                                                                                        \
	"# The base is not known: its own steps are the first ones here.\n"                                            \
	"FROM scratch\n"

/* As BuildKit writes it on a base of debuerreotype. */
static const char buildkit[] =
	"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"User\":\"web\",\"WorkingDir\":\"/srv\","
	"\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"GREETING=hello world\"],"
	"\"Entrypoint\":[\"/srv/run\",\"--all\"],\"Cmd\":[\"serve\"],\"Labels\":{\"maintainer\":\"Web Team\"}},"
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" ID_1 "\",\"" ID_2 "\",\"" ID_3 "\"]},"
	"\"history\":["
	"{\"created_by\":\"# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'\",\"comment\":\"debuerreotype 0.17\"},"
	"{\"created_by\":\"LABEL maintainer=Web Team\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"ENV GREETING=hello world\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"ARG NPM_TOKEN=made-up-password\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"RUN |1 NPM_TOKEN=made-up-password /bin/sh -c apt-get update     && apt-get install -y web # "
	"buildkit\",\"comment\":\"buildkit.dockerfile.v0\"},"
	"{\"created_by\":\"WORKDIR /srv\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"COPY --chown=web:web . /srv # buildkit\",\"comment\":\"buildkit.dockerfile.v0\"},"
	"{\"created_by\":\"USER web\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"EXPOSE map[443/tcp:{} 80/tcp:{}]\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true},"
	"{\"created_by\":\"ENTRYPOINT [\\\"/srv/run\\\" \\\"--all\\\"]\",\"comment\":\"buildkit.dockerfile.v0\","
	"\"empty_layer\":true},"
	"{\"created_by\":\"CMD [\\\"serve\\\"]\",\"comment\":\"buildkit.dockerfile.v0\",\"empty_layer\":true}]}";

#define BUILDKIT_STEPS                                                                                                 \
	"LABEL maintainer=\"Web Team\"\n"                                                                              \
	"ENV GREETING=\"hello world\"\n"                                                                               \
	"ARG NPM_TOKEN=[masked]\n"                                                                                     \
	"RUN apt-get update \\\n    && apt-get install -y web\n"                                                       \
	"WORKDIR /srv\n"                                                                                               \
	"COPY --chown=web:web . /srv\n"                                                                                \
	"USER web\n"                                                                                                   \
	"EXPOSE 443/tcp 80/tcp\n"                                                                                      \
	"ENTRYPOINT [\"/srv/run\", \"--all\"]\n"                                                                       \
	"CMD [\"serve\"]\n"

static void buildkit_on_a_base_that_is_not_known(void **state)
{
	check_file(buildkit, NULL,
		   HEAD SCRATCH "# # debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'\n" BUILDKIT_STEPS);
}

static void steps_of_a_base_with_a_name_are_its_from(void **state)
{
	struct dockerfile_base base = { SLICE("docker.io/library/debian:trixie"), SLICE("layers"), 1 };
	check_file(buildkit, &base, HEAD "# Base by: layers\nFROM docker.io/library/debian:trixie\n" BUILDKIT_STEPS);
}

static void steps_of_a_base_without_a_name_are_comments(void **state)
{
	struct dockerfile_base base = { SLICE_NONE, SLICE("layers"), 1 };
	check_file(buildkit, &base,
		   HEAD "# The base is not known by name. What it was made by is told in comments.\n"
			"FROM base-not-known\n"
			"# # debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'\n" BUILDKIT_STEPS);
}

#define CONFIG(os, settings, history)                                                                                  \
	"{\"os\":\"" os "\",\"architecture\":\"amd64\",\"config\":{" settings                                          \
	"},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" ID_1 "\"]},\"history\":[" history "]}"
#define STEP(command) "{\"created_by\":\"" command "\"}"
#define EMPTY(command) ",{\"created_by\":\"" command "\",\"empty_layer\":true}"

static void a_shell_that_no_step_tells_of_is_written_out(void **state)
{
	check_file(CONFIG("linux", "", STEP("RUN /bin/bash -c make # buildkit") EMPTY("CMD x")), NULL,
		   HEAD SCRATCH "# The shell of the next step: no SHELL instruction tells of it.\n"
				"SHELL [\"/bin/bash\", \"-c\"]\nRUN make\nCMD x\n"
				"# The config lacks what the history tells of: CMD x\n");
	check_file(CONFIG("linux", "", STEP("RUN /bin/bash -o pipefail -c make # buildkit")), NULL,
		   HEAD SCRATCH "# The shell of the next step: no SHELL instruction tells of it.\n"
				"SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN make\n");
}

static void scripts_ask_for_a_parser_that_knows_them(void **state)
{
	check_file(CONFIG("linux", "", STEP("RUN /bin/sh -c set -e\\nmake\\n # buildkit")), NULL,
		   "# syntax=docker/dockerfile:1\n" HEAD SCRATCH "RUN <<EOF\nset -e\nmake\nEOF\n");
}

static void windows_has_another_escape(void **state)
{
	check_file(CONFIG("windows", "", STEP("cmd /S /C dir  C:\\\\") EMPTY("WORKDIR C:\\\\app\\\\")), NULL,
		   "# escape=`\n" HEAD SCRATCH "RUN dir  C:\\\nWORKDIR C:\\app\\\n"
		   "# The config lacks what the history tells of: WORKDIR C:\\app\\\n");
}

static void what_would_swallow_the_next_line_is_a_comment(void **state)
{
	check_file(CONFIG("linux", "", STEP("RUN /bin/sh -c echo \\\\ # buildkit")), NULL,
		   HEAD SCRATCH "# RUN echo \\\n");
}

static void what_a_terminal_would_act_on_is_escaped(void **state)
{
	check_file(CONFIG("linux", "", STEP("RUN /bin/sh -c printf '\\u001b[2J\\u202e\\ta' # buildkit")), NULL,
		   HEAD SCRATCH "RUN printf '\\u001b[2J\\u202e\ta'\n");
}

static void layers_that_no_history_tells_of(void **state)
{
	check_file(CONFIG("linux", "", ""), NULL,
		   HEAD "# The history does not fit the layers: which step made which is not known.\n" SCRATCH
			"# Layer 1: no history tells of it.\n");
	check_file("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}", NULL,
		   HEAD "# The image has no history and no layers.\nFROM scratch\n");
}

static void a_step_of_no_known_form_is_a_comment_in_every_line(void **state)
{
	check_file(CONFIG("linux", "", STEP("bazel build\\nUSER root")), NULL,
		   HEAD SCRATCH "# bazel build\n# USER root\n");
	check_file(CONFIG("linux", "", "{}"), NULL, HEAD SCRATCH "# A step of which nothing is told.\n");
}

static void a_name_of_a_base_cannot_bring_an_instruction(void **state)
{
	struct dockerfile_base base = { SLICE("debian\nUSER root"), SLICE("a\nb"), 1 };
	check_file(CONFIG("linux", "", STEP("bash")), &base,
		   HEAD "# Base by: a\\u000ab\nFROM debian\\u000aUSER root\n");
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	return write_json(slice_of(buildkit), NULL, &own, &out, err) < 0 ? -1 : 0;
}

static void every_allocation_may_fail(void **state)
{
	torture(scenario, NULL);
}

static void write_any(struct slice variant, size_t at, void *data)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct error *err = NULL;
	check_ok(write_json(variant, NULL, &arena, &out, &err), &err);
	arena_clear(&arena);
}

static void a_config_cut_or_flipped_anywhere_is_written_as_far_as_it_goes(void **state)
{
	mangle_truncate(slice_of(buildkit), write_any, NULL);
	mangle_flip(slice_of(buildkit), write_any, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buildkit_on_a_base_that_is_not_known),
		cmocka_unit_test(steps_of_a_base_with_a_name_are_its_from),
		cmocka_unit_test(steps_of_a_base_without_a_name_are_comments),
		cmocka_unit_test(a_shell_that_no_step_tells_of_is_written_out),
		cmocka_unit_test(scripts_ask_for_a_parser_that_knows_them),
		cmocka_unit_test(windows_has_another_escape),
		cmocka_unit_test(what_would_swallow_the_next_line_is_a_comment),
		cmocka_unit_test(what_a_terminal_would_act_on_is_escaped),
		cmocka_unit_test(layers_that_no_history_tells_of),
		cmocka_unit_test(a_step_of_no_known_form_is_a_comment_in_every_line),
		cmocka_unit_test(a_name_of_a_base_cannot_bring_an_instruction),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(a_config_cut_or_flipped_anywhere_is_written_as_far_as_it_goes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
