#include "oci/walk/walk_internal.h"

int put_record(struct image_walk *walk, const struct record_type *type, const void *record, struct error **err)
{
	struct sink *sink = walk->options.sink;
	return sink->ops->put(sink, walk->options.read, type, record, err);
}

/* Since when the tag stands there without another digest in between, as far as it was looked at. */
static int64_t tag_since(const struct image_walk *walk, const struct tag *tag)
{
	const struct image_known *known = walk->options.known;
	struct slice digest;
	int64_t since;
	if (known && known->tag &&
	    known->tag(known->data, tag->registry, tag->repository, tag->tag, &digest, &since) > 0 &&
	    slice_equal(digest, tag->digest))
		return since;
	return walk->options.as_of;
}

int put_tag(struct image_walk *walk, const struct walk_repository *repository, struct slice tag, struct slice digest,
	    struct slice media_type, struct error **err)
{
	struct tag record;
	record_init(&tag_type, &record);
	record.registry = repository->registry;
	record.repository = repository->path;
	record.tag = tag;
	record.digest = digest;
	record.media_type = media_type;
	record.since = tag_since(walk, &record);
	return put_record(walk, &tag_type, &record, err);
}

int put_answer(struct image_walk *walk, const struct walk_repository *repository, struct slice reference,
	       const char *outcome, struct slice why, struct error **err)
{
	struct registry_answer record;
	record_init(&registry_answer_type, &record);
	record.registry = repository->registry;
	record.repository = repository->path;
	record.reference = reference;
	record.outcome = slice_of(outcome);
	record.why = why;
	return put_record(walk, &registry_answer_type, &record, err);
}

int put_content(struct image_walk *walk, struct slice digest, struct slice media_type, struct slice bytes,
		struct error **err)
{
	struct image_content record;
	record_init(&image_content_type, &record);
	record.digest = digest;
	record.media_type = media_type;
	record.bytes = bytes;
	return put_record(walk, &image_content_type, &record, err);
}

int put_defect(struct image_walk *walk, const struct walk_repository *repository, struct slice object, const char *code,
	       struct slice place, struct slice message, struct error **err)
{
	struct defect record;
	record_init(&defect_type, &record);
	record.object_kind = SLICE("Image");
	record.namespace = repository ? repository->path : SLICE("");
	record.object = object;
	record.code = slice_of(code);
	record.place = place.data ? place : SLICE("");
	record.message = message;
	record.blocks_pulls = BOOL_FALSE;
	walk->result.defects++;
	return put_record(walk, &defect_type, &record, err);
}

int put_defects(struct image_walk *walk, const struct walk_repository *repository, struct slice object,
		const struct oci_defects *defects, struct error **err)
{
	for (size_t i = 0; i < defects->len; i++) {
		const struct oci_defect *defect = &defects->items[i];
		if (put_defect(walk, repository, object, defect->code, defect->place, defect->message, err) < 0)
			return -1;
	}
	return 0;
}

int put_coverage(struct image_walk *walk, const char *kind, struct slice namespace, const char *subtype,
		 const char *outcome, struct slice why, size_t objects, struct error **err)
{
	struct coverage record;
	record_init(&coverage_type, &record);
	record.read = walk->options.read;
	record.kind = slice_of(kind);
	record.namespace = namespace;
	record.subtype = slice_of(subtype);
	record.outcome = slice_of(outcome);
	record.why = why;
	record.objects = (int64_t)objects;
	return put_record(walk, &coverage_type, &record, err);
}
