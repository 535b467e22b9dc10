/* What the rows of credentials and of secrets have in common. Only for this folder. */
#ifndef FOTHER_DERIVE_ROWS_H
#define FOTHER_DERIVE_ROWS_H

#include "derive/world.h"

/* Distinct workloads (and accounts) of some secrets. */
struct user_counts {
	struct world *world;
	struct map pulling, reading; /* by address */
	size_t accounts;             /* that list one and no workload runs as */
	bool all_read;               /* every kind that could use one of them was read: nobody means nobody */
	bool known;                  /* the same, or none of them can be pulled with anyhow */
	bool failed;                 /* memory */
};

void user_counts_init(struct user_counts *counts, struct world *world);
void user_counts_add(struct user_counts *counts, const struct world_secret *secret);
/* The number, or INT_UNKNOWN where 0 would be a guess. */
int64_t user_counts_users(const struct user_counts *counts, bool with_accounts);
int64_t user_counts_readers(const struct user_counts *counts);
void user_counts_release(struct user_counts *counts);

/* A row for each use of the secret, from `rows` on. `of` is the credential that images are told for; NULL: every entry.
 */
int user_rows_fill(struct world *world, const struct world_secret *secret, const struct world_credential *of,
		   struct user *rows);

/* Whether any image can make the kubelet try it, or fail on it; also where nobody looked into it. */
bool secret_can_pull(const struct world_secret *secret);

/* A growing list of distinct texts, in the order of their first coming; -1 when memory is out. */
struct text_set {
	struct slice *items;
	size_t len, capacity; /* a power of two */
	uint32_t *slots;      /* index + 1 of an item, 0 free; twice the capacity of them */
};
int text_set_add(struct text_set *set, struct slice text, struct arena *arena);
struct slice_list text_set_list(const struct text_set *set);

#endif
