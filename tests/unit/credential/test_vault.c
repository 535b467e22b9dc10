#include "credential/vault.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "support/check.h"
#include "support/torture.h"

/* Made up. */
#define PASSWORD SLICE("EXAMPLE-password")

static int put(struct vault *vault, const char *key, const char *user, const char *fingerprint, const char *place,
	       struct slice value, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes password = { 0 };
	if (secret_copy(&password, value, err) < 0)
		return -1;
	struct vault_login login = { .registry_key = slice_of(key),
				     .registry = SLICE("reg.example"),
				     .username = slice_of(user),
				     .fingerprint = slice_of(fingerprint),
				     .place = slice_of(place),
				     .password = &password };
	return vault_put(vault, &login, err);
}

static struct vault *new_vault(void)
{
	struct error *err = NULL;
	struct vault *vault = NULL;
	check_ok(vault_new(&vault, &err), &err);
	return vault;
}

static void check_put(struct vault *vault, const char *key, const char *user, const char *fingerprint,
		      const char *place, int expected)
{
	struct error *err = NULL;
	assert_int_equal(put(vault, key, user, fingerprint, place, PASSWORD, &err), expected);
	check_no_error(&err);
}

static void logins_come_in_order_and_are_copies(void **state)
{
	struct vault *vault = new_vault();
	check_put(vault, "b.example", "acme", "f1", "shop/hub", 1);
	check_put(vault, "a.example", "zed", "f1", "shop/hub", 1);
	check_put(vault, "a.example", "acme", "f2", "shop/hub", 1);
	check_put(vault, "a.example", "acme", "f1", "shop/hub", 1);
	assert_int_equal(vault_count(vault), 4);
	const char *const order[][3] = { { "a.example", "acme", "f1" },
					 { "a.example", "acme", "f2" },
					 { "a.example", "zed", "f1" },
					 { "b.example", "acme", "f1" } };
	for (size_t i = 0; i < 4; i++) {
		const struct vault_login *login = vault_at(vault, i);
		check_slice(login->registry_key, order[i][0]);
		check_slice(login->username, order[i][1]);
		check_slice(login->fingerprint, order[i][2]);
		check_slice(login->registry, "reg.example");
		check_slice(secret_reveal(login->password), "EXAMPLE-password");
		assert_null(login->identity_token);
		assert_null(login->registry_token);
	}
	assert_false(vault_was_full(vault));
	assert_null(vault_free(vault));
	assert_null(vault_free(NULL));
}

static void one_login_is_kept_once_at_the_first_place_by_name(void **state)
{
	struct vault *vault = new_vault();
	check_put(vault, "a.example", "acme", "f1", "shop/hub", 1);
	check_put(vault, "a.example", "acme", "f1", "apps/hub", 1);
	check_put(vault, "a.example", "acme", "f1", "zone/hub", 1);
	assert_int_equal(vault_count(vault), 1);
	check_slice(vault_at(vault, 0)->place, "apps/hub");
	vault_free(vault);
}

/* "ab" + "c" is not "a" + "bc". */
static void parts_of_an_identity_do_not_run_together(void **state)
{
	struct vault *vault = new_vault();
	check_put(vault, "ab", "c", "f", "x/y", 1);
	check_put(vault, "a", "bc", "f", "x/y", 1);
	check_put(vault, "a", "b", "cf", "x/y", 1);
	assert_int_equal(vault_count(vault), 3);
	vault_free(vault);
}

static void a_full_vault_says_so_and_keeps_what_it_has(void **state)
{
	char fingerprint[32];
	struct vault *vault = new_vault();
	for (size_t i = 0; i < LIMIT_VAULT_LOGINS; i++) {
		snprintf(fingerprint, sizeof fingerprint, "%zu", i);
		check_put(vault, "a.example", "acme", fingerprint, "shop/hub", 1);
	}
	assert_false(vault_was_full(vault));
	check_put(vault, "a.example", "acme", "one more", "shop/hub", 0);
	check_put(vault, "a.example", "acme", "7", "shop/hub", 1);
	assert_int_equal(vault_count(vault), LIMIT_VAULT_LOGINS);
	assert_true(vault_was_full(vault));
	vault_free(vault);
}

static void values_and_texts_are_bounded_too(void **state)
{
	static char big[LIMIT_VAULT_VALUE_BYTES - 10], key[LIMIT_VAULT_TEXT_BYTES];
	struct error *err = NULL;
	struct vault *vault = new_vault();
	memset(big, 'x', sizeof big);
	memset(key, 'k', sizeof key - 1);
	assert_int_equal(put(vault, "a", "u", "1", "p", (struct slice){ big, sizeof big }, &err), 1);
	assert_int_equal(put(vault, "a", "u", "2", "p", SLICE("12345678901"), &err), 0);
	assert_int_equal(put(vault, "a", "u", "3", "p", SLICE("1234567890"), &err), 1);
	assert_int_equal(put(vault, key, "u", "4", "p", SLICE(""), &err), 0);
	check_no_error(&err);
	assert_int_equal(vault_count(vault), 2);
	check_slice(secret_reveal(vault_at(vault, 1)->password), "1234567890");
	vault_free(vault);
}

/* The heap hands the same piece out again; its own list stands at the beginning of what is free. */
static void what_it_held_is_wiped(void **state)
{
	CLEANUP(secret_release) struct secret_bytes after = { 0 };
	struct error *err = NULL;
	struct vault *vault = new_vault();
	const struct slice value = SLICE("EXAMPLE-password-that-is-longer-than-what-a-list-of-the-heap-writes-over-it");
	assert_int_equal(put(vault, "a", "u", "1", "p", value, &err), 1);
	const char *held = secret_reveal(vault_at(vault, 0)->password).data;
	vault_free(vault);
	check_ok(secret_alloc(&after, LIMIT_VAULT_VALUE_BYTES, &err), &err);
	assert_ptr_equal(secret_room(&after), held);
	assert_null(memmem(secret_room(&after), LIMIT_VAULT_VALUE_BYTES, "over-it", 7));
}

/* --- threads --- */

static void *put_many(void *data)
{
	char fingerprint[32];
	for (int i = 0; i < 500; i++) {
		struct error *err = NULL;
		snprintf(fingerprint, sizeof fingerprint, "%d", i);
		if (put(data, "a.example", "acme", fingerprint, "shop/hub", PASSWORD, &err) != 1)
			return err ? err : data;
	}
	return NULL;
}

static void several_threads_may_put(void **state)
{
	pthread_t threads[4];
	struct vault *vault = new_vault();
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, put_many, vault), 0);
	for (size_t i = 0; i < 4; i++) {
		void *failed = NULL;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_int_equal(vault_count(vault), 500);
	vault_free(vault);
}

static int scenario(void *data, struct error **err)
{
	struct vault *vault = NULL;
	int got = vault_new(&vault, err);
	for (int i = 0; got >= 0 && i < 3; i++)
		got = put(vault, "a.example", "acme", i ? "1" : "0", i ? "shop/hub" : "z", PASSWORD, err);
	if (got == 0)
		got = error_set(err, ERROR_LIMIT, "full");
	vault_free(vault);
	return got < 0 ? -1 : 0;
}

static void every_allocation_may_fail(void **state)
{
	assert_in_range(torture(scenario, NULL), 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logins_come_in_order_and_are_copies),
		cmocka_unit_test(one_login_is_kept_once_at_the_first_place_by_name),
		cmocka_unit_test(parts_of_an_identity_do_not_run_together),
		cmocka_unit_test(a_full_vault_says_so_and_keeps_what_it_has),
		cmocka_unit_test(values_and_texts_are_bounded_too),
		cmocka_unit_test(what_it_held_is_wiped),
		cmocka_unit_test(several_threads_may_put),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
