/* A command that is run, waited for and read: nothing of ours reaches it but what is given, and it never stays behind.
 *
 *     CLEANUP(process_outcome_release) struct process_outcome outcome = {0};
 *     struct process process = { .path = path, .argv = argv, .environment = environment, .timeout_ms = 60000 };
 *     if (process_run(&process, &outcome, err) < 0) ...
 *
 * No shell. It gets no file but 0, 1 and 2, a process group of its own and default signals. What it prints is taken to
 * be secret: it is read into the secure heap.
 */
#ifndef FOTHER_BASE_PROCESS_H
#define FOTHER_BASE_PROCESS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"
#include "base/strbuf.h"

#define PROCESS_INPUT_BYTES 4096 /* what a pipe takes at once: PIPE_BUF */

struct process {
	const char *path;
	char *const *argv, *const *environment;
	bool interactive;   /* it gets the terminal, one at a time, which then shows what it says */
	struct slice input; /* what stands on its standard input else, at most PROCESS_INPUT_BYTES; no secret value */
	unsigned timeout_ms;
};

struct process_outcome {
	struct secret_bytes output; /* at most LIMIT_EXEC_OUTPUT_BYTES */
	struct strbuf said;         /* the beginning of standard error */
	int status;                 /* as waitpid gives it */
};

/* 0: it ran to its end. -1: it could not be started, printed too much, took too long or was stopped; then it and
 * what it started in its process group are gone, and what it said stands in the outcome all the same. */
int process_run(const struct process *process, struct process_outcome *outcome, struct error **err);
void process_outcome_release(struct process_outcome *outcome);

/* From any thread, async-signal-safe: what runs is ended, and nothing is started any more. */
void process_stop(void);

/* What a command said on standard error, for a message: one line, its middle left out where it is long, and so are
 * words as long as tokens. */
void process_add_said(struct strbuf *out, struct slice said);

#endif
