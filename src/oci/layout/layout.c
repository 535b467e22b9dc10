#include "oci/layout/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "oci/layout/layout_internal.h"

/* --- life --- */
static const struct image_source_ops source_ops;

struct image_layout *layout_new(const struct layout_ops *ops, struct error **err)
{
	struct image_layout *layout = mem_alloc_zeroed(1, sizeof *layout);
	if (!layout) {
		error_no_memory(err);
		return NULL;
	}
	layout->source.ops = &source_ops;
	layout->ops = ops;
	layout->arena.max = layout->kept.max = LIMIT_LAYOUT_KEPT_BYTES;
	layout->answer.max = LIMIT_LAYOUT_NAMES_BYTES;
	layout->folder = -1;
	layout->top = SLICE("");
	return layout;
}

struct image_layout *image_layout_free(struct image_layout *layout)
{
	if (!layout)
		return NULL;
	for (struct layout_ask *ask = layout->first, *next; ask; ask = next) {
		next = ask->next;
		mem_free(ask);
	}
	mem_free(layout->answered);
	layout_folder_release(layout);
	layout_archive_release(layout);
	map_release(&layout->config_names);
	vec_release(&layout->roots);
	vec_release(&layout->problems);
	vec_release(&layout->unnamed);
	arena_release(&layout->arena);
	arena_release(&layout->answer);
	return mem_free(layout);
}

void image_layout_freep(struct image_layout **layout)
{
	*layout = image_layout_free(*layout);
}

/* --- problems --- */
int layout_add_problem(struct image_layout *layout, const struct image_layout_problem *problem, struct error **err)
{
	struct image_layout_problem copy = *problem;
	if (layout->problems.len > LIMIT_LAYOUT_PROBLEMS)
		return 0;
	if (layout->problems.len == LIMIT_LAYOUT_PROBLEMS)
		copy = (struct image_layout_problem){ .code = "too_many",
						      .message = SLICE("more is wrong than is told") };
	struct slice *texts[] = { &copy.file, &copy.place, &copy.message };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct slice text = texts[i]->data ? *texts[i] : SLICE("");
		if (arena_copy(&layout->arena, text, texts[i]) < 0)
			return arena_fail(&layout->arena, err);
	}
	struct image_layout_problem *place = vec_push(&layout->problems);
	if (!place)
		return error_no_memory(err);
	*place = copy;
	return 0;
}

size_t image_layout_problem_count(const struct image_layout *layout)
{
	return layout->problems.len;
}

const struct image_layout_problem *image_layout_problem(const struct image_layout *layout, size_t i)
{
	return &layout->problems.items[i];
}

/* --- opening --- */
/* 1: it was read. 0: it is not there. */
static int read_document(struct image_layout *layout, const char *name,
			 int (*read)(struct image_layout *layout, struct slice text, struct error **err),
			 struct error **err)
{
	struct layout_content content;
	CLEANUP(file_release) struct file_bytes own = { 0 };
	if (layout->ops->get(layout, slice_of(name), LIMIT_LAYOUT_NAMES_BYTES, &content, err) < 0)
		return -1;
	if (content.outcome == IMAGE_PRESENT) {
		own = layout->read; /* what is read asks for files too */
		layout->read = (struct file_bytes){ 0 };
		return read(layout, content.bytes, err) < 0 ? -1 : 1;
	}
	if (content.outcome == IMAGE_ABSENT || layout->damage)
		return 0;
	struct image_layout_problem problem = {
		.code = "unreadable", .file = slice_of(name), .message = content.why, .lost = true
	};
	return layout_add_problem(layout, &problem, err) < 0 ? -1 : 1;
}

static int put_no_names(struct image_layout *layout, struct error **err)
{
	struct image_layout_problem problem = { .code = "missing",
						.file = SLICE(LAYOUT_INDEX),
						.message = SLICE(
							"it is not there: nothing says which images the layout holds"),
						.lost = true };
	if (layout->damage && layout_archive_guess(layout, err) < 0)
		return -1;
	return layout_add_problem(layout, &problem, err);
}

int layout_read_names(struct image_layout *layout, struct error **err)
{
	if (read_document(layout, LAYOUT_MARK, layout_read_mark, err) < 0)
		return -1;
	int index = read_document(layout, LAYOUT_INDEX, layout_read_index, err);
	if (index < 0 || layout_settle(layout, err) < 0)
		return -1;
	int docker = read_document(layout, LAYOUT_DOCKER, layout_read_docker, err);
	if (docker < 0 || (!index && !docker && put_no_names(layout, err) < 0))
		return -1;
	return layout_settle(layout, err) < 0 ? -1 : layout_find_unnamed(layout, err);
}

int image_layout_open(const char *path, struct image_layout **ret_layout, struct error **err)
{
	struct stat status;
	CLEANUP(fd_closep) int folder = -1;
	CLEANUP(file_release) struct file_bytes bytes = { 0 };
	if (stat(path, &status) < 0)
		return error_set_errno(err, errno, "cannot be opened");
	if (!S_ISDIR(status.st_mode)) {
		if (file_map(AT_FDCWD, path, false, &bytes, err) < 0)
			return -1;
		struct image_layout_archive archive = { .bytes = file_slice(&bytes) };
		return image_layout_open_archive(&archive, ret_layout, err);
	}
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return error_set_errno(err, errno, "cannot be opened");
	return image_layout_open_folder(folder, ret_layout, err);
}

int image_layout_file(struct image_layout *layout, struct slice name, size_t max, enum image_outcome *ret_outcome,
		      struct slice *ret_bytes, struct error **err)
{
	struct layout_content content;
	if (layout->ops->get(layout, name, max, &content, err) < 0)
		return -1;
	*ret_outcome = content.outcome;
	*ret_bytes = content.bytes;
	return 0;
}

struct image_source *image_layout_source(struct image_layout *layout)
{
	return &layout->source;
}

size_t image_layout_unnamed_count(const struct image_layout *layout)
{
	return layout->unnamed.len;
}

struct image_layout_unnamed image_layout_unnamed(const struct image_layout *layout, size_t i)
{
	return layout->unnamed.items[i];
}

int image_layout_split(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path)
{
	const struct slice *own_name = data;
	if (slice_cut(repository, '/', ret_registry, ret_path))
		return 0;
	*ret_registry = SLICE("");
	*ret_path = repository.len ? repository : *own_name;
	return 0;
}

bool image_layout_marks(struct slice name, struct slice start)
{
	struct slice text = slice_trim(start);
	if (slice_equal_text(name, LAYOUT_MARK))
		return slice_starts_with(text, "{") && slice_contains(text, "imageLayoutVersion");
	return slice_equal_text(name, LAYOUT_DOCKER) && slice_starts_with(text, "[") &&
	       slice_starts_with(slice_trim(slice_part(text, 1, text.len)), "{") &&
	       (slice_contains(text, "\"Config\"") || slice_contains(text, "\"RepoTags\""));
}

/* --- asking --- */
static struct slice put_text(char **place, struct slice text)
{
	if (!text.data)
		return text;
	struct slice copy = { *place, text.len };
	if (text.len)
		memcpy(*place, text.data, text.len);
	*place += text.len;
	return copy;
}

static int ask(struct image_source *source, const struct image_ask *what, void *owner, struct error **err)
{
	struct image_layout *layout = (struct image_layout *)source;
	struct layout_ask *copy =
		mem_alloc(sizeof *copy + what->repository.len + what->reference.len + what->media_type.len);
	if (!copy)
		return error_no_memory(err);
	char *texts = (char *)(copy + 1);
	*copy = (struct layout_ask){ .type = what->type, .size = what->size, .owner = owner };
	copy->repository = put_text(&texts, what->repository);
	copy->reference = put_text(&texts, what->reference);
	copy->media_type = put_text(&texts, what->media_type);
	*(layout->last ? &layout->last->next : &layout->first) = copy;
	layout->last = copy;
	return 0;
}

/* --- answering --- */
static void refuse(struct image_answer *answer, enum image_outcome outcome, const char *why)
{
	answer->outcome = outcome;
	answer->why = slice_of(why);
}

static void refuse_unknown(const struct image_layout *layout, struct image_answer *answer)
{
	refuse(answer, layout->damage ? IMAGE_FAILED : IMAGE_ABSENT,
	       layout->damage ? layout->damage : "the layout has no such name");
}

static int answer_repositories(struct image_layout *layout, struct image_answer *answer, struct error **err)
{
	const struct layout_root *roots = layout->roots.items;
	struct slice *names = arena_zeroed(&layout->answer, layout->settled + 1, sizeof *names);
	size_t count = 0;
	if (!names)
		return arena_fail(&layout->answer, err);
	for (size_t i = 0; i < layout->settled; i++)
		if (roots[i].tag.data && (!count || !slice_equal(names[count - 1], roots[i].repository)))
			names[count++] = roots[i].repository;
	answer->names = (struct slice_list){ names, count };
	return 0;
}

static int answer_tags(struct image_layout *layout, const struct layout_ask *what, struct image_answer *answer,
		       struct error **err)
{
	size_t count;
	const struct layout_root *roots = layout_tags(layout, what->repository, &count);
	struct slice *names = arena_zeroed(&layout->answer, count + 1, sizeof *names);
	if (!names)
		return arena_fail(&layout->answer, err);
	if (!roots) {
		refuse_unknown(layout, answer);
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		names[i] = roots[i].tag;
	answer->names = (struct slice_list){ names, count };
	return 0;
}

static void answer_tag(const struct image_layout *layout, const struct layout_ask *what, struct image_answer *answer)
{
	const struct layout_root *root = layout_find(layout, what->repository, what->reference);
	if (!root) {
		refuse_unknown(layout, answer);
		return;
	}
	answer->digest = root->digest;
	answer->media_type = root->media_type;
}

static int get_content(struct image_layout *layout, const struct layout_ask *what, struct layout_content *ret_content,
		       bool *ret_verified, struct error **err)
{
	if (what->type == IMAGE_ASK_MANIFEST)
		return layout_get_manifest(layout, what->reference, &layout->answer, ret_content, ret_verified, err);
	return layout_get_blob(layout, what->reference, LIMIT_IMAGE_CONFIG_BYTES, ret_content, ret_verified, err);
}

static int answer_bytes(struct image_layout *layout, const struct layout_ask *what, struct image_answer *answer,
			struct error **err)
{
	struct layout_content content;
	if (get_content(layout, what, &content, &answer->verified, err) < 0)
		return -1;
	if (content.outcome == IMAGE_PRESENT && what->size >= 0 && (int64_t)content.bytes.len > what->size) {
		refuse(answer, IMAGE_INVALID, "larger than its descriptor says");
		return 0;
	}
	answer->outcome = content.outcome;
	answer->why = content.why;
	answer->bytes = content.bytes;
	answer->digest = what->reference;
	answer->media_type = what->media_type;
	if (what->type == IMAGE_ASK_MANIFEST && map_get(&layout->config_names, what->reference))
		answer->media_type = SLICE(LAYOUT_CONFIG_TYPE);
	return 0;
}

static int answer_ask(struct image_layout *layout, const struct layout_ask *what, struct image_answer *answer,
		      struct error **err)
{
	switch (what->type) {
	case IMAGE_ASK_REPOSITORIES:
		return answer_repositories(layout, answer, err);
	case IMAGE_ASK_TAGS:
		return answer_tags(layout, what, answer, err);
	case IMAGE_ASK_TAG:
		answer_tag(layout, what, answer);
		return 0;
	case IMAGE_ASK_MANIFEST:
	case IMAGE_ASK_BLOB:
		return answer_bytes(layout, what, answer, err);
	case IMAGE_ASK_REFERRERS:
		break;
	}
	refuse(answer, IMAGE_UNSUPPORTED, "a layout has no list of what refers to a digest");
	return 0;
}

static int next(struct image_source *source, int timeout_ms, struct image_answer *ret_answer, struct error **err)
{
	struct image_layout *layout = (struct image_layout *)source;
	struct layout_ask *what = layout->first;
	(void)timeout_ms;
	layout->answered = mem_free(layout->answered);
	arena_clear(&layout->answer);
	if (!what)
		return 0;
	layout->first = what->next;
	if (!layout->first)
		layout->last = NULL;
	layout->answered = what;
	*ret_answer = (struct image_answer){ .owner = what->owner, .outcome = IMAGE_PRESENT, .last = true };
	return answer_ask(layout, what, ret_answer, err) < 0 ? -1 : 1;
}

static size_t width(const struct image_source *source)
{
	(void)source;
	return 1;
}

static void close_source(struct image_source *source)
{
	image_layout_free((struct image_layout *)source);
}

static const struct image_source_ops source_ops = { ask, next, width, close_source };
