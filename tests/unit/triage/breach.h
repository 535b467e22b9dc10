/* A breach of docker.io in a small world: derive's scenario (its records, its store that is none), an incident with a
 * window from hour -10 to hour -5, and the answers of triage to them.
 *
 *     struct breach b;
 *     breach_init(&b);
 *     add_bad(&b, BAD_DIGEST);
 *     add_container(&b.world, add_pod(&b.world, "ci", "scan", NULL, NULL), "acme/scan:1", BAD_DIGEST);
 *     const struct triage *t = breach_triage(&b);
 *     check_rows(t->actions, &action_type, "action subject why", "contain|prod/ci Pod/scan|runs a bad image\n");
 *     breach_release(&b);
 */
#ifndef FOTHER_TESTS_UNIT_TRIAGE_BREACH_H
#define FOTHER_TESTS_UNIT_TRIAGE_BREACH_H

#include "derive/scenario.h"
#include "triage/triage.h"

#define BAD_DIGEST "sha256:bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0"
#define DIGEST_A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define DIGEST_C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define DIGEST_D "sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define DIGEST_B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* What every triage of these worlds ends its unknowns with, which hold nothing of the registry: it, processes and
 * copies elsewhere; and the columns that the tests of unknowns look at. */
#define UNKNOWN_ALWAYS                                                                                                 \
	"-|anything of docker.io|no\n"                                                                                 \
	"-|registry docker.io|no\n"                                                                                    \
	"-|what executed|no\n"                                                                                         \
	"-|copies outside Kubernetes|no\n"
#define UNKNOWN_COLUMNS "cluster subject incomplete"

struct breach {
	struct scenario world;
	struct incident incident;
	struct indicators indicators;
	struct triage triage;
};

void breach_init(struct breach *b);
void breach_release(struct breach *b);
/* Makes the world anew and runs triage on it. */
const struct triage *breach_triage(struct breach *b);

/* A line of --bad. */
void add_bad(struct breach *b, const char *line);
/* A tag that is bad from A to B; TIME_UNSET: open. */
void add_bad_tag(struct breach *b, const char *name, int64_t from, int64_t to);
/* A running container of a pod of a Deployment, and the pod's container for more to be said of. */
struct container *add_running(struct breach *b, const char *workload, const char *image, const char *digest);
/* A node that tells an image list. */
struct node *add_node(struct breach *b, const char *name);

/* A read of a registry (or another one of it), at the scenario's time; records that follow are of the cluster again. */
struct read *add_registry(struct breach *b, const char *host);
/* A tag that the registry of acme/web at docker.io showed from one time to another. */
struct tag *add_tag(struct breach *b, const char *repository, const char *tag, const char *digest, int64_t since,
		    int64_t last_seen);
/* What a digest names: an image of some layers (letters: "abc" is built on "ab"), built at a time (TIME_UNSET:
 * undated); an index of members, ended by NULL. */
struct manifest *add_image(struct breach *b, const char *digest, const char *layers, int64_t built);
void add_index(struct breach *b, const char *digest, ...) __attribute__((sentinel));
struct registry_answer *add_answer(struct breach *b, const char *repository, const char *reference,
				   const char *outcome);
/* What the latest read of a registry says of a list: kind Tag, Manifest or Repository. */
struct coverage *add_registry_list(struct breach *b, const char *host, const char *kind, const char *repository,
				   const char *outcome);

/* The rows as lines of cells, as a person reads them, in the order of the names (separated by blanks). */
void check_rows_(struct record_list rows, const struct record_type *type, const char *fields, const char *expected,
		 const char *file, int line);
#define check_rows(rows, type, fields, expected) check_rows_(rows, type, fields, expected, __FILE__, __LINE__)
/* The row whose text field has the value; it must be there once. */
const void *row_with(struct record_list rows, const struct record_type *type, const char *field, const char *value);

#endif
