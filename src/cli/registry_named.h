/* Registries and repositories that were typed as operands.
 */
#ifndef FOTHER_CLI_REGISTRY_NAMED_H
#define FOTHER_CLI_REGISTRY_NAMED_H

#include "base/arena.h"
#include "cli/options.h"
#include "collect/registry/registries.h"

struct registry_named {
	const struct registry_target *targets; /* in the arena, each once */
	size_t count;
};

/* HOST or HOST/PATH (all repositories below it). None is no error. 0 or -1 (ERROR_USAGE). */
int registry_named_hosts(const struct text_list *operands, struct arena *arena, struct registry_named *ret_named,
			 struct error **err);
/* [docker://]REPO or REPO:TAG; none is an error. */
int registry_named_repositories(const struct text_list *operands, struct arena *arena, struct registry_named *ret_named,
				struct error **err);

#endif
