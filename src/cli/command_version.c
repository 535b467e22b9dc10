#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/options.h"
#include "cli/terminal.h"

static int run(const struct options *options, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MESSAGE_BYTES);

	strbuf_add_text(&out, options->quiet ? FOTHER_VERSION "\n" : "fother " FOTHER_VERSION "\n");
	return terminal_write(&out, err);
}

const struct command command_version = {
	.name = "version",
	.operands = "",
	.summary = "Print the version.",
	.text = "Prints the version of the program; with -q its number alone.",
	.options = OPTIONS_ALWAYS | OPTION_BIT(QUIET),
	.run = run,
};
