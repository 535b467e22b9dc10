/* Harbor (its API v2.0, api/v2.0/swagger.yaml of github.com/goharbor/harbor): artifacts of a repository with the times
 * of their pushes and pulls, and of those of their tags. */
#include "base/limits.h"
#include "collect/registry/dialect_internal.h"
#include "oci/transport/url.h"

struct harbor_list {
	struct dialect_list list;
	size_t count; /* items of this page */
};

struct harbor_tag {
	const struct harbor_tag *next;
	struct slice name, pushed, pulled;
};

struct harbor_artifact {
	struct slice digest, pushed, pulled;
	const struct harbor_tag *tags;
};

/* --- artifacts --- */

static int take_tag_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			   struct error **err)
{
	struct harbor_tag *tag = data;
	if (slice_equal_text(name, "name"))
		return dialect_text(json, value, &tag->name, err);
	if (slice_equal_text(name, "push_time"))
		return dialect_text(json, value, &tag->pushed, err);
	if (slice_equal_text(name, "pull_time"))
		return dialect_text(json, value, &tag->pulled, err);
	return dialect_pass(json, value, err);
}

/* Kept until the digest of the artifact is known. */
static int take_tag(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		    struct error **err)
{
	struct harbor_artifact *artifact = data;
	struct harbor_tag *tag = arena_zeroed(json->arena, 1, sizeof *tag);
	(void)name;
	if (!tag)
		return arena_fail(json->arena, err);
	tag->next = artifact->tags;
	artifact->tags = tag;
	return dialect_each_member(json, value, take_tag_member, tag, err);
}

static int take_artifact_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
				struct error **err)
{
	struct harbor_artifact *artifact = data;
	if (slice_equal_text(name, "digest"))
		return dialect_text(json, value, &artifact->digest, err);
	if (slice_equal_text(name, "push_time"))
		return dialect_text(json, value, &artifact->pushed, err);
	if (slice_equal_text(name, "pull_time"))
		return dialect_text(json, value, &artifact->pulled, err);
	if (slice_equal_text(name, "tags"))
		return dialect_each_item(json, value, take_tag, artifact, err);
	return dialect_pass(json, value, err);
}

static int put_times(struct harbor_list *list, struct slice tag, struct slice digest, struct slice pushed,
		     struct slice pulled, struct error **err)
{
	struct dialect_event event = { "push", dialect_time(pushed), list->list.repository, tag, digest, SLICE_NONE };
	if (dialect_put(list->list.dialect, &event, err) < 0)
		return -1;
	event.action = "pull";
	event.time = dialect_time(pulled);
	return dialect_put(list->list.dialect, &event, err);
}

static int take_artifact(struct dialect_json *json, const struct token *value, struct harbor_list *list,
			 struct error **err)
{
	struct harbor_artifact artifact = { 0 };
	if (dialect_each_member(json, value, take_artifact_member, &artifact, err) < 0 ||
	    put_times(list, SLICE_NONE, artifact.digest, artifact.pushed, artifact.pulled, err) < 0)
		return -1;
	for (const struct harbor_tag *tag = artifact.tags; tag; tag = tag->next)
		if (tag->name.len > 0 && put_times(list, tag->name, artifact.digest, tag->pushed, tag->pulled, err) < 0)
			return -1;
	return 0;
}

/* --- repositories --- */

static int take_repository_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
				  struct error **err)
{
	return slice_equal_text(name, "name") ? dialect_text(json, value, data, err) : dialect_pass(json, value, err);
}

static int take_repository(struct dialect_json *json, const struct token *value, struct harbor_list *list,
			   struct error **err)
{
	struct slice path = SLICE_NONE;
	if (dialect_each_member(json, value, take_repository_member, &path, err) < 0)
		return -1;
	return dialect_tell(&list->list, path, err);
}

/* --- pages --- */

static int take_item(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		     struct error **err)
{
	struct harbor_list *list = data;
	(void)name;
	list->count++;
	return list->list.found ? take_repository(json, value, list, err) : take_artifact(json, value, list, err);
}

/* A full page may be the last one: then the next is empty. */
static int take_page(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		     struct error **err)
{
	struct harbor_list *list = data;
	(void)name;
	list->count = 0;
	if (dialect_each_item(json, value, take_item, list, err) < 0)
		return -1;
	list->list.more = list->count >= DIALECT_PAGE_ITEMS;
	return 0;
}

/* The name of a repository is one part of the path: its slashes are escaped twice, for the proxy in front too. */
static void add_repository(struct strbuf *path, struct slice name)
{
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	url_add_escaped(&once, name);
	url_add_escaped(path, strbuf_slice(&once));
	if (once.failure)
		path->failure = once.failure;
}

static int harbor_read(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		       struct error **err)
{
	struct harbor_list list = { .list = { .dialect = dialect, .repository = repository } };
	return dialect_read(dialect, take_page, &list, ret_why, err);
}

static int harbor_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
			struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	struct harbor_list list = { .list = { .dialect = dialect, .repository = repository } };
	struct slice project, name;
	if (!dialect_split(repository, &project, &name))
		return dialect_refuse(dialect, ret_why, err, "Harbor's repositories are in a project");
	strbuf_add_text(&path, "/api/v2.0/projects/");
	url_add_escaped(&path, project);
	strbuf_add_text(&path, "/repositories/");
	add_repository(&path, name);
	strbuf_add_text(&path, "/artifacts?with_tag=true");
	return dialect_each_page(&list.list, &(struct dialect_pages){ &path, "page_size", take_page, &list }, ret_why,
				 err);
}

static int harbor_repositories(struct registry_dialect *dialect, struct slice prefix, repository_found *found,
			       void *data, struct slice *ret_why, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	struct harbor_list list = {
		.list = { .dialect = dialect, .repository = prefix, .found = found, .data = data },
	};
	struct slice project, rest;
	slice_cut(prefix, '/', &project, &rest);
	strbuf_add_text(&path, "/api/v2.0/");
	if (project.len > 0) {
		strbuf_add_text(&path, "projects/");
		url_add_escaped(&path, project);
		strbuf_add_char(&path, '/');
	}
	strbuf_add_text(&path, "repositories");
	return dialect_each_page(&list.list, &(struct dialect_pages){ &path, "page_size", take_page, &list }, ret_why,
				 err);
}

const struct dialect_ops dialect_harbor = {
	.name = "harbor",
	.login = LOGIN_BASIC,
	.repositories = harbor_repositories,
	.times = harbor_times,
	.read = harbor_read,
};
