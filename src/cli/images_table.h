/* Images and tags as a person looks through them, in the width of a terminal: digests by their first 12 digits, dates
 * by day, what nobody knows in any row left out. -o wide has every field.
 */
#ifndef FOTHER_CLI_IMAGES_TABLE_H
#define FOTHER_CLI_IMAGES_TABLE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "model/answer.h"

/* struct image. */
int images_table(struct record_list images, size_t width, struct arena *arena, struct strbuf *out, struct error **err);
/* struct tag_row. */
int tags_table(struct record_list tags, size_t width, struct arena *arena, struct strbuf *out, struct error **err);

#endif
