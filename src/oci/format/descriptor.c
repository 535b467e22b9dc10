#include "base/base64.h"
#include "base/limits.h"
#include "model/field.h"
#include "model/reference.h"
#include "oci/format/document_internal.h"
#include "oci/format/verify.h"

const struct oci_descriptor oci_no_descriptor = { .size = INT_UNKNOWN };

/* --- inline data --- */

struct descriptor_parse {
	struct oci_descriptor descriptor; /* first */
	struct slice data;                /* as written */
	bool has_digest;                  /* valid or not */
};

static const char *data_problem(const struct oci_descriptor *descriptor, enum verify_result result)
{
	if (descriptor->size != INT_UNKNOWN && (size_t)descriptor->size != descriptor->data.len)
		return "is not as long as the descriptor says";
	if (result == VERIFY_UNKNOWN_ALGORITHM)
		return "cannot be verified: its digest is of an algorithm that is not known";
	return result == VERIFY_DIFFERENT ? "is not what its digest says" : NULL;
}

/* Base64 that does not decode is an answer, anything else is not. */
static int decode_data(struct oci_document *document, struct slice text, struct slice *ret_data, struct error **err)
{
	CLEANUP(error_freep) struct error *failure = NULL;
	if (base64_decode(text, BASE64_PADDED, document->arena, ret_data, &failure) == 0)
		return 1;
	return failure->code == ERROR_SYNTAX ? 0 : error_move(err, &failure);
}

/* Either all of it is what the descriptor says, or it is not there. */
static int check_data(struct oci_document *document, const struct oci_place *place, struct descriptor_parse *parse,
		      struct error **err)
{
	struct oci_descriptor *descriptor = &parse->descriptor;
	struct oci_place data = { .parent = place, .name = SLICE("data") };
	enum verify_result result = VERIFY_DIFFERENT;
	int got = 1;
	if (parse->data.data)
		got = decode_data(document, parse->data, &descriptor->data, err);
	else if (!descriptor->data.data) /* else it came with an object that stood here before, and another digest */
		return 0;
	if (got < 0 || (got > 0 && verify_digest(descriptor->digest, descriptor->data, &result, err) < 0))
		return -1;
	const char *problem = got > 0 ? data_problem(descriptor, result) : "is no base64";
	if (!problem)
		return 0;
	descriptor->data = SLICE_NONE;
	return oci_document_defect(document, &data, "bad_data", problem, err);
}

/* --- members --- */

static int take_platform(struct oci_document *document, const struct oci_place *place, const struct token *token,
			 void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("architecture", oci_take_text, struct oci_platform, architecture),
		OCI_MEMBER("os", oci_take_text, struct oci_platform, os),
		OCI_MEMBER("variant", oci_take_text, struct oci_platform, variant),
		OCI_MEMBER("os.version", oci_take_text, struct oci_platform, os_version),
	};
	return oci_take_object(document, place, token, OCI_MEMBERS(members), field, err);
}

static int take_annotations(struct oci_document *document, const struct oci_place *place, const struct token *token,
			    void *field, struct error **err)
{
	struct oci_descriptor *descriptor = field;
	return oci_take_annotations(document, place, token, &descriptor->annotations, &descriptor->annotation_count,
				    err);
}

static int take_digest(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	struct descriptor_parse *parse = field;
	parse->has_digest = parse->has_digest || token->type != TOKEN_NULL;
	return oci_take_digest(document, place, token, &parse->descriptor.digest, err);
}

static int check_digest(struct oci_document *document, const struct oci_place *place,
			const struct descriptor_parse *parse, struct error **err)
{
	return parse->has_digest ? 0 : oci_document_defect(document, place, "missing", "has no digest", err);
}

int oci_take_descriptor(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	static const struct oci_member members[] = {
		OCI_MEMBER("mediaType", oci_take_text, struct oci_descriptor, media_type),
		OCI_MEMBER_WHOLE("digest", take_digest),
		OCI_MEMBER("size", oci_take_size, struct oci_descriptor, size),
		OCI_MEMBER_WHOLE("annotations", take_annotations),
		OCI_MEMBER("platform", take_platform, struct oci_descriptor, platform),
		OCI_MEMBER("artifactType", oci_take_text, struct oci_descriptor, artifact_type),
		OCI_MEMBER("urls", oci_take_texts, struct oci_descriptor, urls),
		OCI_MEMBER("data", oci_take_text, struct descriptor_parse, data),
	};
	struct oci_descriptor *descriptor = field;
	struct descriptor_parse parse = { .descriptor = *descriptor, .has_digest = descriptor->digest.data };
	if (oci_take_object(document, place, token, OCI_MEMBERS(members), &parse, err) < 0)
		return -1;
	if (token->type == TOKEN_OBJECT_BEGIN &&
	    (check_digest(document, place, &parse, err) < 0 || check_data(document, place, &parse, err) < 0))
		return -1;
	if (parse.descriptor.media_type.len == 0)
		parse.descriptor.media_type = SLICE_NONE;
	*descriptor = parse.descriptor;
	return 0;
}

int oci_take_descriptor_item(struct oci_document *document, const struct oci_place *place, const struct token *token,
			     void *field, struct error **err)
{
	struct oci_descriptor_list *list = field;
	struct oci_descriptor *items = arena_grow(document->arena, list->items, list->len, &list->capacity,
						  sizeof *items);
	if (!items)
		return arena_fail(document->arena, err);
	list->items = items;
	items[list->len] = oci_no_descriptor;
	return oci_take_descriptor(document, place, token, &items[list->len++], err);
}

/* --- the interface --- */

struct slice oci_annotation_of(const struct oci_annotation *annotations, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal_text(annotations[i].name, name))
			return annotations[i].value;
	return SLICE_NONE;
}

struct slice oci_attests(const struct oci_descriptor *member)
{
	const struct oci_annotation *annotations = member->annotations;
	struct slice type = oci_annotation_of(annotations, member->annotation_count, "vnd.docker.reference.type");
	struct slice digest = oci_annotation_of(annotations, member->annotation_count, "vnd.docker.reference.digest");
	bool attests = slice_equal_text(type, "attestation-manifest") && digest_valid(digest);
	return attests ? digest : SLICE_NONE;
}
