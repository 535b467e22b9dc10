#include "cli/command_list.h"
#include "cli/help.h"
#include "cli/options.h"

static int run(const struct options *options, struct error **err)
{
	if (options->man)
		return help_man();
	if (options->operands.len == 0)
		return help_overview();
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i]->name, options->operands.items[0]) == 0)
			return help_command(commands[i]);
	return error_set(err, ERROR_USAGE, "unknown command `%s` (see `fother help`)", options->operands.items[0]);
}

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "Tell the commands, or one command's options.",
	.text = "Tells the commands, or one command's options and exit codes.",
	.options = OPTIONS_ALWAYS | OPTION_BIT(MAN),
	.run = run,
};
