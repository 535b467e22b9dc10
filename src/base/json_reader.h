/* JSON of RFC 8259, strict, over a whole buffer: see reader.h for how it is used.
 *
 * Accepts what the RFC does and nothing more: no BOM inside, no comments, no trailing commas, UTF-8 checked, lone
 * surrogates refused (READER_GO: replaced). Several documents may follow each other, with or without blanks between.
 * Nesting to LIMIT_JSON_DEPTH. Zero copies, no allocation (READER_DUPLICATES: a table of key hashes).
 */
#ifndef FOTHER_BASE_JSON_READER_H
#define FOTHER_BASE_JSON_READER_H

#include "base/cleanup.h"
#include "base/json_scan.h"
#include "base/limits.h"
#include "base/reader.h"

struct key_watch;

struct json_reader {
	struct reader reader; /* first: pass &json.reader on */
	struct json_scan scan;
	unsigned char state;
	unsigned char objects[LIMIT_JSON_DEPTH / 8]; /* a bit for each open level: object, not array */
	unsigned flags;
	struct key_watch *keys; /* READER_DUPLICATES only, from the first key */
};

/* document is borrowed and must outlive the reader. flags of enum reader_flags. A UTF-8 BOM at the start is passed
 * over. */
void json_reader_init(struct json_reader *json, struct slice document, unsigned flags);
void json_reader_release(struct json_reader *json);

#endif
