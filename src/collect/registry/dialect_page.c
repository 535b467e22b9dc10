#include "base/limits.h"
#include "base/map.h"
#include "collect/registry/dialect_internal.h"
#include "model/reference.h"

bool dialect_split(struct slice repository, struct slice *ret_namespace, struct slice *ret_rest)
{
	return slice_cut(repository, '/', ret_namespace, ret_rest) && ret_namespace->len > 0 && ret_rest->len > 0;
}

int dialect_tell(struct dialect_list *list, struct slice repository, struct error **err)
{
	bool below = list->repository.len == 0 || repository_below(repository, list->repository);
	if (!below || repository.len == 0 || repository.len > LIMIT_REPOSITORY_BYTES)
		return 0;
	if (list->found(list->data, repository, err) == 0)
		return 0;
	list->dialect->failed = true;
	return -1;
}

int dialect_take_listed(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			struct error **err)
{
	struct slice path;
	(void)name;
	int got = dialect_take_repository(json, value, &path, err);
	return got > 0 ? dialect_tell(data, path, err) : got;
}

static int make_path(struct registry_dialect *dialect, const struct dialect_pages *pages, size_t number,
		     struct slice *ret_path, struct error **err)
{
	struct slice path = strbuf_slice(pages->path);
	*ret_path = arena_printf(&dialect->scratch, "%.*s%spage=%zu&%s=%d", SLICE_ARG(path),
				 slice_contains(path, "?") ? "&" : "?", number, pages->size_name, DIALECT_PAGE_ITEMS);
	return ret_path->data ? 0 : arena_fail(&dialect->scratch, err);
}

int dialect_each_page(struct dialect_list *list, const struct dialect_pages *pages, struct slice *ret_why,
		      struct error **err)
{
	struct registry_dialect *dialect = list->dialect;
	uint64_t before = 0;
	if (strbuf_failed(pages->path, err))
		return -1;
	for (size_t number = 1; number <= LIMIT_DIALECT_PAGES; number++) {
		struct slice path;
		if (make_path(dialect, pages, number, &path, err) < 0)
			return -1;
		int got = dialect_ask(dialect, list->repository, path, ret_why, err);
		if (got <= 0)
			return got;
		uint64_t hash = hash_bytes(strbuf_slice(&dialect->body));
		if (number > 1 && hash == before)
			return dialect_refuse(dialect, ret_why, err, "its own API gives the same page again");
		before = hash;
		list->more = false;
		got = dialect_read(dialect, pages->take, pages->data, ret_why, err);
		if (got <= 0 || !list->more)
			return got;
	}
	return dialect_refuse(dialect, ret_why, err, "its own API has no last page");
}
