/* Docker Hub's records as files: the audit log (who pushed what when) as JSON of GET /v2/auditlogs/ACCOUNT, one page or
 * several, or one event a line; and the usage report as CSV (which login pulled what from where).
 *
 * Each is a read of source_kind `registry_log` under REGISTRY_IDENTITY docker.io, of records registry_event. A line or
 * event that does not decode is a defect with its place, and the next is read.
 */
#ifndef FOTHER_COLLECT_REGISTRY_HUB_FILES_H
#define FOTHER_COLLECT_REGISTRY_HUB_FILES_H

#include "model/sink.h"

struct hub_file_result {
	int64_t events, defects;
	int64_t from, to; /* span of the events; TIME_UNSET: none */
};

/* path "-": standard input. -1: cannot be opened, or is no such file at all. */
int hub_audit_read(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err);
int hub_usage_read(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err);

#endif
