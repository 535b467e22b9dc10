#include "model/schema.h"

#include "base/limits.h"
#include "model/answer.h"
#include "model/observed.h"

const struct schema_output schema_outputs[] = {
	{ "collect", "fother collect DIR -o json", { &collected_type } },
	{ "credentials", "fother credentials -o json", { &credential_type } },
	{ "dockerfiles", "fother image dockerfile REF -o json", { &dockerfile_type } },
	{ "images", "fother images -o json", { &image_type } },
	{ "image_differences", "fother image diff OLD NEW -o json", { &image_difference_type } },
	{ "image_facts", "fother image inspect REF -o json", { &image_facts_type } },
	{ "image_layers", "fother image layers REF -o json", { &layer_row_type } },
	{ "incidents", "fother incident list -o json", { &incident_type } },
	{ "registry_log", "fother registry log -o json", { &registry_event_type } },
	{ "repositories", "fother registry repos -o json", { &repository_type } },
	{ "secrets", "fother secrets -o json, and with --watch -o ndjson", { &secret_row_type, &secret_change_type } },
	{ "sightings", "fother where DIGEST -o json", { &sighting_type } },
	{ "tags", "fother registry tags -o json, and registry watch -o ndjson", { &tag_row_type } },
	{ "triage",
	  "fother triage -o json: the rows of its sections, in the order to act",
	  { &action_type, &sighting_type, &image_type, &tag_row_type, &credential_type, &secret_row_type, &finding_type,
	    &unknown_type } },
};
const size_t schema_output_count = sizeof schema_outputs / sizeof schema_outputs[0];

static void member(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, slice_of(text));
}

static void property(struct json_writer *w, const char *name, const char *doc)
{
	json_key(w, name);
	json_object_begin(w);
	member(w, "description", doc);
}

/* "NAME": {"type": "string", ...} */
static void simple_property(struct json_writer *w, const char *name, const char *doc, const char *type)
{
	property(w, name, doc);
	member(w, "type", type);
	json_object_end(w);
}

static void formatted(struct json_writer *w, const char *key, const char *before, const char *name, const char *behind)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	strbuf_addf(&text, "%s%s%s", before, name, behind);
	if (text.failure)
		w->out->failure = text.failure;
	member(w, key, strbuf_text(&text));
}

static void write_generated(struct json_writer *w)
{
	property(w, "generated", "When the answer was made: the wall clock, or --as-of.");
	member(w, "type", "string");
	member(w, "format", "date-time");
	json_object_end(w);
}

static void write_incident(struct json_writer *w)
{
	property(w, "incident", "The incident that the answer is about, or null.");
	json_key(w, "anyOf");
	json_array_begin(w);
	json_object_begin(w);
	member(w, "type", "null");
	json_object_end(w);
	json_object_begin(w);
	schema_write_members(&incident_type, false, w);
	json_object_end(w);
	json_array_end(w);
	json_object_end(w);
}

static void write_reads(struct json_writer *w)
{
	property(w, "reads", "The reads that the answer rests on.");
	member(w, "type", "array");
	json_key(w, "items");
	json_object_begin(w);
	schema_write_members(&read_type, false, w);
	json_object_end(w);
	json_object_end(w);
}

static void write_errors(struct json_writer *w)
{
	property(w, "errors", "Sources that could not be read, and why.");
	member(w, "type", "array");
	json_key(w, "items");
	json_object_begin(w);
	member(w, "type", "string");
	json_object_end(w);
	json_object_end(w);
}

static void write_items(const struct schema_output *output, struct json_writer *w)
{
	property(w, "items", "The answer's records; `record` says which one an item is.");
	member(w, "type", "array");
	json_key(w, "items");
	json_object_begin(w);
	json_key(w, "anyOf");
	json_array_begin(w);
	for (size_t i = 0; i < SCHEMA_ITEMS_MAX && output->items[i]; i++) {
		json_object_begin(w);
		schema_write_members(output->items[i], true, w);
		json_object_end(w);
	}
	json_array_end(w);
	json_object_end(w);
	json_object_end(w);
}

static void write_properties(const struct schema_output *output, struct json_writer *w)
{
	json_key(w, "properties");
	json_object_begin(w);
	property(w, "schema", "Which answer this is, and the version of its fields' meanings.");
	formatted(w, "const", "fother/", output->name, "/v1");
	json_object_end(w);
	simple_property(w, "tool", "The program and its version.", "string");
	write_generated(w);
	write_incident(w);
	simple_property(w, "complete", "Everything that the answer needs was read.", "boolean");
	write_reads(w);
	write_errors(w);
	write_items(output, w);
	json_object_end(w);
}

void schema_write_output(const struct schema_output *output, struct json_writer *w)
{
	static const char *const required[] = { "schema",   "tool",  "generated", "incident",
						"complete", "reads", "errors",    "items" };
	json_object_begin(w);
	member(w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	formatted(w, "$id", "urn:fother:output:", output->name, ":v1");
	member(w, "title", output->doc);
	member(w, "type", "object");
	write_properties(output, w);
	json_key(w, "required");
	json_array_begin(w);
	for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
		json_text(w, slice_of(required[i]));
	json_array_end(w);
	json_key(w, "additionalProperties");
	json_bool(w, false);
	json_object_end(w);
}
