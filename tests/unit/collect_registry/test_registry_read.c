#include "collect/registry/registry_read.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "model/sink_memory.h"
#include "oci/walk/source_memory.h"
#include "support/check.h"
#include "support/torture.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

/* One registry in memory, what it is asked for, and its own API. */
struct lab {
	struct source_memory source;
	struct sink_memory sink;
	struct registry_target targets[4];
	const struct registry_target *pointers[4];
	struct registry_plan plan;
	struct registries_options options;
	struct registry_reading reading;
	struct registry_result result;
	/* its own API */
	const char *own_repositories[3];
	const char *own_why, *times_why;
	struct strbuf timed;
	size_t opened, times_asked;
	bool stopped;
};

static int own_repositories(void *data, struct slice prefix, int (*found)(void *, struct slice, struct error **),
			    void *found_data, struct slice *ret_why, struct error **err)
{
	struct lab *lab = data;
	*ret_why = slice_of(lab->own_why);
	for (size_t i = 0; i < 3 && lab->own_repositories[i]; i++)
		if (slice_starts_with(slice_of(lab->own_repositories[i]), prefix.len ? prefix.data : "") &&
		    found(found_data, slice_of(lab->own_repositories[i]), err) < 0)
			return -1;
	return lab->own_repositories[0] != NULL;
}

static int own_times(void *data, struct slice repository, struct slice *ret_why, struct error **err)
{
	struct lab *lab = data;
	lab->times_asked++;
	strbuf_addf(&lab->timed, "%.*s ", SLICE_ARG(repository));
	*ret_why = slice_of(lab->times_why);
	return lab->times_why == NULL;
}

static int open_own(void *data, int64_t read, struct registry_own *ret_own, struct error **err)
{
	struct lab *lab = data;
	lab->opened++;
	*ret_own = (struct registry_own){ lab, own_repositories, own_times };
	return 1;
}

static bool is_stopped(void *data)
{
	return ((struct lab *)data)->stopped;
}

static void lab_init(struct lab *lab)
{
	*lab = (struct lab){ .timed = STRBUF_INIT(LIMIT_LINE_BYTES) };
	source_memory_init(&lab->source);
	sink_memory_init(&lab->sink);
	lab->options = (struct registries_options){ .sink = &lab->sink.sink, .as_of = TIME_UNSET };
	lab->plan = (struct registry_plan){ .registry = SLICE("reg.example"),
					    .host = SLICE("reg.example"),
					    .targets = lab->pointers };
	lab->reading = (struct registry_reading){ .plan = &lab->plan,
						  .options = &lab->options,
						  .as_of = 5000,
						  .source = &lab->source.source,
						  .stopped = is_stopped,
						  .data = lab,
						  .arena = ARENA_INIT(LIMIT_IMAGE_BYTES) };
}

static void lab_release(struct lab *lab)
{
	arena_release(&lab->reading.arena);
	strbuf_release(&lab->timed);
	source_memory_release(&lab->source);
	sink_memory_release(&lab->sink);
}

static void want(struct lab *lab, const char *repository, const char *reference, bool below)
{
	size_t i = lab->plan.target_count++;
	lab->targets[i] = (struct registry_target){ .registry = lab->plan.registry,
						    .repository = slice_of(repository),
						    .reference = slice_of(reference),
						    .below = below };
	lab->pointers[i] = &lab->targets[i];
}

static struct slice add_image(struct lab *lab, const char *repository, const char *tag)
{
	struct slice digest = source_memory_manifest(
		&lab->source, repository, MANIFEST_TYPE,
		SLICE("{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE "\",\"config\":{\"mediaType\":"
		      "\"application/vnd.oci.image.config.v1+json\",\"digest\":"
		      "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,\"data\":"
		      "\"e30=\"},\"layers\":[]}"));
	source_memory_tag(&lab->source, repository, tag, digest, MANIFEST_TYPE);
	return digest;
}

static void fail_ask(struct lab *lab, enum image_ask_type type, const char *repository, struct slice reference,
		     enum image_outcome outcome, const char *why)
{
	struct memory_answer *answer = source_memory_answer(&lab->source, type, repository, reference);
	answer->outcome = outcome;
	answer->why = slice_of(why);
}

static void read_it(struct lab *lab)
{
	struct error *err = NULL;
	check_ok(registry_read_all(&lab->reading, &lab->result, &err), &err);
	assert_int_equal(lab->sink.read_count, 1);
	assert_true(lab->sink.reads[0].finished);
	check_slice(lab->sink.reads[0].end.outcome, lab->result.outcome);
	assert_true(slice_equal(lab->sink.reads[0].end.why, lab->result.why));
}

static const struct coverage *coverage_of(const struct lab *lab, const char *kind, const char *namespace)
{
	for (size_t i = 0; i < lab->sink.record_count; i++) {
		const struct coverage *coverage = lab->sink.records[i].record;
		if (lab->sink.records[i].type == &coverage_type && slice_equal_text(coverage->kind, kind) &&
		    slice_equal_text(coverage->namespace, namespace))
			return coverage;
	}
	return NULL;
}

static size_t count_tags(const struct lab *lab)
{
	size_t count = 0;
	for (size_t i = 0; i < lab->sink.record_count; i++)
		count += lab->sink.records[i].type == &tag_type;
	return count;
}

/* --- the read --- */
static void a_registry_is_filed_under_the_host_that_was_asked(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.plan.host = SLICE("cache.local");
	want(&lab, "acme/web", "1.0", false);
	add_image(&lab, "acme/web", "1.0");
	read_it(&lab);
	const struct memory_read *read = &lab.sink.reads[0];
	check_slice(read->scope.cluster_uid, "registry:cache.local");
	check_slice(read->scope.source, "https://cache.local/");
	check_slice(read->scope.source_kind, "registry");
	check_slice(read->scope.cluster_name, "cache.local");
	assert_int_equal(read->scope.as_of, 5000);
	assert_true(read->scope.once);
	assert_int_equal(read->end.as_of, 5000);
	check_slice(read->end.as_of_from, "clock");
	assert_int_equal(read->end.objects, 2);
	assert_true(slice_contains(read->end.notes, "cache.local was asked in place of reg.example"));
	check_slice(lab.result.outcome ? slice_of(lab.result.outcome) : SLICE_NONE, "complete");
	check_slice(lab.result.registry, "reg.example");
	assert_null(lab.result.why.data);
	for (size_t i = 0; i < lab.sink.record_count; i++)
		if (lab.sink.records[i].type == &tag_type)
			check_slice(((const struct tag *)lab.sink.records[i].record)->registry, "reg.example");
	assert_int_equal(count_tags(&lab), 1);
	lab_release(&lab);
}

static void a_registry_that_cannot_be_opened_is_a_failed_read(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.reading.source = NULL;
	lab.reading.closed = SLICE("no such host");
	want(&lab, "acme/web", "1.0", false);
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "failed");
	check_slice(lab.result.why, "no such host");
	lab_release(&lab);
}

static void a_registry_that_answers_nothing_is_failed(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme/web", "1.0", false);
	want(&lab, "acme/api", NULL, false);
	fail_ask(&lab, IMAGE_ASK_TAG, "acme/web", SLICE("1.0"), IMAGE_FAILED, "connection refused");
	fail_ask(&lab, IMAGE_ASK_TAGS, "acme/api", SLICE_NONE, IMAGE_FAILED, "connection refused");
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "failed");
	assert_true(slice_contains(lab.result.why, "2 could not be had, first "));
	assert_true(slice_contains(lab.result.why, "connection refused"));
	lab_release(&lab);
}

static void one_failure_of_many_is_partial(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme/web", NULL, false);
	add_image(&lab, "acme/web", "1.0");
	add_image(&lab, "acme/web", "2.0");
	fail_ask(&lab, IMAGE_ASK_TAG, "acme/web", SLICE("2.0"), IMAGE_LIMITED, "429");
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "partial");
	check_slice(lab.result.why, "acme/web 2.0: limited: 429");
	assert_null(lab.result.counts.why.data);
	lab_release(&lab);
}

static void a_read_that_was_stopped_is_interrupted(void **state)
{
	struct lab lab;
	lab_init(&lab);
	lab.stopped = true;
	want(&lab, "acme/web", NULL, false);
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "interrupted");
	check_slice(coverage_of(&lab, "Tag", "acme/web")->outcome, "interrupted");
	lab_release(&lab);
}

static void a_sink_that_fails_is_a_failure(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	want(&lab, "acme/web", NULL, false);
	add_image(&lab, "acme/web", "1.0");
	lab.sink.fail_after = 1;
	assert_int_equal(registry_read_all(&lab.reading, &lab.result, &err), -1);
	check_error(&err, ERROR_STORE, "");
	lab_release(&lab);
}

/* --- lists --- */
static void what_lies_below_a_prefix_comes_from_the_catalog(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme", NULL, true);
	add_image(&lab, "acme/web", "1");
	add_image(&lab, "acme/api", "1");
	add_image(&lab, "other", "1");
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "complete");
	assert_int_equal(count_tags(&lab), 2);
	check_slice(coverage_of(&lab, "Repository", "*")->outcome, "complete");
	assert_null(coverage_of(&lab, "Repository", "acme"));
	lab_release(&lab);
}

static void without_a_catalog_the_registrys_own_list_counts(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme", NULL, true);
	add_image(&lab, "acme/web", "1");
	add_image(&lab, "other", "1");
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_UNSUPPORTED, "404");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	lab.own_repositories[0] = "acme/web";
	lab.own_repositories[1] = "other";
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "complete");
	assert_int_equal(count_tags(&lab), 1);
	check_slice(coverage_of(&lab, "Repository", "acme")->outcome, "complete");
	assert_null(coverage_of(&lab, "Repository", "*"));
	assert_int_equal(lab.opened, 1);
	lab_release(&lab);
}

static void without_any_list_the_name_itself_is_tried_and_it_is_said(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme/web", NULL, true);
	add_image(&lab, "acme/web", "1");
	add_image(&lab, "acme/web/deep", "1");
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_UNSUPPORTED, "404");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	lab.own_why = "it has none";
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "partial");
	check_slice(lab.result.why, "its repositories cannot be listed: 404; its own API: it has none");
	const struct coverage *coverage = coverage_of(&lab, "Repository", "acme/web");
	check_slice(coverage->outcome, "absent");
	check_slice(coverage->why, "its repositories cannot be listed: 404; its own API: it has none");
	assert_int_equal(count_tags(&lab), 1);
	lab_release(&lab);
}

static void a_whole_registry_that_refuses_its_catalog_is_said(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, NULL, NULL, false);
	want(&lab, "acme/web", "1", false);
	add_image(&lab, "acme/web", "1");
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_FORBIDDEN, "401");
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "partial");
	check_slice(coverage_of(&lab, "Repository", "*")->outcome, "forbidden");
	assert_int_equal(count_tags(&lab), 1);
	lab_release(&lab);
}

static void a_registry_that_only_has_no_catalog_was_reached(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, NULL, NULL, false);
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_UNSUPPORTED, "404");
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "partial");
	lab_release(&lab);
}

static void a_registry_whose_catalog_cannot_be_reached_is_failed(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, NULL, NULL, false);
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_FAILED, "no route");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "failed");
	assert_true(slice_contains(lab.result.why, "no route"));
	assert_int_equal(lab.opened, 0);
	lab_release(&lab);
}

/* --- its own API --- */
static void its_own_api_tells_of_each_repository_that_was_read(void **state)
{
	struct lab lab;
	lab_init(&lab);
	want(&lab, "acme", NULL, true);
	want(&lab, "other", "1", false);
	want(&lab, "other", "2", false);
	add_image(&lab, "acme/web", "1");
	add_image(&lab, "acme/api", "1");
	add_image(&lab, "other", "1");
	add_image(&lab, "unwanted", "1");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	read_it(&lab);
	check_slice(strbuf_slice(&lab.timed), "other acme/web acme/api ");
	assert_null(lab.result.notes.data);
	lab_release(&lab);
}

static void what_its_own_api_refuses_is_noted_and_not_asked_for_ever(void **state)
{
	struct lab lab;
	char name[] = "a";
	lab_init(&lab);
	want(&lab, NULL, NULL, false);
	for (; name[0] <= 'j'; name[0]++)
		add_image(&lab, name, "1");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	lab.times_why = "401";
	read_it(&lab);
	assert_string_equal(lab.result.outcome, "complete");
	assert_int_equal(lab.times_asked, 5);
	check_slice(lab.result.notes, "its own API told nothing of 5 of 5 repositories: 401");
	lab_release(&lab);
}

/* --- each allocation fails in turn --- */
static int begin_ignored(struct sink *sink, const struct sink_scope *scope, int64_t *ret_read, struct error **err)
{
	*ret_read = 1;
	return 0;
}

static int put_ignored(struct sink *sink, int64_t read, const struct record_type *type, const void *record,
		       struct error **err)
{
	return 0;
}

static int finish_ignored(struct sink *sink, int64_t read, const struct sink_end *end, struct error **err)
{
	return 0;
}

static int read_once(void *data, struct error **err)
{
	static const struct sink_ops ops = { .begin = begin_ignored, .put = put_ignored, .finish = finish_ignored };
	struct lab *lab = data;
	struct sink sink = { &ops };
	struct registries_options options = { .sink = &sink, .as_of = 7 };
	struct registry_reading reading = lab->reading;
	struct registry_result result;
	reading.options = &options;
	reading.arena = (struct arena)ARENA_INIT(LIMIT_IMAGE_BYTES);
	lab->source.asks.len = 0;
	strbuf_clear(&lab->timed);
	int read = registry_read_all(&reading, &result, err);
	arena_release(&reading.arena);
	return read;
}

static void each_allocation_may_fail(void **state)
{
	struct lab lab;
	struct error *err = NULL;
	lab_init(&lab);
	want(&lab, "acme", NULL, true);
	want(&lab, "other", "1", false);
	add_image(&lab, "acme/web", "1");
	add_image(&lab, "other", "1");
	fail_ask(&lab, IMAGE_ASK_REPOSITORIES, NULL, SLICE_NONE, IMAGE_UNSUPPORTED, "404");
	lab.reading.open_own = open_own;
	lab.reading.open_data = &lab;
	lab.own_why = lab.times_why = "refused";
	check_ok(read_once(&lab, &err), &err);
	assert_true(torture(read_once, &lab) > 20);
	lab_release(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registry_is_filed_under_the_host_that_was_asked),
		cmocka_unit_test(a_registry_that_cannot_be_opened_is_a_failed_read),
		cmocka_unit_test(a_registry_that_answers_nothing_is_failed),
		cmocka_unit_test(one_failure_of_many_is_partial),
		cmocka_unit_test(a_read_that_was_stopped_is_interrupted),
		cmocka_unit_test(a_sink_that_fails_is_a_failure),
		cmocka_unit_test(what_lies_below_a_prefix_comes_from_the_catalog),
		cmocka_unit_test(without_a_catalog_the_registrys_own_list_counts),
		cmocka_unit_test(without_any_list_the_name_itself_is_tried_and_it_is_said),
		cmocka_unit_test(a_whole_registry_that_refuses_its_catalog_is_said),
		cmocka_unit_test(a_registry_that_only_has_no_catalog_was_reached),
		cmocka_unit_test(a_registry_whose_catalog_cannot_be_reached_is_failed),
		cmocka_unit_test(its_own_api_tells_of_each_repository_that_was_read),
		cmocka_unit_test(what_its_own_api_refuses_is_noted_and_not_asked_for_ever),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
