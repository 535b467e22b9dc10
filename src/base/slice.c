#include "base/slice.h"

#include "base/ascii.h"

static bool same_bytes(const char *a, const char *b, size_t len)
{
	return len == 0 || memcmp(a, b, len) == 0;
}

bool slice_equal(struct slice a, struct slice b)
{
	return !a.data == !b.data && a.len == b.len && same_bytes(a.data, b.data, a.len);
}

bool slice_equal_text(struct slice a, const char *text)
{
	return slice_equal(a, slice_of(text));
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
	if (!a.data != !b.data || a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
			return false;
	return true;
}

int slice_compare(struct slice a, struct slice b)
{
	if (!a.data || !b.data)
		return (a.data != NULL) - (b.data != NULL);
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.data, b.data, common) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool slice_starts_with(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);
	return s.data && s.len >= len && same_bytes(s.data, prefix, len);
}

bool slice_ends_with(struct slice s, const char *suffix)
{
	size_t len = strlen(suffix);
	return s.data && s.len >= len && same_bytes(s.data + s.len - len, suffix, len);
}

bool slice_contains(struct slice s, const char *needle)
{
	return s.data && memmem(s.data, s.len, needle, strlen(needle)) != NULL;
}

struct slice slice_part(struct slice s, size_t start, size_t len)
{
	if (!s.data)
		return s;
	if (start > s.len)
		start = s.len;
	size_t left = s.len - start;
	return (struct slice){ s.data + start, len < left ? len : left };
}

struct slice slice_trim(struct slice s)
{
	while (s.len && ascii_is_blank(s.data[0])) {
		s.data++;
		s.len--;
	}
	while (s.len && ascii_is_blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

/* Both outputs are set only after s was read: callers may pass &s parts of the same variable. */
static bool cut_at(struct slice s, const char *at, struct slice *ret_head, struct slice *ret_tail)
{
	if (!at) {
		*ret_head = s;
		*ret_tail = SLICE_NONE;
		return false;
	}
	size_t head = (size_t)(at - s.data);
	*ret_head = (struct slice){ s.data, head };
	*ret_tail = (struct slice){ at + 1, s.len - head - 1 };
	return true;
}

bool slice_cut(struct slice s, char separator, struct slice *ret_head, struct slice *ret_tail)
{
	return cut_at(s, s.len ? memchr(s.data, separator, s.len) : NULL, ret_head, ret_tail);
}

bool slice_cut_last(struct slice s, char separator, struct slice *ret_head, struct slice *ret_tail)
{
	return cut_at(s, s.len ? memrchr(s.data, separator, s.len) : NULL, ret_head, ret_tail);
}

bool slice_list_has(struct slice_list list, struct slice text)
{
	for (size_t i = 0; i < list.len; i++)
		if (slice_equal(list.items[i], text))
			return true;
	return false;
}
