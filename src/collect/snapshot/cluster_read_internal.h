/* What the reading of a dump and that of a run share, for cluster_read.c and run_read.c. */
#ifndef FOTHER_COLLECT_SNAPSHOT_CLUSTER_READ_INTERNAL_H
#define FOTHER_COLLECT_SNAPSHOT_CLUSTER_READ_INTERNAL_H

#include "collect/snapshot/cluster_read.h"

/* One more reason why the read is not complete. */
void cluster_read_add_reason(struct cluster_read *read, struct slice file, const char *text);
/* A defect of context.file, which is a reason too. */
int cluster_read_defect(struct cluster_read *read, const char *code, struct slice message, struct error **err);
/* A file that is none of ours: told at the end. */
void cluster_read_ignore(struct cluster_read *read, const struct dump_file *file);
/* Objects were read, up to `offset` of the file. */
void cluster_read_passed(struct cluster_read *read, size_t offset);

/* --- run_read.c --- */
int run_read_begin(struct cluster_read *read, struct error **err);
/* bytes as in dump_visit. */
int run_read_file(struct cluster_read *read, const struct dump_file *file, struct file_bytes *bytes,
		  struct error **err);
/* What is missing, and the lists that have no file. */
int run_read_end(struct cluster_read *read, struct error **err);
void run_read_release(struct cluster_read *read);

#endif
