#include "cli/filter.h"

#include "credential/registry_name.h"

bool filter_registry(const struct filter *filter, struct slice registry)
{
	if (filter->registry_count == 0)
		return true;
	for (size_t i = 0; i < filter->registry_count; i++)
		if (slice_equal(filter->registries[i], registry))
			return true;
	return false;
}

bool filter_any_registry(const struct filter *filter, struct slice_list registries)
{
	if (filter->registry_count == 0)
		return true;
	for (size_t i = 0; i < registries.len; i++)
		if (filter_registry(filter, registries.items[i]))
			return true;
	return false;
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
	const struct text_list *prefixes = &filter->options->repositories;

	for (size_t i = 0; i < prefixes->len; i++) {
		size_t len = strlen(prefixes->items[i]);
		if (slice_starts_with(repository, prefixes->items[i]) &&
		    (repository.len == len || repository.data[len] == '/'))
			return true;
	}
	return prefixes->len == 0;
}

static int init(struct filter *filter, struct session *session, struct error **err)
{
	const struct text_list *given = &filter->options->registries;

	filter->registries = arena_zeroed(&session->arena, given->len + 1, sizeof *filter->registries);
	if (!filter->registries)
		return arena_fail(&session->arena, err);
	for (size_t i = 0; i < given->len; i++)
		if (registry_name_given(slice_of(given->items[i]), &session->arena, &filter->registries[i], err) < 0)
			return options_fail(err, "--registry");
	filter->registry_count = given->len;
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
		code = init(&filter, &session, err);
	if (code == 0)
		code = print(&session, &output, &filter, err);
	output_release(&output);
	session_close(&session);
	return code;
}
