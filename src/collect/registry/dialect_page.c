#include "base/limits.h"
#include "base/map.h"
#include "collect/registry/dialect_internal.h"
#include "model/reference.h"

bool dialect_split(struct slice repository, struct slice *ret_namespace, struct slice *ret_rest)
{
	return slice_cut(repository, '/', ret_namespace, ret_rest) && ret_namespace->len > 0 && ret_rest->len > 0;
}

int dialect_tell(struct registry_dialect *dialect, struct slice prefix, struct slice repository,
		 repository_found *found, void *data, struct error **err)
{
	bool below = prefix.len == 0 || repository_below(repository, prefix);
	if (!below || repository.len == 0 || repository.len > LIMIT_REPOSITORY_BYTES)
		return 0;
	if (found(data, repository, err) == 0)
		return 0;
	dialect->failed = true;
	return -1;
}

static int make_path(struct registry_dialect *dialect, const struct dialect_pages *pages, size_t number,
		     struct slice *ret_path, struct error **err)
{
	*ret_path = arena_printf(&dialect->scratch, "%.*s%spage=%zu&%s=%d", SLICE_ARG(pages->path),
				 slice_contains(pages->path, "?") ? "&" : "?", number, pages->size_name,
				 DIALECT_PAGE_ITEMS);
	return ret_path->data ? 0 : arena_fail(&dialect->scratch, err);
}

int dialect_each_page(struct registry_dialect *dialect, const struct dialect_pages *pages, struct slice *ret_why,
		      struct error **err)
{
	uint64_t before = 0;
	for (size_t number = 1; number <= LIMIT_DIALECT_PAGES; number++) {
		struct slice path;
		if (make_path(dialect, pages, number, &path, err) < 0)
			return -1;
		int got = dialect_ask(dialect, pages->repository, path, ret_why, err);
		if (got <= 0)
			return got;
		uint64_t hash = hash_bytes(strbuf_slice(&dialect->body));
		if (number > 1 && hash == before)
			return dialect_refuse(dialect, ret_why, err, "its own API gives the same page again");
		before = hash;
		*pages->more = false;
		got = dialect_read(dialect, pages->take, pages->data, ret_why, err);
		if (got <= 0 || !*pages->more)
			return got;
	}
	return dialect_refuse(dialect, ret_why, err, "its own API has no last page");
}
