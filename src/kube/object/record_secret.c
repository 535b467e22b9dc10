#include "kube/object/records.h"

#include "base/base64.h"
#include "credential/docker_config.h"
#include "credential/fingerprint.h"
#include "credential/kind.h"
#include "credential/registry_name.h"
#include "credential/vault.h"
#include "kube/object/secret_value.h"

#define DEFECT_NO_DATA "missing_data_key"
#define DEFECT_NOT_BASE64 "bad_base64_data"
#define DEFECT_TOO_LARGE "too_large"

/* One secret while its values are looked through. */
struct reading {
	const struct item *item;
	struct secret *secret;
	struct slice kubelet_key; /* the one data key that the kubelet reads of this type; not there for other types */
	bool holds_config;
};

/* One value of its data that is, or should be, a docker config. */
struct config_value {
	struct slice data_key, pointer;
	bool kubelet_reads;
	bool usable; /* and can decode it */
	enum config_format format;
};

/* --- of the object --- */
static struct slice kubelet_key_of(struct slice type)
{
	if (slice_equal_text(type, "kubernetes.io/dockerconfigjson"))
		return SLICE(".dockerconfigjson");
	if (slice_equal_text(type, "kubernetes.io/dockercfg"))
		return SLICE(".dockercfg");
	return SLICE_NONE;
}

/* Types whose values have a fixed form that is no docker config: not even looked at. */
static bool never_a_config(struct slice type)
{
	static const char *const types[] = {
		"kubernetes.io/service-account-token",
		"helm.sh/release.v1",
		"bootstrap.kubernetes.io/token",
		"kubernetes.io/tls",
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (slice_equal_text(type, types[i]))
			return true;
	}
	return false;
}

/* The latest entry that owns f:data: before its time, the data was another. */
static void fill_data_written(const struct object_meta *meta, struct secret *secret)
{
	const struct managed_fields *entry = meta->managed_fields.items;
	for (size_t i = 0; i < meta->managed_fields.len; i++) {
		if (!entry[i].owns_data || entry[i].subresource.len || !entry[i].time.set)
			continue;
		if (secret->data_written != TIME_UNSET && secret->data_written > entry[i].time.value)
			continue;
		secret->data_written = entry[i].time.value;
		secret->data_written_by = entry[i].manager;
	}
}

static bool is_metadata_only(const struct item *item)
{
	return item->about && item->about->metadata_only;
}

static struct slice type_of(const struct item *item)
{
	struct slice type = is_metadata_only(item) ? item->about->subtype : item->object->type;
	return type.len ? type : SLICE("Opaque");
}

static int fill_secret(const struct item *item, struct secret *secret, struct error **err)
{
	const struct object_meta *meta = item->meta;
	record_init(&secret_type, secret);
	secret->uid = item->uid;
	secret->namespace = meta->namespace;
	secret->name = meta->name;
	secret->type = type_of(item);
	secret->created = optional_time(meta->created);
	secret->resource_version = meta->resource_version;
	if (!is_metadata_only(item))
		secret->immutable = item->object->immutable == FLAG_TRUE ? BOOL_TRUE : BOOL_FALSE;
	fill_data_written(meta, secret);
	return item_managed_by(item, secret->data_written_by, &secret->managed_by, &secret->managed_at, err);
}

/* --- of an entry --- */
static int put_entry_value(const struct reading *reading, const struct entry *entry, struct error **err)
{
	struct entry_value value;
	record_init(&entry_value_type, &value);
	value.secret_uid = entry->secret_uid;
	value.data_key = entry->data_key;
	value.registry_key = entry->registry_key;
	value.ordinal = entry->ordinal;
	value.fingerprint = entry->fingerprint;
	value.key_id = entry->key_id;
	value.username = entry->username.data ? entry->username : SLICE("");
	value.registry = entry->registry;
	value.cred_kind = entry->cred_kind;
	value.cred_detail = entry->cred_detail;
	value.namespace = reading->secret->namespace;
	value.secret = reading->secret->name;
	value.data_written = reading->secret->data_written;
	return item_put(reading->item, &entry_value_type, &value, err);
}

static int fill_registry(const struct item *item, struct entry *entry, struct error **err)
{
	struct registry_name name = { 0 };
	if (registry_name_parse(entry->registry_key, item->arena, &name, err) < 0)
		return -1;
	entry->registry = name.registry;
	entry->path = name.path.data ? name.path : SLICE("");
	return 0;
}

static int fill_kind(const struct item *item, const struct config_entry *config, struct entry *entry,
		     struct error **err)
{
	struct credential_kind kind = { .expires = TIME_UNSET };
	if (credential_kind_of(entry->registry, config, item->arena, &kind, err) < 0)
		return -1;
	entry->cred_kind = slice_of(kind.kind);
	entry->cred_detail = kind.detail;
	return 0;
}

/* What the kubelet could pull with, if the vault has room for it. */
static int keep_login(const struct reading *reading, const struct entry *entry, const struct config_entry *config,
		      struct error **err)
{
	const struct item *item = reading->item;
	struct vault_login login = {
		.registry_key = entry->registry_key,
		.registry = entry->registry,
		.username = entry->username,
		.fingerprint = entry->fingerprint,
	};
	const struct secret_bytes **value = config->form == ENTRY_IDENTITY_TOKEN   ? &login.identity_token
					    : config->form == ENTRY_REGISTRY_TOKEN ? &login.registry_token
										   : &login.password;
	*value = &config->secret;
	login.place = arena_printf(item->arena, "%.*s/%.*s", SLICE_ARG(item->meta->namespace),
				   SLICE_ARG(item->meta->name));
	if (!login.place.data)
		return arena_fail(item->arena, err);
	return vault_put(item->context->vault, &login, err) < 0 ? -1 : 0;
}

static bool is_usable(const struct config_entry *config)
{
	return config->kubelet_reads && !config->overridden && !config->undecodable && secret_length(&config->secret);
}

static int put_entry(const struct reading *reading, const struct config_value *value, const struct config_entry *config,
		     struct error **err)
{
	const struct item *item = reading->item;
	const struct fingerprint_key *key = item->context->key;
	char fingerprint[FINGERPRINT_TEXT_BYTES];
	struct entry entry;
	record_init(&entry_type, &entry);
	entry.secret_uid = item->uid;
	entry.data_key = value->data_key;
	entry.registry_key = config->key;
	entry.ordinal = config->ordinal;
	entry.namespace = reading->secret->namespace;
	entry.subtype = reading->secret->type;
	entry.form = slice_of(entry_form_name(config->form));
	entry.username = config->username;
	entry.kubelet_reads = value->kubelet_reads && config->kubelet_reads ? BOOL_TRUE : BOOL_FALSE;
	entry.overridden = config->overridden ? BOOL_TRUE : BOOL_FALSE;
	if (fill_registry(item, &entry, err) < 0 || fill_kind(item, config, &entry, err) < 0)
		return -1;
	if (secret_is_set(&config->secret)) {
		if (fingerprint_of(key, &config->secret, fingerprint, err) < 0)
			return -1;
		entry.fingerprint = slice_of(fingerprint);
		entry.key_id = slice_of(key->id);
	}
	if (item_put(item, &entry_type, &entry, err) < 0)
		return -1;
	if (item->context->vault && value->usable && is_usable(config) && keep_login(reading, &entry, config, err) < 0)
		return -1;
	return entry.fingerprint.data ? put_entry_value(reading, &entry, err) : 0;
}

/* --- of a docker config --- */
static int put_config_defects(const struct reading *reading, const struct config_value *value,
			      const struct docker_config *config, struct error **err)
{
	for (size_t i = 0; i < config->defect_count; i++) {
		const struct config_defect *defect = &config->defects[i];
		struct slice pointer = arena_printf(reading->item->arena, "%.*s%.*s", SLICE_ARG(value->pointer),
						    SLICE_ARG(defect->pointer));
		if (!pointer.data)
			return arena_fail(reading->item->arena, err);
		if (item_defect(reading->item, defect->code, pointer, defect->message,
				defect->blocks && value->kubelet_reads, err) < 0)
			return -1;
	}
	return 0;
}

static int add_other_stores(const struct reading *reading, struct slice_list added, struct error **err)
{
	struct slice_list *stores = &reading->secret->other_stores;
	struct slice *joined = arena_zeroed(reading->item->arena, stores->len + added.len + 1, sizeof *joined);
	if (!joined)
		return arena_fail(reading->item->arena, err);
	if (stores->len)
		memcpy(joined, stores->items, stores->len * sizeof *joined);
	if (added.len)
		memcpy(joined + stores->len, added.items, added.len * sizeof *joined);
	*stores = (struct slice_list){ joined, stores->len + added.len };
	return 0;
}

static int put_config(struct reading *reading, struct config_value *value, const struct secret_bytes *text,
		      struct error **err)
{
	CLEANUP(docker_config_release) struct docker_config config = { 0 };
	if (docker_config_parse(text, value->format, reading->item->arena, &config, err) < 0)
		return -1;
	reading->holds_config = true;
	value->usable = value->kubelet_reads && config.decodes;
	if (value->kubelet_reads)
		reading->secret->decodes = config.decodes ? BOOL_TRUE : BOOL_FALSE;
	for (size_t i = 0; i < config.entry_count; i++) {
		if (put_entry(reading, value, &config.entries[i], err) < 0)
			return -1;
	}
	if (put_config_defects(reading, value, &config, err) < 0)
		return -1;
	return add_other_stores(reading, config.other_stores, err);
}

/* --- of a value --- */
static enum config_format format_of(struct slice data_key)
{
	if (slice_equal_text(data_key, ".dockerconfigjson"))
		return CONFIG_DOCKERCONFIGJSON;
	if (slice_equal_text(data_key, ".dockercfg"))
		return CONFIG_DOCKERCFG;
	return CONFIG_ANY;
}

/* The dump does not say what the cluster holds, so neither do we whether the kubelet can decode it. */
static int put_undecoded(const struct reading *reading, const struct config_value *value, int result,
			 struct error **err)
{
	if (result == SECRET_VALUE_TOO_LARGE)
		return item_defect(reading->item, DEFECT_TOO_LARGE, value->pointer,
				   SLICE("the value is larger than a Secret may be, and was not read"), false, err);
	return item_defect(reading->item, DEFECT_NOT_BASE64, value->pointer,
			   SLICE("the value is not base64: what the secret holds is not known"), false, err);
}

static int read_value(struct reading *reading, const struct data_value *data, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes text = { 0 };
	struct config_value value = {
		.data_key = data->key,
		.kubelet_reads = reading->kubelet_key.data && slice_equal(data->key, reading->kubelet_key),
		.format = format_of(data->key),
	};
	if (value.format == CONFIG_ANY && !secret_value_may_be_object(data))
		return 0;
	value.pointer = arena_printf(reading->item->arena, "/data/%.*s", SLICE_ARG(data->key));
	if (!value.pointer.data)
		return arena_fail(reading->item->arena, err);
	int decoded = secret_value_decode(data, &text, err);
	if (decoded < 0)
		return -1;
	if (decoded > 0)
		return put_undecoded(reading, &value, decoded, err);
	if (!secret_length(&text) || (value.format == CONFIG_ANY && !docker_config_likely(&text)))
		return 0;
	return put_config(reading, &value, &text, err);
}

/* Of a key that stands twice the last value counts: the place + 1 of each key's last value. */
static int find_last_values(const struct list *data, struct map *ret_last, struct error **err)
{
	const struct data_value *value = data->items;
	for (size_t i = 0; i < data->len; i++) {
		void **place = map_put(ret_last, value[i].key);
		if (!place)
			return error_no_memory(err);
		*place = (void *)(uintptr_t)(i + 1);
	}
	return 0;
}

static int read_values(struct reading *reading, const struct list *data, struct error **err)
{
	CLEANUP(map_release) struct map last = { 0 };
	const struct data_value *value = data->items;
	if (data->len == 1)
		return read_value(reading, value, err);
	if (find_last_values(data, &last, err) < 0)
		return -1;
	for (size_t i = 0; i < data->len; i++) {
		bool counts = map_get(&last, value[i].key) == (void *)(uintptr_t)(i + 1);
		if (counts && read_value(reading, &value[i], err) < 0)
			return -1;
	}
	return 0;
}

/* The kubelet passes over a pull secret whose key is missing or empty: no pull is blocked, and none is helped. */
static int check_kubelet_key(const struct reading *reading, const struct list *data, struct error **err)
{
	const struct data_value *value = data->items;
	for (size_t i = data->len; i-- > 0;) {
		if (slice_equal(value[i].key, reading->kubelet_key) && !secret_value_is_empty(&value[i]))
			return 0;
	}
	struct slice pointer = arena_printf(reading->item->arena, "/data/%.*s", SLICE_ARG(reading->kubelet_key));
	if (!pointer.data)
		return arena_fail(reading->item->arena, err);
	return item_defect(reading->item, DEFECT_NO_DATA, pointer,
			   SLICE("the key that the secret's type needs is missing or empty"), false, err);
}

int put_secret(const struct item *item, struct error **err)
{
	struct secret secret;
	struct reading reading = { .item = item, .secret = &secret };
	const struct list *data = &item->object->data;
	if (never_a_config(type_of(item)))
		return 0;
	if (fill_secret(item, &secret, err) < 0)
		return -1;
	reading.kubelet_key = kubelet_key_of(secret.type);
	secret.pull_type = reading.kubelet_key.data ? BOOL_TRUE : BOOL_FALSE;
	if (is_metadata_only(item)) /* whether one of another type holds a config is not known */
		return reading.kubelet_key.data ? item_put(item, &secret_type, &secret, err) : 0;
	if (read_values(&reading, data, err) < 0)
		return -1;
	if (reading.kubelet_key.data && check_kubelet_key(&reading, data, err) < 0)
		return -1;
	if (!reading.kubelet_key.data && !reading.holds_config)
		return 0;
	return item_put(item, &secret_type, &secret, err);
}
