/* What a credential helper printed: a login, or an error that is the input's. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "oci/transport/logins_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(LIMIT_LOGINS_BYTES);
	CLEANUP(login_reply_release) struct login_reply reply = { 0 };
	CLEANUP(error_freep) struct error *err = NULL;
	if (size > LIMIT_EXEC_OUTPUT_BYTES)
		return 0;
	if (login_helper_parse((struct slice){ (const char *)data, size }, &arena, &reply, &err) == 0) {
		require(secret_length(&reply.secret) > 0 && reply.username.data);
		require(reply.is_identity_token == slice_equal_text(reply.username, LOGIN_TOKEN_USER));
	} else {
		require(error_is_of_input(err));
		require(!secret_is_set(&reply.secret));
	}
	return 0;
}
