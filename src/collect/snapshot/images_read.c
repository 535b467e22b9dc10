#include "collect/snapshot/images_read.h"

#include "base/limits.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "collect/snapshot/images_read_internal.h"
#include "oci/walk/walk.h"

#define IDENTITY_DIGITS 16
#define TOLD_IN_WORDS 3

/* --- what is wrong --- */
void images_add_reason(struct images_read *read, struct slice file, struct slice message)
{
	if (read->reasons++ >= TOLD_IN_WORDS)
		return;
	if (read->why.len)
		strbuf_add_text(&read->why, "; ");
	if (file.len) {
		utf8_add_printable(&read->why, file);
		strbuf_add_text(&read->why, ": ");
	}
	utf8_add_printable(&read->why, message);
}

/* Its path in the dump. */
static int file_path(const struct images_read *read, struct slice file, struct slice *ret_path, struct error **err)
{
	struct arena *arena = &read->dump->arena;
	struct slice folder = read->images->path;
	*ret_path = !file.len    ? folder
		    : folder.len ? arena_printf(arena, "%.*s/%.*s", SLICE_ARG(folder), SLICE_ARG(file))
				 : file;
	if (!ret_path->len)
		*ret_path = read->name;
	return ret_path->data ? 0 : arena_fail(arena, err);
}

int images_put_defect(struct images_read *read, const char *code, struct slice file, struct slice place,
		      struct slice message, bool reason, struct error **err)
{
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = SLICE("File");
	defect.namespace = SLICE("");
	defect.code = slice_of(code);
	defect.place = place.data ? place : SLICE("");
	defect.message = message;
	defect.blocks_pulls = BOOL_FALSE;
	if (file_path(read, file, &defect.object, err) < 0)
		return -1;
	defect.file = defect.object;
	read->defects++;
	if (reason)
		images_add_reason(read, file, message);
	return read->sink->ops->put(read->sink, read->read, &defect_type, &defect, err);
}

/* --- a layout or archive --- */
static int begin(struct images_read *read, const struct images_time *time, struct error **err)
{
	char hash[SHA256_TEXT_BYTES], uid[sizeof IMAGES_IDENTITY + IDENTITY_DIGITS];
	if (sha256_of(read->source, hash, err) < 0)
		return -1;
	snprintf(uid, sizeof uid, IMAGES_IDENTITY "%.*s", IDENTITY_DIGITS, hash);
	struct sink_scope scope = {
		.source = read->source,
		.source_kind = SLICE("images"),
		.cluster_name = read->name,
		.cluster_uid = slice_of(uid),
		.as_of = time->as_of,
		.once = true,
	};
	return read->sink->ops->begin(read->sink, &scope, &read->read, err);
}

static int put_problems(struct images_read *read, struct error **err)
{
	for (size_t i = 0; i < image_layout_problem_count(read->layout); i++) {
		const struct image_layout_problem *problem = image_layout_problem(read->layout, i);
		if (images_put_defect(read, problem->code, problem->file, problem->place, problem->message,
				      problem->lost, err) < 0)
			return -1;
	}
	return 0;
}

static int walk_through(struct images_read *read, struct error **err)
{
	CLEANUP(image_walk_freep) struct image_walk *walk = NULL;
	struct image_walk_options options = {
		.source = image_layout_source(read->layout),
		.sink = read->sink,
		.read = read->read,
		.as_of = read->as_of,
		.registry = SLICE(""),
		.split = image_layout_split,
		.split_data = &read->name,
	};
	struct image_walk_result result;
	if (image_walk_new(&options, &walk, err) < 0 || image_walk_catalog(walk, NULL, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < image_layout_unnamed_count(read->layout); i++) {
		struct image_layout_unnamed unnamed = image_layout_unnamed(read->layout, i);
		if (image_walk_reference(walk, unnamed.repository, unnamed.digest, err) < 0)
			return -1;
	}
	if (image_walk_run(walk, &result, err) < 0)
		return -1;
	read->manifests += (int64_t)result.manifests;
	read->found = read->found || result.manifests || result.tags;
	read->defects += (int64_t)result.defects;
	if (!result.complete)
		images_add_reason(read, SLICE(""), result.why.data ? result.why : SLICE("not all could be read"));
	return 0;
}

static int finish(struct images_read *read, struct slice as_of_from, struct error **err)
{
	if (read->reasons > TOLD_IN_WORDS)
		strbuf_addf(&read->why, "; and %zu more", read->reasons - TOLD_IN_WORDS);
	if (strbuf_failed(&read->why, err))
		return -1;
	struct sink_end end = {
		.as_of = read->as_of,
		.as_of_from = as_of_from,
		.outcome = !read->reasons ? SLICE("complete")
			   : read->found  ? SLICE("partial")
					  : SLICE("failed"),
		.why = read->reasons ? strbuf_slice(&read->why) : SLICE_NONE,
		.objects = read->manifests,
		.defects = read->defects,
	};
	return read->sink->ops->finish(read->sink, read->read, &end, err);
}

static int read_layout(struct images_read *read, const struct images_time *time, struct slice why, struct error **err)
{
	read->as_of = time->as_of;
	if (begin(read, time, err) < 0)
		return -1;
	if (!read->layout) {
		if (images_put_defect(read, "archive", SLICE(""), SLICE(""), why, true, err) < 0)
			return -1;
	} else if (put_problems(read, err) < 0 || walk_through(read, err) < 0) {
		return -1;
	}
	return finish(read, time->as_of_from, err);
}

/* --- all of them --- */
static void images_read_release(struct images_read *read)
{
	image_layout_free(read->layout);
	strbuf_release(&read->why);
}

static int note_result(const struct images_read *read, struct images_result *result, struct error **err)
{
	struct arena *arena = &read->dump->arena;
	result->sources++;
	result->any = result->any || read->found || !read->reasons;
	result->manifests += read->manifests;
	result->defects += read->defects;
	if (read->as_of > result->newest_as_of)
		result->newest_as_of = read->as_of;
	if (!read->reasons || result->why.data)
		return 0;
	result->why = arena_printf(arena, "%.*s: %s", SLICE_ARG(read->name), strbuf_text(&read->why));
	return result->why.data ? 0 : arena_fail(arena, err);
}

static int read_one(const struct snapshot_options *options, struct sink *sink, struct dump *dump,
		    const struct dump_images *images, const struct images_time *time, struct images_result *result,
		    struct error **err)
{
	CLEANUP(images_read_release)
	struct images_read read = { .sink = sink,
				    .dump = dump,
				    .images = images,
				    .name = dump_images_name(dump, images),
				    .why = STRBUF_INIT(LIMIT_MESSAGE_BYTES) };
	struct slice why;
	read.source = images->path.len ? arena_printf(&dump->arena, "%.*s/%.*s", SLICE_ARG(dump->address),
						      SLICE_ARG(images->path))
				       : dump->address;
	if (!read.source.data)
		return arena_fail(&dump->arena, err);
	if (dump_open_images(dump, images, &read.layout, &why, err) < 0)
		return error_context(err, "%.*s", SLICE_ARG(read.name));
	int result_of = images->kind == DUMP_FROZEN_REGISTRY && read.layout ? frozen_images_read(&read, err)
									    : read_layout(&read, time, why, err);
	if (result_of < 0)
		return error_context(err, "%.*s", SLICE_ARG(read.name));
	if (options->progress)
		options->progress(options->progress_data, read.name.data, read.manifests);
	return note_result(&read, result, err);
}

int images_read_all(const struct snapshot_options *options, struct sink *sink, struct dump *dump,
		    const struct images_time *time, struct images_result *ret_result, struct error **err)
{
	struct images_result result = { .newest_as_of = TIME_UNSET };
	for (size_t i = 0; i < dump->images.len; i++)
		if (read_one(options, sink, dump, &dump->images.items[i], time, &result, err) < 0)
			return -1;
	*ret_result = result;
	return 0;
}
