#include "kube/client/kubeconfig.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "kube/client/access_file.h"
#include "kube/client/kubeconfig_internal.h"

/* --- which files --- */

struct file_list {
	struct slice paths; /* separated by colons */
	bool must_exist;
	struct strbuf shown;
	struct map seen; /* absolute paths: a file counts once */
};

static void release_list(struct file_list *list)
{
	strbuf_release(&list->shown);
	map_release(&list->seen);
}

/* Empty variables are as good as none, to kubectl too. */
static int choose_files(struct kubeconfig *config, const char *paths, struct file_list *list, struct error **err)
{
	const char *variable = getenv("KUBECONFIG"), *home = getenv("HOME");
	if (paths) {
		list->must_exist = true;
		list->paths = slice_of(paths);
		return list->paths.len ? 0 : error_set(err, ERROR_USAGE, "the path of the kubeconfig is empty");
	}
	list->paths = slice_of(variable);
	if (list->paths.len)
		return 0;
	if (!home || !*home)
		return error_set(err, ERROR_USAGE, "no kubeconfig: neither KUBECONFIG nor HOME is set");
	list->paths = arena_printf(&config->arena, "%s/.kube/config", home);
	return list->paths.data ? 0 : arena_fail(&config->arena, err);
}

/* --- reading them --- */

static int read_file(struct kubeconfig *config, const struct file_list *list, struct slice file, struct error **err)
{
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	int got = access_file_read(file.data, LIMIT_KUBECONFIG_BYTES, &bytes, err);
	if (got < 0)
		return error_context(err, "kubeconfig");
	if (got == 0)
		return list->must_exist ? error_set(err, ERROR_USAGE, "kubeconfig %s: there is no such file", file.data)
					: 0;
	if (kubeconfig_parse(config, file, file_slice(&bytes), err) < 0)
		return error_context(err, "kubeconfig %s", file.data);
	return 0;
}

static int add_file(struct kubeconfig *config, struct file_list *list, struct slice path, struct error **err)
{
	struct slice file;
	if (path_absolute(&config->arena, path, &file, err) < 0)
		return -1;
	void **seen = map_put(&list->seen, file);
	if (!seen)
		return error_no_memory(err);
	if (*seen)
		return 0;
	*seen = list;
	strbuf_addf(&list->shown, "%s%s", list->shown.len ? ", " : "", file.data);
	return read_file(config, list, file, err);
}

static int read_files(struct kubeconfig *config, const char *paths, struct error **err)
{
	CLEANUP(release_list) struct file_list list = { .shown = STRBUF_INIT(LIMIT_MIB) };
	if (choose_files(config, paths, &list, err) < 0)
		return -1;
	struct slice path, rest = list.paths;
	while (rest.data) {
		slice_cut(rest, ':', &path, &rest);
		if (path.len && add_file(config, &list, path, err) < 0)
			return -1;
	}
	if (strbuf_failed(&list.shown, err))
		return -1;
	if (arena_copy(&config->arena, strbuf_slice(&list.shown), &config->files) < 0)
		return arena_fail(&config->arena, err);
	return 0;
}

/* --- the interface --- */

struct kubeconfig *kubeconfig_new(void)
{
	struct kubeconfig *config = mem_alloc_zeroed(1, sizeof *config);
	if (config)
		config->arena = (struct arena)ARENA_INIT(KUBECONFIG_TEXT_BYTES);
	return config;
}

int kubeconfig_load(const char *paths, struct kubeconfig **ret_config, struct error **err)
{
	struct kubeconfig *config = kubeconfig_new();
	if (!config)
		return error_no_memory(err);
	if (read_files(config, paths, err) < 0) {
		kubeconfig_free(config);
		return -1;
	}
	*ret_config = config;
	return 0;
}

struct kubeconfig *kubeconfig_free(struct kubeconfig *config)
{
	if (!config)
		return NULL;
	file_release(&config->vault);
	map_release(&config->clusters);
	map_release(&config->users);
	map_release(&config->contexts);
	arena_release(&config->arena);
	return mem_free(config);
}

struct slice kubeconfig_files(const struct kubeconfig *config)
{
	return config->files;
}

size_t kubeconfig_context_count(const struct kubeconfig *config)
{
	return config->contexts.len;
}

struct slice kubeconfig_context_name(const struct kubeconfig *config, size_t index)
{
	return config->contexts.items[index].key;
}

struct slice kubeconfig_current_context(const struct kubeconfig *config)
{
	return config->current.len ? config->current : SLICE_NONE;
}
