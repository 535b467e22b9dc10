/* One file, or standard input: documents one after the other. */
#include "base/alloc.h"
#include "collect/snapshot/dump_internal.h"

struct stream_dump {
	struct dump dump; /* first */
	struct file_bytes bytes;
};

static int stream_each(struct dump *dump, dump_wants wants, dump_visit visit, void *data, struct error **err)
{
	struct stream_dump *stream = (struct stream_dump *)dump;
	const struct dump_file *file = &dump->files.items[0];
	if (!wants(data, file))
		return 0;
	return visit(data, file, dump_wants_bytes(file) ? &stream->bytes : NULL, err);
}

/* No stream has any: dump_stream adds none. */
static int stream_open_images(struct dump *dump, const struct dump_images *images, struct image_layout **ret_layout,
			      struct slice *ret_why, struct error **err)
{
	(void)dump;
	(void)images;
	(void)ret_layout;
	(void)err;
	*ret_why = SLICE("no images");
	return 0;
}

static void stream_close(struct dump *dump)
{
	file_release(&((struct stream_dump *)dump)->bytes);
}

static const struct dump_ops stream_ops = { stream_each, stream_open_images, stream_close };

struct dump *dump_of_stream(struct file_bytes *bytes, struct slice name, struct error **err)
{
	CLEANUP(dump_freep) struct dump *dump = dump_new(sizeof(struct stream_dump), &stream_ops, err);
	if (!dump)
		return NULL;
	struct slice start = slice_part(file_slice(bytes), 0, CONTENT_START_BYTES);
	if (!dump_add(dump, name, content_of_given(start), err))
		return NULL;
	dump->bytes_are_spare = bytes->mapped_file;
	((struct stream_dump *)dump)->bytes = *bytes;
	*bytes = (struct file_bytes){ 0 };
	return TAKE_PTR(dump);
}
