/* What the writer and its lists share. Within collect/frozen. */
#ifndef FOTHER_COLLECT_FROZEN_FROZEN_INTERNAL_H
#define FOTHER_COLLECT_FROZEN_FROZEN_INTERNAL_H

#include "base/vec.h"
#include "collect/frozen/frozen_file.h"
#include "collect/frozen/frozen_format.h"
#include "collect/frozen/frozen_writer.h"

struct frozen_record {
	const struct record_type *type;
	const void *record; /* in the arena `pending` */
};

struct frozen_writer {
	struct sink sink;                /* first */
	struct arena kept;               /* facts, and what the rows point into */
	struct frozen_manifest manifest; /* as far as it is known */
	frozen_mask mask;
	frozen_annotation_kept annotation_kept;
	int top, cluster, folder; /* descriptors: DIR, DIR/CLUSTER, the run's */
	struct strbuf path;       /* of the run's folder, for messages */
	struct {
		VEC(struct frozen_record)
	} pending; /* put since the last item */
	struct arena pending_arena, scratch;
	struct strbuf line;        /* one item */
	struct frozen_list *lists; /* open ones */
	struct {
		VEC(struct frozen_list_row)
	} rows;
	struct {
		VEC(struct frozen_file_row)
	} files;
	struct {
		VEC(struct defect)
	} lost;
};

struct frozen_list {
	struct frozen_writer *writer;
	struct frozen_list *next;
	struct frozen_list_row row;
	struct frozen_file *file; /* NULL until something is to be written */
	bool is_secret, any;
};

/* A copy for the manifest. */
int frozen_keep(struct frozen_writer *writer, struct slice text, struct slice *ret_kept, struct error **err);
/* Those put since the last item are forgotten. */
void frozen_forget_pending(struct frozen_writer *writer);
/* Those put since the last item are of an item that could not be taken. */
int frozen_take_lost(struct frozen_writer *writer, struct error **err);
struct frozen_list *frozen_list_free(struct frozen_list *list);

#endif
