#include "oci/transport/link.h"

#include "support/check.h"
#include "support/mangle.h"

static void check_next(const char *value, const char *target)
{
	struct slice found;
	enum link_result result = link_next(slice_of(value), &found);
	if (result != LINK_NEXT)
		fail_msg("%s has no next page (%d)", value, result);
	check_slice(found, target);
}

static void links_to_a_next_page(void **state)
{
	check_next("</v2/_catalog?last=a%2Fb&n=100>; rel=\"next\"", "/v2/_catalog?last=a%2Fb&n=100");
	check_next("<https://x/y>;rel=next", "https://x/y");
	check_next("<a>; rel=\"prev\", <b>; rel=\"next\"", "b");
	check_next("<a>; rel=\"prev NEXT\"", "a");
	check_next("<a>; title=\"x, y; rel=prev\"; REL = next", "a");
	check_next(" , <a,b;c> ; rel=next ; x", "a,b;c");
	check_next("<a>; rel=next, <b>; rel=next", "a");
	check_next("<a>;; rel=next;", "a");
	check_next("<>; rel=next", "");
	check_next("< a >; rel=next", "a");
}

static void links_to_something_else(void **state)
{
	static const char *const none[] = { "",
					    " , ",
					    "<a>",
					    "<a>; rel=prev",
					    "<a>; rel=\"nextpage\"",
					    "<a>; title=next",
					    "<a>; rel=prev; rel=next",
					    "<a>; rel",
					    "<a>; rel=\"\"",
					    NULL };
	struct slice found;
	for (const char *const *value = none; *value; value++)
		if (link_next(slice_of(*value), &found) != LINK_NONE)
			fail_msg("%s is not none", *value);
}

static void broken_links(void **state)
{
	static const char *const bad[] = { "/v2/_catalog; rel=next",
					   "<a; rel=next",
					   "rel=next",
					   "<a> rel=next",
					   "<a>; rel=\"next",
					   "<a>; =x",
					   "<a>; rel=prev, b",
					   "<a>; \"x\"",
					   "x",
					   NULL };
	struct slice found;
	for (const char *const *value = bad; *value; value++)
		if (link_next(slice_of(*value), &found) != LINK_BROKEN)
			fail_msg("%s is not broken", *value);
}

static void read_mangled(struct slice variant, size_t at, void *data)
{
	struct slice found = SLICE_NONE;
	if (link_next(variant, &found) == LINK_NEXT)
		assert_true(found.len <= variant.len);
}

static void cut_and_flipped_links(void **state)
{
	struct slice good = SLICE("<a>; rel=\"prev\"; title=\"x\\\"y\", </v2/_catalog?last=a>; rel=\"next\"");
	mangle_truncate(good, read_mangled, NULL);
	mangle_flip(good, read_mangled, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_to_a_next_page),
		cmocka_unit_test(links_to_something_else),
		cmocka_unit_test(broken_links),
		cmocka_unit_test(cut_and_flipped_links),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
