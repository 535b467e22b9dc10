/* What the dialects share: asking with a login where one is needed, walking through JSON, events. */
#ifndef FOTHER_COLLECT_REGISTRY_DIALECT_INTERNAL_H
#define FOTHER_COLLECT_REGISTRY_DIALECT_INTERNAL_H

#include "base/arena.h"
#include "base/json_reader.h"
#include "base/secret.h"
#include "base/strbuf.h"
#include "collect/registry/dialect.h"

#define DIALECT_PAGE_ITEMS 100 /* the most that Docker Hub, Harbor and Quay give at once */

typedef int repository_found(void *data, struct slice repository, struct error **err);

enum dialect_login { LOGIN_HUB_TOKEN, LOGIN_BASIC, LOGIN_OAUTH_TOKEN };

struct dialect_ops {
	const char *name;
	enum dialect_login login;
	bool hides; /* it answers 404 for what only a login may see */
	/* 1, 0 refused (*ret_why), -1. */
	int (*repositories)(struct registry_dialect *dialect, struct slice prefix, repository_found *found, void *data,
			    struct slice *ret_why, struct error **err);
	int (*times)(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		     struct error **err);
	/* What dialect->body tells, as one page of a repository's times: for tests that have no server. 1, 0, -1. */
	int (*read)(struct registry_dialect *dialect, struct slice repository, struct slice *ret_why,
		    struct error **err);
};
extern const struct dialect_ops dialect_hub, dialect_harbor, dialect_quay, dialect_gcr;

struct registry_dialect {
	const struct dialect_ops *ops;
	struct dialect_context context; /* its texts are in kept */
	struct slice login_registry;    /* whose logins are used */
	struct http_origin *origin;     /* NULL: it cannot be asked, as closed says */
	struct slice closed;
	struct http_queue *queue;
	struct arena kept, scratch;        /* scratch: of one repository or list */
	struct secret_bytes authorization; /* of the login that was taken last; not set: none */
	size_t login;                      /* its number */
	int status;                        /* of the last answer; 0: none came */
	struct strbuf body;                /* of it */
	struct strbuf problem;             /* why there is no answer */
	bool failed;                       /* the sink or memory did, not what the API said */
};

/* --- dialect_ask.c --- */

/* Sends one request with the authorization as it is, or POSTs secret_body. 1: answered, with dialect->status; 0: not,
 * with dialect->problem; -1. secret_answer, where it is given, takes the body in place of dialect->body. */
int dialect_send(struct registry_dialect *dialect, struct slice path, const struct secret_bytes *secret_body,
		 struct secret_bytes *secret_answer, struct error **err);
/* GET with whatever login the repository needs. 1: 200, in dialect->body. 0: anything else, *ret_why. -1. */
int dialect_ask(struct registry_dialect *dialect, struct slice repository, struct slice path, struct slice *ret_why,
		struct error **err);
/* Why, in dialect->kept. Always 0, or -1. */
int dialect_refuse(struct registry_dialect *dialect, struct slice *ret_why, struct error **err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* --- dialect_login.c --- */

/* Sets dialect->authorization of the login. 1; 0: it is of no use here, or was refused; -1. */
int dialect_log_in(struct registry_dialect *dialect, const struct login *login, struct error **err);
/* One more piece of an answer that holds a token. 1, 0: too large, -1. */
int dialect_add_secret(struct secret_bytes *answer, struct slice piece, struct error **err);

/* --- dialect_json.c --- */

struct dialect_json {
	struct json_reader reader;
	struct arena *arena;
};
/* Takes the value whose first token was read. name is not there for items of a list. 0 or -1. */
typedef int dialect_take(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			 struct error **err);
/* The document in dialect->body. 1; 0: no such JSON, *ret_why; -1. */
int dialect_read(struct registry_dialect *dialect, dialect_take *take, void *data, struct slice *ret_why,
		 struct error **err);
/* Each member of an object, each item of a list; values of another type are passed over. 0 or -1. */
int dialect_each_member(struct dialect_json *json, const struct token *value, dialect_take *take, void *data,
			struct error **err);
int dialect_each_item(struct dialect_json *json, const struct token *value, dialect_take *take, void *data,
		      struct error **err);
/* A text, or a number as it is written; others are passed over and not there. */
int dialect_text(struct dialect_json *json, const struct token *value, struct slice *ret_text, struct error **err);
int dialect_pass(struct dialect_json *json, const struct token *value, struct error **err);
/* {"namespace": "acme", "name": "web"}, as Docker Hub and Quay list their repositories: 1 "acme/web"; 0 none; -1. */
int dialect_take_repository(struct dialect_json *json, const struct token *value, struct slice *ret_path,
			    struct error **err);

/* --- dialect_page.c --- */

/* What is listed: a repository's tags, or, where there is `found`, the repositories below a prefix. */
struct dialect_list {
	struct registry_dialect *dialect;
	struct slice repository; /* or the prefix */
	bool more;               /* another page follows the one that was read */
	repository_found *found;
	void *data; /* of found */
};

/* Page after page of a list, LIMIT_DIALECT_PAGES of them: take gets each document, and sets list->more where another
 * one follows. A page that is the same as the one before ends it as refused. 1, 0 refused (*ret_why), -1 (a path that
 * did not fit, too). */
struct dialect_pages {
	const struct strbuf *path;
	const char *size_name; /* of the parameter that says how many items a page shall have */
	dialect_take *take;
	void *data;
};
int dialect_each_page(struct dialect_list *list, const struct dialect_pages *pages, struct slice *ret_why,
		      struct error **err);
/* namespace/rest: false where there is no slash. */
bool dialect_split(struct slice repository, struct slice *ret_namespace, struct slice *ret_rest);
/* Tells list->found of the repository, where it is below the prefix. */
int dialect_tell(struct dialect_list *list, struct slice repository, struct error **err);
/* A dialect_take of one item of a list of repositories as dialect_take_repository reads it; data: a dialect_list. */
int dialect_take_listed(struct dialect_json *json, struct slice name, const struct token *value, void *data,
			struct error **err);

/* --- dialect_event.c --- */

/* Texts may be not there. What has no time, or holds a text that can be none of its kind, is left out. 0 or -1. */
struct dialect_event {
	const char *action; /* push, pull, delete_tag */
	int64_t time;
	struct slice repository, tag, digest, actor;
};
int dialect_put(struct registry_dialect *dialect, const struct dialect_event *event, struct error **err);
/* RFC 3339; a count of seconds or milliseconds since 1970, in decimal digits. TIME_UNSET: none, 0, or out of range. */
int64_t dialect_time(struct slice text);
int64_t dialect_time_counted(struct slice digits, int64_t unit_usec);

#endif
