#include "support/check.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "cli/registry_targets.h"
#include "derive/world_images.h"

#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct small {
	struct arena arena;
	struct world world;
	struct world_images images;
	struct sighting rows[8];
	void *items[8];
	struct registry_wanted wanted;
};

static struct small *small_new(void)
{
	static struct small s;
	s = (struct small){ .arena = ARENA_INIT(LIMIT_MIB) };
	s.world.images = &s.images;
	s.world.sightings.items = s.items;
	return &s;
}

static void small_release(struct small *s)
{
	map_release(&s->images.by_config);
	arena_release(&s->arena);
}

static void see(struct small *s, const char *registry, const char *repository, const char *tag, const char *digest)
{
	struct sighting *row = &s->rows[s->world.sightings.len];
	record_init(&sighting_type, row);
	row->registry = slice_of(registry);
	row->repository = slice_of(repository);
	row->tag = slice_of(tag);
	row->digest = slice_of(digest);
	s->items[s->world.sightings.len++] = row;
}

static struct slice_list list(struct small *s, const char *text)
{
	struct slice *items = arena_zeroed(&s->arena, 1, sizeof *items);
	assert_non_null(items);
	*items = slice_of(text);
	return (struct slice_list){ items, 1 };
}

/* "docker.io/acme/..." for what is below, "docker.io/ all" for the whole registry. */
static void check_targets(struct small *s, const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	struct registry_target *targets;
	struct error *err = NULL;
	size_t count;
	check_ok(registry_targets(&s->world, &s->wanted, &s->arena, &targets, &count, &err), &err);
	for (size_t i = 0; i < count; i++) {
		const struct registry_target *t = &targets[i];
		strbuf_addf(&text, "%.*s/%.*s", SLICE_ARG(t->registry), SLICE_ARG(t->repository));
		if (t->reference.data)
			strbuf_addf(&text, " %.*s", SLICE_ARG(slice_part(t->reference, 0, 12)));
		strbuf_add_text(&text, !t->repository.data ? " all\n" : t->below ? "/...\n" : "\n");
	}
	assert_string_equal(strbuf_text(&text), expected);
}

static void incident_asks_for_its_registry_and_all_that_runs_from_it(void **state)
{
	(void)state;
	struct small *s = small_new();
	s->wanted = (struct registry_wanted){ .registries = list(s, "docker.io"), .whole = true };
	see(s, "docker.io", "acme/web", "1", DIGEST_A);
	see(s, "docker.io", "acme/web", "1", DIGEST_A); /* a second replica */
	see(s, "quay.io", "acme/web", "1", DIGEST_A);
	check_targets(s, "docker.io/ all\n"
			 "docker.io/acme/web 1\n"
			 "docker.io/acme/web sha256:aaaaa\n");
	small_release(s);
}

static void repository_narrows_both(void **state)
{
	(void)state;
	struct small *s = small_new();
	s->wanted = (struct registry_wanted){ list(s, "docker.io"), list(s, "acme"), { 0 }, true };
	see(s, "docker.io", "acme/web", "1", NULL);
	see(s, "docker.io", "acmecorp/web", "1", NULL);
	check_targets(s, "docker.io/acme/...\n"
			 "docker.io/acme/web 1\n");
	small_release(s);
}

static void other_commands_ask_for_the_images_that_were_seen(void **state)
{
	(void)state;
	struct small *s = small_new();
	see(s, "docker.io", "acme/web", "1", NULL);
	see(s, "quay.io", "acme/web", NULL, DIGEST_A);
	see(s, NULL, NULL, NULL, DIGEST_A); /* a name that does not parse */
	check_targets(s, "docker.io/acme/web 1\n"
			 "quay.io/acme/web sha256:aaaaa\n");
	s->wanted.registries = list(s, "quay.io");
	check_targets(s, "quay.io/acme/web sha256:aaaaa\n");
	small_release(s);
}

static void registry_that_no_image_comes_from_is_asked_as_a_whole(void **state)
{
	(void)state;
	struct small *s = small_new();
	see(s, "docker.io", "acme/web", "1", NULL);
	s->wanted.registries = list(s, "localhost:5000");
	check_targets(s, "localhost:5000/ all\n");
	small_release(s);
}

static void config_digest_is_not_asked_for(void **state)
{
	(void)state;
	struct small *s = small_new();
	void **place = map_put(&s->images.by_config, SLICE(DIGEST_A));
	assert_non_null(place);
	*place = s;
	see(s, "docker.io", "acme/web", "1", DIGEST_A);
	check_targets(s, "docker.io/acme/web 1\n");
	small_release(s);
}

static void names_of_indicators_are_asked_for_too(void **state)
{
	(void)state;
	struct small *s = small_new();
	struct slice lines[] = { SLICE("docker.io/acme/web:1.4 2026-11-20T09:00:00Z.."),
				 SLICE("docker.io/acme/db@" DIGEST_A), SLICE(DIGEST_A), SLICE("file:" DIGEST_A),
				 SLICE("quay.io/acme/web:1") };
	s->wanted = (struct registry_wanted){ list(s, "docker.io"), list(s, "acme"), { lines, 5 }, true };
	check_targets(s, "docker.io/acme/...\n"
			 "docker.io/acme/web 1.4\n"
			 "docker.io/acme/db sha256:aaaaa\n");
	small_release(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incident_asks_for_its_registry_and_all_that_runs_from_it),
		cmocka_unit_test(repository_narrows_both),
		cmocka_unit_test(other_commands_ask_for_the_images_that_were_seen),
		cmocka_unit_test(registry_that_no_image_comes_from_is_asked_as_a_whole),
		cmocka_unit_test(config_digest_is_not_asked_for),
		cmocka_unit_test(names_of_indicators_are_asked_for_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
