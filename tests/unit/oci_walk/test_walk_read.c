#include "oci/walk/walk_internal.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"
#include "walk_lab.h"

static struct slice manifest(struct lab *lab, const char *media_type, const char *bytes)
{
	struct slice digest = source_memory_manifest(&lab->source, "r", media_type, slice_of(bytes));
	source_memory_tag(&lab->source, "r", "1", digest, media_type);
	return digest;
}

static const struct manifest *found(const struct lab *lab, struct slice digest)
{
	const struct manifest *record = lab_find(lab, &manifest_type, "digest", digest);
	assert_non_null(record);
	return record;
}

/* --- configs --- */
static void an_image_whose_config_does_not_come_is_put_without(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice config = lab_config(&lab, "r", "c");
	struct slice digest = lab_manifest_of(&lab, "r", OCI_CONFIG_TYPE, config);
	lab_tag(&lab, "r", "1", digest);
	struct memory_answer *blob = source_memory_answer(&lab.source, IMAGE_ASK_BLOB, "r", config);
	blob->outcome = IMAGE_FAILED;
	blob->why = SLICE("500");
	lab_walk_all(&lab);
	assert_int_equal(found(&lab, digest)->config_read, BOOL_FALSE);
	check_slice(lab_answer(&lab, "r", config)->outcome, "failed");
	check_covered(&lab, "Manifest", "r", "partial", "1 that it leads to could not be read, first sha256:");
	check_covered(&lab, "Manifest", "r", "partial", "failed: 500");
	check_covered(&lab, "Tag", "r", "complete", NULL);
	lab_release(&lab);
}

static void a_config_that_is_no_json_is_kept_and_is_a_defect(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice config = source_memory_blob(&lab.source, "r", SLICE("no JSON"));
	struct slice digest = lab_manifest_of(&lab, "r", OCI_CONFIG_TYPE, config);
	lab_tag(&lab, "r", "1", digest);
	lab_walk_all(&lab);
	assert_int_equal(found(&lab, digest)->config_read, BOOL_FALSE);
	assert_non_null(lab_find(&lab, &image_content_type, "digest", config));
	const struct defect *defect = lab_find(&lab, &defect_type, "object", config);
	check_slice(defect->code, "refused");
	check_slice(lab_answer(&lab, "r", config)->outcome, "invalid");
	check_covered(&lab, "Manifest", "r", "partial", "invalid");
	lab_release(&lab);
}

static void a_config_in_the_manifest_is_not_asked_for(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = manifest(
		&lab, OCI_MANIFEST_TYPE,
		"{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST_TYPE
		"\",\"config\":{\"mediaType\":\"" OCI_CONFIG_TYPE
		"\",\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,"
		"\"data\":\"e30=\"},\"layers\":[]}");
	lab_walk_all(&lab);
	assert_int_equal(found(&lab, digest)->config_read, BOOL_TRUE);
	assert_non_null(lab_find(&lab, &image_content_type, "digest",
				 SLICE("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")));
	assert_int_equal(lab.source.asked, 4); /* catalog, tags, tag, manifest */
	lab_release(&lab);
}

static void the_config_of_an_artifact_is_not_asked_for(void **state)
{
	static const char *const types[] = { "application/vnd.cncf.helm.config.v1+json", OCI_EMPTY_TYPE };
	for (size_t i = 0; i < 2; i++) {
		struct lab lab;
		lab_init(&lab);
		struct slice config = lab_config(&lab, "r", "c");
		struct slice digest = lab_artifact(&lab, "r", types[i], config);
		lab_tag(&lab, "r", "1", digest);
		lab_walk_all(&lab);
		assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_BLOB, "r", config), 0);
		check_slice(found(&lab, digest)->kind, "artifact");
		assert_true(lab.result.complete);
		lab_release(&lab);
	}
}

static void an_attestation_is_one_and_its_config_is_not_asked_for(void **state)
{
	struct lab lab;
	struct strbuf text = STRBUF_INIT(LIMIT_LINE_BYTES);
	lab_init(&lab);
	struct slice config = lab_config(&lab, "r", "c"), image = lab_image(&lab, "r", "i");
	strbuf_addf(&text,
		    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST_TYPE "\",\"config\":{\"mediaType\":"
		    "\"" OCI_CONFIG_TYPE "\",\"digest\":\"%.*s\",\"size\":9},\"layers\":[{\"mediaType\":"
		    "\"application/vnd.in-toto+json\",\"digest\":\"" NOWHERE "\",\"size\":9}]}",
		    SLICE_ARG(config));
	struct slice attestation = source_memory_manifest(&lab.source, "r", OCI_MANIFEST_TYPE, strbuf_slice(&text));
	strbuf_clear(&text);
	strbuf_addf(&text,
		    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX_TYPE "\",\"manifests\":[{\"mediaType\":"
		    "\"" OCI_MANIFEST_TYPE "\",\"digest\":\"%.*s\",\"size\":5},{\"mediaType\":\"" OCI_MANIFEST_TYPE
		    "\",\"digest\":\"%.*s\",\"size\":5,\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
		    "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","
		    "\"vnd.docker.reference.digest\":\"%.*s\"}}]}",
		    SLICE_ARG(image), SLICE_ARG(attestation), SLICE_ARG(image));
	struct slice index = source_memory_manifest(&lab.source, "r", OCI_INDEX_TYPE, strbuf_slice(&text));
	lab_tag(&lab, "r", "1", index);
	lab_walk_all(&lab);
	check_slice(found(&lab, attestation)->kind, "attestation");
	check_slice(found(&lab, image)->kind, "image");
	check_slice(found(&lab, index)->kind, "index");
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_BLOB, "r", config), 0);
	const struct index_member *member = lab_find(&lab, &index_member_type, "digest", attestation);
	assert_int_equal(member->ordinal, 1);
	assert_true(slice_equal(member->attests, image));
	assert_true(lab.result.complete);
	strbuf_release(&text);
	lab_release(&lab);
}

/* The same config of manifests of two types. */
static void add_twins(struct lab *lab, struct slice config, struct slice twins[2])
{
	twins[0] = lab_manifest_of(lab, "r", OCI_CONFIG_TYPE, config);
	twins[1] = lab_manifest_of(lab, "r", "application/vnd.docker.container.image.v1+json", config);
	lab_tag(lab, "r", "1", twins[0]);
	lab_tag(lab, "r", "2", twins[1]);
}

static void a_config_of_two_manifests_is_fetched_once(void **state)
{
	for (size_t width = 1; width < 8; width++)
		for (uint64_t seed = 0; seed < 20; seed++) {
			struct lab lab;
			struct slice twins[2];
			lab_init(&lab);
			lab.source.width = width;
			lab.source.seed = seed;
			struct slice config = lab_config(&lab, "r", "c");
			add_twins(&lab, config, twins);
			lab_walk_all(&lab);
			assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_BLOB, "r", config), 1);
			assert_int_equal(found(&lab, twins[0])->config_read, BOOL_TRUE);
			assert_int_equal(found(&lab, twins[1])->config_read, BOOL_TRUE);
			/* Each manifest tells its own type of it, the bytes none: who came first would decide. */
			check_slice(found(&lab, twins[0])->config_media_type, OCI_CONFIG_TYPE);
			const struct image_content *content = lab_find(&lab, &image_content_type, "digest", config);
			assert_null(content->media_type.data);
			assert_true(lab.result.complete);
			lab_release(&lab);
		}
}

static void a_config_that_fails_for_one_manifest_is_asked_for_by_the_other(void **state)
{
	struct lab lab;
	struct slice twins[2];
	lab_init(&lab);
	struct slice config = lab_config(&lab, "r", "c");
	add_twins(&lab, config, twins);
	source_memory_answer(&lab.source, IMAGE_ASK_BLOB, "r", config)->outcome = IMAGE_FAILED;
	lab_walk_all(&lab);
	assert_int_equal(found(&lab, twins[0])->config_read, BOOL_FALSE);
	assert_int_equal(found(&lab, twins[1])->config_read, BOOL_FALSE);
	assert_int_equal(lab.walk->following, 0);
	check_covered(&lab, "Manifest", "r", "partial", "2 that it leads to could not be read");
	lab_release(&lab);
}

/* --- manifests --- */
static void bytes_that_are_no_manifest_are_kept_and_said_to_be_invalid(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = manifest(&lab, OCI_MANIFEST_TYPE, "{\"layers\":[],\"manifests\":[]}");
	lab_walk_all(&lab);
	assert_int_equal(lab_count(&lab, &manifest_type), 0);
	assert_non_null(lab_find(&lab, &image_content_type, "digest", digest));
	assert_non_null(lab_find(&lab, &defect_type, "object", digest));
	check_slice(lab_answer(&lab, "r", digest)->outcome, "invalid");
	check_covered(&lab, "Manifest", "r", "partial", "invalid");
	check_covered(&lab, "Tag", "r", "complete", NULL);
	lab_release(&lab);
}

static void bytes_that_nobody_could_verify_are_no_evidence(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "r", "i");
	lab_tag(&lab, "r", "1", digest);
	source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", digest)->unverified = true;
	lab_walk_all(&lab);
	assert_null(lab_find(&lab, &image_content_type, "digest", digest));
	const struct defect *defect = lab_find(&lab, &defect_type, "object", digest);
	check_slice(defect->code, "unverified");
	found(&lab, digest);
	lab_release(&lab);
}

static void schema_1_gives_its_facts_without_a_config(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = manifest(
		&lab, "application/vnd.docker.distribution.manifest.v1+json",
		"{\"schemaVersion\":1,\"name\":\"r\",\"tag\":\"1\",\"architecture\":\"amd64\",\"fsLayers\":[{\"blobSum\":"
		"\"sha256:2222222222222222222222222222222222222222222222222222222222222222\"}],\"history\":[{"
		"\"v1Compatibility\":\"{\\\"created\\\":\\\"2019-04-25T10:00:00Z\\\",\\\"os\\\":\\\"linux\\\"}\"}]}");
	lab_walk_all(&lab);
	check_slice(found(&lab, digest)->kind, "schema1");
	check_slice(found(&lab, digest)->dating, "dated");
	assert_int_equal(found(&lab, digest)->config_read, BOOL_TRUE);
	assert_int_equal(lab.source.asked, 4);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_config_stands_for_the_manifest_that_an_archive_does_not_have(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice config = lab_config(&lab, "r", "c");
	struct slice bytes = source_memory_answer(&lab.source, IMAGE_ASK_BLOB, "r", config)->bytes;
	source_memory_manifest(&lab.source, "r", OCI_CONFIG_TYPE, bytes);
	source_memory_tag(&lab.source, "r", "1", config, OCI_CONFIG_TYPE);
	lab_walk_all(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_BLOB, "r", config), 0);
	const struct manifest *record = found(&lab, config);
	check_slice(record->kind, "image");
	assert_true(slice_equal(record->config_digest, config));
	assert_int_equal(record->config_read, BOOL_TRUE);
	check_slice(record->architecture, "amd64");
	assert_null(record->layers.items);
	assert_int_equal(record->layers_bytes, INT_UNKNOWN);
	assert_int_equal(lab_count(&lab, &defect_type), 0);
	assert_int_equal(lab_count(&lab, &image_content_type), 1);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static int as_named(const void *data, struct slice repository, struct slice *ret_registry, struct slice *ret_path)
{
	return 1;
}

static void an_image_without_a_name_may_be_a_config_in_a_layout_alone(void **state)
{
	for (int is_layout = 0; is_layout < 2; is_layout++) {
		struct lab lab;
		struct error *err = NULL;
		lab_init(&lab);
		lab.options.split = is_layout ? as_named : NULL;
		struct slice config = lab_config(&lab, "r", "c");
		source_memory_manifest(&lab.source, "r", OCI_CONFIG_TYPE,
				       source_memory_answer(&lab.source, IMAGE_ASK_BLOB, "r", config)->bytes);
		lab_begin(&lab);
		check_ok(image_walk_reference(lab.walk, SLICE("r"), config, &err), &err);
		lab_run(&lab);
		const struct manifest *record = lab_find(&lab, &manifest_type, "digest", config);
		assert_int_equal(record && slice_equal(record->config_digest, config), is_layout);
		lab_release(&lab);
	}
}

static void a_manifest_that_calls_itself_a_config_is_read_as_a_manifest(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "r", "i");
	lab_tag(&lab, "r", "1", digest);
	source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", digest)->media_type = SLICE(OCI_CONFIG_TYPE);
	lab_walk_all(&lab);
	assert_false(slice_equal(found(&lab, digest)->config_digest, digest));
	lab_release(&lab);
}

/* --- referrers --- */
static void referrers_of_what_is_asked_for_are_read(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.referrers = true;
	struct slice member = lab_image(&lab, "r", "m"), index = lab_index(&lab, "r", &member, 1);
	struct slice signature = lab_artifact(&lab, "r", OCI_EMPTY_TYPE, lab_config(&lab, "r", "s"));
	lab_tag(&lab, "r", "1", index);
	lab_tag(&lab, "r", "2", index);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", index)->bytes = lab_index_bytes(&lab, &signature, 1,
												    OCI_MANIFEST_TYPE);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", member);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", signature);
	lab_walk_all(&lab);
	found(&lab, signature);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "r", index), 1);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "r", member), 0);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "r", signature), 0);
	assert_int_equal(lab_count(&lab, &index_member_type), 1); /* the answer is no index that has a digest */
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_source_without_referrers_is_asked_for_them_no_more(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.referrers = true;
	lab.source.width = 1;
	for (char tag[] = "a"; tag[0] <= 'e'; tag[0]++) {
		struct slice digest = lab_image(&lab, "r", tag);
		lab_tag(&lab, "r", tag, digest);
		source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", digest)->outcome = IMAGE_UNSUPPORTED;
	}
	lab_walk_all(&lab);
	size_t asked = 0;
	for (size_t i = 0; i < lab.source.answers.len; i++) {
		const struct memory_answer *answer = lab.source.answers.items[i].value;
		asked += answer->type == IMAGE_ASK_REFERRERS ? answer->asked : 0;
	}
	assert_int_equal(asked, 1);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

/* Where all tags are seen the tags that stand for referrers are; elsewhere the source looks for them. */
static void a_source_without_the_api_is_still_asked_where_tags_are_not_listed(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.options.referrers = true;
	lab.source.width = 1;
	struct slice listed = lab_image(&lab, "listed", "a"), other = lab_image(&lab, "listed", "b");
	struct slice named = lab_image(&lab, "named", "c");
	lab_tag(&lab, "listed", "1", listed);
	lab_tag(&lab, "listed", "2", other);
	lab_tag(&lab, "named", "1", named);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "listed", listed)->outcome = IMAGE_UNSUPPORTED;
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "listed", other)->outcome = IMAGE_UNSUPPORTED;
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "named", named)->outcome = IMAGE_ABSENT;
	lab_begin(&lab);
	check_ok(image_walk_repository(lab.walk, SLICE("listed"), &err), &err);
	lab_run(&lab);
	check_ok(image_walk_reference(lab.walk, SLICE("named"), SLICE("1"), &err), &err);
	lab_run(&lab);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "listed", listed) +
				 source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "listed", other),
			 1);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "named", named), 1);
	lab_release(&lab);
}

static void referrers_that_fail_are_said(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.referrers = true;
	struct slice digest = lab_image(&lab, "r", "m");
	lab_tag(&lab, "r", "1", digest);
	struct memory_answer *answer = source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", digest);
	answer->outcome = IMAGE_FAILED;
	answer->why = SLICE("500");
	lab_walk_all(&lab);
	check_covered(&lab, "Manifest", "r", "partial", "first referrers of sha256:");
	check_covered(&lab, "Tag", "r", "complete", NULL);
	found(&lab, digest);
	lab_release(&lab);
}

static void referrers_that_are_no_index_are_said(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.options.referrers = true;
	struct slice digest = lab_image(&lab, "r", "m");
	lab_tag(&lab, "r", "1", digest);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", digest)->bytes =
		source_memory_answer(&lab.source, IMAGE_ASK_MANIFEST, "r", digest)->bytes;
	lab_walk_all(&lab);
	check_covered(&lab, "Manifest", "r", "partial", "no index");
	lab_release(&lab);
}

static void signatures_under_tags_are_read_and_have_no_referrers(void **state)
{
	static const char tag[] = "sha256-1111111111111111111111111111111111111111111111111111111111111111.sig";
	struct lab lab;
	lab_init(&lab);
	lab.options.referrers = true;
	struct slice signature = lab_artifact(&lab, "r", OCI_EMPTY_TYPE, lab_config(&lab, "r", "s"));
	lab_tag(&lab, "r", tag, signature);
	source_memory_answer(&lab.source, IMAGE_ASK_REFERRERS, "r", signature);
	lab_walk_all(&lab);
	found(&lab, signature);
	assert_int_equal(source_memory_asked(&lab.source, IMAGE_ASK_REFERRERS, "r", signature), 0);
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_whose_config_does_not_come_is_put_without),
		cmocka_unit_test(a_config_that_is_no_json_is_kept_and_is_a_defect),
		cmocka_unit_test(a_config_in_the_manifest_is_not_asked_for),
		cmocka_unit_test(the_config_of_an_artifact_is_not_asked_for),
		cmocka_unit_test(an_attestation_is_one_and_its_config_is_not_asked_for),
		cmocka_unit_test(a_config_of_two_manifests_is_fetched_once),
		cmocka_unit_test(a_config_that_fails_for_one_manifest_is_asked_for_by_the_other),
		cmocka_unit_test(bytes_that_are_no_manifest_are_kept_and_said_to_be_invalid),
		cmocka_unit_test(bytes_that_nobody_could_verify_are_no_evidence),
		cmocka_unit_test(schema_1_gives_its_facts_without_a_config),
		cmocka_unit_test(a_config_stands_for_the_manifest_that_an_archive_does_not_have),
		cmocka_unit_test(an_image_without_a_name_may_be_a_config_in_a_layout_alone),
		cmocka_unit_test(a_manifest_that_calls_itself_a_config_is_read_as_a_manifest),
		cmocka_unit_test(referrers_of_what_is_asked_for_are_read),
		cmocka_unit_test(a_source_without_referrers_is_asked_for_them_no_more),
		cmocka_unit_test(a_source_without_the_api_is_still_asked_where_tags_are_not_listed),
		cmocka_unit_test(referrers_that_fail_are_said),
		cmocka_unit_test(referrers_that_are_no_index_are_said),
		cmocka_unit_test(signatures_under_tags_are_read_and_have_no_referrers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
