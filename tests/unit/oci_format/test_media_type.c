#include "oci/format/media_type.h"

#include <string.h>

#include "support/check.h"

static void check_type(const char *text, struct media_type expected)
{
	struct media_type type = media_type_of(slice_of(text));
	if (type.kind != expected.kind || type.compression != expected.compression ||
	    type.not_distributable != expected.not_distributable || type.encrypted != expected.encrypted ||
	    type.docker != expected.docker)
		fail_msg("%s: kind %d, compression %d, foreign %d, encrypted %d, docker %d", text, type.kind,
			 type.compression, type.not_distributable, type.encrypted, type.docker);
}

static void manifests_and_indexes(void **state)
{
	check_type("application/vnd.oci.image.index.v1+json", (struct media_type){ MEDIA_INDEX });
	check_type("application/vnd.docker.distribution.manifest.list.v2+json",
		   (struct media_type){ MEDIA_INDEX, .docker = true });
	check_type("application/vnd.oci.image.manifest.v1+json", (struct media_type){ MEDIA_MANIFEST });
	check_type("application/vnd.docker.distribution.manifest.v2+json",
		   (struct media_type){ MEDIA_MANIFEST, .docker = true });
	check_type("application/vnd.oci.artifact.manifest.v1+json", (struct media_type){ MEDIA_MANIFEST });
	check_type("application/vnd.docker.distribution.manifest.v1+json",
		   (struct media_type){ MEDIA_SCHEMA1, .docker = true });
	check_type("application/vnd.docker.distribution.manifest.v1+prettyjws",
		   (struct media_type){ MEDIA_SCHEMA1, .docker = true });
}

static void configs(void **state)
{
	check_type("application/vnd.oci.image.config.v1+json", (struct media_type){ MEDIA_CONFIG });
	check_type("application/vnd.docker.container.image.v1+json",
		   (struct media_type){ MEDIA_CONFIG, .docker = true });
	check_type("application/vnd.oci.empty.v1+json", (struct media_type){ MEDIA_EMPTY });
	check_type("application/vnd.docker.plugin.v1+json", (struct media_type){ MEDIA_PLUGIN, .docker = true });
	check_type("application/vnd.in-toto+json", (struct media_type){ MEDIA_IN_TOTO });
	check_type("application/vnd.cncf.helm.config.v1+json", (struct media_type){ MEDIA_UNKNOWN });
}

static void layers_and_how_they_are_packed(void **state)
{
	const struct media_type oci = { MEDIA_LAYER }, docker = { MEDIA_LAYER, .docker = true };
	struct media_type type = oci;
	check_type("application/vnd.oci.image.layer.v1.tar", oci);
	type.compression = COMPRESSION_GZIP;
	check_type("application/vnd.oci.image.layer.v1.tar+gzip", type);
	type.compression = COMPRESSION_ZSTD;
	check_type("application/vnd.oci.image.layer.v1.tar+zstd", type);
	check_type("application/vnd.docker.image.rootfs.diff.tar", docker);
	type = docker;
	type.compression = COMPRESSION_GZIP;
	check_type("application/vnd.docker.image.rootfs.diff.tar.gzip", type);
	type.compression = COMPRESSION_ZSTD;
	check_type("application/vnd.docker.image.rootfs.diff.tar.zstd", type);
}

static void layers_that_the_registry_need_not_hold(void **state)
{
	struct media_type type = { MEDIA_LAYER, .not_distributable = true };
	check_type("application/vnd.oci.image.layer.nondistributable.v1.tar", type);
	type.compression = COMPRESSION_ZSTD;
	check_type("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", type);
	type.compression = COMPRESSION_GZIP;
	check_type("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", type);
	type.docker = true;
	check_type("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", type);
	type.compression = COMPRESSION_NONE;
	check_type("application/vnd.docker.image.rootfs.foreign.diff.tar", type);
}

static void encrypted_layers(void **state)
{
	struct media_type type = { MEDIA_LAYER, COMPRESSION_GZIP, .encrypted = true };
	check_type("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", type);
	type.compression = COMPRESSION_NONE;
	check_type("application/vnd.oci.image.layer.v1.tar+encrypted", type);
	type.docker = true;
	check_type("application/vnd.docker.image.rootfs.diff.tar+encrypted", type);
	check_type("application/vnd.oci.image.config.v1+json+encrypted", (struct media_type){ MEDIA_UNKNOWN });
	check_type("+encrypted", (struct media_type){ MEDIA_UNKNOWN });
	check_type("application/vnd.oci.image.layer.v1.tar+encrypted+encrypted", (struct media_type){ MEDIA_UNKNOWN });
}

static void case_parameters_and_blanks_do_not_matter(void **state)
{
	check_type("Application/VND.OCI.Image.Index.v1+JSON", (struct media_type){ MEDIA_INDEX });
	check_type("application/vnd.oci.image.index.v1+json; charset=utf-8", (struct media_type){ MEDIA_INDEX });
	check_type(" application/vnd.oci.image.index.v1+json\t;q=1", (struct media_type){ MEDIA_INDEX });
	check_slice(media_type_name(SLICE(" text/html ; charset=utf-8")), "text/html");
}

static void others_are_unknown(void **state)
{
	check_type("", (struct media_type){ MEDIA_UNKNOWN });
	check_type(";", (struct media_type){ MEDIA_UNKNOWN });
	check_type("application/json", (struct media_type){ MEDIA_UNKNOWN });
	check_type("application/vnd.oci.image.index.v1+jso", (struct media_type){ MEDIA_UNKNOWN });
	check_type("application/vnd.oci.image.index.v1+jsonn", (struct media_type){ MEDIA_UNKNOWN });
	assert_int_equal(media_type_of(SLICE_NONE).kind, MEDIA_UNKNOWN);
}

/* Registries compare literally: no wildcard, no weight, and everything that can be read. */
static void accept_names_each_manifest_by_its_name(void **state)
{
	struct slice rest = media_type_accept(), name;
	size_t count = 0;
	assert_false(slice_contains(rest, "*") || slice_contains(rest, ";"));
	for (bool more = true; more; count++) {
		more = slice_cut(rest, ',', &name, &rest);
		enum media_kind kind = media_type_of(name).kind;
		assert_true(kind == MEDIA_INDEX || kind == MEDIA_MANIFEST || kind == MEDIA_SCHEMA1);
	}
	assert_int_equal(count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(manifests_and_indexes),
		cmocka_unit_test(configs),
		cmocka_unit_test(layers_and_how_they_are_packed),
		cmocka_unit_test(layers_that_the_registry_need_not_hold),
		cmocka_unit_test(encrypted_layers),
		cmocka_unit_test(case_parameters_and_blanks_do_not_matter),
		cmocka_unit_test(others_are_unknown),
		cmocka_unit_test(accept_names_each_manifest_by_its_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
