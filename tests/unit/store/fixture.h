/* A store in a scratch folder, and short ways to put a cluster's world into it. Failures fail the test. */
#ifndef FOTHER_TESTS_UNIT_STORE_FIXTURE_H
#define FOTHER_TESTS_UNIT_STORE_FIXTURE_H

#include "base/arena.h"
#include "model/observed.h"
#include "store/store.h"
#include "store/store_read.h"
#include "support/check.h"
#include "support/scratch.h"

#define UID_A "aaaaaaaa-0000-4000-8000-000000000001"
#define UID_B "bbbbbbbb-0000-4000-8000-000000000002"
/* Times of reads, one hour apart. */
#define HOUR(n) (INT64_C(1764000000000000) + (n)*USEC_PER_HOUR)

struct fixture {
	struct scratch scratch;
	struct arena arena;
	struct store *store;
	struct sink *sink;
	struct error *err; /* of the last call */
};

/* As cmocka setup and teardown; *state is a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* uid NULL and as_of TIME_UNSET: not known yet. Read from the folder /dumps/NAME, or from the source. */
int64_t begin(struct fixture *f, const char *name, const char *uid, int64_t as_of);
int64_t begin_at(struct fixture *f, const char *source, const char *name, const char *uid, int64_t as_of);
/* A live cluster's: it is read once. */
int64_t begin_once(struct fixture *f, const char *name, const char *uid, int64_t as_of);
int finish(struct fixture *f, int64_t read, const char *uid, int64_t as_of);
void commit(struct fixture *f);
void put(struct fixture *f, int64_t read, const struct record_type *type, const void *record);

void put_pod(struct fixture *f, int64_t read, const char *uid, const char *namespace, const char *node);
void put_secret(struct fixture *f, int64_t read, const char *uid, const char *namespace, const char *type);
void put_coverage(struct fixture *f, int64_t read, const char *kind, const char *namespace, const char *subtype,
		  const char *outcome);

/* Closes the store and opens it again. */
void reopen(struct fixture *f);
/* Everything of the type, by identity. */
struct record_list all(struct fixture *f, const struct record_type *type);
/* The pod of that uid; it must be there once. */
const struct pod *pod_of(struct fixture *f, const char *uid);
size_t count_of(struct fixture *f, const struct record_type *type);

/* The read of that number; it must be there. */
const struct read *read_of(struct fixture *f, int64_t id);

/* All tables as text but for the wall clock: two stores with the same text hold the same. */
const char *contents(struct fixture *f);
/* Runs SQL on the file through a second connection; the first column of the first row, or TIME_UNSET. */
int64_t sql(struct fixture *f, const char *text);

#endif
