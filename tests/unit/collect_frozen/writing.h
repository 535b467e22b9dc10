/* A writer in a scratch folder, and what it wrote. */
#ifndef FOTHER_TESTS_UNIT_COLLECT_FROZEN_WRITING_H
#define FOTHER_TESTS_UNIT_COLLECT_FROZEN_WRITING_H

#include "base/limits.h"
#include "base/strbuf.h"
#include "collect/frozen/frozen_writer.h"
#include "model/observed.h"
#include "support/check.h"
#include "support/scratch.h"

#define WRITING_AS_OF INT64_C(1795607700500000) /* 2026-11-25T11:55:00.5Z */

/* Masks nothing. */
int writing_mask(struct slice text, struct arena *arena, struct slice *ret_text, struct error **err);
struct frozen_facts writing_facts(void);
/* In the scratch folder itself. */
struct frozen_writer *writing_start(const struct scratch *scratch);
struct frozen_about writing_about(const char *kind, const char *group);
/* A secret's record of that name, and a defect of it. */
void writing_put(struct frozen_writer *writer, const char *name);
void writing_put_defect(struct frozen_writer *writer, const char *name, const char *place);
void writing_finish(struct frozen_writer *writer);
/* The text of a file of the run, into a static buffer that the next call overwrites; NULL: there is none. */
const char *written(const struct frozen_writer *writer, const char *name);

#endif
