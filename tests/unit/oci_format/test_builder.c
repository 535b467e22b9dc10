#include "oci/format/history.h"
#include "support/check.h"

static void check_builder(const char *command, const char *comment, const char *author, enum image_builder builder)
{
	struct oci_history entry = { .created_by = slice_of(command),
				     .comment = slice_of(comment),
				     .author = slice_of(author) };
	const char *text = image_builder_text(image_builder_of(&entry)), *expected = image_builder_text(builder);
	assert_string_equal(text ? text : "-", expected ? expected : "-");
}

static void each_builder_by_its_own_words(void **state)
{
	check_builder("RUN /bin/sh -c make # buildkit", NULL, NULL, BUILDER_BUILDKIT);
	check_builder("ENV A=b", "buildkit.dockerfile.v0", NULL, BUILDER_BUILDKIT);
	check_builder("/bin/sh -c #(nop)  CMD [\"sh\"]", NULL, NULL, BUILDER_DOCKER);
	check_builder("/bin/sh -c make", NULL, NULL, BUILDER_DOCKER);
	check_builder("|1 A=b /bin/sh -c make", NULL, NULL, BUILDER_DOCKER);
	check_builder("cmd /S /C #(nop)  CMD [\"cmd\"]", NULL, NULL, BUILDER_DOCKER);
	check_builder("/bin/sh -c #(nop) CMD [\"sh\"]", NULL, NULL, BUILDER_BUILDAH);
	check_builder("/bin/sh -c make", "FROM docker.io/library/debian:12", NULL, BUILDER_BUILDAH);
	check_builder("/bin/sh -c #(nop) COPY dir:1 in / |inheritLabels=false", NULL, NULL, BUILDER_BUILDAH);
	check_builder("/bin/sh -c #(nop) COPY dir:1 in /app ", NULL, NULL, BUILDER_DOCKER); /* both write it so */
	check_builder("COPY . .", NULL, "kaniko", BUILDER_KANIKO);
	check_builder("jib-maven-plugin:3.4.0", "classes", "Jib", BUILDER_JIB);
	check_builder("ko build ko://example.com/web", NULL, "ko", BUILDER_KO);
	check_builder("bazel build //web:image", NULL, "Bazel", BUILDER_BAZEL);
	check_builder(NULL, "store paths: ['/nix/store/abc-web']", NULL, BUILDER_NIX);
	check_builder("Layer: 'jre', Created by buildpack: acme/java@1.0", NULL, NULL, BUILDER_BUILDPACKS);
	check_builder("Buildpacks Launcher Config", NULL, NULL, BUILDER_BUILDPACKS);
	check_builder("# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'", "debuerreotype 0.17", NULL,
		      BUILDER_DEBUERREOTYPE);
	check_builder("/bin/sh -c #(nop) ADD file:4a5f in / ", NULL, NULL, BUILDER_DEBUERREOTYPE);
}

static void what_tells_nothing_is_nobody_s(void **state)
{
	check_builder(NULL, NULL, NULL, BUILDER_UNKNOWN);
	check_builder("bash", NULL, NULL, BUILDER_UNKNOWN);
	check_builder("COPY . .", NULL, NULL, BUILDER_UNKNOWN);
	check_builder("echo # buildkit was here", NULL, NULL, BUILDER_UNKNOWN);
	assert_null(image_builder_text(BUILDER_UNKNOWN));
	assert_null(image_builder_text((enum image_builder)99));
}

static void the_last_that_tells_built_the_image(void **state)
{
	struct oci_history entries[] = { { .created_by = SLICE("/bin/sh -c #(nop) ADD file:1 in / ") },
					 { .created_by = SLICE("RUN /bin/sh -c make # buildkit") },
					 { .created_by = SLICE("bash") } };
	assert_int_equal(image_builder_of_all(entries, 3), BUILDER_BUILDKIT);
	assert_int_equal(image_builder_of_all(entries, 1), BUILDER_DEBUERREOTYPE);
	assert_int_equal(image_builder_of_all(entries + 2, 1), BUILDER_UNKNOWN);
	assert_int_equal(image_builder_of_all(NULL, 0), BUILDER_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_builder_by_its_own_words),
		cmocka_unit_test(what_tells_nothing_is_nobody_s),
		cmocka_unit_test(the_last_that_tells_built_the_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
