/* What was frozen reads as what a live read put. */
#include <archive.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/sha256.h"
#include "freezing.h"
#include "kube_object/generate.h"
#include "support/torture.h"

#define OBJECTS_PER_KIND 200

static void read_dir(struct reading *reading, const char *path)
{
	reading_init(reading, path);
	read_dump(reading);
	check_ok(reading->status, &reading->err);
}

/* --- the same --- */
static void test_everything_comes_back(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world world;
	CLEANUP(reading_release) struct reading reading;
	made_world_init(&world);
	made_world_fill(&world);
	freeze(scratch.path, &world, NULL);
	read_dir(&reading, scratch.path);
	check_same_read(&reading, 1, &world);
	const struct memory_read *read = &reading.memory.reads[0];
	check_slice(read->scope.cluster_name, "prod");
	check_slice(read->scope.cluster_uid, world.uid);
	assert_true(read->scope.as_of == MADE_AS_OF && read->end.as_of == MADE_AS_OF);
	check_slice(read->end.as_of_from, "manifest");
	assert_int_equal(reading.result.clusters, 1);
}

static void fill_at_random(struct made_world *world, uint64_t seed)
{
	for (size_t i = 0; i < kind_message_count; i++) {
		const struct kind_message *kind = &kind_messages[i];
		if (strcmp(kind->kind, "Status") == 0)
			continue;
		struct made_list *list = made_list(world, kind->kind, kind->group, "things");
		for (size_t n = 0; n < OBJECTS_PER_KIND; n++) {
			struct generated g = { .random = seed + i * 1000003 + n * 7919 };
			generate(&g, kind->message);
			made_item(list, strbuf_text(&g.json));
			generated_release(&g);
		}
	}
}

static void test_random_objects_come_back(void **state)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
		CLEANUP(made_world_release) struct made_world world;
		CLEANUP(reading_release) struct reading reading;
		made_world_init(&world);
		fill_at_random(&world, seed);
		freeze(scratch.path, &world, NULL);
		read_dir(&reading, scratch.path);
		check_same_read(&reading, 1, &world);
	}
}

static void test_nothing_known_comes_back_as_such(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world world;
	CLEANUP(reading_release) struct reading reading;
	made_world_init(&world);
	world.uid = world.server_version = NULL;
	world.outcome = "failed";
	world.why = "nobody answers";
	struct made_list *list = made_list(&world, "Pod", "", "pods");
	list->outcome = "failed";
	list->why = "nobody answers";
	freeze(scratch.path, &world, NULL);
	read_dir(&reading, scratch.path);
	check_same_read(&reading, 1, &world);
	assert_null(reading.memory.reads[0].scope.cluster_uid.data);
}

/* --- no values --- */
static void check_no_value_in(struct slice text, const char *path)
{
	static const char *const planted[] = { PLANTED_PASSWORD, PLANTED_TOKEN, PLANTED_OTHER, PLANTED_IN_TEXT,
					       "made-up-bearer-token" };
	for (size_t i = 0; i < COUNT(planted); i++) {
		CLEANUP(strbuf_release) struct strbuf encoded = STRBUF_INIT(LIMIT_LINE_BYTES);
		if (slice_contains(text, planted[i]))
			fail_msg("%s holds %s", path, planted[i]);
		for (size_t skip = 0; skip < 3; skip++) {
			struct slice value = slice_of(planted[i]);
			strbuf_clear(&encoded);
			base64_encode(slice_part(value, skip, (value.len - skip) / 3 * 3), &encoded);
			if (slice_contains(text, strbuf_text(&encoded)))
				fail_msg("%s holds %s in base64", path, planted[i]);
		}
	}
}

static void test_no_planted_value_is_in_any_file(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world world;
	CLEANUP(strbuf_release) struct strbuf files = STRBUF_INIT(LIMIT_MIB);
	made_world_init(&world);
	made_world_fill(&world);
	/* The worlds do hold them. */
	assert_true(slice_contains(slice_of(world.lists.items[0].items.items[0]), PLANTED_OTHER));
	freeze(scratch.path, &world, NULL);
	list_files(scratch.path, &files);
	struct slice rest = strbuf_slice(&files), path;
	size_t count = 0;
	while (slice_cut(rest, '\n', &path, &rest)) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(64 * LIMIT_MIB);
		char *name = strndup(path.data, path.len);
		file_text(name, &text);
		check_no_value_in(strbuf_slice(&text), name);
		check_no_value_in(path, name);
		free(name);
		count++;
	}
	assert_true(count > 10);
}

/* --- several runs --- */
static void test_runs_are_read_in_the_order_of_their_times(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world first, second;
	CLEANUP(reading_release) struct reading reading;
	made_world_init(&first);
	made_world_init(&second);
	made_world_fill(&first);
	made_item(made_list(&second, "Pod", "", "pods"), POD("later"));
	second.as_of = first.as_of + 3600 * USEC_PER_SECOND;
	freeze(scratch.path, &second, NULL);
	freeze(scratch.path, &first, NULL);
	read_dir(&reading, scratch.path);
	assert_int_equal(reading.memory.read_count, 2);
	check_same_read(&reading, 1, &first);
	check_same_read(&reading, 2, &second);
	assert_true(reading.result.newest_as_of == second.as_of);
}

static void test_several_clusters_and_one_run_alone(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world prod, test;
	CLEANUP(strbuf_release) struct strbuf path = { 0 };
	CLEANUP(reading_release) struct reading all, one;
	made_world_init(&prod);
	made_world_init(&test);
	made_world_fill(&prod);
	test.name = "test/eu west";
	test.uid = "11111111-0000-4000-8000-000000000002";
	test.as_of++;
	made_item(made_list(&test, "Pod", "", "pods"), POD("other"));
	freeze(scratch.path, &test, &path);
	freeze(scratch.path, &prod, NULL);
	read_dir(&all, scratch.path);
	check_same_read(&all, 1, &prod);
	check_same_read(&all, 2, &test);
	check_slice(all.memory.reads[1].scope.cluster_name, "test/eu west");
	read_dir(&one, strbuf_text(&path));
	check_same_read(&one, 1, &test);
}

static void test_dumps_of_kubectl_beside_a_run_stay_what_they_are(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world world;
	CLEANUP(reading_release) struct reading reading;
	made_world_init(&world);
	made_world_fill(&world);
	freeze(scratch.path, &world, NULL);
	scratch_write(&scratch, "other/pods.json", SLICE(LIST(POD("a"))));
	scratch_write(&scratch, "third/pods.json", SLICE(LIST(POD("b"))));
	scratch_write(&scratch, "README.txt", SLICE("what this is"));
	read_dir(&reading, scratch.path);
	assert_int_equal(reading.memory.read_count, 3);
	check_slice(reading.memory.reads[0].scope.cluster_name, "other");
	check_slice(reading.memory.reads[1].scope.cluster_name, "third");
	assert_true(has_pod(&reading, "a") && has_pod(&reading, "b"));
	check_same_read(&reading, 3, &world);
}

/* All files below the folder, in the order of names or the other way round. */
static void pack(const char *folder, bool backwards, const char *path)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT(LIMIT_MIB);
	struct tar_file files[100];
	struct strbuf texts[100];
	size_t count = 0;
	list_files(folder, &names);
	struct slice rest = strbuf_slice(&names), name;
	while (slice_cut(rest, '\n', &name, &rest)) {
		char *full = strndup(name.data, name.len);
		texts[count] = (struct strbuf)STRBUF_INIT(64 * LIMIT_MIB);
		file_text(full, &texts[count++]);
		free(full);
	}
	rest = strbuf_slice(&names);
	for (size_t i = 0; slice_cut(rest, '\n', &name, &rest); i++)
		files[backwards ? count - 1 - i : i] = (struct tar_file){
			.name = strndup(name.data + strlen(folder) + 1, name.len - strlen(folder) - 1),
			.bytes = strbuf_slice(&texts[i]),
		};
	struct tar_bytes tar = tar_make(files, count, ARCHIVE_FILTER_GZIP);
	file_write(path, tar_slice(&tar));
	tar_release(&tar);
	for (size_t i = 0; i < count; i++) {
		strbuf_release(&texts[i]);
		free((char *)(uintptr_t)files[i].name);
	}
}

static void test_a_tar_of_it_reads_the_same(void **state)
{
	for (int backwards = 0; backwards < 2; backwards++) {
		CLEANUP(scratch_remove) struct scratch scratch = scratch_make(), packed = scratch_make();
		CLEANUP(made_world_release) struct made_world first, second;
		CLEANUP(reading_release) struct reading reading;
		made_world_init(&first);
		made_world_init(&second);
		made_world_fill(&first);
		made_item(made_list(&second, "Pod", "", "pods"), POD("later"));
		second.as_of += USEC_PER_DAY;
		freeze(scratch.path, &first, NULL);
		freeze(scratch.path, &second, NULL);
		pack(scratch.path, backwards, scratch_path(&packed, "frozen.tgz"));
		read_dir(&reading, scratch_path(&packed, "frozen.tgz"));
		assert_int_equal(reading.memory.read_count, 2);
		check_same_read(&reading, 1, &first);
		check_same_read(&reading, 2, &second);
	}
}

/* --- what happened to it since --- */
struct changed {
	struct scratch scratch;
	struct made_world world;
	struct strbuf path;
	struct reading reading;
};

static void changed_release(struct changed *changed)
{
	reading_release(&changed->reading);
	made_world_release(&changed->world);
	strbuf_release(&changed->path);
	scratch_remove(&changed->scratch);
}

static void changed_start(struct changed *changed)
{
	*changed = (struct changed){ .scratch = scratch_make() };
	made_world_init(&changed->world);
	struct made_list *list = made_list(&changed->world, "Pod", "", "pods");
	made_item(list, POD("one"));
	made_item(list, POD("two"));
	made_list(&changed->world, "Job", "batch", "jobs");
	freeze(changed->scratch.path, &changed->world, &changed->path);
}

static void changed_read(struct changed *changed)
{
	read_dir(&changed->reading, changed->scratch.path);
}

static const struct coverage *coverage_of(const struct reading *reading, const char *kind)
{
	const struct coverage *found = NULL;
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *record = &reading->memory.records[i];
		const struct coverage *coverage = record->record;
		if (record->type != &coverage_type || !slice_equal_text(coverage->kind, kind))
			continue;
		assert_null(found);
		found = coverage;
	}
	assert_non_null(found);
	return found;
}

/* What the defect of that code is about; not there when there is none. */
static struct slice defect_of(const struct reading *reading, const char *code)
{
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *record = &reading->memory.records[i];
		const struct defect *defect = record->record;
		if (record->type == &defect_type && slice_equal_text(defect->code, code))
			return defect->object;
	}
	return SLICE_NONE;
}

static bool has_defect(const struct reading *reading, const char *code)
{
	return defect_of(reading, code).data;
}

static void check_outcome(const struct changed *changed, const char *outcome, const char *why)
{
	const struct sink_end *end = &changed->reading.memory.reads[0].end;
	check_slice(end->outcome, outcome);
	if (*why && !slice_contains(end->why, why))
		fail_msg("\"%.*s\" does not say \"%s\"", SLICE_ARG(end->why), why);
}

static void replace_in(const char *path, const char *what, const char *with)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB), out = STRBUF_INIT(LIMIT_MIB);
	file_text(path, &text);
	const char *at = strstr(strbuf_text(&text), what);
	assert_non_null(at);
	size_t before = (size_t)(at - strbuf_text(&text));
	strbuf_add_slice(&out, slice_part(strbuf_slice(&text), 0, before));
	strbuf_add_text(&out, with);
	strbuf_add_slice(&out, slice_part(strbuf_slice(&text), before + strlen(what), text.len));
	file_write(path, strbuf_slice(&out));
}

static void test_a_changed_file_is_told_and_read(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *pods = path_in(&changed.path, "Pod.json");
	replace_in(pods, "uid-two", "uid-TWO");
	free(pods);
	changed_read(&changed);
	assert_true(slice_ends_with(defect_of(&changed.reading, "changed"), "/Pod.json"));
	assert_true(has_pod(&changed.reading, "one") && has_pod(&changed.reading, "two"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "partial");
	assert_true(slice_contains(coverage_of(&changed.reading, "Pod")->why, "Pod.json: it was changed"));
	check_slice(coverage_of(&changed.reading, "Job")->outcome, "complete");
	check_outcome(&changed, "partial", "Pod.json: it was changed");
}

static void test_a_cut_file_is_read_as_far_as_it_goes(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	changed_start(&changed);
	char *pods = path_in(&changed.path, "Pod.json");
	file_text(pods, &text);
	file_write(pods, slice_part(strbuf_slice(&text), 0, text.len - 100));
	free(pods);
	changed_read(&changed);
	assert_true(has_defect(&changed.reading, "changed"));
	assert_true(has_defect(&changed.reading, "truncated"));
	assert_true(has_pod(&changed.reading, "one") && !has_pod(&changed.reading, "two"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "partial");
}

static void test_a_missing_file_is_told(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *pods = path_in(&changed.path, "Pod.json"), *version = path_in(&changed.path, "version.json");
	assert_int_equal(unlink(pods), 0);
	assert_int_equal(unlink(version), 0);
	free(pods);
	free(version);
	changed_read(&changed);
	assert_true(has_defect(&changed.reading, "missing"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "failed");
	check_slice(coverage_of(&changed.reading, "Job")->outcome, "complete");
	check_outcome(&changed, "failed", "Pod.json: the manifest names it");
	check_outcome(&changed, "failed", "version.json: the manifest names it");
}

static void test_a_file_that_is_not_in_the_manifest_is_told_and_not_read(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *more = path_in(&changed.path, "more.json");
	file_write(more, SLICE(LIST(POD("smuggled"))));
	free(more);
	changed_read(&changed);
	assert_true(slice_ends_with(defect_of(&changed.reading, "not_in_manifest"), "/more.json"));
	assert_false(has_pod(&changed.reading, "smuggled"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "complete");
	check_outcome(&changed, "complete", "");
}

static void test_an_interrupted_run_proves_nothing(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world world;
	CLEANUP(reading_release) struct reading reading;
	made_world_init(&world);
	made_world_fill(&world);
	freeze_and_die(scratch.path, &world, NULL);
	read_dir(&reading, scratch.path);
	const struct memory_read *read = &reading.memory.reads[0];
	check_slice(read->end.outcome, "interrupted");
	assert_true(slice_contains(read->end.why, "no manifest"));
	check_slice(read->scope.cluster_name, "prod");
	assert_true(read->scope.as_of == MADE_AS_OF);
	assert_true(has_pod(&reading, "web"));
	assert_true(count_of(&reading, &entry_type) > 3);
	check_slice(coverage_of(&reading, "Pod")->outcome, "interrupted");
	check_slice(coverage_of(&reading, "Deployment")->outcome, "interrupted");
}

static void test_a_damaged_manifest_makes_it_an_interrupted_run(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	file_text(manifest, &text);
	file_write(manifest, slice_part(strbuf_slice(&text), 0, text.len / 2));
	free(manifest);
	changed_read(&changed);
	assert_true(has_defect(&changed.reading, "bad_manifest"));
	assert_true(has_pod(&changed.reading, "one") && has_pod(&changed.reading, "two"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "interrupted");
	check_outcome(&changed, "interrupted", "no manifest");
}

static void test_a_list_that_was_taken_out_of_its_run_proves_nothing(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	CLEANUP(scratch_remove) struct scratch elsewhere = scratch_make();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	changed_start(&changed);
	char *pods = path_in(&changed.path, "Pod.json");
	file_text(pods, &text);
	free(pods);
	scratch_write(&elsewhere, "copy.json", strbuf_slice(&text));
	read_dir(&changed.reading, scratch_path(&elsewhere, "copy.json"));
	assert_true(has_pod(&changed.reading, "one") && has_pod(&changed.reading, "two"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "interrupted");
	check_outcome(&changed, "interrupted", "no manifest");
}

/* --- refused --- */
static void check_refused(struct changed *changed, enum error_code code, const char *message)
{
	reading_init(&changed->reading, changed->scratch.path);
	read_dump(&changed->reading);
	assert_int_equal(changed->reading.status, -1);
	check_error(&changed->reading.err, code, message);
	assert_int_equal(changed->reading.memory.record_count, 0);
}

static void test_another_key_is_refused(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	replace_in(manifest, "\"0123abcd\"", "\"99999999\"");
	free(manifest);
	check_refused(&changed, ERROR_USAGE, "with the key 99999999, and the key here is 0123abcd");
	check_refused(&changed, ERROR_USAGE, "--key-file");
}

static void test_a_later_version_is_refused(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	replace_in(manifest, "fother.snapshot/1", "fother.snapshot/2");
	free(manifest);
	check_refused(&changed, ERROR_UNSUPPORTED, "a later version");
}

/* --- somebody wrote it to deceive --- */
/* The hash is made right again, so that only what the file says speaks against it. */
static void replace_and_sign(const struct changed *changed, const char *name, const char *what, const char *with)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	char *path = path_in(&changed->path, name), *manifest = path_in(&changed->path, "manifest.json");
	char before[SHA256_TEXT_BYTES], after[SHA256_TEXT_BYTES];
	struct error *err = NULL;
	assert_int_equal(strlen(what), strlen(with));
	file_text(path, &text);
	check_ok(sha256_of(strbuf_slice(&text), before, &err), &err);
	replace_in(path, what, with);
	strbuf_clear(&text);
	file_text(path, &text);
	check_ok(sha256_of(strbuf_slice(&text), after, &err), &err);
	replace_in(manifest, before, after);
	free(path);
	free(manifest);
}

static void test_records_of_another_object_are_refused(void **state)
{
	static const char *const foreign[][2] = {
		{ "\"secret_uid\":\"uid-hub\"", "\"secret_uid\":\"uid-own\"" },
		{ "\"record\":\"secret\",\"uid\":\"uid-hub\"", "\"record\":\"secret\",\"uid\":\"uid-own\"" },
		{ "\"record\":\"entry\"", "\"record\":\"event\"" },
		{ "\"record\":\"secret\"", "\"record\":\"defect\"" },
		{ "\"format\":1", "\"format\":2" },
		{ "\"format\":1", "\"formar\":1" },
		{ "\"kubelet_reads\":true", "\"kubelet_reads\":1234" },
		{ "\"secret\":\"hub\"", "\"secret\":\"own\"" },
	};
	for (size_t i = 0; i < COUNT(foreign); i++) {
		CLEANUP(changed_release) struct changed changed = { .scratch = scratch_make() };
		made_world_init(&changed.world);
		struct made_list *list = made_list(&changed.world, "Secret", "", "secrets");
		made_secret(list, "hub", "kubernetes.io/dockerconfigjson", ".dockerconfigjson",
			    "{\"auths\":{\"quay.io\":{\"username\":\"u\",\"password\":\"" PLANTED_PASSWORD "\"}}}");
		made_secret(list, "own", "kubernetes.io/dockerconfigjson", ".dockerconfigjson",
			    "{\"auths\":{\"quay.io\":{\"username\":\"u\",\"password\":\"" PLANTED_PASSWORD "\"}}}");
		freeze(changed.scratch.path, &changed.world, &changed.path);
		replace_and_sign(&changed, "Secret.json", foreign[i][0], foreign[i][1]);
		changed_read(&changed);
		assert_false(has_defect(&changed.reading, "changed"));
		check_slice(defect_of(&changed.reading, "bad_frozen"), "hub");
		assert_int_equal(count_of(&changed.reading, &secret_type), 1);
		assert_int_equal(count_of(&changed.reading, &entry_type), 1);
		check_slice(coverage_of(&changed.reading, "Secret")->outcome, "partial");
		check_outcome(&changed, "partial", "bad_frozen");
	}
}

static void test_one_file_for_two_lists_is_read_once(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	replace_in(manifest, "\"Job.batch.json\"", "\"Pod.json\"");
	free(manifest);
	changed_read(&changed);
	assert_true(has_defect(&changed.reading, "missing"));
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "complete");
	check_slice(coverage_of(&changed.reading, "Job")->outcome, "failed");
}

static void test_pods_of_metadata_alone_are_not_read(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	replace_in(manifest, "\"metadata_only\": false", "\"metadata_only\": true");
	free(manifest);
	changed_read(&changed);
	assert_int_equal(pod_count(&changed.reading), 0);
	check_slice(coverage_of(&changed.reading, "Pod")->outcome, "failed");
	check_outcome(&changed, "failed", "Pod.json: of metadata alone");
}

static bool is_complete(const struct reading *reading, const char *kind)
{
	for (size_t i = 0; i < reading->memory.record_count; i++) {
		const struct memory_record *record = &reading->memory.records[i];
		const struct coverage *coverage = record->record;
		if (record->type == &coverage_type && slice_equal_text(coverage->kind, kind))
			return slice_equal_text(coverage->outcome, "complete");
	}
	return false;
}

/* A manifest with one of its words changed reads, or is told; and never more is complete than was. */
static void test_a_flipped_manifest_never_proves_more(void **state)
{
	CLEANUP(changed_release) struct changed changed;
	CLEANUP(strbuf_release) struct strbuf good = STRBUF_INIT(LIMIT_MIB);
	changed_start(&changed);
	char *manifest = path_in(&changed.path, "manifest.json");
	file_text(manifest, &good);
	for (size_t bit = 0; bit < good.len * 8; bit += 5) {
		char *bytes = strndup(good.data, good.len);
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		file_write(manifest, (struct slice){ bytes, good.len });
		free(bytes);
		reading_init(&changed.reading, changed.scratch.path);
		read_dump(&changed.reading);
		if (changed.reading.status < 0)
			assert_int_equal(changed.reading.memory.committed_records, 0);
		else if (is_complete(&changed.reading, "Pod"))
			assert_true(has_pod(&changed.reading, "one") && has_pod(&changed.reading, "two"));
		reading_release(&changed.reading);
	}
	free(manifest);
	reading_init(&changed.reading, "");
}

static int scenario(void *data, struct error **err)
{
	struct reading reading;
	reading_init(&reading, data);
	int result = snapshot_read(&reading.options, &reading.memory.sink, &reading.result, err);
	reading_release(&reading);
	return result;
}

static void test_without_memory(void **state)
{
	CLEANUP(scratch_remove) struct scratch scratch = scratch_make();
	CLEANUP(made_world_release) struct made_world whole, cut;
	made_world_init(&whole);
	made_world_init(&cut);
	struct made_list *list = made_list(&whole, "Secret", "", "secrets");
	made_secret(list, "hub", "kubernetes.io/dockercfg", ".dockercfg",
		    "{\"quay.io\":{\"username\":\"u\",\"password\":\"" PLANTED_PASSWORD "\"}}");
	made_item(made_list(&cut, "Pod", "", "pods"), POD("a"));
	cut.as_of += USEC_PER_DAY;
	freeze(scratch.path, &whole, NULL);
	freeze_and_die(scratch.path, &cut, NULL);
	torture(scenario, scratch.path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_comes_back),
		cmocka_unit_test(test_random_objects_come_back),
		cmocka_unit_test(test_nothing_known_comes_back_as_such),
		cmocka_unit_test(test_no_planted_value_is_in_any_file),
		cmocka_unit_test(test_runs_are_read_in_the_order_of_their_times),
		cmocka_unit_test(test_several_clusters_and_one_run_alone),
		cmocka_unit_test(test_dumps_of_kubectl_beside_a_run_stay_what_they_are),
		cmocka_unit_test(test_a_tar_of_it_reads_the_same),
		cmocka_unit_test(test_a_changed_file_is_told_and_read),
		cmocka_unit_test(test_a_cut_file_is_read_as_far_as_it_goes),
		cmocka_unit_test(test_a_missing_file_is_told),
		cmocka_unit_test(test_a_file_that_is_not_in_the_manifest_is_told_and_not_read),
		cmocka_unit_test(test_an_interrupted_run_proves_nothing),
		cmocka_unit_test(test_a_damaged_manifest_makes_it_an_interrupted_run),
		cmocka_unit_test(test_a_list_that_was_taken_out_of_its_run_proves_nothing),
		cmocka_unit_test(test_another_key_is_refused),
		cmocka_unit_test(test_a_later_version_is_refused),
		cmocka_unit_test(test_records_of_another_object_are_refused),
		cmocka_unit_test(test_one_file_for_two_lists_is_read_once),
		cmocka_unit_test(test_pods_of_metadata_alone_are_not_read),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_a_flipped_manifest_never_proves_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
