/* A docker config in each format, its keys in a keyring, its logins by kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "credential/docker_config.h"
#include "credential/keyring.h"
#include "credential/kind.h"
#include "credential/registry_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void use_entry(struct config_entry *entry, struct keyring *keyring, struct arena *arena, struct error **err)
{
	struct registry_name name;
	struct credential_kind kind;
	bool added, dead;
	require(entry->key.data && entry->username.data);
	require(!(entry->overridden && entry->kubelet_reads));
	require(registry_name_parse(entry->key, arena, &name, err) == 0);
	require(credential_kind_of(name.registry, entry, arena, &kind, err) == 0);
	require(keyring_add(keyring, entry->key, entry, arena, &added, err) == 0);
	require(keyring_key_is_dead(entry->key, arena, &dead, err) == 0);
}

static void use_config(const struct docker_config *config, size_t size, struct arena *arena, struct error **err)
{
	CLEANUP(keyring_release) struct keyring keyring = { 0 };
	void **owners;
	size_t count;
	for (size_t i = 0; i < config->defect_count; i++) {
		require(config->defects[i].offset <= size);
		require(!(config->defects[i].blocks && config->decodes));
	}
	for (size_t i = 0; i < config->entry_count; i++) {
		require(config->decodes || !config->entries[i].kubelet_reads);
		use_entry(&config->entries[i], &keyring, arena, err);
	}
	require(keyring_lookup(&keyring, SLICE("docker.io/library/nginx"), arena, &owners, &count, err) == 0);
	require(count <= keyring.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > LIMIT_SECRET_BYTES)
		return 0;
	for (enum config_format format = CONFIG_DOCKERCONFIGJSON; format <= CONFIG_ANY; format++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
		CLEANUP(docker_config_release) struct docker_config config = { 0 };
		CLEANUP(secret_release) struct secret_bytes text = { 0 };
		CLEANUP(error_freep) struct error *err = NULL;
		require(secret_copy(&text, (struct slice){ (const char *)data, size }, &err) == 0);
		docker_config_likely(&text);
		require(docker_config_parse(&text, format, &arena, &config, &err) == 0);
		use_config(&config, size, &arena, &err);
	}
	return 0;
}
