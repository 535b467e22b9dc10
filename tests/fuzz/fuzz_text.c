/* The small readers of text: base64 agrees with OpenSSL, times and durations read back as they were written, and what
 * is shown to a person is safe for a terminal and stays as it is when it is shown once more. */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/time.h"
#include "base/utf8.h"

#define NOW (INT64_C(1795595530) * USEC_PER_SECOND)
#define TEXT_MAX_BYTES 4096

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What was accepted, encoded again, is the text that was given, but for line ends and the bits behind the end. */
static void use_base64(struct slice text, enum base64_variant variant)
{
	CLEANUP(secret_release) struct secret_bytes bytes = { 0 };
	CLEANUP(error_freep) struct error *error = NULL;
	if (base64_decode_secret(text, variant, &bytes, &error) < 0)
		return;
	CLEANUP(strbuf_release) struct strbuf ours = STRBUF_INIT(2 * TEXT_MAX_BYTES);
	base64_encode(secret_reveal(&bytes), &ours);
	unsigned char theirs[2 * TEXT_MAX_BYTES];
	EVP_EncodeBlock(theirs, (const unsigned char *)secret_reveal(&bytes).data, (int)secret_length(&bytes));
	require(!strcmp(strbuf_text(&ours), (const char *)theirs));

	size_t at = 0, last = secret_length(&bytes) * 8 / 6;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n' || text.data[i] == '\r')
			continue;
		require(at < ours.len && (at == last || text.data[i] == ours.data[at]));
		at++;
	}
	require(variant == BASE64_UNPADDED || at == ours.len);
}

static void use_time(struct slice text)
{
	CLEANUP(error_freep) struct error *error = NULL;
	char formatted[TIME_TEXT_BYTES];
	int64_t time, again, from, to;
	if (time_parse(text, &time, &error) == 0) {
		require(time_parse(slice_of(time_format(time, formatted)), &again, &error) == 0 && again == time);
		require(time_parse_given(text, NOW, &again, &error) == 0 && again == time);
	}
	error_freep(&error);
	if (time_parse_window(text, NOW, &from, &to, &error) == 0)
		require(from == TIME_UNSET || to == TIME_UNSET || from <= to);
	error_freep(&error);
	if (duration_parse(text, &time, &error) == 0)
		require(time >= 0 && strlen(duration_format(time, formatted)) < TIME_TEXT_BYTES);
}

static void use_utf8(struct slice text)
{
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT(8 * TEXT_MAX_BYTES);
	CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT(8 * TEXT_MAX_BYTES);
	utf8_add_printable(&once, text);
	utf8_add_printable(&twice, strbuf_slice(&once));
	require(!once.failure && utf8_valid(strbuf_slice(&once)));
	require(slice_equal(strbuf_slice(&once), strbuf_slice(&twice)));
	for (size_t i = 0; i < once.len; i++)
		require((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7f);
	require(utf8_cells(text) <= 2 * text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size < TEXT_MAX_BYTES ? size : TEXT_MAX_BYTES };
	use_base64(text, BASE64_PADDED);
	use_base64(text, BASE64_UNPADDED);
	use_time(text);
	use_utf8(text);
	return 0;
}
