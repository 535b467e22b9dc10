/* Reading documents token by token: one interface, JSON and YAML behind it (json_reader.h, yaml_reader.h).
 *
 *     struct token token;
 *     if (reader_next(r, &token, err) < 0) ...            // OBJECT_BEGIN
 *     while ((got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY) {
 *         if (token_is(&token, "kind")) reader_next(r, &token, err);
 *         else reader_skip(r, err);                       // fast: the value is checked, not delivered
 *     }
 *
 * Strict and bounded (limits.h). Nothing is copied: a token's text lies in the document (JSON) or in the reader
 * until its next call (YAML), so a value that is a secret is copied only where the caller puts it. After an error the
 * document is dead; the error says where (byte, or line and column).
 */
#ifndef FOTHER_BASE_READER_H
#define FOTHER_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/slice.h"

enum token_type {
	TOKEN_NULL,
	TOKEN_BOOL,
	TOKEN_NUMBER,
	TOKEN_STRING,
	TOKEN_KEY, /* a member's name; its value comes next */
	TOKEN_OBJECT_BEGIN,
	TOKEN_OBJECT_END,
	TOKEN_ARRAY_BEGIN,
	TOKEN_ARRAY_END,
};

struct token {
	enum token_type type;
	bool boolean;      /* BOOL */
	bool plain;        /* STRING, KEY: text is the value; otherwise it holds escapes: see token_decode */
	bool replaced;     /* STRING, KEY: holds bytes or surrogates that decode to U+FFFD (READER_GO only) */
	bool duplicate;    /* KEY: stood in this object before (READER_DUPLICATES only) */
	struct slice text; /* NUMBER, STRING, KEY: as it stands in the document, without quotes */
	size_t offset;     /* of the token's first byte in the document */
};

enum reader_flags {
	READER_DUPLICATES = 1, /* mark duplicate keys (decoded, exact bytes); costs a hash per key */
	READER_GO = 2,         /* as Go's encoding/json: bytes that are not UTF-8 and lone surrogates become U+FFFD */
	READER_PART = 4,       /* YAML: of a document that has a reader already, which has checked the limits of all */
};

struct reader;

struct reader_ops {
	bool lines; /* places are told as line and column, not as byte */
	int (*next)(struct reader *r, struct token *ret_token, struct error **err);
	int (*skip_value)(struct reader *r, struct error **err);
	int (*next_document)(struct reader *r, struct error **err);
};

/* A place in a document, from 0. */
struct document_place {
	size_t offset, line, column;
};

struct reader {
	const struct reader_ops *ops;
	unsigned depth; /* open objects and arrays */
	size_t offset;  /* of the next unread byte; after an error, of what is wrong */
	struct slice document;
	struct document_place told; /* by reader_place: the next one is counted from there */
};

/* 1: a token. 0: this document ended (its one value is complete). -1: the document is dead. */
static inline int reader_next(struct reader *r, struct token *ret_token, struct error **err)
{
	return r->ops->next(r, ret_token, err);
}

/* Skips the next value whole (with its key, where a key comes next), or nothing when an OBJECT_END, ARRAY_END or the
 * end comes next. What is skipped is checked like the rest, but its keys are not watched for duplicates. 0 or -1. */
static inline int reader_skip(struct reader *r, struct error **err)
{
	return r->ops->skip_value(r, err);
}

/* After reader_next gave 0, or before the first: 1 another document begins, 0 no more, -1 dead. */
static inline int reader_next_document(struct reader *r, struct error **err)
{
	return r->ops->next_document(r, err);
}

/* Leaves what was opened until `depth` objects and arrays are open. 0 or -1. */
int reader_leave(struct reader *r, unsigned depth, struct error **err);

/* The decoded text equals `text`. */
bool token_is(const struct token *token, const char *text);

/* Most bytes that token_decode can give. */
size_t token_decoded_max(const struct token *token);
/* Decodes escapes into `out` (token_decoded_max bytes at least). Returns the length. */
size_t token_decode(const struct token *token, char *out);
/* The decoded text copied to the arena, with a NUL behind it; 0 or -1. */
int token_copy(const struct token *token, struct arena *arena, struct slice *ret_text, struct error **err);
/* The decoded text in the secure heap. */
int token_secret(const struct token *token, struct secret_bytes *ret_bytes, struct error **err);
/* A NUMBER that is an integer in range. 0 or -1 (no error set: the caller knows the place). */
int token_int(const struct token *token, long long *ret_value);

/* "byte 1234" (the first is 0), or "line 3 column 7" for YAML, of an offset in r's document, for messages. Places
 * that come in their order cost one walk through the document together. Returns text. */
const char *reader_place(struct reader *r, size_t offset, char text[64]);

#endif
