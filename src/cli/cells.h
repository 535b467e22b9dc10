/* Cells of tables that several answers show alike. All are "not there" when memory is out, "-" for what is not known.
 */
#ifndef FOTHER_CLI_CELLS_H
#define FOTHER_CLI_CELLS_H

#include "cli/table.h"

struct slice cell_number(struct table *table, int64_t number); /* "?" for unknown */
struct slice cell_short(struct table *table, struct slice text, size_t len);
/* The first 12 digits, as container tools print them; `fother where` takes them so. */
struct slice cell_digest(struct table *table, struct slice digest);
/* "prod/shop", or the cluster alone. */
struct slice cell_place(struct table *table, struct slice cluster, struct slice namespace);
/* "2026-11-20", or why there is no date: undated, epoch, future, invalid, "?" where nobody read it. */
struct slice cell_built(struct table *table, int64_t built, struct slice dating);
struct slice cell_list(struct table *table, struct slice_list list, const char *separator);

#endif
