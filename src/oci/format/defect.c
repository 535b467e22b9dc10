#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "oci/format/document_internal.h"

#define MORE_BYTES 64
#define MESSAGE_BYTES 256
#define PLACE_NAME_BYTES 128
#define PLACE_BYTES (4 * LIMIT_KIB)

/* --- what is kept --- */

/* The last place says how many there would be. */
static int count_more(struct oci_defects *defects, struct arena *arena)
{
	if (!defects->more_text && !(defects->more_text = arena_bytes(arena, MORE_BYTES)))
		return -1;
	defects->more += defects->more ? 1 : 2; /* the one that stood in the last place is one of them */
	int len = snprintf(defects->more_text, MORE_BYTES, "%zu more defects", defects->more);
	defects->items[LIMIT_OCI_DEFECTS - 1] =
		(struct oci_defect){ "too_many", SLICE(""), { defects->more_text, (size_t)len } };
	return 0;
}

static bool is_full(const struct oci_defects *defects)
{
	return defects->len == LIMIT_OCI_DEFECTS;
}

static int add_defect(struct oci_defects *defects, struct arena *arena, struct oci_defect defect)
{
	struct oci_defect *items = arena_grow(arena, defects->items, defects->len, &defects->cap, sizeof *items);
	if (!items)
		return -1;
	defects->items = items;
	if (arena_copy(arena, defect.place, &defect.place) < 0 ||
	    arena_copy(arena, defect.message, &defect.message) < 0)
		return -1;
	items[defects->len++] = defect;
	return 0;
}

int oci_defect_add(struct oci_defects *defects, struct arena *arena, const char *code, struct slice place,
		   const char *format, ...)
{
	char message[MESSAGE_BYTES];
	va_list args;
	if (is_full(defects))
		return count_more(defects, arena);
	va_start(args, format);
	int len = vsnprintf(message, sizeof message, format, args);
	va_end(args);
	struct slice text = slice_part((struct slice){ message, len < 0 ? 0 : (size_t)len }, 0, sizeof message - 1);
	return add_defect(defects, arena, (struct oci_defect){ code, place, text });
}

/* --- places: JSON pointers (RFC 6901) --- */

static void add_name(struct strbuf *out, struct slice name)
{
	for (size_t i = 0; i < name.len && i < PLACE_NAME_BYTES; i++) {
		if (name.data[i] == '~')
			strbuf_add_text(out, "~0");
		else if (name.data[i] == '/')
			strbuf_add_text(out, "~1");
		else
			strbuf_add_char(out, name.data[i]);
	}
}

static void add_place(struct strbuf *out, const struct oci_place *place)
{
	if (!place)
		return;
	add_place(out, place->parent);
	strbuf_add_char(out, '/');
	if (place->name.data)
		add_name(out, place->name);
	else
		strbuf_add_int(out, (long long)place->index);
}

int oci_document_defect(struct oci_document *document, const struct oci_place *place, const char *code,
			const char *message, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf pointer = STRBUF_INIT(PLACE_BYTES);
	if (!is_full(document->defects)) /* else nobody reads it */
		add_place(&pointer, place);
	if (strbuf_failed(&pointer, err))
		return -1;
	if (oci_defect_add(document->defects, document->arena, code, slice_of(strbuf_text(&pointer)), "%s", message) <
	    0)
		return arena_fail(document->arena, err);
	return 0;
}

int oci_wrong_type(struct oci_document *document, const struct oci_place *place, const struct token *token,
		   const char *message, struct error **err)
{
	struct reader *reader = &document->json.reader;
	bool opened = token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
	if (opened && reader_leave(reader, reader->depth - 1, err) < 0)
		return -1;
	return oci_document_defect(document, place, "wrong_type", message, err);
}
