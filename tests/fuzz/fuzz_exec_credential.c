/* What an exec plugin printed: a login, or an error that is the input's. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/time.h"
#include "kube/client/exec_plugin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void use_reply(const struct exec_reply *reply)
{
	CLEANUP(login_release) struct login login = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	require(secret_length(&reply->token) || reply->certificate_pem.len);
	require((secret_length(&reply->key) > 0) == (reply->certificate_pem.len > 0));
	require(reply->expires == TIME_UNSET || time_is_valid(reply->expires));
	if (login_set_bearer(&login, secret_reveal(&reply->token), &err) == 0)
		require(secret_length(&login.authorization) > 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_WORLD_BYTES);
	CLEANUP(exec_reply_release) struct exec_reply reply = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	if (size > LIMIT_EXEC_OUTPUT_BYTES)
		return 0;
	const struct slice output = { (const char *)data, size };
	if (exec_reply_parse(output, SLICE("client.authentication.k8s.io/v1"), &arena, &reply, &err) == 0)
		use_reply(&reply);
	else
		require(err->code == ERROR_SYNTAX || err->code == ERROR_UNSUPPORTED || err->code == ERROR_LIMIT);
	return 0;
}
