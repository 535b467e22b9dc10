#include "oci/format/image_record.h"

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

/* printf 1 | sha256sum, and so on. */
#define ONE "sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
#define TWO "sha256:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35"
/* printf '%s %s' $ONE $TWO | sha256sum */
#define ONE_TWO "sha256:53e60bc18399d11a8953c224619cd6147f2f8ef1233acf2818575ba1a17f7ca2"
/* printf 'COPY a /\0CMD ["a"]\0' | sha256sum */
#define HISTORY "sha256:f5d0cf8324b17a5c2fdcee5c594ec7d13131def1b3ec062e2f4b56acddedd56d"

static struct oci_descriptor layers[] = { { .digest = SLICE(ONE), .size = 100 }, { .digest = SLICE(TWO), .size = 20 } };
static struct slice diff_ids[] = { SLICE(ONE), SLICE(TWO) };
static struct slice variables[] = { SLICE("PATH=/bin"), SLICE("DB_PASSWORD=made-up-password"), SLICE("ALONE") };
static struct slice entrypoint[] = { SLICE("/web"), SLICE("--token=dckr_pat_MADEUPMADEUPMADEUP1") };

struct image {
	struct oci_manifest manifest;
	struct oci_config config;
	struct oci_history history[3];
	struct oci_annotation labels[2], annotations[2];
};

static void make(struct image *image)
{
	*image = (struct image){
		.manifest = { .kind = OCI_IMAGE,
			      .media_type = SLICE("application/vnd.oci.image.manifest.v1+json"),
			      .config = { .digest = SLICE("config digest"), .media_type = SLICE("config type") },
			      .layers = layers,
			      .layer_count = 2,
			      .annotation_count = 1 },
		.config = { .created = { OCI_DATED, 7, SLICE("a date") },
			    .platform = { SLICE("linux"), SLICE("arm64"), SLICE("v8"), SLICE_NONE },
			    .history_count = 3,
			    .has_rootfs = true,
			    .diff_ids = { diff_ids, 2 },
			    .user = SLICE("web"),
			    .working_dir = SLICE("/srv"),
			    .entrypoint = { entrypoint, 2 },
			    .environment = { variables, 3 },
			    .label_count = 1 },
		.history = { { .created_by = SLICE("COPY a /"), .created = { OCI_DATED, 5, SLICE("x") } },
			     { .created_by = SLICE("CMD [\"a\"]"),
			       .created = { OCI_REPRODUCIBLE, 1, SLICE("x") },
			       .empty_layer = true },
			     { .created_by = SLICE("RUN /bin/sh -c b # buildkit"),
			       .created = { OCI_DATED, 6, SLICE("x") } } },
		.labels = { { SLICE("token"), SLICE("dckr_pat_MADEUPMADEUPMADEUP1") } },
		.annotations = { { SLICE("org.opencontainers.image.base.name"),
				   SLICE("docker.io/library/debian:12") } },
	};
	image->config.history = image->history;
	image->config.labels = image->labels;
	image->manifest.annotations = image->annotations;
}

static struct manifest record_of(struct image *image, bool with_config)
{
	struct manifest record;
	struct error *err = NULL;
	check_ok(image_manifest_record(SLICE("digest"), 1234, &image->manifest, with_config ? &image->config : NULL,
				       &arena, &record, &err),
		 &err);
	return record;
}

static void every_fact_of_an_image(void **state)
{
	struct image image;
	make(&image);
	struct manifest r = record_of(&image, true);
	check_slice(r.digest, "digest");
	check_slice(r.kind, "image");
	check_slice(r.media_type, "application/vnd.oci.image.manifest.v1+json");
	assert_int_equal(r.size_bytes, 1234);
	check_slice(r.config_digest, "config digest");
	check_slice(r.config_media_type, "config type");
	assert_int_equal(r.config_read, BOOL_TRUE);
	check_slice(r.os, "linux");
	check_slice(r.architecture, "arm64");
	check_slice(r.variant, "v8");
	assert_null(r.os_version.data);
	assert_int_equal(r.created, 7);
	check_slice(r.created_text, "a date");
	check_slice(r.dating, "dated");
	assert_int_equal(r.history_from, 5); /* what is reproducible is no real date */
	assert_int_equal(r.history_to, 6);
	assert_int_equal(r.history_count, 3);
	assert_int_equal(r.layers.len, 2);
	check_slice(r.layers.items[1], TWO);
	check_slice(r.diff_ids.items[0], ONE);
	assert_int_equal(r.layers_bytes, 120);
	check_slice(r.chain_id, ONE_TWO);
	check_slice(r.user, "web");
	check_slice(r.working_dir, "/srv");
	check_slice(r.builder, "buildkit");
	check_slice(r.base_name, "docker.io/library/debian:12");
	assert_null(r.base_digest.data);
	assert_int_equal(image.manifest.defects.len, 0);
}

static void dates_between_the_first_and_the_last_step_stand_once(void **state)
{
	(void)state;
	struct image image;
	make(&image);
	assert_int_equal(record_of(&image, true).history_between.len, 0);
	image.history[0].created.time = 30 * USEC_PER_SECOND;
	image.history[1].created = (struct oci_date){ OCI_DATED, 10 * USEC_PER_SECOND, SLICE("x") };
	image.history[2].created.time = 20 * USEC_PER_SECOND + 5;
	struct manifest r = record_of(&image, true);
	assert_int_equal(r.history_from, 10 * USEC_PER_SECOND);
	assert_int_equal(r.history_to, 30 * USEC_PER_SECOND);
	assert_int_equal(r.history_between.len, 1);
	check_slice(r.history_between.items[0], "1970-01-01T00:00:20Z");
	image.history[2].created.time = 10 * USEC_PER_SECOND + 7;
	assert_int_equal(record_of(&image, true).history_between.len, 0);
}

static void names_of_variables_without_values_and_no_tokens(void **state)
{
	struct image image;
	make(&image);
	struct manifest r = record_of(&image, true);
	assert_int_equal(r.env_names.len, 3);
	check_slice(r.env_names.items[1], "DB_PASSWORD");
	check_slice(r.env_names.items[2], "ALONE");
	check_slice(r.entrypoint.items[1], "--token=dckr_pat_[masked]");
	check_slice(r.labels.items[0], "token=dckr_pat_[masked]");
	check_slice(r.annotations.items[0], "org.opencontainers.image.base.name=docker.io/library/debian:12");
}

/* A list that was read and is empty is there; what was not read is not. */
static void none_and_not_read_are_two(void **state)
{
	struct image image;
	make(&image);
	image.config.environment.len = image.config.label_count = 0;
	struct manifest r = record_of(&image, true);
	assert_non_null(r.command.items);
	assert_non_null(r.env_names.items);
	assert_non_null(r.labels.items);
	assert_non_null(r.ports.items);
	r = record_of(&image, false);
	assert_int_equal(r.config_read, BOOL_FALSE);
	assert_null(r.command.items);
	assert_null(r.env_names.items);
	assert_null(r.diff_ids.items);
	assert_null(r.dating.data);
	assert_int_equal(r.history_count, INT_UNKNOWN);
	assert_int_equal(r.created, TIME_UNSET);
	assert_int_equal(r.layers.len, 2);
}

static void a_date_that_is_none_is_not_taken_for_one(void **state)
{
	static const struct {
		enum oci_dating dating;
		const char *text;
	} datings[] = { { OCI_UNDATED, "undated" },
			{ OCI_REPRODUCIBLE, "reproducible" },
			{ OCI_DATE_INVALID, "invalid" } };
	for (size_t i = 0; i < 3; i++) {
		struct image image;
		make(&image);
		image.config.created.dating = datings[i].dating;
		struct manifest r = record_of(&image, true);
		assert_int_equal(r.created, TIME_UNSET);
		check_slice(r.dating, datings[i].text);
	}
}

static void a_history_is_the_hash_of_its_commands(void **state)
{
	struct image image;
	make(&image);
	image.config.history_count = 2;
	struct manifest r = record_of(&image, true);
	check_slice(r.history_digest, HISTORY);
	image.history[0].created_by = image.history[1].created_by = SLICE_NONE;
	assert_null(record_of(&image, true).history_digest.data); /* like no other */
	image.config.history_count = 0;
	r = record_of(&image, true);
	assert_null(r.history_digest.data);
	assert_int_equal(r.history_count, 0);
	assert_null(r.builder.data);
}

static void equal_beginnings_have_equal_steps(void **state)
{
	struct image image, other;
	make(&image);
	make(&other);
	other.history[2].created_by = SLICE("another");
	struct manifest a = record_of(&image, true), b = record_of(&other, true);
	assert_true(slice_equal(a.history_steps.items[1], b.history_steps.items[1]));
	assert_false(slice_equal(a.history_steps.items[2], b.history_steps.items[2]));
	assert_true(slice_ends_with(a.history_steps.items[0], "+"));
	assert_false(slice_ends_with(a.history_steps.items[1], "+")); /* empty */
	/* Behind the colon a step by itself, whatever came before it. */
	other.history[2].created_by = image.history[2].created_by;
	other.history[0].created_by = SLICE("another");
	b = record_of(&other, true);
	struct slice up_to, own_a, own_b;
	slice_cut(a.history_steps.items[2], ':', &up_to, &own_a);
	slice_cut(b.history_steps.items[2], ':', &up_to, &own_b);
	assert_true(own_a.len && slice_equal(own_a, own_b));
	assert_false(slice_equal(a.history_steps.items[2], b.history_steps.items[2]));
}

static bool has_defect(const struct image *image, const char *code)
{
	for (size_t i = 0; i < image->manifest.defects.len; i++)
		if (!strcmp(image->manifest.defects.items[i].code, code))
			return true;
	return false;
}

static void numbers_that_do_not_fit_are_defects(void **state)
{
	struct image image;
	make(&image);
	image.history[1].empty_layer = false;
	record_of(&image, true);
	assert_true(has_defect(&image, "history_mismatch"));
	assert_false(has_defect(&image, "layer_mismatch"));
	make(&image);
	image.config.diff_ids.len = 1;
	record_of(&image, true);
	assert_true(has_defect(&image, "layer_mismatch"));
	assert_false(has_defect(&image, "history_mismatch"));
	make(&image);
	image.config.history_count = 0; /* it need not have one */
	record_of(&image, true);
	assert_int_equal(image.manifest.defects.len, 0);
	make(&image);
	image.history[1].empty_layer = false;
	record_of(&image, false);
	assert_int_equal(image.manifest.defects.len, 0);
}

static void sizes_that_are_not_all_known_have_no_sum(void **state)
{
	struct image image;
	struct oci_descriptor odd[] = { { .size = 1 }, { .size = INT_UNKNOWN } };
	make(&image);
	image.manifest.layers = odd;
	assert_int_equal(record_of(&image, true).layers_bytes, INT_UNKNOWN);
	odd[1].size = INT64_MAX;
	assert_int_equal(record_of(&image, true).layers_bytes, INT_UNKNOWN);
	image.manifest.layer_count = 0;
	assert_int_equal(record_of(&image, true).layers_bytes, 0);
}

static void a_chain_with_a_gap_has_no_id(void **state)
{
	struct image image;
	struct slice odd[] = { SLICE(ONE), SLICE_NONE };
	make(&image);
	image.config.diff_ids.items = odd;
	assert_null(record_of(&image, true).chain_id.data);
	image.config.diff_ids.len = 0;
	struct manifest r = record_of(&image, true);
	assert_null(r.chain_id.data);
	assert_non_null(r.diff_ids.items);
}

static void kinds(void **state)
{
	struct image image;
	make(&image);
	image.manifest.kind = OCI_INDEX;
	struct manifest r = record_of(&image, false);
	check_slice(r.kind, "index");
	assert_int_equal(r.config_read, BOOL_UNKNOWN); /* it has none */
	assert_null(r.layers.items);
	image.manifest.kind = OCI_ARTIFACT;
	check_slice(record_of(&image, false).kind, "artifact");
	image.manifest.artifact_type = SLICE("application/vnd.docker.attestation.manifest.v1+json");
	check_slice(record_of(&image, false).kind, "attestation");
	image.manifest.kind = OCI_SCHEMA1;
	image.manifest.schema1_architecture = SLICE("s390x");
	r = record_of(&image, false);
	check_slice(r.kind, "schema1");
	check_slice(r.architecture, "s390x");
}

static void an_attestation_has_documents_in_place_of_all_layers(void **state)
{
	struct image image;
	struct oci_descriptor documents[] = { { .media_type = SLICE("application/vnd.in-toto+json") },
					      { .media_type = SLICE("application/vnd.in-toto+json") } };
	make(&image);
	image.manifest.layers = documents;
	check_slice(record_of(&image, false).kind, "attestation");
	documents[1].media_type = SLICE("application/vnd.oci.image.layer.v1.tar+gzip");
	check_slice(record_of(&image, false).kind, "image");
	image.manifest.layer_count = 0;
	check_slice(record_of(&image, false).kind, "image");
}

static void a_base_may_be_claimed_by_a_label(void **state)
{
	struct image image;
	make(&image);
	image.labels[0] = (struct oci_annotation){ SLICE("org.opencontainers.image.base.digest"), SLICE(ONE) };
	check_slice(record_of(&image, true).base_digest, ONE);
	image.labels[0] = (struct oci_annotation){ SLICE("org.opencontainers.image.base.name"), SLICE("of the label") };
	check_slice(record_of(&image, true).base_name, "docker.io/library/debian:12"); /* the annotation comes first */
	image.annotations[0].value = SLICE("");
	check_slice(record_of(&image, true).base_name, "of the label");
}

static void a_member_as_its_descriptor_has_it(void **state)
{
	struct oci_annotation annotations[] = { { SLICE("vnd.docker.reference.type"), SLICE("attestation-manifest") },
						{ SLICE("vnd.docker.reference.digest"), SLICE(ONE) } };
	struct oci_descriptor member = { .digest = SLICE(TWO),
					 .media_type = SLICE("type"),
					 .artifact_type = SLICE("artifact"),
					 .size = 5,
					 .annotations = annotations,
					 .annotation_count = 2,
					 .platform = { SLICE("unknown"), SLICE("unknown"), SLICE("v"), SLICE("10") } };
	struct index_member r;
	struct error *err = NULL;
	check_ok(image_member_record(SLICE("index"), 3, &member, &arena, &r, &err), &err);
	check_slice(r.index, "index");
	check_slice(r.digest, TWO);
	assert_int_equal(r.ordinal, 3);
	check_slice(r.media_type, "type");
	check_slice(r.artifact_type, "artifact");
	assert_int_equal(r.size_bytes, 5);
	check_slice(r.os, "unknown");
	check_slice(r.variant, "v");
	check_slice(r.os_version, "10");
	check_slice(r.attests, ONE);
	member.digest = SLICE_NONE; /* a key cannot be unknown */
	check_ok(image_member_record(SLICE("index"), 3, &member, &arena, &r, &err), &err);
	check_slice(r.digest, "");
}

static int scenario(void *data, struct error **err)
{
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct image image;
	struct manifest record;
	make(&image);
	image.history[1].empty_layer = false; /* a defect as well */
	return image_manifest_record(SLICE("digest"), 1, &image.manifest, &image.config, &own, &record, err);
}

static void every_allocation_may_fail(void **state)
{
	torture(scenario, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_of_an_image),
		cmocka_unit_test(dates_between_the_first_and_the_last_step_stand_once),
		cmocka_unit_test(names_of_variables_without_values_and_no_tokens),
		cmocka_unit_test(none_and_not_read_are_two),
		cmocka_unit_test(a_date_that_is_none_is_not_taken_for_one),
		cmocka_unit_test(a_history_is_the_hash_of_its_commands),
		cmocka_unit_test(equal_beginnings_have_equal_steps),
		cmocka_unit_test(numbers_that_do_not_fit_are_defects),
		cmocka_unit_test(sizes_that_are_not_all_known_have_no_sum),
		cmocka_unit_test(a_chain_with_a_gap_has_no_id),
		cmocka_unit_test(kinds),
		cmocka_unit_test(an_attestation_has_documents_in_place_of_all_layers),
		cmocka_unit_test(a_base_may_be_claimed_by_a_label),
		cmocka_unit_test(a_member_as_its_descriptor_has_it),
		cmocka_unit_test(every_allocation_may_fail),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_release(&arena);
	return failed;
}
