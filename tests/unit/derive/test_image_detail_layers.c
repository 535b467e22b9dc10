#include "derive/image_detail_layers.h"

#include "derive/world_images.h"
#include "image_details.h"
#include "image_scene.h"

/* debian below node below web; the world knows what is put into it. */
struct fleet {
	struct scenario s;
	struct image_detail debian, node, web;
};

static void put_image(struct fleet *f, const struct image_detail *detail, const char *repository)
{
	struct oci_manifest manifest = detail->manifest;
	struct manifest *record = add_record(&f->s, &manifest_type);
	struct tag *tag = add_record(&f->s, &tag_type);
	struct error *err = NULL;
	check_ok(image_manifest_record(detail->digest, 1, &manifest, detail->has_config ? &detail->config : NULL,
				       &f->s.arena, record, &err),
		 &err);
	record->first_seen = record->last_seen = f->s.now;
	record->gone = BOOL_FALSE;
	tag->registry = SLICE("docker.io");
	tag->repository = slice_of(repository);
	tag->tag = SLICE("1");
	tag->digest = detail->digest;
	tag->since = tag->first_seen = tag->last_seen = f->s.now;
	tag->gone = BOOL_FALSE;
}

static void fleet_init(struct fleet *f)
{
	scenario_init(&f->s);
	add_registry(&f->s, "docker.io", HOUR(1));
	f->debian = DETAIL('1', &f->s.arena, "a # debian.sh", "- CMD [\"bash\"]");
	f->node = DETAIL('2', &f->s.arena, "a # debian.sh", "- CMD [\"bash\"]", "- ENV NODE=20",
			 "b RUN /bin/sh -c install node # buildkit", "- CMD [\"node\"]");
	f->web = DETAIL('3', &f->s.arena, "a # debian.sh", "- CMD [\"bash\"]", "- ENV NODE=20",
			"b RUN /bin/sh -c install node # buildkit", "- CMD [\"node\"]", "- WORKDIR /srv",
			"c COPY . . # buildkit");
}

/* Each row as "number from instruction". */
static void check_rows(struct fleet *f, struct world *world, const struct image_detail *detail, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct record_list list;
	struct error *err = NULL;
	check_ok(image_layer_rows(world, detail, &f->s.arena, &list, &err), &err);
	const struct layer_row *rows = list.items;
	for (size_t i = 0; i < list.len; i++) {
		assert_true(slice_equal(rows[i].image, detail->digest));
		if (rows[i].number == INT_UNKNOWN)
			strbuf_add_char(&text, '-');
		else
			strbuf_add_int(&text, rows[i].number);
		strbuf_addf(&text, " %.*s %.*s\n", SLICE_ARG(rows[i].from.data ? rows[i].from : SLICE("-")),
			    SLICE_ARG(rows[i].instruction));
	}
	assert_string_equal(strbuf_text(&text), expected);
}

static void without_a_world_no_base_is_told(void **state)
{
	struct fleet f;
	fleet_init(&f);
	check_rows(&f, NULL, &f.debian, "1 - # debian.sh\n- - CMD [\"bash\"]\n");
	scenario_release(&f.s);
}

static void every_step_is_of_the_lowest_base_that_has_it(void **state)
{
	struct fleet f;
	fleet_init(&f);
	put_image(&f, &f.debian, "library/debian");
	put_image(&f, &f.node, "library/node");
	put_image(&f, &f.web, "acme/web");
	check_rows(&f, scenario_world(&f.s), &f.web,
		   "1 docker.io/library/debian:1 # debian.sh\n"
		   "- docker.io/library/debian:1 CMD [\"bash\"]\n"
		   "- docker.io/library/node:1 ENV NODE=20\n"
		   "2 docker.io/library/node:1 RUN install node\n"
		   "- docker.io/library/node:1 CMD [\"node\"]\n"
		   "- - WORKDIR /srv\n"
		   "3 - COPY . .\n");
	scenario_release(&f.s);
}

static void layers_of_an_untied_history_are_told_by_number(void **state)
{
	struct fleet f;
	fleet_init(&f);
	put_image(&f, &f.debian, "library/debian");
	put_image(&f, &f.node, "library/node");
	struct error *err = NULL;
	f.node.config.history_count = 1; /* one layer is not told of */
	check_ok(image_history_build(&f.node.manifest, &f.node.config, &f.s.arena, &f.node.history, &err), &err);
	check_rows(&f, scenario_world(&f.s), &f.node, "1 docker.io/library/debian:1 \n2 - \n- - # debian.sh\n");
	scenario_release(&f.s);
}

static void without_a_config_there_are_layers_alone(void **state)
{
	struct fleet f;
	fleet_init(&f);
	f.node.has_config = false;
	put_image(&f, &f.node, "library/node");
	check_rows(&f, scenario_world(&f.s), &f.node, "1 - \n2 - \n");
	scenario_release(&f.s);
}

static void a_row_has_all_of_its_layer_and_who_else_holds_it(void **state)
{
	struct fleet f;
	fleet_init(&f);
	put_image(&f, &f.debian, "library/debian");
	put_image(&f, &f.node, "library/node");
	struct record_list list;
	struct error *err = NULL;
	check_ok(image_layer_rows(scenario_world(&f.s), &f.debian, &f.s.arena, &list, &err), &err);
	const struct layer_row *row = list.items;
	assert_true(slice_equal(row->digest, f.debian.manifest.layers[0].digest));
	assert_true(slice_equal(row->diff_id, f.debian.config.diff_ids.items[0]));
	assert_int_equal(row->size_bytes, 10);
	assert_int_equal(row->created, 5);
	check_slice(row->dating, "dated");
	assert_int_equal(row->also_in.len, 1);
	assert_true(slice_equal(row->also_in.items[0], f.node.digest));
	scenario_release(&f.s);
}

static void the_base_for_a_dockerfile_is_the_nearest(void **state)
{
	struct fleet f;
	struct dockerfile_base base;
	struct error *err = NULL;
	fleet_init(&f);
	put_image(&f, &f.debian, "library/debian");
	put_image(&f, &f.node, "library/node");
	put_image(&f, &f.web, "acme/web");
	struct world *world = scenario_world(&f.s);
	assert_int_equal(image_detail_base(world, &f.web, &base, &err), 1);
	check_slice(base.name, "docker.io/library/node:1");
	check_slice(base.proof, "layers");
	assert_int_equal(base.steps, 5);
	assert_int_equal(image_detail_base(world, &f.debian, &base, &err), 0);
	assert_int_equal(image_detail_base(NULL, &f.web, &base, &err), 0);
	scenario_release(&f.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_world_no_base_is_told),
		cmocka_unit_test(every_step_is_of_the_lowest_base_that_has_it),
		cmocka_unit_test(layers_of_an_untied_history_are_told_by_number),
		cmocka_unit_test(without_a_config_there_are_layers_alone),
		cmocka_unit_test(a_row_has_all_of_its_layer_and_who_else_holds_it),
		cmocka_unit_test(the_base_for_a_dockerfile_is_the_nearest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
