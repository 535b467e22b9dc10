/* Single texts of small JSON documents, whose objects are not decoded: who a server is, the version of an event. Within
 * collect/cluster. */
#ifndef FOTHER_COLLECT_CLUSTER_LIVE_JSON_H
#define FOTHER_COLLECT_CLUSTER_LIVE_JSON_H

#include "base/arena.h"
#include "base/error.h"
#include "base/reader.h"

/* In an object that was entered: passes over members up to that one, whose value's first token it takes. 1; 0: there is
 * none; -1: the document broke off. */
int live_json_member(struct reader *reader, const char *name, struct token *ret_value, struct error **err);

/* The text at names[0], below it names[1], and so on; NULL ends them. 1: a copy in the arena. 0: there is none, or the
 * document breaks off before it. -1: memory. */
int live_json_text(struct slice document, const char *const *names, struct arena *arena, struct slice *ret_text,
		   struct error **err);

#endif
