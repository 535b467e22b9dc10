/* The command line, parsed against the command table. */
#ifndef FOTHER_CLI_OPTIONS_H
#define FOTHER_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/options_list.h"

struct text_list {
	VEC(const char *)
};

#define OPTION_MEMBER_FLAG bool
#define OPTION_MEMBER_COUNT unsigned
#define OPTION_MEMBER_TEXT const char *
#define OPTION_MEMBER_LIST struct text_list
#define OPTION_MEMBER(id, kind, member, ...) OPTION_MEMBER_##kind member;
#define OPTION_ID(id, ...) OPTION_ID_##id,

enum option_id { OPTIONS(OPTION_ID) OPTION_ID_COUNT };
#define OPTION_BIT(id) (1ULL << OPTION_ID_##id)

/* What several commands take. */
#define OPTIONS_ALWAYS (OPTION_BIT(VERBOSE) | OPTION_BIT(HELP))
#define OPTIONS_OUTPUT (OPTION_BIT(OUTPUT) | OPTION_BIT(QUIET))
#define OPTIONS_STORE (OPTION_BIT(STORE) | OPTION_BIT(KEY_FILE))
#define OPTIONS_LIVE                                                                                                   \
	(OPTION_BIT(CONTEXT) | OPTION_BIT(ALL_CONTEXTS) | OPTION_BIT(KUBECONFIG) | OPTION_BIT(IN_CLUSTER) |            \
	 OPTION_BIT(ALLOW_EXEC) | OPTION_BIT(NAMESPACE) | OPTION_BIT(METADATA_ONLY) | OPTION_BIT(ALL_SECRETS) |        \
	 OPTION_BIT(ENCODING))
#define OPTIONS_IMAGES                                                                                                 \
	(OPTION_BIT(READ_REGISTRY) | OPTION_BIT(PLAIN_HTTP) | OPTION_BIT(TOKEN_HOST) | OPTION_BIT(CA_FILE) |           \
	 OPTION_BIT(MIRROR) | OPTION_BIT(USE_PULL_SECRETS) | OPTION_BIT(HUB_AUDIT) | OPTION_BIT(HUB_USAGE))
#define OPTIONS_SOURCES                                                                                                \
	(OPTIONS_STORE | OPTIONS_LIVE | OPTIONS_IMAGES | OPTION_BIT(SNAPSHOT) | OPTION_BIT(CLUSTER) | OPTION_BIT(AS_OF))

struct options {
	const struct command *command;
	struct text_list operands;
	OPTIONS(OPTION_MEMBER)
};

enum option_kind { OPTION_KIND_FLAG, OPTION_KIND_COUNT, OPTION_KIND_TEXT, OPTION_KIND_LIST };

struct option_row {
	enum option_kind kind;
	size_t offset; /* in struct options */
	const char *name;
	char letter;          /* 0: none */
	const char *argument; /* NULL: takes none */
	const char *help;
};

extern const struct option_row option_rows[OPTION_ID_COUNT];

/* Finds the command (one or two words) and reads its options; they may stand anywhere, `--` ends them. ERROR_USAGE with
 * the nearest name for what is not known. Texts are borrowed from argv. */
int options_parse(int argc, char **argv, struct options *ret_options, struct error **err);
/* Puts "context: " before *err and makes it ERROR_USAGE: a value that was typed cannot be used. Returns -1. */
int options_fail(struct error **err, const char *format, ...) __attribute__((format(printf, 2, 3)));

void options_release(struct options *options);

#endif
