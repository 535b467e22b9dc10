/* JSON of RFC 8259, strict, over a whole buffer: see reader.h for how it is used.
 *
 * Accepts what the RFC does and nothing more: no BOM inside, no comments, no trailing commas, UTF-8 checked, lone
 * surrogates refused (READER_GO: replaced). Several documents may follow each other, with or without blanks between.
 * Nesting to LIMIT_JSON_DEPTH. Zero copies, no allocation (READER_DUPLICATES: a table of key hashes).
 */
#ifndef FOTHER_BASE_JSON_READER_H
#define FOTHER_BASE_JSON_READER_H

#include "base/cleanup.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/reader.h"

struct json_keys; /* keys seen in the open objects */

struct json_reader {
	struct reader reader; /* first: pass &json.reader on */
	struct cursor cursor;
	unsigned char state;
	unsigned char open[LIMIT_JSON_DEPTH / 8]; /* one bit a level: object or array */
	unsigned flags;
	struct json_keys *keys;
};

/* document is borrowed and must outlive the reader. flags of enum reader_flags. A UTF-8 BOM at the start is passed over. */
void json_reader_init(struct json_reader *json, struct slice document, unsigned flags);
void json_reader_release(struct json_reader *json);

#endif
