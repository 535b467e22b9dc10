#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/incident.h"
#include "cli/session.h"
#include "cli/triage_answer.h"
#include "store/store_read.h"

static int list(const struct options *options, struct session *session, struct output *output, struct error **err)
{
	struct envelope envelope = session_envelope(session, "fother/incidents/v1");
	struct record_list incidents;

	(void)options;
	if (store_read_all(session->store, &incident_type, NULL, 0, &session->arena, &incidents, err) < 0 ||
	    output_begin(output, &envelope, err) < 0)
		return -1;
	if (incidents.len == 0 && output_is_screen(output))
		strbuf_add_text(&output->text, "No incident yet. `fother triage --registry R` opens one.\n");
	else if (output_items(output, &incident_type, incidents, err) < 0)
		return -1;
	return output_end(output, &envelope, err) < 0 ? -1 : session_exit_code(session);
}

static int show(const struct options *options, struct session *session, struct output *output, struct error **err)
{
	struct incident incident;

	if (incident_by_number(session, options->operands.items[0], &incident, err) < 0)
		return -1;
	return triage_answer(session, output, &incident, options, err);
}

static int run_with_session(const struct options *options,
			    int (*answer)(const struct options *options, struct session *session, struct output *output,
					  struct error **err),
			    struct error **err)
{
	struct session session = { 0 };
	struct output output = { 0 };

	int code = output_init(&output, options, err);
	if (code == 0)
		code = session_open(&session, options, err);
	if (code == 0)
		code = answer(options, &session, &output, err);
	output_release(&output);
	session_close(&session);
	return code;
}

static int run_list(const struct options *options, struct error **err)
{
	return run_with_session(options, list, err);
}

static int run_show(const struct options *options, struct error **err)
{
	if (options->operands.len != 1)
		return error_set(err, ERROR_USAGE, "give one incident number (see `fother incident list`)");
	return run_with_session(options, show, err);
}

const struct command command_incident_list = {
	.name = "incident list",
	.operands = "",
	.summary = "The incidents that were opened.",
	.text = "Lists the incidents of the store: their scope, window and when they were opened and refreshed.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_STORE | OPTION_BIT(AS_OF),
	.judges_registries = true,
	.without_clusters = true,
	.run = run_list,
};

const struct command command_incident_show = {
	.name = "incident show",
	.operands = "INCIDENT",
	.summary = "The answers of an incident again, from what the store holds.",
	.text = "Prints the answers of an incident from what the store holds, without reading a source and without "
		"changing the incident.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_STORE | OPTION_BIT(AS_OF) | OPTION_BIT(CLUSTER) |
		   OPTION_BIT(FAIL_ON),
	.judges_registries = true,
	.without_clusters = true,
	.run = run_show,
};
