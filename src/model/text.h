/* Records as text: JSON, CSV, cells. Each comes from the field list alone.
 *
 * Public forms: JSON of RFC 8259, CSV of RFC 4180 with a guard against spreadsheet formulas.
 */
#ifndef FOTHER_MODEL_TEXT_H
#define FOTHER_MODEL_TEXT_H

#include "base/json_writer.h"
#include "base/strbuf.h"
#include "model/field.h"

/* An object with every field; unknown is null; TIME as RFC 3339; text that is not UTF-8 with a *_base64 twin (for a
 * list of text a list of all its items, encoded). */
void record_write_json(const struct record_type *type, const void *record, struct json_writer *w);
/* The same without the object's own braces, for a caller that adds members of its own. */
void record_write_members(const struct record_type *type, const void *record, struct json_writer *w);
/* One member of these, with its twin where it needs one. */
void field_write_json(const struct field *field, const void *record, struct json_writer *w);

/* The header line, and one line per record, ending in \r\n. Lists of text are joined with ';', lists of records
 * are given as their number (`copies_count`... unless the list has such a field already). A cell that a spreadsheet
 * would run (= + - @ tab CR at its start) is preceded by an apostrophe. */
void record_write_csv_header(const struct record_type *type, struct strbuf *out);
void record_write_csv(const struct record_type *type, const void *record, struct strbuf *out);

/* One field as a person reads it: "-" for unknown, "" (two quotes) for an empty text, `none` for an empty list, times
 * without fraction, yes/no, lists joined with ", ", lists of records as their number. Safe for a terminal. */
void field_write_cell(const struct field *field, const void *record, struct strbuf *out);

#endif
