/* What the files that take history entries apart share. */
#ifndef FOTHER_OCI_FORMAT_STEP_INTERNAL_H
#define FOTHER_OCI_FORMAT_STEP_INTERNAL_H

#include "oci/format/history.h"

/* What was known before an entry. */
struct step_context {
	struct slice shell; /* words of the last SHELL instruction; not there: none */
	bool windows;
};

/* image_step_parse with what the entries before it told. */
int step_parse(const struct oci_history *entry, const struct step_context *context, struct arena *arena,
	       struct image_step *ret_step, struct error **err);

/* What an instruction is written with. */
struct step_writer {
	const struct step_context *context;
	struct arena *arena;
	struct strbuf *out;
	bool classic; /* `#(nop)`: COPY and ADD as `file:HASH in /dest` */
};

/* How one instruction is written: everything behind its keyword. NULL: as it is. */
typedef int (*step_format)(struct slice rest, const struct step_writer *w, struct error **err);
struct step_instruction {
	const char *keyword;
	step_format format;
	bool has_heredocs; /* COPY <<EOF */
};
/* NULL: no instruction. RUN is none here: step.c writes it. */
const struct step_instruction *step_instruction(struct slice keyword);

/* The words of a SHELL instruction's text with one blank between them. 0 or -1. */
int step_shell_words(struct slice text, struct arena *arena, struct slice *ret_words, struct error **err);

/* Behind RUN: one line as it is, lines as heredocs. No line of the command can come to stand outside of them. */
void step_add_command(struct strbuf *out, struct slice command, bool windows);
/* The same command on several lines, where that changes nothing. */
void step_add_laid_out(struct strbuf *out, struct slice command);

struct step_heredoc {
	struct slice delimiter;
	bool tabs; /* <<-: tabs before the delimiter do not count */
};
/* Whether the word begins a heredoc. */
bool step_heredoc_word(struct slice word, struct step_heredoc *ret_heredoc);
/* The ends of the heredocs that a line begins, outside quotes, each in a line of its own; not of the first `ended`. */
void step_add_heredoc_ends(struct strbuf *out, struct slice line, size_t ended);

#endif
