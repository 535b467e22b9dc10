#include "kube/object/item.h"

#include "kube/object/api_path.h"
#include "kube/object/decode.h"
#include "kube/object/frozen.h"

static const struct object_meta NO_METADATA = { .namespace = { "", 0 } };

void item_start(struct item *ret_item, struct object_context *context, struct arena *arena, const struct object *object)
{
	/* What has no namespace lies in the one without a name, so that every record has its whole identity. */
	if (object->metadata && !object->metadata->namespace.data)
		object->metadata->namespace = SLICE("");
	*ret_item = (struct item){
		.context = context,
		.arena = arena,
		.object = object,
		.meta = object->metadata ? object->metadata : &NO_METADATA,
		.label = SLICE("Object"),
	};
}

static int fill_uid(struct item *item, struct error **err)
{
	item->uid = item->meta->uid;
	if (item->uid.len)
		return 0;
	item->uid = arena_printf(item->arena, "%.*s/%.*s", SLICE_ARG(item->meta->namespace),
				 SLICE_ARG(item->meta->name));
	return item->uid.data ? 0 : arena_fail(item->arena, err);
}

static int fill_label(struct item *item, bool built_in, struct error **err)
{
	if (item->kind.len)
		item->label = item->kind;
	if (built_in || !item->group.len)
		return 0;
	item->label = arena_printf(item->arena, "%.*s.%.*s", SLICE_ARG(item->kind), SLICE_ARG(item->group));
	return item->label.data ? 0 : arena_fail(item->arena, err);
}

int item_identify(struct item *item, bool built_in, struct error **err)
{
	return fill_label(item, built_in, err) < 0 ? -1 : fill_uid(item, err);
}

int item_put_faults(const struct item *item, const struct decoder *decoder, struct error **err)
{
	for (size_t i = 0; i < decoder->fault_count; i++) {
		const struct fault *fault = &decoder->faults[i];
		if (item_defect(item, fault->code, fault->pointer, fault->message, false, err) < 0)
			return -1;
	}
	return 0;
}

int item_check(const struct item *item, const struct decoder *decoder, const char **ret_code, struct error **err)
{
	if (frozen_is(item))
		return frozen_check(item, ret_code, err);
	if (item_put_faults(item, decoder, err) < 0)
		return -1;
	*ret_code = decoder->fatal ? FAULT_TYPE : NULL;
	if (decoder->fatal || item->meta->name.len)
		return 0;
	*ret_code = "no_name";
	return item_defect(item, "no_name", SLICE("/metadata/name"), SLICE("an object without a name"), false, err);
}

/* deletionTimestamp is when the grace ends. */
void item_note_deletion(const struct item *item)
{
	const struct object_meta *meta = item->meta;
	int64_t grace = meta->deletion_grace_seconds.set ? meta->deletion_grace_seconds.value : 0;
	if (!meta->deleted.set || grace < 0 || grace > INT32_MAX)
		return;
	int64_t deleted = meta->deleted.value - grace * USEC_PER_SECOND;
	if (deleted > item->context->newest)
		item->context->newest = deleted;
}

int item_put(const struct item *item, const struct record_type *type, const void *record, struct error **err)
{
	struct sink *sink = item->context->sink;
	return sink->ops->put(sink, item->context->read, type, record, err);
}

int item_place(const struct item *item, struct slice *ret_place, struct error **err)
{
	char text[64];
	if (item->about)
		return api_path(item->about, item->meta->namespace, item->meta->name, item->arena, ret_place, err);
	*ret_place = arena_printf(item->arena, "%.*s: %s", SLICE_ARG(item->context->file),
				  reader_place(item->reader, item->offset, text));
	return ret_place->data ? 0 : arena_fail(item->arena, err);
}

int item_defect(const struct item *item, const char *code, struct slice pointer, struct slice message, bool blocks,
		struct error **err)
{
	struct defect defect;
	record_init(&defect_type, &defect);
	defect.object_kind = item->label;
	defect.namespace = item->meta->namespace;
	defect.object = item->meta->name.data ? item->meta->name : SLICE("");
	defect.object_uid = item->uid;
	defect.code = slice_of(code);
	defect.place = pointer.data ? pointer : SLICE("");
	if (item_place(item, &defect.file, err) < 0)
		return -1;
	defect.message = message;
	defect.blocks_pulls = blocks ? BOOL_TRUE : BOOL_FALSE;
	return item_put(item, &defect_type, &defect, err);
}

const struct owner_reference *item_controller(const struct item *item)
{
	const struct owner_reference *owners = item->meta->owners.items;
	for (size_t i = 0; i < item->meta->owners.len; i++) {
		if (owners[i].controller == FLAG_TRUE)
			return &owners[i];
	}
	return NULL;
}

struct slice api_group(struct slice api_version)
{
	struct slice group, version;
	return slice_cut(api_version, '/', &group, &version) ? group : SLICE("");
}

/* managed.h wants owners as "Kind.group" = name. */
static int owner_marks(const struct item *item, struct managed_mark **ret_marks, struct error **err)
{
	const struct owner_reference *owners = item->meta->owners.items;
	struct managed_mark *marks = arena_zeroed(item->arena, item->meta->owners.len, sizeof *marks);
	if (!marks)
		return arena_fail(item->arena, err);
	for (size_t i = 0; i < item->meta->owners.len; i++) {
		struct slice group = api_group(owners[i].api_version);
		marks[i].value = owners[i].name;
		marks[i].name = group.len ? arena_printf(item->arena, "%.*s.%.*s", SLICE_ARG(owners[i].kind),
							 SLICE_ARG(group))
					  : owners[i].kind;
		if (group.len && !marks[i].name.data)
			return arena_fail(item->arena, err);
	}
	*ret_marks = marks;
	return 0;
}

int item_managed_by(const struct item *item, struct slice data_manager, struct slice *ret_manager, struct slice *ret_at,
		    struct error **err)
{
	struct managed_mark *owners = NULL;
	struct managed_by managed = { 0 };
	if (item->meta->owners.len && owner_marks(item, &owners, err) < 0)
		return -1;
	struct managed_object object = {
		.namespace = item->meta->namespace,
		.name = item->meta->name,
		.labels = item->meta->labels.items,
		.label_count = item->meta->labels.len,
		.annotations = item->meta->annotations.items,
		.annotation_count = item->meta->annotations.len,
		.owners = owners,
		.owner_count = item->meta->owners.len,
		.data_manager = data_manager,
	};
	if (managed_by_of(&object, item->arena, &managed, err) < 0)
		return -1;
	*ret_manager = slice_of(managed.manager);
	if (ret_at)
		*ret_at = managed.at;
	return 0;
}

int item_names(const struct item *item, const struct list *references, struct slice_list *ret_names, struct error **err)
{
	const struct name_reference *reference = references->items;
	struct slice *names = arena_zeroed(item->arena, references->len + 1, sizeof *names);
	if (!names)
		return arena_fail(item->arena, err);
	*ret_names = (struct slice_list){ names, 0 };
	for (size_t i = 0; i < references->len; i++) {
		if (reference[i].name.len) /* {} names nothing */
			names[ret_names->len++] = reference[i].name;
	}
	return 0;
}
