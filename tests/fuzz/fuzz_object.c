#include "fuzz_object.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json_reader.h"
#include "base/strbuf.h"
#include "base/yaml_reader.h"
#include "kube/object/object.h"

/* Documents of one run: more of a stream teach nothing new. */
#define DOCUMENTS_MAX 64

static volatile unsigned char touched;

/* Reads every byte, so that a sanitizer sees text that is not there any more. */
static void touch(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		touched ^= (unsigned char)text.data[i];
}

/* A record has its whole identity (the cluster is the sink's to set), and text that can be read. */
static void check_field(const struct field *field, const void *record)
{
	struct slice_list texts;
	if (field->type == FIELD_TEXT) {
		touch(field_text(field, record));
		assert(!(field->flags & FIELD_KEY) || (field->flags & FIELD_CLUSTER) || field_text(field, record).data);
	} else if (field->type == FIELD_TEXTS) {
		texts = field_texts(field, record);
		for (size_t i = 0; i < texts.len; i++)
			touch(texts.items[i]);
	} else if (field->type == FIELD_BOOL) {
		assert(field_bool(field, record) >= BOOL_UNKNOWN && field_bool(field, record) <= BOOL_TRUE);
	}
}

static int check_record(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
			struct error **err)
{
	(void)sink;
	(void)err;
	assert(read == 1);
	for (size_t i = 0; i < type->field_count; i++)
		check_field(&type->fields[i], record);
	return 0;
}

static void read_all(struct reader *reader)
{
	static const struct sink_ops ops = { .put = check_record };
	static const char key_bytes[] = "EXAMPLE-fingerprint-key-EXAMPLE-";
	struct sink sink = { &ops };
	struct fingerprint_key key = { .id = "0badc0de" };
	struct object_context context;
	struct error *err = NULL;
	int result = secret_copy(&key.key, (struct slice){ key_bytes, FINGERPRINT_KEY_BYTES }, &err);
	assert(result == 0);
	result = object_context_init(&context, &sink, 1, &key, &err);
	assert(result == 0);
	context.file = SLICE("fuzz");
	for (int i = 0; result == 0 && i < DOCUMENTS_MAX && reader_next_document(reader, &err) > 0; i++) {
		result = object_read(reader, &context, &err);
		assert(result >= 0);
		assert(reader->depth == 0 || result == 1);
	}
	err = error_free(err);
	result = object_put_coverage(&context, &err);
	assert(result == 0);
	object_context_release(&context);
	fingerprint_key_release(&key);
}

static void read_json(struct slice text)
{
	struct json_reader json;
	json_reader_init(&json, text, 0);
	read_all(&json.reader);
	json_reader_release(&json);
}

static void read_yaml(struct slice text)
{
	struct error *err = NULL;
	struct yaml_reader *yaml = yaml_reader_new(text, 0, &err);
	assert(yaml);
	read_all(yaml_reader_reader(yaml));
	yaml_reader_free(yaml);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf text = STRBUF_INIT(1 << 22);
	strbuf_add_text(&text, FUZZ_BEFORE);
	strbuf_add(&text, data, size);
	strbuf_add_text(&text, FUZZ_BEHIND);
	/* Without the NUL that strbuf keeps behind its text: one byte too far is one byte too far. */
	char *exact = malloc(text.len ? text.len : 1);
	if (exact && !text.failure) {
		memcpy(exact, strbuf_text(&text), text.len);
		read_json((struct slice){ exact, text.len });
		read_yaml((struct slice){ exact, text.len });
	}
	free(exact);
	strbuf_release(&text);
	return 0;
}
