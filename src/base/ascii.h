/* Classes of bytes, by ASCII alone: no locale, nothing above 0x7f is in any of them.
 *
 * They take what cursor_peek and cursor_take give, whose -1 (the end) is in no class, and a plain char, signed or not.
 *
 *     while (ascii_is_digit(cursor_peek(&c)))
 *         value = value * 10 + cursor_take(&c) - '0';
 */
#ifndef FOTHER_BASE_ASCII_H
#define FOTHER_BASE_ASCII_H

#include <stdbool.h>

static inline bool ascii_is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

static inline bool ascii_is_lower(int byte)
{
	return byte >= 'a' && byte <= 'z';
}

static inline bool ascii_is_upper(int byte)
{
	return byte >= 'A' && byte <= 'Z';
}

static inline bool ascii_is_letter(int byte)
{
	return ascii_is_lower(byte) || ascii_is_upper(byte);
}

static inline bool ascii_is_alphanumeric(int byte)
{
	return ascii_is_letter(byte) || ascii_is_digit(byte);
}

/* Space, tab and both ends of lines: what RFC 8259 calls white space. */
static inline bool ascii_is_blank(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* The lower-case letter of an upper-case one, everything else as it is. */
static inline int ascii_lower(int byte)
{
	return ascii_is_upper(byte) ? byte - 'A' + 'a' : byte;
}

/* 0 to 15; -1 for what is no hex digit. Either case. */
static inline int ascii_hex_value(int byte)
{
	if (ascii_is_digit(byte))
		return byte - '0';
	int letter = ascii_lower(byte);
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static inline bool ascii_is_hex(int byte)
{
	return ascii_hex_value(byte) >= 0;
}

/* As digests and our own identities are written. */
static inline bool ascii_is_lower_hex(int byte)
{
	return ascii_is_hex(byte) && !ascii_is_upper(byte);
}

#endif
