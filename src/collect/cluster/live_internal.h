/* What the files of this folder share: one cluster's reading (live_cluster.c), who it is (live_identity.c), its lists
 * (live_list.c), small documents (live_document.c), the changes of its secrets (live_follow.c) and the threads around
 * them (live.c). */
#ifndef FOTHER_COLLECT_CLUSTER_LIVE_INTERNAL_H
#define FOTHER_COLLECT_CLUSTER_LIVE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/cluster/live.h"
#include "collect/cluster/live_plan.h"
#include "collect/frozen/frozen_writer.h"
#include "kube/client/framer.h"
#include "kube/client/server.h"
#include "kube/object/stream.h"
#include "net/http.h"

/* A list whose token expired is begun again so often; after that it goes on with a later state (mixed). */
#define LIVE_RESTARTS 2
/* A page that broke off is asked for again so often without one more item. */
#define LIVE_CUTS 4
/* Pages without an item in a row, each with a token: a proxy that filters may leave some empty, and 1,000 of 500 items
 * are a cluster. */
#define LIVE_EMPTY_PAGES 1000
/* A page takes seconds. A server that sends a byte now and then would keep it open for ever. */
#define LIVE_PAGE_MS (10 * 60 * 1000)
#define LIVE_DOCUMENT_MS (60 * 1000)
/* Continue tokens are some hundred bytes. Three times as long when they are encoded, one still fits a request. */
#define LIVE_TOKEN_BYTES (64 * LIMIT_KIB)
/* Lists of one cluster under way at once. */
#define LIVE_LISTS 4
#define LIVE_PAGE 500
/* Connections of one cluster's watches: few carry many where the server speaks HTTP/2. */
#define LIVE_WATCH_CONNECTIONS 64
/* Of each request, before any byte of its answer; net waits between them. */
#define LIVE_RETRIES 5
/* A token bucket for each cluster, as large as kubectl's: quick for a person, and little for an API server. */
#define LIVE_RATE 50
#define LIVE_BURST 300

struct live_cluster;

/* Whom an event of net is for. Within the struct that it begins. */
struct live_owner {
	/* 0, or -1: the sink or memory failed, and the cluster's reading ends. */
	int (*event)(struct live_owner *owner, const struct http_event *event, struct error **err);
};

/* --- a small document, taken whole --- */
struct live_document {
	struct live_owner owner; /* first */
	struct live_cluster *cluster;
	const char *path;
	unsigned login, rejections;
	int status; /* 0: no answer */
	struct strbuf body;
	struct strbuf why; /* no answer: why not */
	enum http_failure failure;
	bool done;
};
void live_document_init(struct live_document *document, struct live_cluster *cluster, const char *path);
int live_document_ask(struct live_document *document, struct error **err);
void live_document_release(struct live_document *document);

/* --- a list --- */
struct live_list {
	struct live_owner owner; /* first */
	struct live_cluster *cluster;
	const struct live_resource *resource;
	const char *version;
	struct object_list_about about;
	struct slice field_selector;
	size_t secret_list; /* which of LIVE_SECRET_LISTS */

	struct object_stream *stream;
	struct frozen_list *frozen;
	struct framer *framer; /* of the page under way */
	bool in_protobuf;      /* the page under way */
	bool json_alone;       /* the server refused protobuf */
	unsigned login, rejections;
	int status; /* of the answer under way */
	struct strbuf content_type, refusal;
	struct strbuf token, next_token; /* of the page under way, of the next */
	char *resource_version;          /* of the first page */
	uint64_t page_items;             /* taken of the page under way, in all attempts */
	uint64_t page_items_most;        /* before it was begun again */
	unsigned empty_pages;            /* in a row */
	int64_t mixed_objects;           /* mixed: taken when it last expired */
	uint64_t skip, passed; /* items at the start of this attempt that were taken before; items that came by */
	unsigned restarts, cuts, pages;
	bool mixed, started, done;
	bool forbidden;       /* for all namespaces: each that is known is asked for */
	struct error *fatal;  /* of a call from the framer: not the server's fault */
	bool asked;           /* a transfer's END has not come yet */
	bool whole;           /* done, and complete */
	struct slice outcome; /* done: as its coverage has it */
	bool not_served;      /* done, and there is no such list */
	struct strbuf why;    /* done, and not: why */
};
/* The list of secrets number `secret_list`: of one type, or, where all are asked for, the only one. */
struct live_list *live_list_secrets(struct live_cluster *cluster, struct slice namespace, size_t secret_list,
				    struct error **err);
struct live_list *live_list_new(struct live_cluster *cluster, const struct live_resource *resource,
				struct slice namespace, struct error **err);
int live_list_start(struct live_list *list, struct error **err);
/* Ends it, started or not, with a coverage record. */
int live_list_finish(struct live_list *list, const char *outcome, struct slice why, struct error **err);
struct live_list *live_list_free(struct live_list *list);

struct live_lists {
	VEC(struct live_list *)
};
struct live_names {
	VEC(struct slice)
};

/* --- a cluster --- */
struct live_cluster {
	struct live *live;
	struct live_source source;
	const struct kube_access_facts *facts;
	struct live_result *result;
	struct kube_server *server;
	struct http_queue *queue;
	struct object_context context;
	struct arena arena;
	int64_t read, as_of;
	struct slice address; /* context@server: the source of its reads */
	struct slice uid, server_version;
	struct live_names groups;     /* API groups that the server has */
	bool groups_known;            /* these are all of them */
	struct live_names namespaces; /* known by name */
	struct live_lists lists;
	size_t next; /* of the lists to start */
	size_t under_way;
	struct strbuf broken; /* set: no other request makes sense; why */
	struct strbuf why;    /* first reasons of what is not complete */
	size_t reasons;
	/* Lists that ended so. absent: the server does not serve it. forbidden: for all namespaces, and what comes of
	 * asking each is not known yet. */
	size_t whole, absent, forbidden, lost, interrupted;
	struct live_progress progress; /* guarded by live->lock */
	size_t index;                  /* of its source */
	struct follower *follower;     /* NULL: read once */
};
/* Reads it, to its end in the sink. Runs on the cluster's thread. */
void live_cluster_read(struct live_cluster *cluster);
void live_cluster_release(struct live_cluster *cluster);
bool live_cluster_stopped(const struct live_cluster *cluster);
/* A list of it ended so. */
int live_cluster_note(struct live_cluster *cluster, const struct live_list *list, const char *outcome, struct slice why,
		      struct error **err);
void live_cluster_show_waiting(struct live_cluster *cluster, const struct http_event *event);
/* uid: not there where it is not known. */
int live_cluster_add_namespace(struct live_cluster *cluster, struct slice name, struct slice uid, struct error **err);
/* A copy of the name, in the cluster's arena. */
int live_cluster_add_name(struct live_cluster *cluster, struct live_names *names, struct slice name,
			  struct error **err);
/* Waits for the next event of its transfers, and gives it to its owner. */
int live_cluster_take_event(struct live_cluster *cluster, struct error **err);
/* uid, server_version and groups, as far as the server tells (live_identity.c). */
int live_cluster_identify(struct live_cluster *cluster, struct error **err);
/* The login or the way to the server failed for good. */
void live_cluster_break(struct live_cluster *cluster, struct slice why);

/* --- following (live_follow.c) --- */
struct follower;
/* Until it is stopped. server and queue are there, and who it is is known. */
int live_follow_cluster(struct live_cluster *cluster, struct error **err);
/* A list that a follower asked for begins, or begins again. */
int live_follow_began(struct live_list *list, struct error **err);
/* An item of it was put. */
int live_follow_listed(struct live_list *list, struct error **err);

struct live {
	struct live_options options;
	int64_t as_of; /* of every read that is no batch of a watch */
	struct http *http;
	struct live_cluster *clusters;
	struct live_result *results;
	size_t count;
	atomic_bool stopped;
	atomic_size_t next; /* cluster that no thread has taken */
	pthread_t *threads;
	size_t thread_count;
	pthread_mutex_t lock; /* progress, done */
	pthread_cond_t changed;
	size_t done;
	/* Values of secrets go through the secure heap, which has room for one large Secret at a time. */
	pthread_mutex_t secrets;
	pthread_mutex_t telling; /* calls of options.follow */
};

#endif
