#include "kube/object/error_text.h"

#include "base/limits.h"
#include "kube/object/mask.h"

bool error_text_likely(struct slice text)
{
	static const char *const starts[] = {
		"Error from server",
		"error: ",
		"Error: ",
		"Unable to connect to the server",
		"The connection to the server",
		"No resources found",
	};
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (slice_starts_with(text, starts[i]))
			return true;
	}
	return false;
}

int error_text_put(struct object_context *context, struct slice text, struct slice place, struct error **err)
{
	struct slice line, rest, message;
	slice_cut(slice_trim(text), '\n', &line, &rest);
	line = slice_part(slice_trim(line), 0, LIMIT_MESSAGE_BYTES);
	if (mask_tokens(line, &context->scratch, &message, err) < 0)
		return -1;
	return object_file_defect(context, "error_response", place, message, err);
}
