#include "cli/image_screen.h"

#include <stdio.h>

#include "base/utf8.h"
#include "cli/image_lines.h"

const char *image_size_format(int64_t bytes, char text[IMAGE_SIZE_TEXT_BYTES])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	int64_t whole = bytes, tenths = 0;
	size_t unit = 0;
	for (; whole >= 1000; unit++) {
		tenths = whole % 1000 / 100;
		whole /= 1000;
	}
	if (bytes < 0)
		snprintf(text, IMAGE_SIZE_TEXT_BYTES, "-");
	else if (unit == 0)
		snprintf(text, IMAGE_SIZE_TEXT_BYTES, "%lld B", (long long)whole);
	else
		snprintf(text, IMAGE_SIZE_TEXT_BYTES, "%lld.%lld %s", (long long)whole, (long long)tenths, units[unit]);
	return text;
}

/* --- lines --- */

static void text_line(struct image_lines *l, const char *label, struct slice text)
{
	if (!text.len)
		return;
	image_line_add(l, text);
	image_line_end(l, label);
}

/* All in one line, with commas. */
static void list_line(struct image_lines *l, const char *label, struct slice_list texts)
{
	if (!texts.len)
		return;
	for (size_t i = 0; i < texts.len; i++) {
		if (i)
			strbuf_add_text(&l->value, ", ");
		image_line_add(l, texts.items[i]);
	}
	image_line_end(l, label);
}

/* A line for each. */
static void lines_of(struct image_lines *l, const char *label, struct slice_list texts)
{
	for (size_t i = 0; i < texts.len; i++)
		text_line(l, i ? "" : label, texts.items[i].len ? texts.items[i] : SLICE("-"));
}

/* As a shell would be given it, roughly: a blank in an argument must not look like two. */
static void command_line(struct image_lines *l, const char *label, struct slice_list words)
{
	if (!words.len)
		return;
	for (size_t i = 0; i < words.len; i++) {
		bool quote = !words.items[i].len || memchr(words.items[i].data, ' ', words.items[i].len);
		strbuf_add_text(&l->value, i ? " " : "");
		strbuf_add_text(&l->value, quote ? "\"" : "");
		image_line_add(l, words.items[i]);
		strbuf_add_text(&l->value, quote ? "\"" : "");
	}
	image_line_end(l, label);
}

/* --- what it is --- */

static bool is_kind(const struct image_facts *facts, const char *kind)
{
	return slice_equal_text(facts->kind, kind);
}

static void add_platform(struct image_lines *l, struct slice os, struct slice architecture, struct slice variant)
{
	image_line_add(l, os.len ? os : SLICE("-"));
	strbuf_add_char(&l->value, '/');
	image_line_add(l, architecture.len ? architecture : SLICE("-"));
	if (variant.len) {
		strbuf_add_char(&l->value, '/');
		image_line_add(l, variant);
	}
}

static void kind_line(struct image_lines *l, const struct image_facts *facts)
{
	if (is_kind(facts, "index")) {
		strbuf_addf(&l->value, "index of %zu", facts->members.len);
	} else if (is_kind(facts, "artifact")) {
		strbuf_add_text(&l->value, "artifact, no image: ");
		image_line_add(l, facts->artifact_type.len ? facts->artifact_type : SLICE("of no type"));
	} else {
		image_line_add(l, facts->kind.data ? facts->kind : SLICE("unknown"));
		if (facts->os.len || facts->architecture.len) {
			strbuf_add_text(&l->value, ", ");
			add_platform(l, facts->os, facts->architecture, facts->variant);
		}
		if (facts->os_version.len) {
			strbuf_add_char(&l->value, ' ');
			image_line_add(l, facts->os_version);
		}
	}
	image_line_end(l, "kind");
}

/* --- dates: a claim is called one --- */

static void built_line(struct image_lines *l, const struct image_facts *facts, const struct image_screen_facts *more)
{
	if (!facts->dating.data)
		return;
	if (is_kind(facts, "index")) {
		if (more->built == TIME_UNSET)
			return;
		strbuf_add_text(&l->value, "claims ");
		image_line_add_time(l, more->built);
		strbuf_add_text(&l->value, ", the newest of its images");
	} else if (slice_equal_text(facts->dating, "dated") || slice_equal_text(facts->dating, "future")) {
		strbuf_add_text(&l->value, "claims ");
		image_line_add_time(l, facts->created);
		if (slice_equal_text(facts->dating, "future"))
			strbuf_add_text(&l->value, ", which is in the future: the clock or the claim is wrong");
	} else if (slice_equal_text(facts->dating, "reproducible")) {
		strbuf_add_text(&l->value, "not known: ");
		image_line_add(l, facts->created_text);
		strbuf_add_text(&l->value, " is what reproducible builds write");
	} else if (slice_equal_text(facts->dating, "invalid")) {
		strbuf_add_text(&l->value, "not known: \"");
		image_line_add(l, facts->created_text);
		strbuf_add_text(&l->value, "\" is no date");
	} else {
		strbuf_add_text(&l->value, "not known: it claims no date");
	}
	image_line_end(l, "built");
}

static void history_line(struct image_lines *l, const struct image_facts *facts)
{
	if (facts->history_count == INT_UNKNOWN)
		return;
	if (facts->history_count == 0)
		strbuf_add_text(&l->value, "none");
	else
		strbuf_addf(&l->value, "claims %lld step%s", (long long)facts->history_count,
			    facts->history_count == 1 ? "" : "s");
	if (facts->history_from != TIME_UNSET) {
		strbuf_add_text(&l->value, " from ");
		image_line_add_time(l, facts->history_from);
		strbuf_add_text(&l->value, " to ");
		image_line_add_time(l, facts->history_to);
	}
	if (facts->builder.len) {
		strbuf_add_text(&l->value, ", by ");
		image_line_add(l, facts->builder);
	}
	image_line_end(l, "history");
}

static void pushed_line(struct image_lines *l, const struct image_screen_facts *more)
{
	if (more->pushed == TIME_UNSET)
		return;
	image_line_add_time(l, more->pushed);
	if (more->pushed_by.len) {
		strbuf_add_text(&l->value, " by ");
		image_line_add(l, more->pushed_by);
	}
	strbuf_add_text(&l->value, ", says the registry");
	image_line_end(l, "pushed");
}

/* --- base --- */

static const char *proof_sentence(struct slice proof)
{
	static const char *const sentences[][2] = {
		{ "layers", "proven by its layers" },
		{ "layers and annotation", "proven by its layers, and claimed" },
		{ "annotation", "claimed by an annotation, not proven" },
		{ "history", "its history begins alike: not proven" },
		{ "disagree", "by its layers; an annotation claims another" },
	};
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (slice_equal_text(proof, sentences[i][0]))
			return sentences[i][1];
	return "not proven";
}

static void base_line(struct image_lines *l, const struct image_facts *facts)
{
	if (is_kind(facts, "index") || is_kind(facts, "artifact") || is_kind(facts, "attestation"))
		return;
	struct slice base = facts->base.len ? facts->base : facts->base_name.len ? facts->base_name : SLICE_NONE;
	if (!base.data) {
		strbuf_add_text(&l->value, "not known");
	} else {
		image_line_add(l, image_short_name(base));
		strbuf_addf(&l->value, " (%s)",
			    facts->base_proof.len ? proof_sentence(facts->base_proof)
						  : proof_sentence(SLICE("annotation")));
	}
	image_line_end(l, "base");
	if (slice_equal_text(facts->base_proof, "disagree")) {
		image_line_add(l, facts->base_name.len ? facts->base_name : facts->base_digest);
		image_line_end(l, "  claimed");
	}
}

/* --- where it is --- */

static void names_lines(struct image_lines *l, const struct image_facts *facts, const struct image_screen_facts *more)
{
	if (facts->tags_now.len)
		lines_of(l, "tags now", facts->tags_now);
	else
		text_line(l, "tags now",
			  more->registry_read ? SLICE("none that was read") : SLICE("not known: no registry was read"));
	lines_of(l, "tags before", facts->tags_before);
	for (size_t i = 0; i < facts->in_indexes.len; i++)
		text_line(l, i ? "" : "in index", image_short_digest(facts->in_indexes.items[i]));
	lines_of(l, "referrers", facts->referrers);
}

static void runs_line(struct image_lines *l, const struct image_facts *facts, const struct image_screen_facts *more)
{
	if (!more->clusters_read || facts->runs == INT_UNKNOWN)
		strbuf_add_text(&l->value, "not known: no cluster was read");
	else
		strbuf_addf(&l->value, "now in %lld workload%s, before in %lld; cached on %lld node%s",
			    (long long)facts->runs, facts->runs == 1 ? "" : "s", (long long)facts->ran,
			    (long long)facts->cached, facts->cached == 1 ? "" : "s");
	image_line_end(l, "runs");
}

/* --- content and config --- */

static void size_line(struct image_lines *l, const struct image_facts *facts)
{
	char size[IMAGE_SIZE_TEXT_BYTES];
	if (is_kind(facts, "index") || !facts->layers.items)
		return;
	strbuf_addf(&l->value, "%zu layer%s, %s as stored", facts->layers.len, facts->layers.len == 1 ? "" : "s",
		    image_size_format(facts->layers_bytes, size));
	image_line_end(l, "size");
}

static void config_lines(struct image_lines *l, const struct image_facts *facts)
{
	if (is_kind(facts, "index"))
		return;
	if (facts->config_read != BOOL_TRUE) {
		if (!is_kind(facts, "artifact"))
			text_line(l, "config", SLICE("not read: date, history, user, command are not known"));
		return;
	}
	text_line(l, "user", facts->user.len ? facts->user : SLICE("root (none is given)"));
	command_line(l, "entrypoint", facts->entrypoint);
	command_line(l, "command", facts->command);
	text_line(l, "folder", facts->working_dir);
	list_line(l, "ports", facts->ports);
	list_line(l, "variables", facts->env_names);
	lines_of(l, "labels", facts->labels);
}

static void members_lines(struct image_lines *l, const struct image_facts *facts)
{
	const struct index_member *members = facts->members.items;
	for (size_t i = 0; i < facts->members.len; i++) {
		const struct index_member *m = &members[i];
		image_line_add(l, m->digest.len ? image_short_digest(m->digest) : SLICE("(no digest)"));
		strbuf_add_char(&l->value, ' ');
		if (m->attests.data) {
			strbuf_add_text(&l->value, "attestation of ");
			image_line_add(l, image_short_digest(m->attests));
		} else {
			add_platform(l, m->os, m->architecture, m->variant);
		}
		if (m->os_version.len) {
			strbuf_add_char(&l->value, ' ');
			image_line_add(l, m->os_version);
		}
		image_line_end(l, i ? "" : "holds");
	}
}

int image_screen_facts(const struct image_screen *screen, const struct image_facts *facts,
		       const struct image_screen_facts *more, struct error **err)
{
	struct image_lines l = image_lines_of(screen);
	utf8_add_printable(screen->out, facts->reference.len ? facts->reference : facts->digest);
	strbuf_add_text(screen->out, "\n  ");
	utf8_add_printable(screen->out, facts->digest);
	strbuf_add_char(screen->out, '\n');
	kind_line(&l, facts);
	built_line(&l, facts, more);
	history_line(&l, facts);
	pushed_line(&l, more);
	base_line(&l, facts);
	runs_line(&l, facts, more);
	names_lines(&l, facts, more);
	size_line(&l, facts);
	config_lines(&l, facts);
	lines_of(&l, "annotations", facts->annotations);
	members_lines(&l, facts);
	text_line(&l, "subject", image_short_digest(facts->subject));
	lines_of(&l, "WRONG WITH IT", facts->defects);
	image_lines_release(&l);
	return strbuf_failed(screen->out, err) ? -1 : 0;
}
