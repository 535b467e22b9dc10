#include "answered.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

/* The login: acme and a made-up token, dckr_pat_EXAMPLEexampleEXAMPLE1. */
#define DOCKER_CONFIG                                                                                                      \
	"eyJhdXRocyI6IHsiaHR0cHM6Ly9pbmRleC5kb2NrZXIuaW8vdjEvIjogeyJhdXRoIjogIllXTnRaVHBrWTJ0eVgzQmhkRjlGV0VGTlVFeEZaWGho" \
	"YlhCc1pVVllRVTFRVEVVeCJ9fX0="

static const char dump[] =
	"{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":["
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\","
	"\"uid\":\"aaaaaaaa-0000-4000-8000-000000000001\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"}},"
	"{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\",\"uid\":\"u-n1\"},\"status\":{\"images\":[]}},"
	"{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"default\",\"namespace\":\"shop\","
	"\"uid\":\"u-sa\"}},"
	"{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"hub\",\"namespace\":\"shop\",\"uid\":\"u-hub\","
	"\"managedFields\":[{\"manager\":\"kubectl\",\"operation\":\"Update\",\"time\":\"2026-11-01T00:00:00Z\","
	"\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\".\":{},\"f:.dockerconfigjson\":{}}}}]},"
	"\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":\"" DOCKER_CONFIG "\"}},"
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"scan\",\"namespace\":\"shop\","
	"\"uid\":\"u-scan\"},\"spec\":{\"replicas\":1,\"template\":{\"spec\":{\"imagePullSecrets\":[{\"name\":\"hub\"}],"
	"\"containers\":[{\"name\":\"main\",\"image\":\"acme/scan:1\"}]}}}},"
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"scan-0\",\"namespace\":\"shop\",\"uid\":\"u-pod\"},"
	"\"spec\":{\"nodeName\":\"n1\",\"imagePullSecrets\":[{\"name\":\"hub\"}],"
	"\"containers\":[{\"name\":\"main\",\"image\":\"acme/scan:1\"}]},"
	"\"status\":{\"phase\":\"Running\",\"startTime\":\"2026-11-20T10:00:00Z\",\"containerStatuses\":[{\"name\":\"main\","
	"\"image\":\"docker.io/acme/scan:1\",\"imageID\":\"docker.io/acme/scan@" SCAN_DIGEST "\",\"restartCount\":0,"
	"\"state\":{\"running\":{\"startedAt\":\"2026-11-20T10:00:05Z\"}}}]}}"
	"]}\n";

int answered_setup(void **state)
{
	struct answered *a = mem_alloc_zeroed(1, sizeof *a);
	assert_non_null(a);
	a->scratch = scratch_make();
	log_set_level(LOG_ERROR);
	scratch_write(&a->scratch, "dump/all.json", ((struct slice){ dump, sizeof dump - 1 }));
	snprintf(a->store, sizeof a->store, "%s", scratch_path(&a->scratch, "state/store.db"));
	snprintf(a->key, sizeof a->key, "%s", scratch_path(&a->scratch, "state/key"));
	snprintf(a->dump, sizeof a->dump, "%s", scratch_path(&a->scratch, "dump"));
	a->options.store = a->store;
	a->options.as_of = AS_OF;
	answered_add_snapshot(a, a->dump);
	*state = a;
	return 0;
}

int answered_teardown(void **state)
{
	struct answered *a = *state;
	answered_close(a);
	scratch_remove(&a->scratch);
	error_free(a->err);
	mem_free(a);
	return 0;
}

void answered_open(struct answered *a)
{
	check_ok(session_open(&a->session, &a->options, &a->err), &a->err);
}

void answered_close(struct answered *a)
{
	session_close(&a->session);
	a->session = (struct session){ 0 };
}

void answered_add_snapshot(struct answered *a, const char *path)
{
	struct text_list *list = &a->options.snapshots;
	assert_true(list->len < sizeof a->snapshots / sizeof *a->snapshots);
	list->items = a->snapshots;
	list->items[list->len++] = path;
}
