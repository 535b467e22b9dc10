/* The images that `fother image` was asked for: REFs resolved, indexes opened up.
 *
 *     struct image_asked asked = { 0 };
 *     if (image_asked_open(&asked, options, err) == 0) ... asked.refs[i].digest ...
 *     image_asked_close(&asked);
 */
#ifndef FOTHER_CLI_IMAGE_ASKED_H
#define FOTHER_CLI_IMAGE_ASKED_H

#include "cli/image_screen.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/session.h"
#include "derive/image_detail.h"

/* What these commands take, and what their manuals say of a REF. */
#define IMAGE_ASKED_OPTIONS                                                                                            \
	(OPTIONS_ALWAYS | OPTIONS_OUTPUT | OPTIONS_SOURCES | OPTION_BIT(OFFLINE) | OPTION_BIT(PLATFORM))

#define IMAGE_REF_TEXT                                                                                                    \
	"A REF is NAME[:TAG] or NAME@DIGEST of an image in a registry, or a digest, or the first 6 digits of one, of an " \
	"image that was read before or by --snapshot. What is not stored is asked of the registry, unless --offline. "

struct image_ref {
	struct slice text;   /* as typed */
	struct slice digest; /* what it points to */
};

/* One image of a REF. */
struct image_part {
	struct slice reference; /* the REF */
	struct slice digest;
	struct slice platform; /* linux/arm64/v8; not there: neither index nor config tells */
	bool of_index;         /* found by way of one */
	bool stored;           /* false: its manifest was not read, and detail is meaningless */
	struct image_detail detail;
};

struct image_parts {
	struct image_part *items;
	size_t count;
};

struct image_asked {
	struct session session;
	struct output output;
	struct slice platform; /* --platform; not there: all */
	struct image_ref *refs;
	size_t count;
};

/* Reads the sources, resolves every operand, and derives the world of all that. least, most: how many operands. -1:
 * one of them is not there, or cannot be. */
int image_asked_open(struct image_asked *asked, const struct options *options, size_t least, size_t most,
		     struct error **err);
void image_asked_close(struct image_asked *asked);

/* All of a command: opened, answered, closed. An exit code or -1. */
int image_asked_run(const struct options *options, size_t least, size_t most,
		    int (*answer)(struct image_asked *asked, struct error **err), struct error **err);
/* Of an answer that rests on the image alone: what a cluster or a registry did not give elsewhere is no lack of it, nor
 * an exit code, nor a line behind a Dockerfile. */
int image_asked_envelope(struct image_asked *asked, const char *schema, struct envelope *ret_envelope,
			 struct error **err);
/* Ends an answer that was begun; not complete is exit code 4. */
int image_asked_finish(struct image_asked *asked, struct envelope *envelope, struct error **err);
/* Where a person reads it. */
struct image_screen image_asked_screen(struct image_asked *asked);

/* The images of a digest: itself, or those in the index (and indexes in it), linux/amd64 first, then as they stand
 * there; attestations are left out. With --platform those that are of it; -1 (ERROR_USAGE, with what there is) where
 * none is. The arena is the session's. */
int image_asked_parts(struct image_asked *asked, const struct image_ref *ref, struct image_parts *ret_parts,
		      struct error **err);

/* os/architecture[/variant]; not there where neither is. A slice without data on failure as well. */
struct slice image_part_platform(const struct oci_platform *platform, struct arena *arena);

/* Whether the platform is what was asked for: linux/arm64 means every variant of it. */
bool image_platform_is(struct slice platform, struct slice asked);

#endif
