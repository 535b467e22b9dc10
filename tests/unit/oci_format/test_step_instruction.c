#include "oci/format/step_internal.h"

#include "steps.h"

static void lists_of_go_become_json(void **state)
{
	check_step("CMD [\"node\" \"/app.js\"]", "CMD [\"node\", \"/app.js\"]");
	check_step("ENTRYPOINT [\"/bin/sh\" \"-c\" \"echo \\\"hi\\\"\\t\\\\\"]",
		   "ENTRYPOINT [\"/bin/sh\", \"-c\", \"echo \\\"hi\\\"\\t\\\\\"]");
	check_step("CMD [\"a\\x41\\u00e9\\U0001f600\"]", "CMD [\"aA\xc3\xa9\xf0\x9f\x98\x80\"]");
	check_step("CMD []", "CMD []");
	check_step("CMD [\"a\", \"b\"]", "CMD [\"a\", \"b\"]"); /* JSON, as who wrote it had it */
	check_step("CMD echo hi", "CMD echo hi");
	check_step("CMD [\"a\" \"b", "CMD [\"a\" \"b"); /* cut off: as it is */
}

static void shells_and_volumes_are_words(void **state)
{
	check_step("SHELL [/bin/bash -o pipefail -c]", "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]");
	check_step("SHELL [\"/bin/sh\", \"-ec\"]", "SHELL [\"/bin/sh\", \"-ec\"]");
	check_step("SHELL [powershell -Command $ErrorActionPreference = 'Stop';]",
		   "SHELL [\"powershell\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"]");
	check_step("VOLUME [/data /log]", "VOLUME [\"/data\", \"/log\"]");
	check_step("VOLUME /data", "VOLUME /data");
	check_step("SHELL []", "SHELL []");
}

static void ports_come_as_maps_or_lists(void **state)
{
	check_step("EXPOSE map[443/tcp:{} 80/tcp:{}]", "EXPOSE 443/tcp 80/tcp");
	check_step("EXPOSE [443/tcp 80/tcp]", "EXPOSE 443/tcp 80/tcp");
	check_step("EXPOSE 80", "EXPOSE 80");
}

static void variables_are_quoted_where_they_must_be(void **state)
{
	check_step("ENV A=b", "ENV A=b");
	check_step("ENV A=", "ENV A=");
	check_step("ENV A=b c D=e", "ENV A=\"b c\" D=e");
	check_step("ENV PATH=/x:/usr/bin", "ENV PATH=/x:/usr/bin");
	check_step("ENV A=$B \"c\" \\d", "ENV A=\"\\$B \\\"c\\\" \\\\d\"");
	check_step("ENV OPTS=-Xmx1g -Dfoo=bar", "ENV OPTS=\"-Xmx1g -Dfoo=bar\"");
	check_step("ENV A b c", "ENV A=\"b c\""); /* as it was long ago */
	check_step("ENV A=\"b c\"", "ENV A=\"b c\"");
}

static void values_of_secret_names_are_masked(void **state)
{
	check_step("ENV DB_PASSWORD=made-up-password USER=bob", "ENV DB_PASSWORD=[masked] USER=bob");
	check_step("ENV DB_PASSWORD made-up-password", "ENV DB_PASSWORD=[masked]");
	check_step("ENV API_KEY=made up password", "ENV API_KEY=[masked]");
	check_step("ENV DB_PASSWORD=", "ENV DB_PASSWORD=");
	check_step("ONBUILD ENV DB_PASSWORD=made-up-password", "ONBUILD ENV DB_PASSWORD=[masked]");
}

static void labels_have_dots_and_blanks(void **state)
{
	check_step("LABEL org.opencontainers.image.source=https://example.com/x",
		   "LABEL org.opencontainers.image.source=https://example.com/x");
	check_step("LABEL maintainer=Web Team <web@acme.example>", "LABEL maintainer=\"Web Team <web@acme.example>\"");
	check_step("LABEL a=1 b=2 3", "LABEL a=1 b=\"2 3\"");
	check_step("LABEL of no name", "LABEL of no name");
}

static void values_of_arg_are_always_masked(void **state)
{
	check_step("ARG VERSION=1.2", "ARG VERSION=[masked]");
	check_step("ARG VERSION", "ARG VERSION");
	check_step("ARG A B=made-up-password C=x", "ARG A B=[masked] C=[masked]");
	check_step("ARG A=made up password", "ARG A=[masked]");
	check_step("ARG A=x https://bob:pw@example.com/=1", "ARG A=[masked]");
	check_step("ONBUILD ARG A=made-up-password", "ONBUILD ARG A=[masked]");
}

static void health_checks_are_structs_of_go(void **state)
{
	check_step(
		"HEALTHCHECK &{[\"CMD-SHELL\" \"curl -f http://localhost/ || exit 1\"] \"1m0s\" \"5s\" \"10s\" '\\x03'}",
		"HEALTHCHECK --interval=1m0s --timeout=5s --start-period=10s --retries=3 CMD curl -f "
		"http://localhost/ || exit 1");
	check_step("HEALTHCHECK &{[\"CMD\" \"/health\" \"--quiet\"] \"30s\" \"3s\" \"5s\" \"2s\" '\\n'}",
		   "HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --start-interval=2s --retries=10 CMD "
		   "[\"/health\", \"--quiet\"]");
	check_step("HEALTHCHECK &{[\"CMD\" \"x\"] \"0s\" \"0s\" \"0s\" \"0s\" '!'}",
		   "HEALTHCHECK --retries=33 CMD [\"x\"]");
	check_step("HEALTHCHECK &{[\"CMD\" \"x\"] \"0s\" \"0s\" \"0s\" '\\x00'}", "HEALTHCHECK CMD [\"x\"]");
	check_step("HEALTHCHECK &{[\"NONE\"] \"0s\" \"0s\" \"0s\" '\\x00'}", "HEALTHCHECK NONE");
	check_step("HEALTHCHECK --interval=5s CMD true", "HEALTHCHECK --interval=5s CMD true");
	check_step("HEALTHCHECK &{[\"CMD\" \"x", "HEALTHCHECK &{[\"CMD\" \"x");
	check_step("HEALTHCHECK &{[] \"0s\"}", "HEALTHCHECK &{[] \"0s\"}");
}

static void files_that_stood_in_the_dockerfile_are_lost_but_for_their_names(void **state)
{
	check_step("COPY <<EOF /etc/web.conf # buildkit", "COPY <<EOF /etc/web.conf\nEOF");
	check_step("COPY <<A <<-\"B\" /etc/ # buildkit", "COPY <<A <<-\"B\" /etc/\nA\nB");
	check_step("COPY in /app # buildkit", "COPY in /app"); /* a file of that name */
}

static void instructions_are_known_by_name_and_run_is_none_of_them(void **state)
{
	assert_non_null(step_instruction(SLICE("COPY")));
	assert_null(step_instruction(SLICE("RUN")));
	assert_null(step_instruction(SLICE("copy")));
	assert_null(step_instruction(SLICE_NONE));
}

static void words_of_a_shell_are_joined(void **state)
{
	struct slice words;
	struct error *err = NULL;
	check_ok(step_shell_words(SLICE("SHELL [\"/bin/bash\", \"-c\"]"), &steps_arena, &words, &err), &err);
	check_slice(words, "/bin/bash -c");
	check_ok(step_shell_words(SLICE("SHELL"), &steps_arena, &words, &err), &err);
	assert_int_equal(words.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_go_become_json),
		cmocka_unit_test(shells_and_volumes_are_words),
		cmocka_unit_test(ports_come_as_maps_or_lists),
		cmocka_unit_test(variables_are_quoted_where_they_must_be),
		cmocka_unit_test(values_of_secret_names_are_masked),
		cmocka_unit_test(labels_have_dots_and_blanks),
		cmocka_unit_test(values_of_arg_are_always_masked),
		cmocka_unit_test(health_checks_are_structs_of_go),
		cmocka_unit_test(files_that_stood_in_the_dockerfile_are_lost_but_for_their_names),
		cmocka_unit_test(instructions_are_known_by_name_and_run_is_none_of_them),
		cmocka_unit_test(words_of_a_shell_are_joined),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&steps_arena);
	return failed;
}
