/* Objects made at random from the tables, written both as the API server's JSON and as its protobuf: what both readers
 * must make the same of.
 *
 *     struct generated g = { .random = seed };
 *     generate(&g, kind_messages[i].message);
 *     ... strbuf_slice(&g.json), strbuf_slice(&g.protobuf) ...
 *     generated_release(&g);
 *
 * Fields come in any order, with unknown ones between them; messages may come in two parts, and values may be
 * overwritten by a second one, as protobuf allows. Empty values are left out of JSON as the tables say, and out of
 * protobuf sometimes.
 */
#ifndef FOTHER_TESTS_UNIT_KUBE_OBJECT_GENERATE_H
#define FOTHER_TESTS_UNIT_KUBE_OBJECT_GENERATE_H

#include "base/strbuf.h"
#include "kube/object/tables.h"

struct generated {
	uint64_t random; /* the seed; then its state */
	struct strbuf json, protobuf;
};

void generate(struct generated *g, const struct message *message);
void generated_release(struct generated *g);

#endif
