/* The command table: one row, one file, one function per command. Help and the man page come from it.
 */
#ifndef FOTHER_CLI_COMMAND_H
#define FOTHER_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Exit codes; help.c says what each means. */
enum exit_code { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_FINDINGS = 3, EXIT_PARTIAL = 4 };

struct options;

/* Options are listed once (options_list.h) and named here by bit, so that help shows only what a command takes. */
struct command {
	const char *name;     /* "triage", "incident list" */
	const char *operands; /* "[INCIDENT]", "DIGEST|TAG" */
	const char *summary;  /* one line */
	const char *text;     /* the paragraphs of its manual page; docs/fother-NAME.1 comes from it */
	unsigned long long options;
	bool logins_only;       /* needs no sightings of images in the world */
	bool without_layers;    /* needs of images neither layers nor bases */
	bool judges_registries; /* says itself which reads of registries its answer needs whole */
	bool without_clusters;  /* what registries and layouts told is enough to answer from */
	/* Returns an exit code, or -1 with *err set (exit 1, or 2 for ERROR_USAGE). */
	int (*run)(const struct options *options, struct error **err);
};

extern const struct command *const commands[];
extern const size_t command_count;

#endif
