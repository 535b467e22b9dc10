#include "cli/triage_answer.h"

#include "cli/incident.h"
#include "cli/triage_rows.h"
#include "cli/triage_screen.h"
#include "detect/detect.h"

/* --fail-on by its weight; triage's own grounds are high. */
static const char *const severities[] = { "none", "low", "medium", "high", "critical" };

static int severity_weight(struct slice name)
{
	for (size_t i = 0; i < sizeof severities / sizeof severities[0]; i++)
		if (slice_equal_text(name, severities[i]))
			return (int)i;
	return -1;
}

static int check_fail_on(const struct options *options, int *ret_weight, struct error **err)
{
	*ret_weight = options->fail_on ? severity_weight(slice_of(options->fail_on)) : severity_weight(SLICE("high"));
	if (*ret_weight < 0)
		return error_set(err, ERROR_USAGE, "--fail-on %s: use critical, high, medium, low or none",
				 options->fail_on);
	return 0;
}

static int worst_finding(const struct world *world)
{
	const struct finding *findings = world->findings.items;
	int worst = 0;

	for (size_t i = 0; i < world->findings.len; i++) {
		int weight = severity_weight(findings[i].severity);
		worst = weight > worst ? weight : worst;
	}
	return worst;
}

/* 3 goes before 4: what was found is worth more than that something could not be read. */
static int exit_code_of(const struct session *session, const struct triage *triage, int fail_on)
{
	int worst = worst_finding(session->world);

	if ((triage->bad_seen || triage->burnt_in_use) && worst < severity_weight(SLICE("high")))
		worst = severity_weight(SLICE("high"));
	if (fail_on > 0 && worst >= fail_on)
		return EXIT_FINDINGS;
	return triage->complete && session_complete(session) ? EXIT_FINE : EXIT_PARTIAL;
}

static int print_records(struct session *session, struct output *output, const struct triage *triage,
			 struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/triage/v1");

	envelope.incident = &triage->incident;
	envelope.complete = envelope.complete && triage->complete;
	if (output_begin(output, &envelope, err) < 0 || triage_rows(session, output, triage, err) < 0)
		return -1;
	return output_end(output, &envelope, err);
}

static int find(struct session *session, struct error **err)
{
	struct world *world = session->world;

	if (detect_run(world, &world->findings, err) < 0)
		return -1;
	return store_findings_replace(session->store, world->findings.items, world->findings.len, DETECT_VERSION,
				      world->as_of, err);
}

static int print(struct session *session, struct output *output, const struct triage *triage, struct error **err)
{
	if (!output_is_screen(output))
		return print_records(session, output, triage, err);
	if (triage_screen(session, output, triage, err) < 0)
		return -1;
	return output_end(output, &(struct envelope){ 0 }, err);
}

int triage_answer(struct session *session, struct output *output, const struct incident *incident,
		  const struct options *options, struct error **err)
{
	struct indicators indicators = { 0 };
	struct triage triage = { 0 };
	int fail_on = 0;

	int code = check_fail_on(options, &fail_on, err);
	if (code == 0)
		code = incident_indicators(session, incident, &indicators, err);
	if (code == 0)
		code = find(session, err);
	if (code == 0)
		code = triage_run(session->world, incident, &indicators, &triage, err);
	if (code == 0)
		code = print(session, output, &triage, err);
	indicators_release(&indicators);
	return code < 0 ? -1 : exit_code_of(session, &triage, fail_on);
}
