#include "format_check.h"

#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"

static void parsed_begin(struct parsed *parsed)
{
	arena_release(&parsed->arena);
	*parsed = (struct parsed){ .arena = ARENA_INIT(LIMIT_IMAGE_BYTES) };
}

void parse_manifest(struct parsed *parsed, const char *json, const char *content_type, int expected)
{
	struct error *err = NULL;
	struct slice bytes;
	parsed_begin(parsed);
	assert_int_equal(arena_copy(&parsed->arena, slice_of(json), &bytes), 0);
	int got = oci_manifest_parse(bytes, slice_of(content_type), &parsed->arena, &parsed->manifest, &err);
	check_ok(got, &err);
	if (got != expected)
		fail_msg("%s: %d, %.*s", json, got, SLICE_ARG(parsed->manifest.refused));
}

void parse_config(struct parsed *parsed, const char *json, int expected)
{
	struct error *err = NULL;
	struct slice bytes;
	parsed_begin(parsed);
	assert_int_equal(arena_copy(&parsed->arena, slice_of(json), &bytes), 0);
	int got = oci_config_parse(bytes, &parsed->arena, &parsed->config, &err);
	check_ok(got, &err);
	if (got != expected)
		fail_msg("%s: %d, %.*s", json, got, SLICE_ARG(parsed->config.refused));
}

void parsed_release(struct parsed *parsed)
{
	arena_release(&parsed->arena);
}

void check_defects(const struct oci_defects *defects, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (size_t i = 0; i < defects->len; i++)
		strbuf_addf(&text, "%s%s %.*s", i ? "; " : "", defects->items[i].code,
			    SLICE_ARG(defects->items[i].place));
	assert_string_equal(strbuf_text(&text), expected);
	for (size_t i = 0; i < defects->len; i++)
		assert_true(defects->items[i].message.len > 0);
}

void check_refused(const char *json, const char *content_type, const char *part)
{
	CLEANUP(parsed_release) struct parsed parsed = { 0 };
	parse_manifest(&parsed, json, content_type, 0);
	if (!slice_contains(parsed.manifest.refused, part))
		fail_msg("%s: %.*s", json, SLICE_ARG(parsed.manifest.refused));
}

void check_list(struct slice_list list, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	for (size_t i = 0; i < list.len; i++)
		strbuf_addf(&text, "%s%.*s", i ? "|" : "", SLICE_ARG(list.items[i].data ? list.items[i] : SLICE("?")));
	assert_string_equal(strbuf_text(&text), expected);
}
