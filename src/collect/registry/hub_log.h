/* What both files of Docker Hub share: the file, its read in the sink, events and defects. Within collect/registry.
 *
 * A file is gone through twice: once to learn what it is and when its newest event was, which is the time that the read
 * speaks of; once to put what it holds. So that nothing is kept of it, and a file that is something else leaves no
 * read.
 */
#ifndef FOTHER_COLLECT_REGISTRY_HUB_LOG_H
#define FOTHER_COLLECT_REGISTRY_HUB_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/file.h"
#include "collect/registry/hub_files.h"
#include "model/observed.h"

struct hub_log {
	const char *source;   /* hub-audit, hub-usage */
	struct slice shown;   /* the path, for places */
	struct slice address; /* absolute, or "-" */
	struct file_bytes file;
	struct sink *sink;
	int64_t read;
	bool putting;         /* the second time */
	bool failed;          /* the sink or memory did, not the file */
	struct arena scratch; /* of one event or row: whoever reads clears it */
	struct arena kept;
	struct hub_file_result result;
	struct slice first_defect; /* why it is not complete */
	size_t told;               /* defects that became records */
};

/* Goes through log->file: events and defects. 0; -1: sink, memory, or (ERROR_SYNTAX) it is no such file. */
typedef int hub_log_reader(struct hub_log *log, struct error **err);

int hub_log_run(const char *path, const char *source, hub_log_reader *reader, struct sink *sink,
		struct hub_file_result *ret_result, struct error **err);

/* Puts the event, its texts masked. Registry and source are filled in; texts that are not there become empty. */
int hub_log_event(struct hub_log *log, struct registry_event *event, struct error **err);

/* Puts a defect at a place ("byte 12", "line 3"). message holds no byte of the file. */
int hub_log_defect(struct hub_log *log, const char *code, struct slice place, struct slice message, struct error **err);

/* "acme/web", "docker.io/acme/web", "web" of account acme, "nginx" of nobody: as paths of Docker Hub. In scratch. */
int hub_log_repository(struct hub_log *log, struct slice account, struct slice name, struct slice *ret_repository,
		       struct error **err);

/* The bytes before the offset are not needed again this time. */
void hub_log_done(struct hub_log *log, size_t offset);

#endif
