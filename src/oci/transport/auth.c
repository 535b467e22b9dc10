#include "oci/transport/auth_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/authorization.h"
#include "oci/transport/challenge.h"
#include "oci/transport/realm.h"
#include "oci/transport/registry_internal.h"

/* A token that ends so soon is renewed first. */
#define RENEW_MS 10000
/* Room for the answer of one token server, with a token of some KiB in it, twice as some give it. */
#define ASKING_BYTES (32 * LIMIT_KIB)

/* --- grants --- */

size_t auth_piece(size_t len)
{
	size_t piece = 32;
	while (piece < len)
		piece *= 2;
	return len ? piece : 0;
}

static void grant_free(struct grant *grant)
{
	secret_release(&grant->value);
	secret_release(&grant->body);
	strbuf_release(&grant->why);
	strbuf_release(&grant->exchange.head);
	strbuf_release(&grant->exchange.date);
	mem_free(grant);
}

static void forget_value(struct auth *auth, struct grant *grant)
{
	auth->value_bytes -= auth_piece(secret_length(&grant->value));
	secret_release(&grant->value);
	if (grant->state == GRANT_READY)
		grant->state = GRANT_NEW;
}

/* Those that nobody holds go, and the map is made anew of the others. */
static int make_room(struct auth *auth, struct error **err)
{
	struct map old = auth->grants;
	int result = 0;

	auth->grants = (struct map){ 0 };
	for (size_t i = 0; i < old.len; i++) {
		struct grant *grant = old.items[i].value;
		void **place = grant->asks || grant->state == GRANT_ASKING ? map_put(&auth->grants, old.items[i].key)
									   : NULL;
		if (place) {
			*place = grant;
			grant->repository = auth->grants.items[auth->grants.len - 1].key;
			continue;
		}
		if (grant->asks)
			result = -1;
		forget_value(auth, grant);
		grant_free(grant);
	}
	map_release(&old);
	return result < 0 ? error_no_memory(err) : 0;
}

static struct grant *grant_of(struct registry *registry, struct ask *ask, struct error **err)
{
	struct auth *auth = &registry->auth;
	struct slice key = ask->repository.data ? ask->repository : SLICE("");
	struct grant *grant = ask->grant ? ask->grant : map_get(&auth->grants, key);

	if (!grant) {
		if (auth->grants.len >= LIMIT_TOKENS && make_room(auth, err) < 0)
			return NULL;
		grant = mem_alloc_zeroed(1, sizeof *grant);
		void **place = grant ? map_put(&auth->grants, key) : NULL;
		if (!place) {
			mem_free(grant);
			error_no_memory(err);
			return NULL;
		}
		*place = grant;
		grant->repository = auth->grants.items[auth->grants.len - 1].key;
		grant->exchange.kind = EXCHANGE_TOKEN;
		grant->exchange.head = (struct strbuf)STRBUF_INIT(LIMIT_HTTP_HEAD_BYTES);
		grant->exchange.date = (struct strbuf)STRBUF_INIT(LIMIT_KIB);
		grant->why = (struct strbuf)STRBUF_INIT(LIMIT_MESSAGE_BYTES);
	}
	if (!ask->grant)
		grant->asks++;
	ask->grant = grant;
	return grant;
}

void auth_leave(struct ask *ask)
{
	if (ask->grant)
		ask->grant->asks--;
	ask->grant = NULL;
}

static struct grant *longest_unused(const struct auth *auth, const struct grant *newest)
{
	struct grant *found = NULL;
	for (size_t i = 0; i < auth->grants.len; i++) {
		struct grant *grant = auth->grants.items[i].value;
		if (grant != newest && grant->state == GRANT_READY && secret_is_set(&grant->value) &&
		    (!found || grant->used < found->used))
			found = grant;
	}
	return found;
}

/* The secure heap has other guests. Whoever needs what was forgotten asks for it again. */
static void keep_what_fits(struct registry *registry, const struct grant *newest)
{
	struct auth *auth = &registry->auth;
	struct grant *grant;
	while (auth->value_bytes > 2 * registry->options.secret_bytes && (grant = longest_unused(auth, newest)))
		forget_value(auth, grant);
}

static void note_use(struct auth *auth, struct grant *grant)
{
	grant->used = ++auth->uses;
}

void grant_ready(struct registry *registry, struct grant *grant)
{
	struct auth *auth = &registry->auth;
	grant->state = GRANT_READY;
	grant->generation = ++auth->generation;
	auth->value_bytes += auth_piece(secret_length(&grant->value));
	note_use(auth, grant);
	keep_what_fits(registry, grant);
	line_move_first(&registry->waiting, &grant->line);
}

static void finish_line(struct registry *registry, struct grant *grant, enum image_outcome outcome)
{
	struct ask *ask;
	while ((ask = line_pop(&grant->line)))
		ask_finish(registry, ask, outcome, "%s", strbuf_text(&grant->why));
}

void grant_fail(struct registry *registry, struct grant *grant, enum image_outcome outcome)
{
	grant->state = GRANT_NEW;
	finish_line(registry, grant, outcome);
}

/* --- logins in their order --- */

static int begin_basic(struct registry *registry, struct grant *grant, const struct login *login, struct error **err)
{
	if (!grant->anonymous && !login->password) {
		grant->login++;
		return grant_begin(registry, grant, err);
	}
	if (!grant->anonymous &&
	    authorization_basic(login->username, secret_reveal(login->password), &grant->value, err) < 0)
		return -1;
	grant->expires_ms = CLOCK_NEVER;
	grant->from_server = false;
	grant_ready(registry, grant);
	return 0;
}

static int begin_token(struct registry *registry, struct grant *grant, const struct login *login, struct error **err)
{
	grant->from_server = true;
	if (!grant->anonymous && login->registry_token) {
		if (authorization_bearer(secret_reveal(login->registry_token), &grant->value, err) < 0)
			return -1;
		grant->expires_ms = CLOCK_NEVER;
		grant->from_server = false;
		grant_ready(registry, grant);
		return 0;
	}
	if (!grant->anonymous && !login->password && !login->identity_token) {
		grant->login++;
		return grant_begin(registry, grant, err);
	}
	int got = auth_ask_token(registry, grant, grant->anonymous ? NULL : login, err);
	if (got == 0)
		grant_fail(registry, grant, IMAGE_FORBIDDEN);
	else if (got > 0)
		grant->state = GRANT_ASKING;
	registry->auth.asking += got > 0;
	return got < 0 ? -1 : 0;
}

int grant_begin(struct registry *registry, struct grant *grant, struct error **err)
{
	const struct registry_options *options = &registry->options;
	struct login login = { 0 };
	int got = 0;

	forget_value(&registry->auth, grant);
	if (options->logins && grant->login < LIMIT_LOGINS_TRIED) {
		got = logins_find(options->logins, options->login_registry, grant->repository, grant->login, &login,
				  &grant->problem, err);
	}
	if (got < 0)
		return -1;
	grant->anonymous = got == 0;
	grant->username = login.username;
	grant->origin = login.origin;
	return registry->auth.scheme == AUTH_BASIC ? begin_basic(registry, grant, &login, err)
						   : begin_token(registry, grant, &login, err);
}

/* What somebody who may log in can do. */
static void advise(const struct registry *registry, struct grant *grant)
{
	if (grant->problem.data)
		strbuf_addf(&grant->why, "; %.*s", SLICE_ARG(grant->problem));
	else if (grant->login == 0)
		strbuf_addf(&grant->why, "; no login for it was found: `docker login %.*s` makes one",
			    SLICE_ARG(registry->options.login_registry));
}

int grant_next_login(struct registry *registry, struct grant *grant, struct error **err)
{
	if (!grant->anonymous) {
		grant->login++;
		grant->accepted = grant->no_post = false;
		grant->retries = 0;
		return grant_begin(registry, grant, err);
	}
	forget_value(&registry->auth, grant);
	advise(registry, grant);
	grant->state = GRANT_REFUSED;
	finish_line(registry, grant, IMAGE_FORBIDDEN);
	return 0;
}

/* --- before a request --- */

enum auth_answer auth_prepare(struct registry *registry, struct ask *ask, const struct secret_bytes **ret_value,
			      struct error **err)
{
	struct auth *auth = &registry->auth;

	if (auth->scheme == AUTH_NONE)
		return AUTH_SEND;
	struct grant *grant = grant_of(registry, ask, err);
	if (!grant)
		return AUTH_ERROR;
	if (grant->state == GRANT_READY && grant->expires_ms - RENEW_MS < clock_ms())
		forget_value(auth, grant);
	if (grant->state == GRANT_NEW && auth->scheme == AUTH_BEARER && auth->down_ms > clock_ms()) {
		ask_finish(registry, ask, IMAGE_FAILED, "%s", strbuf_text(&auth->down_why));
		return AUTH_OVER;
	}
	if (grant->state == GRANT_NEW && auth->asking &&
	    auth->asking >= registry->options.secret_bytes / ASKING_BYTES) {
		line_push(&auth->line, ask);
		return AUTH_WAIT;
	}
	if (grant->state == GRANT_NEW) {
		/* In its line already, for whatever comes of it at once. */
		line_push(&grant->line, ask);
		return grant_begin(registry, grant, err) < 0 ? AUTH_ERROR : AUTH_WAIT;
	}
	if (grant->state == GRANT_ASKING) {
		line_push(&grant->line, ask);
		return AUTH_WAIT;
	}
	if (grant->state == GRANT_REFUSED) {
		ask_finish(registry, ask, IMAGE_FORBIDDEN, "%s", strbuf_text(&grant->why));
		return AUTH_OVER;
	}
	note_use(auth, grant);
	ask->generation = grant->generation;
	*ret_value = secret_is_set(&grant->value) ? &grant->value : NULL;
	return AUTH_SEND;
}

/* --- after it --- */

void auth_accepted(struct registry *registry, struct ask *ask)
{
	struct grant *grant = ask->grant;
	struct registry_facts *facts = &registry->facts;

	if (ask->endpoint || !grant || ask->generation != grant->generation)
		return;
	grant->accepted = true;
	ask->renewed = false;
	if (grant->anonymous || facts->logged_in)
		return;
	strbuf_clear(&registry->auth.login);
	strbuf_add_slice(&registry->auth.login, grant->username);
	facts->logged_in = true;
	facts->login = strbuf_slice(&registry->auth.login);
}

bool auth_is_refusal(const struct ask *ask, int status, const struct registry_error *error)
{
	if (!ask->generation)
		return false;
	return status == 403 || (status == 400 && (registry_error_has_code(error, "DENIED") ||
						   registry_error_says(error, "authorization token")));
}

static bool holds(struct slice text, const struct secret_bytes *secret)
{
	struct slice value = secret ? secret_reveal(secret) : SLICE_NONE;
	return value.len && text.len && memmem(text.data, text.len, value.data, value.len);
}

static bool holds_any(const struct ask *ask, const struct registry_error *error, const struct login *login,
		      const struct secret_bytes *renewed)
{
	const struct secret_bytes *const secrets[] = { login->password, login->identity_token, login->registry_token,
						       renewed };
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		if (holds(strbuf_slice(&ask->body), secrets[i]))
			return true;
		for (size_t j = 0; j < error->count; j++)
			if (holds(error->messages[j], secrets[i]) || holds(error->codes[j], secrets[i]))
				return true;
	}
	return false;
}

/* Another ask may have led the grant on to its next login since: all that were tried are looked for. */
int auth_is_echoed(struct registry *registry, const struct ask *ask, const struct registry_error *error,
		   struct error **err)
{
	const struct registry_options *options = &registry->options;
	const struct grant *grant = ask->grant;

	if (!ask->generation || !options->logins)
		return 0;
	for (size_t i = 0; i <= grant->login; i++) {
		struct login login = { 0 };
		if (logins_find(options->logins, options->login_registry, grant->repository, i, &login, NULL, err) < 0)
			return -1;
		if (holds_any(ask, error, &login, &registry->auth.renewed_value))
			return 1;
	}
	return 0;
}

static int keep_text(struct strbuf *to, struct slice text, struct error **err)
{
	strbuf_clear(to);
	strbuf_add_slice(to, text);
	return strbuf_failed(to, err) ? -1 : 0;
}

/* What the registry wants by now. ret_fault: why that cannot be. */
static int learn(struct registry *registry, const struct challenges *challenges, const char **ret_fault,
		 struct error **err)
{
	struct auth *auth = &registry->auth;
	const struct challenge *bearer = challenge_find(challenges, "bearer");
	struct url url;
	bool public_only;

	*ret_fault = NULL;
	if (bearer && bearer->realm.data) {
		*ret_fault = realm_fault(&registry->url, registry->options.token_hosts, bearer->realm, &url,
					 &public_only);
		if (!*ret_fault) {
			auth->scheme = AUTH_BEARER;
			if (slice_starts_with(bearer->scope, "registry:") &&
			    keep_text(&auth->catalog_scope, bearer->scope, err) < 0)
				return -1;
			return keep_text(&auth->realm, bearer->realm, err) < 0 ||
					       keep_text(&auth->service, bearer->service, err) < 0
				       ? -1
				       : 0;
		}
	}
	if (challenge_find(challenges, "basic")) {
		*ret_fault = NULL;
		if (auth->scheme == AUTH_NONE)
			auth->scheme = AUTH_BASIC;
	} else if (!*ret_fault && auth->scheme == AUTH_NONE) {
		*ret_fault = "the registry wants a login of a kind that is not known";
	}
	return 0;
}

static int read_challenges(struct registry *registry, struct ask *ask, const char **ret_fault, struct error **err)
{
	struct challenges challenges = { .count = 0 };

	for (size_t n = 0; n < LIMIT_CHALLENGES; n++) {
		struct slice value = exchange_header(&ask->exchange, "www-authenticate", n);
		if (!value.data)
			break;
		if (challenge_add(&challenges, value, &ask->arena, err) < 0)
			return -1;
	}
	return learn(registry, &challenges, ret_fault, err);
}

static void note_why(struct grant *grant, const struct ask *ask, const struct registry_error *error)
{
	strbuf_clear(&grant->why);
	strbuf_addf(&grant->why, "status %d%s%.*s", ask->exchange.status, error->text.len ? ": " : "",
		    SLICE_ARG(error->text));
	if (grant->login)
		strbuf_add_text(&grant->why, grant->anonymous ? ", with the logins for it and without" : "");
}

static int forbidden(struct registry *registry, struct ask *ask, const struct registry_error *error)
{
	return ask_finish(registry, ask, IMAGE_FORBIDDEN, "status %d%s%.*s", ask->exchange.status,
			  error->text.len ? ": " : "", SLICE_ARG(error->text));
}

int auth_refused(struct registry *registry, struct ask *ask, const struct registry_error *error, struct error **err)
{
	const char *fault = NULL;
	struct grant *grant = ask->grant;

	if (ask->exchange.status == 401 && read_challenges(registry, ask, &fault, err) < 0)
		return -1;
	if (fault)
		return ask_finish(registry, ask, IMAGE_FORBIDDEN, "%s", fault);
	/* It was sent without a login, or somebody else's refusal has changed it since. */
	if (!ask->generation || grant->state != GRANT_READY || grant->generation != ask->generation) {
		ask_again(registry, ask, 0);
		return 0;
	}
	note_why(grant, ask, error);
	/* A login that was good for others: its token ended, or this one thing is not for it. */
	if (grant->accepted && (ask->renewed || !grant->from_server))
		return forbidden(registry, ask, error);
	if (grant->accepted) {
		ask->renewed = true;
		forget_value(&registry->auth, grant);
		ask_again(registry, ask, 0);
		return 0;
	}
	if (grant->anonymous && ask->exchange.status != 401)
		return forbidden(registry, ask, error);
	line_push(&grant->line, ask);
	return grant_next_login(registry, grant, err);
}

void auth_release(struct registry *registry)
{
	struct auth *auth = &registry->auth;
	for (size_t i = 0; i < auth->grants.len; i++)
		grant_free(auth->grants.items[i].value);
	map_release(&auth->grants);
	strbuf_release(&auth->realm);
	strbuf_release(&auth->service);
	strbuf_release(&auth->catalog_scope);
	strbuf_release(&auth->down_why);
	strbuf_release(&auth->login);
	secret_release(&auth->renewed_value);
}
