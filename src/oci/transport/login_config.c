#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "oci/transport/logins_internal.h"

void login_configs_release(struct login_configs *configs)
{
	for (size_t i = 0; i < configs->len; i++)
		docker_config_release(&configs->items[i].config);
	vec_release(configs);
	*configs = (struct login_configs){ 0 };
}

/* --- one config --- */

/* What makes the whole of it unusable; a single `auth` that does not decode takes nothing from the others. */
static const struct config_defect *fatal_defect(const struct docker_config *config)
{
	for (size_t i = 0; !config->decodes && i < config->defect_count; i++) {
		const struct config_defect *defect = &config->defects[i];
		if (defect->blocks && strcmp(defect->code, CONFIG_DEFECT_AUTH_BASE64) != 0 &&
		    strcmp(defect->code, CONFIG_DEFECT_AUTH_SPLIT) != 0)
			return defect;
	}
	return NULL;
}

static int check(const struct login_config *config, struct error **err)
{
	const struct config_defect *defect = fatal_defect(&config->config);
	if (!defect)
		return 0;
	return error_set(err, ERROR_SYNTAX, "%.*s: byte %zu%s%.*s: %.*s", SLICE_ARG(config->origin), defect->offset,
			 defect->pointer.len ? ", " : "", SLICE_ARG(defect->pointer), SLICE_ARG(defect->message));
}

/* Old clients filled the password of an auth up with NULs; docker and podman cut them off. */
static void cut_filling(struct docker_config *config)
{
	for (size_t i = 0; i < config->entry_count; i++) {
		struct secret_bytes *secret = &config->entries[i].secret;
		size_t len = secret_length(secret);
		while (config->entries[i].form == ENTRY_AUTH && len > 0 && secret_room(secret)[len - 1] == '\0')
			len--;
		secret_set_length(secret, len);
	}
}

/* Told when the registry is asked: here, nobody may need that entry. */
static int find_problems(struct login_config *config, struct arena *arena, struct error **err)
{
	const struct docker_config *parsed = &config->config;
	config->problems = arena_zeroed(arena, parsed->entry_count + 1, sizeof *config->problems);
	if (!config->problems)
		return arena_fail(arena, err);
	for (size_t i = 0; i < parsed->entry_count; i++) {
		if (!parsed->entries[i].undecodable)
			continue;
		config->problems[i] = arena_printf(arena, "%.*s: the auth of %.*s is no base64 of user:password",
						   SLICE_ARG(config->origin), SLICE_ARG(parsed->entries[i].key));
		if (!config->problems[i].data)
			return arena_fail(arena, err);
	}
	return 0;
}

static int add(struct login_configs *configs, struct slice bytes, struct slice origin, struct arena *arena,
	       struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	if (bytes.len > LIMIT_DOCKER_CONFIG_BYTES)
		return error_set(err, ERROR_LIMIT, "%.*s: more than %zu bytes", SLICE_ARG(origin),
				 LIMIT_DOCKER_CONFIG_BYTES);
	if (secret_copy(&text, bytes, err) < 0)
		return -1;
	struct login_config *config = vec_push(configs);
	if (!config)
		return error_no_memory(err);
	config->origin = origin;
	if (docker_config_parse(&text, CONFIG_DOCKERCONFIGJSON, arena, &config->config, err) < 0)
		return -1;
	cut_filling(&config->config);
	return check(config, err) < 0 ? -1 : find_problems(config, arena, err);
}

/* --- files --- */

/* "~/.docker/config.json": how people name it. */
static int shown(struct slice path, struct arena *arena, struct slice *ret_shown, struct error **err)
{
	struct slice home = slice_of(getenv("HOME"));
	bool below = home.len > 1 && path.len > home.len && path.data[home.len] == '/' &&
		     slice_equal(slice_part(path, 0, home.len), home);
	*ret_shown = arena_printf(arena, "%s%.*s", below ? "~" : "",
				  SLICE_ARG(below ? slice_part(path, home.len, path.len) : path));
	return ret_shown->data ? 0 : arena_fail(arena, err);
}

/* A file that nobody named may be somebody else's: XDG_RUNTIME_DIR after `su`. */
static int note_unreadable(struct login_configs *configs, struct error *why, struct arena *arena, struct error **err)
{
	struct slice text = arena_printf(arena, "%s", why->message);
	if (!text.data)
		return arena_fail(arena, err);
	if (!configs->unreadable.data)
		configs->unreadable = text;
	return 0;
}

static bool is_missing(const char *path)
{
	struct stat status;
	return stat(path, &status) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

static int add_file(struct login_configs *configs, struct slice path, bool named, struct arena *arena,
		    struct error **err)
{
	CLEANUP(file_release) struct file_bytes file = { 0 };
	CLEANUP(error_freep) struct error *why = NULL;
	struct slice origin;
	if (!named && is_missing(path.data))
		return 0;
	if (file_map(AT_FDCWD, path.data, false, &file, &why) < 0)
		return named || why->code != ERROR_SYSTEM ? error_move(err, &why)
							  : note_unreadable(configs, why, arena, err);
	return shown(path, arena, &origin, err) < 0 ? -1 : add(configs, file_slice(&file), origin, arena, err);
}

static int add_below(struct login_configs *configs, const char *folder, const char *name, struct arena *arena,
		     struct error **err)
{
	struct slice path;
	if (!folder || !*folder)
		return 0;
	if (path_join(arena, slice_of(folder), slice_of(name), &path, err) < 0)
		return -1;
	return add_file(configs, path, false, arena, err);
}

/* docker's: environment variable DOCKER_AUTH_CONFIG (docker/cli 28.3 and later), then the file. */
static int add_docker(struct login_configs *configs, struct arena *arena, struct error **err)
{
	struct slice given = slice_of(getenv("DOCKER_AUTH_CONFIG"));
	const char *folder = getenv("DOCKER_CONFIG");
	if (given.len && add(configs, given, SLICE("DOCKER_AUTH_CONFIG"), arena, err) < 0)
		return -1;
	return folder && *folder ? add_below(configs, folder, "config.json", arena, err)
				 : add_below(configs, getenv("HOME"), ".docker/config.json", arena, err);
}

/* podman's, skopeo's and buildah's: containers-auth.json(5). */
static int add_podman(struct login_configs *configs, struct arena *arena, struct error **err)
{
	const char *file = getenv("REGISTRY_AUTH_FILE"), *folder = getenv("XDG_CONFIG_HOME");
	if (file && *file)
		return add_file(configs, slice_of(file), false, arena, err);
	if (add_below(configs, getenv("XDG_RUNTIME_DIR"), "containers/auth.json", arena, err) < 0)
		return -1;
	return folder && *folder ? add_below(configs, folder, "containers/auth.json", arena, err)
				 : add_below(configs, getenv("HOME"), ".config/containers/auth.json", arena, err);
}

int login_configs_read(struct login_configs *configs, const struct docker_config_options *options, struct arena *arena,
		       struct error **err)
{
	struct slice path;
	if (!options->path.data)
		return add_docker(configs, arena, err) < 0 ? -1 : add_podman(configs, arena, err);
	if (path_absolute(arena, options->path, &path, err) < 0)
		return -1;
	return add_file(configs, path, true, arena, err);
}
