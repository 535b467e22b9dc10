#include "support/check.h"

#include "collect/cluster/live_change.h"
#include "model/observed.h"
#include "model/sink_memory.h"

struct fixture {
	struct sink_memory memory;
	struct live_change_sink changes;
	struct sink *sink;
	struct error *err;
	int64_t read;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ 0 };
	sink_memory_init(&f.memory);
	live_change_sink_init(&f.changes, &f.memory.sink);
	f.sink = &f.changes.sink;
	struct sink_scope scope = { .source = SLICE("prod@https://x"), .as_of = 1, .once = true };
	check_ok(f.sink->ops->begin(f.sink, &scope, &f.read, &f.err), &f.err);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	live_change_sink_release(&f->changes);
	sink_memory_release(&f->memory);
	error_free(f->err);
	return 0;
}

static void put_entry(struct fixture *f, const char *user)
{
	char name[32];
	struct entry entry;
	record_init(&entry_type, &entry);
	snprintf(name, sizeof name, "%s", user);
	entry.secret_uid = SLICE("u1");
	entry.registry = SLICE("docker.io");
	entry.username = slice_of(name);
	entry.fingerprint = SLICE("f1");
	check_ok(f->sink->ops->put(f->sink, f->read, &entry_type, &entry, &f->err), &f->err);
	memset(name, 'x', sizeof name); /* records are borrowed */
}

static void put_secret(struct fixture *f)
{
	struct secret secret;
	record_init(&secret_type, &secret);
	secret.uid = SLICE("u1");
	secret.type = SLICE("kubernetes.io/dockercfg");
	check_ok(f->sink->ops->put(f->sink, f->read, &secret_type, &secret, &f->err), &f->err);
}

static size_t count(const struct fixture *f, const struct record_type *type)
{
	size_t found = 0;
	for (size_t i = 0; i < f->memory.record_count; i++)
		found += f->memory.records[i].type == type;
	return found;
}

static void what_an_event_said_is_noted_and_put_on(void **state)
{
	struct fixture *f = *state;
	put_entry(f, "acme");
	put_entry(f, "other");
	put_secret(f);
	assert_true(f->changes.holds_secret);
	check_slice(f->changes.type, "kubernetes.io/dockercfg");
	assert_int_equal(f->changes.entries.len, 2);
	check_slice(f->changes.entries.items[0].username, "acme");
	check_slice(f->changes.entries.items[1].username, "other");
	check_slice(f->changes.entries.items[1].fingerprint, "f1");
	assert_int_equal(count(f, &entry_type), 2);
	assert_int_equal(count(f, &secret_type), 1);
}

static void the_next_event_begins_with_nothing(void **state)
{
	struct fixture *f = *state;
	put_entry(f, "acme");
	put_secret(f);
	live_change_sink_clear(&f->changes);
	assert_false(f->changes.holds_secret);
	assert_int_equal(f->changes.entries.len, 0);
	assert_null(f->changes.type.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_an_event_said_is_noted_and_put_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_next_event_begins_with_nothing, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
