/* Quay (docs.redhat.com, "Red Hat Quay API reference": tag, repository): what each tag pointed to, from when to when.
 */
#include "base/limits.h"
#include "base/map.h"
#include "base/time.h"
#include "collect/registry/dialect_internal.h"
#include "oci/transport/url.h"

struct quay_span {
	struct quay_span *next;
	struct slice name, digest;
	int64_t start, end;
};

struct quay_list {
	struct dialect_list list;
	struct quay_span *spans;
	struct map starts;      /* "tag<NUL>start" of each span */
	struct slice next_page; /* of a list of repositories */
};

static void release_list(struct quay_list *list)
{
	map_release(&list->starts);
}

/* --- tags --- */

static int take_time(struct dialect_json *json, const struct token *value, int64_t *ret_time, struct error **err)
{
	struct slice text;
	if (dialect_text(json, value, &text, err) < 0)
		return -1;
	*ret_time = dialect_time_counted(text, USEC_PER_SECOND);
	return 0;
}

static int take_tag_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			   struct error **err)
{
	struct quay_span *span = data;
	if (slice_equal_text(name, "name"))
		return dialect_text(json, value, &span->name, err);
	if (slice_equal_text(name, "manifest_digest"))
		return dialect_text(json, value, &span->digest, err);
	if (slice_equal_text(name, "start_ts"))
		return take_time(json, value, &span->start, err);
	if (slice_equal_text(name, "end_ts"))
		return take_time(json, value, &span->end, err);
	return dialect_pass(json, value, err);
}

static int span_key(struct slice name, int64_t time, struct arena *arena, struct slice *ret_key, struct error **err)
{
	*ret_key = arena_printf(arena, "%lld %.*s", (long long)time, SLICE_ARG(name));
	return ret_key->data ? 0 : arena_fail(arena, err);
}

static int take_tag(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		    struct error **err)
{
	struct quay_list *list = data;
	struct quay_span *span = arena_zeroed(json->arena, 1, sizeof *span);
	struct slice key;
	(void)name;
	if (!span)
		return arena_fail(json->arena, err);
	span->start = span->end = TIME_UNSET;
	if (dialect_each_member(json, value, take_tag_member, span, err) < 0)
		return -1;
	if (span->name.len == 0 || span->start == TIME_UNSET)
		return 0;
	if (span_key(span->name, span->start, json->arena, &key, err) < 0)
		return -1;
	void **place = map_put(&list->starts, key);
	if (!place)
		return error_no_memory(err);
	*place = span;
	span->next = list->spans;
	list->spans = span;
	return 0;
}

static int take_tags_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			    struct error **err)
{
	struct quay_list *list = data;
	if (slice_equal_text(name, "tags"))
		return dialect_each_item(json, value, take_tag, list, err);
	if (slice_equal_text(name, "has_additional"))
		list->list.more = value->type == TOKEN_BOOL && value->boolean;
	return dialect_pass(json, value, err);
}

static int take_tags(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		     struct error **err)
{
	(void)name;
	return dialect_each_member(json, value, take_tags_member, data, err);
}

/* A span that ends where another one of the same tag begins was moved on; one that ends later than now only expires. */
static int put_span(struct quay_list *list, const struct quay_span *span, int64_t now, struct error **err)
{
	struct arena *arena = &list->list.dialect->scratch;
	struct dialect_event event = {
		"push", span->start, list->list.repository, span->name, span->digest, SLICE_NONE
	};
	struct slice key;
	if (dialect_put(list->list.dialect, &event, err) < 0)
		return -1;
	if (span->end == TIME_UNSET || span->end > now)
		return 0;
	if (span_key(span->name, span->end, arena, &key, err) < 0)
		return -1;
	if (map_get(&list->starts, key))
		return 0;
	event.action = "delete_tag";
	event.time = span->end;
	return dialect_put(list->list.dialect, &event, err);
}

static int put_spans(struct quay_list *list, struct error **err)
{
	int64_t now = time_now();
	for (const struct quay_span *span = list->spans; span; span = span->next)
		if (put_span(list, span, now, err) < 0)
			return -1;
	return 0;
}

static int quay_read(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		     struct error **err)
{
	CLEANUP(release_list) struct quay_list list = { .list = { .dialect = dialect, .repository = repository } };
	int got = dialect_read(dialect, take_tags, &list, ret_why, err);
	return got > 0 && put_spans(&list, err) < 0 ? -1 : got;
}

static int quay_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		      struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	CLEANUP(release_list) struct quay_list list = { .list = { .dialect = dialect, .repository = repository } };
	struct slice space, name;
	if (!dialect_split(repository, &space, &name))
		return dialect_refuse(dialect, ret_why, err, "Quay's repositories are in a namespace");
	strbuf_add_text(&path, "/api/v1/repository/");
	url_add_escaped(&path, space);
	strbuf_add_char(&path, '/');
	url_add_escaped(&path, name);
	strbuf_add_text(&path, "/tag/?onlyActiveTags=false");
	struct dialect_pages pages = { &path, "limit", take_tags, &list };
	int got = dialect_each_page(&list.list, &pages, ret_why, err);
	/* What came before a page that did not is true as well, but for ends whose beginning may be on it. */
	if (got == 0)
		for (struct quay_span *span = list.spans; span; span = span->next)
			span->end = TIME_UNSET;
	if (got < 0 || put_spans(&list, err) < 0)
		return -1;
	return got;
}

/* --- repositories --- */

static int take_repositories_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
				    struct error **err)
{
	struct quay_list *list = data;
	if (slice_equal_text(name, "repositories"))
		return dialect_each_item(json, value, dialect_take_listed, &list->list, err);
	if (slice_equal_text(name, "next_page"))
		return dialect_text(json, value, &list->next_page, err);
	return dialect_pass(json, value, err);
}

static int take_repositories(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			     struct error **err)
{
	(void)name;
	return dialect_each_member(json, value, take_repositories_member, data, err);
}

static int ask_repositories(struct quay_list *list, struct slice space, struct slice *ret_why, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	strbuf_add_text(&path, "/api/v1/repository?public=true&namespace=");
	url_add_escaped(&path, space);
	if (list->next_page.len > 0) {
		strbuf_add_text(&path, "&next_page=");
		url_add_escaped(&path, list->next_page);
	}
	if (strbuf_failed(&path, err))
		return -1;
	list->next_page = SLICE_NONE;
	int got = dialect_ask(list->list.dialect, list->list.repository, strbuf_slice(&path), ret_why, err);
	return got > 0 ? dialect_read(list->list.dialect, take_repositories, list, ret_why, err) : got;
}

/* Its pages have names, each told by the one before. */
static int quay_repositories(struct registry_dialect *dialect, struct slice prefix, repository_found *found, void *data,
			     struct slice *ret_why, struct error **err)
{
	struct quay_list list = {
		.list = { .dialect = dialect, .repository = prefix, .found = found, .data = data },
	};
	struct slice space, rest;
	if (prefix.len == 0)
		return dialect_refuse(dialect, ret_why, err, "Quay lists a namespace, not everything");
	slice_cut(prefix, '/', &space, &rest);
	for (size_t pages = 0; pages < LIMIT_DIALECT_PAGES; pages++) {
		struct slice asked = list.next_page;
		int got = ask_repositories(&list, space, ret_why, err);
		if (got <= 0 || list.next_page.len == 0)
			return got;
		if (slice_equal(asked, list.next_page))
			return dialect_refuse(dialect, ret_why, err, "its own API gives the same page again");
	}
	return dialect_refuse(dialect, ret_why, err, "its own API has no last page");
}

const struct dialect_ops dialect_quay = {
	.name = "quay",
	.login = LOGIN_OAUTH_TOKEN,
	.repositories = quay_repositories,
	.times = quay_times,
	.read = quay_read,
};
