#include "kube_object/reading.h"

#include "base/limits.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

/* clang-format off */
static const char NODE[] = JSON({
	"apiVersion": "v1", "kind": "Node",
	"metadata": {"name": "node-1", "uid": "n-1", "creationTimestamp": "2026-01-01T00:00:00Z"},
	"spec": {"podCIDR": "10.0.0.0/24", "taints": [{"key": "a", "effect": "NoSchedule"}]},
	"status": {
		"conditions": [{"type": "Ready", "lastHeartbeatTime": "2026-11-20T08:00:00Z", "lastTransitionTime": "2026-01-01T00:00:10Z"}],
		"images": [
			{"names": ["docker.io/acme/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
				   "docker.io/acme/web:1", "reg.example:5000/web:1",
				   "mirror.example/web@sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210", "mirror.example/web:1"],
			 "sizeBytes": 1234},
			{"names": ["docker.io/acme/old:1"]},
			{"names": ["<none>:<none>", "<none>@<none>"]},
			{"names": null, "sizeBytes": 5}],
		"nodeInfo": {"architecture": "amd64", "bootID": "boot-1", "containerRuntimeVersion": "containerd://1.7.2",
			     "kubeletVersion": "v1.31.2", "operatingSystem": "linux"}
	}
});
/* clang-format on */

static void a_node_gives_its_fields(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(NODE);
	const struct node *node = only(&r, node);
	check_slice(node->name, "node-1");
	check_slice(node->uid, "n-1");
	check_slice(node->boot_id, "boot-1");
	check_slice(node->runtime, "containerd://1.7.2");
	check_slice(node->kubelet_version, "v1.31.2");
	check_slice(node->architecture, "amd64");
	assert_int_equal(node->image_count, 4);
	assert_int_equal(node->images_cut, BOOL_FALSE);
	assert_int_equal(r.context.newest, INT64_C(1795161600) * USEC_PER_SECOND);
	assert_int_equal(count(&r, gap), 0);
}

static void check_image(const struct reading *r, size_t place, const char *image, const char *digest, int64_t size)
{
	const struct node_image *cached = nth(r, node_image, place);
	check_slice(cached->node, "node-1");
	check_slice(cached->image, image);
	if (digest)
		check_slice(cached->digest, digest);
	else
		assert_null(cached->digest.data);
	assert_int_equal(cached->size_bytes, size);
}

static void every_name_is_an_image_with_its_digest(void **state)
{
	CLEANUP(reading_release) struct reading r = reading_of(NODE);
	assert_int_equal(count(&r, node_image), 6);
	check_image(&r, 0, "docker.io/acme/web@sha256:" HEX, "sha256:" HEX, 1234);
	check_image(&r, 1, "docker.io/acme/web:1", "sha256:" HEX, 1234);
	check_image(&r, 2, "reg.example:5000/web:1", "sha256:" HEX, 1234);
	check_image(&r, 3, "mirror.example/web@sha256:" OTHER, "sha256:" OTHER, 1234);
	check_image(&r, 4, "mirror.example/web:1", "sha256:" OTHER, 1234);
	check_image(&r, 5, "docker.io/acme/old:1", NULL, INT_UNKNOWN);
}

static void fifty_images_are_a_cut_list_and_a_gap(void **state)
{
	for (int images = 49; images <= 50; images++) {
		CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT(LIMIT_ROW_BYTES);
		strbuf_add_text(
			&json,
			"{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"n\"}, \"status\": {\"images\": [");
		for (int i = 0; i < images; i++)
			strbuf_addf(&json, "%s{\"names\": [\"a/b:%d\"]}", i ? "," : "", i);
		strbuf_add_text(&json, "]}}");
		CLEANUP(reading_release) struct reading r = reading_of(strbuf_text(&json));
		assert_int_equal(only(&r, node)->images_cut, images == 50 ? BOOL_TRUE : BOOL_FALSE);
		assert_int_equal(count(&r, gap), images == 50);
		if (images == 50) {
			check_slice(only(&r, gap)->source, "node n");
			check_slice(only(&r, gap)->kind, "node_image");
		}
	}
}

static void a_node_without_the_list_is_unknown_not_empty(void **state)
{
	CLEANUP(reading_release)
	struct reading r = reading_of(
		JSON({ "apiVersion" : "v1", "kind" : "Node", "metadata" : { "name" : "n" }, "status" : {} }));
	assert_int_equal(only(&r, node)->image_count, INT_UNKNOWN);
	assert_int_equal(only(&r, node)->images_cut, BOOL_UNKNOWN);
	CLEANUP(reading_release)
	struct reading e = reading_of(JSON(
		{ "apiVersion" : "v1", "kind" : "Node", "metadata" : { "name" : "n" }, "status" : { "images" : [] } }));
	assert_int_equal(only(&e, node)->image_count, 0);
}

static void yaml_gives_the_same(void **state)
{
	check_yaml_gives_the_same(NODE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_gives_its_fields),
		cmocka_unit_test(every_name_is_an_image_with_its_digest),
		cmocka_unit_test(fifty_images_are_a_cut_list_and_a_gap),
		cmocka_unit_test(a_node_without_the_list_is_unknown_not_empty),
		cmocka_unit_test(yaml_gives_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
