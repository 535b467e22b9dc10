/* Messages of events, container states, commands and environments may quote logins: recognised tokens are
 * masked.
 *
 * Recognised by public shape: the tokens that credential/kind.h knows by their start (Docker Hub, GitHub, GitLab,
 * Artifactory), npm, Slack and Vault tokens, AWS access key ids, JSON Web Tokens, `Basic` and `Bearer` headers,
 * user:password@ in URLs and before names of registries.
 */
#ifndef FOTHER_CREDENTIAL_MASK_H
#define FOTHER_CREDENTIAL_MASK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

/* text itself when nothing is to be masked (most often), else a copy in the arena: "dckr_pat_[masked]". "Not there"
 * stays so. */
int mask_tokens(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err);

/* The same of the name of an image. Repositories are written small: what has no capital letter in it is no token but
 * the name, npm_build_tools_of_acme. */
int mask_image(struct slice name, struct arena *arena, struct slice *ret_name, struct error **err);

#endif
