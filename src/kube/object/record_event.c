#include "credential/mask.h"
#include "kube/object/records.h"

/* Reasons that speak of images whatever the message says; of the others, those whose message names an image. */
static bool is_about_images(struct slice reason)
{
	static const char *const reasons[] = {
		"Pulling",
		"Pulled",
		"ErrImagePull",
		"ImagePullBackOff",
		"ErrImageNeverPull",
		"InspectFailed",
		"InvalidImageName",
		"RegistryUnavailable",
		"SignatureValidationFailed",
		"FailedToRetrieveImagePullSecret",
	};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		if (slice_equal_text(reason, reasons[i]))
			return true;
	}
	return false;
}

/* Pulling image "docker.io/acme/web:1": what stands in quotes behind `image`. */
static struct slice image_in(struct slice message)
{
	struct slice before, rest = message, image, behind;
	while (rest.data && slice_cut(rest, '"', &before, &rest)) {
		struct slice word = slice_part(before, before.len < 6 ? 0 : before.len - 6, 6);
		if (!slice_cut(rest, '"', &image, &behind))
			return SLICE_NONE;
		if (slice_equal_nocase(word, SLICE("image ")) && image.len)
			return image;
		rest = behind;
	}
	return SLICE_NONE;
}

/* spec.containers{web} -> web */
static struct slice container_in(struct slice field_path)
{
	struct slice before, rest, name;
	if (!slice_cut(field_path, '{', &before, &rest) || !slice_ends_with(rest, "}"))
		return SLICE_NONE;
	name = slice_part(rest, 0, rest.len - 1);
	return name.len ? name : SLICE_NONE;
}

static void fill_times(const struct object *object, struct event *event)
{
	const struct event_series *series = object->series;
	event->count = optional_int(series && series->count.set ? series->count : object->count);
	event->first_time = optional_time(object->first_time.set ? object->first_time : object->event_time);
	event->last_time = optional_time(series && series->last_observed.set ? series->last_observed
					 : object->last_time.set             ? object->last_time
									     : object->event_time);
	if (event->last_time == TIME_UNSET)
		event->last_time = event->first_time;
}

static void fill_involved(const struct object_reference *involved, struct event *event)
{
	event->involved_kind = involved->kind;
	event->involved_name = involved->name;
	event->involved_uid = involved->uid;
	event->container = container_in(involved->field_path);
}

int put_event(const struct item *item, struct error **err)
{
	const struct object *object = item->object;
	struct slice image = image_in(object->message);
	struct event event;
	if (!image.data && !is_about_images(object->reason))
		return 0;
	record_init(&event_type, &event);
	event.uid = item->uid;
	event.namespace = item->meta->namespace;
	event.reason = object->reason;
	event.node = object->source && object->source->host.len ? object->source->host : object->reporting_instance;
	if (object->involved)
		fill_involved(object->involved, &event);
	fill_times(object, &event);
	if (mask_image(image, item->arena, &event.image, err) < 0 ||
	    mask_tokens(object->message, item->arena, &event.message, err) < 0)
		return -1;
	return item_put(item, &event_type, &event, err);
}
