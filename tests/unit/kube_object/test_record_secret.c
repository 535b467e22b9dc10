#include "kube_object/reading.h"

#include "base/base64.h"
#include "base/limits.h"
#include "credential/vault.h"

/* Made up; stands in every secret below, and must stand in no record. */
#define PASSWORD "EXAMPLE-pässword-1"

static struct strbuf text = STRBUF_INIT(LIMIT_ROW_BYTES);

static const char *base64(const char *plain)
{
	static struct strbuf out[4] = { STRBUF_INIT(4096), STRBUF_INIT(4096), STRBUF_INIT(4096), STRBUF_INIT(4096) };
	static unsigned next;
	struct strbuf *b = &out[next++ % 4];
	strbuf_clear(b);
	base64_encode(slice_of(plain), b);
	return strbuf_text(b);
}

/* A secret of that type with one value, plain text here. */
static const char *secret_with(const char *type, const char *key, const char *plain)
{
	strbuf_clear(&text);
	strbuf_addf(
		&text,
		"{\"apiVersion\": \"v1\", \"data\": {\"%s\": \"%s\"}, \"kind\": \"Secret\", \"metadata\": {"
		"\"name\": \"hub\", \"namespace\": \"shop\", \"uid\": \"s-1\", \"resourceVersion\": \"77\","
		"\"creationTimestamp\": \"2026-11-01T00:00:00Z\", \"managedFields\": ["
		"{\"manager\": \"kubectl-create\", \"time\": \"2026-11-01T00:00:00Z\", \"fieldsV1\": {\"f:data\": {}}},"
		"{\"manager\": \"rotator\", \"time\": \"2026-11-05T00:00:00Z\", \"fieldsV1\": {\"f:data\": {}}},"
		"{\"manager\": \"labeler\", \"time\": \"2026-11-09T00:00:00Z\", \"fieldsV1\": {\"f:metadata\": {}}},"
		"{\"manager\": \"sub\", \"time\": \"2026-11-10T00:00:00Z\", \"subresource\": \"x\", \"fieldsV1\": {\"f:data\": {}}}"
		"]}, \"type\": \"%s\"}",
		key, base64(plain), type);
	return strbuf_text(&text);
}

#define CONFIG                                                                                                         \
	"{\"auths\": {\"https://index.docker.io/v1/\": {\"username\": \"acme\", \"password\": \"" PASSWORD "\"}}}"
#define CFG "{\"reg.example:5000/team\": {\"username\": \"bob\", \"password\": \"" PASSWORD "\"}}"

static const char *pull_secret(void)
{
	return secret_with("kubernetes.io/dockerconfigjson", ".dockerconfigjson", CONFIG);
}

static void a_pull_secret_gives_secret_entry_and_value(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(pull_secret());
	const struct secret *secret = only(&r, secret);
	const struct entry *entry = only(&r, entry);
	const struct entry_value *value = only(&r, entry_value);
	check_slice(secret->uid, "s-1");
	check_slice(secret->namespace, "shop");
	check_slice(secret->name, "hub");
	check_slice(secret->type, "kubernetes.io/dockerconfigjson");
	check_slice(secret->resource_version, "77");
	assert_int_equal(secret->pull_type, BOOL_TRUE);
	assert_int_equal(secret->immutable, BOOL_FALSE);
	assert_int_equal(secret->decodes, BOOL_TRUE);
	check_slice(entry->secret_uid, "s-1");
	check_slice(entry->data_key, ".dockerconfigjson");
	check_slice(entry->registry_key, "https://index.docker.io/v1/");
	check_slice(entry->registry, "docker.io");
	check_slice(entry->path, "");
	check_slice(entry->username, "acme");
	check_slice(entry->form, "username_password");
	check_slice(entry->subtype, "kubernetes.io/dockerconfigjson");
	check_slice(entry->key_id, "0badc0de");
	assert_int_equal(entry->fingerprint.len, FINGERPRINT_TEXT_BYTES - 1);
	assert_int_equal(entry->ordinal, 0);
	assert_int_equal(entry->kubelet_reads, BOOL_TRUE);
	assert_int_equal(entry->overridden, BOOL_FALSE);
	assert_true(slice_equal(value->fingerprint, entry->fingerprint));
	check_slice(value->username, "acme");
	check_slice(value->registry, "docker.io");
	assert_true(slice_equal(value->cred_kind, entry->cred_kind));
	check_slice(value->namespace, "shop");
	check_slice(value->secret, "hub");
	assert_int_equal(value->data_written, secret->data_written);
	assert_int_equal(count(&r, defect), 0);
}

static void data_was_written_by_the_latest_owner_of_data(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(pull_secret());
	check_slice(only(&r, secret)->data_written_by, "rotator");
	assert_int_equal(only(&r, secret)->data_written, INT64_C(1793836800) * USEC_PER_SECOND);
}

static void without_managed_fields_the_write_is_unknown(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"type" : "kubernetes.io/dockercfg",
		"data" : { ".dockercfg" : "e30=" },
		"metadata" : { "name" : "a", "namespace" : "n" }
	}));
	assert_int_equal(only(&r, secret)->data_written, TIME_UNSET);
	assert_null(only(&r, secret)->data_written_by.data);
	check_slice(only(&r, secret)->uid, "n/a");
}

static void the_same_login_has_the_same_fingerprint_in_every_form(void **state)
{
	CLEANUP(reading_release) struct reading a = reading_of(pull_secret());
	CLEANUP(reading_release)
	struct reading b = reading_of(secret_with("kubernetes.io/dockercfg", ".dockercfg", CFG));
	check_slice(only(&b, entry)->registry, "reg.example:5000");
	check_slice(only(&b, entry)->path, "team");
	assert_int_equal(only(&b, entry)->kubelet_reads, BOOL_TRUE);
	assert_true(slice_equal(only(&a, entry)->fingerprint, only(&b, entry)->fingerprint));
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(pull_secret());
	check_yaml_gives_the_same(secret_with("kubernetes.io/dockercfg", ".dockercfg", CFG));
	check_yaml_gives_the_same(secret_with("Opaque", "config.json", CONFIG));
	check_yaml_gives_the_same(secret_with("kubernetes.io/dockerconfigjson", ".dockerconfigjson", "{nonsense"));
}

/* --- order and repetition --- */
static void the_order_of_the_fields_does_not_matter(void **state)
{
	static const char *const parts[] = {
		"\"apiVersion\": \"v1\"",
		"\"kind\": \"Secret\"",
		"\"type\": \"kubernetes.io/dockercfg\"",
		"\"metadata\": {\"uid\": \"u\", \"name\": \"a\", \"namespace\": \"n\"}",
		"\"data\": {\".dockercfg\": \"eyJhIjp7ImF1dGgiOiJkVHB3In19\"}",
	};
	static const int orders[][5] = { { 0, 1, 2, 3, 4 }, { 4, 3, 2, 1, 0 }, { 3, 4, 0, 2, 1 }, { 2, 0, 4, 1, 3 } };
	CLEANUP(strbuf_release) struct strbuf first = STRBUF_INIT(LIMIT_ROW_BYTES);
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(strbuf_release) struct strbuf records = STRBUF_INIT(LIMIT_ROW_BYTES);
		char json[1024] = "{";
		for (size_t k = 0; k < 5; k++)
			snprintf(json + strlen(json), 256, "%s%s", k ? ", " : "", parts[orders[i][k]]);
		snprintf(json + strlen(json), 8, "}");
		CLEANUP(reading_release) struct reading r = reading_of(json);
		assert_int_equal(count(&r, entry), 1);
		reading_full_text(&r, i ? &records : &first);
		if (i)
			assert_string_equal(strbuf_text(&records), strbuf_text(&first));
		check_yaml_gives_the_same(json);
	}
}

static void of_a_data_key_that_stands_twice_the_last_counts(void **state)
{
	strbuf_clear(&text);
	strbuf_addf(
		&text,
		"{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"a\", \"namespace\": \"n\"},"
		"\"type\": \"kubernetes.io/dockercfg\", \"data\": {\".dockercfg\": \"%s\", \"x\": \"\", \".dockercfg\": \"%s\"}}",
		base64("{\"one\":{\"auth\":\"dTpw\"}}"), base64("{\"two\":{\"auth\":\"dTpw\"}}"));
	CLEANUP(reading_release) struct reading r = reading_of(strbuf_text(&text));
	check_slice(only(&r, entry)->registry_key, "two");
}

static void string_data_counts_as_data(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"type" : "kubernetes.io/dockercfg",
		"metadata" : { "name" : "a", "namespace" : "n" },
		"stringData" : { ".dockercfg" : "{\"r.example\":{\"auth\":\"dTpw\"}}" }
	}));
	check_slice(only(&r, entry)->registry_key, "r.example");
}

/* --- other types --- */
static void a_config_in_another_secret_is_found_but_not_read_by_the_kubelet(void **state)
{
	static const char *const keys[] = { ".dockerconfigjson", "config.json" };
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(reading_release) struct reading r = reading_of(secret_with("Opaque", keys[i], CONFIG));
		assert_int_equal(only(&r, secret)->pull_type, BOOL_FALSE);
		assert_int_equal(only(&r, secret)->decodes, BOOL_UNKNOWN);
		check_slice(only(&r, entry)->data_key, keys[i]);
		assert_int_equal(only(&r, entry)->kubelet_reads, BOOL_FALSE);
	}
}

static void a_secret_without_a_config_gives_no_record(void **state)
{
	static const char *const plain[] = { PASSWORD, "{\"a\": 1}", "", "[]" };
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(reading_release) struct reading r = reading_of(secret_with("Opaque", "x", plain[i]));
		assert_int_equal(r.memory.record_count, 0);
		assert_int_equal(r.context.objects, 1);
	}
}

static void types_of_a_fixed_form_are_not_looked_at(void **state)
{
	static const char *const types[] = { "kubernetes.io/service-account-token", "helm.sh/release.v1",
					     "kubernetes.io/tls", "bootstrap.kubernetes.io/token" };
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(reading_release) struct reading r = reading_of(secret_with(types[i], "config.json", CONFIG));
		assert_int_equal(r.memory.record_count, 0);
		assert_int_equal(r.context.objects, 1);
	}
}

static void the_other_key_of_a_pull_secret_is_not_read_by_the_kubelet(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(secret_with("kubernetes.io/dockerconfigjson", ".dockercfg", CFG));
	assert_int_equal(only(&r, entry)->kubelet_reads, BOOL_FALSE);
	reading_defect(&r, "missing_data_key");
}

/* --- what is wrong --- */
static void a_missing_or_empty_key_blocks_no_pull(void **state)
{
	static const char *const data[] = { "{}", "null", "{\".dockercfg\": \"\"}", "{\".dockercfg\": null}",
					    "{\"x\": \"eA==\"}" };
	for (size_t i = 0; i < 5; i++) {
		strbuf_clear(&text);
		strbuf_addf(
			&text,
			"{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"type\": \"kubernetes.io/dockercfg\", \"data\": %s,"
			"\"metadata\": {\"name\": \"a\", \"namespace\": \"n\"}}",
			data[i]);
		CLEANUP(reading_release) struct reading r = reading_of(strbuf_text(&text));
		const struct defect *defect = reading_defect(&r, "missing_data_key");
		check_slice(defect->place, "/data/.dockercfg");
		check_slice(defect->object, "a");
		check_slice(defect->object_uid, "n/a");
		check_slice(defect->file, "dump: byte 0");
		assert_int_equal(defect->blocks_pulls, BOOL_FALSE);
		assert_int_equal(only(&r, secret)->pull_type, BOOL_TRUE);
		assert_int_equal(only(&r, secret)->decodes, BOOL_UNKNOWN);
	}
}

static void a_value_that_is_not_base64_is_a_defect(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"type" : "kubernetes.io/dockercfg",
		"metadata" : { "name" : "a" },
		"data" : { ".dockercfg" : "<redacted>" }
	}));
	check_slice(only(&r, defect)->code, "bad_base64_data");
	assert_int_equal(only(&r, secret)->decodes, BOOL_UNKNOWN);
	assert_int_equal(count(&r, entry), 0);
}

static void a_config_that_the_kubelet_cannot_decode_blocks_pulls(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(secret_with("kubernetes.io/dockerconfigjson", ".dockerconfigjson",
						  "{\"auths\": {\"r.example\": {\"auth\": \"%%%\"}}}"));
	const struct defect *defect = reading_defect(&r, "bad_base64");
	assert_int_equal(only(&r, secret)->decodes, BOOL_FALSE);
	assert_int_equal(defect->blocks_pulls, BOOL_TRUE);
	assert_true(slice_starts_with(defect->place, "/data/.dockerconfigjson/auths/r.example"));
}

static void the_same_config_in_another_secret_blocks_nothing(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		secret_with("Opaque", ".dockerconfigjson", "{\"auths\": {\"r.example\": {\"auth\": \"%%%\"}}}"));
	assert_int_equal(reading_defect(&r, "bad_base64")->blocks_pulls, BOOL_FALSE);
}

static void a_secret_of_a_wrong_type_is_not_used(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"type" : "kubernetes.io/dockercfg",
		"data" : { ".dockercfg" : { "auth" : "EXAMPLE" } },
		"metadata" : { "namespace" : "n", "name" : "a", "uid" : "u" }
	}));
	const struct defect *defect = only(&r, defect);
	check_slice(defect->code, "wrong_type");
	check_slice(defect->object_kind, "Secret");
	check_slice(defect->object, "a");
	check_slice(defect->namespace, "n");
	check_slice(defect->place, "/data/.dockercfg");
	assert_int_equal(count(&r, secret), 0);
	assert_int_equal(r.context.defects, 1);
}

static void a_value_too_large_for_a_secret_is_a_defect(void **state)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_ROW_BYTES);
	strbuf_add_text(&json, "{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"type\": \"kubernetes.io/dockercfg\","
			       "\"metadata\": {\"name\": \"a\"}, \"data\": {\".dockercfg\": \"");
	strbuf_add_repeat(&json, 'e', 2 * LIMIT_SECRET_BYTES);
	strbuf_add_text(&json, "\"}}");
	CLEANUP(reading_release) struct reading r = reading_of(strbuf_text(&json));
	check_slice(only(&r, defect)->code, "too_large");
	assert_int_equal(only(&r, secret)->decodes, BOOL_UNKNOWN);
	check_yaml_gives_the_same(strbuf_text(&json));
}

/* --- what must never be seen --- */
static void check_nowhere(const char *json)
{
	CLEANUP(strbuf_release) struct strbuf records = STRBUF_INIT(LIMIT_ROW_BYTES);
	CLEANUP(reading_release) struct reading r = reading_of(json);
	reading_end(&r);
	reading_full_text(&r, &records);
	assert_true(r.memory.record_count > 0);
	static const char *const needles[] = { PASSWORD, "EXAMPLE-p", "RVhBTVBMRS1w", "VYQU1QTEUtc", "FWEFNUExFLX" };
	for (size_t i = 0; i < sizeof needles / sizeof needles[0]; i++)
		assert_null(strstr(strbuf_text(&records), needles[i]));
}

static void passwords_reach_no_record(void **state)
{
	static const char *const configs[] = {
		CONFIG,
		CFG,
		"{\"auths\": {\"r\": \"" PASSWORD "\"}}",
		"{\"auths\": \"" PASSWORD "\"}",
		"\"" PASSWORD "\"",
		PASSWORD,
		"{\"auths\": {\"r\": {\"password\": \"" PASSWORD,
		"{\"auths\": {\"r\": {\"auth\": \"" PASSWORD "\"}}}",
		"{\"auths\": {\"r\": {\"auth\": \"RVhBTVBMRS1wYXNzd29yZA==\"}}}",
		"{\"auths\": {\"r\": {\"identitytoken\": \"" PASSWORD "\", \"registrytoken\": \"" PASSWORD "\"}}}",
	};
	for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++) {
		check_nowhere(secret_with("kubernetes.io/dockerconfigjson", ".dockerconfigjson", configs[i]));
		check_nowhere(secret_with("kubernetes.io/dockercfg", ".dockercfg", configs[i]));
	}
}

static void passwords_in_the_wrong_place_reach_no_record_either(void **state)
{
	check_nowhere(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"metadata" : {
			"name" : "a",
			"annotations" : { "kubectl.kubernetes.io/last-applied-configuration" : "EXAMPLE-pässword-1" }
		},
		"type" : "kubernetes.io/dockercfg",
		"data" : { ".dockercfg" : "EXAMPLE-pässword-1" }
	}));
	check_nowhere(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"metadata" : { "name" : "a" },
		"type" : "kubernetes.io/dockercfg",
		"data" : "EXAMPLE-pässword-1"
	}));
	check_nowhere(JSON({
		"kind" : "Secret",
		"apiVersion" : "v1",
		"metadata" : { "name" : "a", "creationTimestamp" : "EXAMPLE-pässword-1" },
		"type" : "kubernetes.io/dockercfg",
		"immutable" : "EXAMPLE-pässword-1"
	}));
	check_nowhere("{\"kind\": \"Secret\", \"data\": {\".dockercfg\": \"" PASSWORD);
	check_nowhere("{\"kind\": \"Secret\", \"data\": {\".dockercfg\": \"" PASSWORD "\"x");
}

/* --- the vault --- */

static struct vault *vault_of(const char *json)
{
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	struct vault *vault = NULL;
	check_ok(vault_new(&vault, &err), &err);
	reading_start(&r);
	r.context.vault = vault;
	reading_json(&r, slice_of(json));
	return vault;
}

static void a_vault_gets_the_logins_that_the_kubelet_could_read(void **state)
{
	CLEANUP(reading_release) struct reading without = reading_of(pull_secret());
	struct vault *vault = vault_of(pull_secret());
	assert_int_equal(vault_count(vault), 1);
	const struct vault_login *login = vault_at(vault, 0);
	check_slice(login->registry_key, "https://index.docker.io/v1/");
	check_slice(login->registry, "docker.io");
	check_slice(login->username, "acme");
	check_slice(login->place, "shop/hub");
	check_slice(secret_reveal(login->password), PASSWORD);
	assert_null(login->identity_token);
	assert_true(slice_equal(login->fingerprint, only(&without, entry)->fingerprint));
	vault_free(vault);
	vault = vault_of(secret_with("kubernetes.io/dockercfg", ".dockercfg", CFG));
	assert_int_equal(vault_count(vault), 1);
	check_slice(vault_at(vault, 0)->registry_key, "reg.example:5000/team");
	vault_free(vault);
}

static void records_are_the_same_with_a_vault_and_without(void **state)
{
	CLEANUP(strbuf_release) struct strbuf with = STRBUF_INIT(LIMIT_MIB), without = STRBUF_INIT(LIMIT_MIB);
	CLEANUP(reading_release) struct reading plain = reading_of(pull_secret());
	CLEANUP(reading_release) struct reading r;
	struct error *err = NULL;
	struct vault *vault = NULL;
	check_ok(vault_new(&vault, &err), &err);
	reading_start(&r);
	r.context.vault = vault;
	reading_json(&r, slice_of(pull_secret()));
	reading_full_text(&plain, &without);
	reading_full_text(&r, &with);
	assert_string_equal(strbuf_text(&with), strbuf_text(&without));
	vault_free(vault);
}

static void check_kept(const char *type, const char *key, const char *plain, size_t expected)
{
	struct vault *vault = vault_of(secret_with(type, key, plain));
	assert_int_equal(vault_count(vault), expected);
	vault_free(vault);
}

#define LOGIN(password) "{\"username\": \"u\", \"password\": \"" password "\"}"

static void what_the_kubelet_does_not_use_is_not_kept(void **state)
{
	const char *type = "kubernetes.io/dockerconfigjson", *key = ".dockerconfigjson";
	check_kept("Opaque", key, CONFIG, 0);
	check_kept(type, "config.json", CONFIG, 0);
	check_kept(type, key, "{\"auths\": {\"a.io\": " LOGIN(PASSWORD) "}}", 1);
	/* another entry blocks all of it */
	check_kept(type, key, "{\"auths\": {\"a.io\": " LOGIN(PASSWORD) ", \"b.io\": {\"auth\": \"!\"}}}", 0);
	/* the later one of a key counts */
	check_kept(type, key, "{\"auths\": {\"a.io\": " LOGIN(PASSWORD) ", \"a.io\": " LOGIN("other") "}}", 1);
	/* nothing in them */
	check_kept(type, key, "{\"auths\": {\"a.io\": {}, \"b.io\": " LOGIN("") "}}", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pull_secret_gives_secret_entry_and_value),
		cmocka_unit_test(data_was_written_by_the_latest_owner_of_data),
		cmocka_unit_test(without_managed_fields_the_write_is_unknown),
		cmocka_unit_test(the_same_login_has_the_same_fingerprint_in_every_form),
		cmocka_unit_test(yaml_gives_the_same),
		cmocka_unit_test(the_order_of_the_fields_does_not_matter),
		cmocka_unit_test(of_a_data_key_that_stands_twice_the_last_counts),
		cmocka_unit_test(string_data_counts_as_data),
		cmocka_unit_test(a_config_in_another_secret_is_found_but_not_read_by_the_kubelet),
		cmocka_unit_test(a_secret_without_a_config_gives_no_record),
		cmocka_unit_test(types_of_a_fixed_form_are_not_looked_at),
		cmocka_unit_test(the_other_key_of_a_pull_secret_is_not_read_by_the_kubelet),
		cmocka_unit_test(a_missing_or_empty_key_blocks_no_pull),
		cmocka_unit_test(a_value_that_is_not_base64_is_a_defect),
		cmocka_unit_test(a_config_that_the_kubelet_cannot_decode_blocks_pulls),
		cmocka_unit_test(the_same_config_in_another_secret_blocks_nothing),
		cmocka_unit_test(a_secret_of_a_wrong_type_is_not_used),
		cmocka_unit_test(a_value_too_large_for_a_secret_is_a_defect),
		cmocka_unit_test(passwords_reach_no_record),
		cmocka_unit_test(passwords_in_the_wrong_place_reach_no_record_either),
		cmocka_unit_test(a_vault_gets_the_logins_that_the_kubelet_could_read),
		cmocka_unit_test(records_are_the_same_with_a_vault_and_without),
		cmocka_unit_test(what_the_kubelet_does_not_use_is_not_kept),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	strbuf_release(&text);
	return failed;
}
