#include "cli/filter.h"

#include "credential/registry_name.h"

struct slice repository_path(struct slice_list registries, struct slice given)
{
	struct slice head, tail;

	for (size_t i = 0; i < registries.len; i++)
		if (slice_cut(given, '/', &head, &tail) && slice_equal(head, registries.items[i]))
			given = tail;
	while (given.len && given.data[0] == '/')
		given = slice_part(given, 1, given.len);
	while (given.len && given.data[given.len - 1] == '/')
		given = slice_part(given, 0, given.len - 1);
	return given;
}

bool filter_registry(const struct filter *filter, struct slice registry)
{
	return filter->registries.len == 0 || slice_list_has(filter->registries, registry);
}

bool filter_any_registry(const struct filter *filter, struct slice_list registries)
{
	for (size_t i = 0; i < registries.len; i++)
		if (filter_registry(filter, registries.items[i]))
			return true;
	return filter->registries.len == 0;
}

bool filter_account(const struct filter *filter, struct slice username)
{
	const struct text_list *accounts = &filter->options->accounts;

	for (size_t i = 0; i < accounts->len; i++)
		if (username.data && slice_equal_nocase(slice_of(accounts->items[i]), username))
			return true;
	return accounts->len == 0;
}

bool filter_repository(const struct filter *filter, struct slice repository)
{
	struct slice_list prefixes = filter->repositories;

	for (size_t i = 0; i < prefixes.len; i++)
		if (repository_below(repository, prefixes.items[i]))
			return true;
	return prefixes.len == 0;
}

int filter_registries(struct session *session, const struct options *options, struct slice_list *ret_registries,
		      struct error **err)
{
	const struct text_list *given = &options->registries;
	struct slice *items = arena_zeroed(&session->arena, given->len + 1, sizeof *items);
	struct slice_list list = { items, 0 };

	if (!items)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < given->len; i++) {
		struct slice registry;
		if (registry_name_given(slice_of(given->items[i]), &session->arena, &registry, err) < 0)
			return options_fail(err, "--registry %s", given->items[i]);
		if (!slice_list_has(list, registry))
			items[list.len++] = registry;
	}
	*ret_registries = list;
	return 0;
}

int filter_repositories(struct session *session, const struct options *options, struct slice_list registries,
			struct slice_list *ret_repositories, struct error **err)
{
	const struct text_list *given = &options->repositories;
	struct slice *items = arena_zeroed(&session->arena, given->len + 1, sizeof *items);

	if (!items)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < given->len; i++) {
		items[i] = repository_path(registries, slice_of(given->items[i]));
		if (items[i].len == 0)
			return error_set(err, ERROR_USAGE, "--repository %s names no path", given->items[i]);
	}
	*ret_repositories = (struct slice_list){ items, given->len };
	return 0;
}

int filter_run(const struct options *options,
	       int (*print)(struct session *session, struct output *output, const struct filter *filter,
			    struct error **err),
	       struct error **err)
{
	struct session session = { 0 };
	struct output output = { 0 };
	struct filter filter = { .options = options };

	int code = output_init(&output, options, err);
	if (code == 0)
		code = session_open(&session, options, err);
	if (code == 0)
		code = filter_registries(&session, options, &filter.registries, err);
	if (code == 0)
		code = filter_repositories(&session, options, filter.registries, &filter.repositories, err);
	if (code == 0)
		code = print(&session, &output, &filter, err);
	output_release(&output);
	session_close(&session);
	return code;
}
