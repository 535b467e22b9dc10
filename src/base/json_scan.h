/* The grammar of RFC 8259, without tokens: passes over blanks, strings, numbers, words and whole values.
 *
 *     struct json_scan scan = { .cursor = cursor_on(document) };
 *     json_scan_blanks(&scan);
 *     if (!json_scan_value(&scan, 0)) complain(scan.problem, cursor_offset(&scan.cursor));
 *
 * Every byte is checked: grammar, escapes, surrogates, UTF-8, control characters, numbers, words, brackets, depth. On
 * false the cursor stands at (or just behind the start of) what is wrong. Nothing is allocated, nothing copied.
 *
 * Strings are searched 16 bytes at a time with SSE2, 8 at a time elsewhere (and with JSON_SCAN_PORTABLE defined, which
 * is how the tests compare both on one machine).
 */
#ifndef FOTHER_BASE_JSON_SCAN_H
#define FOTHER_BASE_JSON_SCAN_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/error.h"

struct json_scan {
	struct cursor cursor;
	bool replace;         /* bytes that are not UTF-8 and lone surrogates are let through (READER_GO) */
	bool escaped;         /* the last string holds a backslash */
	bool replaced;        /* the last string holds what `replace` let through */
	enum error_code code; /* of the problem */
	const char *problem;  /* a constant text */
};

/* Space, tab, line feed, carriage return. */
void json_scan_blanks(struct json_scan *scan);

/* `separator` and the blanks behind it; missing is the problem otherwise. */
bool json_scan_separator(struct json_scan *scan, char separator, const char *missing);

/* At the opening quote; what stands between the quotes goes to ret_text. */
bool json_scan_string(struct json_scan *scan, struct slice *ret_text);

/* At the first digit or the minus sign. */
bool json_scan_number(struct json_scan *scan, struct slice *ret_text);

/* At the first letter of true, false or null, which goes to ret_letter. */
bool json_scan_word(struct json_scan *scan, char *ret_letter);

/* At the first byte of any value inside `depth` open objects and arrays. */
bool json_scan_value(struct json_scan *scan, unsigned depth);

/* Notes what is wrong, or that the document ended, when it did. Always false. */
bool json_scan_fail(struct json_scan *scan, enum error_code code, const char *problem);

#endif
