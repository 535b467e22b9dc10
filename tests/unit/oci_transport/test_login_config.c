#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "oci/transport/logins_internal.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/scratch.h"
#include "support/torture.h"

/* Made up: base64 of acme:EXAMPLE-password. */
#define AUTH "YWNtZTpFWEFNUExFLXBhc3N3b3Jk"
#define CONFIG_OF(key) "{\"auths\": {\"" key "\": {\"auth\": \"" AUTH "\"}}}"

static const char *const variables[] = {
	"HOME", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"
};

struct reading {
	struct arena arena;
	struct login_configs configs;
};

static void release(struct reading *reading)
{
	login_configs_release(&reading->configs);
	arena_release(&reading->arena);
}

/* A folder that is HOME, and no other variable that matters. */
static struct scratch fresh_home(void)
{
	struct scratch home = scratch_make();
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		unsetenv(variables[i]);
	setenv("HOME", home.path, 1);
	return home;
}

static int read_configs(struct reading *reading, const char *path, struct error **err)
{
	const struct docker_config_options options = { .path = slice_of(path) };
	*reading = (struct reading){ .arena = ARENA_INIT(LIMIT_LOGINS_BYTES) };
	return login_configs_read(&reading->configs, &options, &reading->arena, err);
}

/* What was read, in order: "ORIGIN KEY, ...". */
static void check_read(const char *path, const char *expected)
{
	CLEANUP(release) struct reading reading;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	check_ok(read_configs(&reading, path, &err), &err);
	for (size_t i = 0; i < reading.configs.len; i++) {
		const struct login_config *config = &reading.configs.items[i];
		strbuf_addf(&text, "%s%.*s", i ? ", " : "", SLICE_ARG(config->origin));
		for (size_t n = 0; n < config->config.entry_count; n++)
			strbuf_addf(&text, " %.*s", SLICE_ARG(config->config.entries[n].key));
	}
	assert_string_equal(strbuf_text(&text), expected);
	assert_null(reading.configs.unreadable.data);
}

static void check_fails(const char *path, enum error_code code, const char *part)
{
	CLEANUP(release) struct reading reading;
	struct error *err = NULL;
	assert_int_equal(read_configs(&reading, path, &err), -1);
	assert_null(strstr(err->message, "EXAMPLE"));
	assert_null(strstr(err->message, AUTH));
	check_error(&err, code, part);
}

static void without_any_file_there_is_none(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/other.json", SLICE(CONFIG_OF("a")));
	check_read(NULL, "");
	unsetenv("HOME");
	check_read(NULL, "");
	setenv("HOME", "/dev/null", 1); /* below a file */
	check_read(NULL, "");
}

static void files_are_read_where_docker_and_podman_look(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/config.json", SLICE(CONFIG_OF("a")));
	scratch_write(&home, ".config/containers/auth.json", SLICE(CONFIG_OF("b")));
	scratch_write(&home, "run/containers/auth.json", SLICE(CONFIG_OF("c")));
	scratch_write(&home, "xdg/containers/auth.json", SLICE(CONFIG_OF("d")));
	scratch_write(&home, "other/config.json", SLICE(CONFIG_OF("e")));
	scratch_write(&home, "file.json", SLICE(CONFIG_OF("f")));
	check_read(NULL, "~/.docker/config.json a, ~/.config/containers/auth.json b");
	setenv("XDG_RUNTIME_DIR", scratch_path(&home, "run"), 1);
	check_read(NULL, "~/.docker/config.json a, ~/run/containers/auth.json c, ~/.config/containers/auth.json b");
	setenv("XDG_CONFIG_HOME", scratch_path(&home, "xdg"), 1);
	check_read(NULL, "~/.docker/config.json a, ~/run/containers/auth.json c, ~/xdg/containers/auth.json d");
	setenv("DOCKER_CONFIG", scratch_path(&home, "other"), 1);
	setenv("REGISTRY_AUTH_FILE", scratch_path(&home, "file.json"), 1);
	check_read(NULL, "~/other/config.json e, ~/file.json f");
	setenv("DOCKER_AUTH_CONFIG", CONFIG_OF("g"), 1);
	check_read(NULL, "DOCKER_AUTH_CONFIG g, ~/other/config.json e, ~/file.json f");
	setenv("DOCKER_CONFIG", "/nowhere", 1); /* given: the one of HOME does not count */
	setenv("DOCKER_AUTH_CONFIG", "", 1);
	check_read(NULL, "~/file.json f");
}

static void a_named_file_is_the_only_one_and_must_be_there(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/config.json", SLICE(CONFIG_OF("a")));
	scratch_write(&home, "mine.json", SLICE(CONFIG_OF("b")));
	setenv("DOCKER_AUTH_CONFIG", CONFIG_OF("g"), 1);
	check_read(scratch_path(&home, "mine.json"), "~/mine.json b");
	assert_int_equal(chdir(home.path), 0);
	check_read("mine.json", "~/mine.json b");
	check_fails("none.json", ERROR_SYSTEM, "none.json: No such file");
}

static void a_broken_file_is_an_error_with_its_place(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/config.json", SLICE("{\"auths\": {\"a\": {\"auth\": \"" AUTH "\"}}"));
	check_fails(NULL, ERROR_SYNTAX, "~/.docker/config.json: byte 5");
	scratch_write(&home, ".docker/config.json", SLICE("{\"auths\": \"EXAMPLE\"}"));
	check_fails(NULL, ERROR_SYNTAX, "~/.docker/config.json: byte 10, /auths: ");
	scratch_write(&home, ".docker/config.json", SLICE("EXAMPLE"));
	check_fails(NULL, ERROR_SYNTAX, "~/.docker/config.json: byte 0");
	unlink(scratch_path(&home, ".docker/config.json"));
	setenv("DOCKER_AUTH_CONFIG", "EXAMPLE", 1);
	check_fails(NULL, ERROR_SYNTAX, "DOCKER_AUTH_CONFIG: byte 0");
	setenv("DOCKER_AUTH_CONFIG", "", 1);
	char *big = calloc(1, LIMIT_DOCKER_CONFIG_BYTES + 1);
	scratch_write(&home, "big", (struct slice){ big, LIMIT_DOCKER_CONFIG_BYTES + 1 });
	free(big);
	check_fails(scratch_path(&home, "big"), ERROR_LIMIT, "~/big: more than");
}

static void an_empty_file_holds_nothing(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/config.json", SLICE(""));
	check_read(NULL, "~/.docker/config.json");
	scratch_write(&home, ".docker/config.json", SLICE("{\"psFormat\": \"x\", \"plugins\": {\"a\": [1]}}"));
	check_read(NULL, "~/.docker/config.json");
}

static void one_bad_entry_takes_nothing_from_the_others(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	CLEANUP(release) struct reading reading;
	struct error *err = NULL;
	scratch_write(&home, ".docker/config.json",
		      SLICE("{\"auths\": {\"a\": {\"auth\": \"!EXAMPLE\"}, \"b\": {\"auth\": \"" AUTH
			    "\"}, \"c\": {\"auth\": \"RVhBTVBMRQ==\"}}}"));
	check_ok(read_configs(&reading, NULL, &err), &err);
	const struct login_config *config = &reading.configs.items[0];
	assert_int_equal(config->config.entry_count, 3);
	check_slice(config->problems[0], "~/.docker/config.json: the auth of a is no base64 of user:password");
	assert_null(config->problems[1].data);
	check_slice(secret_reveal(&config->config.entries[1].secret), "EXAMPLE-password");
	assert_non_null(config->problems[2].data);
}

static void filling_behind_a_password_is_cut(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	CLEANUP(release) struct reading reading;
	struct error *err = NULL;
	scratch_write(&home, ".docker/config.json", SLICE("{\"auths\": {\"a\": {\"auth\": \"dTpwAAA=\"}}}")); /* u:p\0\0
													       */
	check_ok(read_configs(&reading, NULL, &err), &err);
	check_slice(secret_reveal(&reading.configs.items[0].config.entries[0].secret), "p");
}

static void what_may_not_be_read_is_told_and_no_error(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	CLEANUP(release) struct reading reading;
	struct error *err = NULL;
	/* A folder of that name cannot be read by root either. */
	scratch_write(&home, ".docker/config.json/x", SLICE(""));
	scratch_write(&home, ".config/containers/auth.json", SLICE(CONFIG_OF("b")));
	check_ok(read_configs(&reading, NULL, &err), &err);
	assert_int_equal(reading.configs.len, 1);
	assert_true(slice_contains(reading.configs.unreadable, "/.docker/config.json"));
}

static void use(struct slice variant, size_t at, void *data)
{
	CLEANUP(release) struct reading reading;
	CLEANUP(error_freep) struct error *err = NULL;
	char text[256];
	if (memchr(variant.data, '\0', variant.len))
		return;
	memcpy(text, variant.data, variant.len);
	text[variant.len] = '\0';
	setenv("DOCKER_AUTH_CONFIG", text, 1);
	if (read_configs(&reading, NULL, &err) < 0)
		assert_true(error_is_of_input(err));
	else
		(*(size_t *)data)++;
}

static void cut_or_flipped_it_stays_within(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	size_t good = 0;
	assert_int_equal(chdir(home.path), 0);
	mangle_truncate(SLICE(CONFIG_OF("a.example")), use, &good);
	assert_int_equal(good, 1); /* cut to nothing */
	mangle_flip(SLICE(CONFIG_OF("a.example")), use, &good);
	assert_true(good > 1);
	unsetenv("DOCKER_AUTH_CONFIG");
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(release) struct reading reading;
	return read_configs(&reading, NULL, err);
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch home = fresh_home();
	scratch_write(&home, ".docker/config.json", SLICE(CONFIG_OF("a")));
	scratch_write(&home, ".config/containers/auth.json", SLICE("{\"auths\": {\"a\": {\"auth\": \"!\"}}}"));
	assert_in_range(torture(scenario, NULL), 10, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_any_file_there_is_none),
		cmocka_unit_test(files_are_read_where_docker_and_podman_look),
		cmocka_unit_test(a_named_file_is_the_only_one_and_must_be_there),
		cmocka_unit_test(a_broken_file_is_an_error_with_its_place),
		cmocka_unit_test(an_empty_file_holds_nothing),
		cmocka_unit_test(one_bad_entry_takes_nothing_from_the_others),
		cmocka_unit_test(filling_behind_a_password_is_cut),
		cmocka_unit_test(what_may_not_be_read_is_told_and_no_error),
		cmocka_unit_test(cut_or_flipped_it_stays_within),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
