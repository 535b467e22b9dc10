#include "credential/go_glob.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define REPLACEMENT_CHARACTER 0xfffd

/* One bound of a range in a class; false where the pattern is malformed. Something must follow: at least the bracket.
 */
static bool take_bound(struct slice *pattern, uint32_t *ret_bound)
{
	if (pattern->len == 0 || pattern->data[0] == '-' || pattern->data[0] == ']')
		return false;
	if (pattern->data[0] == '\\')
		*pattern = slice_part(*pattern, 1, pattern->len);
	if (pattern->len == 0)
		return false;
	size_t length = utf8_decode(*pattern, ret_bound);
	*pattern = slice_part(*pattern, length, pattern->len);
	return pattern->len > 0 && !(*ret_bound == REPLACEMENT_CHARACTER && length == 1);
}

/* Takes "[...]" off the pattern; false where it is malformed or does not hold the character. */
static bool take_class(struct slice *pattern, uint32_t character)
{
	*pattern = slice_part(*pattern, 1, pattern->len);
	bool negated = slice_starts_with(*pattern, "^"), found = false;
	if (negated)
		*pattern = slice_part(*pattern, 1, pattern->len);
	for (size_t ranges = 0; ranges == 0 || !slice_starts_with(*pattern, "]"); ranges++) {
		uint32_t low, high;
		if (!take_bound(pattern, &low))
			return false;
		high = low;
		if (pattern->data[0] == '-') {
			*pattern = slice_part(*pattern, 1, pattern->len);
			if (!take_bound(pattern, &high))
				return false;
		}
		found = found || (low <= character && character <= high);
	}
	*pattern = slice_part(*pattern, 1, pattern->len);
	return found != negated;
}

/* Takes one operator other than `*` off the pattern, and what it matches off the name. */
static bool take_one(struct slice *pattern, struct slice *name)
{
	if (pattern->len == 0 || name->len == 0)
		return false;
	char special = pattern->data[0];
	size_t taken = 1;
	if (special == '[') {
		uint32_t character;
		taken = utf8_decode(*name, &character);
		if (!take_class(pattern, character))
			return false;
	} else {
		if (special == '\\') {
			*pattern = slice_part(*pattern, 1, pattern->len);
			if (pattern->len == 0)
				return false;
		}
		uint32_t ignored;
		if (special == '?' && name->data[0] != '/')
			taken = utf8_decode(*name, &ignored);
		else if (special == '?' || pattern->data[0] != name->data[0])
			return false;
		*pattern = slice_part(*pattern, 1, pattern->len);
	}
	*name = slice_part(*name, taken, name->len);
	return true;
}

bool go_glob_match(struct slice pattern, struct slice name)
{
	/* Behind the last star: where to go on with one byte more given to it. */
	struct slice star_pattern = SLICE_NONE, star_name = SLICE_NONE;
	while (pattern.len > 0 || name.len > 0) {
		if (slice_starts_with(pattern, "*")) {
			pattern = slice_part(pattern, 1, pattern.len);
			star_pattern = pattern;
			star_name = name;
			continue;
		}
		if (take_one(&pattern, &name))
			continue;
		if (!star_pattern.data || star_name.len == 0 || star_name.data[0] == '/')
			return false;
		star_name = slice_part(star_name, 1, star_name.len);
		pattern = star_pattern;
		name = star_name;
	}
	return true;
}

bool go_glob_is_pattern(struct slice pattern)
{
	for (size_t i = 0; i < pattern.len; i++)
		if (strchr("*?[\\", pattern.data[i]) && pattern.data[i] != '\0')
			return true;
	return false;
}
