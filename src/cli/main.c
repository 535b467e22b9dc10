#include <signal.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/options.h"

/* A dump that shrinks while it is mapped ends here; nothing of it was committed. */
static void on_bus_error(int signal_number)
{
	static const char message[] = "fother: error: a file shrank while it was read; nothing of it was stored\n";
	ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
	(void)ignored;
	(void)signal_number;
	_exit(EXIT_FAILED);
}

static int report(struct error *error)
{
	int code = error->code == ERROR_USAGE ? EXIT_USAGE : EXIT_FAILED;
	log_error("%s", error->message);
	error_free(error);
	return code;
}

static int run_command(const struct options *options, struct error **err)
{
	static const enum log_level levels[] = { LOG_WARN, LOG_INFO, LOG_DEBUG };

	log_set_level(levels[options->verbose < 2 ? options->verbose : 2]);
	if (options->help)
		return help_command(options->command);
	return options->command->run(options, err);
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct error *error = NULL;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGBUS, on_bus_error);
	heap_wipe_start();
	int code = secret_start_process(&error);
	if (code == 0)
		code = options_parse(argc, argv, &options, &error);
	if (code == 0)
		code = run_command(&options, &error);
	options_release(&options);
	return error ? report(error) : code;
}
