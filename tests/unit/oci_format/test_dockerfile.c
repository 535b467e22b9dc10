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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buildkit_on_a_base_that_is_not_known),
		cmocka_unit_test(steps_of_a_base_with_a_name_are_its_from),
		cmocka_unit_test(steps_of_a_base_without_a_name_are_comments),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
