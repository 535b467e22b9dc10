#include "oci_layout/making.h"

#include <stdarg.h>

#include "base/limits.h"
#include "base/sha256.h"

#define CONFIG_TYPE "application/vnd.oci.image.config.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

void making_init(struct making *m)
{
	*m = (struct making){ .arena = ARENA_INIT(LIMIT_MIB) };
}

void making_release(struct making *m)
{
	arena_release(&m->arena);
}

static struct tar_file *add(struct making *m, const char *name)
{
	assert_true(m->count < MAKING_FILES);
	struct slice copy;
	assert_int_equal(arena_copy(&m->arena, slice_of(name), &copy), 0);
	m->files[m->count] = (struct tar_file){ .name = copy.data };
	return &m->files[m->count++];
}

void making_add(struct making *m, const char *name, struct slice text)
{
	assert_int_equal(arena_copy(&m->arena, text, &add(m, name)->bytes), 0);
}

void making_addf(struct making *m, const char *name, const char *format, ...)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_MIB);
	va_list args;
	va_start(args, format);
	strbuf_addf_cut(&out, format, args);
	va_end(args);
	making_add(m, name, strbuf_slice(&out));
}

void making_link(struct making *m, const char *name, const char *to)
{
	add(m, name)->symlink_to = to;
}

const char *making_blob(struct making *m, const char *label, const char *text)
{
	char hex[SHA256_TEXT_BYTES], name[128];
	struct error *err = NULL;
	check_ok(sha256_of(slice_of(text), hex, &err), &err);
	snprintf(name, sizeof name, "blobs/sha256/%s", hex);
	making_add(m, name, slice_of(text));
	struct slice digest = arena_printf(&m->arena, "sha256:%s", hex);
	m->blobs[m->blob_count].label = arena_printf(&m->arena, "%s", label).data;
	m->blobs[m->blob_count++].digest = digest.data;
	return digest.data;
}

const char *making_image(struct making *m, const char *name)
{
	char text[1024], label[64];
	snprintf(text, sizeof text,
		 "{\"architecture\":\"amd64\",\"os\":\"linux\",\"author\":\"%s\",\"rootfs\":"
		 "{\"type\":\"layers\",\"diff_ids\":[]}}",
		 name);
	size_t size = strlen(text);
	snprintf(label, sizeof label, "config %s", name);
	const char *config = making_blob(m, label, text);
	snprintf(text, sizeof text,
		 "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE "\",\"config\":{\"mediaType\":\"" CONFIG_TYPE
		 "\",\"digest\":\"%s\",\"size\":%zu},\"layers\":[]}",
		 config, size);
	return making_blob(m, name, text);
}

const char *making_config_of(const struct making *m, const char *name)
{
	char label[64];
	snprintf(label, sizeof label, "config %s", name);
	for (size_t i = 0; i < m->blob_count; i++)
		if (strcmp(m->blobs[i].label, label) == 0)
			return m->blobs[i].digest;
	return NULL;
}

struct slice making_bytes(const struct making *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->files[i].name, name) == 0)
			return m->files[i].bytes;
	return SLICE_NONE;
}

void making_usual(struct making *m)
{
	making_init(m);
	const char *web = making_image(m, "web");
	making_addf(m, "index.json",
		    "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
		    "\",\"digest\":\"%s\",\"size\":300,\"annotations\":{\"org.opencontainers.image.ref.name\":"
		    "\"docker.io/acme/web:1.0\"}}]}",
		    web);
	making_add(m, "oci-layout", SLICE(MARK));
}

void making_docker(struct making *m)
{
	const char text[] = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[]}}";
	char hex[SHA256_TEXT_BYTES], name[128];
	struct error *err = NULL;
	making_init(m);
	check_ok(sha256_of(slice_of(text), hex, &err), &err);
	snprintf(name, sizeof name, "%s.json", hex);
	making_add(m, "aaaa/VERSION", SLICE("1.0"));
	making_add(m, "aaaa/json", SLICE("{}"));
	making_add(m, "aaaa/layer.tar", SLICE("not looked at"));
	making_link(m, "bbbb/layer.tar", "../aaaa/layer.tar");
	making_add(m, name, slice_of(text));
	making_addf(m, "manifest.json",
		    "[{\"Config\":\"%s\",\"RepoTags\":[\"acme/web:1.0\",\"acme/web:latest\"],\"Layers\":[\"aaaa/"
		    "layer.tar\"]}]",
		    name);
	making_add(m, "repositories", SLICE("{}"));
	m->blobs[m->blob_count].label = "the config";
	m->blobs[m->blob_count++].digest = arena_printf(&m->arena, "sha256:%s", hex).data;
}

void making_write(const struct making *m, const struct scratch *scratch)
{
	for (size_t i = 0; i < m->count; i++)
		scratch_write(scratch, m->files[i].name, m->files[i].bytes);
}

struct tar_bytes making_tar(const struct making *m, int filter)
{
	return tar_make(m->files, m->count, filter);
}

int making_open(struct slice bytes, const char *below, struct image_layout **ret_layout, struct error **err)
{
	struct image_layout_archive archive = { .bytes = bytes, .below = slice_of(below) };
	return image_layout_open_archive(&archive, ret_layout, err);
}

struct image_answer making_ask(struct image_layout *layout, enum image_ask_type type, const char *repository,
			       const char *reference)
{
	struct image_source *source = image_layout_source(layout);
	struct image_ask ask = {
		.type = type, .repository = slice_of(repository), .reference = slice_of(reference), .size = INT64_MIN
	};
	struct image_answer answer = { 0 };
	struct error *err = NULL;
	check_ok(source->ops->ask(source, &ask, layout, &err), &err);
	assert_int_equal(source->ops->next(source, 0, &answer, &err), 1);
	check_no_error(&err);
	assert_ptr_equal(answer.owner, layout);
	assert_true(answer.last);
	return answer;
}

static const char *label_of(const struct making *m, const char *digest)
{
	for (size_t i = 0; i < m->blob_count; i++)
		if (strcmp(m->blobs[i].digest, digest) == 0)
			return m->blobs[i].label;
	return digest;
}

static void tell_content(const struct making *m, struct image_layout *layout, struct strbuf *out, const char *digest)
{
	struct image_answer answer = making_ask(layout, IMAGE_ASK_MANIFEST, "", digest);
	strbuf_addf(out, "%s %s", label_of(m, digest), image_outcome_text(answer.outcome));
	if (slice_equal_text(answer.media_type, "application/vnd.docker.container.image.v1+json"))
		strbuf_add_text(out, " as a config");
}

static struct slice kept(const struct making *m, struct slice text)
{
	struct slice copy;
	assert_int_equal(arena_copy(&((struct making *)(uintptr_t)m)->arena, text, &copy), 0);
	return copy;
}

static void tell_repository(const struct making *m, struct image_layout *layout, struct strbuf *out,
			    struct slice repository)
{
	struct slice tags[MAKING_FILES];
	struct image_answer answer = making_ask(layout, IMAGE_ASK_TAGS, repository.data, NULL);
	size_t count = answer.names.len;
	for (size_t i = 0; i < count; i++)
		tags[i] = kept(m, answer.names.items[i]);
	for (size_t i = 0; i < count; i++) {
		answer = making_ask(layout, IMAGE_ASK_TAG, repository.data, tags[i].data);
		strbuf_addf(out, "%s:%s=", repository.data, tags[i].data);
		tell_content(m, layout, out, kept(m, answer.digest).data);
		strbuf_add_text(out, "; ");
	}
}

const char *making_tell(const struct making *m, struct image_layout *layout)
{
	static struct strbuf out;
	struct slice repositories[MAKING_FILES];
	strbuf_release(&out);
	out = (struct strbuf)STRBUF_INIT(LIMIT_MIB);
	struct image_answer answer = making_ask(layout, IMAGE_ASK_REPOSITORIES, NULL, NULL);
	size_t count = answer.names.len;
	for (size_t i = 0; i < count; i++)
		repositories[i] = kept(m, answer.names.items[i]);
	for (size_t i = 0; i < count; i++)
		tell_repository(m, layout, &out, repositories[i]);
	for (size_t i = 0; i < image_layout_unnamed_count(layout); i++) {
		struct image_layout_unnamed unnamed = image_layout_unnamed(layout, i);
		strbuf_addf(&out, "%s@", unnamed.repository.data);
		tell_content(m, layout, &out, unnamed.digest.data);
		strbuf_add_text(&out, "; ");
	}
	for (size_t i = 0; i < image_layout_problem_count(layout); i++) {
		const struct image_layout_problem *problem = image_layout_problem(layout, i);
		strbuf_addf(&out, "!%s %s%s%s", problem->code, problem->file.data, problem->place.len ? " " : "",
			    problem->place.data);
		strbuf_add_text(&out, problem->lost ? ", lost; " : "; ");
	}
	return strbuf_text(&out);
}

static const char *tell_opened(const struct making *m, int opened, struct image_layout *layout, struct error **err)
{
	check_ok(opened, err);
	const char *told = opened ? making_tell(m, layout) : NULL;
	image_layout_free(layout);
	return told;
}

const char *making_tell_folder(const struct making *m)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	struct image_layout *layout = NULL;
	struct error *err = NULL;
	making_write(m, &scratch);
	int opened = image_layout_open(scratch.path, &layout, &err);
	return tell_opened(m, opened, layout, &err);
}

const char *making_tell_tar(const struct making *m, int filter)
{
	CLEANUP(tar_release) struct tar_bytes tar = making_tar(m, filter);
	struct image_layout *layout = NULL;
	struct error *err = NULL;
	int opened = making_open(tar_slice(&tar), NULL, &layout, &err);
	return tell_opened(m, opened, layout, &err);
}
