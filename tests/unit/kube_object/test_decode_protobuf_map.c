#include "base/limits.h"
#include "base/secret.h"
#include "kube/object/decode.h"
#include "kube/object/secret_value.h"
#include "kube_object/reading.h"
#include "support/protobuf.h"

struct map_decoding {
	struct arena arena;
	struct decoder decoder;
	struct object object;
	struct strbuf bytes;
};

static void start(struct map_decoding *d)
{
	*d = (struct map_decoding){ .arena = ARENA_INIT(LIMIT_OBJECT_BYTES), .bytes = STRBUF_INIT(LIMIT_MIB) };
}

static void decode_secret(struct map_decoding *d)
{
	struct error *err = NULL;
	d->decoder = (struct decoder){ .arena = &d->arena, .newest = TIME_UNSET };
	check_ok(decode_protobuf(&d->decoder, kind_messages[0].message, strbuf_slice(&d->bytes), &d->object, &err),
		 &err);
}

static void map_decoding_release(struct map_decoding *d)
{
	decoder_release(&d->decoder);
	arena_release(&d->arena);
	strbuf_release(&d->bytes);
}

#define MAP_DECODING(d)                                                                                                \
	CLEANUP(map_decoding_release) struct map_decoding d;                                                           \
	start(&d)

static void add_entry(struct strbuf *out, uint32_t number, struct slice key, struct slice value)
{
	CLEANUP(strbuf_release) struct strbuf entry = STRBUF_INIT(4 * LIMIT_MIB);
	if (key.data)
		protobuf_add_bytes(&entry, 1, key);
	if (value.data)
		protobuf_add_bytes(&entry, 2, value);
	protobuf_add_bytes(out, number, strbuf_slice(&entry));
}

static void labels_are_kept_and_annotations_only_where_they_tell_the_manager(void **state)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	MAP_DECODING(d);
	add_entry(&meta, 11, SLICE("app"), SLICE("web"));
	add_entry(&meta, 11, SLICE_NONE, SLICE_NONE);
	add_entry(&meta, 12, SLICE("kubectl.kubernetes.io/last-applied-configuration"), SLICE("made-up-token"));
	add_entry(&meta, 12, SLICE("meta.helm.sh/release-name"), SLICE("web"));
	protobuf_add_bytes(&d.bytes, 1, strbuf_slice(&meta));
	decode_secret(&d);
	const struct managed_mark *labels = d.object.metadata->labels.items;
	const struct managed_mark *annotations = d.object.metadata->annotations.items;
	assert_int_equal(d.object.metadata->labels.len, 2);
	check_slice(labels[0].name, "app");
	check_slice(labels[0].value, "web");
	check_slice(labels[1].name, "");
	check_slice(labels[1].value, "");
	assert_int_equal(d.object.metadata->annotations.len, 1);
	check_slice(annotations[0].name, "meta.helm.sh/release-name");
}

static void values_are_not_copied(void **state)
{
	MAP_DECODING(d);
	add_entry(&d.bytes, 2, SLICE(".dockercfg"), SLICE("{\"made\xff up\"}"));
	decode_secret(&d);
	const struct data_value *value = d.object.data.items;
	check_slice(value->key, ".dockercfg");
	assert_true(value->token.text.data > d.bytes.data && value->token.text.data < d.bytes.data + d.bytes.len);
	assert_false(secret_is_set(&value->copy));
	assert_int_equal(d.arena.used < 16384, true);
}

static void values_are_bytes_and_not_base64(void **state)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	struct error *err = NULL;
	MAP_DECODING(d);
	add_entry(&d.bytes, 2, SLICE("a"), SLICE("\\u0041\xff\x00{"));
	add_entry(&d.bytes, 2, SLICE("b"), SLICE(" {"));
	add_entry(&d.bytes, 2, SLICE("c"), SLICE_NONE);
	decode_secret(&d);
	const struct data_value *values = d.object.data.items;
	assert_int_equal(d.object.data.len, 3);
	assert_int_equal(secret_value_decode(&values[0], &bytes, &err), 0);
	assert_true(slice_equal(secret_reveal(&bytes), SLICE("\\u0041\xff\x00{")));
	assert_false(secret_value_may_be_object(&values[0]));
	assert_true(secret_value_may_be_object(&values[1]));
	assert_true(secret_value_is_empty(&values[2]));
	assert_false(secret_value_may_be_object(&values[2]));
}

static void a_value_larger_than_a_secret_is_told(void **state)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	CLEANUP(strbuf_release) struct strbuf large = STRBUF_INIT(4 * LIMIT_MIB);
	struct error *err = NULL;
	MAP_DECODING(d);
	d.bytes.max = 4 * LIMIT_MIB;
	strbuf_add_repeat(&large, '{', LIMIT_SECRET_BYTES + 1);
	add_entry(&d.bytes, 2, SLICE(".dockercfg"), strbuf_slice(&large));
	decode_secret(&d);
	assert_int_equal(secret_value_decode(d.object.data.items, &bytes, &err), SECRET_VALUE_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_kept_and_annotations_only_where_they_tell_the_manager),
		cmocka_unit_test(values_are_not_copied),
		cmocka_unit_test(values_are_bytes_and_not_base64),
		cmocka_unit_test(a_value_larger_than_a_secret_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
