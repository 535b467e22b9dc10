#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/strbuf.h"

struct slice path_folder(struct slice path)
{
	struct slice folder, name;
	if (!slice_cut_last(path, '/', &folder, &name))
		return SLICE(".");
	return folder.len ? folder : SLICE("/");
}

/* Takes the last part off, but never the root. */
static void leave_folder(struct strbuf *out)
{
	struct slice folder, name;
	strbuf_cut(out, slice_cut_last(strbuf_slice(out), '/', &folder, &name) ? folder.len : 0);
}

static void add_parts(struct strbuf *out, struct slice path)
{
	struct slice part, rest = path;
	while (rest.data) {
		slice_cut(rest, '/', &part, &rest);
		if (slice_equal_text(part, "..")) {
			leave_folder(out);
		} else if (part.len && !slice_equal_text(part, ".")) {
			strbuf_add_char(out, '/');
			strbuf_add_slice(out, part);
		}
	}
}

int path_join(struct arena *arena, struct slice folder, struct slice path, struct slice *ret_path, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(LIMIT_LINE_BYTES);
	if (path.len && memchr(path.data, '\0', path.len))
		return error_set(err, ERROR_SYNTAX, "a path with a NUL in it");
	if (!slice_starts_with(path, "/"))
		add_parts(&out, folder);
	add_parts(&out, path);
	if (!out.len)
		strbuf_add_char(&out, '/');
	if (strbuf_failed(&out, err))
		return -1;
	return arena_copy(arena, strbuf_slice(&out), ret_path) < 0 ? arena_fail(arena, err) : 0;
}

int path_absolute(struct arena *arena, struct slice path, struct slice *ret_path, struct error **err)
{
	char folder[PATH_MAX];
	if (!slice_starts_with(path, "/") && !getcwd(folder, sizeof folder))
		return error_set_errno(err, errno, "the working directory");
	return path_join(arena, slice_starts_with(path, "/") ? SLICE("/") : slice_of(folder), path, ret_path, err);
}
