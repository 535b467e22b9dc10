#include "oci/format/image_source.h"

const char *image_outcome_text(enum image_outcome outcome)
{
	static const char *const texts[] = {
		[IMAGE_PRESENT] = "present",         [IMAGE_ABSENT] = "absent",
		[IMAGE_UNSUPPORTED] = "unsupported", [IMAGE_FORBIDDEN] = "forbidden",
		[IMAGE_LIMITED] = "limited",         [IMAGE_INVALID] = "invalid",
		[IMAGE_FAILED] = "failed",           [IMAGE_INTERRUPTED] = "interrupted",
	};
	return texts[outcome];
}
