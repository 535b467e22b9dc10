#include "oci/format/manifest.h"

#include "base/limits.h"
#include "model/field.h"
#include "oci/format/manifest_internal.h"

/* --- members --- */

/* Notes that a member is there with something in it: what the body can be read as. */
static void note(bool *seen, const struct token *token)
{
	*seen = *seen || token->type != TOKEN_NULL;
}

static int take_list(struct oci_document *document, const struct oci_place *place, const struct token *token,
		     struct oci_descriptor_list *list, struct error **err)
{
	*list = (struct oci_descriptor_list){ 0 };
	return oci_take_array(document, place, token, LIMIT_DESCRIPTORS, oci_take_descriptor_item, list, err);
}

static int take_layers(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	struct oci_body *body = field;
	note(&body->has_layers, token);
	return take_list(document, place, token, &body->layers, err);
}

static int take_members(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	struct oci_body *body = field;
	note(&body->has_manifests, token);
	return take_list(document, place, token, &body->members, err);
}

static int take_blobs(struct oci_document *document, const struct oci_place *place, const struct token *token,
		      void *field, struct error **err)
{
	struct oci_body *body = field;
	note(&body->has_blobs, token);
	return take_list(document, place, token, &body->blobs, err);
}

static int take_config(struct oci_document *document, const struct oci_place *place, const struct token *token,
		       void *field, struct error **err)
{
	struct oci_body *body = field;
	note(&body->has_config, token);
	return oci_take_descriptor(document, place, token, &body->manifest.config, err);
}

/* Go has a pointer here, which null empties. */
static int take_subject(struct oci_document *document, const struct oci_place *place, const struct token *token,
			void *field, struct error **err)
{
	struct oci_body *body = field;
	if (token->type == TOKEN_NULL)
		body->manifest.subject = oci_no_descriptor;
	return oci_take_descriptor(document, place, token, &body->manifest.subject, err);
}

static int take_annotations(struct oci_document *document, const struct oci_place *place, const struct token *token,
			    void *field, struct error **err)
{
	struct oci_manifest *manifest = &((struct oci_body *)field)->manifest;
	return oci_take_annotations(document, place, token, &manifest->annotations, &manifest->annotation_count, err);
}

static const struct oci_member body_members[] = {
	OCI_MEMBER("schemaVersion", oci_take_size, struct oci_body, schema_version),
	OCI_MEMBER("mediaType", oci_take_text, struct oci_body, media_type),
	OCI_MEMBER_WHOLE("config", take_config),
	OCI_MEMBER_WHOLE("layers", take_layers),
	OCI_MEMBER_WHOLE("manifests", take_members),
	OCI_MEMBER_WHOLE("annotations", take_annotations),
	OCI_MEMBER("artifactType", oci_take_text, struct oci_body, manifest.artifact_type),
	OCI_MEMBER_WHOLE("subject", take_subject),
	OCI_MEMBER_WHOLE("blobs", take_blobs),
	OCI_MEMBER_WHOLE("fsLayers", oci_take_fs_layers),
	OCI_MEMBER_WHOLE("history", oci_take_v1_history),
	OCI_MEMBER("architecture", oci_take_text, struct oci_body, manifest.schema1_architecture),
};

/* --- what it is --- */

enum form { FORM_NONE, FORM_MANIFEST, FORM_INDEX, FORM_SCHEMA1, FORM_ARTIFACT };

static const struct {
	const char *what;   /* for a person */
	const char *member; /* that only it has */
	const char *media_type;
	int64_t schema_version;
} forms[] = {
	[FORM_NONE] = { "nothing", "", "", INT_UNKNOWN },
	[FORM_MANIFEST] = { "a manifest", "layers or config", MEDIA_TYPE_OCI_MANIFEST, 2 },
	[FORM_INDEX] = { "an index", "manifests", MEDIA_TYPE_OCI_INDEX, 2 },
	[FORM_SCHEMA1] = { "a schema 1 manifest", "fsLayers", MEDIA_TYPE_DOCKER_SCHEMA1, 1 },
	[FORM_ARTIFACT] = { "an artifact manifest", "blobs", MEDIA_TYPE_OCI_ARTIFACT, INT_UNKNOWN },
};

static enum form form_of_type(struct slice media_type)
{
	switch (media_type_of(media_type).kind) {
	case MEDIA_INDEX:
		return FORM_INDEX;
	case MEDIA_SCHEMA1:
		return FORM_SCHEMA1;
	case MEDIA_MANIFEST:
		return slice_equal_nocase(media_type_name(media_type), SLICE(MEDIA_TYPE_OCI_ARTIFACT)) ? FORM_ARTIFACT
												       : FORM_MANIFEST;
	default:
		return FORM_NONE;
	}
}

static int refuse(struct oci_body *body, struct slice why, struct error **err)
{
	if (!why.data)
		return arena_fail(body->document.arena, err);
	body->manifest.refused = why;
	return 0;
}

/* By its members alone. 1; 0: refused, for it can be read as two things; -1. */
static int form_of_members(struct oci_body *body, enum form *ret_form, struct error **err)
{
	const bool has[] = {
		[FORM_MANIFEST] = body->has_layers || body->has_config,
		[FORM_INDEX] = body->has_manifests,
		[FORM_SCHEMA1] = body->has_fs_layers,
		[FORM_ARTIFACT] = body->has_blobs,
	};
	enum form found = FORM_NONE;
	for (enum form form = FORM_MANIFEST; form <= FORM_ARTIFACT; form++) {
		if (has[form] && found != FORM_NONE)
			return refuse(body,
				      arena_printf(body->document.arena, "can be read as two things: it has %s, and %s",
						   forms[found].member, forms[form].member),
				      err);
		found = has[form] ? form : found;
	}
	/* The config of an image has a member `config` too. */
	bool is_manifest = body->has_layers || body->manifest.config.digest.data;
	*ret_form = found == FORM_MANIFEST && !is_manifest ? FORM_NONE : found;
	return 1;
}

/* What mediaType and Content-Type say, which must be the same where both say something. 1, 0 refused, -1. */
static int form_of_types(struct oci_body *body, struct slice content_type, enum form *ret_form, struct error **err)
{
	enum form of_body = form_of_type(body->media_type), of_header = form_of_type(content_type);
	struct slice said = media_type_name(body->media_type), served = media_type_name(content_type);
	*ret_form = of_body != FORM_NONE ? of_body : of_header;
	if (of_body == FORM_NONE || of_header == FORM_NONE || slice_equal_nocase(said, served))
		return 1;
	return refuse(body,
		      arena_printf(body->document.arena, "says that it is %.*s, and is served as %.*s", SLICE_ARG(said),
				   SLICE_ARG(served)),
		      err);
}

/* 1, 0 refused, -1. */
static int find_form(struct oci_body *body, struct slice content_type, enum form *ret_form, struct error **err)
{
	enum form is = FORM_NONE, said = FORM_NONE;
	int got = form_of_members(body, &is, err);
	if (got > 0)
		got = form_of_types(body, content_type, &said, err);
	if (got <= 0)
		return got;
	*ret_form = is != FORM_NONE ? is : said;
	if (is != FORM_NONE && said != FORM_NONE && is != said)
		return refuse(body,
			      arena_printf(body->document.arena, "is said to be %s, and has %s", forms[said].what,
					   forms[is].member),
			      err);
	if (*ret_form == FORM_NONE)
		return refuse(body, SLICE("no manifest: has neither layers, nor manifests, nor fsLayers"), err);
	return 1;
}

/* --- what follows from that --- */

static int64_t expected_version(const struct oci_body *body, enum form form)
{
	return forms[form].schema_version == INT_UNKNOWN ? body->schema_version : forms[form].schema_version;
}

static int check_form(struct oci_body *body, struct slice content_type, enum form form, struct error **err)
{
	struct oci_place version = { .name = SLICE("schemaVersion") };
	struct slice served = media_type_name(content_type);
	if (body->schema_version != expected_version(body, form) &&
	    oci_document_defect(&body->document, &version, "schema_version", "is not what the rest is written in",
				err) < 0)
		return -1;
	if (served.len > 0 && form_of_type(served) == FORM_NONE &&
	    !slice_equal_nocase(served, SLICE("application/json")) &&
	    oci_document_defect(&body->document, NULL, "content_type", "is served as something that is no manifest",
				err) < 0)
		return -1;
	if (form == FORM_MANIFEST && !body->has_config)
		return oci_document_defect(&body->document, NULL, "missing", "has no config", err);
	return 0;
}

static bool has_file_system(const struct oci_manifest *manifest)
{
	for (size_t i = 0; i < manifest->layer_count; i++)
		if (media_type_of(manifest->layers[i].media_type).kind == MEDIA_LAYER)
			return true;
	return false;
}

static enum oci_kind kind_of(const struct oci_manifest *manifest, enum form form)
{
	if (form == FORM_INDEX)
		return OCI_INDEX;
	if (form != FORM_MANIFEST)
		return form == FORM_SCHEMA1 ? OCI_SCHEMA1 : OCI_ARTIFACT;
	enum media_kind config = media_type_of(manifest->config.media_type).kind;
	if (config != MEDIA_UNKNOWN)
		return config == MEDIA_CONFIG ? OCI_IMAGE : OCI_ARTIFACT;
	return !manifest->artifact_type.data && has_file_system(manifest) ? OCI_IMAGE : OCI_ARTIFACT;
}

static struct slice default_type(const struct oci_manifest *manifest, enum form form)
{
	if (form == FORM_MANIFEST && media_type_of(manifest->config.media_type).docker)
		return SLICE(MEDIA_TYPE_DOCKER_MANIFEST);
	return slice_of(forms[form].media_type);
}

static void set_types(struct oci_body *body, struct slice content_type, enum form form)
{
	struct oci_manifest *manifest = &body->manifest;
	if (body->media_type.len > 0)
		manifest->media_type = body->media_type;
	else if (form_of_type(content_type) != FORM_NONE)
		manifest->media_type = media_type_name(content_type);
	else
		manifest->media_type = default_type(manifest, form);
	if (manifest->artifact_type.len == 0)
		manifest->artifact_type = SLICE_NONE;
	manifest->kind = kind_of(manifest, form);
	if (manifest->kind == OCI_ARTIFACT && !manifest->artifact_type.data)
		manifest->artifact_type = manifest->config.media_type;
}

static void set_lists(struct oci_body *body, enum form form)
{
	const struct oci_descriptor_list *layers = form == FORM_ARTIFACT ? &body->blobs : &body->layers;
	body->manifest.layers = layers->items;
	body->manifest.layer_count = layers->len;
	body->manifest.members = body->members.items;
	body->manifest.member_count = body->members.len;
}

static int parse_body(struct oci_body *body, struct slice bytes, struct slice content_type, struct error **err)
{
	enum form form;
	int got = oci_document_read(&body->document, bytes, OCI_MEMBERS(body_members), body, &body->manifest.refused,
				    err);
	if (got > 0)
		got = find_form(body, content_type, &form, err);
	if (got <= 0)
		return got;
	set_lists(body, form);
	if (form == FORM_SCHEMA1 && oci_finish_schema1(body, err) < 0)
		return -1;
	set_types(body, content_type, form);
	return check_form(body, content_type, form, err) < 0 ? -1 : 1;
}

int oci_manifest_parse(struct slice bytes, struct slice content_type, struct arena *arena,
		       struct oci_manifest *ret_manifest, struct error **err)
{
	struct oci_body body = {
		.manifest = { .config = oci_no_descriptor, .subject = oci_no_descriptor },
		.schema_version = INT_UNKNOWN,
	};
	int got = 0;
	body.document.arena = arena;
	body.document.defects = &body.manifest.defects;
	if (bytes.len > LIMIT_MANIFEST_BODY_BYTES)
		body.manifest.refused = SLICE("larger than any registry takes");
	else
		got = parse_body(&body, bytes, content_type, err);
	if (got >= 0)
		*ret_manifest = body.manifest;
	return got;
}
