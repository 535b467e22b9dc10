/* Objects of live lists: the first byte chooses the kind and the encoding, the rest is one item. Whatever it is, it is
 * an object or a defect, and its records have their whole identity. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "kube/object/stream.h"
#include "kube/object/tables.h"

static volatile unsigned char touched;

static void touch(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		touched ^= (unsigned char)text.data[i];
}

static int check_record(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
			struct error **err)
{
	(void)sink;
	(void)read;
	(void)err;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		struct slice_list texts = { 0 };
		if (field->type == FIELD_TEXTS)
			texts = field_texts(field, record);
		for (size_t k = 0; k < texts.len; k++)
			touch(texts.items[k]);
		if (field->type != FIELD_TEXT)
			continue;
		touch(field_text(field, record));
		assert(!(field->flags & FIELD_KEY) || (field->flags & FIELD_CLUSTER) || field_text(field, record).data);
	}
	return 0;
}

static void read_item(struct object_context *context, const struct object_list_about *about, bool protobuf,
		      struct slice item)
{
	struct object_stream *stream = NULL;
	struct object_stream_end end = { SLICE("complete"), SLICE_NONE };
	struct error *err = NULL;
	int done = object_stream_open(context, about, &stream, &err);
	assert(done == 0);
	for (int twice = 0; twice < 2 && done == 0; twice++) /* what the first left behind must not matter */
		done = protobuf ? object_stream_protobuf(stream, item, &err) : object_stream_json(stream, item, &err);
	assert(done == 0);
	assert(object_stream_objects(stream) + context->defects == 2);
	touch(object_stream_last(stream)->name);
	touch(object_stream_last(stream)->uid);
	done = object_stream_close(stream, &end, &err);
	assert(done == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sink_ops ops = { .put = check_record };
	static const char key_bytes[] = "EXAMPLE-fingerprint-key-EXAMPLE-";
	struct sink sink = { &ops };
	struct fingerprint_key key = { .id = "0badc0de" };
	struct object_context context;
	struct error *err = NULL;
	if (!size)
		return 0;
	const struct kind_message *kind = &kind_messages[data[0] / 4 % kind_message_count];
	struct object_list_about about = {
		.kind = slice_of(kind->kind),
		.group = slice_of(kind->group),
		.version = SLICE("v1"),
		.resource = SLICE("things"),
		.namespace = SLICE("*"),
		.subtype = SLICE("kubernetes.io/dockercfg"),
		.metadata_only = data[0] & 2 && !strcmp(kind->kind, "Secret"),
	};
	char *exact = malloc(size > 1 ? size - 1 : 1); /* one byte too far is one byte too far */
	int done = secret_copy(&key.key, (struct slice){ key_bytes, FINGERPRINT_KEY_BYTES }, &err);
	assert(exact && done == 0);
	memcpy(exact, data + 1, size - 1);
	done = object_context_init(&context, &sink, 1, &key, &err);
	assert(done == 0);
	read_item(&context, &about, data[0] & 1, (struct slice){ exact, size - 1 });
	object_context_release(&context);
	fingerprint_key_release(&key);
	free(exact);
	return 0;
}
