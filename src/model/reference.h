/* Image references, as the distribution grammar and the kubelet have them.
 *
 * Source of the grammar: github.com/distribution/reference (regexp.go, normalize.go):
 * [domain[:port]/]path[:tag][@digest]. The first component is a domain iff it is `localhost`, holds a `.` or `:`, or an
 * upper-case letter; a single component never is. `index.docker.io` becomes docker.io; a one-component Hub path gets
 * `library/`.
 *
 *     struct reference r;
 *     if (reference_parse(SLICE("nginx:1.27"), &arena, &r, err) < 0) return -1;
 *     // domain "docker.io", path "library/nginx", tag "1.27", digest not there
 *
 * Two choices where that source leaves room: a digest of an algorithm that is not registered is accepted when it has
 * the grammar's form (at least 32 hex digits); and a host with an underscore (`my_host.example/app`), which is no
 * domain there but passes as part of the path, is the domain here, because that is where every runtime pulls from.
 */
#ifndef FOTHER_MODEL_REFERENCE_H
#define FOTHER_MODEL_REFERENCE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* All slices lie in the parsed text, but for domain and path, which may be constants or in the arena. */
struct reference {
	struct slice domain; /* "docker.io", "reg.example:5000" */
	struct slice path;   /* "library/nginx" */
	struct slice tag;    /* not there when absent; never a default */
	struct slice digest; /* "sha256:..."; not there when absent */
};

/* 0 or -1 (ERROR_SYNTAX; ERROR_LIMIT over LIMIT_REFERENCE_BYTES). The message says what is wrong and at which byte,
 * counted from 0. */
int reference_parse(struct slice text, struct arena *arena, struct reference *ret_reference, struct error **err);

/* What the kubelet matches pull credentials against: "docker.io/library/nginx", no tag, no digest. */
int reference_repository(const struct reference *reference, struct arena *arena, struct slice *ret_name,
			 struct error **err);

/* Whole path segments: acme holds acme and acme/web, not acmecorp/web. */
bool repository_below(struct slice repository, struct slice prefix);

/* status imageID, node image names, bare digests: `docker-pullable://repo@sha256:..`, `docker://sha256:..`,
 * `repo@sha256:..`, `sha256:..`. The digest, or not there. docker://sha256 and a bare sha256 may be a config digest.
 * Without a `@` only the registered algorithms count: `app:1f3c...` is a name whose tag looks like a hash. */
struct slice image_id_digest(struct slice image_id);

/* algorithm:encoded (OCI image spec, descriptor.md) with the exact length for sha256 (64), sha384 (96), sha512 (128)
 * lower-case hex, or an unregistered algorithm of the grammar. */
bool digest_valid(struct slice text);

#endif
