/* One Kubernetes object: from a reader's tokens to records in a sink. Used by every reader of clusters and dumps.
 *
 * The fields that we know stand in one table per message (tables.h), each with its name, protobuf number and type; the
 * decoder (decode.h) fills the structs of kinds.h in an arena, and one function per kind (records.h) turns them into
 * model records.
 *
 *     reader is at the start of a value (a List or an object):
 *     object_read(reader, &context, err)
 *
 * Lists: `kind` and `apiVersion` may stand after `items`. Items of a typed list without a kind of their own (those of
 * `kubectl get --raw`) get the list's. An item that does not decode is a defect with its name and place, and the next
 * one is read. Of an object that stands in the dump twice, the state that was written later by its managedFields
 * stands; without those, the one that is read last.
 *
 * Codes of defects made here, beside those of credential/docker_config.h:
 *     File     truncated, bad_document, not_an_object, too_large, nested_lists, error_response (what an API server
 *              said), error_text (what kubectl said)
 *     objects  wrong_type, no_name, no_kind, bad_frozen (not used, their list is not complete); duplicate_key, bad_time
 * (used) Secret   missing_data_key, bad_base64_data, too_large
 */
#ifndef FOTHER_KUBE_OBJECT_OBJECT_H
#define FOTHER_KUBE_OBJECT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/reader.h"
#include "base/vec.h"
#include "credential/fingerprint.h"
#include "model/sink.h"

struct shape;
struct vault;

/* What one read has covered of one kind, for the coverage records. */
struct object_coverage {
	struct slice kind; /* "Secret", "Rollout.argoproj.io" */
	bool known;        /* we understand the kind */
	bool list_cut;     /* metadata.continue was not empty, or the document died inside the list */
	int64_t objects, defects;
	struct slice first_bad; /* file, place and reason of the first defect; or the file of the cut list */
};

/* What a list (or a run of single objects) covered: one per list, so that "gone" is concluded only where it may be. */
struct object_scope {
	struct slice kind;
	struct slice namespace; /* the only one seen; "*" when more than one; empty for cluster-scoped kinds */
	struct slice subtype;   /* the only secret type seen; "*" when more than one */
	bool complete;          /* read to its end, every item decoded, no continue token */
	bool is_list;           /* single objects prove nothing about absence */
	int64_t objects;
	struct slice why; /* why not complete, with the file */
};

struct object_context {
	struct sink *sink;
	int64_t read;
	const struct fingerprint_key *key;
	struct vault *vault;      /* borrowed: gets the logins that the kubelet could read; NULL: no value is kept */
	struct arena scratch;     /* cleared after every object */
	struct arena kept;        /* what the fields below point into */
	struct slice file;        /* name of the file in the dump, for places */
	struct slice lost_file;   /* first file that gave a File defect: what it held is not known, kind included */
	bool frozen;              /* set by readers of snapshots: members `fother` of objects are read (frozen.h) */
	int64_t newest;           /* newest metadata or status time seen; TIME_UNSET before any */
	struct slice cluster_uid; /* UID of namespace kube-system, once seen */
	struct slice server_version;
	int64_t objects, defects;
	struct {
		struct object_coverage *items;
		size_t len, capacity;
	} coverage;
	struct {
		struct object_scope *items;
		size_t len, capacity;
	} scopes;
	struct map scope_of[2]; /* of single objects, of lists: kind -> index + 1 of its latest in scopes */
	struct map seen; /* "Kind/uid" -> when it was last written (int64_t *): counted once, and the newer state put */
	struct map coverage_of;    /* kind -> index + 1 in coverage */
	const struct shape *shape; /* of every object's fields: shape.h */
	/* Called after every object and list item; may be NULL. What stands before reader->offset is not needed any
	 * more. */
	void (*after_object)(void *data, const struct reader *reader);
	void *after_object_data;
};

int object_context_init(struct object_context *context, struct sink *sink, int64_t read,
			const struct fingerprint_key *key, struct error **err);
void object_context_release(struct object_context *context);

/* Reads the next value of `reader` (at depth 0): a List, an object, or something else (a defect).
 * 0: read to its end. 1: the document died inside (a defect was put; what stood before it is in the sink). -1: the sink
 * or memory failed; reading cannot go on. */
int object_read(struct reader *reader, struct object_context *context, struct error **err);

/* Puts a File defect: bytes that are no document, an error text, a truncated file. */
int object_file_defect(struct object_context *context, const char *code, struct slice place, struct slice message,
		       struct error **err);

/* Puts the coverage records of the read, absent kinds included. */
int object_put_coverage(struct object_context *context, struct error **err);

#endif
