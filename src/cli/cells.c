#include "cli/cells.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/field.h"

struct slice cell_number(struct table *table, int64_t number)
{
	return number == INT_UNKNOWN ? slice_of("?") : arena_printf(table->arena, "%lld", (long long)number);
}

struct slice cell_short(struct table *table, struct slice text, size_t len)
{
	return table_text(table, text.data ? slice_part(text, 0, len) : text);
}

/* The first 12 digits, as container tools print them; `fother where` takes them so. */
struct slice cell_digest(struct table *table, struct slice digest)
{
	struct slice algorithm, digits;
	return cell_short(table, slice_cut(digest, ':', &algorithm, &digits) ? digits : digest, 12);
}

struct slice cell_place(struct table *table, struct slice cluster, struct slice namespace)
{
	if (!namespace.data || namespace.len == 0)
		return table_text(table, cluster);
	return table_text(table, arena_printf(table->arena, "%.*s/%.*s", SLICE_ARG(cluster), SLICE_ARG(namespace)));
}

struct slice cell_built(struct table *table, int64_t built, struct slice dating)
{
	if (slice_equal_text(dating, "dated") || (!dating.len && built != TIME_UNSET))
		return table_date(table, built);
	if (!dating.len)
		return SLICE("?");
	return slice_equal_text(dating, "reproducible") ? SLICE("epoch") : table_text(table, dating);
}

struct slice cell_list(struct table *table, struct slice_list list, const char *separator)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);

	for (size_t i = 0; i < list.len; i++) {
		strbuf_add_text(&text, i ? separator : "");
		strbuf_add_slice(&text, list.items[i]);
	}
	return text.failure ? SLICE_NONE : table_text(table, text.len ? strbuf_slice(&text) : SLICE_NONE);
}
