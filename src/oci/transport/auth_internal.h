/* Logins to a registry, one for each scope: who has which token, who waits for it, and which login comes next when one
 * is refused. Distribution's token authentication (github.com/distribution/distribution,
 * docs/content/spec/auth/{token,oauth,scope}.md) and Basic (RFC 7617).
 */
#ifndef FOTHER_OCI_TRANSPORT_AUTH_INTERNAL_H
#define FOTHER_OCI_TRANSPORT_AUTH_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/secret.h"
#include "base/strbuf.h"
#include "net/http.h"
#include "oci/format/image_source.h"
#include "oci/transport/logins.h"

struct ask;
struct registry;
struct registry_error;

enum exchange_kind { EXCHANGE_ASK, EXCHANGE_TOKEN };

/* The owner of events of net. First member of what it is a part of. */
struct exchange {
	enum exchange_kind kind;
	int status;         /* 0: no HEAD came */
	struct strbuf head; /* headers of the HEAD, for exchange_header */
	struct strbuf date; /* its Date */
};

/* With 429s. */
struct patience {
	int64_t since_ms; /* of the first; 0: none */
	unsigned count;
};

struct ask_line {
	struct ask *first, *last;
};

enum grant_state {
	GRANT_NEW,
	GRANT_ASKING, /* the token server is asked */
	GRANT_READY,
	GRANT_REFUSED, /* every login was, and none at last */
};

/* What may be done in one repository, or with the catalog. */
struct grant {
	struct exchange exchange; /* with the token server */
	struct slice repository;  /* "": the catalog */
	enum grant_state state;
	size_t login;              /* its number in the order of logins */
	bool anonymous;            /* there was no such login: the last try */
	bool accepted;             /* the registry took one of this login */
	bool from_server;          /* a token that can be renewed */
	struct secret_bytes value; /* of the header Authorization; not set: none */
	uint64_t generation;       /* changes with the value */
	uint64_t used;             /* larger than that of every grant used before */
	int64_t expires_ms;
	struct slice username, origin; /* of the login; in the memory of logins */
	struct slice problem;          /* why one that there is cannot be used; there too */
	struct ask_line line;
	size_t asks; /* that hold this grant */
	struct strbuf why;
	/* the request to the token server */
	struct secret_bytes body;
	bool too_large, posted, no_post;
	unsigned retries; /* since a token came */
	struct patience patience;
};

enum auth_scheme { AUTH_NONE, AUTH_BASIC, AUTH_BEARER };

struct auth {
	enum auth_scheme scheme;      /* what the registry asked for */
	struct strbuf realm, service; /* of AUTH_BEARER */
	struct strbuf catalog_scope;  /* where the registry names one */
	struct map grants;            /* by repository; "" is the catalog's */
	uint64_t generation;          /* of the newest login of any grant */
	uint64_t uses;                /* of all grants */
	size_t value_bytes;           /* held by all grants, as the secure heap counts */
	size_t asking;                /* grants whose token server is asked */
	struct ask_line line;         /* that wait until fewer are */
	struct strbuf login;          /* the name that was taken last */
	/* An identity token that the token server took and gave another one for; what is given stays the user's. */
	const struct secret_bytes *renewed;
	struct secret_bytes renewed_value;
	int64_t down_ms; /* the token server cannot be asked before */
	struct strbuf down_why;
};

enum auth_answer {
	AUTH_SEND, /* *ret_value is its login, NULL for none */
	AUTH_WAIT, /* it stands in the line of its grant */
	AUTH_OVER, /* it was finished */
	AUTH_ERROR,
};

/* What a secret of that length takes of the secure heap: a power of two. */
size_t auth_piece(size_t len);
/* Before an ask is sent to the registry itself. */
enum auth_answer auth_prepare(struct registry *registry, struct ask *ask, const struct secret_bytes **ret_value,
			      struct error **err);
/* The registry refused (401, or what stands for it): asks again with another token or login, or finishes it. */
int auth_refused(struct registry *registry, struct ask *ask, const struct registry_error *error, struct error **err);
/* The registry took it. */
void auth_accepted(struct registry *registry, struct ask *ask);
/* Whether an answer that is not 401 says that the token is no good. */
bool auth_is_refusal(const struct ask *ask, int status, const struct registry_error *error);
/* Whether an answer holds a login that was sent for it: then it is not shown. 1, 0, -1. */
int auth_is_echoed(struct registry *registry, const struct ask *ask, const struct registry_error *error,
		   struct error **err);
/* Events of token servers. */
int auth_receive(struct registry *registry, struct exchange *exchange, const struct http_event *event,
		 struct error **err);
/* An ask that is over lets go of its grant. */
void auth_leave(struct ask *ask);
void auth_release(struct registry *registry);

/* --- auth_token.c --- */

/* Asks the token server for the grant, with a login or (NULL) without. 1: it is asked; 0: it cannot be, as grant->why
 * says; -1. */
int auth_ask_token(struct registry *registry, struct grant *grant, const struct login *login, struct error **err);

/* --- back to auth.c --- */

/* All that wait end so, and the grant begins anew with the next ask. grant->why says why. */
void grant_fail(struct registry *registry, struct grant *grant, enum image_outcome outcome);

/* Takes a login for the grant, from its number on. 0 or -1. */
int grant_begin(struct registry *registry, struct grant *grant, struct error **err);
/* The grant has a value: those that wait go on. */
void grant_ready(struct registry *registry, struct grant *grant);
/* The login was refused: the next one is begun, or the grant ends as refused. */
int grant_next_login(struct registry *registry, struct grant *grant, struct error **err);

#endif
