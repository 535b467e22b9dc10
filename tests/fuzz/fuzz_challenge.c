/* WWW-Authenticate of a registry, a value of the header each line: what is kept lies in the input or is shorter, realms
 * that are taken lead to nobody's inside, and URLs read the same twice. */
#include <stdint.h>
#include <stdlib.h>

#include "net/address.h"
#include "oci/transport/challenge.h"
#include "oci/transport/realm.h"

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_realm(struct slice realm)
{
	struct url registry, url, again;
	bool public_only;

	require(url_parse_host(SLICE("registry.example:5000"), true, &registry));
	if (realm_fault(&registry, (struct slice_list){ 0 }, realm, &url, &public_only))
		return;
	require(url.https && url.port > 0 && url.port <= 65535);
	require(url_same_host(&url, &registry) || (public_only && address_kind_of_host(url.host) != ADDRESS_INNER));
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT(1 << 20);
	url_add_origin(&text, &url);
	url_add_path(&text, &url);
	require(url_parse(strbuf_slice(&text), &again) && url_same_origin(&url, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT(1 << 24);
	struct challenges challenges = { .count = 0 };
	struct slice rest = { (const char *)data, size }, line;
	struct error *err = NULL;

	while (rest.len) {
		slice_cut(rest, '\n', &line, &rest);
		require(challenge_add(&challenges, line, &arena, &err) == 0);
	}
	require(challenges.count <= LIMIT_CHALLENGES);
	for (size_t i = 0; i < challenges.count; i++) {
		const struct challenge *c = &challenges.items[i];
		require(c->scheme.len > 0 && c->scheme.len + c->realm.len + c->service.len + c->scope.len <= size);
		check_realm(c->realm);
	}
	return 0;
}
