/* Which folder is a cluster. */
#include "support/check.h"

#include "base/strbuf.h"
#include "collect/snapshot/dump_internal.h"

static void close_nothing(struct dump *dump)
{
	(void)dump;
}

static const struct dump_ops no_ops = { .close = close_nothing };

/* Paths joined with blanks; a path that begins with '!' is no document of ours, with '?' an empty one, with
 * '+' an error text of kubectl's. */
static struct dump *lay_out(const char *paths)
{
	struct error *err = NULL;
	struct dump *dump = dump_new(sizeof *dump, &no_ops, &err);
	struct slice path, rest = slice_of(paths);
	dump->name = SLICE("dump");
	while (rest.data) {
		slice_cut(rest, ' ', &path, &rest);
		enum content content = path.data[0] == '!'   ? CONTENT_OTHER
				       : path.data[0] == '?' ? CONTENT_EMPTY
				       : path.data[0] == '+' ? CONTENT_ERROR_TEXT
							     : CONTENT_JSON;
		assert_non_null(dump_add(dump, slice_part(path, content != CONTENT_JSON, path.len), content, &err));
	}
	check_ok(dump_lay_out(dump, &err), &err);
	return dump;
}

/* `expected`: NAME@FOLDER of each cluster, then the cluster of each file (- for none). */
static void check_layout(const char *paths, const char *expected)
{
	CLEANUP(dump_freep) struct dump *dump = lay_out(paths);
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(10000);
	for (size_t i = 0; i < dump->clusters.len; i++)
		strbuf_addf(&out, "%.*s@%.*s ", SLICE_ARG(dump->clusters.items[i].name),
			    SLICE_ARG(dump->clusters.items[i].folder));
	strbuf_add_text(&out, "|");
	for (size_t i = 0; i < dump->files.len; i++)
		if (dump->files.items[i].cluster == DUMP_NO_CLUSTER)
			strbuf_add_text(&out, " -");
		else
			strbuf_addf(&out, " %zu", dump->files.items[i].cluster);
	assert_string_equal(strbuf_text(&out), expected);
}

static void test_files_at_the_top_are_one_cluster(void **state)
{
	check_layout("pods.json secrets.json", "dump@ | 0 0");
	check_layout("nodes.json default/pods.json kube-system/pods.json", "dump@ | 0 0 0");
}

static void test_folders_are_clusters(void **state)
{
	check_layout("prod/a.json prod/b.json stage/a.json", "prod@prod stage@stage | 0 0 1");
	check_layout("prod/ns/a.json stage/ns/deep/a.json", "prod@prod stage@stage | 0 1");
	check_layout("b/x a/x b/y", "b@b a@a | 0 1 0");
}

static void test_common_folders_are_passed_over(void **state)
{
	check_layout("dump1/prod/a dump1/stage/a", "prod@dump1/prod stage@dump1/stage | 0 1");
	check_layout("a/b/prod/x a/b/stage/x", "prod@a/b/prod stage@a/b/stage | 0 1");
	check_layout("prod/a prod/b", "prod@prod | 0 0");
	check_layout("x/prod/a", "prod@x/prod | 0");
	check_layout("prod/nodes prod/ns1/pods prod/ns2/pods", "prod@prod | 0 0 0");
}

static void test_prefixes_of_names_are_not_folders(void **state)
{
	check_layout("prod/a prod2/a !prod2/README !prod", "prod@prod prod2@prod2 | 0 1 1 -");
}

static void test_what_is_not_ours_decides_nothing(void **state)
{
	check_layout("!README.txt prod/a stage/a !stage/notes.txt", "prod@prod stage@stage | - 0 1 1");
	check_layout("!README.txt prod/a", "prod@prod | - 0");
	check_layout("!a !b/c", "| - -");
}

static void test_damaged_files_decide_only_when_nothing_else_does(void **state)
{
	check_layout("?cronjobs.json prod/a stage/a", "prod@prod stage@stage | 0 0 1");
	check_layout("?a/x ?b/x", "a@a b@b | 0 1");
	check_layout("?pods.json", "dump@ | 0");
	check_layout("prod/a ?prod/b ?third/c stage/d", "prod@prod stage@stage | 0 0 0 1");
}

/* A cluster that could not be read is one, and spoils no other. */
static void test_folders_of_error_texts_are_clusters(void **state)
{
	check_layout("prod/a +stage/a +stage/b", "prod@prod stage@stage | 0 1 1");
	check_layout("+stage/a prod/a ?stage/b", "stage@stage prod@prod | 0 1 0");
	check_layout("dump/prod/a +dump/stage/a", "prod@dump/prod stage@dump/stage | 0 1");
	check_layout("prod/a +prod/b +c", "prod@prod | 0 0 0");
	check_layout("prod/a stage/a +c", "prod@prod stage@stage | 0 1 0");
	check_layout("a +deep/b", "dump@ | 0 0");
	check_layout("prod/a +prod/deep/b", "prod@prod | 0 0");
	check_layout("+a +b", "dump@ | 0 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_at_the_top_are_one_cluster),
		cmocka_unit_test(test_folders_are_clusters),
		cmocka_unit_test(test_common_folders_are_passed_over),
		cmocka_unit_test(test_prefixes_of_names_are_not_folders),
		cmocka_unit_test(test_what_is_not_ours_decides_nothing),
		cmocka_unit_test(test_damaged_files_decide_only_when_nothing_else_does),
		cmocka_unit_test(test_folders_of_error_texts_are_clusters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
