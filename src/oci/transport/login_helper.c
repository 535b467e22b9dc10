#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/json_reader.h"
#include "base/limits.h"
#include "base/process.h"
#include "base/program.h"
#include "base/strbuf.h"
#include "credential/mask.h"
#include "oci/transport/logins_internal.h"

/* github.com/docker/docker-credential-helpers, credentials/error.go: printed with exit code 1, on standard output. */
#define NOT_FOUND "credentials not found in native keychain"
#define PROGRAM_START "docker-credential-"

void login_reply_release(struct login_reply *reply)
{
	secret_release(&reply->secret);
	*reply = (struct login_reply){ 0 };
}

/* --- what it prints --- */

/* A member of the object, by its exact name, as Go writes it; others are passed over. */
static int take_member(struct reader *reader, const struct token *name, struct arena *arena, struct login_reply *reply,
		       struct error **err)
{
	struct token value;
	bool user = token_is(name, "Username");
	if (!user && !token_is(name, "Secret"))
		return reader_skip(reader, err);
	if (reader_next(reader, &value, err) < 0)
		return -1;
	if (value.type != TOKEN_STRING)
		return error_set(err, ERROR_SYNTAX, "%s is no text", user ? "Username" : "Secret");
	return user ? token_copy(&value, arena, &reply->username, err) : token_secret(&value, &reply->secret, err);
}

static int take_object(struct reader *reader, struct arena *arena, struct login_reply *reply, struct error **err)
{
	struct token token;
	int got = reader_next(reader, &token, err);
	if (got < 0)
		return -1;
	if (got == 0 || token.type != TOKEN_OBJECT_BEGIN)
		return error_set(err, ERROR_SYNTAX, "it is no object");
	while ((got = reader_next(reader, &token, err)) > 0 && token.type == TOKEN_KEY)
		if (take_member(reader, &token, arena, reply, err) < 0)
			return -1;
	if (got < 0 || reader_next(reader, &token, err) < 0)
		return -1;
	got = reader_next_document(reader, err);
	return got > 0 ? error_set(err, ERROR_SYNTAX, "something stands behind the object") : got;
}

int login_helper_parse(struct slice output, struct arena *arena, struct login_reply *ret_reply, struct error **err)
{
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	CLEANUP(json_reader_release) struct json_reader json;
	json_reader_init(&json, slice_trim(output), READER_GO);
	if (take_object(&json.reader, arena, &reply, err) < 0)
		return (*err)->code == ERROR_SYNTAX ? error_context(err, "what it printed") : -1;
	if (!secret_length(&reply.secret))
		return error_set(err, ERROR_SYNTAX, "what it printed holds no Secret");
	if (!reply.username.data)
		reply.username = SLICE("");
	reply.is_identity_token = slice_equal_text(reply.username, LOGIN_TOKEN_USER);
	*ret_reply = reply;
	reply = (struct login_reply){ 0 };
	return 0;
}

/* --- running it --- */

struct answer {
	enum { ANSWER_NONE, ANSWER_RUNNING, ANSWER_DONE } state;
	struct login_reply reply;
	struct slice problem;
};

struct login_helpers {
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct arena arena; /* of what lasts; under the lock */
	struct {
		VEC(struct slice)
	} allowed;
	struct map answers; /* NAME and server -> struct answer in the arena */
};

/* One ask, beside the lock. */
struct ask {
	struct login_helpers *helpers;
	struct slice server, program; /* docker-credential-NAME */
	struct arena arena;           /* until the answer is told */
	struct slice problem;
};

int login_helpers_new(struct login_helpers **ret_helpers, struct error **err)
{
	struct login_helpers *helpers = mem_alloc_zeroed(1, sizeof *helpers);
	if (!helpers)
		return error_no_memory(err);
	pthread_mutex_init(&helpers->lock, NULL);
	pthread_cond_init(&helpers->done, NULL);
	helpers->arena = (struct arena)ARENA_INIT(LIMIT_LOGINS_BYTES);
	*ret_helpers = helpers;
	return 0;
}

struct login_helpers *login_helpers_free(struct login_helpers *helpers)
{
	if (!helpers)
		return NULL;
	for (size_t i = 0; i < helpers->answers.len; i++) {
		struct answer *answer = helpers->answers.items[i].value;
		if (answer)
			login_reply_release(&answer->reply);
	}
	map_release(&helpers->answers);
	vec_release(&helpers->allowed);
	arena_release(&helpers->arena);
	pthread_cond_destroy(&helpers->done);
	pthread_mutex_destroy(&helpers->lock);
	return mem_free(helpers);
}

int login_helpers_allow(struct login_helpers *helpers, struct slice_list programs, struct error **err)
{
	for (size_t i = 0; i < programs.len; i++) {
		struct slice *allowed = vec_push(&helpers->allowed);
		if (!allowed)
			return error_no_memory(err);
		if (arena_copy(&helpers->arena, programs.items[i], allowed) < 0)
			return arena_fail(&helpers->arena, err);
	}
	return 0;
}

static int is_allowed(struct ask *ask, struct slice path, bool *ret_allowed, struct error **err)
{
	*ret_allowed = false;
	for (size_t i = 0; i < ask->helpers->allowed.len && !*ret_allowed; i++)
		if (program_allows(&ask->arena, ask->helpers->allowed.items[i], ask->program, path, ret_allowed, err) <
		    0)
			return -1;
	return 0;
}

/* Why it gave nothing: the login is passed over, and this is told. */
static int say(struct ask *ask, const char *what, struct error **err)
{
	struct slice text = arena_printf(&ask->arena, "%.*s: %s", SLICE_ARG(ask->program), what);
	if (!text.data)
		return arena_fail(&ask->arena, err);
	return mask_tokens(text, &ask->arena, &ask->problem, err);
}

static int refuse(struct ask *ask, struct error **err)
{
	ask->problem = arena_printf(&ask->arena,
				    "the login of %.*s comes from the command %.*s, which is not allowed: "
				    "--allow-exec %.*s allows it",
				    SLICE_ARG(ask->server), SLICE_ARG(ask->program), SLICE_ARG(ask->program));
	return ask->problem.data ? 0 : arena_fail(&ask->arena, err);
}

/* Of what it printed only the one sentence that is known is looked for: the rest may be anything. */
static int say_failed(struct ask *ask, const struct process_outcome *outcome, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(2 * LIMIT_MESSAGE_BYTES);
	struct slice printed = slice_trim(secret_reveal(&outcome->output)), said = strbuf_slice(&outcome->said);
	if (slice_equal_text(printed, NOT_FOUND) || slice_equal_text(slice_trim(said), NOT_FOUND))
		return 0;
	if (WIFSIGNALED(outcome->status))
		strbuf_addf(&text, "it was ended by signal %d", WTERMSIG(outcome->status));
	else
		strbuf_addf(&text, "it exited with %d", WEXITSTATUS(outcome->status));
	if (said.len)
		strbuf_add_text(&text, "; it said: ");
	process_add_said(&text, said);
	return strbuf_failed(&text, err) ? -1 : say(ask, strbuf_text(&text), err);
}

/* An error that is about the helper is told; one that is ours goes up. */
static int judge(struct ask *ask, struct error *why, struct error **err)
{
	if (why->code == ERROR_NO_MEMORY) {
		*err = why;
		return -1;
	}
	int told = say(ask, why->message, err);
	error_free(why);
	return told;
}

static int run(struct ask *ask, struct slice path, struct login_reply *reply, struct error **err)
{
	CLEANUP(process_outcome_release) struct process_outcome outcome = { 0 };
	struct error *why = NULL;
	char *const argv[] = { (char *)(uintptr_t)ask->program.data, (char *)(uintptr_t) "get", NULL };
	const struct process process = { .path = path.data,
					 .argv = argv,
					 .environment = environ,
					 .input = ask->server,
					 .timeout_ms = LIMIT_EXEC_PLUGIN_MS };
	if (process_run(&process, &outcome, &why) < 0)
		return judge(ask, why, err);
	if (outcome.status != 0)
		return say_failed(ask, &outcome, err);
	if (login_helper_parse(secret_reveal(&outcome.output), &ask->arena, reply, &why) < 0)
		return judge(ask, why, err);
	return 0;
}

static int find_and_run(struct ask *ask, struct slice name, struct login_reply *reply, struct error **err)
{
	struct slice path;
	bool allowed;
	ask->program = arena_printf(&ask->arena, PROGRAM_START "%.*s", SLICE_ARG(name));
	if (!ask->program.data)
		return arena_fail(&ask->arena, err);
	if (!name.len || memchr(name.data, '/', name.len) || memchr(name.data, '\0', name.len))
		return say(ask, "this is no name of a helper", err);
	if (program_find(&ask->arena, ask->program, SLICE("/"), &path, err) < 0 ||
	    is_allowed(ask, path, &allowed, err) < 0)
		return -1;
	if (!allowed)
		return refuse(ask, err);
	return path.data ? run(ask, path, reply, err) : say(ask, "there is no such program in PATH", err);
}

/* --- once for each server --- */

/* Under the lock. 1: the caller is to run it. 0: it has run. */
static int find_answer(struct login_helpers *helpers, struct slice name, struct slice server,
		       struct answer **ret_answer, struct error **err)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT(2 * LIMIT_DOCKER_CONFIG_BYTES);
	strbuf_addf(&key, "%zu:", name.len);
	strbuf_add_slice(&key, name);
	strbuf_add_slice(&key, server);
	if (strbuf_failed(&key, err))
		return -1;
	void **place = map_put(&helpers->answers, strbuf_slice(&key));
	if (!place)
		return error_no_memory(err);
	if (!*place && !(*place = arena_zeroed(&helpers->arena, 1, sizeof **ret_answer)))
		return arena_fail(&helpers->arena, err);
	struct answer *answer = *ret_answer = *place;
	while (answer->state == ANSWER_RUNNING)
		pthread_cond_wait(&helpers->done, &helpers->lock);
	return answer->state == ANSWER_NONE;
}

/* Under the lock. What failed for want of memory is not known, and may be asked again. */
static int keep_answer(struct ask *ask, struct answer *answer, struct login_reply *reply, int got, struct error **err)
{
	struct arena *arena = &ask->helpers->arena;
	answer->state = ANSWER_NONE;
	if (got < 0)
		return -1;
	if (arena_copy(arena, reply->username, &answer->reply.username) < 0 ||
	    arena_copy(arena, ask->program, &answer->reply.program) < 0 ||
	    arena_copy(arena, ask->problem, &answer->problem) < 0)
		return arena_fail(arena, err);
	answer->reply.secret = reply->secret;
	answer->reply.is_identity_token = reply->is_identity_token;
	reply->secret = (struct secret_bytes){ 0 };
	answer->state = ANSWER_DONE;
	return 0;
}

/* Under the lock, which is left while the helper runs. */
static int run_unlocked(struct login_helpers *helpers, struct slice name, struct slice server, struct answer *answer,
			struct error **err)
{
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	struct ask ask = { .helpers = helpers, .server = server, .arena = ARENA_INIT(LIMIT_LOGINS_BYTES) };
	answer->state = ANSWER_RUNNING;
	pthread_mutex_unlock(&helpers->lock);
	int got = find_and_run(&ask, name, &reply, err);
	pthread_mutex_lock(&helpers->lock);
	got = keep_answer(&ask, answer, &reply, got, err);
	pthread_cond_broadcast(&helpers->done);
	arena_release(&ask.arena);
	return got;
}

int login_helpers_ask(struct login_helpers *helpers, struct slice name, struct slice server,
		      const struct login_reply **ret_reply, struct slice *ret_problem, struct error **err)
{
	struct answer *answer = NULL;
	pthread_mutex_lock(&helpers->lock);
	int got = find_answer(helpers, name, server, &answer, err);
	if (got > 0)
		got = run_unlocked(helpers, name, server, answer, err);
	pthread_mutex_unlock(&helpers->lock);
	if (got < 0)
		return -1;
	*ret_reply = &answer->reply;
	*ret_problem = answer->problem;
	return 0;
}
