/* Which addresses are for everybody, and which lead inside: loopback, private and shared networks, link-local, metadata
 * of clouds, multicast, and what wraps one of them in IPv6 (IANA's special-purpose registries, RFC 6890).
 *
 * For hosts that somebody else names: a registry must not make us ask what only we can reach.
 */
#ifndef FOTHER_NET_ADDRESS_H
#define FOTHER_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum address_kind {
	ADDRESS_NAME,   /* no literal address: what it leads to is seen when it is resolved */
	ADDRESS_PUBLIC, /* a literal address for everybody */
	ADDRESS_INNER,  /* one that is not; and localhost, and what looks like an address and is not one that we read */
};

/* Of the host of a URL, IPv6 with or without its brackets. Reads IPv4 in every form that resolvers take: 127.1,
 * 0x7f000001, 017700000001. */
enum address_kind address_kind_of_host(struct slice host);

/* Bytes of an address in network order: 4, or 16. Other lengths are not public. */
bool address_is_public(const unsigned char *bytes, size_t len);

#endif
