/* Borrowed bytes: a pointer and a length. Not NUL-terminated, may hold any byte. Owns nothing.
 *
 * data == NULL means "not there" (unknown, null); a slice of length 0 with data set is an empty text.
 */
#ifndef FOTHER_BASE_SLICE_H
#define FOTHER_BASE_SLICE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *data;
	size_t len;
};

struct slice_list {
	const struct slice *items;
	size_t len;
};

#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
#define SLICE_NONE ((struct slice){ NULL, 0 })
/* For printf: "%.*s", SLICE_ARG(s). Cut off at INT_MAX: a negative precision would read on to a NUL. */
#define SLICE_ARG(s) (int)((s).len < INT_MAX ? (s).len : INT_MAX), (s).data ? (s).data : ""

static inline struct slice slice_of(const char *text)
{
	return text ? (struct slice){ text, strlen(text) } : SLICE_NONE;
}

/* Same bytes; "not there" equals only itself. */
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_text(struct slice a, const char *text);
/* ASCII letters without regard to case. */
bool slice_equal_nocase(struct slice a, struct slice b);
/* memcmp order, shorter first; "not there" before everything. */
int slice_compare(struct slice a, struct slice b);

bool slice_starts_with(struct slice s, const char *prefix);
bool slice_ends_with(struct slice s, const char *suffix);
bool slice_contains(struct slice s, const char *needle);

/* The part from `start`, at most `len` bytes; both are clamped to what is there. */
struct slice slice_part(struct slice s, size_t start, size_t len);
/* Without ASCII blanks (space, \t, \r, \n) at both ends. */
struct slice slice_trim(struct slice s);
/* Splits at the first `separator`: true and both halves (without it), or false and head = s, tail = not there. */
bool slice_cut(struct slice s, char separator, struct slice *ret_head, struct slice *ret_tail);
/* The same at the last `separator`. */
bool slice_cut_last(struct slice s, char separator, struct slice *ret_head, struct slice *ret_tail);

/* One of the list's texts is equal to text. Linear: for short lists. */
bool slice_list_has(struct slice_list list, struct slice text);

#endif
