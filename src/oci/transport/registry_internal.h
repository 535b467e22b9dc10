/* What the files of a registry share: its asks, their requests, and the lines in which they wait.
 *
 * An ask goes: taken -> waiting -> (line of its grant) -> on its way -> ready -> given out -> free. Whatever must be
 * asked again (a redirect, a refused token, a limit, a body that broke off, the next page of a list) goes back to
 * waiting.
 */
#ifndef FOTHER_OCI_TRANSPORT_REGISTRY_INTERNAL_H
#define FOTHER_OCI_TRANSPORT_REGISTRY_INTERNAL_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/strbuf.h"
#include "oci/transport/auth_internal.h"
#include "oci/transport/registry.h"
#include "oci/transport/registry_error.h"
#include "oci/transport/url.h"

enum ask_step {
	STEP_HEAD,      /* of a tag */
	STEP_GET,       /* of a tag whose HEAD did not tell; of a manifest or blob */
	STEP_LIST,      /* a page of the catalog or of tags */
	STEP_REFERRERS, /* a page of the referrers API */
	STEP_FALLBACK,  /* the tag that takes its place */
};

struct ask {
	struct exchange exchange;
	struct ask *next;  /* in the line where it stands */
	struct ask *older; /* of all of the registry */
	/* as asked */
	enum image_ask_type type;
	void *owner;
	bool tags_listed; /* of referrers: no fallback tag */
	int64_t size;
	struct strbuf words;
	struct slice repository, reference, media_type;
	/* what it asks now */
	enum ask_step step;
	struct endpoint *endpoint; /* NULL: the registry itself */
	struct strbuf path;
	struct strbuf url; /* scratch of redirects and links */
	unsigned redirects, retries;
	int64_t retry_at_ms; /* not before */
	bool restarted;      /* a signed address had ended, and was asked for once more */
	bool unpaged;        /* the registry does not take n= */
	struct grant *grant;
	uint64_t generation; /* of the grant's login that was sent; 0: none */
	bool renewed;        /* its login was renewed because of it */
	size_t secret_bytes; /* of the secure heap, while it is on its way */
	struct patience patience;
	/* what came */
	struct strbuf content_type, body;
	size_t body_max;
	bool too_large;
	/* of a list */
	bool broken; /* the way to its next page is, as why says */
	size_t pages;
	struct map met;
	struct strbuf merged;
	/* the answer */
	struct image_answer answer;
	struct strbuf why;
	struct arena arena; /* of one answer */
};

/* A place that requests go to: the registry, a token server, a store of blobs. */
struct endpoint {
	struct endpoint *next;
	char *name;       /* scheme://host:port */
	bool public_only; /* one that may be inside for tokens may not for blobs */
	struct http_origin *origin;
};

/* Docker Hub counts pulls, which are GETs of manifests, and nothing else. */
enum limit_kind { LIMIT_OF_PULLS, LIMIT_OF_OTHERS, LIMIT_KINDS };

struct exhausted {
	struct map repositories; /* of which patience ended */
	size_t in_a_row;         /* since something of the kind was answered */
};

struct registry {
	struct image_source source; /* first */
	struct http *http;
	struct http_queue *queue;
	struct endpoint *endpoints; /* the last is the registry's own */
	struct endpoint *home;
	struct strbuf endpoint_why; /* of registry_endpoint, when it gave none */
	struct url url;
	struct strbuf texts; /* what url and the options point to */
	struct arena arena;  /* token_hosts */
	struct registry_options options;
	struct secret_bytes proxy_url;
	struct auth auth;
	struct registry_facts facts;
	struct strbuf warning;
	struct ask *asks; /* all, wherever they stand */
	struct ask_line waiting, ready, free;
	struct ask *given;   /* its answer is the caller's until the next call */
	size_t under_way;    /* transfers without an END */
	size_t secret_bytes; /* that requests on their way hold of the secure heap */
	bool known;          /* something was answered: from then on many are asked at once */
	int64_t first_ms;    /* when the first request was sent; 0: not yet */
	bool no_referrers;
	/* it cannot be reached, until then */
	int64_t down_ms;
	struct strbuf down_why;
	/* 429 */
	int64_t pause_ms; /* nothing is sent before */
	int64_t limited_since_ms;
	unsigned limited_count; /* pauses since an answer was none */
	size_t open;            /* so many at once, until it changes */
	struct exhausted exhausted[LIMIT_KINDS];
};

/* --- lines --- */
void line_push(struct ask_line *line, struct ask *ask);
void line_push_first(struct ask_line *line, struct ask *ask);
/* All of one before all of another. */
void line_move_first(struct ask_line *to, struct ask_line *from);
struct ask *line_pop(struct ask_line *line);

/* --- exchanges --- */
/* The nth value of a header of the answer, or not there. */
struct slice exchange_header(const struct exchange *exchange, const char *name, size_t n);
int exchange_keep_head(struct exchange *exchange, const struct http_event *event, struct error **err);

/* --- registry_send.c --- */
/* The origin of a URL, made where it is new. 1; 0: it cannot be asked, as endpoint_why says; -1. */
int registry_endpoint(struct registry *registry, const struct url *url, bool public_only,
		      struct endpoint **ret_endpoint, struct error **err);
/* Whether names of the API can be made of what was asked. */
bool ask_is_sound(const struct ask *ask);
/* Sets step and path to the first request of an ask, or of a step. 0 or -1. */
int ask_begin(struct registry *registry, struct ask *ask, struct error **err);
int ask_begin_step(struct ask *ask, enum ask_step step, struct error **err);
/* Sends what may be sent of those that wait. 0 or -1. */
int registry_send_waiting(struct registry *registry, struct error **err);
/* Milliseconds for which those that wait let the first one go alone. */
int registry_unknown_ms(const struct registry *registry);
/* Sends it again, after so many milliseconds. */
void ask_again(struct registry *registry, struct ask *ask, unsigned wait_ms);

/* --- registry_receive.c --- */
int registry_receive(struct registry *registry, const struct http_event *event, struct error **err);
/* Ends an ask. why is copied as far as there is memory for it. */
int ask_finish(struct registry *registry, struct ask *ask, enum image_outcome outcome, const char *why, ...)
	__attribute__((format(printf, 4, 5)));
/* What an answer that is no success says; error lies in ask's arena. */
int ask_read_error(struct ask *ask, struct registry_error *ret_error, struct error **err);

/* --- registry_list.c, registry_referrers.c --- */
int ask_list_page(struct registry *registry, struct ask *ask, struct error **err);
int ask_list_refused(struct registry *registry, struct ask *ask, const struct registry_error *error,
		     struct error **err);
int ask_referrers_page(struct registry *registry, struct ask *ask, struct error **err);
int ask_referrers_refused(struct registry *registry, struct ask *ask, const struct registry_error *error,
			  struct error **err);
/* The path of the next page, by the header Link, into ask->path. 1; 0: this was the last; -1: broken, and ask->why
 * says how (no error is set). */
int ask_next_page(struct registry *registry, struct ask *ask);

/* --- registry_limit.c --- */
/* Milliseconds before anything may be sent. */
unsigned limit_delay_ms(const struct registry *registry, int64_t now_ms);
/* An answer was 429: how long to wait, or -1 where patience ends. */
int64_t limit_wait_ms(struct registry *registry, const struct exchange *exchange, struct patience *patience);
/* Patience ended for an ask: nothing of its kind is asked of its repository any more; and after some repositories, of
 * none. */
void limit_exhaust(struct registry *registry, const struct ask *ask);
bool limit_is_exhausted(const struct registry *registry, const struct ask *ask);
/* An answer was none. */
void limit_over(struct registry *registry, const struct ask *ask);
void limit_release(struct registry *registry);
/* What the headers of an answer say of limits, and Warning. */
void limit_note(struct registry *registry, const struct exchange *exchange);

#endif
