/* The three documents that say what a layout holds. One that is broken counts as far as it goes. */
#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "model/reference.h"
#include "oci/format/verify.h"
#include "oci/layout/layout_internal.h"

#define TAG_BYTES 128
#define MARK_BYTES 4096
/* Each costs a manifest or two: more are not held against the index. */
#define NAMES_COMPARED 1000

struct document {
	struct image_layout *layout;
	const char *file;
	struct json_reader json;
	size_t item; /* of the list that is read */
	size_t compared;
};

/* --- problems --- */
static int put_problem(struct document *d, const char *code, struct slice place, struct slice message, bool lost,
		       struct error **err)
{
	struct image_layout_problem problem = {
		.code = code, .file = slice_of(d->file), .place = place, .message = message, .lost = lost
	};
	return layout_add_problem(d->layout, &problem, err);
}

static int put_item_problem(struct document *d, const char *code, const char *message, bool lost, struct error **err)
{
	char place[64];
	snprintf(place, sizeof place, "/%s%zu", d->file[0] == 'i' ? "manifests/" : "", d->item);
	return put_problem(d, code, slice_of(place), slice_of(message), lost, err);
}

/* What the reader met becomes a problem; memory that is out stays a failure. */
static int take_failure(struct document *d, struct error **why, struct error **err)
{
	char place[64];
	if (!error_is_of_input(*why))
		return error_move(err, why);
	return put_problem(d, "bad_document", slice_of(reader_place(&d->json.reader, d->json.reader.offset, place)),
			   slice_of((*why)->message), true, err);
}

/* --- reading --- */
static int next(struct document *d, struct token *ret_token, struct error **err)
{
	int got = reader_next(&d->json.reader, ret_token, err);
	return got == 0 ? error_set(err, ERROR_SYNTAX, "it ends too early") : got < 0 ? -1 : 0;
}

/* 1: a member's name; 0: the object's end. */
static int next_member(struct document *d, struct token *ret_key, struct error **err)
{
	if (next(d, ret_key, err) < 0)
		return -1;
	return ret_key->type == TOKEN_KEY;
}

static bool opens(const struct token *token)
{
	return token->type == TOKEN_OBJECT_BEGIN || token->type == TOKEN_ARRAY_BEGIN;
}

static int leave(struct document *d, const struct token *begin, struct error **err)
{
	struct reader *reader = &d->json.reader;
	return opens(begin) ? reader_leave(reader, reader->depth - 1, err) : 0;
}

/* A value that should be a text; not there when it is none. */
static int take_text(struct document *d, struct slice *ret_text, struct error **err)
{
	struct token token;
	*ret_text = SLICE_NONE;
	if (next(d, &token, err) < 0)
		return -1;
	if (token.type != TOKEN_STRING)
		return leave(d, &token, err);
	return token_copy(&token, &d->layout->arena, ret_text, err);
}

/* Into a value of that type: 1; 0 when it is another one, which is passed over. */
static int enter(struct document *d, enum token_type type, struct error **err)
{
	struct token token;
	if (next(d, &token, err) < 0)
		return -1;
	if (token.type == type)
		return 1;
	return leave(d, &token, err);
}

/* The next item of a list that is an object: 1; 0: the list's end. */
static int next_object(struct document *d, struct error **err)
{
	struct token token;
	for (;; d->item++) {
		if (next(d, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			return 0;
		if (token.type == TOKEN_OBJECT_BEGIN)
			return 1;
		if (leave(d, &token, err) < 0 || put_item_problem(d, "bad_descriptor", "no object", true, err) < 0)
			return -1;
	}
}

static int read_with(struct document *d, struct slice text, int (*read)(struct document *d, struct error **err),
		     struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	json_reader_init(&d->json, text, 0);
	int result = read(d, &why);
	if (result < 0)
		result = take_failure(d, &why, err);
	json_reader_release(&d->json);
	return result;
}

/* --- names --- */
static bool is_tag(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (!ascii_is_alphanumeric(c) && c != '_' && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return text.len > 0 && text.len <= TAG_BYTES;
}

/* A whole reference gives repository and tag; what is none is told, and the image stays unnamed. */
static int take_reference(struct document *d, struct slice text, struct layout_root *root, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct reference reference;
	struct arena *arena = &d->layout->arena;
	if (reference_parse(text, arena, &reference, &why) == 0) {
		root->tag = reference.tag;
		return reference_repository(&reference, arena, &root->repository, err);
	}
	if (!error_is_of_input(why))
		return error_move(err, &why);
	return put_item_problem(d, "bad_name", why->message, false, err);
}

/* org.opencontainers.image.ref.name: `latest`, or a whole name. */
static int take_ref_name(struct document *d, struct slice text, struct layout_root *root, struct error **err)
{
	if (!is_tag(text))
		return take_reference(d, text, root, err);
	root->tag = text;
	return 0;
}

/* --- oci-layout --- */
static int read_mark(struct document *d, struct error **err)
{
	struct token key;
	struct slice version = SLICE_NONE;
	int more = enter(d, TOKEN_OBJECT_BEGIN, err);
	while (more > 0 && (more = next_member(d, &key, err)) > 0) {
		bool is_version = token_is(&key, "imageLayoutVersion");
		if ((is_version ? take_text(d, &version, err) : reader_skip(&d->json.reader, err)) < 0)
			return -1;
	}
	if (more < 0 || slice_starts_with(version, "1."))
		return more;
	return put_problem(d, "bad_version", SLICE("/imageLayoutVersion"),
			   SLICE("not version 1 of a layout: read as if it were"), false, err);
}

int layout_read_mark(struct image_layout *layout, struct slice text, struct error **err)
{
	struct document d = { .layout = layout, .file = LAYOUT_MARK };
	return read_with(&d, text, read_mark, err);
}

/* --- index.json --- */
struct names {
	struct slice whole, ref_name; /* io.containerd.image.name, org.opencontainers.image.ref.name */
};

static int read_annotations(struct document *d, struct names *names, struct error **err)
{
	struct token key;
	int more = enter(d, TOKEN_OBJECT_BEGIN, err);
	while (more > 0 && (more = next_member(d, &key, err)) > 0) {
		struct slice *place = token_is(&key, "io.containerd.image.name")            ? &names->whole
				      : token_is(&key, "org.opencontainers.image.ref.name") ? &names->ref_name
											    : NULL;
		if ((place ? take_text(d, place, err) : reader_skip(&d->json.reader, err)) < 0)
			return -1;
	}
	return more;
}

static int add_named(struct document *d, const struct names *names, struct layout_root *root, struct error **err)
{
	int named = names->whole.data      ? take_reference(d, names->whole, root, err)
		    : names->ref_name.data ? take_ref_name(d, names->ref_name, root, err)
					   : 0;
	return named < 0 ? -1 : layout_add_root(d->layout, root, err);
}

static int read_descriptor(struct document *d, struct error **err)
{
	struct layout_root root = { .repository = SLICE("") };
	struct names names = { 0 };
	struct token key;
	int more;
	while ((more = next_member(d, &key, err)) > 0) {
		int read = token_is(&key, "digest")        ? take_text(d, &root.digest, err)
			   : token_is(&key, "mediaType")   ? take_text(d, &root.media_type, err)
			   : token_is(&key, "annotations") ? read_annotations(d, &names, err)
							   : reader_skip(&d->json.reader, err);
		if (read < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	if (!digest_valid(root.digest))
		return put_item_problem(d, "bad_descriptor", "without a digest", true, err);
	return add_named(d, &names, &root, err);
}

static int read_descriptors(struct document *d, struct error **err)
{
	int more = enter(d, TOKEN_ARRAY_BEGIN, err);
	for (d->item = 0; more > 0 && (more = next_object(d, err)) > 0; d->item++)
		if (read_descriptor(d, err) < 0)
			return -1;
	return more;
}

static int read_index(struct document *d, struct error **err)
{
	struct token key;
	bool found = false;
	int more = enter(d, TOKEN_OBJECT_BEGIN, err);
	while (more > 0 && (more = next_member(d, &key, err)) > 0) {
		bool is_list = token_is(&key, "manifests");
		found = found || is_list;
		if ((is_list ? read_descriptors(d, err) : reader_skip(&d->json.reader, err)) < 0)
			return -1;
	}
	if (more < 0 || found)
		return more;
	return put_problem(d, "bad_document", SLICE(""), SLICE("no index: it has no manifests"), true, err);
}

int layout_read_index(struct image_layout *layout, struct slice text, struct error **err)
{
	struct document d = { .layout = layout, .file = LAYOUT_INDEX };
	layout->has_index = true;
	return read_with(&d, text, read_index, err);
}

/* --- manifest.json --- */
struct docker_image {
	struct slice config;
	struct slice *tags;
	size_t tag_count, tag_capacity;
};

static int read_tags(struct document *d, struct docker_image *image, struct error **err)
{
	struct token token;
	int more = enter(d, TOKEN_ARRAY_BEGIN, err);
	while (more > 0) {
		if (next(d, &token, err) < 0)
			return -1;
		if (token.type == TOKEN_ARRAY_END)
			break;
		if (token.type != TOKEN_STRING) {
			if (leave(d, &token, err) < 0)
				return -1;
			continue;
		}
		void *grown = arena_grow(&d->layout->arena, image->tags, image->tag_count, &image->tag_capacity,
					 sizeof *image->tags);
		if (!grown)
			return arena_fail(&d->layout->arena, err);
		image->tags = grown;
		if (token_copy(&token, &d->layout->arena, &image->tags[image->tag_count++], err) < 0)
			return -1;
	}
	return more < 0 ? -1 : 0;
}

/* A name of its own way (config.json): the digest is that of the bytes. Not there: they cannot be read, which is told.
 */
static int digest_config(struct document *d, struct slice name, struct slice *ret_digest, struct error **err)
{
	struct layout_content content;
	if (layout_digest_of_name(d->layout, name, ret_digest, err) < 0)
		return -1;
	if (ret_digest->data)
		return 0;
	if (d->layout->ops->get(d->layout, name, LIMIT_IMAGE_CONFIG_BYTES, &content, err) < 0)
		return -1;
	if (content.outcome == IMAGE_PRESENT)
		return digest_of(content.bytes, &d->layout->arena, ret_digest, err);
	return put_item_problem(d, "missing", "its config is not there, or cannot be read", true, err);
}

int layout_remember_config(struct image_layout *layout, struct slice digest, struct slice name, struct error **err)
{
	void **place = map_put(&layout->config_names, digest);
	struct slice *kept = place && !*place ? arena_zeroed(&layout->arena, 1, sizeof *kept) : NULL;
	if (!place)
		return error_no_memory(err);
	if (*place)
		return 0;
	if (!kept)
		return arena_fail(&layout->arena, err);
	*kept = name;
	*place = kept;
	return 0;
}

/* The index of a newer archive gives the same names: where it does, it counts, and should lead to the same image. */
static int check_index_agrees(struct document *d, const struct layout_root *root, bool *ret_known, bool *ret_disagrees,
			      struct error **err)
{
	const struct layout_root *other = layout_find(d->layout, root->repository, root->tag);
	bool leads = false;
	*ret_known = other && !other->is_config;
	if (!*ret_known)
		return 0;
	if (++d->compared > NAMES_COMPARED)
		return d->compared > NAMES_COMPARED + 1
			       ? 0
			       : put_item_problem(d, "too_many",
						  "not held against index.json from here on: too many names", false,
						  err);
	if (layout_leads_to_config(d->layout, other->digest, root->digest, &leads, err) < 0)
		return -1;
	if (leads)
		return 0;
	*ret_disagrees = true;
	return put_item_problem(d, "names_disagree",
				"index.json gives its name to another image: what is loaded depends on who loads it",
				false, err);
}

static int add_docker_root(struct document *d, const struct layout_root *root, bool *ret_added, struct error **err)
{
	bool known, disagrees = false;
	struct layout_root unnamed = *root;
	*ret_added = true;
	if (!root->tag.data)
		return layout_add_root(d->layout, root, err);
	if (check_index_agrees(d, root, &known, &disagrees, err) < 0)
		return -1;
	if (!known)
		return layout_add_root(d->layout, root, err);
	unnamed.tag = SLICE_NONE;
	*ret_added = disagrees;
	return disagrees ? layout_add_root(d->layout, &unnamed, err) : 0;
}

static int add_docker_image(struct document *d, const struct docker_image *image, struct error **err)
{
	struct layout_root root = { .repository = SLICE(""),
				    .media_type = SLICE(LAYOUT_CONFIG_TYPE),
				    .is_config = true };
	bool any = false;
	if (!image->config.data)
		return put_item_problem(d, "bad_descriptor", "without a config", true, err);
	if (digest_config(d, image->config, &root.digest, err) < 0)
		return -1;
	if (!root.digest.data)
		return 0;
	for (size_t i = 0; i < image->tag_count; i++) {
		struct layout_root named = root;
		bool added;
		if (take_reference(d, image->tags[i], &named, err) < 0 || add_docker_root(d, &named, &added, err) < 0)
			return -1;
		any = any || added;
	}
	if (!image->tag_count && !d->layout->has_index) {
		any = true;
		if (layout_add_root(d->layout, &root, err) < 0)
			return -1;
	}
	return any ? layout_remember_config(d->layout, root.digest, image->config, err) : 0;
}

static int read_docker_image(struct document *d, struct error **err)
{
	struct docker_image image = { 0 };
	struct token key;
	int more;
	while ((more = next_member(d, &key, err)) > 0) {
		int read = token_is(&key, "Config")     ? take_text(d, &image.config, err)
			   : token_is(&key, "RepoTags") ? read_tags(d, &image, err)
							: reader_skip(&d->json.reader, err);
		if (read < 0)
			return -1;
	}
	return more < 0 ? -1 : add_docker_image(d, &image, err);
}

static int read_docker(struct document *d, struct error **err)
{
	int more = enter(d, TOKEN_ARRAY_BEGIN, err);
	if (more == 0)
		return put_problem(d, "bad_document", SLICE(""), SLICE("no list of images"), true, err);
	for (d->item = 0; more > 0 && (more = next_object(d, err)) > 0; d->item++)
		if (read_docker_image(d, err) < 0)
			return -1;
	return more;
}

int layout_read_docker(struct image_layout *layout, struct slice text, struct error **err)
{
	struct document d = { .layout = layout, .file = LAYOUT_DOCKER };
	/* A layout may hold a file of this name that is somebody else's. */
	if (layout->has_index && !image_layout_marks(SLICE(LAYOUT_DOCKER), slice_part(text, 0, MARK_BYTES)))
		return 0;
	return read_with(&d, text, read_docker, err);
}
