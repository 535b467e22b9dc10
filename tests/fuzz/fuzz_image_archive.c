/* Archives of images: whatever the bytes are, all that the archive names can be asked for, and bytes that are called
 * verified are what their digest says.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "oci/format/verify.h"
#include "oci/layout/layout.h"

static struct image_answer ask(struct image_layout *layout, enum image_ask_type type, struct slice repository,
			       struct slice reference)
{
	struct image_source *source = image_layout_source(layout);
	struct image_ask what = { .type = type, .repository = repository, .reference = reference, .size = INT64_MIN };
	struct image_answer answer = { 0 };
	struct error *err = NULL;
	if (source->ops->ask(source, &what, NULL, &err) < 0 || source->ops->next(source, 0, &answer, &err) != 1)
		abort();
	return answer;
}

static void check_bytes(struct image_layout *layout, struct slice repository, struct slice digest)
{
	static const enum image_ask_type types[] = { IMAGE_ASK_MANIFEST, IMAGE_ASK_BLOB };
	for (size_t i = 0; i < 2; i++) {
		struct image_answer answer = ask(layout, types[i], repository, digest);
		enum verify_result verified;
		struct error *err = NULL;
		if (answer.outcome != IMAGE_PRESENT) {
			if (!answer.why.len)
				abort();
			continue;
		}
		if (verify_digest(digest, answer.bytes, &verified, &err) < 0 ||
		    answer.verified != (verified == VERIFY_EQUAL) || verified == VERIFY_DIFFERENT)
			abort();
	}
}

static void check_repository(struct image_layout *layout, struct arena *arena, struct slice repository)
{
	struct image_answer tags = ask(layout, IMAGE_ASK_TAGS, repository, SLICE_NONE);
	struct slice *names = arena_zeroed(arena, tags.names.len + 1, sizeof *names);
	size_t count = tags.names.len;
	if (!count || !names)
		abort();
	memcpy(names, tags.names.items, count * sizeof *names); /* texts are the layout's */
	for (size_t i = 0; i < count; i++) {
		struct image_answer tag = ask(layout, IMAGE_ASK_TAG, repository, names[i]);
		if (tag.outcome != IMAGE_PRESENT)
			abort();
		check_bytes(layout, repository, tag.digest);
	}
}

static void check_all(struct image_layout *layout)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct image_answer list = ask(layout, IMAGE_ASK_REPOSITORIES, SLICE_NONE, SLICE_NONE);
	size_t count = list.names.len;
	struct slice *names = arena_zeroed(&arena, count + 1, sizeof *names);
	if (!names)
		abort();
	if (count)
		memcpy(names, list.names.items, count * sizeof *names);
	for (size_t i = 0; i < count; i++)
		check_repository(layout, &arena, names[i]);
	for (size_t i = 0; i < image_layout_unnamed_count(layout); i++)
		check_bytes(layout, image_layout_unnamed(layout, i).repository, image_layout_unnamed(layout, i).digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(image_layout_freep) struct image_layout *layout = NULL;
	struct image_layout_archive archive = { .bytes = { (const char *)data, size } };
	struct error *err = NULL;
	if (image_layout_archive_likely(archive.bytes, &err) < 0 ||
	    image_layout_open_archive(&archive, &layout, &err) < 0)
		abort();
	if (layout)
		check_all(layout);
	return 0;
}
