/* Objects on their way into a frozen snapshot: what comes out is JSON, on one line, says the same when it is taken
 * again, and holds no value of a secret.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json_reader.h"
#include "base/limits.h"
#include "collect/frozen/frozen_object.h"

static int mask(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err)
{
	(void)arena;
	(void)err;
	*ret_text = slice_contains(text, "token-") ? SLICE("[masked]") : text;
	return 0;
}

static bool add(struct slice raw, bool is_secret, struct strbuf *out)
{
	CLEANUP(arena_release) struct arena scratch = ARENA_INIT(LIMIT_FROZEN_ITEM_BYTES);
	CLEANUP(error_freep) struct error *err = NULL;
	bool changed;
	struct frozen_rules rules = { is_secret, mask, NULL };
	int added = frozen_object_add(raw, &rules, &scratch, out, &changed, &err);
	strbuf_add_char(out, '}');
	return added == 0;
}

/* Every value of the object's data is null. */
static void check_data(struct slice object)
{
	struct json_reader json;
	struct token token;
	struct error *err = NULL;
	json_reader_init(&json, object, READER_GO);
	while (reader_next(&json.reader, &token, &err) > 0) {
		if (token.type != TOKEN_KEY || json.reader.depth != 1 || !token_is(&token, "data"))
			continue;
		while (reader_next(&json.reader, &token, &err) > 0 && json.reader.depth > 1)
			if (token.type != TOKEN_KEY && token.type != TOKEN_NULL && token.type != TOKEN_OBJECT_BEGIN)
				abort();
	}
	if (err)
		abort();
	json_reader_release(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice raw = { (const char *)data, size };
	for (int is_secret = 0; is_secret < 2; is_secret++) {
		CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT(LIMIT_FROZEN_ITEM_BYTES);
		CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT(LIMIT_FROZEN_ITEM_BYTES);
		if (!add(raw, is_secret, &once))
			continue;
		if (!add(strbuf_slice(&once), is_secret, &twice) ||
		    !slice_equal(strbuf_slice(&once), strbuf_slice(&twice)))
			abort();
		if (memchr(once.data, '\n', once.len))
			abort();
		check_data(strbuf_slice(&once));
	}
	return 0;
}
