/* --registry, --repository and --account as filters of the listing commands, and the frame these commands share. */
#ifndef FOTHER_CLI_FILTER_H
#define FOTHER_CLI_FILTER_H

#include <stdbool.h>

#include "cli/output.h"
#include "cli/session.h"

struct filter {
	const struct options *options;
	struct slice_list registries;   /* normalised */
	struct slice_list repositories; /* as repository_path makes them */
};

/* --repository as a path below its registry: acme, acme/web, docker.io/acme/web and /acme/ all name one. Empty where
 * nothing is left. */
struct slice repository_path(struct slice_list registries, struct slice given);

/* What --registry and --repository name, for filters and for the scope of an incident: normalised, each registry once.
 */
int filter_registries(struct session *session, const struct options *options, struct slice_list *ret_registries,
		      struct error **err);
int filter_repositories(struct session *session, const struct options *options, struct slice_list registries,
			struct slice_list *ret_repositories, struct error **err);

/* True where no filter of the kind was given. */
bool filter_registry(const struct filter *filter, struct slice registry);
bool filter_any_registry(const struct filter *filter, struct slice_list registries);
bool filter_account(const struct filter *filter, struct slice username);
/* Whole path segments: acme holds acme/web, not acmecorp. */
bool filter_repository(const struct filter *filter, struct slice repository);

/* Opens session and output, calls print (which returns an exit code or -1), closes both. */
int filter_run(const struct options *options,
	       int (*print)(struct session *session, struct output *output, const struct filter *filter,
			    struct error **err),
	       struct error **err);

#endif
