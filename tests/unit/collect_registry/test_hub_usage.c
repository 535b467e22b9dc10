#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "collect_registry/hub_reading.h"
#include "support/mangle.h"
#include "support/torture.h"

#define DIGEST "sha256:c1ae9c435032a276f80220c7d9b40f76266bbe79243d34f9cda30b76fe114dfa"
#define HEADER                                                                                                         \
	"datehour,user_name,repository,access_token_name,ips,repository_privacy,tag,digest,version_checks,pulls\n"
#define ROW "2026/11/20/09,acme-ci,acme/web,ci-2024,\"192.0.2.7,2001:db8::1\",private,v1," DIGEST ",3,2\n"

static void a_row_says_which_login_pulled_what_from_where(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_usage_read, SLICE(HEADER ROW));
	check_ok(r.got, &r.err);
	assert_int_equal(r.result.events, 2);
	const struct registry_event *pull = hub_event(&r, 0), *check = hub_event(&r, 1);
	check_slice(pull->action, "pull");
	assert_int_equal(pull->count, 2);
	check_slice(check->action, "check");
	assert_int_equal(check->count, 3);
	for (size_t i = 0; i < 2; i++) {
		const struct registry_event *event = hub_event(&r, i);
		check_slice(event->registry, "docker.io");
		check_slice(event->repository, "acme/web");
		check_slice(event->tag, "v1");
		check_slice(event->digest, DIGEST);
		check_slice(event->actor, "acme-ci");
		check_slice(event->token_name, "ci-2024");
		check_slice(event->address, "192.0.2.7, 2001:db8::1");
		check_slice(event->client, "");
		check_slice(event->source, "hub-usage");
		assert_int_equal(event->time, time_at("2026-11-20T09:00:00Z"));
	}
	check_defects(&r, "");
	assert_int_equal(r.memory.reads[0].scope.as_of, time_at("2026-11-20T09:00:00Z"));
	check_slice(r.memory.reads[0].scope.cluster_uid, "registry:docker.io");
}

/* "ACTION COUNT REPOSITORY TAG ACTOR TOKEN ADDRESS; ..." */
static void check_events(const char *text, const char *expected)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	CLEANUP(strbuf_release) struct strbuf found = STRBUF_INIT(LIMIT_MIB);
	hub_reading_of(&r, hub_usage_read, slice_of(text));
	check_ok(r.got, &r.err);
	for (size_t i = 0; i < hub_count(&r, &registry_event_type); i++) {
		const struct registry_event *e = hub_event(&r, i);
		strbuf_addf(&found, "%s%.*s %lld %.*s %.*s %.*s %.*s %.*s", i ? "; " : "", SLICE_ARG(e->action),
			    e->count == INT_UNKNOWN ? -1LL : (long long)e->count, SLICE_ARG(e->repository),
			    SLICE_ARG(e->tag), SLICE_ARG(e->actor), SLICE_ARG(e->token_name), SLICE_ARG(e->address));
	}
	assert_string_equal(strbuf_text(&found), expected);
	check_defects(&r, "");
}

static void columns_are_found_by_their_names(void **state)
{
	check_events("pulls,repository,new_column,datehour\n4,a/b,x,2026/11/20/09\n", "pull 4 a/b    ");
	check_events("\xef\xbb\xbf\"Date Hour\";\"User Name\";Repository;\"PAT name\";Pulls\r\n"
		     "2026/11/20/09;ann;a/b;laptop;1\r\n",
		     "pull 1 a/b  ann laptop ");
	check_events("datehour,date,repository,user_name\n2026/11/20/09,nonsense,a/b,ann\n", "pull -1 a/b  ann  ");
	check_events("timestamp,namespace,repository,action,ip\n2026-11-20T09:00:00Z,acme,web,Version check,192.0.2.1\n"
		     "2026-11-20T09:00:00Z,acme,web,pull by tag,192.0.2.1\n",
		     "check -1 acme/web    192.0.2.1; pull -1 acme/web    192.0.2.1");
}

static void empty_fields_and_short_rows_are_unknown(void **state)
{
	check_events(HEADER "2026/11/20/09,,nginx,,,,,,,7\n", "pull 7 library/nginx    ");
	check_events(HEADER "2026/11/20/09,ann,a/b\n", "pull -1 a/b  ann  ");
	check_events(HEADER "2026/11/20/09,ann,a/b,,,,,,0,0\n", "");
	check_events(HEADER "2026/11/20/09,ann,a/b,,,,,,5,0\n", "check 5 a/b  ann  ");
	check_events(HEADER "\n\n", "");
}

static void addresses_come_in_any_wrapping(void **state)
{
	check_events(HEADER "2026/11/20/09,,a/b,,\"[\"\"192.0.2.1\"\",\"\"192.0.2.2\"\"]\",,,,,1\n",
		     "pull 1 a/b    192.0.2.1, 192.0.2.2");
	check_events(HEADER "2026/11/20/09,,a/b,,[192.0.2.1 2001:db8::/64],,,,,1\n",
		     "pull 1 a/b    192.0.2.1, 2001:db8::/64");
}

static void digests_without_their_algorithm_get_it(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_usage_read,
		       SLICE(HEADER "2026/11/20/09,,a/b,,,,,"
				    "c1ae9c435032a276f80220c7d9b40f76266bbe79243d34f9cda30b76fe114dfa,,1\n"));
	check_ok(r.got, &r.err);
	check_slice(hub_event(&r, 0)->digest, DIGEST);
}

static void every_way_to_write_the_hour(void **state)
{
	static const char *const same[] = { "2026/11/20/09",        "2026-11-20-09",
					    "2026/11/20 09:00",     "2026-11-20 09:00:00",
					    "2026-11-20T09:00:00Z", "2026-11-20T10:00:00+01:00",
					    "2026-11-20 09",        "2026-11-20 09:00:00 UTC",
					    "2026/11/20/9" };
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		CLEANUP(hub_reading_release) struct hub_reading r;
		char text[512];
		snprintf(text, sizeof text, HEADER "%s,,a/b,,,,,,,1\n", same[i]);
		hub_reading_of(&r, hub_usage_read, slice_of(text));
		check_ok(r.got, &r.err);
		assert_int_equal(hub_event(&r, 0)->time, time_at("2026-11-20T09:00:00Z"));
	}
	check_events("date,repository,pulls\n2026-11-20,a/b,1\n", "pull 1 a/b    ");
}

static void check_bad(const char *rows, const char *defects, size_t events)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	strbuf_addf(&text, HEADER "%s", rows);
	hub_reading_of(&r, hub_usage_read, strbuf_slice(&text));
	check_ok(r.got, &r.err);
	check_defects(&r, defects);
	assert_int_equal(hub_count(&r, &registry_event_type), events);
	check_slice(r.memory.reads[0].end.outcome, "partial");
}

static void a_bad_row_is_a_defect_and_the_next_is_read(void **state)
{
	check_bad("yesterday,,a/b,,,,,,,1\n" ROW, "bad_time line 2", 2);
	check_bad("20/11/2026,,a/b,,,,,,,1\n", "bad_time line 2", 0);
	check_bad("2026/13/20/09,,a/b,,,,,,,1\n2026/11/20/25,,a/b,,,,,,,1\n", "bad_time line 2, bad_time line 3", 0);
	check_bad("2026/11/20/09x,,a/b,,,,,,,1\n", "bad_time line 2", 0);
	check_bad("2026/11/20/09,,,,,,,,,1\n", "no_repository line 2", 0);
	check_bad("2026/11/20/09,,a/b,,,,,,many,1\n", "bad_count line 2", 0);
	check_bad("2026/11/20/09,,a/b,,,,,,,-1\n", "bad_count line 2", 0);
	check_bad("2026/11/20/09,,a/b,,,,,,,9999999999999999999\n", "bad_count line 2", 0);
	check_bad(ROW "\"never closed\n" ROW, "bad_row line 3", 4);
}

static void defects_are_bounded(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(LIMIT_MIB);
	strbuf_add_text(&text, HEADER);
	for (size_t i = 0; i < LIMIT_HUB_FILE_DEFECTS + 10; i++)
		strbuf_add_text(&text, "x\n");
	hub_reading_of(&r, hub_usage_read, strbuf_slice(&text));
	check_ok(r.got, &r.err);
	assert_int_equal(hub_count(&r, &defect_type), LIMIT_HUB_FILE_DEFECTS);
	assert_int_equal(r.result.defects, LIMIT_HUB_FILE_DEFECTS + 10);
	check_slice(r.memory.reads[0].end.why, "line 2: the row has no time, or none that is written yyyy/mm/dd/hh");
}

static void tokens_in_names_are_masked(void **state)
{
	check_events(HEADER "2026/11/20/09,ann,a/b,dckr_pat_EXAMPLE0123456789abcdef,,,,,,1\n",
		     "pull 1 a/b  ann dckr_pat_[masked] ");
}

static void another_file_is_refused_with_what_is_expected(void **state)
{
	const char *expected = "/log: this is no usage report of Docker Hub: a CSV is expected whose first line names "
			       "the columns datehour and repository";
	check_no_such_file(hub_usage_read, "", expected);
	check_no_such_file(hub_usage_read, "{\"logs\":[\"EXAMPLE\"]}", expected);
	check_no_such_file(hub_usage_read, "EXAMPLE,EXAMPLE\n1,2\n", expected);
	check_no_such_file(hub_usage_read, "datehour,repository\n2026/11/20/09,EXAMPLE\n", expected);
	check_no_such_file(hub_usage_read, "datehour,pulls\n", expected);
	check_no_such_file(hub_usage_read, "\"datehour,repository,pulls\n", expected);
}

/* --- mangled, and without memory --- */

static void use(struct slice variant, size_t at, void *data)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_usage_read, variant);
	if (r.got < 0)
		assert_int_equal(r.err->code, ERROR_SYNTAX);
	else
		*(size_t *)data += (size_t)r.result.events;
}

#define SMALL "datehour,repository,ips,pulls\r\n2026/11/20/09,\"a/b\",\"1.2.3.4\",2\r\n"

static void cut_or_flipped_it_stays_within(void **state)
{
	size_t events = 0;
	mangle_truncate(SLICE(HEADER ROW ROW), use, &events);
	mangle_flip(SLICE(SMALL), use, &events);
	assert_true(events > 100);
}

static int scenario(void *data, struct error **err)
{
	struct sink_memory memory;
	struct hub_file_result result;
	sink_memory_init(&memory);
	int got = hub_usage_read(data, &memory.sink, &result, err);
	sink_memory_release(&memory);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char path[128];
	scratch_write(&folder, "log", SLICE(HEADER ROW "x\n"));
	snprintf(path, sizeof path, "%s", scratch_path(&folder, "log"));
	assert_in_range(torture(scenario, path), 10, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_says_which_login_pulled_what_from_where),
		cmocka_unit_test(columns_are_found_by_their_names),
		cmocka_unit_test(empty_fields_and_short_rows_are_unknown),
		cmocka_unit_test(addresses_come_in_any_wrapping),
		cmocka_unit_test(digests_without_their_algorithm_get_it),
		cmocka_unit_test(every_way_to_write_the_hour),
		cmocka_unit_test(a_bad_row_is_a_defect_and_the_next_is_read),
		cmocka_unit_test(defects_are_bounded),
		cmocka_unit_test(tokens_in_names_are_masked),
		cmocka_unit_test(another_file_is_refused_with_what_is_expected),
		cmocka_unit_test(cut_or_flipped_it_stays_within),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
