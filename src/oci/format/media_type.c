#include "oci/format/media_type.h"

#define ENCRYPTED "+encrypted"

#define OCI_TYPE "application/vnd.oci."
#define DOCKER_TYPE "application/vnd.docker."
#define OCI_LAYER_TYPE OCI_TYPE "image.layer.v1.tar"
#define OCI_FOREIGN_TYPE OCI_TYPE "image.layer.nondistributable.v1.tar"
#define DOCKER_LAYER_TYPE DOCKER_TYPE "image.rootfs.diff.tar"
#define DOCKER_FOREIGN_TYPE DOCKER_TYPE "image.rootfs.foreign.diff.tar"

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		text, sizeof text - 1                                                                                  \
	}

/* The frequent ones first. */
static const struct {
	struct slice name;
	struct media_type type;
} known[] = {
	{ NAME(OCI_LAYER_TYPE "+gzip"), { MEDIA_LAYER, COMPRESSION_GZIP } },
	{ NAME(DOCKER_LAYER_TYPE ".gzip"), { MEDIA_LAYER, COMPRESSION_GZIP, .docker = true } },
	{ NAME(MEDIA_TYPE_OCI_MANIFEST), { MEDIA_MANIFEST } },
	{ NAME(MEDIA_TYPE_OCI_INDEX), { MEDIA_INDEX } },
	{ NAME(OCI_TYPE "image.config.v1+json"), { MEDIA_CONFIG } },
	{ NAME(MEDIA_TYPE_DOCKER_MANIFEST), { MEDIA_MANIFEST, .docker = true } },
	{ NAME(MEDIA_TYPE_DOCKER_LIST), { MEDIA_INDEX, .docker = true } },
	{ NAME(DOCKER_TYPE "container.image.v1+json"), { MEDIA_CONFIG, .docker = true } },
	{ NAME(OCI_LAYER_TYPE "+zstd"), { MEDIA_LAYER, COMPRESSION_ZSTD } },
	{ NAME(OCI_LAYER_TYPE), { MEDIA_LAYER } },
	{ NAME("application/vnd.in-toto+json"), { MEDIA_IN_TOTO } },
	{ NAME(OCI_TYPE "empty.v1+json"), { MEDIA_EMPTY } },
	{ NAME(DOCKER_LAYER_TYPE), { MEDIA_LAYER, .docker = true } },
	{ NAME(DOCKER_LAYER_TYPE ".zstd"), { MEDIA_LAYER, COMPRESSION_ZSTD, .docker = true } },
	{ NAME(MEDIA_TYPE_DOCKER_SIGNED), { MEDIA_SCHEMA1, .docker = true } },
	{ NAME(MEDIA_TYPE_DOCKER_SCHEMA1), { MEDIA_SCHEMA1, .docker = true } },
	{ NAME(MEDIA_TYPE_OCI_ARTIFACT), { MEDIA_MANIFEST } },
	{ NAME(DOCKER_TYPE "plugin.v1+json"), { MEDIA_PLUGIN, .docker = true } },
	{ NAME(OCI_FOREIGN_TYPE), { MEDIA_LAYER, .not_distributable = true } },
	{ NAME(OCI_FOREIGN_TYPE "+gzip"), { MEDIA_LAYER, COMPRESSION_GZIP, .not_distributable = true } },
	{ NAME(OCI_FOREIGN_TYPE "+zstd"), { MEDIA_LAYER, COMPRESSION_ZSTD, .not_distributable = true } },
	{ NAME(DOCKER_FOREIGN_TYPE), { MEDIA_LAYER, .not_distributable = true, .docker = true } },
	{ NAME(DOCKER_FOREIGN_TYPE ".gzip"),
	  { MEDIA_LAYER, COMPRESSION_GZIP, .not_distributable = true, .docker = true } },
};

struct slice media_type_name(struct slice text)
{
	struct slice name, parameters;
	slice_cut(text, ';', &name, &parameters);
	return slice_trim(name);
}

static struct media_type type_of_name(struct slice name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (slice_equal_nocase(name, known[i].name))
			return known[i].type;
	return (struct media_type){ MEDIA_UNKNOWN };
}

/* ocicrypt puts its suffix behind that of a layer, whichever that is. */
static struct media_type type_of_encrypted(struct slice name)
{
	const size_t suffix = sizeof ENCRYPTED - 1;
	if (name.len <= suffix || !slice_equal_nocase(slice_part(name, name.len - suffix, suffix), SLICE(ENCRYPTED)))
		return (struct media_type){ MEDIA_UNKNOWN };
	struct media_type type = type_of_name(slice_part(name, 0, name.len - suffix));
	if (type.kind != MEDIA_LAYER)
		return (struct media_type){ MEDIA_UNKNOWN };
	type.encrypted = true;
	return type;
}

struct media_type media_type_of(struct slice text)
{
	struct slice name = media_type_name(text);
	struct media_type type = type_of_name(name);
	return type.kind == MEDIA_UNKNOWN ? type_of_encrypted(name) : type;
}

struct slice media_type_accept(void)
{
	return SLICE(MEDIA_TYPE_OCI_INDEX ", " MEDIA_TYPE_DOCKER_LIST ", " MEDIA_TYPE_OCI_MANIFEST
					  ", " MEDIA_TYPE_DOCKER_MANIFEST ", " MEDIA_TYPE_OCI_ARTIFACT
					  ", " MEDIA_TYPE_DOCKER_SIGNED ", " MEDIA_TYPE_DOCKER_SCHEMA1);
}
