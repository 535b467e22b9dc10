#include "base/json_reader.h"
#include "base/vec.h"
#include "oci/transport/link.h"
#include "oci/transport/registry_internal.h"

/* A name that is longer is none, and is left out; a page of them alone is no list. */
#define NAME_BYTES 1024

struct page {
	struct slice *names;
	size_t count, capacity;
	struct slice next_page; /* Quay's */
	bool found;             /* the list is in it, or null */
};

/* --- the body --- */

static int add_name(struct page *page, const struct token *token, struct arena *arena, struct error **err)
{
	struct slice name;
	if (token->text.len > NAME_BYTES || !token->text.len)
		return 1;
	if (token->plain)
		name = token->text; /* lies in the body, as long as the answer does */
	else if (token_copy(token, arena, &name, err) < 0)
		return -1;
	struct slice *grown = arena_grow(arena, page->names, page->count, &page->capacity, sizeof *page->names);
	if (!grown)
		return arena_fail(arena, err);
	page->names = grown;
	page->names[page->count++] = name;
	return 1;
}

static int read_names(struct reader *r, struct page *page, struct arena *arena, struct error **err)
{
	struct token token;
	unsigned depth = r->depth;
	int got = reader_next(r, &token, err);

	if (got < 0)
		return -1;
	page->found = token.type == TOKEN_ARRAY_BEGIN || token.type == TOKEN_NULL;
	if (token.type != TOKEN_ARRAY_BEGIN)
		return reader_leave(r, depth, err) < 0 ? -1 : 1;
	while ((got = reader_next(r, &token, err)) > 0 && r->depth > depth) {
		if (token.type == TOKEN_STRING)
			got = add_name(page, &token, arena, err);
		else
			got = reader_leave(r, depth + 1, err);
		if (got < 0)
			return -1;
	}
	return got;
}

static int read_page(struct reader *r, const char *member, struct page *page, struct arena *arena, struct error **err)
{
	struct token token;
	int got = reader_next(r, &token, err);

	if (got < 0 || token.type != TOKEN_OBJECT_BEGIN)
		return got < 0 ? -1 : 0;
	while ((got = reader_next(r, &token, err)) > 0 && token.type == TOKEN_KEY) {
		if (token_is(&token, member)) {
			got = read_names(r, page, arena, err);
		} else if (token_is(&token, "next_page")) {
			unsigned depth = r->depth;
			got = reader_next(r, &token, err);
			if (got > 0 && token.type == TOKEN_STRING)
				got = token_copy(&token, arena, &page->next_page, err);
			if (got >= 0)
				got = reader_leave(r, depth, err);
		} else {
			got = reader_skip(r, err);
		}
		if (got < 0)
			return -1;
	}
	return got < 0 ? -1 : 1;
}

/* --- the next page --- */

static int broken_list(struct ask *ask, const char *why)
{
	strbuf_clear(&ask->why);
	strbuf_add_text(&ask->why, why);
	return -1;
}

/* The one that leads on, of several headers: 1, 0 none, -1 broken. */
static int find_next(const struct ask *ask, struct slice *ret_target)
{
	int broken = 0;
	for (size_t n = 0;; n++) {
		struct slice value = exchange_header(&ask->exchange, "link", n);
		if (!value.data)
			return broken;
		enum link_result result = link_next(value, ret_target);
		if (result == LINK_NEXT)
			return 1;
		if (result == LINK_BROKEN)
			broken = -1;
	}
}

static int follow(const struct registry *registry, struct ask *ask)
{
	struct url to;

	if (!url_parse(strbuf_slice(&ask->url), &to))
		return broken_list(ask, "the next page of the list is no URL");
	if (!url_same_origin(&to, &registry->url))
		return broken_list(ask, "the next page of the list is at another host");
	if (++ask->pages >= LIMIT_LIST_PAGES)
		return broken_list(ask, "the list does not come to an end");
	void **met = map_put(&ask->met, strbuf_slice(&ask->path));
	if (!met)
		return broken_list(ask, "not enough memory for the pages of the list");
	*met = ask;
	strbuf_clear(&ask->path);
	url_add_path(&ask->path, &to);
	if (ask->path.failure)
		return broken_list(ask, "the address of the next page of the list is too long");
	if (map_get(&ask->met, strbuf_slice(&ask->path)))
		return broken_list(ask, "the list leads back to a page that was read");
	return 1;
}

int ask_next_page(struct registry *registry, struct ask *ask)
{
	struct slice target;
	struct url base = registry->url;
	int got = find_next(ask, &target);

	if (got < 0)
		return broken_list(ask, "the header that leads to the next page of the list is broken");
	if (!got)
		return 0;
	base.path = strbuf_slice(&ask->path);
	if (!url_resolve(&base, target, &ask->url))
		return broken_list(ask, "the next page of the list is no URL");
	return follow(registry, ask);
}

/* Quay's first lists: {"next_page": "..."}. */
static int next_by_token(struct registry *registry, struct ask *ask, struct slice next_page)
{
	struct slice path, query;
	slice_cut(strbuf_slice(&ask->path), '?', &path, &query);
	strbuf_clear(&ask->url);
	url_add_origin(&ask->url, &registry->url);
	strbuf_add_slice(&ask->url, path);
	strbuf_add_text(&ask->url, "?next_page=");
	url_add_escaped(&ask->url, next_page);
	if (ask->url.failure)
		return broken_list(ask, "the address of the next page of the list is too long");
	return follow(registry, ask);
}

/* --- pages --- */

static int not_a_list(struct registry *registry, struct ask *ask)
{
	return ask_finish(registry, ask, IMAGE_INVALID, "the answer is no list of %s",
			  ask->type == IMAGE_ASK_TAGS ? "tags" : "repositories");
}

static int give_page(struct registry *registry, struct ask *ask, const struct page *page)
{
	int next = ask_next_page(registry, ask);
	if (!next && page->next_page.len)
		next = next_by_token(registry, ask, page->next_page);
	ask->broken = next < 0; /* the page is given out all the same, and then what went wrong */
	ask->answer = (struct image_answer){
		.outcome = IMAGE_PRESENT,
		.last = next == 0,
		.names = { page->names, page->count },
	};
	line_push(&registry->ready, ask);
	return 0;
}

int ask_list_page(struct registry *registry, struct ask *ask, struct error **err)
{
	CLEANUP(json_reader_release) struct json_reader json;
	struct page page = { 0 };
	struct error *refused = NULL;

	json_reader_init(&json, strbuf_slice(&ask->body), READER_GO);
	int got = read_page(&json.reader, ask->type == IMAGE_ASK_TAGS ? "tags" : "repositories", &page, &ask->arena,
			    &refused);
	if (got < 0 && !error_is_of_input(refused))
		return error_move(err, &refused);
	refused = error_free(refused);
	if (got <= 0 || !page.found)
		return not_a_list(registry, ask);
	return give_page(registry, ask, &page);
}

int ask_list_refused(struct registry *registry, struct ask *ask, const struct registry_error *error, struct error **err)
{
	int status = ask->exchange.status;
	bool catalog = ask->type == IMAGE_ASK_REPOSITORIES, first = !ask->pages;
	enum image_outcome outcome = IMAGE_FAILED;

	if (first && !ask->unpaged && (status == 400 || status == 405)) {
		ask->unpaged = true;
		if (ask_begin_step(ask, STEP_LIST, err) < 0)
			return -1;
		ask_again(registry, ask, 0);
		return 0;
	}
	if (status == 401 || status == 403)
		outcome = IMAGE_FORBIDDEN;
	else if (catalog && first && (status == 404 || status == 405 || registry_error_has_code(error, "UNSUPPORTED")))
		outcome = IMAGE_UNSUPPORTED;
	else if (!catalog && first && status == 404 &&
		 (registry_error_has_code(error, "NAME_UNKNOWN") || registry_error_has_code(error, "NOT_FOUND") ||
		  registry_error_has_code(error, "MANIFEST_UNKNOWN")))
		outcome = IMAGE_ABSENT;
	return ask_finish(registry, ask, outcome, "status %d%s%.*s", status, error->text.len ? ": " : "",
			  SLICE_ARG(error->text));
}
