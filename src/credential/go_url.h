/* What Go's net/url makes of an http or https URL: the part of it that the kubelet needs to file a docker config key.
 *
 *     bool ok;
 *     struct go_url url;
 *     if (go_url_parse(SLICE("reg.example:5000/team"), arena, &url, &ok, err) < 0) return -1;
 *
 * Source: the documentation and behaviour of net/url.Parse and net.SplitHostPort of Go 1.26, which builds the current
 * kubelets (Kubernetes 1.36). Two things differ in older ones, and only for hosts that no registry has: before
 * Go 1.25.2 anything may stand in brackets (and brackets anywhere in the host, so that `reg[12].example` was a pattern;
 * now the key is dropped), and before 1.26 a host may hold more than one colon.
 */
#ifndef FOTHER_CREDENTIAL_GO_URL_H
#define FOTHER_CREDENTIAL_GO_URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct go_url {
	struct slice host; /* url.Host: with port and brackets, escapes decoded, without user-info */
	struct slice path; /* url.Path: escapes decoded, query and fragment left out; empty or starts with a slash */
};

/* Parses "https://" followed by `rest`. *ret_ok false: Go refuses it. The slices lie in rest or in the arena. 0, or -1
 * when memory is out. */
int go_url_parse(struct slice rest, struct arena *arena, struct go_url *ret_url, bool *ret_ok, struct error **err);

/* net.SplitHostPort with the kubelet's answer to its failure: the whole is the host and there is no port. Takes the
 * brackets off only where there is a port. */
void go_url_split_port(struct slice host, struct slice *ret_host, struct slice *ret_port);

#endif
