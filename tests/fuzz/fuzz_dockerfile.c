/* A config as JSON, made into a Dockerfile. Whatever it holds, the Dockerfile parses: each line is a comment, an
 * instruction, or belongs to one by a backslash or a heredoc; and nothing in it moves a terminal's cursor. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "oci/format/step_internal.h"
#include "oci/format/step_words.h"

#define MOST_HEREDOCS 1000

static void require(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_characters(struct slice text)
{
	while (text.len) {
		uint32_t code_point;
		size_t len = utf8_decode(text, &code_point);
		require(code_point == '\n' || code_point == '\t' || !utf8_is_hidden(code_point));
		text = slice_part(text, len, text.len);
	}
}

/* Words in quotes begin no heredoc, but it does no harm to wait for the end of one that is none. */
static size_t heredocs_of(struct slice line, struct step_heredoc *heredocs)
{
	size_t count = 0;
	char quote = 0;
	for (size_t i = 0; i < line.len; i++) {
		char c = line.data[i];
		bool start = i > 0 && (line.data[i - 1] == ' ' || line.data[i - 1] == '\t');
		struct slice rest = slice_part(line, i, line.len), word = rest;
		if (c == '\\' && quote != '\'') {
			i++;
			continue;
		}
		if (!quote && start && c != ' ' && count < MOST_HEREDOCS && (word = step_word(&rest)).data &&
		    step_heredoc_word(word, &heredocs[count])) {
			count++;
			i += word.len - 1;
			continue;
		}
		if (quote == c)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
	}
	return count;
}

static void skip_heredocs(struct slice *rest, const struct step_heredoc *heredocs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice line = SLICE("");
		bool found = false;
		while (!found && rest->data) {
			slice_cut(*rest, '\n', &line, rest);
			while (heredocs[i].tabs && line.len && line.data[0] == '\t')
				line = slice_part(line, 1, line.len);
			found = slice_equal(line, heredocs[i].delimiter);
		}
		require(found);
	}
}

static void check_instructions(struct slice rest, char escape)
{
	static struct step_heredoc heredocs[MOST_HEREDOCS];
	struct slice line;
	while (rest.data) {
		slice_cut(rest, '\n', &line, &rest);
		if (!line.len || line.data[0] == '#')
			continue;
		struct slice words = line, keyword = step_word(&words);
		require(slice_equal_text(keyword, "RUN") || slice_equal_text(keyword, "FROM") ||
			step_instruction(keyword));
		bool copies = slice_equal_text(keyword, "COPY") || slice_equal_text(keyword, "ADD");
		bool runs = slice_equal_text(keyword, "RUN");
		size_t count = copies || runs ? heredocs_of(line, heredocs) : 0;
		if (count) {
			skip_heredocs(&rest, heredocs, count);
			continue;
		}
		while (line.len && line.data[line.len - 1] == escape) {
			require(runs && rest.data);
			slice_cut(rest, '\n', &line, &rest);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_DOCKERFILE_BYTES);
	struct slice text = { size ? (const char *)data : "", size };
	struct oci_config config;
	struct image_history history;
	struct error *err = NULL;
	if (oci_config_parse(text, &arena, &config, &err) > 0 &&
	    image_history_build(NULL, &config, &arena, &history, &err) == 0 &&
	    dockerfile_write(&history, &config, NULL, &out, &err) == 0) {
		check_characters(strbuf_slice(&out));
		if (!slice_equal_text(config.platform.os, "windows"))
			check_instructions(strbuf_slice(&out), '\\');
	}
	error_free(err);
	return 0;
}
