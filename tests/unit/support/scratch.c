#include "support/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/check.h"

struct scratch scratch_make(void)
{
	struct scratch s = { "/tmp/fother-test-XXXXXX" };
	assert_non_null(mkdtemp(s.path));
	return s;
}

const char *scratch_path(const struct scratch *s, const char *name)
{
	static char path[4096];
	assert_in_range(snprintf(path, sizeof path, "%s/%s", s->path, name), 1, sizeof path - 1);
	return path;
}

static void make_folders_above(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
}

void scratch_write(const struct scratch *s, const char *name, struct slice bytes)
{
	char path[4096];
	assert_in_range(snprintf(path, sizeof path, "%s/%s", s->path, name), 1, sizeof path - 1);
	make_folders_above(path);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	if (bytes.len)
		assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

void scratch_remove(struct scratch *s)
{
	if (s->path[0])
		nftw(s->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	s->path[0] = '\0';
}
