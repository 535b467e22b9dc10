/* What the command line says of how registries are asked: --plain-http, --token-host, --ca-file, --mirror, and which
 * options need one another.
 */
#ifndef FOTHER_CLI_REGISTRY_OPTIONS_H
#define FOTHER_CLI_REGISTRY_OPTIONS_H

#include "base/arena.h"
#include "cli/options.h"
#include "collect/registry/registries.h"

/* The command asks registries: by --read-registry, or because that is what it does, unless --offline. */
bool registry_options_asks(const struct options *options);

/* Refuses options that say how a registry is asked where none is, with what is missing; files of --hub-audit and
 * --hub-usage that cannot be read; --use-pull-secrets where no cluster or dump is read. 0 or -1 (ERROR_USAGE). */
int registry_options_check(const struct options *options, struct error **err);

struct registry_settings {
	struct slice_list plain_http, token_hosts; /* normalised hosts */
	const struct registry_mirror *mirrors;
	size_t mirror_count;
	struct slice ca_pem; /* not there: the system's */
};
/* Into the arena. A mirror that is no HOST=UPSTREAM, a file without a certificate: ERROR_USAGE. */
int registry_options_settings(const struct options *options, struct arena *arena,
			      struct registry_settings *ret_settings, struct error **err);

#endif
