/* The answers of triage in every output form, and the exit code that they mean. */
#ifndef FOTHER_CLI_TRIAGE_ANSWER_H
#define FOTHER_CLI_TRIAGE_ANSWER_H

#include "cli/output.h"
#include "cli/session.h"
#include "triage/triage.h"

/* Runs detect and triage on the session's world for a stored incident and prints the answers. An exit code, or -1. */
int triage_answer(struct session *session, struct output *output, const struct incident *incident,
		  const struct options *options, struct error **err);

#endif
