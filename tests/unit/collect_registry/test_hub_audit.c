#include <stdio.h>

#include "base/limits.h"
#include "base/strbuf.h"
#include "collect_registry/hub_reading.h"
#include "support/mangle.h"
#include "support/torture.h"

#define DIGEST "sha256:c1ae9c435032a276f80220c7d9b40f76266bbe79243d34f9cda30b76fe114dfa"
#define PUSH                                                                                                           \
	"{\"account\":\"acme\",\"action\":\"repo.tag.push\",\"name\":\"acme/web\",\"actor\":\"ann\",\"data\":{"        \
	"\"digest\":\"" DIGEST "\",\"tag\":\"v1\"},\"timestamp\":\"2026-11-20T09:12:33Z\","                            \
	"\"action_description\":\"pushed the tag v1\"}"
#define EVENT(action, name, time)                                                                                      \
	"{\"account\":\"acme\",\"action\":\"" action "\",\"name\":\"" name "\",\"actor\":\"bob\",\"data\":{},"         \
	"\"timestamp\":\"" time "\"}"
#define PAGE(events) "{\"logs\":[" events "]}"

static void a_push_says_who_pushed_what_when(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_audit_read, SLICE(PAGE(PUSH)));
	check_ok(r.got, &r.err);
	const struct registry_event *event = hub_event(&r, 0);
	check_slice(event->registry, "docker.io");
	check_slice(event->action, "push");
	check_slice(event->repository, "acme/web");
	check_slice(event->tag, "v1");
	check_slice(event->digest, DIGEST);
	check_slice(event->actor, "ann");
	check_slice(event->token_name, "");
	check_slice(event->address, "");
	check_slice(event->source, "hub-audit");
	assert_int_equal(event->time, time_at("2026-11-20T09:12:33Z"));
	assert_int_equal(event->count, INT_UNKNOWN);
	assert_int_equal(r.result.events, 1);
	check_defects(&r, "");
}

static void check_actions(const char *text, const char *expected)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	CLEANUP(strbuf_release) struct strbuf found = STRBUF_INIT(LIMIT_MIB);
	hub_reading_of(&r, hub_audit_read, slice_of(text));
	check_ok(r.got, &r.err);
	for (size_t i = 0; i < hub_count(&r, &registry_event_type); i++)
		strbuf_addf(&found, "%s%.*s %.*s", i ? ", " : "", SLICE_ARG(hub_event(&r, i)->action),
			    SLICE_ARG(hub_event(&r, i)->repository));
	assert_string_equal(strbuf_text(&found), expected);
	assert_int_equal(r.result.events, hub_count(&r, &registry_event_type));
	check_defects(&r, "");
}

#define NOW "2026-11-20T09:00:00Z"

static void actions_have_the_names_of_all_registries_or_their_own(void **state)
{
	check_actions(
		PAGE(EVENT("repo.tag.delete", "acme/web", NOW) "," EVENT("repo.delete", "acme/web", NOW) "," EVENT(
			"repo.create", "web", NOW) "," EVENT("repo.change_privacy", "docker.io/acme/web", NOW)),
		"delete_tag acme/web, delete acme/web, create acme/web, repo.change_privacy acme/web");
	check_actions(PAGE(EVENT("org.member.add", "mallory", NOW) "," EVENT("offload.lease.end", "acme", NOW)),
		      "org.member.add , offload.lease.end ");
}

static void every_form_of_a_file_is_read(void **state)
{
	const char *both = "push acme/web, delete acme/web";
	const char *const forms[] = {
		PAGE(PUSH "," EVENT("repo.delete", "acme/web", NOW)),
		PAGE(PUSH) PAGE(EVENT("repo.delete", "acme/web", NOW)),
		PAGE(PUSH) "\n\n" PAGE(EVENT("repo.delete", "acme/web", NOW)) "\n",
		"[" PAGE(PUSH) "," PAGE(EVENT("repo.delete", "acme/web", NOW)) "]",
		"[" PUSH "," EVENT("repo.delete", "acme/web", NOW) "]",
		"[[" PUSH "],[" EVENT("repo.delete", "acme/web", NOW) "]]",
		PUSH "\n" EVENT("repo.delete", "acme/web", NOW),
		"\xef\xbb\xbf" PUSH "\r\n" EVENT("repo.delete", "acme/web", NOW) "\r\n",
		"{\"count\":2,\"logs\":[" PUSH "," EVENT("repo.delete", "acme/web", NOW) "],\"next\":null}",
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		check_actions(forms[i], both);
}

static void a_log_without_events_is_one(void **state)
{
	check_actions(PAGE(""), "");
	check_actions("{\"logs\":null}", "");
}

static void the_read_is_of_the_newest_event(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(
		&r, hub_audit_read,
		SLICE(PAGE(EVENT("repo.delete", "a/b", "2026-11-20T09:00:00Z") "," EVENT(
			"repo.delete", "a/b", "2026-11-20T11:00:00.5+01:00") "," EVENT("repo.delete", "a/b",
										       "2026-11-19T00:00:00Z"))));
	check_ok(r.got, &r.err);
	assert_int_equal(r.memory.read_count, 1);
	const struct memory_read *read = &r.memory.reads[0];
	check_slice(read->scope.source_kind, "registry_log");
	check_slice(read->scope.cluster_uid, "registry:docker.io");
	assert_true(read->scope.once && slice_ends_with(read->scope.source, "/log"));
	assert_int_equal(read->scope.as_of, time_at("2026-11-20T10:00:00.5Z"));
	assert_int_equal(read->end.as_of, read->scope.as_of);
	assert_int_equal(r.result.to, read->scope.as_of);
	assert_int_equal(r.result.from, time_at("2026-11-19T00:00:00Z"));
	check_slice(read->end.outcome, "complete");
	assert_int_equal(read->end.objects, 3);
	assert_true(read->finished && !read->committed);
}

static void a_clock_that_was_wrong_makes_no_read_of_the_future(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_audit_read, SLICE(PAGE(EVENT("repo.delete", "a/b", "9999-01-01T00:00:00Z"))));
	check_ok(r.got, &r.err);
	assert_true(r.memory.reads[0].scope.as_of <= time_now());
	check_slice(r.memory.reads[0].end.as_of_from, "clock");
	assert_int_equal(r.result.to, time_at("9999-01-01T00:00:00Z"));
}

static void check_bad(const char *text, const char *defects, size_t events)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_audit_read, slice_of(text));
	check_ok(r.got, &r.err);
	check_defects(&r, defects);
	assert_int_equal(hub_count(&r, &registry_event_type), events);
	check_slice(r.memory.reads[0].end.outcome, "partial");
	assert_true(r.memory.reads[0].end.why.len > 0);
	assert_true(r.result.defects > 0);
}

static void what_does_not_decode_is_a_defect_and_the_next_is_read(void **state)
{
	check_bad(PAGE("{\"action\":\"x\"}," PUSH), "bad_time byte 9", 1);
	check_bad(PAGE("{\"timestamp\":\"" NOW "\"}," PUSH), "no_action byte 9", 1);
	check_bad(PAGE(EVENT("x", "y", "yesterday") "," PUSH), "bad_time byte 9", 1);
	check_bad(PAGE("7," PUSH ",null,\"x\""), "not_an_event byte 9, not_an_event byte 266, not_an_event byte 271",
		  1);
	check_bad(PUSH "\n{\"detail\":\"Rate limit exceeded\"}\n" PUSH, "not_an_event byte 255", 2);
	check_bad("{\"action\":\"x\",\"timestamp\":\"" NOW "\",\"actor\":[1,{}],\"data\":7}", "wrong_type byte 0", 1);
	check_bad("{\"action\":\"x\",\"timestamp\":\"" NOW "\",\"data\":{\"tag\":{\"a\":1},\"digest\":null}}",
		  "wrong_type byte 0", 1);
}

static void a_broken_line_ends_with_itself(void **state)
{
	check_bad(PUSH "\n{\"action\":\"x\",\n" PUSH "\n", "bad_document byte 270", 2);
	check_bad(PUSH "\nnonsense\n" PUSH "\n" PUSH, "bad_document byte 256", 3);
	check_bad(PAGE(PUSH "," PUSH) "x", "bad_document byte 520", 2);
	check_bad("{\"logs\":[" PUSH "," PUSH, "bad_document byte 518", 2);
}

static void tokens_in_names_are_masked(void **state)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_audit_read,
		       SLICE(PAGE("{\"action\":\"x\",\"timestamp\":\"" NOW
				  "\",\"actor\":\"dckr_pat_EXAMPLE0123456789abcdef\"}")));
	check_ok(r.got, &r.err);
	check_slice(hub_event(&r, 0)->actor, "dckr_pat_[masked]");
}

static void another_file_is_refused_with_what_is_expected(void **state)
{
	const char *expected = "/log: this is no audit log of Docker Hub: the JSON of GET /v2/auditlogs/ACCOUNT";
	check_no_such_file(hub_audit_read, "", expected);
	check_no_such_file(hub_audit_read, "EXAMPLE\n", expected);
	check_no_such_file(hub_audit_read, "datehour,user_name\nEXAMPLE,EXAMPLE\n", expected);
	check_no_such_file(hub_audit_read, "{\"detail\":\"EXAMPLE\"}", expected);
	check_no_such_file(hub_audit_read, "[]", expected);
	check_no_such_file(hub_audit_read, "{\"logs\":\"EXAMPLE\"}", expected);
	check_no_such_file(hub_audit_read, "{\"auths\":{\"docker.io\":{\"auth\":\"EXAMPLE\"}}}", expected);
}

static void a_file_that_is_not_there_says_so(void **state)
{
	struct sink_memory memory;
	struct hub_file_result result;
	struct error *err = NULL;
	sink_memory_init(&memory);
	assert_int_equal(hub_audit_read("/nowhere/log", &memory.sink, &result, &err), -1);
	check_error(&err, ERROR_SYSTEM, "/nowhere/log: No such file");
	sink_memory_release(&memory);
}

/* --- mangled, and without memory --- */

#define GOOD PAGE(PUSH "," EVENT("repo.delete", "web", NOW)) "\n" PUSH

static void use(struct slice variant, size_t at, void *data)
{
	CLEANUP(hub_reading_release) struct hub_reading r;
	hub_reading_of(&r, hub_audit_read, variant);
	if (r.got < 0)
		assert_int_equal(r.err->code, ERROR_SYNTAX);
	else
		*(size_t *)data += (size_t)r.result.events;
}

static void cut_or_flipped_it_stays_within(void **state)
{
	size_t events = 0;
	mangle_truncate(SLICE(GOOD), use, &events);
	assert_true(events > 100);
	mangle_flip(SLICE(PAGE(PUSH) "\n" PUSH), use, &events);
}

static int scenario(void *data, struct error **err)
{
	struct sink_memory memory;
	struct hub_file_result result;
	sink_memory_init(&memory);
	int got = hub_audit_read(data, &memory.sink, &result, err);
	sink_memory_release(&memory);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = scratch_make();
	char path[128];
	scratch_write(&folder, "log", SLICE(GOOD "\nx"));
	snprintf(path, sizeof path, "%s", scratch_path(&folder, "log"));
	assert_in_range(torture(scenario, path), 10, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_says_who_pushed_what_when),
		cmocka_unit_test(actions_have_the_names_of_all_registries_or_their_own),
		cmocka_unit_test(every_form_of_a_file_is_read),
		cmocka_unit_test(a_log_without_events_is_one),
		cmocka_unit_test(the_read_is_of_the_newest_event),
		cmocka_unit_test(a_clock_that_was_wrong_makes_no_read_of_the_future),
		cmocka_unit_test(what_does_not_decode_is_a_defect_and_the_next_is_read),
		cmocka_unit_test(a_broken_line_ends_with_itself),
		cmocka_unit_test(tokens_in_names_are_masked),
		cmocka_unit_test(another_file_is_refused_with_what_is_expected),
		cmocka_unit_test(a_file_that_is_not_there_says_so),
		cmocka_unit_test(cut_or_flipped_it_stays_within),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
