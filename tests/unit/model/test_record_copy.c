#include "support/check.h"

#include "base/limits.h"
#include "model/answer.h"
#include "model/record_copy.h"

static void a_copy_shares_nothing_with_its_record(void **state)
{
	struct arena arena = ARENA_INIT(LIMIT_MIB);
	char name[] = "hub", tag[] = "1.4", place[] = "prod";
	struct slice tags[] = { { tag, 3 } };
	struct sighting sightings[1];
	struct image image;

	(void)state;
	record_init(&sighting_type, &sightings[0]);
	sightings[0].cluster = (struct slice){ place, 4 };
	record_init(&image_type, &image);
	image.repository = (struct slice){ name, 3 };
	image.tags = (struct slice_list){ tags, 1 };
	image.sightings = (struct record_list){ sightings, 1 };
	image.runs = 7;
	struct image *copy = record_copy(&image_type, &image, &arena);
	assert_non_null(copy);
	memset(name, 'x', 3);
	memset(tag, 'x', 3);
	memset(place, 'x', 4);
	check_slice(copy->repository, "hub");
	check_slice(copy->tags.items[0], "1.4");
	check_slice(((const struct sighting *)copy->sightings.items)[0].cluster, "prod");
	assert_int_equal(copy->runs, 7);
	assert_null(copy->registry.data);
	assert_int_equal(copy->built, TIME_UNSET);
	arena_release(&arena);
}

static void no_room_is_no_copy(void **state)
{
	struct arena arena = ARENA_INIT(16);
	struct error *err = NULL;
	struct image image;

	(void)state;
	record_init(&image_type, &image);
	assert_null(record_copy(&image_type, &image, &arena));
	assert_int_equal(arena_fail(&arena, &err), -1);
	check_error(&err, ERROR_LIMIT, "");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_shares_nothing_with_its_record),
		cmocka_unit_test(no_room_is_no_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
