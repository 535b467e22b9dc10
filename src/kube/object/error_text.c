#include "kube/object/error_text.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "credential/mask.h"

/* A line, and as much of it as helps. */
#define LOOKED_AT_BYTES 4096
#define SHOWN_BYTES 240

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

int error_text_add_line(struct strbuf *out, struct slice text, struct arena *arena, struct error **err)
{
	struct slice line, rest, masked;
	if (slice_starts_with(text, "\xef\xbb\xbf"))
		text = slice_part(text, 3, text.len);
	slice_cut(slice_trim(slice_part(text, 0, LOOKED_AT_BYTES)), '\n', &line, &rest);
	if (mask_tokens(slice_trim(line), arena, &masked, err) < 0)
		return -1;
	utf8_add_printable(out, slice_part(masked, 0, SHOWN_BYTES));
	return strbuf_failed(out, err) ? -1 : 0;
}

int error_text_message(struct strbuf *out, struct slice text, struct arena *arena, struct error **err)
{
	strbuf_add_text(out, "kubectl's words, not objects: ");
	return error_text_add_line(out, text, arena, err);
}

int error_text_put(struct object_context *context, struct slice text, struct slice place, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf message = STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	if (error_text_message(&message, text, &context->scratch, err) < 0)
		return -1;
	return object_file_defect(context, DEFECT_ERROR_TEXT, place, strbuf_slice(&message), err);
}
