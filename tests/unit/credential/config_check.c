#include "config_check.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"

static const char *reading(const struct config_entry *entry)
{
	if (entry->kubelet_reads)
		return "read";
	return entry->overridden ? "hidden" : "unread";
}

static void add_entries(struct strbuf *out, const struct docker_config *config)
{
	for (size_t i = 0; i < config->entry_count; i++) {
		const struct config_entry *entry = &config->entries[i];
		strbuf_addf(out, "%s%.*s#%u %s %.*s:%.*s %s", i ? "; " : "", SLICE_ARG(entry->key), entry->ordinal,
			    entry_form_name(entry->form), SLICE_ARG(entry->username),
			    SLICE_ARG(secret_reveal(&entry->secret)), reading(entry));
	}
}

static void add_defects(struct strbuf *out, const struct docker_config *config)
{
	for (size_t i = 0; i < config->defect_count; i++) {
		const struct config_defect *defect = &config->defects[i];
		assert_true(defect->message.len > 0);
		strbuf_addf(out, "%s%s@%zu %.*s%s", i ? "; " : "", defect->code, defect->offset,
			    SLICE_ARG(defect->pointer), defect->blocks ? "!" : "");
	}
}

typedef void (*summary)(struct strbuf *out, const struct docker_config *config);

static void check_summary(enum config_format format, const char *text, summary add, const char *expected,
			  const char *file, int line)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_OBJECT_BYTES);
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct error *err = NULL;
	check_ok(secret_copy(&bytes, slice_of(text), &err), &err);
	check_ok(docker_config_parse(&bytes, format, &arena, &config, &err), &err);
	add(&out, &config);
	_assert_string_equal(strbuf_text(&out), expected, file, line);
}

void check_entries_(enum config_format format, const char *text, const char *expected, const char *file, int line)
{
	check_summary(format, text, add_entries, expected, file, line);
}

void check_defects_(enum config_format format, const char *text, const char *expected, const char *file, int line)
{
	check_summary(format, text, add_defects, expected, file, line);
}

static void add_decodes(struct strbuf *out, const struct docker_config *config)
{
	strbuf_add_text(out, config->decodes ? "decodes" : "blocks");
}

void check_decodes_(enum config_format format, const char *text, bool expected, const char *file, int line)
{
	check_summary(format, text, add_decodes, expected ? "decodes" : "blocks", file, line);
}
