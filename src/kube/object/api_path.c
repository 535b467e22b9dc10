#include "kube/object/api_path.h"

int api_path(const struct object_list_about *about, struct slice namespace, struct slice name, struct arena *arena,
	     struct slice *ret_path, struct error **err)
{
	const char *root = about->group.len ? "/apis/" : "/api";
	const char *namespaces = namespace.len ? "/namespaces/" : "", *behind = name.len ? "/" : "";
	*ret_path = arena_printf(arena, "%s%.*s/%.*s%s%.*s/%.*s%s%.*s", root, SLICE_ARG(about->group),
				 SLICE_ARG(about->version), namespaces, SLICE_ARG(namespace),
				 SLICE_ARG(about->resource), behind, SLICE_ARG(name));
	return ret_path->data ? 0 : arena_fail(arena, err);
}
