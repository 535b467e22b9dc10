#include "oci/walk/walk.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "support/check.h"
#include "support/torture.h"
#include "walk_lab.h"

static void a_tag_leads_to_its_manifest_and_config(void **state)
{
	struct lab lab;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "acme/web", "web");
	lab_tag(&lab, "acme/web", "1.0", digest);
	lab_walk_all(&lab);

	const struct tag *tag = lab_find(&lab, &tag_type, "tag", SLICE("1.0"));
	assert_non_null(tag);
	check_slice(tag->registry, "reg.example");
	check_slice(tag->repository, "acme/web");
	assert_true(slice_equal(tag->digest, digest));
	assert_int_equal(tag->since, 1000);
	const struct manifest *manifest = lab_find(&lab, &manifest_type, "digest", digest);
	assert_non_null(manifest);
	check_slice(manifest->kind, "image");
	assert_int_equal(manifest->config_read, BOOL_TRUE);
	check_slice(manifest->architecture, "amd64");
	assert_int_equal(lab_count(&lab, &manifest_type), 1);
	assert_int_equal(lab_count(&lab, &image_content_type), 2);
	assert_int_equal(lab_count(&lab, &registry_answer_type), 0);
	check_covered(&lab, "Repository", "*", "complete", NULL);
	check_covered(&lab, "Tag", "acme/web", "complete", NULL);
	check_covered(&lab, "Manifest", "acme/web", "complete", NULL);
	assert_true(lab.result.complete);
	assert_false(lab.result.interrupted);
	assert_int_equal(lab.result.repositories, 1);
	assert_int_equal(lab.result.tags, 1);
	assert_int_equal(lab.result.manifests, 1);
	lab_release(&lab);
}

static void a_walk_goes_on_after_more_was_added(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	struct slice digest = lab_image(&lab, "a", "shared");
	lab_image(&lab, "b", "shared");
	lab_tag(&lab, "a", "1", digest);
	lab_tag(&lab, "b", "1", digest);
	lab_begin(&lab);
	check_ok(image_walk_reference(lab.walk, SLICE("a"), SLICE("1"), &err), &err);
	lab_run(&lab);
	assert_int_equal(lab.result.tags, 1);
	check_ok(image_walk_repository(lab.walk, SLICE("b"), &err), &err);
	lab_run(&lab);
	assert_int_equal(lab.result.tags, 2);
	assert_int_equal(lab.result.manifests, 1);
	assert_true(lab.result.complete);
	lab_release(&lab);
}

static void a_walk_of_nothing_is_complete(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab_begin(&lab);
	lab_run(&lab);
	assert_true(lab.result.complete);
	assert_int_equal(lab.source.asked, 0);
	lab_release(&lab);
}

/* --- interrupted --- */
struct stopper {
	const struct source_memory *source;
	size_t after;
};

static bool is_stopped(void *data)
{
	const struct stopper *stopper = data;
	return stopper->source->nexts >= stopper->after;
}

static void fill_world(struct lab *lab)
{
	for (char name[] = "a"; name[0] <= 'd'; name[0]++)
		for (char tag[] = "1"; tag[0] <= '3'; tag[0]++) {
			char text[] = { name[0], tag[0], '\0' };
			lab_tag(lab, name, tag, lab_image(lab, name, text));
		}
}

static void what_was_not_finished_says_that_it_was_interrupted(void **state)
{
	for (size_t after = 1; after < 60; after++) {
		struct lab lab;
		struct stopper stopper = { .source = &lab.source, .after = after };
		struct error *err = NULL;
		lab_init(&lab);
		lab.options.stopped = is_stopped;
		lab.options.stopped_data = &stopper;
		lab.source.width = 3;
		fill_world(&lab);
		lab_begin(&lab);
		check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
		check_ok(image_walk_reference(lab.walk, SLICE("given"), SLICE("1"), &err), &err);
		lab_run(&lab);
		if (!lab.result.interrupted) {
			assert_true(after > 40);
			lab_release(&lab);
			break;
		}
		assert_false(lab.result.complete);
		if (lab_coverage(&lab, "Repository", "*")->outcome.data[0] == 'c')
			for (char name[] = "a"; name[0] <= 'd'; name[0]++) {
				const struct coverage *manifests = lab_coverage(&lab, "Manifest", name);
				assert_non_null(manifests);
				if (!slice_equal_text(manifests->outcome, "complete"))
					check_slice(manifests->outcome, "interrupted");
				assert_non_null(lab_coverage(&lab, "Tag", name));
			}
		/* What was fetched is not lost. */
		for (size_t i = 0; i < lab.sink.record_count; i++) {
			const struct image_content *content = lab.sink.records[i].record;
			if (lab.sink.records[i].type == &image_content_type &&
			    slice_equal_text(content->media_type, OCI_MANIFEST_TYPE))
				assert_non_null(lab_find(&lab, &manifest_type, "digest", content->digest));
		}
		lab_run(&lab);
		assert_true(lab.result.interrupted);
		lab_release(&lab);
	}
}

static void an_answer_that_was_interrupted_ends_the_walk(void **state)
{
	struct lab lab;
	lab_init(&lab);
	fill_world(&lab);
	source_memory_answer(&lab.source, IMAGE_ASK_TAGS, "b", SLICE_NONE)->outcome = IMAGE_INTERRUPTED;
	lab_walk_all(&lab);
	assert_true(lab.result.interrupted);
	check_covered(&lab, "Tag", "b", "interrupted", NULL);
	lab_release(&lab);
}

/* --- failures of the machine --- */
static void a_sink_that_fails_ends_the_walk(void **state)
{
	for (size_t after = 1; after < 20; after++) {
		struct lab lab;
		struct error *err = NULL;
		lab_init(&lab);
		fill_world(&lab);
		lab.sink.fail_after = after;
		lab_begin(&lab);
		check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
		assert_int_equal(image_walk_run(lab.walk, &lab.result, &err), -1);
		check_error(&err, ERROR_STORE, "");
		lab_release(&lab);
	}
}

static void a_source_that_fails_ends_the_walk(void **state)
{
	for (size_t after = 1; after < 40; after++) {
		struct lab lab;
		struct error *err = NULL;
		lab_init(&lab);
		fill_world(&lab);
		*(after % 2 ? &lab.source.ask_fails_after : &lab.source.next_fails_after) = after;
		lab_begin(&lab);
		check_ok(image_walk_catalog(lab.walk, NULL, NULL, &err), &err);
		assert_int_equal(image_walk_run(lab.walk, &lab.result, &err), -1);
		check_error(&err, ERROR_SYSTEM, "told to fail");
		lab_release(&lab);
	}
}

/* --- each allocation fails in turn --- */
static int ignore(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		  struct error **err)
{
	return 0;
}

static int walk_everything(void *data, struct error **err)
{
	static const struct sink_ops ops = { .put = ignore };
	struct sink sink = { &ops };
	struct lab *lab = data;
	CLEANUP(image_walk_freep) struct image_walk *walk = NULL;
	struct image_walk_options options = lab->options;
	struct image_walk_result result;
	options.sink = &sink;
	/* The source is the lab's: what it keeps for itself does not count. */
	lab->source.asks.len = 0;
	if (image_walk_new(&options, &walk, err) < 0 || image_walk_catalog(walk, NULL, NULL, err) < 0 ||
	    image_walk_reference(walk, SLICE("a"), SLICE("2"), err) < 0 ||
	    image_walk_reference(walk, SLICE("a"), SLICE(NOWHERE), err) < 0)
		return -1;
	return image_walk_run(walk, &result, err);
}

static void each_allocation_may_fail(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	lab.options.referrers = true;
	lab_tag(&lab, "a", "1", lab_image(&lab, "a", "one"));
	struct slice members[] = { lab_image(&lab, "a", "two"), SLICE(NOWHERE) };
	lab_tag(&lab, "a", "2", lab_index(&lab, "a", members, 2));
	lab_tag(&lab, "b", "1", members[1]);
	check_ok(walk_everything(&lab, &err), &err);
	assert_true(torture(walk_everything, &lab) > 20);
	lab_release(&lab);
}

/* --- against a naive walk --- */
#define REPOSITORIES 4
#define DIGESTS 24
#define TAGS 5

/* A world of images and indexes, of which each repository holds some and tells of some. */
struct world {
	struct lab lab;
	uint64_t random;
	struct slice digests[DIGESTS], configs[DIGESTS]; /* config not there: an index */
	size_t members[DIGESTS][4], member_count[DIGESTS];
	bool tagged[REPOSITORIES][DIGESTS];
};

/* What can be known of it. */
struct learnt {
	/* A repository leads on from an index only where it holds the index itself: what was read of it elsewhere may
	 * be forgotten by the time that a repository leads there. */
	bool strict;
	bool led[REPOSITORIES][DIGESTS];
	bool read[DIGESTS], config_read[DIGESTS];
};

static const char *const repositories[REPOSITORIES] = { "one", "two", "three/four", "five" };

static size_t roll(struct world *world, size_t sides)
{
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return (world->random >> 11) % sides;
}

static void make_digest(struct world *world, size_t i)
{
	char name[16];
	struct slice members[4];
	snprintf(name, sizeof name, "image%zu", i);
	if (i < 8 || roll(world, 2)) {
		for (size_t r = 0; r < REPOSITORIES; r++) {
			world->configs[i] = lab_config(&world->lab, repositories[r], name);
			world->digests[i] = lab_image(&world->lab, repositories[r], name);
		}
		return;
	}
	world->member_count[i] = roll(world, 5);
	/* Of those shortly before it: at most three indexes deep. */
	for (size_t m = 0; m < world->member_count[i]; m++) {
		world->members[i][m] = i / 6 * 6 - 1 - roll(world, 6);
		members[m] = world->digests[world->members[i][m]];
	}
	/* Blanks behind it make each another one. */
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT(LIMIT_LINE_BYTES);
	strbuf_add_slice(&bytes, lab_index_bytes(&world->lab, members, world->member_count[i], OCI_MANIFEST_TYPE));
	strbuf_add_repeat(&bytes, ' ', i);
	for (size_t r = 0; r < REPOSITORIES; r++)
		world->digests[i] = source_memory_manifest(&world->lab.source, repositories[r], OCI_INDEX_TYPE,
							   strbuf_slice(&bytes));
}

static void break_some(struct world *world, enum image_ask_type type, struct slice reference)
{
	static const enum image_outcome outcomes[] = { IMAGE_ABSENT, IMAGE_FORBIDDEN, IMAGE_LIMITED, IMAGE_FAILED,
						       IMAGE_INVALID };
	for (size_t r = 0; r < REPOSITORIES; r++)
		if (roll(world, 5) == 0)
			source_memory_answer(&world->lab.source, type, repositories[r], reference)->outcome =
				outcomes[roll(world, 5)];
}

static bool holds(struct world *world, size_t r, enum image_ask_type type, struct slice reference)
{
	return source_memory_answer(&world->lab.source, type, repositories[r], reference)->outcome == IMAGE_PRESENT;
}

static void world_init(struct world *world, uint64_t seed)
{
	*world = (struct world){ .random = seed * 0x9E3779B97F4A7C15u + 1 };
	lab_init(&world->lab);
	world->lab.source.seed = seed;
	world->lab.source.width = 1 + roll(world, 12);
	world->lab.source.page = 1 + roll(world, 3);
	for (size_t i = 0; i < DIGESTS; i++)
		make_digest(world, i);
	for (size_t i = 0; i < DIGESTS; i++) {
		break_some(world, IMAGE_ASK_MANIFEST, world->digests[i]);
		if (world->configs[i].data)
			break_some(world, IMAGE_ASK_BLOB, world->configs[i]);
	}
	for (size_t r = 0; r < REPOSITORIES; r++)
		for (size_t t = 0; t < TAGS; t++) {
			char tag[] = { 't', (char)('0' + t), '\0' };
			size_t i = roll(world, DIGESTS);
			lab_tag(&world->lab, repositories[r], tag, world->digests[i]);
			world->tagged[r][i] = true;
		}
}

/* What each repository leads to, and what can be read of it through any that leads there. True: something new. */
static bool learn(struct world *world, struct learnt *learnt, size_t r, size_t i)
{
	bool is_new = false, held = holds(world, r, IMAGE_ASK_MANIFEST, world->digests[i]);
	if (!learnt->led[r][i])
		return false;
	if (!learnt->read[i] && held)
		is_new = learnt->read[i] = true;
	if (learnt->strict ? !held : !learnt->read[i])
		return is_new;
	if (world->configs[i].data && !learnt->config_read[i] && holds(world, r, IMAGE_ASK_BLOB, world->configs[i]))
		is_new = learnt->config_read[i] = true;
	for (size_t m = 0; m < world->member_count[i]; m++) {
		bool *led = &learnt->led[r][world->members[i][m]];
		is_new |= !*led;
		*led = true;
	}
	return is_new;
}

static void learn_all(struct world *world, struct learnt *learnt)
{
	bool is_new = true;
	memcpy(learnt->led, world->tagged, sizeof learnt->led);
	while (is_new) {
		is_new = false;
		for (size_t r = 0; r < REPOSITORIES; r++)
			for (size_t i = 0; i < DIGESTS; i++)
				is_new |= learn(world, learnt, r, i);
	}
}

static void compare_manifest(const struct world *world, const struct learnt *least, const struct learnt *most, size_t i)
{
	bool found = false, config_read = false;
	for (size_t k = 0; k < world->lab.sink.record_count; k++) {
		const struct manifest *record = world->lab.sink.records[k].record;
		if (world->lab.sink.records[k].type != &manifest_type ||
		    !slice_equal(record->digest, world->digests[i]))
			continue;
		found = true;
		config_read |= record->config_read == BOOL_TRUE;
	}
	assert_true(found >= least->read[i] && found <= most->read[i]);
	assert_true(config_read >= least->config_read[i] && config_read <= most->config_read[i]);
	if (found && world->member_count[i])
		assert_non_null(lab_find(&world->lab, &index_member_type, "index", world->digests[i]));
}

/* Complete: all that it leads to was read. All that it leads to can be had through itself: complete. */
static void compare_coverage(struct world *world, const struct learnt *most, size_t r)
{
	bool all_read = true, all_held = true;
	for (size_t i = 0; i < DIGESTS; i++) {
		if (!most->led[r][i])
			continue;
		all_read &= most->read[i] && (!world->configs[i].data || most->config_read[i]);
		all_held &= holds(world, r, IMAGE_ASK_MANIFEST, world->digests[i]) &&
			    (!world->configs[i].data || holds(world, r, IMAGE_ASK_BLOB, world->configs[i]));
	}
	const struct coverage *coverage = lab_coverage(&world->lab, "Manifest", repositories[r]);
	assert_non_null(coverage);
	if (slice_equal_text(coverage->outcome, "complete"))
		assert_true(all_read);
	else
		check_slice(coverage->outcome, "partial");
	if (all_held)
		check_slice(coverage->outcome, "complete");
	check_covered(&world->lab, "Tag", repositories[r], "complete", NULL);
}

static void compare_requests(struct world *world, const struct learnt *most)
{
	for (size_t i = 0; i < DIGESTS; i++)
		for (size_t r = 0; r < REPOSITORIES; r++)
			if (!most->led[r][i])
				assert_int_equal(source_memory_asked(&world->lab.source, IMAGE_ASK_MANIFEST,
								     repositories[r], world->digests[i]),
						 0);
}

static void a_walk_finds_what_a_naive_one_finds(void **state)
{
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct world world;
		struct learnt least = { .strict = true }, most = { .strict = false };
		world_init(&world, seed);
		learn_all(&world, &least);
		learn_all(&world, &most);
		lab_walk_all(&world.lab);
		assert_int_equal(world.lab.source.asks.len, 0);
		assert_true(world.lab.source.most_under_way <= world.lab.source.width);
		assert_int_equal(lab_count(&world.lab, &tag_type), REPOSITORIES * TAGS);
		for (size_t i = 0; i < DIGESTS; i++)
			compare_manifest(&world, &least, &most, i);
		for (size_t r = 0; r < REPOSITORIES; r++)
			compare_coverage(&world, &most, r);
		compare_requests(&world, &most);
		lab_release(&world.lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_leads_to_its_manifest_and_config),
		cmocka_unit_test(a_walk_goes_on_after_more_was_added),
		cmocka_unit_test(a_walk_of_nothing_is_complete),
		cmocka_unit_test(what_was_not_finished_says_that_it_was_interrupted),
		cmocka_unit_test(an_answer_that_was_interrupted_ends_the_walk),
		cmocka_unit_test(a_sink_that_fails_ends_the_walk),
		cmocka_unit_test(a_source_that_fails_ends_the_walk),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(a_walk_finds_what_a_naive_one_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
