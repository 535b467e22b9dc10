#include "base/json_writer.h"
#include "base/limits.h"
#include "cli/command_list.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/terminal.h"

static int run(const struct options *options, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	struct output output;

	if (output_init(&output, options, err) < 0)
		return -1;
	if (output.format == OUTPUT_JSON || output.format == OUTPUT_NDJSON) {
		struct json_writer w = { .out = &out };
		json_object_begin(&w);
		json_member_text(&w, "version", slice_of(FOTHER_VERSION));
		json_key(&w, "schema");
		json_int(&w, OUTPUT_SCHEMA_VERSION);
		json_object_end(&w);
		strbuf_add_char(&out, '\n');
	} else {
		strbuf_add_text(&out, options->quiet ? FOTHER_VERSION "\n" : "fother " FOTHER_VERSION "\n");
	}
	return terminal_write(&out, err);
}

const struct command command_version = {
	.name = "version",
	.operands = "",
	.summary = "Print the version.",
	.text = "Prints the version of the program and, as JSON, that of its output's schema.",
	.options = OPTIONS_ALWAYS | OPTIONS_OUTPUT,
	.run = run,
};
