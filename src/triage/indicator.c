#include "triage/indicator.h"

#include <stdio.h>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/vec.h"

static int parse_digest(struct slice word, struct indicator *indicator, struct error **err)
{
	if (!digest_valid(word))
		return error_set(err, ERROR_USAGE, "not a whole digest (sha256: and 64 lower-case hex digits)");
	indicator->digest = word;
	return 0;
}

/* 64 hex digits alone are what an image id or a list of hashes gives: SHA-256. */
static bool bare_sha256(struct slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_lower_hex(word.data[i]))
			return false;
	return word.len == 64;
}

static bool looks_like_digest(struct slice word)
{
	return slice_starts_with(word, "sha256:") || slice_starts_with(word, "sha384:") ||
	       slice_starts_with(word, "sha512:") || slice_starts_with(word, "blake3:");
}

static int parse_reference(struct slice word, struct arena *arena, struct indicator *indicator, struct error **err)
{
	if (reference_parse(word, arena, &indicator->reference, err) < 0)
		return -1;
	if (indicator->reference.digest.data) {
		indicator->kind = INDICATOR_DIGEST;
		indicator->digest = indicator->reference.digest;
		return 0;
	}
	indicator->kind = INDICATOR_TAG;
	if (!indicator->reference.tag.data)
		return error_set(err, ERROR_USAGE, "a name needs a :tag or an @digest");
	return 0;
}

/* Kinds of indicators that come later; until then they must not pass as names of images. */
static int refuse_later_kinds(struct slice word, struct error **err)
{
	if (slice_starts_with(word, "domain:") || slice_starts_with(word, "addr:"))
		return error_set(err, ERROR_USAGE, "domains and addresses cannot be looked for yet");
	return 0;
}

static int parse_word(struct slice word, struct arena *arena, struct indicator *indicator, struct error **err)
{
	if (refuse_later_kinds(word, err) < 0)
		return -1;
	if (slice_starts_with(word, "file:")) {
		indicator->kind = INDICATOR_FILE;
		return parse_digest(slice_part(word, 5, word.len), indicator, err);
	}
	if (bare_sha256(word)) {
		word = arena_printf(arena, "sha256:%.*s", SLICE_ARG(word));
		if (!word.data)
			return arena_fail(arena, err);
	}
	if (slice_equal_nocase(slice_part(word, 0, 7), SLICE("sha256:")) && !slice_starts_with(word, "sha256:"))
		return error_set(err, ERROR_USAGE, "write sha256: in lower case");
	if (looks_like_digest(word)) {
		indicator->kind = INDICATOR_DIGEST;
		return parse_digest(word, indicator, err);
	}
	return parse_reference(word, arena, indicator, err);
}

/* One way to write each indicator, so that the same one given twice is one. */
static struct slice canonical(const struct indicator *i, struct slice word, struct arena *arena)
{
	char from[TIME_TEXT_BYTES], to[TIME_TEXT_BYTES];

	if (i->kind == INDICATOR_FILE)
		return arena_printf(arena, "file:%.*s", SLICE_ARG(i->digest));
	if (i->kind == INDICATOR_DIGEST)
		return i->reference.path.data ? arena_printf(arena, "%.*s", SLICE_ARG(word))
					      : arena_printf(arena, "%.*s", SLICE_ARG(i->digest));
	struct slice name = arena_printf(arena, "%.*s/%.*s:%.*s", SLICE_ARG(i->reference.domain),
					 SLICE_ARG(i->reference.path), SLICE_ARG(i->reference.tag));
	if (!name.data || (i->from == TIME_UNSET && i->to == TIME_UNSET))
		return name;
	return arena_printf(arena, "%.*s %s..%s", SLICE_ARG(name),
			    i->from == TIME_UNSET ? "" : time_format(i->from, from),
			    i->to == TIME_UNSET ? "" : time_format(i->to, to));
}

/* What a reference of the longest kind grows by when its defaults are written out. */
#define NAME_BYTES (LIMIT_REFERENCE_BYTES + sizeof "docker.io/library/")

/* In the caller's buffer: a look-up that fails because memory is out would say "not bad". */
static struct slice tag_name(struct slice domain, struct slice path, struct slice tag, char name[NAME_BYTES])
{
	int len = snprintf(name, NAME_BYTES, "%.*s/%.*s:%.*s", SLICE_ARG(domain), SLICE_ARG(path), SLICE_ARG(tag));
	return len > 0 && (size_t)len < NAME_BYTES ? (struct slice){ name, (size_t)len } : SLICE_NONE;
}

/* Puts the index of the indicator that comes next under the key; *ret_before is what stood there, 0 for nothing. */
static int put_index(const struct indicators *list, struct map *map, struct slice key, size_t *ret_before,
		     struct error **err)
{
	void **place = key.data ? map_put(map, key) : NULL;
	if (!place)
		return error_no_memory(err);
	*ret_before = (uintptr_t)*place;
	*place = (void *)(uintptr_t)(list->len + 1);
	return 0;
}

/* The same line twice, or the same digest under any name, is one indicator. */
static bool known(const struct indicators *list, const struct indicator *indicator)
{
	if (indicator->kind == INDICATOR_DIGEST)
		return map_get(&list->by_digest, indicator->digest);
	return map_get(&list->by_text, indicator->text);
}

static int add_parsed(struct indicators *list, struct indicator *indicator, struct error **err)
{
	const struct reference *reference = &indicator->reference;
	char name[NAME_BYTES];
	size_t before;

	if (known(list, indicator))
		return 0;
	if (list->len >= LIMIT_INDICATORS)
		return error_set(err, ERROR_LIMIT, "more than %d indicators", LIMIT_INDICATORS);
	if (put_index(list, &list->by_text, indicator->text, &before, err) < 0)
		return -1;
	if (indicator->kind == INDICATOR_DIGEST &&
	    put_index(list, &list->by_digest, indicator->digest, &before, err) < 0)
		return -1;
	if (indicator->kind == INDICATOR_TAG &&
	    put_index(list, &list->by_name, tag_name(reference->domain, reference->path, reference->tag, name),
		      &indicator->next, err) < 0)
		return -1;
	struct indicator *item = vec_push(list);
	if (!item)
		return error_no_memory(err);
	*item = *indicator;
	return 0;
}

int indicator_add(struct indicators *list, struct slice line, size_t line_number, int64_t now, struct arena *arena,
		  struct error **err)
{
	struct slice text, comment, word, window;

	/* A '#' starts a comment at the start of a line or behind a blank; no digest or name holds one. */
	slice_cut(line, '#', &text, &comment);
	text = slice_trim(text);
	if (text.len == 0)
		return 0;
	if (text.len > LIMIT_REFERENCE_BYTES)
		return error_set(err, ERROR_USAGE, "longer than any indicator");
	if (arena_copy(arena, text, &text) < 0)
		return arena_fail(arena, err);

	struct indicator indicator = { .from = TIME_UNSET, .to = TIME_UNSET, .line = line_number };
	bool has_window = slice_cut(text, ' ', &word, &window) || slice_cut(text, '\t', &word, &window);
	if (parse_word(word, arena, &indicator, err) < 0)
		return error_context(err, "%.*s", SLICE_ARG(word));
	if (has_window && indicator.kind != INDICATOR_TAG)
		return error_set(err, ERROR_USAGE, "only a tag takes a window; a digest is bad at any time");
	if (has_window && time_parse_window(slice_trim(window), now, &indicator.from, &indicator.to, err) < 0)
		return error_context(err, "%.*s", SLICE_ARG(word));
	indicator.text = canonical(&indicator, word, arena);
	if (!indicator.text.data)
		return arena_fail(arena, err);
	return add_parsed(list, &indicator, err) < 0 ? -1 : 1;
}

int indicator_add_text(struct indicators *list, struct slice text, const char *name, int64_t now, struct arena *arena,
		       struct error **err)
{
	struct slice rest = slice_part(text, slice_starts_with(text, "\xef\xbb\xbf") ? 3 : 0, text.len), line;
	size_t number = 0;
	bool more = true;

	while (more) {
		more = slice_cut(rest, '\n', &line, &rest);
		number++;
		if (indicator_add(list, line, number, now, arena, err) < 0)
			return error_context(err, "%s: line %zu", name, number);
	}
	return 0;
}

const struct indicator *indicators_digest(const struct indicators *list, struct slice digest)
{
	uintptr_t index = digest.data ? (uintptr_t)map_get(&list->by_digest, digest) : 0;
	return index ? &list->items[index - 1] : NULL;
}

static bool windows_overlap(const struct indicator *indicator, const struct indicator_sight *sight)
{
	bool before = indicator->from != TIME_UNSET && sight->to != TIME_UNSET && sight->to < indicator->from;
	bool after = indicator->to != TIME_UNSET && sight->from != TIME_UNSET && sight->from > indicator->to;
	return !before && !after;
}

const struct indicator *indicators_tag(const struct indicators *list, const struct indicator_sight *sight)
{
	const struct indicator *found = NULL;
	char name[NAME_BYTES];

	if (list->by_name.len == 0 || !sight->tag.data)
		return NULL;
	struct slice key = tag_name(sight->registry, sight->repository, sight->tag, name);
	uintptr_t index = key.data ? (uintptr_t)map_get(&list->by_name, key) : 0;
	for (; index; index = list->items[index - 1].next)
		if (windows_overlap(&list->items[index - 1], sight))
			found = &list->items[index - 1]; /* the one that was given first */
	return found;
}

void indicators_release(struct indicators *list)
{
	vec_release(list);
	map_release(&list->by_digest);
	map_release(&list->by_name);
	map_release(&list->by_text);
}
