/* Objects that come one by one from an API server, in JSON or protobuf, into the same records as those of a dump.
 *
 *     object_stream_open(&context, &about, &stream, err);
 *     object_stream_json(stream, item, err);               // or object_stream_protobuf, any number, mixed
 *     object_stream_close(stream, &end, err);              // puts the coverage record of the list
 *
 * The kind is that of the list, so items need not say theirs. What is wrong with an item is a defect, as in a dump; its
 * `file` is the object's own API path. An object that comes twice (a list that was restarted) is put twice: the store
 * keeps the later one; nothing is remembered of single objects, so memory does not grow with the list.
 *
 * Streams of one context may be open at once; one thread uses them all. object_put_coverage is not needed for them: it
 * would put "absent" for every expected kind of which no stream was opened.
 *
 * Codes of defects made here, beside those of object.h: bad_document (an item that is no object, or breaks off; its
 * place is its number in the list, from 0), too_large.
 */
#ifndef FOTHER_KUBE_OBJECT_STREAM_H
#define FOTHER_KUBE_OBJECT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "kube/object/object.h"

/* What was asked for. Borrowed until close. */
struct object_list_about {
	struct slice kind;      /* "Secret"; "Rollout" */
	struct slice group;     /* "" for the core group */
	struct slice version;   /* "v1" */
	struct slice resource;  /* "secrets": for paths */
	struct slice namespace; /* "*": of all */
	struct slice subtype;   /* "*", or the one type of secrets that was asked for by field selector */
	bool metadata_only;     /* items are PartialObjectMetadata: a secret's type is the subtype, its values are not
				   read; records of secrets that are of no pull type need values, so there are none */
};

struct object_stream;
/* ERROR_UNSUPPORTED: metadata_only of a kind other than Secret and Namespace, whose records would say "none" where
 * nothing was read. */
int object_stream_open(struct object_context *context, const struct object_list_about *about,
		       struct object_stream **ret_stream, struct error **err);
/* One object. 0 also when it is bad (a defect was put). -1: the sink or memory failed. */
int object_stream_json(struct object_stream *stream, struct slice item, struct error **err);
int object_stream_protobuf(struct object_stream *stream, struct slice item, struct error **err);
/* An item that could not be taken whole. */
int object_stream_lost(struct object_stream *stream, const char *code, struct slice message, struct error **err);
/* The UID of the object last taken, its resourceVersion and name: for watches. Borrowed until the next one. */
struct object_stream_last {
	struct slice namespace, name, uid, resource_version;
};
const struct object_stream_last *object_stream_last(const struct object_stream *stream);

/* outcome: see MODEL_COVERAGE. "complete", "mixed" and "metadata" become "partial" where an item was lost or bad, with
 * the first of them as why: "/api/v1/namespaces/shop/secrets/hub: wrong_type". */
struct object_stream_end {
	struct slice outcome, why;
};
/* What close will make of them; borrowed from the stream. */
void object_stream_judge(const struct object_stream *stream, struct object_stream_end *end);
/* Frees the stream, in case of failure too. */
int object_stream_close(struct object_stream *stream, const struct object_stream_end *end, struct error **err);
/* Without a coverage record. NULL allowed. Returns NULL. */
struct object_stream *object_stream_free(struct object_stream *stream);
int64_t object_stream_objects(const struct object_stream *stream);

/* What a refusing server says: metav1.Status in JSON or protobuf, or anything else (a proxy's HTML page), as one line
 * that may be shown: its first one, or the page's title. In the arena. */
struct status_text {
	struct slice message, reason; /* "secrets is forbidden: ...", "Forbidden", "Expired"; an empty message: it said
					 nothing */
	struct slice continue_token;  /* of an expired list */
	int64_t code;                 /* 0: none told */
	bool is_status;               /* false: no Status at all */
};
/* body: of an answer, or the object of a watch's ERROR event. content_type: without parameters, lower case; only that
 * of protobuf makes a difference, of which an event's object has no magic in front. */
int object_read_status(struct slice body, struct slice content_type, struct arena *arena,
		       struct status_text *ret_status, struct error **err);

#endif
