/* What registries are asked for, of the images that a frozen cluster runs. */
#include "cli/collect_images.h"

#include <string.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"
#include "support/scratch.h"

#define POD(name, image, image_id)                                                                                     \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name "\",\"namespace\":\"shop\","          \
	"\"uid\":\"uid-" name "\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"" image "\"}]},\"status\":{"  \
	"\"containerStatuses\":[{\"name\":\"c\",\"image\":\"" image "\",\"imageID\":\"" image_id "\"}]}}\n"
#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

struct asking {
	struct session session;
	struct options options;
	struct scratch scratch;
	struct strbuf out;
};

static void asking_start(struct asking *asking)
{
	struct error *err = NULL;
	*asking = (struct asking){ .session.arena = ARENA_INIT(LIMIT_WORLD_BYTES),
				   .scratch = scratch_make(),
				   .out = STRBUF_INIT(LIMIT_MIB) };
	check_ok(secret_copy(&asking->session.key.key, SLICE("example key of thirty-two bytes."), &err), &err);
	memcpy(asking->session.key.id, "0123abcd", sizeof asking->session.key.id);
}

static void asking_release(struct asking *asking)
{
	fingerprint_key_release(&asking->session.key);
	arena_release(&asking->session.arena);
	scratch_remove(&asking->scratch);
	strbuf_release(&asking->out);
}

/* REGISTRY/REPOSITORY REFERENCE; of each target, '*' for all. */
static const char *targets_of(struct asking *asking, const char *path)
{
	struct error *err = NULL;
	struct registry_named named;
	struct slice run = slice_of(path);
	struct slice_list runs = { &run, path ? 1 : 0 };
	check_ok(collect_images(&asking->session, &asking->options, &runs, &named, &err), &err);
	strbuf_clear(&asking->out);
	for (size_t i = 0; i < named.count; i++) {
		const struct registry_target *target = &named.targets[i];
		strbuf_addf(&asking->out, "%.*s/%.*s %.*s; ", SLICE_ARG(target->registry),
			    SLICE_ARG(target->repository.data ? target->repository : SLICE("*")),
			    SLICE_ARG(target->reference.data ? target->reference : SLICE("*")));
	}
	return strbuf_text(&asking->out);
}

static void write_pods(struct asking *asking)
{
	scratch_write(&asking->scratch, "pods.json",
		      SLICE(POD("a", "nginx:1.27", "docker.io/library/nginx@sha256:" HEX)
				    POD("b", "reg.example:5000/acme/web", "sha256:" HEX) POD("c", "Not A Name", "")
					    POD("d", "nginx:1.27", "")));
}

static void test_what_runs_is_asked_for_by_name_and_by_the_digest_that_was_pulled(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	asking_start(&asking);
	write_pods(&asking);
	assert_string_equal(targets_of(&asking, asking.scratch.path),
			    "docker.io/library/nginx sha256:" HEX "; docker.io/library/nginx 1.27; "
			    "reg.example:5000/acme/web latest; ");
}

static void test_registries_and_repositories_narrow_it(void **state)
{
	static const char *hosts[] = { "docker.io" }, *paths[] = { "library" };
	CLEANUP(asking_release) struct asking asking;
	asking_start(&asking);
	write_pods(&asking);
	asking.options.registries = (struct text_list){ .items = hosts, .len = 1 };
	assert_string_equal(targets_of(&asking, asking.scratch.path),
			    "docker.io/* *; docker.io/library/nginx sha256:" HEX "; docker.io/library/nginx 1.27; ");
	asking.options.repositories = (struct text_list){ .items = paths, .len = 1 };
	assert_string_equal(targets_of(&asking, asking.scratch.path),
			    "docker.io/library *; docker.io/library/nginx sha256:" HEX
			    "; docker.io/library/nginx 1.27; ");
}

static void test_without_a_run_and_with_one_that_cannot_be_read(void **state)
{
	CLEANUP(asking_release) struct asking asking;
	asking_start(&asking);
	assert_string_equal(targets_of(&asking, NULL), "");
	assert_string_equal(targets_of(&asking, scratch_path(&asking.scratch, "gone")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_runs_is_asked_for_by_name_and_by_the_digest_that_was_pulled),
		cmocka_unit_test(test_registries_and_repositories_narrow_it),
		cmocka_unit_test(test_without_a_run_and_with_one_that_cannot_be_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
