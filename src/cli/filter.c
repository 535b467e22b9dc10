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
	for (size_t i = 0; i < filter->registries.len; i++)
		if (slice_equal(filter->registries.items[i], registry))
			return true;
	return filter->registries.len == 0;
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

	for (size_t i = 0; i < prefixes.len; i++) {
		size_t len = prefixes.items[i].len;
		if (slice_equal(slice_part(repository, 0, len), prefixes.items[i]) &&
		    (repository.len == len || repository.data[len] == '/'))
			return true;
	}
	return prefixes.len == 0;
}

static int take_registries(struct filter *filter, struct session *session, struct error **err)
{
	const struct text_list *given = &filter->options->registries;
	struct slice *items = arena_zeroed(&session->arena, given->len + 1, sizeof *items);

	if (!items)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < given->len; i++)
		if (registry_name_given(slice_of(given->items[i]), &session->arena, &items[i], err) < 0)
			return options_fail(err, "--registry");
	filter->registries = (struct slice_list){ items, given->len };
	return 0;
}

static int take_repositories(struct filter *filter, struct session *session, struct error **err)
{
	const struct text_list *given = &filter->options->repositories;
	struct slice *items = arena_zeroed(&session->arena, given->len + 1, sizeof *items);

	if (!items)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < given->len; i++) {
		items[i] = repository_path(filter->registries, slice_of(given->items[i]));
		if (items[i].len == 0)
			return error_set(err, ERROR_USAGE, "--repository %s names no path", given->items[i]);
	}
	filter->repositories = (struct slice_list){ items, given->len };
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
		code = take_registries(&filter, &session, err);
	if (code == 0)
		code = take_repositories(&filter, &session, err);
	if (code == 0)
		code = print(&session, &output, &filter, err);
	output_release(&output);
	session_close(&session);
	return code;
}
