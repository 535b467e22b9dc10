#include "cli/triage_rows.h"

#include "model/answer.h"

#define SECTIONS 8

struct section {
	const char *name;
	const struct record_type *type;
	struct record_list list;
};

static size_t sections_of(const struct session *session, const struct triage *triage, struct section sections[SECTIONS])
{
	const struct section all[SECTIONS] = {
		{ "do_now", &action_type, triage->actions },
		{ "bad_images", &sighting_type, triage->sightings },
		{ "images", &image_type, triage->images },
		{ "tags", &tag_row_type, triage->tags },
		{ "credentials", &credential_type, triage->credentials },
		{ "blocked", &secret_row_type, triage->blocked },
		{ "findings", &finding_type, session->world->findings },
		{ "not_known", &unknown_type, triage->unknown },
	};
	memcpy(sections, all, sizeof all);
	return SECTIONS;
}

static struct slice text_member(const struct record_type *type, const void *record, const char *const *names)
{
	for (; *names; names++) {
		const struct field *field = record_field(type, *names);
		if (field && field->type == FIELD_TEXT && field_text(field, record).data)
			return field_text(field, record);
	}
	return SLICE_NONE;
}

/* Which field of a section's record says what: the first that is there and known. */
static void flatten(const struct section *section, const void *record, struct triage_row *row)
{
	static const char *const what[] = { "action", "state", "severity", "outcome", NULL };
	static const char *const cluster[] = { "cluster", NULL };
	static const char *const namespace[] = { "namespace", NULL };
	static const char *const kind[] = { "workload_kind", "cred_kind", "subject_kind", "secret_type", "kind", NULL };
	static const char *const subject[] = { "subject", "workload", "username",   "name",
					       "node",    "tag",      "repository", NULL };
	static const char *const identity[] = { "fingerprint", "digest", "uid", "place", NULL };
	static const char *const registry[] = { "registry", NULL };
	static const char *const why[] = { "why", "title", "managed_by", NULL };
	const struct record_type *type = section->type;
	const struct field *rank = record_field(type, "rank");

	record_init(&triage_row_type, row);
	row->section = slice_of(section->name);
	row->rank = rank ? field_int(rank, record) : INT_UNKNOWN;
	row->what = text_member(type, record, what);
	row->cluster = text_member(type, record, cluster);
	row->namespace = text_member(type, record, namespace);
	row->kind = text_member(type, record, kind);
	row->subject = text_member(type, record, subject);
	row->registry = text_member(type, record, registry);
	row->identity = text_member(type, record, identity);
	row->why = text_member(type, record, why);
}

/* "acme/web:1.4": a tag alone says little. */
static int name_tag(struct session *session, const struct section *section, const void *record, struct triage_row *row,
		    struct error **err)
{
	const struct tag_row *tag = record;

	if (section->type != &tag_row_type)
		return 0;
	row->subject = arena_printf(&session->arena, "%.*s:%.*s", SLICE_ARG(tag->repository), SLICE_ARG(tag->tag));
	return row->subject.data ? 0 : arena_fail(&session->arena, err);
}

static int write_flat(struct session *session, struct output *output, const struct section *section, struct error **err)
{
	for (size_t i = 0; i < section->list.len; i++) {
		struct triage_row row;
		const void *record = (const char *)section->list.items + i * section->type->size;
		flatten(section, record, &row);
		if (name_tag(session, section, record, &row, err) < 0 ||
		    output_items(output, &triage_row_type, (struct record_list){ &row, 1 }, err) < 0)
			return -1;
	}
	return 0;
}

/* What to act on: each bad digest that was seen, then the logins in their order. */
static int write_identities(struct output *output, const struct triage *triage, struct error **err)
{
	CLEANUP(map_release) struct map seen = { 0 };
	struct sighting *items = triage->sightings.items;

	for (size_t i = 0; i < triage->sightings.len; i++) {
		void **place = items[i].digest.data ? map_put(&seen, items[i].digest) : NULL;
		if (items[i].digest.data && !place)
			return error_no_memory(err);
		if (!place || *place)
			continue;
		*place = items;
		if (output_items(output, &sighting_type, (struct record_list){ &items[i], 1 }, err) < 0)
			return -1;
	}
	return output_items(output, &credential_type, triage->credentials, err);
}

int triage_rows(struct session *session, struct output *output, const struct triage *triage, struct error **err)
{
	struct section sections[SECTIONS];
	size_t count = sections_of(session, triage, sections);
	bool flat = output->format == OUTPUT_CSV;

	if (output->quiet)
		return write_identities(output, triage, err);
	for (size_t i = 0; i < count; i++)
		if ((flat ? write_flat(session, output, &sections[i], err)
			  : output_items(output, sections[i].type, sections[i].list, err)) < 0)
			return -1;
	return 0;
}
