#include "base/ascii.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "model/reference.h"
#include "oci/format/manifest.h"
#include "oci/format/verify.h"
#include "oci/layout/layout_internal.h"

#define BLOBS "blobs/"
#define SHA256_DIGITS 64
#define NAME_BYTES 4096

/* --- names and digests --- */
static bool is_hash(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_lower_hex(text.data[i]))
			return false;
	return text.len == SHA256_DIGITS;
}

static struct slice without(struct slice text, const char *ending)
{
	return slice_ends_with(text, ending) ? slice_part(text, 0, text.len - strlen(ending)) : text;
}

int layout_digest_of_name(struct image_layout *layout, struct slice name, struct slice *ret_digest, struct error **err)
{
	struct slice folder, rest, algorithm, encoded;
	struct arena *arena = &layout->arena;
	struct slice digest = SLICE_NONE;
	*ret_digest = SLICE_NONE;
	if (!slice_cut_last(name, '/', &folder, &rest))
		rest = name;
	struct slice stem = without(rest, ".json");
	if (slice_starts_with(name, BLOBS) &&
	    slice_cut(slice_part(name, strlen(BLOBS), name.len), '/', &algorithm, &encoded))
		digest = arena_printf(arena, "%.*s:%.*s", SLICE_ARG(algorithm), SLICE_ARG(encoded));
	else if (is_hash(stem))
		digest = arena_printf(arena, "sha256:%.*s", SLICE_ARG(stem));
	else if (!digest_valid(stem))
		return 0;
	else if (arena_copy(arena, stem, &digest) < 0)
		return arena_fail(arena, err);
	if (!digest.data)
		return arena_fail(arena, err);
	if (digest_valid(digest))
		*ret_digest = digest;
	return 0;
}

static int add_file_name(const struct image_layout *layout, struct slice digest, struct strbuf *out, struct error **err)
{
	struct slice algorithm, encoded;
	const struct slice *named = map_get(&layout->config_names, digest);
	if (named) {
		strbuf_add_slice(out, *named);
	} else {
		slice_cut(digest, ':', &algorithm, &encoded);
		strbuf_add_text(out, BLOBS);
		strbuf_add_slice(out, algorithm);
		strbuf_add_char(out, '/');
		strbuf_add_slice(out, encoded);
	}
	return strbuf_failed(out, err) ? -1 : 0;
}

/* --- bytes --- */
static void refuse(struct layout_content *content, const char *why)
{
	*content = (struct layout_content){ .outcome = IMAGE_INVALID, .why = slice_of(why) };
}

static int get_bytes(struct image_layout *layout, struct slice digest, size_t max, struct layout_content *ret_content,
		     struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT(NAME_BYTES);
	if (!digest_valid(digest)) {
		refuse(ret_content, "no digest");
		return 0;
	}
	if (add_file_name(layout, digest, &name, err) < 0)
		return -1;
	return layout->ops->get(layout, strbuf_slice(&name), max, ret_content, err);
}

static bool weigh(enum verify_result verified, struct layout_content *content)
{
	if (verified == VERIFY_DIFFERENT)
		refuse(content, "its bytes are not what its digest says");
	return verified == VERIFY_EQUAL;
}

int layout_get_blob(struct image_layout *layout, struct slice digest, size_t max, struct layout_content *ret_content,
		    bool *ret_verified, struct error **err)
{
	enum verify_result verified;
	*ret_verified = false;
	if (get_bytes(layout, digest, max, ret_content, err) < 0)
		return -1;
	if (ret_content->outcome != IMAGE_PRESENT)
		return 0;
	if (verify_digest(digest, ret_content->bytes, &verified, err) < 0)
		return -1;
	*ret_verified = weigh(verified, ret_content);
	return 0;
}

int layout_get_manifest(struct image_layout *layout, struct slice digest, struct arena *arena,
			struct layout_content *ret_content, bool *ret_verified, struct error **err)
{
	enum verify_result verified;
	struct slice proven;
	*ret_verified = false;
	if (get_bytes(layout, digest, LIMIT_MANIFEST_BODY_BYTES, ret_content, err) < 0)
		return -1;
	if (ret_content->outcome != IMAGE_PRESENT)
		return 0;
	if (verify_manifest(digest, ret_content->bytes, arena, &verified, &proven, err) < 0)
		return -1;
	ret_content->bytes = proven;
	*ret_verified = weigh(verified, ret_content);
	return 0;
}

/* --- what leads to a config --- */
static int parse_blob(struct image_layout *layout, struct slice digest, struct arena *arena,
		      struct oci_manifest *ret_manifest, struct error **err)
{
	struct layout_content content;
	bool verified;
	if (layout_get_manifest(layout, digest, arena, &content, &verified, err) < 0)
		return -1;
	return content.outcome == IMAGE_PRESENT
		       ? oci_manifest_parse(content.bytes, SLICE_NONE, arena, ret_manifest, err)
		       : 0;
}

/* Members of an index that are not there (other platforms) say nothing against it. */
static int any_member_leads(struct image_layout *layout, const struct oci_manifest *index, struct slice config,
			    struct arena *arena, bool *ret_leads, struct error **err)
{
	for (size_t i = 0; i < index->member_count && !*ret_leads; i++) {
		struct oci_manifest member;
		int parsed = parse_blob(layout, index->members[i].digest, arena, &member, err);
		if (parsed < 0)
			return -1;
		*ret_leads = parsed && slice_equal(member.config.digest, config);
	}
	return 0;
}

int layout_leads_to_config(struct image_layout *layout, struct slice digest, struct slice config, bool *ret_leads,
			   struct error **err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct oci_manifest manifest;
	*ret_leads = true;
	int parsed = parse_blob(layout, digest, &arena, &manifest, err);
	if (parsed <= 0)
		return parsed; /* it is not there, or none: nothing says that they disagree */
	*ret_leads = slice_equal(manifest.config.digest, config);
	if (manifest.kind != OCI_INDEX)
		return 0;
	/* Texts of the index lie in bytes that the next get may give back. */
	for (size_t i = 0; i < manifest.member_count; i++)
		if (arena_copy(&arena, manifest.members[i].digest, &manifest.members[i].digest) < 0)
			return arena_fail(&arena, err);
	return any_member_leads(layout, &manifest, config, &arena, ret_leads, err);
}
