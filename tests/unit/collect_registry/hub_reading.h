/* What the tests of Docker Hub's files share: a text in, records out.
 *
 *     CLEANUP(hub_reading_release) struct hub_reading r;
 *     hub_reading_of(&r, hub_audit_read, SLICE("{...}"));
 *     const struct registry_event *event = hub_event(&r, 0);
 */
#ifndef FOTHER_TESTS_UNIT_COLLECT_REGISTRY_HUB_READING_H
#define FOTHER_TESTS_UNIT_COLLECT_REGISTRY_HUB_READING_H

#include "collect/registry/hub_files.h"
#include "model/observed.h"
#include "model/sink_memory.h"
#include "support/check.h"
#include "support/scratch.h"

typedef int hub_reader(const char *path, struct sink *sink, struct hub_file_result *ret_result, struct error **err);

struct hub_reading {
	struct scratch folder;
	struct sink_memory memory;
	struct hub_file_result result;
	int got;
	struct error *err;
};

/* Reads a file `log` of that text. */
void hub_reading_of(struct hub_reading *r, hub_reader *reader, struct slice text);
void hub_reading_release(struct hub_reading *r);

size_t hub_count(const struct hub_reading *r, const struct record_type *type);
/* The n-th that was put. */
const struct registry_event *hub_event(const struct hub_reading *r, size_t nth);
/* "CODE PLACE, ..." of all defects. */
void check_defects(const struct hub_reading *r, const char *expected);
/* It was refused with a message that holds `part`, and no read was begun. */
void check_no_such_file(hub_reader *reader, const char *text, const char *part);

/* RFC 3339. */
int64_t time_at(const char *text);

#endif
