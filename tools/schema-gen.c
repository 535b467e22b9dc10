/* Writes docs/schema/NAME.schema.json for every output: schema-gen FOLDER. Built with the tree, not installed. */
#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/schema.h"

static int write_schema(const char *folder, const struct schema_output *output, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_LINE_BYTES);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	struct json_writer w = { .out = &text, .indent = 2 };

	strbuf_addf(&path, "%s/%s.schema.json", folder, output->name);
	schema_write_output(output, &w);
	strbuf_add_char(&text, '\n');
	if (strbuf_failed(&path, err) || strbuf_failed(&text, err))
		return -1;
	FILE *file = fopen(strbuf_text(&path), "we");
	if (!file)
		return error_set(err, ERROR_SYSTEM, "%s cannot be written", strbuf_text(&path));
	bool written = fwrite(text.data, 1, text.len, file) == text.len;
	if (fclose(file) != 0 || !written)
		return error_set(err, ERROR_SYSTEM, "%s cannot be written", strbuf_text(&path));
	return 0;
}

int main(int argc, char **argv)
{
	CLEANUP(error_freep) struct error *err = NULL;

	if (argc != 2) {
		fputs("usage: schema-gen FOLDER\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < schema_output_count; i++) {
		if (write_schema(argv[1], &schema_outputs[i], &err) < 0) {
			fprintf(stderr, "schema-gen: %s\n", err->message);
			return 1;
		}
	}
	return 0;
}
