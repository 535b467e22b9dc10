#include "kube/client/exec_plugin.h"

#include "base/program.h"

int exec_plugin_is_allowed(struct arena *arena, const struct kube_access_options *options, struct slice command,
			   struct slice path, bool *ret_allowed, struct error **err)
{
	*ret_allowed = false;
	for (size_t i = 0; i < options->allowed_exec_count && !*ret_allowed; i++)
		if (program_allows(arena, slice_of(options->allowed_exec[i]), command, path, ret_allowed, err) < 0)
			return -1;
	return 0;
}
