#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "collect/registry/dialect_internal.h"

#define POLL_MS 200
#define RETRIES 4
#define WHOLE_MS 120000
#define WHY_BYTES 512

int dialect_refuse(struct registry_dialect *dialect, struct slice *ret_why, struct error **err, const char *format, ...)
{
	char text[WHY_BYTES];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (arena_copy(&dialect->kept, slice_of(text), ret_why) < 0)
		return arena_fail(&dialect->kept, err);
	return 0;
}

/* --- one request --- */

static bool is_stopped(const struct registry_dialect *dialect)
{
	return dialect->context.stopped && dialect->context.stopped(dialect->context.stopped_data);
}

static void give_up(struct registry_dialect *dialect, const char *why)
{
	if (dialect->problem.len == 0)
		strbuf_add_text(&dialect->problem, why);
	http_cancel(dialect->queue, dialect);
}

static void take_head(struct registry_dialect *dialect, const struct http_event *event)
{
	dialect->status = event->status;
	strbuf_clear(&dialect->body);
}

static int take_piece(struct registry_dialect *dialect, struct slice piece, struct secret_bytes *answer,
		      struct error **err)
{
	if (answer) {
		int added = dialect_add_secret(answer, piece, err);
		if (added == 0)
			give_up(dialect, "gives a token that is too large");
		return added < 0 ? -1 : 0;
	}
	strbuf_add_slice(&dialect->body, piece);
	if (dialect->body.failure == ERROR_LIMIT)
		give_up(dialect, "answers more than is read");
	else if (strbuf_failed(&dialect->body, err))
		return -1;
	return 0;
}

/* 1: its END came. 0: not yet. -1. */
static int take_event(struct registry_dialect *dialect, const struct http_event *event, struct secret_bytes *answer,
		      struct error **err)
{
	if (event->type == HTTP_HEAD)
		take_head(dialect, event);
	if (event->type == HTTP_DATA && take_piece(dialect, event->bytes, answer, err) < 0)
		return -1;
	if (event->type != HTTP_END)
		return 0;
	if (event->failure != HTTP_OK && dialect->problem.len == 0)
		strbuf_addf(&dialect->problem, "could not be asked: %.*s",
			    SLICE_ARG(event->message.len ? event->message : SLICE("no answer came")));
	return 1;
}

static int receive(struct registry_dialect *dialect, struct secret_bytes *answer, struct error **err)
{
	for (;;) {
		struct http_event event;
		int got = http_next(dialect->queue, POLL_MS, &event, err);
		if (got > 0)
			got = take_event(dialect, &event, answer, err);
		if (got < 0)
			return -1;
		if (got > 0)
			return dialect->problem.len == 0;
		if (is_stopped(dialect))
			give_up(dialect, "was interrupted");
	}
}

int dialect_send(struct registry_dialect *dialect, struct slice path, const struct secret_bytes *secret_body,
		 struct secret_bytes *secret_answer, struct error **err)
{
	bool with_login = !secret_body && secret_is_set(&dialect->authorization);
	struct http_request request = {
		.method = secret_body ? "POST" : NULL,
		.path = path,
		.accept = SLICE("application/json"),
		.authorization = with_login ? &dialect->authorization : NULL,
		.secret_body = secret_body,
		.body_type = secret_body ? SLICE("application/json") : SLICE_NONE,
		.compressed = !secret_body,
		.whole_ms = WHOLE_MS,
		.retries = RETRIES,
	};
	dialect->status = 0;
	strbuf_clear(&dialect->problem);
	strbuf_clear(&dialect->body);
	if (!dialect->origin) {
		strbuf_addf(&dialect->problem, "could not be asked: %.*s", SLICE_ARG(dialect->closed));
		return 0;
	}
	if (http_send(dialect->queue, dialect->origin, &request, dialect, err) < 0 ||
	    receive(dialect, secret_answer, err) < 0) {
		dialect->failed = true;
		return -1;
	}
	return dialect->problem.len == 0;
}

/* --- with a login, where one is needed --- */

static bool wants_login(const struct registry_dialect *dialect)
{
	int status = dialect->status;
	return status == 401 || status == 403 || (status == 404 && dialect->ops->hides);
}

/* The nth login of the repository. 1: it is set; 0: it is of no use; -1. *ret_more: there is such a login. */
static int use_login(struct registry_dialect *dialect, struct slice repository, size_t n, bool *ret_more,
		     struct error **err)
{
	struct login login;
	const struct logins *logins = dialect->context.options->logins;
	int got = logins ? logins_find(logins, dialect->login_registry, repository, n, &login, NULL, err) : 0;
	*ret_more = got > 0;
	if (got <= 0)
		return got;
	dialect->login = n;
	return dialect_log_in(dialect, &login, err);
}

/* After a refusal: each login in its order. As dialect_send. */
static int ask_with_logins(struct registry_dialect *dialect, struct slice repository, struct slice path,
			   struct error **err)
{
	int refusal = dialect->status, got = 1;
	bool more = true;
	for (size_t n = 0; n < LIMIT_LOGINS_TRIED; n++) {
		int used = use_login(dialect, repository, n, &more, err);
		if (used < 0)
			return -1;
		if (!more)
			break;
		if (used == 0)
			continue;
		got = dialect_send(dialect, path, NULL, NULL, err);
		if (got <= 0 || !wants_login(dialect))
			return got;
		refusal = dialect->status;
	}
	secret_release(&dialect->authorization);
	strbuf_clear(&dialect->problem);
	dialect->status = refusal;
	return got;
}

int dialect_ask(struct registry_dialect *dialect, struct slice repository, struct slice path, struct slice *ret_why,
		struct error **err)
{
	int got = dialect_send(dialect, path, NULL, NULL, err);
	if (got > 0 && wants_login(dialect))
		got = ask_with_logins(dialect, repository, path, err);
	if (got < 0)
		return -1;
	if (got == 0)
		return dialect_refuse(dialect, ret_why, err, "its own API %s", strbuf_text(&dialect->problem));
	if (dialect->status == 200)
		return 1;
	if (dialect->status == 401 || dialect->status == 403)
		return dialect_refuse(dialect, ret_why, err, "its own API refuses (%d)", dialect->status);
	return dialect_refuse(dialect, ret_why, err, "its own API answers %d", dialect->status);
}
