/* The answers of triage for a person at a terminal: DO NOW first, then the sections that it rests on. */
#ifndef FOTHER_CLI_TRIAGE_SCREEN_H
#define FOTHER_CLI_TRIAGE_SCREEN_H

#include "cli/output.h"
#include "cli/session.h"
#include "triage/triage.h"

int triage_screen(struct session *session, struct output *output, const struct triage *triage, struct error **err);

#endif
