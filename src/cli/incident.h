/* The scope of an incident from the command line, and incidents by their number. */
#ifndef FOTHER_CLI_INCIDENT_H
#define FOTHER_CLI_INCIDENT_H

#include "cli/session.h"
#include "triage/indicator.h"

/* The incident that the options describe: registries normalised, repositories without the registry, relative times made
 * absolute against session->now. Its indicators are those of every --bad. Not stored yet. */
int incident_from_options(struct session *session, const struct options *options, struct indicators *ret_indicators,
			  struct incident *ret_incident, struct error **err);

/* --since or --window into window_from and window_to; what is not given stays as it is. */
int incident_window(const struct session *session, const struct options *options, struct incident *incident,
		    struct error **err);

/* The stored incident of that number; ERROR_USAGE when there is none. */
int incident_by_number(struct session *session, const char *number, struct incident *ret_incident, struct error **err);

/* The indicators that a stored incident carries. */
int incident_indicators(struct session *session, const struct incident *incident, struct indicators *ret_indicators,
			struct error **err);

#endif
