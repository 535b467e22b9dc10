/* One registry that `fother collect` froze: its records as they are, and those of its manifests made anew of their
 * bytes. What the manifest says of it is believed as far as the files bear it out. */
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sha256.h"
#include "base/time.h"
#include "base/vec.h"
#include "collect/frozen/frozen_format.h"
#include "collect/frozen/frozen_images_manifest.h"
#include "collect/snapshot/images_read_internal.h"
#include "model/record_json.h"
#include "oci/format/image_record.h"
#include "oci/walk/walk.h"

#define INTERRUPTED "the run was interrupted: it has no manifest"
#define NOT_ITS_HASH "it was changed after it was written: its SHA-256 is not that of the manifest"
#define NOT_ITS_SIZE "it was changed after it was written: its size is not that of the manifest"

static const struct record_type *const record_types[] = {
	&tag_type,           &registry_answer_type, &registry_event_type, &coverage_type,
	&defect_type,        &manifest_type,        &index_member_type,   &gap_type,
	&image_content_type, &deletion_type,
};

struct lead {
	struct slice repository, digest;
};

struct frozen_reading {
	struct images_read *read;
	struct arena kept;            /* the manifest */
	struct arena scratch, config; /* of one manifest, and its config */
	struct frozen_images_manifest manifest;
	struct map rows; /* digest -> row */
	struct {
		VEC(struct lead)
	} leads;    /* without a manifest: where tags pointed */
	bool whole; /* there is a manifest */
};

static void frozen_reading_release(struct frozen_reading *f)
{
	map_release(&f->rows);
	vec_release(&f->leads);
	arena_release(&f->kept);
	arena_release(&f->scratch);
	arena_release(&f->config);
}

/* --- what it says of itself --- */
static int get(struct frozen_reading *f, const char *name, enum image_outcome *ret_outcome, struct slice *ret_bytes,
	       struct error **err)
{
	return image_layout_file(f->read->layout, slice_of(name), LIMIT_FROZEN_RECORDS_BYTES, ret_outcome, ret_bytes,
				 err);
}

/* The first line of the records stands in for a manifest that is not there. 1; 0: there is none either. */
static int take_head(struct frozen_reading *f, struct slice records, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct frozen_images_head head;
	struct slice line, rest;
	slice_cut(records, '\n', &line, &rest);
	if (frozen_images_head_read(line, &f->kept, &head, &why) < 0)
		return error_is_of_input(why) ? 0 : error_move(err, &why);
	record_init(&frozen_images_manifest_type, &f->manifest);
	f->manifest.registry = head.registry;
	f->manifest.as_of = head.as_of;
	f->manifest.outcome = SLICE("interrupted");
	f->manifest.why = SLICE(INTERRUPTED);
	return 1;
}

/* *ret_damage: why the manifest that is there cannot be read; not there: it can, or is not. 1, 0: nothing says what
 * this is; -1. */
static int take_manifest(struct frozen_reading *f, struct slice *ret_damage, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	enum image_outcome outcome;
	struct slice bytes;
	*ret_damage = SLICE_NONE;
	if (get(f, FROZEN_MANIFEST_NAME, &outcome, &bytes, err) < 0)
		return -1;
	if (outcome == IMAGE_PRESENT) {
		/* Texts of the manifest are read out of it, not kept in it. */
		if (frozen_images_manifest_read(bytes, &f->kept, &f->manifest, &why) == 0) {
			f->whole = true;
			return 1;
		}
		if (!error_is_of_input(why))
			return error_move(err, &why);
		*ret_damage = arena_printf(&f->kept, "%s", why->message);
		if (!ret_damage->data)
			return arena_fail(&f->kept, err);
	} else if (outcome != IMAGE_ABSENT) {
		*ret_damage = SLICE("it cannot be read");
	}
	if (get(f, FROZEN_RECORDS_NAME, &outcome, &bytes, err) < 0)
		return -1;
	return outcome == IMAGE_PRESENT ? take_head(f, bytes, err) : 0;
}

static int begin(struct frozen_reading *f, struct error **err)
{
	struct images_read *read = f->read;
	struct arena *arena = &read->dump->arena;
	read->as_of = f->manifest.as_of;
	if (arena_copy(arena, f->manifest.registry, &read->name) < 0)
		return arena_fail(arena, err);
	struct slice uid = arena_printf(arena, REGISTRY_IDENTITY "%.*s", SLICE_ARG(read->name));
	if (!uid.data)
		return arena_fail(arena, err);
	struct sink_scope scope = {
		.source = read->source,
		.source_kind = SLICE("registry"),
		.cluster_name = read->name,
		.cluster_uid = uid,
		.as_of = read->as_of,
		.once = true,
	};
	return read->sink->ops->begin(read->sink, &scope, &read->read, err);
}

/* --- files --- */
static const struct frozen_images_file *row_named(const struct frozen_reading *f, const char *name)
{
	const struct frozen_images_file *rows = f->manifest.files.items;
	for (size_t i = 0; i < f->manifest.files.len; i++)
		if (slice_equal_text(rows[i].file, name))
			return &rows[i];
	return NULL;
}

/* NULL, or why the bytes are not those of the row. */
static const char *problem_of(const struct frozen_images_file *row, struct slice bytes, struct error **err)
{
	char hash[SHA256_TEXT_BYTES];
	if (row->bytes != (int64_t)bytes.len)
		return NOT_ITS_SIZE;
	if (sha256_of(bytes, hash, err) < 0)
		return NULL;
	return slice_equal_text(row->sha256, hash) ? NULL : NOT_ITS_HASH;
}

/* Of a file that the manifest names. *ret_bytes not there: it is told. */
static int get_checked(struct frozen_reading *f, struct slice file, const struct frozen_images_file *row,
		       struct slice *ret_bytes, struct error **err)
{
	enum image_outcome outcome;
	const char *problem = NULL;
	if (image_layout_file(f->read->layout, file, LIMIT_FROZEN_RECORDS_BYTES, &outcome, ret_bytes, err) < 0)
		return -1;
	if (outcome == IMAGE_PRESENT && row && !(problem = problem_of(row, *ret_bytes, err)) && *err)
		return -1;
	if (problem)
		return images_put_defect(f->read, "changed", file, SLICE(""), slice_of(problem), true, err);
	if (outcome == IMAGE_PRESENT)
		return 0;
	*ret_bytes = SLICE_NONE;
	bool absent = outcome == IMAGE_ABSENT;
	return images_put_defect(
		f->read, absent ? "missing" : "unreadable", file, SLICE(""),
		absent ? SLICE("the manifest names it, and it is not there") : SLICE("it cannot be read"), true, err);
}

/* --- records --- */
/* Without its identity a record could not be kept. */
static bool has_identity(const struct record_type *type, const void *record)
{
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		if (!(field->flags & FIELD_KEY) || (field->flags & FIELD_CLUSTER))
			continue;
		if (field->type == FIELD_TEXT && !field_text(field, record).data)
			return false;
		if (field->type == FIELD_TIME && !time_is_valid(field_int(field, record)))
			return false;
		if (field->type == FIELD_INT && field_int(field, record) == INT_UNKNOWN)
			return false;
	}
	return true;
}

static const struct record_type *parse_line(struct frozen_reading *f, struct slice line, void **ret_record,
					    struct error **err)
{
	struct json_reader json;
	struct token begin;
	const struct record_type *type = NULL;
	arena_clear(&f->scratch);
	json_reader_init(&json, line, 0);
	int got = reader_next(&json.reader, &begin, err);
	if (got > 0 && begin.type == TOKEN_OBJECT_BEGIN)
		type = record_json_read_any(&json.reader, record_types, sizeof record_types / sizeof *record_types,
					    &f->scratch, ret_record, err);
	else if (got >= 0)
		error_set(err, ERROR_SYNTAX, "no record");
	json_reader_release(&json);
	return type;
}

/* Of a run without a manifest nothing else says which blobs it has. */
static int note_lead(struct frozen_reading *f, const struct tag *tag, struct error **err)
{
	if (f->whole)
		return 0;
	struct lead *lead = vec_push(&f->leads);
	if (!lead)
		return error_no_memory(err);
	if (arena_copy(&f->kept, tag->repository, &lead->repository) < 0 ||
	    arena_copy(&f->kept, tag->digest, &lead->digest) < 0)
		return arena_fail(&f->kept, err);
	return 0;
}

static int put_line(struct frozen_reading *f, struct slice line, struct error **err)
{
	CLEANUP(error_freep) struct error *why = NULL;
	struct images_read *read = f->read;
	void *record = NULL;
	const struct record_type *type = parse_line(f, line, &record, &why);
	if (!type && why->code == ERROR_NO_MEMORY)
		return error_move(err, &why);
	if (!type)
		return images_put_defect(read, "bad_document", SLICE(FROZEN_RECORDS_NAME), SLICE(""),
					 slice_of(why->message), true, err);
	if (type == &coverage_type)
		((struct coverage *)record)->read = read->read;
	if (!has_identity(type, record))
		return images_put_defect(read, "bad_frozen", SLICE(FROZEN_RECORDS_NAME), SLICE(""),
					 SLICE("a record that does not say of what"), true, err);
	if (type == &tag_type && note_lead(f, record, err) < 0)
		return -1;
	read->defects += type == &defect_type;
	read->found = true;
	return read->sink->ops->put(read->sink, read->read, type, record, err);
}

/* The head comes first; a line without an end was cut. */
static int put_records(struct frozen_reading *f, struct error **err)
{
	struct slice line, rest;
	if (get_checked(f, SLICE(FROZEN_RECORDS_NAME), row_named(f, FROZEN_RECORDS_NAME), &rest, err) < 0)
		return -1;
	if (!rest.data)
		return 0;
	slice_cut(rest, '\n', &line, &rest);
	while (rest.len) {
		if (slice_cut(rest, '\n', &line, &rest)) {
			if (put_line(f, line, err) < 0)
				return -1;
			continue;
		}
		return images_put_defect(f->read, "truncated", SLICE(FROZEN_RECORDS_NAME), SLICE(""),
					 SLICE("it ends within a record"), true, err);
	}
	return 0;
}

/* --- manifests and their configs --- */
static int put_content(struct frozen_reading *f, struct slice digest, const struct frozen_images_file *row,
		       struct slice bytes, struct error **err)
{
	struct image_content content;
	record_init(&image_content_type, &content);
	content.digest = digest;
	content.media_type = row->media_type;
	content.bytes = bytes;
	return f->read->sink->ops->put(f->read->sink, f->read->read, &image_content_type, &content, err);
}

/* The config that the manifest names, parsed; *ret_config NULL: it was not read then, or is not what it was. */
static int get_config(struct frozen_reading *f, const struct oci_manifest *manifest,
		      const struct frozen_images_file *row, struct oci_config *config,
		      const struct oci_config **ret_config, struct error **err)
{
	*ret_config = NULL;
	if (manifest->kind == OCI_SCHEMA1) {
		*ret_config = config;
		return oci_config_of_schema1(manifest, &f->config, config, err);
	}
	const struct frozen_images_file *config_row = row->config_read == BOOL_TRUE && manifest->config.digest.data
							      ? map_get(&f->rows, manifest->config.digest)
							      : NULL;
	enum image_outcome outcome;
	struct slice bytes, own;
	if (!config_row)
		return 0;
	if (image_layout_file(f->read->layout, config_row->file, LIMIT_IMAGE_CONFIG_BYTES, &outcome, &bytes, err) < 0)
		return -1;
	if (outcome != IMAGE_PRESENT || problem_of(config_row, bytes, err))
		return 0; /* told where its row is read */
	if (*err || arena_copy(&f->config, bytes, &own) < 0)
		return *err ? -1 : arena_fail(&f->config, err);
	int parsed = oci_config_parse(own, &f->config, config, err);
	if (parsed > 0)
		*ret_config = config;
	return parsed < 0 ? -1 : 0;
}

static int put_members(struct frozen_reading *f, struct slice digest, const struct oci_manifest *index,
		       struct error **err)
{
	struct index_member record;
	for (size_t i = 0; i < index->member_count; i++)
		if (image_member_record(digest, i, &index->members[i], &f->scratch, &record, err) < 0 ||
		    f->read->sink->ops->put(f->read->sink, f->read->read, &index_member_type, &record, err) < 0)
			return -1;
	return 0;
}

/* Defects of it stand among the records. */
static int put_manifest(struct frozen_reading *f, struct slice digest, const struct frozen_images_file *row,
			struct slice bytes, struct error **err)
{
	struct oci_manifest manifest;
	struct oci_config config;
	const struct oci_config *found = NULL;
	struct manifest record;
	int parsed = oci_manifest_parse(bytes, row->media_type, &f->scratch, &manifest, err);
	if (parsed <= 0)
		return parsed;
	if (get_config(f, &manifest, row, &config, &found, err) < 0 ||
	    image_manifest_record(digest, (int64_t)bytes.len, &manifest, found, &f->scratch, &record, err) < 0)
		return -1;
	record.kind = row->kind;
	f->read->manifests++;
	f->read->found = true;
	if (f->read->sink->ops->put(f->read->sink, f->read->read, &manifest_type, &record, err) < 0)
		return -1;
	return manifest.kind == OCI_INDEX ? put_members(f, digest, &manifest, err) : 0;
}

/* What does not fit into memory that is enough for every real image is bad input. */
static int weigh(struct frozen_reading *f, struct slice file, int result, struct error **err)
{
	if (result >= 0 || (*err)->code != ERROR_LIMIT)
		return result;
	*err = error_free(*err);
	return images_put_defect(f->read, "too_large", file, SLICE(""), SLICE("larger than an image can be"), true,
				 err);
}

static int put_blob(struct frozen_reading *f, const struct frozen_images_file *row, struct slice digest,
		    struct error **err)
{
	struct slice bytes, own;
	arena_clear(&f->scratch);
	arena_clear(&f->config);
	size_t reasons = f->read->reasons;
	if (get_checked(f, row->file, row, &bytes, err) < 0)
		return -1;
	if (!bytes.data || f->read->reasons > reasons)
		return 0; /* its digest would lie */
	if (arena_copy(&f->scratch, bytes, &own) < 0)
		return weigh(f, row->file, arena_fail(&f->scratch, err), err);
	if (put_content(f, digest, row, own, err) < 0)
		return -1;
	return row->kind.data ? weigh(f, row->file, put_manifest(f, digest, row, own, err), err) : 0;
}

/* sha512 and what comes later: the manifest's SHA-256 says that the bytes are those that were written, after they had
 * been verified. */
static int put_blobs(struct frozen_reading *f, struct error **err)
{
	const struct frozen_images_file *rows = f->manifest.files.items;
	for (size_t i = 0; i < f->manifest.files.len; i++) {
		struct slice digest;
		int blob = frozen_images_digest_of(rows[i].file, &f->kept, &digest, err);
		if (blob < 0)
			return -1;
		void **place = blob ? map_put(&f->rows, digest) : NULL;
		if (blob && !place)
			return error_no_memory(err);
		if (blob)
			*place = (void *)(uintptr_t)&rows[i];
	}
	for (size_t i = 0; i < f->rows.len; i++)
		if (put_blob(f, f->rows.items[i].value, f->rows.items[i].key, err) < 0)
			return -1;
	return 0;
}

/* --- without a manifest --- */
/* Lets through what is made of bytes; what else was read stands among the records. */
struct bytes_sink {
	struct sink sink; /* first */
	struct sink *inner;
};

static int bytes_put(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		     struct error **err)
{
	struct sink *inner = ((struct bytes_sink *)(void *)sink)->inner;
	bool wanted = type == &manifest_type || type == &index_member_type || type == &image_content_type;
	return wanted ? inner->ops->put(inner, read, type, record, err) : 0;
}

static const struct sink_ops bytes_ops = { .put = bytes_put };

static int put_leads(struct frozen_reading *f, struct error **err)
{
	CLEANUP(image_walk_freep) struct image_walk *walk = NULL;
	struct bytes_sink sink = { { &bytes_ops }, f->read->sink };
	struct image_walk_options options = { .source = image_layout_source(f->read->layout),
					      .sink = &sink.sink,
					      .read = f->read->read,
					      .as_of = f->read->as_of,
					      .registry = f->manifest.registry };
	struct image_walk_result result;
	if (!f->leads.len)
		return 0;
	if (image_walk_new(&options, &walk, err) < 0)
		return -1;
	for (size_t i = 0; i < f->leads.len; i++)
		if (image_walk_reference(walk, f->leads.items[i].repository, f->leads.items[i].digest, err) < 0)
			return -1;
	if (image_walk_run(walk, &result, err) < 0)
		return -1;
	f->read->manifests += (int64_t)result.manifests;
	return 0;
}

/* --- the end --- */
static struct slice outcome_of(const struct frozen_reading *f)
{
	bool complete = slice_equal_text(f->manifest.outcome, "complete");
	return f->read->reasons && complete ? SLICE("partial") : f->manifest.outcome;
}

static int finish(struct frozen_reading *f, struct error **err)
{
	struct images_read *read = f->read;
	struct slice said = f->manifest.why, why = said;
	if (strbuf_failed(&read->why, err))
		return -1;
	if (read->reasons)
		why = arena_printf(&f->kept, "%.*s%s%s", SLICE_ARG(said), said.len ? "; " : "",
				   strbuf_text(&read->why));
	if (read->reasons && !why.data)
		return arena_fail(&f->kept, err);
	struct sink_end end = {
		.as_of = read->as_of,
		.as_of_from = SLICE("manifest"),
		.outcome = outcome_of(f),
		.why = why,
		.notes = f->manifest.notes,
		.objects = read->manifests,
		.defects = read->defects,
	};
	return read->sink->ops->finish(read->sink, read->read, &end, err);
}

int frozen_images_read(struct images_read *read, struct error **err)
{
	CLEANUP(frozen_reading_release)
	struct frozen_reading f = { .read = read,
				    .kept = ARENA_INIT(LIMIT_MANIFEST_BYTES),
				    .scratch = ARENA_INIT(LIMIT_IMAGE_BYTES),
				    .config = ARENA_INIT(LIMIT_IMAGE_BYTES) };
	struct slice damage;
	int taken = take_manifest(&f, &damage, err);
	if (taken < 0)
		return -1;
	if (!taken)
		return error_set(err, ERROR_SYNTAX, "%s: neither a manifest nor the head of its records can be read",
				 read->images->path.len ? read->images->path.data : "the run");
	if (begin(&f, err) < 0)
		return -1;
	if (damage.data &&
	    images_put_defect(read, "bad_manifest", SLICE(FROZEN_MANIFEST_NAME), SLICE(""), damage, true, err) < 0)
		return -1;
	if (put_blobs(&f, err) < 0 || put_records(&f, err) < 0 || put_leads(&f, err) < 0)
		return -1;
	return finish(&f, err);
}
