#include "walk_lab.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"

void lab_init(struct lab *lab)
{
	struct error *err = NULL;
	int64_t read;
	*lab = (struct lab){ 0 };
	source_memory_init(&lab->source);
	sink_memory_init(&lab->sink);
	struct sink_scope scope = { .source = SLICE("/registry"),
				    .source_kind = SLICE("registry"),
				    .cluster_uid = SLICE(REGISTRY_IDENTITY "reg.example"),
				    .as_of = 1000,
				    .once = true };
	check_ok(lab->sink.sink.ops->begin(&lab->sink.sink, &scope, &read, &err), &err);
	lab->options = (struct image_walk_options){ .source = &lab->source.source,
						    .sink = &lab->sink.sink,
						    .read = read,
						    .as_of = 1000,
						    .registry = SLICE("reg.example") };
}

void lab_release(struct lab *lab)
{
	lab->walk = image_walk_free(lab->walk);
	source_memory_release(&lab->source);
	sink_memory_release(&lab->sink);
}

/* --- images --- */
struct slice lab_config(struct lab *lab, const char *repository, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_LINE_BYTES);
	strbuf_addf(&text,
		    "{\"created\":\"2026-11-20T09:10:11Z\",\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{"
		    "\"Labels\":{\"name\":\"%s\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
		    "1111111111111111111111111111111111111111111111111111111111111111\"]},\"history\":[{\"created\":"
		    "\"2026-11-20T09:10:11Z\",\"created_by\":\"COPY app / # buildkit\"}]}",
		    name);
	return source_memory_blob(&lab->source, repository, strbuf_slice(&text));
}

static size_t size_of(struct lab *lab, enum image_ask_type type, const char *repository, struct slice digest)
{
	return source_memory_answer(&lab->source, type, repository, digest)->bytes.len;
}

static struct slice manifest_of(struct lab *lab, const char *repository, const char *config_type, struct slice config,
				const char *layer_type)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_LINE_BYTES);
	strbuf_addf(&text,
		    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST_TYPE "\",\"config\":{\"mediaType\":\"%s\","
		    "\"digest\":\"%.*s\",\"size\":%zu},\"layers\":[{\"mediaType\":\"%s\",\"digest\":"
		    "\"sha256:2222222222222222222222222222222222222222222222222222222222222222\",\"size\":7}]}",
		    config_type, SLICE_ARG(config), size_of(lab, IMAGE_ASK_BLOB, repository, config), layer_type);
	return source_memory_manifest(&lab->source, repository, OCI_MANIFEST_TYPE, strbuf_slice(&text));
}

struct slice lab_manifest_of(struct lab *lab, const char *repository, const char *config_type, struct slice config)
{
	return manifest_of(lab, repository, config_type, config, OCI_LAYER_TYPE);
}

struct slice lab_artifact(struct lab *lab, const char *repository, const char *config_type, struct slice config)
{
	return manifest_of(lab, repository, config_type, config, "application/vnd.cncf.helm.chart.content.v1.tar+gzip");
}

struct slice lab_image(struct lab *lab, const char *repository, const char *name)
{
	return lab_manifest_of(lab, repository, OCI_CONFIG_TYPE, lab_config(lab, repository, name));
}

struct slice lab_index_bytes(struct lab *lab, const struct slice *members, size_t count, const char *media_type)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	struct slice kept;
	strbuf_add_text(&text, "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX_TYPE "\",\"manifests\":[");
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&text, "%s{\"mediaType\":\"%s\",\"digest\":\"%.*s\",\"size\":%d}", i ? "," : "", media_type,
			    SLICE_ARG(members[i]), 1000);
	strbuf_add_text(&text, "]}");
	assert_int_equal(arena_copy(&lab->source.arena, strbuf_slice(&text), &kept), 0);
	return kept;
}

struct slice lab_index(struct lab *lab, const char *repository, const struct slice *members, size_t count)
{
	return source_memory_manifest(&lab->source, repository, OCI_INDEX_TYPE,
				      lab_index_bytes(lab, members, count, OCI_MANIFEST_TYPE));
}

void lab_tag(struct lab *lab, const char *repository, const char *tag, struct slice digest)
{
	source_memory_tag(&lab->source, repository, tag, digest, OCI_MANIFEST_TYPE);
}

/* --- walking --- */
void lab_begin(struct lab *lab)
{
	struct error *err = NULL;
	lab->walk = image_walk_free(lab->walk);
	check_ok(image_walk_new(&lab->options, &lab->walk, &err), &err);
}

void lab_run(struct lab *lab)
{
	struct error *err = NULL;
	check_ok(image_walk_run(lab->walk, &lab->result, &err), &err);
}

void lab_walk_all(struct lab *lab)
{
	struct error *err = NULL;
	lab_begin(lab);
	check_ok(image_walk_catalog(lab->walk, NULL, NULL, &err), &err);
	lab_run(lab);
}

/* --- what came of it --- */
size_t lab_count(const struct lab *lab, const struct record_type *type)
{
	size_t count = 0;
	for (size_t i = 0; i < lab->sink.record_count; i++)
		count += lab->sink.records[i].type == type;
	return count;
}

const void *lab_find(const struct lab *lab, const struct record_type *type, const char *field, struct slice text)
{
	const struct field *of = record_field(type, field);
	assert_non_null(of);
	for (size_t i = 0; i < lab->sink.record_count; i++) {
		const struct memory_record *record = &lab->sink.records[i];
		if (record->type == type && slice_equal(field_text(of, record->record), text))
			return record->record;
	}
	return NULL;
}

const struct coverage *lab_coverage(const struct lab *lab, const char *kind, const char *namespace)
{
	for (size_t i = 0; i < lab->sink.record_count; i++) {
		const struct coverage *coverage = lab->sink.records[i].record;
		if (lab->sink.records[i].type == &coverage_type && slice_equal_text(coverage->kind, kind) &&
		    slice_equal_text(coverage->namespace, namespace))
			return coverage;
	}
	return NULL;
}

const struct registry_answer *lab_answer(const struct lab *lab, const char *repository, struct slice reference)
{
	for (size_t i = 0; i < lab->sink.record_count; i++) {
		const struct registry_answer *answer = lab->sink.records[i].record;
		if (lab->sink.records[i].type == &registry_answer_type &&
		    slice_equal_text(answer->repository, repository) && slice_equal(answer->reference, reference))
			return answer;
	}
	return NULL;
}

void check_covered(const struct lab *lab, const char *kind, const char *namespace, const char *outcome,
		   const char *why_part)
{
	const struct coverage *coverage = lab_coverage(lab, kind, namespace);
	if (!coverage)
		fail_msg("no coverage of %s %s", kind, namespace);
	check_slice(coverage->outcome, outcome);
	if (!why_part)
		assert_null(coverage->why.data);
	else if (!slice_contains(coverage->why, why_part))
		fail_msg("%s %s: \"%.*s\" does not say \"%s\"", kind, namespace, SLICE_ARG(coverage->why), why_part);
}
