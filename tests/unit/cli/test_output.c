#include "support/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture.h"
#include "cli/options.h"
#include "cli/output.h"
#include "model/answer.h"

static struct repository repositories[2];
static const struct record_list two = { repositories, 2 };
static struct secret_row secrets[2];

static int set_up(void **state)
{
	(void)state;
	setenv("COLUMNS", "80", 1);
	for (size_t i = 0; i < 2; i++) {
		record_init(&repository_type, &repositories[i]);
		repositories[i].registry = SLICE("docker.io");
		repositories[i].repository = slice_of(i ? "=cmd" : "acme/web");
		record_init(&secret_row_type, &secrets[i]);
		secrets[i].cluster = SLICE("prod");
		secrets[i].namespace = SLICE("shop");
		secrets[i].name = slice_of(i ? "hub" : "pull");
	}
	repositories[0].images = 3;
	return 0;
}

/* What nobody knows of these repositories. */
#define UNKNOWN_REST                                                                                                   \
	",\"tags\":null,\"manifests\":null,\"newest\":null,\"pushed\":null,\"read\":null,\"outcome\":null,\"why\":null}"

/* A whole answer of one list in a form. */
static const char *answer(const char *format, bool quiet, const struct record_type *type, struct record_list items)
{
	const struct options options = { .output = format, .quiet = quiet };
	const struct envelope envelope = { .schema = "fother/test/v1", .complete = true, .generated = 0 };
	struct output output;
	struct capture capture;
	struct error *err = NULL;
	check_ok(output_init(&output, &options, &err), &err);
	capture_start(&capture);
	int code = output_begin(&output, &envelope, &err);
	code = code < 0 ? code : output_items(&output, type, items, &err);
	code = code < 0 ? code : output_end(&output, &envelope, &err);
	const char *text = capture_end(&capture);
	output_release(&output);
	check_ok(code, &err);
	return text;
}

static void formats_are_known_by_name_and_table_is_the_default(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum output_format format;
		bool screen;
	} cases[] = {
		{ NULL, OUTPUT_TABLE, true },   { "table", OUTPUT_TABLE, true },    { "wide", OUTPUT_WIDE, true },
		{ "json", OUTPUT_JSON, false }, { "ndjson", OUTPUT_NDJSON, false }, { "csv", OUTPUT_CSV, false },
	};
	struct error *err = NULL;
	struct output output;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct options options = { .output = cases[i].name };
		check_ok(output_init(&output, &options, &err), &err);
		assert_int_equal(output.format, cases[i].format);
		assert_int_equal(output.width, 80);
		assert_int_equal(output_is_screen(&output), cases[i].screen);
		options.quiet = true;
		check_ok(output_init(&output, &options, &err), &err);
		assert_false(output_is_screen(&output));
	}
	static const char *const wrong[] = { "", "JSON", "yaml", "jsonx" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		assert_int_equal(output_init(&output, &(struct options){ .output = wrong[i] }, &err), -1);
		check_error(&err, ERROR_USAGE, "use table, wide, json, ndjson or csv");
	}
}

static void table_has_the_columns_of_the_field_list(void **state)
{
	(void)state;
	assert_string_equal(answer("table", false, &repository_type, two), "REGISTRY   REPOSITORY  IMAGES\n"
									   "docker.io  acme/web         3\n"
									   "docker.io  =cmd             -\n");
}

static void column_that_is_unknown_in_every_row_is_left_out(void **state)
{
	(void)state;
	repositories[0].images = INT_UNKNOWN;
	assert_string_equal(answer("table", false, &repository_type, two), "REGISTRY   REPOSITORY\n"
									   "docker.io  acme/web\n"
									   "docker.io  =cmd\n");
}

/* What -q prints is who the row is, even where it is not known. */
static void identity_is_never_left_out(void **state)
{
	(void)state;
	repositories[0].repository = repositories[1].repository = SLICE_NONE;
	assert_non_null(strstr(answer("table", false, &repository_type, two), "REPOSITORY"));
}

static void empty_table_has_its_titles(void **state)
{
	(void)state;
	assert_string_equal(answer("table", false, &repository_type, (struct record_list){ 0 }),
			    "REGISTRY  REPOSITORY  IMAGES  TAGS  NEWEST  PUSHED  READ  OUTCOME  WHY\n");
}

static void wide_shows_more_and_says_nothing_of_the_terminal(void **state)
{
	(void)state;
	secrets[0].secret_type = SLICE("kubernetes.io/dockercfg");
	secrets[0].data_written_by = SLICE("helm");
	const struct record_list items = { secrets, 2 };
	assert_null(strstr(answer("table", false, &secret_row_type, items), "SECRET TYPE"));
	setenv("COLUMNS", "200", 1);
	const char *wide = answer("wide", false, &secret_row_type, items);
	assert_non_null(strstr(wide, "SECRET TYPE"));
	assert_non_null(strstr(wide, "kubernetes.io/dockercfg"));
	assert_null(strstr(wide, "left out"));
}

static void columns_that_gave_way_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		secrets[i].managed_by = SLICE("external-secrets");
		secrets[i].change = SLICE("changed");
		secrets[i].data_written = 0;
		secrets[i].users = 4;
	}
	setenv("COLUMNS", "40", 1);
	const char *text = answer("table", false, &secret_row_type, (struct record_list){ secrets, 2 });
	const char *note = strstr(text, " left out to fit 40: ");
	assert_non_null(note);
	assert_non_null(strstr(text, "NAME"));
	struct slice rest = { text, (size_t)(note - text) }, line;
	while (slice_cut(rest, '\n', &line, &rest))
		assert_true(line.len <= 40);
	setenv("COLUMNS", "200", 1);
	text = answer("table", false, &secret_row_type, (struct record_list){ secrets, 2 });
	assert_null(strstr(text, "left out"));
}

static void fingerprints_and_digests_are_short_in_tables_and_whole_in_json(void **state)
{
	(void)state;
	struct image image;
	record_init(&image_type, &image);
	image.repository = SLICE("acme/web");
	image.digest = SLICE("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	const struct record_list items = { &image, 1 };
	const char *table = answer("table", false, &image_type, items);
	assert_non_null(strstr(table, "sha256:0123456789ab"));
	assert_null(strstr(table, "sha256:0123456789abc"));
	assert_non_null(strstr(answer("json", false, &image_type, items), "9abcdef0123456789abcdef\""));
}

static void quiet_joins_the_identity_with_slashes_in_every_format(void **state)
{
	(void)state;
	static const char *const formats[] = { NULL, "wide", "json", "ndjson", "csv" };
	secrets[1].namespace = SLICE_NONE;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		assert_string_equal(answer(formats[i], true, &secret_row_type, (struct record_list){ secrets, 2 }),
				    "prod/shop/pull\nprod/hub\n");
}

static void quiet_has_no_empty_lines(void **state)
{
	(void)state;
	repositories[0].repository = SLICE_NONE;
	assert_string_equal(answer(NULL, true, &repository_type, two), "=cmd\n");
}

static void csv_has_one_header_and_guards_against_formulas(void **state)
{
	(void)state;
	assert_string_equal(answer("csv", false, &repository_type, two),
			    "registry,repository,images,tags,manifests,newest,pushed,read,outcome,why\r\n"
			    "docker.io,acme/web,3,,,,,,,\r\n"
			    "docker.io,'=cmd,,,,,,,,\r\n");
	assert_string_equal(answer("csv", false, &repository_type, (struct record_list){ 0 }),
			    "registry,repository,images,tags,manifests,newest,pushed,read,outcome,why\r\n");
}

static void csv_of_several_lists_has_one_header(void **state)
{
	(void)state;
	const struct options options = { .output = "csv" };
	struct error *err = NULL;
	struct output output;
	check_ok(output_init(&output, &options, &err), &err);
	check_ok(output_items(&output, &repository_type, (struct record_list){ repositories, 1 }, &err), &err);
	check_ok(output_items(&output, &repository_type, (struct record_list){ repositories, 1 }, &err), &err);
	assert_string_equal(strbuf_text(&output.text),
			    "registry,repository,images,tags,manifests,newest,pushed,read,outcome,why\r\n"
			    "docker.io,acme/web,3,,,,,,,\r\ndocker.io,acme/web,3,,,,,,,\r\n");
	output_release(&output);
}

static void json_is_one_envelope_with_the_items_last(void **state)
{
	(void)state;
	const char *text = answer("json", false, &repository_type, two);
	assert_true(slice_starts_with(slice_of(text), "{\"schema\":\"fother/test/v1\",\"tool\":\"fother "));
	assert_non_null(strstr(text, "\"generated\":\"1970-01-01T00:00:00Z\",\"incident\":null,\"complete\":true,"
				     "\"reads\":[],\"errors\":[],\"items\":["));
	assert_true(slice_ends_with(
		slice_of(text),
		"[{\"record\":\"repository\",\"registry\":\"docker.io\",\"repository\":\"acme/web\",\"images\":3" UNKNOWN_REST
		","
		"{\"record\":\"repository\",\"registry\":\"docker.io\",\"repository\":\"=cmd\",\"images\":null" UNKNOWN_REST
		"]}\n"));
}

static void ndjson_is_an_item_a_line_and_the_envelope_last(void **state)
{
	(void)state;
	const char *text = answer("ndjson", false, &repository_type, two);
	struct slice rest = slice_of(text), line;
	assert_true(slice_cut(rest, '\n', &line, &rest));
	check_slice(
		line,
		"{\"record\":\"repository\",\"registry\":\"docker.io\",\"repository\":\"acme/web\",\"images\":3" UNKNOWN_REST);
	assert_true(slice_cut(rest, '\n', &line, &rest));
	assert_true(slice_cut(rest, '\n', &line, &rest));
	assert_true(slice_starts_with(line, "{\"schema\":\"fother/test/v1\","));
	assert_true(slice_ends_with(line, "\"errors\":[]}"));
	assert_int_equal(rest.len, 0);
}

/* --as-of makes output reproducible: the clock of the reading stays out of it. */
static void reads_of_a_reproducible_answer_have_no_clock(void **state)
{
	(void)state;
	struct read read;
	struct error *err = NULL;
	record_init(&read_type, &read);
	read.started = read.ended = 0;
	for (int reproducible = 0; reproducible < 2; reproducible++) {
		struct envelope envelope = { .schema = "x", .reproducible = reproducible, .reads = { &read, 1 } };
		struct output output;
		check_ok(output_init(&output, &(struct options){ .output = "json" }, &err), &err);
		check_ok(output_begin(&output, &envelope, &err), &err);
		bool clock = strstr(strbuf_text(&output.text), "\"started\":\"1970-01-01T00:00:00Z\"") != NULL;
		assert_int_equal(clock, !reproducible);
		output_release(&output);
	}
	assert_int_equal(read.started, 0);
}

static void errors_of_sources_stand_in_the_envelope(void **state)
{
	(void)state;
	const struct slice errors[] = { SLICE("/a: no"), SLICE("/b: \"no\"") };
	const struct envelope envelope = { .schema = "x", .errors = { errors, 2 } };
	struct error *err = NULL;
	struct output output;
	check_ok(output_init(&output, &(struct options){ .output = "json" }, &err), &err);
	check_ok(output_begin(&output, &envelope, &err), &err);
	assert_non_null(strstr(strbuf_text(&output.text), "\"errors\":[\"/a: no\",\"/b: \\\"no\\\"\"]"));
	assert_non_null(strstr(strbuf_text(&output.text), "\"complete\":false"));
	output_release(&output);
}

static void what_was_not_read_whole_is_told_once_and_by_name(void **state)
{
	(void)state;
	static const struct slice errors[] = { SLICE("context ap (https://a): refused"),
					       SLICE("/b: cannot be opened") };
	struct read reads[3];
	for (size_t i = 0; i < 3; i++)
		record_init(&read_type, &reads[i]);
	reads[0].source = SLICE("ap@https://a");
	reads[0].outcome = SLICE("failed");
	reads[0].why = SLICE("refused");
	reads[1].source = SLICE("eu@https://e");
	reads[1].outcome = SLICE("interrupted");
	reads[2].source = SLICE("prod@https://p");
	reads[2].outcome = SLICE("complete");
	const struct options options = { 0 };
	const struct envelope envelope = { .schema = "x", .reads = { reads, 3 }, .errors = { errors, 2 } };
	struct output output;
	struct capture capture;
	struct error *err = NULL;
	check_ok(output_init(&output, &options, &err), &err);
	capture_start(&capture);
	int code = output_begin(&output, &envelope, &err);
	code = code < 0 ? code : output_end(&output, &envelope, &err);
	assert_string_equal(capture_end(&capture), "(incomplete: ap@https://a: refused)\n"
						   "(incomplete: eu@https://e)\n"
						   "(not read: /b: cannot be opened)\n");
	output_release(&output);
	check_ok(code, &err);
}

/* More than one buffer full: written on the way, all of it, in order. */
static void long_list_is_whole(void **state)
{
	(void)state;
	enum { MANY = 8000 };
	static struct repository many[MANY];
	for (size_t i = 0; i < MANY; i++)
		many[i] = repositories[0];
	many[MANY - 1] = repositories[1];
	const char *text = answer("csv", false, &repository_type, (struct record_list){ many, MANY });
	size_t lines = 0;
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, MANY + 1);
	assert_true(slice_ends_with(slice_of(text), "docker.io,'=cmd,,,,,,,,\r\n"));
}

/* The image that every pod has a copy of, in a fleet. */
static void one_row_may_be_larger_than_any_text_in_it(void **state)
{
	(void)state;
	enum { SIGHTINGS = 250000 };
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_GIB);
	struct sighting *sightings = arena_zeroed(&arena, SIGHTINGS, sizeof *sightings);
	struct image image;
	record_init(&image_type, &image);
	for (size_t i = 0; i < SIGHTINGS; i++)
		record_init(&sighting_type, &sightings[i]);
	image.sightings = (struct record_list){ sightings, SIGHTINGS };
	const struct options options = { .output = "ndjson" };
	struct output output;
	struct error *err = NULL;
	check_ok(output_init(&output, &options, &err), &err);
	int saved = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY);
	dup2(null, STDOUT_FILENO);
	int code = output_items(&output, &image_type, (struct record_list){ &image, 1 }, &err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(null);
	check_ok(code, &err);
	assert_true(output.text.capacity > LIMIT_ROW_BYTES);
	output_release(&output);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(one_row_may_be_larger_than_any_text_in_it),
		TEST(formats_are_known_by_name_and_table_is_the_default),
		TEST(table_has_the_columns_of_the_field_list),
		TEST(column_that_is_unknown_in_every_row_is_left_out),
		TEST(identity_is_never_left_out),
		TEST(empty_table_has_its_titles),
		TEST(wide_shows_more_and_says_nothing_of_the_terminal),
		TEST(columns_that_gave_way_are_counted),
		TEST(fingerprints_and_digests_are_short_in_tables_and_whole_in_json),
		TEST(quiet_joins_the_identity_with_slashes_in_every_format),
		TEST(quiet_has_no_empty_lines),
		TEST(csv_has_one_header_and_guards_against_formulas),
		TEST(csv_of_several_lists_has_one_header),
		TEST(json_is_one_envelope_with_the_items_last),
		TEST(ndjson_is_an_item_a_line_and_the_envelope_last),
		TEST(reads_of_a_reproducible_answer_have_no_clock),
		TEST(errors_of_sources_stand_in_the_envelope),
		TEST(what_was_not_read_whole_is_told_once_and_by_name),
		TEST(long_list_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
