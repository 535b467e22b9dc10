/* Docker Hub (docs.docker.com/reference/api/hub/latest): tags of a repository with the time of their last push and
 * pull, and who pushed them last. */
#include "base/limits.h"
#include "collect/registry/dialect_internal.h"
#include "oci/transport/url.h"

/* --- tags --- */

struct hub_tag {
	struct dialect_list *list;
	struct slice name, digest, pushed, updated, pulled, updater;
};

struct hub_image {
	struct slice digest, pushed, pulled;
};

static int take_image_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			     struct error **err)
{
	struct hub_image *image = data;
	if (slice_equal_text(name, "digest"))
		return dialect_text(json, value, &image->digest, err);
	if (slice_equal_text(name, "last_pushed"))
		return dialect_text(json, value, &image->pushed, err);
	if (slice_equal_text(name, "last_pulled"))
		return dialect_text(json, value, &image->pulled, err);
	return dialect_pass(json, value, err);
}

static int put_times(struct dialect_list *list, struct dialect_event event, struct slice pushed, struct slice pulled,
		     struct error **err)
{
	event.repository = list->repository;
	event.action = "push";
	event.time = dialect_time(pushed);
	if (dialect_put(list->dialect, &event, err) < 0)
		return -1;
	event.action = "pull";
	event.time = dialect_time(pulled);
	event.actor = SLICE_NONE; /* who pushed */
	return dialect_put(list->dialect, &event, err);
}

/* One platform's image. */
static int take_image(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		      struct error **err)
{
	struct hub_tag *tag = data;
	struct hub_image image = { 0 };
	(void)name;
	if (dialect_each_member(json, value, take_image_member, &image, err) < 0)
		return -1;
	return put_times(tag->list, (struct dialect_event){ .digest = image.digest }, image.pushed, image.pulled, err);
}

static int take_tag_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			   struct error **err)
{
	struct hub_tag *tag = data;
	const struct {
		const char *name;
		struct slice *text;
	} texts[] = {
		{ "name", &tag->name },
		{ "digest", &tag->digest },
		{ "tag_last_pushed", &tag->pushed },
		{ "last_updated", &tag->updated },
		{ "tag_last_pulled", &tag->pulled },
		{ "last_updater_username", &tag->updater },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (slice_equal_text(name, texts[i].name))
			return dialect_text(json, value, texts[i].text, err);
	if (slice_equal_text(name, "images"))
		return dialect_each_item(json, value, take_image, tag, err);
	return dialect_pass(json, value, err);
}

static int take_tag(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		    struct error **err)
{
	struct hub_tag tag = { .list = data };
	(void)name;
	if (dialect_each_member(json, value, take_tag_member, &tag, err) < 0)
		return -1;
	if (!tag.name.data)
		return 0;
	struct dialect_event event = { .tag = tag.name, .digest = tag.digest, .actor = tag.updater };
	return put_times(tag.list, event, tag.pushed.data ? tag.pushed : tag.updated, tag.pulled, err);
}

/* --- pages --- */

static int take_page_member(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			    struct error **err)
{
	struct dialect_list *list = data;
	if (slice_equal_text(name, "next")) {
		list->more = value->type == TOKEN_STRING && value->text.len > 0;
		return dialect_pass(json, value, err);
	}
	if (slice_equal_text(name, "results"))
		return dialect_each_item(json, value, list->found ? dialect_take_listed : take_tag, list, err);
	return dialect_pass(json, value, err);
}

static int take_page(struct dialect_json *json, struct slice name, const struct token *value, void *data,
		     struct error **err)
{
	(void)name;
	return dialect_each_member(json, value, take_page_member, data, err);
}

static int hub_read(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		    struct error **err)
{
	struct dialect_list list = { .dialect = dialect, .repository = repository };
	return dialect_read(dialect, take_page, &list, ret_why, err);
}

static int hub_times(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		     struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	struct dialect_list list = { .dialect = dialect, .repository = repository };
	struct slice space, name;
	if (!dialect_split(repository, &space, &name))
		return dialect_refuse(dialect, ret_why, err, "no repository of Docker Hub");
	strbuf_add_text(&path, "/v2/namespaces/");
	url_add_escaped(&path, space);
	strbuf_add_text(&path, "/repositories/");
	url_add_escaped(&path, name);
	strbuf_add_text(&path, "/tags");
	return dialect_each_page(&list, &(struct dialect_pages){ &path, "page_size", take_page, &list }, ret_why, err);
}

static int hub_repositories(struct registry_dialect *dialect, struct slice prefix, repository_found *found, void *data,
			    struct slice *ret_why, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES);
	struct dialect_list list = { .dialect = dialect, .repository = prefix, .found = found, .data = data };
	struct slice space, rest;
	if (prefix.len == 0)
		return dialect_refuse(dialect, ret_why, err, "Docker Hub lists a namespace, not everything");
	slice_cut(prefix, '/', &space, &rest);
	strbuf_add_text(&path, "/v2/namespaces/");
	url_add_escaped(&path, space);
	strbuf_add_text(&path, "/repositories");
	return dialect_each_page(&list, &(struct dialect_pages){ &path, "page_size", take_page, &list }, ret_why, err);
}

const struct dialect_ops dialect_hub = {
	.name = "hub",
	.login = LOGIN_HUB_TOKEN,
	.hides = true,
	.repositories = hub_repositories,
	.times = hub_times,
	.read = hub_read,
};
