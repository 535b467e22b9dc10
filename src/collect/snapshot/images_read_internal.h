/* What reading a layout and reading a frozen registry share. */
#ifndef FOTHER_COLLECT_SNAPSHOT_IMAGES_READ_INTERNAL_H
#define FOTHER_COLLECT_SNAPSHOT_IMAGES_READ_INTERNAL_H

#include "base/strbuf.h"
#include "collect/snapshot/images_read.h"
#include "oci/layout/layout.h"

/* One read that is under way. */
struct images_read {
	struct sink *sink;
	struct dump *dump;
	const struct dump_images *images;
	struct image_layout *layout;
	struct slice source, name; /* in the dump's arena */
	int64_t read;
	size_t reasons; /* why it is not complete: how many, and the first of them */
	struct strbuf why;
	bool found;                 /* some image or name */
	int64_t manifests, defects; /* manifests: or configs that stand for one */
	int64_t as_of;
};

/* file: in the layout; empty: the layout itself. `reason`: it is not complete because of it. */
int images_put_defect(struct images_read *read, const char *code, struct slice file, struct slice place,
		      struct slice message, bool reason, struct error **err);
void images_add_reason(struct images_read *read, struct slice file, struct slice message);

/* --- frozen_images_read.c: begins and finishes the read itself --- */
int frozen_images_read(struct images_read *read, struct error **err);

#endif
