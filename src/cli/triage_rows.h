/* The answers of triage as records: in JSON and NDJSON every record of every section, in CSV one flat row each (struct
 * triage_row), with -q the identities to act on. */
#ifndef FOTHER_CLI_TRIAGE_ROWS_H
#define FOTHER_CLI_TRIAGE_ROWS_H

#include "cli/output.h"
#include "cli/session.h"
#include "triage/triage.h"

int triage_rows(struct session *session, struct output *output, const struct triage *triage, struct error **err);

#endif
