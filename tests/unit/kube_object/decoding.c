#include "kube_object/decoding.h"

#include "base/limits.h"

void decode(struct decoding *d, const char *text)
{
	struct token token;
	const struct shape *shape = NULL;
	memset(d, 0, sizeof *d);
	d->arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	check_ok(shape_make(&any_object, &d->arena, &shape, &d->err), &d->err);
	json_reader_init(&d->json, slice_of(text), 0);
	d->decoder =
		(struct decoder){ .reader = &d->json.reader, .arena = &d->arena, .shape = shape, .newest = TIME_UNSET };
	check_ok(reader_next(&d->json.reader, &token, &d->err), &d->err);
	d->result = decode_object(&d->decoder, &d->object, &d->err);
}

void decoding_release(struct decoding *d)
{
	decoder_release(&d->decoder);
	json_reader_release(&d->json);
	arena_release(&d->arena);
	error_free(d->err);
}

const struct fault *only_fault(const struct decoding *d)
{
	assert_int_equal(d->decoder.fault_count, 1);
	return &d->decoder.faults[0];
}

void check_fault(const char *text, const char *code, const char *pointer, bool fatal)
{
	DECODE(d, text);
	assert_int_equal(d.result, 0);
	assert_string_equal(only_fault(&d)->code, code);
	check_slice(only_fault(&d)->pointer, pointer);
	assert_int_equal(only_fault(&d)->fatal, fatal);
	assert_int_equal(d.decoder.fatal, fatal);
}

bool in_document(const struct decoding *d, struct slice text)
{
	const char *start = d->json.reader.document.data;
	return text.data >= start && text.data < start + d->json.reader.document.len;
}

void decode_yaml(struct yaml_decoding *d, struct slice text)
{
	struct error *err = NULL;
	const struct shape *shape = NULL;
	struct token token;
	memset(d, 0, sizeof *d);
	d->arena = (struct arena)ARENA_INIT(LIMIT_OBJECT_BYTES);
	d->yaml = yaml_reader_new(text, 0, &err);
	assert_non_null(d->yaml);
	check_ok(shape_make(&any_object, &d->arena, &shape, &err), &err);
	d->decoder = (struct decoder){ .reader = yaml_reader_reader(d->yaml), .arena = &d->arena, .shape = shape };
	check_ok(reader_next(d->decoder.reader, &token, &err), &err);
	check_ok(decode_object(&d->decoder, &d->object, &err), &err);
}

void yaml_decoding_release(struct yaml_decoding *d)
{
	decoder_release(&d->decoder);
	yaml_reader_free(d->yaml);
	arena_release(&d->arena);
}
