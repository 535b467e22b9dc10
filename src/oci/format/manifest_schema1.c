/* Schema 1 (docker.github.io/registry/spec/manifest-v2-1): layers without sizes, and for each the old image format as a
 * text of JSON. Of signatures verify.h has what there is to say. */
#include "base/limits.h"
#include "oci/format/manifest_internal.h"

static int take_fs_layer(struct oci_document *document, const struct oci_place *place, const struct token *token,
			 void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("blobSum", oci_take_digest, struct oci_descriptor, digest),
	};
	struct oci_descriptor_list *list = field;
	struct oci_descriptor *items = arena_grow(document->arena, list->items, list->len, &list->capacity,
						  sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	items[list->len] = oci_no_descriptor;
	return oci_take_object(document, place, token, OCI_MEMBERS(members), &items[list->len++], err);
}

int oci_take_fs_layers(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	struct oci_body *body = field;
	body->has_fs_layers = body->has_fs_layers || token->type != TOKEN_NULL;
	body->fs_layers = (struct oci_descriptor_list){ 0 };
	return oci_take_array(document, place, token, LIMIT_DESCRIPTORS, take_fs_layer, &body->fs_layers, err);
}

static int take_v1(struct oci_document *document, const struct oci_place *place, const struct token *token, void *field,
		   struct error **err)
{
	struct v1 {
		struct slice text;
	} v1 = { SLICE("") };
	static const struct oci_member members[] = {
		OCI_MEMBER("v1Compatibility", oci_take_text, struct v1, text),
	};
	struct oci_v1_list *list = field;
	struct slice *items = arena_grow(document->arena, list->items, list->len, &list->capacity, sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	if (oci_take_object(document, place, token, OCI_MEMBERS(members), &v1, err) < 0)
		return -1;
	items[list->len++] = v1.text;
	return 0;
}

int oci_take_v1_history(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	struct oci_body *body = field;
	body->history = (struct oci_v1_list){ 0 };
	return oci_take_array(document, place, token, LIMIT_HISTORY, take_v1, &body->history, err);
}

int oci_finish_schema1(struct oci_body *body, struct error **err)
{
	struct oci_descriptor *layers = body->fs_layers.items;
	struct slice *history = body->history.items;
	size_t layer_count = body->fs_layers.len, history_count = body->history.len;
	for (size_t i = 0; i < layer_count / 2; i++) {
		struct oci_descriptor lower = layers[layer_count - 1 - i];
		layers[layer_count - 1 - i] = layers[i];
		layers[i] = lower;
	}
	for (size_t i = 0; i < history_count / 2; i++) {
		struct slice lower = history[history_count - 1 - i];
		history[history_count - 1 - i] = history[i];
		history[i] = lower;
	}
	body->manifest.layers = layers;
	body->manifest.layer_count = layer_count;
	body->manifest.v1_compatibility = (struct slice_list){ history, history_count };
	if (layer_count == history_count)
		return 0;
	return oci_document_defect(&body->document, NULL, "history_mismatch",
				   "fsLayers and history are not of the same length", err);
}
