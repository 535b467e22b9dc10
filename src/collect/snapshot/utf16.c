#include "collect/snapshot/utf16.h"

#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/utf8.h"

#define REPLACEMENT 0xFFFD
#define CHUNK_BYTES 4096

bool utf16_likely(struct slice bytes)
{
	return slice_starts_with(bytes, "\xff\xfe") || slice_starts_with(bytes, "\xfe\xff");
}

/* The next code unit; half a one is none. */
static uint32_t take_unit(struct cursor *c, bool big_endian)
{
	int first = cursor_take(c), second = cursor_take(c);
	if (second < 0)
		return REPLACEMENT;
	return (uint32_t)(big_endian ? first << 8 | second : second << 8 | first);
}

static uint32_t take_code_point(struct cursor *c, bool big_endian)
{
	uint32_t unit = take_unit(c, big_endian);
	if ((unit & 0xF800) != 0xD800)
		return unit;
	struct cursor behind = *c;
	uint32_t low = take_unit(&behind, big_endian);
	if (unit >= 0xDC00 || (low & 0xFC00) != 0xDC00)
		return REPLACEMENT;
	*c = behind;
	return 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF));
}

int utf16_to_utf8(struct slice bytes, struct file_bytes *ret_text, struct error **err)
{
	CLEANUP(file_release) struct file_bytes text = { 0 };
	struct cursor c = cursor_on(bytes);
	char chunk[CHUNK_BYTES];
	bool big_endian = slice_starts_with(bytes, "\xfe\xff");
	int result = 0;
	cursor_skip(&c, 2);
	while (cursor_left(&c) > 0 && result == 0) {
		size_t len = 0;
		while (cursor_left(&c) > 0 && len + 4 <= sizeof chunk)
			len += utf8_encode(take_code_point(&c, big_endian), chunk + len);
		result = file_append(&text, chunk, len, LIMIT_SNAPSHOT_FILE_BYTES, err);
	}
	secret_wipe(chunk, sizeof chunk);
	if (result < 0)
		return -1;
	*ret_text = text;
	text = (struct file_bytes){ 0 };
	return 0;
}
