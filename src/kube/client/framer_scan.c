#include "kube/client/framer_scan.h"

#include "base/ascii.h"

const char FRAME_TOO_DEEP[] = "nested too deeply";

void frame_scan_start(struct frame_scan *scan)
{
	scan->depth = 0;
	scan->started = scan->in_string = scan->escaped = false;
}

bool frame_scan_is_scalar(const struct frame_scan *scan)
{
	return scan->started && !scan->depth && !scan->in_string;
}

/* --- strings --- */
static size_t backslashes_behind(struct slice text)
{
	size_t count = 0;
	while (count < text.len && text.data[text.len - 1 - count] == '\\')
		count++;
	return count;
}

/* What comes behind `text` is escaped; it is itself, whole, behind a backslash where `escaped` says so. */
static bool ends_escaped(struct slice text, bool escaped)
{
	size_t count = backslashes_behind(text);
	return (count + (escaped && count == text.len)) % 2 == 1;
}

/* Up to the closing quote, and past it: true. False: the piece ended in the string. */
static bool pass_string(struct frame_scan *scan, struct cursor *c)
{
	struct slice text;
	while (cursor_take_to(c, '"', &text)) {
		bool escaped = ends_escaped(text, scan->escaped);
		cursor_skip(c, 1);
		scan->escaped = false;
		if (!escaped)
			return true;
	}
	scan->escaped = ends_escaped(text, scan->escaped);
	cursor_skip(c, text.len);
	return false;
}

/* --- brackets --- */
static bool open_bracket(struct frame_scan *scan, bool object)
{
	unsigned level = scan->depth;
	unsigned bit = 1u << level % 8;
	if (level >= LIMIT_JSON_DEPTH)
		return false;
	scan->objects[level / 8] = (unsigned char)((scan->objects[level / 8] & ~bit) | (object ? bit : 0));
	scan->depth++;
	return true;
}

static bool close_bracket(struct frame_scan *scan, bool object)
{
	unsigned level = scan->depth - 1;
	if (!scan->depth || (scan->objects[level / 8] >> level % 8 & 1) != object)
		return false;
	scan->depth--;
	return true;
}

/* What a byte outside strings is. */
enum byte_class { PLAIN, QUOTE, OPEN, CLOSE, END };
static const unsigned char CLASSES[256] = {
	['"'] = QUOTE, ['{'] = OPEN, ['['] = OPEN, ['}'] = CLOSE, [']'] = CLOSE,
	[','] = END,   [' '] = END,  ['\t'] = END, ['\r'] = END,  ['\n'] = END,
};

/* A bracket at the cursor. */
static const char *pass_bracket(struct frame_scan *scan, struct cursor *c)
{
	int byte = cursor_peek(c);
	bool object = byte == '{' || byte == '}';
	if (CLASSES[byte] == OPEN && !open_bracket(scan, object))
		return FRAME_TOO_DEEP;
	if (CLASSES[byte] == CLOSE && !close_bracket(scan, object))
		return "a bracket closes what another one opened";
	cursor_skip(c, 1);
	return NULL;
}

/* A number or word that stands alone: 1 at its end. */
static int pass_scalar(struct cursor *c)
{
	while (cursor_left(c) > 0) {
		if (CLASSES[cursor_peek(c)] != PLAIN)
			return 1;
		cursor_skip(c, 1);
	}
	return 0;
}

/* Inside brackets, outside strings: up to the next quote or bracket. False: there is none in the piece. */
static bool pass_plain(struct cursor *c)
{
	struct cursor at = *c; /* where a register can hold it */
	int byte;
	while ((byte = cursor_peek(&at)) >= 0 && (CLASSES[byte] == PLAIN || CLASSES[byte] == END))
		cursor_skip(&at, 1);
	*c = at;
	return byte >= 0;
}

/* --- values --- */
/* The first byte, which is no blank. */
static const char *begin(struct frame_scan *scan, struct cursor *c)
{
	int byte = cursor_peek(c);
	scan->started = true;
	if (CLASSES[byte] == PLAIN)
		return NULL;
	if (CLASSES[byte] == OPEN)
		return pass_bracket(scan, c);
	if (CLASSES[byte] != QUOTE)
		return "a value is missing";
	scan->in_string = true;
	cursor_skip(c, 1);
	return NULL;
}

/* As frame_scan_on, of a value that has begun and is no scalar. */
static int pass_on(struct frame_scan *scan, struct cursor *c, const char **ret_problem)
{
	const char *problem;
	for (;;) {
		if (scan->in_string && !pass_string(scan, c))
			return 0;
		scan->in_string = false;
		if (!scan->depth)
			return 1;
		if (!pass_plain(c))
			return 0;
		if (cursor_peek(c) == '"') {
			scan->in_string = true;
			cursor_skip(c, 1);
		} else if ((problem = pass_bracket(scan, c))) {
			*ret_problem = problem;
			return -1;
		}
	}
}

int frame_scan_on(struct frame_scan *scan, struct cursor *c, const char **ret_problem)
{
	if (!cursor_left(c))
		return 0;
	if (!scan->started && (*ret_problem = begin(scan, c)))
		return -1;
	return frame_scan_is_scalar(scan) ? pass_scalar(c) : pass_on(scan, c, ret_problem);
}
