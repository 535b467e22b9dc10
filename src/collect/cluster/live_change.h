/* A sink between a watch and the sink behind it, that notes what each event said of its secret. Within collect/cluster.
 */
#ifndef FOTHER_COLLECT_CLUSTER_LIVE_CHANGE_H
#define FOTHER_COLLECT_CLUSTER_LIVE_CHANGE_H

#include "base/arena.h"
#include "base/vec.h"
#include "collect/cluster/live.h"

struct live_change_sink {
	struct sink sink; /* first */
	struct sink *inner;
	struct arena arena;
	bool holds_secret; /* a secret record was put since the last clear */
	struct slice type;
	struct {
		VEC(struct live_change_entry)
	} entries;
};
void live_change_sink_init(struct live_change_sink *sink, struct sink *inner);
/* Before the next event. */
void live_change_sink_clear(struct live_change_sink *sink);
void live_change_sink_release(struct live_change_sink *sink);

#endif
