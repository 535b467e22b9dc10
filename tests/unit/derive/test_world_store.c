/* The world on the real store: what several reads of one cluster leave in it is what derive takes it for. */
#include "derive/world.h"
#include "store/fixture.h"

static void put_login(struct fixture *f, int64_t read, const char *uid, const char *name, const char *fingerprint)
{
	struct secret secret;
	record_init(&secret_type, &secret);
	secret.uid = slice_of(uid);
	secret.namespace = SLICE("shop");
	secret.name = slice_of(name);
	secret.type = SLICE("kubernetes.io/dockerconfigjson");
	secret.pull_type = secret.decodes = BOOL_TRUE;
	put(f, read, &secret_type, &secret);
	struct entry entry;
	record_init(&entry_type, &entry);
	entry.secret_uid = secret.uid;
	entry.data_key = SLICE(".dockerconfigjson");
	entry.registry_key = entry.registry = SLICE("docker.io");
	entry.ordinal = 0;
	entry.namespace = secret.namespace;
	entry.subtype = secret.type;
	entry.username = SLICE("acme");
	entry.cred_kind = SLICE("pat");
	entry.fingerprint = slice_of(fingerprint);
	entry.key_id = SLICE("0badc0de");
	entry.kubelet_reads = BOOL_TRUE;
	entry.overridden = BOOL_FALSE;
	put(f, read, &entry_type, &entry);
	struct entry_value value;
	record_init(&entry_value_type, &value);
	value.secret_uid = secret.uid;
	value.data_key = entry.data_key;
	value.registry_key = entry.registry_key;
	value.ordinal = 0;
	value.fingerprint = entry.fingerprint;
	value.key_id = entry.key_id;
	value.username = entry.username;
	value.registry = entry.registry;
	value.cred_kind = entry.cred_kind;
	value.namespace = secret.namespace;
	value.secret = secret.name;
	put(f, read, &entry_value_type, &value);
}

static void put_web(struct fixture *f, int64_t read)
{
	struct slice secrets[] = { SLICE("hub") };
	struct pod pod;
	record_init(&pod_type, &pod);
	pod.uid = SLICE("pod-1");
	pod.namespace = SLICE("shop");
	pod.name = SLICE("web");
	pod.phase = SLICE("Running");
	pod.pull_secrets = (struct slice_list){ secrets, 1 };
	put(f, read, &pod_type, &pod);
	struct container container;
	record_init(&container_type, &container);
	container.namespace = pod.namespace;
	container.holder_group = SLICE("");
	container.holder_kind = SLICE("Pod");
	container.holder = pod.uid;
	container.role = SLICE("container");
	container.name = SLICE("app");
	container.image = SLICE("acme/web:1");
	container.state = SLICE("running");
	put(f, read, &container_type, &container);
}

/* A dump of one hour; `old` is in it too where it is told. */
static void read_dump(struct fixture *f, int64_t hour, const char *fingerprint, bool old)
{
	static const char *const kinds[] = { "Secret", "ServiceAccount", "Pod", "Deployment" };
	int64_t read = begin(f, "prod", UID_A, HOUR(hour));
	put_login(f, read, "s-hub", "hub", fingerprint);
	if (old)
		put_login(f, read, "s-old", "old", "f1");
	put_web(f, read);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		put_coverage(f, read, kinds[i], "*", "*", "complete");
	assert_int_equal(finish(f, read, UID_A, HOUR(hour)), 0);
	commit(f);
}

static struct world *load(struct fixture *f)
{
	struct world_options options = { .as_of = TIME_UNSET };
	struct world *world = NULL;
	check_ok(world_load(f->store, &options, &world, &f->err), &f->err);
	return world;
}

static const struct world_secret *secret_at(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->secrets.len; i++) {
		const struct world_secret *secret = world->secrets.items[i];
		if (slice_equal_text(secret->record->name, name))
			return secret;
	}
	fail_msg("no secret %s", name);
	return NULL;
}

static void first_read_is_all_there(void **state)
{
	struct fixture *f = *state;
	read_dump(f, 0, "f1", true);
	CLEANUP(world_freep) struct world *world = load(f);
	assert_int_equal(world->clusters.len, 1);
	assert_int_equal(world->as_of, HOUR(0));
	assert_int_equal(world->reads.len, 1);
	const struct world_credential *credential = world->credentials.items[0];
	assert_int_equal(world->credentials.len, 1);
	assert_int_equal(credential->entries.len, 2);
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "read");
	const struct world_secret *hub = secret_at(world, "hub");
	assert_int_equal(hub->uses.len, 1);
	const struct world_entry *entry = hub->entries.items[0];
	check_slice(*(const struct slice *)entry->images.items[0], "docker.io/acme/web");
	assert_null(hub->change.data);
}

/* What a second, later dump shows: another value, a secret that is gone. */
static void check_second(struct fixture *f)
{
	CLEANUP(world_freep) struct world *world = load(f);
	const struct world_secret *hub = secret_at(world, "hub"), *old = secret_at(world, "old");
	check_slice(hub->change, "changed");
	check_slice(old->change, "gone");
	assert_int_equal(old->entries.len, 0);
	assert_int_equal(world->credentials.len, 2);
	const struct world_credential *former = world->credentials.items[0], *credential = world->credentials.items[1];
	check_slice(former->fingerprint, "f1");
	assert_int_equal(former->entries.len, 0);
	assert_int_equal(former->former.len, 2);
	assert_int_equal(former->not_changed_since, HOUR(0));
	check_slice(credential->fingerprint, "f2");
	assert_int_equal(credential->former.len, 0);
	assert_int_equal(credential->not_changed_since, HOUR(5));
	assert_int_equal(credential->set_after, HOUR(0));
	const struct world_cluster *cluster = world->clusters.items[0];
	assert_int_equal(cluster->as_of_before, HOUR(0));
	assert_int_equal(world->reads.len, 1);
}

static void later_read_shows_what_changed_and_reading_it_again_does_not(void **state)
{
	struct fixture *f = *state;
	read_dump(f, 0, "f1", true);
	read_dump(f, 5, "f2", false);
	check_second(f);
	read_dump(f, 5, "f2", false);
	check_second(f);
}

static void value_put_back_is_as_old_as_it_was(void **state)
{
	struct fixture *f = *state;
	read_dump(f, 0, "f1", false);
	read_dump(f, 5, "f2", false);
	read_dump(f, 9, "f1", false);
	CLEANUP(world_freep) struct world *world = load(f);
	assert_int_equal(world->credentials.len, 2);
	const struct world_credential *credential = world->credentials.items[0], *tried = world->credentials.items[1];
	check_slice(credential->fingerprint, "f1");
	assert_int_equal(credential->entries.len, 1);
	check_slice(tried->fingerprint, "f2");
	assert_int_equal(tried->entries.len, 0);
	assert_int_equal(credential->not_changed_since, HOUR(0));
	check_slice(credential->age_proof, "history");
	assert_int_equal(credential->set_after, TIME_UNSET);
	check_slice(secret_at(world, "hub")->change, "changed");
}

static void empty_store_is_an_empty_world(void **state)
{
	struct fixture *f = *state;
	CLEANUP(world_freep) struct world *world = load(f);
	assert_int_equal(world->clusters.len, 0);
	assert_int_equal(world->sightings.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_read_is_all_there, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(later_read_shows_what_changed_and_reading_it_again_does_not,
						fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(value_put_back_is_as_old_as_it_was, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(empty_store_is_an_empty_world, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
