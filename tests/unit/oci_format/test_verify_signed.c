#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "oci/format/manifest.h"
#include "oci/format/verify.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

#define HEAD "{\n   \"schemaVersion\": 1,\n   \"fsLayers\": []"
#define TAIL "\n}"

/* As RFC 7515 (JWS) writes bytes: base64url without padding. */
static void add_url_text(struct slice bytes, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	base64_encode(bytes, &text);
	for (size_t i = 0; i < text.len && text.data[i] != '='; i++)
		strbuf_add_char(out, text.data[i] == '+' ? '-' : text.data[i] == '/' ? '_' : text.data[i]);
}

/* A signed document, whose header tells `length` and `tail`; `between` stands before its signatures. */
static void make_signed(struct strbuf *out, size_t length, struct slice tail, const char *between)
{
	CLEANUP(strbuf_release) struct strbuf header = STRBUF_INIT(LIMIT_MIB);
	strbuf_addf(&header, "{\"formatLength\":%zu,\"formatTail\":\"", length);
	add_url_text(tail, &header);
	strbuf_add_text(&header, "\",\"time\":\"2016-02-01T00:00:00Z\"}");
	strbuf_addf(out,
		    HEAD
		    "%s,\n   \"signatures\": [{\"header\":{\"alg\":\"ES256\"},\"signature\":\"AAAA\",\"protected\":\"",
		    between);
	add_url_text(strbuf_slice(&header), out);
	strbuf_add_text(out, "\"}]" TAIL);
}

/* What docker-registry 2.8.2 answered for an image of ours when it was asked for a signed manifest, and the
 * Docker-Content-Digest with it. */
static const char recorded[] =
	"{\n"
	"   \"schemaVersion\": 1,\n"
	"   \"name\": \"acme/web\",\n"
	"   \"tag\": \"1.0\",\n"
	"   \"architecture\": \"amd64\",\n"
	"   \"fsLayers\": [\n"
	"      {\n"
	"         \"blobSum\": \"sha256:a1cfcb631efbab6c6bdcaf0363237a5737c519ee4d15de41c871f32e68e04c06"
	"\"\n"
	"      }\n"
	"   ],\n"
	"   \"history\": [\n"
	"      {\n"
	"         \"v1Compatibility\": \"{\\\"architecture\\\":\\\"amd64\\\",\\\"config\\\":{},\\\"create"
	"d\\\":\\\"2026-10-01T00:00:00Z\\\",\\\"id\\\":\\\"b738703ec6cc46ae55b8fb50406707143b5075be5aee55"
	"4e1cd6bb704e07f725\\\",\\\"os\\\":\\\"linux\\\"}\"\n"
	"      }\n"
	"   ],\n"
	"   \"signatures\": [\n"
	"      {\n"
	"         \"header\": {\n"
	"            \"jwk\": {\n"
	"               \"crv\": \"P-256\",\n"
	"               \"kid\": \"ID5I:JD2D:ZUPI:ENI5:HATY:5PWK:ZSUJ:CRJT:ZDSN:ARA4:ZGUI:DX3U\",\n"
	"               \"kty\": \"EC\",\n"
	"               \"x\": \"KPt4bt27-0KenMuBAnGAUH3p_fBsoZcQflX-GuUb3KA\",\n"
	"               \"y\": \"nY_mp3Bml32TdUfVwgYMWncnk4TdJJSHcMTE3DiNp4o\"\n"
	"            },\n"
	"            \"alg\": \"ES256\"\n"
	"         },\n"
	"         \"signature\": \"kmZAhGsPZF4p9rDYxVOcONZNZuqe1sJEJxuWG-d5fe2Xz5dNGCirjM-NTAC6pADxrTk2kd"
	"L71DoiKIXYwLjGUg\",\n"
	"         \"protected\": \"eyJmb3JtYXRMZW5ndGgiOjQ2NSwiZm9ybWF0VGFpbCI6IkNuMCIsInRpbWUiOiIyMDI2LT"
	"ExLTI1VDE2OjAxOjU5WiJ9\"\n"
	"      }\n"
	"   ]\n"
	"}";
#define RECORDED_DIGEST "sha256:f9b187b75b5a8c48450d1dc34b91a0efa1b96dd05ea6ace236f8d872ca204700"

struct outcome {
	enum verify_result result;
	struct slice content;
};

static struct outcome verify(struct slice signed_bytes, struct slice proven, struct arena *arena)
{
	struct error *err = NULL;
	struct slice digest;
	struct outcome outcome;
	check_ok(digest_of(proven, arena, &digest, &err), &err);
	check_ok(verify_manifest(digest, signed_bytes, arena, &outcome.result, &outcome.content, &err), &err);
	return outcome;
}

static void the_digest_is_of_what_was_signed(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD), SLICE(TAIL), "");
	struct outcome outcome = verify(strbuf_slice(&bytes), SLICE(HEAD TAIL), &arena);
	assert_int_equal(outcome.result, VERIFY_EQUAL);
	check_slice(outcome.content, HEAD TAIL);
}

/* A registry could put in layers that no digest covers. */
static void what_stands_beside_it_is_not_what_was_proven(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD), SLICE(TAIL), ",\"fsLayers\":[{\"blobSum\":\"sha256:evil\"}]");
	struct outcome outcome = verify(strbuf_slice(&bytes), SLICE(HEAD TAIL), &arena);
	assert_int_equal(outcome.result, VERIFY_EQUAL);
	check_slice(outcome.content, HEAD TAIL);
}

static void the_bytes_themselves_may_be_what_was_asked_for(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD), SLICE(TAIL), "");
	struct outcome outcome = verify(strbuf_slice(&bytes), strbuf_slice(&bytes), &arena);
	assert_int_equal(outcome.result, VERIFY_EQUAL);
	assert_ptr_equal(outcome.content.data, bytes.data);
	outcome = verify(SLICE("{}"), SLICE("{}"), &arena);
	assert_int_equal(outcome.result, VERIFY_EQUAL);
}

static void check_different(struct slice bytes, struct slice proven)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct outcome outcome = verify(bytes, proven, &arena);
	assert_int_equal(outcome.result, VERIFY_DIFFERENT);
	assert_ptr_equal(outcome.content.data, bytes.data);
}

static void what_is_not_signed_so_is_different(void **state)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD) + 1, SLICE(TAIL), "");
	check_different(strbuf_slice(&bytes), SLICE(HEAD TAIL));
	strbuf_clear(&bytes);
	make_signed(&bytes, 1000000, SLICE(TAIL), "");
	check_different(strbuf_slice(&bytes), SLICE(HEAD TAIL));
	strbuf_clear(&bytes);
	make_signed(&bytes, strlen(HEAD), SLICE(""), "");
	check_different(strbuf_slice(&bytes), SLICE(HEAD TAIL));
	check_different(SLICE("{\"signatures\":[]}"), SLICE(""));
	check_different(SLICE("{\"signatures\":[{\"protected\":\"*\"}]}"), SLICE(""));
	check_different(SLICE("{\"signatures\":[{\"protected\":\"bm90IEpTT04\"}]}"), SLICE(""));
	check_different(SLICE("{\"signatures\":[{\"protected\":7}]}"), SLICE(""));
	check_different(SLICE("\"signatures\""), SLICE(""));
}

static void check_variant(struct slice variant, size_t at, void *data)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	verify(variant, SLICE(HEAD TAIL), &arena);
}

static void cut_and_flipped(void **state)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD), SLICE(TAIL), "");
	mangle_truncate(strbuf_slice(&bytes), check_variant, NULL);
	mangle_flip(strbuf_slice(&bytes), check_variant, NULL);
}

static int verify_once(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct slice digest, content;
	enum verify_result result;
	if (digest_of(SLICE(HEAD TAIL), &arena, &digest, err) < 0)
		return -1;
	return verify_manifest(digest, strbuf_slice(data), &arena, &result, &content, err);
}

static void every_allocation_fails(void **state)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_MIB);
	make_signed(&bytes, strlen(HEAD), SLICE(TAIL), "");
	torture(verify_once, &bytes);
}

static void what_a_registry_signed(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_MIB);
	struct error *err = NULL;
	struct outcome outcome;
	struct oci_manifest manifest;
	check_ok(verify_manifest(SLICE(RECORDED_DIGEST), slice_of(recorded), &arena, &outcome.result, &outcome.content,
				 &err),
		 &err);
	assert_int_equal(outcome.result, VERIFY_EQUAL);
	assert_int_equal(oci_manifest_parse(outcome.content, SLICE(MEDIA_TYPE_DOCKER_SIGNED), &arena, &manifest, &err),
			 1);
	assert_int_equal(manifest.kind, OCI_SCHEMA1);
	assert_int_equal(manifest.layer_count, 1);
	assert_int_equal(manifest.v1_compatibility.len, 1);
	assert_int_equal(manifest.defects.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_is_of_what_was_signed),
		cmocka_unit_test(what_a_registry_signed),
		cmocka_unit_test(what_stands_beside_it_is_not_what_was_proven),
		cmocka_unit_test(the_bytes_themselves_may_be_what_was_asked_for),
		cmocka_unit_test(what_is_not_signed_so_is_different),
		cmocka_unit_test(cut_and_flipped),
		cmocka_unit_test(every_allocation_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
