#include "base/json_reader.h"
#include "oci/transport/registry_internal.h"

#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"

/* --- several pages become one index --- */

/* Appends what stands between the brackets of "manifests". 1; 0: there is none; -1. */
static int add_manifests(struct strbuf *out, struct slice body, struct error **err)
{
	CLEANUP(json_reader_release) struct json_reader json;
	struct reader *r = &json.reader;
	struct token token;
	int got;

	json_reader_init(&json, body, 0);
	if ((got = reader_next(r, &token, err)) <= 0 || token.type != TOKEN_OBJECT_BEGIN)
		return got < 0 ? -1 : 0;
	while ((got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY) {
		if (!token_is(&token, "manifests")) {
			if (reader_skip(r, err) < 0)
				return -1;
			continue;
		}
		unsigned depth = r->depth;
		if (reader_next(r, &token, err) < 0)
			return -1;
		if (token.type != TOKEN_ARRAY_BEGIN)
			return 0;
		size_t begin = r->offset;
		if (reader_leave(r, depth, err) < 0)
			return -1;
		struct slice items = slice_trim(slice_part(body, begin, r->offset - 1 - begin));
		if (items.len && out->len && out->data[out->len - 1] != '[')
			strbuf_add_char(out, ',');
		strbuf_add_slice(out, items);
		return 1;
	}
	return got < 0 ? -1 : 0;
}

static int not_an_index(struct registry *registry, struct ask *ask)
{
	return ask_finish(registry, ask, IMAGE_INVALID, "what refers to it is no index");
}

/* 1, 0: finished, -1. */
static int merge(struct registry *registry, struct ask *ask, struct error **err)
{
	struct error *refused = NULL;

	if (!ask->merged.len)
		strbuf_add_text(&ask->merged, "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE "\",\"manifests\":[");
	int got = add_manifests(&ask->merged, strbuf_slice(&ask->body), &refused);
	if (got < 0 && !error_is_of_input(refused))
		return error_move(err, &refused);
	error_free(refused);
	if (ask->merged.failure == ERROR_NO_MEMORY)
		return error_no_memory(err);
	if (ask->merged.failure)
		return ask_finish(registry, ask, IMAGE_INVALID, "what refers to it is larger than %zu bytes",
				  LIMIT_MANIFEST_BODY_BYTES);
	return got > 0 ? 1 : not_an_index(registry, ask);
}

static int give(struct registry *registry, struct ask *ask, struct slice bytes)
{
	ask->answer = (struct image_answer){
		.outcome = IMAGE_PRESENT,
		.last = true,
		.media_type = ask->step == STEP_FALLBACK ? strbuf_slice(&ask->content_type) : SLICE(INDEX_TYPE),
		.bytes = bytes,
	};
	line_push(&registry->ready, ask);
	return 0;
}

static int fall_back(struct registry *registry, struct ask *ask, struct error **err)
{
	if (ask->tags_listed)
		return ask_finish(registry, ask, registry->no_referrers ? IMAGE_UNSUPPORTED : IMAGE_ABSENT,
				  "status %d, and the fallback tag was not looked for", ask->exchange.status);
	if (ask_begin_step(ask, STEP_FALLBACK, err) < 0)
		return -1;
	ask_again(registry, ask, 0);
	return 0;
}

int ask_referrers_page(struct registry *registry, struct ask *ask, struct error **err)
{
	if (ask->step == STEP_FALLBACK)
		return give(registry, ask, strbuf_slice(&ask->body));
	/* A page for people, where the API is not known. */
	if (!slice_equal_text(strbuf_slice(&ask->content_type), INDEX_TYPE)) {
		registry->no_referrers = !ask->pages;
		return fall_back(registry, ask, err);
	}
	int next = ask_next_page(registry, ask);
	if (next < 0)
		return ask_finish(registry, ask, IMAGE_FAILED, NULL), ask->answer.why = strbuf_slice(&ask->why), 0;
	if (!next && !ask->merged.len)
		return give(registry, ask, strbuf_slice(&ask->body));
	int got = merge(registry, ask, err);
	if (got <= 0)
		return got;
	if (next) {
		ask_again(registry, ask, 0);
		return 0;
	}
	strbuf_add_text(&ask->merged, "]}");
	if (strbuf_failed(&ask->merged, err))
		return -1;
	return give(registry, ask, strbuf_slice(&ask->merged));
}

static bool is_unsupported(int status)
{
	return status == 400 || status == 404 || status == 405 || status == 406 || status == 501;
}

int ask_referrers_refused(struct registry *registry, struct ask *ask, const struct registry_error *error,
			  struct error **err)
{
	int status = ask->exchange.status;
	enum image_outcome outcome = IMAGE_FAILED;

	/* Who has the API answers with an empty index: 404 means that there is none (distribution spec), but for a
	 * repository that is not there. */
	if (ask->step == STEP_REFERRERS && !ask->pages && is_unsupported(status)) {
		if (!registry_error_has_code(error, "NAME_UNKNOWN"))
			registry->no_referrers = true;
		return fall_back(registry, ask, err);
	}
	if (ask->step == STEP_FALLBACK && status == 404)
		outcome = IMAGE_ABSENT;
	else if (status == 401 || status == 403)
		outcome = IMAGE_FORBIDDEN;
	return ask_finish(registry, ask, outcome, "status %d%s%.*s", status, error->text.len ? ": " : "",
			  SLICE_ARG(error->text));
}
