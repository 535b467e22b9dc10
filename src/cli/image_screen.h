/* How `fother image` shows an image to a person: keys and values that fit the terminal, tables of steps. */
#ifndef FOTHER_CLI_IMAGE_SCREEN_H
#define FOTHER_CLI_IMAGE_SCREEN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "model/answer.h"

struct image_screen {
	struct strbuf *out;
	struct arena *arena; /* scratch of the call */
	size_t width;        /* of the terminal */
};

/* What the record cannot tell. */
struct image_screen_facts {
	bool clusters_read; /* false: where it runs is not known */
	bool registry_read; /* false: which tags point to it is not known */
	int64_t built;      /* of an index: the newest date of its images that counts; TIME_UNSET */
	int64_t pushed;     /* TIME_UNSET: no registry told */
	struct slice pushed_by;
};

/* One image, index or artifact: dates with how sure they are, the base with its proof, what is wrong with it last. */
int image_screen_facts(const struct image_screen *screen, const struct image_facts *facts,
		       const struct image_screen_facts *more, struct error **err);

/* A heading: the REF as typed, the platform where it is told, the start of the digest. */
void image_screen_heading(const struct image_screen *screen, struct slice reference, struct slice platform,
			  struct slice digest);

/* struct layer_row of one image: below the name of each base the steps that it brought, each in one line. */
int image_screen_layers(const struct image_screen *screen, struct record_list rows, struct error **err);

/* struct image_difference: platform by platform, what was behind a minus, what is behind a plus. */
int image_screen_differences(const struct image_screen *screen, struct record_list rows, struct error **err);

/* "85.3 MB", in powers of 1000 as registries count; "-" for INT_UNKNOWN. Returns text. */
#define IMAGE_SIZE_TEXT_BYTES 32
const char *image_size_format(int64_t bytes, char text[IMAGE_SIZE_TEXT_BYTES]);

#endif
