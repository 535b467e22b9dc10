/* Answers on stdout in the form that -o asks for: the envelope (docs/schema) and what goes into it.
 *
 *     struct output output;
 *     output_init(&output, options, err);
 *     output_begin(&output, &envelope, err);
 *     output_items(&output, &credential_type, list, err);     // any number of times
 *     output_end(&output, &envelope, err);
 *
 * JSON: one document. NDJSON: an item a line, the envelope without items as the last line. CSV: a header and a line an
 * item. Table and wide: the columns of the field list. -q: the FIELD_QUIET field of each item.
 */
#ifndef FOTHER_CLI_OUTPUT_H
#define FOTHER_CLI_OUTPUT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/strbuf.h"
#include "model/observed.h"

/* Raised when a field's meaning changes; new fields alone do not raise it. */
#define OUTPUT_SCHEMA_VERSION 1

enum output_format { OUTPUT_TABLE, OUTPUT_WIDE, OUTPUT_JSON, OUTPUT_NDJSON, OUTPUT_CSV };

struct options;

struct output {
	enum output_format format;
	bool quiet;
	size_t width; /* of the terminal */
	struct strbuf text;
	struct json_writer json;
	size_t items;
	struct strbuf last; /* -q: the line before, so that one identity in a row is told once */
};

struct envelope {
	const char *schema;              /* "fother/credentials/v1" */
	const struct incident *incident; /* NULL: none */
	bool complete;
	bool lacks_values;        /* not complete for this: some cluster's secrets were read without their values */
	int64_t generated;        /* the wall clock, or --as-of */
	bool reproducible;        /* --as-of was given: times of the clock are left out of reads */
	struct record_list reads; /* struct read */
	struct slice_list errors; /* sources that could not be read */
};

int output_init(struct output *output, const struct options *options, struct error **err);
void output_release(struct output *output);

/* True for a form that a person reads (table and wide, not -q). */
bool output_is_screen(const struct output *output);

int output_begin(struct output *output, const struct envelope *envelope, struct error **err);
int output_items(struct output *output, const struct record_type *type, struct record_list items, struct error **err);
/* One item that is seen at once: NDJSON, CSV and -q, for what goes on. `first` asks for CSV's header. */
int output_follow(struct output *output, const struct record_type *type, const void *item, bool first,
		  struct error **err);
int output_end(struct output *output, const struct envelope *envelope, struct error **err);

#endif
