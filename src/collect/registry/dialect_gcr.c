/* Google's registries: tags/list of the distribution API with more members than that has (`manifest`, `child`), as
 * github.com/google/go-containerregistry reads them (pkg/v1/google/list.go). */
#include "base/limits.h"
#include "base/time.h"
#include "collect/registry/dialect_internal.h"
#include "oci/transport/url.h"

#define MILLISECOND INT64_C(1000)
#define CHILDREN_DEPTH_MAX 16

struct gcr_manifest {
	struct slice uploaded;
	struct slice *tags;
	size_t tag_count, tag_capacity;
};

struct gcr_list {
	struct registry_dialect *dialect;
	struct slice repository;
	struct slice *children; /* below the repository */
	size_t child_count, child_capacity;
	bool with_events, has_manifests;
};

static int add_text(struct dialect_json *json, const struct token *value, struct slice **items, size_t *count,
		    size_t *capacity, struct error **err)
{
	struct slice text;
	if (dialect_text(json, value, &text, err) < 0)
		return -1;
	if (!text.data)
		return 0;
	struct slice *grown = arena_grow(json->arena, *items, *count, capacity, sizeof *grown);
	if (!grown)
		return arena_fail(json->arena, err);
	*items = grown;
	grown[(*count)++] = text;
	return 0;
}

/* --- manifests --- */

static int take_tag(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		    struct error **err)
{
	struct gcr_manifest *manifest = data;
	(void)name;
	return add_text(json, value, &manifest->tags, &manifest->tag_count, &manifest->tag_capacity, err);
}

static int take_manifest_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
				struct error **err)
{
	struct gcr_manifest *manifest = data;
	if (slice_equal_text(name, "timeUploadedMs"))
		return dialect_text(json, value, &manifest->uploaded, err);
	if (slice_equal_text(name, "tag"))
		return dialect_each_item(json, value, take_tag, manifest, err);
	return dialect_pass(json, value, err);
}

static int put_manifest(struct gcr_list *list, struct slice digest, const struct gcr_manifest *manifest,
			struct error **err)
{
	struct dialect_event event = { .action = "push", .repository = list->repository, .digest = digest };
	event.time = dialect_time_counted(manifest->uploaded, MILLISECOND);
	if (digest.len == 0 || dialect_put(list->dialect, &event, err) < 0)
		return digest.len == 0 ? 0 : -1;
	for (size_t i = 0; i < manifest->tag_count; i++) {
		event.tag = manifest->tags[i];
		if (event.tag.len > 0 && dialect_put(list->dialect, &event, err) < 0)
			return -1;
	}
	return 0;
}

/* The member's name is the digest. */
static int take_manifest(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			 struct error **err)
{
	struct gcr_list *list = data;
	struct gcr_manifest manifest = { 0 };
	list->has_manifests = true;
	if (dialect_each_member(json, value, take_manifest_member, &manifest, err) < 0)
		return -1;
	return list->with_events ? put_manifest(list, name, &manifest, err) : 0;
}

/* --- the list --- */

static int take_child(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		      struct error **err)
{
	struct gcr_list *list = data;
	(void)name;
	return add_text(json, value, &list->children, &list->child_count, &list->child_capacity, err);
}

static int take_list_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			    struct error **err)
{
	if (slice_equal_text(name, "manifest"))
		return dialect_each_member(json, value, take_manifest, data, err);
	if (slice_equal_text(name, "child"))
		return dialect_each_item(json, value, take_child, data, err);
	return dialect_pass(json, value, err);
}

static int take_list(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		     struct error **err)
{
	(void)name;
	return dialect_each_member(json, value, take_list_member, data, err);
}

static int ask_list(struct gcr_list *list, struct slice *ret_why, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	struct slice rest = list->repository, part;
	strbuf_add_text(&path, "/v2");
	for (bool more = true; more;) {
		more = slice_cut(rest, '/', &part, &rest);
		strbuf_add_char(&path, '/');
		url_add_escaped(&path, part);
	}
	strbuf_add_text(&path, "/tags/list");
	if (strbuf_failed(&path, err))
		return -1;
	int got = dialect_ask(list->dialect, list->repository, strbuf_slice(&path), ret_why, err);
	return got > 0 ? dialect_read(list->dialect, take_list, list, ret_why, err) : got;
}

static int gcr_read(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		    struct error **err)
{
	struct gcr_list list = { .dialect = dialect, .repository = repository, .with_events = true };
	return dialect_read(dialect, take_list, &list, ret_why, err);
}

static int gcr_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		     struct error **err)
{
	struct gcr_list list = { .dialect = dialect, .repository = repository, .with_events = true };
	return ask_list(&list, ret_why, err);
}

/* --- repositories below --- */

struct gcr_tree {
	struct dialect_list list;
	size_t asked;
};

/* A folder of folders: what has manifests is a repository. */
static int walk_below(struct gcr_tree *tree, struct slice repository, unsigned depth, struct slice *ret_why,
		      struct error **err)
{
	struct registry_dialect *dialect = tree->list.dialect;
	struct gcr_list list = { .dialect = dialect, .repository = repository };
	if (depth > CHILDREN_DEPTH_MAX || tree->asked++ >= LIMIT_DIALECT_PAGES)
		return dialect_refuse(dialect, ret_why, err, "its repositories do not come to an end");
	int got = ask_list(&list, ret_why, err);
	if (got <= 0)
		return got;
	if (list.has_manifests && dialect_tell(&tree->list, repository, err) < 0)
		return -1;
	for (size_t i = 0; i < list.child_count && got > 0; i++) {
		struct slice child = arena_printf(&dialect->scratch, "%.*s/%.*s", SLICE_ARG(repository),
						  SLICE_ARG(list.children[i]));
		if (!child.data)
			return arena_fail(&dialect->scratch, err);
		if (list.children[i].len > 0 && child.len <= LIMIT_REPOSITORY_BYTES)
			got = walk_below(tree, child, depth + 1, ret_why, err);
	}
	return got;
}

static int gcr_repositories(struct registry_dialect *dialect, struct slice prefix, repository_found *found, void *data,
			    struct slice *ret_why, struct error **err)
{
	struct gcr_tree tree = {
		.list = { .dialect = dialect, .repository = prefix, .found = found, .data = data },
	};
	if (prefix.len == 0)
		return dialect_refuse(dialect, ret_why, err, "Google's registries list a project, not everything");
	return walk_below(&tree, prefix, 0, ret_why, err);
}

const struct dialect_ops dialect_gcr = {
	.name = "gcr",
	.login = LOGIN_BASIC,
	.repositories = gcr_repositories,
	.times = gcr_times,
	.read = gcr_read,
};
