#include "base/strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define FIRST_CAPACITY_BYTES 64

/* Where `len` more bytes and the NUL can be written, or NULL with the failure noted. */
static char *reserve(struct strbuf *b, size_t len)
{
	if (b->failure)
		return NULL;
	if (b->len > b->max || len > b->max - b->len) {
		b->failure = ERROR_LIMIT;
		return NULL;
	}
	size_t needed = b->len + len + 1;
	if (needed > b->capacity) {
		size_t capacity = b->capacity ? b->capacity : FIRST_CAPACITY_BYTES;
		while (capacity < needed)
			capacity = capacity > SIZE_MAX / 2 ? needed : 2 * capacity;
		char *data = mem_resize(b->data, capacity, 1);
		if (!data) {
			b->failure = ERROR_NO_MEMORY;
			return NULL;
		}
		b->data = data;
		b->capacity = capacity;
	}
	return b->data + b->len;
}

static void advance(struct strbuf *b, size_t len)
{
	b->len += len;
	b->data[b->len] = '\0';
}

void strbuf_add(struct strbuf *b, const void *data, size_t len)
{
	char *room = reserve(b, len);
	if (!room)
		return;
	if (len)
		memcpy(room, data, len);
	advance(b, len);
}

void strbuf_add_char(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_add_text(struct strbuf *b, const char *text)
{
	strbuf_add(b, text, strlen(text));
}

void strbuf_add_slice(struct strbuf *b, struct slice s)
{
	strbuf_add(b, s.data, s.len);
}

void strbuf_add_repeat(struct strbuf *b, char c, size_t count)
{
	char *room = reserve(b, count);
	if (!room)
		return;
	memset(room, c, count);
	advance(b, count);
}

/* Formats at most `room_max` bytes; what does not fit is cut off. */
__attribute__((format(printf, 3, 0))) static void format_into(struct strbuf *b, size_t room_max, const char *format,
							      va_list args)
{
	va_list again;
	va_copy(again, args);
	int formatted = vsnprintf(NULL, 0, format, again);
	va_end(again);
	size_t len = formatted < 0 ? 0 : (size_t)formatted;
	if (len > room_max)
		len = room_max;
	char *room = reserve(b, len);
	if (!room)
		return;
	vsnprintf(room, len + 1, format, args);
	advance(b, len);
}

void strbuf_addf(struct strbuf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	format_into(b, SIZE_MAX, format, args);
	va_end(args);
}

void strbuf_addf_cut(struct strbuf *b, const char *format, va_list args)
{
	format_into(b, b->max - b->len, format, args);
}

void strbuf_add_int(struct strbuf *b, long long value)
{
	char digits[24];
	char *at = digits + sizeof digits;
	unsigned long long rest = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	strbuf_add(b, at, (size_t)(digits + sizeof digits - at));
}

void strbuf_expect(struct strbuf *b, size_t len)
{
	size_t needed = b->len + len + 1;
	if (b->failure || len > b->max - b->len || needed <= b->capacity)
		return;
	char *data = mem_resize(b->data, needed, 1);
	if (!data) {
		b->failure = ERROR_NO_MEMORY;
		return;
	}
	data[b->len] = '\0';
	b->data = data;
	b->capacity = needed;
}

void strbuf_clear(struct strbuf *b)
{
	b->failure = 0;
	strbuf_cut(b, 0);
}

void strbuf_cut(struct strbuf *b, size_t len)
{
	if (!b->data || len > b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

struct slice strbuf_slice(const struct strbuf *b)
{
	return (struct slice){ strbuf_text(b), b->len };
}

const char *strbuf_text(const struct strbuf *b)
{
	return b->data ? b->data : "";
}

bool strbuf_failed(const struct strbuf *b, struct error **err)
{
	if (b->failure == ERROR_LIMIT)
		error_set(err, ERROR_LIMIT, "text is longer than %zu bytes", b->max);
	else if (b->failure)
		error_no_memory(err);
	return b->failure != 0;
}

void strbuf_release(struct strbuf *b)
{
	b->data = mem_free(b->data);
	b->len = b->capacity = 0;
	b->failure = 0;
}
