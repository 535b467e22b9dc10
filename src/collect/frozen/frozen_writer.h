/* Writes one run of `fother collect`: what was read of one cluster, as docs/snapshot-format.md has it.
 *
 *     struct frozen_facts facts = { .name = ..., .server = ..., .as_of = ..., .key_id = ..., .tool = ..., .mask = ...
 * }; frozen_writer_new("frozen", &facts, &writer, err);           // makes frozen/CLUSTER/20261125T115500Z
 *     ... frozen_writer_sink(writer) is the sink of the object context ...
 *     frozen_list_open(writer, &about, &list, err);
 *     object_stream_json(stream, item, err);                       // puts the item's records into the sink
 *     frozen_list_item(list, item, err);                           // writes it, with those records
 *     frozen_list_close(list, &list_end, err);
 *     frozen_writer_finish(writer, &end, err);                     // the manifest, written last
 *     writer = frozen_writer_free(writer);
 *
 * What is there is never overwritten: each run makes a folder of its own. Folders are made with mode 0700, files with
 * 0600. A run without a manifest was interrupted.
 *
 * No value of a secret reaches a file: of each object, what stands in `data`, `stringData` and `binaryData` becomes
 * null, key by key, and so do the values of environment variables, of HTTP headers of probes, and of annotations of
 * which no records are made (some tools keep copies of whole objects in them); kubectl's annotation
 * last-applied-configuration is left out; tokens that `mask` knows are masked. An object that lost something of which
 * records could be made carries those that were made of it before, in a member `fother`; every Secret does.
 *
 * One thread uses a writer; several writers may be at work at once, also in the same folder. Several lists of a writer
 * may be open at once. An error names the file; after one, only frozen_writer_free makes sense.
 */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_WRITER_H
#define FOTHER_COLLECT_FROZEN_FROZEN_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "model/sink.h"

/* text itself, or a masked copy in the arena: mask_tokens of credential/mask.h. */
typedef int (*frozen_mask)(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err);
/* Whether records are made of the annotation of that name: annotation_kept of kube/object/annotation.h. */
typedef bool (*frozen_annotation_kept)(struct slice name);

/* What is known before the reading. Copied. */
struct frozen_facts {
	struct slice name;                      /* of the cluster, for people; its folder is named after it */
	struct slice server;                    /* address; not there: not known */
	int64_t as_of;                          /* set; the run's folder is named after it */
	struct slice key_id;                    /* of the key that makes the fingerprints */
	struct slice tool;                      /* "fother 0.1.0" */
	frozen_mask mask;                       /* set */
	frozen_annotation_kept annotation_kept; /* NULL: of any may be */
};

/* What is known after it. */
struct frozen_end {
	struct slice uid;            /* of kube-system; not there: not known */
	struct slice server_version; /* "v1.29.3"; not there: not known */
	struct slice outcome, why;   /* of the read, as in model/observed.h; why may be not there */
	struct slice notes;          /* not there: none */
};

struct frozen_writer;

/* dir is made when it is not there (not the folders above it). */
int frozen_writer_new(const char *dir, const struct frozen_facts *facts, struct frozen_writer **ret_writer,
		      struct error **err);
/* Takes the records of one read, and writes those that belong to an item. Its commit and rollback do nothing. */
struct sink *frozen_writer_sink(struct frozen_writer *writer);
/* Path of the run's folder, for people. */
const char *frozen_writer_path(const struct frozen_writer *writer);
/* Everything to the disk, then the manifest. All lists were closed. */
int frozen_writer_finish(struct frozen_writer *writer, const struct frozen_end *end, struct error **err);
/* Closes files that are still open, and leaves what was written. NULL allowed. Returns NULL. */
struct frozen_writer *frozen_writer_free(struct frozen_writer *writer);
void frozen_writer_freep(struct frozen_writer **writer);

/* What was asked for, as struct object_list_about of kube/object/stream.h. Copied. */
struct frozen_about {
	struct slice kind, group, version, resource;
	struct slice namespace; /* "*": of all */
	struct slice subtype;   /* "*", or the one type of secrets */
	bool metadata_only;     /* items are PartialObjectMetadata */
};

struct frozen_list_end {
	struct slice outcome, why;     /* of the coverage record; why may be not there */
	struct slice resource_version; /* not there: not known */
	int64_t objects;               /* of the coverage record */
};

struct frozen_list; /* belongs to its writer */

int frozen_list_open(struct frozen_writer *writer, const struct frozen_about *about, struct frozen_list **ret_list,
		     struct error **err);
/* One object as the server sent it, in JSON, after its records were put: those put since the last call (of any list of
 * the writer) are its own. An item that nobody could read is left out; the defect about it goes into the manifest. */
int frozen_list_item(struct frozen_list *list, struct slice raw_json, struct error **err);
/* An item was lost before it came here (object_stream_lost): the defect about it was put. */
int frozen_list_lost(struct frozen_list *list, struct error **err);
/* The list expired and starts again: its items are forgotten. */
int frozen_list_restart(struct frozen_list *list, struct error **err);
/* The list is gone afterwards, in case of failure too. A list that never had an item and is not complete has no file.
 */
int frozen_list_close(struct frozen_list *list, const struct frozen_list_end *end, struct error **err);

#endif
