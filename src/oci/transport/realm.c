#include "oci/transport/realm.h"

#include "net/address.h"

const char *realm_fault(const struct url *registry, struct slice realm, struct url *ret_url, bool *ret_public_only)
{
	struct url url;

	if (!realm.len || !url_parse(realm, &url))
		return "the registry names a token server that is no URL";
	if (!url.https && !url_same_origin(&url, registry))
		return "the registry names a token server without TLS";
	bool same_host = url_same_host(&url, registry);
	if (!same_host && address_kind_of_host(url.host) == ADDRESS_INNER)
		return "the registry names a token server at an address that is not public";
	*ret_url = url;
	*ret_public_only = !same_host;
	return NULL;
}
