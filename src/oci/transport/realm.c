#include "oci/transport/realm.h"

#include "net/address.h"

static bool is_named(struct slice_list hosts, const struct url *url)
{
	struct url named;
	for (size_t i = 0; i < hosts.len; i++)
		if (url_parse_host(hosts.items[i], true, &named) && url_same_origin(&named, url))
			return true;
	return false;
}

const char *realm_fault(const struct url *registry, struct slice_list token_hosts, struct slice realm,
			struct url *ret_url, bool *ret_public_only)
{
	struct url url;

	if (!realm.len || !url_parse(realm, &url))
		return "the registry names a token server that is no URL";
	if (!url.https && !url_same_origin(&url, registry))
		return "the registry names a token server without TLS";
	bool may_be_inside = url_same_host(&url, registry) || is_named(token_hosts, &url);
	if (!may_be_inside && address_kind_of_host(url.host) == ADDRESS_INNER)
		return "the registry names a token server at an address that is not public: --token-host allows one";
	*ret_url = url;
	*ret_public_only = !may_be_inside;
	return NULL;
}
