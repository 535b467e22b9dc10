#include "base/limits.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "oci/format/config_internal.h"

/* One text of v1Compatibility: Docker's old image format (image/spec/v1.md). */
struct v1_image {
	struct oci_config config; /* first: of the newest, that of the image; of others, only what history needs */
	struct oci_config container_config;
	struct slice comment;
	bool throwaway;
};

static int take_container_config(struct oci_document *document, const struct oci_place *place,
				 const struct token *token, void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("Cmd", oci_take_command, struct v1_image, container_config.command),
	};
	return oci_take_object(document, place, token, OCI_MEMBERS(members), field, err);
}

static const struct oci_member v1_members[] = {
	OCI_MEMBER("created", oci_take_date, struct v1_image, config.created),
	OCI_MEMBER_WHOLE("container_config", take_container_config),
	OCI_MEMBER("throwaway", oci_take_bool, struct v1_image, throwaway),
	OCI_MEMBER("comment", oci_take_text, struct v1_image, comment),
	OCI_MEMBER("author", oci_take_text, struct v1_image, config.author),
	OCI_MEMBER("architecture", oci_take_text, struct v1_image, config.platform.architecture),
	OCI_MEMBER("os", oci_take_text, struct v1_image, config.platform.os),
	OCI_MEMBER("variant", oci_take_text, struct v1_image, config.platform.variant),
	OCI_MEMBER("config", oci_take_settings, struct v1_image, config),
};

/* The words of Cmd with blanks between them: what Docker makes of it when it turns schema 1 into a config. */
static int join_words(struct slice_list words, struct arena *arena, struct slice *ret_text, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf joined = STRBUF_INIT(LIMIT_MANIFEST_BODY_BYTES);
	for (size_t i = 0; i < words.len; i++) {
		if (i > 0)
			strbuf_add_char(&joined, ' ');
		strbuf_add_slice(&joined, words.items[i]);
	}
	*ret_text = SLICE_NONE;
	if (strbuf_failed(&joined, err))
		return -1;
	if (words.len > 0 && arena_copy(arena, strbuf_slice(&joined), ret_text) < 0)
		return arena_fail(arena, err);
	return 0;
}

/* number: as it stands in the manifest, newest first. */
static int read_v1(struct slice text, size_t number, struct oci_document *document, struct v1_image *image,
		   struct error **err)
{
	const struct oci_place history = { .name = SLICE("history") };
	const struct oci_place entry = { .parent = &history, .index = number };
	const struct oci_place place = { .parent = &entry, .name = SLICE("v1Compatibility") };
	struct slice refused;
	document->root = &place;
	int got = oci_document_read(document, text, OCI_MEMBERS(v1_members), image, &refused, err);
	if (got == 0)
		got = oci_document_defect(document, &place, "no_json", "is no JSON object", err);
	document->root = NULL;
	return got < 0 ? -1 : 0;
}

static int add_history(const struct v1_image *image, struct arena *arena, struct oci_history *history,
		       struct error **err)
{
	*history = (struct oci_history){
		.created = image->config.created,
		.author = image->config.author,
		.comment = image->comment,
		.empty_layer = image->throwaway,
	};
	return join_words(image->container_config.command, arena, &history->created_by, err);
}

int oci_config_of_schema1(const struct oci_manifest *manifest, struct arena *arena, struct oci_config *ret_config,
			  struct error **err)
{
	struct oci_defects defects = { 0 };
	struct oci_document document = { .arena = arena, .defects = &defects };
	struct v1_image image = { .config = { .created = OCI_NO_DATE } };
	struct slice_list texts = manifest->v1_compatibility;
	struct oci_history *history = arena_zeroed(arena, texts.len + 1, sizeof *history);
	if (!history)
		return arena_fail(arena, err);
	for (size_t i = 0; i < texts.len; i++) {
		image = (struct v1_image){ .config = { .created = OCI_NO_DATE } };
		if (read_v1(texts.items[i], texts.len - 1 - i, &document, &image, err) < 0 ||
		    add_history(&image, arena, &history[i], err) < 0)
			return -1;
	}
	if (!image.config.platform.architecture.data)
		image.config.platform.architecture = manifest->schema1_architecture;
	*ret_config = image.config;
	ret_config->history = history;
	ret_config->history_count = texts.len;
	ret_config->defects = defects;
	return 1;
}
