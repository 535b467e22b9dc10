#include "support/mangle.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/check.h"

/* Pages, the last one forbidden; `end` is where it begins. */
struct guarded {
	char *start, *end;
	size_t size;
};

static struct guarded guarded_new(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (len / page + 2) * page;
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(start, MAP_FAILED);
	assert_int_equal(mprotect(start + size - page, page, PROT_NONE), 0);
	return (struct guarded){ start, start + size - page, size };
}

static struct slice guarded_copy(const struct guarded *g, struct slice bytes)
{
	char *at = g->end - bytes.len;
	if (bytes.len)
		memcpy(at, bytes.data, bytes.len);
	return (struct slice){ at, bytes.len };
}

void mangle_truncate(struct slice good, mangle_check check, void *data)
{
	struct guarded g = guarded_new(good.len);
	for (size_t len = 0; len < good.len; len++)
		check(guarded_copy(&g, slice_part(good, 0, len)), len, data);
	munmap(g.start, g.size);
}

void mangle_flip(struct slice good, mangle_check check, void *data)
{
	struct guarded g = guarded_new(good.len);
	for (size_t bit = 0; bit < 8 * good.len; bit++) {
		struct slice variant = guarded_copy(&g, good);
		g.end[(ptrdiff_t)(bit / 8) - (ptrdiff_t)good.len] ^= (char)(1 << bit % 8);
		check(variant, bit, data);
	}
	munmap(g.start, g.size);
}

void mangle_none(struct slice good, mangle_check check, void *data)
{
	struct guarded g = guarded_new(good.len);
	check(guarded_copy(&g, good), good.len, data);
	munmap(g.start, g.size);
}
