#include "base/program.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

static bool is_program(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/* Folders of PATH that are relative are passed over, as Go does: whoever chose the working directory would choose the
 * program. */
static int find_in_path(struct arena *arena, struct slice command, struct slice *ret_path, struct error **err)
{
	struct slice folder, path, rest = slice_of(getenv("PATH"));
	*ret_path = SLICE_NONE;
	while (rest.data) {
		slice_cut(rest, ':', &folder, &rest);
		if (!slice_starts_with(folder, "/"))
			continue;
		if (path_join(arena, folder, command, &path, err) < 0)
			return -1;
		if (is_program(path.data)) {
			*ret_path = path;
			return 0;
		}
	}
	return 0;
}

int program_find(struct arena *arena, struct slice command, struct slice folder, struct slice *ret_path,
		 struct error **err)
{
	struct slice path;
	if (!slice_contains(command, "/"))
		return find_in_path(arena, command, ret_path, err);
	if (path_join(arena, folder, command, &path, err) < 0)
		return -1;
	*ret_path = path;
	return 0;
}

int program_allows(struct arena *arena, struct slice allowed, struct slice command, struct slice path, bool *ret_allows,
		   struct error **err)
{
	struct slice found;
	*ret_allows = false;
	if (!allowed.len)
		return 0;
	if (slice_contains(allowed, "/")) {
		if (path_absolute(arena, allowed, &found, err) < 0)
			return -1;
		*ret_allows = slice_equal(found, path);
		return 0;
	}
	if (slice_equal(allowed, command)) {
		*ret_allows = true;
		return 0;
	}
	if (find_in_path(arena, allowed, &found, err) < 0)
		return -1;
	*ret_allows = found.data && slice_equal(found, path);
	return 0;
}
