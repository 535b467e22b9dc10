#include "oci/format/step_internal.h"

#include "steps.h"
#include "support/mangle.h"
#include "support/torture.h"

static void the_classic_builder_hides_instructions_behind_a_shell(void **state)
{
	check_step("/bin/sh -c #(nop)  CMD [\"nginx\" \"-g\" \"daemon off;\"]",
		   "CMD [\"nginx\", \"-g\", \"daemon off;\"]");
	check_step("/bin/sh -c #(nop)  ENV LANG=C.UTF-8", "ENV LANG=C.UTF-8");
	check_step("/bin/sh -c #(nop) ADD file:4a5f in / ", "ADD file:4a5f /");
	check_step("/bin/sh -c #(nop) COPY multi:99d5 in /app/ ", "COPY multi:99d5 /app/");
	check_step("/bin/sh -c #(nop) COPY --chown=1000:1000 dir:99d5 in /app ",
		   "COPY --chown=1000:1000 dir:99d5 /app");
	check_step("/bin/sh -c #(nop)  MAINTAINER Web Team", "MAINTAINER Web Team");
	check_step("/bin/sh -c apt-get update", "RUN apt-get update");
	check_step("/bin/bash -o pipefail -c #(nop)  STOPSIGNAL SIGQUIT", "STOPSIGNAL SIGQUIT");
	check_step("cmd /S /C #(nop)  USER ContainerUser", "USER ContainerUser");
	check_step("powershell -Command #(nop) WORKDIR C:\\app", "WORKDIR C:\\app");
}

static void a_command_that_speaks_of_nop_is_a_run(void **state)
{
	check_step("/bin/sh -c echo ' #(nop)  CMD [\"x\"]'", "RUN echo ' #(nop)  CMD [\"x\"]'");
	check_step("RUN /bin/sh -c echo #(nop)  CMD x # buildkit", "RUN echo #(nop)  CMD x");
}

static void buildkit_names_the_instruction_and_itself(void **state)
{
	check_step("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update");
	check_step("COPY --chown=web:web . /srv # buildkit", "COPY --chown=web:web . /srv");
	check_step("ADD https://example.com/x.tar.gz / # buildkit", "ADD https://example.com/x.tar.gz /");
	check_step("WORKDIR /srv", "WORKDIR /srv");
	/* Only the last one is its mark. */
	check_step("RUN /bin/sh -c echo # buildkit # buildkit", "RUN echo # buildkit");
}

static void buildah_adds_settings_behind_the_instruction(void **state)
{
	check_step("/bin/sh -c #(nop) HEALTHCHECK NONE|unsetLabel=true|inheritLabels=false|force-mtime=10",
		   "HEALTHCHECK NONE");
	check_step("/bin/sh -c #(nop) COPY dir:3a02 in ./files |inheritLabels=false", "COPY dir:3a02 ./files");
	check_step("/bin/sh -c #(nop) ENTRYPOINT [\"/bin/sh\", \"-c\"]|inheritLabels=false",
		   "ENTRYPOINT [\"/bin/sh\", \"-c\"]");
	/* What is a pipe of the command stays. */
	check_step("/bin/sh -c #(nop) CMD env |sort=1", "CMD env |sort=1");
	check_step("/bin/sh -c make|unsetLabel=true", "RUN make");
}

static void what_is_no_instruction_stays_as_it_was_told(void **state)
{
	static const char *const texts[] = { "# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'",
					     "Layer: 'jre', Created by buildpack: acme/java@1.0",
					     "Buildpacks Launcher Config",
					     "bazel build //web:image",
					     "ko build ko://example.com/web",
					     "jib-maven-plugin:3.4.0",
					     "bash",
					     "RUNNING",
					     "RUN",
					     "CMD",
					     "cmd",
					     "/bin/sh",
					     "/bin/sh -c #(nop)  FROM scratch" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct image_step step = step_of(texts[i]);
		check_slice(step.text, texts[i]);
		assert_null(step.instruction.data);
	}
}

static void an_entry_that_tells_nothing_has_its_comment_or_nothing(void **state)
{
	struct oci_history entry = { .comment = SLICE("store paths: ['/nix/store/abc-web']") };
	check_slice(step_of_entry(&entry).text, "store paths: ['/nix/store/abc-web']");
	entry.comment = SLICE_NONE;
	assert_null(step_of_entry(&entry).text.data);
	entry.created_by = SLICE("   ");
	assert_null(step_of_entry(&entry).text.data);
}

static void kaniko_keeps_what_was_written(void **state)
{
	struct oci_history entry = { .author = SLICE("kaniko"), .created_by = SLICE("run /bin/sh -c 'make all'") };
	struct image_step step = step_of_entry(&entry);
	check_slice(step.text, "RUN /bin/sh -c 'make all'");
	assert_null(step.shell.data);
	entry.created_by = SLICE("copy . /srv");
	check_slice(step_of_entry(&entry).text, "COPY . /srv");
	entry.author = SLICE_NONE; /* of any other it may be a command */
	assert_null(step_of_entry(&entry).instruction.data);
}

static void the_shell_of_a_run_is_told_apart(void **state)
{
	check_slice(step_of("RUN /bin/bash -o pipefail -c make # buildkit").shell, "/bin/bash -o pipefail -c");
	check_slice(step_of("RUN /bin/sh -c make # buildkit").shell, "/bin/sh -c");
	check_slice(step_of("cmd /S /C dir").shell, "cmd /S /C");
	check_slice(step_of("RUN powershell -Command $x = 1; dir # buildkit").shell, "powershell -Command");
	assert_null(step_of("RUN make all # buildkit").shell.data);
	check_step("RUN make all # buildkit", "RUN make all");
}

static void values_of_build_arguments_are_never_shown(void **state)
{
	struct image_step step = step_of("RUN |2 USER=bob PW=made-up-password /bin/sh -c make # buildkit");
	check_slice(step.text, "RUN make");
	assert_int_equal(step.build_args.len, 2);
	check_slice(step.build_args.items[0], "USER=[masked]");
	check_slice(step.build_args.items[1], "PW=[masked]");
	step = step_of("|1 PW=made-up-password /bin/sh -c make"); /* the classic builder */
	check_slice(step.text, "RUN make");
	check_slice(step.build_args.items[0], "PW=[masked]");
}

static void values_with_blanks_and_without_a_value_are_passed_over(void **state)
{
	check_step("RUN |2 A=made up password B=more of it /bin/sh -c make # buildkit", "RUN make");
	check_step("RUN |2 A= B= /bin/sh -c make # buildkit", "RUN make");
	check_step("|2 A=made up /bin/sh -c make", "RUN make"); /* buildah counts words */
	check_step("RUN |2 /bin/bash -c make # buildkit", "RUN make");
	check_step("RUN |1 A=made-up-password make all # buildkit", "RUN make all");
	check_step("RUN |0 make all # buildkit", "RUN make all");
	check_step("RUN |9999999 A=made-up-password", "RUN ");
}

static void tokens_are_masked_wherever_they_stand(void **state)
{
	check_step("RUN /bin/sh -c curl -H 'Authorization: Bearer MADEUPMADEUP' x # buildkit",
		   "RUN curl -H 'Authorization: Bearer [masked]' x");
	check_step("LABEL token=dckr_pat_MADEUPMADEUPMADEUP1", "LABEL token=dckr_pat_[masked]");
	/* An escape of Go's must not hide it. */
	check_step("CMD [\"\\u0064ckr_pat_MADEUPMADEUPMADEUP1\"]", "CMD [\"dckr_pat_[masked]\"]");
}

static void no_line_of_an_instruction_comes_to_stand_alone(void **state)
{
	static const char *const commands[] = {
		"LABEL a=b\nUSER root",
		"USER web\r\nUSER root",
		"ENV A=<<EOF\nUSER root",
		"COPY <<EOF /x\nUSER root # buildkit",
		"HEALTHCHECK &{[\"CMD-SHELL\" \"true\\nUSER root\"] \"0s\" \"0s\" \"0s\" '\\x00'}",
		"ONBUILD RUN x\nUSER root",
		"EXPOSE 80\nUSER root",
		"VOLUME [/a\nUSER root]"
	};
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		assert_false(slice_contains(step_of(commands[i]).text, "\nUSER root"));
}

struct mangled {
	size_t runs;
};

static void parse_any(struct slice variant, size_t at, void *data)
{
	struct mangled *m = data;
	struct oci_history entry = { .created_by = variant, .comment = variant };
	struct image_step step;
	struct error *err = NULL;
	check_ok(image_step_parse(&entry, &steps_arena, &step, &err), &err);
	m->runs++;
	arena_clear(&steps_arena);
}

static const char *const good[] = {
	"RUN |2 A=b C=d e /bin/bash -o pipefail -c cat <<EOF > /x\nhello\nEOF\n # buildkit",
	"/bin/sh -c #(nop)  HEALTHCHECK &{[\"CMD\" \"a\\x20b\"] \"30s\" \"3s\" \"5s\" \"0s\" '\\x03'}|force-mtime=1",
	"ENV A=b PASSWORD=made-up-password C=\"d e\"",
	"SHELL [powershell -Command $ErrorActionPreference = 'Stop';]",
	"COPY <<EOF <<-'END' /x/ # buildkit",
};

static void cut_and_flipped_at_every_place(void **state)
{
	struct mangled m = { 0 };
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		mangle_none(slice_of(good[i]), parse_any, &m);
		mangle_truncate(slice_of(good[i]), parse_any, &m);
		mangle_flip(slice_of(good[i]), parse_any, &m);
	}
	assert_true(m.runs > 1000);
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_history entry = { .created_by = slice_of(data) };
	struct image_step step;
	return image_step_parse(&entry, &own, &step, err);
}

static void every_allocation_may_fail(void **state)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		torture(scenario, (void *)(uintptr_t)good[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_classic_builder_hides_instructions_behind_a_shell),
		cmocka_unit_test(a_command_that_speaks_of_nop_is_a_run),
		cmocka_unit_test(buildkit_names_the_instruction_and_itself),
		cmocka_unit_test(buildah_adds_settings_behind_the_instruction),
		cmocka_unit_test(what_is_no_instruction_stays_as_it_was_told),
		cmocka_unit_test(an_entry_that_tells_nothing_has_its_comment_or_nothing),
		cmocka_unit_test(kaniko_keeps_what_was_written),
		cmocka_unit_test(the_shell_of_a_run_is_told_apart),
		cmocka_unit_test(values_of_build_arguments_are_never_shown),
		cmocka_unit_test(values_with_blanks_and_without_a_value_are_passed_over),
		cmocka_unit_test(tokens_are_masked_wherever_they_stand),
		cmocka_unit_test(no_line_of_an_instruction_comes_to_stand_alone),
		cmocka_unit_test(cut_and_flipped_at_every_place),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&steps_arena);
	return failed;
}
