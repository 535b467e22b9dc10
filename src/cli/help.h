/* Help and the manual page, from the command table and the option list. */
#ifndef FOTHER_CLI_HELP_H
#define FOTHER_CLI_HELP_H

#include "cli/command.h"

/* All return an exit code; that stdout cannot be written they say themselves. */
int help_overview(void);
int help_command(const struct command *command);
/* man(7); checked with mandoc -Tlint in the tests. */
int help_man(void);

#endif
