#include "kube/object/decode.h"

#include "base/limits.h"
#include "base/time.h"
#include "kube_object/reading.h"
#include "support/protobuf.h"

struct message_decoding {
	struct arena arena;
	struct decoder decoder;
	struct object object;
	struct strbuf bytes;
	struct error *err;
	int result;
};

static const struct message *message_of(const char *kind)
{
	for (size_t i = 0; i < kind_message_count; i++) {
		if (!strcmp(kind_messages[i].kind, kind))
			return kind_messages[i].message;
	}
	fail_msg("no kind %s", kind);
	return NULL;
}

static void start(struct message_decoding *d)
{
	*d = (struct message_decoding){ .arena = ARENA_INIT(LIMIT_OBJECT_BYTES), .bytes = STRBUF_INIT(LIMIT_MIB) };
}

/* Decodes what stands in d->bytes. */
static void decode_as(struct message_decoding *d, const char *kind)
{
	d->decoder = (struct decoder){ .arena = &d->arena, .newest = TIME_UNSET };
	d->result = decode_protobuf(&d->decoder, message_of(kind), strbuf_slice(&d->bytes), &d->object, &d->err);
}

static void message_decoding_release(struct message_decoding *d)
{
	decoder_release(&d->decoder);
	arena_release(&d->arena);
	strbuf_release(&d->bytes);
	error_free(d->err);
}

#define MESSAGE_DECODING(d)                                                                                            \
	CLEANUP(message_decoding_release) struct message_decoding d;                                                   \
	start(&d)

/* Adds {inner} as field `number`, and empties inner. */
static void wrap(struct strbuf *out, uint32_t number, struct strbuf *inner)
{
	protobuf_add_bytes(out, number, strbuf_slice(inner));
	strbuf_clear(inner);
}

static void text_lies_in_the_message(void **state)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&meta, 1, SLICE("hub"));
	wrap(&d.bytes, 1, &meta);
	decode_as(&d, "Secret");
	check_ok(d.result, &d.err);
	check_slice(d.object.metadata->name, "hub");
	assert_true(d.object.metadata->name.data > d.bytes.data &&
		    d.object.metadata->name.data < d.bytes.data + d.bytes.len);
}

static void bytes_that_are_no_utf8_are_replaced_as_go_does(void **state)
{
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&d.bytes, 3,
			   SLICE("a\xff\xfe"
				 "b"));
	decode_as(&d, "Secret");
	check_slice(d.object.type, "a\xef\xbf\xbd\xef\xbf\xbd"
				   "b");
}

static void what_json_leaves_out_is_absent(void **state)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&meta, 1, SLICE(""));
	protobuf_add_bytes(&meta, 8, SLICE("")); /* the zero time */
	protobuf_add_number(&meta, 10, 0);       /* a pointer: it stands there */
	wrap(&d.bytes, 1, &meta);
	protobuf_add_bytes(&d.bytes, 3, SLICE("Opaque"));
	protobuf_add_bytes(&d.bytes, 3, SLICE("")); /* the last one counts */
	protobuf_add_number(&d.bytes, 5, 0);
	decode_as(&d, "Secret");
	assert_null(d.object.metadata->name.data);
	assert_false(d.object.metadata->created.set);
	assert_true(d.object.metadata->deletion_grace_seconds.set);
	assert_null(d.object.type.data);
	assert_int_equal(d.object.immutable, FLAG_FALSE);
}

static void what_json_always_has_is_there(void **state)
{
	CLEANUP(strbuf_release) struct strbuf status = STRBUF_INIT(4096), pod_status = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&status, 7, SLICE(""));
	protobuf_add_bytes(&status, 8, SLICE(""));
	wrap(&pod_status, 8, &status);
	wrap(&d.bytes, 3, &pod_status);
	decode_as(&d, "Pod");
	const struct container_status *container = d.object.status->containers.items;
	check_slice(container->image_id, "");
	check_slice(container->name, ""); /* even where an encoder leaves it out */
	assert_true(container->restarts.set);
	assert_null(container->container_id.data);
	assert_null(d.object.status->phase.data);
}

/* --- times --- */
static struct optional created_of(struct message_decoding *d, int64_t seconds, int64_t nanos)
{
	CLEANUP(strbuf_release) struct strbuf time = STRBUF_INIT(4096), meta = STRBUF_INIT(4096);
	protobuf_add_number(&time, 1, (uint64_t)seconds);
	protobuf_add_number(&time, 2, (uint64_t)nanos);
	wrap(&meta, 8, &time);
	wrap(&d->bytes, 1, &meta);
	decode_as(d, "Secret");
	check_ok(d->result, &d->err);
	return d->object.metadata->created;
}

static void times_are_seconds_and_nanoseconds(void **state)
{
	MESSAGE_DECODING(d);
	assert_int_equal(created_of(&d, 1764080000, 123456789).value, INT64_C(1764080000123456));
	assert_int_equal(d.decoder.newest, INT64_C(1764080000123456));
	assert_true(created_of(&d, 0, 0).set); /* 1970 is a time */
	assert_false(created_of(&d, INT64_C(-62135596800), 0).set);
	assert_int_equal(d.decoder.fault_count, 0);
}

static void times_that_json_cannot_have_are_faults(void **state)
{
	static const int64_t seconds[] = { INT64_MAX, INT64_MIN, INT64_C(221845392000), INT64_C(-62135596801),
					   INT64_C(253402300800) };
	for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
		MESSAGE_DECODING(d);
		assert_false(created_of(&d, seconds[i], 0).set);
		assert_int_equal(d.decoder.fault_count, 1);
		assert_string_equal(d.decoder.faults[0].code, FAULT_TIME);
		check_slice(d.decoder.faults[0].pointer, "/metadata/creationTimestamp");
		assert_false(d.decoder.fatal);
	}
	MESSAGE_DECODING(d);
	assert_false(created_of(&d, 1, -1).set);
	assert_false(created_of(&d, 1, 1000000000).set);
}

/* --- structure --- */
static void messages_in_parts_are_merged_and_lists_go_on(void **state)
{
	CLEANUP(strbuf_release) struct strbuf spec = STRBUF_INIT(4096), item = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&item, 1, SLICE("a"));
	wrap(&spec, 2, &item);
	protobuf_add_bytes(&spec, 10, SLICE("n1"));
	wrap(&d.bytes, 2, &spec);
	protobuf_add_bytes(&item, 1, SLICE("b"));
	wrap(&spec, 2, &item);
	protobuf_add_bytes(&spec, 8, SLICE("account"));
	wrap(&d.bytes, 2, &spec);
	decode_as(&d, "Pod");
	const struct container_spec *containers = d.object.spec->containers.items;
	assert_int_equal(d.object.spec->containers.len, 2);
	check_slice(containers[0].name, "a");
	check_slice(containers[1].name, "b");
	check_slice(d.object.spec->node_name, "n1");
	check_slice(d.object.spec->service_account_name, "account");
}

static void an_inline_message_belongs_to_its_parent(void **state)
{
	CLEANUP(strbuf_release)
	struct strbuf spec = STRBUF_INIT(4096), volume = STRBUF_INIT(4096), source = STRBUF_INIT(4096),
		      secret = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&secret, 1, SLICE("hub"));
	wrap(&source, 6, &secret);
	wrap(&volume, 2, &source);
	protobuf_add_bytes(&volume, 1, SLICE("v"));
	wrap(&spec, 1, &volume);
	wrap(&d.bytes, 2, &spec);
	decode_as(&d, "Pod");
	const struct volume *decoded = d.object.spec->volumes.items;
	check_slice(decoded->name, "v");
	check_slice(decoded->secret->name, "hub");
}

static void unknown_fields_are_passed_over(void **state)
{
	MESSAGE_DECODING(d);
	protobuf_add_number(&d.bytes, 100, 5);
	protobuf_add_bytes(&d.bytes, 101, SLICE("\xff\xff"));
	protobuf_add_tag(&d.bytes, 102, 1);
	strbuf_add_text(&d.bytes, "12345678");
	protobuf_add_bytes(&d.bytes, 3, SLICE("Opaque"));
	decode_as(&d, "Secret");
	check_ok(d.result, &d.err);
	check_slice(d.object.type, "Opaque");
}

static void a_value_of_another_type_is_a_fault(void **state)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096), owner = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&owner, 3, SLICE("a"));
	wrap(&meta, 13, &owner);
	protobuf_add_number(&owner, 3, 5);
	wrap(&meta, 13, &owner);
	wrap(&d.bytes, 1, &meta);
	protobuf_add_bytes(&d.bytes, 5, SLICE("x"));
	protobuf_add_bytes(&d.bytes, 3, SLICE("Opaque"));
	decode_as(&d, "Secret");
	check_ok(d.result, &d.err);
	assert_true(d.decoder.fatal);
	assert_int_equal(d.decoder.fault_count, 2);
	assert_string_equal(d.decoder.faults[0].code, FAULT_TYPE);
	check_slice(d.decoder.faults[0].pointer, "/metadata/ownerReferences/1/name");
	check_slice(d.decoder.faults[0].message, "a number stands where bytes is expected");
	check_slice(d.decoder.faults[1].pointer, "/immutable");
	check_slice(d.object.type, "Opaque"); /* decoding went on */
}

static void what_is_no_message_is_dead(void **state)
{
	CLEANUP(strbuf_release) struct strbuf meta = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	strbuf_add_text(&meta, "\x0a\x03hu");
	protobuf_add_bytes(&d.bytes, 3, SLICE("Opaque"));
	wrap(&d.bytes, 1, &meta);
	decode_as(&d, "Secret");
	assert_int_equal(d.result, -1);
	assert_true(d.decoder.dead);
	check_slice(d.object.type, "Opaque");
	check_error(&d.err, ERROR_SYNTAX, "byte 11: a field is longer than what holds it");
}

/* --- managedFields --- */
static bool owns_data(const char *fields, size_t expected_faults)
{
	CLEANUP(strbuf_release)
	struct strbuf raw = STRBUF_INIT(4096), entry = STRBUF_INIT(4096), meta = STRBUF_INIT(4096);
	MESSAGE_DECODING(d);
	protobuf_add_bytes(&raw, 1, slice_of(fields));
	wrap(&entry, 7, &raw);
	wrap(&meta, 17, &entry);
	wrap(&d.bytes, 1, &meta);
	decode_as(&d, "Secret");
	assert_int_equal(d.decoder.fault_count, expected_faults);
	return ((const struct managed_fields *)d.object.metadata->managed_fields.items)->owns_data;
}

static void the_owner_of_the_data_is_known(void **state)
{
	assert_true(owns_data("{\"f:type\":{},\"f:data\":{\".\":{}}}", 0));
	assert_true(owns_data("{\"f:d\\u0061ta\":{}}", 0));
	assert_false(owns_data("{\"f:metadata\":{\"f:data\":{}}}", 0));
	assert_false(owns_data("{\"f:type\":\"f:data\"}", 0));
	assert_false(owns_data("{}", 0));
	owns_data("{\"f:data\":", 1);
	owns_data("[\"f:data\"]", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_lies_in_the_message),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced_as_go_does),
		cmocka_unit_test(what_json_leaves_out_is_absent),
		cmocka_unit_test(what_json_always_has_is_there),
		cmocka_unit_test(times_are_seconds_and_nanoseconds),
		cmocka_unit_test(times_that_json_cannot_have_are_faults),
		cmocka_unit_test(messages_in_parts_are_merged_and_lists_go_on),
		cmocka_unit_test(an_inline_message_belongs_to_its_parent),
		cmocka_unit_test(unknown_fields_are_passed_over),
		cmocka_unit_test(a_value_of_another_type_is_a_fault),
		cmocka_unit_test(what_is_no_message_is_dead),
		cmocka_unit_test(the_owner_of_the_data_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
