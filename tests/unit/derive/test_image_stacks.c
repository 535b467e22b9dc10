#include "derive/image_scene.h"

static const struct world_list *list_at(const struct map *map, struct slice key)
{
	const struct world_list *list = map_get(map, key);
	assert_non_null(list);
	return list;
}

static void images_are_found_by_chain_and_by_layer(void **state)
{
	(void)state;
	struct scenario s;
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	const struct manifest *base = add_image(&s, "base", "linux/amd64", "d");
	add_image(&s, "twin", "linux/amd64", "d");
	const struct manifest *app = add_image(&s, "app", "linux/amd64", "d empty a empty");
	scenario_world(&s);
	const struct world_images *images = s.world->images;
	assert_int_equal(list_at(&images->by_chain, base->chain_id)->len, 2);
	assert_int_equal(list_at(&images->by_chain, app->chain_id)->len, 1);
	assert_int_equal(list_at(&images->by_layer, base->diff_ids.items[0])->len, 3);
	assert_int_equal(list_at(&images->by_layer, app->diff_ids.items[1])->len, 1); /* it holds it twice */
	scenario_release(&s);
}

/* Two thousand images with a layer each on one base, and as many that differ in a label alone: no step is made for each
 * two of them. They share one list. */
static void a_base_with_many_children_is_found(void **state)
{
	(void)state;
	struct scenario s;
	char name[16], layers[32];
	scenario_init(&s);
	add_registry(&s, "docker.io", HOUR(0));
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "base%d", i);
		add_image(&s, name, "linux/amd64", "d");
		snprintf(name, sizeof name, "app%d", i);
		snprintf(layers, sizeof layers, "d l%d", i);
		add_image(&s, name, "linux/amd64", layers);
	}
	scenario_world(&s);
	assert_int_equal(manifest_named(&s, "base0")->built_on_this.len, 2000);
	assert_ptr_equal(manifest_named(&s, "base0")->built_on_this.items,
			 manifest_named(&s, "base1999")->built_on_this.items);
	assert_non_null(manifest_named(&s, "app1999")->base);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_are_found_by_chain_and_by_layer),
		cmocka_unit_test(a_base_with_many_children_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
