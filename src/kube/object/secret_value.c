#include "kube/object/secret_value.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/cursor.h"

/* The text as it stands, when nothing in it is escaped; not there otherwise. */
static struct slice plain_text(const struct data_value *value)
{
	if (secret_is_set(&value->copy))
		return secret_reveal(&value->copy);
	return value->token.plain ? value->token.text : SLICE_NONE;
}

static int base64_digit(int byte)
{
	switch (byte) {
	case 'A' ... 'Z':
		return byte - 'A';
	case 'a' ... 'z':
		return byte - 'a' + 26;
	case '0' ... '9':
		return byte - '0' + 52;
	case '+':
		return 62;
	case '/':
		return 63;
	default:
		return -1;
	}
}

/* The first byte that is no blank of what base64 stands for; -1 when there is none. */
static int first_decoded(struct cursor c)
{
	unsigned bits = 0, bit_count = 0;
	while (cursor_left(&c) > 0) {
		int byte = cursor_take(&c);
		if (byte == '\r' || byte == '\n')
			continue;
		int digit = base64_digit(byte);
		if (digit < 0)
			return -1;
		bits = bits << 6 | (unsigned)digit;
		bit_count += 6;
		if (bit_count < 8)
			continue;
		bit_count -= 8;
		int decoded = bits >> bit_count & 0xFF;
		if (!ascii_is_blank(decoded))
			return decoded;
	}
	return -1;
}

static int first_plain(struct cursor c)
{
	int byte;
	do
		byte = cursor_take(&c);
	while (ascii_is_blank(byte));
	return byte;
}

bool secret_value_may_be_object(const struct data_value *value)
{
	struct slice text = plain_text(value);
	if (value->is_null || value->is_other)
		return false;
	if (!text.data)
		return true;
	return (value->is_text ? first_plain(cursor_on(text)) : first_decoded(cursor_on(text))) == '{';
}

bool secret_key_is_config(struct slice key)
{
	return slice_equal_text(key, ".dockerconfigjson") || slice_equal_text(key, ".dockercfg");
}

bool secret_value_is_empty(const struct data_value *value)
{
	if (value->is_null)
		return true;
	if (value->is_other || value->is_too_large)
		return false;
	return secret_is_set(&value->copy) ? !secret_length(&value->copy) : !value->token.text.len;
}

/* What a failure says of the value, or -1 when it is not the value's. */
static int judge(struct error *why, struct error **err)
{
	if (!error_is_of_input(why)) {
		*err = why;
		return -1;
	}
	int result = why->code == ERROR_SYNTAX ? SECRET_VALUE_NOT_BASE64 : SECRET_VALUE_TOO_LARGE;
	error_free(why);
	return result;
}

static int decode(const struct data_value *value, struct secret_bytes *ret_bytes, struct error **err)
{
	CLEANUP(secret_release) struct secret_bytes unescaped = { 0 };
	struct slice text = plain_text(value);
	if (!text.data) {
		if (token_secret(&value->token, &unescaped, err) < 0)
			return -1;
		text = secret_reveal(&unescaped);
	}
	return value->is_text ? secret_copy(ret_bytes, text, err)
			      : base64_decode_secret(text, BASE64_PADDED, ret_bytes, err);
}

int secret_value_decode(const struct data_value *value, struct secret_bytes *ret_bytes, struct error **err)
{
	struct error *why = NULL;
	if (value->is_null || value->is_other)
		return 0;
	if (value->is_too_large)
		return SECRET_VALUE_TOO_LARGE;
	return decode(value, ret_bytes, &why) < 0 ? judge(why, err) : 0;
}
