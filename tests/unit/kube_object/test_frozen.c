/* Objects that bring their records with them. */
#include "kube/object/frozen.h"

#include <stdio.h>
#include <stdlib.h>

#include "kube/object/stream.h"
#include "kube_object/reading.h"
#include "support/mangle.h"
#include "support/torture.h"

#define META "\"metadata\":{\"name\":\"hub\",\"namespace\":\"shop\",\"uid\":\"uid-hub\"}"
#define RECORDS(records) "\"fother\":{\"format\":1,\"key_id\":\"0badc0de\",\"records\":[" records "]}"
#define SECRET(records)                                                                                                \
	"{\"apiVersion\":\"v1\",\"kind\":\"Secret\"," META ",\"type\":\"kubernetes.io/dockerconfigjson\","             \
	"\"data\":{\".dockerconfigjson\":null}," RECORDS(records) "}"
#define OF_HUB                                                                                                         \
	"\"namespace\":\"shop\",\"secret_uid\":\"uid-hub\",\"data_key\":\".dockerconfigjson\","                        \
	"\"registry_key\":\"quay.io\",\"ordinal\":0"
#define THE_SECRET                                                                                                     \
	"{\"record\":\"secret\",\"uid\":\"uid-hub\",\"namespace\":\"shop\",\"name\":\"hub\",\"decodes\":true}"
#define THE_ENTRY "{\"record\":\"entry\"," OF_HUB ",\"key_id\":\"0badc0de\",\"fingerprint\":\"ff00\"}"
#define THE_VALUE                                                                                                      \
	"{\"record\":\"entry_value\"," OF_HUB ",\"secret\":\"hub\",\"key_id\":\"0badc0de\",\"fingerprint\":\"ff00\","  \
	"\"username\":\"u\"}"

static void read_frozen(struct reading *r, const char *json)
{
	reading_start(r);
	r->context.frozen = true;
	reading_json(r, slice_of(json));
}

static void test_records_come_back_as_they_were(void **state)
{
	CLEANUP(reading_release) struct reading r;
	read_frozen(&r, SECRET(THE_ENTRY "," THE_VALUE "," THE_SECRET));
	check_slice(only(&r, secret)->name, "hub");
	assert_int_equal(only(&r, secret)->decodes, BOOL_TRUE);
	check_slice(only(&r, entry)->fingerprint, "ff00");
	check_slice(only(&r, entry_value)->username, "u");
	assert_int_equal(count(&r, defect), 0);
	assert_true(r.context.objects == 1 && r.context.defects == 0);
}

/* A live server, or whoever may write to it, cannot bring records of its own. */
static void test_elsewhere_the_member_means_nothing(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(SECRET(THE_ENTRY));
	assert_int_equal(count(&r, entry), 0);
	reading_defect(&r, "missing_data_key");
}

static void test_yaml_brings_none(void **state)
{
	CLEANUP(reading_release) struct reading r;
	CLEANUP(strbuf_release) struct strbuf yaml = STRBUF_INIT(100000);
	yaml_of_json(SLICE(SECRET(THE_SECRET)), &yaml);
	reading_start(&r);
	r.context.frozen = true;
	reading_yaml(&r, strbuf_slice(&yaml));
	assert_int_equal(count(&r, secret), 0);
	assert_true(r.context.defects == 1);
	reading_defect(&r, "wrong_type");
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ SECRET("{\"record\":\"secret\",\"uid\":\"uid-other\",\"namespace\":\"shop\",\"name\":\"hub\"}"),
		  "record 0: secret: its uid is not of this object" },
		{ SECRET("{\"record\":\"secret\",\"uid\":\"uid-hub\",\"namespace\":\"ci\",\"name\":\"hub\"}"),
		  "its namespace is not" },
		{ SECRET("{\"record\":\"secret\",\"uid\":\"uid-hub\",\"namespace\":\"shop\",\"name\":\"x\"}"),
		  "its name is not" },
		{ SECRET("{\"record\":\"secret\",\"uid\":\"uid-hub\",\"namespace\":\"shop\"}"), "its name is not" },
		{ SECRET(THE_SECRET ",{\"record\":\"entry\",\"namespace\":\"shop\",\"secret_uid\":\"x\"}"),
		  "record 1: entry: its secret_uid is not" },
		{ SECRET("{\"record\":\"entry\"," OF_HUB ",\"key_id\":\"99999999\"}"), "its key_id is not" },
		{ SECRET("{\"record\":\"entry_value\"," OF_HUB ",\"secret\":\"x\"}"), "its secret is not" },
		{ SECRET("{\"record\":\"pod\",\"uid\":\"uid-hub\",\"namespace\":\"shop\",\"name\":\"hub\"}"),
		  "pod: its record is not" },
		{ SECRET("{\"record\":\"defect\",\"object_kind\":\"Pod\",\"namespace\":\"shop\",\"object\":\"hub\","
			 "\"object_uid\":\"uid-hub\"}"),
		  "its object_kind is not" },
		{ SECRET("{\"record\":\"coverage\",\"kind\":\"Secret\"}"), "of a type that does not belong here" },
		{ SECRET("{\"record\":\"container\",\"namespace\":\"shop\",\"holder_group\":\"\",\"holder_kind\":\"Pod\","
			 "\"holder\":\"uid-hub\"}"),
		  "its holder_kind is not" },
		{ SECRET("{\"record\":\"entry\",\"namespace\":\"shop\",\"secret_uid\":\"uid-hub\",\"data_key\":\"k\","
			 "\"ordinal\":0}"),
		  "its registry_key is not" },
		{ SECRET("{\"record\":\"entry\",\"namespace\":\"shop\",\"secret_uid\":\"uid-hub\",\"data_key\":\"k\","
			 "\"registry_key\":\"r\"}"),
		  "its ordinal is not" },
		{ SECRET("5"), "record 0 is no object" },
		{ SECRET("{\"record\":\"secret\",\"uid\":5}"), "secret: uid is not a text" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META
		  ",\"fother\":{\"format\":2,\"key_id\":\"0badc0de\","
		  "\"records\":[]}}",
		  "of another format than 1" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META
		  ",\"fother\":{\"format\":1,\"key_id\":\"99999999\","
		  "\"records\":[]}}",
		  "with another key" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META
		  ",\"fother\":{\"format\":1,\"key_id\":\"0badc0de\"}}",
		  "without a format" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META ",\"fother\":{\"format\":1,\"records\":[]}}",
		  "without a format" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META
		  ",\"fother\":{\"format\":1,\"key_id\":\"0badc0de\","
		  "\"records\":[],\"records\":[]}}",
		  "its records are no list" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META ",\"fother\":[]}", "no object" },
		{ "{\"kind\":\"Secret\",\"apiVersion\":\"v1\"," META ",\"fother\":\"x\"}", "no object" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEANUP(reading_release) struct reading r;
		read_frozen(&r, cases[i].json);
		const struct defect *defect = only(&r, defect);
		check_slice(defect->code, "bad_frozen");
		check_slice(defect->place, "/fother");
		check_slice(defect->object, "hub");
		if (!slice_contains(defect->message, cases[i].message))
			fail_msg("%.*s: not %s", SLICE_ARG(defect->message), cases[i].message);
		assert_int_equal(r.memory.record_count, 1); /* nothing of it was put */
		assert_true(r.context.objects == 0 && r.context.defects == 1);
	}
}

/* By the kind of object, each record that may be in it, and what must be as in the object. */
static void test_records_of_every_kind(void **state)
{
	static const struct {
		const char *kind, *record;
	} cases[] = {
		{ "Pod", "\"pod\",\"uid\":\"uid-hub\",\"namespace\":\"shop\",\"name\":\"hub\"" },
		{ "Pod",
		  "\"container\",\"namespace\":\"shop\",\"holder_group\":\"\",\"holder_kind\":\"Pod\",\"holder\":\"uid-hub\",\"role\": \"init\",\"name\": \"c\"" },
		{ "Pod",
		  "\"secret_reader\",\"namespace\":\"shop\",\"holder_group\":\"\",\"holder_kind\":\"Pod\",\"holder\":\"uid-hub\",\"secret\": \"s\",\"relation\": \"env\"" },
		{ "PodTemplate",
		  "\"workload\",\"namespace\":\"shop\",\"group\":\"\",\"kind\":\"PodTemplate\",\"name\":\"hub\"" },
		{ "PodTemplate",
		  "\"container\",\"namespace\":\"shop\",\"holder_group\":\"\",\"holder_kind\":\"PodTemplate\",\"holder\":\"hub\",\"role\": \"init\",\"name\": \"c\"" },
		{ "ServiceAccount", "\"service_account\",\"namespace\":\"shop\",\"name\":\"hub\"" },
		{ "Node", "\"node\",\"name\":\"hub\"" },
		{ "Node", "\"node_image\",\"node\":\"hub\",\"image\": \"i\"" },
		{ "Namespace", "\"namespace\",\"name\":\"hub\"" },
		{ "Event", "\"event\",\"uid\":\"uid-hub\",\"namespace\":\"shop\"" },
		{ "Pod",
		  "\"defect\",\"object_kind\":\"Pod\",\"namespace\":\"shop\",\"object\":\"hub\",\"object_uid\":\"uid-hub\",\"code\": \"x\",\"place\": \"y\"" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (const char *part = strstr(cases[i].record, "\":\"");; part = strstr(part + 1, "\":\"")) {
			char record[512], json[2048];
			CLEANUP(reading_release) struct reading r;
			snprintf(record, sizeof record, "%s", cases[i].record);
			if (part)
				record[part - cases[i].record + 3] ^= 1; /* the first byte of a value that ties it to
									    the object */
			snprintf(json, sizeof json,
				 "{\"apiVersion\":\"v1\",\"kind\":\"%s\"," META "," RECORDS("{\"record\":%s}") "}",
				 cases[i].kind, record);
			read_frozen(&r, json);
			bool empty = part && part[3] == '"';
			bool refused = r.context.defects > 0;
			if (!empty && refused != (part != NULL))
				fail_msg("%s was %s", json, refused ? "refused" : "taken");
			if (!part)
				break;
		}
	}
}

/* Its records say that it did not decode: it counts as lost, as when it was read. */
static void test_an_object_that_did_not_decode_stays_so(void **state)
{
	CLEANUP(reading_release) struct reading r;
	read_frozen(
		&r,
		SECRET("{\"record\":\"defect\",\"object_kind\":\"Secret\",\"namespace\":\"shop\",\"object\":\"hub\","
		       "\"object_uid\":\"uid-hub\",\"code\":\"wrong_type\",\"place\":\"/data\"}"));
	check_slice(only(&r, defect)->code, "wrong_type");
	assert_true(r.context.objects == 0 && r.context.defects == 1);
}

/* Docker configs have such defects too; then the secret itself was put. */
static void test_a_defect_of_its_config_loses_no_object(void **state)
{
	CLEANUP(reading_release) struct reading r;
	read_frozen(
		&r,
		SECRET("{\"record\":\"defect\",\"object_kind\":\"Secret\",\"namespace\":\"shop\",\"object\":\"hub\","
		       "\"object_uid\":\"uid-hub\",\"code\":\"wrong_type\",\"place\":\"/data\"}," THE_SECRET));
	assert_true(r.context.objects == 1 && r.context.defects == 0);
	assert_int_equal(count(&r, secret), 1);
}

static void test_in_a_stream_too(void **state)
{
	CLEANUP(reading_release) struct reading r;
	struct object_list_about about = { SLICE("Secret"), SLICE(""),  SLICE("v1"), SLICE("secrets"),
					   SLICE("*"),      SLICE("*"), false };
	struct object_stream_end end = { SLICE("complete"), SLICE_NONE };
	struct object_stream *stream = NULL;
	struct error *err = NULL;
	reading_start(&r);
	r.context.frozen = true;
	check_ok(object_stream_open(&r.context, &about, &stream, &err), &err);
	check_ok(object_stream_json(stream, SLICE("{" META "," RECORDS(THE_SECRET) "}"), &err), &err);
	check_ok(object_stream_json(stream, SLICE("{" META "," RECORDS("{}") "}"), &err), &err);
	check_ok(object_stream_close(stream, &end, &err), &err);
	assert_int_equal(count(&r, secret), 1);
	check_slice(only(&r, defect)->file, "/api/v1/namespaces/shop/secrets/hub");
	check_slice(only(&r, coverage)->outcome, "partial");
	check_slice(only(&r, coverage)->why, "/api/v1/namespaces/shop/secrets/hub: bad_frozen");
	assert_true(only(&r, coverage)->objects == 1);
}

static const char example[] = SECRET(THE_ENTRY "," THE_VALUE "," THE_SECRET);

/* Whatever is put is the object's own. */
static void check_own(struct slice variant, size_t at, void *data)
{
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	struct object_list_about about = { SLICE("Secret"), SLICE(""),  SLICE("v1"), SLICE("secrets"),
					   SLICE("*"),      SLICE("*"), false };
	struct object_stream *stream = NULL;
	reading_start(&r);
	r.context.frozen = true;
	check_ok(object_stream_open(&r.context, &about, &stream, &err), &err);
	check_ok(object_stream_json(stream, variant, &err), &err);
	struct slice uid = object_stream_last(stream)->uid, name = object_stream_last(stream)->name;
	for (size_t i = 0; count(&r, secret) > i; i++)
		assert_true(slice_equal(nth(&r, secret, i)->name, name));
	for (size_t i = 0; uid.len && count(&r, entry) > i; i++)
		assert_true(slice_equal(nth(&r, entry, i)->secret_uid, uid));
	object_stream_free(stream);
}

static void test_cut_and_flipped(void **state)
{
	mangle_truncate(slice_of(example), check_own, NULL);
	mangle_flip(slice_of(example), check_own, NULL);
}

static int scenario(void *data, struct error **err)
{
	struct sink_memory memory;
	struct object_context context = { 0 };
	struct fingerprint_key key = { .id = "0badc0de" };
	struct object_list_about about = { SLICE("Secret"), SLICE(""),  SLICE("v1"), SLICE("secrets"),
					   SLICE("*"),      SLICE("*"), false };
	struct sink_scope scope = { .source = SLICE("dump"), .as_of = TIME_UNSET };
	struct object_stream *stream = NULL;
	int64_t read = 0;
	(void)data;
	sink_memory_init(&memory);
	int result = memory.sink.ops->begin(&memory.sink, &scope, &read, err);
	if (result == 0)
		result = object_context_init(&context, &memory.sink, read, &key, err);
	if (result == 0) {
		context.frozen = true;
		result = object_stream_open(&context, &about, &stream, err);
		if (result == 0)
			result = object_stream_json(stream, slice_of(example), err);
		object_stream_free(stream);
	}
	object_context_release(&context);
	sink_memory_release(&memory);
	return result;
}

static void test_without_memory(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_come_back_as_they_were),
		cmocka_unit_test(test_elsewhere_the_member_means_nothing),
		cmocka_unit_test(test_yaml_brings_none),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_records_of_every_kind),
		cmocka_unit_test(test_an_object_that_did_not_decode_stays_so),
		cmocka_unit_test(test_a_defect_of_its_config_loses_no_object),
		cmocka_unit_test(test_in_a_stream_too),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
