/* A small world in a few lines: records as a store would give them, with the times of their reads, and the world made
 * from them. Stands in for the store (it defines store_read_all), so that a test sets first_seen, last_seen and gone
 * directly.
 *
 *     struct scenario s;
 *     scenario_init(&s);                               // cluster "prod", read at hour 0, every kind complete
 *     struct secret *hub = add_secret(&s, "shop", "hub");
 *     add_entry(&s, hub, "docker.io", "acme", "f1");
 *     struct pod *web = add_pod(&s, "shop", "web", NULL, NULL);
 *     web->pull_secrets = texts(&s, "hub", NULL);
 *     struct world *world = scenario_world(&s);        // fails the test on an error
 *     scenario_release(&s);
 */
#ifndef FOTHER_TESTS_UNIT_DERIVE_SCENARIO_H
#define FOTHER_TESTS_UNIT_DERIVE_SCENARIO_H

#include "derive/world.h"
#include "support/check.h"

/* Hours from the time of the first read of a scenario; negative ones are before it. */
#define HOUR(n) (INT64_C(1763900000000000) + (n)*USEC_PER_HOUR)

struct scenario_record {
	const struct record_type *type;
	void *record;
};

struct scenario {
	struct arena arena;
	struct scenario_record *records;
	size_t len, capacity;
	struct slice cluster; /* of the records that are added next */
	int64_t now;          /* their first_seen and last_seen */
	int64_t read;         /* number of the latest read */
	struct world_options options;
	struct world *world;
	const struct record_type *failing; /* store_read_all fails on it */
};

void scenario_init(struct scenario *s);
void scenario_release(struct scenario *s);
/* Makes the world from the records so far; one made before is freed. */
struct world *scenario_world(struct scenario *s);

/* Another cluster, read at s->now; records that follow are of it. */
struct cluster *add_cluster(struct scenario *s, const char *name, const char *uid);
/* Another read of the current cluster at an hour; every kind complete. Moves s->now there. */
struct read *add_read(struct scenario *s, int64_t now);
/* A live one: its coverage names each list that was asked for, those of secrets by their two types. */
struct read *add_live_read(struct scenario *s, int64_t now);
/* One more list of the latest read; subtype NULL: of all. */
struct coverage *add_list(struct scenario *s, const char *kind, const char *namespace, const char *subtype,
			  const char *outcome);
/* The list of all namespaces is forbidden; of these (ended by NULL) there are lists with the outcome. */
void refuse_kind(struct scenario *s, const char *kind, const char *outcome, ...) __attribute__((sentinel));
/* The coverage record of the kind in the latest read of the current cluster. */
struct coverage *coverage_of(struct scenario *s, const char *kind);

/* New records, everything else unknown. They stay valid and may be changed until scenario_world. */
void *add_record(struct scenario *s, const struct record_type *type);
struct secret *add_secret(struct scenario *s, const char *namespace, const char *name);
/* And its entry_value. fingerprint NULL: none. */
struct entry *add_entry(struct scenario *s, const struct secret *secret, const char *key, const char *username,
			const char *fingerprint);
struct entry_value *add_value(struct scenario *s, const struct secret *secret, const char *key, const char *username,
			      const char *fingerprint);
/* Running. owner_kind NULL: a bare pod. */
struct pod *add_pod(struct scenario *s, const char *namespace, const char *name, const char *owner_kind,
		    const char *owner_name);
struct container *add_container(struct scenario *s, const struct pod *pod, const char *image, const char *digest);
struct workload *add_workload(struct scenario *s, const char *namespace, const char *kind, const char *name);
struct container *add_template(struct scenario *s, const struct workload *workload, const char *image);
struct service_account *add_account(struct scenario *s, const char *namespace, const char *name);
struct secret_reader *add_reader(struct scenario *s, const struct pod *pod, const char *secret, const char *relation);
struct node_image *add_node_image(struct scenario *s, const char *node, const char *image, const char *digest);

/* A list of texts, ended by NULL. */
struct slice_list texts(struct scenario *s, const char *first, ...) __attribute__((sentinel));

/* What was made of them. NULL: not there. */
struct world_cluster *cluster_named(const struct world *world, const char *name);
struct world_secret *secret_named(const struct world *world, const char *namespace, const char *name);
struct world_workload *workload_named(const struct world *world, const char *key);
struct world_entry *entry_of(const struct world_secret *secret, const char *key);
/* The only use with the relation; NULL: none; more than one fails the test. */
struct world_use *use_by(const struct world_secret *secret, enum use_relation relation);

#endif
