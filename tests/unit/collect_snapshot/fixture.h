/* Dumps made of a few lines, read into a sink in memory. */
#ifndef FOTHER_TESTS_UNIT_COLLECT_SNAPSHOT_FIXTURE_H
#define FOTHER_TESTS_UNIT_COLLECT_SNAPSHOT_FIXTURE_H

#include "support/check.h"

#include "base/limits.h"
#include "base/time.h"
#include "collect/snapshot/dump.h"
#include "collect/snapshot/snapshot.h"
#include "model/observed.h"
#include "model/sink_memory.h"
#include "oci_layout/tar.h"
#include "support/scratch.h"

/* For static tables, where SLICE is no constant. */
#define SLICE_INIT(literal)                                                                                            \
	{                                                                                                              \
		literal, sizeof(literal) - 1                                                                           \
	}
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One pod, one namespace, a list; on one line. */
#define POD(name)                                                                                                      \
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name                                       \
	"\",\"namespace\":\"shop\",\"uid\":\"uid-" name "\",\"creationTimestamp\":\"2026-11-01T00:00:00Z\"},"          \
	"\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"docker.io/acme/web:1\"}]}}"
#define KUBE_SYSTEM(uid)                                                                                               \
	"{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\",\"uid\":\"" uid          \
	"\",\"creationTimestamp\":\"2026-10-01T00:00:00Z\"}}"
#define LIST(items)                                                                                                    \
	"{\"apiVersion\":\"v1\",\"items\":[" items "],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\"}}\n"
#define POD_YAML(name)                                                                                                 \
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: " name "\n  namespace: shop\n  uid: uid-" name                  \
	"\n  creationTimestamp: \"2026-11-01T00:00:00Z\"\nspec:\n  containers:\n  - name: c\n    image: acme/web:1\n"

struct reading {
	struct sink_memory memory;
	struct snapshot_options options;
	struct snapshot_result result;
	struct error *err;
	int status;
};

/* The key of all readings. */
const struct fingerprint_key *reading_key(void);

/* Ready to be read: set options or the sink's switches, then read_dump. */
void reading_init(struct reading *reading, const char *path);
void read_dump(struct reading *reading);
/* Both, for a path in the scratch folder ("" for the folder itself); fails the test when the reading does. */
void read_scratch(struct reading *reading, const struct scratch *scratch, const char *name);
void reading_release(struct reading *reading);

size_t count_of(const struct reading *reading, const struct record_type *type);
/* Different pods by uid: the sink in memory does not join what is put twice. */
size_t pod_count(const struct reading *reading);
bool has_pod(const struct reading *reading, const char *name);
/* The File defect of that code (NULL: any) at that file; NULL when there is none. */
const struct defect *file_defect_of(const struct reading *reading, const char *file, const char *code);
const struct memory_read *read_named(const struct reading *reading, const char *cluster);

#endif
