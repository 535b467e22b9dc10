/* The commands, in the order of help. A new one: a line here and a file command_NAME.c. */
#ifndef FOTHER_CLI_COMMAND_LIST_H
#define FOTHER_CLI_COMMAND_LIST_H

#include "cli/command.h"

#define COMMANDS(C)                                                                                                    \
	C(triage)                                                                                                      \
	C(collect)                                                                                                     \
	C(credentials)                                                                                                 \
	C(secrets)                                                                                                     \
	C(images)                                                                                                      \
	C(image_inspect)                                                                                               \
	C(image_layers)                                                                                                \
	C(image_dockerfile)                                                                                            \
	C(image_diff)                                                                                                  \
	C(where)                                                                                                       \
	C(registry_repos)                                                                                              \
	C(registry_tags)                                                                                               \
	C(registry_watch)                                                                                              \
	C(registry_log)                                                                                                \
	C(incident_list)                                                                                               \
	C(incident_show)                                                                                               \
	C(help)                                                                                                        \
	C(version)

#define COMMAND_DECLARATION(name) extern const struct command command_##name;
COMMANDS(COMMAND_DECLARATION)

#endif
