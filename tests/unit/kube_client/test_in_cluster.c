#include "kube/client/in_cluster.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "configs.h"
#include "support/check.h"
#include "support/scratch.h"
#include "support/torture.h"

static int64_t steady;

static int64_t made_up_steady(void)
{
	return steady;
}

static struct scratch pod(void)
{
	struct scratch folder = scratch_make();
	scratch_write(&folder, "token", SLICE("made-up-1"));
	scratch_write(&folder, "ca.crt", SLICE(MADE_UP_CERTIFICATE));
	scratch_write(&folder, "namespace", SLICE("shop\n"));
	return folder;
}

static struct kube_access *access_in(const struct scratch *folder, const char *host)
{
	const struct in_cluster where = { host, "443", folder->path };
	struct error *err = NULL;
	struct kube_access *access = NULL;
	check_ok(in_cluster_access(&where, &access, &err), &err);
	return access;
}

static void a_pod_reaches_its_server(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	struct kube_access *access = access_in(&folder, "10.0.0.1");
	check_slice(kube_access_facts(access)->name, "in-cluster");
	assert_string_equal(
		access_text(access),
		"server=https://10.0.0.1:443 namespace=shop user=service account ca=made-up auth=Bearer made-up-1");
	kube_access_free(access);
	access = access_in(&folder, "fd00::1");
	check_slice(kube_access_facts(access)->server, "https://[fd00::1]:443");
	kube_access_free(access);
}

static void the_token_is_read_again(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	struct kube_access *access = access_in(&folder, "10.0.0.1");
	access->clock.steady = made_up_steady;
	access->login.token_read_at = steady = USEC_PER_DAY;
	scratch_write(&folder, "token", SLICE("made-up-2\n"));
	steady += USEC_PER_MINUTE - 1;
	check_slice(secret_reveal(login_of(access, false).authorization), "Bearer made-up-1");
	steady += 1;
	check_slice(secret_reveal(login_of(access, false).authorization), "Bearer made-up-2");
	kube_access_free(access);
}

static void the_environments_proxy_is_used(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	setenv("HTTPS_PROXY", "proxy.example.com:3128", 1);
	struct kube_access *access = access_in(&folder, "10.0.0.1");
	check_slice(kube_access_facts(access)->proxy, "http://proxy.example.com:3128");
	kube_access_free(access);
	setenv("NO_PROXY", "10.0.0.0/8", 1);
	access = access_in(&folder, "10.0.0.1");
	assert_null(kube_access_facts(access)->proxy.data);
	kube_access_free(access);
	unsetenv("HTTPS_PROXY");
	unsetenv("NO_PROXY");
}

static void check_none(const char *host, const char *port, const char *folder, enum error_code code, const char *part)
{
	const struct in_cluster where = { host, port, folder };
	struct error *err = NULL;
	struct kube_access *access = NULL;
	assert_int_equal(in_cluster_access(&where, &access, &err), -1);
	check_error(&err, code, part);
}

static void what_is_missing_is_named(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	check_none(NULL, "443", folder.path, ERROR_USAGE, "this is no pod");
	check_none("", "443", folder.path, ERROR_USAGE, "this is no pod");
	check_none("10.0.0.1", NULL, folder.path, ERROR_USAGE, "this is no pod");
	check_none("10.0.0.1", "443", "/nowhere", ERROR_USAGE, "in-cluster: /nowhere/ca.crt: there is no such file");
	unlink(scratch_path(&folder, "token"));
	check_none("10.0.0.1", "443", folder.path, ERROR_USAGE, "/token: there is no such file");
	scratch_write(&folder, "ca.crt", SLICE("x"));
	check_none("10.0.0.1", "443", folder.path, ERROR_SYNTAX, "/ca.crt holds no certificate in PEM");
}

static void a_pod_knows_that_it_is_one(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	struct in_cluster where = { "10.0.0.1", "443", folder.path };
	assert_true(in_cluster_is_there(&where));
	unlink(scratch_path(&folder, "namespace"));
	struct kube_access *access = access_in(&folder, "10.0.0.1");
	assert_null(kube_access_facts(access)->namespace.data);
	kube_access_free(access);
	unlink(scratch_path(&folder, "token"));
	assert_false(in_cluster_is_there(&where));
	where.port = "";
	assert_false(in_cluster_is_there(&where));
	unsetenv("KUBERNETES_SERVICE_HOST");
	assert_false(kube_is_in_cluster());
	setenv("KUBERNETES_SERVICE_HOST", "h", 1);
	setenv("KUBERNETES_SERVICE_PORT", "p", 1);
	where = in_cluster_of_process();
	assert_string_equal(where.host, "h");
	assert_string_equal(where.port, "p");
	assert_string_equal(where.folder, "/var/run/secrets/kubernetes.io/serviceaccount");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
}

static int make(void *data, struct error **err)
{
	const struct scratch *folder = data;
	const struct in_cluster where = { "10.0.0.1", "443", folder->path };
	struct kube_access *access = NULL;
	int got = in_cluster_access(&where, &access, err);
	kube_access_free(access);
	return got;
}

static void every_allocation_may_fail(void **state)
{
	CLEANUP(scratch_remove) struct scratch folder = pod();
	assert_in_range(torture(make, &folder), 3, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pod_reaches_its_server),       cmocka_unit_test(the_token_is_read_again),
		cmocka_unit_test(the_environments_proxy_is_used), cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(a_pod_knows_that_it_is_one),     cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, configs_setup, NULL);
}
