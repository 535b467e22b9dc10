/* Whether the token server that a registry names may be asked: a registry must neither get its login sent over plain
 * HTTP, nor make us ask what only we can reach.
 */
#ifndef FOTHER_OCI_TRANSPORT_REALM_H
#define FOTHER_OCI_TRANSPORT_REALM_H

#include "oci/transport/url.h"

/* NULL: it may, and *ret_url is where; else why not. Names that lead to addresses which are not public are for net to
 * refuse, when they are resolved: *ret_public_only. Plain http is taken on the registry's own host and port only, and
 * only where the registry itself is asked so. token_hosts, host[:port] (443 where none is written), are those that the
 * user named: they may be inside, and still only with TLS. */
const char *realm_fault(const struct url *registry, struct slice_list token_hosts, struct slice realm,
			struct url *ret_url, bool *ret_public_only);

#endif
