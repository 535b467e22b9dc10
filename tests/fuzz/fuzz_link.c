/* Link of a list, and what a registry's Location leads to: a next page lies in the input, and what is followed is a URL
 * without a login. */
#include <stdint.h>
#include <stdlib.h>

#include "oci/transport/link.h"
#include "oci/transport/url.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_followed(struct slice target)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT(1 << 20);
	struct url base, url;

	require(url_parse(SLICE("https://registry.example:5000/v2/_catalog?n=1"), &base));
	if (!url_resolve(&base, target, &out))
		return;
	require(url_parse(strbuf_slice(&out), &url));
	for (size_t i = 0; i < url.host.len; i++)
		require(url.host.data[i] != '@' && url.host.data[i] != '\\' && url.host.data[i] > 0x20);
	for (size_t i = 0; i < url.path.len; i++)
		require(url.path.data[i] > 0x20 && url.path.data[i] < 0x7f && url.path.data[i] != '#');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = { (const char *)data, size }, target;

	check_followed(input);
	if (link_next(input, &target) != LINK_NEXT)
		return 0;
	require(target.len <= size &&
		(!target.len || (target.data >= input.data && target.data + target.len <= input.data + size)));
	check_followed(target);
	return 0;
}
