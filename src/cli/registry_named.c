#include "cli/registry_named.h"

#include <string.h>

#include "base/limits.h"
#include "credential/registry_name.h"
#include "model/reference.h"

static struct slice without_scheme(const char *text)
{
	struct slice given = slice_of(text);
	return slice_starts_with(given, "docker://") ? slice_part(given, strlen("docker://"), given.len) : given;
}

static bool same_target(const struct registry_target *a, const struct registry_target *b)
{
	return slice_equal(a->registry, b->registry) && slice_equal(a->repository, b->repository) &&
	       slice_equal(a->reference, b->reference) && a->below == b->below;
}

static int parse_all(const struct text_list *operands, struct arena *arena,
		     int (*parse)(const char *text, struct arena *arena, struct registry_target *ret_target,
				  struct error **err),
		     struct registry_named *ret_named, struct error **err)
{
	struct registry_target *targets = arena_zeroed(arena, operands->len + 1, sizeof *targets);
	size_t count = 0;

	if (!targets)
		return arena_fail(arena, err);
	for (size_t i = 0; i < operands->len; i++) {
		bool twice = false;
		if (parse(operands->items[i], arena, &targets[count], err) < 0)
			return -1;
		for (size_t k = 0; k < count; k++)
			twice |= same_target(&targets[k], &targets[count]);
		count += !twice;
	}
	*ret_named = (struct registry_named){ targets, count };
	return 0;
}

static int parse_host(const char *text, struct arena *arena, struct registry_target *ret_target, struct error **err)
{
	struct registry_target target = { 0 };
	struct slice host, path;

	bool has_path = slice_cut(without_scheme(text), '/', &host, &path);
	if (registry_name_given(host, arena, &target.registry, err) < 0)
		return options_fail(err, "%s", text);
	while (has_path && path.len && path.data[path.len - 1] == '/')
		path = slice_part(path, 0, path.len - 1);
	if (has_path && path.len) {
		target.repository = path;
		target.below = true;
	}
	*ret_target = target;
	return 0;
}

static int parse_repository(const char *text, struct arena *arena, struct registry_target *ret_target,
			    struct error **err)
{
	struct registry_name registry;
	struct reference name;

	if (reference_parse(without_scheme(text), arena, &name, err) < 0)
		return options_fail(err, "%s", text);
	if (name.digest.data)
		return error_set(err, ERROR_USAGE, "%s: a digest never moves; give the repository, or a tag of it",
				 text);
	if (registry_name_parse(name.domain, arena, &registry, err) < 0)
		return -1;
	*ret_target = (struct registry_target){ .registry = registry.registry,
						.repository = name.path,
						.reference = name.tag };
	return 0;
}

int registry_named_hosts(const struct text_list *operands, struct arena *arena, struct registry_named *ret_named,
			 struct error **err)
{
	return parse_all(operands, arena, parse_host, ret_named, err);
}

int registry_named_repositories(const struct text_list *operands, struct arena *arena, struct registry_named *ret_named,
				struct error **err)
{
	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "which repository? give one: docker.io/acme/web");
	return parse_all(operands, arena, parse_repository, ret_named, err);
}
