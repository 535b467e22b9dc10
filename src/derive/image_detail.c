#include "derive/image_detail.h"

#include "store/store_read.h"

/* 1, 0 (not stored), -1. */
static int read_content(struct store *store, struct slice digest, struct arena *arena,
			struct image_content *ret_content, struct error **err)
{
	struct store_where where = { "digest", digest, 0 };
	struct record_list list;
	if (!digest.data)
		return 0;
	if (store_read_all(store, &image_content_type, &where, 1, arena, &list, err) < 0)
		return -1;
	if (!list.len)
		return 0;
	*ret_content = *(const struct image_content *)list.items;
	return ret_content->bytes.data ? 1 : 0;
}

static int read_config(struct store *store, struct arena *arena, struct image_detail *detail, struct error **err)
{
	struct image_content content;
	if (detail->manifest.kind == OCI_SCHEMA1)
		return oci_config_of_schema1(&detail->manifest, arena, &detail->config, err);
	if (detail->manifest.kind != OCI_IMAGE)
		return 0;
	int got = read_content(store, detail->manifest.config.digest, arena, &content, err);
	if (got <= 0)
		return got;
	detail->config_bytes = content.bytes;
	return oci_config_parse(content.bytes, arena, &detail->config, err);
}

int image_detail_load(struct store *store, struct slice digest, struct arena *arena, struct image_detail *ret_detail,
		      struct error **err)
{
	struct image_detail detail = { .digest = digest };
	struct image_content content;
	int got = read_content(store, digest, arena, &content, err);
	if (got <= 0)
		return got;
	detail.manifest_bytes = content.bytes;
	got = oci_manifest_parse(content.bytes, content.media_type, arena, &detail.manifest, err);
	if (got <= 0)
		return got;
	got = read_config(store, arena, &detail, err);
	if (got < 0)
		return -1;
	detail.has_config = got > 0;
	if (detail.has_config && image_history_build(&detail.manifest, &detail.config, arena, &detail.history, err) < 0)
		return -1;
	*ret_detail = detail;
	return 1;
}
