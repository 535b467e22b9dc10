#include "credential/mask.h"
#include "kube/object/document.h"
#include "kube/object/error_text.h"
#include "kube/object/list_kind.h"
#include "kube/object/records.h"

static void start_item(const struct object_list *list, const struct object *object, struct arena *arena, size_t offset,
		       struct item *ret_item)
{
	item_start(ret_item, list->document->context, arena, object);
	ret_item->reader = list->document->reader;
	ret_item->offset = offset;
}

/* --- what is wrong with it --- */
/* An object that is not used: counted with its kind, whose list is then not complete. */
static int count_bad(struct object_list *list, const struct item *item, const char *code, struct error **err)
{
	struct object_context *context = item->context;
	struct slice place;
	if (item_place(item, &place, err) < 0)
		return -1;
	struct slice why = arena_printf(item->arena, "%.*s: %s", SLICE_ARG(place), code);
	if (!why.data)
		return arena_fail(item->arena, err);
	context->defects++;
	struct object_coverage *coverage = coverage_kind(context, item->label, err);
	struct object_scope *scope = coverage ? coverage_scope(&list->coverage, item->label, err) : NULL;
	if (!scope || coverage_break(context, scope, why, err) < 0)
		return -1;
	coverage->defects++;
	coverage->known = true;
	if (!coverage->first_bad.data && arena_copy(&context->kept, why, &coverage->first_bad) < 0)
		return arena_fail(&context->kept, err);
	return 0;
}

int put_lost_item(struct object_list *list, size_t offset, const char *code, struct slice message, struct error **err)
{
	struct document *document = list->document;
	char text[64];
	list->lost = true;
	return object_file_defect(document->context, code, slice_of(reader_place(document->reader, offset, text)),
				  message, err);
}

/* --- putting it --- */
/* When the object was last written, as far as it says. */
static int64_t written(const struct item *item)
{
	const struct managed_fields *fields = item->meta->managed_fields.items;
	int64_t latest = TIME_UNSET;
	for (size_t i = 0; i < item->meta->managed_fields.len; i++) {
		if (fields[i].time.set && (latest == TIME_UNSET || fields[i].time.value > latest))
			latest = fields[i].time.value;
	}
	return latest;
}

/* One dump may hold two states of an object. The one that was written later stands, whichever file comes first; where
 * nothing tells, the one that is read last. */
struct sight {
	bool first, outdated;
};

static int look_at(const struct item *item, struct sight *ret_sight, struct error **err)
{
	struct slice key = arena_printf(item->arena, "%.*s/%.*s", SLICE_ARG(item->label), SLICE_ARG(item->uid));
	if (!key.data)
		return arena_fail(item->arena, err);
	void **place = map_put(&item->context->seen, key);
	if (!place)
		return error_no_memory(err);
	int64_t *latest = *place, now = written(item);
	ret_sight->first = !latest;
	if (!latest && !(*place = latest = arena_zeroed(&item->context->kept, 1, sizeof *latest)))
		return arena_fail(&item->context->kept, err);
	ret_sight->outdated = !ret_sight->first && now != TIME_UNSET && *latest != TIME_UNSET && now < *latest;
	if (!ret_sight->outdated)
		*latest = now;
	return 0;
}

static int count_object(struct object_list *list, const struct item *item, bool known, bool *ret_outdated,
			struct error **err)
{
	struct object_context *context = item->context;
	bool is_secret = slice_equal_text(item->label, "Secret");
	struct sight sight = { 0 };
	struct slice type = item->object->type.len ? item->object->type : SLICE("Opaque");
	struct object_coverage *coverage = coverage_kind(context, item->label, err);
	if (!coverage || look_at(item, &sight, err) < 0)
		return -1;
	*ret_outdated = sight.outdated;
	coverage->known = coverage->known || known;
	coverage->objects += sight.first;
	context->objects += sight.first;
	if (!known)
		return 0;
	struct object_scope *scope = coverage_scope(&list->coverage, item->label, err);
	if (!scope)
		return -1;
	return coverage_widen(context, scope, item->meta->namespace, is_secret ? type : SLICE_NONE, err);
}

static int put_known(struct object_list *list, struct item *item, const struct decoder *decoder, put_records put,
		     struct error **err)
{
	const char *code;
	if (item_check(item, decoder, &code, err) < 0)
		return -1;
	if (code)
		return count_bad(list, item, code, err);
	item_note_deletion(item);
	bool outdated;
	if (count_object(list, item, true, &outdated, err) < 0)
		return -1;
	return outdated ? 0 : put(item, err);
}

static int put_by_kind(struct object_list *list, struct item *item, const struct decoder *decoder, bool group_known,
		       struct error **err)
{
	const struct known_kind *known = known_kind_of(item->kind, item->group, group_known);
	if (known && !group_known)
		item->group = slice_of(known->groups[0]);
	if (item_identify(item, known, err) < 0)
		return -1;
	put_records put = records_of(item, known, decoder->fatal);
	if (put)
		return put_known(list, item, decoder, put, err);
	bool outdated;
	return count_object(list, item, false, &outdated, err);
}

/* metav1.Status: what an API server says instead of an object. */
static int put_refusal(const struct item *item, struct error **err)
{
	struct slice said = item->object->message.data ? item->object->message : item->object->reason, message;
	char text[64];
	if (mask_tokens(said, item->arena, &message, err) < 0)
		return -1;
	return object_file_defect(item->context, "error_response",
				  slice_of(reader_place(item->reader, item->offset, text)), message, err);
}

/* Something whose kind is not known: no kind of this list is complete without it. */
static int put_kindless(struct object_list *list, struct item *item, struct error **err)
{
	struct slice document = item->reader->document;
	struct slice said = slice_part(document, item->offset, document.len);
	char text[64];
	if (list->kind_ahead.len && !slice_ends_with(list->kind_ahead, "List"))
		return 0; /* `items` of a custom kind that is no list */
	if (!list->object && error_text_likely(said))
		return error_text_put(item->context, said, slice_of(reader_place(item->reader, item->offset, text)),
				      err);
	list->lost = true;
	item->context->defects++;
	if (item_identify(item, true, err) < 0)
		return -1;
	return item_defect(item, "no_kind", SLICE("/kind"), SLICE("neither it nor its list says its kind"), false, err);
}

static int keep_version(struct object_context *context, const struct version_info *version, struct error **err)
{
	if (arena_copy(&context->kept, version->git_version, &context->server_version) < 0)
		return arena_fail(&context->kept, err);
	return 0;
}

int put_object(struct object_list *list, struct decoder *decoder, const struct object *object, size_t offset,
	       struct error **err)
{
	struct slice api_version = SLICE_NONE;
	struct item item;
	start_item(list, object, decoder->arena, offset, &item);
	if (list_kind_find(list, object, &item.kind, &api_version, err) < 0)
		return -1;
	item.group = api_group(api_version);
	if (slice_equal_text(item.kind, "Status") && !item.group.len)
		return put_refusal(&item, err);
	if (!item.kind.len && object->server_version)
		return keep_version(item.context, object->server_version, err);
	if (!item.kind.len)
		return put_kindless(list, &item, err);
	return put_by_kind(list, &item, decoder, api_version.len > 0, err);
}

/* --- the end of a list --- */
/* A list of one kind that holds nothing says so: that kind was read. */
static int count_empty(struct object_list *list, const struct object *object, struct error **err)
{
	struct slice kind = list_kind_of_items(object->kind), group = api_group(object->api_version);
	if (!kind.len || !known_kind_of(kind, group, object->api_version.len))
		return 0;
	struct object_coverage *coverage = coverage_kind(list->coverage.context, kind, err);
	if (!coverage || !coverage_scope(&list->coverage, kind, err))
		return -1;
	coverage->known = true;
	return 0;
}

/* What is wrong with the list's own fields. */
static int put_list_faults(struct object_list *list, const struct object *object, struct error **err)
{
	struct item item;
	start_item(list, object, list->decoder->arena, list->offset, &item);
	item.label = SLICE("List");
	item.context->defects += list->decoder->fatal;
	list->lost = list->lost || list->decoder->fatal;
	return item_put_faults(&item, list->decoder, err);
}

int put_list(struct object_list *list, const struct object *object, struct error **err)
{
	struct object_context *context = list->coverage.context;
	const char *why = NULL;
	if (count_empty(list, object, err) < 0 || put_list_faults(list, object, err) < 0)
		return -1;
	if (object->metadata && object->metadata->continue_token.len)
		why = "the list was cut: it ends with a continue token";
	else if (list->lost)
		why = "an item could not be read";
	if (!why)
		return 0;
	struct slice text = arena_printf(list->decoder->arena, "%.*s: %s", SLICE_ARG(context->file), why);
	return text.data ? coverage_break_list(&list->coverage, text, err) : arena_fail(list->decoder->arena, err);
}
