#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/incident.h"
#include "cli/registry_reading.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/triage_answer.h"
#include "triage/rbac.h"

static int check(const struct options *options, struct error **err)
{
	bool scoped = options->registries.len || options->repositories.len || options->accounts.len || options->since ||
		      options->window;

	if (options->operands.len > 1)
		return error_set(err, ERROR_USAGE, "give one incident number at most");
	if (options->operands.len == 1 && scoped)
		return error_set(
			err, ERROR_USAGE,
			"incident %s has its scope already: leave --registry, --repository, --account, --since "
			"and --window away, or leave the number away to open another",
			options->operands.items[0]);
	if (options->operands.len == 0 && options->registries.len == 0)
		return error_set(err, ERROR_USAGE,
				 "which registry was breached? give --registry HOST (docker.io, ghcr.io, "
				 "...), or the number of an open incident");
	return 0;
}

/* A numbered incident keeps its scope; --bad adds to its indicators. */
static int find_incident(struct session *session, const struct options *options, struct indicators *indicators,
			 struct incident *incident, struct error **err)
{
	struct incident stored;

	if (incident_from_options(session, options, indicators, incident, err) < 0)
		return -1;
	if (options->operands.len == 0)
		return 0;
	if (incident_by_number(session, options->operands.items[0], &stored, err) < 0)
		return -1;
	stored.indicators = incident->indicators;
	stored.refreshed = incident->refreshed;
	*incident = stored;
	return 0;
}

/* The incident says which registries to read: it is found when the clusters were, and stored when there is an answer.
 */
static int answer(struct session *session, const struct options *options, struct output *output, struct error **err)
{
	struct indicators indicators = { 0 };
	struct incident incident;

	int code = find_incident(session, options, &indicators, &incident, err);
	indicators_release(&indicators);
	if (code < 0 || registry_read_sources(session, options, &incident, err) < 0 ||
	    session_load(session, options, err) < 0 ||
	    store_incident_put(session->store, &incident, &session->arena, err) < 0)
		return -1;
	return triage_answer(session, output, &incident, options, err);
}

/* Of what was read before, or now; a store that holds nothing needs all rights. */
static int print_rbac(const struct options *options, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf yaml = STRBUF_INIT(TRIAGE_RBAC_BYTES);
	struct session session = { 0 };

	int code = options->operands.len ? error_set(err, ERROR_USAGE, "--rbac takes no incident")
					 : session_open_any(&session, options, err);
	if (code == 0)
		code = triage_rbac(session.world, &yaml, err);
	if (code == 0)
		code = terminal_write(&yaml, err);
	session_close(&session);
	return code < 0 ? -1 : EXIT_FINE;
}

static int run(const struct options *options, struct error **err)
{
	struct session session = { 0 };
	struct output output = { 0 };

	if (options->rbac)
		return print_rbac(options, err);
	if (check(options, err) < 0)
		return -1;
	int code = output_init(&output, options, err);
	if (code == 0)
		code = session_read(&session, options, err);
	if (code == 0)
		code = answer(&session, options, &output, err);
	output_release(&output);
	session_close(&session);
	return code;
}

const struct command command_triage = {
	.name = "triage",
	.operands = "[INCIDENT]",
	.summary = "Open or refresh an incident and print what to do first, and why.",
	.text = "Opens the incident with this scope, or refreshes it, from every source given and all that the store holds "
		"from earlier reads, and prints the answers: what to do now; where bad images run, ran or lie cached; which "
		"images of the breached registry run where, and which of them any date puts into the window; which tags moved; which credentials must be rotated, where their copies are and "
		"who uses them; and what is not known. The order and its grounds are documented in docs/ranking.md. Nothing "
		"in any cluster is changed. What could not be read is not known, and makes exit code 4; with --rbac it prints "
		"the rights that were missing in what was read last, and nothing else.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(REGISTRY) | OPTION_BIT(REPOSITORY) |
		   OPTION_BIT(ACCOUNT) | OPTION_BIT(BAD) | OPTION_BIT(SINCE) | OPTION_BIT(WINDOW) |
		   OPTION_BIT(FAIL_ON) | OPTION_BIT(RBAC),
	.judges_registries = true,
	.without_clusters = true,
	.run = run,
};
