#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "configs.h"
#include "support/check.h"
#include "support/mangle.h"
#include "support/torture.h"

static void add_file(struct kubeconfig *config, const char *file, const char *text)
{
	struct error *err = NULL;
	check_ok(kubeconfig_parse(config, slice_of(file), slice_of(text), &err), &err);
}

static void earlier_files_win_thing_by_thing(void **state)
{
	struct kubeconfig *config = config_of("");
	add_file(config, "/a/one", "users: [{name: u, user: {username: first}}]\ncurrent-context: ''\n");
	add_file(config, "/b/two",
		 "users: [{name: u, user: {as: second}}, {name: v, user: {as: second}}]\ncurrent-context: x\n");
	add_file(config, "/b/three", "current-context: z\ncontexts: [{name: u}]\nclusters: [{name: u}]\n");
	const struct kubeconfig_user *u = map_get(&config->users, SLICE("u")), *v = map_get(&config->users, SLICE("v"));
	check_slice(u->username, "first");
	assert_null(u->as.data);
	check_slice(u->entry.file, "/a/one");
	check_slice(v->as, "second");
	check_slice(v->entry.file, "/b/two");
	check_slice(config->current, "x");
	assert_int_equal(config->users.len, 2);
	assert_int_equal(config->contexts.len, 1);
	assert_int_equal(config->clusters.len, 1);
	kubeconfig_free(config);
}

static void a_name_that_stands_twice_in_a_file_is_refused_when_it_is_used(void **state)
{
	check_refused(CONFIG_OF(SERVER, "token: made-up") "contexts: [{name: c}, {name: c}]\n", ERROR_SYNTAX,
		      "context c: /made-up/config: the name stands twice in one list");
	check_refused("current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\n"
		      "clusters: [{name: k, cluster: {" SERVER "}}, {name: k}]\n",
		      ERROR_SYNTAX, "cluster k: /made-up/config: the name stands twice in one list");
	struct kubeconfig *config = config_of("users: [{name: u}, {name: u}]");
	add_file(config, "/b/two", "users: [{name: v}]");
	add_file(config, "/b/three", "users: [{name: v}]");
	assert_non_null(((const struct kubeconfig_user *)map_get(&config->users, SLICE("u")))->entry.defect.data);
	assert_null(((const struct kubeconfig_user *)map_get(&config->users, SLICE("v")))->entry.defect.data);
	kubeconfig_free(config);
}

static void files_that_say_nothing(void **state)
{
	static const char *const empty[] = {
		"",
		" \n",
		"# comment\n",
		"---\n",
		"null",
		"{}",
		"\xef\xbb\xbf",
		"clusters:\n",
		"kind: Config",
		"kind: ''",
		"clusters: []\nusers: null\n",
		"apiVersion: v1\nkind: Config\npreferences: {colors: true}\nextensions: [1, {a: [b]}]\n"
	};
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		struct kubeconfig *config = config_of(empty[i]);
		assert_int_equal(kubeconfig_context_count(config), 0);
		assert_null(kubeconfig_current_context(config).data);
		kubeconfig_free(config);
	}
}

static void the_first_document_counts(void **state)
{
	struct kubeconfig *config = config_of("---\ncurrent-context: a\n---\ncurrent-context: b\n");
	check_slice(kubeconfig_current_context(config), "a");
	kubeconfig_free(config);
}

static void names_may_stand_behind(void **state)
{
	check_access("users: [{user: {token: made-up}, name: u}]\nclusters: [{cluster: {" SERVER "}, name: k}]\n"
		     "contexts: [{context: {user: u, cluster: k}, name: c}]\ncurrent-context: c\n",
		     "server=https://api.example.com:6443 user=u auth=Bearer made-up");
}

static void what_is_no_kubeconfig_is_refused(void **state)
{
	check_unreadable("text", ERROR_SYNTAX, "no kubeconfig: it is not an object");
	check_unreadable("- a\n", ERROR_SYNTAX, "no kubeconfig: it is not an object");
	check_unreadable("kind: Pod\n", ERROR_SYNTAX, "no kubeconfig: its kind is Pod");
	check_unreadable("apiVersion: v2\n", ERROR_UNSUPPORTED, "its apiVersion is v2, not v1");
	check_unreadable("clusters: {}\n", ERROR_SYNTAX, "line 1 column 11: clusters must be a list");
	check_unreadable("users: [a]\n", ERROR_SYNTAX, "line 1 column 9: users must be a list of objects");
	check_unreadable("contexts: 7\n", ERROR_SYNTAX, "contexts must be a list");
	check_unreadable("current-context: [a]\n", ERROR_SYNTAX, "current-context must be a text");
	check_unreadable("{\"current-context\": 1}", ERROR_SYNTAX, "byte 20: current-context must be a text");
}

static void hostile_yaml_is_refused(void **state)
{
	check_unreadable("a: &x [1]\nb: *x\n", ERROR_UNSUPPORTED, "an anchor");
	check_unreadable("clusters: *x\n", ERROR_UNSUPPORTED, "alias");
	check_unreadable("<<: {clusters: []}\n", ERROR_UNSUPPORTED, "a merge key");
	check_unreadable("clusters: !!python/object:os.system []\n", ERROR_UNSUPPORTED, "a tag");
	check_unreadable("clusters: [\n", ERROR_SYNTAX, "line 2 column 1");
	check_unreadable("clusters:\n\t- a\n", ERROR_SYNTAX, "line 2 column 1");
	check_unreadable("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
			 ERROR_SYNTAX, "");
	check_unreadable("x: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
			 ERROR_LIMIT, "nested too deeply");
	check_unreadable("x: \xff\n", ERROR_SYNTAX, "");
}

static void more_entries_than_anybody_has(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	struct error *err = NULL;
	strbuf_add_text(&text, "{\"users\":[");
	for (int i = 0; i < LIMIT_KUBECONFIG_ENTRIES; i++)
		strbuf_addf(&text, "%s{\"name\":\"%d\"}", i ? "," : "", i);
	strbuf_add_text(&text, "]}");
	struct kubeconfig *config = config_of(strbuf_text(&text));
	assert_int_equal(config->users.len, LIMIT_KUBECONFIG_ENTRIES);
	assert_int_equal(kubeconfig_parse(config, SLICE("/b"), SLICE("contexts: [{name: x}]"), &err), -1);
	check_error(&err, ERROR_LIMIT, "more than 10000 clusters, users and contexts");
	kubeconfig_free(config);
}

static void survive(struct slice variant, size_t at, void *data)
{
	CLEANUP(error_freep) struct error *err = NULL;
	struct kubeconfig *config = kubeconfig_new();
	assert_non_null(config);
	if (kubeconfig_parse(config, SLICE("/made-up/config"), variant, &err) < 0)
		assert_null(strstr(err->message, "made-up-"));
	kubeconfig_free(config);
}

static void cuts_and_flips_of_json_are_survived(void **state)
{
	struct slice text = SLICE(
		"{\"kind\":\"Config\",\"users\":[{\"name\":\"u\",\"user\":{\"token\":\"made-up-\\u0074oken\",\"as-groups\":[\"a\"],"
		"\"as-user-extra\":{\"k\":[\"v\"]},\"exec\":{\"env\":[{\"name\":\"A\",\"value\":\"made-up-b\"}]}}}]}");
	mangle_none(text, survive, NULL);
	mangle_truncate(text, survive, NULL);
	mangle_flip(text, survive, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(earlier_files_win_thing_by_thing),
		cmocka_unit_test(a_name_that_stands_twice_in_a_file_is_refused_when_it_is_used),
		cmocka_unit_test(files_that_say_nothing),
		cmocka_unit_test(the_first_document_counts),
		cmocka_unit_test(names_may_stand_behind),
		cmocka_unit_test(what_is_no_kubeconfig_is_refused),
		cmocka_unit_test(hostile_yaml_is_refused),
		cmocka_unit_test(more_entries_than_anybody_has),
		cmocka_unit_test(cuts_and_flips_of_json_are_survived),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
