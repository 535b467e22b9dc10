#include "net/authorization.h"

#include <string.h>

#include "base/base64.h"

static int join(struct slice start, struct slice rest, struct secret_bytes *ret_value, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes value = { 0 };
	if (secret_alloc(&value, start.len + rest.len, err) < 0)
		return -1;
	unsigned char *room = secret_room(&value);
	if (start.len)
		memcpy(room, start.data, start.len);
	if (rest.len)
		memcpy(room + start.len, rest.data, rest.len);
	secret_set_length(&value, start.len + rest.len);
	secret_release(ret_value);
	*ret_value = value;
	value = (struct secret_bytes){ 0 };
	return 0;
}

int authorization_bearer(struct slice token, struct secret_bytes *ret_value, struct error **err)
{
	return join(SLICE("Bearer "), token, ret_value, err);
}

int authorization_basic(struct slice username, struct slice password, struct secret_bytes *ret_value,
			struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes colon = { 0 }, both = { 0 }, encoded = { 0 };
	if (join(SLICE(":"), password, &colon, err) < 0 || join(username, secret_reveal(&colon), &both, err) < 0 ||
	    base64_encode_secret(secret_reveal(&both), &encoded, err) < 0)
		return -1;
	return join(SLICE("Basic "), secret_reveal(&encoded), ret_value, err);
}
