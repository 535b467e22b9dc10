#include "derive/image_detail_diff.h"

#include "image_details.h"
#include "support/torture.h"

static struct arena arena = ARENA_INIT(LIMIT_IMAGE_BYTES);

/* Each row as "what name|old|new". */
static void check_differences(const struct image_detail *old, const struct image_detail *new, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);
	struct record_list list;
	struct error *err = NULL;
	check_ok(image_detail_differences(SLICE("linux/amd64"), old, new, &arena, &list, &err), &err);
	const struct image_difference *rows = list.items;
	for (size_t i = 0; i < list.len; i++) {
		check_slice(rows[i].platform, "linux/amd64");
		struct slice old_text = rows[i].old.data ? rows[i].old : SLICE("-");
		struct slice new_text = rows[i].new.data ? rows[i].new : SLICE("-");
		bool judged = slice_equal_text(rows[i].what, "change");
		strbuf_addf(&text, "%.*s %.*s|%.*s|%.*s\n", SLICE_ARG(rows[i].what), SLICE_ARG(rows[i].name),
			    SLICE_ARG(judged ? slice_part(old_text, 0, 8) : old_text),
			    SLICE_ARG(judged ? slice_part(new_text, 0, 8) : new_text));
	}
	assert_string_equal(strbuf_text(&text), expected);
}

static void the_same_image_has_one_row(void **state)
{
	struct image_detail one = DETAIL('1', &arena, "a ADD x / # buildkit");
	check_differences(&one, &one, "change same|sha256:1|sha256:1\n");
}

static void what_was_not_read_is_not_known(void **state)
{
	struct image_detail one = DETAIL('1', &arena, "a ADD x / # buildkit");
	check_differences(&one, NULL, "change not known|sha256:1|-\n");
	check_differences(NULL, &one, "change not known|-|sha256:1\n");
}

static void layers_on_top_come_with_their_step(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit", "- ENV A=b");
	struct image_detail new = DETAIL('2', &arena, "a ADD x / # buildkit", "- ENV A=b",
					 "c RUN /bin/sh -c evil # buildkit");
	check_differences(&old, &new,
			  "change layers on top|sha256:1|sha256:2\n"
			  "layer 2|-|sha256:cccccccccccc RUN evil\n");
	check_differences(&new, &old,
			  "change layers taken away|sha256:2|sha256:1\n"
			  "layer 2|sha256:cccccccccccc RUN evil|-\n");
}

static void layers_that_were_replaced_stand_beside_each_other(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit", "b COPY y / # buildkit");
	struct image_detail new = DETAIL('2', &arena, "a ADD x / # buildkit", "c COPY z / # buildkit");
	check_differences(&old, &new,
			  "change last layers differ|sha256:1|sha256:2\n"
			  "layer 2|sha256:bbbbbbbbbbbb COPY y /|sha256:cccccccccccc COPY z /\n");
}

static void steps_without_a_layer_are_told_where_they_differ(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "- ENV A=b", "- USER web", "a ADD x / # buildkit", "- CMD x");
	struct image_detail new = DETAIL('2', &arena, "- ENV A=b", "- USER root", "- EXPOSE 80", "a ADD x / # buildkit",
					 "- CMD x");
	check_differences(&old, &new,
			  "change config only|sha256:1|sha256:2\n"
			  "step |USER web|USER root\n"
			  "step |-|EXPOSE 80\n");
}

static void set_variables(struct image_detail *detail, struct slice *variables, size_t count)
{
	detail->config.environment = (struct slice_list){ variables, count };
}

static void variables_by_name_with_secrets_masked(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit");
	struct image_detail new = DETAIL('2', &arena, "a ADD x / # buildkit");
	struct slice before[] = { SLICE("A=1"), SLICE("GONE=x"), SLICE("DB_PASSWORD=made-up-password"), SLICE("SAME=1"),
				  SLICE("T=dckr_pat_MADEUPMADEUPMADEUP1") };
	struct slice after[] = { SLICE("SAME=1"), SLICE("A=2"), SLICE("DB_PASSWORD=another-made-up"), SLICE("NEW"),
				 SLICE("T=dckr_pat_MADEUPMADEUPMADEUP2") };
	set_variables(&old, before, 5);
	set_variables(&new, after, 5);
	check_differences(&old, &new,
			  "change config only|sha256:1|sha256:2\n"
			  "variable A|1|2\n"
			  "variable GONE|x|-\n"
			  "variable DB_PASSWORD|[masked]|[masked]\n" /* they differ all the same */
			  "variable T|dckr_pat_[masked]|dckr_pat_[masked]\n"
			  "variable NEW|-|\n");
}

static void of_a_name_that_stands_twice_the_last_counts(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit");
	struct image_detail new = DETAIL('2', &arena, "a ADD x / # buildkit");
	struct slice before[] = { SLICE("A=1"), SLICE("A=2") }, after[] = { SLICE("A=2") };
	set_variables(&old, before, 2);
	set_variables(&new, after, 1);
	check_differences(&old, &new, "change config only|sha256:1|sha256:2\n");
}

static void every_field_of_the_config(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit");
	struct image_detail new = DETAIL('2', &arena, "a ADD x / # buildkit");
	static struct slice words[] = { SLICE("sh"), SLICE("a b") };
	static struct oci_annotation labels[] = { { SLICE("l"), SLICE("v") } };
	const struct slice_list list = { words, 2 };
	struct oci_config *c = &new.config;
	c->created.text = SLICE("now");
	c->author = SLICE("bob");
	c->user = SLICE("web");
	c->working_dir = SLICE("/srv");
	c->stop_signal = SLICE("SIGQUIT");
	c->platform = (struct oci_platform){ SLICE("linux"), SLICE("arm"), SLICE("v7"), SLICE("10") };
	c->entrypoint = c->command = c->shell = c->healthcheck = c->onbuild = c->ports = c->volumes = list;
	c->labels = labels;
	c->label_count = 1;
	new.manifest.annotations = labels;
	new.manifest.annotation_count = 1;
	check_differences(&old, &new,
			  "change config only|sha256:1|sha256:2\n"
			  "created |-|now\n"
			  "os |-|linux\n"
			  "architecture |-|arm\n"
			  "variant |-|v7\n"
			  "os version |-|10\n"
			  "author |-|bob\n"
			  "user |-|web\n"
			  "entrypoint |-|[\"sh\",\"a b\"]\n"
			  "command |-|[\"sh\",\"a b\"]\n"
			  "working dir |-|/srv\n"
			  "shell |-|[\"sh\",\"a b\"]\n"
			  "health check |-|[\"sh\",\"a b\"]\n"
			  "on build |-|[\"sh\",\"a b\"]\n"
			  "stop signal |-|SIGQUIT\n"
			  "ports |-|[\"sh\",\"a b\"]\n"
			  "volumes |-|[\"sh\",\"a b\"]\n"
			  "label l|-|v\n"
			  "annotation l|-|v\n");
}

static void without_a_config_the_layers_are_all(void **state)
{
	struct image_detail old = DETAIL('1', &arena, "a ADD x / # buildkit");
	struct image_detail new = DETAIL('2', &arena, "b ADD x / # buildkit");
	new.has_config = false;
	new.config = (struct oci_config){ 0 };
	new.history = (struct image_history){ 0 };
	old.config.user = SLICE("web");
	check_differences(&old, &new,
			  "change not known|sha256:1|sha256:2\n"
			  "layer 1|sha256:aaaaaaaaaaaa ADD x /|sha256:bbbbbbbbbbbb\n");
}

static int scenario(void *data, struct error **err)
{
	const struct image_detail *details = data;
	CLEANUP(arena_release) struct arena own = ARENA_INIT(LIMIT_IMAGE_BYTES);
	struct record_list rows;
	return image_detail_differences(SLICE_NONE, &details[0], &details[1], &own, &rows, err);
}

static void every_allocation_may_fail(void **state)
{
	struct image_detail details[] = { DETAIL('1', &arena, "a ADD x / # buildkit", "- USER a"),
					  DETAIL('2', &arena, "b ADD x / # buildkit", "- USER b") };
	struct slice before[] = { SLICE("A=1") }, after[] = { SLICE("B=1") };
	set_variables(&details[0], before, 1);
	set_variables(&details[1], after, 1);
	torture(scenario, details);
}

static int release(void **state)
{
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_image_has_one_row),
		cmocka_unit_test(what_was_not_read_is_not_known),
		cmocka_unit_test(layers_on_top_come_with_their_step),
		cmocka_unit_test(layers_that_were_replaced_stand_beside_each_other),
		cmocka_unit_test(steps_without_a_layer_are_told_where_they_differ),
		cmocka_unit_test(variables_by_name_with_secrets_masked),
		cmocka_unit_test(of_a_name_that_stands_twice_the_last_counts),
		cmocka_unit_test(every_field_of_the_config),
		cmocka_unit_test(without_a_config_the_layers_are_all),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
