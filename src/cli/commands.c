#include "cli/command.h"

#include "cli/command_list.h"

#define COMMAND_ENTRY(name) &command_##name,

const struct command *const commands[] = { COMMANDS(COMMAND_ENTRY) };
const size_t command_count = sizeof commands / sizeof commands[0];
