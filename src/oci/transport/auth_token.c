#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/time.h"
#include "net/authorization.h"
#include "net/retry.h"
#include "oci/transport/realm.h"
#include "oci/transport/registry_internal.h"
#include "oci/transport/token.h"

#define WHOLE_MS 60000
/* How long a token server that cannot be asked is not asked again. */
#define DOWN_MS 30000
/* Before a request that net does not repeat is sent again: doubled each time. */
#define AGAIN_MS 250
#define BODY_BYTES_FIRST (8 * LIMIT_KIB)
#define CLIENT "fother"

/* --- forms --- */

/* form is all that comes before the token, which is escaped byte for byte. */
static int make_form(struct slice form, const struct secret_bytes *token, struct secret_bytes *ret_body,
		     struct error **err)
{
	static const char hex[] = "0123456789ABCDEF";
	struct slice bytes = secret_reveal(token);

	if (secret_alloc(ret_body, form.len + 3 * bytes.len, err) < 0)
		return -1;
	unsigned char *room = secret_room(ret_body);
	size_t len = form.len;
	memcpy(room, form.data, form.len);
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.data[i];
		room[len++] = '%';
		room[len++] = (unsigned char)hex[byte >> 4];
		room[len++] = (unsigned char)hex[byte & 15];
	}
	secret_set_length(ret_body, len);
	return 0;
}

/* --- asking --- */

static void add_scope(struct strbuf *out, const struct auth *auth, const struct grant *grant)
{
	if (!grant->repository.len) {
		url_add_escaped(out, auth->catalog_scope.len ? strbuf_slice(&auth->catalog_scope)
							     : SLICE("registry:catalog:*"));
		return;
	}
	url_add_escaped(out, SLICE("repository:"));
	url_add_escaped(out, grant->repository);
	url_add_escaped(out, SLICE(":pull"));
}

static void add_parameters(struct strbuf *out, const struct auth *auth, const struct grant *grant)
{
	if (auth->service.len) {
		strbuf_add_text(out, "service=");
		url_add_escaped(out, strbuf_slice(&auth->service));
		strbuf_add_char(out, '&');
	}
	strbuf_add_text(out, "scope=");
	add_scope(out, auth, grant);
}

struct token_request {
	struct strbuf path, form;
	struct secret_bytes authorization, body;
};

static void request_release(struct token_request *request)
{
	strbuf_release(&request->path);
	strbuf_release(&request->form);
	secret_release(&request->authorization);
	secret_release(&request->body);
}

/* An identity token is an OAuth2 refresh token: it goes into a form, and as a password only to servers that have no
 * form. */
static int fill(const struct auth *auth, struct grant *grant, const struct login *login, const struct url *realm,
		struct token_request *request, struct error **err)
{
	const struct secret_bytes *password = login ? login->password : NULL;

	url_add_path(&request->path, realm);
	grant->posted = login && login->identity_token && !grant->no_post;
	if (grant->posted) {
		strbuf_add_text(&request->form, "grant_type=refresh_token&client_id=" CLIENT "&");
		add_parameters(&request->form, auth, grant);
		strbuf_add_text(&request->form, "&refresh_token=");
		if (strbuf_failed(&request->form, err) || strbuf_failed(&request->path, err))
			return -1;
		return make_form(strbuf_slice(&request->form),
				 auth->renewed == login->identity_token ? &auth->renewed_value : login->identity_token,
				 &request->body, err);
	}
	strbuf_add_char(&request->path, slice_contains(realm->path, "?") ? '&' : '?');
	add_parameters(&request->path, auth, grant);
	if (strbuf_failed(&request->path, err))
		return -1;
	if (!password && login)
		password = login->identity_token;
	if (!password)
		return 0;
	return authorization_basic(login->username, secret_reveal(password), &request->authorization, err);
}

static int say(struct grant *grant, const char *why)
{
	strbuf_clear(&grant->why);
	strbuf_add_text(&grant->why, why);
	return 0;
}

static unsigned delay_ms(const struct registry *registry, const struct grant *grant)
{
	unsigned again_ms = grant->retries ? AGAIN_MS << (grant->retries < 6 ? grant->retries - 1 : 5) : 0;
	unsigned pause_ms = grant->patience.count ? limit_delay_ms(registry, clock_ms()) : 0;
	return again_ms > pause_ms ? again_ms : pause_ms;
}

static int send(struct registry *registry, struct grant *grant, struct endpoint *endpoint,
		const struct token_request *made, struct error **err)
{
	struct http_request request = {
		.method = grant->posted ? "POST" : NULL,
		.path = strbuf_slice(&made->path),
		.accept = SLICE("application/json"),
		.authorization = secret_is_set(&made->authorization) ? &made->authorization : NULL,
		.secret_body = grant->posted ? &made->body : NULL,
		.body_type = SLICE("application/x-www-form-urlencoded"),
		.whole_ms = WHOLE_MS,
		.retries = registry->options.retries,
		.delay_ms = delay_ms(registry, grant),
		.limits_are_answers = true,
	};
	secret_release(&grant->body);
	grant->exchange.status = 0;
	grant->too_large = false;
	strbuf_clear(&grant->exchange.head);
	strbuf_clear(&grant->exchange.date);
	if (http_send(registry->queue, endpoint->origin, &request, &grant->exchange, err) < 0)
		return -1;
	registry->under_way++;
	registry->facts.tokens++;
	return 1;
}

int auth_ask_token(struct registry *registry, struct grant *grant, const struct login *login, struct error **err)
{
	CLEANUP(request_release)
	struct token_request request = {
		.path = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES / 2),
		.form = STRBUF_INIT(LIMIT_HTTP_REQUEST_BYTES / 2),
	};
	struct endpoint *endpoint;
	struct url realm;
	bool public_only;
	const char *fault = realm_fault(&registry->url, registry->options.token_hosts,
					strbuf_slice(&registry->auth.realm), &realm, &public_only);

	if (fault)
		return say(grant, fault);
	int got = registry_endpoint(registry, &realm, public_only, &endpoint, err);
	if (got < 0)
		return -1;
	if (!got)
		return say(grant, strbuf_text(&registry->endpoint_why));
	if (fill(&registry->auth, grant, login, &realm, &request, err) < 0)
		return -1;
	return send(registry, grant, endpoint, &request, err);
}

/* --- the answer --- */

static int make_room(struct grant *grant, size_t wanted, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes larger = { 0 };
	size_t len = secret_length(&grant->body), capacity = grant->body.secret_capacity;
	size_t room = capacity ? capacity : BODY_BYTES_FIRST;
	struct slice old = secret_reveal(&grant->body);

	if (wanted <= capacity)
		return 0;
	while (room < wanted)
		room *= 2;
	if (secret_alloc(&larger, room, err) < 0)
		return -1;
	if (len)
		memcpy(secret_room(&larger), old.data, len);
	secret_set_length(&larger, len);
	struct secret_bytes smaller = grant->body;
	grant->body = larger;
	larger = smaller;
	return 0;
}

static int append(struct grant *grant, struct slice bytes, struct error **err)
{
	size_t len = secret_length(&grant->body);
	if (make_room(grant, len + bytes.len, err) < 0)
		return -1;
	if (bytes.len)
		memcpy(secret_room(&grant->body) + len, bytes.data, bytes.len);
	secret_set_length(&grant->body, len + bytes.len);
	return 0;
}

static int data_came(struct registry *registry, struct grant *grant, struct slice bytes, struct error **err)
{
	if (grant->too_large)
		return 0;
	if (secret_length(&grant->body) + bytes.len > LIMIT_TOKEN_BODY_BYTES) {
		grant->too_large = true;
		http_cancel(registry->queue, &grant->exchange);
		return 0;
	}
	return append(grant, bytes, err);
}

/* Nobody who waits for a token of this server gets one for DOWN_MS. */
static int down(struct registry *registry, struct grant *grant, const char *why, struct slice detail)
{
	struct auth *auth = &registry->auth;
	strbuf_clear(&grant->why);
	strbuf_addf(&grant->why, "%s%s%.*s", why, detail.len ? ": " : "", SLICE_ARG(detail));
	strbuf_clear(&auth->down_why);
	strbuf_add_slice(&auth->down_why, strbuf_slice(&grant->why));
	auth->down_ms = clock_ms() + DOWN_MS;
	grant_fail(registry, grant, IMAGE_FAILED);
	return 0;
}

/* Net tells that the name leads inside; what helps is told here. */
static int out_of_reach(struct registry *registry, struct grant *grant, const struct http_event *event)
{
	bool inside = event->failure == HTTP_CONNECT && slice_contains(event->message, "not public");
	return down(registry, grant, inside ? "--token-host allows it: the token server" : "the token server",
		    event->message);
}

static int64_t server_now(const struct exchange *exchange)
{
	int64_t now;
	return retry_parse_date(slice_trim(strbuf_slice(&exchange->date)), &now) ? now : time_now();
}

/* Some servers take each refresh token once. */
static int keep_renewed(struct registry *registry, const struct grant *grant, struct token_answer *answer,
			struct error **err)
{
	const struct registry_options *options = &registry->options;
	struct auth *auth = &registry->auth;
	struct login login = { 0 };

	if (!grant->posted || !secret_is_set(&answer->refresh_token) ||
	    secret_length(&answer->refresh_token) > LIMIT_TOKEN_BYTES)
		return 0;
	if (logins_find(options->logins, options->login_registry, grant->repository, grant->login, &login, NULL, err) <
	    0)
		return -1;
	secret_release(&auth->renewed_value);
	auth->renewed_value = answer->refresh_token;
	answer->refresh_token = (struct secret_bytes){ 0 };
	auth->renewed = login.identity_token;
	return 0;
}

static int token_came(struct registry *registry, struct grant *grant, struct error **err)
{
	CLEANUP(token_release) struct token_answer answer = { 0 };
	int got = token_parse(&grant->body, &answer, err);

	secret_release(&grant->body);
	if (got < 0)
		return -1;
	if (!got || !secret_is_set(&answer.token))
		return down(registry, grant, "the answer of the token server holds no token", SLICE_NONE);
	if (secret_length(&answer.token) > LIMIT_TOKEN_BYTES)
		return down(registry, grant, "the token server gives a token that no server takes: it is too long",
			    SLICE_NONE);
	if (authorization_bearer(secret_reveal(&answer.token), &grant->value, err) < 0 ||
	    keep_renewed(registry, grant, &answer, err) < 0)
		return -1;
	grant->retries = 0;
	grant->expires_ms = clock_ms() + token_seconds_left(&answer, server_now(&grant->exchange)) * 1000;
	grant->patience = (struct patience){ 0 };
	grant_ready(registry, grant);
	return 0;
}

static int limited(struct registry *registry, struct grant *grant, struct error **err)
{
	if (limit_wait_ms(registry, &grant->exchange, &grant->patience) < 0) {
		say(grant, "too many requests, says the token server (429)");
		grant->patience = (struct patience){ 0 };
		grant_fail(registry, grant, IMAGE_LIMITED);
		return 0;
	}
	return grant_begin(registry, grant, err);
}

/* What net does not repeat: a POST, and what broke off behind its head. */
static bool may_ask_again(const struct registry *registry, struct grant *grant, const struct http_event *event)
{
	int status = grant->exchange.status;
	bool came = event->failure == HTTP_OK;
	bool broke_off = event->failure == HTTP_CUT || event->failure == HTTP_TIMEOUT;
	bool posted_in_vain = grant->posted && (came ? status != 429 && retry_is_asked_by(status)
						     : broke_off || event->failure == HTTP_CONNECT);
	if (grant->too_large || grant->retries >= registry->options.retries)
		return false;
	if (!posted_in_vain && !(status && broke_off))
		return false;
	grant->retries++;
	return true;
}

static int ended(struct registry *registry, struct grant *grant, const struct http_event *event, struct error **err)
{
	int status = grant->exchange.status;

	registry->under_way--;
	registry->auth.asking--;
	line_move_first(&registry->waiting, &registry->auth.line);
	registry->facts.bytes += event->wire_bytes;
	if (grant->too_large || event->failure != HTTP_OK || status != 200)
		secret_release(&grant->body);
	if (may_ask_again(registry, grant, event))
		return grant_begin(registry, grant, err);
	if (grant->too_large)
		return down(registry, grant, "the answer of the token server is too large", SLICE_NONE);
	if (event->failure == HTTP_CANCELLED) {
		say(grant, "interrupted");
		grant_fail(registry, grant, IMAGE_INTERRUPTED);
		return 0;
	}
	if (event->failure != HTTP_OK)
		return out_of_reach(registry, grant, event);
	if (status == 200)
		return token_came(registry, grant, err);
	if (status == 429)
		return limited(registry, grant, err);
	if (grant->posted && (status == 404 || status == 405)) {
		grant->no_post = true;
		return grant_begin(registry, grant, err);
	}
	char text[64];
	snprintf(text, sizeof text, "the token server answers with status %d", status);
	if (status != 400 && status != 401 && status != 403)
		return down(registry, grant, text, SLICE_NONE);
	say(grant, text);
	return grant_next_login(registry, grant, err);
}

int auth_receive(struct registry *registry, struct exchange *exchange, const struct http_event *event,
		 struct error **err)
{
	struct grant *grant = (struct grant *)exchange;

	switch (event->type) {
	case HTTP_WAIT:
		return 0;
	case HTTP_HEAD:
		return exchange_keep_head(exchange, event, err);
	case HTTP_DATA:
		return data_came(registry, grant, event->bytes, err);
	default:
		return ended(registry, grant, event, err);
	}
}
