#include "support/check.h"

#include "base/limits.h"
#include "cli/registry_named.h"

static struct arena arena = ARENA_INIT(LIMIT_MIB);

static struct text_list operands(const char **words)
{
	struct text_list list = { .items = words };
	while (words[list.len])
		list.len++;
	return list;
}

static void refuse(int (*parse)(const struct text_list *, struct arena *, struct registry_named *, struct error **),
		   const char *word, const char *complaint)
{
	const char *words[] = { word, NULL };
	struct text_list list = operands(words);
	struct registry_named named;
	struct error *err = NULL;
	if (!word)
		list.len = 0;
	assert_int_equal(parse(&list, &arena, &named, &err), -1);
	check_error(&err, ERROR_USAGE, complaint);
}

static void host_is_a_whole_registry_or_what_is_below_a_path(void **state)
{
	(void)state;
	const char *words[] = { "Quay.io", "https://quay.io/acme/", "docker.io/acme/web", NULL };
	struct text_list list = operands(words);
	struct registry_named named;
	struct error *err = NULL;
	words[1] = "quay.io/acme/";
	check_ok(registry_named_hosts(&list, &arena, &named, &err), &err);
	assert_int_equal(named.count, 3);
	check_slice(named.targets[0].registry, "quay.io");
	assert_null(named.targets[0].repository.data);
	check_slice(named.targets[1].repository, "acme");
	assert_true(named.targets[1].below);
	check_slice(named.targets[2].registry, "docker.io");
	check_slice(named.targets[2].repository, "acme/web");
}

static void no_host_means_all_that_is_known(void **state)
{
	(void)state;
	struct text_list none = { 0 };
	struct registry_named named;
	struct error *err = NULL;
	check_ok(registry_named_hosts(&none, &arena, &named, &err), &err);
	assert_int_equal(named.count, 0);
}

static void repository_may_have_a_tag_and_is_of_docker_hub_without_a_host(void **state)
{
	(void)state;
	const char *words[] = { "nginx", "docker://quay.io/acme/web:1.4", "docker.io/library/nginx", NULL };
	struct text_list list = operands(words);
	struct registry_named named;
	struct error *err = NULL;
	check_ok(registry_named_repositories(&list, &arena, &named, &err), &err);
	assert_int_equal(named.count, 2); /* the last is the first */
	check_slice(named.targets[0].registry, "docker.io");
	check_slice(named.targets[0].repository, "library/nginx");
	assert_null(named.targets[0].reference.data);
	assert_false(named.targets[0].below);
	check_slice(named.targets[1].reference, "1.4");
}

static void what_cannot_be_asked_for_is_refused(void **state)
{
	(void)state;
	refuse(registry_named_repositories, NULL, "which repository?");
	refuse(registry_named_repositories, "Acme/Web:", "Acme/Web:");
	refuse(registry_named_repositories,
	       "acme/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	       "a digest never moves");
	refuse(registry_named_hosts, "", "");
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_is_a_whole_registry_or_what_is_below_a_path),
		cmocka_unit_test(no_host_means_all_that_is_known),
		cmocka_unit_test(repository_may_have_a_tag_and_is_of_docker_hub_without_a_host),
		cmocka_unit_test(what_cannot_be_asked_for_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, release);
}
